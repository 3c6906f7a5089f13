"""What runs is counted as it changes: steps on the desks and running applications, by triggers of the database."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0052_live_counts"
down_revision = "0051_account_letters"
branch_labels = None
depends_on = None

DESK = (
    "department_code",
    "revision_id",
    "key",
    "status",
    "assignee_id",
    "promised_due",
    "statutory_due",
    "late_reason",
)
CLOCKS = ("revision_id", "is_accepted", "is_granted", "is_stopped", "promised_due", "statutory_due")
ON_DESK = "status IN ('open', 'returned', 'paused')"
RUNS = "status IN ('submitted', 'returned', 'in_review', 'granted')"
WATCHED = {
    "steps": ("department_code", "status", "assignee_id", "promised_due", "statutory_due", "late_reason"),
    "applications": (
        *("revision_id", "status", "accepted_at"),
        *("clock_promised", "clock_statutory", "clock_stopped_at"),
    ),
}

CLOCK = """
UPDATE applications SET
    clock_promised = CASE WHEN accepted_at IS NULL THEN
        (SELECT steps.promised_due FROM steps WHERE steps.application_id = applications.id AND steps.position = 0)
        ELSE promised_due END,
    clock_statutory = CASE WHEN accepted_at IS NULL THEN
        (SELECT steps.statutory_due FROM steps WHERE steps.application_id = applications.id AND steps.position = 0)
        ELSE statutory_due END,
    clock_stopped_at = CASE WHEN accepted_at IS NULL THEN
        (SELECT min(corrections.asked_at) FROM corrections
         WHERE corrections.application_id = applications.id AND corrections.answered_at IS NULL)
        ELSE (SELECT min(pauses.began_at) FROM pauses
         WHERE pauses.application_id = applications.id AND pauses.step_id IS NULL AND pauses.ended_at IS NULL) END
