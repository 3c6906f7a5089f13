"""When an application was expected to be done, after each event that moved it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0047_predictions"
down_revision = "0046_credit_notices"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "predictions",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("application_id", WHOLE, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expected_end", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], name=op.f("fk_predictions_application_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_predictions")),
    )
    op.add_column("applications", sa.Column("expected_end", sa.Date(), nullable=True))
    op.create_index(op.f("ix_predictions_application_id"), "predictions", ["application_id"])


def downgrade() -> None:
    op.drop_column("applications", "expected_end")
    op.drop_table("predictions")
