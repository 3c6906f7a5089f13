"""A material that the portal already held says where it came from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008_reused"
down_revision = "0007_mail"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("materials", sa.Column("reused_from", sa.String(length=64), nullable=True))


def downgrade() -> None:
    op.drop_column("materials", "reused_from")
