"""One contract for every store, and the wall around queries from outside."""

import random
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from servers import SERVERS, Server

from kg.errors import LimitError, Misuse, QueryError, StoreError
from kg.namespaces import DERIVED, SOURCE, graph_of
from kg.rdf import Literal, NamedNode, Quad, Rows
from kg.store import Background, Incoming, Limits, Writer, foreign, gate, open_store
from kg.web import pool
from kg.web.server import Settings, serve

SUBJECT = NamedNode("urn:s")
DECIMAL = NamedNode("http://www.w3.org/2001/XMLSchema#decimal")
READOUT = SOURCE + "readout"
BACKGROUND = Background(
    (Quad(SUBJECT, NamedNode("urn:p"), Literal("background"), NamedNode("urn:g")),),
    "0",
    lambda _: (),
)


def quad(text: str, graph: str) -> Quad:
    return Quad(SUBJECT, NamedNode("urn:p"), Literal(text, datatype=DECIMAL), NamedNode(graph))


@pytest.fixture(params=["memory", "folder", *SERVERS])
def store(
    request: pytest.FixtureRequest, tmp_path: Path, server: Callable[[str], Server]
) -> Iterator[Writer]:
    match request.param:
        case "memory":
            address = "memory:"
        case "folder":
            address = str(tmp_path / ".kg")
        case kind:
            address = server(kind).address
    with open_store(address, BACKGROUND, create=True) as opened:
        put(opened, "1.10")
        yield opened


def loaded() -> Writer:
    opened = open_store("memory:", BACKGROUND)
    put(opened, "1.10")
    return opened


def put(store: Writer, text: str, source: str = READOUT) -> bool:
    graph = graph_of(source)
    asserted, derived = [quad(text, graph)], [quad("2", graph + DERIVED)]
    return store.replace(source, asserted, derived, label="a readout", recorded_by="tester")


def test_default_graph_is_the_union_of_all_graphs(store: Writer) -> None:
    found = store.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    assert found == Rows(("n",), ((Literal(3),),))


def test_asserted_literals_stay_as_they_were_written(store: Writer) -> None:
    assert [str(quad.object) for quad in store.asserted()] == [f'"1.10"^^{DECIMAL}']


def test_loading_the_same_again_changes_nothing(store: Writer) -> None:
    before = store.sources()
    assert not put(store, "1.10")
    assert store.sources() == before


def test_a_source_is_replaced_whole(store: Writer) -> None:
    assert put(store, "7.0")
    assert [quad.object.value for quad in store.asserted(READOUT)] == ["7.0"]
    assert len(list(store.quads())) == 3


def test_many_sources_come_in_at_once_as_one_after_the_other(store: Writer) -> None:
    chance = random.Random(12)
    texts = ("1", "1.0", "1.10", "1.1", "01", "2", "2.00")
    held: dict[str, list[Quad]] = {READOUT: [quad("1.10", graph_of(READOUT))]}
    for turn in range(6):
        names = chance.sample([f"{SOURCE}{n}" for n in range(8)], 4)
        coming = []
        for name in names:
            told = [quad(text, graph_of(name)) for text in chance.sample(texts, 3)]
            coming.append(Incoming(name, name, tuple(told), (quad("2", graph_of(name) + DERIVED),)))
        kept = {one.source: one.digest for one in store.sources()}
        changed = store.replace_several(coming, recorded_by="tester")
        held |= {one.source: list(one.asserted) for one in coming}
        now = {one.source: one.digest for one in store.sources()}
        assert changed == [kept.get(name) != now[name] for name in names], turn
        assert sorted(map(str, store.asserted())) == sorted(
            str(one) for told in held.values() for one in told
        )
        with open_store("memory:", BACKGROUND) as other:
            for name, told in held.items():
                twin = quad("2", graph_of(name) + DERIVED)
                other.replace(name, told, [twin], label=name, recorded_by="tester")
            assert set(store.quads()) == set(other.quads())


def test_removing_a_source_leaves_the_background(store: Writer) -> None:
    assert store.remove(READOUT).label == "a readout"
    assert list(store.quads()) == list(BACKGROUND.quads)
    assert store.sources() == []


