"""Drafts of opinions, and phrases that are used again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022_opinions"
down_revision = "0021_batches"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "opinion_drafts",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("account_id", WHOLE, nullable=False),
        sa.Column("step_id", WHOLE, nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_opinion_drafts_account_id")),
        sa.ForeignKeyConstraint(["step_id"], ["steps.id"], name=op.f("fk_opinion_drafts_step_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opinion_drafts")),
        sa.UniqueConstraint("account_id", "step_id", name=op.f("uq_opinion_drafts_account_id_step_id")),
    )
    op.create_index(op.f("ix_opinion_drafts_step_id"), "opinion_drafts", ["step_id"])
    op.create_table(
        "phrases",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("department_code", sa.String(length=64), nullable=False),
        sa.Column("account_id", WHOLE, nullable=True),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["department_code"], ["departments.code"], name=op.f("fk_phrases_department_code")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_phrases_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phrases")),
    )
    op.create_index("ix_phrases_place", "phrases", ["department_code", "account_id"])


def downgrade() -> None:
    op.drop_index("ix_phrases_place", "phrases")
    op.drop_table("phrases")
    op.drop_index(op.f("ix_opinion_drafts_step_id"), "opinion_drafts")
    op.drop_table("opinion_drafts")
