"""What desks ask of whoever may extend the limits of an application."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0049_extension_requests"
down_revision = "0048_typed_pages"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "extension_requests",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("application_id", WHOLE, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("step_id", WHOLE, nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_account", WHOLE, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ending", sa.String(length=32), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("ended_by", WHOLE, nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("fk_extension_requests_application_id")
        ),
        sa.ForeignKeyConstraint(["step_id"], ["steps.id"], name=op.f("fk_extension_requests_step_id")),
        sa.ForeignKeyConstraint(["by_account"], ["accounts.id"], name=op.f("fk_extension_requests_by_account")),
        sa.ForeignKeyConstraint(["ended_by"], ["accounts.id"], name=op.f("fk_extension_requests_ended_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extension_requests")),
        sa.UniqueConstraint("application_id", "number", name=op.f("uq_extension_requests_application_id_number")),
    )
    op.create_index(op.f("ix_extension_requests_step_id"), "extension_requests", ["step_id"])


def downgrade() -> None:
    op.drop_table("extension_requests")
