"""What a hostile client can send to `kg serve`, and that it gains nothing by it."""

import contextlib
import csv
import gzip
import json
import os
import re
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from urllib.parse import quote, urlencode

import pytest

from kg.namespaces import GRAPH, SOURCE
from tests.serving import Reply, Served, loaded, serving
from tests.test_network_silence import Canary, doors

TOKEN = "a token for these tests alone"
BEARER = {"authorization": f"Bearer {TOKEN}"}
PRODUCT = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f FILTER(?c = ?f && ?a != ?d) }"
PASSWORDS = "root:"
POST = b"POST /sparql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/sparql-query\r\n"


LABELS = """\
#+ summary: What a source calls things
#+ parameters:
#+   source: {type: text, description: Its IRI}
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?label {
  VALUES ?source { UNDEF }
  ?thing rdfs:label ?label
  FILTER(STRSTARTS(STR(?thing), CONCAT(?source, "/n")))
}
ORDER BY ?thing
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = loaded(tmp_path_factory.mktemp("attacked"))
    (folder / "queries" / "ask").mkdir(parents=True)
    (folder / "queries" / "ask" / "labels.rq").write_text(LABELS, encoding="utf-8")
    options = ("--write", "--seconds", "2")
    with serving(folder, *options, environment={"KG_SERVE_TOKEN": TOKEN}) as served:
        yield served
        # Whatever was sent, it is the same process and answers.
        assert served.process.poll() is None
        assert served.query("ASK {}").text.strip() == "true"


@pytest.fixture
def canary() -> Iterator[Canary]:
    canary = Canary()
    yield canary
    canary.socket.close()


def put(served: Served, body: bytes | str, media: str, name: str = "attack", **more: str) -> Reply:
    path = f"/graphs?graph={quote(GRAPH + name, safe='')}"
    return served.ask("PUT", path, {"content-type": media, **BEARER, **more}, body)


def raw(served: Served, data: bytes, seconds: float = 10) -> bytes:
    """Sends bytes as they are and returns what comes back until the server ends."""
    with socket.create_connection(("127.0.0.1", served.port), timeout=seconds) as connection:
        connection.sendall(data)
        received = b""
        while part := connection.recv(65536):
            received += part
        return received


# It goes nowhere


SERVICES = [
    "SELECT * { SERVICE <%s> { ?s ?p ?o } }",
    "select * { service<%s>{ ?s ?p ?o } }",
    "SELECT * { sErViCe\n# so\n SILENT <%s> { ?s ?p ?o } }",
    "PREFIX x: <%s> SELECT * { SERVICE x:y { ?s ?p ?o } }",
    "BASE <%s> SELECT * { SERVICE <y> { ?s ?p ?o } }",
    "SELECT * { SERVICE <%s\\u0078> { ?s ?p ?o } }",
    "ASK { FILTER EXISTS { SERVICE <%s> { ?s ?p ?o } } }",
    "SELECT * { { SELECT * { SERVICE <%s> { ?s ?p ?o } } } }",
    "CONSTRUCT { ?s ?p ?o } { SERVICE <%s> { ?s ?p ?o } }",
    "DESCRIBE ?s { SERVICE <%s> { ?s ?p ?o } }",
    "SELECT * { OPTIONAL { SERVICE <%s> { ?s ?p ?o } } }",
    "SELECT * { SERVICE <%s> { ?s ?p ?o } } LIMIT 0",
    "SELECT * { BIND(<%s> AS ?v) SERVICE ?v { ?s ?p ?o } }",
    "SELECT * { \\u0053ERVICE <%s> { ?s ?p ?o } }",
    "SELECT * { SERVICE\x0c<%s> { ?s ?p ?o } }",
    "SELECT * { SERVICE\x00<%s> { ?s ?p ?o } }",
    "PREFIX : <%s> SELECT * { SERVICE:x { ?s ?p ?o } }",
    "SELECT * { ?s ?p 1SERVICE<%s> { ?s ?p ?o } }",
    "LOAD <%s>",
    "LOAD SILENT <%s> INTO GRAPH <urn:g>",
]


@pytest.mark.parametrize("text", SERVICES)
def test_no_query_reaches_the_network(text: str, served: Served, canary: Canary) -> None:
    reply = served.query(text % canary.address)
    assert reply.status == 400
    for media in ("application/sparql-update", "application/x-www-form-urlencoded"):
        form = urlencode({"update": text % canary.address})
        body = form if "form" in media else text % canary.address
        assert served.ask("POST", "/sparql", {"content-type": media}, body).status == 403
    assert canary.knocks == 0


@pytest.mark.parametrize("where", ["%s/x", "file:///etc/passwd", "file:/etc/passwd", "/etc/passwd"])
def test_no_dataset_is_fetched(where: str, served: Served, canary: Canary) -> None:
    address = where % canary.address if "%s" in where else where
    rows = "SELECT ?s ?p ?o {} {{ ?s ?p ?o }} LIMIT 5"
    for clause in (f"FROM <{address}>", f"FROM NAMED <{address}>"):
        assert served.query(rows.format(clause)).text.split() == ["s,p,o"]
    for name in ("default-graph-uri", "named-graph-uri"):
        fields = urlencode({"query": rows.format(""), name: address})
        reply = served.ask("GET", f"/sparql?{fields}", {"accept": "text/csv"})
        # A path alone is no IRI.
        assert reply.status == 400 if address.startswith("/") else reply.text.split() == ["s,p,o"]
    assert canary.knocks == 0


MEDIA = {
    "jsonld": "application/ld+json",
    "rdf": "application/rdf+xml",
    "ttl": "text/turtle",
    "yaml": "application/yaml",
    "json": "application/json",
}


@pytest.mark.parametrize("name", sorted(doors("")))
def test_no_source_reaches_the_network_or_a_file(name: str, served: Served, canary: Canary) -> None:
    reply = put(served, doors(canary.address)[name], MEDIA[name.rsplit(".", 1)[-1]])
    assert reply.status in {201, 204, 400, 422}
    assert PASSWORDS not in reply.text
    kept = served.ask("GET", "/graph/attack", {"accept": "application/n-triples"})
    assert PASSWORDS not in kept.text
    assert canary.knocks == 0


@pytest.mark.parametrize(
    "path",
    [
        "/../../../../etc/passwd",
        "/..%2f..%2f..%2fetc%2fpasswd",
        "/style.css/../../../../etc/passwd",
        "/queries/..%2f..%2f..%2fetc%2fpasswd",
        "/queries/....//etc/passwd.csv",
        "/graph/..%2f..%2f..%2f..%2fetc%2fpasswd",
        "/page/..%2f..%2fetc%2fpasswd",
        "/data/..%2f..%2fetc%2fpasswd.ttl",
        "/data?iri=file%3A%2F%2F%2Fetc%2Fpasswd",
        "/graphs?graph=file%3A%2F%2F%2Fetc%2Fpasswd",
        "/id/%00",
    ],
)
def test_no_path_leads_out(path: str, served: Served) -> None:
    data = raw(
        served, f"GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n".encode()
    )
    assert re.match(rb"HTTP/1.1 (303|400|404) ", data), data
    assert PASSWORDS.encode() not in data


# Nothing expands, however it nests


def bomb(levels: int) -> str:
    entities = "".join(
        f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' if n else '<!ENTITY e0 "lol">'
        for n in range(levels)
    )
    return f"<!DOCTYPE r [{entities}]><r>&e{levels - 1};</r>"


YAML = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(9)
)
MERGE = "a: &a {x: 1}\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)}\n  <<: [{','.join(['*' + chr(97 + n)] * 9)}]\n"
    for n in range(9)
)
BOMBS = {
    "entities": (bomb(12), "application/rdf+xml"),
    "aliases": (YAML, "application/yaml"),
    "merge keys": (MERGE, "application/yaml"),
    "deep YAML": ("[" * 100_000, "application/yaml"),
    "deep JSON": ("[" * 100_000, "application/json"),
    "deep JSON-LD": ('{"@graph":[' * 5_000, "application/ld+json"),
    "deep Turtle": ("<urn:s> <urn:p> " + "[ <urn:p> " * 20_000, "text/turtle"),
    "deep triple terms": ("<urn:s> <urn:p> " + "<<( " * 20_000, "text/turtle"),
    "deep XML": ("<a>" * 100_000, "application/rdf+xml"),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_at_once(name: str, served: Served) -> None:
    body, media = BOMBS[name]
    began = time.monotonic()
    reply = put(served, body, media)
    assert reply.status in {400, 504}
    assert time.monotonic() - began < 30
    assert reply.text.count("\n") < 5


DEEP = {
    "{": "SELECT * " + "{" * 5_000 + " ?s ?p ?o " + "}" * 5_000,
    "(": "ASK { FILTER(" + "(" * 50_000 + "1" + ")" * 50_000 + ") }",
    "!": "ASK { FILTER(" + "!" * 100_000 + "true) }",
    "+": "ASK { FILTER(" + "1+" * 50_000 + "1) }",
    "[": "ASK { ?s ?p " + "[ ?p " * 20_000 + "]" * 20_000 + " }",
    "patterns": "ASK { " + "?s ?p ?o . " * 20_000 + "}",
    "paths": "ASK { ?s " + "<urn:p>/" * 20_000 + "<urn:p> ?o }",
    "union": "ASK { " + "{} UNION " * 12_000 + "{} }",
    "names": "# FROM\n" + "a." * 120_000,
    "hyphens": "# FROM\n" + "-" * 240_000,
}


@pytest.mark.parametrize("name", DEEP)
def test_a_deep_query_is_answered_to_its_client_alone(name: str, served: Served) -> None:
    failed = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            reply = served.query("ASK { ?s a dip:PhoneCall }", source="127.0.0.9")
            if reply.text.strip() != "true":
                failed.append(reply)

    with ThreadPoolExecutor(2) as pool:
        readers = [pool.submit(read) for _ in range(2)]
        try:
            for _ in range(3):
                headers = {"content-type": "application/sparql-query"}
                reply = served.ask("POST", "/sparql", headers, DEEP[name])
                assert reply.status in {200, 400, 504, 507}, reply.text
        finally:
            done.set()
        for reader in readers:
            reader.result()
    assert failed == []


# Nothing breaks out


@pytest.mark.parametrize(
    "value",
    [
        'Mexico" } ; DROP ALL ; SELECT * { ?s ?p "',
        "https://x.example/> } INSERT DATA { <urn:x> <urn:y> <urn:z> } #",
        "} UNION { ?s ?p ?o",
        "\\u0022 } #",
        "'; --",
    ],
)
def test_no_parameter_becomes_a_piece_of_the_query(value: str, served: Served) -> None:
    for name in ("actor", "since"):
        reply = served.ask("GET", f"/queries/timeline.csv?{urlencode({name: value})}")
        assert reply.status == 400
        assert re.search("no actor is called|not a date", reply.text)


PAYLOADS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }}{% raw %}",
    '=HYPERLINK("http://evil.example")',
    "+1+cmd|' /C calc'!A0",
    "@SUM(1+1)",
    "-2+3",
    "</title></main>",
]


@pytest.fixture(scope="module")
def labelled(served: Served) -> Served:
    """The server with a source whose labels mean no good."""
    lines = ["@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> ."]
    source = "<https://w3id.org/diplomatic-kg/source/labels>"
    for number, text in enumerate(PAYLOADS):
        words = json.dumps(text)
        lines.append(
            f"<https://w3id.org/diplomatic-kg/source/labels/n{number}> rdfs:label {words} ."
        )
        lines.append(
            f"{source} rdfs:seeAlso <https://w3id.org/diplomatic-kg/source/labels/n{number}> ."
        )
    lines.append(
        f"{source} rdfs:label {json.dumps(PAYLOADS[0])} ; rdfs:seeAlso <javascript:alert(1)> ."
    )
    reply = put(served, "\n".join(lines), "text/turtle", name="labels")
    assert reply.status in {201, 204}, reply.text
    return served


@pytest.mark.parametrize(
    "path", ["/", "/page/source/labels", *(f"/page/source/labels/n{n}" for n in range(8))]
)
def test_labels_stay_text_on_a_page(path: str, labelled: Served) -> None:
    reply = labelled.ask("GET", path, {"accept": "text/html"})
    assert reply.status == 200
    assert "<script" not in reply.text
    assert "<img" not in reply.text
    assert not re.search(r'href="(?!/|#|https?://)', reply.text)
    assert reply.text.count("</main>") == reply.text.count("</title>") == 1
    assert "49" not in re.sub(r"<[^>]*>", "", reply.text).replace("2049", "")
    assert "script-src" not in reply.headers["content-security-policy"]


def test_parameters_stay_text_on_a_page(served: Served) -> None:
    for text in PAYLOADS:
        for path in (f"/queries/positions?{urlencode({'holder': text})}", f"/page/{quote(text)}"):
            reply = served.ask("GET", path, {"accept": "text/html"})
            assert "<script" not in reply.text
            assert "<img" not in reply.text


@pytest.mark.parametrize("text", [one for one in PAYLOADS if one[0] in "=+@-"])
def test_questions_as_csv_hold_no_formula(text: str, labelled: Served) -> None:
    chosen = urlencode({"source": SOURCE + "labels"})
    names = {"=": 3, "+": 4, "@": 5, "-": 6}
    reply = labelled.ask("GET", f"/queries/labels.csv?{chosen}")
    label = next(csv.reader(reply.text.splitlines()[1 + names[text[0]] :]))[0]
    assert label == f"'{text}"
    # SPARQL's own CSV is as the W3C lays it down.
    plain = f"SELECT ?l {{ <{SOURCE}labels/n{names[text[0]]}> rdfs:label ?l }}"
    assert next(csv.reader(labelled.query(plain).text.splitlines()[1:])) == [text]


# Other people's pages, other people's names


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "localhost.evil.example", ""])
def test_another_host_is_not_answered(host: str, served: Served) -> None:
    reply = served.ask("GET", "/sparql?query=ASK%7B%7D", {"host": host})
    assert reply.status == 421


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]:80", "192.0.2.7"])
def test_its_own_names_are_answered(host: str, served: Served) -> None:
    assert served.ask("GET", "/sparql?query=ASK%7B%7D", {"host": host}).status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://localhost:1"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site", "sec-fetch-mode": "cors"},
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS"])
def test_another_sites_page_may_not_ask(
    method: str, headers: dict[str, str], served: Served
) -> None:
    given = {"content-type": "application/sparql-query", **BEARER, **headers}
    path = "/graph/attack" if method in {"PUT", "DELETE"} else "/sparql?query=ASK%7B%7D"
    reply = served.ask(method, path, given, "ASK {}" if method == "POST" else None)
    assert reply.status == 403
    assert not any(name.startswith("access-control") for name in reply.headers)


def test_a_link_from_elsewhere_may_be_followed(served: Served) -> None:
    headers = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "accept": "text/html"}
    assert served.ask("GET", "/page/actor/mexico", headers).status == 200
    assert served.ask("POST", "/sparql", headers | {"content-type": "x"}, "").status == 403


def test_its_own_page_may_ask(served: Served) -> None:
    headers = {"origin": f"http://127.0.0.1:{served.port}", "sec-fetch-site": "same-origin"}
    assert served.ask("GET", "/sparql?query=ASK%7B%7D", headers).status == 200


# Size


def test_oversized_bodies_are_refused(served: Served) -> None:
    headers = {"content-type": "application/sparql-query"}
    assert served.ask("POST", "/sparql", headers, b" " * 300_000).status == 413
    chunks = b"".join(b"8000\r\n" + b" " * 0x8000 + b"\r\n" for _ in range(12))
    chunked = POST + b"transfer-encoding: chunked\r\n\r\n" + chunks
    assert raw(served, chunked).startswith(b"HTTP/1.1 413")
    # It says so before the body is there.
    announced = POST + b"content-length: 999999999999\r\n\r\n"
    assert raw(served, announced).startswith(b"HTTP/1.1 413")
    fields = "&".join(f"default-graph-uri=urn:{n}" for n in range(1000))
    assert served.ask("GET", f"/sparql?{fields}").status == 400


def test_oversized_heads_are_refused(served: Served) -> None:
    line = b"GET / HTTP/1.1\r\nhost: localhost\r\n"
    whole = line + b"x: " + b"y" * 100_000 + b"\r\n\r\n"
    assert raw(served, whole).startswith(b"HTTP/1.1 431")
    unended = line + b"x: " + b"y" * 500_000
    assert raw(served, unended).startswith(b"HTTP/1.1 431")
    assert served.ask("GET", "/sparql?query=" + "x" * 100_000).status == 431


def test_compressed_bodies_are_not_opened(served: Served) -> None:
    body = gzip.compress(b" " * 50_000_000)
    headers = {"content-type": "application/sparql-query", "content-encoding": "gzip"}
    assert served.ask("POST", "/sparql", headers, body).status == 415
    assert put(served, body, "text/turtle", **{"content-encoding": "gzip"}).status == 415


def test_nonsense_is_answered_with_400(served: Served) -> None:
    for data in (b"\x16\x03\x01\x02\x00\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9\r\n\r\n"):
        assert raw(served, data).startswith(b"HTTP/1.1 400")


# Time, memory, share


def test_an_endless_query_ends_by_its_limit(served: Served) -> None:
    began = time.monotonic()
    reply = served.query(PRODUCT)
    assert reply.status == 504
    assert "after 2 s" in reply.text
    assert 1.9 < time.monotonic() - began < 10


def test_a_query_sent_behind_an_endless_one_costs_no_worker(served: Served) -> None:
    """Its time is over before its turn comes."""

    def workers() -> set[str]:
        listed = Path(f"/proc/{served.process.pid}/task").glob("*/children")
        return {child for children in listed for child in children.read_text().split()}

    head = f"GET /sparql?query={quote(ENDLESS, safe='')} HTTP/1.1\r\nhost: localhost\r\n\r\n"
    behind = "GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nhost: localhost\r\n"
    before = workers()
    told = raw(
        served, (head + (behind + "\r\n") * 8 + behind + "connection: close\r\n\r\n").encode()
    )
    assert told.count(b"HTTP/1.1 504") == 10
    # The endless one was asked as a short one, and again as a long one.
    assert len(workers() - before) <= 2


def test_a_greedy_query_is_no_200(served: Served) -> None:
    for text in (
        "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?c ?f ?i",
        "CONSTRUCT { ?a ?b ?f } { ?a ?b ?c . ?d ?e ?f }",
        "SELECT * { ?a ?b ?c . ?d ?e ?f }",
    ):
        accept = "text/turtle, text/csv"
        assert served.query(text, accept, source="127.0.0.8").status in {504, 507}


def test_short_queries_do_not_wait_for_long_ones(served: Served) -> None:
    with ThreadPoolExecutor(12) as pool:
        long = [
            pool.submit(served.query, PRODUCT, "text/csv", f"127.0.1.{number}")
            for number in range(1, 9)
        ]
        time.sleep(0.3)
        waits = []
        while not all(one.done() for one in long):
            began = time.monotonic()
            reply = served.query("ASK { ?s a dip:PhoneCall }", source="127.0.0.7")
            assert reply.text.strip() == "true"
            waits.append(time.monotonic() - began)
        assert median(waits) < 1.5
        statuses = {one.result().status for one in long}
        assert statuses <= {503, 504}
        assert all(
            one.result().headers.get("retry-after") for one in long if one.result().status == 503
        )


def test_workers_are_weighed_against_the_server_and_not_apart_from_it(served: Served) -> None:
    """In a session of its own each would have as much processor time as the server (autogroup)."""
    workers = [
        int(child)
        for children in Path(f"/proc/{served.process.pid}/task").glob("*/children")
        for child in children.read_text().split()
    ]
    sessions, groups = set(), set()
    for worker in workers:
        with contextlib.suppress(ProcessLookupError):
            sessions.add(os.getsid(worker))
            groups.add(os.getpgid(worker))
    assert sessions == {os.getsid(served.process.pid)}
    # What is meant for its own group, as Ctrl-C in a terminal, is not for them.
    assert groups & set(workers)


def test_a_query_ends_when_its_client_leaves(served: Served) -> None:
    def niceness(process: int | str) -> list[int]:
        """Of each thread: on Linux they have their own."""
        stats = Path(f"/proc/{process}/task").glob("*/stat")
        return [int(one.read_text().rpartition(")")[2].split()[16]) for one in stats]

    def long_ones() -> int:
        niced, usual = 0, max(niceness(served.process.pid))
        for children in Path(f"/proc/{served.process.pid}/task").glob("*/children"):
            for child in children.read_text().split():
                with contextlib.suppress(OSError, ValueError):  # it ends just now
                    niced += min(niceness(child)) > usual
        return niced

    def wait_for(some: bool, seconds: float) -> None:
        began = time.monotonic()
        while bool(long_ones()) != some:
            assert time.monotonic() - began < seconds
            time.sleep(0.02)

    wait_for(False, 10)
    head = f"GET /sparql?query={quote(ENDLESS, safe='')} HTTP/1.1\r\nhost: localhost\r\n\r\n"
    with socket.create_connection(("127.0.0.1", served.port)) as connection:
        connection.sendall(head.encode())
        wait_for(True, 10)
    wait_for(False, 1.5)


@pytest.fixture(scope="module")
def bounded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    bounds = {
        "limits": {"seconds": 2.0, "megabytes": 192},
        "share": 6.0,
        "head_seconds": 1.0,
        "body_seconds": 1.0,
        "send_seconds": 1.0,
        "connections": 20,
        "answer": 1_000_000,
    }
    with serving(loaded(tmp_path_factory.mktemp("bounded")), bounds=bounds) as served:
        yield served
        assert served.process.poll() is None


def test_a_client_has_its_share_and_no_more(bounded: Served) -> None:
    statuses = [bounded.query(PRODUCT, source="127.0.2.1").status for _ in range(8)]
    assert 429 in statuses
    reply = bounded.query("ASK {}", source="127.0.2.1")
    assert reply.status == 429
    assert int(reply.headers["retry-after"]) >= 1
    # Others are not held back by it.
    assert bounded.query("ASK {}", source="127.0.2.2").status == 200


def test_an_answer_larger_than_the_bound_is_no_200(bounded: Served) -> None:
    assert bounded.query("SELECT * { ?s ?p ?o }").status == 507
    assert bounded.query("SELECT * { ?s ?p ?o } LIMIT 10").status == 200


@pytest.mark.parametrize(
    ("data", "begins"),
    [
        (b"", b""),
        (b"GET / HTTP/1.1\r\nhost: loc", b""),
        (POST + b"content-length: 100\r\n\r\nASK", b"HTTP/1.1 408"),
    ],
)
def test_slow_senders_are_cut_off(data: bytes, begins: bytes, bounded: Served) -> None:
    began = time.monotonic()
    try:
        received = raw(bounded, data)
    except ConnectionResetError:
        received = b""
    assert received.startswith(begins)
    assert 0.5 < time.monotonic() - began < 20


def test_a_drop_now_and_then_does_not_keep_a_head_open(bounded: Served) -> None:
    began = time.monotonic()
    with (
        socket.create_connection(("127.0.0.1", bounded.port), timeout=5) as connection,
        contextlib.suppress(OSError),
    ):
        for byte in b"GET / HTTP/1.1\r\nhost: localhost\r\n" + b"x: y\r\n" * 50:
            connection.sendall(bytes((byte,)))
            time.sleep(0.05)
    assert time.monotonic() - began < 10


def test_slow_readers_are_cut_off(bounded: Served) -> None:
    text = quote("SELECT * { ?s ?p ?o } LIMIT 8000", safe="")
    head = f"GET /sparql?query={text} HTTP/1.1\r\nhost: localhost\r\naccept: text/csv\r\n\r\n"
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(("127.0.0.1", bounded.port))
        connection.settimeout(10)
        for _ in range(8):
            connection.sendall(head.encode())
        time.sleep(4)
        received = 0
        with contextlib.suppress(ConnectionError):
            while part := connection.recv(65536):
                received += len(part)
        assert received < 8 * 500_000


def test_hundreds_who_come_at_once_are_let_in_at_once(served: Served) -> None:
    """As many as the door holds, while others are being served all the time."""
    busy = threading.Event()

    def ask() -> None:
        while not busy.is_set():
            served.query("ASK { ?s a dip:PhoneCall }")

    askers = [threading.Thread(target=ask) for _ in range(8)]
    for asker in askers:
        asker.start()
    try:
        many = [socket.create_connection(("127.0.0.1", served.port)) for _ in range(300)]
        began = time.monotonic()
        for one in many:
            one.sendall(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
        assert all(one.recv(100).startswith(b"HTTP/1.1 200") for one in many)
        assert time.monotonic() - began < 20
    finally:
        busy.set()
        for asker in askers:
            asker.join()
        for one in many:
            one.close()


def test_connections_are_counted(bounded: Served) -> None:
    time.sleep(1.5)
    held = [socket.create_connection(("127.0.0.1", bounded.port)) for _ in range(20)]
    try:
        time.sleep(0.2)
        told = raw(bounded, b"")
        assert told.startswith(b"HTTP/1.1 503")
        assert b"retry-after" in told
    finally:
        for one in held:
            one.close()
    time.sleep(0.3)
    assert bounded.query("ASK {}").status == 200
