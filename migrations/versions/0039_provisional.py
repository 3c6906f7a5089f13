"""What is provisional follows from the due date and the calendar; no row keeps it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0039_provisional"
down_revision = "0038_tallies"
branch_labels = None
depends_on = None

KEPT = ("applications", "steps", "obligations", "follow_ups")


def upgrade() -> None:
    for table in KEPT:
        op.drop_column(table, "is_provisional")


def downgrade() -> None:
    for table in KEPT:
        op.add_column(table, sa.Column("is_provisional", sa.Boolean(), nullable=False, server_default=sa.false()))
