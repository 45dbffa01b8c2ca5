"""The gate: read, derive, judge, and only then replace the source, in one transaction."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from kg import __version__
from kg.derive import derive, read_rules
from kg.errors import Misuse, NotConforming, Place, StoreError
from kg.facts import Document, Register, read_documents, read_register
from kg.namespaces import DERIVED, RDFS, SOURCE, VOCABULARY_GRAPH, graph_of
from kg.placed import read_bytes
from kg.rdf import Literal, NamedNode, Quad, Rows
from kg.resources import Kind, files
from kg.store import Approving, Background, Incoming, Narrowable, Reader, Standing, Writer
from kg.validate import REPORTS, Judge, Judged, Report, located, open_judge, read_shapes
from kg.vocabulary import Vocabulary, load_vocabulary


class House:
    """What every document is read and judged with, shipped and a project's own.

    Each part is read when it is first asked for, once: who only asks a store needs none of them.
    Every part raises `InputError` where one of its files cannot be read.
    """

    def __init__(self, project: Path | None = None) -> None:
        self._project = project

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The ontology."""
        return load_vocabulary(self._project)

    @cached_property
    def register(self) -> Register:
        """The actors and their offices."""
        return read_register(self.vocabulary, self._project)

    @cached_property
    def rules(self) -> tuple[str, ...]:
        """What derives."""
        return read_rules(self._project)

    @cached_property
    def shapes(self) -> tuple[Quad, ...]:
        """What a source is judged by."""
        return tuple(read_shapes(self.vocabulary, self._project))

    @cached_property
    def judge(self) -> Judge:
        """The shapes, ready to judge."""
        return open_judge(self.shapes, self.background.quads)

    @cached_property
    def digest(self) -> str:
        """Changes when anything does that a source is judged with."""
        # Blank nodes are called another name each time.
        shapes = sorted(re.sub(r"_:\w+", "_:", str(quad)) for quad in self.shapes)
        return hashlib.sha256("\n".join((self.background.digest, *shapes)).encode()).hexdigest()

    @cached_property
    def background(self) -> Background:
        """What a store holds besides its sources."""
        return Background(self._quads, _digest(self._project), self._derived)

    @cached_property
    def _context(self) -> tuple[Quad, ...]:
        graph = NamedNode(VOCABULARY_GRAPH)
        terms = (Quad(q.subject, q.predicate, q.object, graph) for q in self.vocabulary.quads)
        return (*terms, *self.register.quads)

    @cached_property
    def _ground(self) -> Standing:
        return Standing(self._context)

    def _quads(self) -> tuple[Quad, ...]:
        vocabulary = Standing(self.vocabulary.quads)
        derived = derive(self.register.quads, vocabulary, self.rules)
        return (*self._context, *derived)

    def _derived(self, asserted: Iterable[Quad]) -> tuple[Quad, ...]:
        return derive(asserted, self._ground, self.rules)


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


_READ: tuple[tuple[Kind, str, str], ...] = (
    ("ontology", ".ttl", ""), ("facts", ".yaml", "actors"), ("queries", ".rq", "build"),
)  # fmt: skip


def _digest(project: Path | None) -> str:
    """Returns a digest of the files that a background is made of, and of who makes it."""
    told = hashlib.sha256(__version__.encode())
    for kind, suffix, under in _READ:
        for path in files(kind, (suffix,), under=under, project=project):
            data = read_bytes(path)
            told.update(f"{kind}/{path.name} {len(data)}\n".encode() + data)
    return told.hexdigest()


def read_house(project: Path | None = None) -> House:
    """Returns vocabulary, register, rules and shapes, shipped ones and a project's own."""
    return House(project)


def check(
    path: Path, house: House, source: str | None = None, store: Reader | None = None
) -> list[Checked]:
    """Returns what the shapes say of each source of a file.

    Args:
        path: The file.
        house: What it is read and judged with.
        source: IRI of the only one that may be in it, if that is so.
        store: May hold its sources in another form, which saves judging what has not changed.

    Raises:
        InputError: It cannot be read.
        Misuse: Another source is in it.
    """
    documents = read_documents(
        path, vocabulary=house.vocabulary, register=house.register, source=source
    )
    other = [one.source for one in documents if one.source != source]
    if source is not None and other:
        raise Misuse(
            f"the document is about {other[0]}, not about {source}: "
            f"put it to /graph/{other[0].removeprefix(SOURCE)}"
        )
    return [_checked(document, house, store) for document in documents]


