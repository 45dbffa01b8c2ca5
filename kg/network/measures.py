"""What networkx computes from the pairs of actors: who is central, who stands between, how joined.

The measures are of Freeman (degree, betweenness), of Brin and Page (PageRank) and of Clauset,
Newman and Moore (communities), as networkx has them: <https://networkx.org/documentation/stable/>.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from itertools import islice, pairwise
from typing import TYPE_CHECKING

from kg.errors import Misuse
from kg.network.graph import GraphView

if TYPE_CHECKING:
    import networkx as nx

    Network = nx.MultiDiGraph

Row = dict[str, str | int | float]

MAX_PATHS = 5
"""How many equally short ways between two actors are told."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a way between two actors: from whom, to whom, through which events."""

    start: str
    end: str
    events: tuple[str, ...]


def to_networkx(view: GraphView) -> "nx.MultiDiGraph":
    """Returns a projection as a networkx graph: ids as nodes, edge ids as keys.

    An edge without direction stands in both. Attributes are `label`, `type`, `weight`, `start`,
    `end` and whatever else the projection tells.
    """
    import networkx as nx

    graph = nx.MultiDiGraph(**view.about)
    for node in view.nodes:
        told = {**node.attributes, "iri": node.iri, "label": node.label, "type": node.type}
        graph.add_node(node.id, **told)
    for edge in view.edges:
        told = {**edge.attributes, "label": edge.label, "type": edge.type, "weight": edge.weight}
        told |= {"start": edge.start, "end": edge.end}
        graph.add_edge(edge.source, edge.target, key=edge.id, **told)
        if not edge.directed:
            graph.add_edge(edge.target, edge.source, key=edge.id, **told)
    return graph


def central(view: GraphView) -> list[Row]:
    """Returns how central each actor of a dyad projection is, most central first.

    Columns: `actor`, `label`; `events` it shares with others; `degree`, how many others;
    `betweenness`, the share of shortest ways through it, 0 to 1; `pagerank`, summing to 1.

    Raises:
        Misuse: The libraries for it are not installed.
    """
    import networkx as nx

    together = _together(view)
    between = nx.betweenness_centrality(together)
    try:
        ranks = nx.pagerank(together, weight="weight") if len(together) else {}
    except ImportError as error:
        raise Misuse("this needs libraries: pip install 'diplomatic-kg[network]'") from error
    rows: list[Row] = [
        {
            "actor": name,
            "label": _label(together, name),
            "events": round(together.degree(name, weight="weight")),
            "degree": together.degree(name),
            "betweenness": round(between[name], 4),
            "pagerank": round(ranks[name], 4),
        }
        for name in together
    ]
    return sorted(rows, key=lambda row: (-float(row["pagerank"]), str(row["actor"])))


def between(view: GraphView, first: str, second: str) -> list[Row]:
    """Returns who stands between two sides: actors on shortest ways from one side to the other.

    A side is an actor and those whose `state` is its label. Columns: `actor`, `label`, `ways`.
    """
    import networkx as nx

    together = _together(view)
    sides = [_side(view, name) & set(together) for name in (first, second)]
    met: Counter[str] = Counter()
    for start in sides[0] - sides[1]:
        for end in sides[1] - sides[0]:
            if nx.has_path(together, start, end):
                for way in islice(nx.all_shortest_paths(together, start, end), 100):
                    met.update(way[1:-1])
    return [
        {"actor": name, "label": _label(together, name), "ways": count}
        for name, count in sorted(met.items(), key=lambda pair: (-pair[1], pair[0]))
    ]


def communities(view: GraphView) -> list[Row]:
    """Returns who belongs together, largest community first.

    Columns: `community` from 1, `actor`, `label`.
    """
    import networkx as nx

    together = _together(view)
    if not together.number_of_edges():
        return []
    found = nx.community.greedy_modularity_communities(together, weight="weight")
    ordered = sorted((sorted(group) for group in found), key=lambda group: (-len(group), group))
    return [
        {"community": number, "actor": name, "label": _label(together, name)}
        for number, group in enumerate(ordered, start=1)
        for name in group
    ]


def connection(view: GraphView, first: str, second: str) -> list[tuple[Step, ...]]:
    """Returns the shortest ways from one actor to another, each step with its events' labels.

    Raises:
        Misuse: One of the two takes part in nothing.
    """
    import networkx as nx

    together = _together(view)
    for name in (first, second):
        if name not in together:
            raise Misuse(f"{name} takes part in no event with anyone")
    if not nx.has_path(together, first, second):
        return []
    events: dict[frozenset[str], set[str]] = defaultdict(set)
    for edge in view.edges:
        events[frozenset((edge.source, edge.target))].add(edge.label)
    ways = islice(sorted(nx.all_shortest_paths(together, first, second)), MAX_PATHS)
    return [
        tuple(
            Step(start, end, tuple(sorted(events[frozenset((start, end))])))
            for start, end in pairwise(way)
        )
        for way in ways
    ]


def reciprocity(view: GraphView, first: str, second: str) -> list[Row]:
    """Returns what went each way between two sides, month by month.

    Columns: `month` or `undated`, `there`, `back`, `both` (without direction), and `reciprocity`,
    the smaller of there and back over the larger, 0 to 1, or empty where nothing went either way.
    """
    sides = _side(view, first), _side(view, second)
    months: dict[str, Counter[str]] = defaultdict(Counter)
    for edge in view.edges:
        ends = (edge.source, edge.target)
        way = "there" if _goes(ends, sides) else "back" if _goes(ends[::-1], sides) else ""
        if way:
            month = edge.start[:7] if edge.start[:7] == edge.end[:7] and edge.start else "undated"
            months[month][way if edge.directed else "both"] += round(edge.weight)
    return [
        {
            "month": month,
            **{way: count[way] for way in ("there", "back", "both")},
            "reciprocity": _ratio(count["there"], count["back"]),
        }
        for month, count in sorted(months.items())
    ]


def with_measures(view: GraphView) -> GraphView:
    """Returns a dyad projection whose nodes also tell how central they are, and their community."""
    rows = {str(row["actor"]): row for row in central(view)}
    groups = {str(row["actor"]): row["community"] for row in communities(view)}
    nodes = []
    for node in view.nodes:
        measured = {k: v for k, v in rows.get(node.id, {}).items() if k not in {"actor", "label"}}
        if node.id in groups:
            measured["community"] = groups[node.id]
        nodes.append(replace(node, attributes={**node.attributes, **measured}))
    return replace(view, nodes=tuple(nodes))


def _together(view: GraphView) -> "nx.Graph[str]":
    """Actors, joined where they share events, however many."""
    import networkx as nx

    graph: nx.Graph[str] = nx.Graph()
    for node in view.nodes:
        graph.add_node(node.id, label=node.label)
    for edge in view.edges:
        if edge.source != edge.target:
            before = graph.get_edge_data(edge.source, edge.target, {"weight": 0.0})["weight"]
            graph.add_edge(edge.source, edge.target, weight=before + edge.weight)
    return graph


def _label(graph: "nx.Graph[str]", name: str) -> str:
    return str(graph.nodes[name]["label"])


def _side(view: GraphView, name: str) -> set[str]:
    label = next((node.label for node in view.nodes if node.id == name), None)
    members = {n.id for n in view.nodes if label and n.attributes.get("state") == label}
    return {name, *members}


def _goes(ends: tuple[str, ...], sides: tuple[set[str], set[str]]) -> bool:
    return ends[0] in sides[0] and ends[1] in sides[1]


def _ratio(there: int, back: int) -> float | str:
    most = max(there, back)
    return round(min(there, back) / most, 2) if most else ""
