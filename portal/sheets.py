"""Spreadsheets with one application a row: the template of an item, and what was filled in, read with distrust."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

from flask_babel import gettext as _

from forms.sheet import Column
from portal.ui import text
from services.item import Item, Kind, Question

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

MOST_ROWS = 50
LAST_ROW = 2000
"""Of a sheet; empty rows between are passed over."""
LARGEST = 2 * 1024 * 1024
"""Bytes of a file."""
LARGEST_UNPACKED = 6 * 1024 * 1024
MOST_PARTS = 60
"""Files inside a file; a template has a dozen."""
LONGEST_CELL = 4000
READER = Path(__file__).with_name("sheet_reader.py")
PATIENCE = 15
"""Seconds for the reader, by the clock on the wall."""
_places = BoundedSemaphore(2)
"""How many read at once in this process: the other threads stay free for pages."""
HEAD = 3
"""Rows above the first application: names (hidden), labels, hints."""
FORBIDDEN = ("vbaproject", "externallink", "embeddings/", "activex", "macrosheet", "connections.xml", "querytable")
"""Parts that carry programs or fetch something from elsewhere."""
WIDTHS = {Kind.LONG_TEXT: 40, Kind.TEXT: 28, Kind.DATE: 14, Kind.IDENTITY_NUMBER: 24, Kind.CREDIT_CODE: 24}
WIDTH = 20
"""Characters of a column."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Unreadable(Exception):
    """The file as a whole cannot be taken; says why and what to do, in the reader's words."""


@dataclass(frozen=True, slots=True)
class SheetRow:
    """`number` is that of the row as the program shows it; `formulas` names the columns whose cell reckons."""

    number: int
    cells: Mapping[str, str]
    formulas: frozenset[str]


# ── out ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def template(
    item: Item,
    columns: Sequence[Column],
    later: Sequence[Question],
    language: str,
    rows: Iterable[tuple[str, Mapping[str, str]]] = (),
) -> bytes:
    """`rows` fill it in: what is said about a row, and its cells. Every cell is text: no number loses digits, nothing
    becomes a formula.
    """
    import xlsxwriter

    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet(_("申请"))
        lists = book.add_worksheet(_("选项"))
        explained = book.add_worksheet(_("说明"))
        lists.hide()
        strong = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#E3EFEE", "border": 1})
        small = book.add_format({"text_wrap": True, "valign": "top", "font_color": "#555555", "font_size": 9})
        plain = book.add_format({"num_format": "@", "valign": "top", "text_wrap": True})
        said = book.add_format({"valign": "top", "text_wrap": True, "font_color": "#A3245B"})
        sheet.set_row(0, None, None, {"hidden": True})
        sheet.set_row(1, 32)
        sheet.set_row(2, 64)
        sheet.freeze_panes(HEAD, 2)
        sheet.write_string(0, 0, item.code)
        sheet.write_string(1, 0, _("检查结果（不用填）"), strong)
        sheet.set_column(0, 0, 30, said)
        for place, column in enumerate(columns, start=1):
            _head(sheet, place, column, language, strong, small, plain)
            if column.choices and column.kind is not Kind.CHOICES:
                _offer(sheet, lists, place, [label.in_language(language) for _value, label in column.choices])
        for line, (remark, cells) in enumerate(rows, start=HEAD):
            sheet.write_string(line, 0, remark, said)
            for place, column in enumerate(columns, start=1):
                if text := cells.get(column.name, ""):
                    sheet.write_string(line, place, text, plain)
        for line, sentence in enumerate(_explanation(later, language)):
            explained.write_string(line, 0, sentence)
        explained.set_column(0, 0, 100)
    return out.getvalue()


def _head(
    sheet: Worksheet, place: int, column: Column, language: str, strong: Format, small: Format, plain: Format
) -> None:
    label = column.label.in_language(language)
    hint = column.hint.in_language(language) if column.hint else ""
    told = [hint, _FORMS[column.kind]() if column.kind in _FORMS else ""]
    if column.is_known:
        told.append(_("空着就用您资料里的"))
    if column.is_conditional:
        told.append(_("用不上的空着"))
    if column.kind is Kind.CHOICES:
        told.append(_("可选：%(names)s", names=_("、").join(each.in_language(language) for _v, each in column.choices)))
    sheet.write_string(0, place, column.name)
    sheet.write_string(1, place, f"{label} *" if column.is_required else label, strong)
    sheet.write_string(2, place, "\n".join(each for each in told if each), small)
    sheet.set_column(place, place, WIDTHS.get(column.kind, WIDTH), plain)


_FORMS = {
    Kind.DATE: lambda: _("写成 2026-05-08"),
    Kind.CHOICES: lambda: _("可以选几个，中间用顿号隔开"),
}
"""How the cells of a kind are written."""


