"""Reuse of certificates: the holder's consent, and every use."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011_reuse"
down_revision = "0010_life_of_certificates"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "certificate_consents",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("certificate_id", WHOLE, nullable=False),
        sa.Column("application_id", WHOLE, nullable=False),
        sa.Column("by_account", WHOLE, nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("fk_certificate_consents_application_id")
        ),
        sa.ForeignKeyConstraint(["by_account"], ["accounts.id"], name=op.f("fk_certificate_consents_by_account")),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificates.id"], name=op.f("fk_certificate_consents_certificate_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_consents")),
    )
    for column in ("application_id", "certificate_id"):
        op.create_index(op.f(f"ix_certificate_consents_{column}"), "certificate_consents", [column], unique=False)
    op.create_table(
        "certificate_uses",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("consent_id", WHOLE, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("department_code", sa.String(length=64), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["consent_id"], ["certificate_consents.id"], name=op.f("fk_certificate_uses_consent_id")
        ),
        sa.ForeignKeyConstraint(
            ["department_code"], ["departments.code"], name=op.f("fk_certificate_uses_department_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_uses")),
    )
    op.create_index(op.f("ix_certificate_uses_consent_id"), "certificate_uses", ["consent_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_certificate_uses_consent_id"), "certificate_uses")
    op.drop_table("certificate_uses")
    for column in ("application_id", "certificate_id"):
        op.drop_index(op.f(f"ix_certificate_consents_{column}"), "certificate_consents")
    op.drop_table("certificate_consents")
