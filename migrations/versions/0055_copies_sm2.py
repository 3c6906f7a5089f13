"""The detached signature over a copy's data is kept as that of its certificate is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0055_copies_sm2"
down_revision = "0054_unsound"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("certificate_copies", sa.Column("sm2", sa.String(length=160), nullable=True))
    op.add_column("certificate_copies", sa.Column("sm2_key", sa.String(length=64), nullable=True))


def downgrade() -> None:
    op.drop_column("certificate_copies", "sm2_key")
    op.drop_column("certificate_copies", "sm2")
