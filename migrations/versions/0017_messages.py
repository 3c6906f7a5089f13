"""Messages inside applications, with what was sent along."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017_messages"
down_revision = "0016_clerks"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "messages",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("application_id", WHOLE, nullable=False),
        sa.Column("department_code", sa.String(length=64), nullable=False),
        sa.Column("is_office", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by_account", WHOLE, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], name=op.f("fk_messages_application_id")),
        sa.ForeignKeyConstraint(["by_account"], ["accounts.id"], name=op.f("fk_messages_by_account")),
        sa.ForeignKeyConstraint(["department_code"], ["departments.code"], name=op.f("fk_messages_department_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
    )
    op.create_index("ix_messages_talk", "messages", ["application_id", "department_code"], unique=False)
    op.create_index("ix_messages_unread", "messages", ["department_code", "is_office", "read_at"], unique=False)
    op.create_table(
        "message_files",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("message_id", WHOLE, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_message_files_message_id")),
        sa.ForeignKeyConstraint(["sha256"], ["stored_files.sha256"], name=op.f("fk_message_files_sha256")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_files")),
    )
    for column in ("message_id", "sha256"):
        op.create_index(op.f(f"ix_message_files_{column}"), "message_files", [column], unique=False)


def downgrade() -> None:
    for column in ("message_id", "sha256"):
        op.drop_index(op.f(f"ix_message_files_{column}"), "message_files")
    op.drop_table("message_files")
    op.drop_index("ix_messages_unread", "messages")
    op.drop_index("ix_messages_talk", "messages")
    op.drop_table("messages")
