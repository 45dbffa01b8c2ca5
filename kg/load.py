"""The gate: read, derive, judge, and only then replace the source, in one transaction."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kg.derive import derive, read_rules
from kg.errors import Misuse, NotConforming, Place
from kg.facts import Document, Register, read_documents, read_register
from kg.namespaces import DERIVED, GRAPH, RDFS, VOCABULARY_GRAPH
from kg.rdf import Literal, NamedNode, Quad, Rows, serialize
from kg.store import Background, Reader, Writer
from kg.validate import REPORTS, Judge, Judged, located, open_judge, read_shapes
from kg.vocabulary import Vocabulary, load_vocabulary


@dataclass(frozen=True, slots=True)
class House:
    """What every document is read and judged with, read once."""

    vocabulary: Vocabulary
    register: Register
    rules: tuple[str, ...]
    shapes: tuple[Quad, ...]
    background: Background
    judge: Judge


@dataclass(frozen=True, slots=True)
class Checked:
    """One source of a file, with what the rules derive from it and what the shapes say of it."""

    document: Document
    derived: tuple[Quad, ...]
    judged: Judged


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of one source, whether the store is another one now, whether it is a draft."""

    source: str
    label: str
    quads: int
    changed: bool
    judged: Judged
    draft: bool = False


class Refused(NotConforming):
    """Sources that the shapes keep out, with what they say of each."""

    def __init__(self, judged: Sequence[Judged]) -> None:
        super().__init__(REPORTS["text"](judged).rstrip())
        self.judged = tuple(judged)


def read_house(project: Path | None = None) -> House:
    """Returns vocabulary, register, rules and shapes, shipped ones and a project's own.

    Raises:
        InputError: One of them cannot be read.
    """
    vocabulary = load_vocabulary(project)
    register = read_register(vocabulary, project)
    rules = read_rules(project)
    graph = NamedNode(VOCABULARY_GRAPH)
    terms = (Quad(q.subject, q.predicate, q.object, graph) for q in vocabulary.quads)
    context = (*terms, *register.quads)
    quads = (*context, *derive(register.quads, vocabulary.quads, rules))
    told = serialize(context, "nq") + "\0".join(rules).encode()
    background = Background(
        quads, hashlib.sha256(told).hexdigest(), lambda asserted: derive(asserted, context, rules)
    )
    shapes = read_shapes(vocabulary, project)
    judge = open_judge(shapes, background.quads)
    return House(vocabulary, register, rules, shapes, background, judge)


def check(path: Path, house: House, source: str | None = None) -> list[Checked]:
    """Returns what the shapes say of each source of a file.

    Args:
        path: The file.
        house: What it is read and judged with.
        source: IRI of the only one that may be in it, if that is so.

    Raises:
        InputError: It cannot be read.
        Misuse: Another source is in it.
    """
    documents = read_documents(
        path, vocabulary=house.vocabulary, register=house.register, source=source
    )
    other = [one.source for one in documents if one.source != source]
    if source is not None and other:
        raise Misuse(f"the document is about {other[0]}, not about {source}")
    return [_checked(document, house) for document in documents]


def check_store(store: Reader, house: House, name: str) -> Judged:
    """Returns what the shapes say of everything in a store, asked where it is.

    The place of a finding is the source that tells of its node.

    Args:
        store: The store.
        house: What to judge with.
        name: What the report calls the store.
    """
    report = house.judge.report(store)
    nodes = sorted({NamedNode(one.focus) for one in report.findings}, key=str)
    found = store.query(
        f"SELECT ?node ?graph ?label {{ VALUES ?node {{ {' '.join(map(str, nodes))} }} "
        f"GRAPH ?graph {{ ?node a ?class }} OPTIONAL {{ ?node <{RDFS}label> ?label }} }} "
        "ORDER BY ?node ?graph ?label"
    )
    labels, places = {}, {}
    for node, graph, label in reversed(found.rows if isinstance(found, Rows) else ()):
        if isinstance(node, NamedNode) and isinstance(graph, NamedNode):
            places[node.value] = Place(graph.value.removeprefix(GRAPH).removesuffix(DERIVED))
            labels[node.value] = label.value if isinstance(label, Literal) else ""
    return located(name, report, lambda node, _: places.get(node, Place(name)), labels)


def _checked(document: Document, house: House) -> Checked:
    derived = tuple(house.background.derive(document.quads))
    own = (*document.quads, *derived)
    report = house.judge.judge(own)
    labels = {
        quad.subject.value: quad.object.value
        for quad in own
        if quad.predicate.value == RDFS + "label"
        and isinstance(quad.subject, NamedNode)
        and isinstance(quad.object, Literal)
    }
    judged = located(document.file, report, document.locate, labels)
    return Checked(document, derived, judged)


def load(
    store: Writer,
    path: Path,
    house: House,
    *,
    recorded_by: str,
    fail_on: str = "violation",
    source: str | None = None,
) -> list[Loaded]:
    """Takes a file through the gate into the store, each of its sources in one transaction.

    Args:
        store: Where it goes.
        path: The file.
        house: What it is read and judged with.
        recorded_by: Who loads it.
        fail_on: How much a finding weighs that keeps a source out.
        source: IRI of the only one that may be in it, if that is so.

    Raises:
        InputError: It cannot be read.
        Misuse: Another source is in it.
        Refused: A source has findings that weigh as much as `fail_on`; none entered.
        StoreError: The store cannot be written. In each case the store is as it was.
    """
    found = check(path, house, source)
    refused = [one.judged for one in found if not one.judged.conforms(fail_on)]
    if refused:
        raise Refused(refused)
    return [
        Loaded(
            one.document.source,
            one.document.label,
            len(one.document.quads),
            store.replace(
                one.document.source,
                one.document.quads,
                one.derived,
                label=one.document.label,
                recorded_by=recorded_by,
            ),
            one.judged,
            one.document.draft,
        )
        for one in found
    ]
