"""From one source's quads to findings: the compiled engine, with pySHACL for what it leaves out."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from typing import Final

from kg.namespaces import DIP, RDF, SH
from kg.rdf import Literal, NamedNode, Quad, Rows, Term, parse
from kg.store import Reader, in_memory
from kg.validate.change import Neighbourhood, TooWide, neighbourhood
from kg.validate.compiled import Compiled, NotSupported, Result, compile_shapes, run
from kg.validate.compiled.footprint import Footprints
from kg.validate.compiled.graph import Graph
from kg.validate.compiled.model import NotCompiled
from kg.validate.compiled.read import IMPLICIT, may_not_end
from kg.validate.compiled.watch import unkept, watched
from kg.validate.context import Context
from kg.validate.findings import Finding, Report
from kg.validate.reference import Words, reference
from kg.validate.results import findings

_TARGETS: Final = frozenset(
    SH + name for name in ("targetNode", "targetClass", "targetSubjectsOf", "targetObjectsOf")
)


def validate(source: Iterable[Quad], context: Iterable[Quad], shapes: Iterable[Quad]) -> Report:
    """Returns what the shapes find wrong with one source; `open_judge` is for several.

    Args:
        source: Its asserted and derived quads; only its nodes are judged.
        context: The vocabulary and the register, which its nodes point into.
        shapes: As `read_shapes` gives them.
    """
    return open_judge(shapes, context).judge(source)


def open_judge(shapes: Iterable[Quad], context: Iterable[Quad]) -> "Judge":
    """Returns what judges sources; the shapes are compiled once.

    Args:
        shapes: As `read_shapes` gives them.
        context: The vocabulary and the register, which the nodes of a source point into.

    Raises:
        NotSupported: A shape asks what nothing here can judge.
    """
    rules = tuple(shapes)
    return Judge(rules, tuple(context), compile_shapes(rules))


@dataclass(frozen=True)
class Judge:
    """Shapes, and what is known besides the sources that they judge.

    Attributes:
        shapes: The shapes graph.
        context: The vocabulary and the register.
        compiled: The shapes, compiled.
    """

    shapes: tuple[Quad, ...]
    context: tuple[Quad, ...]
    compiled: Compiled

    def judge(self, source: Iterable[Quad] | bytes) -> Report:
        """Returns what is wrong with a source, or with a batch of one.

        Args:
            source: Asserted and derived quads in named graphs of their own, or the N-Quads of
                them. A batch holds whole events: what its nodes point to is in it or in the
                context.
        """
        if isinstance(source, bytes):
            with in_memory(self.context, source) as reader:
                quads = parse(source, "nq", file="N-Quads")
                return self.suited(source).report(reader, chain(self.context, quads))
        own = tuple(source)
        with in_memory(self.beside(own), own) as reader:
            return self.suited(own).report(reader, chain(self.context, own))

    def beside(self, source: Collection[Quad]) -> Iterable[Quad]:
        """Returns what of the context judging the nodes of a source can look at."""
        # Where a result may be of another node than the target that led to it, that one may be of
        # the context.
        if any(query.violation.through for query in self.compiled.queries):
            return self.context
        try:
            return self._sorted_context.of(source)
        except NotCompiled:
            return self.context

    @cached_property
    def _sorted_context(self) -> Context:
        return Context(self.context, self._footprints.steps)

    def suited(self, data: Iterable[Quad] | bytes) -> "Judge":
        """Returns what can judge such data: pySHACL, if a store would keep a literal otherwise.

        Args:
            data: As `judge` takes it.
        """
        if not (changed := self._unkept | unkept(data, self._watched)):
            return self
        if self._may_not_end:
            raise NotSupported(
                f"{min(str(one) for one in changed)} is not in the form that a store keeps, and "
                "there are patterns among the shapes, which pySHACL may never be done with: "
                "write it in its canonical form"
            )
        return replace(self, compiled=self.compiled.left_out("a literal's form would be lost"))

    def change(
        self,
        reader: Reader,
        added: Iterable[Quad],
        removed: Iterable[Quad] = (),
        graphs: Iterable[str] = (),
    ) -> Report:
        """Returns what is wrong, after a change, with the nodes that it can affect.

        What those are follows from the shapes. They are copied with all that judging them looks
        at, and judged there; where that is too much, all is judged.

        Args:
            reader: The data before the change, the context among it.
            added: Quads that come in, derived ones too.
            removed: Quads that go, likewise.
            graphs: Names of the graphs of the source that changes; without, all are taken as one.
        """
        come, go = frozenset(added), frozenset(removed)
        names = {*graphs, *self._context_graphs} if graphs else ()
        near = self._neighbourhood(reader, come, go, names)
        if near is None:
            kept = (q for name in names or (None,) for q in reader.quads(name) if q not in go)
            return self.judge(chain(kept, come))
        return self._near(near)

    def again(
        self,
        source: Collection[Quad],
        reader: Reader,
        added: Iterable[Quad],
        removed: Iterable[Quad],
        graphs: Iterable[str],
    ) -> Report:
        """Returns what is wrong with a source with which nothing was wrong before, as `judge` does.

        Only what the difference can affect is judged: with the rest nothing is wrong now either.

        Args:
            source: As it is now, as `judge` takes it.
            reader: Holds it as it was, and the context.
            added: What it has more now.
            removed: What it has no longer.
            graphs: Names of its graphs.
        """
        names = {*graphs, *self._context_graphs}
        near = self._neighbourhood(reader, frozenset(added), frozenset(removed), names)
        if near is None:
            return self.judge(source)
        # Where a finding may have come from is looked for among all that is said of its node.
        nodes = {node for node, _ in near.roots}
        about = frozenset(quad for quad in source if quad.subject in nodes)
        report = self._near(replace(near, quads=near.quads | about))
        return replace(report, focus_nodes=_number_of_nodes(source))

    def _neighbourhood(
        self,
        reader: Reader,
        added: frozenset[Quad],
        removed: frozenset[Quad],
        graphs: Collection[str],
    ) -> Neighbourhood | None:
        """Returns what a change can affect, or none where all has to be judged."""
        if self.compiled.uncovered or unkept(added, self._watched):
            return None
        try:
            return neighbourhood(self._footprints, reader, added, removed, graphs)
        except (TooWide, NotCompiled):
            return None

    def _near(self, near: Neighbourhood) -> Report:
        """Returns what is wrong with the nodes that a change can affect."""
        shapes = {start: shape.node for start, shape in self._footprints.starts.items()}
        roots = {(node, shapes[start]) for node, start in near.roots}
        touched = {shape for _, shape in roots}
        queries = [one for one in self.compiled.queries if one.root.node in touched]
        with in_memory(near.quads) as reader:
            found = run(queries, reader, Words(self.shapes, reader.quads))
            results = [one for root, target, one in found if (target, root.node) in roots]
            nodes = self._nodes(reader)
            told = self._findings(results, reader, nodes)
        judged = nodes & {node for node, _ in roots}
        return Report(told, self._number, len(judged), self._by_pyshacl)

    def report(self, reader: Reader, written: Iterable[Quad] | None = None) -> Report:
        """Returns what is wrong with what a reader holds besides the context.

        Args:
            reader: The data.
            written: The same, literals as they were written; without, as the reader keeps them.
        """
        results = tuple(self.results(reader, written))
        if not results:
            return Report((), self._number, self._count(reader), self._by_pyshacl)
        nodes = self._nodes(reader)
        found = self._findings(results, reader, nodes)
        return Report(found, self._number, len(nodes), self._by_pyshacl)

    def _findings(
        self, results: Iterable[Result], reader: Reader, nodes: set[Term | None]
    ) -> tuple[Finding, ...]:
        own = (one for one in results if one.focus in nodes)
        return tuple(sorted(findings(own, self._graph, reader)))

    def _nodes(self, reader: Reader) -> set[Term | None]:
        """Returns the nodes that are judged: the source's own."""
        found = reader.query(f"SELECT DISTINCT ?this {self._own}")
        return {row[0] for row in found.rows} if isinstance(found, Rows) else set()

    def _count(self, reader: Reader) -> int:
        """Returns how many nodes are judged, without fetching them."""
        found = reader.query(f"SELECT (COUNT(DISTINCT ?this) AS ?number) {self._own}")
        counts = (row[0] for row in found.rows) if isinstance(found, Rows) else ()
        return sum(int(count.value) for count in counts if isinstance(count, Literal))

    def results(self, reader: Reader, written: Iterable[Quad] | None = None) -> Iterator[Result]:
        """Yields every validation result, those on nodes of the context too; as `report`."""
        words = Words(self.shapes, reader.quads)
        yield from (result for _, _, result in run(self.compiled.queries, reader, words))
        if self.compiled.uncovered:
            data = reader.quads() if written is None else written
            yield from reference(data, self._uncovered_shapes())

    @cached_property
    def _unkept(self) -> frozenset[Literal]:
        return unkept(self.context, self._watched)

    @cached_property
    def _watched(self) -> frozenset[str]:
        return watched(self.compiled.shapes)

    @cached_property
    def _may_not_end(self) -> bool:
        return any(may_not_end(self._graph, shape.node) for shape in self.compiled.shapes)

    def _uncovered_shapes(self) -> Iterator[Quad]:
        """Yields the shapes graph without the targets of the shapes that are compiled."""
        covered = {shape.node for shape in self.compiled.shapes}
        classes = {NamedNode(iri) for iri in IMPLICIT}
        for quad in self.shapes:
            aims = quad.predicate.value in _TARGETS or quad.object in classes
            if not (aims and quad.subject in covered):
                yield quad

    @cached_property
    def _graph(self) -> Graph:
        return Graph(self.shapes)

    @property
    def _number(self) -> int:
        return len(self.compiled.shapes) + len(self.compiled.uncovered)

    @property
    def _by_pyshacl(self) -> tuple[str, ...]:
        return tuple(one.node.value for one in self.compiled.uncovered)

    @cached_property
    def _own(self) -> str:
        """The group of what is typed outside the context, with a class of ours."""
        graphs = ", ".join(str(NamedNode(name)) for name in sorted(self._context_graphs))
        ours = f"isIRI(?this) && STRSTARTS(STR(?class), {Literal(DIP)})"
        test = f"{ours} && ?g NOT IN ({graphs})" if graphs else ours
        return f"{{ GRAPH ?g {{ ?this <{RDF}type> ?class }} FILTER({test}) }}"

    @cached_property
    def _context_graphs(self) -> frozenset[str]:
        graphs = {quad.graph_name for quad in self.context}
        return frozenset(graph.value for graph in graphs if isinstance(graph, NamedNode))

    @cached_property
    def _footprints(self) -> Footprints:
        footprints = Footprints()
        for shape in self.compiled.shapes:
            footprints.add(shape)
        return footprints


def _number_of_nodes(source: Iterable[Quad]) -> int:
    """Returns how many nodes of a source are judged."""
    return len(
        {
            quad.subject
            for quad in source
            if quad.predicate.value == RDF + "type"
            and isinstance(quad.subject, NamedNode)
            and isinstance(quad.object, NamedNode | Literal)
            and quad.object.value.startswith(DIP)
        }
    )
