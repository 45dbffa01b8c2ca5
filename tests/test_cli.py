"""The command as a user meets it: words, exit codes, speed."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


SEED = ROOT / "facts" / "mnd-2026-01-12-sheinbaum-trump.yaml"


def kg(*arguments: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kg", *arguments],
        cwd=folder,
        env={**os.environ, "NO_COLOR": "1", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_help_names_every_verb_and_exit_code() -> None:
    from kg.cli.group import VERBS

    shown = kg("--help")
    assert shown.returncode == 0
    assert all(verb in shown.stdout for verb in VERBS)
    assert "130 interrupted" in shown.stdout


def test_every_verb_has_help() -> None:
    from kg.cli.group import VERBS

    for verb in VERBS:
        assert kg(verb, "--help").returncode == 0


def test_unknown_verb_names_the_nearest() -> None:
    shown = kg("completoin", "bash")
    assert shown.returncode == 2
    assert "Did you mean 'completion'?" in shown.stderr
    assert shown.stdout == ""


def test_completion_script_is_written() -> None:
    shown = kg("completion", "bash")
    assert shown.returncode == 0
    assert "_KG_COMPLETE" in shown.stdout


def test_help_imports_none_of_the_heavy_libraries() -> None:
    code = "import sys, kg.cli; kg.cli.run(['--help']); print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.splitlines()[-1].split())
    assert "kg.cli.group" in loaded
    assert not loaded & {"rdflib", "pyoxigraph", "pyshacl", "pydantic", "networkx", "rich"}


def test_article_is_loaded_asked_dumped_and_removed(tmp_path: Path) -> None:
    assert kg("load", str(SEED), folder=tmp_path).returncode == 0
    assert "unchanged" in kg("load", str(SEED), folder=tmp_path).stderr
    asked = "ASK { ?call a dip:PhoneCall ; dip:agent actor:donald-trump, actor:claudia-sheinbaum }"
    assert kg("query", asked, folder=tmp_path).stdout == "yes\n"
    listed = kg("sources", folder=tmp_path).stdout
    assert listed.count("\n") == 2
    assert len(kg("dump", folder=tmp_path).stdout.splitlines()) == int(
        listed.splitlines()[1].split(",")[2]
    )
    assert kg("remove", SEED.stem, folder=tmp_path).returncode == 0
    assert kg("sources", folder=tmp_path).stdout == ""


def test_export_writes_every_rdf_format_as_dump_does(tmp_path: Path) -> None:
    assert kg("load", str(SEED), folder=tmp_path).returncode == 0
    for form in ("ttl", "trig", "nt", "nq", "jsonld", "rdf"):
        assert form in kg("export", "--list", folder=tmp_path).stdout
        out = f"out/x.{form}"
        assert kg("export", form, "-o", out, folder=tmp_path).stderr == f"996 quads in {out}\n"
        written = (tmp_path / out).read_text(encoding="utf-8")
        assert written == kg("dump", "-f", form, folder=tmp_path).stdout
        assert kg("export", form, folder=tmp_path).stdout == written
    drawn = kg("export", "ttl", "--projection", "dyads", folder=tmp_path)
    assert drawn.returncode == 2
    assert "RDF is what the sources say" in drawn.stderr


def test_document_with_a_violation_does_not_enter(tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text(
        "source: {id: bad, type: NewsArticle, label: bad, published: 2026-01-01}\n"
        "events:\n  - {type: Meeting, agent: [mexico, venezuela], date: 2026-01-01}\n"
    )
    shown = kg("load", "bad.yaml", folder=tmp_path)
    assert shown.returncode == 1
    assert "bad.yaml:3:" in shown.stderr
    assert "nothing says where it stands in the text" in shown.stderr
    assert kg("sources", folder=tmp_path).stdout == ""


def test_what_a_user_gets_wrong_has_its_exit_code(tmp_path: Path) -> None:
    assert kg("load", "none.yaml", folder=tmp_path).returncode == 3
    assert kg("--store", "nowhere", "sources", folder=tmp_path).returncode == 6
    assert kg("--store", "memory:", "query", "SELECT {", folder=tmp_path).returncode == 4
    assert kg("--store", "memory:", "dump", "-f", "doc", folder=tmp_path).returncode == 2
    assert kg("--store", "ftp://127.0.0.1/sparql", "sources", folder=tmp_path).returncode == 2
    assert kg("--store", "http://127.0.0.1:9/sparql", "sources", folder=tmp_path).returncode == 6


def test_questions_are_answered_in_every_format(tmp_path: Path) -> None:
    assert kg("load", str(SEED), folder=tmp_path).returncode == 0
    asked = ("query", "planned")
    assert "Security meeting" in kg(*asked, "-f", "table", folder=tmp_path).stdout
    assert kg(*asked, folder=tmp_path).stdout.startswith("event,eventLabel,from,to,")
    for form in ("csv", "tsv", "json", "xml", "md", "jsonl"):
        assert "2026-01-31" in kg(*asked, "-f", form, folder=tmp_path).stdout
    assert kg(*asked, "-o", "out/planned.csv", folder=tmp_path).stdout == ""
    assert (tmp_path / "out" / "planned.csv").read_text().count("\n") == 3
    made = kg("query", "CONSTRUCT WHERE { ?s dip:status status:scheduled }", folder=tmp_path)
    assert "dip:status" in made.stdout
    refused = kg(*asked, "-f", "ttl", folder=tmp_path)
    assert refused.returncode == 2
    assert "the answer is a table" in refused.stderr


def test_what_is_asked_wrongly_is_said_with_the_nearest(tmp_path: Path) -> None:
    assert kg("load", str(SEED), folder=tmp_path).returncode == 0
    for arguments, words in (
        (("positon",), "did you mean 'positions'"),
        (("positions", "-p", "isue=x"), "did you mean 'issue'"),
        (("positions", "-p", "holder=Claudia Scheinbaum"), "Claudia Sheinbaum"),
        (("timeline", "-p", "since=12/01/2026"), "write it as 2026-01-12"),
        (("consequences",), "needs -p event"),
        (("positions", "-p", "issue"), "write -p issue=VALUE"),
        ((), "kg query --list"),
    ):
        shown = kg("query", *arguments, folder=tmp_path)
        assert shown.returncode == 2
        assert words in shown.stderr
        assert shown.stdout == ""
