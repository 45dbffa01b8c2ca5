"""Shapes as the compiler sees them: targets, paths and constraints, without their graph."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeAlias

from kg.errors import InputError
from kg.namespaces import SH
from kg.rdf import BlankNode, Literal, NamedNode
from kg.validate.findings import Route

Node: TypeAlias = NamedNode | BlankNode
Plain: TypeAlias = NamedNode | BlankNode | Literal
"""A term of RDF 1.1."""


class NotCompiled(Exception):
    """A shape that pySHACL has to judge; the message says what in it the compiler leaves out."""


class NotSupported(InputError):
    """A shape that nothing here can judge, and that may therefore not pass for judged.

    Attributes:
        shape: The shape with targets that it is, or is part of, where that is known.
    """

    shape: Node | None = None


@contextmanager
def judging(shape: Node) -> Iterator[None]:
    """Has what is not supported name the shape."""
    try:
        yield
    except NotSupported as error:
        error.shape = error.shape or shape
        raise


@dataclass(frozen=True, slots=True)
class Target:
    """Where a shape's focus nodes come from.

    Attributes:
        kind: `targetNode`, `targetClass` (implicit ones too), `targetSubjectsOf`,
            `targetObjectsOf`.
        value: The node, class or property.
    """

    kind: str
    value: Plain


@dataclass(frozen=True, slots=True)
class Select:
    """A constraint's query, its prefixes in front, `$PATH` and `$currentShape` in place."""

    text: str
    messages: tuple[Literal, ...]


@dataclass(frozen=True, slots=True)
class Constraint:
    """One thing that a shape asks of its value nodes.

    Attributes:
        name: Local name of the SHACL parameter: `minCount`, `class`, `or`.
        value: What the parameter is set to; of a list its head.
        terms: Members of the list of `in` and `languageIn`; of `closed` the properties allowed.
        shapes: Those of `not`, `and`, `or`, `xone`, `node`, `property`; of a qualified count the
            shape itself, then its siblings.
        flags: Of a pattern.
        select: Of `sparql`.
    """

    name: str
    value: Plain
    terms: tuple[Plain, ...] = ()
    shapes: tuple["Shape", ...] = ()
    flags: str = ""
    select: Select | None = None

    @property
    def component(self) -> str:
        """IRI of the constraint component."""
        name = "SPARQL" if self.name == "sparql" else self.name[0].upper() + self.name[1:]
        return f"{SH}{name}ConstraintComponent"


@dataclass(frozen=True, slots=True)
class Shape:
    """A node shape, or a property shape where there is a path.

    Attributes:
        node: Its node in the shapes graph.
        path: Empty for a node shape.
        targets: None for a shape that only others name.
        constraints: In the order of the shapes graph; none if the shape is deactivated.
        severity: As the shape says, or `sh:Violation`.
        messages: As the shape says.
    """

    node: Node
    path: Route
    targets: tuple[Target, ...]
    constraints: tuple[Constraint, ...]
    severity: NamedNode
    messages: tuple[Literal, ...]

    def parts(self) -> Iterator["Shape"]:
        """Yields the shape and every shape within it."""
        yield self
        for constraint in self.constraints:
            for shape in constraint.shapes:
                yield from shape.parts()


@dataclass(frozen=True, slots=True)
class Result:
    """A validation result of the W3C report, of either engine.

    Attributes:
        focus: The node that was judged.
        path: The path, or empty.
        value: The value node, if the component names one.
        component: IRI of the constraint component.
        severity: IRI of the severity.
        shape: The shape in the shapes graph, perhaps a blank node.
        messages: Sorted.
    """

    focus: Plain
    path: Route
    value: Plain | None
    component: str
    severity: str
    shape: Node
    messages: tuple[str, ...]
