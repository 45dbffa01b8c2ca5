"""The command as a user meets it: words, exit codes, speed."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.running import ROOT, kg, limited

SEED = ROOT / "facts" / "mnd-2026-01-12-sheinbaum-trump.yaml"


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("loaded")
    assert kg("load", str(SEED), folder=folder).returncode == 0
    return folder


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
    assert "did you mean 'completion'?" in shown.stderr
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
    (tmp_path / "mine.rq").touch()
    for arguments, words in (
        (("positon",), "did you mean 'positions'"),
        (("positions", "-p", "isue=x"), "did you mean 'issue'"),
        (("positions", "-p", "holder=Claudia Scheinbaum"), "Claudia Sheinbaum"),
        (("timeline", "-p", "since=12/01/2026"), "write it as 2026-01-12"),
        (("timeline", "-p", "since=2026-02-30"), "write it as 2026-01-12"),
        (
            ("met", "-p", "since=2026-05-01", "-p", "until=2026-01-01"),
            "until=2026-01-01 is before since=2026-05-01",
        ),
        (("positions", "-p", "issue=militry interventions"), "'military interventions' or 'US mil"),
        (("mine.rq",), "write @mine.rq"),
        (("consequences",), "needs -p event"),
        (("positions", "-p", "issue"), "write -p issue=VALUE"),
        ((), "kg query --list"),
    ):
        shown = kg("query", *arguments, folder=tmp_path)
        assert shown.returncode == 2
        assert words in shown.stderr
        assert shown.stderr.startswith("error: ")
        assert shown.stderr.count("\n") == 1
        assert shown.stdout == ""


def test_query_that_would_write_is_refused_in_words(tmp_path: Path) -> None:
    for text in ("INSERT DATA { <a:a> <a:b> <a:c> }", "PREFIX a: <a:b> DELETE WHERE { ?s ?p ?o }"):
        shown = kg("-s", "memory:", "query", text, folder=tmp_path)
        assert shown.returncode == 4
        assert "would change the store" in shown.stderr
    # The word itself is no update.
    reads = 'PREFIX insert: <a:b> SELECT ("delete" AS ?insert) {}'
    assert kg("-s", "memory:", "query", reads, folder=tmp_path).returncode == 0


def test_source_that_is_not_there_is_said_with_the_nearest(tmp_path: Path) -> None:
    assert kg("load", str(SEED), folder=tmp_path).returncode == 0
    shown = kg("remove", SEED.stem[:-1], folder=tmp_path)
    assert shown.returncode == 2
    assert f"did you mean {SEED.stem!r}?" in shown.stderr
    assert "`kg sources` lists" in kg("remove", "x", folder=tmp_path).stderr


def completed(*words: str) -> list[str]:
    environment = {
        "_KG_COMPLETE": "bash_complete",
        "COMP_WORDS": " ".join(("kg", *words)),
        "COMP_CWORD": str(len(words)),
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
    }
    code = "import kg.cli; kg.cli.main()"
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    return [line.partition(",")[2] for line in done.stdout.splitlines()]


def test_shell_completes_questions_parameters_and_formats() -> None:
    assert completed("query", "stance") == ["stance-history"]
    assert completed("query", "positions", "-p", "i") == ["issue="]
    assert completed("query", "-f", "ts") == ["tsv"]
    assert completed("export", "gexf-") == ["gexf-static"]
    assert completed("dump", "-f", "tri") == ["trig"]


def test_output_has_the_permissions_of_new_files_and_goes_where_a_link_leads(
    tmp_path: Path,
) -> None:
    template = ("convert", "--template", "-o")
    (tmp_path / "link.csv").symlink_to("linked.csv")
    previous = os.umask(0o027)
    try:
        assert kg(*template, "new.csv", folder=tmp_path).returncode == 0
        assert kg(*template, "link.csv", folder=tmp_path).returncode == 0
    finally:
        os.umask(previous)
    assert stat.S_IMODE((tmp_path / "new.csv").stat().st_mode) == 0o640
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "linked.csv").read_text() == (tmp_path / "new.csv").read_text()
    (tmp_path / "new.csv").chmod(0o600)
    assert kg(*template, "new.csv", folder=tmp_path).returncode == 0
    assert stat.S_IMODE((tmp_path / "new.csv").stat().st_mode) == 0o600


def test_a_reader_that_has_enough_ends_it_quietly(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "kg", "query", "--list"]
    with subprocess.Popen(
        command,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 141


def full(command: str, folder: Path, stderr: int) -> subprocess.CompletedProcess[str]:
    """Runs `kg` with its output, and perhaps its words, on a full disk."""
    with Path("/dev/full").open("wb") as output:
        return subprocess.run(
            [sys.executable, "-m", "kg", *command.split()],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=output,
            stderr=stderr,
            text=True,
            check=False,
        )


@pytest.mark.parametrize(
    "command",
    ["--help", "sources", "query --list", "query readouts", "query readouts -f table",
     "export --list", "validate", "dump"],
)  # fmt: skip
def test_full_disk_under_the_output_is_told_once(command: str, loaded: Path) -> None:
    done = full(command, loaded, subprocess.PIPE)
    assert done.stderr == "error: the disk is full: make room, then try again\n"
    assert done.returncode == 6


def test_full_disk_under_output_and_words_is_told_by_the_exit_code(loaded: Path) -> None:
    assert full("sources", loaded, subprocess.STDOUT).returncode == 6


def test_closed_streams_change_no_exit_code(tmp_path: Path) -> None:
    for closed, command, code in (("1", "--help", 0), ("2", "query nope", 2)):
        line = f'exec "{sys.executable}" -m kg -s memory: {command} {closed}>&-'
        done = subprocess.run(
            ["bash", "-c", line], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)},
            check=False,
        )  # fmt: skip
        assert done.returncode == code


def test_a_query_runs_where_the_system_bounds_memory_itself(tmp_path: Path) -> None:
    done = limited(f"-v {4 << 20}", "-s", "memory:", "query", "ASK {}", folder=tmp_path)
    assert (done.stdout, done.returncode) == ("yes\n", 0), done.stderr


def test_output_into_a_pipe_leaves_it_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE) as reader:
        assert kg("convert", "--template", "-o", "pipe", folder=tmp_path).returncode == 0
        written, _ = reader.communicate(timeout=20)
    assert written.startswith(b"source.id,")
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_choice_that_is_missing_is_told_on_one_line() -> None:
    shown = kg("network")
    assert shown.returncode == 2
    assert "Choose from: central, between," in shown.stderr
    assert len(shown.stderr.splitlines()) == 1


def test_file_given_as_a_question_is_no_sparql() -> None:
    shown = kg("-s", "memory:", "query", "facts/nope.rq")
    assert "no question is called" in shown.stderr
    shown = kg("-s", "memory:", "query", "./README.md")
    assert shown.returncode == 2
    assert "write @./README.md" in shown.stderr


def test_extract_writes_over_no_article_and_no_other_draft(tmp_path: Path) -> None:
    text = b"Canada condemned Russia on Monday.\r\n"
    for name in ("a.txt", "b.txt", "b.html"):
        (tmp_path / name).write_bytes(text)
    for arguments in (
        ("a.txt", "-o", "a.txt"),
        ("b.txt", "b.html", "-o", "out"),
        ("a.txt", "-o", "draft.txt", "--text"),
    ):
        files = {path.name for path in tmp_path.iterdir()}
        shown = kg("extract", *arguments, folder=tmp_path)
        assert shown.returncode == 2, arguments
        assert "would be written over" in shown.stderr
        assert {path.name for path in tmp_path.iterdir()} == files
    shown = kg("extract", "a.txt", "-o", "a.yaml", "--text", folder=tmp_path)
    assert shown.returncode == 2
    assert "--text would write its text over it" in shown.stderr
    assert (tmp_path / "a.txt").read_bytes() == text
    (tmp_path / "a.txt").write_bytes(text.replace(b"\r", b""))
    assert kg("extract", "a.txt", "-o", "a.yaml", "--text", folder=tmp_path).returncode == 0


def test_extract_keeps_the_decisions_of_a_review(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Canada condemned Russia on Monday. Norway met Canada.\n")
    extract = ("extract", "a.txt", "--published", "2026-03-03", "-o", "a.yaml")
    for _ in range(2):  # the same once more loses nothing
        assert kg(*extract, folder=tmp_path).returncode == 0
    drafted = (tmp_path / "a.yaml").read_bytes()
    # What is left after a rejection is all undecided, and a decision nevertheless.
    kg("review", "a.yaml", "--text", "a.txt", folder=tmp_path, keys="r\nq\n")
    decided = (tmp_path / "a.yaml").read_bytes()
    assert decided != drafted
    model = ("--llm", "http://127.0.0.1:9/v1", "--model", "m")
    for more in ((), ("--explain",), model):
        shown = kg(*extract, *more, folder=tmp_path)
        assert shown.returncode == 2
        assert "a.yaml is there and says something else" in shown.stderr
        assert "--overwrite" in shown.stderr
        assert (tmp_path / "a.yaml").read_bytes() == decided
    assert kg(*extract, "--overwrite", folder=tmp_path).returncode == 0
    assert (tmp_path / "a.yaml").read_bytes() == drafted


def test_reading_says_itself_what_cannot_be_read() -> None:
    # click would call it misuse, 2, and none of the other files would be looked at.
    import click

    from kg.cli.group import VERBS, cli

    context = click.Context(cli)
    for verb in ("convert", "extract", "import", "load", "match", "passages", "review", "validate"):
        assert verb in VERBS
        command = cli.get_command(context, verb)
        assert command is not None
        read = [one for one in command.params if one.name in {"file", "files", "text", "mapping"}]
        assert read
        assert not any(one.type.readable for one in read if isinstance(one.type, click.Path))


def test_list_of_questions_heeds_the_format(tmp_path: Path) -> None:
    piped = kg("query", "--list", folder=tmp_path)
    assert piped.stdout.startswith("kind,name,about,parameters\nquestion,accounts,")
    assert "\ncheck,overdue," in piped.stdout
    assert kg("query", "--list", "-f", "csv", folder=tmp_path).stdout == piped.stdout
    assert kg("query", "--list", "-o", "list.csv", folder=tmp_path).stdout == ""
    written = (tmp_path / "list.csv").read_bytes().decode()
    assert written.splitlines() == piped.stdout.splitlines()
    found = json.loads(kg("query", "--list", "-f", "json", folder=tmp_path).stdout)
    names = [one["name"]["value"] for one in found["results"]["bindings"]]
    assert len(names) == len(written.splitlines()) - 1
    assert kg("query", "--list", "-f", "table", folder=tmp_path).stdout.startswith("question  ")
    wrong = kg("query", "--list", "-f", "nix", folder=tmp_path)
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "no format is called 'nix'" in wrong.stderr


@pytest.mark.parametrize(
    ("address", "code", "words"),
    [
        ("127.0.0.1:1", 6, "begins with http:// or https://, as http://127.0.0.1:1"),
        ("[::1]:1/kg", 6, "as http://[::1]:1/kg"),
        ("nowhere", 6, "there is no store at nowhere: `kg load FILE` makes one"),
        ("HTTP://127.0.0.1:1", 6, "http://127.0.0.1:1"),
        ("http://127.0.0.1:notaport", 2, "a port is a number up to 65535"),
        ("http://127.0.0.1:99999", 2, "a port is a number up to 65535"),
        ("http://[::1", 2, "an IPv6 address stands in brackets"),
        ("ftp://127.0.0.1", 2, "a store is a folder, memory:, or an http address"),
    ],
)
def test_address_that_leads_to_no_store_is_told_why(
    tmp_path: Path, address: str, code: int, words: str
) -> None:
    done = kg("-s", address, "query", "ASK {}", folder=tmp_path)
    assert (done.returncode, done.stdout) == (code, "")
    assert words in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("command", [("load", str(SEED)), ("doctor",)])
def test_no_folder_is_made_that_is_called_as_a_host_and_its_port(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    done = kg("-s", "127.0.0.1:7411", *command, folder=tmp_path)
    assert (done.returncode, done.stdout) == (6, "")
    assert "begins with http:// or https://, as http://127.0.0.1:7411" in done.stderr
    assert not list(tmp_path.iterdir())
    if command != ("doctor",):
        assert kg("-s", "./127.0.0.1:7411", *command, folder=tmp_path).returncode == 0
