"""Writs: the papers that the law asks for, with what stands on them and their sealed files."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009_writs"
down_revision = "0008_reused"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "writs",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("application_id", WHOLE, nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("department_code", sa.String(length=64), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("drawn_up_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], name=op.f("fk_writs_application_id")),
        sa.ForeignKeyConstraint(["department_code"], ["departments.code"], name=op.f("fk_writs_department_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_writs")),
        sa.UniqueConstraint("application_id", "serial", name=op.f("uq_writs_application_id_serial")),
        sa.UniqueConstraint("number", name=op.f("uq_writs_number")),
    )
    op.create_table(
        "writ_papers",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("writ_id", WHOLE, nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["sha256"], ["stored_files.sha256"], name=op.f("fk_writ_papers_sha256")),
        sa.ForeignKeyConstraint(["writ_id"], ["writs.id"], name=op.f("fk_writ_papers_writ_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_writ_papers")),
        sa.UniqueConstraint("writ_id", "language", name=op.f("uq_writ_papers_writ_id_language")),
    )
    op.create_index(op.f("ix_writ_papers_sha256"), "writ_papers", ["sha256"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_writ_papers_sha256"), "writ_papers")
    op.drop_table("writ_papers")
    op.drop_table("writs")
