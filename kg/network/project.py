"""From a store to nodes and edges."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations, product

from kg.errors import Misuse
from kg.namespaces import BASE
from kg.network.graph import PROJECTIONS, Edge, Filters, GraphView, Node, Value
from kg.rdf import Literal, NamedNode, Rows
from kg.resources import files
from kg.store import Reader

Traits = dict[str, list[str]]

_TOLD = ("kind", "status", "issue", "stance", "state", "cameo", "plover", "voucher", "sourceLabel",
         "evidence", "quote", "confidence", "start", "end")  # fmt: skip
_ROLES = ("agent", "recipient", "attendee", "onBehalfOf", "holder")


@dataclass(frozen=True, slots=True)
class Link:
    """Two things and the local name of the property that joins them."""

    start: str
    property: str
    end: str
    label: str


@dataclass(frozen=True, slots=True)
class Told:
    """What a store says of events, positions and actors, before anything is chosen."""

    traits: dict[str, Traits]
    links: tuple[Link, ...]

    def roles(self) -> dict[str, dict[str, list[str]]]:
        """Returns the actors of each event and position by role."""
        found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for link in self.links:
            if link.property in _ROLES:
                found[link.start][link.property].append(link.end)
        return found


def project(
    reader: Reader, projection: str = "events", filters: Filters | None = None
) -> GraphView:
    """Returns a store's nodes and edges.

    Args:
        reader: The store.
        projection: A key of `PROJECTIONS`.
        filters: What it is narrowed to.

    Raises:
        Misuse: There is no such projection.
    """
    if projection not in PROJECTIONS:
        known = ", ".join(PROJECTIONS)
        raise Misuse(f"no projection is called {projection!r}: choose one of {known}")
    filters = filters or Filters()
    told = _read(reader)
    roles = told.roles()
    events = {iri for iri in told.traits if _chosen(iri, told, roles, filters)}
    if projection == "events":
        edges = list(_event_edges(told, events))
    else:
        edges = list(_dyad_edges(told, events))
        if projection == "dyads-aggregated":
            edges = _aggregated(edges)
    ends = {iri for edge in edges for iri in (edge.source, edge.target)}
    shown = ends | events if projection == "events" else ends
    names = _ids(shown)
    nodes = tuple(sorted((_node(i, names[i], told.traits[i]) for i in shown), key=lambda n: n.id))
    found = sorted((_named(edge, names) for edge in edges), key=lambda edge: edge.id)
    about = {
        "projection": PROJECTIONS[projection],
        "nodes": str(len(nodes)),
        "edges": str(len(found)),
        **_in_words(filters),
    }
    return GraphView(projection, nodes, tuple(found), about)


def _read(reader: Reader) -> Told:
    texts = {
        path.stem: path.read_text("utf-8") for path in files("queries", (".rq",), under="network")
    }
    traits: dict[str, Traits] = defaultdict(lambda: defaultdict(list))
    for iri, trait, value in _rows(reader, texts["nodes"]):
        traits[iri][trait].append(value)
    for told in traits.values():
        for values in told.values():
            values.sort(key=_natural)
    links = (
        Link(start, re.split("[/#]", name)[-1], end, label or re.split("[/#]", name)[-1])
        for start, name, end, label in _rows(reader, texts["links"])
        if start in traits and end in traits
    )
    return Told(dict(traits), tuple(sorted(links, key=lambda k: (k.start, k.property, k.end))))


def _rows(reader: Reader, text: str) -> Iterator[tuple[str, ...]]:
    found = reader.query(text)
    for row in found.rows if isinstance(found, Rows) else ():
        yield tuple(t.value if isinstance(t, NamedNode | Literal) else "" for t in row)


def _is_actor(traits: Traits) -> bool:
    return "type" not in traits


def _chosen(iri: str, told: Told, roles: dict[str, dict[str, list[str]]], filters: Filters) -> bool:
    """Whether an event or position passes every filter."""
    traits = told.traits[iri]
    if _is_actor(traits):
        return False
    actors = {actor for named in roles.get(iri, {}).values() for actor in named}
    sides = {side for actor in actors for side in told.traits.get(actor, {}).get("side", ())}
    wanted: list[tuple[tuple[str, ...], Iterable[str]]] = [
        (filters.actors, actors | sides),
        (filters.issues, traits.get("topic", ())),
        (filters.kinds, traits["type"]),
        (filters.sources, traits.get("source", ())),
        (filters.statuses, traits.get("statusIri", ())),
    ]
    if any(asked and not set(asked) & set(there) for asked, there in wanted):
        return False
    first, last = traits.get("start", [""])[0], traits.get("end", [""])[-1]
    if (filters.since or filters.until) and not (first or last):
        return False
    return not (filters.since and last and last < filters.since) and not (
        filters.until and first and first > filters.until
    )


def _event_edges(told: Told, events: set[str]) -> Iterator[Edge]:
    for link in told.links:
        other = told.traits[link.end]
        if link.start in events and (link.end in events or _is_actor(other)):
            traits = told.traits[link.start]
            yield Edge(
                id=f"{link.start} {link.property} {link.end}",
                source=link.start,
                target=link.end,
                type=link.property,
                label=link.label,
                start=_first(traits, "start"),
                end=_first(traits, "end"),
                attributes={"property": link.property},
            )


def _dyad_edges(told: Told, events: set[str]) -> Iterator[Edge]:
    """From each agent to each recipient; between agents that have no recipient, both ways."""
    for iri, roles in told.roles().items():
        if iri not in events or "class" not in told.traits[iri]:
            continue
        agents, recipients = roles["agent"], roles["recipient"]
        directed = bool(recipients)
        pairs = product(agents, recipients) if directed else combinations(sorted(agents), 2)
        traits = told.traits[iri]
        for source, target in pairs:
            if source != target:
                yield Edge(
                    id=f"{iri} {source} {target}",
                    source=source,
                    target=target,
                    type=_local(_first(traits, "class")),
                    label=_first(traits, "label"),
                    start=_first(traits, "start"),
                    end=_first(traits, "end"),
                    directed=directed,
                    attributes={"iri": iri, **_attributes(traits, without=("start", "end"))},
                )


def _aggregated(edges: list[Edge]) -> list[Edge]:
    """One edge for each pair, kind and month; undated ones together."""
    groups: dict[tuple[str, str, str, str, bool], list[Edge]] = defaultdict(list)
    for edge in edges:
        month = edge.start[:7] if edge.start[:7] == edge.end[:7] else ""
        groups[edge.source, edge.target, edge.type, month, edge.directed].append(edge)
    return [
        Edge(
            id=" ".join((source, kind, target, month or "undated", str(directed))),
            source=source,
            target=target,
            type=kind,
            label=f"{held[0].attributes.get('kind', kind)} ({len(held)})",
            weight=float(len(held)),
            start=min(e.start for e in held) if month else "",
            end=max(e.end for e in held) if month else "",
            directed=directed,
            attributes={
                "month": month or "undated",
                **{
                    f"status_{status}": count
                    for status, count in sorted(
                        Counter(str(e.attributes.get("status", "")) for e in held).items()
                    )
                },
            },
        )
        for (source, target, kind, month, directed), held in groups.items()
    ]


def _node(iri: str, name: str, traits: Traits) -> Node:
    kind = _local(_first(traits, "class")) or "Position"
    label = _first(traits, "label") or name
    return Node(name, iri, label, kind, _attributes(traits))


def _attributes(traits: Traits, without: tuple[str, ...] = ()) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for key in _TOLD:
        if key in traits and key not in without:
            values = traits[key]
            # Several dates are several accounts: the widest window is shown.
            joined = (
                values[-1] if key == "end" else values[0] if key == "start" else "|".join(values)
            )
            found[key] = float(joined) if key == "confidence" and len(values) == 1 else joined
    return found


def _named(edge: Edge, names: dict[str, str]) -> Edge:
    """Returns an edge whose ends, and own id, are short."""
    ends = [
        re.sub(r"[^A-Za-z0-9_.-]+", ".", part.removeprefix(BASE)) for part in edge.id.split(" ")
    ]
    return Edge(
        id="--".join(ends),
        source=names[edge.source],
        target=names[edge.target],
        type=edge.type,
        label=edge.label,
        weight=edge.weight,
        start=edge.start,
        end=edge.end,
        directed=edge.directed,
        attributes=edge.attributes,
    )


def _ids(iris: Iterable[str]) -> dict[str, str]:
    """Returns a short id for each IRI; a number tells apart what would be the same."""
    taken: dict[str, str] = {}
    for iri in sorted(iris):
        short = re.sub(r"[^A-Za-z0-9_.-]+", ".", iri.removeprefix(BASE)).strip(".") or "node"
        name, count = short, 1
        while name in taken:
            count += 1
            name = f"{short}-{count}"
        taken[name] = iri
    return {iri: name for name, iri in taken.items()}


def _natural(text: str) -> list[tuple[int, str]]:
    """Sorts p2 before p16."""
    return [(int(p), "") if p.isdigit() else (-1, p) for p in re.split(r"(\d+)", text)]


def _first(traits: Traits, trait: str) -> str:
    return traits.get(trait, [""])[0]


def _local(iri: str) -> str:
    return re.split("[/#]", iri)[-1]


def _in_words(filters: Filters) -> dict[str, str]:
    named = {
        key: ", ".join(_local(iri) for iri in getattr(filters, key))
        for key in ("actors", "issues", "kinds", "sources", "statuses")
    }
    named |= {"since": filters.since, "until": filters.until}
    return {key: value for key, value in named.items() if value}
