"""How long a signature proves itself, whose key it is, and what is still to be done to it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014_signatures"
down_revision = "0013_absences"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("certificates") as table:
        table.add_column(sa.Column("signed_sha256", sa.String(length=64), nullable=True))
        table.add_column(sa.Column("signer", sa.String(length=64), nullable=True))
        table.add_column(sa.Column("level", sa.String(length=32), nullable=True))
        table.add_column(sa.Column("sm2", sa.String(length=160), nullable=True))
        table.add_column(sa.Column("sm2_key", sa.String(length=64), nullable=True))
        table.create_index(op.f("ix_certificates_signed_sha256"), ["signed_sha256"], unique=False)
        table.create_index(op.f("ix_certificates_signer"), ["signer"], unique=False)
    with op.batch_alter_table("past_versions") as table:
        table.add_column(sa.Column("signed_sha256", sa.String(length=64), nullable=True))
        table.create_index(op.f("ix_past_versions_signed_sha256"), ["signed_sha256"], unique=False)
    # What was issued so far was signed and no more.
    op.execute("UPDATE certificates SET level = 'b_b' WHERE issued_at IS NOT NULL")
    op.create_table(
        "lifts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("certificate_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("wanted", sa.String(length=32), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["certificate_id"], ["certificates.id"], name=op.f("fk_lifts_certificate_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lifts")),
        sa.UniqueConstraint("certificate_id", name=op.f("uq_lifts_certificate_id")),
    )
    op.create_index(op.f("ix_lifts_due_at"), "lifts", ["due_at"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_lifts_due_at"), "lifts")
    op.drop_table("lifts")
    with op.batch_alter_table("past_versions") as table:
        table.drop_index(op.f("ix_past_versions_signed_sha256"))
        table.drop_column("signed_sha256")
    with op.batch_alter_table("certificates") as table:
        table.drop_index(op.f("ix_certificates_signer"))
        table.drop_index(op.f("ix_certificates_signed_sha256"))
        table.drop_column("sm2_key")
        table.drop_column("sm2")
        table.drop_column("level")
        table.drop_column("signer")
        table.drop_column("signed_sha256")
