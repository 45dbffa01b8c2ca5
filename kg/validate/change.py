"""What a change can affect: found from the shapes, copied out, and judged there."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

from kg.rdf import BlankNode, Literal, NamedNode, Quad, Rows, Term, Triple
from kg.store import Reader
from kg.validate.compiled.footprint import Footprints, Step
from kg.validate.compiled.watch import EVERY

WIDE: Final = 5_000
"""How many nodes a change may affect, and edges be copied, before the whole is judged instead."""


State: TypeAlias = tuple[Term, int]
"""A node, and the state of the footprints that it is in."""


class TooWide(Exception):
    """A change can affect more than is worth copying."""


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """What a change can affect.

    Attributes:
        roots: Nodes that may be judged otherwise than before, at the start of the shape.
        quads: All that judging them looks at, as it is after the change.
    """

    roots: frozenset[State]
    quads: frozenset[Quad]


def neighbourhood(
    footprints: Footprints,
    reader: Reader,
    added: Iterable[Quad],
    removed: Iterable[Quad],
    graphs: Iterable[str],
) -> Neighbourhood:
    """Returns what a change can affect.

    Args:
        footprints: Of the shapes.
        reader: The data before the change.
        added: Quads that come in.
        removed: Quads that go.
        graphs: Names of the graphs that are judged together; none are all.

    Raises:
        TooWide: That is more than `WIDE`, or cannot be followed.
    """
    edges = _Edges(reader, frozenset(added), frozenset(removed), frozenset(graphs))
    onward, backward = defaultdict(list), defaultdict(list)
    for step in footprints.steps:
        onward[step.source].append(step)
        backward[step.target].append(replace(step, source=step.target, target=step.source))
    touched = {
        (quad.object if step.inverse else quad.subject, step.source)
        for quad in edges.changed()
        for step in footprints.steps
        if step.iri in {EVERY, quad.predicate.value}
    }
    reached = _closure(touched, backward, edges, back=True)
    roots = frozenset(one for one in reached if one[1] in footprints.starts)
    _closure(set(roots), onward, edges, back=False)
    return Neighbourhood(roots, frozenset(edges.copied))


def _closure(
    begun: set[State], ways: Mapping[int, list[Step]], edges: "_Edges", *, back: bool
) -> set[State]:
    """Returns every state of a node that steps lead to; without `back` the edges are copied."""
    reached, fresh = set(begun), begun
    while fresh:
        on = [
            (Look(node, step.iri, step.inverse != back), step.target)
            for node, state in fresh
            for step in ways[state]
        ]
        found = edges.follow({look for look, _ in on}, back=back)
        fresh = {(node, target) for look, target in on for node in found[look]} - reached
        reached |= fresh
        if len(reached) > WIDE:
            raise TooWide
    return reached


@dataclass(frozen=True, slots=True)
class Look:
    """A look along edges: from a node by a property, or `EVERY`, perhaps against the direction."""

    node: Term
    iri: str
    inverse: bool

    def group(self) -> str:
        """Returns the pattern of what is found; it begins at a term, so the index finds it."""
        predicate = "?p" if self.iri == EVERY else str(NamedNode(self.iri))
        ends = (str(self.node), "?x")[:: -1 if self.inverse else 1]
        return f"{ends[0]} {predicate} {ends[1]}"

    def quad(self, predicate: Term | None, other: Term | None, graph: Term | None) -> Quad:
        """Returns what was found as a quad."""
        named = NamedNode(self.iri) if self.iri != EVERY else predicate
        start, end = (self.node, other)[:: -1 if self.inverse else 1]
        return Quad(start, named, end, graph)  # type: ignore[arg-type]

    def finds(self, quad: Quad) -> bool:
        """Whether a quad is such an edge."""
        end = quad.object if self.inverse else quad.subject
        return end == self.node and self.iri in {EVERY, quad.predicate.value}


@dataclass(slots=True)
class _Edges:
    """The graph as it was, as it will be, and what of it was copied."""

    reader: Reader
    added: frozenset[Quad]
    removed: frozenset[Quad]
    graphs: frozenset[str]
    copied: set[Quad] = field(default_factory=set)

    def changed(self) -> Iterator[Quad]:
        """Yields what is in the graph after the change and was not before, or the reverse."""
        every = self.added | self.removed
        looks = {Look(quad.subject, quad.predicate.value, inverse=False) for quad in every}
        before = {quad for found in self._ask(looks).values() for quad in found}
        was = {quad.triple for quad in before}
        stays = {quad.triple for quad in (before - self.removed) | self.added}
        yield from (quad for quad in every if (quad.triple in was) != (quad.triple in stays))

    def follow(self, looks: set[Look], *, back: bool) -> dict[Look, set[Term]]:
        """Returns the nodes that edges lead to.

        Args:
            looks: Where to look.
            back: In the graph as it was and as it will be; else as it will be, and copy that.
        """
        found = self._ask(looks)
        for look in looks:
            found[look] |= {quad for quad in self.added if look.finds(quad)}
            if not back:
                found[look] -= self.removed - self.added
                self.copied |= found[look]
        if len(self.copied) > WIDE:
            raise TooWide
        return {
            look: {quad.subject if look.inverse else quad.object for quad in found[look]}
            for look in looks
        }

    def _ask(self, looks: set[Look]) -> dict[Look, set[Quad]]:
        """Returns what there is before the change."""
        if any(isinstance(look.node, BlankNode | Triple) for look in looks):
            raise TooWide  # no query can name it
        asked = [one for one in looks if one.inverse or isinstance(one.node, NamedNode)]
        found: dict[Look, set[Quad]] = {look: set() for look in looks}
        branches = (
            f"{{ GRAPH ?g {{ {look.group()} }} BIND({number} AS ?n) }}"
            for number, look in enumerate(asked)
        )
        names = ", ".join(str(NamedNode(name)) for name in sorted(self.graphs))
        within = f"FILTER(?g IN ({names}))" if names else ""
        text = " UNION ".join(branches)
        query = f"SELECT ?n ?p ?x ?g {{ {{ {text} }} {within} }} LIMIT {WIDE + 1}"
        rows = self.reader.query(query) if text else Rows((), ())
        if not isinstance(rows, Rows) or len(rows.rows) > WIDE:
            raise TooWide
        for number, predicate, other, graph in rows.rows:
            look = asked[int(number.value)] if isinstance(number, Literal) else asked[0]
            found[look].add(look.quad(predicate, other, graph))
        return found
