"""What is known of the signature of a writ's paper; it is lifted as that of a certificate is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0053_writ_signatures"
down_revision = "0052_live_counts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    whole = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.add_column("writ_papers", sa.Column("signed_sha256", sa.String(length=64), nullable=True))
    op.add_column("writ_papers", sa.Column("signer", sa.String(length=64), nullable=True))
    op.add_column("writ_papers", sa.Column("level", sa.String(length=32), nullable=True))
    for name in ("signed_sha256", "signer"):
        op.create_index(op.f(f"ix_writ_papers_{name}"), "writ_papers", [name])
    with op.batch_alter_table("lifts") as lifts:
        lifts.add_column(sa.Column("writ_paper_id", whole, nullable=True))
        lifts.create_foreign_key(op.f("fk_lifts_writ_paper_id"), "writ_papers", ["writ_paper_id"], ["id"])
        lifts.create_unique_constraint(op.f("uq_lifts_writ_paper_id"), ["writ_paper_id"])


def downgrade() -> None:
    op.execute("DELETE FROM lifts WHERE writ_paper_id IS NOT NULL")
    with op.batch_alter_table("lifts") as lifts:
        lifts.drop_constraint(op.f("uq_lifts_writ_paper_id"), type_="unique")
        lifts.drop_constraint(op.f("fk_lifts_writ_paper_id"), type_="foreignkey")
        lifts.drop_column("writ_paper_id")
    for name in ("signer", "signed_sha256"):
        op.drop_index(op.f(f"ix_writ_papers_{name}"), "writ_papers")
    for name in ("level", "signer", "signed_sha256"):
        op.drop_column("writ_papers", name)
