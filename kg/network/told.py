"""What a store tells of events, positions and actors, asked for page by page.

What is asked stands in `queries/network/`. Whatever many events refer to, as those who take part
in them and the passages that they rest on, is looked up once and kept in mind for a while.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from kg.network.graph import Filters
from kg.queries import bind, read_questions
from kg.rdf import Literal, NamedNode, Rows, Term
from kg.store import Reader

Traits = dict[str, list[str]]
"""Values by trait, in their natural order: p2 before p16."""

PAGE = 250
"""How many things are asked about at once; from some thousands on Oxigraph reads all there are."""

_IN_MIND = 50_000
_BY = {"status": "labels", "issue": "labels", "stance": "labels", "voucher": "vouchers",
       "evidence": "evidence"}  # fmt: skip
_TEXTS = (NamedNode, Literal)


@dataclass(frozen=True, slots=True)
class Event:
    """What is told of an event or a position.

    Attributes:
        iri: Its IRI.
        traits: In words: `label`, `status`, `voucher` ...; IRIs are those of `class`.
        links: Properties and what they join it to, as IRIs, in order.
    """

    iri: str
    traits: Traits
    links: tuple[tuple[str, str], ...]

    def first(self, trait: str) -> str:
        """Returns the first value of a trait, or nothing."""
        return first(self.traits, trait)


def first(traits: Traits, trait: str) -> str:
    """Returns the first value of a trait, or nothing."""
    return next(iter(traits.get(trait, ())), "")


@lru_cache(maxsize=10_000)
def local(iri: str) -> str:
    """Returns the last part of an IRI."""
    return re.split("[/#]", iri)[-1]


class Told:
    """A store's answers."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._questions = read_questions(group="network")
        self._known: dict[str, dict[str, Traits]] = defaultdict(dict)
        self._kinds: dict[tuple[str, ...], Traits] = {}
        self._codes: dict[tuple[str, str], Traits] = defaultdict(lambda: defaultdict(list))
        for kind, trait, value, status in self._rows("kinds", {}):
            self._codes[_text(kind), _text(status)][_text(trait)].append(_text(value))

    def chosen(self, filters: Filters) -> list[str]:
        """Returns the IRIs of the events and positions that pass all filters."""
        named: dict[str, tuple[str, ...]] = {
            "actor": filters.actors,
            "issue": filters.issues,
            "kind": filters.kinds,
            "source": filters.sources,
            "status": filters.statuses,
        }
        asked: dict[str, list[Term]] = {k: list(map(NamedNode, v)) for k, v in named.items()}
        days = {"since": filters.since, "until": filters.until}
        asked |= {name: [Literal(day)] if day else [] for name, day in days.items()}
        return [_text(event) for (event,) in self._rows("chosen", asked)]

    def between(self) -> set[str]:
        """Returns the IRIs of events that more than one actor takes part in."""
        return {_text(event) for (event,) in self._rows("parties", {})}

    def pages(self, iris: Iterable[str]) -> Iterator[list[Event]]:
        """Yields events and positions, many at a time, in the given order."""
        remaining = iter(iris)
        while page := list(islice(remaining, PAGE)):
            told: dict[str, Traits] = {iri: defaultdict(list) for iri in page}
            links: dict[str, list[tuple[str, str]]] = {iri: [] for iri in page}
            for event, trait, value in self._rows("events", {"event": _terms(page)}):
                name, is_link = _text(trait), isinstance(trait, NamedNode)
                if (is_link or name in _BY) and not isinstance(value, NamedNode):
                    continue  # text where a thing is meant
                if is_link:
                    links[_text(event)].append((name, _text(value)))
                else:
                    told[_text(event)][name].append(_text(value))
            words = {
                trait: self._looked_up(by, (iri for one in told.values() for iri in one[trait]))
                for trait, by in _BY.items()
            }
            yield [
                Event(iri, self._in_words(told[iri], words), tuple(sorted(links[iri])))
                for iri in page
            ]

    def actors(self, iris: Iterable[str]) -> dict[str, Traits]:
        """Returns `label`, `class` and `state` of those that are actors."""
        return self._looked_up("actors", iris)

    def labels(self, iris: Iterable[str]) -> dict[str, Traits]:
        """Returns the `label` of whatever has one."""
        return self._looked_up("labels", iris)

    def _in_words(self, told: Traits, words: dict[str, dict[str, Traits]]) -> Traits:
        """Returns traits with words in place of the IRIs of what they refer to."""
        found: Traits = defaultdict(list, self._kind_of(told["type"], told["status"]))
        for trait, values in told.items():
            if trait not in words:
                found[trait] = values
                continue
            for iri in values:
                for word, named in words[trait].get(iri, {}).items():
                    found[trait if word == "label" else word] += named
        return {
            trait: sorted(set(values), key=_natural) if len(values) > 1 else values
            for trait, values in found.items()
        }

    def _kind_of(self, types: list[str], statuses: list[str]) -> Traits:
        """Returns `class`, `kind` and codes by the most specific types."""
        key = (*sorted(types), "", *sorted(statuses))
        if key not in self._kinds:
            found: Traits = defaultdict(list)
            kinds = {kind: self._codes[kind, ""] for kind in types if (kind, "") in self._codes}
            above = {one for of_kind in kinds.values() for one in of_kind["above"]}
            for kind in kinds.keys() - above:
                found["class"].append(kind)
                found["kind"] += kinds[kind]["kind"]
                for status in statuses:
                    for scheme, codes in self._codes.get((kind, status), {}).items():
                        found[scheme] += codes
            self._kinds[key] = found
        return self._kinds[key]

    def _looked_up(self, question: str, iris: Iterable[str]) -> dict[str, Traits]:
        """Returns what the answer to a question tells of things, as far as it tells anything."""
        known = self._known[question]
        asked = set(iris)
        if len(known) > _IN_MIND:
            known.clear()
        (slot,) = self._questions[question].parameters
        unknown = iter(sorted(asked - known.keys()))
        while page := list(islice(unknown, PAGE)):
            known |= {iri: {} for iri in page}
            for thing, trait, value in self._rows(question, {slot: _terms(page)}):
                if text := _text(value):
                    known[_text(thing)].setdefault(_text(trait), []).append(text)
            for iri in page:
                for values in known[iri].values():
                    values.sort(key=_natural)
        return {iri: known[iri] for iri in asked if known[iri]}

    def _rows(self, question: str, asked: dict[str, list[Term]]) -> Sequence[Sequence[Term | None]]:
        found = self._reader.query(bind(self._questions[question], asked))
        return found.rows if isinstance(found, Rows) else ()


def _terms(iris: Iterable[str]) -> list[Term]:
    return [NamedNode(iri) for iri in iris]


def _text(term: Term | None) -> str:
    return term.value if isinstance(term, _TEXTS) else ""


def _natural(text: str) -> list[tuple[int, str]]:
    return [(int(p), "") if p.isdigit() else (-1, p) for p in re.split(r"(\d+)", text)]
