"""`kg serve` as its users meet it: clients, pages, questions, linked data, messages."""

import json
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
import rdflib
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import CSV, JSON, TURTLE, XML, SPARQLWrapper

from kg.load import read_house
from kg.namespaces import ACTOR, BASE, DIP, SH, VOID
from kg.queries import prepare, read_questions
from kg.rdf import RESULT_FORMATS, serialize
from kg.store import open_store
from kg.store.worker import _without_formulas
from tests.running import ROOT, kg
from tests.serving import Served, loaded, serving
from tests.test_questions import ASKED, EVERYDAY, bad_beside_good


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(loaded(tmp_path_factory.mktemp("served"))) as served:
        yield served


# Clients


def test_sparqlwrapper_is_answered(served: Served) -> None:
    client = SPARQLWrapper(f"{served.address}/sparql")
    client.setQuery("SELECT ?label { actor:mexico rdfs:label ?label }")
    for form in (JSON, XML, CSV):
        client.setReturnFormat(form)
        assert "Mexico" in str(client.query().response.read())
    client.setMethod("POST")
    client.setReturnFormat(JSON)
    assert client.queryAndConvert()["results"]["bindings"][0]["label"]["value"] == "Mexico"
    client.setQuery("CONSTRUCT WHERE { actor:mexico rdfs:label ?label }")
    client.setReturnFormat(TURTLE)
    assert b"Mexico" in client.query().response.read()


