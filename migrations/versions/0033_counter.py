"""The counter: visits with the document seen, what came up in them, what was confirmed; the channel of applications."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033_counter"
down_revision = "0032_proposals"
branch_labels = None
depends_on = None

CHANNELLED = ("applications", "measures", "tallies")


def upgrade() -> None:
    whole = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    for table in CHANNELLED:
        op.add_column(table, sa.Column("channel", sa.String(length=32), nullable=False, server_default="online"))
    op.create_table(
        "visits",
        sa.Column("id", whole, nullable=False),
        sa.Column("clerk_id", whole, nullable=False),
        sa.Column("window", sa.String(length=12), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("identity_number", sa.Text(), nullable=False),
        sa.Column("document", sa.String(length=32), nullable=False),
        sa.Column("account_id", whole, nullable=False),
        sa.Column("organisation_id", whole, nullable=True),
        sa.Column("authority", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["clerk_id"], ["accounts.id"], name=op.f("fk_visits_clerk_id")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_visits_account_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_visits_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visits")),
    )
    op.create_index("ix_visits_of_day", "visits", ["clerk_id", "at"])
    op.create_table(
        "attendances",
        sa.Column("id", whole, nullable=False),
        sa.Column("visit_id", whole, nullable=False),
        sa.Column("application_id", whole, nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_attendances_visit_id")),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], name=op.f("fk_attendances_application_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendances")),
        sa.UniqueConstraint(
            "application_id", "visit_id", "purpose", name=op.f("uq_attendances_application_id_visit_id_purpose")
        ),
    )
    op.create_index(op.f("ix_attendances_visit_id"), "attendances", ["visit_id"])
    op.create_table(
        "confirmations",
        sa.Column("id", whole, nullable=False),
        sa.Column("application_id", whole, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("visit_id", whole, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], name=op.f("fk_confirmations_application_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_confirmations_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmations")),
        sa.UniqueConstraint("application_id", "version", name=op.f("uq_confirmations_application_id_version")),
    )


def downgrade() -> None:
    op.drop_table("confirmations")
    op.drop_index(op.f("ix_attendances_visit_id"), "attendances")
    op.drop_table("attendances")
    op.drop_index("ix_visits_of_day", "visits")
    op.drop_table("visits")
    for table in reversed(CHANNELLED):
        op.drop_column(table, "channel")
