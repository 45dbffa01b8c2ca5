"""What is wrong with a file is said once, at its line, and the store is as it was."""

import json
from pathlib import Path

import pytest
import rdflib

from tests.running import ROOT, kg, limited

SEED = ROOT / "facts" / "mnd-2026-01-12-sheinbaum-trump.yaml"

HEAD = f"""\
source:
  id: note
  type: NewsArticle
  label: A note
  published: 2026-01-12
  text: {{digest: "sha256:{"0" * 64}", length: 90}}
  passages: {{p1: [0, 40], p2: [42, 90]}}
events:
"""
GOOD = "  - {type: Meeting, agent: [mexico, venezuela], date: 2026-01-12, evidence: [p1]}\n"
CYCLE = """\
  - {id: one, type: Report, agent: mexico, date: 2026-01-12, evidence: [p1], content: [two]}
  - {id: two, type: Report, agent: venezuela, date: 2026-01-12, evidence: [p1], content: [one]}
"""
TURTLE = (
    "@prefix dip: <https://w3id.org/diplomatic-kg/ns#> .\n<http://e/x> a dip:Meeting ;; .\n<a\n"
)


def event(told: str) -> str:
    return HEAD + "  - {" + told + "}\n"


# What is wrong, the file, its bytes, the exit code, the line, words of the message.
BAD: list[tuple[str, str, str | bytes, int, int | None, str]] = [
    ("broken YAML", "bad.yaml", HEAD + "  - {type: Meeting, agent: [mexico\n", 3, 10,
     "not YAML: did not find expected ',' or ']'"),
    ("unknown key", "bad.yaml", event("type: Meeting, agents: mexico"), 3, 9, "agent"),
    ("unknown kind", "bad.yaml",
     event("type: Meetin, agent: [mexico, venezuela], evidence: [p1]"), 3, 9, "Meeting"),
    ("wrong date", "bad.yaml",
     event("type: Meeting, agent: [mexico, venezuela], date: 2026-13-01, evidence: [p1]"), 3, 9,
     "2026-13-01"),
    ("end before start", "bad.yaml",
     event("type: Meeting, agent: [mexico, venezuela], from: 2026-01-12, to: 2026-01-02, "
           "evidence: [p1]"), 3, 9, "before"),
    ("missing evidence", "bad.yaml",
     event("type: Meeting, agent: [mexico, venezuela], date: 2026-01-12"), 1, 9,
     "nothing says where it stands in the text"),
    ("offset past the end", "bad.yaml", HEAD.replace("[42, 90]", "[42, 900]") + GOOD, 3, 7, "90"),
    ("cycle of attribution", "bad.yaml", HEAD + CYCLE, 1, 9,
     "it is, by way of others, its own content"),
    ("unknown actor", "bad.yaml",
     event("type: Meeting, agent: [mexco, venezuela], date: 2026-01-12, evidence: [p1]"), 3, 9,
     "mexico"),
    ("not UTF-8", "bad.yaml", b"source:\n  id: n\xff\xfe\n", 3, 2, "UTF-8"),
    ("empty file", "bad.yaml", "", 3, 1, "empty"),
    ("Turtle syntax", "bad.ttl", TURTLE, 3, 3, "no Turtle: it ends amid a statement: a quotation"),
    ("no dot", "bad.nt", "<urn:a> <urn:b> <urn:c>\n<urn:a> <urn:b> <urn:d> .\n", 3, 2,
     "no N-Triples: end the statement before with a dot (the parser says: Quads must"),
    ("no prefix", "bad.trig", "\na:b a:c a:d .\n", 3, 2,
     "no TriG: declare the prefix above, as @prefix name:"),
    ("blank in an IRI", "bad.nq", "<urn:a> <urn b> <urn:c> .\n", 3, 1,
     "no N-Quads: write what an IRI cannot hold as %20"),
    ("relative IRI", "bad.nt", "<a> <urn:b> <urn:c> .\n", 3, 1, "write the IRI in full"),
    ("datatype", "bad.nq", '<urn:a> <urn:b> "x"^^foo .\n', 3, 1, "write the datatype in full"),
    ("language", "bad.ttl", '<urn:a> <urn:b> "x"@e_n .\n', 3, 1, "write the language as @en"),
    ("other slip", "bad.nt", "<urn:a> urn:b <urn:c> .\n", 3, 1, "mend what stands here"),
    ("no such ending", "bad.docx", "x", 3, None, "yaml"),
    ("not there", "none.yaml", b"", 3, None, "no such file"),
    ("doubled key", "bad.yaml", HEAD + "  - {type: Meeting, type: Meeting}\n", 3, 9, "type"),
    ("an entity", "bad.rdf",
     '<?xml version="1.0"?>\n<!DOCTYPE x [<!ENTITY a "b">]>\n<x/>', 3, 2,
     "a document type (<!DOCTYPE …>) is not read"),
]  # fmt: skip


