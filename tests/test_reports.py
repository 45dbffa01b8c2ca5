"""What the reports of findings say in each format, whatever the findings hold."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
import rdflib
from click.testing import CliRunner
from rdflib.collection import Collection

from kg.cli.group import cli
from kg.errors import InputError, InputErrors, NotConforming, Place, harmless
from kg.validate import REPORTS, Judged, Located

SH = rdflib.Namespace("http://www.w3.org/ns/shacl#")
DIP = "https://w3id.org/diplomatic-kg/ns#"
HOSTILE = "a\x1b[31m\x9b\u202e\nerror: b\rc\u2028d\udcff"
FINDING = Located(
    place=Place("a.yaml", 3, 5),
    rule="Agent",
    severity="violation",
    node="call",
    message="its agent is not an actor",
    hint="Name an actor.",
    focus="https://w3id.org/diplomatic-kg/source/x/call",
    path=DIP + "agent",
    value="<urn:thing>",
    component=str(SH.ClassConstraintComponent),
    shape="https://w3id.org/diplomatic-kg/shapes#Agent",
    route=DIP + "agent",
)
READING = Located(Place("b.yaml"), "reading", "violation", "b.yaml", "no such file")
# A document with two findings of one rule that differ, and one of a path with several ways.
DOCUMENT = """\
source: {id: x, type: NewsArticle, label: A note, published: 2026-01-12, passages: {p1: [0, 40]}}
events:
  - type: Meeting
    agent: us-military-action-in-mexico
    attendee: us-military-action-in-mexico
    date: 2026-01-12
    evidence: p1
