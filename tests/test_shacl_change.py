"""A change judged by what it can affect, and by judging all anew: the same, deletions included."""

from collections import Counter

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from shacl_worlds import HEAD, SHAPES, TRIPLE

from kg.load import read_house
from kg.namespaces import ACTOR, DERIVED, DIP, PREFIXES, SOURCE, graph_of
from kg.rdf import NamedNode, Quad, parse
from kg.store import in_memory
from kg.validate.change import TooWide, neighbourhood
from kg.validate.compiled import Compiled, compile_shapes, run
from kg.validate.compiled.footprint import Footprints

GRAPHS = ("urn:g1", "urn:g2")
AXIOMS = ("ex:B rdfs:subClassOf ex:A .", "ex:C rdfs:subClassOf ex:B .")
NAMED = st.one_of(TRIPLE.filter(lambda triple: "_:" not in triple), st.sampled_from(AXIOMS))
CHANGE = st.lists(
    st.tuples(NAMED, st.sampled_from(GRAPHS), st.sampled_from(("stays", "stays", "goes", "comes"))),
    min_size=6,
    max_size=30,
)


def found(compiled: Compiled, quads: set[Quad]) -> Counter:
    """Every result with its target and the shape that led to it."""
    with in_memory(quads) as reader:
        told = run(compiled.queries, reader, lambda *_: ())
        return Counter((root.node, target, result) for root, target, result in told)


def quads_of(change: list[tuple[str, str, str]], *fates: str) -> set[Quad]:
    told = [(triple, graph) for triple, graph, fate in change if fate in fates]
    return {
        Quad(quad.subject, quad.predicate, quad.object, NamedNode(graph))
        for triple, graph in told
        for quad in parse((HEAD + triple).encode(), "ttl", file="data")
    }


def the_same(shape: str, change: list[tuple[str, str, str]]) -> bool:
    """Whether the change could be followed; that it is judged the same is asserted."""
    compiled = compile_shapes(parse((HEAD + shape).encode(), "ttl", file="shapes"))
    before = quads_of(change, "stays", "goes")
    removed = quads_of(change, "goes")
    added = quads_of(change, "comes")
    after = (before - removed) | added
    footprints = Footprints()
    for one in compiled.shapes:
        footprints.add(one)
    try:
        with in_memory(before) as reader:
            near = neighbourhood(footprints, reader, added, removed, ())
    except TooWide:
        return False
    roots = {(footprints.starts[start].node, node) for node, start in near.roots}
    assert near.quads <= after
    was, now, there = found(compiled, before), found(compiled, after), found(compiled, near.quads)

    def of(results: Counter, *, affected: bool) -> Counter:
        return Counter({k: n for k, n in results.items() if ((k[0], k[1]) in roots) == affected})

    assert of(there, affected=True) == of(now, affected=True)
    assert of(was, affected=False) == of(now, affected=False)
    return True


@given(shape=SHAPES, change=CHANGE)
@example(
    shape="ex:s sh:targetSubjectsOf ex:p ; sh:path ex:p ; sh:class ex:A .",
    change=[
        ("ex:a ex:p ex:b .", "urn:g1", "stays"),
        ("ex:B rdfs:subClassOf ex:A .", "urn:g1", "stays"),
        ("ex:b a ex:B .", "urn:g1", "comes"),
    ],
)
@example(
    shape="ex:s sh:targetClass ex:A ; sh:path ( ex:p [ sh:inversePath ex:q ] ) ; sh:minCount 1 .",
    change=[
        ("ex:a a ex:A ; ex:p ex:b .", "urn:g1", "stays"),
        ("ex:c ex:q ex:b .", "urn:g1", "goes"),
    ],
)
@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_a_change_affects_is_judged_as_if_all_were(
    shape: str, change: list[tuple[str, str, str]]
) -> None:
    assert the_same(shape, change)


