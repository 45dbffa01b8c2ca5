"""Rows to a validated store, against the raw loader of the engine.

Made-up rows in the form of GDELT 2.0 Events become a store folder: mapped, judged row by row,
written down as a synced file of the source, indexed, published. The limit is Oxigraph's own bulk
load of the same quads, which maps, judges and keeps nothing. rdflib parses the quads into memory.
"""

import os
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import rdflib

from bench.frame import Cost, compared, cost, main
from bench.rows import write
from kg.intake import Engine, Plan, compiler_of, plan, store_table
from kg.load import House, read_house
from kg.store import open_store

ROWS = int(os.environ.get("KG_BENCH_ROWS", "100000"))
OF_RDFLIB = 20
"""Only so many a hundredth of the quads for rdflib, whose cost is then multiplied."""


@cache
def house() -> House:
    """Returns the vocabulary, the register and the shapes, read once."""
    return read_house()


def planned(table: Path) -> Plan:
    """Returns how the table is read, looked through."""
    return plan(table, compiler_of("gdelt", None, house(), None), published="2026-12-31")


def import_(folder: Path, table: Path, processes: int) -> None:
    """Takes the table into a new store."""
    with (
        tempfile.TemporaryDirectory(dir=folder) as place,
        open_store(f"{place}/.kg", house().background, create=True) as store,
    ):
        store_table(
            store, planned(table), house(), Path(place) / "imports", recorded_by="bench",
            engine=Engine(processes),
        )  # fmt: skip


def keep(folder: Path, table: Path, quads: Path) -> None:
    """Writes the quads that a store holds of the table once it is imported, N-Quads."""
    with open_store(f"{folder}/kept", house().background, create=True) as store:
        found = planned(table)
        store_table(store, found, house(), folder / "i", recorded_by="bench", engine=Engine())
        source = found.mapping.source.replace("/source/", "/graph/")
        with quads.open("wb") as out:
            for graph in (source, f"{source}/derived"):
                ox.serialize(store.quads(graph), out, ox.RdfFormat.N_QUADS)  # type: ignore[call-overload]


def bulk_load(folder: Path, quads: Path) -> None:
    """Loads the quads into a new store of Oxigraph, as its own command does."""
    with tempfile.TemporaryDirectory(dir=folder) as place:
        store = ox.Store(place)
        store.bulk_load(path=str(quads), format=ox.RdfFormat.N_QUADS)
        store.flush()


def parse_with_rdflib(quads: Path) -> None:
    """Parses a part of the quads with rdflib."""
    dataset = rdflib.Dataset()
    dataset.parse(str(quads), format="nquads")


def tables() -> Iterator[str]:
    """Yields the tables."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        table = write(folder / "made-up.export.CSV", ROWS)
        quads = folder / "quads.nq"
        # In a process of its own: the threads of a store would be missing in forks of this one.
        cost(lambda: keep(folder, table, quads), runs=1)
        count = sum(1 for _ in quads.open("rb"))
        yield f"{ROWS:,} rows, {count:,} quads with what is derived: {count / ROWS:.1f} a row."
        part = folder / "part.nq"
        with quads.open("rb") as lines, part.open("wb") as out:
            out.writelines(line for number, line in enumerate(lines) if number % 100 < OF_RDFLIB)
        costs: dict[str, Cost] = {
            "bulk load": cost(lambda: bulk_load(folder, quads)),
            "kg import, one process": cost(lambda: import_(folder, table, 1)),
            "kg import, two processes": cost(lambda: import_(folder, table, 2)),
        }
        some = cost(lambda: parse_with_rdflib(part), runs=1)
        share = 100 / OF_RDFLIB
        costs["rdflib parse"] = Cost(some.cpu * share, some.wall * share, some.memory * share)
        yield compared(costs, "bulk load")


if __name__ == "__main__":
    main(tables)