"""


def reported(form: str, *findings: Located, file: str = "a.yaml") -> str:
    return REPORTS[form]([Judged(file, findings, 1)])


def validated(folder: Path, *options: str) -> str:
    (folder / "x.yaml").write_text(DOCUMENT)
    shown = CliRunner().invoke(cli, ["validate", str(folder / "x.yaml"), *options])
    return shown.stdout


@pytest.mark.parametrize("form", REPORTS)
def test_no_report_steers_a_terminal(form: str) -> None:
    hostile = replace(
        FINDING,
        place=Place(HOSTILE, 3, 5),
        node=HOSTILE,
        message=HOSTILE,
        hint=HOSTILE,
        rule=HOSTILE,
        value='"a\u202e\x9b\\u001B"',
    )
    shown = reported(form, hostile, replace(READING, place=Place(HOSTILE)), file=HOSTILE)
    lines = shown.replace("\t", " ").split("\n")
    assert [line for line in lines if harmless(line) != line] == []
    shown.encode()
    assert re.search(r"\\+(x1b|u001b|u001B)", shown)
    assert not any(line.startswith("error: ") for line in shown.splitlines())


def test_hostile_json_says_what_it_was() -> None:
    (one,) = json.loads(reported("json", replace(FINDING, message=HOSTILE)))["data"]
    assert one["findings"][0]["message"] == HOSTILE


def test_hostile_turtle_says_what_it_was() -> None:
    value = rdflib.Literal("a\x1b\u202e\x9b")
    shown = reported("turtle", replace(FINDING, value='"a\\u001B\u202e\x9b"'))
    graph = rdflib.Graph().parse(data=shown, format="turtle")
    assert list(graph.objects(None, SH.value)) == [value]


def test_an_error_is_one_line_whatever_it_quotes() -> None:
    error = InputError(f"no key {HOSTILE}", Place(HOSTILE, 1))
    assert len(str(error).splitlines()) == 1
    assert harmless(str(error)) == str(error)
    assert len(str(InputErrors((error, error))).splitlines()) == 2
    assert len(str(NotConforming("one\ntwo\x85three")).splitlines()) == 2


def test_no_line_of_a_refusal_can_be_mistaken(tmp_path: Path) -> None:
    path = tmp_path / "a\x1b[2J\nloaded: b.yaml"
    path = path.with_suffix(".yaml")
    label = 'label: "a\\u001b[31m\\nloaded: b", '
    path.write_text(DOCUMENT.replace("type: Meeting", f"type: Meeting\n    {label[:-2]}"))
    store = ["-s", str(tmp_path / ".kg")]
    for name in (path, tmp_path / "none\nloaded: c.yaml"):
        shown = CliRunner().invoke(cli, [*store, "load", str(name)])
        lines = shown.stderr.splitlines()
        assert lines
        assert all(line.startswith("error: ") for line in lines)
        assert all(harmless(line) == line for line in lines)


def test_what_was_loaded_is_told_on_one_line(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(DOCUMENT.replace("A note", '"a\\u001b[31m\\nerror: b"'))
    options = ["load", str(path), "--fail-on", "never"]
    shown = CliRunner().invoke(cli, ["-s", str(tmp_path / ".kg"), *options])
    assert "loaded: a\\x1b[31m\\nerror: b (" in shown.stderr


def test_the_text_report_shows_every_hint(tmp_path: Path) -> None:
    hints = [replace(FINDING, message=f"it is wrong {n}", hint=f"Try {n}.") for n in range(3)]
    shown = reported("text", *hints, hints[0])
    assert re.findall(r"try: (.*)", shown) == ["Try 0.", "Try 1.", "Try 2."]
    assert re.findall(r"Agent  \((\d)\)", shown) == ["2", "1", "1"]
    told = validated(tmp_path)
    assert "its agent is not an actor" in told
    assert "its attendee is not an actor" in told
    assert told.count("  try: ") == told.count("violation  ") + told.count("warning  ")


def test_sarif_has_what_the_standard_requires(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    body = json.loads(reported("sarif", FINDING, READING))
    assert body["version"] == "2.1.0"
    (run,) = body["runs"]
    assert run["tool"]["driver"]["name"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(rules) == len(set(rules))
    assert all(rule["help"]["text"] for rule in run["tool"]["driver"]["rules"])
    for result in run["results"]:
        assert result["message"]["text"]
        assert result["ruleId"] in rules
        assert result["level"] in {"none", "note", "warning", "error"}
        (location,) = result["locations"]
        region = location["physicalLocation"].get("region", {"startLine": 1})
        assert all(isinstance(number, int) and number > 0 for number in region.values())
        assert all(isinstance(mark, str) for mark in result["partialFingerprints"].values())
    assert "region" not in run["results"][1]["locations"][0]["physicalLocation"]


@pytest.mark.parametrize(
    ("file", "uri"),
    [
        ("a.yaml", "facts/a.yaml"),
        ("./sub/a b#c%.yaml", "facts/sub/a%20b%23c%25.yaml"),
        ("a:b.yaml", "facts/a%3Ab.yaml"),
        ("../México.yaml", "M%C3%A9xico.yaml"),
        ("{root}/facts/a.yaml", "facts/a.yaml"),
        ("/elsewhere/a b.yaml", "file:///elsewhere/a%20b.yaml"),
        ("a\udcff.yaml", "facts/a%FF.yaml"),
    ],
)
def test_sarif_names_files_as_the_repository_does(file, uri, tmp_path, monkeypatch) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "facts").mkdir()
    monkeypatch.chdir(tmp_path / "facts")
    placed = replace(FINDING, place=Place(file.format(root=tmp_path), 3, 5))
    (result,) = json.loads(reported("sarif", placed))["runs"][0]["results"]
    artifact = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert artifact["uri"] == uri
    assert ("uriBaseId" in artifact) == (not uri.startswith("file:"))


def test_fingerprints_tell_files_apart_and_stay_when_lines_move() -> None:
    places = [Place("a.yaml", 3, 5), Place("a.yaml", 9, 5), Place("b.yaml", 3, 5)]
    shown = reported("sarif", *(replace(FINDING, place=place) for place in places))
    results = json.loads(shown)["runs"][0]["results"]
    first, moved, other = (one["partialFingerprints"]["finding/v2"] for one in results)
    assert first == moved != other


@pytest.mark.parametrize("place", [Place("a.yaml"), Place("a.yaml", 3), Place("a.yaml", 3, 5)])
def test_a_place_is_told_as_far_as_it_is_known(place: Place) -> None:
    finding = replace(FINDING, place=place)
    shown = {form: reported(form, finding) for form in ("text", "md", "github", "sarif", "turtle")}
    assert not any("None" in text or "null" in text for text in shown.values())
    column = place.column is not None
    line = place.line is not None
    assert ("line=3" in shown["github"], "col=5" in shown["github"]) == (line, column)
    assert f"| {str(place).removeprefix('a.yaml').strip(':')} |" in shown["md"]
    assert str(place) in shown["text"]


def test_turtle_says_of_each_result_what_the_recommendation_asks() -> None:
    ways = replace(FINDING, path="", value="", route=("alternativePath", ("urn:a", "urn:b")))
    steps = replace(ways, route=("sequence", ("urn:a", ("oneOrMorePath", ("urn:b",)))))
    shown = reported("turtle", FINDING, ways, steps, READING)
    graph = rdflib.Graph().parse(data=shown, format="turtle")
    results = list(graph.subjects(rdflib.RDF.type, SH.ValidationResult))
    assert len(results) == 4
    for result in results:
        for name in ("focusNode", "resultSeverity", "sourceConstraintComponent", "sourceShape"):
            assert len(list(graph.objects(result, SH[name]))) == 1, name
    assert list(graph.objects(None, SH.value)) == [rdflib.URIRef("urn:thing")]
    (agent,) = graph.subjects(SH.value)
    assert str(graph.value(agent, SH.resultMessage)) == FINDING.message
    assert str(graph.value(agent, rdflib.RDFS.comment)) == str(FINDING.place)
    assert (None, SH.resultPath, rdflib.URIRef(DIP + "agent")) in graph
    a, b = rdflib.URIRef("urn:a"), rdflib.URIRef("urn:b")
    (either,) = graph.objects(None, SH.alternativePath)
    assert list(Collection(graph, either)) == [a, b]
    (sequence,) = (
        path for path in graph.objects(None, SH.resultPath) if graph.value(path, rdflib.RDF.first)
    )
    first, second = Collection(graph, sequence)
    assert (first, graph.value(second, SH.oneOrMorePath)) == (a, b)


def test_turtle_of_a_document_names_shape_path_and_value(tmp_path: Path) -> None:
    graph = rdflib.Graph().parse(data=validated(tmp_path, "-f", "turtle"), format="turtle")
    issue = rdflib.URIRef("https://w3id.org/diplomatic-kg/issue/us-military-action-in-mexico")
    shape = rdflib.URIRef("https://w3id.org/diplomatic-kg/shapes#Agent")
    found = {
        str(graph.value(result, SH.resultPath))
        for result in graph.subjects(SH.value, issue)
        if graph.value(result, SH.sourceShape) == shape
    }
    assert found == {DIP + "agent", DIP + "attendee"}


def test_json_counts_by_severity_and_names_the_component() -> None:
    warning = replace(FINDING, severity="warning")
    judged = [Judged("a.yaml", (FINDING, warning), 3), Judged("b.yaml", (READING,))]
    body = json.loads(REPORTS["json"](judged))
    assert body["summary"] == {"violation": 2, "warning": 1, "info": 0}
    assert [one["summary"]["violation"] for one in body["data"]] == [1, 1]
    assert body["data"][0]["findings"][0]["component"] == str(SH.ClassConstraintComponent)
