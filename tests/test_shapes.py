"""Each shape finds its one planted mistake, and nothing in what is right."""

from pathlib import Path

import pytest

from kg.derive import derive, read_rules
from kg.errors import InputError
from kg.namespaces import PREFIXES, SHAPE, SOURCE, graph_of
from kg.rdf import NamedNode, Quad, parse
from kg.validate import Report, read_shapes, validate
from kg.vocabulary import load_vocabulary

VOCABULARY = load_vocabulary()
RULES = read_rules()
SHAPES = read_shapes(VOCABULARY)
GRAPH = NamedNode(graph_of(SOURCE + "x"))
HEAD = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())
GOOD = """
source:x a dip:NewsArticle ; rdfs:label "an article" ;
    schema:datePublished "2026-01-12"^^xsd:date .
<urn:p> a dip:Passage ; oa:hasSource source:x ; oa:hasSelector <urn:sel> .
<urn:sel> oa:start 0 ; oa:end 9 .
<urn:a> a dip:Person ; rdfs:label "Ada" .
<urn:b> a dip:Person ; rdfs:label "Bo" .
<urn:call> a dip:PhoneCall ; dip:agent <urn:a>, <urn:b> ; dip:status status:occurred ;
    dip:notBefore "2026-01-12"^^xsd:date ; dip:notAfter "2026-01-12"^^xsd:date ;
    dip:evidence <urn:p> .
<urn:say> a dip:Report ; dip:agent <urn:a> ; dip:status status:occurred ; dip:evidence <urn:p> ;
    dip:content <urn:plan> .
<urn:plan> a dip:Meeting ; dip:agent <urn:a>, <urn:b> ; dip:status status:scheduled ;
    dip:notBefore "2026-01-12"^^xsd:date ; dip:notAfter "2026-01-31"^^xsd:date ;
    dip:evidence <urn:p> .
<urn:pos> a dip:Position ; rdfs:label "a stand" ; dip:holder <urn:a> ; dip:issue issue:us-military-action-in-mexico ;
    dip:stance stance:opposes ; dip:asOf "2026-01-12"^^xsd:date ; dip:evidence <urn:p> .
<urn:ten> a dip:Tenure ; org:member <urn:a> ; org:organization <urn:b> ; org:role "minister" ;
    dip:evidence <urn:p> .
"""
# For each shape, what in the good source is replaced by what.
BAD = {
    "Label": [('<urn:a> a dip:Person ; rdfs:label "Ada"', "<urn:a> a dip:Person")],
    "Evidence": [("dip:asOf", 'dip:note "x"; dip:asOf'), (" ; dip:evidence <urn:p> .\n<urn:ten>", " ; dip:accordingTo source:x .\n<urn:ten>")],
    "Voucher": [("dip:content <urn:plan>", "dip:content <urn:plan> . <urn:pos> dip:accordingTo <urn:a>, source:x")],
    "VoucherChain": [("<urn:say> a dip:Report", "<urn:say> dip:accordingTo <urn:say> ; a dip:Report")],
    "NoCycle": [("dip:content <urn:plan>", "dip:content <urn:plan>, <urn:say> ; dip:accordingTo source:x")],
    "Status": [("<urn:b> ; dip:status status:occurred", "<urn:b>")],
    "Agent": [("<urn:call> a dip:PhoneCall", "<urn:call> dip:attendee <urn:p> ; a dip:PhoneCall")],
    "Speaker": [("dip:Report ; dip:agent <urn:a>", "dip:Report")],
    "Window": [('"2026-01-31"', '"2026-01-02"'), ("status:scheduled", "status:hypothetical")],
    "CallWithoutPlace": [("<urn:call> a", "<urn:call> sem:hasPlace <urn:b> ; a")],
    "OccurredBefore": [("status:scheduled", "status:occurred"), ('"2026-01-12"^^xsd:date ; dip:notAfter "2026-01-31"', '"2026-01-13"^^xsd:date ; dip:notAfter "2026-01-31"')],
    "ScheduledAfter": [("<urn:b> ; dip:status status:occurred", "<urn:b> ; dip:status status:scheduled"), ('"2026-01-12"^^xsd:date ; dip:notAfter "2026-01-12"', '"2026-01-01"^^xsd:date ; dip:notAfter "2026-01-02"')],
    "Position": [("dip:stance stance:opposes ; ", "")],
    "Tenure": [(' ; org:role "minister"', ' ; rdfs:label "a tenure"')],
    "Passage": [("oa:end 9", 'oa:exact "x"')],
    "StatusOfList": [("status:scheduled", "<urn:perhaps>")],
    "StanceOfList": [("stance:opposes", "<urn:so-so>")],
    "IssueOfList": [("issue:us-military-action-in-mexico", "<urn:thing>")],
    "TwoParties": [("<urn:plan> a dip:Meeting ; dip:agent <urn:a>, <urn:b>", "<urn:plan> a dip:Meeting ; dip:agent <urn:a>")],
    "Dated": [('dip:status status:scheduled ;\n    dip:notBefore "2026-01-12"^^xsd:date ; dip:notAfter "2026-01-31"^^xsd:date', "dip:status status:scheduled")],
    "AsOf": [('dip:asOf "2026-01-12"^^xsd:date ; ', "")],
    "Published": [(' ;\n    schema:datePublished "2026-01-12"^^xsd:date', "")],
}  # fmt: skip


