"""The ontology as Python sees it: kinds, codes, statuses, stances, issues, topics, cue words.

Nothing of the vocabulary is written here; it is read from `ontology/`, and a project's own
`ontology/` is read on top of it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

from kg.namespaces import DIP, ISSUE, RDF, RDFS, SKOS, STANCE, STATUS, TOPIC
from kg.rdf import Quad
from kg.resources import files
from kg.vocabulary.told import Told, climb, nearest, tree

__all__ = [
    "CAMEO",
    "EVENT",
    "PLOVER",
    "Concept",
    "Kind",
    "Vocabulary",
    "load_vocabulary",
    "nearest",
]

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
        cameo_ahead: The CAMEO code that it bears while it is only scheduled, where that differs.
        plover_ahead: Likewise.
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
    cameo_ahead: str | None
    plover_ahead: str | None
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
    """A status, a stance, an issue or a topic.

    Attributes:
        slug: The end of its IRI, as fact documents write it: `rules-out`.
        broader: Slug of the broader concept, if there is one.
        labels: Other names, sorted.
        verbs: Lemmas that announce a stance, sorted.
        context: The PLOVER context of a topic, if it has one of its own.
    """

    slug: str
    iri: str
    label: str
    definition: str
    broader: str | None
    labels: tuple[str, ...]
    verbs: tuple[str, ...]
    context: str | None


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
        return ancestor in self._above[name]

    @cached_property
    def _above(self) -> Mapping[str, frozenset[str]]:
        return {name: frozenset(self.ancestors(name)) for name in self.kinds}


def load_vocabulary(project: Path | None = None) -> Vocabulary:
    """Returns the shipped ontology with a project's own on top.

    Raises:
        InputError: A file has a syntax error, or says something that does not hold together.
    """
    told = Told()
    for path in files("ontology", (".ttl",), project=project):
        told.read(path)
    kinds = _kinds(told)
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


def _kinds(told: Told) -> dict[str, Kind]:
    above = tree(told, tuple(told.about), RDFS + "subClassOf", DIP)
    root = DIP + EVENT
    iris = sorted(iri for iri in {root, *above} if climb(told, above, iri) == root)
    return {iri.removeprefix(DIP): _kind(told, iri, above.get(iri)) for iri in iris}


def _kind(told: Told, iri: str, above: str | None) -> Kind:
    codes = told.code_by_scheme(iri, SKOS + "notation")
    ahead = told.code_by_scheme(iri, DIP + "notationAhead")
    return Kind(
        name=iri.removeprefix(DIP),
        iri=iri,
        label=told.one(iri, RDFS + "label"),
        definition=told.one(iri, SKOS + "definition"),
        broader=above.removeprefix(DIP) if above else None,
        cameo=codes.get(CAMEO),
        plover=codes.get(PLOVER),
        cameo_ahead=ahead.get(CAMEO),
        plover_ahead=ahead.get(PLOVER),
        vouches=told.texts(iri, DIP + "vouches") == ("true",),
        reciprocal=told.texts(iri, DIP + "reciprocal") == ("true",),
        verbs=told.texts(iri, DIP + "verb"),
        nouns=told.texts(iri, DIP + "noun"),
    )


def _homes(told: Told, kinds: Mapping[str, Kind]) -> dict[tuple[str, str], str]:
    homes: dict[tuple[str, str], str] = {}
    for name, kind in kinds.items():
        for code in told.codes(kind.iri, DIP + "homeOf"):
            if homes.setdefault(code, name) != name:
                both = f"and dip:{homes[code]} are both home of {code[1]}"
                raise told.wrong(kind.iri, f"{both}: keep one")
    return homes


def _concepts(told: Told, class_: str, namespace: str) -> Mapping[str, Concept]:
    iris = [iri for iri in told.about if DIP + class_ in told.iris(iri, RDF + "type")]
    for iri in iris:
        if not iri.startswith(namespace):
            raise told.wrong(iri, f"is a dip:{class_}: its IRI must begin with {namespace}")
    above = tree(told, iris, SKOS + "broader", namespace)
    return {
        iri.removeprefix(namespace): _concept(told, iri, above.get(iri), namespace)
        for iri in sorted(iris)
    }


def _concept(told: Told, iri: str, above: str | None, namespace: str) -> Concept:
    return Concept(
        slug=iri.removeprefix(namespace),
        iri=iri,
        label=told.one(iri, RDFS + "label"),
        definition=told.one(iri, SKOS + "definition"),
        broader=above.removeprefix(namespace) if above else None,
        labels=told.texts(iri, SKOS + "altLabel"),
        verbs=told.texts(iri, DIP + "verb"),
        context=told.code_by_scheme(iri, SKOS + "notation").get("ploverContext"),
    )