@pytest.mark.slow
@given(shape=SHAPES, change=CHANGE)
@settings(max_examples=2000, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_a_change_affects_is_judged_as_if_all_were_at_length(
    shape: str, change: list[tuple[str, str, str]]
) -> None:
    assert the_same(shape, change)


HOUSE = read_house()
LINES = """
event:talks a dip:Meeting, dip:Event, dip:Interaction ; rdfs:label "talks" ;
    dip:status status:occurred ; dip:agent actor:mexico, actor:france ;
    dip:notBefore "2026-01-12"^^xsd:date ; dip:notAfter "2026-01-12"^^xsd:date ;
    dip:accordingTo source:x ; dip:evidence <urn:p> .
<urn:p> a dip:Passage ; oa:hasSource source:x ; oa:hasSelector <urn:s> .
<urn:s> oa:start 0 ; oa:end 5 .
source:x a dip:NewsArticle, dip:Source ; rdfs:label "x" ;
    schema:datePublished "2026-01-13"^^xsd:date .
"""


def told(text: str) -> set[Quad]:
    """The quads of a source."""
    head = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())
    graph = NamedNode(graph_of(SOURCE + "x"))
    found = parse((head + text).encode(), "ttl", file="x")
    return {Quad(quad.subject, quad.predicate, quad.object, graph) for quad in found}


@pytest.mark.parametrize(
    ("before", "after", "messages"),
    [
        ("", LINES, []),
        ("", LINES.replace('rdfs:label "talks" ;', ""), ["it has no label"]),
        (
            LINES,
            LINES.replace("oa:start 0 ;", ""),
            ["a passage has a start, in characters of the text"],
        ),
        (LINES, LINES.replace("a dip:Passage ;", ""), ["nothing says where it stands in the text"]),
        (
            LINES,
            LINES.replace("2026-01-13", "2026-01-11"),
            ["it is said to have occurred, but begins after the source was published"],
        ),
        (
            LINES,
            LINES.replace('schema:datePublished "2026-01-13"^^xsd:date', "dip:about actor:x"),
            ["nothing says when it was published"],
        ),
    ],
)
def test_a_change_of_a_source_says_what_judging_it_anew_says(
    before: str, after: str, messages: list[str]
) -> None:
    was, now = told(before), told(after)
    with in_memory(HOUSE.background.quads, was) as reader:
        graph = graph_of(SOURCE + "x")
        report = HOUSE.judge.change(reader, now - was, was - now, (graph, graph + DERIVED))
    assert [finding.message for finding in report.findings] == messages
    assert report.findings == HOUSE.judge.judge(now).findings


def test_a_state_with_many_events_is_not_copied() -> None:
    mexico, agent = NamedNode(ACTOR + "mexico"), NamedNode(DIP + "agent")
    graph = NamedNode(graph_of(SOURCE + "y"))
    many = (Quad(NamedNode(f"urn:e{n}"), agent, mexico, graph) for n in range(100_000))
    footprints = Footprints()
    for shape in HOUSE.judge.compiled.shapes:
        footprints.add(shape)
    with in_memory(HOUSE.background.quads, many) as reader:
        near = neighbourhood(footprints, reader, told(LINES), (), ())
        assert any(quad.subject == mexico for quad in near.quads)
        assert len(near.quads) < 200
        assert HOUSE.judge.change(reader, told(LINES)).findings == ()


def test_what_cannot_be_bounded_is_judged_whole() -> None:
    broken = told(LINES.replace('rdfs:label "talks" ;', ""))
    graph = NamedNode(graph_of(SOURCE + "x"))
    vouched, source = NamedNode(DIP + "accordingTo"), NamedNode(SOURCE + "x")
    many = {Quad(NamedNode(f"urn:e{n}"), vouched, source, graph) for n in range(6_000)}
    dated = told('source:x schema:datePublished "2026-01-14"^^xsd:date .')
    with in_memory(HOUSE.background.quads, broken | many) as reader:
        report = HOUSE.judge.change(reader, dated, (), (graph.value,))
    assert "it has no label" in [finding.message for finding in report.findings]
