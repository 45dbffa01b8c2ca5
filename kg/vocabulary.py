"""The ontology as Python sees it: kinds, codes, statuses, stances, issues, topics, cue words.

Nothing of the vocabulary is written here; it is read from `ontology/`, and a project's own
`ontology/` is read on top of it.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from kg.errors import InputError, Place
from kg.namespaces import (
    DIP,
    ISSUE,
    RDF,
    RDFS,
    SKOS,
    STANCE,
    STATUS,
    TOPIC,
    VOCABULARY_GRAPH,
    shorten,
)
from kg.rdf import Literal, NamedNode, Quad, Term, parse
from kg.resources import files

EVENT: Final = "Event"
"""The kind that every other one is a kind of."""

CAMEO: Final = "cameo"
PLOVER: Final = "plover"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of event or act.

    Attributes:
        name: Local name of its class, as fact documents write it: `PhoneCall`.
        broader: Name of the kind it is a kind of; `None` for `Event`.
        cameo: The CAMEO code that an event of this kind bears, if it is coded.
        plover: The PLOVER type, perhaps with a mode, likewise.
        vouches: Whether the act stands for the truth of its content.
        reciprocal: Whether every party is an agent.
        verbs: Lemmas that announce it, perhaps with a particle, sorted.
        nouns: Likewise.
    """

    name: str
    iri: str
    label: str
    definition: str
    broader: str | None
    cameo: str | None
    plover: str | None
    vouches: bool
    reciprocal: bool
    verbs: tuple[str, ...]
    nouns: tuple[str, ...]

    @property
    def cues(self) -> tuple[str, ...]:
        """All words that announce the kind, verbs first."""
        return self.verbs + self.nouns


@dataclass(frozen=True, slots=True)
class Concept:
    """A status, a stance, an issue or a topic; `slug` is the end of its IRI."""

    slug: str
    iri: str
    label: str
    definition: str
    broader: str | None
    labels: tuple[str, ...]
    verbs: tuple[str, ...]


