"""Applications that were started together know their bundle."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012_bundles"
down_revision = "0011_reuse"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "bundles",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("slug", sa.String(length=64), nullable=False),
        sa.Column("applicant_id", WHOLE, nullable=False),
        sa.Column("organisation_id", WHOLE, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["applicant_id"], ["accounts.id"], name=op.f("fk_bundles_applicant_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_bundles_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bundles")),
        sa.UniqueConstraint("token", name=op.f("uq_bundles_token")),
    )
    for column in ("applicant_id", "organisation_id"):
        op.create_index(op.f(f"ix_bundles_{column}"), "bundles", [column], unique=False)
    with op.batch_alter_table("applications") as applications:
        applications.add_column(sa.Column("bundle_id", WHOLE, nullable=True))
        applications.create_foreign_key(op.f("fk_applications_bundle_id"), "bundles", ["bundle_id"], ["id"])
    op.create_index(op.f("ix_applications_bundle_id"), "applications", ["bundle_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_applications_bundle_id"), "applications")
    with op.batch_alter_table("applications") as applications:
        applications.drop_constraint(op.f("fk_applications_bundle_id"), type_="foreignkey")
        applications.drop_column("bundle_id")
    for column in ("applicant_id", "organisation_id"):
        op.drop_index(op.f(f"ix_bundles_{column}"), "bundles")
    op.drop_table("bundles")
