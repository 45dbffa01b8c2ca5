"""When: days and months as reporting tells them, counted from the day of publication."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from kg.extract.english import English
from kg.extract.sentences import Word

_DIGITS = 4
"""Of the largest number of days that is counted."""


@dataclass(frozen=True, slots=True)
class When:
    """A window of days, told by words of a sentence.

    Attributes:
        first: Index of its first word.
        last: The one after its last.
        start: The first day it can be.
        end: The last.
        relative: Whether it counts from another event ("four days after").
    """

    first: int
    last: int
    start: date
    end: date
    relative: bool = False


def read_when(words: tuple[Word, ...], english: English, published: date | None) -> list[When]:
    """Returns the days that a sentence tells, from left to right."""
    found: list[When] = []
    free, begins = 0, english.begins_day
    for at, word in enumerate(words):
        if at >= free and (word.lower in begins or word.lower.isdecimal()):
            one = _read(_Place(words, at, english), published)
            if one:
                found.append(one)
                free = one.last
    return found


@dataclass(frozen=True, slots=True)
class _Place:
    """A word that a day may begin with, and the words around it."""

    words: tuple[Word, ...]
    at: int
    english: English

    def word(self, further: int = 0) -> str:
        """Returns the word, or one so many further on, in small letters; empty past the end."""
        at = self.at + further
        return self.words[at].lower if at < len(self.words) else ""

    @property
    def before(self) -> str:
        """The word before, in small letters, or empty."""
        return self.words[self.at - 1].lower if self.at else ""

    @property
    def is_capital(self) -> bool:
        """Whether the word begins with a capital letter."""
        return self.words[self.at].capital

    @property
    def is_ahead(self) -> bool:
        """Whether the sentence looks ahead: "will meet on Friday"."""
        earlier = [word.lower for word in self.words[: self.at]]
        told = any(word in self.english["tells"] for word in earlier[-3:])
        return not told and any(word in self.english["looks_ahead"] for word in earlier)

    def window(self, length: int, start: date, end: date | None = None) -> When:
        """Returns a window told by so many words, of one day unless its end is given."""
        return When(self.at, self.at + length, start, start if end is None else end)


def _read(place: _Place, published: date | None) -> When | None:
    if _is_month(place):
        return _month(place, published)
    if published is None:
        return None
    try:
        readings = (read(place, published) for read in _COUNTED)
        return next((one for one in readings if one), None)
    except (OverflowError, ValueError):
        return None  # past the last day that there is, or before the first


# ── Months and days of a calendar ────────────────────────────────────────────────────────────────


def _is_month(place: _Place) -> bool:
    """Whether a word is a month; "May" only with a day, a year or "in" beside it."""
    if place.word() not in place.english["months"] or not place.is_capital:
        return False
    return (
        place.word() != "may"
        or _is_day(place.word(1))
        or bool(_year(place.word(1)))
        or _is_day(place.before)
        or place.before in {"in", "last", "this"}
    )


def _month(place: _Place, published: date | None) -> When | None:
    """As in "12 January 2026", "Jan. 12", "January 2026", "in January"."""
    month = place.english.maps["months"][place.word()]
    length = 2 if place.word(1) == "." else 1
    after, first = place.word(length), place.at
    if _is_day(place.before) and not _is_day(after):
        number, first = place.before, place.at - 1
    elif _is_day(after):
        number = after
        length += 1
    elif _year(after):
        return _whole_month(place, length + 1, _year(after), month)
    elif published is None:
        return None
    else:
        return _whole_month(place, length, _year_of_month(place, month, published), month)
    year, words = _year_at(place, length)
    day = _day_of(year, month, int(number.rstrip("sthnrd")), published)
    return When(first, place.at + length + words, day, day) if day else None


def _year_at(place: _Place, further: int) -> tuple[int, int]:
    """The year that stands there, perhaps after a comma, and how many words tell it; else 0, 0."""
    if year := _year(place.word(further)):
        return year, 1
    if place.word(further) == "," and (year := _year(place.word(further + 1))):
        return year, 2
    return 0, 0


def _day_of(year: int, month: int, day: int, published: date | None) -> date | None:
    """The day of a calendar; without a year (0) the nearest such day."""
    try:
        if year:
            return date(year, month, day)
        if published is None:
            return None
        near = [
            date(y, month, day)
            for y in (published.year - 1, published.year, published.year + 1)
            if not (month == 2 and day == 29 and not calendar.isleap(y))
        ]
        return min(near, key=lambda one: abs((one - published).days))
    except (ValueError, OverflowError):
        return None


def _year_of_month(place: _Place, month: int, published: date) -> int:
    """The year of a month that is named alone: the nearest one, or as "last March" says."""
    year = published.year
    if place.before == "last" and month >= published.month:
        year -= 1
    if month - published.month > 6:
        year -= 1
    elif published.month - month > 6:
        year += 1
    return year


def _whole_month(place: _Place, length: int, year: int, month: int) -> When | None:
    try:
        start = date(year, month, 1)
    except ValueError:
        return None
    return place.window(length, start, month_end(start))


def month_end(day: date) -> date:
    """Returns the last day of the month of a day."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def _is_day(word: str) -> bool:
    return bool(re.fullmatch(r"([12]?\d|3[01]|0\d)(st|nd|rd|th)?", word)) and word not in {
        "0",
        "00",
    }


