"""Who looked into an application outside their work, and why; the rows only grow."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027_openings"
down_revision = "0026_second_factors"
branch_labels = None
depends_on = None

WORDS = "openings are never changed or deleted"
FIXED = "id, application_id, account_id, role, reason, at, until"
"""All but the note, which is sealed anew when keys change."""
NO_REPLACE = (
    "CREATE TRIGGER openings_no_replace BEFORE INSERT ON openings "
    "WHEN EXISTS (SELECT 1 FROM openings WHERE id = NEW.id) "
    "BEGIN SELECT RAISE(ABORT, 'openings are never changed or deleted'); END"
)


def guard() -> None:
    """The database itself refuses to change or delete what was written."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION openings_only_grow() RETURNS trigger LANGUAGE plpgsql AS $$ "
            f"BEGIN RAISE EXCEPTION '{WORDS}'; END $$"
        )
        for moment, each in ((f"UPDATE OF {FIXED} OR DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
            op.execute(
                f"CREATE TRIGGER openings_no_{moment.split()[0].lower()} BEFORE {moment} ON openings "
                f"FOR EACH {each} EXECUTE FUNCTION openings_only_grow()"
            )
        return
    for moment in (f"UPDATE OF {FIXED}", "DELETE"):
        op.execute(
            f"CREATE TRIGGER openings_no_{moment.split()[0].lower()} BEFORE {moment} ON openings "
            f"BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
        )
    # REPLACE deletes without a word to the trigger on deletion.
    op.execute(NO_REPLACE)


def upgrade() -> None:
    whole = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "openings",
        sa.Column("id", whole, nullable=False),
        sa.Column("application_id", whole, nullable=False),
        sa.Column("account_id", whole, nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], name=op.f("fk_openings_application_id")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_openings_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_openings")),
    )
    op.create_index("ix_openings_current", "openings", ["application_id", "account_id", "until"])
    guard()


def downgrade() -> None:
    op.drop_index("ix_openings_current", "openings")
    op.drop_table("openings")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION openings_only_grow()")
