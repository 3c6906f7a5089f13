"""Who is away and who stands in; to whom a step was meant to go when it went to a deputy."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013_absences"
down_revision = "0012_bundles"
branch_labels = None
depends_on = None


def upgrade() -> None:
    whole = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "absences",
        sa.Column("id", whole, nullable=False),
        sa.Column("account_id", whole, nullable=False),
        sa.Column("deputy_id", whole, nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by_account", whole, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", whole, nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_absences_account_id")),
        sa.ForeignKeyConstraint(["deputy_id"], ["accounts.id"], name=op.f("fk_absences_deputy_id")),
        sa.ForeignKeyConstraint(["by_account"], ["accounts.id"], name=op.f("fk_absences_by_account")),
        sa.ForeignKeyConstraint(["ended_by"], ["accounts.id"], name=op.f("fk_absences_ended_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absences")),
    )
    op.create_index("ix_absences_account", "absences", ["account_id", "last"])
    op.create_index("ix_absences_deputy", "absences", ["deputy_id", "last"])
    if op.get_bind().dialect.name == "postgresql":
        op.add_column("assignments", sa.Column("meant_for", whole, nullable=True))
        op.create_foreign_key("fk_assignments_meant_for", "assignments", "accounts", ["meant_for"], ["id"])
    else:
        op.execute(
            "ALTER TABLE assignments "
            "ADD COLUMN meant_for INTEGER CONSTRAINT fk_assignments_meant_for REFERENCES accounts (id)"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_column("assignments", "meant_for")
    else:
        op.execute("ALTER TABLE assignments DROP COLUMN meant_for")
    op.drop_index("ix_absences_deputy", "absences")
    op.drop_index("ix_absences_account", "absences")
    op.drop_table("absences")
