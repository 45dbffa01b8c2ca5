"""Every name that the register knows, found in one pass over a text (Aho-Corasick)."""

import pickle
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.errors import Misuse
from kg.namespaces import ACTOR, DIP, ORG, RDF, RDFS, SKOS
from kg.rdf import Literal, NamedNode, Quad

_NAMES = {
    RDFS + "label": "name",
    SKOS + "altLabel": "name",
    DIP + "demonym": "demonym",
    DIP + "capital": "place",
    DIP + "seat": "place",
}
_EDGE = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Known:
    """An actor of the register.

    Attributes:
        slug: The end of its IRI.
        kind: `Person`, `Organization`, `State` or `Place`.
        label: Its name.
        state: Slug of the state it belongs to; of a state, its own; or empty.
        offices: What it is or was, as (office, organization's slug, from, to), dates perhaps empty.
        names: All its names.
    """

    slug: str
    kind: str
    label: str
    state: str
    offices: tuple[tuple[str, str, str, str], ...]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A name in the text: how it names (`name`, `demonym`, `place`), and whom it may mean."""

    start: int
    end: int
    how: str
    slugs: tuple[str, ...]


class Gazetteer:
    """Finds names; built once from the register."""

    def __init__(self, quads: Iterable[Quad]) -> None:
        """Reads the actors, their names, states and offices.

        Raises:
            Misuse: The library is not installed.
        """
        try:
            import ahocorasick
        except ImportError as error:
            raise Misuse("needs a library: pip install 'diplomatic-kg[extract]'") from error
        self.known, names = _read(quads)
        self._bodies = _bodies(self.known)
        # Numbers in the automaton, what they stand for beside it: half the memory.
        self._automaton: Any = ahocorasick.Automaton(ahocorasick.STORE_INTS)
        self._told: list[tuple[int, str, tuple[str, ...]]] = []
        shared: dict[tuple[str, ...], tuple[str, ...]] = {}
        same: dict[tuple[int, str, tuple[str, ...]], tuple[int, str, tuple[str, ...]]] = {}
        for name, found in names.items():
            # A name as a demonym and as a name is a name; people come before what is named alike.
            how = min((how for how, _ in found), key=("name", "place", "demonym").index)
            slugs = tuple(dict.fromkeys(slug for kind, slug in found if kind == how))
            slugs = shared.setdefault(slugs, slugs)
            self._automaton.add_word(name, len(self._told))
            told = (len(name), how, slugs)
            self._told.append(same.setdefault(told, told))
        if len(self._automaton):
            self._automaton.make_automaton()

    def save(self, names: Path, rest: Path) -> None:
        """Writes the names that are looked for, and what they stand for.

        Raises:
            OSError: A file cannot be written.
        """
        self._automaton.save(str(names))
        with rest.open("wb") as file:
            pickle.dump((self.known, self._bodies, self._told), file, pickle.HIGHEST_PROTOCOL)

    @classmethod
    def load(cls, names: Path, rest: Path) -> "Gazetteer":
        """Returns what `save` wrote; for files that nobody else could have written.

        Raises:
            OSError, ValueError, pickle.UnpicklingError: They are not there, or damaged.
        """
        import ahocorasick

        found = cls.__new__(cls)
        with rest.open("rb") as file:
            found.known, found._bodies, found._told = pickle.load(file)  # noqa: S301 - our own
        found._automaton = ahocorasick.load(str(names), pickle.loads)
        return found

    def body(self, state: str, name: str) -> str:
        """Returns the slug of the body of a state that goes by a name without it, or empty.

        Args:
            state: Slug of the state.
            name: As `Foreign Ministry`.
        """
        return self._bodies.get((state, name.casefold()), "")

    def find(self, text: str) -> list[Hit]:
        """Returns the longest names, from left to right, none inside another."""
        hits: list[Hit] = []
        if not len(self._automaton):
            return hits
        for last, number in self._automaton.iter(text):
            length, how, slugs = self._told[number]
            start, end = last - length + 1, last + 1
            if start and _EDGE.match(text[start - 1]) and _EDGE.match(text[start]):
                continue
            if end < len(text) and _EDGE.match(text[end]) and _EDGE.match(text[last]):
                continue
            while hits and hits[-1].start >= start:
                hits.pop()
            if not hits or hits[-1].end <= start:
                hits.append(Hit(start, end, how, slugs))
        return hits


_About = dict[str, list[str]]
"""What is said of one thing: values by predicate."""


def _read(quads: Iterable[Quad]) -> tuple[dict[str, Known], dict[str, list[tuple[str, str]]]]:
    """The actors of the register by slug; for each name how it names, and the slug of whom."""
    told: dict[str, _About] = {}
    for quad in quads:
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode | Literal):
            about = told.setdefault(quad.subject.value, {})
            about.setdefault(quad.predicate.value, []).append(quad.object.value)
    offices = _offices(told.values())
    known: dict[str, Known] = {}
    names: dict[str, list[tuple[str, str]]] = {}
    for iri, about in told.items():
        if not iri.startswith(ACTOR):
            continue
        slug, own = iri.removeprefix(ACTOR), list(_names(about))
        kind = about[RDF + "type"][0].removeprefix(DIP)
        known[slug] = Known(
            slug=slug,
            kind=kind,
            label=about[RDFS + "label"][0],
            state=slug if kind == "State" else _first(about, "state").removeprefix(ACTOR),
            offices=tuple(offices.get(iri, ())),
            names=tuple(name for _, name in own),
        )
        for how, name in own:
            # Texts write the apostrophe either way.
            for written in dict.fromkeys((name, name.replace("'", "’"))):
                names.setdefault(written, []).append((how, slug))
    return known, names


def _offices(told: Iterable[_About]) -> dict[str, list[tuple[str, str, str, str]]]:
    """The offices of each person, by IRI: title, slug of the organization, first and last day."""
    found: dict[str, list[tuple[str, str, str, str]]] = {}
    for about in told:
        for person in about.get(ORG + "member", ()):
            title = about[ORG + "role"][0]
            organization = about[ORG + "organization"][0].removeprefix(ACTOR)
            days = (_first(about, "notBefore"), _first(about, "notAfter"))
            found.setdefault(person, []).append((title, organization, *days))
    return found


def _first(about: _About, name: str) -> str:
    return about.get(DIP + name, [""])[0]


def _bodies(known: dict[str, Known]) -> dict[tuple[str, str], str]:
    """Bodies by their state and what is left of a name without the state's: "Foreign Ministry"."""
    found: dict[tuple[str, str], str] = {}
    for entry in known.values():
        state = known.get(entry.state)
        if entry.kind != "Organization" or state is None:
            continue
        for name in entry.names:
            short = name.casefold()
            for form in sorted(state.names, key=len, reverse=True):
                short = short.removeprefix(form.casefold() + " ")
                short = short.removesuffix(" of " + form.casefold())
            found.setdefault((entry.state, short), entry.slug)
    return found


def _names(about: _About) -> Iterator[tuple[str, str]]:
    for predicate, how in _NAMES.items():
        for name in about.get(predicate, ()):
            yield how, name
