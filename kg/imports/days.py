"""When it happened: the days that a row's cells stand for."""

import calendar
import re
from datetime import date, datetime, timedelta
from typing import TypeAlias

from kg.errors import InputError
from kg.imports.mapping import Mapping
from kg.imports.memory import Columns, Memory, Tell
from kg.namespaces import DIP, XSD, graph_of

When: TypeAlias = tuple[str, tuple[str, ...]]
"""The day, if it is one and exact, and what follows an event of its days."""


_UNPARTED = re.compile("%[A-Za-z]%")


class Days:
    """Reads the days of rows, the same cells once."""

    def __init__(self, mapping: Mapping) -> None:
        self._m = mapping
        self._g = f" <{graph_of(mapping.source)}> .\n"
        self.memory = Memory(self._told)

    def cells(self, columns: Columns) -> list[tuple[str, str, str]]:
        """Returns the cells of each row that say when: the day, the last day, the precision."""
        m = self._m
        return list(zip(columns[m.date], columns[m.until], columns[m.precision], strict=True))

    def _told(self, cells: tuple[str, str, str], tell: Tell) -> When:
        m = self._m
        cell, last, exact = cells
        if cell in m.missing:
            raise InputError(f"{m.heads[m.date]} is empty: the row has no day")
        first = self._day(cell, m.date)
        until = first if m.until is None or last in m.missing else self._day(last, m.until)
        if until < first:
            raise InputError(f"{m.heads[m.until or 0]}: {last} is before {cell}")
        if exact not in m.windows and exact not in m.missing:
            tell(m.head(m.precision), exact)
        window = m.windows.get(exact, "0")
        if window == "month":
            first = first.replace(day=1)
            until = until.replace(day=calendar.monthrange(until.year, until.month)[1])
        elif window != "0":
            try:
                first, until = first - timedelta(int(window)), until + timedelta(int(window))
            except OverflowError as error:
                message = f"{m.heads[m.date]}: {window} days to either side of {cell} are none"
                raise InputError(message) from error
        known = first.isoformat() if first == until else ""
        return known, tuple(
            f' <{DIP}{name}> "{day.isoformat()}"^^<{XSD}date>{self._g}'
            for name, day in (("notBefore", first), ("notAfter", until))
        )

    def _day(self, cell: str, at: int) -> date:
        for form in self._m.formats:
            try:
                found = datetime.strptime(cell, form)
            except ValueError:
                continue
            # Where nothing parts its numbers, one digit too few would be read as another day.
            if not _UNPARTED.search(form) or found.strftime(form).casefold() == cell.casefold():
                return found.date()
        forms = " or ".join(self._m.formats)
        raise InputError(f"{self._m.heads[at]}: {cell[:40]!r} is no day of the form {forms}")
