"""From the cells of a row to the N-Quads that it stands for.

The one function that every engine runs: in this process, in others, on a cluster. It is pure but
for its memory of cells that it has seen, imports nothing but the standard library and the ground
floor, and writes text: terms are checked here and nowhere after.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from kg.errors import InputError
from kg.imports.days import Days
from kg.imports.lexical import escaped, is_address, numeral
from kg.imports.mapping import Kind, Mapping
from kg.imports.memory import MAX_SEEN
from kg.imports.participants import Participants
from kg.namespaces import DERIVED, DIP, OA, RDF, RDFS, SCHEMA, SEM, STATUS, XSD, graph_of

_KEY = re.compile(r"[A-Za-z0-9._~-]+")
_ARROW = "\\u2192"
"""Written as an escape: text of one byte a character is put together in half the time."""


@dataclass(frozen=True, slots=True)
class Row:
    """What a row stands for.

    Attributes:
        asserted: N-Quads in the graph of the source.
        derived: N-Quads in its `/derived` twin, as the shipped rules derive them.
        actors: IRIs of the actors in it that the register lacks.
    """

    asserted: str
    derived: str
    actors: tuple[str, ...]


class Mapper:
    """Maps rows of one table.

    Attributes:
        unknown: Codes that nobody knows: by column and code, how many rows and the first of them.
    """

    def __init__(self, mapping: Mapping) -> None:
        self.unknown: dict[tuple[str, str], tuple[int, int]] = {}
        self._told: list[tuple[str, str]] = []
        self._m = mapping
        self._g = f" <{graph_of(mapping.source)}> .\n"
        self._d = f" <{graph_of(mapping.source)}{DERIVED}> .\n"
        self._participants = Participants(mapping)
        self._days = Days(mapping)
        self._kinds: dict[str, tuple[Kind, str, tuple[str, ...], bool]] = {}
        self._articles = f" <{SCHEMA}isBasedOn> <"
        self._credits = f' <{SCHEMA}creditText> "'
        self._labels = f' <{RDFS}label> "'
        self._types = f" <{RDF}type> "
        # Of every event and of every row the same.
        self._common = (
            f" <{DIP}status> <{STATUS}occurred>{self._g}",
            f" <{DIP}accordingTo> <{mapping.source}>{self._g}",
        )
        self._evidence = f" <{DIP}evidence> "
        self._of_row = (
            f" <{RDF}type> <{DIP}Row>{self._g}",
            f" <{OA}hasSource> <{mapping.source}>{self._g}",
        )
        self._numbers = [
            (at, f' <{iri}> "', f'"^^<{XSD}{"integer" if whole else "decimal"}>{self._g}', whole)
            for at, iri, whole in mapping.numbers
        ]

    @property
    def described(self) -> dict[str, tuple[str, str]]:
        """N-Quads, asserted and derived, on each actor that the register lacks, by IRI."""
        return self._participants.described

    def rest(self) -> None:
        """Empties its memory of actors if it is full; what was `described` must be written."""
        if len(self.described) >= MAX_SEEN:
            self._participants.forget()

    def row(self, cells: Sequence[str], number: int) -> Row:
        """Returns what a row stands for.

        Args:
            cells: As many as there are heads.
            number: Of the row, from 1, heads counted.

        Raises:
            InputError: It cannot be read; the message says which cell and why.
        """
        m, g = self._m, self._g
        event = f"<{m.source}/{self._key(cells)}>"
        row = f"<{m.source}#row={number}>"
        kind, typed, above = self._kind(cells)
        day, days = self._days.told(cells)
        agents = self._participants.agents(cells)
        others = self._participants.recipients(cells)
        label = _called(kind, agents.label, others.label, day)
        # What is told of the event stands behind its IRI each time: one join, which is quick.
        told = [typed, *agents.agents, *(others.agents if kind.reciprocal else others.recipients)]
        told += (f'{self._labels}{label}"{g}', *self._common, f"{self._evidence}{row}{g}", *days)
        told += self._more(kind, cells)
        if self._told or agents.unknown or others.unknown:
            self._count((*self._told, *agents.unknown, *others.unknown), number)
        return Row(
            event + event.join(told) + row + row.join((*self._of_row, *self._reported(cells))),
            event + event.join(above) if above else "",
            agents.own + others.own,
        )

    # The parts of a row

    def _key(self, cells: Sequence[str]) -> str:
        m = self._m
        cell = cells[m.id[0]] if len(m.id) == 1 else self._joined(m.id, cells)
        if cell in m.missing:
            raise InputError(f"{m.heads[m.id[0]]} is empty: the row has no key")
        return cell if _KEY.fullmatch(cell) else quote(cell, safe="")

    def _kind(self, cells: Sequence[str]) -> tuple[Kind, str, tuple[str, ...]]:
        m = self._m
        code = m.always or (cells[m.code[0]] if len(m.code) == 1 else self._joined(m.code, cells))
        found = self._kinds.get(code)
        if found is None:
            found = self._kinds[code] = self._kind_of(code)
        if found[3]:
            self._told.append((m.heads[m.code[-1]], code))
        return found[:3]

    def _joined(self, columns: tuple[int, ...], cells: Sequence[str]) -> str:
        return "-".join(cells[at] for at in columns if cells[at] not in self._m.missing)

    def _kind_of(self, code: str) -> tuple[Kind, str, tuple[str, ...], bool]:
        m = self._m
        kind = m.kinds.get(code)
        is_near = kind is None and m.modes and "-" in code
        if is_near:
            kind = m.kinds.get(code.partition("-")[0])
        if kind is None:
            column = m.heads[m.code[0]]
            raise InputError(
                f"{column}: there is no code {code!r}" if code else f"{column} is empty"
            )
        above = tuple(f"{self._types}<{iri}>{self._d}" for iri in kind.above)
        return kind, f"{self._types}<{kind.iri}>{self._g}", above, is_near

    def _where(self, cell: str) -> str:
        m = self._m
        if cell in m.missing:
            return ""
        found = m.places.get(cell) or m.names.get(cell.casefold())
        if found is None:
            self._tell(m.heads[m.place or 0], cell)
            return ""
        return f" <{SEM}hasPlace> <{found.iri}>{self._g}"

    def _topics(self, cell: str) -> list[str]:
        m = self._m
        parts = cell.split(m.topic_separator) if m.topic_separator else [cell]
        wanted = [one.strip().casefold() for one in parts if one.strip() not in m.missing]
        for one in wanted:
            if one not in m.topics:
                self._tell(m.heads[m.topic or 0], one)
        return list(dict.fromkeys(m.topics[one] for one in wanted if one in m.topics))

    def _number(self, cell: str, at: int, whole: bool) -> str:
        found = numeral(cell, whole=whole)
        if found is None:
            kind = "whole number" if whole else "number"
            raise InputError(f"{self._m.heads[at]}: {cell[:40]!r} is no {kind}")
        return found

    def _more(self, kind: Kind, cells: Sequence[str]) -> list[str]:
        """Returns what else is told of the event: where, about what, in numbers."""
        m, g = self._m, self._g
        told = []
        if m.place is not None and not kind.placeless and (place := self._where(cells[m.place])):
            told.append(place)
        if m.topic is not None:
            told += [f" <{DIP}about> {topic}{g}" for topic in self._topics(cells[m.topic])]
        for at, tail, end, whole in self._numbers:
            if (cell := cells[at]) not in m.missing:
                told.append(tail + self._number(cell, at, whole) + end)
        return told

    def _reported(self, cells: Sequence[str]) -> tuple[str, ...]:
        """Returns what is told of the row: the article that it was coded from, who reported it."""
        m, g = self._m, self._g
        told: tuple[str, ...] = ()
        credit = "" if m.credit is None else cells[m.credit]
        if m.article is not None and (cell := cells[m.article]) not in m.missing:
            if is_address(cell):
                told = (f"{self._articles}{cell}>{g}",)
            else:
                credit = cell
        if credit not in m.missing:
            told = (*told, f'{self._credits}{escaped(credit)}"{g}')
        return told

    def _tell(self, column: str, code: str) -> None:
        self._told.append((column, code))

    def _count(self, unknown: Sequence[tuple[str, str]], number: int) -> None:
        for key in unknown:
            count, first = self.unknown.get(key, (0, number))
            if count or len(self.unknown) < MAX_SEEN:
                self.unknown[key] = (count + 1, first)
        self._told = []


def _called(kind: Kind, agents: str, others: str, day: str) -> str:
    between = ", " if kind.reciprocal else f" {_ARROW} "
    who = f": {agents}{between}{others}" if agents and others else f": {agents or others}"
    if not agents and not others:
        who = ""
    elif not agents and not kind.reciprocal:
        who = f": {_ARROW} {others}"
    return f"{escaped(kind.label)}{who}, {day}" if day else f"{escaped(kind.label)}{who}"
