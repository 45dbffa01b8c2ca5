"""How far long work is: shown to a person who waits at a terminal, and to nobody else."""

import os
import pty
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryFile

import pytest

ROOT = Path(__file__).parents[1]
SEED = ROOT / "facts" / "mnd-2026-01-12-sheinbaum-trump.yaml"
COUNT = """
import time
from kg.cli import common
common.PATIENCE = {patience}
for _ in common.progress(list(range(4)), "counting"):
    time.sleep(0.05)
"""
COMMAND = """
import sys
from kg.cli import common, main
common.PATIENCE = 0
main(sys.argv[1:])
"""


def at_terminal(code: str, *arguments: str, folder: Path = ROOT) -> tuple[str, str]:
    """What a script prints to stdout, a file, and to stderr, a terminal."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", "TERM": "xterm"}
    seen = bytearray()
    # A file, for a pipe that nobody reads meanwhile would fill.
    with (
        TemporaryFile() as out,
        subprocess.Popen(
            [sys.executable, "-c", code, *arguments],
            cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=theirs,
        ) as process,
    ):  # fmt: skip
        os.close(theirs)
        try:
            while part := os.read(ours, 4096):
                seen += part
        except OSError:  # so Linux says that the other end has closed
            pass
        os.close(ours)
        assert process.wait(60) == 0, seen.decode()
        out.seek(0)
        return out.read().decode(), seen.decode()


def in_pipe(code: str, *arguments: str, folder: Path = ROOT) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
        timeout=60, check=True,
    )  # fmt: skip
    return done.stderr


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("desk")
    in_pipe(COMMAND, "load", str(SEED), folder=folder)
    return folder


def test_bar_is_shown_at_a_terminal_once_it_takes_long() -> None:
    _, shown = at_terminal(COUNT.format(patience=0.08))
    assert "counting" in shown
    assert "100%" in shown
    assert "  0%" not in shown


def test_no_bar_has_a_colour_or_hides_the_cursor() -> None:
    _, shown = at_terminal(COUNT.format(patience=0))
    assert "\x1b[3" not in shown
    assert "\x1b[?25l" not in shown


def test_quick_work_shows_no_bar() -> None:
    assert at_terminal(COUNT.format(patience=60)) == ("", "")


def test_pipe_gets_no_bar() -> None:
    assert in_pipe(COUNT.format(patience=0)) == ""


def test_export_and_doctor_show_how_far_they_are(desk) -> None:
    data, shown = at_terminal(COMMAND, "export", "nq", folder=desk)
    assert "reading  [" in shown
    assert shown.rstrip().endswith(f"\r{'':79}\r996 quads")
    assert len(data.splitlines()) == 996
    (desk / ".kg" / "view" / "1" / "seal.json").unlink()
    _, shown = at_terminal(COMMAND, "doctor", folder=desk)
    assert "reading  [" in shown
    assert "mending  [" in shown


def test_import_shows_how_far_it_reads_and_that_it_enters(tmp_path) -> None:
    table = ROOT / "tests" / "data" / "imports" / "acled.csv"
    _, shown = at_terminal(COMMAND, "import", "acled", str(table), folder=tmp_path)
    assert shown.index("reading acled.csv") < shown.index("entering the store")
    assert shown.index("entering the store") < shown.index("imported: ")


def test_commands_show_no_bar_in_a_pipe(desk) -> None:
    assert in_pipe(COMMAND, "export", "nq", folder=desk) == "996 quads\n"
    assert in_pipe(COMMAND, "doctor", folder=desk) == ""
