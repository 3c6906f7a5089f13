"""The form of an official calendar year: its notice, and the rest days and workdays that it names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from forms.build import SectionForm, ask
from forms.fields import Asking, Posted
from forms.rules import Wrong, _
from services.item import CalendarYear, Kind, Question, Section, Text

SOURCE_LENGTH = 200
EARLIEST, LATEST = Decimal(2019), Decimal(2199)
DAY = r"(?:(\d{4})\s*[-年./])?\s*(\d{1,2})\s*[-月./]\s*(\d{1,2})\s*日?"
LINE = re.compile(rf"{DAY}\s*(?:(?:至|到|~|～|—+|–)\s*{DAY}\s*)?[\s,，:：、]\s*(\S.*)")
SATURDAY = 5


def calendar_year_form(asking: Asking, formdata: Posted | None = None) -> SectionForm:
    def text(words: str) -> Text:
        return Text(asking.translate(words))

    questions = (
        Question("year", Kind.NUMBER, text(_("哪一年")), minimum=EARLIEST, maximum=LATEST),
        Question("source", Kind.TEXT, text(_("通知的名称")), max_length=SOURCE_LENGTH),
        Question(
            "rest_days",
            Kind.LONG_TEXT,
            text(_("放假的日子")),
            hint=text(_("每行一段：日期（或者从哪天至哪天），空格，节日。例如 2027-02-05 至 2027-02-11 春节。")),
        ),
        Question(
            "work_days",
            Kind.LONG_TEXT,
            text(_("调休上班的日子")),
            hint=text(_("每行一天，写法相同。没有的不填。")),
            required=False,
        ),
    )
    return ask(Section("year", text(_("录入放假安排")), questions), asking, formdata)


def year_read(year: int, source: str, rest_days: str, work_days: str) -> CalendarYear:
    """Raises Wrong with the line that cannot be read, or a day that cannot be what it is said to be."""
    rest, work = dict(_days(year, rest_days)), dict(_days(year, work_days))
    both = sorted(rest.keys() & work.keys())
    if both:
        raise Wrong(_("%(day)s 既写了放假，又写了上班"), day=both[0].isoformat())
    weekdays = sorted(day for day in work if day.weekday() < SATURDAY)
    if weekdays:
        raise Wrong(_("%(day)s 不是周六或周日，本来就上班，不用写"), day=weekdays[0].isoformat())
    return CalendarYear(year, source, rest, work)


def _days(year: int, lines: str) -> Iterator[tuple[date, str]]:
    seen: set[date] = set()
    for number, line in enumerate(lines.splitlines(), 1):
        if not line.strip():
            continue
        found = LINE.fullmatch(line.strip())
        if found is None:
            raise Wrong(_("第 %(number)s 行看不懂：%(line)s"), number=number, line=line.strip()[:40])
        first = _day(year, found[1], found[2], found[3], number)
        last = _day(year, found[4], found[5], found[6], number) if found[5] else first
        if not first <= last:
            raise Wrong(_("第 %(number)s 行：后一天比前一天早"), number=number)
        for offset in range((last - first).days + 1):
            day = first + timedelta(offset)
            if day in seen:
                raise Wrong(_("%(day)s 写了两次"), day=day.isoformat())
            seen.add(day)
            yield day, found[7].strip()


def _day(year: int, own: str | None, month: str, day: str, number: int) -> date:
    try:
        found = date(int(own or year), int(month), int(day))
    except ValueError:
        raise Wrong(_("第 %(number)s 行：没有这一天"), number=number) from None
    if found.year != year:
        raise Wrong(_("第 %(number)s 行：不在 %(year)s 年里"), number=number, year=year)
    return found
