"""What a hostile or broken server answers, and what becomes of it: one of our errors, in time."""

import contextlib
import gzip
import json
import socket
import time
from http.server import BaseHTTPRequestHandler

import pytest
from seed import SEED
from stub import JSON, ROWS, Answering, Stub, send

from kg.cli import run
from kg.errors import KgError, LimitError, Misuse, QueryError, StoreError
from kg.rdf import Literal, NamedNode, Rows
from kg.store import Limits
from kg.store.remote import opener
from kg.store.remote.endpoint import Endpoint

ANSWER = Rows(
    ("x",), ((Literal("1.1", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#decimal")),),)
)

NO_BOOKS = b'{"head": {"vars": ["commit"]}, "results": {"bindings": []}}'


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    """No user, no netrc, whatever the machine has."""
    for name in ("USER", "PASSWORD", "TOKEN", "UPDATE", "GRAPHS"):
        monkeypatch.delenv(f"KG_STORE_{name}", raising=False)
    monkeypatch.setenv("NETRC", str(tmp_path / "none"))


def ask(address: str, seconds: float = 5, megabytes: int = 64) -> Rows | bool:
    return Endpoint(address).select("SELECT ?x {}", Limits(seconds, megabytes))


def change(address: str) -> None:
    Endpoint(address).update("DROP ALL", Limits(5))


def authorization(stub: Stub) -> list[str]:
    return [headers.get("Authorization", "") for _, _, headers in stub.asked]


def test_answer_has_the_form_of_the_embedded_store(stub) -> None:
    assert ask(stub.address) == ANSWER


# Credentials


def challenge(request: BaseHTTPRequestHandler) -> None:
    if "Authorization" in request.headers:
        send(request, ROWS)
    else:
        send(request, b"", 401, WWW_Authenticate='Basic realm="x"')


def test_password_is_told_when_it_is_asked_for(stub, monkeypatch) -> None:
    monkeypatch.setenv("KG_STORE_USER", "me")
    monkeypatch.setenv("KG_STORE_PASSWORD", "secret")
    stub.answering = challenge
    assert ask(stub.address) == ANSWER
    assert authorization(stub) == ["", "Basic bWU6c2VjcmV0"]


def test_netrc_file_knows_the_password(stub, monkeypatch, tmp_path) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    stub.answering = challenge
    assert ask(stub.address) == ANSWER


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("machine 127.0.0.1 login me passwrd secret\n", "netrc:1: no netrc file"),
        ("machine 127.0.0.1 login me password secr\xe9t\n", "not UTF-8"),
    ],
    ids=["words", "bytes"],
)
def test_netrc_file_that_is_none_is_said_without_the_password(
    text, words, monkeypatch, tmp_path
) -> None:
    (tmp_path / "netrc").write_bytes(text.encode("latin-1"))
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with pytest.raises(StoreError, match=words) as told:
        Endpoint("http://127.0.0.1/")
    assert "secr" not in str(told.value)


def test_each_host_gets_its_own_password_of_the_netrc_file(
    stub, other, monkeypatch, tmp_path
) -> None:
    (tmp_path / "netrc").write_text(
        "machine 127.0.0.1 login me password secret\nmachine localhost login you password other\n"
    )
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("KG_STORE_UPDATE", f"http://localhost:{other.port}/update")
    stub.answering = other.answering = challenge
    endpoint = Endpoint(stub.address)
    endpoint.select("SELECT ?x {}", Limits(5))
    endpoint.update("DROP ALL", Limits(5))
    assert authorization(stub)[-1] == "Basic bWU6c2VjcmV0"
    assert "Basic bWU6c2VjcmV0" not in authorization(other)
    assert authorization(other)[-1] == "Basic eW91Om90aGVy"


@pytest.mark.parametrize("token", ["sec\nret", "secr€t"])
def test_token_that_no_header_can_carry_is_not_said_again(token, stub, monkeypatch) -> None:
    monkeypatch.setenv("KG_STORE_TOKEN", token)
    with pytest.raises(StoreError, match="KG_STORE_TOKEN") as told:
        ask(stub.address)
    assert "sec" not in str(told.value)
    assert stub.asked == []


def test_token_is_sent(stub, monkeypatch) -> None:
    monkeypatch.setenv("KG_STORE_TOKEN", "secret")
    assert ask(stub.address) == ANSWER
    assert authorization(stub) == ["Bearer secret"]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_to_another_host_gets_nothing(status, stub, other, monkeypatch) -> None:
    monkeypatch.setenv("KG_STORE_TOKEN", "secret")
    stub.answering = lambda request: send(request, b"", status, Location=other.address)
    with pytest.raises(StoreError, match="sends elsewhere"):
        ask(stub.address)
    assert other.asked == []


@pytest.mark.parametrize(
    "where", ["file:///etc/passwd", "ftp://127.0.0.1/", "//[", "http://a:b@c/"]
)
def test_redirect_to_no_server_is_refused(where, stub) -> None:
    stub.answering = lambda request: send(request, b"", 302, Location=where)
    with pytest.raises(StoreError, match="sends elsewhere"):
        ask(stub.address)


def test_redirect_within_the_origin_is_followed_by_reading_only(stub, monkeypatch) -> None:
    monkeypatch.setenv("KG_STORE_TOKEN", "secret")

    def moved(request: BaseHTTPRequestHandler) -> None:
        if request.path == "/there":
            send(request, ROWS)
        else:
            send(request, b"", 301, Location="/there")

    stub.answering = moved
    assert ask(stub.address) == ANSWER
    assert [(method, path) for method, path, _ in stub.asked] == [
        ("POST", "/sparql"),
        ("POST", "/there"),
    ]
    with pytest.raises(StoreError, match="sends elsewhere"):
        change(stub.address)
    assert len(stub.asked) == 3


def test_redirects_in_a_circle_end(stub) -> None:
    stub.answering = lambda request: send(request, b"", 302, Location="/sparql")
    with pytest.raises(StoreError, match="sends elsewhere"):
        ask(stub.address)
    assert len(stub.asked) == 4


def test_proxies_of_the_environment_are_not_heeded(stub, other, monkeypatch) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{other.port}")
    assert ask(stub.address) == ANSWER
    assert other.asked == []


@pytest.mark.parametrize(
    "address", ["http://me:secret@127.0.0.1/", "file:///etc/passwd", "http:///x", "http://h:x/"]
)
def test_address_that_is_none_is_refused_and_no_password_said_again(address) -> None:
    with pytest.raises(Misuse) as told:
        Endpoint(address)
    assert "secret" not in str(told.value)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("http://h/a b", "%20"),
        ("http://h/münchen", "%C3%BC"),
        ("http://h/a\nb", "%0A"),
        (f"http://{'a' * 64}/", "no host and port"),
        ("http://[::1/", "IPv6"),
    ],
    ids=["blank", "letter", "line", "long", "brackets"],
)
@pytest.mark.parametrize("name", ["", "KG_STORE_UPDATE"])
def test_address_that_cannot_be_sent_is_said_at_once(name, address, words, monkeypatch) -> None:
    if name:
        monkeypatch.setenv(name, address)
    with pytest.raises(Misuse, match=words):
        Endpoint("http://h/" if name else address)


