"""How far each clerk has read, saved views of the queue, and keyed hashes that find names and addresses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from approvals.records.people import name_mark
from approvals.records.secrecy import Secret, SecretJson
from approvals.records.whereabouts import addresses_in, marks

revision = "0016_clerks"
down_revision = "0015_ratings"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BATCH = 500

ACCOUNTS = sa.table("accounts", sa.column("id", WHOLE), sa.column("name", Secret), sa.column("name_mark", sa.String))
SUBMISSIONS = sa.table(
    "submissions", sa.column("id", WHOLE), sa.column("application_id", WHOLE), sa.column("answers", SecretJson)
)
WHEREABOUTS = sa.table("whereabouts", sa.column("application_id", WHOLE), sa.column("mark", sa.String))


def upgrade() -> None:
    op.create_table(
        "looks",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("account_id", WHOLE, nullable=False),
        sa.Column("step_id", WHOLE, nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("open_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_looks_account_id")),
        sa.ForeignKeyConstraint(["step_id"], ["steps.id"], name=op.f("fk_looks_step_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_looks")),
        sa.UniqueConstraint("account_id", "step_id", name=op.f("uq_looks_account_id_step_id")),
    )
    op.create_index("ix_looks_last", "looks", ["account_id", "at"])
    op.create_index("ix_looks_open", "looks", ["step_id", "open_until"])
    op.create_table(
        "saved_views",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("account_id", WHOLE, nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("filters", sa.String(length=600), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_saved_views_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_views")),
        sa.UniqueConstraint("account_id", "name", name=op.f("uq_saved_views_account_id_name")),
    )
    op.create_table(
        "whereabouts",
        sa.Column("application_id", WHOLE, nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], name=op.f("fk_whereabouts_application_id")),
        sa.PrimaryKeyConstraint("application_id", "mark", name=op.f("pk_whereabouts")),
    )
    op.create_index("ix_whereabouts_mark", "whereabouts", ["mark", "application_id"])
    op.add_column("accounts", sa.Column("name_mark", sa.String(length=64), nullable=True))
    op.create_index(op.f("ix_accounts_name_mark"), "accounts", ["name_mark"])
    _mark_what_is_there()


def _mark_what_is_there() -> None:
    connection = op.get_bind()
    for batch in _batches(connection, sa.select(ACCOUNTS.c.id, ACCOUNTS.c.name), ACCOUNTS.c.id):
        for number, name in batch:
            marked = ACCOUNTS.update().where(ACCOUNTS.c.id == number).values(name_mark=name_mark(name))
            connection.execute(marked)
    sent = sa.select(SUBMISSIONS.c.id, SUBMISSIONS.c.application_id, SUBMISSIONS.c.answers)
    for batch in _batches(connection, sent, SUBMISSIONS.c.id):
        found = {(application, mark) for _, application, answers in batch for mark in marks(addresses_in(answers))}
        ours = WHEREABOUTS.c.application_id.in_({application for application, _ in found})
        known = {(row.application_id, row.mark) for row in connection.execute(sa.select(*WHEREABOUTS.c).where(ours))}
        new = [{"application_id": application, "mark": mark} for application, mark in sorted(found - known)]
        if new:
            connection.execute(WHEREABOUTS.insert(), new)


def _batches(connection: sa.Connection, query: sa.Select[Any], number: sa.ColumnClause[Any]) -> Iterator[list[Any]]:
    """By their numbers: a table of a million rows is not held at once."""
    last = 0
    while batch := list(connection.execute(query.where(number > last).order_by(number).limit(BATCH))):
        yield batch
        last = batch[-1][0]


def downgrade() -> None:
    op.drop_index(op.f("ix_accounts_name_mark"), "accounts")
    with op.batch_alter_table("accounts") as table:
        table.drop_column("name_mark")
    op.drop_index("ix_whereabouts_mark", "whereabouts")
    op.drop_table("whereabouts")
    op.drop_table("saved_views")
    op.drop_index("ix_looks_open", "looks")
    op.drop_index("ix_looks_last", "looks")
    op.drop_table("looks")
