"""Which way finished applications went, and how often each edge was walked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020_walks"
down_revision = "0019_papers"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "activities",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("item_code", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("step_kind", sa.String(length=32), nullable=False),
        sa.Column("department_code", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activities")),
        sa.UniqueConstraint(
            "item_code",
            "kind",
            "name",
            "department_code",
            name=op.f("uq_activities_item_code_kind_name_department_code"),
        ),
    )
    op.create_table(
        "ways",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("item_code", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("activities", sa.JSON(), nullable=False),
        sa.Column("edges", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ways")),
        sa.UniqueConstraint("digest", name=op.f("uq_ways_digest")),
    )
    op.create_table(
        "walks",
        sa.Column("application_id", WHOLE, nullable=False, autoincrement=False),
        sa.Column("way_id", WHOLE, nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("stays", sa.JSON(), nullable=False),
        sa.Column("legs", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], name=op.f("fk_walks_application_id")),
        sa.ForeignKeyConstraint(["way_id"], ["ways.id"], name=op.f("fk_walks_way_id")),
        sa.PrimaryKeyConstraint("application_id", name=op.f("pk_walks")),
    )
    op.create_index("ix_walks_way", "walks", ["way_id", "month", "application_id"], unique=False)
    op.create_table(
        "way_counts",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("way_id", WHOLE, nullable=False, autoincrement=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["way_id"], ["ways.id"], name=op.f("fk_way_counts_way_id")),
        sa.PrimaryKeyConstraint("month", "way_id", name=op.f("pk_way_counts")),
    )
    op.create_table(
        "stay_counts",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("activity_id", WHOLE, nullable=False, autoincrement=False),
        sa.Column("days", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activities.id"], name=op.f("fk_stay_counts_activity_id")),
        sa.PrimaryKeyConstraint("month", "activity_id", "days", name=op.f("pk_stay_counts")),
    )
    op.create_table(
        "leg_counts",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("source_id", WHOLE, nullable=False, autoincrement=False),
        sa.Column("target_id", WHOLE, nullable=False, autoincrement=False),
        sa.Column("days", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["activities.id"], name=op.f("fk_leg_counts_source_id")),
        sa.ForeignKeyConstraint(["target_id"], ["activities.id"], name=op.f("fk_leg_counts_target_id")),
        sa.PrimaryKeyConstraint("month", "source_id", "target_id", "days", name=op.f("pk_leg_counts")),
    )


def downgrade() -> None:
    for table in ("leg_counts", "stay_counts", "way_counts"):
        op.drop_table(table)
    op.drop_index("ix_walks_way", "walks")
    for table in ("walks", "ways", "activities"):
        op.drop_table(table)