@pytest.fixture(scope="module")
def loaded(tmp_path_factory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("store")
    assert kg("load", str(SEED), folder=folder).returncode == 0
    return folder, kg("dump", folder=folder).stdout


@pytest.mark.parametrize(("what", "name", "content", "code", "line", "words"), BAD,
                         ids=[row[0] for row in BAD])  # fmt: skip
def test_bad_input_is_told_at_its_line_and_changes_nothing(
    what, name, content, code, line, words, loaded
) -> None:
    folder, before = loaded
    if what != "not there":
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    shown = kg("load", name, folder=folder)
    assert shown.returncode == code, shown.stderr
    assert shown.stdout == ""
    assert "Traceback" not in shown.stderr
    assert (f"{name}:{line}:" if line else name) in shown.stderr
    assert words
    assert words.casefold() in shown.stderr.casefold()
    lines = shown.stderr.splitlines()
    assert all(line.startswith("error: ") for line in lines)
    # What cannot be read is one line; what does not conform is one group of findings.
    told = lines if code == 3 else [line for line in lines if line.startswith("error: violation  ")]
    assert len(told) == 1, shown.stderr
    assert kg("dump", folder=folder).stdout == before


@pytest.mark.parametrize(
    ("text", "code"),
    [(None, 3), ("nonsense", 3), (event("type: Meeting, agent: [mexico, venezuela]"), 1)],
    ids=["not there", "broken", "refused"],
)
def test_file_that_does_not_enter_makes_no_store(
    tmp_path: Path, text: str | None, code: int
) -> None:
    if text is not None:
        (tmp_path / "bad.yaml").write_text(text)
    assert kg("load", "bad.yaml", folder=tmp_path).returncode == code
    assert not (tmp_path / ".kg").exists()


def test_full_disk_is_told_and_leaves_the_store_as_it_was(loaded) -> None:
    folder, before = loaded
    (folder / "good.yaml").write_text(HEAD + GOOD)
    shown = limited("-f 8", "load", "good.yaml", folder=folder)
    assert shown.returncode == 6, shown.stderr
    assert "Traceback" not in shown.stderr
    assert "error: " in shown.stderr
    assert kg("dump", folder=folder).stdout == before
    assert kg("sources", folder=folder).returncode == 0
    assert "note" not in kg("sources", folder=folder).stdout


def test_good_files_enter_beside_a_bad_one(tmp_path) -> None:
    (tmp_path / "good.yaml").write_text(HEAD + GOOD)
    (tmp_path / "bad.yaml").write_text("")
    shown = kg("load", "bad.yaml", "good.yaml", folder=tmp_path)
    assert shown.returncode == 3
    assert "bad.yaml:1" in shown.stderr
    assert "loaded: A note" in shown.stderr


@pytest.fixture(scope="module")
def flawed(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("flawed")
    (folder / "flawed.yaml").write_text(
        event("type: Meeting, agent: [mexico, venezuela], date: 2026-01-12")
        + "  - {type: PhoneCall, agent: [mexico, venezuela], date: 2026-01-12, place: mexico,"
        " evidence: [p1]}\n"
    )
    return folder


def test_report_is_written_in_every_format(flawed) -> None:
    told = {
        form: kg("validate", "flawed.yaml", "-f", form, folder=flawed)
        for form in ("text", "json", "turtle", "sarif", "github", "md")
    }
    assert all(done.returncode == 1 for done in told.values())
    data = json.loads(told["json"].stdout)
    assert (data["version"], data["status"]) == (1, "findings")
    lines = {f["rule"]: f["line"] for f in data["data"][0]["findings"]}
    assert lines["Evidence"] == 9
    assert 10 in lines.values()
    graph = rdflib.Graph().parse(data=told["turtle"].stdout, format="turtle")
    results = set(graph.subjects(rdflib.RDF.type, rdflib.SH.ValidationResult))
    assert len(results) == len(data["data"][0]["findings"])
    (run,) = json.loads(told["sarif"].stdout)["runs"]
    assert len(run["results"]) == len(results)
    rules = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    assert {result["ruleId"] for result in run["results"]} == rules
    assert "::error file=flawed.yaml,line=9,col=5,title=Evidence::" in told["github"].stdout
    assert "| 9:5 | violation |" in told["md"].stdout
    assert "flawed.yaml:9:5: " in told["text"].stdout


def test_finding_stands_at_the_key_that_it_is_about(flawed) -> None:
    shown = kg("validate", "flawed.yaml", "-f", "json", folder=flawed).stdout
    (place,) = (f for f in json.loads(shown)["data"][0]["findings"] if f["line"] == 10)
    line = (flawed / "flawed.yaml").read_text().splitlines()[9]
    assert line[place["column"] - 1 :].startswith("place:")


def test_threshold_decides_the_exit_code(flawed, tmp_path) -> None:
    assert kg("validate", "flawed.yaml", "--fail-on", "never", folder=flawed).returncode == 0
    assert kg("validate", str(SEED), folder=tmp_path).returncode == 0
    assert kg("validate", str(SEED), "--fail-on", "warning", folder=tmp_path).returncode == 1


def test_unreadable_file_is_a_finding_of_the_report(tmp_path) -> None:
    (tmp_path / "bad.yaml").write_text("source: {\n")
    shown = kg("validate", "bad.yaml", str(SEED), "-f", "json", folder=tmp_path)
    assert shown.returncode == 3
    first, second = json.loads(shown.stdout)["data"]
    assert first["findings"][0]["rule"] == "reading"
    assert second["conforms"]


def test_hostile_text_does_not_steer_terminal_or_markdown(tmp_path) -> None:
    (tmp_path / "h.yaml").write_text(
        HEAD
        + '  - {type: Meeting, label: "a\\u001b[31m|<b>`x`\\u202e", agent: [mexico, venezuela]}\n'
    )
    for form in ("text", "md"):
        shown = kg("validate", "h.yaml", "-f", form, folder=tmp_path).stdout
        assert "\x1b" not in shown
        assert "\u202e" not in shown
    assert "\\|\\<b\\>" in shown


def test_output_that_a_file_does_not_take_is_told_also_unbuffered(tmp_path) -> None:
    file = tmp_path / "schema.json"
    shown = limited("-f 4", "schema", folder=tmp_path, output=file, PYTHONUNBUFFERED="1")
    assert shown.returncode == 6, shown.stderr
    assert "a file may not grow so large here: look at `ulimit -f`" in shown.stderr


def test_a_name_that_the_vocabulary_lacks_is_told_where_nothing_is_found(loaded) -> None:
    folder, _ = loaded
    shown = kg("query", "SELECT ?x { ?x a dip:PhoneCal }", folder=folder)
    assert (shown.returncode, shown.stdout.strip()) == (0, "x")
    assert shown.stderr == "the vocabulary knows no dip:PhoneCal: did you mean dip:PhoneCall?\n"
    assert kg("query", "SELECT ?x { ?x a dip:Nope, dip:PhoneCall }", folder=folder).stderr != ""
    assert kg("query", "SELECT ?x { ?x dip:status dip:PhoneCall }", folder=folder).stderr == ""


def test_a_missing_folder_of_a_backup_is_told_not_made(loaded) -> None:
    folder, _ = loaded
    shown = kg("backup", "missing/file", folder=folder)
    assert shown.returncode == 6
    assert "missing" in shown.stderr
    assert not (folder / "missing").exists()