@pytest.mark.parametrize("escape", [r"\u0022", r"\U00000022", r"\u003e"])
def test_text_that_another_reader_would_end_sooner_is_not_sent(escape, stub, capsys) -> None:
    stub.answering = lambda request: send(request, NO_BOOKS)
    query = f'SELECT ("{escape} AS ?x) {{ SERVICE <http://x/> {{ ?a ?b ?c }} }} #" AS ?y) {{}}'
    assert run(["-s", stub.address, "query", query]) == QueryError.exit_code
    assert f"query:1:10: {escape} is read in two ways" in capsys.readouterr().err
    assert not any(b"AS" in body for body in stub.bodies)


# Answers that are none


@pytest.mark.parametrize(
    "told",
    [
        {"head": {}, "boolean": True},
        {"head": {"vars": []}, "results": {"bindings": [{}]}},
        {
            "head": {"vars": ["x"]},
            "results": {"bindings": [{"x": {"type": "literal", "value": ""}}]},
        },
    ],
    ids=["yes", "nothing", "another"],
)
@pytest.mark.parametrize("command", ["sources", "dump", "query", "export", "load"])
def test_server_that_answers_all_alike_is_none(command, told, stub, capsys) -> None:
    stub.answering = lambda request: send(request, json.dumps(told).encode())
    more = {"query": ["SELECT ?x { ?x ?y ?z }"], "export": ["gexf"], "load": [str(SEED)]}
    assert run(["-s", stub.address, command, *more.get(command, [])]) == StoreError.exit_code
    assert "other columns than were asked for" in capsys.readouterr().err


def test_page_is_no_answer(stub) -> None:
    stub.answering = lambda request: send(request, b"<html>Log in</html>", kind="text/html")
    with pytest.raises(StoreError, match="a web page"):
        ask(stub.address)


BAD = {
    "empty": b"",
    "not JSON": b"<html>",
    "cut": ROWS[:-9],
    "another JSON": b"[1, 2]",
    "not UTF-8": b'{"head":{"vars":["\xff"]}}',
    "deep": b'{"head":{"vars":["x"],"link":' + b"[" * 50_000,
    "terms in terms": b'{"head":{"vars":["x"]},"results":{"bindings":[{"x":'
    + b'{"type":"triple","value":{"subject":' * 30_000,
    "deep behind a long string": b'{"head":{"link":["' + b"x\\\\" * 50_000 + b'",' + b"[" * 50_000,
}


