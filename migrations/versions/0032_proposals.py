"""What the first of two people would decide, and in decisions whose opinion was confirmed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032_proposals"
down_revision = "0031_texts"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "proposals",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("step_id", WHOLE, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("conditions", sa.Text(), nullable=False),
        sa.Column("ticks", sa.JSON(), nullable=True),
        sa.Column("by_account", WHOLE, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ending", sa.String(length=32), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("ended_by", WHOLE, nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["step_id"], ["steps.id"], name=op.f("fk_proposals_step_id")),
        sa.ForeignKeyConstraint(["by_account"], ["accounts.id"], name=op.f("fk_proposals_by_account")),
        sa.ForeignKeyConstraint(["ended_by"], ["accounts.id"], name=op.f("fk_proposals_ended_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals")),
        sa.UniqueConstraint("step_id", "number", name=op.f("uq_proposals_step_id_number")),
    )
    with op.batch_alter_table("decisions") as decisions:
        decisions.add_column(sa.Column("proposed_by", WHOLE, nullable=True))
        decisions.create_foreign_key(op.f("fk_decisions_proposed_by"), "accounts", ["proposed_by"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("decisions") as decisions:
        decisions.drop_constraint(op.f("fk_decisions_proposed_by"), type_="foreignkey")
        decisions.drop_column("proposed_by")
    op.drop_table("proposals")
