"""Measures are counted into one tally a cell by the worker, no longer by every decision."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0038_tallies"
down_revision = "0037_annotations"
branch_labels = None
depends_on = None

CELL = (
    *("subject", "month", "item_code", "step_key", "figure", "value"),
    *("stage", "department_code", "region", "is_promised", "channel"),
)
FIGURES = ("gross", "net", "waiting", "working", "promised", "statutory", "corrections")
TALLIES = sa.table("tallies", *map(sa.column, (*CELL, "cases", "is_gathered")))
MEASURES = sa.table("measures", *map(sa.column, (*{*CELL} - {"figure", "value"}, *FIGURES, "is_tallied")))


def upgrade() -> None:
    op.add_column("measures", sa.Column("is_tallied", sa.Boolean(), nullable=False, server_default=sa.true()))
    with op.batch_alter_table("measures") as measures:
        measures.alter_column("is_tallied", server_default=None)
    new = sa.text("NOT is_tallied")
    op.create_index("ix_measures_new", "measures", ["id"], postgresql_where=new, sqlite_where=new)
    cell, cases = [TALLIES.c[name] for name in CELL], sa.func.sum(TALLIES.c.cases)
    sums = op.get_bind().execute(sa.select(*cell, cases.label("cases")).group_by(*cell).having(cases != 0)).mappings()
    rows = [dict(row) for row in sums]
    op.execute(sa.delete(TALLIES))
    op.drop_index("ix_tallies_new", "tallies")
    op.drop_index("ix_tallies_read", "tallies")
    with op.batch_alter_table("tallies") as tallies:
        tallies.drop_column("is_gathered")
    op.create_index("ix_tallies_cell", "tallies", CELL, unique=True)
    op.bulk_insert(TALLIES, rows)


def downgrade() -> None:
    op.drop_index("ix_tallies_cell", "tallies")
    op.add_column("tallies", sa.Column("is_gathered", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("tallies") as tallies:
        tallies.alter_column("is_gathered", server_default=None)
    for figure in FIGURES:
        value = MEASURES.c[figure]
        own: dict[str, sa.ColumnElement[Any]] = {
            "figure": sa.literal(figure),
            "value": sa.cast(value, sa.Integer),
            "cases": sa.literal(1),
            "is_gathered": sa.false(),
        }
        told = [own[column.name] if column.name in own else MEASURES.c[column.name] for column in TALLIES.c]
        new = sa.select(*told).where(MEASURES.c.is_tallied == sa.false(), value.is_not(None))
        op.execute(sa.insert(TALLIES).from_select([column.name for column in TALLIES.c], new))
    op.create_index("ix_tallies_read", "tallies", ["subject", "month", "item_code", "step_key", "figure"])
    where = sa.text("NOT is_gathered")
    op.create_index("ix_tallies_new", "tallies", ["id"], postgresql_where=where, sqlite_where=where)
    op.drop_index("ix_measures_new", "measures")
    with op.batch_alter_table("measures") as measures:
        measures.drop_column("is_tallied")
