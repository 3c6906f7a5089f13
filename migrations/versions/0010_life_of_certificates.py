"""The life of certificates: what happened to each, and the versions that others replaced."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010_life_of_certificates"
down_revision = "0009_writs"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("certificates") as table:
        table.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    op.create_index("ix_certificates_validity", "certificates", ["status", "valid_until"], unique=False)
    op.create_table(
        "past_versions",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("certificate_id", WHOLE, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("identifier", sa.String(length=120), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["certificate_id"], ["certificates.id"], name=op.f("fk_past_versions_certificate_id")),
        sa.ForeignKeyConstraint(["sha256"], ["stored_files.sha256"], name=op.f("fk_past_versions_sha256")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_past_versions")),
        sa.UniqueConstraint("certificate_id", "version", name=op.f("uq_past_versions_certificate_id_version")),
        sa.UniqueConstraint("identifier", name=op.f("uq_past_versions_identifier")),
    )
    op.create_index(op.f("ix_past_versions_sha256"), "past_versions", ["sha256"], unique=False)
    op.create_table(
        "certificate_acts",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("certificate_id", WHOLE, nullable=False),
        sa.Column("act", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("ground", sa.String(length=32), nullable=True),
        sa.Column("by_account", WHOLE, nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_account"], ["accounts.id"], name=op.f("fk_certificate_acts_by_account")),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificates.id"], name=op.f("fk_certificate_acts_certificate_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_acts")),
    )
    op.create_index(op.f("ix_certificate_acts_certificate_id"), "certificate_acts", ["certificate_id"], unique=False)
    # What was issued and revoked before has its acts, too; why it was revoked stands with the intervention.
    op.execute(
        "INSERT INTO certificate_acts (certificate_id, act, version, at) "
        "SELECT id, 'issue', 1, issued_at FROM certificates WHERE issued_at IS NOT NULL ORDER BY id"
    )
    op.execute(
        "INSERT INTO certificate_acts (certificate_id, act, version, at) "
        "SELECT c.id, 'revoke', 1, COALESCE((SELECT MAX(i.at) FROM interventions i WHERE i.kind = 'revoked' AND "
        "i.application_id = c.application_id), c.issued_at) FROM certificates c WHERE c.status = 'revoked' "
        "ORDER BY c.id"
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_certificate_acts_certificate_id"), "certificate_acts")
    op.drop_table("certificate_acts")
    op.drop_index(op.f("ix_past_versions_sha256"), "past_versions")
    op.drop_table("past_versions")
    op.drop_index("ix_certificates_validity", "certificates")
    with op.batch_alter_table("certificates") as table:
        table.drop_column("version")
