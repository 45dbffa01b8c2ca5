"""Served over HTTP, beside Oxigraph's own server and rdflib-endpoint.

All servers hold the same 400,000 quads of the made-up world and are asked by the same client, which
runs on the same machine. Readers come from 32 addresses, as each address has its share.
Short questions are the prepared ones that Oxigraph alone answers in 10 ms or less, each with many
choices of its parameters. The writer puts a small source, again and again; with `kg serve` it goes
through the gate and is on disk before it is acknowledged.
rdflib-endpoint is measured if `RDFLIB_ENDPOINT` names its program, in an environment of its own.
"""

import contextlib
import itertools
import os
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from bench import world
from bench.frame import table
from bench.load import Tally, drive, get, send
from bench.served import source
from kg.errors import LimitError
from kg.load import read_house
from kg.namespaces import DIP, GRAPH, SOURCE
from kg.queries import bind, read_questions
from kg.rdf import NamedNode, Rows, parse, serialize
from kg.store import Limits, Reader, open_store

QUADS = 400_000
SHORT = 0.010
SECONDS = 15.0
HOSTILE_SECONDS = 60.0
LIMIT = 2.0
TOKEN = "a token for this benchmark"
_CHOICES = 15
_CLASSES = {
    "actor": "Actor",
    "event": "Event",
    "fact": "Event",
    "source": "Source",
    "issue": "Issue",
}


@dataclass(frozen=True)
class Server:
    """A server that runs: where it answers queries, and how a source is put."""

    name: str
    port: int
    path: str
    put: Callable[[], bytes]
    process: subprocess.Popen[bytes]


def short_questions(store: Reader) -> dict[str, list[str]]:
    """Returns texts of the short questions, by name, each with many choices."""
    chance = random.Random(5)
    sample = {}
    for kind, name in _CLASSES.items():
        text = f"SELECT DISTINCT ?x {{ ?x a <{DIP}{name}> FILTER(isIRI(?x)) }} LIMIT 5000"
        found = store.query(text)
        sample[kind] = [row[0] for row in found.rows] if isinstance(found, Rows) else []
    chosen = {}
    for name, question in read_questions().items():
        told = [p for p in question.parameters.values() if sample.get(p.type)]
        asked = [p for p in told if p.required] or told[:1]
        texts = [
            bind(question, {p.name: [chance.choice(sample[p.type])] for p in asked})
            for _ in range(_CHOICES if asked else 1)
        ]
        texts = [text for text in texts if _is_short(store, text)]
        if texts:
            chosen[name] = texts
    return chosen


def _is_short(store: Reader, text: str) -> bool:
    try:
        store.run(text, Limits(seconds=1))
    except LimitError:
        return False
    took = []
    for _ in range(3):
        began = time.perf_counter()
        store.query(text)
        took.append(time.perf_counter() - began)
    return min(took) <= SHORT


def document(number: int) -> bytes:
    """Returns a small source as Turtle, of 30 triples."""
    return source(f"bench-{number % 8}", [f"{number}-{n}" for n in range(27)]).encode()


def free_port() -> int:
    """Returns a port that nothing listens at."""
    with socket.create_server(("127.0.0.1", 0)) as one:
        port: int = one.getsockname()[1]
        return port


@contextlib.contextmanager
def running(
    name: str,
    command: list[str],
    port: int,
    path: str,
    put: Callable[[], bytes],
    folder: Path,
    **environment: str,
) -> Iterator[Server]:
    """Starts a server, waits until it answers, and ends it."""
    process = subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(3000):
            with socket.socket() as knock:
                if knock.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield Server(name, port, path, put, process)
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(20)
        process.kill()
        process.wait()


