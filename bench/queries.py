"""Questions: from stores of a million and ten million quads, beside other engines.

Every prepared question with its parameters set, first 1,000 rows, over a store folder on disk. The
actor is the busiest state of the world, the other one the third; dates are a year. Where nothing is
left by these, the next busiest are chosen, until something is; the benchmark stops where nothing
ever is. Yes or no counts as a row: `boilerplate` finds no fact that rests on page furniture.
Warm is the better of two further runs in the same process; cold is the first run, in the worker
that people's queries run in, after the store's pages were dropped from memory. Raw Oxigraph is the
same text asked of its Python package by itself. Virtuoso is asked it over HTTP, up to a million
quads, and rdflib a few of 100,000: `wrong` stands for another number of rows, `refused` for an
error. What is not there after 10 seconds is given up.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from bench.frame import cost, main, table
from bench.stores import store_of
from bench.world import EPISODES, cast, source
from kg.errors import KgError, LimitError
from kg.load import read_house
from kg.namespaces import EVENT, ISSUE, POSITION, SOURCE, STANCE, TOPIC, XSD
from kg.queries import Parameter, bind, read_questions
from kg.rdf import Literal, NamedNode, Rows, Term, parse, to_rdflib
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
STORIES = 100
"""Stories among whose events is looked for one with an answer."""

ONE_SIDE = ("other", "b", "side", "about")
"""Parameters for which the third state is chosen rather than the busiest."""

IN_MEETINGS = ("accounts", "participants", "readouts", "said-in", "event")
"""Questions that are asked of a meeting."""


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
    text = str(cost(partial(_text, folder, name), runs=1).value)
    _drop(folder)
    found = cost(partial(_times, folder, text), runs=1).value
    if not found:
        return (*[f">{PATIENCE}"] * 2, "–", f">{PATIENCE}", "")
    cold, (warm, raw, count) = json.loads(str(found))
    return warm, raw, _in_virtuoso(endpoint, text, count) if endpoint else "–", cold, count


def _times(folder: Path, text: str) -> str:
    with open_store(str(folder), read_house().background) as store:
        # The worker that people's queries run in has a limit of time; here it only gives up.
        began = time.perf_counter()
        try:
            store.run(text, Limits(PATIENCE, 4096))
        except LimitError:
            return ""
        cold = time.perf_counter() - began
    return json.dumps((cold, _warm(folder, text)))


def _warm(folder: Path, text: str) -> tuple[float, float, int]:
    """Returns CPU seconds of ours and of Oxigraph alone, and how many rows."""
    with open_store(str(folder), read_house().background) as store:
        ours, found = _better(lambda: store.query(text))
    raw = _raw(folder)
    alone, _ = _better(lambda: _all(raw.query(text, use_default_graph_as_union=True)))
    return ours, alone, _count(found)


def _raw(folder: Path) -> ox.Store:
    return ox.Store.read_only(str(next((folder / "view").glob("*/data"))))


def _dump(folder: Path, path: Path) -> None:
    """Writes a store as N-Quads, in another process: none is opened before one forks."""
    cost(lambda: _raw(folder).dump(path, ox.RdfFormat.N_QUADS), runs=1)


def _count(found: object) -> int:
    """Returns the number of rows; a yes or no is one."""
    return len(found.rows) if isinstance(found, Rows) else 1


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
    """Returns the SPARQL of a question with what is chosen here.

    Raises:
        RuntimeError: Whatever is chosen for a parameter, nothing is left.
    """
    question = read_questions()[name]
    tried = {one.name: tuple(_tried(name, one)) for one in question.parameters.values()}
    values = {one: terms[:1] for one, terms in tried.items()}
    with open_store(str(folder), read_house().background) as store:

        def has_rows(chosen: Mapping[str, Sequence[Term]]) -> bool:
            return bool(_count(store.query(bind(question, chosen, 1))))

        # One after the other only where it has to be: what is left open then takes long.
        if not has_rows(values):
            for one, terms in tried.items():
                if not question.parameters[one].required and len(terms) > 1:
                    del values[one]
            for one, terms in tried.items():
                found = next((term for term in terms if has_rows({**values, one: [term]})), None)
                if found is None:
                    raise RuntimeError(f"{name} has no row for any {one}: make the world hold some")
                values[one] = (found,)
    return bind(question, values, FIRST)


def _tried(name: str, parameter: Parameter) -> Iterator[Term]:
    """Yields what is chosen for a parameter, the busiest first, until there is an answer."""
    told = cast()
    match parameter.type:
        case "date":
            first, last = date(2015, 1, 1), date(2015, 12, 31)
            # Five years: a small world tells of few holders of an office.
            days = [first + timedelta(days=at) for at in range(5 * 365)]
            ends = {"since": [first], "until": [last]}
            for day in ends.get(parameter.name, days):
                yield Literal(str(day), datatype=NamedNode(XSD + "date"))
            return
        case "actor":
            states = told.states[2:] if parameter.name in ONE_SIDE else told.states
            found = [*states, *(one for state in told.states for one in told.people[state])]
        case "issue":
            of = TOPIC if name == "figures" else ISSUE
            found = sorted(one for one in told.labels if one.startswith(of))
            first_of = {ISSUE: "additional-us-assistance", TOPIC: "arms-control"}
            found.insert(0, of + first_of[of])
        case "stance":
            found = sorted(one for one in told.labels if one.startswith(STANCE))
            found.insert(0, STANCE + "unfavourable")
        case "event":
            found = [_event(name, story) for story in range(STORIES)]
        case "source":
            found = [SOURCE + "world-0"]
        case _:
            found = [f"{POSITION}united-states/additional-us-assistance/supports"]
    yield from map(NamedNode, found)


def _event(name: str, story: int) -> str:
    number = 2 * EPISODES * story
    if name in IN_MEETINGS:
        lines = source(number).asserted
        return next(
            re.findall("<(.+?)>", line)[0] for line in lines if line.startswith(f"<{EVENT}")
        )
    if name == "topics-compared":
        return f"{SOURCE}world-{number}/occasion"
    return f"{SOURCE}world-{number}/said-0"


def _rdflib(folder: Path) -> Iterator[tuple[object, ...]]:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name, "world.nq")
        _dump(folder, path)
        graph = to_rdflib(parse(path.read_bytes(), "nq", file=path.name))
    for name in BORNE:
        text = str(cost(partial(_text, folder, name), runs=1).value)
        asked = cost(lambda text=text: json.dumps(_warm(folder, text)), runs=1)
        ours, alone, count = json.loads(str(asked.value))
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
