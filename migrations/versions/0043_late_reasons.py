"""Why steps are past their due date, which only grows; the newest beside the step, and what a batch says of all."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0043_late_reasons"
down_revision = "0042_translations"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WORDS = "late reasons are never changed or deleted"


def guard() -> None:
    """The database itself refuses to change or delete what was stated."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION late_reasons_only_grow() RETURNS trigger LANGUAGE plpgsql AS $$ "
            f"BEGIN RAISE EXCEPTION '{WORDS}'; END $$"
        )
        for moment, each in (("UPDATE OR DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
            op.execute(
                f"CREATE TRIGGER late_reasons_no_{moment.split()[0].lower()} BEFORE {moment} ON late_reasons "
                f"FOR EACH {each} EXECUTE FUNCTION late_reasons_only_grow()"
            )
        return
    for moment in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER late_reasons_no_{moment.lower()} BEFORE {moment} ON late_reasons "
            f"BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
        )
    # REPLACE deletes without a word to the trigger on deletion.
    there = "SELECT 1 FROM late_reasons WHERE id = NEW.id OR (step_id = NEW.step_id AND number = NEW.number)"
    op.execute(
        f"CREATE TRIGGER late_reasons_no_replace BEFORE INSERT ON late_reasons WHEN EXISTS ({there}) "
        f"BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
    )


def upgrade() -> None:
    op.create_table(
        "late_reasons",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("step_id", WHOLE, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by_account", WHOLE, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["step_id"], ["steps.id"], name=op.f("fk_late_reasons_step_id")),
        sa.ForeignKeyConstraint(["by_account"], ["accounts.id"], name=op.f("fk_late_reasons_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_late_reasons")),
        sa.UniqueConstraint("step_id", "number", name=op.f("uq_late_reasons_step_id_number")),
    )
    op.create_index(op.f("ix_late_reasons_at"), "late_reasons", ["at"])
    guard()
    op.add_column("steps", sa.Column("late_reason", sa.String(length=32), nullable=True))
    op.add_column("batches", sa.Column("late_reason", sa.String(length=32), nullable=True))
    op.add_column("batches", sa.Column("late_note", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("batches", "late_note")
    op.drop_column("batches", "late_reason")
    op.drop_column("steps", "late_reason")
    op.drop_table("late_reasons")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION late_reasons_only_grow()")
