"""What validation says: findings, and the report that holds them."""

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Severity = Literal["violation", "warning", "info"]

WEIGHT: dict[str, int] = {"info": 0, "warning": 1, "violation": 2, "never": 3}
"""How much each severity weighs against a threshold; nothing weighs as much as `never`."""

Route: TypeAlias = "str | tuple[str, tuple[Route, ...]]"
"""A property path: the IRI of a property; or `sequence` or the SHACL name of the way, and parts."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing that a shape says is wrong.

    Attributes:
        shape: IRI of the node shape.
        severity: Whether it keeps the source out.
        focus: The node that is wrong, an IRI or a blank node as N-Triples writes it.
        path: Where from the node, a property IRI, or empty where it is the node itself.
        value: What was found there, as N-Triples writes it, or empty.
        component: IRI of the kind of constraint.
        message: What is wrong, in words.
        hint: How to mend it.
        route: The whole path where there is one; `path` is empty where it is not one property.
        about: IRIs of the properties that it may be about, the likeliest first.
    """

    shape: str
    severity: Severity
    focus: str
    path: str
    value: str
    component: str
    message: str
    hint: str
    route: Route = field(default="", compare=False)
    about: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Report:
    """The findings on one source, sorted, and how much was looked at.

    Attributes:
        findings: Sorted by shape, then focus node.
        shapes: How many shapes judged.
        focus_nodes: How many nodes of the source were judged.
        by_pyshacl: IRIs of the shapes that pySHACL judged, since they are not compiled.
    """

    findings: tuple[Finding, ...]
    shapes: int
    focus_nodes: int
    by_pyshacl: tuple[str, ...] = ()

    def conforms(self, fail_on: str = "violation") -> bool:
        """Returns whether nothing weighs as much as the severity given; `never` always does."""
        return all(WEIGHT[finding.severity] < WEIGHT[fail_on] for finding in self.findings)
