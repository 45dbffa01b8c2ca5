"""Stores on real servers: the seed's questions, large sources in batches, what was written."""

import gzip
import hashlib
import os
import re
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from servers import SERVERS, Server
from test_questions import ASKED, GOLDEN, SEED, answer, golden

from kg.cli import run
from kg.errors import StoreError
from kg.load import House, load, read_house
from kg.namespaces import DERIVED, SOURCE, graph_of
from kg.rdf import Literal, NamedNode, Quad
from kg.store import Background, Bulk, Limits, open_store
from kg.store.memory import held
from kg.store.remote import RemoteStore, staging
from kg.store.remote.books import BOOKS, STORE
from kg.store.remote.bulk import Stream
from kg.store.remote.endpoint import Endpoint

READOUT = SOURCE + "readout"
LIMITS = Limits()
COMMANDS = [
    ["sources"],
    ["validate"],
    ["dump"],
    ["dump", "-f", "ttl"],
    ["query", "positions", "-p", "issue=military interventions"],
    [
        "query",
        "SELECT ?kind (COUNT(*) AS ?n) { ?e a dip:SpeechAct, ?kind } GROUP BY ?kind ORDER BY ?kind",
    ],
    ["query", "CONSTRUCT { ?e a dip:Event } WHERE { ?e a dip:PhoneCall }"],
    ["query", "ASK { ?e a dip:PhoneCall }"],
    ["query", "undated-events"],
    ["export", "gexf"],
    ["export", "cx2", "--projection", "dyads"],
    ["network", "central"],
    ["remove", SEED.stem],
    ["sources"],
    ["dump"],
]
EMPTY = Background((), "0", lambda _: ())
NAUGHTY = [
    "",
    " ",
    'a "quote", a \\backslash, a\nnew line, a\ttab, a\rreturn',
    "é ü ß Ж 中 العربية 😀 \U0001f1f2\U0001f1fd",
    "\u202eturned",
    "\x01\x1f\x7f",
    "<b>&amp;</b> %20 {?x} $y # no comment",
    "'''\"\"\"",
    "} } ; DROP ALL #",
    "x" * 20_000,
]


@pytest.fixture(scope="module")
def house() -> House:
    return read_house()


# One test, not one of each question: others of this process empty the server between tests.
@pytest.mark.parametrize("kind", SERVERS)
def test_questions_have_the_answers_of_the_embedded_store(
    kind: str, server: Callable[[str], Server], house: House
) -> None:
    expected = {
        f"{number:02}-{name}": (GOLDEN / f"{number:02}-{name}.tsv").read_text(encoding="utf-8")
        for number, name, _ in ASKED
    }
    with open_store(server(kind).address, house.background, create=True) as store:
        load(store, SEED, house, recorded_by="test")
        found = {
            f"{number:02}-{name}": golden(answer(name, chosen, store))
            for number, name, chosen in ASKED
        }
    assert found == expected


@pytest.fixture(params=SERVERS)
def address(request: pytest.FixtureRequest, server: Callable[[str], Server]) -> str:
    return server(request.param).address


def small_batches(store: RemoteStore, size: int) -> RemoteStore:
    """The store, with a server that takes no more than so many triples at once."""
    store.sources()
    store._endpoint.dialect = replace(store._endpoint.dialect, at_once=0, batch=size)
    asked = store._endpoint.select

    def select(*arguments):
        limited = store._endpoint.dialect
        found = asked(*arguments)
        store._endpoint.dialect = limited
        return found

    store._endpoint.select = select
    return store


def quads_of(texts: list[str], graph: str = graph_of(READOUT)) -> list[Quad]:
    subject, says, at = NamedNode("urn:s"), NamedNode("urn:p"), NamedNode(graph)
    return [Quad(subject, says, Literal(text), at) for text in texts]