def servers(
    folder: Path, *, limit: float = 30.0
) -> Iterator[contextlib.AbstractContextManager[Server]]:
    """Yields each server, to be started."""
    count = itertools.count()

    def ours() -> bytes:
        number = next(count)
        path = f"/graphs?graph={quote(f'{GRAPH}bench-{number % 8}', safe='')}"
        return send("PUT", path, document(number), "text/turtle", TOKEN)

    def theirs() -> bytes:
        number = next(count)
        path = f"/store?graph={quote(f'{GRAPH}bench-{number % 8}', safe='')}"
        return send("PUT", path, document(number), "text/turtle")

    def updating() -> bytes:
        number = next(count)
        graph = f"<{GRAPH}bench-{number % 8}>"
        data = document(number).decode()
        text = f"CLEAR SILENT GRAPH {graph} ; INSERT DATA {{ GRAPH {graph} {{ {data} }} }}"
        return send("POST", "/", text.encode(), "application/sparql-update")

    binaries = Path(sys.executable).parent
    port = free_port()
    serve = [str(binaries / "kg"), "serve", "--write", "--port", str(port), "--seconds", str(limit)]
    yield running("kg serve", serve, port, "/sparql", ours, folder, KG_SERVE_TOKEN=TOKEN)
    port = free_port()
    serve = [str(binaries / "oxigraph"), "serve", "-l", "oxigraph", "-b", f"127.0.0.1:{port}"]
    serve += ["--union-default-graph", "--timeout-s", str(int(limit))]
    yield running("Oxigraph", serve, port, "/query", theirs, folder)
    if other := os.environ.get("RDFLIB_ENDPOINT"):
        port = free_port()
        serve = [
            other,
            "serve",
            "world.nq",
            "--port",
            str(port),
            "--host",
            "127.0.0.1",
            "--enable-update",
        ]
        yield running("rdflib-endpoint", serve, port, "/", updating, folder)


def prepare(folder: Path) -> dict[str, list[str]]:
    """Makes the stores, and returns the short questions."""
    lines = b"".join(one if isinstance(one, bytes) else one.encode() for one in world.lines(QUADS))
    background = read_house(folder).background
    quads = tuple(parse(lines, "nq", file="world.nq"))
    with open_store(str(folder / ".kg"), background, create=True) as store:
        store.replace(SOURCE + "world", quads, (), label="Made up", recorded_by="bench")
        (folder / "world.nq").write_bytes(serialize(store.quads(), "nq"))
        questions = short_questions(store)
    load = [
        str(Path(sys.executable).with_name("oxigraph")),
        "load",
        "-l",
        "oxigraph",
        "-f",
        "world.nq",
    ]
    subprocess.run(load, cwd=folder, check=True, capture_output=True)
    return questions


def reader(server: Server, questions: dict[str, list[str]]) -> Callable[[], bytes]:
    """Returns what makes requests for short questions."""
    chance = random.Random(7)
    texts = [text for listed in questions.values() for text in listed]
    made = [get(f"{server.path}?query={quote(text, safe='')}") for text in texts]
    return lambda: chance.choice(made)


def lookups(server: Server, subjects: list[str]) -> Callable[[], bytes]:
    """Returns what makes requests for what is said of one thing: the least that a query can be."""
    chance = random.Random(7)
    made = [
        get(f"{server.path}?query={quote(f'SELECT * {{ <{one}> ?p ?o }}', safe='')}")
        for one in subjects
    ]
    return lambda: chance.choice(made)


def _row(
    server: Server, readers: Tally, writer: Tally | None, seconds: float
) -> tuple[object, ...]:
    rate = readers.statuses()[200] / seconds
    written = writer and sum(
        n for status, n in writer.statuses().items() if status in {201, 204, 200}
    )
    errors = readers.failed() + (writer.failed() if writer else 0)
    return (
        server.name,
        round(rate),
        *(f"{readers.quantile(q):.1f}" if rate else "–" for q in (0.5, 0.99)),
        errors,
        f"{written / seconds:.1f}" if written is not None else "–",
    )


def measure_load(folder: Path, questions: dict[str, list[str]], seconds: float) -> str:
    """Measures 32 readers and a writer."""
    rows = []
    for start in servers(folder):
        with start as server:
            drive(server.port, 3, (8, reader(server, questions), "127.0.1."))
            readers, writer = drive(
                server.port,
                seconds,
                (32, reader(server, questions), "127.0.1."),
                (1, server.put, "127.0.2."),
            )
            rows.append(_row(server, readers, writer, seconds))
    return table(
        ("32 readers, 1 writer", "questions a s", "median ms", "p99 ms", "errors", "sources a s"),
        rows,
    )


def measure_lookups(folder: Path, subjects: list[str], seconds: float) -> str:
    """Measures 32 readers that ask the least, where HTTP costs more than the query."""
    rows = []
    for start in servers(folder):
        with start as server:
            drive(server.port, 2, (8, lookups(server, subjects), "127.0.1."))
            (readers,) = drive(server.port, seconds, (32, lookups(server, subjects), "127.0.1."))
            rows.append(_row(server, readers, None, seconds)[:-1])
    return table(
        ("32 readers, one thing looked up", "queries a s", "median ms", "p99 ms", "errors"), rows
    )