def _offer(sheet: Worksheet, lists: Worksheet, place: int, labels: Sequence[str]) -> None:
    """A list to choose from, kept on a sheet of its own: a cell takes no more than 255 characters of it."""
    from xlsxwriter.utility import xl_col_to_name

    lists.write_column(0, place, labels)
    letter = xl_col_to_name(place)
    source = f"='{lists.get_name()}'!${letter}$1:${letter}${len(labels)}"
    allowed = {
        "validate": "list",
        "source": source,
        "error_title": _("请从列表里选"),
        "error_message": _("这一格只能从列表里选。"),
    }
    sheet.data_validation(HEAD, place, HEAD + MOST_ROWS - 1, place, allowed)


def _explanation(later: Sequence[Question], language: str) -> list[str]:
    lines = [
        _("一行是一件申请，从第 4 行填起，最多 %(most)s 行。带 * 的必须填。", most=MOST_ROWS),
        _("空着的格子，如果您的资料里有（如单位名称），会自动填上。"),
        _("请不要改前三行，不要插入列，不要用公式。"),
        _("上传后逐行检查，没有错的行各建一件草稿；材料在各件草稿里上传，然后逐件提交。"),
    ]
    if later:
        names = _("、").join(each.label.in_language(language) for each in later)
        lines.append(_("这些内容表里放不下，在草稿里填：%(names)s。", names=names))
    return lines


# ── in ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def read(content: bytes, item: Item, columns: Sequence[Column]) -> list[SheetRow]:
    """The rows that hold anything. Raises Unreadable for what is no filled-in template of this item, for what could do
    harm, and for too many rows. Nothing in it is reckoned, fetched or run.
    """
    _require_harmless(content)
    grid = _grid(content, len(columns) + 1)
    head = [text for text, _formula in grid[0]] if grid else []
    if not head or head[0] != item.code:
        raise Unreadable(_("这不是「%(item)s」的申请表。请下载这个事项的模板来填。", item=text(item.name)))
    known = {column.name for column in columns}
    if set(head[1:]) - {""} != known:
        raise Unreadable(_("表里的列和现在的模板不一样，可能改动过，或者事项更新了。请重新下载模板。"))
    found = [row for number, line in enumerate(grid[HEAD:], start=HEAD + 1) if (row := _row(number, head, line))]
    if not found:
        raise Unreadable(_("表里没有填申请。请从第 4 行填起，一行一件。"))
    if len(found) > MOST_ROWS or len(grid) >= LAST_ROW:
        raise Unreadable(_("一次最多 %(most)s 行，请分成几个文件。", most=MOST_ROWS))
    return found


def _grid(content: bytes, last_column: int) -> list[list[tuple[str, bool]]]:
    """By a program of its own: a small file can cost a parser seconds and gigabytes."""
    command = [sys.executable, "-I", str(READER), str(LAST_ROW), str(last_column)]
    if not _places.acquire(blocking=False):
        raise Unreadable(_("现在上传的人太多，请过一会儿再试。"))
    try:
        done = subprocess.run(  # noqa: S603  # this Python and a file of ours
            command, check=True, input=content, capture_output=True, timeout=PATIENCE, cwd="/", env={}
        )
        grid: list[list[tuple[str, bool]]] = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError):
        raise Unreadable(_("这个文件打不开，可能损坏了。请下载模板，填好再上传。")) from None
    finally:
        _places.release()
    return grid


def _row(number: int, head: Sequence[str], line: Sequence[tuple[str, bool]]) -> SheetRow | None:
    given = {name: pair for name, pair in zip(head[1:], line[1:], strict=False) if name}
    formulas = frozenset(name for name, (_value, is_formula) in given.items() if is_formula)
    cells = {name: text[:LONGEST_CELL] for name, (text, is_formula) in given.items() if text and not is_formula}
    return SheetRow(number, cells, formulas) if cells or formulas else None


def _require_harmless(content: bytes) -> None:
    """Before any parser sees it: how much there is in it, and of what sort."""
    if len(content) > LARGEST:
        raise Unreadable(_("文件太大了，最大 2 MB。请用模板填，不要放图片。"))
    try:
        with zipfile.ZipFile(BytesIO(content)) as packed:
            parts = packed.infolist()
            names = [part.filename.lower() for part in parts]
            if "xl/workbook.xml" not in names:
                raise Unreadable(_("请上传 Excel 文件（.xlsx）。"))
            if any(word in name for name in names for word in FORBIDDEN):
                raise Unreadable(_("文件里有宏、外部链接或者嵌入的内容。请另存为不带宏的 .xlsx 再上传。"))
            if any(part.flag_bits & 1 for part in parts):
                raise Unreadable(_("文件加了密码。请去掉密码再上传。"))
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
                raise Unreadable(_("文件解开后太大。请用模板填，只粘贴数值。"))
            for part in parts:
                if _is_hostile(packed, part):
                    raise Unreadable(_("这个文件打不开，可能损坏了。请下载模板，填好再上传。"))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, EOFError):
        raise Unreadable(_("请上传 Excel 文件（.xlsx）。")) from None


def _is_hostile(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    """It is longer than it says, or declares entities, which no program of a spreadsheet writes."""
    with packed.open(part) as stream:
        text = stream.read(part.file_size + 1)
    return len(text) > part.file_size or b"<!DOCTYPE" in text[:4096].replace(b"\0", b"") or b"<!ENTITY" in text
