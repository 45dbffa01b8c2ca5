"""Each rule of the shapes finds its one planted mistake, at its line and column."""

from dataclasses import astuple, replace
from pathlib import Path
from typing import Any

import pytest

from kg.errors import InputError
from kg.load import check, read_house
from kg.namespaces import DIP, PREFIXES, SH, SHAPE
from kg.placed import read_yaml
from kg.rdf import BlankNode, NamedNode, parse
from kg.store import in_memory
from kg.validate import Finding, Judge, Judged, Report, open_judge, read_shapes
from kg.validate.compiled import Compiled, Uncovered, compile_shapes

TABLE = Path(__file__).parent / "data" / "shapes.yaml"
CASES: list[dict[str, str]] = read_yaml(TABLE.read_bytes(), file=str(TABLE)).data
IDS = [f"{case['rule']}: {case['message']}" for case in CASES]
HOUSE = read_house()
SHAPES = HOUSE.judge.compiled.shapes
REFERENCE: Judge = replace(
    HOUSE.judge, compiled=Compiled((), (), tuple(Uncovered(shape.node, "") for shape in SHAPES))
)
SEED = Path(__file__).parents[1] / "facts" / "mnd-2026-01-12-sheinbaum-trump.yaml"
MARK = "‸"
HEADS = {
    "yaml": "source: {id: x, type: NewsArticle, label: A note, published: 2026-01-12,"
    " passages: {p1: [0, 40]}}\n",
    "turtle": "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())
    + 'source:x a dip:NewsArticle ; rdfs:label "A note" ; '
    'schema:datePublished "2026-01-12"^^xsd:date .\n'
    "<urn:p1> a dip:Passage ; oa:hasSource source:x ; oa:hasSelector <urn:s1> .\n"
    "<urn:s1> oa:start 0 ; oa:end 40 .\n",
}
ENDINGS = {"yaml": "yaml", "turtle": "ttl"}


def rules() -> set[str]:
    """Every property and constraint of every node shape, by the rule's name and its message."""
    told = {
        quad.subject: quad.object.value
        for quad in HOUSE.shapes
        if quad.predicate.value == SH + "message"
    }
    return {
        f"{quad.subject.value.removeprefix(SHAPE)}: {told.get(quad.object, 'no message')}"
        for quad in HOUSE.shapes
        if isinstance(quad.subject, NamedNode)
        and isinstance(quad.object, BlankNode)
        and quad.predicate.value.startswith(SH)
    }


def judged(case: dict[str, str], text: str, folder: Path) -> tuple[Judged, tuple[int, int]]:
    """What the shapes say of a case's document, and the line and column of its mark."""
    form = "yaml" if "yaml" in case else "turtle"
    whole = text if text.startswith("source:") else HEADS[form] + text
    lines = whole[: whole.index(MARK)].split("\n")
    path = folder / f"case.{ENDINGS[form]}"
    path.write_text(whole.replace(MARK, ""), encoding="utf-8")
    (one,) = check(path, HOUSE)
    return one.judged, (len(lines), len(lines[-1]) + 1)


def told_by(judge: Judge, path: Path) -> Report:
    (one,) = check(path, HOUSE)
    return judge.judge((*one.document.quads, *one.derived))


def test_no_shape_of_ours_is_left_to_pyshacl() -> None:
    assert HOUSE.judge.compiled.uncovered == ()
    assert len(SHAPES) > 15


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_both_engines_find_the_same(case: dict[str, Any], tmp_path: Path) -> None:
    text = case.get("yaml") or case["turtle"]
    judged(case, text.replace(case["right"], case["wrong"]), tmp_path)
    (path,) = tmp_path.iterdir()
    ours, reference = told_by(HOUSE.judge, path), told_by(REFERENCE, path)
    assert [vars_of(one) for one in ours.findings] == [vars_of(one) for one in reference.findings]
    assert (ours.shapes, ours.focus_nodes) == (reference.shapes, reference.focus_nodes)
    assert ours.findings
    assert reference.by_pyshacl


def test_both_engines_say_the_same_of_the_seed() -> None:
    ours, reference = told_by(HOUSE.judge, SEED), told_by(REFERENCE, SEED)
    assert ours.findings == reference.findings
    assert ours.conforms()
    assert ours.focus_nodes == reference.focus_nodes > 90


def vars_of(finding: Finding) -> tuple[object, ...]:
    """Every field, those that do not count in comparison too."""
    return astuple(finding)


def test_every_rule_of_the_shapes_has_a_case() -> None:
    assert sorted(rules() - set(IDS)) == []
    assert sorted(set(IDS) - rules()) == []


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_a_rule_finds_its_mistake_where_it_stands(case: dict[str, Any], tmp_path: Path) -> None:
    good = case.get("yaml") or case["turtle"]
    assert judged(case, good, tmp_path)[0].findings == ()
    assert good.count(case["right"]) == 1
    report, at = judged(case, good.replace(case["right"], case["wrong"]), tmp_path)
    found = [(f.rule, f.message, f.place.line, f.place.column) for f in report.findings]
    assert found == [(case["rule"], case["message"], *at)]
    assert report.findings[0].hint