def test_every_text_comes_back_as_it_was(address) -> None:
    quads = quads_of(NAUGHTY)
    tagged = Quad(
        NamedNode("urn:ü?a=b&c#d"),
        NamedNode("urn:p"),
        Literal("x", language="de-CH"),
        quads[0].graph_name,
    )
    with RemoteStore(address, EMPTY) as store:
        store.replace(READOUT, [*quads, tagged], [], label="l", recorded_by="r")
        assert sorted(map(str, store.asserted())) == sorted(map(str, [*quads, tagged]))
        seen = [q.object.value for q in store.quads() if q.object.language is None]
        assert sorted(seen) == sorted(NAUGHTY)


def test_large_source_comes_in_by_batches(address) -> None:
    old, new = quads_of(["old"]), quads_of([str(n) for n in range(50)])
    derived = quads_of(["derived"], graph_of(READOUT) + DERIVED)
    with RemoteStore(address, EMPTY) as store:
        store.replace(READOUT, old, derived, label="l", recorded_by="r")
        small_batches(store, 7)
        assert store.replace(READOUT, new, derived, label="l", recorded_by="r")
        assert sorted(map(str, store.quads())) == sorted(map(str, [*new, *derived]))
        assert sorted(map(str, store.asserted())) == sorted(map(str, new))
    assert staged_graphs(address) == []


def staged_graphs(address: str) -> list[str]:
    found = Endpoint(address).select("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }", LIMITS)
    return [row[0].value for row in found.rows if row[0].value.endswith("/staged")]


def test_load_that_was_cut_short_goes_on_and_is_unseen_until_then(address) -> None:
    old, new = quads_of(["old"]), quads_of([str(n) for n in range(50)])
    with RemoteStore(address, EMPTY) as store:
        store.replace(READOUT, old, [], label="l", recorded_by="r")
        sent = failing_after(small_batches(store, 7), 4)
        with pytest.raises(StoreError, match="pulled"):
            store.replace(READOUT, new, [], label="l", recorded_by="r")
        assert sent == [7, 7, 7, 7]
        with RemoteStore(address, EMPTY) as reader:
            assert [quad.object.value for quad in reader.quads()] == ["old"]
    with RemoteStore(address, EMPTY) as store:
        sent = failing_after(small_batches(store, 7), 1000)
        assert store.replace(READOUT, new, [], label="l", recorded_by="r")
        assert sum(sent) < 50, "what had come in was not sent again"
        assert sorted(map(str, store.quads())) == sorted(map(str, new))


def test_union_of_many_graphs_shows_nothing_of_what_is_staged(server) -> None:
    """Neither to who has read the books before it began, nor where it begins within a question."""
    address = server("oxigraph").address
    new = quads_of([str(n) for n in range(50)])
    with RemoteStore(address, EMPTY) as store, RemoteStore(address, EMPTY) as reader:
        for n in range(20):
            one = f"{SOURCE}s{n}"
            store.replace(one, quads_of([f"s{n}"], graph_of(one)), [], label="l", recorded_by="r")

        def seen() -> int:
            return len(
                reader.query("SELECT ?o { ?s ?p ?o FILTER(!ISIRI(?o) && ?p = <urn:p>) }").rows
            )

        assert seen() == 20
        add, counts = small_batches(store, 7)._endpoint.add, []

        def adding(name: str, triples: bytes, limits: Limits) -> None:
            add(name, triples, limits)
            counts.append(seen())

        store._endpoint.add = adding
        store.replace(READOUT, new, [], label="l", recorded_by="r")
        assert counts[:7] == [20] * 7
        assert seen() == 70
        store.remove(READOUT)
        assert seen() == 20

        answer = reader._answer

        def begins(*told):
            reader._answer = answer
            failing_after(store, 3)
            with pytest.raises(StoreError, match="pulled"):
                store.replace(READOUT, new, [], label="l", recorded_by="r")
            return answer(*told)

        reader._answer = begins
        store._endpoint.add = add
        assert seen() == 20