def test_rdflib_reads_it_as_a_store(served: Served) -> None:
    graph = rdflib.Graph(SPARQLStore(f"{served.address}/sparql", method="POST"))
    mexico = rdflib.URIRef(ACTOR + "mexico")
    assert str(graph.value(mexico, rdflib.RDFS.label)) == "Mexico"
    rows = list(graph.query(f"SELECT ?e {{ ?e a <{DIP}PhoneCall> }}"))
    assert len(rows) == 1


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not there")
def test_curl_is_answered(served: Served) -> None:
    def curl(*arguments: str) -> str:
        done = subprocess.run(
            ["curl", "-sS", "--fail-with-body", *arguments], capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    ask = "query=ASK { ?s a dip:PhoneCall }"
    assert json.loads(curl("--data-urlencode", ask, f"{served.address}/sparql"))["boolean"]
    csv = curl("-G", "-d", "speaker=donald-trump", f"{served.address}/queries/said-in.csv")
    assert csv.startswith("event")
    page = curl("-L", "-H", "accept: text/html", f"{served.address}/id/actor/mexico")
    assert "<h1>Mexico</h1>" in page
    turtle = curl("-L", "-H", "accept: text/turtle", f"{served.address}/id/actor/mexico")
    assert "actor:mexico" in turtle


def prepared(folder: Path) -> list[tuple[str, str]]:
    """The SPARQL of the 25 questions and the everyday ones, every shipped one among them."""
    asked = [(name, chosen) for _, name, chosen in ASKED] + EVERYDAY
    with open_store(str(folder / ".kg"), read_house(folder).background) as store:
        return [(name, prepare(read_questions()[name], store, chosen)) for name, chosen in asked]


@pytest.fixture(scope="module")
def oxigraph(served: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of Oxigraph's own server on the same quads."""
    folder = tmp_path_factory.mktemp("oxigraph")
    with open_store(str(served.folder / ".kg"), read_house(served.folder).background) as store:
        (folder / "all.nq").write_bytes(serialize(store.quads(), "nq"))
    program = str(Path(sys.executable).with_name("oxigraph"))
    load = [program, "load", "-l", "data", "-f", "all.nq"]
    subprocess.run(load, cwd=folder, check=True, capture_output=True)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    serve = [program, "serve-read-only", "-l", "data", "-b", f"127.0.0.1:{port}"]
    process = subprocess.Popen(
        [*serve, "--union-default-graph"],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(100):
            with socket.socket() as knock:
                if knock.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port
    finally:
        process.kill()
        process.wait()


def test_answers_equal_those_of_oxigraphs_own_server(served: Served, oxigraph: int) -> None:
    other = Served(f"http://127.0.0.1:{oxigraph}", served.process, served.folder)
    for name, text in prepared(served.folder):
        for accept in ("application/sparql-results+json", "text/csv"):
            headers = {"accept": accept, "content-type": "application/sparql-query"}
            ours = served.ask("POST", "/sparql", headers, text)
            theirs = other.ask("POST", "/query", headers, text)
            assert (ours.status, theirs.status) == (200, 200), (name, ours.text, theirs.text)
            assert ours.body == theirs.body, name


# Questions


def test_a_question_is_answered_in_each_format(served: Served) -> None:
    path = "/queries/positions"
    assert served.ask("GET", f"{path}.csv").media == "text/csv"
    assert served.ask("GET", f"{path}.tsv").media == "text/tab-separated-values"
    assert served.ask("GET", f"{path}.xml").media == "application/sparql-results+xml"
    assert served.ask("GET", path).media == "application/sparql-results+json"
    assert served.ask("GET", path, {"accept": "text/csv"}).media == "text/csv"
    assert served.ask("GET", path, {"accept": "text/html,*/*;q=0.8"}).media == "text/html"
    assert served.ask("GET", path, {"accept": "image/png"}).status == 406
    assert served.ask("GET", f"{path}.pdf").status == 404


def test_a_question_gives_the_rows_of_the_command(served: Served) -> None:
    chosen = {"issue": "military interventions"}
    reply = served.ask("GET", f"/queries/positions.csv?{urlencode(chosen)}")
    question = read_questions()["positions"]
    with open_store(str(served.folder / ".kg"), read_house(served.folder).background) as store:
        rows = store.query(prepare(question, store, chosen.items()))
    assert not isinstance(rows, bool)
    assert reply.text == RESULT_FORMATS["csv"](rows)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("positionss", 404, "did you mean 'positions'"),
        ("positions?isue=x", 400, "has no parameter 'isue'"),
        ("positions?holder=Claudia+Scheinbaum", 400, "Claudia Sheinbaum"),
        ("actor.csv", 400, "needs -p actor"),
        ("timeline.csv?since=yesterday", 400, "not a date"),
        ("timeline?since=2026-05-01&until=2026-01-01", 400, "nothing lies between"),
        (f"positions?holder={'x' * 1000}", 400, "at most 300"),
    ],
)
def test_a_wrong_question_is_told(path: str, status: int, words: str, served: Served) -> None:
    reply = served.ask("GET", f"/queries/{path}")
    assert reply.status == status
    assert words in reply.text


def test_questions_are_listed_for_other_editors(served: Served) -> None:
    reply = served.ask("GET", "/queries", {"accept": "text/turtle"})
    graph = rdflib.Graph().parse(data=reply.body, format="turtle")
    listed = set(graph.subjects(rdflib.RDF.type, rdflib.URIRef(SH + "SPARQLExecutable")))
    assert {str(one).rsplit("/", 1)[-1] for one in listed} == set(read_questions())
    for one in listed:
        texts = [graph.value(one, rdflib.URIRef(SH + form)) for form in ("select", "ask")]
        (text,) = filter(None, texts)
        assert str(text) == read_questions()[str(one).rsplit("/", 1)[-1]].text


# Things


def test_a_thing_leads_to_a_page_or_to_rdf(served: Served) -> None:
    def leads(path: str, accept: str) -> str:
        reply = served.ask("GET", path, {"accept": accept})
        assert reply.status == 303
        return reply.headers["location"]

    assert leads("/id/actor/mexico", "text/html,*/*;q=0.8") == "/page/actor/mexico"
    assert leads("/id/actor/mexico", "text/turtle") == "/data/actor/mexico.ttl"
    assert leads("/id/actor/mexico", "application/ld+json") == "/data/actor/mexico.jsonld"
    assert leads("/id/actor/mexico.rdf", "text/html") == "/data/actor/mexico.rdf"
    assert leads("/id/actor/mexico.html", "text/turtle") == "/page/actor/mexico"
    # Never to another host, whatever the name says.
    assert leads("/id//evil.example/x", "text/html").startswith("/page/")


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
@pytest.mark.parametrize("ending", ["ttl", "nt", "rdf", "jsonld", "nq", "trig"])
def test_rdf_of_a_thing_is_read_by_others(ending: str, served: Served) -> None:
    reply = served.ask("GET", f"/data/actor/mexico.{ending}")
    names = {"rdf": "xml", "jsonld": "json-ld", "ttl": "turtle", "nq": "nt", "trig": "turtle"}
    graph = rdflib.Graph().parse(data=reply.body, format=names.get(ending, ending))
    assert str(graph.value(rdflib.URIRef(ACTOR + "mexico"), rdflib.RDFS.label)) == "Mexico"


def test_nothing_said_is_not_found(served: Served) -> None:
    for path in ("/page/actor/nobody", "/data/actor/nobody.ttl", "/nowhere"):
        assert served.ask("GET", path).status == 404
    assert served.ask("GET", "/page?iri=%3E").status == 400


def test_void_counts_what_there_is(served: Served) -> None:
    graph = rdflib.Graph().parse(data=served.ask("GET", "/void").body, format="turtle")
    calls = graph.value(None, rdflib.URIRef(VOID + "class"), rdflib.URIRef(DIP + "PhoneCall"))
    assert graph.value(calls, rdflib.URIRef(VOID + "entities")).toPython() == 1
    endpoint = next(graph.objects(None, rdflib.URIRef(VOID + "sparqlEndpoint")))
    assert str(endpoint) == f"http://127.0.0.1:{served.port}/sparql"


def test_service_description_names_the_endpoint(served: Served) -> None:
    reply = served.ask("GET", "/sparql", {"accept": "text/turtle"})
    graph = rdflib.Graph().parse(data=reply.body, format="turtle")
    sd = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
    here = rdflib.URIRef(f"http://127.0.0.1:{served.port}/sparql")
    assert (here, rdflib.RDF.type, sd.Service) in graph
    assert graph.value(here, sd.endpoint) == here


# Pages


class Page(HTMLParser):
    """What a page loads and links to, and whether its elements are closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.links: list[str] = []
        self.open: list[str] = []
        self.inline: list[str] = []
        self.labels: set[str] = set()
        self.fields: set[str] = set()
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.inline += [name for name in given if name == "style" or name.startswith("on")]
        self.inline += [tag] if tag in {"script", "style"} else []
        self.loads += [given[name] for name in ("src", "action") if name in given]
        (self.loads if tag == "link" else self.links).extend(
            [given["href"]] if "href" in given else []
        )
        if tag == "label":
            self.labels.add(given["for"])
        if tag in {"input", "textarea"}:
            self.fields.add(given["id"])
        if tag not in {"meta", "link", "input", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


PAGES = [
    "/",
    "/queries",
    "/queries/positions",
    "/queries/actor",
    "/queries/actor?actor=mexico",
    "/sparql",
    "/page/actor/mexico",
    "/page/event/2026-01-12-sheinbaum-trump-call",
    f"/page?iri={quote(DIP + 'PhoneCall', safe='')}",
    "/nowhere",
]


@pytest.mark.parametrize("path", PAGES)
def test_page_is_whole_and_loads_nothing_from_elsewhere(path: str, served: Served) -> None:
    reply = served.ask("GET", path, {"accept": "text/html"})
    assert reply.media == "text/html"
    page = Page(reply.text)
    assert page.open == []
    assert page.inline == []
    assert all(address.startswith("/") for address in page.loads)
    assert page.fields == page.labels
    assert "default-src 'none'" in reply.headers["content-security-policy"]
    assert '<html lang="en">' in reply.text
    assert reply.text.count("<h1>") == 1


@pytest.mark.parametrize("path", PAGES[:-1])
def test_links_of_a_page_lead_somewhere(path: str, served: Served) -> None:
    links = Page(served.ask("GET", path, {"accept": "text/html"}).text).links
    inside = sorted({link for link in links if link.startswith("/")})
    assert inside
    for link in inside[:40]:
        # What other vocabularies define has no page here.
        missing = "iri=" in link and quote(BASE, safe="") not in link
        assert served.ask("GET", link, {"accept": "text/html,*/*;q=0.1"}).status in (
            {200, 404} if missing else {200}
        ), link


# Starting and stopping


def test_a_port_in_use_is_told(served: Served) -> None:
    done = kg("serve", "--port", str(served.port), folder=served.folder)
    assert done.returncode == 6
    assert done.stderr.startswith(f"error: cannot listen at http://127.0.0.1:{served.port}: some")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["serve"], 6, "there is no store"),
        (["-s", "memory:", "serve"], 2, "only a folder can"),
        (["-s", "http://localhost/", "serve"], 2, "only a folder can"),
        (["serve", "--host", "no.such.host.invalid"], 6, "cannot listen"),
        (["serve", "--write"], 2, "needs a token"),
        (["serve", "--write", "--token-file", "open"], 2, "chmod 600"),
        (["serve", "--write", "--token-file", "none"], 3, "cannot be read"),
        (["serve", "--write", "--token-file", "short"], 2, "needs a token"),
    ],
)
def test_what_cannot_be_served_is_told(
    arguments: list[str], code: int, words: str, tmp_path: Path
) -> None:
    if "--host" in arguments:
        loaded(tmp_path)
    (tmp_path / "open").write_text("0123456789abcdef")
    (tmp_path / "short").write_text("x")
    (tmp_path / "short").chmod(0o600)
    (tmp_path / "open").chmod(0o644)
    done = kg(*arguments, folder=tmp_path, KG_SERVE_TOKEN="")
    assert done.returncode == code, done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_in_order_and_leaves_no_process(number: int, tmp_path: Path) -> None:
    with serving(loaded(tmp_path)) as served:
        children = Path(f"/proc/{served.process.pid}/task/{served.process.pid}/children")
        workers = children.read_text().split() if children.exists() else []
        served.process.send_signal(number)
        assert served.process.wait(20) == 0
        assert served.process.stderr
        assert served.process.stderr.read() == "stopped\n"
        assert not any(Path(f"/proc/{worker}").exists() for worker in workers)


def test_what_is_loaded_beside_it_is_seen(tmp_path: Path) -> None:
    count = "SELECT (COUNT(*) AS ?n) { ?e a dip:PhoneCall }"
    loaded(tmp_path, ROOT / "tests" / "data" / "us-account-of-the-call.yaml")
    with serving(tmp_path) as served:
        sources = "SELECT (COUNT(*) AS ?n) { ?s a dip:Source }"
        before = served.query(sources).text
        loaded(tmp_path)
        deadline = time.monotonic() + 10
        while served.query(sources).text == before and time.monotonic() < deadline:
            time.sleep(0.05)
        assert served.query(sources).text != before
        assert served.query(count).status == 200
        assert sum(path.name.isdigit() for path in (tmp_path / ".kg" / "view").iterdir()) <= 2


def test_csv_for_spreadsheets_holds_no_control_characters() -> None:
    told = _without_formulas(b"a\r\nx\x00y\x1b[31m\r\n")
    assert told.decode() == "a\r\nx\ufffdy\ufffd[31m\r\n"


def test_wrong_question_is_told_and_the_rest_served(tmp_path: Path) -> None:
    bad = bad_beside_good(loaded(tmp_path))
    command = [sys.executable, "-m", "kg", "serve", "--port", "0"]
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        told = [process.stderr.readline() for _ in (*bad, "where it serves")]
        served = Served(told[-1].split(" at ")[1].split(",")[0], process, tmp_path)
        try:
            assert served.ask("GET", "/queries/mine.csv").text.split() == ["one", "1"]
            assert served.ask("GET", "/queries/headless").status == 404
        finally:
            process.send_signal(signal.SIGTERM)
    for name, said in bad.items():
        assert [line for line in told if f"{name}.rq:" in line and said in line]


def test_who_loaded_a_source_is_not_told(tmp_path: Path) -> None:
    seed = str(ROOT / "facts" / "mnd-2026-01-12-sheinbaum-trump.yaml")
    assert kg("load", seed, "--by", "A. Person", folder=tmp_path).returncode == 0
    assert "A. Person" in kg("sources", folder=tmp_path).stdout
    with serving(tmp_path) as served:
        for path in ("/", "/sources", "/void"):
            assert "A. Person" not in served.ask("GET", path).text
