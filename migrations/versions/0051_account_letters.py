"""Letters about an account and its mandates."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0051_account_letters"
down_revision = "0050_waiting_parts"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "account_letters",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("account_id", WHOLE, nullable=False),
        sa.Column("event_id", WHOLE, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_account_letters_account_id")),
        sa.ForeignKeyConstraint(["event_id"], ["person_events.id"], name=op.f("fk_account_letters_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_letters")),
        sa.UniqueConstraint("event_id", name=op.f("uq_account_letters_event_id")),
    )
    op.create_index(op.f("ix_account_letters_account_id"), "account_letters", ["account_id"])
    op.add_column("mandates", sa.Column("warned_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.execute("DELETE FROM outbox WHERE kind = 'account'")
    op.drop_column("mandates", "warned_at")
    op.drop_table("account_letters")
