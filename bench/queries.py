"""Questions: from stores of a million and ten million quads, beside other engines.

Every prepared question with its parameters set, first 1,000 rows, over a store folder on disk. The
actor is the busiest state of the world, the other one the third; dates are a year.
Warm is the better of two further runs in the same process; cold is the first run, in the worker
that people's queries run in, after the store's pages were dropped from memory. Raw Oxigraph is the
same text asked of its Python package by itself. Virtuoso is asked it over HTTP, up to a million
quads, and rdflib a few of 100,000: `wrong` stands for another number of rows, `refused` for an
error. What is not there after 10 seconds is given up. Without rows is a question for which nothing
in that world is left by all that is chosen.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from bench.frame import cost, main, table
from bench.stores import store_of
from bench.world import cast, source
from kg.errors import KgError, LimitError
from kg.load import read_house
from kg.namespaces import ISSUE, POSITION, SOURCE, STANCE, TOPIC
from kg.queries import bind, read_questions, resolve
from kg.rdf import Rows, parse, to_rdflib
from kg.store import Limits, open_store
from kg.store.remote.endpoint import Endpoint
from tests.servers import virtuoso

if TYPE_CHECKING:
    import rdflib

SIZES = tuple(map(int, os.environ.get("KG_BENCH_QUADS", "1000000,10000000").split(",")))
IN_VIRTUOSO = 1_000_000
"""Quads at most that Virtuoso is given: they take half a minute to load."""

IN_RDFLIB = 100_000
"""Quads that rdflib is given."""

FIRST = 1_000
PATIENCE = 10
BORNE = ("accounts", "consequences", "evidence", "offices", "participants", "said-in", "source")
"""Questions that rdflib is asked."""
ISSUE_CHOSEN = ISSUE + "additional-us-assistance"
CHOSEN = {
    "actor": cast().states[0],
    "issue": ISSUE_CHOSEN,
    "stance": STANCE + "unfavourable",
    "source": SOURCE + "world-0",
    "event": f"{SOURCE}world-0/said-0",
    "fact": f"{POSITION}united-states/additional-us-assistance/supports",
}
"""What is chosen for a parameter of a type, where no name of a parameter says otherwise."""

NAMED = {
    "since": "2015-01-01",
    "until": "2015-12-31",
    "date": "2015-06-01",
    "account": f"{SOURCE}world-0/occasion",
    **dict.fromkeys(("other", "b", "side", "about"), cast().states[2]),
}
"""What is chosen for a parameter of a name."""

MEETING = next(
    line.split("<")[1].split(">")[0]
    for line in source(0).asserted
    if "/event/" in line.split(" ")[0]
)
IN_MEETINGS = ("accounts", "participants", "readouts", "said-in", "event")


def tables() -> Iterator[str]:
    """Yields a table for each size, and one with rdflib."""
    for size in SIZES:
        folder, rows = store_of(size), []
        with _virtuoso(folder, size) as endpoint:
            for name in read_questions():
                rows.append((name, *_asked(folder, name, endpoint)))
                print(*rows[-1], flush=True)
        heads = ("warm, CPU s", "raw Oxigraph, CPU s", "Virtuoso, wall s", "cold, wall s", "rows")
        yield table((f"{size:,} quads", *heads), rows)
    heads = ("warm, CPU s", "raw Oxigraph, CPU s", "rdflib, CPU s")
    yield table((f"{IN_RDFLIB:,} quads", *heads), _rdflib(store_of(IN_RDFLIB)))


def _asked(folder: Path, name: str, endpoint: Endpoint | None) -> tuple[object, ...]:
    """Returns seconds warm, of Oxigraph alone and of Virtuoso, seconds cold, and the rows."""
    _drop(folder)
    found = cost(partial(_times, folder, name), runs=1).value
    if not found:
        return (*[f">{PATIENCE}"] * 2, "–", f">{PATIENCE}", "")
    cold, (warm, raw, count, text) = json.loads(str(found))
    return warm, raw, _in_virtuoso(endpoint, text, count) if endpoint else "–", cold, count


def _times(folder: Path, name: str) -> str:
    text = _text(folder, name)
    with open_store(str(folder), read_house().background) as store:
        # The worker that people's queries run in has a limit of time; here it only gives up.
        began = time.perf_counter()
        try:
            store.run(text, Limits(PATIENCE, 4096))
        except LimitError:
            return ""
        cold = time.perf_counter() - began
    return json.dumps((cold, _warm(folder, text)))


def _warm(folder: Path, text: str) -> tuple[float, float, int, str]:
    """Returns CPU seconds of ours and of Oxigraph alone, how many rows, and what was asked."""
    with open_store(str(folder), read_house().background) as store:
        ours, found = _better(lambda: store.query(text))
    raw = _raw(folder)
    alone, _ = _better(lambda: _all(raw.query(text, use_default_graph_as_union=True)))
    return ours, alone, _count(found), text


def _raw(folder: Path) -> ox.Store:
    return ox.Store.read_only(str(next((folder / "view").glob("*/data"))))


def _dump(folder: Path, path: Path) -> None:
    """Writes a store as N-Quads, in another process: none is opened before one forks."""
    cost(lambda: _raw(folder).dump(path, ox.RdfFormat.N_QUADS), runs=1)


def _count(found: object) -> int:
    """Returns the number of rows; a yes is one."""
    return len(found.rows) if isinstance(found, Rows) else int(bool(found))


def _better(action: Callable[[], object]) -> tuple[float, object]:
    """Returns the CPU seconds of the better of two runs after a first one, and its answer."""
    action()
    spent = []
    for _ in range(2):
        began = time.process_time()
        found = action()
        spent.append(time.process_time() - began)
    return min(spent), found


def _all(found: object) -> object:
    return list(found) if isinstance(found, ox.QuerySolutions) else found


def _text(folder: Path, name: str) -> str:
    """Returns the SPARQL of a question with what is chosen here."""
    question, values = read_questions()[name], {}
    with open_store(str(folder), read_house().background) as store:
        for parameter in question.parameters.values():
            text = NAMED.get(parameter.name, CHOSEN.get(parameter.type, ""))
            if name == "topics-compared" and parameter.name == "other":
                text = f"{SOURCE}world-1/occasion"
            if name in IN_MEETINGS and parameter.type == "event":
                text = MEETING
            if parameter.type == "issue" and name == "figures":
                text = TOPIC + "arms-control"
            values[parameter.name] = [resolve(store, parameter.type, text)]
    return bind(question, values, FIRST)


def _rdflib(folder: Path) -> Iterator[tuple[object, ...]]:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name, "world.nq")
        _dump(folder, path)
        graph = to_rdflib(parse(path.read_bytes(), "nq", file=path.name))
    for name in BORNE:
        asked = cost(lambda name=name: json.dumps(_warm(folder, _text(folder, name))), runs=1)
        ours, alone, count, text = json.loads(str(asked.value))
        there = cost(partial(_in_rdflib, graph, text, count), runs=1).value
        yield name, ours, alone, there


def _in_rdflib(graph: "rdflib.Graph", text: str, count: int) -> float | str:
    """Returns CPU seconds, or what there is in their place."""
    signal.signal(signal.SIGALRM, _give_up)
    signal.alarm(PATIENCE)
    began = time.process_time()
    try:
        found = len(list(graph.query(text)))
    except TimeoutError:
        return f">{PATIENCE}"
    signal.alarm(0)
    return time.process_time() - began if found == count else "wrong"


def _give_up(*_: object) -> None:
    raise TimeoutError


@contextmanager
def _virtuoso(folder: Path, size: int) -> Iterator[Endpoint | None]:
    """Starts Virtuoso with what is in a store, where it is installed and can bear so much."""
    if size > IN_VIRTUOSO or not shutil.which("virtuoso-t"):
        yield None
        return
    with tempfile.TemporaryDirectory() as name, virtuoso(Path(name)) as server:
        _dump(folder, Path(name, "world.nq"))
        told = Path(name, "virtuoso.ini").read_text(encoding="utf-8")
        port = re.findall(r"^ServerPort = (.+)$", told, re.MULTILINE)[0]
        # 512: read as N-Quads.
        load = "DB.DBA.TTLP_MT(file_to_string_output('world.nq'), '', 'urn:world', 512)"
        command = ("isql-vt", port, "dba", "dba", f"exec={load}; checkpoint;")
        subprocess.run(command, cwd=name, check=True, capture_output=True, timeout=240)
        yield Endpoint(server.address)


def _in_virtuoso(endpoint: Endpoint, text: str, count: int) -> float | str:
    """Returns wall seconds, of the better of two runs, or what there is in their place."""
    spent = []
    for _ in range(2):
        began = time.perf_counter()
        try:
            found = endpoint.select(text, Limits(PATIENCE, 4096))
        except LimitError:
            return f">{PATIENCE}"
        except KgError:
            return "refused"
        spent.append(time.perf_counter() - began)
    return min(spent) if _count(found) == count else "wrong"


def _drop(folder: Path) -> None:
    """Tells the kernel to forget the files of a store."""
    for path in (folder / "view").rglob("*"):
        if path.is_file():
            handle = os.open(path, os.O_RDONLY)
            os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(handle)


if __name__ == "__main__":
    main(tables)
