"""Mandates: who may act for an organisation or a person."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006_mandates"
down_revision = "0005_registration"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INDEXED = ("organisation_id", "person_id", "grantee_mark", "grantee_id")


def upgrade() -> None:
    op.create_table(
        "mandates",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("organisation_id", WHOLE, nullable=True),
        sa.Column("person_id", WHOLE, nullable=True),
        sa.Column("given_by", WHOLE, nullable=False),
        sa.Column("grantee_name", sa.Text(), nullable=False),
        sa.Column("grantee_mark", sa.String(64), nullable=False),
        sa.Column("grantee_id", WHOLE, nullable=True),
        sa.Column("duty", sa.String(32), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("actions", sa.JSON(), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("declined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", WHOLE, nullable=True),
        *(
            sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_mandates_{column}"))
            for column, target in (
                ("organisation_id", "organisations.id"),
                ("person_id", "accounts.id"),
                ("given_by", "accounts.id"),
                ("grantee_id", "accounts.id"),
                ("revoked_by", "accounts.id"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mandates")),
    )
    for column in INDEXED:
        op.create_index(op.f(f"ix_mandates_{column}"), "mandates", [column])
    with op.batch_alter_table("applications") as applications:
        applications.add_column(sa.Column("mandate_id", WHOLE, nullable=True))
        applications.create_foreign_key(op.f("fk_applications_mandate_id"), "mandates", ["mandate_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("applications") as applications:
        applications.drop_constraint(op.f("fk_applications_mandate_id"), type_="foreignkey")
        applications.drop_column("mandate_id")
    for column in INDEXED:
        op.drop_index(op.f(f"ix_mandates_{column}"), "mandates")
    op.drop_table("mandates")
