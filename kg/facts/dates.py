"""Dates as people write them: a day, a month or a year, each a window of days."""

import calendar
import re
from datetime import date

_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")


def window(text: str) -> tuple[str, str]:
    """Returns the first and last day that a date may mean, as `2026-01-12`.

    Args:
        text: A day, a month (`2026-01`) or a year.

    Raises:
        ValueError: There is no such date; the message says why.
    """
    found = _DATE.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no date: write 2026-01-12, 2026-01 or 2026")
    year, month, day = found.groups()
    if int(year) == 0:
        raise ValueError(f"{text!r} is no date: there is no year 0")
    if month is None:
        return f"{year}-01-01", f"{year}-12-31"
    if not 1 <= int(month) <= 12:
        raise ValueError(f"{text!r} is no date: there is no month {month}")
    last = calendar.monthrange(int(year), int(month))[1]
    if day is None:
        return f"{year}-{month}-01", f"{year}-{month}-{last}"
    if not 1 <= int(day) <= last:
        name = date(int(year), int(month), 1).strftime("%Y-%m")
        raise ValueError(f"{text!r} is no date: {name} has {last} days")
    return text, text


def day(text: str) -> str:
    """Returns a date if it is one day.

    Raises:
        ValueError: It is a longer window, or no date.
    """
    first, last = window(text)
    if first != last:
        raise ValueError(f"{text!r} is not one day: write it as 2026-01-12")
    return first
