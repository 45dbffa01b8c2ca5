"""Stores on real servers: the seed's questions, large sources in batches, what was written."""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from servers import SERVERS, Server
from test_questions import ASKED, GOLDEN, SEED, answer, golden

from kg.errors import StoreError
from kg.load import House, load, read_house
from kg.namespaces import DERIVED, SOURCE, graph_of
from kg.rdf import Literal, NamedNode, Quad
from kg.store import Background, Limits, open_store
from kg.store.remote import RemoteStore
from kg.store.remote.endpoint import Endpoint

READOUT = SOURCE + "readout"
LIMITS = Limits()
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


@pytest.fixture(scope="module", params=SERVERS)
def seeded(
    request: pytest.FixtureRequest, server: Callable[[str], Server], house: House
) -> Iterator[RemoteStore]:
    address = server(request.param).address
    with open_store(address, house.background, create=True) as store:
        load(store, SEED, house, recorded_by="test")
        yield store


@pytest.mark.parametrize(
    ("number", "name", "chosen"), ASKED, ids=[f"question-{n}" for n, _, _ in ASKED]
)
def test_question_has_the_answer_of_the_embedded_store(number, name, chosen, seeded) -> None:
    expected = (GOLDEN / f"{number:02}-{name}.tsv").read_text(encoding="utf-8")
    assert golden(answer(name, chosen, seeded)) == expected


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


def test_other_vocabulary_is_not_mixed_in(address) -> None:
    quads = quads_of(["x"])
    other = Background(tuple(quads_of(["term"], "urn:g1")), "1", lambda _: ())
    with RemoteStore(address, EMPTY) as store:
        store.replace(READOUT, quads, [], label="l", recorded_by="r")
    with RemoteStore(address, other) as store:
        with pytest.raises(StoreError, match="kg doctor"):
            store.remove(READOUT)
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
