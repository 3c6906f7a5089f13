"""Whether a signature is still good after its key was revoked, as last judged."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0054_unsound"
down_revision = "0053_writ_signatures"
branch_labels = None
depends_on = None

SIGNED = ("certificates", "certificate_copies", "writ_papers")


def upgrade() -> None:
    for table in SIGNED:
        op.add_column(table, sa.Column("key_revoked_since", sa.DateTime(timezone=True), nullable=True))
        op.add_column(table, sa.Column("is_unsound", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    for table in SIGNED:
        op.drop_column(table, "is_unsound")
        op.drop_column(table, "key_revoked_since")