def test_unknown_source_is_named(store: Writer) -> None:
    with pytest.raises(Misuse, match="nowhere"):
        store.remove(SOURCE + "nowhere")


def test_worker_gives_the_same_rows(store: Writer) -> None:
    text = "SELECT ?o { ?s ?p ?o } ORDER BY ?o"
    assert store.run(text, Limits()) == store.query(text)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { SERVICE <urn:x> { ?s ?p ?o } }",
        "select * {service silent<urn:x> {}}",
        "ASK { FILTER EXISTS { SERVICE\n# so\n<urn:x> { ?s ?p ?o } } }",
        "PREFIX x: <urn:> SELECT * { SERVICE x:y { } } LIMIT 0",
        'SELECT ("""a"b""" AS ?x) { SERVICE <urn:x> { } }',
        "SELECT * { FILTER(1<2) SERVICE <urn:x> { } }",
        "BASE <urn:x> SELECT * { SERVICE <y> { } }",
        "SELECT * { SERVICE <urn:\\u0078> { } }",
        "SELECT * { { SELECT * { SERVICE <urn:x> { } } } }",
        "CONSTRUCT { ?s ?p ?o } { SERVICE <urn:x> { ?s ?p ?o } }",
        "DESCRIBE ?s { SERVICE <urn:x> { ?s ?p ?o } }",
        "SELECT * { OPTIONAL { SERVICE <urn:x> { } } }",
        "SELECT * { BIND(<urn:x> AS ?v) SERVICE ?v { } }",
        "SELECT * { SERVICE\x0c<urn:x> { } }",
        "SELECT * { SERVICE\0<urn:x> { } }",
        # No space is wanted before or after the keyword, and a prefix may be empty.
        "PREFIX : <urn:> SELECT * { SERVICE:x { } }",
        "PREFIX : <urn:> PREFIX service: <urn:> SELECT * { SERVICE:x # so\n{ } }",
        "PREFIX : <urn:> SELECT * { ?s ?p 1.SERVICE:x { } }",
        "PREFIX : <urn:> SELECT * { ?s ?p true SERVICESILENT:x { } }",
        "SELECT * { ?s ?p 1SERVICE<urn:x> { } }",
        "SELECT * { ?s ?p trueSERVICE<urn:x> { } }",
        "SELECT * { SERVICESILENT<urn:x> { } }",
    ],
)
def test_service_is_refused_however_it_is_spelt(text: str) -> None:
    with pytest.raises(QueryError, match="network"):
        loaded().run(text, Limits())


@pytest.mark.parametrize(
    "text",
    [
        "ASK { ?s ?p 'SERVICE' }",
        "ASK { ?s ?p '''a SERVICE'b''' } # SERVICE <urn:x>",
        "ASK { ?service ?p <urn:SERVICE> }",
        "PREFIX service: <urn:> ASK { ?s service:SERVICE ?o }",
        'ASK { ?s ?p "x"@service }',
        "PREFIX service: <urn:> ASK { GRAPH service:x { ?s service:y ?o } }",
        "ASK { ?s ?p <urn:\\u0078SERVICE> }",
        "ASK { _:service ?p 1, 2 }",
    ],
)
def test_the_word_service_elsewhere_is_no_matter(text: str) -> None:
    assert loaded().run(text, Limits()) is False


def test_an_iri_that_could_hide_a_clause_is_told_from_a_comparison() -> None:
    text = """SELECT (COUNT(DISTINCT <urn:f#g>(?s)) AS ?n) FROM <urn:g#x> {
      ?s (<urn:p#a>/<urn:p#b>|^<urn:p#c>)+ <urn:o#'x>, [ <urn:p#a> <urn:o#b> ] ; a ?o
      FILTER(?o IN (<urn:o#a>, <urn:o#b>) && ?p != <urn:p#x> && ?o > "1"^^<urn:t#i> && 1 < 2)
      FILTER(?o < "x#'" || EXISTS { ?s <urn:p#a> <urn:o#b> } || <urn:f#g>(?o, <urn:o#a>))
      VALUES (?x ?y) { (<urn:x#a> <urn:y#'b>) (1 <urn:y#c>) } BIND(IF(?x, <urn:x#a>, 1) AS ?z)
    }"""
    assert gate.check(text).dataset
    assert len(list(gate.tokens(text))) > 50


