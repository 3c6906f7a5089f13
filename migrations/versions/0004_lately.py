"""Indexes for what happened lately: decisions of an item, and what was applied for most."""

from __future__ import annotations

from alembic import op

revision = "0004_lately"
down_revision = "0003_assignments"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_applications_decided", "applications", ["item_code", "decided_at"], unique=False)
    op.create_index("ix_applications_sent", "applications", ["submitted_at", "item_code"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_applications_sent", "applications")
    op.drop_index("ix_applications_decided", "applications")
