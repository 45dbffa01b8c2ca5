"""Every day: load, validate, ask and export.

The seed article, and a made-up graph of 100,000 quads, each on its way from file to picture.
The large one is loaded once: the gate judges it with all shapes.
"""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from bench import world
from bench.frame import Cost, cost, main, table
from kg.export import render
from kg.facts import read_documents
from kg.load import House, check, load, read_house
from kg.network import project
from kg.queries import prepare, read_questions
from kg.store import open_store

ROOT = Path(__file__).parents[1]
SEED = ROOT / "facts" / "mnd-2026-01-12-sheinbaum-trump.yaml"
QUADS = 100_000
QUESTIONS = ("timeline", "readouts", "positions")
FORMATS = ("gexf", "graphml", "csv")


def tables() -> Iterator[str]:
    """Yields one table: steps by row, files by column."""
    house = read_house()
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "world.nq"
        with made.open("w", encoding="utf-8") as file:
            for one in world.sources(QUADS):
                file.writelines(one.asserted)
        seed, large = _measured(SEED, house, 3), _measured(made, house, 1)
    heads = ("", "seed, CPU s", "seed, MB", f"{QUADS:,} quads, CPU s", "MB")
    yield table(
        heads,
        [
            (step, seed[step].cpu, round(seed[step].memory), one.cpu, round(one.memory))
            for step, one in large.items()
        ],
    )


def _measured(path: Path, house: House, runs: int) -> dict[str, Cost]:
    found: dict[str, Cost] = {}

    def step(name: str, action: Callable[[], object]) -> None:
        found[name] = cost(action, runs=runs)

    step(
        "read",
        lambda: read_documents(path, vocabulary=house.vocabulary, register=house.register),
    )
    step("read, derive and validate", lambda: check(path, house))
    with tempfile.TemporaryDirectory() as folder:
        # This process opens no store: one that is forked from it then might wait for ever.
        kept = f"{folder}/kept"
        step("load into a new folder", lambda: _load(path, house, tempfile.mkdtemp(dir=folder)))
        cost(lambda: _load(path, house, kept), runs=1)
        for name in QUESTIONS:
            step(f"open, ask {name}", lambda name=name: _asked(kept, house, name))
        for projection in ("events", "dyads-aggregated"):
            step(f"open, project {projection}", lambda name=projection: _drawn(kept, house, name))
        for form in FORMATS:
            step(f"open, export dyads as {form}", lambda f=form: _drawn(kept, house, "dyads", f))
    return found


def _load(path: Path, house: House, folder: str) -> None:
    with open_store(folder, house.background, create=True) as store:
        load(store, path, house, recorded_by="bench")


def _asked(folder: str, house: House, name: str) -> None:
    with open_store(folder, house.background) as store:
        store.query(prepare(read_questions()[name], store, []))


def _drawn(folder: str, house: House, projection: str, form: str = "") -> None:
    with open_store(folder, house.background) as store:
        view = project(store, projection)
        if form:
            render(view, form)


if __name__ == "__main__":
    main(tables)
