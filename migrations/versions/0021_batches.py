"""What somebody does to many steps at once, and what came of each of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021_batches"
down_revision = "0020_walks"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "batches",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("account_id", WHOLE, nullable=False),
        sa.Column("verb", sa.String(length=32), nullable=False),
        sa.Column("to_account", WHOLE, nullable=True),
        sa.Column("outcome", sa.String(length=32), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("conditions", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_batches_account_id")),
        sa.ForeignKeyConstraint(["to_account"], ["accounts.id"], name=op.f("fk_batches_to_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batches")),
    )
    op.create_index(op.f("ix_batches_account_id"), "batches", ["account_id"])
    op.create_table(
        "batch_entries",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("batch_id", WHOLE, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("step_id", WHOLE, nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refusal", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_batch_entries_batch_id")),
        sa.ForeignKeyConstraint(["step_id"], ["steps.id"], name=op.f("fk_batch_entries_step_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch_entries")),
        sa.UniqueConstraint("batch_id", "position", name=op.f("uq_batch_entries_batch_id_position")),
    )
    waiting = sa.text("done_at IS NULL AND refusal IS NULL")
    op.create_index(
        "ix_batch_entries_waiting",
        "batch_entries",
        ["batch_id", "position"],
        postgresql_where=waiting,
        sqlite_where=waiting,
    )


def downgrade() -> None:
    op.drop_table("batch_entries")
    op.drop_table("batches")