def judged(text: str) -> Report:
    quads = [
        Quad(q.subject, q.predicate, q.object, GRAPH)
        for q in parse((HEAD + text).encode(), "ttl", file="x.ttl")
    ]
    derived = derive(quads, VOCABULARY.quads, RULES)
    return validate((*quads, *derived), VOCABULARY.quads, SHAPES)


def test_a_good_source_conforms_to_every_shape() -> None:
    report = judged(GOOD)
    assert report.findings == ()
    assert report.shapes == len(BAD)
    assert report.focus_nodes > 8


def test_every_shape_has_a_planted_mistake() -> None:
    declared = {
        quad.subject.value.removeprefix(SHAPE)
        for quad in SHAPES
        if isinstance(quad.subject, NamedNode) and quad.subject.value.startswith(SHAPE)
    }
    assert declared == set(BAD)


@pytest.mark.parametrize("shape", BAD)
def test_a_shape_finds_its_mistake_and_says_how_to_mend_it(shape: str) -> None:
    text = GOOD
    for right, wrong in BAD[shape]:
        assert right in text
        text = text.replace(right, wrong, 1)
    report = judged(text)
    found = {finding.shape.removeprefix(SHAPE): finding for finding in report.findings}
    assert set(found) == {shape}
    assert found[shape].message
    assert found[shape].hint


@pytest.mark.parametrize(
    ("slip", "words"),
    [
        (
            "sh:targetClass dip:Event ; sh:propertty [ sh:path dip:agent ]",
            "did you mean 'property'",
        ),
        ("sh:targetClass dip:Evnet ; sh:property [ sh:path dip:agent ]", "did you mean 'Event'"),
        ("sh:property [ sh:path dip:agent ]", "no target"),
        ("sh:targetClass dip:Event ; sh:rule [ sh:path dip:agent ]", "no term 'rule'"),
        ("sh:targetClass dip:Event ; sh:sparql [ sh:select 'x service <u:x>' ]", "network"),
    ],
)
def test_a_slip_in_a_shape_is_an_error_not_a_pass(slip: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "shapes").mkdir()
    (tmp_path / "shapes" / "own.ttl").write_text(f"{HEAD}<urn:s> a sh:NodeShape ; {slip} .")
    with pytest.raises(InputError, match=words) as caught:
        read_shapes(VOCABULARY, tmp_path)
    assert "own.ttl" in str(caught.value)
