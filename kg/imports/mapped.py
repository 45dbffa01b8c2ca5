"""What rows stand for: N-Quads of each, and what they tell, column by column."""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from kg.imports.mapping import Mapping
from kg.imports.participants import Named
from kg.namespaces import DIP, SCHEMA, SEM

V = TypeVar("V")

ARROW = " \\u2192 "
"""Written as an escape: text of one byte a character is put together in half the time."""

Told: TypeAlias = tuple[str, ...]
"""Statements without their subject, each to the end of its line."""


@dataclass(frozen=True, slots=True, eq=False)
class Coded:
    """A kind as rows tell it: its classes, what is told of each, what stands between parties."""

    classes: frozenset[str]
    told: str
    above: Told
    label: str
    between: str
    reciprocal: bool
    placeless: bool

    def called(self, agents: str, others: str, day: str) -> str:
        """Returns the label of an event of which not all is known."""
        who = f": {agents}{self.between}{others}" if agents and others else f": {agents or others}"
        if not agents and not others:
            who = ""
        elif not agents and not self.reciprocal:
            who = f":{ARROW}{others}"
        return f"{self.label}{who}, {day}" if day else f"{self.label}{who}"


@dataclass(frozen=True, slots=True)
class Mapped:
    """What rows stand for.

    Attributes:
        taken: Which of them can be read, by their places among all.
        wrong: Why the others cannot.
        events: IRIs of the events of those that can, in angle brackets.
        asserted: N-Quads of each, in the graph of the source.
        quads: How many, of all together.
        kinds: Of each.
        agents: Who does it, of each.
        others: To whom, or with whom.
        told: What else, a column after the other.
    """

    taken: Sequence[int]
    wrong: dict[int, str]
    events: Sequence[str]
    asserted: Sequence[str]
    quads: int
    kinds: Sequence[Coded]
    agents: Sequence[Named]
    others: Sequence[Named]
    told: tuple[Sequence[Hashable], ...]

    @property
    def derived(self) -> Iterator[str]:
        """N-Quads of each in the `/derived` twin, as the shipped rules derive them."""
        for event, kind in zip(self.events, self.kinds, strict=True):
            yield event + event.join(kind.above) if kind.above else ""

    @property
    def parties(self) -> set[Named]:
        """All who take part in them."""
        return {*self.agents, *self.others}

    @property
    def columns(self) -> tuple[Sequence[Hashable], ...]:
        """What each tells by the properties of `properties_of`."""
        both = list(zip(self.others, self.kinds, strict=True))
        partners = [other if kind.reciprocal else None for other, kind in both]
        recipients = [None if kind.reciprocal else other for other, kind in both]
        return (self.agents, partners, recipients, *self.told)

    def only(self, places: Iterable[int]) -> "Mapped":
        """Returns what some of those stand for that can be read, by their places among these."""
        kept = list(places)

        def of(column: Sequence[V]) -> list[V]:
            return [column[at] for at in kept]

        asserted = of(self.asserted)
        quads = sum(one.count("\n") for one in asserted)
        return Mapped(
            of(self.taken), self.wrong, of(self.events), asserted, quads, of(self.kinds),
            of(self.agents), of(self.others), tuple(map(of, self.told)),
        )  # fmt: skip


def properties_of(mapping: Mapping) -> tuple[frozenset[str], ...]:
    """Returns the properties of an event, and of its row, that the columns of `Mapped` tell."""
    told = [
        (DIP + "agent",), (DIP + "agent",), (DIP + "recipient",),
        (DIP + "notBefore", DIP + "notAfter"), (SEM + "hasPlace",), (DIP + "about",),
        *((iri,) for _, iri, *_ in mapping.numbers), (SCHEMA + "isBasedOn", SCHEMA + "creditText"),
    ]  # fmt: skip
    return tuple(map(frozenset, told))
