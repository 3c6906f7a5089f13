"""The cases behind a figure are found in the order in which they are listed: the longest first."""

from __future__ import annotations

from alembic import op

revision = "0056_longest"
down_revision = "0055_copies_sm2"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_measures_listed", "measures")
    for length in ("net", "gross"):
        op.create_index(f"ix_measures_{length}", "measures", ["subject", length, "id"])


def downgrade() -> None:
    for length in ("gross", "net"):
        op.drop_index(f"ix_measures_{length}", "measures")
    op.create_index("ix_measures_listed", "measures", ["subject", "month", "net"])
