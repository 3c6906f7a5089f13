"""When the applicant opened an amendment of what was sent in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0040_amending"
down_revision = "0039_provisional"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("applications", sa.Column("amending_since", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("applications") as applications:
        applications.drop_column("amending_since")