def _year(word: str) -> int:
    return int(word) if re.fullmatch(r"(19|20)\d\d", word) else 0


# ── Days counted from that of publication ────────────────────────────────────────────────────────


def _weekday(place: _Place, published: date) -> When | None:
    """As in "on Monday", "next Friday"."""
    weekdays = place.english.weekdays
    if place.word() not in weekdays or not place.is_capital:
        return None
    number = weekdays.index(place.word())
    since, until = (published.weekday() - number) % 7, (number - published.weekday()) % 7 or 7
    ahead = place.is_ahead
    if place.before == "next":
        day = published + timedelta(days=until)
        same_week = until < 7 and day.isocalendar().week == published.isocalendar().week
        return place.window(1, day + timedelta(days=7) if same_week else day)
    if ahead and (since or place.before in {"this", "coming"}):
        return place.window(1, published + timedelta(days=until))
    back = since or 7 if place.before == "last" else since
    return place.window(1, published - timedelta(days=back))


def _named_day(place: _Place, published: date) -> When | None:
    """As in "today", "this morning", "last night"."""
    days = place.english.maps["day"]
    if place.word() in days:
        return place.window(1, published + timedelta(days=days[place.word()]))
    if place.word() == "this" and place.word(1) in place.english["part_of_day"]:
        return place.window(2, published)
    if place.word() == "last" and place.word(1) == "night":
        return place.window(2, published - timedelta(days=1))
    return None


def _period(place: _Place, published: date) -> When | None:
    """As in "last week", "next month", "later this year"."""
    later = place.word() == "later" and place.word(1) == "this"
    shift = 0 if later else place.english.maps["period"].get(place.word())
    bounds = _PERIODS.get(place.word(1 + later))
    if shift is None or bounds is None:
        return None
    start, end = bounds(published, shift)
    return place.window(2 + later, published if later else start, end)


def _week(day: date, shift: int) -> tuple[date, date]:
    monday = day + timedelta(days=7 * shift - day.weekday())
    return monday, monday + timedelta(days=6)


def _calendar_month(day: date, shift: int) -> tuple[date, date]:
    month = day.month - 1 + shift
    start = date(day.year + month // 12, month % 12 + 1, 1)
    return start, month_end(start)


def _calendar_year(day: date, shift: int) -> tuple[date, date]:
    return date(day.year + shift, 1, 1), date(day.year + shift, 12, 31)


_PERIODS = {"week": _week, "month": _calendar_month, "year": _calendar_year}


def _counted(place: _Place, published: date) -> When | None:
    """As in "three days ago", "two weeks ago", which is about then; "four days after"."""
    number, unit, direction = place.word(), place.word(1), place.word(2)
    units, numbers = place.english.maps["unit"], place.english.maps["numbers"]
    small = number.isdecimal() and len(number) <= _DIGITS
    if unit not in units or not (number in numbers or small):
        return None
    count = numbers.get(number) or int(number)
    exact = units[unit] == 1
    if direction == "ago":
        days = count * units[unit]
        day, about = published - timedelta(days=days), timedelta(days=0 if exact else days // 4)
        return place.window(3, day - about, day + about)
    if direction in {"after", "before"} and exact:
        return When(place.at, place.at + 3, published, published, relative=True)
    return None


_COUNTED = (_weekday, _named_day, _period, _counted)
"""How a day may be told, besides by the calendar."""
