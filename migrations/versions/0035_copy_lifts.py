"""Signatures of copies are lifted as those of certificates are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035_copy_lifts"
down_revision = "0034_saved"
branch_labels = None
depends_on = None


def upgrade() -> None:
    whole = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.add_column("certificate_copies", sa.Column("level", sa.String(length=32), nullable=True))
    with op.batch_alter_table("lifts") as lifts:
        lifts.alter_column("certificate_id", existing_type=whole, nullable=True)
        lifts.add_column(sa.Column("copy_id", whole, nullable=True))
        lifts.create_foreign_key(op.f("fk_lifts_copy_id"), "certificate_copies", ["copy_id"], ["id"])
        lifts.create_unique_constraint(op.f("uq_lifts_copy_id"), ["copy_id"])


def downgrade() -> None:
    whole = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.execute("DELETE FROM lifts WHERE copy_id IS NOT NULL")
    with op.batch_alter_table("lifts") as lifts:
        lifts.drop_constraint(op.f("uq_lifts_copy_id"), type_="unique")
        lifts.drop_constraint(op.f("fk_lifts_copy_id"), type_="foreignkey")
        lifts.drop_column("copy_id")
        lifts.alter_column("certificate_id", existing_type=whole, nullable=False)
    op.drop_column("certificate_copies", "level")
