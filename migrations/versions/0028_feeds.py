"""Feeds of due dates for calendar programs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028_feeds"
down_revision = "0027_openings"
branch_labels = None
depends_on = None


def upgrade() -> None:
    whole = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "feeds",
        sa.Column("id", whole, nullable=False),
        sa.Column("account_id", whole, nullable=False),
        sa.Column("organisation_id", whole, nullable=True),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_feeds_account_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_feeds_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feeds")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_feeds_token_hash")),
    )
    op.create_index(op.f("ix_feeds_account_id"), "feeds", ["account_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_feeds_account_id"), "feeds")
    op.drop_table("feeds")
