"""The W3C's SHACL test suite, compiled and with pySHACL for the rest."""

from collections import Counter
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pytest

from kg.rdf import NamedNode, Quad, parse
from kg.store import in_memory
from kg.validate import open_judge
from kg.validate.compiled import NotSupported, Result
from kg.validate.compiled.graph import Graph
from kg.validate.compiled.read import route_of

SUITE = Path(__file__).parents[2] / "shared" / "conformance" / "shacl"
MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
SHT = "http://www.w3.org/ns/shacl-test#"

pytestmark = pytest.mark.skipif(not SUITE.is_dir(), reason="the W3C's suite is not there")


@dataclass(frozen=True)
class Case:
    """A test of the suite: what it judges, and the results it wants, or none for a failure."""

    name: str
    data: tuple[Quad, ...]
    shapes: tuple[Quad, ...]
    wanted: Counter | None


@cache
def quads_of(path: Path) -> tuple[Quad, ...]:
    return tuple(parse(path.read_bytes(), "ttl", file=str(path), base=path.as_uri()))


def cases(group: str) -> list[Case]:
    found = []
    for path in sorted((SUITE / group).rglob("*.ttl")):
        graph = Graph(quads_of(path))
        for action in (a for one in graph.subjects() for a in graph.objects(one, MF + "action")):
            (entry,) = graph.subjects_of(action)
            files = [
                Path(graph.objects(action, SHT + name)[0].value.removeprefix("file://"))
                for name in ("dataGraph", "shapesGraph")
            ]
            (result,) = graph.objects(entry, MF + "result")
            wanted = None if result == NamedNode(SHT + "Failure") else expected(graph, result)
            found.append(Case(f"{path.parent.name}/{path.stem}", *map(quads_of, files), wanted))
    return found


def expected(graph: Graph, report: NamedNode) -> Counter:
    """What a report of the suite says, as results without messages."""
    return Counter(
        key_of(
            Result(
                focus=graph.one(node, "focusNode"),
                path=""
                if (path := graph.one(node, "resultPath")) is None
                else route_of(graph, path),
                value=graph.one(node, "value"),
                component=graph.one(node, "sourceConstraintComponent").value,
                severity=graph.one(node, "resultSeverity").value,
                shape=graph.one(node, "sourceShape"),
                messages=(),
            )
        )
        for node in graph.objects(report, "result")
    )


def key_of(result: Result) -> Result:
    return replace(result, messages=())


EVERY = (*cases("core"), *cases("sparql")) if SUITE.is_dir() else ()


LEFT_TO_PYSHACL = {
    # A literal of the shape or of the data is not in its canonical form.
    "node/maxExclusive-001",
    "node/maxInclusive-001",
    "node/minExclusive-001",
    "property/datatype-ill-formed",
    # Constraint components of the shapes graph's own.
    "component/nodeValidator-001",
    "component/optional-001",
    "component/propertyValidator-select-001",
    "component/validator-001",
    # What SHACL forbids in a query: pySHACL says so.
    "pre-binding/unsupported-sparql-001",
    "pre-binding/unsupported-sparql-002",
    "pre-binding/unsupported-sparql-003",
    "pre-binding/unsupported-sparql-004",
    "pre-binding/unsupported-sparql-005",
    "pre-binding/unsupported-sparql-006",
    # Sub-selects, and queries that ask for the shapes graph.
    "pre-binding/pre-binding-006",
    "pre-binding/pre-binding-007",
    "pre-binding/shapesGraph-001",
}
REFUSED = {"pre-binding/shapesGraph-001"}
"""Asks for $shapesGraph, which an engine may leave out: an error here, not a pass."""


def answer(case: Case) -> tuple[Counter | None, bool]:
    """The results, none for a failure, and whether the compiled engine alone gave them."""
    try:
        judge = open_judge(case.shapes, ()).suited(case.data)
        with in_memory(case.data) as reader:
            found = Counter(key_of(one) for one in judge.results(reader, case.data))
    except NotSupported:
        return None, False
    return found, not judge.compiled.uncovered


@pytest.mark.parametrize(("group", "number"), [("core", 98), ("sparql", 23)])
def test_the_suite_is_there_whole(group: str, number: int) -> None:
    assert len(cases(group)) == number


@pytest.mark.parametrize("case", EVERY, ids=lambda case: case.name)
def test_a_case_gives_the_results_that_the_w3c_wants(case: Case) -> None:
    found, compiled = answer(case)
    if case.name in REFUSED:
        assert found is None
    else:
        assert found == case.wanted
    assert compiled == (case.name not in LEFT_TO_PYSHACL)
