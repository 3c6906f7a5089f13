"""Supervision orders that are sent by hand, and what is said to them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0036_orders"
down_revision = "0035_copy_lifts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    whole = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "orders",
        sa.Column("id", whole, nullable=False),
        sa.Column("application_id", whole, nullable=False),
        sa.Column("step_key", sa.String(length=64), nullable=False),
        sa.Column("department_code", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("wake_at", instant, nullable=True),
        sa.Column("sent_by", whole, nullable=False),
        sa.Column("sent_at", instant, nullable=False),
        sa.Column("answered_at", instant, nullable=True),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], name=op.f("fk_orders_application_id")),
        sa.ForeignKeyConstraint(["department_code"], ["departments.code"], name=op.f("fk_orders_department_code")),
        sa.ForeignKeyConstraint(["sent_by"], ["accounts.id"], name=op.f("fk_orders_sent_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
    )
    op.create_index("ix_orders_application_id", "orders", ["application_id"])
    op.create_index("ix_orders_department", "orders", ["department_code", "status", "due"])
    op.create_index("ix_orders_sent_at", "orders", ["sent_at"])
    op.create_index("ix_orders_wake_at", "orders", ["wake_at"])
    op.create_table(
        "order_acts",
        sa.Column("id", whole, nullable=False),
        sa.Column("order_id", whole, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by_account", whole, nullable=False),
        sa.Column("at", instant, nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_acts_order_id")),
        sa.ForeignKeyConstraint(["by_account"], ["accounts.id"], name=op.f("fk_order_acts_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_acts")),
    )
    op.create_index("ix_order_acts_order_id", "order_acts", ["order_id"])


def downgrade() -> None:
    op.drop_table("order_acts")
    op.drop_table("orders")
