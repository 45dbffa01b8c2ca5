"""From one source's quads to findings: the compiled engine, with pySHACL for what it leaves out."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from typing import Final

from kg.namespaces import DIP, RDF, SH
from kg.rdf import Literal, NamedNode, Quad, Rows, parse
from kg.store import Reader, in_memory
from kg.validate.compiled import Compiled, NotSupported, Result, compile_shapes, run
from kg.validate.compiled.graph import Graph
from kg.validate.compiled.read import IMPLICIT, may_not_end
from kg.validate.compiled.watch import unkept, watched
from kg.validate.findings import Report
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
        own = source if isinstance(source, bytes) else tuple(source)
        with in_memory(self.context, own) as reader:
            quads = parse(own, "nq", file="N-Quads") if isinstance(own, bytes) else own
            return self.suited(own).report(reader, chain(self.context, quads))

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

    def report(self, reader: Reader, written: Iterable[Quad] | None = None) -> Report:
        """Returns what is wrong with what a reader holds besides the context.

        Args:
            reader: The data.
            written: The same, literals as they were written; without, as the reader keeps them.
        """
        results = tuple(self.results(reader, written))
        judged = f"{{ GRAPH ?g {{ ?this <{RDF}type> ?class }} {self._own} }}"
        if not results:
            return Report((), self._number, _number(reader, judged), self._by_pyshacl)
        rows = reader.query(f"SELECT DISTINCT ?this {judged}")
        nodes = {row[0] for row in rows.rows} if isinstance(rows, Rows) else set()
        own = (one for one in results if one.focus in nodes)
        found = sorted(findings(own, self._graph, reader))
        return Report(tuple(found), self._number, len(nodes), self._by_pyshacl)

    def results(self, reader: Reader, written: Iterable[Quad] | None = None) -> Iterator[Result]:
        """Yields every validation result, those on nodes of the context too; as `report`."""
        yield from run(self.compiled, reader, Words(self.shapes, reader.quads))
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
        """The filter of what is typed outside the context, with a class of ours."""
        graphs = sorted({str(quad.graph_name) for quad in self.context})
        outside = f" && ?g NOT IN ({', '.join(graphs)})" if graphs else ""
        ours = f"isIRI(?this) && STRSTARTS(STR(?class), {Literal(DIP)})"
        return f"FILTER({ours}{outside})"


def _number(reader: Reader, group: str) -> int:
    found = reader.query(f"SELECT (COUNT(DISTINCT ?this) AS ?number) {group}")
    counts = (row[0] for row in found.rows) if isinstance(found, Rows) else ()
    return sum(int(count.value) for count in counts if isinstance(count, Literal))
