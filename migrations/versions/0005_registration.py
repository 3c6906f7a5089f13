"""Registration: proven phones and addresses, one-time codes, the trail of accounts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005_registration"
down_revision = "0004_lately"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WORDS = "person events are never changed or deleted"
NO_REPLACE = (
    "CREATE TRIGGER person_events_no_replace BEFORE INSERT ON person_events "
    "WHEN NEW.id IN (SELECT id FROM person_events) "
    "BEGIN SELECT RAISE(ABORT, 'person events are never changed or deleted'); END"
)
OWN = ("own_phone", "own_email", "own_identity")


def guard() -> None:
    """The database itself refuses to change or delete what the trail of accounts says."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION person_events_only_grow() RETURNS trigger LANGUAGE plpgsql AS $$ "
            f"BEGIN RAISE EXCEPTION '{WORDS}'; END $$"
        )
        for moment, each in (("UPDATE OR DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
            op.execute(
                f"CREATE TRIGGER person_events_no_{moment.split()[0].lower()} BEFORE {moment} ON person_events "
                f"FOR EACH {each} EXECUTE FUNCTION person_events_only_grow()"
            )
        return
    for moment in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER person_events_no_{moment.lower()} BEFORE {moment} ON person_events "
            f"BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
        )
    # REPLACE deletes without a word to the trigger on deletion.
    op.execute(NO_REPLACE)


def upgrade() -> None:
    with op.batch_alter_table("accounts") as accounts:
        accounts.add_column(sa.Column("email", sa.Text(), nullable=True))
        for name in OWN:
            accounts.add_column(sa.Column(name, sa.String(64), nullable=True))
            accounts.create_unique_constraint(f"uq_accounts_{name}", [name])
        accounts.add_column(sa.Column("proof", sa.String(32), nullable=False, server_default="none"))
        accounts.add_column(sa.Column("proved_at", sa.DateTime(timezone=True), nullable=True))
        accounts.add_column(sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("sign_ins") as sign_ins:
        sign_ins.add_column(sa.Column("device", sa.String(60), nullable=False, server_default=""))
    op.create_table(
        "one_time_codes",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("token", sa.String(64), nullable=False),
        sa.Column("purpose", sa.String(32), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("account_id", WHOLE, nullable=True),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("unsent", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_one_time_codes_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_codes")),
        sa.UniqueConstraint("token", name=op.f("uq_one_time_codes_token")),
    )
    op.create_index(op.f("ix_one_time_codes_account_id"), "one_time_codes", ["account_id"])
    op.create_index(op.f("ix_one_time_codes_expires_at"), "one_time_codes", ["expires_at"])
    op.create_table(
        "person_events",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("account_id", WHOLE, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_account", sa.Integer(), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_person_events_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_events")),
    )
    op.create_index(op.f("ix_person_events_account_id"), "person_events", ["account_id"])
    guard()


def downgrade() -> None:
    op.drop_index(op.f("ix_person_events_account_id"), "person_events")
    op.drop_table("person_events")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION person_events_only_grow()")
    op.drop_index(op.f("ix_one_time_codes_expires_at"), "one_time_codes")
    op.drop_index(op.f("ix_one_time_codes_account_id"), "one_time_codes")
    op.drop_table("one_time_codes")
    with op.batch_alter_table("sign_ins") as sign_ins:
        sign_ins.drop_column("device")
    with op.batch_alter_table("accounts") as accounts:
        for name in OWN:
            accounts.drop_constraint(f"uq_accounts_{name}", type_="unique")
            accounts.drop_column(name)
        for name in ("email", "proof", "proved_at", "closed_at"):
            accounts.drop_column(name)
