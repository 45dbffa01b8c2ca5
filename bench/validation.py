"""Validation: all shapes over a graph, and a change of it.

One graph with mistakes planted in it, all sources taken as one, and with it the vocabulary and the
register. Every engine is given the same triples and judges every node; loading is into the engine's
own store. The compiled engine and pySHACL have to agree in every field of every result, messages
too, and with pyrudof in focus node and kind of constraint: a run in which they do not is stopped.
pyrudof has no constraints in SPARQL, so it judges the shapes without them, as the compiled engine
does beside it. pySHACL and pyrudof run once.

A change is judged twenty times, the first of them deriving from the shapes what it can affect; the
findings have to be those of judging the whole graph after it.

    pip install -e '.[bench]'
"""

import hashlib
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path

from bench import world
from bench.frame import RUNS, Cost, cost, main, table
from kg.load import House, read_house
from kg.namespaces import DIP, PREFIXES, RDFS, SH, SOURCE, graph_of
from kg.rdf import NamedNode, Quad, parse, serialize, to_rdflib
from kg.store import in_memory
from kg.store.memory import MemoryStore
from kg.validate import open_judge
from kg.validate.compiled import Result
from kg.validate.reference import reference

SIZES = (100_000, 1_000_000)
CHANGES = (1_000_000, 10_000_000)
EVERY_SO_MANY = 400
"""One in so many labels, statuses and dates is left out."""

OWN = SOURCE + "bench"
"""The source of the event that comes and goes."""


def tables() -> Iterator[str]:
    """Yields a table of changes, then one for each size of graph."""
    house = read_house()
    yield _changes(house)
    for size in SIZES:
        yield _full(house, size)


def _full(house: House, size: int) -> str:
    data = b"".join((serialize(house.background.quads, "nq"), *_planted(world.lines(size))))
    core = tuple(quad for quad in house.shapes if quad.predicate.value != SH + "sparql")
    with tempfile.TemporaryDirectory() as folder:
        triples, shapes = Path(folder) / "world.nt", Path(folder) / "core.ttl"
        triples.write_bytes(_triples(data))
        shapes.write_bytes(serialize(core, "ttl"))
        engines: dict[str, Callable[[], str]] = {
            "compiled": lambda: _compiled(data, house.shapes),
            "pySHACL": lambda: _pyshacl(data, house.shapes),
            "compiled, core": lambda: _compiled(data, core),
            "pyrudof, core": lambda: _pyrudof(triples, shapes),
        }
        found = {
            name: cost(engine, runs=RUNS if name.startswith("compiled") else 1)
            for name, engine in engines.items()
        }
    return _compared(found, size)


def _compared(found: dict[str, Cost], size: int) -> str:
    told = {name: str(one.value).split() for name, one in found.items()}
    if told["compiled"][3] != told["pySHACL"][3]:
        raise SystemExit("the compiled engine and pySHACL differ")
    if told["compiled, core"][4] != told["pyrudof, core"][4]:
        raise SystemExit("the compiled engine and pyrudof differ")
    heads = (f"{size:,} quads", "load, CPU s", "judge, CPU s", "MB", "results", "times compiled")
    rows = []
    for name, (load, judge, number, *_) in told.items():
        base = float(told["compiled, core" if name.endswith("core") else "compiled"][1])
        times = f"{float(judge) / base:.1f}"
        memory = round(found[name].memory)
        rows.append((name, float(load), float(judge), memory, int(number), times))
    return table(heads, rows)


