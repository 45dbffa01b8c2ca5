"""What the build rules derive: classes, vouchers, dates, labels."""

import pytest

from kg.derive import derive, read_rules
from kg.namespaces import DERIVED, PREFIXES, SOURCE, graph_of
from kg.rdf import Literal, NamedNode, Quad, parse
from kg.store import Standing
from kg.vocabulary import load_vocabulary

GRAPH = graph_of(SOURCE + "x")
HEAD = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())
TELLING = """
source:x a dip:NewsArticle .
<urn:call> a dip:PhoneCall ; dip:notBefore "2026-01-12" ; dip:notAfter "2026-01-12" ;
    dip:agent <urn:a>, <urn:b> ; dip:accordingTo source:x .
<urn:report> a dip:Report ; dip:agent <urn:a> ; dip:accordingTo source:x ; dip:content <urn:offer> .
<urn:offer> a dip:Offer ; dip:agent <urn:b> ; sem:subEventOf <urn:call> ; dip:content <urn:help> .
<urn:help> a dip:Assistance .
<urn:loose> a dip:Meeting ; dip:evidence <urn:p> .
<urn:p> oa:hasSource source:x .
<urn:a> rdfs:label "Ada" . <urn:b> rdfs:label "Bo" .
"""


@pytest.fixture(scope="module")
def derived() -> set[str]:
    quads = [
        Quad(q.subject, q.predicate, q.object, NamedNode(GRAPH))
        for q in parse((HEAD + TELLING).encode(), "ttl", file="telling.ttl")
    ]
    found = derive(quads, Standing(load_vocabulary().quads), read_rules())
    assert {quad.graph_name for quad in found} == {NamedNode(GRAPH + DERIVED)}
    return {f"{q.subject.value} {q.predicate.value} {q.object.value}" for q in found}  # type: ignore[union-attr]


DIP = PREFIXES["dip"]
RDFS = PREFIXES["rdfs"]
TYPE = PREFIXES["rdf"] + "type"


def test_a_call_is_an_event(derived: set[str]) -> None:
    assert f"urn:call {TYPE} {DIP}Event" in derived


def test_what_a_report_says_is_on_its_word(derived: set[str]) -> None:
    assert f"urn:offer {DIP}accordingTo urn:report" in derived


def test_an_offer_does_not_vouch_for_what_it_offers(derived: set[str]) -> None:
    assert f"urn:help {DIP}accordingTo urn:report" in derived
    assert f"urn:help {DIP}accordingTo urn:offer" not in derived


def test_the_source_vouches_for_what_nobody_else_does(derived: set[str]) -> None:
    assert f"urn:loose {DIP}accordingTo {SOURCE}x" in derived
    assert f"urn:offer {DIP}accordingTo {SOURCE}x" not in derived


def test_an_act_has_the_day_of_its_occasion(derived: set[str]) -> None:
    assert f"urn:offer {DIP}notBefore 2026-01-12" in derived
    assert f"urn:offer {DIP}notAfter 2026-01-12" in derived


def test_an_event_without_a_label_is_called_by_kind_parties_and_day(derived: set[str]) -> None:
    labels = {line.split(" ", 2)[2] for line in derived if line.startswith(f"urn:call {RDFS}label")}
    assert labels == {"phone call: Ada, Bo, 2026-01-12"}


def test_nothing_asserted_is_derived_again(derived: set[str]) -> None:
    assert f"urn:call {TYPE} {DIP}PhoneCall" not in derived
    assert f"urn:call {DIP}accordingTo {SOURCE}x" not in derived


def test_what_visits_goes_and_what_stays_stays() -> None:
    above = NamedNode(PREFIXES["rdfs"] + "subClassOf")
    graph = NamedNode(GRAPH)
    ten = PREFIXES["xsd"] + "decimal"
    stays = [
        Quad(NamedNode("urn:a"), above, NamedNode("urn:b"), graph),
        Quad(NamedNode("urn:a"), above, Literal("1.0", datatype=NamedNode(ten)), graph),
    ]
    store = Standing(stays)
    before = set(store.quads())
    other = Quad(NamedNode("urn:a"), above, NamedNode("urn:b"), NamedNode("urn:g"))
    # Kept in the form of the one that stays, so it is that one.
    alike = Quad(NamedNode("urn:a"), above, Literal("1.00", datatype=NamedNode(ten)), graph)
    for _ in range(5):
        with store.visited([stays[0], alike, other]) as there:
            assert set(there.quads()) == before | {other}
            there.extend([Quad(NamedNode("urn:c"), above, NamedNode("urn:b"), graph)])
            assert len(list(there.quads())) == 4
        assert set(store.quads()) == before


def test_sources_leave_no_trace_for_one_another() -> None:
    rule = """CONSTRUCT { ?s <urn:sees> ?o }
        WHERE { VALUES ?graph { UNDEF } GRAPH ?graph { ?s <urn:p> ?x } ?y <urn:q> ?o }"""
    store = Standing(
        [Quad(NamedNode("urn:c"), NamedNode("urn:q"), Literal("c"), NamedNode("urn:g"))]
    )
    for number in range(20):
        graph, node = NamedNode(f"urn:g{number}"), NamedNode(f"urn:n{number}")
        own = [
            Quad(node, NamedNode("urn:p"), Literal("x"), graph),
            Quad(node, NamedNode("urn:q"), Literal(str(number)), graph),
        ]
        assert {str(quad.object) for quad in derive(own, store, [rule])} == {'"c"', f'"{number}"'}


def test_an_error_in_between_takes_the_visitor_out() -> None:
    store = Standing([])
    quad = Quad(NamedNode("urn:a"), NamedNode("urn:b"), Literal("c"), NamedNode("urn:g"))
    try:
        with store.visited([quad]):
            raise ValueError  # noqa: TRY301 - as a rule that cannot be parsed
    except ValueError:
        pass
    assert list(store.quads()) == []
