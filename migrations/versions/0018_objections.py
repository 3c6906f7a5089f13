"""Objections to refusals beside those to credit records."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018_objections"
down_revision = "0017_messages"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("objections") as table:
        table.add_column(sa.Column("application_id", WHOLE, nullable=True))
        table.add_column(sa.Column("step_key", sa.String(length=64), nullable=False, server_default=""))
        table.add_column(sa.Column("round", sa.Integer(), nullable=False, server_default="0"))
        table.alter_column("record_id", existing_type=WHOLE, nullable=True)
    op.execute(
        "UPDATE objections SET application_id = "
        "(SELECT application_id FROM credit_records WHERE credit_records.id = objections.record_id)"
    )
    with op.batch_alter_table("objections") as table:
        table.alter_column("application_id", existing_type=WHOLE, nullable=False)
        table.create_foreign_key(op.f("fk_objections_application_id"), "applications", ["application_id"], ["id"])
        table.create_index(op.f("ix_objections_application_id"), ["application_id"])


def downgrade() -> None:
    op.execute("DELETE FROM objections WHERE record_id IS NULL")
    with op.batch_alter_table("objections") as table:
        table.drop_index(op.f("ix_objections_application_id"))
        table.drop_constraint(op.f("fk_objections_application_id"), type_="foreignkey")
        table.alter_column("record_id", existing_type=WHOLE, nullable=False)
        table.drop_column("application_id")
        table.drop_column("step_key")
        table.drop_column("round")
