"""Tables as files: CSV and XLSX in which what people wrote is never a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import date
from io import BytesIO, StringIO
from typing import TYPE_CHECKING, Any

from flask import Response
from flask_babel import gettext as _

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would reckon with when it opens a file."""

WIDEST = 400
"""Pixels of a column."""


Notes = Sequence[tuple[str, str]]
"""What the figures mean, each with its name."""


def as_csv(heads: Sequence[str], rows: Iterable[Iterable[object]], _notes: Notes = ()) -> bytes:
    """With a mark of its encoding, so that spreadsheets read Chinese. What looks like a formula gets a quote. Notes
    have no place: whoever reads it by a program wants the table alone.
    """
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(heads)
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(heads: Sequence[str], rows: Iterable[Iterable[object]], notes: Notes = ()) -> bytes:
    """Texts are written as texts, whatever they look like, and dates as dates. Notes have a sheet of their own."""
    import xlsxwriter

    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_urls": False}) as book:
        sheet, bold = book.add_worksheet(), book.add_format({"bold": True})
        as_date = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.freeze_panes(1, 0)
        for column, head in enumerate(heads):
            sheet.write_string(0, column, head, bold)
        _fill(sheet, rows, 1, as_date)
        if notes:
            _fill(book.add_worksheet(_("说明")), notes, 0, as_date)
    return out.getvalue()


def _fill(sheet: Worksheet, rows: Iterable[Iterable[object]], first: int, as_date: Any) -> None:
    for line, row in enumerate(rows, start=first):
        for column, cell in enumerate(row):
            if isinstance(cell, int | float):
                sheet.write_number(line, column, cell)
            elif isinstance(cell, date):
                sheet.write_datetime(line, column, cell, as_date)
            elif cell is not None:
                sheet.write_string(line, column, str(cell))
    sheet.autofit(max_width=WIDEST)


WRITERS = {
    "csv": (as_csv, "text/csv; charset=utf-8"),
    "xlsx": (as_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
"""By the form that an address asks for."""


def as_download(
    form: str, name: str, heads: Sequence[str], rows: Iterable[Iterable[object]], notes: Notes = ()
) -> Response:
    """The table in a form of WRITERS, as a file of that name."""
    write, kind = WRITERS[form]
    headers = {"Content-Disposition": f'attachment; filename="{name}.{form}"'}
    return Response(write(heads, rows, notes), content_type=kind, headers=headers)


def _plain(cell: object) -> object:
    if isinstance(cell, str) and cell.startswith(FORMULA):
        return f"'{cell}"
    return "" if cell is None else cell