def failing_after(store: RemoteStore, batches: int) -> list[int]:
    """Makes the plug be pulled after so many batches; returns the sizes of those sent."""
    sent: list[int] = []
    add = store._endpoint.add

    def adding(name, triples, limits):
        if len(sent) == batches:
            raise StoreError("the plug was pulled")
        add(name, triples, limits)
        sent.append(triples.count(b"\n"))

    store._endpoint.add = adding
    return sent


def bulk_of(folder: Path, count: int, digest: str = "1") -> Bulk:
    """A source in bulk, of two files and one of what is derived from it."""
    lines = [
        f"{quad} .\n".encode() for quad in quads_of([f'"{n}" <urn:x> .' for n in range(count)])
    ]
    derived = [f"{quad} .\n".encode() for quad in quads_of(["d"], graph_of(READOUT) + DERIVED)]
    parts = (lines[: count // 3], [b"# here\n", *lines[count // 3 :]], derived)
    paths = []
    for number, part in enumerate(parts):
        paths.append(folder / f"{number}.nq.gz")
        paths[-1].write_bytes(gzip.compress(b"".join(part)))
    return Bulk(tuple(paths[:2]), (paths[2],), count, digest)


def test_bulk_comes_in_by_batches_and_goes_on_where_it_was_cut(address, tmp_path) -> None:
    old, bulk = quads_of(["old"]), bulk_of(tmp_path, 50)
    asserted, derived = held(bulk)
    with RemoteStore(address, EMPTY) as store:
        store.replace(READOUT, old, [], label="l", recorded_by="r")
        sent = failing_after(small_batches(store, 7), 4)
        with pytest.raises(StoreError, match="pulled"):
            store.replace_bulk(READOUT, bulk, label="l", recorded_by="r")
        with RemoteStore(address, EMPTY) as reader:
            assert [quad.object.value for quad in reader.quads()] == ["old"]
    with RemoteStore(address, EMPTY) as store:
        sent = failing_after(small_batches(store, 7), 1000)
        assert store.replace_bulk(READOUT, bulk, label="l", recorded_by="r")
        assert sum(sent) < 50, "what had come in was not sent again"
        assert sorted(map(str, store.quads())) == sorted(map(str, [*asserted, *derived]))
        assert sorted(map(str, store.asserted())) == sorted(map(str, asserted))
        assert [(one.asserted, one.digest) for one in store.sources()] == [(50, "1")]
        assert not store.replace_bulk(READOUT, bulk, label="l", recorded_by="r")
        assert store.replace(READOUT, old, [], label="l", recorded_by="r")
        assert [quad.object.value for quad in store.quads()] == ["old"]
    assert staged_graphs(address) == []


def test_bulk_is_held_by_the_batch(tmp_path) -> None:
    """Of 20 megabytes it holds what a batch takes, whatever the source's size."""
    lines = [
        f'<urn:s{n}> <urn:p> "{hashlib.sha256(bytes([n % 256, n // 256])).hexdigest() * 8}" '
        f"<{graph_of(READOUT)}> .\n".encode()
        for n in range(30_000)
    ]
    (tmp_path / "a.gz").write_bytes(gzip.compress(b"".join(lines), 1))
    stream = Stream(graph_of(READOUT), Bulk((tmp_path / "a.gz",), (), 30_000, "1"), 500)
    del lines
    tracemalloc.start()
    size = sum(len(data) for _, data in stream.batches())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size > 15_000_000
    assert peak < 5_000_000


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (gzip.compress(b"<urn:s> <urn:p> 1 <urn:other> .\n"), "holds other graphs"),
        (gzip.compress(b"<urn:s>" * 1000)[:-9], "cannot be read"),
        (b"no gzip", "cannot be read"),
    ],
    ids=["of other graphs", "cut short", "no gzip"],
)
def test_bulk_that_is_damaged_is_said(data, words, tmp_path) -> None:
    (tmp_path / "a.gz").write_bytes(data)
    stream = Stream(graph_of(READOUT), Bulk((tmp_path / "a.gz",), (), 1, "1"), 500)
    with pytest.raises(StoreError, match=words):
        list(stream.batches())