def check_store(store: Reader, house: House, name: str) -> Judged:
    """Returns what the shapes say of everything in a store, source by source, as the gate judges.

    A server that can be relied on is asked where it is. The place of a finding is its source.

    Args:
        store: The store.
        house: What to judge with.
        name: What the report calls the store.
    """
    judged = [_judged(store, house, record.source) for record in store.sources()]
    findings = tuple(one for source in judged for one in source.findings)
    nodes = sum(source.focus_nodes for source in judged)
    by_pyshacl = {shape for source in judged for shape in source.by_pyshacl}
    shapes = max((source.shapes for source in judged), default=0)
    return Judged(name, findings, nodes, shapes, tuple(sorted(by_pyshacl)))


def _judged(store: Reader, house: House, source: str) -> Judged:
    graph = graph_of(source)
    narrowed = store.narrowed(source) if isinstance(store, Narrowable) else None
    if narrowed is not None:
        report = house.judge.report(narrowed)
    else:
        report = house.judge.judge((*store.quads(graph), *store.quads(graph + DERIVED)))
    nodes = " ".join(sorted({str(NamedNode(one.focus)) for one in report.findings}))
    labels = {}
    if nodes:
        found = store.query(
            f"SELECT ?node (MIN(?name) AS ?label) {{ VALUES ?node {{ {nodes} }} "
            f"?node <{RDFS}label> ?name }} GROUP BY ?node"
        )
        rows = found.rows if isinstance(found, Rows) else ()
        labels = {getattr(node, "value", ""): getattr(name, "value", "") for node, name in rows}
    place = Place(source.removeprefix(SOURCE))
    return located(source, report, lambda *_: place, labels)


def _checked(document: Document, house: House, store: Reader | None) -> Checked:
    derived = tuple(house.background.derive(document.quads))
    own = (*document.quads, *derived)
    report = _changed(own, document.source, house, store) or house.judge.judge(own)
    labels = {
        quad.subject.value: quad.object.value
        for quad in own
        if quad.predicate.value == RDFS + "label"
        and isinstance(quad.subject, NamedNode)
        and isinstance(quad.object, Literal)
    }
    judged = located(document.file, report, document.locate, labels)
    return Checked(document, derived, judged)


def _changed(
    own: tuple[Quad, ...], source: str, house: House, store: Reader | None
) -> Report | None:
    """Returns what the shapes say of a source that a store holds in a form that they approved."""
    graphs = (graph_of(source), graph_of(source) + DERIVED)
    try:
        if not isinstance(store, Approving) or store.approved(source) != house.digest:
            return None
        come, go = store.difference(source, own)
        return house.judge.again(own, store, come, go, graphs)
    except StoreError:  # a view that is damaged is made anew when the store is written
        return None


def load(
    store: Writer,
    path: Path,
    house: House,
    *,
    recorded_by: str,
    fail_on: str = "violation",
    source: str | None = None,
) -> list[Loaded]:
    """Takes a file through the gate into the store, none of its sources by half.

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
        StoreError: The store cannot be written.

    In each case the store is as it was; on a server some sources of a file may be in when it can no
    longer be written.
    """
    admitted = admit(path, house, fail_on, source, store)
    return enter(store, admitted, house, recorded_by=recorded_by)


def admit(
    path: Path,
    house: House,
    fail_on: str = "violation",
    source: str | None = None,
    store: Reader | None = None,
) -> list[Checked]:
    """Returns the sources of a file that may enter a store; arguments and errors as of `load`."""
    found = check(path, house, source, store)
    refused = [one.judged for one in found if not one.judged.conforms(fail_on)]
    if refused:
        raise Refused(refused)
    return found


def enter(
    store: Writer, admitted: Iterable[Checked], house: House, *, recorded_by: str
) -> list[Loaded]:
    """Puts sources that were admitted into a store, none of them by half.

    Raises:
        StoreError: The store cannot be written.
    """
    found = tuple(admitted)
    changed = store.replace_several(
        [
            Incoming(
                one.document.source,
                one.document.label,
                one.document.quads,
                one.derived,
                "" if one.judged.findings else house.digest,
            )
            for one in found
        ],
        recorded_by=recorded_by,
    )
    return [
        Loaded(
            one.document.source,
            one.document.label,
            len(one.document.quads),
            is_changed,
            one.judged,
            one.document.draft,
        )
        for one, is_changed in zip(found, changed, strict=True)
    ]
