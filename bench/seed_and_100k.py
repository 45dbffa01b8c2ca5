"""Load, validate, query and export: the seed article, and a made-up source of 100,000 quads.

Prints CPU seconds, each line as soon as it is measured; pySHACL takes most of the time, and
minutes of it for the large source. Run it with `make bench`.
"""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from kg.export import render
from kg.facts import read_documents
from kg.load import load, read_house
from kg.namespaces import ACTOR, DIP, OA, RDF, RDFS, SCHEMA, SOURCE, STATUS, XSD, graph_of
from kg.network import project
from kg.queries import prepare, read_questions
from kg.rdf import Literal, NamedNode, Quad, serialize
from kg.store import open_store

ROOT = Path(__file__).parents[1]
SEED = ROOT / "facts" / "mnd-2026-01-12-sheinbaum-trump.yaml"
QUADS = 100_000
RUNS = 3


def generated(count: int) -> Iterator[Quad]:
    """Yields about so many quads of meetings between states, a passage for each."""
    source = SOURCE + "generated"
    graph = NamedNode(graph_of(source))
    states = ("mexico", "united-states", "france", "germany", "norway", "brazil", "india", "japan")

    def say(subject: str, predicate: str, value: NamedNode | Literal) -> Quad:
        return Quad(NamedNode(subject), NamedNode(predicate), value, graph)

    def number(value: int) -> Literal:
        return Literal(str(value), datatype=NamedNode(XSD + "integer"))

    yield say(source, RDF + "type", NamedNode(DIP + "Dataset"))
    yield say(source, RDFS + "label", Literal("Made up for a benchmark"))
    day = NamedNode(XSD + "date")
    yield say(source, SCHEMA + "datePublished", Literal("2026-12-31", datatype=day))
    for n in range(count // 16):
        event, passage, selector = f"{source}/e{n}", f"{source}#p{n}", f"{source}#char={n},{n + 1}"
        when = Literal(f"2026-{n % 12 + 1:02}-{n % 28 + 1:02}", datatype=day)
        yield say(event, RDF + "type", NamedNode(DIP + "Meeting"))
        yield say(event, RDFS + "label", Literal(f"Meeting {n}"))
        yield say(event, DIP + "status", NamedNode(STATUS + "occurred"))
        yield say(event, DIP + "agent", NamedNode(ACTOR + states[n % 8]))
        yield say(event, DIP + "agent", NamedNode(ACTOR + states[(n // 8 + n + 1) % 8]))
        yield say(event, DIP + "agent", NamedNode(ACTOR + "canada"))
        yield say(event, DIP + "notBefore", when)
        yield say(event, DIP + "notAfter", when)
        yield say(event, DIP + "accordingTo", NamedNode(source))
        yield say(event, DIP + "evidence", NamedNode(passage))
        yield say(passage, RDF + "type", NamedNode(DIP + "Passage"))
        yield say(passage, DIP + "passage", Literal(f"p{n}"))
        yield say(passage, OA + "hasSource", NamedNode(source))
        yield say(passage, OA + "hasSelector", NamedNode(selector))
        yield say(selector, OA + "start", number(n))
        yield say(selector, OA + "end", number(n + 1))


def timed(action: Callable[[], object], runs: int = RUNS) -> float:
    """Returns CPU seconds, the median."""
    found = []
    for _ in range(runs):
        began = time.process_time()
        action()
        found.append(time.process_time() - began)
    return statistics.median(found)


def measure(path: Path, runs: int) -> None:
    """Prints CPU seconds of each step for one file, each as soon as it is done."""
    house = read_house()
    questions = read_questions()

    def say(step: str, action: Callable[[], object], times: int = runs) -> None:
        print(f"{step:26}{timed(action, times):10.3f}", flush=True)

    with (
        tempfile.TemporaryDirectory() as folder,
        open_store(str(Path(folder) / ".kg"), house.background, create=True) as store,
    ):
        documents = read_documents(path, vocabulary=house.vocabulary, register=house.register)
        say(
            "read",
            lambda: read_documents(path, vocabulary=house.vocabulary, register=house.register),
        )
        say("derive", lambda: [house.background.derive(one.quads) for one in documents])
        # The store alone first: the gate below judges, and then finds nothing to replace.
        say(
            "replace in the store",
            lambda: [
                store.replace(
                    one.source,
                    one.quads,
                    tuple(house.background.derive(one.quads)),
                    label=one.label,
                    recorded_by="bench",
                )
                for one in documents
            ],
            1,
        )
        for name in ("timeline", "readouts", "positions"):
            text = prepare(questions[name], store, [])
            say(f"query {name}", lambda text=text: store.query(text))
        for projection in ("events", "dyads-aggregated"):
            say(f"project {projection}", lambda projection=projection: project(store, projection))
        view = project(store, "dyads-aggregated")
        for form in ("gexf", "csv", "xlsx"):
            say(f"export {form}", lambda form=form: render(view, form))
        say("load, validation and all", lambda: load(store, path, house, recorded_by="bench"), 1)


def main() -> None:
    """Prints CPU seconds for the seed, then for the generated source."""
    print(f"CPU seconds of the seed article, median of {RUNS}")
    measure(SEED, RUNS)
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "generated.nq"
        made.write_bytes(serialize(generated(QUADS), "nq"))
        print(f"CPU seconds of {QUADS:,} quads, once")
        measure(made, 1)


if __name__ == "__main__":
    main()
