"""A mapping file made ready for one table: columns by index, codes by what they mean.

What goes to every process and machine that maps rows; it holds values and nothing else.
"""

from dataclasses import dataclass, field


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

    @property
    def columns(self) -> tuple[int | None, int | None, int | None, int | None]:
        """Of name, country, group and role."""
        return self.name, self.country, self.group, self.role


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
        names: Actors of the register by name.
        countries: Countries alone by name: MEA in their column is no Ministry of External Affairs.
        modes: Whether an unknown mode behind a hyphen is read as its type.
        about: Topics by what cells say.
        numbers: Column, property, whether it is a whole number, and the least that it can be.
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
    recipient: Parties
    names: dict[str, Actor]
    countries: dict[str, Actor]
    place: int | None
    places: dict[str, Actor]
    topic: int | None
    topic_separator: str
    topics: dict[str, str]
    numbers: tuple[tuple[int, str, bool, int | None], ...]
    article: int | None
    credit: int | None
    above: dict[str, tuple[str, ...]]

    @property
    def columns(self) -> tuple[int, ...]:
        """All columns that tell something."""
        told = {
            *self.id, *self.code, self.date, self.until, self.precision, *self.agent.columns,
            *self.recipient.columns, self.place, self.topic, self.article, self.credit,
            *(at for at, *_ in self.numbers),
        }  # fmt: skip
        return tuple(sorted(at for at in told if at is not None))

    def head(self, column: int | None) -> str:
        """Returns what a column is called; nothing for none."""
        return "" if column is None else self.heads[column]
