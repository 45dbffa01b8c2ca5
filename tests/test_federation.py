"""`SERVICE` at addresses that are allowed: the engine's own answers, and no way to any other."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import quote

import pyoxigraph as ox
import pytest
from servers import Server
from stub import JSON, ROWS, Stub, send

from kg.cli import run
from kg.errors import KgError, LimitError, Misuse, QueryError, StoreError
from kg.rdf import Rows, parse
from kg.store import Limits, in_memory
from kg.store.federation import ROWS as MOST
from kg.store.federation import checked_addresses, federated
from kg.store.remote.endpoint import Endpoint
from tests.serving import Served, loaded, serving

HERE = """
<urn:a> <urn:p> <urn:b> . <urn:a> <urn:q> 1 . <urn:b> <urn:q> 2 . <urn:c> <urn:q> 3 .
<urn:a> <urn:label> "Foreign SERVICE <urn:x> { }" .
"""
THERE = """
<urn:b> <urn:r> "there"@en . <urn:b> <urn:r> "1.10"^^<http://www.w3.org/2001/XMLSchema#decimal> .
<urn:c> <urn:r> "a \\"quoted\\" } SERVICE\\n<urn:x>" . <urn:c> <urn:s> <urn:x#y'z> .
<urn:d> <urn:r> 7 .
"""


def answered(text: str, *allowed: str, seconds: float = 20) -> object:
    store = in_memory(*[parse(HERE.encode(), "ttl", file="here")])
    text, limits = federated(text, allowed, Limits(seconds, 512))
    return store.run(text, limits)


SAME = {
    "one clause": "SELECT * { ?a <urn:p> ?b SERVICE <%s> { ?b <urn:r> ?r } }",
    "before the rest": "SELECT * { SERVICE <%s> { ?b <urn:r> ?r } ?a <urn:p> ?b }",
    "alone": "SELECT * { SERVICE <%s> { ?b ?p ?o } }",
    "lower case, no space": "select * { service<%s>{ ?b ?p ?o } }",
    "comments, silent": "SELECT * { sErViCe # SERVICE ?v {\n silent<%s> # }\n{ ?b <urn:r> ?o } }",
    "prefixed": "PREFIX at: <%s> SELECT * { SERVICE at: { ?b <urn:r> ?o } }",
    "relative": "BASE <%s> SELECT * { SERVICE <query> { ?b <urn:r> ?o } }",
    "in optional": "SELECT * { ?a <urn:q> ?n OPTIONAL { SERVICE <%s> { ?a <urn:r> ?r } } }",
    "in exists": "SELECT * { ?a <urn:q> ?n FILTER EXISTS { SERVICE <%s> { ?a <urn:r> ?r } } }",
    "in not exists": "SELECT * { ?a <urn:q> ?n FILTER NOT EXISTS { SERVICE <%s> { ?a ?b ?r } } }",
    "in minus": "SELECT * { ?a <urn:q> ?n MINUS { SERVICE <%s> { ?a <urn:r> ?r } } }",
    "in union": "SELECT * { { ?a <urn:q> ?n } UNION { SERVICE <%s> { ?a <urn:r> ?r } } }",
    "in a subquery": "SELECT ?a (COUNT(?r) AS ?n) "
    "{ { SELECT * { SERVICE <%s> { ?a ?p ?r } } } } GROUP BY ?a",
    "of a subquery": "SELECT * "
    "{ SERVICE <%s> { SELECT ?a (COUNT(*) AS ?n) { ?a ?p ?o } GROUP BY ?a } }",
    "no variables": "SELECT * { ?a <urn:p> ?b SERVICE <%s> { <urn:b> <urn:r> 'there'@en } }",
    "no variables, no": "SELECT * { ?a <urn:p> ?b SERVICE <%s> { <urn:b> <urn:r> 'nowhere' } }",
    "unbound": "SELECT * { SERVICE <%s> { ?b <urn:r> ?r OPTIONAL { ?b <urn:s> ?s } } }",
    "filter and bind": "SELECT * "
    "{ SERVICE <%s> { ?b <urn:r> ?r FILTER(isLiteral(?r)) BIND(1 AS ?one) } }",
    "values": "SELECT * { SERVICE <%s> { VALUES ?b { <urn:b> <urn:c> } ?b <urn:r> ?r } }",
    "comparison": "SELECT * { SERVICE <%s> { ?b <urn:r> ?r FILTER(?r< 8 || ?r > 8) } }",
    "quotes": "SELECT * { SERVICE <%s> { ?b <urn:s> <urn:x#y'z> FILTER('}' != \"{\") } }",
    "the word": "SELECT * { ?a <urn:label> 'Foreign SERVICE <urn:x> { }' "
    "SERVICE <%s> { ?b ?p ?o } } # SERVICE",
    "ask": "ASK { SERVICE <%s> { ?b <urn:r> 7 } }",
    "construct": "CONSTRUCT { ?b <urn:t> ?o } { SERVICE <%s> { ?b <urn:r> ?o } }",
}


def change(address: str, text: str) -> None:
    endpoint = Endpoint(address)
    endpoint.select("ASK {}", Limits(20))
    endpoint.update(text, Limits(20))


@pytest.fixture
def there(server: Callable[[str], Server]) -> Iterator[str]:
    """Address of a server that holds THERE."""
    found = server("oxigraph")
    change(found.address, f"INSERT DATA {{ {THERE} }}")
    yield found.address
    change(found.address, "DROP ALL")


@pytest.mark.parametrize("name", SAME)
def test_answer_is_that_of_the_engine_itself(name: str, there: str) -> None:
    text = SAME[name] % there
    store = ox.Store()
    store.extend(parse(HERE.encode(), "ttl", file="here"))
    theirs = store.query(text, use_default_graph_as_union=True)
    ours = answered(text, there)
    if isinstance(theirs, ox.QueryBoolean):
        assert ours is bool(theirs)
    elif isinstance(theirs, ox.QueryTriples):
        assert sorted(map(str, ours.triples)) == sorted(map(str, theirs))  # type: ignore[attr-defined]
    else:
        assert isinstance(ours, Rows)
        names = [variable.value for variable in theirs.variables]
        rows = [[str(row[name]) for name in names] for row in theirs]
        at = [ours.variables.index(name) for name in names]
        assert sorted([str(row[n]) for n in at] for row in ours.rows) == sorted(rows)
        assert rows or name == "no variables, no"


def test_several_clauses_are_answered(there: str) -> None:
    text = "SELECT * { SERVICE <%s> { <urn:b> <urn:r> ?x } SERVICE <%s> { <urn:d> <urn:r> ?y } }"
    found = answered(text % (there, there), there)
    assert isinstance(found, Rows)
    assert {row[found.variables.index("y")].value for row in found.rows} == {"7"}
    with pytest.raises(QueryError, match="more than 8"):
        answered(f"SELECT * {{ {f'SERVICE <{there}> {{ ?a ?b ?c }}' * 9} }}", there)


def test_blank_nodes_are_the_same_within_a_clause(there: str) -> None:
    change(there, "INSERT DATA { _:x <urn:u> 1 ; <urn:v> 2 . _:y <urn:u> 3 }")
    text = f"SELECT ?x ?n {{ SERVICE <{there}> {{ ?x <urn:u>|<urn:v> ?n }} }} ORDER BY ?n"
    found = answered(text, there)
    assert isinstance(found, Rows)
    names = [row[0].value for row in found.rows]
    assert names[0] == names[1] != names[2]
    assert all("/.well-known/genid/" in name for name in names)


# Nowhere else


REFUSED = [
    "SELECT * { SERVICE <%s/> { ?s ?p ?o } }",
    "SELECT * { SERVICE <%s?x> { ?s ?p ?o } }",
    "SELECT * { SERVICE <%s#> { ?s ?p ?o } }",
    "SELECT * { SERVICE <%s/../sparql> { ?s ?p ?o } }",
    "SELECT * { SERVICE SILENT <%s/x> { ?s ?p ?o } }",
    "BASE <%s> SELECT * { SERVICE <x> { ?s ?p ?o } }",
    "PREFIX x: <%s> SELECT * { SERVICE x:y { ?s ?p ?o } }",
    "PREFIX x: <urn:> PREFIX x: <%s/> SELECT * { SERVICE x: { ?s ?p ?o } }",
    "SELECT * { SERVICE <%s\\u0078> { ?s ?p ?o } }",
    "SELECT * { BIND(<%s> AS ?v) SERVICE ?v { ?s ?p ?o } }",
    "SELECT * { VALUES $v { <%s> } SERVICE SILENT $v { ?s ?p ?o } }",
    "SELECT * { SERVICE <%s> { SERVICE <%s/x> { ?s ?p ?o } } }",
    "SELECT * { SERVICE <%s> { { SERVICE ?v { ?s ?p ?o } } } }",
    "SELECT * { SERVICE <%s> { ?s ?p '\\u0027 } SERVICE <urn:x> { }' } }",
    "SELECT * { SERVICE\x0c<%s/x> { ?s ?p ?o } }",
    "SELECT * { SERVICE\x00<%s/x> { ?s ?p ?o } }",
    "SELECT * { \\u0053ERVICE <%s> { ?s ?p ?o } }",
    "PREFIX : <%s> SELECT * { SERVICE:x { ?s ?p ?o } }",
    "PREFIX : <%s> SELECT * { SERVICE: { ?s ?p ?o } }",
    "SELECT * { ?s ?p 1SERVICE<%s> { ?s ?p ?o } }",
    "SELECT * { ?s ?p 1SERVICE<%s/x> { ?s ?p ?o } }",
    "SELECT * { SERVICESILENT<%s> { ?s ?p ?o } }",
    "SELECT * { SERVICE <%s> { ?x a <urn:y> }",
    "SELECT * { SERVICE <%s>",
    "SELECT * { SERVICE",
    "SERVICE <%s> { ?x a <urn:y> }",
    "PREFIX",
    "LOAD <%s>",
    "INSERT { ?s ?p ?o } WHERE { SERVICE <%s> { ?s ?p ?o } }",
    "DELETE WHERE { SERVICE <%s> { ?s ?p ?o } }",
    # What is text to one reader and a clause to another.
    "SELECT * { FILTER(?a<'>') SERVICE <%s/x> { } FILTER(?b='x') }",
    "PREFIX b: <urn:> SELECT * { FILTER(?a<b:c#c>'''\n) SERVICE <%s/x> { } FILTER(1=1 #'''\n) }",
    "SELECT * { FILTER(1.e0<'>') SERVICE <%s/x> { } FILTER(?b='x') }",
    "SELECT * { FILTER(EXISTS { }<'>') SERVICE <%s/x> { } FILTER(?b='x') }",
]  # fmt: skip


@pytest.mark.parametrize("text", REFUSED)
def test_no_other_address_is_asked(text: str, stub: Stub, other: Stub) -> None:
    """Of two servers one is allowed; what names it in another way, or the other one, is not."""
    with pytest.raises(KgError) as told:
        answered(text.replace("%s", stub.address), stub.address)
    assert told.value.exit_code == 4
    assert [path for _, path, _ in stub.asked] in ([], ["/sparql"])
    asked = text.replace("%s", other.address)
    with pytest.raises(KgError):
        answered(asked, stub.address)
    assert other.asked == []


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1@{host}/sparql", "http://{host}@127.0.0.1:9/sparql", "http://{host}:80/sparql",
        "HTTP://{host}/sparql", "http://{host}/sparql?query=x", "http://{host}/%73parql",
        "http://0x7f000001:{port}/sparql", "http://127.1:{port}/sparql", "http://[::1]:{port}/sparql",
        "http://localhost:{port}/sparql", "http://2130706433:{port}/sparql", "file:///etc/passwd",
        "http://{host}\\u002f/sparql", "//{host}/sparql", "sparql",
    ],
)  # fmt: skip
def test_no_other_spelling_of_an_address_is_asked(address: str, stub: Stub, other: Stub) -> None:
    place = address.format(host=f"127.0.0.1:{other.port}", port=other.port)
    with pytest.raises(QueryError):
        answered(f"SELECT * {{ SERVICE <{place}> {{ ?s ?p ?o }} }}", stub.address)
    assert other.asked == []
    assert stub.asked == []


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd", "ftp://h/", "http://u:p@h/", "//h", "http://", "h",
        "http://h/#x", "http://h/ x", "http://h:x/",
    ],
)  # fmt: skip
def test_what_is_no_address_cannot_be_allowed(address: str) -> None:
    with pytest.raises(Misuse):
        checked_addresses([address])


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_to_another_host_is_not_followed(status: int, stub: Stub, other: Stub) -> None:
    stub.answering = lambda request: send(request, b"", status, Location=other.address)
    with pytest.raises(StoreError, match="sends elsewhere"):
        answered(f"SELECT * {{ SERVICE <{stub.address}> {{ ?s ?p ?o }} }}", stub.address)
    assert other.asked == []


def test_it_asks_as_nobody(stub: Stub, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("KG_STORE_TOKEN", "secret")
    answered(f"SELECT * {{ SERVICE <{stub.address}> {{ ?x ?p ?o }} }}", stub.address)
    assert ["Authorization" in headers for _, _, headers in stub.asked] == [False]


# What goes wrong there


def test_silent_clause_that_fails_is_one_empty_solution(stub: Stub) -> None:
    stub.answering = lambda request: send(request, b"no", 500)
    text = "SELECT ?a ?x { ?a <urn:p> ?b SERVICE %s<%s> { ?x <urn:p> ?b } }"
    found = answered(text % ("SILENT ", stub.address), stub.address)
    assert isinstance(found, Rows)
    assert [[str(term) for term in row] for row in found.rows] == [["<urn:a>", "None"]]
    with pytest.raises(StoreError, match="500"):
        answered(text % ("", stub.address), stub.address)


def without_end(request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.send_header("Content-Type", JSON)
    request.end_headers()
    request.wfile.write(b'{"head":{"vars":["x"]},"results":{"bindings":[')
    while True:
        request.wfile.write(b'{"x":{"type":"literal","value":"' + b"x" * 60_000 + b'"}},')


def many(request: BaseHTTPRequestHandler) -> None:
    rows = [{"x": {"type": "literal", "value": str(n)}} for n in range(MOST + 1)]
    told = {"head": {"vars": ["x"]}, "results": {"bindings": rows}}
    send(request, json.dumps(told).encode())


def slow(request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.send_header("Content-Type", JSON)
    request.end_headers()
    for _ in range(200):
        request.wfile.write(b" ")
        request.wfile.flush()
        time.sleep(0.05)


@pytest.mark.parametrize("silent", ["", "SILENT "])
@pytest.mark.parametrize("answering", [without_end, many, slow])
def test_an_answer_has_bounds(
    answering: Callable[[BaseHTTPRequestHandler], None], silent: str, stub: Stub
) -> None:
    stub.answering = answering
    began = time.monotonic()
    text = f"SELECT * {{ SERVICE {silent}<{stub.address}> {{ ?x ?p ?o }} }}"
    with pytest.raises(LimitError):
        answered(text, stub.address, seconds=3)
    assert time.monotonic() - began < 15


URI = {"type": "uri", "value": "urn:x"}


@pytest.mark.parametrize(
    "term",
    [
        {"type": "uri", "value": "urn:x> } SERVICE <urn:y> { "},
        {"type": "literal", "value": "x", "xml:lang": "en } #"},
        {"type": "literal", "value": "x", "datatype": "urn:x> } #"},
        {"type": "triple", "value": {"subject": URI, "predicate": URI, "object": URI}},
    ],
)  # fmt: skip
def test_no_answer_becomes_a_piece_of_the_query(term: dict[str, object], stub: Stub) -> None:
    told = {"head": {"vars": ["x"]}, "results": {"bindings": [{"x": term}]}}
    stub.answering = lambda request: send(request, json.dumps(told).encode())
    with pytest.raises(StoreError):
        answered(f"SELECT * {{ SERVICE <{stub.address}> {{ ?x a <urn:y> }} }}", stub.address)


def test_an_answer_about_something_else_is_none(stub: Stub) -> None:
    told = {"head": {"vars": ["a"]}, "results": {"bindings": [{"a": URI}]}}
    stub.answering = lambda request: send(request, json.dumps(told).encode())
    text = "SELECT ?x {{ SERVICE {}<{}> {{ ?x a <urn:y> }} }}"
    with pytest.raises(StoreError, match="other columns"):
        answered(text.format("", stub.address), stub.address)
    found = answered(text.format("SILENT ", stub.address), stub.address)
    assert isinstance(found, Rows)
    assert found.rows == ((None,),)


def test_a_slip_within_a_clause_is_said_with_its_line(stub: Stub) -> None:
    with pytest.raises(QueryError, match="query:3:"):
        answered(f"SELECT *\n{{ SERVICE <{stub.address}> {{\n ?x ?p }} }}", stub.address)
    with pytest.raises(QueryError, match="query:4:"):
        answered(f"SELECT *\n{{ SERVICE <{stub.address}> {{\n ?x ?p 1 }}\n ?x ?p }}", stub.address)
    assert len(stub.asked) == 1


# The command and the server


def test_command_answers_it_and_refuses_without_leave(
    there: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    text = f"SELECT ?r {{ SERVICE <{there}> {{ <urn:d> <urn:r> ?r }} }}"
    assert run(["-s", "memory:", "query", text, "--allow-service", there]) == 0
    assert capsys.readouterr().out.split() == ["r", "7"]
    assert run(["-s", "memory:", "query", text]) == 4
    assert "--allow-service" in capsys.readouterr().err
    assert run(["-s", "memory:", "query", text, "--allow-service", "nowhere"]) == 2


@pytest.fixture(scope="module")
def endpoint() -> Iterator[Stub]:
    server = Stub()
    yield server
    server.close()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, endpoint: Stub) -> Iterator[Served]:
    folder = loaded(tmp_path_factory.mktemp("federated"))
    options = ("--seconds", "2", "--allow-service", endpoint.address)
    with serving(folder, *options) as served:
        yield served
        assert served.process.poll() is None
        assert served.query("ASK {}").text.strip() == "true"


def clause(endpoint: Stub, silent: str = "") -> str:
    return f"SELECT ?x {{ SERVICE {silent}<{endpoint.address}> {{ ?x ?p ?o }} }}"


def test_server_answers_it(served: Served, endpoint: Stub) -> None:
    endpoint.answering = lambda request: send(request, ROWS)
    assert served.query(clause(endpoint)).text.split() == ["x", "1.1"]
    assert served.ask("GET", "/sparql", {"accept": "text/turtle"}).text.count("Federated") == 1


@pytest.mark.parametrize("text", REFUSED)
def test_server_asks_no_other_address(text: str, served: Served, other: Stub) -> None:
    assert served.query(text.replace("%s", other.address)).status == 400
    assert other.asked == []


def test_server_says_that_an_endpoint_fails(served: Served, endpoint: Stub) -> None:
    endpoint.answering = lambda request: send(request, b"no", 500)
    assert served.query(clause(endpoint)).status == 502
    assert served.query(clause(endpoint, "SILENT ")).text.split() == ["x"]
    endpoint.answering = many
    reply = served.query(clause(endpoint))
    assert (reply.status, "10,000" in reply.text) == (507, True)


def test_slow_endpoint_keeps_nobody_else_waiting(served: Served, endpoint: Stub) -> None:
    endpoint.answering = slow
    replies: list[tuple[int, float]] = []

    def ask(source: str) -> None:
        began = time.monotonic()
        status = served.query(clause(endpoint), source=source).status
        replies.append((status, time.monotonic() - began))

    askers = [threading.Thread(target=ask, args=(f"127.0.4.{n // 3}",)) for n in range(15)]
    for asker in askers:
        asker.start()
    time.sleep(0.3)
    began = time.monotonic()
    assert served.query("ASK { ?s a dip:PhoneCall }").text.strip() == "true"
    assert time.monotonic() - began < 1.9
    for asker in askers:
        asker.join()
    assert {status for status, _ in replies} == {503, 504}
    # Two of each address, eight in all; the others are told at once.
    assert sum(status == 504 for status, _ in replies) == 8
    assert all(took < 1 for status, took in replies if status == 503)
    assert all(took < 2.5 for _, took in replies)


def test_many_rows_are_joined(served: Served, endpoint: Stub) -> None:
    rows = [
        {"x": {"type": "uri", "value": f"http://x/{n}#y"},
         "p": {"type": "literal", "value": f"from {n}"}}
        for n in range(MOST)
    ]  # fmt: skip
    told = json.dumps({"head": {"vars": ["x", "p"]}, "results": {"bindings": rows}}).encode()
    endpoint.answering = lambda request: send(request, told)
    text = f"SELECT (COUNT(*) AS ?n) {{ SERVICE <{endpoint.address}> {{ ?x ?p ?o }} }}"
    assert served.query(text).text.split() == ["n", str(MOST)]


def test_server_that_is_not_told_refuses_all(tmp_path: Path, stub: Stub) -> None:
    with serving(loaded(tmp_path)) as served:
        path = f"/sparql?query={quote(clause(stub))}"
        assert served.ask("GET", path).status == 400
    assert stub.asked == []
