"""Translations of certificates, and who signed each copy."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0042_translations"
down_revision = "0041_unscanned"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("certificate_copies") as copies:
        copies.add_column(sa.Column("language", sa.String(length=8), nullable=False, server_default="zh"))
        copies.add_column(sa.Column("sheet", sa.Text(), nullable=True))
        copies.add_column(sa.Column("signer", sa.String(length=64), nullable=True))
        copies.alter_column("valid_until", existing_type=sa.Date(), nullable=True)
        copies.create_index(op.f("ix_certificate_copies_signer"), ["signer"], unique=False)


def downgrade() -> None:
    op.execute("DELETE FROM lifts WHERE copy_id IN (SELECT id FROM certificate_copies WHERE sheet IS NOT NULL)")
    op.execute("DELETE FROM certificate_copies WHERE sheet IS NOT NULL")
    with op.batch_alter_table("certificate_copies") as copies:
        copies.drop_index(op.f("ix_certificate_copies_signer"))
        copies.alter_column("valid_until", existing_type=sa.Date(), nullable=False)
        for name in ("signer", "sheet", "language"):
            copies.drop_column(name)
