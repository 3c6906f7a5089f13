"""Annotations on pages of materials."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0037_annotations"
down_revision = "0036_orders"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "annotations",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("application_id", WHOLE, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("step_id", WHOLE, nullable=False),
        sa.Column("material_id", WHOLE, nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Double(), nullable=True) for name in ("x", "y", "width", "height")),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by_account", WHOLE, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], name=op.f("fk_annotations_application_id")),
        sa.ForeignKeyConstraint(["step_id"], ["steps.id"], name=op.f("fk_annotations_step_id")),
        sa.ForeignKeyConstraint(["material_id"], ["materials.id"], name=op.f("fk_annotations_material_id")),
        sa.ForeignKeyConstraint(["by_account"], ["accounts.id"], name=op.f("fk_annotations_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_annotations")),
        sa.UniqueConstraint("application_id", "number", name=op.f("uq_annotations_application_id_number")),
    )
    op.create_index(op.f("ix_annotations_material_id"), "annotations", ["material_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_annotations_material_id"), "annotations")
    op.drop_table("annotations")
