"""What the compiler leaves out is said or refused; nothing hangs, nothing passes in silence."""

import time
from pathlib import Path

import pytest

from kg.load import check, read_house
from kg.namespaces import DIP, GRAPH, RDF, SH, SHAPE
from kg.rdf import Literal, NamedNode, Quad, parse, to_rdflib
from kg.validate import REPORTS, Report, open_judge
from kg.validate.compiled import NotSupported

HEAD = "".join(
    f"@prefix {prefix}: <{iri}> .\n"
    for prefix, iri in {"rdf": RDF, "sh": SH, "dip": DIP, "shape": SHAPE, "ex": "urn:ex:"}.items()
)
SUB_SELECT = "SELECT $this { { SELECT $this { $this <urn:ex:p> ?x } } }"


def judged(shape: str, *texts: str) -> Report:
    """What a shape says of one node, a dip:Event, with these texts under ex:p."""
    shapes = parse((HEAD + "ex:s sh:targetClass dip:Event ; " + shape).encode(), "ttl", file="s")
    node, graph = NamedNode("urn:ex:a"), NamedNode(GRAPH + "x")
    typed = Quad(node, NamedNode(RDF + "type"), NamedNode(DIP + "Event"), graph)
    told = (Quad(node, NamedNode("urn:ex:p"), Literal(text), graph) for text in texts)
    return open_judge(shapes, ()).judge((typed, *told))


@pytest.mark.parametrize("pattern", ["(a+)+$", "([a-zA-Z]+)*$", "(a|aa)+$", "(a|a?)+$"])
def test_a_pattern_that_makes_others_hang_is_judged_at_once(pattern: str) -> None:
    began = time.process_time()
    report = judged(f'sh:property [ sh:path ex:p ; sh:pattern "^{pattern}" ] .', "a" * 5000 + "!")
    assert time.process_time() - began < 10
    assert [finding.value[-3:] for finding in report.findings] == ['a!"']


@pytest.mark.parametrize("pattern", ["(?=a)b", r"(a)\\1", "(?<!a)b", "("])
def test_a_pattern_without_bound_is_refused(pattern: str) -> None:
    with pytest.raises(NotSupported, match="pattern"):
        judged(f'sh:property [ sh:path ex:p ; sh:pattern "{pattern}" ] .', "b")


def test_a_shape_that_is_part_of_itself_is_refused() -> None:
    with pytest.raises(NotSupported, match="recursion"):
        judged("sh:property [ sh:path ex:p ; sh:node ex:s ] .", "b")


@pytest.mark.parametrize(
    "term",
    [
        "sh:js ex:f",
        "sh:rule ex:f",
        "sh:expression ex:f",
        "sh:propertty ex:f",
        "sh:target ex:f",
        "sh:entailment ex:f",
    ],
)
def test_a_term_that_nothing_judges_is_refused(term: str) -> None:
    with pytest.raises(NotSupported, match="not supported"):
        judged(f"{term} .", "b")


def test_what_pyshacl_judges_is_said() -> None:
    report = judged(f'sh:sparql [ sh:select "{SUB_SELECT}" ; sh:message "wrong" ] .', "b")
    assert [finding.message for finding in report.findings] == ["wrong"]
    assert report.by_pyshacl == ("urn:ex:s",)
    assert judged("sh:property [ sh:path ex:p ; sh:minCount 1 ] .", "b").by_pyshacl == ()


def test_a_report_says_which_shapes_pyshacl_judged(tmp_path: Path) -> None:
    (tmp_path / "shapes").mkdir()
    (tmp_path / "shapes" / "own.ttl").write_text(
        f"{HEAD}shape:Own a sh:NodeShape ; sh:targetClass dip:Event ; "
        f'sh:sparql [ sh:select "{SUB_SELECT}" ] .'
    )
    seed = Path(__file__).parents[1] / "facts" / "mnd-2026-01-12-sheinbaum-trump.yaml"
    house = read_house(tmp_path)
    (one,) = check(seed, house)
    number = len(house.judge.compiled.shapes) + 1
    assert f"by {number} shapes, of which pySHACL judged Own" in REPORTS["text"]([one.judged])
    assert '"byPyshacl": [\n    "Own"' in REPORTS["json"]([one.judged])


def test_a_bad_literal_that_pyshacl_sees_leaves_stderr_alone(
    capfd: pytest.CaptureFixture[str],
) -> None:
    day = NamedNode("http://www.w3.org/2001/XMLSchema#date")
    quad = Quad(NamedNode("urn:a"), NamedNode("urn:p"), Literal("2026-02-30", datatype=day))
    assert len(to_rdflib([quad])) == 1
    assert capfd.readouterr().err == ""


def test_pyshacl_is_never_given_a_pattern() -> None:
    shape = (
        f'sh:property [ sh:path ex:p ; sh:pattern "a" ] ; sh:sparql [ sh:select "{SUB_SELECT}" ] .'
    )
    with pytest.raises(NotSupported, match="never be done"):
        judged(shape, "b")


def test_a_malformed_shape_is_refused_not_passed() -> None:
    with pytest.raises(NotSupported, match="minCount"):
        judged("sh:property [ sh:path ex:p ; sh:minCount 1, 2 ] .", "b")


def test_a_result_without_a_message_has_pyshacls_words() -> None:
    report = judged("sh:property [ sh:path ex:p ; sh:minCount 2 ] .", "b")
    assert [f.message for f in report.findings] == ["Less than 2 values on <urn:ex:a>-><urn:ex:p>"]


def test_the_form_a_literal_was_written_in_counts() -> None:
    shapes = parse(
        (
            HEAD + "ex:s sh:targetClass dip:Event ; sh:property [ sh:path ex:p ; sh:in ( 1 ) ] ."
        ).encode(),
        "ttl",
        file="s",
    )
    node = f"<urn:ex:a> <{RDF}type> <{DIP}Event> <{GRAPH}x> .\n"
    told = '<urn:ex:a> <urn:ex:p> "%s"^^<http://www.w3.org/2001/XMLSchema#integer> <%sx> .\n'
    judge = open_judge(shapes, ())
    as_one = judge.judge((node + told % ("1", GRAPH)).encode())
    as_01 = judge.judge((node + told % ("01", GRAPH)).encode())
    assert (len(as_one.findings), as_one.by_pyshacl) == (0, ())
    assert (len(as_01.findings), as_01.by_pyshacl) == (1, ("urn:ex:s",))