@dataclass(frozen=True)
class Vocabulary:
    """All kinds by name and all concepts by slug, each in the order of names."""

    kinds: Mapping[str, Kind]
    statuses: Mapping[str, Concept]
    stances: Mapping[str, Concept]
    issues: Mapping[str, Concept]
    topics: Mapping[str, Concept]
    homes: Mapping[tuple[str, str], str]
    """Name of the kind at home under a scheme (`CAMEO`, `PLOVER`) and a code."""
    quads: tuple[Quad, ...] = field(repr=False)
    """Every triple of the ontology, in `VOCABULARY_GRAPH`."""
    digest: str
    """`sha256:…` of what was read."""

    def kind_of(self, scheme: str, code: str) -> Kind | None:
        """Returns the kind that a code of event data is read as: the home of its longest beginning.

        Args:
            scheme: `CAMEO` or `PLOVER`.
            code: As `0211` or `REQUEST-meet`.
        """
        for end in range(len(code), 0, -1):
            if scheme == PLOVER and end < len(code) and code[end] != "-":
                continue
            home = self.homes.get((scheme, code[:end]))
            if home is not None:
                return self.kinds[home]
        return None

    def ancestors(self, name: str) -> Iterator[str]:
        """Yields the kind itself and what it is a kind of, up to `Event`."""
        here: str | None = name
        while here is not None:
            yield here
            here = self.kinds[here].broader

    def is_a(self, name: str, ancestor: str) -> bool:
        """Whether a kind is another or a kind of it."""
        return ancestor in self.ancestors(name)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Returns the known name most like a word that nobody knows, if one is near."""
    from difflib import get_close_matches

    names = {name.casefold(): name for name in known}
    found = get_close_matches(word.casefold(), names, n=1, cutoff=0.6)
    return names[found[0]] if found else None


def load_vocabulary(project: Path | None = None) -> Vocabulary:
    """Returns the shipped ontology with a project's own on top.

    Raises:
        InputError: A file has a syntax error, or says something that does not hold together.
    """
    told = _Told()
    for path in files("ontology", (".ttl",), project=project):
        told.read(path)
    kinds = {name: _kind(told, name) for name in sorted(_kind_names(told))}
    return Vocabulary(
        kinds=kinds,
        statuses=_concepts(told, "Status", STATUS),
        stances=_concepts(told, "Stance", STANCE),
        issues=_concepts(told, "Issue", ISSUE),
        topics=_concepts(told, "Topic", TOPIC),
        homes=_homes(told, kinds),
        quads=tuple(told.quads),
        digest=f"sha256:{told.hash.hexdigest()}",
    )


class _Told:
    """What the files say, by subject and predicate, and where each subject stands."""

    def __init__(self) -> None:
        self.quads: list[Quad] = []
        self.hash = hashlib.sha256()
        self.about: dict[str, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
        self._files: list[tuple[Path, bytes]] = []

    def read(self, path: Path) -> None:
        data = path.read_bytes()
        self.hash.update(data)
        self._files.append((path, data))
        graph = NamedNode(VOCABULARY_GRAPH)
        for quad in parse(data, "ttl", file=str(path)):
            s, p, o = quad.subject, quad.predicate, quad.object
            self.quads.append(Quad(s, p, o, graph))
            if isinstance(s, NamedNode):
                self.about[s.value][p.value].append(o)

    def iris(self, subject: str, predicate: str) -> list[str]:
        return [o.value for o in self.about[subject][predicate] if isinstance(o, NamedNode)]

    def texts(self, subject: str, predicate: str) -> tuple[str, ...]:
        found = self.about[subject][predicate]
        return tuple(sorted({o.value for o in found if isinstance(o, Literal)}))

    def one(self, subject: str, predicate: str) -> str:
        found = self.texts(subject, predicate)
        if len(found) != 1:
            said = " and ".join(repr(text) for text in found) or "none"
            raise self.wrong(subject, f"needs exactly one {shorten(predicate)}, and has {said}")
        return found[0]

    def flag(self, subject: str, predicate: str) -> bool:
        return self.texts(subject, predicate) == ("true",)

    def codes(self, subject: str, predicate: str) -> Iterator[tuple[str, str]]:
        """Yields the scheme and the text of each code."""
        for o in self.about[subject][predicate]:
            if isinstance(o, Literal) and o.datatype.value.startswith(DIP):
                yield o.datatype.value.removeprefix(DIP), o.value

    def wrong(self, subject: str, what: str) -> InputError:
        return InputError(f"{shorten(subject)} {what}", self._place(subject))

    def _place(self, subject: str) -> Place | None:
        """Where a subject was last described: what was read last is what was written last."""
        names = (shorten(subject).encode() + b" ", f"<{subject}>".encode())
        for path, data in reversed(self._files):
            for number, line in enumerate(data.splitlines(), 1):
                if line.startswith(names):
                    return Place(str(path), number)
        return None


def _kind_names(told: _Told) -> set[str]:
    """Returns the names of all classes below `Event`, having checked that the tree is one."""
    parents: dict[str, str] = {}
    for subject in list(told.about):
        above = [iri for iri in told.iris(subject, RDFS + "subClassOf") if iri.startswith(DIP)]
        if len(set(above)) > 1:
            both = " and ".join(shorten(iri) for iri in above)
            raise told.wrong(subject, f"has two parents, {both}: keep one")
        if above:
            parents[subject] = above[0]
    return {
        iri.removeprefix(DIP)
        for iri in {DIP + EVENT, *parents}
        if _root(told, parents, iri) == DIP + EVENT
    }


def _root(told: _Told, parents: Mapping[str, str], iri: str) -> str:
    here, seen = iri, {iri}
    while here in parents:
        above = parents[here]
        if above in seen:
            raise told.wrong(here, f"is above and below {shorten(above)}: break the circle")
        if above not in told.about or not told.about[above][RDF + "type"]:
            hint = nearest(above, told.about)
            ending = f"; did you mean {shorten(hint)}?" if hint else ""
            raise told.wrong(here, f"is below {shorten(above)}, which is no class{ending}")
        here = above
        seen.add(above)
    return here


def _kind(told: _Told, name: str) -> Kind:
    iri = DIP + name
    above = [parent for parent in told.iris(iri, RDFS + "subClassOf") if parent.startswith(DIP)]
    codes: dict[str, str] = {}
    for scheme, code in told.codes(iri, SKOS + "notation"):
        if codes.setdefault(scheme, code) != code:
            raise told.wrong(
                iri, f"is coded {codes[scheme]} and {code}: keep one {scheme} notation"
            )
    return Kind(
        name=name,
        iri=iri,
        label=told.one(iri, RDFS + "label"),
        definition=told.one(iri, SKOS + "definition"),
        broader=above[0].removeprefix(DIP) if above else None,
        cameo=codes.get(CAMEO),
        plover=codes.get(PLOVER),
        vouches=told.flag(iri, DIP + "vouches"),
        reciprocal=told.flag(iri, DIP + "reciprocal"),
        verbs=told.texts(iri, DIP + "verb"),
        nouns=told.texts(iri, DIP + "noun"),
    )


def _homes(told: _Told, kinds: Mapping[str, Kind]) -> dict[tuple[str, str], str]:
    homes: dict[tuple[str, str], str] = {}
    for name, kind in kinds.items():
        for code in told.codes(kind.iri, DIP + "homeOf"):
            if homes.setdefault(code, name) != name:
                raise told.wrong(
                    kind.iri, f"and dip:{homes[code]} are both home of {code[1]}: keep one"
                )
    return homes


def _concepts(told: _Told, class_: str, namespace: str) -> dict[str, Concept]:
    found = {}
    for iri in sorted(told.about):
        if DIP + class_ not in told.iris(iri, RDF + "type"):
            continue
        if not iri.startswith(namespace):
            raise told.wrong(iri, f"is a dip:{class_}: its IRI must begin with {namespace}")
        slug = iri.removeprefix(namespace)
        found[slug] = _concept(told, iri, slug, namespace)
    for concept in found.values():
        if concept.broader is not None and concept.broader not in found:
            raise told.wrong(concept.iri, f"is below {concept.broader}, which is not described")
    return found


def _concept(told: _Told, iri: str, slug: str, namespace: str) -> Concept:
    above = told.iris(iri, SKOS + "broader")
    if len(set(above)) > 1:
        raise told.wrong(iri, "has two broader concepts: keep one")
    return Concept(
        slug=slug,
        iri=iri,
        label=told.one(iri, RDFS + "label"),
        definition=told.one(iri, SKOS + "definition"),
        broader=above[0].removeprefix(namespace) if above else None,
        labels=told.texts(iri, SKOS + "altLabel"),
        verbs=told.texts(iri, DIP + "verb"),
    )
