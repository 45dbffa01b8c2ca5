"""Projections of the seed, and what is measured on them."""

from dataclasses import replace
from pathlib import Path

import pytest

from kg.errors import Misuse
from kg.namespaces import ACTOR, DIP, ISSUE, STATUS
from kg.network import PROJECTIONS, Edge, Filters, GraphView, Node, measures, project, to_networkx
from tests.seed import seed

ROOT = Path(__file__).parents[1]
every_projection = pytest.mark.parametrize("projection", PROJECTIONS)


def labels(view: GraphView) -> set[str]:
    return {node.label for node in view.nodes}


@every_projection
def test_every_edge_ends_at_a_node_and_every_id_is_unique(projection) -> None:
    view = project(seed(), projection)
    names = [node.id for node in view.nodes]
    assert len(set(names)) == len(names)
    assert len({edge.id for edge in view.edges}) == len(view.edges)
    assert {end for e in view.edges for end in (e.source, e.target)} <= set(names)
    assert all(edge.weight > 0 and edge.type and edge.label for edge in view.edges)
    assert all(node.label and node.type for node in view.nodes)


@every_projection
def test_same_store_gives_the_same_projection(projection) -> None:
    assert project(seed(), projection) == project(seed(), projection)


def test_call_joins_the_presidents_both_ways() -> None:
    view = project(seed(), "dyads", Filters(kinds=(DIP + "PhoneCall",)))
    (edge,) = view.edges
    assert labels(view) == {"Claudia Sheinbaum", "Donald Trump"}
    assert (edge.type, edge.directed, edge.start) == ("PhoneCall", False, "2026-01-12")
    assert edge.attributes["plover"] == "CONSULT-phone"


def test_planned_meeting_has_the_code_of_what_lies_ahead() -> None:
    view = project(seed(), "dyads", Filters(statuses=(STATUS + "scheduled",)))
    (edge,) = view.edges
    assert edge.attributes["cameo"] == "036"
    assert edge.attributes["voucher"] == "Claudia Sheinbaum"


def test_aggregated_pairs_weigh_what_they_stand_for() -> None:
    single, pairs = project(seed(), "dyads"), project(seed(), "dyads-aggregated")
    assert sum(edge.weight for edge in pairs.edges) == len(single.edges)


def test_filters_narrow() -> None:
    rubio = project(seed(), "events", Filters(actors=(ACTOR + "marco-rubio",)))
    assert "Conversation between De la Fuente and Rubio" in labels(rubio)
    assert "Donald Trump" not in labels(rubio)
    mexico = project(seed(), "events", Filters(actors=(ACTOR + "mexico",)))
    assert "Sheinbaum's social media post about the call" in labels(mexico)
    issue = project(seed(), "events", Filters(issues=(ISSUE + "us-military-action-in-mexico",)))
    assert "The US military goes into Mexico" in labels(issue)
    early = project(seed(), "events", Filters(until="2026-01-09"))
    assert "Trump says that the US will start hitting cartels on land" in labels(early)
    assert "Security meeting of Mexico and the United States" not in labels(early)
    assert project(seed(), "events", Filters(actors=(ACTOR + "france",))).nodes == ()


def test_unknown_projection_is_an_error_that_names_the_known() -> None:
    with pytest.raises(Misuse, match="dyads-aggregated"):
        project(seed(), "pairs")


def test_sheinbaum_is_in_the_middle() -> None:
    rows = measures.central(project(seed(), "dyads"))
    assert rows[0]["label"] == "Claudia Sheinbaum"
    assert sum(float(row["pagerank"]) for row in rows) == pytest.approx(1, abs=0.001)


def chain(*pairs: tuple[str, str], state: dict[str, str] | None = None) -> GraphView:
    names = sorted({name for pair in pairs for name in pair})
    nodes = tuple(
        Node(n, n, n.upper(), "Person", {"state": state[n]} if state and n in state else {})
        for n in names
    )
    edges = tuple(Edge(f"{a}-{b}", a, b, "Meeting", f"{a} meets {b}") for a, b in pairs)
    return GraphView("dyads", nodes, edges)


def test_broker_stands_between_the_sides() -> None:
    view = chain(("a", "m"), ("m", "b"), ("a", "x"))
    assert measures.between(view, "a", "b") == [{"actor": "m", "label": "M", "ways": 1}]


def test_way_tells_its_events() -> None:
    (way,) = measures.connection(chain(("a", "m"), ("m", "b")), "a", "b")
    assert [(s.start, s.end, s.events) for s in way] == [
        ("a", "m", ("a meets m",)),
        ("m", "b", ("m meets b",)),
    ]
    assert measures.connection(chain(("a", "m"), ("x", "b")), "a", "b") == []
    with pytest.raises(Misuse):
        measures.connection(chain(("a", "m")), "a", "nobody")


def test_communities_are_the_parts_that_hold_together() -> None:
    view = chain(("a", "b"), ("b", "c"), ("a", "c"), ("x", "y"), ("y", "z"), ("x", "z"))
    groups: dict[object, set[object]] = {}
    for row in measures.communities(view):
        groups.setdefault(row["community"], set()).add(row["actor"])
    assert sorted(map(sorted, groups.values())) == [["a", "b", "c"], ["x", "y", "z"]]


def test_reciprocity_counts_both_ways_by_month() -> None:
    view = chain(("a", "b"), ("b", "a"), ("a", "c"))
    day = {"start": "2026-01-12", "end": "2026-01-12"}
    dated = replace(view, edges=tuple(replace(e, **day) for e in view.edges))
    (row,) = measures.reciprocity(dated, "a", "b")
    assert (row["month"], row["there"], row["back"], row["reciprocity"]) == ("2026-01", 1, 1, 1.0)


def test_measures_of_nothing_are_nothing() -> None:
    empty = GraphView("dyads", (), ())
    assert measures.central(empty) == []
    assert measures.communities(empty) == []
    assert measures.with_measures(empty) == empty


def test_networkx_gets_every_edge_and_attribute() -> None:
    view = project(seed(), "dyads")
    graph = to_networkx(view)
    both = sum(not edge.directed for edge in view.edges)
    assert graph.number_of_edges() == len(view.edges) + both
    assert graph.nodes["actor.mexico"]["label"] == "Mexico"
