"""From a store to nodes and edges."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import combinations, product

from kg.errors import Misuse
from kg.namespaces import BASE
from kg.network.graph import PROJECTIONS, Edge, Filters, GraphView, Node, Value
from kg.network.table import Row, Spool, ordered, table
from kg.network.told import Event, Told, Traits, first, local
from kg.store import Reader

_TOLD = ("kind", "status", "issue", "stance", "state", "cameo", "plover", "voucher", "sourceLabel",
         "evidence", "quote", "confidence", "start", "end")  # fmt: skip
_OF_DYADS = _TOLD[:-2]


def project(
    reader: Reader, projection: str = "events", filters: Filters | None = None
) -> GraphView:
    """Returns a store's nodes and edges, as tables: any number of edges takes little memory.

    Args:
        reader: The store.
        projection: A key of `PROJECTIONS`.
        filters: What it is narrowed to.

    Raises:
        Misuse: There is no such projection.
        StoreError: There is no room for temporary files.
    """
    if projection not in PROJECTIONS:
        known = ", ".join(PROJECTIONS)
        raise Misuse(f"no projection is called {projection!r}: choose one of {known}")
    filters = filters or Filters()
    told = Told(reader)
    chosen = told.chosen(filters)
    nodes, edges = Spool(), Spool()
    attributes: tuple[str, ...]
    if projection == "events":
        attributes, ends = ("property",), _events(told, chosen, nodes, edges)
    else:
        between = told.between()
        found: Iterable[list[Row]] = _dyads(told, [iri for iri in chosen if iri in between])
        attributes = ("iri", *_OF_DYADS)
        if projection == "dyads-aggregated":
            attributes, found = _aggregated(found)
        ends = set()
        for rows in found:
            ends |= {end for row in rows for end in row[1:3]}
            edges.add(rows)
    nodes.add([_node(iri, traits) for iri, traits in told.actors(ends).items()])
    names = _ids(row[1] for row in nodes.rows())
    named = ((names[row[1]], row[1], row[2] or names[row[1]], *row[3:]) for row in nodes.rows())
    joined = ((row[0], names[row[1]], names[row[2]], *row[3:]) for row in edges.rows())
    view = GraphView(
        projection,
        table(Node, _TOLD, ordered(named)),
        table(Edge, attributes, ordered(joined)),
    )
    view.about.update(
        projection=PROJECTIONS[projection],
        nodes=str(len(view.nodes)),
        edges=str(len(view.edges)),
        **_in_words(filters),
    )
    return view


def _events(told: Told, chosen: list[str], nodes: Spool, edges: Spool) -> set[str]:
    """Adds events and positions, and what joins them; returns the actors that they are joined to.

    Rows of edges have IRIs of nodes, whose names are known when all are.
    """
    events, ends = set(chosen), set[str]()
    for page in told.pages(chosen):
        nodes.add([_node(event.iri, event.traits) for event in page])
        labels = told.labels(joining for event in page for joining, _ in event.links)
        actors = told.actors({end for event in page for _, end in event.links} - events)
        ends |= actors.keys()
        edges.add([
            (_id(event.iri, name := local(joining), end), event.iri, end, name,
             first(labels.get(joining, {}), "label") or name, 1.0,
             event.first("start"), event.first("end"), True, name)
            for event in page
            for joining, end in event.links
            if end in events or end in actors
        ])  # fmt: skip
    return ends


def _dyads(told: Told, chosen: list[str]) -> Iterator[list[Row]]:
    """From each agent to each recipient; between agents that have no recipient, both ways."""
    for page in told.pages(chosen):
        actors = told.actors(end for event in page for _, end in event.links)
        yield [row for event in page for row in _pairs(event, actors)]


def _pairs(event: Event, actors: dict[str, Traits]) -> Iterator[Row]:
    if "class" not in event.traits:
        return
    roles = [(local(joining), end) for joining, end in event.links if end in actors]
    agents, recipients = (
        [end for role, end in roles if role == wanted] for wanted in ("agent", "recipient")
    )
    pairs = product(agents, recipients) if recipients else combinations(agents, 2)
    for source, target in pairs:
        if source != target:
            yield (
                _id(event.iri, source, target), source, target, local(event.first("class")),
                event.first("label"), 1.0, event.first("start"), event.first("end"),
                bool(recipients), event.iri, *_values(event.traits, _OF_DYADS),
            )  # fmt: skip


@dataclass(slots=True)
class _Group:
    """What the edges of one pair, kind and month come to."""

    kind: Value
    starts: str
    ends: str
    statuses: Counter[str] = field(default_factory=Counter)


def _aggregated(found: Iterable[list[Row]]) -> tuple[tuple[str, ...], list[list[Row]]]:
    """Returns names of attributes, and one edge for each pair, kind and month; undated together."""
    groups: dict[tuple[str, str, str, str, bool], _Group] = {}
    at = {name: 10 + number for number, name in enumerate(_OF_DYADS)}
    for row in (row for rows in found for row in rows):
        _, source, target, kind, _, _, start, end, directed, *_ = row
        month = start[:7] if start[:7] == end[:7] else ""
        group = groups.setdefault(
            (source, target, kind, month, directed), _Group(row[at["kind"]] or kind, start, end)
        )
        group.starts, group.ends = min(group.starts, start), max(group.ends, end)
        group.statuses[str(row[at["status"]] or "")] += 1
    statuses = sorted({status for group in groups.values() for status in group.statuses})
    rows = [
        (
            _id(source, kind, target, month or "undated", str(directed)), source, target, kind,
            f"{group.kind} ({group.statuses.total()})", float(group.statuses.total()),
            group.starts if month else "", group.ends if month else "", directed,
            month or "undated", *(group.statuses.get(status) for status in statuses),
        )
        for (source, target, kind, month, directed), group in groups.items()
    ]  # fmt: skip
    return ("month", *(f"status_{status}" for status in statuses)), [rows]


def _node(iri: str, traits: Traits) -> Row:
    kind = local(first(traits, "class")) or "Position"
    return ("", iri, first(traits, "label"), kind, *_values(traits, _TOLD))


def _values(traits: Traits, names: tuple[str, ...]) -> Iterator[Value | None]:
    """Yields the values of traits, several as one; the widest window where accounts differ."""
    for name in names:
        if not (values := traits.get(name)):
            yield None
        elif name in {"start", "end"}:
            yield values[0 if name == "start" else -1]
        elif name == "confidence" and len(values) == 1:
            yield float(values[0])
        else:
            yield "|".join(values)


def _id(*parts: str) -> str:
    """Returns a short id of IRIs and words."""
    return "--".join(map(_short, parts))


@lru_cache(maxsize=50_000)
def _short(iri: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.-]+", ".", iri.removeprefix(BASE))


def _ids(iris: Iterable[str]) -> dict[str, str]:
    """Returns a short id for each IRI; a number tells apart what would be the same."""
    taken: dict[str, str] = {}
    for iri in sorted(iris):
        short = _short(iri).strip(".") or "node"
        name, count = short, 1
        while name in taken:
            count += 1
            name = f"{short}-{count}"
        taken[name] = iri
    return {iri: name for name, iri in taken.items()}


def _in_words(filters: Filters) -> dict[str, str]:
    named = {
        key: ", ".join(local(iri) for iri in getattr(filters, key))
        for key in ("actors", "issues", "kinds", "sources", "statuses")
    }
    named |= {"since": filters.since, "until": filters.until}
    return {key: value for key, value in named.items() if value}
