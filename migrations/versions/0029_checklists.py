"""What whoever decided a step ticked of its checklist: part of the decision."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029_checklists"
down_revision = "0028_feeds"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("decisions", sa.Column("ticks", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("decisions", "ticks")
