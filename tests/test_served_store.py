"""`kg --store` against a `kg serve`: every command, or one clear word why not."""

import json
import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from stub import Stub, send
from test_remote import COMMANDS
from test_serve_graphs import DOCUMENT

from kg.cli import run
from kg.load import read_house
from kg.store import open_store
from tests.serving import SEED, Served, serving

TOKEN = "a-token-for-this-test-alone"
TABLE = Path(__file__).parent / "data" / "imports" / "polecat.tab"


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """An empty store that takes sources; the client knows the token."""
    (tmp_path / "there").mkdir()
    (tmp_path / "here").mkdir()
    with open_store(str(tmp_path / "there" / ".kg"), read_house().background, create=True):
        pass
    monkeypatch.chdir(tmp_path / "here")
    for name in ("USER", "PASSWORD", "TOKEN"):
        monkeypatch.delenv(f"KG_STORE_{name}", raising=False)
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    (tmp_path / "netrc").write_text(f"machine 127.0.0.1 login me password {TOKEN}\n")
    environment = {"KG_SERVE_TOKEN": TOKEN}
    with serving(tmp_path / "there", "--write", environment=environment) as served:
        yield served


@pytest.fixture
def address(served: Served, capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    return f"{served.address}/sparql"


def printed(address: str, capsys: pytest.CaptureFixture[str]) -> str:
    output = capsys.readouterr().out.replace(address, "STORE")
    return re.sub(r"\d{4}-\d\d-\d\dT[\d:+]{14}", "THEN", output)


def test_commands_print_there_what_they_print_for_a_folder(
    address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = []
    for store in (str(tmp_path / ".kg"), address):
        assert run(["-s", store, "load", str(SEED), "--by", "me"]) == 0
        assert run(["-s", store, "load", str(SEED), "--by", "me"]) == 0
        for command in COMMANDS:
            assert run(["-s", store, *command]) in {0, 1}
        # Who loads a source is not told to the network.
        told.append(printed(store, capsys).replace(",me\r\n", ",\r\n"))
    assert told[0] == told[1]
    assert len(told[0]) > 50_000


def test_table_is_imported(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["import", "polecat", str(TABLE), "--source", "table", "--published", "2026-02-01"]
    assert run(["-s", address, *command]) in {0, 1}
    assert run(["-s", address, "sources", "-f", "csv"]) == 0
    assert "\ntable," in capsys.readouterr().out


def test_backup_of_it_is_restored_elsewhere(
    address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["-s", address, "load", str(SEED)]) == 0
    assert run(["-s", address, "backup", "graph.backup"]) == 0
    assert run(["-s", str(tmp_path / "other"), "restore", "graph.backup"]) == 0
    capsys.readouterr()
    for store in (address, str(tmp_path / "other")):
        assert run(["-s", store, "dump"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[: len(lines) // 2] == lines[len(lines) // 2 :]


@pytest.mark.parametrize("command", [["doctor"], ["restore", "graph.backup"]])
def test_what_only_the_machine_of_the_store_can_do_is_said(
    command: list[str], address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["-s", address, "load", str(SEED)]) == 0
    assert run(["-s", address, "backup", "graph.backup"]) == 0
    assert run(["-s", address, *command]) == 2
    assert "on the machine of the store" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("token", "words"), [("", "KG_STORE_TOKEN"), ("another token", "writing needs the token")]
)
def test_writing_needs_the_token(
    token: str,
    words: str,
    address: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("NETRC", "nowhere")
    monkeypatch.setenv("KG_STORE_TOKEN", token)
    assert run(["-s", address, "load", str(SEED)]) == 6
    assert words in capsys.readouterr().err
    monkeypatch.setenv("KG_STORE_TOKEN", TOKEN)
    assert run(["-s", address, "load", str(SEED)]) == 0


def test_a_server_that_reads_only_says_so(
    served: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(served.folder) as reading:
        address = f"{reading.address}/sparql"
        assert run(["-s", address, "load", str(SEED)]) == 6
        assert "reads only" in capsys.readouterr().err
        assert run(["-s", address, "remove", SEED.stem]) == 2


def test_findings_of_the_server_keep_a_source_out(
    served: Served, address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Here a document may be loaded in spite of its findings, there it is judged anew."""
    document = DOCUMENT.replace("    evidence: [p1]\n", "")
    Path("wrong.yaml").write_text(document, encoding="utf-8")
    assert run(["-s", address, "load", "wrong.yaml", "--fail-on", "never"]) == 1
    assert "refuses the source" in capsys.readouterr().err
    assert served.query("ASK { ?s a dip:PhoneCall }").text.strip() == "false"


def test_a_source_that_is_too_large_is_said(
    stub: Stub, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KG_STORE_TOKEN", TOKEN)
    listed = b'{"commit": 1, "writes": true, "largest": 1000, "sources": []}'
    rows = b'{"head": {"vars": ["commit"]}, "results": {"bindings": []}}'

    def answering(request) -> None:
        is_list = request.path == "/sources"
        kind = "application/json" if is_list else "application/sparql-results+json"
        send(request, listed if is_list else rows, kind=kind, kg_serve="1")

    stub.answering = answering
    assert run(["-s", stub.address, "load", str(SEED)]) == 5
    assert "1,000 at once" in capsys.readouterr().err
    assert {method for method, _, _ in stub.asked} <= {"GET", "POST"}


@pytest.mark.parametrize("end", ["", "/"])
def test_the_bare_address_will_do(
    served: Served, tmp_path: Path, end: str, capsys: pytest.CaptureFixture[str]
) -> None:
    store = ["-s", served.address + end]
    assert run([*store, "load", str(SEED)]) == 0
    assert run([*store, "backup", str(tmp_path / "all.tar")]) == 0
    assert run([*store, "query", "readouts"]) == 0
    assert run([*store, "remove", SEED.stem]) == 0
    capsys.readouterr()
    assert run([*store, "sources", "-f", "csv"]) == 0
    assert SEED.stem not in capsys.readouterr().out


def test_the_right_address_is_said(served: Served, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["-s", f"{served.address}/queries", "sources"]) == 6
    assert f"queries go to {served.address}/sparql" in capsys.readouterr().err


def test_who_loaded_is_not_told_to_the_network(served: Served, address: str) -> None:
    assert run(["-s", address, "load", str(SEED)]) == 0
    assert "recorded" not in served.ask("GET", "/sources").text


SAID = {"source": "urn:s", "label": "", "digest": "", "loaded_at": "", "asserted": 1}


@pytest.mark.parametrize(
    "one",
    [SAID | {"asserted": "x"}, SAID | {"source": "a b"}, {"source": "urn:s"}, 5],
    ids=["number", "name", "short", "none"],
)
def test_a_list_of_sources_that_is_none_is_said(
    one: object, stub: Stub, capsys: pytest.CaptureFixture[str]
) -> None:
    listed = {"commit": 1, "writes": True, "largest": 1, "sources": [one]}
    rows = {"head": {"vars": ["commit"]}, "results": {"bindings": []}}

    def answering(request: BaseHTTPRequestHandler) -> None:
        if request.path == "/sources":
            send(request, json.dumps(listed).encode(), kind="application/json", kg_serve="1")
        else:
            send(request, json.dumps(rows).encode(), kg_serve="1")

    stub.answering = answering
    assert run(["-s", stub.address, "sources"]) == 6
    assert "lists its sources in another way" in capsys.readouterr().err


def test_a_token_is_enough_without_a_name(
    address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "netrc").write_text(f"machine 127.0.0.1 password {TOKEN}\n")
    assert run(["-s", address, "load", str(SEED)]) == 0
    assert "loaded:" in capsys.readouterr().err
