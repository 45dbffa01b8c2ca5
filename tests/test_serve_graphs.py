"""Graphs over HTTP: the W3C's Graph Store Protocol tests, and the gate behind PUT and DELETE.

The suite puts people into graphs of its own. Here a graph belongs to a source and is called after
it, so that `http://www.example/gsp/X` of the suite is our graph `X`; blank nodes get IRIs below
their source (Skolem IRIs), which are blank nodes again when graphs are compared.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote

import pytest
import rdflib
from rdflib.collection import Collection
from rdflib.compare import isomorphic

from kg.namespaces import GRAPH, SOURCE
from tests.serving import ROOT, SEED, Reply, Served, loaded, serving

SUITE = ROOT.parent / "shared" / "conformance" / "sparql11" / "graph-store-protocol"
HT = rdflib.Namespace("http://www.w3.org/2011/http#")
CNT = rdflib.Namespace("http://www.w3.org/2011/content#")
MF = rdflib.Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
TOKEN = "a token for these tests alone"
BEARER = {"authorization": f"Bearer {TOKEN}"}
STATUSES = {"OK": 200, "Created": 201, "NoContent": 204, "NotFound": 404}
REFUSED = {
    "put_get_default": "the default graph is all graphs together",
    "post_get_post_get_direct": "a source is put in whole, not added to",
    "post_get_post_get_indirect": "a source is put in whole, not added to",
    "post_get_new_graph": "a graph is called after its source",
}
"""Tests of what there is not, and why."""

needs_suite = pytest.mark.skipif(not SUITE.is_dir(), reason="../shared is not there")


@dataclass(frozen=True)
class Step:
    method: str
    path: str
    headers: dict[str, str]
    body: str | None
    statuses: set[int]
    answer: str | None


def steps() -> dict[str, list[Step]]:
    found: dict[str, list[Step]] = {}
    for name in ("manifest-direct.ttl", "manifest-indirect.ttl") if SUITE.is_dir() else ():
        graph = rdflib.Graph().parse(SUITE / name)
        for test in Collection(graph, next(graph.objects(None, MF.entries))):
            requests = graph.value(graph.value(test, MF.action), HT.requests)
            found[str(test).rsplit("#", 1)[-1]] = [
                step(graph, request) for request in Collection(graph, requests)
            ]
    return found


def step(graph: rdflib.Graph, request: rdflib.term.Node) -> Step:
    answer = graph.value(request, HT.resp)
    headers = graph.value(request, HT.headers)
    body, expected = (
        graph.value(graph.value(one, HT.body), CNT.chars) for one in (request, answer)
    )
    return Step(
        str(graph.value(request, HT.methodName)),
        str(graph.value(request, HT.absolutePath)),
        {
            str(graph.value(one, HT.fieldName)): str(graph.value(one, HT.fieldValue))
            for one in (Collection(graph, headers) if headers else ())
        },
        None if body is None else str(body),
        {STATUSES[str(s).rsplit("#", 1)[-1]] for s in graph.objects(answer, MF.expectedStatus)},
        None if expected is None else str(expected),
    )


TESTS = steps()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = loaded(tmp_path_factory.mktemp("graphs"))
    with serving(folder, "--write", environment={"KG_SERVE_TOKEN": TOKEN}) as served:
        yield served


@pytest.fixture
def empty(served: Served) -> Iterator[Served]:
    """The same server, rid of what a test has put in."""
    yield served
    listed = served.query("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }").text.split()[1:]
    for name in listed:
        if name.endswith(("/derived", "/vocabulary", "/register")) or SEED.stem in name:
            continue
        assert served.ask("DELETE", path_of(name), BEARER).status == 204


def path_of(graph: str) -> str:
    return f"/graphs?graph={quote(graph, safe='')}"


def ours(path: str) -> str:
    """A path of the suite as ours, its graph called after a source."""
    for theirs in ("http%3A%2F%2Fwww.example%2Fgsp%2F", "http://www.example/gsp/"):
        path = path.replace(theirs, quote(GRAPH, safe=""))
    return re.sub(r"^/gsp/", "/graph/", path).replace("/gsp", "/graphs", 1)


def blank(graph: rdflib.Graph) -> rdflib.Graph:
    """A graph with blank nodes for the IRIs that stand for them."""
    bare = rdflib.Graph()

    def unnamed(term: rdflib.term.Node) -> rdflib.term.Node:
        skolem = re.fullmatch(re.escape(SOURCE) + r".+/node-\d+", str(term))
        return rdflib.BNode(str(term)) if skolem else term

    for triple in graph:
        bare.add(tuple(unnamed(term) for term in triple))
    return bare


def play(served: Served, step: Step) -> Reply:
    return served.ask(step.method, ours(step.path), step.headers | BEARER, step.body)


@needs_suite
def test_the_suite_is_whole() -> None:
    assert len(TESTS) == 13
    assert set(REFUSED) < set(TESTS)


@needs_suite
@pytest.mark.parametrize("name", sorted(set(TESTS) - set(REFUSED)))
def test_suite(name: str, empty: Served) -> None:
    for step in TESTS[name]:
        reply = play(empty, step)
        assert reply.status in step.statuses, (step.method, step.path, reply.text)
        if step.answer is not None:
            assert reply.headers["content-type"] == "text/turtle; charset=utf-8"
            found = blank(rdflib.Graph().parse(data=reply.body, format="turtle"))
            assert isomorphic(found, rdflib.Graph().parse(data=step.answer, format="turtle"))


@needs_suite
@pytest.mark.parametrize("name", sorted(REFUSED))
def test_what_there_is_not_is_refused(name: str, served: Served) -> None:
    assert play(served, TESTS[name][0]).status in {403, 405}


DOCUMENT = """
source:
  id: test-source
  type: NewsArticle
  headline: Two ministers meet
  published: 2026-01-12
  url: https://example.org/meeting
  text: {digest: "sha256:%s", length: 100}
  passages: {p1: [0, 50]}