def measure_connections(folder: Path, questions: dict[str, list[str]], seconds: float) -> str:
    """Measures 500 connections."""
    rows = []
    for start in itertools.islice(servers(folder), 2):
        with start as server:
            (readers,) = drive(server.port, seconds, (500, reader(server, questions), "127.0.1."))
            told = readers.statuses()
            rows.append(
                (
                    server.name,
                    told[200],
                    f"{readers.quantile(0.99):.0f}",
                    told[503],
                    f"{readers.quantile(1.0, 503):.0f}" if told[503] else "–",
                    readers.failed() - told[503],
                )
            )
    return table(
        ("500 connections", "answered", "p99 ms", "503", "slowest 503 ms", "other errors"), rows
    )


HOSTILE = {
    "product": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "ORDER BY": "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?c ?f",
    "nesting": f"SELECT * {'{' * 5000} ?s ?p ?o {'}' * 5000}",
    "operators": f"ASK {{ FILTER({'!' * 20000}true) }}",
    "SERVICE": "SELECT * { SERVICE <http://127.0.0.1:9/sparql> { ?s ?p ?o } }",
}


class Watch(threading.Thread):
    """Looks at the memory of a server and its processes until it is told to end."""

    def __init__(self, process: int) -> None:
        super().__init__(daemon=True)
        self._process = process
        self._end = threading.Event()
        self.most = 0.0

    def run(self) -> None:
        """Looks, four times a second."""
        while not self._end.wait(0.25):
            self.most = max(self.most, sum(map(_megabytes, family(self._process))))

    def end(self) -> float:
        """Ends it and returns the most megabytes that it saw."""
        self._end.set()
        self.join()
        return self.most


def family(process: int) -> list[int]:
    """Returns a process and those below it, of its first thread.

    What is looked at in /proc has to be forgotten when its process ends, by the server, so that to
    look at each thread would hold it up.
    """
    found = [process]
    with contextlib.suppress(OSError):
        children = Path(f"/proc/{process}/task/{process}/children").read_text()
        found += [one for child in children.split() for one in family(int(child))]
    return found


def _megabytes(process: int) -> float:
    """Returns the memory of a process, what it shares divided among the sharers."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


def measure_hostile(folder: Path, questions: dict[str, list[str]], seconds: float) -> str:
    """Measures 32 readers beside 4 clients that mean no good."""
    rows = []
    for start in itertools.islice(servers(folder, limit=LIMIT), 2):
        with start as server:
            media = "application/sparql-query"
            bad = [send("POST", server.path, text.encode(), media) for text in HOSTILE.values()]
            turns = itertools.cycle(bad)
            watch = Watch(server.process.pid)
            watch.start()
            good, hostile = drive(
                server.port,
                seconds,
                (32, reader(server, questions), "127.0.1."),
                (4, lambda turns=turns: next(turns), "127.0.3."),
            )
            most = watch.end()
            slowest = max((taken for taken, _ in hostile.taken), default=0.0)
            rows.append(
                (
                    server.name,
                    good.statuses()[200],
                    good.failed(),
                    f"{good.quantile(0.99):.0f}",
                    f"{slowest:.2f}",
                    round(most),
                    "yes" if server.process.poll() is None else "no",
                )
            )
    return table(
        (
            "hostile mix",
            "good answers",
            "good failed",
            "p99 ms",
            "slowest hostile s",
            "MB",
            "alive",
        ),
        rows,
    )


def tables() -> Iterator[str]:
    """Yields the tables as soon as they are measured."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        questions = prepare(folder)
        yield f"Short questions: {', '.join(sorted(questions))}."
        yield measure_load(folder, questions, SECONDS)
        with open_store(str(folder / ".kg"), read_house(folder).background) as store:
            found = store.query(f"SELECT ?x {{ ?x a <{DIP}Event> }} LIMIT 2000")
        rows = found.rows if isinstance(found, Rows) else ()
        subjects = [row[0].value for row in rows if isinstance(row[0], NamedNode)]
        yield measure_lookups(folder, subjects, SECONDS)
        yield measure_connections(folder, questions, SECONDS)
        yield (
            f"{HOSTILE_SECONDS:g} s with a limit of {LIMIT:g} s for a query; the hostile clients "
            f"take turns with {', '.join(HOSTILE)}. Memory is of all processes together."
        )
        yield measure_hostile(folder, questions, HOSTILE_SECONDS)