WHERE """  # what runs


def upgrade() -> None:
    op.add_column("applications", sa.Column("clock_promised", sa.Date(), nullable=True))
    op.add_column("applications", sa.Column("clock_statutory", sa.Date(), nullable=True))
    op.add_column("applications", sa.Column("clock_stopped_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(CLOCK + RUNS)
    stands = "(CASE WHEN status = 'granted' OR clock_stopped_at IS NOT NULL THEN 1 ELSE 0 END)"
    due = "coalesce(clock_promised, clock_statutory)"
    _index("ix_applications_urgent", "applications", (stands, due, "id"), RUNS)
    stands = "(CASE WHEN status = 'open' THEN 0 ELSE 1 END)"
    due = "coalesce(promised_due, statutory_due)"
    _index("ix_steps_urgent", "steps", (stands, due, "id"), ON_DESK)
    _index("ix_steps_desk", "steps", ("department_code", stands, due, "id"), ON_DESK)
    whole = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "desk_counts",
        sa.Column("id", whole, primary_key=True),
        sa.Column("department_code", sa.String(64), nullable=False),
        sa.Column("revision_id", whole, nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("assignee_id", whole, nullable=True),
        sa.Column("promised_due", sa.Date(), nullable=True),
        sa.Column("statutory_due", sa.Date(), nullable=True),
        sa.Column("late_reason", sa.String(32), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
    )
    op.create_index("ix_desk_counts_department_code", "desk_counts", ["department_code"])
    op.create_table(
        "running_counts",
        sa.Column("id", whole, primary_key=True),
        sa.Column("revision_id", whole, nullable=False),
        sa.Column("is_accepted", sa.Integer(), nullable=False),
        sa.Column("is_granted", sa.Integer(), nullable=False),
        sa.Column("is_stopped", sa.Integer(), nullable=False),
        sa.Column("promised_due", sa.Date(), nullable=True),
        sa.Column("statutory_due", sa.Date(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
    )
    cell = "department_code, applications.revision_id, key, steps.status, assignee_id, steps.promised_due, "
    cell += "steps.statutory_due, late_reason"
    op.execute(
        f"INSERT INTO desk_counts ({', '.join(DESK)}, number) SELECT {cell}, count(*) FROM steps"  # noqa: S608  # our names
        f" JOIN applications ON applications.id = steps.application_id WHERE steps.{ON_DESK} GROUP BY {cell}"
    )
    cell = ", ".join(_clock("applications"))
    op.execute(
        f"INSERT INTO running_counts ({', '.join(CLOCKS)}, number) SELECT {cell}, count(*) FROM applications"  # noqa: S608
        f" WHERE {RUNS} GROUP BY {cell}"
    )
    for statement in _triggers(op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    is_postgres = _is_postgres()
    for table in WATCHED:
        for what in ("insert", "update", "delete"):
            op.execute(f"DROP TRIGGER count_{table}_{what}" + (f" ON {table}" if is_postgres else ""))
        if is_postgres:
            op.execute(f"DROP FUNCTION count_{table}()")
    op.drop_table("running_counts")
    op.drop_table("desk_counts")
    if is_postgres:
        op.drop_index("ix_steps_desk", "steps")
        op.drop_index("ix_steps_urgent", "steps")
        op.drop_index("ix_applications_urgent", "applications")
    for column in ("clock_stopped_at", "clock_statutory", "clock_promised"):
        op.drop_column("applications", column)


def _index(name: str, table: str, columns: tuple[str, ...], runs: str) -> None:
    """SQLite could not tell of it to a later migration that makes a table anew."""
    if _is_postgres():
        op.create_index(name, table, [sa.text(each) for each in columns], postgresql_where=sa.text(runs))


def _is_postgres() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _clock(row: str) -> tuple[str, ...]:
    return (
        f"{row}.revision_id",
        f"CASE WHEN {row}.accepted_at IS NOT NULL THEN 1 ELSE 0 END",
        f"CASE WHEN {row}.status = 'granted' THEN 1 ELSE 0 END",
        f"CASE WHEN {row}.clock_stopped_at IS NOT NULL THEN 1 ELSE 0 END",
        f"{row}.clock_promised",
        f"{row}.clock_statutory",
    )


def _counted(table: str, row: str, number: int) -> str:
    """A row more for what this one counted, or counts now; nothing where it was not counted."""
    if table == "applications":
        cell = ", ".join(_clock(row))
        return f"INSERT INTO running_counts ({', '.join(CLOCKS)}, number) SELECT {cell}, {number} WHERE {row}.{RUNS};"
    cell = ", ".join("applications.revision_id" if name == "revision_id" else f"{row}.{name}" for name in DESK)
    return (
        f"INSERT INTO desk_counts ({', '.join(DESK)}, number) SELECT {cell}, {number} FROM applications"  # noqa: S608
        f" WHERE applications.id = {row}.application_id AND {row}.{ON_DESK};"
    )


def _triggers(dialect: str) -> Iterator[str]:
    for table, columns in WATCHED.items():
        out, into = _counted(table, "OLD", -1), _counted(table, "NEW", 1)
        if dialect == "postgresql":
            yield (
                f"CREATE FUNCTION count_{table}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                f" IF TG_OP <> 'INSERT' THEN {out} END IF; IF TG_OP <> 'DELETE' THEN {into} END IF;"
                " RETURN NULL; END $$"
            )
            old, new = (", ".join(f"{row}.{name}" for name in columns) for row in ("OLD", "NEW"))
            for what in ("insert", "update", "delete"):
                changed = f" WHEN (({old}) IS DISTINCT FROM ({new}))" if what == "update" else ""
                yield (
                    f"CREATE TRIGGER count_{table}_{what} AFTER {what.upper()} ON {table} FOR EACH ROW{changed}"
                    f" EXECUTE FUNCTION count_{table}()"
                )
            continue
        changed = " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in columns)
        yield f"CREATE TRIGGER count_{table}_insert AFTER INSERT ON {table} BEGIN {into} END"
        yield f"CREATE TRIGGER count_{table}_update AFTER UPDATE ON {table} WHEN {changed} BEGIN {out} {into} END"
        yield f"CREATE TRIGGER count_{table}_delete AFTER DELETE ON {table} BEGIN {out} END"
