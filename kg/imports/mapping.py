"""From the cells of a row to the N-Quads that it stands for.

The one function that every engine runs: in this process, in others, on a cluster. It is pure but
for its memory of cells that it has seen, imports nothing but the standard library and the ground
floor, and writes text: terms are checked here and nowhere after.
"""

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import TypeVar
from urllib.parse import quote

from kg.errors import InputError
from kg.namespaces import (
    ACTOR,
    DERIVED,
    DIP,
    OA,
    RDF,
    RDFS,
    SCHEMA,
    SEM,
    STATUS,
    XSD,
    graph_of,
)

K = TypeVar("K")
V = TypeVar("V")

MAX_SEEN = 100_000
"""How many different cells of a column are kept in mind."""

_KEY = re.compile(r"[A-Za-z0-9._~-]+")
_SPECIAL = re.compile('[\\\\"\x00-\x1f\x7f]')
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_ARROW = "\\u2192"
"""Written as an escape: text of one byte a character is put together in half the time."""

_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_DECIMAL = re.compile(r"[-+]?[0-9]{1,18}(?:\.[0-9]{1,40})?")
_CHARACTERS = r"A-Za-z0-9._~!$&'()*+,;=:@\u00a0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef"
_ADDRESS = re.compile(
    rf"https?://[A-Za-z0-9.-]+(?::[0-9]+)?(?:/(?:[/{_CHARACTERS}-]+|%[0-9A-Fa-f]{{2}})*)?"
    rf"(?:\?(?:[/?{_CHARACTERS}-]+|%[0-9A-Fa-f]{{2}})*)?"
    rf"(?:\#(?:[/?{_CHARACTERS}-]+|%[0-9A-Fa-f]{{2}})*)?"
)


