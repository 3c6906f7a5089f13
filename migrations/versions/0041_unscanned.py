"""Files that no virus scanner has looked at are found at once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0041_unscanned"
down_revision = "0040_amending"
branch_labels = None
depends_on = None


def upgrade() -> None:
    unscanned = sa.text("scan = 'not_scanned'")
    op.create_index(
        "ix_stored_files_unscanned", "stored_files", ["sha256"], postgresql_where=unscanned, sqlite_where=unscanned
    )


def downgrade() -> None:
    op.drop_index("ix_stored_files_unscanned", "stored_files")
