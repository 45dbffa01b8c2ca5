"""The log of `kg serve`: a line for each request, whatever it sends, and no more of it."""

import re
import socket
import time
from pathlib import Path

import pytest

from kg.cli import run
from tests.serving import Served, loaded, serving

LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z \S+ [A-Z]+ /\S* \d{3} \d+\.\d \d+")
TOKEN = "a-token-for-this-test-alone"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return loaded(tmp_path_factory.mktemp("logged"))


def lines(folder: Path, count: int) -> list[str]:
    """The lines of the log, once there are so many."""
    until = time.monotonic() + 5
    found: list[str] = []
    while len(found) < count and time.monotonic() < until:
        found = (folder / "log").read_text(encoding="utf-8").split("\n")[:-1]
    assert all(LINE.fullmatch(line) for line in found), found
    return found


def words(line: str) -> list[str]:
    _, client, method, path, status, _, size = line.split(" ")
    return [client, method, path, status, size]


def test_each_request_is_a_line(folder: Path) -> None:
    with serving(folder, "--log", "log") as served:
        body = served.query("ASK { ?s a dip:PhoneCall }").body
        served.ask("POST", "/sparql", {"content-type": "application/sparql-query"}, "SELECT")
        served.ask("GET", "/nowhere?token=secret", {"authorization": f"Bearer {TOKEN}"})
        served.ask("PUT", "/graph/x", {"authorization": f"Bearer {TOKEN}"}, "secret")
        served.ask("GET", "/healthz", {"host": "evil.example"})
        told = lines(folder, 5)
        assert [words(line)[:4] for line in told] == [
            ["127.0.0.1", "GET", "/sparql", "200"],
            ["127.0.0.1", "POST", "/sparql", "400"],
            ["127.0.0.1", "GET", "/nowhere", "404"],
            ["127.0.0.1", "PUT", "/graph/x", "405"],
            ["127.0.0.1", "GET", "/healthz", "421"],
        ]
        assert words(told[0])[4] == str(len(body))
        assert not re.search(f"secret|{TOKEN}|ASK", "\n".join(told))


def test_nothing_that_is_sent_breaks_a_line(folder: Path) -> None:
    (folder / "log").unlink(missing_ok=True)
    with serving(folder, "--log", "log", "--proxy") as served:
        for path in ("/a%0Ab", "/a%0D%0A2026 x", "/%1b[31m", "/%E2%80%AE", "/\xe9", "/%ff", "/a b"):
            send(served, f"GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n")
        for client in ("x y", "\x1b[31m", "a" * 5000, "1.2.3.4, 5.6.7.8", "", "2001:db8::1"):
            head = f"GET /healthz HTTP/1.1\r\nhost: localhost\r\nx-forwarded-for: {client}\r\n\r\n"
            send(served, head)
        found = lines(folder, 10)
        clients = {words(line)[0] for line in found}
        assert {"5.6.7.8", "2001:db8::1"} <= clients
        assert all(len(line) < 1000 for line in found)


def send(served: Served, text: str) -> None:
    with socket.create_connection(("127.0.0.1", served.port), timeout=5) as connection:
        connection.sendall(text.encode("latin-1"))
        connection.recv(1000)


def test_a_log_that_exists_is_added_to_and_a_full_disk_stops_nobody(folder: Path) -> None:
    (folder / "log").write_text("before\n")
    with serving(folder, "--log", "log") as served:
        assert served.ask("GET", "/healthz").status == 200
        time.sleep(0.1)
    first, second = (folder / "log").read_text(encoding="utf-8").split("\n")[:2]
    assert (first, words(second)[:4]) == ("before", ["127.0.0.1", "GET", "/healthz", "200"])
    with serving(folder, "--log", "/dev/full") as served:
        assert served.ask("GET", "/healthz").status == 200
        assert served.ask("GET", "/healthz").status == 200
    assert served.process.returncode == 0


def test_without_it_nothing_is_written(folder: Path) -> None:
    (folder / "log").unlink(missing_ok=True)
    with serving(folder) as served:
        served.ask("GET", "/healthz")
    assert not (folder / "log").exists()


def test_a_place_that_cannot_be_written_is_said(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    assert run(["serve", "--log", "nowhere/log"]) == 6
    assert "writing nowhere/log" in capsys.readouterr().err