@dataclass(frozen=True, slots=True)
class Actor:
    """An actor of the register."""

    iri: str
    label: str


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of event: what it is called, what it is a kind of, who takes part in it how.

    Attributes:
        above: IRIs of all classes above it.
        reciprocal: Every party is an agent.
        placeless: It has no place.
    """

    iri: str
    label: str
    above: tuple[str, ...]
    reciprocal: bool = False
    placeless: bool = False


@dataclass(frozen=True, slots=True)
class Parties:
    """Columns of an actor, and what their cells mean. Columns are indices, or `None`."""

    name: int | None = None
    separator: str = ""
    country: int | None = None
    group: int | None = None
    role: int | None = None
    countries: dict[str, Actor] = field(default_factory=dict)
    groups: dict[str, Actor] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)
    regions: dict[str, str] = field(default_factory=dict)
    government: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mapping:
    """A mapping file made ready for one table: columns by index, codes by what they mean.

    Attributes:
        name: Of the data set; the actors that only it knows are named below it.
        source: IRI of the source that vouches for the rows.
        heads: The columns.
        delimiter: What parts cells.
        quoted: Whether cells may stand in quotation marks.
        has_heads: Whether the first row of the table is its heads.
        missing: What cells say that say nothing.
        preamble: What is asserted of the source, N-Quads.
        preamble_derived: What follows from that.
        kinds: By code.
        modes: Whether an unknown mode behind a hyphen is read as its type.
        about: Topics by what cells say.
        numbers: Column, property and whether it is a whole number.
        above: Classes above those of the actors that are minted.
    """

    name: str
    source: str
    heads: tuple[str, ...]
    delimiter: str
    quoted: bool
    has_heads: bool
    missing: tuple[str, ...]
    preamble: str
    preamble_derived: str
    id: tuple[int, ...]
    code: tuple[int, ...]
    always: str
    kinds: dict[str, Kind]
    modes: bool
    date: int
    until: int | None
    formats: tuple[str, ...]
    precision: int | None
    windows: dict[str, str]
    agent: Parties
    recipient: Parties | None
    names: dict[str, Actor]
    place: int | None
    places: dict[str, Actor]
    topic: int | None
    topic_separator: str
    topics: dict[str, str]
    numbers: tuple[tuple[int, str, bool], ...]
    article: int | None
    credit: int | None
    above: dict[str, tuple[str, ...]]


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


@dataclass(frozen=True, slots=True)
class _Named:
    """The actors that some cells name, as what follows an event; unknown codes among the cells."""

    agents: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    label: str = ""
    own: tuple[str, ...] = ()
    unknown: tuple[tuple[str, str], ...] = ()


_NOBODY = _Named()


def escaped(text: str) -> str:
    """Returns text as it stands between the quotes of an N-Quads literal."""
    if _SPECIAL.search(text) is None:
        return text
    return _SPECIAL.sub(lambda c: _ESCAPES.get(c[0]) or f"\\u{ord(c[0]):04X}", text)


class Mapper:
    """Maps rows of one table.

    Attributes:
        described: N-Quads, asserted and derived, on each actor that the register lacks, by IRI.
        unknown: Codes that nobody knows: by column and code, how many rows and the first of them.
    """

    def __init__(self, mapping: Mapping) -> None:
        self.described: dict[str, tuple[str, str]] = {}
        self.unknown: dict[tuple[str, str], tuple[int, int]] = {}
        self._told: list[tuple[str, str]] = []
        self._m = mapping
        self._g = f" <{graph_of(mapping.source)}> .\n"
        self._d = f" <{graph_of(mapping.source)}{DERIVED}> .\n"
        self._agents: dict[tuple[str, ...], _Named] = {}
        self._recipients: dict[tuple[str, ...], _Named] = {}
        self._dates: dict[tuple[str, ...], tuple[str, tuple[str, ...]]] = {}
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

    def row(self, cells: Sequence[str], number: int) -> Row:
        """Returns what a row stands for.

        Args:
            cells: As many as there are heads.
            number: Of the row, from 1, heads counted.

        Raises:
            InputError: It cannot be read; the message says which cell and why.
        """
        m, g = self._m, self._g
        if len(self.described) >= MAX_SEEN:
            self._forget()
        event = f"<{m.source}/{self._key(cells)}>"
        row = f"<{m.source}#row={number}>"
        kind, typed, above = self._kind(cells)
        day, days = self._when(cells)
        agents = self._who(m.agent, cells, self._agents)
        others = _NOBODY
        if m.recipient is not None:
            others = self._who(m.recipient, cells, self._recipients)
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

    def _when(self, cells: Sequence[str]) -> tuple[str, tuple[str, ...]]:
        m = self._m
        last = "" if m.until is None else cells[m.until]
        exact = "" if m.precision is None else cells[m.precision]
        key = (cells[m.date], last, exact)
        found = self._dates.get(key)
        if found is None:
            found = self._days(*key)
            _keep(self._dates, key, found)
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

    def _who(
        self, who: Parties, cells: Sequence[str], seen: dict[tuple[str, ...], _Named]
    ) -> _Named:
        at = (who.name, who.country, who.group, who.role)
        key = tuple(["" if i is None else cells[i] for i in at])
        found = seen.get(key)
        if found is None:
            before = self._told
            self._told = []
            named = self._named(who, *key)
            found = replace(named, unknown=tuple(self._told))
            _keep(seen, key, found)
            self._told = before
        return found

    def _named(self, who: Parties, name: str, country: str, group: str, role: str) -> _Named:
        silent = self._m.missing
        if name not in silent:
            names = name.split(who.separator) if who.separator else [name]
            wanted = [one.strip() for one in names if one.strip() not in silent]
            home = self._country(who, country, country) if country not in silent else None
            return self._together([self._by_name(one, home, len(wanted)) for one in wanted])
        if group not in silent:
            if group in who.groups:
                return self._together([who.groups[group]])
            self._tell(self._head(who.group), group)
        state = None if country in silent else self._country(who, country, country)
        if role in silent or (state is not None and role in who.government):
            return self._together([] if state is None else [state])
        if role not in who.roles:
            self._tell(self._head(who.role), role)
            return self._together([] if state is None else [state])
        return self._together([self._with_role(who, role, state, country)])

    def _together(self, actors: Sequence[Actor]) -> _Named:
        different = {actor.iri: actor for actor in actors}
        own = tuple(iri for iri in different if iri in self.described)
        label = ", ".join(sorted(actor.label for actor in different.values()))
        agents, recipients = (
            tuple(f" <{DIP}{role}> <{iri}>{self._g}" for iri in different)
            for role in ("agent", "recipient")
        )
        return _Named(agents, recipients, escaped(label), own)

    def _country(self, who: Parties, cell: str, code: str) -> Actor | None:
        found = who.countries.get(cell) or self._m.names.get(cell.casefold())
        if found is None and code in who.regions:
            return self._mint(code, f"actors from {who.regions[code]}", "Organization", None)
        if found is None:
            self._tell(self._head(who.country), cell)
        return found

    def _by_name(self, name: str, home: Actor | None, of: int) -> Actor:
        known = self._m.names.get(name.casefold())
        return known or self._mint(name, name, "Actor", home if of == 1 else None)

    def _with_role(self, who: Parties, role: str, state: Actor | None, country: str) -> Actor:
        what = who.roles[role]
        if state is None:
            return self._mint(role, f"{what}, country unstated", "Organization", None)
        return self._mint(f"{country} {role}", f"{what} of {state.label}", "Organization", state)

    def _mint(self, key: str, label: str, kind: str, state: Actor | None) -> Actor:
        slug = re.sub(r"[\W_]+", "-", key.casefold()).strip("-")
        iri = f"{ACTOR}{self._m.name}/{quote(slug, safe='-') or quote(key, safe='')}"
        if iri not in self.described:
            node, g = f"<{iri}>", self._g
            told = f'{node} <{RDF}type> <{DIP}{kind}>{g}{node}{self._labels}{escaped(label)}"{g}'
            if state is not None and not state.iri.startswith(f"{ACTOR}{self._m.name}/"):
                told += f"{node} <{DIP}state> <{state.iri}>{g}"
            above = self._m.above[DIP + kind]
            derived = "".join(f"{node} <{RDF}type> <{one}>{self._d}" for one in above)
            self.described[iri] = (told, derived)
        return Actor(iri, label)

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
        if (_INTEGER if whole else _DECIMAL).fullmatch(cell):
            return cell
        try:
            value = Decimal(cell)
        except InvalidOperation:
            value = Decimal("NaN")
        if whole or not value.is_finite() or abs(value.adjusted()) > 18:
            kind = "whole number" if whole else "number"
            raise InputError(f"{self._m.heads[at]}: {cell[:40]!r} is no {kind}")
        return format(value, "f")

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
            if _ADDRESS.fullmatch(cell):
                told = (f"{self._articles}{cell}>{g}",)
            else:
                credit = cell
        if credit not in m.missing:
            told = (*told, f'{self._credits}{escaped(credit)}"{g}')
        return told

    def _head(self, at: int | None) -> str:
        return "" if at is None else self._m.heads[at]

    def _tell(self, column: str, code: str) -> None:
        self._told.append((column, code))

    def _count(self, unknown: Sequence[tuple[str, str]], number: int) -> None:
        for key in unknown:
            count, first = self.unknown.get(key, (0, number))
            if count or len(self.unknown) < MAX_SEEN:
                self.unknown[key] = (count + 1, first)
        self._told = []

    def _forget(self) -> None:
        """Empties what may not grow without end; what is named again is described again."""
        self.described = {}
        self._agents = {}
        self._recipients = {}


def _called(kind: Kind, agents: str, others: str, day: str) -> str:
    between = ", " if kind.reciprocal else f" {_ARROW} "
    who = f": {agents}{between}{others}" if agents and others else f": {agents or others}"
    if not agents and not others:
        who = ""
    elif not agents and not kind.reciprocal:
        who = f": {_ARROW} {others}"
    return f"{escaped(kind.label)}{who}, {day}" if day else f"{escaped(kind.label)}{who}"


def _keep(seen: dict[K, V], key: K, value: V) -> None:
    """Puts a value into a memory that may not grow without end."""
    if len(seen) >= MAX_SEEN:
        seen.clear()
    seen[key] = value
