"""What of vocabulary and register judging a source looks at: where its terms lead in them.

A source speaks of few of the actors and classes that there are. Judged beside all of them, most of
the time would go into what is no part of the source.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable

from kg.rdf import BlankNode, Quad, Term
from kg.validate.compiled.footprint import Step
from kg.validate.compiled.watch import EVERY


class Context:
    """The vocabulary and the register, by the nodes that edges are looked at from."""

    def __init__(self, quads: Iterable[Quad], steps: Iterable[Step]) -> None:
        """Sorts the quads.

        Args:
            quads: The vocabulary and the register.
            steps: Of the footprints of the shapes; the states they are in are not heeded.
        """
        ways = {(step.iri, step.inverse) for step in steps}
        self._about: dict[Term, list[Quad]] = defaultdict(list)
        self._edges: dict[Term, list[tuple[Quad, Term]]] = defaultdict(list)
        for quad in quads:
            self._about[quad.subject].append(quad)
            onward, back = (
                not ways.isdisjoint({(EVERY, inverse), (quad.predicate.value, inverse)})
                for inverse in (False, True)
            )
            # A message may tell all of a blank node.
            if onward or isinstance(quad.subject, BlankNode):
                self._edges[quad.subject].append((quad, quad.object))
            if back:
                self._edges[quad.object].append((quad, quad.subject))

    def of(self, source: Collection[Quad]) -> set[Quad]:
        """Returns what judging the nodes of a source looks at, and perhaps more."""
        subjects: set[Term] = {quad.subject for quad in source}
        reached = subjects | {quad.object for quad in source}
        # Where a finding may have come from is looked for among all that is said of its node.
        found = {quad for node in subjects for quad in self._about.get(node, ())}
        ahead = list(reached)
        while ahead:
            for quad, term in self._edges.get(ahead.pop(), ()):
                found.add(quad)
                if term not in reached:
                    reached.add(term)
                    ahead.append(term)
        return found