events:
  - id: meeting
    type: Meeting
    date: 2026-01-12
    agent: [mexico, united-states]
    evidence: [p1]
""" % ("0" * 64)
OWN = path_of(GRAPH + "test-source")


def put(served: Served, document: str = DOCUMENT, **headers: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return served.ask("PUT", OWN, {"content-type": "application/yaml", **BEARER, **named}, document)


def test_a_fact_document_is_put_read_and_removed(empty: Served) -> None:
    assert put(empty).status == 201
    count = "SELECT (COUNT(*) AS ?n) { GRAPH graph:test-source { ?e a dip:Meeting } }"
    # Whoever has put a source in sees it.
    assert empty.query(count).text.split() == ["n", "1"]
    assert put(empty).status == 204
    reply = empty.ask("GET", OWN, {"accept": "application/n-triples"})
    assert reply.status == 200
    assert b"Two ministers meet" in reply.body
    assert empty.ask("DELETE", OWN, BEARER).status == 204
    assert empty.ask("GET", OWN).status == 404
    assert empty.query(count).text.split() == ["n", "0"]
    put(empty)


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("text/plain", "text/plain"),
        ("application/json", "application/json"),
        ("text/turtle", "text/turtle"),
        ("application/sarif+json", "application/sarif+json"),
    ],
)
def test_findings_come_back_in_the_format_that_is_accepted(
    accept: str, media: str, served: Served
) -> None:
    reply = put(served, DOCUMENT.replace("    evidence: [p1]\n", ""), accept=accept)
    assert reply.status == 422, reply.text
    assert reply.media == media
    assert "evidence" in reply.text
    assert served.ask("GET", OWN).status == 404


def test_what_cannot_be_read_is_said_with_its_place(served: Served) -> None:
    reply = put(served, DOCUMENT.replace("type: Meeting", "type: Meating"))
    assert reply.status == 400
    assert "source.yaml:12:11" in reply.text
    assert "Meeting" in reply.text


def test_a_document_about_another_source_is_refused(served: Served) -> None:
    reply = put(served, DOCUMENT.replace("id: test-source", "id: another"))
    assert reply.status == 400
    assert "put it to /graph/another" in reply.text


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer wrong", f"Basic {TOKEN}", "Bearer \xff"])
def test_writing_needs_the_token(given: str, served: Served) -> None:
    for method in ("PUT", "DELETE"):
        reply = served.ask(method, OWN, {"authorization": given, "content-type": "text/turtle"}, "")
        assert reply.status == 401
        assert reply.headers["www-authenticate"] == "Bearer"


def test_without_write_a_server_reads_only(tmp_path: Path) -> None:
    with serving(loaded(tmp_path)) as reading:
        reply = reading.ask("PUT", OWN, {"content-type": "text/turtle", **BEARER}, "")
        assert reply.status == 405
        assert reply.headers["allow"] == "GET, HEAD"


def test_literals_come_back_as_they_were_written(empty: Served) -> None:
    turtle = '<urn:s> <urn:p> "1.10"^^<http://www.w3.org/2001/XMLSchema#decimal> .'
    path = path_of(GRAPH + "as-written")
    assert empty.ask("PUT", path, {"content-type": "text/turtle", **BEARER}, turtle).status == 201
    assert '"1.10"' in empty.ask("GET", path, {"accept": "application/n-triples"}).text


@pytest.mark.parametrize(
    "name", ["vocabulary", "register", f"{SEED.stem}/derived", "", "x/derived"]
)
def test_graphs_of_ours_are_not_written(name: str, served: Served) -> None:
    reply = served.ask("DELETE", path_of(GRAPH + name), BEARER)
    assert reply.status == 403


def test_graphs_of_ours_are_read(served: Served) -> None:
    for name in ("vocabulary", "register", f"{SEED.stem}/derived"):
        reply = served.ask("GET", f"/graph/{name}", {"accept": "text/turtle"})
        assert reply.status == 200
        assert len(rdflib.Graph().parse(data=reply.body, format="turtle")) > 100


@pytest.mark.parametrize("path", ["/graphs", "/graphs?graph=a&graph=b", "/graphs?graph=a&default"])
def test_which_graph_must_be_said(path: str, served: Served) -> None:
    assert served.ask("GET", path).status == 400


def test_names_stay_inside_the_store(empty: Served) -> None:
    name = GRAPH + "../../../../etc/x"
    turtle = "<urn:s> <urn:p> <urn:o> ."
    reply = empty.ask("PUT", path_of(name), {"content-type": "text/turtle", **BEARER}, turtle)
    assert reply.status == 201
    outside = [path for path in empty.folder.rglob("*.gz") if path.parent.name != "sources"]
    assert outside == []
    assert unquote(name) not in str(list(empty.folder.rglob("*")))


def test_what_is_wrong_stands_line_by_line(served: Served) -> None:
    wrong = DOCUMENT.replace("    evidence:", "    dete: x\n    evidense:")
    reply = put(served, wrong)
    assert reply.status == 400
    assert "\\n" not in reply.text
    assert len(reply.text.strip().split("\n")) == 2, reply.text
