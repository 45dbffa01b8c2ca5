"""A shapes graph that is asked for objects."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from kg.namespaces import RDF, SH
from kg.rdf import Literal, NamedNode, Quad, Triple
from kg.validate.compiled.model import NotCompiled, NotSupported, Plain

TRUE: Final = ("true", "1")


class Graph:
    """A shapes graph that is asked for objects."""

    def __init__(self, quads: Iterable[Quad]) -> None:
        self._objects: dict[tuple[Plain, str], list[Plain]] = defaultdict(list)
        self._about: dict[Plain, list[str]] = defaultdict(list)
        self._owners: dict[Plain, list[Plain]] = defaultdict(list)
        for quad in quads:
            if isinstance(quad.subject, Triple) or isinstance(quad.object, Triple):
                raise NotSupported("a triple inside a triple (RDF 1.2) is not for shapes")
            key = quad.subject, quad.predicate.value
            if quad.object not in self._objects[key]:
                self._objects[key].append(quad.object)
            self._owners[quad.object].append(quad.subject)
            if quad.predicate.value not in self._about[quad.subject]:
                self._about[quad.subject].append(quad.predicate.value)

    def subjects(self) -> Iterable[Plain]:
        """Returns every subject, in the order of the graph."""
        return self._about

    def subjects_of(self, node: Plain) -> list[Plain]:
        """Returns what points to a node, in the order of the graph."""
        return self._owners.get(node, [])

    def predicates(self, node: Plain) -> list[str]:
        """Returns the properties of a node, in the order of the graph."""
        return self._about.get(node, [])

    def objects(self, node: Plain, predicate: str) -> list[Plain]:
        """Returns the values of a property; a name without a colon is SHACL's."""
        iri = predicate if ":" in predicate else SH + predicate
        return self._objects.get((node, iri), [])

    def one(self, node: Plain, name: str) -> Plain | None:
        """Returns the one value of a property of SHACL's, or none.

        Raises:
            NotCompiled: There are several.
        """
        found = self.objects(node, name)
        if len(found) > 1:
            raise NotCompiled(f"sh:{name} is there more than once")
        return found[0] if found else None

    def items(self, head: Plain) -> tuple[Plain, ...]:
        """Returns the members of a list.

        Raises:
            NotCompiled: It is none.
        """
        found: list[Plain] = []
        seen: set[Plain] = set()
        while head != NamedNode(RDF + "nil"):
            first, rest = self.objects(head, RDF + "first"), self.objects(head, RDF + "rest")
            if len(first) != 1 or len(rest) != 1 or head in seen:
                raise NotCompiled("a list is broken")
            seen.add(head)
            found.append(first[0])
            head = rest[0]
        return tuple(found)

    def flag(self, node: Plain, name: str) -> bool:
        """Returns whether a property of SHACL's is true."""
        value = self.one(node, name)
        return isinstance(value, Literal) and value.value in TRUE
