"""Each application knows of what moment its newest event is: nothing happens to it on an earlier day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0045_trail_at"
down_revision = "0044_sealed_views"
branch_labels = None
depends_on = None

NEWEST = """
UPDATE applications SET trail_at = (
    SELECT events.at FROM events
    WHERE events.application_id = applications.id AND events.sequence = applications.trail_length
) WHERE trail_length > 0
"""


def upgrade() -> None:
    op.add_column("applications", sa.Column("trail_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(NEWEST)


def downgrade() -> None:
    op.drop_column("applications", "trail_at")
