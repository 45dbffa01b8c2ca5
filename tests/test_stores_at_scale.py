"""A hundred thousand made-up quads come into every store, are judged there, and drawn alike."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from servers import SERVERS, Server

from bench import world
from kg.export import render
from kg.load import House, check_store, read_house
from kg.namespaces import DERIVED, SOURCE, graph_of
from kg.network import GraphView, project
from kg.rdf import NamedNode, Quad, parse
from kg.store import open_store

QUADS = 100_000


@cache
def house() -> House:
    return read_house()


@cache
def made() -> tuple[tuple[Quad, ...], tuple[Quad, ...]]:
    """The world as one source: what it asserts, and what the rules derive from it."""
    told: tuple[dict[Quad, None], dict[Quad, None]] = {}, {}
    for one in world.sources(QUADS):
        for part, lines, ending in zip(
            told, (one.asserted, one.derived), ("", DERIVED), strict=True
        ):
            graph = NamedNode(graph_of(SOURCE + "world") + ending)
            for quad in parse("".join(lines).encode(), "nq", file="world"):
                part[Quad(quad.subject, quad.predicate, quad.object, graph)] = None
    return tuple(told[0]), tuple(told[1])


def written(view: GraphView) -> bytes:
    found = render(view, "gexf")
    assert isinstance(found, bytes)
    return found


@cache
def drawn() -> bytes:
    with open_store("memory:", house().background) as store:
        store.replace(SOURCE + "world", *made(), label="world", recorded_by="test")
        return written(project(store, "dyads-aggregated"))


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["memory", "folder", *SERVERS])
def test_a_hundred_thousand_quads(
    kind: str, tmp_path: Path, server: Callable[[str], Server]
) -> None:
    places = {"memory": "memory:", "folder": str(tmp_path / ".kg")}
    address = places.get(kind) or server(kind).address
    with open_store(address, house().background, create=True) as store:
        assert store.replace(SOURCE + "world", *made(), label="world", recorded_by="test")
        assert sorted(map(str, store.asserted())) == sorted(map(str, made()[0]))
        judged = check_store(store, house(), address)
        assert judged.findings == ()
        assert judged.focus_nodes > 8_000
        assert written(project(store, "dyads-aggregated")) == drawn()
