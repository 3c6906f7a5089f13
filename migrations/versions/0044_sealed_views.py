"""Saved views are sealed: what was looked for may be a person's name or number."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

import sqlalchemy as sa
from alembic import op

from approvals.records.secrecy import Secret

revision = "0044_sealed_views"
down_revision = "0043_late_reasons"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OPEN, SEALED = (
    sa.table("saved_views", sa.column("id", WHOLE), sa.column("filters", kind)) for kind in (sa.Text(), Secret())
)


def upgrade() -> None:
    with op.batch_alter_table("saved_views") as table:
        table.alter_column("filters", existing_type=sa.String(length=600), type_=sa.Text(), existing_nullable=False)
    connection = op.get_bind()
    for row, filters in connection.execute(sa.select(OPEN.c.id, OPEN.c.filters)).all():
        connection.execute(sa.update(SEALED).where(SEALED.c.id == row).values(filters=filters))


def downgrade() -> None:
    """Without the words that were looked for: they would be readable again."""
    connection = op.get_bind()
    for row, filters in connection.execute(sa.select(SEALED.c.id, SEALED.c.filters)).all():
        left = [(name, value) for name, value in parse_qsl(filters) if name != "q"]
        connection.execute(sa.update(OPEN).where(OPEN.c.id == row).values(filters=urlencode(left) or "show=all"))
    with op.batch_alter_table("saved_views") as table:
        table.alter_column("filters", existing_type=sa.Text(), type_=sa.String(length=600), existing_nullable=False)
