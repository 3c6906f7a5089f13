"""Numbers and dates in Chinese numerals, as official papers are dated."""

from __future__ import annotations

from datetime import date

DIGITS = "〇一二三四五六七八九"


def han_number(value: int) -> str:
    """一 to 九十九."""
    tens, units = divmod(value, 10)
    return ("" if tens == 0 else "十" if tens == 1 else DIGITS[tens] + "十") + (DIGITS[units] if units else "")


def han_date(day: date) -> str:
    """二〇二六年五月十五日."""
    year = "".join(DIGITS[int(digit)] for digit in str(day.year))
    return f"{year}年{han_number(day.month)}月{han_number(day.day)}日"
