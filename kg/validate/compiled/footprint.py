"""What judging a node may look at: the edges within reach of it, derived from a shape.

A footprint is an automaton. It starts at a node that is judged; a step along an edge of the graph
leads to another state at another node. Edges that no step takes do not matter to the node.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count
from typing import Final, TypeAlias

from kg.namespaces import RDF, RDFS
from kg.validate.compiled.model import Constraint, NotCompiled, Select, Shape, Target
from kg.validate.compiled.triples import Pattern, patterns_of
from kg.validate.compiled.watch import EVERY
from kg.validate.findings import Route

CLASS: Final[Route] = (
    "sequence",
    (RDF + "type", ("zeroOrMorePath", (RDFS + "subClassOf",))),
)
States: TypeAlias = frozenset[int]


@dataclass(frozen=True, slots=True)
class Step:
    """One way on.

    Attributes:
        source: The state it begins in.
        iri: The property of the edge, or `EVERY`.
        inverse: Whether it goes from the object to the subject.
        target: The state it ends in.
    """

    source: int
    iri: str
    inverse: bool
    target: int


@dataclass(slots=True)
class Footprints:
    """The footprints of several shapes, in one automaton.

    Attributes:
        steps: Of all shapes.
        starts: The start of each shape's part.
    """

    steps: list[Step] = field(default_factory=list)
    starts: dict[int, Shape] = field(default_factory=dict)
    _states: Iterable[int] = field(default_factory=count)

    def add(self, shape: Shape) -> None:
        """Adds the footprint of a shape with targets.

        Raises:
            NotCompiled: A query in it may look at anything.
        """
        start = self._fresh()
        self.starts[start] = shape
        here = frozenset((start,))
        self._route(here, RDF + "type")
        for target in shape.targets:
            self._target(here, target)
        self._shape(here, shape)

    def _fresh(self) -> int:
        return next(iter(self._states))

    def _target(self, here: States, target: Target) -> None:
        if target.kind == "targetClass":
            self._route(here, CLASS)
        elif target.kind != "targetNode":
            self._route(here, target.value.value, inverse=target.kind == "targetObjectsOf")

    def _shape(self, here: States, shape: Shape) -> None:
        values = self._route(here, shape.path) if shape.path else here
        for constraint in shape.constraints:
            self._constraint(here, values, constraint)

    def _constraint(self, here: States, values: States, constraint: Constraint) -> None:
        if constraint.name == "class":
            self._route(values, CLASS)
        elif constraint.name in {"equals", "disjoint", "lessThan", "lessThanOrEquals"}:
            self._route(here, constraint.value.value)
        elif constraint.name == "closed":
            self._route(values, EVERY)
        elif constraint.select is not None:
            self._select(here, constraint.select)
        for shape in constraint.shapes:
            self._shape(values, shape)

    def _select(self, here: States, select: Select) -> None:
        patterns = patterns_of(select)
        if patterns is None:
            raise NotCompiled("a query that may look at anything")
        known: dict[str, States] = {"?this": here}
        same: list[tuple[int, int]] = []
        left = list(patterns)
        while left:
            pattern = next((p for p in left if p.subject in known or p.object in known), None)
            if pattern is None:
                raise NotCompiled("a query that looks at what $this does not lead to")
            left.remove(pattern)
            same += self._pattern(known, pattern)
        self._join(same)

    def _pattern(self, known: dict[str, States], pattern: Pattern) -> list[tuple[int, int]]:
        """Adds the steps of a triple pattern; returns which states are those of its other end."""
        inverse = pattern.subject not in known
        start, end = (pattern.object, pattern.subject)[:: 1 if inverse else -1]
        reached = self._route(known[start], pattern.path, inverse=inverse)
        if not end.startswith("?"):
            return []
        here = known.setdefault(end, frozenset((self._fresh(),)))
        return [(state, other) for state in sorted(reached) for other in sorted(here)]

    def _join(self, same: list[tuple[int, int]]) -> None:
        """Lets states go on as the states do that they are the same as."""
        known = set(self.steps)
        while True:
            more = {
                Step(state, step.iri, step.inverse, step.target)
                for state, other in same
                for step in known
                if step.source == other
            } - known
            if not more:
                return
            known |= more
            self.steps += sorted(more, key=lambda step: (step.source, step.target))

    def _route(self, here: States, route: Route, *, inverse: bool = False) -> States:
        """Adds the steps of a path, and returns the states that it ends in."""
        if isinstance(route, str):
            target = self._fresh()
            self.steps += (Step(state, route, inverse, target) for state in sorted(here))
            return frozenset((target,))
        way, parts = route
        if way == "sequence":
            for part in parts[::-1] if inverse else parts:
                here = self._route(here, part, inverse=inverse)
            return here
        if way == "alternativePath":
            return frozenset().union(*(self._route(here, part, inverse=inverse) for part in parts))
        if way == "inversePath":
            return self._route(here, parts[0], inverse=not inverse)
        before = len(self.steps)
        there = self._route(here, parts[0], inverse=inverse)
        if way != "zeroOrOnePath":
            again = [step for step in self.steps[before:] if step.source in here]
            self.steps += (
                Step(state, step.iri, step.inverse, step.target)
                for step in again
                for state in there - here
            )
        return there if way == "oneOrMorePath" else here | there
