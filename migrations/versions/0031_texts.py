"""Accounts say whether letters come as text messages, too."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031_texts"
down_revision = "0030_outbox_application"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("accounts", sa.Column("wants_texts", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("accounts", "wants_texts")
