"""What the office writes on its certificates: versions of texts and seals, and who let them into force."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019_papers"
down_revision = "0018_objections"
branch_labels = None
depends_on = None

WORDS = "what the office wrote on its certificates and who let it into force are never changed or deleted"
KEYS = {
    "paper_versions": (
        "id = NEW.id OR (department_code = NEW.department_code AND subject = NEW.subject AND number = NEW.number)"
    ),
    "paper_verdicts": "id = NEW.id",
}
COLUMNS = ("text_id", "seal_id")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "paper_versions",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("department_code", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("written_by", NUMBER, nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["department_code"], ["departments.code"], name=op.f("fk_paper_versions_department_code")
        ),
        sa.ForeignKeyConstraint(["written_by"], ["accounts.id"], name=op.f("fk_paper_versions_written_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_versions")),
        sa.UniqueConstraint(
            "department_code", "subject", "number", name=op.f("uq_paper_versions_department_code_subject_number")
        ),
    )
    op.create_table(
        "paper_verdicts",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("version_id", NUMBER, nullable=False),
        sa.Column("verdict", sa.String(length=32), nullable=False),
        sa.Column("by_account", NUMBER, nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_account"], ["accounts.id"], name=op.f("fk_paper_verdicts_by_account")),
        sa.ForeignKeyConstraint(["version_id"], ["paper_versions.id"], name=op.f("fk_paper_verdicts_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_verdicts")),
    )
    op.create_index(op.f("ix_paper_verdicts_version_id"), "paper_verdicts", ["version_id"], unique=False)
    for table in KEYS:
        guard(table)
    for column in COLUMNS:
        if op.get_bind().dialect.name == "postgresql":
            op.add_column("certificates", sa.Column(column, NUMBER, nullable=True))
            op.create_foreign_key(f"fk_certificates_{column}", "certificates", "paper_versions", [column], ["id"])
        else:
            # In place: a table that others point at cannot be made anew while foreign keys are watched.
            op.execute(
                f"ALTER TABLE certificates ADD COLUMN {column} INTEGER "
                f"CONSTRAINT fk_certificates_{column} REFERENCES paper_versions (id)"
            )


def guard(table: str) -> None:
    """The database itself refuses to change or delete what was written."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE FUNCTION {table}_only_grow() RETURNS trigger LANGUAGE plpgsql AS $$ "
            f"BEGIN RAISE EXCEPTION '{WORDS}'; END $$"
        )
        for moment, each in (("UPDATE OR DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
            op.execute(
                f"CREATE TRIGGER {table}_no_{moment.split()[0].lower()} BEFORE {moment} ON {table} "
                f"FOR EACH {each} EXECUTE FUNCTION {table}_only_grow()"
            )
        return
    for moment in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{moment.lower()} BEFORE {moment} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
        )
    # REPLACE deletes without a word to the trigger on deletion.
    there = f"SELECT 1 FROM {table} WHERE {KEYS[table]}"  # noqa: S608  # words of this file
    op.execute(
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN EXISTS ({there}) "
        f"BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
    )


def downgrade() -> None:
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    for column in COLUMNS:
        if is_postgresql:
            op.drop_column("certificates", column)
        else:
            op.execute(f"ALTER TABLE certificates DROP COLUMN {column}")
    op.drop_index(op.f("ix_paper_verdicts_version_id"), "paper_verdicts")
    for table in reversed(KEYS):
        op.drop_table(table)
        if is_postgresql:
            op.execute(f"DROP FUNCTION {table}_only_grow()")
