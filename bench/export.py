"""Export: a million edges.

50,000 nodes and 1,000,000 edges with what the edges of dyads tell: kind, label, weight, days, IRI,
status, voucher, source. They come one after the other; networkx builds its graph of them first, as
it has to, and its writers are measured with and without that.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import networkx as nx

from bench.frame import Cost, cost, main, table
from kg.export import FORMATS, export
from kg.network import Edge, GraphView, Node, to_networkx

NODES, EDGES = 50_000, 1_000_000
KINDS = ("Meeting", "PhoneCall", "Offer", "Condemn", "Sanction", "Cooperation", "Visit", "Request")
DAYS = tuple(str(date(2010, 1, 1) + timedelta(days=day)) for day in range(6_000))


class Edges:
    """A million edges that are made as they are asked for, the same each time."""

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
    """Yields a table of writers, then one of the other formats."""
    whole = view()
    with TemporaryDirectory() as folder:
        out = Path(folder) / "out"

        def ours(form: str) -> None:
            export(whole, form, out.with_name(form))

        def theirs(write: Callable[[nx.Graph, str], None]) -> None:
            write(to_networkx(whole), str(out))

        built = cost(lambda: to_networkx(whole), runs=1)
        read = cost(lambda: sum(1 for _ in whole.edges))
        yield _row("making the edges, which is part of all below", read)
        for form, write in (("graphml", nx.write_graphml_lxml), ("gexf", nx.write_gexf)):
            mine = cost(lambda form=form: ours(form))
            other = cost(lambda write=write: theirs(write), runs=1)
            yield _compared(form, mine, other, built, out.with_name(form))
        rest = [
            (form, cost(lambda form=form: ours(form), runs=1)) for form in FORMATS if _streams(form)
        ]
        yield table(
            ("other format", "CPU s", "wall s", "extra MB"),
            [(form, one.cpu, one.wall, round(one.memory)) for form, one in rest],
        )


def _streams(form: str) -> bool:
    return FORMATS[form].most is None and form not in {"graphml", "gexf"}


def _row(what: str, one: Cost) -> str:
    return f"{what}: {one.cpu:.2f} CPU s"


def _compared(form: str, mine: Cost, other: Cost, built: Cost, out: Path) -> str:
    writing = other.cpu - built.cpu
    rows = [
        ("kg export", mine.cpu, mine.wall, round(mine.memory), "1"),
        ("networkx, its graph built before", writing, "", "", f"{writing / mine.cpu:.1f}"),
        ("networkx, graph and writing", other.cpu, other.wall, round(other.memory),
         f"{other.cpu / mine.cpu:.1f}"),
    ]  # fmt: skip
    size = out.stat().st_size / 1e6 if out.is_file() else 0
    return table((f"{form} ({size:.0f} MB)", "CPU s", "wall s", "extra MB", "times"), rows)


if __name__ == "__main__":
    main(tables)
