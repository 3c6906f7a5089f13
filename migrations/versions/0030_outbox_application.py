"""Parcels of the outbox know their application: the office sees which certificates are still being made."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030_outbox_application"
down_revision = "0029_checklists"
branch_labels = None
depends_on = None


def upgrade() -> None:
    whole = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.add_column("outbox", sa.Column("application_id", whole, nullable=True))
    # Only of what is still open: what was delivered is never asked for again.
    named = (
        "CAST(data ->> 'application' AS BIGINT)"
        if op.get_bind().dialect.name == "postgresql"
        else "json_extract(data, '$.application')"
    )
    op.execute(f"UPDATE outbox SET application_id = {named} WHERE done_at IS NULL AND kind IN ('paper', 'letter')")  # noqa: S608  # one of two texts of ours
    op.create_index("ix_outbox_application_id", "outbox", ["application_id"])


def downgrade() -> None:
    op.drop_index("ix_outbox_application_id", "outbox")
    op.drop_column("outbox", "application_id")
