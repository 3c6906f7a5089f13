"""Days on which the city's offices are closed by local order."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002_closures"
down_revision = "0001_first_tables"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "closures",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("declared_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("first <= last", name=op.f("ck_closures_days_in_order")),
        sa.ForeignKeyConstraint(["declared_by"], ["accounts.id"], name=op.f("fk_closures_declared_by")),
        sa.ForeignKeyConstraint(["lifted_by"], ["accounts.id"], name=op.f("fk_closures_lifted_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closures")),
    )


def downgrade() -> None:
    op.drop_table("closures")
