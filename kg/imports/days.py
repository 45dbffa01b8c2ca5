"""When it happened: the days that a row's cells stand for."""

import calendar
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from kg.errors import InputError
from kg.imports.mapping import Mapping
from kg.imports.memory import keep
from kg.namespaces import DIP, XSD, graph_of


class Days:
    """Reads the days of rows, each cell once."""

    def __init__(self, mapping: Mapping) -> None:
        self._m = mapping
        self._g = f" <{graph_of(mapping.source)}> .\n"
        self._seen: dict[tuple[str, ...], tuple[str, tuple[str, ...]]] = {}

    def told(self, cells: Sequence[str]) -> tuple[str, tuple[str, ...]]:
        """Returns the day, if it is one and exact, and what follows an event of its days.

        Raises:
            InputError: There is no day, or the last is before the first.
        """
        m = self._m
        last = "" if m.until is None else cells[m.until]
        exact = "" if m.precision is None else cells[m.precision]
        key = (cells[m.date], last, exact)
        found = self._seen.get(key)
        if found is None:
            found = self._days(*key)
            keep(self._seen, key, found)
        return found

    def _days(self, cell: str, last: str, exact: str) -> tuple[str, tuple[str, ...]]:
        m = self._m
        if cell in m.missing:
            raise InputError(f"{m.heads[m.date]} is empty: the row has no day")
        first = self._day(cell, m.date)
        until = first if m.until is None or last in m.missing else self._day(last, m.until)
        if until < first:
            raise InputError(f"{m.heads[m.until or 0]}: {last} is before {cell}")
        window = m.windows.get(exact, "0")
        if window == "month":
            first = first.replace(day=1)
            until = until.replace(day=calendar.monthrange(until.year, until.month)[1])
        elif window != "0":
            first, until = first - timedelta(int(window)), until + timedelta(int(window))
        known = first.isoformat() if first == until else ""
        return known, tuple(
            f' <{DIP}{name}> "{day.isoformat()}"^^<{XSD}date>{self._g}'
            for name, day in (("notBefore", first), ("notAfter", until))
        )

    def _day(self, cell: str, at: int) -> date:
        for form in self._m.formats:
            try:
                return datetime.strptime(cell, form).date()
            except ValueError:
                continue
        raise InputError(f"{self._m.heads[at]}: {cell[:40]!r} is no day")
