"""Bad credit that somebody else published, as the office entered it, and its repair."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0046_credit_notices"
down_revision = "0045_trail_at"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TO_ACCOUNTS = ("account_id", "entered_by", "repaired_by")


def upgrade() -> None:
    op.create_table(
        "credit_notices",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("account_id", WHOLE, nullable=True),
        sa.Column("organisation_id", WHOLE, nullable=True),
        sa.Column("published_by", sa.String(length=100), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("entered_by", WHOLE, nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("repaired_by", WHOLE, nullable=True),
        sa.Column("repaired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("repair_note", sa.Text(), nullable=True),
        *(
            sa.ForeignKeyConstraint([name], ["accounts.id"], name=op.f(f"fk_credit_notices_{name}"))
            for name in TO_ACCOUNTS
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_credit_notices_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_notices")),
    )
    for name in ("account_id", "organisation_id"):
        op.create_index(op.f(f"ix_credit_notices_{name}"), "credit_notices", [name])


def downgrade() -> None:
    op.drop_table("credit_notices")