def _planted(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Yields lines of N-Quads without some that the shapes ask for."""
    wanted = tuple(
        f" <{iri}> ".encode() for iri in (RDFS + "label", DIP + "status", DIP + "notAfter")
    )
    seen = 0
    for part in lines:
        for line in part.splitlines(keepends=True):
            if any(one in line for one in wanted):
                seen += 1
                if seen % EVERY_SO_MANY == 0:
                    continue
            yield line


def _triples(data: bytes) -> bytes:
    """Returns N-Quads without their graphs, each triple once."""
    lines = (line.rsplit(b" <", 1)[0] + b" .\n" for line in data.splitlines())
    return b"".join(dict.fromkeys(lines))


# Each engine says the seconds of loading and of judging, how many results there are, and two
# digests of them: of all that they say, and of the pairs of focus node and component.


def _compiled(data: bytes, shapes: tuple[Quad, ...]) -> str:
    judge = open_judge(shapes, ())
    began = time.process_time()
    with in_memory(data) as reader:
        loaded = time.process_time()
        results = list(judge.results(reader))
        judged = time.process_time()
    return _told(loaded - began, judged - loaded, results)


def _pyshacl(data: bytes, shapes: tuple[Quad, ...]) -> str:
    quads = tuple(parse(data, "nq", file="world"))
    began = time.process_time()
    to_rdflib(quads)
    loaded = time.process_time()
    results = list(reference(quads, shapes))  # which converts them once more
    judged = time.process_time()
    load = loaded - began
    return _told(load, judged - loaded - load, results)


def _pyrudof(triples: Path, shapes: Path) -> str:
    import pyrudof

    engine = pyrudof.Rudof(pyrudof.RudofConfig())
    began = time.process_time()
    engine.read_data(str(triples), pyrudof.RDFFormat.NTriples)
    loaded = time.process_time()
    engine.read_shacl(str(shapes), pyrudof.ShaclFormat.Turtle)
    results = [(one.focus_node, one.constraint_component) for one in engine.validate_shacl()]
    judged = time.process_time()
    short = _digest(f"{focus} {component}" for focus, component in results)
    return f"{loaded - began} {judged - loaded} {len(results)} - {short}"


def _told(load: float, judge: float, results: list[Result]) -> str:
    every = _digest(
        f"{r.focus} {r.path} {r.value} {r.component} {r.severity} {r.shape} {r.messages}"
        for r in results
    )
    short = _digest(f"{r.focus.value} {r.component}" for r in results)
    return f"{load} {judge} {len(results)} {every} {short}"


def _digest(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


# One event into a large graph


def _changes(house: House) -> str:
    rows = [row for size in CHANGES for row in _in_a_world(house, size)]
    heads = ("one change of a graph in memory", "quads of it", "CPU ms, median", "most", "findings")
    return table(heads, rows)


def _in_a_world(house: House, size: int) -> list[tuple[object, ...]]:
    """Returns the rows of one size: a good event, a bad one, and a good one taken out."""
    told = str(cost(lambda: _measured(house, size), runs=1).value)
    return [
        (f"{name}, {size:,} quads", int(quads), float(median), float(most), int(findings))
        for name, quads, median, most, findings in (line.split("|") for line in told.splitlines())
    ]


def _measured(house: House, size: int) -> str:
    store = MemoryStore(house.background)
    lines = world.lines(size)
    while some := b"".join(islice(lines, 1_000)):
        store.extend(some)
    good, bad = _event("talks", "2011-01-12"), _event("", "2001-01-01")
    no_label = tuple(quad for quad in good if quad.predicate.value != RDFS + "label")
    rows = []
    for name, before, after in (
        ("an event comes", (), good),
        ("its label goes", good, no_label),
        ("an event with two mistakes comes", (), bad),
    ):
        _hold(store, before)
        came, went = set(after) - set(before), set(before) - set(after)
        spent = []
        for _ in range(20):
            began = time.process_time()
            report = house.judge.change(store, came, went)
            spent.append(1000 * (time.process_time() - began))
        _hold(store, after)
        if report.findings != house.judge.report(store).findings:
            raise SystemExit(f"{name}: a full validation finds something else")
        row = (name, len(came | went), statistics.median(spent), max(spent), len(report.findings))
        rows.append("|".join(str(cell) for cell in row))
    return "\n".join(rows)


def _hold(store: MemoryStore, quads: Iterable[Quad]) -> None:
    """Has a store hold these quads of the event's source, and no other ones of it."""
    told = tuple(quads)
    if told:
        store.replace(OWN, told, (), label="event", recorded_by="bench")
    elif any(one.source == OWN for one in store.sources()):
        store.remove(OWN)


def _event(label: str, end: str) -> tuple[Quad, ...]:
    """Returns the quads of an event between states with many others, and its passage."""
    head = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())
    voucher = NamedNode(world.source(1).iri)
    told = f"""
        event:new a dip:Meeting, dip:Event, dip:Interaction ; dip:status status:occurred ;
          dip:agent actor:mexico, actor:united-states ; dip:recipient actor:france ;
          dip:notBefore "2011-01-12"^^xsd:date ; dip:notAfter "{end}"^^xsd:date ;
          dip:about actor:germany, actor:japan ; dip:accordingTo {voucher} ;
          dip:evidence <urn:passage> .
        <urn:passage> a dip:Passage ; dip:passage "p1" ; oa:hasSource {voucher} ;
          oa:hasSelector <urn:selector> .
        <urn:selector> oa:start 0 ; oa:end 5 ."""
    told += f' event:new rdfs:label "{label}" .' if label else ""
    graph = NamedNode(graph_of(OWN))
    quads = parse((head + told).encode(), "ttl", file="event")
    return tuple(Quad(quad.subject, quad.predicate, quad.object, graph) for quad in quads)


if __name__ == "__main__":
    main(tables)
