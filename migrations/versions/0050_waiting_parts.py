"""What the parts of a bundle begin with that wait for a company to be founded."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0050_waiting_parts"
down_revision = "0049_extension_requests"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("bundles", sa.Column("waiting", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("bundles", "waiting")