def test_load_of_a_living_process_is_waited_for(address) -> None:
    new = quads_of([str(n) for n in range(50)])
    with RemoteStore(address, EMPTY) as store:
        failing_after(small_batches(store, 7), 4)
        with pytest.raises(StoreError, match="pulled"):
            store.replace(READOUT, new, [], label="l", recorded_by="r")
    parent = os.getppid()
    with pytest.MonkeyPatch.context() as patch, RemoteStore(address, EMPTY) as store:
        # As another process sees it: this one, which noted the batches, still lives.
        patch.setattr(os, "getpid", lambda: parent)
        with pytest.raises(StoreError, match="is being loaded by process"):
            small_batches(store, 7).replace(READOUT, new, [], label="l", recorded_by="r")


SEVEN = "<urn:s> <urn:p> 7"
MENDED = {
    "a triple that is lost": ("DELETE", "{graph}", "{triple}", "is not what was loaded"),
    "a triple too many": ("INSERT", "{graph}", SEVEN, "is not what was loaded"),
    "a derived triple too many": ("INSERT", "{graph}/derived", SEVEN, "not what the rules derive"),
    "a term that is lost": ("DELETE", "urn:g1", '<urn:s> <urn:p> "term"', "the vocabulary"),
}


STRAY = [
    '<{graph}> <{store}asserted> "many"',
    '<{graph}> <{store}graph> "a b> }} evil"',
    '[] <{store}graph> <urn:x>; <{store}source> "urn:y"',
    "<{graph}> <{store}source> <urn:x>",
    '<{graph}/staged> <{store}done> "x"; <{store}of> "a>b <c"; <{store}at> "z"',
]


def test_what_others_wrote_into_the_books_does_no_harm(server, house, capsys) -> None:
    address = server("oxigraph").address
    rows = " . ".join(STRAY).format(graph=graph_of(READOUT), store=STORE)
    with open_store(address, house.background, create=True) as store:
        store.replace(READOUT, quads_of(["1"]), [], label="l", recorded_by="r")
        store._endpoint.update(f"INSERT DATA {{ GRAPH {BOOKS} {{ {rows} }} }}", LIMITS)
    for command in ("sources", "dump", "doctor --check", "doctor", "validate", "remove readout"):
        assert run(["-s", address, *command.split()]) in {0, 1}, capsys.readouterr().err


@pytest.mark.parametrize(("verb", "name", "triple", "words"), MENDED.values(), ids=MENDED)
def test_doctor_finds_and_mends(verb, name, triple, words, address) -> None:
    graph = graph_of(READOUT)
    term = Background(tuple(quads_of(["term"], "urn:g1")), "1", lambda _: derived)
    quads, derived = quads_of(["1", "2"]), quads_of(["d"], graph + DERIVED)
    with RemoteStore(address, term) as store:
        store.replace(READOUT, quads, derived, label="a readout", recorded_by="r")
        assert store.diagnose().index == ()
        before = sorted(map(str, store.quads()))
        told = "{ GRAPH <" + name + "> { " + triple + " } }"
        told = told.replace("{graph}", graph).replace("{triple}", str(quads[0].triple))
        store._endpoint.update(f"{verb} DATA {told}", LIMITS)
        assert [words in found for found in store.diagnose().index] == [True]
        store.rebuild()
        assert store.diagnose().index == ()
        assert sorted(map(str, store.quads())) == before


