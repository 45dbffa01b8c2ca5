"""From the cells of rows to the N-Quads that they stand for.

What every engine runs: in this process, in others, on a cluster. It is pure but for its memory of
cells that it has seen, imports nothing but the standard library and the ground floor, and writes
text: terms are checked here and nowhere after. It goes by columns: what a cell means is looked up
and checked for many rows at once, and only putting them together is done row by row.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, TypeAlias
from urllib.parse import quote

from kg.errors import InputError
from kg.imports.days import Days
from kg.imports.lexical import ADDRESS, DECIMAL, INTEGER, KEY, Plain, escaped, numeral
from kg.imports.mapped import ARROW, Coded, Mapped, Told
from kg.imports.mapping import Mapping
from kg.imports.memory import MAX_SEEN, Column, Columns, K, Memory, Tell
from kg.imports.participants import Named, Participants
from kg.imports.rows import Grid
from kg.namespaces import DERIVED, DIP, OA, RDF, RDFS, SCHEMA, SEM, STATUS, XSD, graph_of

_Checked: TypeAlias = tuple[Sequence[Any], Sequence[Any], Callable[[Any], str]]
"""What cells of each row mean, `None` where they mean nothing; the cells; what says why."""


class _Numbers:
    """A column of numbers."""

    def __init__(self, mapping: Mapping, at: int, iri: str, whole: bool, least: int | None) -> None:
        self.at = at
        self._head, self._missing, self._whole = mapping.heads[at], mapping.missing, whole
        self._least = least
        form = INTEGER if whole else DECIMAL
        # What has no sign is not less than 0.
        unsigned = re.compile(form.pattern.removeprefix("[-+]?"))
        self._plain = Plain(form if least is None else unsigned, mapping.missing)
        self._tail = f' <{iri}> "'
        kind = "integer" if whole else "decimal"
        self._end = f'"^^<{XSD}{kind}> <{graph_of(mapping.source)}> .\n'

    def of(self, cells: Column) -> list[str | None]:
        """Returns the statement that each cell is, nothing if it says nothing, `None` if wrong."""
        tail, end = self._tail, self._end
        if (self._least or 0) <= 0 and self._plain.all(cells):
            return [f"{tail}{cell}{end}" for cell in cells]
        return [self._told(cell) for cell in cells]

    def _told(self, cell: str) -> str | None:
        if cell in self._missing:
            return ""
        found = numeral(cell, whole=self._whole)
        if found is None or (self._least is not None and float(found) < self._least):
            return None
        return f"{self._tail}{found}{self._end}"

    def why(self, cell: str) -> str:
        if numeral(cell, whole=self._whole) is not None:
            return f"{self._head}: {cell[:40]!r} is less than {self._least}"
        return f"{self._head}: {cell[:40]!r} is no {'whole number' if self._whole else 'number'}"


class Mapper:
    """Maps rows of one table.

    Attributes:
        unknown: Codes that nobody knows: by column and code, how many rows and the first of them;
            under an empty code, cells of an address that are none.
    """

    def __init__(self, mapping: Mapping) -> None:
        self.unknown: dict[tuple[str, str], tuple[int, int]] = {}
        self._m = m = mapping
        self._g = g = f" <{graph_of(m.source)}> .\n"
        self._keys = Plain(KEY, m.missing)
        self._kinds = Memory(self._kind)
        self._days = Days(m)
        self._participants = Participants(m)
        self._places = Memory(self._place)
        self._topics = Memory(self._about)
        self._numbers = [_Numbers(m, *number) for number in m.numbers]
        self._articles = Plain(ADDRESS, m.missing)
        self._addresses = Memory(self._address)
        self._of_event = (
            f" <{DIP}status> <{STATUS}occurred>{g}",
            f" <{DIP}accordingTo> <{m.source}>{g}",
        )
        self._of_row = (f" <{RDF}type> <{DIP}Row>{g}", f" <{OA}hasSource> <{m.source}>{g}")
        self._article = f" <{SCHEMA}isBasedOn> <"

    def described(self, parties: Iterable[Named]) -> dict[str, tuple[str, str]]:
        """Returns N-Quads, asserted and derived, on each of some that the register lacks."""
        told = self._participants.described
        return {iri: told[iri] for iri in sorted({iri for one in parties for iri in one.own})}

    def rest(self) -> None:
        """Empties its memory of actors if it is full; what was `described` must be written."""
        self._participants.rest()

    def rows(self, rows: Sequence[Sequence[str]], numbers: Sequence[int]) -> Mapped:
        """Returns what rows stand for.

        Args:
            rows: Each with as many cells as there are heads.
            numbers: Of the rows, from 1, heads counted.
        """
        columns = self._columns(rows)
        checked = list(self._checked(columns))
        wrong: dict[int, str] = {}
        for found, cells, why in checked:
            if None in found:
                told = {at: why(cells[at]) for at, one in enumerate(found) if one is None}
                wrong = told | wrong
        if not wrong:
            return self._put_together(columns, numbers, checked)
        taken = [at for at in range(len(rows)) if at not in wrong]
        mapped = self.rows([rows[at] for at in taken], [numbers[at] for at in taken])
        return replace(mapped, taken=taken, wrong=wrong)

    def _checked(self, columns: Columns) -> Iterator[_Checked]:
        """Yields what cells can be wrong about: keys, kinds, days, numbers."""
        heads = self._m.heads
        ids = self._joined(self._m.id, columns)
        keys = ids if self._keys.all(ids) else [self._key(one) for one in ids]
        yield keys, ids, lambda _: f"{heads[self._m.id[0]]} is empty: the row has no key"
        codes, when = self._codes(columns), self._days.cells(columns)
        yield self._kinds.of(codes), codes, self._kinds.why
        yield self._days.memory.of(when), when, self._days.memory.why
        for one in self._numbers:
            yield one.of(columns[one.at]), columns[one.at], one.why

    def _put_together(
        self,
        columns: Columns,
        numbers: Sequence[int],
        checked: Sequence[_Checked],
    ) -> Mapped:
        m, g = self._m, self._g
        (keys, *_), (kinds, codes, _), (days, when, _), *counted = checked
        counts = [found for found, *_ in counted]
        counts_of: Iterable[Sequence[str]] = (
            zip(*counts, strict=True) if counts else [()] * len(keys)
        )
        if any("" in found for found in counts):
            counts_of = (tuple(filter(None, one)) for one in counts_of)
        agents, recipients = self._participants.memories
        who, whom = self._participants.cells(columns)
        ones, others = agents.of(who), recipients.of(whom)
        places = [
            "" if kind.placeless else cell
            for kind, cell in zip(kinds, columns[m.place], strict=True)
        ]
        topics = columns[m.topic]
        where, about = self._places.of(places), self._topics.of(topics)
        self._count(numbers, self._kinds, codes)
        self._count(numbers, self._days.memory, when)
        self._count(numbers, agents, who)
        self._count(numbers, recipients, whom)
        self._count(numbers, self._places, places)
        self._count(numbers, self._topics, topics)
        status, voucher = self._of_event
        of_row, reported = self._of_row, self._reported(columns, numbers)
        event_, row_, evidence = f"<{m.source}/", f"<{m.source}#row=", f" <{DIP}evidence> "
        label_, label_end = f' <{RDFS}label> "', f'"{g}'
        events = [f"{event_}{key}>" for key in keys]
        asserted: list[str] = []
        quads = 0
        for event, number, kind, one, other, (day, dated), place, topic, told, report in zip(
            events, numbers, kinds, ones, others, days, where, about, counts_of, reported,
            strict=True,
        ):  # fmt: skip
            row = f"{row_}{number}>"
            if one.label and other.label and day:
                label = f"{kind.label}: {one.label}{kind.between}{other.label}, {day}"
            else:
                label = kind.called(one.label, other.label, day)
            of_event = [
                kind.told, *one.agents, *(other.agents if kind.reciprocal else other.recipients),
                f"{label_}{label}{label_end}", status, voucher, f"{evidence}{row}{g}",
                *dated, *place, *topic, *told,
            ]  # fmt: skip
            told_of_row = of_row + report
            asserted.append(f"{event}{event.join(of_event)}{row}{row.join(told_of_row)}")
            quads += len(of_event) + len(told_of_row)
        besides = (days, where, about, *counts, reported)
        return Mapped(range(len(keys)), {}, events, asserted, quads, kinds, ones, others, besides)

    # Columns, and what cells in them mean

    def _columns(self, rows: Sequence[Sequence[str]]) -> Columns:
        told: Columns
        if isinstance(rows, Grid):
            told = rows.columns
        else:
            told = {at: [row[at] for row in rows] for at in self._m.columns}
        return {**told, None: ("",) * len(rows)}

    def _codes(self, columns: Columns) -> Column:
        always = self._m.always
        return (always,) * len(columns[None]) if always else self._joined(self._m.code, columns)

    def _joined(self, at: Sequence[int], columns: Columns) -> Column:
        if len(at) == 1:
            return columns[at[0]]
        parts = zip(*(columns[one] for one in at), strict=True)
        return ["-".join(cell for cell in one if cell not in self._m.missing) for one in parts]

    def _key(self, cell: str) -> str | None:
        return None if cell in self._m.missing else quote(cell, safe="")

    def _kind(self, code: str, tell: Tell) -> Coded:
        m = self._m
        kind = m.kinds.get(code)
        if kind is None and m.modes and "-" in code:
            kind = m.kinds.get(code.partition("-")[0])
            tell(m.heads[m.code[-1]], code)
        if kind is None:
            column = m.heads[m.code[0]]
            raise InputError(
                f"{column}: there is no code {code!r}" if code else f"{column} is empty"
            )
        types, derived = f" <{RDF}type> ", f" <{graph_of(m.source)}{DERIVED}> .\n"
        return Coded(
            frozenset((kind.iri, *kind.above)),
            f"{types}<{kind.iri}>{self._g}",
            tuple(f"{types}<{iri}>{derived}" for iri in kind.above),
            escaped(kind.label),
            ", " if kind.reciprocal else ARROW,
            kind.reciprocal,
            kind.placeless,
        )

    def _place(self, cell: str, tell: Tell) -> Told:
        m = self._m
        if cell in m.missing:
            return ()
        found = m.places.get(cell) or m.countries.get(cell.casefold())
        if found is None:
            tell(m.head(m.place), cell)
            return ()
        return (f" <{SEM}hasPlace> <{found.iri}>{self._g}",)

    def _about(self, cell: str, tell: Tell) -> Told:
        m = self._m
        parts = cell.split(m.topic_separator) if m.topic_separator else [cell]
        wanted = [one.strip().casefold() for one in parts if one.strip() not in m.missing]
        for one in wanted:
            if one not in m.topics:
                tell(m.head(m.topic), one)
        found = dict.fromkeys(m.topics[one] for one in wanted if one in m.topics)
        return tuple(f" <{DIP}about> {topic}{self._g}" for topic in found)

    def _reported(self, columns: Columns, numbers: Sequence[int]) -> list[Told]:
        """Returns what is told of each row: the article that it was coded from, who reported it."""
        m, g = self._m, self._g
        articles = columns[m.article]
        if m.credit is None and self._articles.all(articles):
            return [(f"{self._article}{cell}>{g}",) for cell in articles]
        found = self._addresses.of(articles)
        self._count(numbers, self._addresses, articles)
        reporters = map(self._credited, columns[m.credit])
        return [told + credit for told, credit in zip(found, reporters, strict=True)]

    def _address(self, cell: str, tell: Tell) -> Told:
        m = self._m
        if cell in m.missing:
            return ()
        if ADDRESS.fullmatch(cell):
            return (f"{self._article}{cell}>{self._g}",)
        tell(m.head(m.article), "")
        return self._credited(cell)

    def _credited(self, cell: str) -> Told:
        if cell in self._m.missing:
            return ()
        return (f' <{SCHEMA}creditText> "{escaped(cell)}"{self._g}',)

    def _count(self, numbers: Sequence[int], memory: Memory[K, Any], cells: Sequence[K]) -> None:
        """Counts the codes in rows that nobody knows."""
        if not memory.unknown:
            return
        for number, one in zip(numbers, cells, strict=True):
            for key in memory.unknown.get(one, ()):
                count, first = self.unknown.get(key, (0, number))
                if count or len(self.unknown) < MAX_SEEN:
                    self.unknown[key] = (count + 1, first)