@pytest.mark.parametrize(
    ("slip", "words"),
    [
        (
            "sh:targetClass dip:Event ; sh:propertty [ sh:path dip:agent ]",
            "did you mean 'property'",
        ),
        ("sh:targetClass dip:Evnet ; sh:property [ sh:path dip:agent ]", "did you mean 'Event'"),
        ("sh:property [ sh:path dip:agent ]", "no target"),
        ("sh:targetClass dip:Event ; sh:severity <urn:grave>", "no severity <urn:grave>"),
        ("sh:targetClass dip:Event ; sh:rule [ sh:path dip:agent ]", "no term 'rule'"),
        ("sh:targetClass dip:Event ; sh:sparql [ sh:select 'x service <u:x>' ]", "network"),
        ("sh:targetClass dip:Event ; sh:sparql [ sh:select 'x FROM <u:x>' ]", "network"),
        ("sh:targetClass dip:Event ; sh:entailment <urn:x>", "no term 'entailment'"),
        ("sh:targetClass dip:Event . <urn:p> a sh:PropertyShape ; sh:path dip:agent", "no target"),
        ("sh:targetClass dip:Event . dip:Event a sh:NodeShape ; sh:closed true", "no target"),
        ("sh:targetClass dip:Event ; sh:node <urn:s>", "own.ttl:.*recursion"),
        ("sh:targetClass dip:Event ; sh:node <urn:t>", "there is no shape <urn:t>"),
        ("sh:targetClass dip:Event ; sh:pattern '(?=a)'", "look-around"),
    ],
)
def test_a_slip_in_a_shape_is_an_error_not_a_pass(slip: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "shapes").mkdir()
    (tmp_path / "shapes" / "own.ttl").write_text(
        f"{HEADS['turtle']}<urn:s> a sh:NodeShape ; {slip} ."
    )
    with pytest.raises(InputError, match=words) as caught:
        read_shapes(HOUSE.vocabulary, tmp_path)
    assert "own.ttl" in str(caught.value)


@pytest.mark.parametrize(
    "shapes",
    [
        (
            "<urn:s> a sh:NodeShape ; sh:targetClass dip:Event ; sh:not [ sh:or ( <urn:t> ) ] . "
            "<urn:t> a sh:NodeShape ; sh:property [ sh:path dip:agent ; sh:minCount 1 ] ."
        ),
        (
            "<urn:s> a sh:NodeShape ; sh:targetClass dip:Event ; sh:property <urn:t> . "
            "<urn:t> a sh:PropertyShape ; sh:path dip:agent ; sh:minCount 1 ; sh:group <urn:g> . "
            "<urn:g> a sh:PropertyGroup ; sh:order 1 ."
        ),
        "dip:Event a rdfs:Class, sh:NodeShape ; sh:property [ sh:path dip:agent ; sh:minCount 1 ] .",
        (
            "<urn:s> a sh:NodeShape ; sh:targetClass dip:Event ; sh:sparql [ a sh:SPARQLConstraint ; "
            "sh:select 'SELECT $this WHERE { $this a <urn:x> }' ] ."
        ),
    ],
    ids=["helper", "property shape", "class", "sparql"],
)
def test_a_shape_is_aimed_by_its_class_or_by_what_holds_it(shapes: str, tmp_path: Path) -> None:
    (tmp_path / "shapes").mkdir()
    (tmp_path / "shapes" / "own.ttl").write_text(HEADS["turtle"] + shapes)
    found = compile_shapes(read_shapes(HOUSE.vocabulary, tmp_path))
    assert len(found.shapes) == len(HOUSE.judge.compiled.shapes) + 1
    assert found.uncovered == ()


def test_a_component_of_ones_own_leaves_only_its_shapes_to_pyshacl(tmp_path: Path) -> None:
    (tmp_path / "shapes").mkdir()
    (tmp_path / "shapes" / "own.ttl").write_text(
        HEADS["turtle"]
        + """@prefix own: <http://own.example/ns#> .
        own:Least a sh:ConstraintComponent ; sh:parameter [ sh:path own:least ] ;
            sh:validator [ a sh:SPARQLAskValidator ; sh:ask "ASK { FILTER ($value >= $least) }" ] .
        own:shape a sh:NodeShape ; sh:targetClass dip:Event ;
            sh:property [ sh:path dip:confidence ; own:least 0.5 ] ."""
    )
    shapes = read_shapes(HOUSE.vocabulary, tmp_path)
    data = (
        "<urn:e> a <DIPEvent> ; <DIPconfidence> 0.4 . <urn:f> a <DIPEvent> ; <DIPconfidence> 0.6 ."
    )
    judge = open_judge(shapes, ())
    assert [one.node.value for one in judge.compiled.uncovered] == ["http://own.example/ns#shape"]
    quads = tuple(parse(data.replace("DIP", DIP).encode(), "ttl", file="data"))
    with in_memory(quads) as reader:
        found = [r.focus.value for r in judge.results(reader) if r.component.endswith("Least")]
    assert found == ["urn:e"]