def test_doctor_names_a_source_whose_words_are_damaged(address, house, capsys) -> None:
    with open_store(address, house.background, create=True) as store:
        load(store, SEED, house, recorded_by="test")
        at = f"<{graph_of(SOURCE + SEED.stem)}/written>"
        text = f"DELETE WHERE {{ GRAPH {at} {{ ?s ?p ?o }} }}"
        store._endpoint.update(text, LIMITS)
    assert run(["-s", address, "doctor"]) == 6
    assert " of 1 source whole" in capsys.readouterr().out
    assert run(["-s", address, "dump"]) == 6
    assert "load the source again" in capsys.readouterr().err
    # A load of the same words mends it, though they are the same.
    assert run(["-s", address, "load", str(SEED)]) == 0
    assert run(["-s", address, "doctor", "--check"]) == 0


def test_doctor_takes_away_what_a_dead_load_left(address) -> None:
    new = quads_of([str(n) for n in range(50)])
    with RemoteStore(address, EMPTY) as store:
        failing_after(small_batches(store, 7), 4)
        with pytest.raises(StoreError, match="pulled"):
            store.replace(READOUT, new, [], label="l", recorded_by="r")
        assert store.diagnose().index == (), "it lives"
    with pytest.MonkeyPatch.context() as patch, RemoteStore(address, EMPTY) as store:
        patch.setattr(staging, "_runs", lambda _: False)
        assert ["was cut short" in found for found in store.diagnose().index] == [True]
        store.rebuild()
        assert store.diagnose().index == ()
    assert staged_graphs(address) == []


@pytest.mark.parametrize("kind", SERVERS)
def test_commands_print_there_what_they_print_for_a_folder(kind, server, tmp_path, capsys) -> None:
    told = []
    for address in (str(tmp_path / ".kg"), server(kind).address):
        assert run(["-s", address, "load", str(SEED), "--by", "me"]) == 0
        for command in COMMANDS:
            assert run(["-s", address, *command]) in {0, 1}
        output = capsys.readouterr().out.replace(address, "STORE")
        told.append(re.sub(r"\d{4}-\d\d-\d\dT[\d:+]{14}", "THEN", output))
    assert told[0] == told[1]
    assert len(told[0]) > 50_000


def test_other_vocabulary_is_not_mixed_in(address) -> None:
    quads = quads_of(["x"])
    other = Background(tuple(quads_of(["term"], "urn:g1")), "1", lambda _: ())
    with RemoteStore(address, EMPTY) as store:
        store.replace(READOUT, quads, [], label="l", recorded_by="r")
    with RemoteStore(address, other) as store:
        with pytest.raises(StoreError, match="kg doctor"):
            store.replace(READOUT, quads_of(["y"]), [], label="l", recorded_by="r")
        store.rebuild()
        assert sorted(map(str, store.quads())) == sorted(map(str, [*quads, *other.quads]))
        assert store.remove(READOUT).source == READOUT


def test_what_others_keep_on_the_server_is_not_seen(address) -> None:
    Endpoint(address)
    with RemoteStore(address, EMPTY) as store:
        store.replace(READOUT, quads_of(["ours"]), [], label="l", recorded_by="r")
        store._endpoint.update(
            'INSERT DATA { GRAPH <urn:g9> { <urn:s> <urn:p> "theirs" } }', LIMITS
        )
        found = store.query("SELECT ?o { ?s ?p ?o }")
        assert [row[0].value for row in found.rows] == ["ours"]


def test_a_server_without_books_is_read_as_it_is(address) -> None:
    endpoint = Endpoint(address)
    endpoint.select("ASK {}", LIMITS)
    endpoint.update('INSERT DATA { GRAPH <urn:g9> { <urn:s> <urn:p> "theirs" } }', LIMITS)
    with RemoteStore(address, EMPTY) as store:
        assert store.sources() == []
        found = store.query('SELECT ?s { ?s <urn:p> "theirs" }')
        assert [row[0].value for row in found.rows] == ["urn:s"]
        with pytest.raises(StoreError, match="has no books"):
            list(store.asserted())
