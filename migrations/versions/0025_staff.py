"""The trail of staff: who was given which role by whom."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025_staff"
down_revision = "0024_measures"
branch_labels = None
depends_on = None

WORDS = "staff events are never changed or deleted"
NO_REPLACE = (
    "CREATE TRIGGER staff_events_no_replace BEFORE INSERT ON staff_events "
    "WHEN EXISTS (SELECT 1 FROM staff_events WHERE sequence = NEW.sequence) "
    "BEGIN SELECT RAISE(ABORT, 'staff events are never changed or deleted'); END"
)


def guard() -> None:
    """The database itself refuses to change or delete what the trail of staff says."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION staff_events_only_grow() RETURNS trigger LANGUAGE plpgsql AS $$ "
            f"BEGIN RAISE EXCEPTION '{WORDS}'; END $$"
        )
        for moment, each in (("UPDATE OR DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
            op.execute(
                f"CREATE TRIGGER staff_events_no_{moment.split()[0].lower()} BEFORE {moment} ON staff_events "
                f"FOR EACH {each} EXECUTE FUNCTION staff_events_only_grow()"
            )
        return
    for moment in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER staff_events_no_{moment.lower()} BEFORE {moment} ON staff_events "
            f"BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
        )
    # REPLACE deletes without a word to the trigger on deletion.
    op.execute(NO_REPLACE)


def upgrade() -> None:
    whole = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "staff_events",
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("account_id", whole, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_account", sa.Integer(), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_staff_events_account_id")),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_staff_events")),
    )
    op.create_index(op.f("ix_staff_events_account_id"), "staff_events", ["account_id"])
    guard()


def downgrade() -> None:
    op.drop_index(op.f("ix_staff_events_account_id"), "staff_events")
    op.drop_table("staff_events")
    op.execute("DELETE FROM sequences WHERE name = 'staff_events'")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION staff_events_only_grow()")
