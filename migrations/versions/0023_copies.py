"""Copies of certificates, for a stated purpose and recipient."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023_copies"
down_revision = "0022_opinions"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INDEXED = ("certificate_id", "sha256", "signed_sha256")


def upgrade() -> None:
    op.create_table(
        "certificate_copies",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("certificate_id", WHOLE, nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("by_account", WHOLE, nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("signed_sha256", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["by_account"], ["accounts.id"], name=op.f("fk_certificate_copies_by_account")),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificates.id"], name=op.f("fk_certificate_copies_certificate_id")
        ),
        sa.ForeignKeyConstraint(["sha256"], ["stored_files.sha256"], name=op.f("fk_certificate_copies_sha256")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_copies")),
        sa.UniqueConstraint("number", name=op.f("uq_certificate_copies_number")),
    )
    for column in INDEXED:
        op.create_index(op.f(f"ix_certificate_copies_{column}"), "certificate_copies", [column], unique=False)


def downgrade() -> None:
    for column in INDEXED:
        op.drop_index(op.f(f"ix_certificate_copies_{column}"), "certificate_copies")
    op.drop_table("certificate_copies")
