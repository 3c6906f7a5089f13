"""Read a spreadsheet that a stranger uploaded: a program of its own, within limits of time and memory.

Run by portal/sheets.py as a file and not as a module: what reads hostile files holds none of the portal's keys and
connections. From standard input it takes the file, and writes the cells of its first sheet to standard output, as JSON:
rows of pairs, each the text of a cell and whether it reckons.
"""

from __future__ import annotations

import json
import resource
import sys
import warnings
from datetime import date
from io import BytesIO

PROCESSOR_SECONDS = 5
MEMORY = 640 * 1024 * 1024
"""Bytes of address space, the library included."""


def main() -> None:
    """Arguments: the last row and the last column to be read."""
    for what, most in (
        (resource.RLIMIT_CPU, PROCESSOR_SECONDS),
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
    warnings.simplefilter("ignore")
    grid = _grid(sys.stdin.buffer.read(), int(sys.argv[1]), int(sys.argv[2]))
    sys.stdout.write(json.dumps(grid))


def _grid(content: bytes, last_row: int, last_column: int) -> list[list[tuple[str, bool]]]:
    from openpyxl import load_workbook

    book = load_workbook(BytesIO(content), read_only=True, data_only=False, keep_links=False)
    lines = book.worksheets[0].iter_rows(max_row=last_row, max_col=last_column)
    return [[(_typed(cell.value), cell.data_type == "f") for cell in line] for line in lines]


def _typed(value: object) -> str:
    """What stands in the cell, as somebody would type it."""
    match value:
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case date():
            return f"{value:%Y-%m-%d}"  # midnight, where the program keeps a time with it
        case float():
            return str(int(value)) if value.is_integer() else repr(value)
        case _:
            return str(value).strip()


if __name__ == "__main__":
    main()