@pytest.mark.parametrize("body", BAD.values(), ids=BAD)
def test_rows_that_are_none_are_an_error(body, stub) -> None:
    stub.answering = lambda request: send(request, body)
    with pytest.raises(StoreError):
        ask(stub.address)


def test_brackets_in_text_are_not_depth(stub) -> None:
    text = '[{"\\' * 1000
    told = {
        "head": {"vars": ["x"]},
        "results": {"bindings": [{"x": {"type": "literal", "value": text}}]},
    }
    stub.answering = lambda request: send(request, json.dumps(told).encode())
    assert ask(stub.address) == Rows(("x",), ((Literal(text),),))


@pytest.mark.parametrize(
    "body", [b"<urn:a> <urn:b> .\n", b"@prefix", b"\xff", b"<urn:a> <urn:b> <"]
)
def test_triples_that_are_none_are_an_error(body, stub) -> None:
    stub.answering = lambda request: send(request, body, kind="application/n-triples")
    with pytest.raises(StoreError, match="no N-Triples"):
        list(Endpoint(stub.address).construct("CONSTRUCT WHERE { ?s ?p ?o }", Limits(5)))


def test_answer_shorter_than_it_says_is_cut(stub) -> None:
    def short(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Type", "application/n-triples")
        request.send_header("Content-Length", "1000")
        request.end_headers()
        request.wfile.write(b"<urn:a> <urn:b> <urn:c> .\n")
        request.close_connection = True

    stub.answering = short
    with pytest.raises(StoreError, match="cut its answer off"):
        list(Endpoint(stub.address).construct("CONSTRUCT WHERE { ?s ?p ?o }", Limits(5)))


def test_partial_answer_of_virtuoso_is_none(stub) -> None:
    stub.answering = lambda request: send(request, ROWS, X_SQL_State="S1TAT")
    with pytest.raises(LimitError, match="before its end"):
        ask(stub.address)


# Too much, too slow


def test_compressed_answer_is_read(stub) -> None:
    stub.answering = lambda request: send(request, gzip.compress(ROWS), Content_Encoding="gzip")
    assert ask(stub.address) == ANSWER
    assert stub.asked[0][2]["Accept-Encoding"] == "gzip"


@pytest.mark.parametrize("packed", [b"", b"no gzip", gzip.compress(ROWS)[:-12]])
def test_compressed_answer_that_is_damaged_is_an_error(packed, stub) -> None:
    stub.answering = lambda request: send(request, packed, Content_Encoding="gzip")
    with pytest.raises(StoreError):
        ask(stub.address)


def test_compression_that_nobody_asked_for_is_refused(stub) -> None:
    stub.answering = lambda request: send(request, ROWS, Content_Encoding="br")
    with pytest.raises(StoreError, match="compressed as br"):
        ask(stub.address)


def test_bomb_in_a_compressed_answer_is_stopped_at_the_bound(stub) -> None:
    bomb = gzip.compress(b" " * 500_000_000, 1)
    stub.answering = lambda request: send(request, bomb, Content_Encoding="gzip")
    with pytest.raises(LimitError, match="64 megabytes"):
        ask(stub.address, seconds=20)


def endless(piece: bytes, pause: float = 0) -> Answering:
    def answering(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Type", JSON)
        request.end_headers()
        while True:
            request.wfile.write(piece)
            time.sleep(pause)

    return answering


def test_answer_without_end_is_stopped_at_the_bound(stub) -> None:
    stub.answering = endless(b" " * 1_000_000)
    with pytest.raises(LimitError, match="64 megabytes"):
        ask(stub.address, seconds=20)


def dribbled_head(request: BaseHTTPRequestHandler) -> None:
    request.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(1000):
        request.wfile.write(f"X-{number % 50}: y\r\n".encode() if number % 2 else b"")
        request.wfile.flush()
        time.sleep(0.1)


@pytest.mark.parametrize(
    "answering",
    [lambda _: time.sleep(6), endless(b" ", 0.05), dribbled_head],
    ids=["silence", "a byte now and then", "a header now and then"],
)
def test_slow_server_is_left_at_the_deadline(answering, stub) -> None:
    stub.answering = answering
    began = time.monotonic()
    with pytest.raises(LimitError, match="within 1 seconds"):
        ask(stub.address, seconds=1)
    assert time.monotonic() - began < 5


def test_first_questions_take_no_more_time_than_the_query_may(stub, capsys) -> None:
    stub.answering = lambda _: time.sleep(6)
    began = time.monotonic()
    query = ["query", "SELECT ?x { ?x ?y ?z }", "--seconds", "1"]
    assert run(["-s", stub.address, *query]) == LimitError.exit_code
    assert "within 1 seconds" in capsys.readouterr().err
    assert time.monotonic() - began < 5


def test_host_that_takes_no_connection_is_left_soon(monkeypatch) -> None:
    monkeypatch.setattr(opener, "REACH", 0.2)
    with socket.socket() as deaf, contextlib.ExitStack() as held:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        for _ in range(3):  # more than it queues: further ones are not taken
            one = held.enter_context(socket.socket())
            one.setblocking(False)
            one.connect_ex(deaf.getsockname())
        with pytest.raises(StoreError, match=r"reached: no connection in 0\.2 seconds"):
            ask(f"http://127.0.0.1:{deaf.getsockname()[1]}/", seconds=60)


# Errors


@pytest.mark.parametrize(
    ("status", "error", "words"),
    [
        (400, QueryError, "refuses the query: line 1: no such thing"),
        (401, StoreError, "KG_STORE_USER"),
        (403, StoreError, "refuses access"),
        (404, StoreError, "not the address"),
        (413, LimitError, "so much at once"),
        (500, StoreError, "failed .500.: line 1: no such thing"),
        (504, LimitError, "gave up"),
        (507, StoreError, "no room"),
    ],
)
def test_refusal_is_put_into_words(status, error, words, stub) -> None:
    body = b"\n line 1: no such thing\x1b[2J\nmore\n"
    stub.answering = lambda request: send(request, body, status, kind="text/plain")
    with pytest.raises(error, match=words) as told:
        ask(stub.address)
    assert "\x1b" not in str(told.value)
    assert len(stub.asked) == 1, "nothing is tried again that would not help"


def test_busy_server_is_asked_again(stub) -> None:
    def busy_twice(request: BaseHTTPRequestHandler) -> None:
        if len(stub.asked) < 3:
            send(request, b"", 503, Retry_After="0")
        else:
            send(request, ROWS)

    stub.answering = busy_twice
    assert ask(stub.address) == ANSWER


def test_busy_server_is_not_asked_for_ever(stub) -> None:
    stub.answering = lambda request: send(request, b"", 503, Retry_After="3600")
    with pytest.raises(StoreError, match=r"busy.*again in 3,600 seconds"):
        ask(stub.address)
    assert len(stub.asked) == 1


@pytest.mark.parametrize(
    ("told", "when"),
    [
        ("Fri, 31 Dec 2999 23:59:59 GMT", "in 86,400 seconds"),
        ("9" * 400, "in 86,400 seconds"),
        ("Fri, 01 Jan 1999 00:00:00 GMT", "in 0 seconds"),
        ("soon", "later"),
        ("-1", "later"),
    ],
    ids=["date", "long", "past", "word", "minus"],
)
def test_when_to_try_again_is_read_in_every_form(told, when, stub) -> None:
    stub.answering = lambda request: send(request, b"", 503, Retry_After=told)
    with pytest.raises(StoreError, match=f"try again {when}"):
        change(stub.address)


@pytest.mark.parametrize(
    ("answering", "words"),
    [
        (lambda request: request.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n"), "does not speak HTTP"),
        (lambda request: request.connection.shutdown(socket.SHUT_RDWR), "closed the connection"),
    ],
    ids=["another", "nothing"],
)
def test_what_is_no_answer_of_http_is_said_so(answering, words, stub) -> None:
    def once(request: BaseHTTPRequestHandler) -> None:
        request.close_connection = True
        answering(request)

    stub.answering = once
    with pytest.raises(StoreError, match=words):
        ask(stub.address, seconds=1)


def test_change_is_sent_once(stub) -> None:
    stub.answering = lambda request: send(request, b"", 503)
    with pytest.raises(StoreError, match="busy"):
        change(stub.address)
    assert len(stub.asked) == 1


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("http://127.0.0.1:1/sparql", "nothing listens there"),
        ("http://no-such-host.invalid/sparql", "no such host"),
    ],
)
def test_server_that_is_not_there_is_said_so(address, words) -> None:
    with pytest.raises(StoreError, match=words):
        ask(address, seconds=1)


def test_server_without_tls_is_said_so(stub) -> None:
    with pytest.raises(StoreError, match="does not speak TLS"):
        ask(stub.address.replace("http:", "https:"))


def test_error_is_ours_for_every_status(stub) -> None:
    for status in (*range(300, 309), *range(400, 418), 422, 425, 431, 451, *range(500, 512), 599):
        stub.answering = lambda request, status=status: send(request, b"x", status)
        with pytest.raises(KgError):
            ask(stub.address, seconds=0.5)
