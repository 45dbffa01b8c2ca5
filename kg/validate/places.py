"""Findings where they are: file, line, column, and what the node is called."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from kg.errors import Place
from kg.validate.findings import WEIGHT, Finding, Report, Route


@dataclass(frozen=True, slots=True)
class Located:
    """A finding where it is.

    Attributes:
        place: File, line and column.
        rule: Local name of the shape, or `reading` for what could not be read at all.
        severity: `violation`, `warning` or `info`.
        node: What the focus node is called.
        message: What is wrong.
        hint: How to mend it.
        focus: IRI of the focus node, or empty.
        path: IRI of the property, or empty.
        value: What was found there, as N-Triples writes it, or empty.
        component: IRI of the kind of constraint, or empty.
        shape: IRI of the shape, or empty.
        route: The whole path, or empty.
    """

    place: Place
    rule: str
    severity: str
    node: str
    message: str
    hint: str = ""
    focus: str = ""
    path: str = ""
    value: str = ""
    component: str = ""
    shape: str = ""
    route: Route = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of one file.

    Attributes:
        file: What it is called.
        findings: By place.
        focus_nodes: How many nodes were looked at.
        shapes: How many shapes looked at them.
        by_pyshacl: Local names of the shapes that pySHACL judged, since they are not compiled.
    """

    file: str
    findings: tuple[Located, ...]
    focus_nodes: int = 0
    shapes: int = 0
    by_pyshacl: tuple[str, ...] = ()

    def conforms(self, fail_on: str) -> bool:
        """Returns whether nothing weighs as much as the severity given; `never` always does."""
        return all(WEIGHT[one.severity] < WEIGHT[fail_on] for one in self.findings)

    def counts(self) -> dict[str, int]:
        """Returns how many findings there are of each severity, the gravest first."""
        told = [one.severity for one in self.findings]
        return {severity: told.count(severity) for severity in ("violation", "warning", "info")}


def located(
    file: str,
    report: Report,
    locate: Callable[[str, str], Place],
    labels: dict[str, str],
) -> Judged:
    """Returns a report whose findings have places and names.

    Args:
        file: What the file is called.
        report: From the engine.
        locate: Gives the place of a node's property, as `Document.locate`.
        labels: What nodes are called, by IRI.
    """
    found = (
        Located(
            place=_place(one, locate),
            rule=_local(one.shape),
            severity=one.severity,
            node=labels.get(one.focus) or one.focus.rsplit("/", 1)[-1],
            message=one.message,
            hint=one.hint,
            focus=one.focus,
            path=one.path,
            value=one.value,
            component=one.component,
            shape=one.shape,
            route=one.route,
        )
        for one in report.findings
    )
    ordered = sorted(found, key=lambda f: (f.place.line or 0, f.place.column or 0, f.rule))
    names = tuple(_local(iri) for iri in report.by_pyshacl)
    return Judged(file, tuple(ordered), report.focus_nodes, report.shapes, names)


def _local(iri: str) -> str:
    return re.split("[/#]", iri)[-1]


def _place(finding: Finding, locate: Callable[[str, str], Place]) -> Place:
    """Returns where the first property stands that the node has and the finding may be about."""
    node = locate(finding.focus, "")
    keys = (locate(finding.focus, iri) for iri in finding.about)
    return next((key for key in keys if key != node), node)
