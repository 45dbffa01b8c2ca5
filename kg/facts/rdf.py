"""From RDF documents to what each source in them asserts.

In TriG, N-Quads and JSON-LD each source has its own graph; what stands in no graph, and everything
in the other formats, belongs to the one source that the document describes. Blank nodes get IRIs
below their source, numbered in the order of the document.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from itertools import count

from kg.errors import InputError, Place
from kg.facts.build import Document
from kg.facts.names import nearest
from kg.facts.structure import MAX_ERRORS, gathered
from kg.namespaces import (
    ACTOR,
    DERIVED,
    DIP,
    GRAPH,
    RDF,
    RDFS,
    REGISTER_GRAPH,
    SCHEMA,
    SOURCE,
    VOCABULARY_GRAPH,
    graph_of,
    shorten,
)
from kg.rdf import BlankNode, Literal, NamedNode, Quad, Term, parse
from kg.vocabulary import Vocabulary

_RESERVED = (VOCABULARY_GRAPH, REGISTER_GRAPH)


def read_rdf(
    data: bytes,
    format: str,
    *,
    file: str,
    vocabulary: Vocabulary,
    actors: frozenset[str],
    source: str | None = None,
) -> tuple[Document, ...]:
    """Returns what each source of an RDF document asserts.

    Args:
        data: The document, UTF-8.
        format: A key of `kg.rdf.FORMATS`.
        file: What messages call it.
        vocabulary: Which classes are sources.
        actors: Slugs of the register.
        source: IRI of the one that what stands in no graph belongs to, if that is known.

    Raises:
        InputError: It cannot be read, describes no source or several in one graph, or puts triples
            where only we do.
        InputErrors: It names actors that nobody knows, or says something of our terms; all of them.
    """
    graphs: dict[str, list[Quad]] = defaultdict(list)
    lines = _Lines(data.decode("utf-8", "replace"), file)
    for quad in parse(data, format, file=file):
        if isinstance(quad.graph_name, BlankNode):
            raise InputError(
                f"a graph is a blank node: call it {GRAPH}... after its source",
                lines.place(str(quad.graph_name)),
            )
        name = quad.graph_name.value if isinstance(quad.graph_name, NamedNode) else ""
        graphs[name].append(quad)
    kinds = _kinds_of_source(vocabulary)
    found: dict[str, list[Quad]] = defaultdict(list)
    for name, quads in graphs.items():
        own = source if source and not name else _source_of(name, quads, kinds, lines)
        found[own].extend(quads)
    if not found:
        raise InputError("there is nothing in it", Place(file, 1))
    documents = tuple(_document(source, quads, lines) for source, quads in sorted(found.items()))
    if errors := [error for one in documents for error in _errors(one, actors, lines)]:
        raise gathered(errors)
    return documents


def _kinds_of_source(vocabulary: Vocabulary) -> set[str]:
    """Returns the classes below `dip:Source`, however deep, and itself."""
    below: dict[str, list[str]] = defaultdict(list)
    for quad in vocabulary.quads:
        if quad.predicate.value == RDFS + "subClassOf" and isinstance(quad.subject, NamedNode):
            below[getattr(quad.object, "value", "")].append(quad.subject.value)
    kinds: set[str] = set()
    ahead = [DIP + "Source"]
    while ahead:
        if (kind := ahead.pop()) not in kinds:
            kinds.add(kind)
            ahead.extend(below[kind])
    return kinds


# An IRI in brackets or quotes, or the local part of a prefixed name.
_NAME = re.compile(r"""[<"'](?P<iri>[^<>"'\s]+)[>"']|(?<![\w-])[\w-]*:(?P<local>(?:[\w.-]|\\.)+)""")


class _Lines:
    """Where the nodes of an RDF document are first told of, as near as its text shows.

    The text is gone through once: a search for each node takes minutes for thousands of them.
    """

    def __init__(self, text: str, file: str) -> None:
        self.file = file
        self._exact: dict[str, Place] = {}
        self._ends: dict[str, Place] = {}
        for number, line in enumerate(text.splitlines(), start=1):
            for name in _NAME.finditer(line):
                if name["iri"] in self._exact:
                    continue
                place = Place(file, number, name.start() + 1)
                if name["iri"]:
                    self._exact.setdefault(name["iri"], place)
                written = name["iri"] or name["local"].replace("\\", "").rstrip(".")
                self._ends.setdefault(_end(written), place)

    def place(self, iri: str) -> Place:
        return self._exact.get(iri) or self._ends.get(_end(iri)) or Place(self.file, 1)


def _end(iri: str) -> str:
    return re.split("[/#:]", iri)[-1]


def _source_of(name: str, quads: list[Quad], kinds: set[str], lines: _Lines) -> str:
    """Returns the source that a graph belongs to."""
    if name in _RESERVED or name.endswith(DERIVED):
        raise InputError(
            f"the graph {shorten(name)} is not for documents: "
            "load what sources assert, as `kg dump` writes it",
            lines.place(name),
        )
    if name == GRAPH:
        message = f"the graph {GRAPH} names no source: call it {GRAPH}... after its source"
        raise InputError(message, lines.place(name))
    if name and not name.startswith(GRAPH):
        raise InputError(
            f"the graph {name} is no source's: call it {GRAPH}... after its source",
            lines.place(name),
        )
    if name:
        return SOURCE + name.removeprefix(GRAPH)
    described = sorted(
        {
            quad.subject.value
            for quad in quads
            if quad.predicate.value == RDF + "type"
            and isinstance(quad.object, NamedNode)
            and quad.object.value in kinds
            and isinstance(quad.subject, NamedNode)
        }
    )
    if len(described) != 1:
        what = "several sources: put each in its own graph" if described else (
            "no source: say <source/...> a dip:NewsArticle, dip:Readout or the like"
        )  # fmt: skip
        at = lines.place(described[1]) if described else Place(lines.file, 1)
        raise InputError(f"the document describes {what}", at)
    if not described[0].startswith(SOURCE):
        message = f"the source {described[0]} is to be called {SOURCE}..."
        raise InputError(message, lines.place(described[0]))
    return described[0]


def _document(source: str, quads: list[Quad], lines: _Lines) -> Document:
    graph = NamedNode(graph_of(source))
    taken = {
        term.value for q in quads for term in (q.subject, q.object) if isinstance(term, NamedNode)
    }
    free = (NamedNode(iri) for n in count(1) if (iri := f"{source}/node-{n}") not in taken)
    blanks: dict[str, NamedNode] = {}

    def named(term: Term) -> Term:
        if isinstance(term, BlankNode):
            if term.value not in blanks:
                blanks[term.value] = next(free)
            return blanks[term.value]
        return term

    own = tuple(
        dict.fromkeys(
            Quad(named(q.subject), q.predicate, named(q.object), graph)  # type: ignore[arg-type]
            for q in quads
        )
    )
    subjects = {q.subject.value for q in own if isinstance(q.subject, NamedNode)}
    places = {iri: lines.place(iri) for iri in subjects}
    return Document(source, _label(source, own), own, places, lines.file)


def _errors(document: Document, actors: frozenset[str], lines: _Lines) -> list[InputError]:
    """Returns what a document may not say: of our terms anything, of actors that nobody knows."""
    found: list[InputError] = []
    for iri in sorted(iri for iri in document.places if iri.startswith(DIP)):
        message = f"{shorten(iri)} is a term of the vocabulary: say that in ontology/"
        found.append(InputError(message, lines.place(iri)))
    objects = {q.object.value for q in document.quads if isinstance(q.object, NamedNode)}
    named = {iri.removeprefix(ACTOR) for iri in objects if iri.startswith(ACTOR)}
    described = {iri.removeprefix(ACTOR) for iri in document.places}
    for slug in sorted(named - described - actors):
        # A search takes a millisecond: none for thousands of mistakes that are not shown.
        near = nearest(slug, actors) if len(found) < MAX_ERRORS else None
        hint = f": did you mean {near}?" if near else ""
        found.append(InputError(f"no actor is called {slug!r}{hint}", lines.place(ACTOR + slug)))
    return found


def _label(source: str, quads: tuple[Quad, ...]) -> str:
    told: Mapping[str, str] = {
        q.predicate.value: q.object.value
        for q in quads
        if isinstance(q.subject, NamedNode)
        and q.subject.value == source
        and isinstance(q.object, Literal)
    }
    return told.get(RDFS + "label") or told.get(SCHEMA + "headline") or source.removeprefix(SOURCE)
