"""Export: a million edges.

50,000 nodes and 1,000,000 edges with what the edges of dyads tell: kind, label, weight, days, IRI,
status, voucher, source. `kg` writes from its table of them, as a projection is, networkx from its
graph; what both take to make that is in the lines below. networkx runs once; what its writer takes
is what graph and writing take together, less the graph. Extra MB are beside the table of `kg`,
which is a temporary file, and include the graph of networkx.

From a store: opening it, projecting, and writing, on generated worlds, the larger one once.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import networkx as nx

from bench import frame
from bench.frame import Cost, cost, main
from bench.stores import store_of
from kg.export import FORMATS, export
from kg.load import read_house
from kg.network import PROJECTIONS, Edge, GraphView, Node, project, table, to_networkx
from kg.store import open_store

NODES, EDGES = 50_000, 1_000_000
STORES = (100_000, 1_000_000)
KINDS = ("Meeting", "PhoneCall", "Offer", "Condemn", "Sanction", "Cooperation", "Visit", "Request")
DAYS = tuple(str(date(2010, 1, 1) + timedelta(days=day)) for day in range(6_000))


class Edges:
    """Edges that are made as they are asked for, the same each time."""

    def __init__(self, count: int) -> None:
        self._count = count

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Edge]:
        rng = Random(1)
        names = [f"actor.envoy-{number}" for number in range(NODES)]
        for number in range(self._count):
            kind, day = KINDS[number % 8], DAYS[number * 7 % 6_000]
            yield Edge(
                f"event.{number}", names[int(NODES * rng.random() ** 2)], names[number % NODES],
                kind, f"{kind} of {day}", 1.0, day, day, True,
                {
                    "iri": f"https://w3id.org/diplomatic-kg/event/{number}",
                    "status": "occurred",
                    "voucher": names[number % 997],
                    "sourceLabel": f"Readout {number % 20_000}",
                },
            )  # fmt: skip


def view(count: int = EDGES) -> GraphView:
    """Returns the graph; its edges are no objects until they are read."""
    nodes = tuple(
        Node(f"actor.envoy-{n}", f"https://w3id.org/diplomatic-kg/actor/envoy-{n}", f"Envoy {n}",
             "Person", {"state": f"State {n % 197}"})
        for n in range(NODES)
    )  # fmt: skip
    return GraphView("dyads", nodes, Edges(count), {"projection": "made up"})


def tables() -> Iterator[str]:
    """Yields a table of each of two writers, one of the other formats, and one of a store."""
    made = view()
    nodes, edges = table.tables(made)
    kept = replace(made, nodes=nodes, edges=edges)
    with TemporaryDirectory() as folder:
        out = Path(folder) / "out"

        def ours(whole: GraphView, form: str) -> None:
            export(whole, form, out.with_name(form))

        def theirs(write: Callable[[nx.Graph, str], None]) -> None:
            write(to_networkx(made), str(out))

        built = cost(lambda: to_networkx(made), runs=1)
        for form, write in (("graphml", nx.write_graphml_lxml), ("gexf", nx.write_gexf)):
            mine = (
                cost(lambda form=form: ours(kept, form)),
                cost(lambda form=form: ours(made, form)),
            )
            other = cost(lambda write=write: theirs(write), runs=1)
            yield _compared(form, mine, other, built, out.with_name(form))
        rest = [
            (form, cost(lambda form=form: ours(kept, form))) for form in FORMATS if _streams(form)
        ]
        yield frame.table(
            ("other format", "CPU s", "wall s", "extra MB"),
            [(form, one.cpu, one.wall, round(one.memory)) for form, one in rest],
        )
        yield _from_store(out)


def _from_store(out: Path) -> str:
    house, rows = read_house(), []
    for size in STORES:
        folder = store_of(size)
        for projection in PROJECTIONS:

            def drawn(folder: Path = folder, projection: str = projection) -> str:
                with open_store(str(folder), house.background) as store:
                    found = project(store, projection)
                export(found, "gexf", out)
                return f"{len(found.nodes):,} / {len(found.edges):,}"

            one = cost(drawn, runs=3 if size == min(STORES) else 1)
            rows.append((f"{size:,}", projection, one.value, one.cpu, round(one.memory)))
    heads = ("quads", "projection as GEXF", "nodes / edges", "CPU s", "extra MB")
    return frame.table(heads, rows)


def _streams(form: str) -> bool:
    return FORMATS[form].most is None and form not in {"graphml", "gexf"}


def _compared(form: str, mine: tuple[Cost, Cost], other: Cost, built: Cost, out: Path) -> str:
    writing = other.cpu - built.cpu
    rows = [
        ("kg export, from its table", mine[0].cpu, round(mine[0].memory), ""),
        ("networkx, from its graph", writing, "", f"{writing / mine[0].cpu:.1f}"),
        ("kg export, its table made too", mine[1].cpu, round(mine[1].memory), ""),
        ("networkx, its graph made too", other.cpu, round(other.memory),
         f"{other.cpu / mine[1].cpu:.1f}"),
    ]  # fmt: skip
    size = out.stat().st_size / 1e6 if out.is_file() else 0
    return frame.table((f"{form} ({size:.0f} MB)", "CPU s", "extra MB", "times kg"), rows)


if __name__ == "__main__":
    main(tables)
