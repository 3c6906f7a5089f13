"""Letters by e-mail: how somebody wants them, and which went out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007_mail"
down_revision = "0006_mandates"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("accounts") as accounts:
        accounts.add_column(sa.Column("letter_way", sa.String(32), nullable=False, server_default="each"))
    op.create_table(
        "letter_deliveries",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("letter_id", WHOLE, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("message_id", sa.String(200), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["letter_id"], ["letters.id"], name=op.f("fk_letter_deliveries_letter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_deliveries")),
        sa.UniqueConstraint(
            "letter_id", "sequence", "channel", name=op.f("uq_letter_deliveries_letter_id_sequence_channel")
        ),
    )


def downgrade() -> None:
    op.drop_table("letter_deliveries")
    with op.batch_alter_table("accounts") as accounts:
        accounts.drop_column("letter_way")
