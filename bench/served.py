"""A `kg serve` that is started, put sources into, and ended."""

import contextlib
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from kg.namespaces import DIP, RDFS, SCHEMA, SOURCE, XSD

ROOT = Path(__file__).parents[1]
SEED = ROOT / "facts" / "mnd-2026-01-12-sheinbaum-trump.yaml"


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Returns the environment in which a command finds this project's own `kg`."""
    return {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", **(more or {})}


def loaded(folder: Path, *files: Path) -> Path:
    """Loads documents, or the seed, into a `.kg` in a folder, which is returned."""
    command = [sys.executable, "-m", "kg", "load", *map(str, files or (SEED,))]
    done = subprocess.run(
        command, cwd=folder, env=environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return folder


@contextlib.contextmanager
def started(
    folder: Path, command: Sequence[str], more: Mapping[str, str] | None = None
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Starts a server by the arguments of Python, and ends it in order; yields its address too."""
    process = subprocess.Popen(
        [sys.executable, *command],
        cwd=folder,
        env=environment(more),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr
    try:
        told = process.stderr.readline()
        found = re.search(r"http://\S+:\d+", told)
        assert found, told + process.stderr.read()
        yield process, found[0]
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stderr.close()


def source(name: str, texts: Sequence[str]) -> str:
    """Returns a source that passes the gate, as Turtle: a data set with a note for each text."""
    iri = f"{SOURCE}{name}"
    about = f'<{iri}> a <{DIP}Dataset> ; <{RDFS}label> "{name}" ; '
    day = f'<{SCHEMA}datePublished> "2026-01-01"^^<{XSD}date> .'
    notes = [f'<{iri}/note-{n}> <{SCHEMA}text> "{text}" .' for n, text in enumerate(texts)]
    return "\n".join([about + day, *notes])
