"""What is typed on a page of a draft and not saved yet."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0048_typed_pages"
down_revision = "0047_predictions"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "typed_pages",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("application_id", WHOLE, nullable=False),
        sa.Column("section", sa.String(length=64), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("page", sa.String(length=64), nullable=False),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("account_id", WHOLE, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counted_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("writings", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_typed_pages_account_id")),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], name=op.f("fk_typed_pages_application_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_typed_pages")),
        sa.UniqueConstraint("application_id", "section", name=op.f("uq_typed_pages_application_id_section")),
    )


def downgrade() -> None:
    op.drop_table("typed_pages")
