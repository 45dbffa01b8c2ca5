"""What is narrowed where the data is, is what is left of the whole when it is filtered after."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

import pytest

from bench import world
from kg.load import read_house
from kg.namespaces import ACTOR, DIP, EVENT, ISSUE, OA, ORG, RDF, RDFS, SKOS, SOURCE, STATUS
from kg.network import PROJECTIONS, Edge, Filters, GraphView, project
from kg.rdf import BlankNode, Literal, NamedNode, Quad
from kg.store import Reader
from kg.store.memory import MemoryStore
from tests.seed import seed

ROOT = Path(__file__).parents[1]
ROLES = ("agent", "recipient", "attendee", "onBehalfOf", "holder")
FILTERS = {
    "nothing": Filters(),
    "state": Filters(actors=(ACTOR + "mexico",)),
    "person": Filters(actors=(ACTOR + "claudia-sheinbaum", ACTOR + "united-states")),
    "issue": Filters(issues=(ISSUE + "military-interventions",)),
    "broad kind": Filters(kinds=(DIP + "Directive", DIP + "PhoneCall")),
    "positions": Filters(kinds=(DIP + "Position",)),
    "source": Filters(sources=(SOURCE + "mnd-2026-01-12-sheinbaum-trump", SOURCE + "world-3")),
    "status": Filters(statuses=(STATUS + "scheduled", STATUS + "hypothetical")),
    "since": Filters(since="2022-01-12"),
    "until": Filters(until="2026-01-11"),
    "days": Filters(since="2012-01-01", until="2026-01-09"),
    "all at once": Filters(
        actors=(ACTOR + "united-states",), kinds=(DIP + "SpeechAct", DIP + "Action"),
        statuses=(STATUS + "occurred",), since="2011-01-01", until="2026-01-12",
    ),
    "nobody": Filters(actors=(ACTOR + "nobody",)),
}  # fmt: skip


@cache
def made_up() -> Reader:
    """A world, and what none of its sources tells: days on one side only, and no day at all."""
    store = MemoryStore(read_house().background)
    store.extend(b"".join(world.lines(12_000)))
    odd = {"a": ("notBefore",), "b": ("notAfter",), "c": ()}
    for name, sides in odd.items():
        event = NamedNode(EVENT + name)
        told = [
            (RDF + "type", NamedNode(DIP + "Event")), (RDF + "type", NamedNode(DIP + "Meeting")),
            (RDFS + "label", Literal(name)), (DIP + "agent", NamedNode(ACTOR + "mexico")),
            (DIP + "agent", NamedNode(ACTOR + "france")),
            (DIP + "status", NamedNode(STATUS + "occurred")),
            *((DIP + side, Literal("2022-05-01")) for side in sides),
        ]  # fmt: skip
        # Twice, as two sources may tell the same.
        store.extend(
            Quad(event, NamedNode(name), value, NamedNode(graph))
            for graph in ("urn:one", "urn:two")
            for name, value in told
        )
    return store


@cache
def facts(store: Callable[[], Reader]) -> dict[tuple[str, str], set[str]]:
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for quad in store().quads():
        found[quad.subject.value, quad.predicate.value].add(quad.object.value)
    return found


@cache
def whole(store: Callable[[], Reader], projection: str) -> GraphView:
    return project(store(), projection)


def reached(store, starts: Iterable[str], *properties: str) -> set[str]:
    found, open_ = set(starts), list(starts)
    while open_:
        at = open_.pop()
        for name in properties:
            new = facts(store).get((at, name), set()) - found
            found |= new
            open_ += new
    return found


def passes(store, event: str, filters: Filters) -> bool:
    def told(*names: str) -> set[str]:
        return {value for name in names for value in facts(store).get((event, name), ())}

    who = reached(
        store, told(*(DIP + role for role in ROLES)), DIP + "state", ORG + "subOrganizationOf"
    )
    sources = {
        source
        for passage in told(DIP + "evidence")
        for source in facts(store).get((passage, OA + "hasSource"), ())
    }
    for asked, there in (
        (filters.actors, who),
        (filters.issues, reached(store, told(DIP + "issue", DIP + "about"), SKOS + "broader")),
        (filters.kinds, told(RDF + "type")),
        (filters.sources, sources),
        (filters.statuses, told(DIP + "status")),
    ):
        if asked and not set(asked) & there:
            return False
    firsts, lasts = told(DIP + "notBefore"), told(DIP + "notAfter")
    if (filters.since or filters.until) and not firsts | lasts:
        return False
    return not (filters.since and lasts and max(lasts) < filters.since) and not (
        filters.until and firsts and min(firsts) > filters.until
    )


def is_event(store, iri: str) -> bool:
    types = facts(store).get((iri, RDF + "type"), set())
    return bool(types & {DIP + "Event", DIP + "Position"})


@pytest.mark.parametrize("filters", FILTERS.values(), ids=FILTERS)
@pytest.mark.parametrize("store", [seed, made_up])
def test_events(store, filters: Filters) -> None:
    view = whole(store, "events")
    iris = {node.id: node.iri for node in view.nodes}
    left = {
        name for name, iri in iris.items() if is_event(store, iri) and passes(store, iri, filters)
    }
    actors = {name for name, iri in iris.items() if not is_event(store, iri)}
    edges = [e for e in view.edges if e.source in left and e.target in left | actors]
    shown = left | {e.target for e in edges}
    found = project(store(), "events", filters)
    assert list(found.edges) == edges
    assert list(found.nodes) == [node for node in view.nodes if node.id in shown]


def kept(store, filters: Filters) -> list[Edge]:
    edges = whole(store, "dyads").edges
    return [edge for edge in edges if passes(store, str(edge.attributes["iri"]), filters)]


@pytest.mark.parametrize("filters", FILTERS.values(), ids=FILTERS)
@pytest.mark.parametrize("store", [seed, made_up])
def test_dyads(store, filters: Filters) -> None:
    found = project(store(), "dyads", filters)
    assert list(found.edges) == kept(store, filters)
    ends = {end for edge in found.edges for end in (edge.source, edge.target)}
    assert {node.id for node in found.nodes} == ends


@pytest.mark.parametrize("filters", FILTERS.values(), ids=FILTERS)
@pytest.mark.parametrize("store", [seed, made_up])
def test_aggregated_dyads(store, filters: Filters) -> None:
    single: Counter[tuple[object, ...]] = Counter()
    statuses: Counter[tuple[object, ...]] = Counter()
    for edge in kept(store, filters):
        month = edge.start[:7] if edge.start[:7] == edge.end[:7] else ""
        key = (edge.source, edge.target, edge.type, month or "undated", edge.directed)
        single[key] += 1
        statuses[*key, f"status_{edge.attributes['status']}"] += 1
    found = project(store(), "dyads-aggregated", filters).edges
    keys = {(e.source, e.target, e.type, e.attributes["month"], e.directed): e for e in found}
    assert {key: edge.weight for key, edge in keys.items()} == single
    assert len(keys) == len(found)
    told = {(*k, n): v for k, e in keys.items() for n, v in e.attributes.items() if n != "month"}
    assert told == statuses


@pytest.mark.parametrize("projection", PROJECTIONS)
def test_pages_and_runs_do_not_show(projection: str, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = whole(made_up, projection)
    monkeypatch.setattr("kg.network.told.PAGE", 7)
    monkeypatch.setattr("kg.network.told._IN_MIND", 3)
    monkeypatch.setattr("kg.network.table._RUN", 50)
    assert project(made_up(), projection) == expected


def test_what_is_told_of_no_thing_is_left_out() -> None:
    """RDF from elsewhere may have text, or nothing that is told of, where a thing is meant."""
    store = MemoryStore(read_house().background)
    event = NamedNode(EVENT + "a")
    told = [(RDF + "type", NamedNode(DIP + "Event")), (RDF + "type", NamedNode(DIP + "Meeting"))]
    told += [(DIP + name, NamedNode(ACTOR + "mexico")) for name in ("agent", "attendee")]
    told += [
        (DIP + name, value)
        for name in ("agent", "status", "accordingTo", "evidence", "issue", "about")
        for value in (Literal("no thing"), NamedNode("urn:nothing"), BlankNode())
    ]
    store.extend(Quad(event, NamedNode(n), value, NamedNode("urn:one")) for n, value in told)
    view = project(store, "events")
    assert [node.id for node in view.nodes] == ["actor.mexico", "event.a"]
    assert [edge.type for edge in view.edges] == ["agent", "attendee"]
    assert project(store, "dyads").edges == ()


@pytest.mark.parametrize("name", FILTERS)
def test_every_filter_leaves_something_but_not_all_of_one_store(name: str) -> None:
    shares = []
    for store in (seed, made_up):
        found = project(store(), "events", FILTERS[name])
        shares.append(len(found.nodes) / len(whole(store, "events").nodes))
    if name in {"nothing", "nobody"}:
        assert set(shares) == {float(name == "nothing")}
    else:
        assert any(0 < share < 1 for share in shares)