def test_no_text_is_a_clause_to_the_engine_and_not_to_the_gate() -> None:
    """Of random pieces that quotes, comments and `<` are made of; the gate is asked first.

    Where a query is one no more when nonsense stands in place of the clause, the engine reads it.
    """
    clause, nonsense = "SERVICE SILENT<u:x>{}", "@@@"
    pieces = ["<'>", "'", "<", ">", "#", "=", "'x'", "\n", "'''", "1", "?a", "b:c", ")", "(", " "]
    chance, store, read = random.Random(3), ox.Store(), 0

    def is_query(text: str) -> bool:
        try:
            store.query(text, prefixes={"b": "u:"})
        except SyntaxError:
            return False
        except (OSError, RuntimeError):
            return True
        return True

    for _ in range(40_000):
        before, after = ("".join(chance.choices(pieces, k=chance.randint(1, 4))) for _ in range(2))
        text = f"ASK{{FILTER(?a{before}) {{}} FILTER(?b{after})}}"
        try:
            gate.check(text.replace("{}", clause, 1))
        except QueryError:
            continue
        read += 1
        assert is_query(text.replace("{}", nonsense, 1)) or not is_query(text)
    assert read > 10


ENDS = {
    "a library is missing": ("raise ImportError('no library')", StoreError, "no library"),
    "no memory for its stack": (
        'raise RuntimeError("can\'t start new thread")',
        StoreError,
        "ulimit",
    ),
}


@pytest.mark.parametrize("name", ENDS)
def test_a_worker_that_cannot_start_is_no_fault_of_the_query(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, error, words = ENDS[name]
    command = (sys.executable, "-c", code)
    monkeypatch.setattr(foreign, "COMMAND", command)
    with pytest.raises(error, match=words):
        loaded().run("ASK {}", Limits())
    # Nor does a server start that could answer nobody.
    monkeypatch.setattr(pool, "COMMAND", command)
    with open_store(str(tmp_path / ".kg"), BACKGROUND, create=True):
        pass
    settings = Settings(tmp_path / ".kg", tmp_path, port=0)
    with pytest.raises(error, match=words):
        serve(settings, lambda _: pytest.fail("it serves"), pytest.fail)


def test_syntax_error_has_line_and_column() -> None:
    with pytest.raises(QueryError, match="query:2:"):
        loaded().run("SELECT *\n{ ?s ?p }", Limits())


def test_a_query_may_name_its_dataset(store: Writer) -> None:
    found = store.run(f"SELECT ?o FROM <{graph_of(READOUT)}> {{ ?s ?p ?o }}", Limits())
    assert isinstance(found, Rows)
    assert [str(row[0]) for row in found.rows] == [f'"1.1"^^{DECIMAL}']


@pytest.mark.parametrize("bomb", ["{", "(", "!", "["])
def test_deep_nesting_ends_in_a_message(bomb: str) -> None:
    text = "ASK { FILTER(" + "(" * 20_000 if bomb == "(" else "ASK " + bomb * 20_000
    with pytest.raises((QueryError, LimitError)):
        loaded().run(text, Limits(seconds=20))


def test_endless_query_is_stopped_at_the_deadline() -> None:
    store = open_store("memory:", BACKGROUND)
    graph = graph_of(READOUT)
    many = [quad(str(number), graph) for number in range(2000)]
    store.replace(READOUT, many, [], label="many", recorded_by="tester")
    text = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
    with pytest.raises(LimitError, match="after 1 s"):
        store.run(text, Limits(seconds=1))


def test_greedy_query_is_stopped_at_its_memory() -> None:
    store = open_store("memory:", BACKGROUND)
    graph = graph_of(READOUT)
    many = [quad(str(number), graph) for number in range(3000)]
    store.replace(READOUT, many, [], label="many", recorded_by="tester")
    text = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?c ?f ?i"
    with pytest.raises(LimitError):
        store.run(text, Limits(seconds=30, megabytes=256))
