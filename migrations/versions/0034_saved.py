"""When a draft was last saved, and when its owner was told that it will be deleted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0034_saved"
down_revision = "0033_counter"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What is there already was last saved when it was begun: nothing else is known of it, and it is told first."""
    beginning = sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False, server_default="1970-01-01 00:00:00")
    op.add_column("applications", beginning)
    op.add_column("applications", sa.Column("warned_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE applications SET saved_at = created_at")


def downgrade() -> None:
    op.drop_column("applications", "warned_at")
    op.drop_column("applications", "saved_at")
