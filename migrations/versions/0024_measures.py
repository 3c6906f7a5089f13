"""How long decided applications and rounds of steps took, and the counts of their days."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024_measures"
down_revision = "0023_copies"
branch_labels = None
depends_on = None


def upgrade() -> None:
    whole = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "measures",
        sa.Column("id", whole, nullable=False),
        sa.Column("application_id", whole, nullable=False),
        sa.Column("subject", sa.String(length=32), nullable=False),
        sa.Column("step_key", sa.String(length=64), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("item_code", sa.String(length=64), nullable=False),
        sa.Column("stage", sa.String(length=8), nullable=False),
        sa.Column("department_code", sa.String(length=64), nullable=False),
        sa.Column("region", sa.String(length=12), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=False),
        sa.Column("is_promised", sa.Boolean(), nullable=False),
        sa.Column("gross", sa.Integer(), nullable=False),
        sa.Column("net", sa.Integer(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=True),
        sa.Column("working", sa.Integer(), nullable=True),
        sa.Column("promised", sa.Boolean(), nullable=True),
        sa.Column("statutory", sa.Boolean(), nullable=True),
        sa.Column("corrections", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], name=op.f("fk_measures_application_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measures")),
        sa.UniqueConstraint(
            "application_id", "step_key", "round", name=op.f("uq_measures_application_id_step_key_round")
        ),
    )
    op.create_index("ix_measures_listed", "measures", ["subject", "month", "net"])
    op.create_table(
        "tallies",
        sa.Column("id", whole, nullable=False),
        sa.Column("subject", sa.String(length=32), nullable=False),
        sa.Column("figure", sa.String(length=32), nullable=False),
        sa.Column("item_code", sa.String(length=64), nullable=False),
        sa.Column("stage", sa.String(length=8), nullable=False),
        sa.Column("step_key", sa.String(length=64), nullable=False),
        sa.Column("department_code", sa.String(length=64), nullable=False),
        sa.Column("region", sa.String(length=12), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("is_promised", sa.Boolean(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("is_gathered", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tallies")),
    )
    op.create_index("ix_tallies_read", "tallies", ["subject", "month", "item_code", "step_key", "figure"])
    new = sa.text("NOT is_gathered")
    op.create_index("ix_tallies_new", "tallies", ["id"], postgresql_where=new, sqlite_where=new)


def downgrade() -> None:
    op.drop_table("tallies")
    op.drop_table("measures")
