"""The W3C's SPARQL 1.1 Protocol suite against `kg serve`: queries pass, updates are refused."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import rdflib
from rdflib.collection import Collection

from kg.load import read_house
from kg.namespaces import SOURCE
from kg.rdf import NamedNode, Quad, parse
from kg.store import open_store
from tests.serving import ROOT, Reply, Served, serving

SUITE = ROOT.parent / "shared" / "conformance" / "sparql11" / "protocol"
HT = rdflib.Namespace("http://www.w3.org/2011/http#")
CNT = rdflib.Namespace("http://www.w3.org/2011/content#")
MF = rdflib.Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
DATA = "http://kasei.us/2009/09/sparql/data/"
TABULAR = {
    "application/sparql-results+json",
    "application/sparql-results+xml",
    "text/csv",
    "text/tab-separated-values",
}
GRAPHS = {"text/turtle", "application/rdf+xml", "application/n-triples"}

pytestmark = pytest.mark.skipif(not SUITE.is_dir(), reason="../shared is not there")


@dataclass(frozen=True)
class Step:
    """A request of the suite and what is expected of it."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes | None
    statuses: tuple[str, ...]
    boolean: bool | None
    format: str | None


def steps() -> dict[str, list[Step]]:
    if not SUITE.is_dir():
        return {}
    graph = rdflib.Graph().parse(SUITE / "manifest.ttl")
    first = next(graph.objects(None, MF.entries))
    return {
        str(test).rsplit("#", 1)[-1]: [
            step(graph, request)
            for request in Collection(graph, graph.value(graph.value(test, MF.action), HT.requests))
        ]
        for test in Collection(graph, first)
    }


def step(graph: rdflib.Graph, request: rdflib.term.Node) -> Step:
    answer = graph.value(request, HT.resp)
    headers = graph.value(request, HT.headers)
    body = graph.value(request, HT.body)
    boolean = graph.value(answer, MF.expectedBoolean)
    form = graph.value(answer, MF.expectedFormat)
    coding = str(graph.value(body, CNT.characterEncoding) or "UTF-8")
    chars = graph.value(body, CNT.chars)
    return Step(
        str(graph.value(request, HT.methodName)),
        str(graph.value(request, HT.absolutePath)),
        {
            str(graph.value(one, HT.fieldName)): str(graph.value(one, HT.fieldValue))
            for one in (Collection(graph, headers) if headers else ())
        },
        None if chars is None else str(chars).encode(coding),
        tuple(str(one)[-3:] for one in graph.objects(answer, MF.expectedStatus)),
        None if boolean is None else boolean.toPython(),
        None if form is None else str(form),
    )


TESTS = steps()
QUERIES = {name for name in TESTS if "update" not in name}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("protocol")
    quads = [
        Quad(quad.subject, quad.predicate, quad.object, NamedNode(f"{DATA}data{number}.rdf"))
        for number in (1, 2, 3)
        for quad in parse((SUITE / f"data{number}.nt").read_bytes(), "nt", file="data")
    ]
    with open_store(str(folder / ".kg"), read_house(folder).background, create=True) as store:
        store.replace(SOURCE + "w3c", quads, (), label="", recorded_by="test")
    with serving(folder) as served:
        yield served


def play(served: Served, step: Step) -> Reply:
    path = step.path.replace("/sparql/", "/sparql", 1)
    return served.ask(step.method, path, step.headers, step.body)


def test_the_suite_is_whole() -> None:
    assert len(TESTS) == 34
    assert len(QUERIES) == 20


@pytest.mark.parametrize("name", sorted(QUERIES))
def test_query(name: str, served: Served) -> None:
    for step in TESTS[name]:
        reply = play(served, step)
        assert any(str(reply.status)[0] == status[0] for status in step.statuses), reply.text
        if step.boolean is not None:
            assert json.loads(reply.body)["boolean"] is step.boolean
        expected = {"tabular": TABULAR, "boolean": TABULAR, "RDF": GRAPHS}.get(step.format or "")
        assert expected is None or reply.media in expected


@pytest.mark.parametrize("name", sorted(set(TESTS) - QUERIES))
def test_update_is_refused(name: str, served: Served) -> None:
    step = TESTS[name][0]
    reply = play(served, step)
    # What is no update at all, for its media type, is refused as that.
    typed = step.headers.get("content-type", "")
    said = "sparql-update" in typed or "form-urlencoded" in typed or step.method == "GET"
    assert reply.status in ({403, 405} if said and "16" not in typed else {415})


@pytest.mark.parametrize("kind", ["default", "named"])
def test_a_graph_is_named_by_an_iri(kind: str, served: Served) -> None:
    reply = served.ask("GET", f"/sparql?query=ASK+%7B%7D&{kind}-graph-uri=data1.rdf")
    assert (reply.status, reply.text) == (400, "no IRI: data1.rdf\n")
