"""When: days and months as reporting tells them, counted from the day of publication."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from kg.extract.english import English
from kg.extract.sentences import Word


@dataclass(frozen=True, slots=True)
class When:
    """A window of days, told by words of a sentence.

    Attributes:
        first: Index of its first word.
        last: The one after its last.
        start: The first day it can be.
        end: The last.
        after: Whether it counts from another event ("four days after").
    """

    first: int
    last: int
    start: date
    end: date
    after: int = 0

    @property
    def written(self) -> str:
        """As a fact document writes it: a day, a month, or empty for another window."""
        if self.start == self.end:
            return self.start.isoformat()
        whole = self.start.day == 1 and self.end == month_end(self.start)
        return f"{self.start:%Y-%m}" if whole else ""


def read_when(words: tuple[Word, ...], english: English, published: date | None) -> list[When]:
    """Returns the days that a sentence tells, from left to right."""
    found: list[When] = []
    at = 0
    begins = english.begins_day
    while at < len(words):
        lower = words[at].lower
        if lower not in begins and not lower.isdigit():
            at += 1
            continue
        one = _at(words, at, english, published)
        if one:
            found.append(one)
            at = one.last
        else:
            at += 1
    return found


def _at(words: tuple[Word, ...], at: int, english: English, published: date | None) -> When | None:
    lower = words[at].lower
    months, weekdays = english.maps["months"], english.weekdays

    def after(n: int) -> str:
        return words[at + n].lower if at + n < len(words) else ""

    if re.fullmatch(r"\d{4}-\d\d-\d\d", lower):
        return None
    if (lower in months and words[at].capital and lower != "may") or (
        lower == "may"
        and words[at].capital
        and (
            _day(after(1))
            or _year(after(1))
            or (at and words[at - 1].lower in {"in", "last", "this"})
            or (at and _day(words[at - 1].lower))
        )
    ):
        month = months[lower]
        n = 1
        if after(1) == ".":
            n = 2
        if at and _day(words[at - 1].lower) and not _day(after(n)):
            number, first, last = int(words[at - 1].lower.rstrip("sthnrd")), at - 1, at + n
            year = _year(after(n)) or (after(n) == "," and _year(after(n + 1)))
            last += 1 if _year(after(n)) else 2 if year else 0
            return _exact(first, last, year or None, month, number, published)
        if _day(after(n)):
            number, last = int(after(n).rstrip("sthnrd")), at + n + 1
            year = _year(after(n + 1)) or (after(n + 1) == "," and _year(after(n + 2)))
            last += 1 if _year(after(n + 1)) else 2 if year else 0
            return _exact(at, last, year or None, month, number, published)
        if _year(after(n)):
            return _month(at, at + n + 1, int(after(n)), month)
        if published is None:
            return None
        year = published.year
        if at and words[at - 1].lower == "last" and month >= published.month:
            year -= 1
        # A month that is named alone is the nearest one; the words around say which way.
        if month - published.month > 6:
            year -= 1
        elif published.month - month > 6:
            year += 1
        return _month(at, at + n, year, month)
    if published is None:
        return None
    if lower in weekdays and words[at].capital:
        gap = (published.weekday() - weekdays.index(lower)) % 7
        before = words[at - 1].lower if at else ""
        if (
            before == "next"
            or (before in {"this", "coming"} and _ahead(words, at))
            or (_ahead(words, at) and gap)
        ):
            day = published + timedelta(days=(weekdays.index(lower) - published.weekday()) % 7 or 7)
            if (
                before == "next"
                and (day - published).days < 7
                and day.isocalendar().week == published.isocalendar().week
            ):
                day += timedelta(days=7)
        elif before == "last":
            day = published - timedelta(days=gap or 7)
        else:
            day = published - timedelta(days=gap)
        return When(at, at + 1, day, day)
    simple = {"today": 0, "tonight": 0, "yesterday": -1, "tomorrow": 1}
    if lower in simple:
        day = published + timedelta(days=simple[lower])
        return When(at, at + 1, day, day)
    if lower == "this" and after(1) in {"morning", "afternoon", "evening"}:
        return When(at, at + 2, published, published)
    if lower == "last" and after(1) == "night":
        day = published - timedelta(days=1)
        return When(at, at + 2, day, day)
    if (
        lower in {"last", "next", "this", "past", "coming"}
        and after(1) in {"week", "month", "year"}
    ) or (lower == "later" and after(1) == "this" and after(2) in {"week", "month", "year"}):
        unit = after(2) if lower == "later" else after(1)
        last = at + 3 if lower == "later" else at + 2
        return _period(at, last, lower, unit, published)
    numbers = english.maps["numbers"]
    if (
        (lower in numbers or lower.isdigit())
        and after(1) in {"day", "days", "week", "weeks", "month", "months"}
        and after(2) in {"ago", "earlier", "later", "after", "before"}
    ):
        count = numbers.get(lower) or int(lower)
        days = count * {"d": 1, "w": 7, "m": 30}[after(1)[0]]
        if after(2) == "ago" and count < 4000:
            if after(1).startswith("d"):
                day = published - timedelta(days=days)
                return When(at, at + 3, day, day)
            day = published - timedelta(days=days)
            return When(
                at, at + 3, day - timedelta(days=days // 4), day + timedelta(days=days // 4)
            )
        if after(2) in {"after", "before"} and after(1).startswith("d") and count < 4000:
            return When(at, at + 3, published, published, count if after(2) == "after" else -count)
    return None


def _ahead(words: tuple[Word, ...], at: int) -> bool:
    """Whether the sentence looks ahead: "will meet on Friday"."""
    verbs = [w.lower for w in words[:at]]
    return any(
        w in {"will", "scheduled", "upcoming", "planned", "due", "expected"} for w in verbs
    ) and not any(w in {"said", "told", "announced", "added", "wrote"} for w in verbs[-3:])


def _day(word: str) -> bool:
    return bool(re.fullmatch(r"([12]?\d|3[01]|0\d)(st|nd|rd|th)?", word)) and word not in {
        "0",
        "00",
    }


def _year(word: str) -> int:
    return int(word) if re.fullmatch(r"(19|20)\d\d", word) else 0


def month_end(day: date) -> date:
    """Returns the last day of the month of a day."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def _exact(
    first: int, last: int, year: int | None, month: int, day: int, published: date | None
) -> When | None:
    try:
        if year is not None:
            found = date(year, month, day)
        elif published is None:
            return None
        else:
            # Without a year it is the nearest such day.
            near = [
                date(y, month, day)
                for y in (published.year - 1, published.year, published.year + 1)
                if not (month == 2 and day == 29 and not calendar.isleap(y))
            ]
            found = min(near, key=lambda d: abs((d - published).days))
    except (ValueError, OverflowError):
        return None
    return When(first, last, found, found)


def _month(first: int, last: int, year: int, month: int) -> When | None:
    try:
        start = date(year, month, 1)
    except ValueError:
        return None
    return When(first, last, start, month_end(start))


def _period(first: int, last: int, word: str, unit: str, published: date) -> When:
    if unit == "week":
        monday = published - timedelta(days=published.weekday())
        shift = {"last": -7, "past": -7, "next": 7, "coming": 7}.get(word, 0)
        start, end = monday + timedelta(days=shift), monday + timedelta(days=shift + 6)
    elif unit == "month":
        month = published.month + {"last": -1, "past": -1, "next": 1, "coming": 1}.get(word, 0)
        start = date(published.year + (month - 1) // 12, (month - 1) % 12 + 1, 1)
        end = month_end(start)
    else:
        year = published.year + {"last": -1, "past": -1, "next": 1, "coming": 1}.get(word, 0)
        start, end = date(year, 1, 1), date(year, 12, 31)
    if word == "later":
        start = published
    return When(first, last, start, end)
