"""Who of a department has a step, and the acts by which it was passed on, which only grow."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003_assignments"
down_revision = "0002_closures"
branch_labels = None
depends_on = None

WORDS = "assignments are never changed or deleted"
FREE = sa.text("status = 'open' AND assignee_id IS NULL")


def guard() -> None:
    """The database itself refuses to change or delete what was written."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION assignments_only_grow() RETURNS trigger LANGUAGE plpgsql AS $$ "
            f"BEGIN RAISE EXCEPTION '{WORDS}'; END $$"
        )
        for moment, each in (("UPDATE OR DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
            op.execute(
                f"CREATE TRIGGER assignments_no_{moment.split()[0].lower()} BEFORE {moment} ON assignments "
                f"FOR EACH {each} EXECUTE FUNCTION assignments_only_grow()"
            )
        return
    for moment in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER assignments_no_{moment.lower()} BEFORE {moment} ON assignments "
            f"BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
        )
    # REPLACE deletes without a word to the trigger on deletion.
    there = "SELECT 1 FROM assignments WHERE id = NEW.id OR (step_id = NEW.step_id AND number = NEW.number)"
    op.execute(
        f"CREATE TRIGGER assignments_no_replace BEFORE INSERT ON assignments WHEN EXISTS ({there}) "
        f"BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
    )


def upgrade() -> None:
    whole = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    if op.get_bind().dialect.name == "postgresql":
        op.add_column("steps", sa.Column("assignee_id", whole, nullable=True))
        op.create_foreign_key("fk_steps_assignee_id", "steps", "accounts", ["assignee_id"], ["id"])
    else:
        # In place: a table that others point at cannot be made anew while foreign keys are watched.
        op.execute(
            "ALTER TABLE steps ADD COLUMN assignee_id INTEGER CONSTRAINT fk_steps_assignee_id REFERENCES accounts (id)"
        )
    op.create_index("ix_steps_assignee", "steps", ["assignee_id", "status", "promised_due"])
    op.create_index(
        "ix_steps_free",
        "steps",
        ["department_code", "promised_due", "id"],
        postgresql_where=FREE,
        sqlite_where=FREE,
    )
    op.create_table(
        "assignments",
        sa.Column("id", whole, nullable=False),
        sa.Column("step_id", whole, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=32), nullable=False),
        sa.Column("from_account", whole, nullable=True),
        sa.Column("to_account", whole, nullable=True),
        sa.Column("by_account", whole, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["step_id"], ["steps.id"], name=op.f("fk_assignments_step_id")),
        sa.ForeignKeyConstraint(["from_account"], ["accounts.id"], name=op.f("fk_assignments_from_account")),
        sa.ForeignKeyConstraint(["to_account"], ["accounts.id"], name=op.f("fk_assignments_to_account")),
        sa.ForeignKeyConstraint(["by_account"], ["accounts.id"], name=op.f("fk_assignments_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignments")),
        sa.UniqueConstraint("step_id", "number", name=op.f("uq_assignments_step_id_number")),
    )
    guard()


def downgrade() -> None:
    op.drop_table("assignments")
    op.drop_index("ix_steps_free", "steps")
    op.drop_index("ix_steps_assignee", "steps")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION assignments_only_grow()")
        op.drop_column("steps", "assignee_id")
    else:
        op.execute("ALTER TABLE steps DROP COLUMN assignee_id")
