"""Ratings of finished applications, and the follow-up of the bad ones."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015_ratings"
down_revision = "0014_signatures"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "ratings",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("application_id", WHOLE, nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("item_code", sa.String(length=64), nullable=False),
        sa.Column("department_code", sa.String(length=64), nullable=False),
        sa.Column("level", sa.String(length=32), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], name=op.f("fk_ratings_application_id")),
        sa.ForeignKeyConstraint(["department_code"], ["departments.code"], name=op.f("fk_ratings_department_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ratings")),
        sa.UniqueConstraint("application_id", "round", name=op.f("uq_ratings_application_id_round")),
    )
    op.create_index("ix_ratings_at", "ratings", ["at"], unique=False)
    op.create_index("ix_ratings_department", "ratings", ["department_code", "at"], unique=False)
    op.create_table(
        "follow_ups",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("rating_id", WHOLE, nullable=False),
        sa.Column("application_id", WHOLE, nullable=False),
        sa.Column("department_code", sa.String(length=64), nullable=False),
        sa.Column("stage", sa.String(length=32), nullable=False),
        sa.Column("limit_days", sa.Integer(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("is_provisional", sa.Boolean(), nullable=False),
        sa.Column("wake_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finding", sa.String(length=32), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], name=op.f("fk_follow_ups_application_id")),
        sa.ForeignKeyConstraint(["department_code"], ["departments.code"], name=op.f("fk_follow_ups_department_code")),
        sa.ForeignKeyConstraint(["rating_id"], ["ratings.id"], name=op.f("fk_follow_ups_rating_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_ups")),
        sa.UniqueConstraint("rating_id", name=op.f("uq_follow_ups_rating_id")),
    )
    op.create_index(op.f("ix_follow_ups_application_id"), "follow_ups", ["application_id"], unique=False)
    op.create_index("ix_follow_ups_department", "follow_ups", ["department_code", "stage"], unique=False)
    op.create_index(op.f("ix_follow_ups_wake_at"), "follow_ups", ["wake_at"], unique=False)
    op.create_table(
        "follow_up_acts",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("follow_up_id", WHOLE, nullable=False),
        sa.Column("stage", sa.String(length=32), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by_account", WHOLE, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_account"], ["accounts.id"], name=op.f("fk_follow_up_acts_by_account")),
        sa.ForeignKeyConstraint(["follow_up_id"], ["follow_ups.id"], name=op.f("fk_follow_up_acts_follow_up_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_up_acts")),
    )
    op.create_index(op.f("ix_follow_up_acts_follow_up_id"), "follow_up_acts", ["follow_up_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_follow_up_acts_follow_up_id"), "follow_up_acts")
    op.drop_table("follow_up_acts")
    op.drop_index(op.f("ix_follow_ups_wake_at"), "follow_ups")
    op.drop_index("ix_follow_ups_department", "follow_ups")
    op.drop_index(op.f("ix_follow_ups_application_id"), "follow_ups")
    op.drop_table("follow_ups")
    op.drop_index("ix_ratings_department", "ratings")
    op.drop_index("ix_ratings_at", "ratings")
    op.drop_table("ratings")
