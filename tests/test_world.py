"""The made-up world that benchmarks run on is what the project would have made of its documents."""

import pytest

from bench import world
from kg.load import House, load, read_house
from kg.rdf import Quad, parse
from kg.store import open_store

SOURCES = (0, 1, 5, 40, 977)


@pytest.fixture(scope="module")
def house() -> House:
    return read_house()


def quads(lines: tuple[str, ...]) -> set[Quad]:
    return set(parse("".join(lines).encode(), "nq", file="world"))


@pytest.mark.parametrize("number", SOURCES)
def test_derived_quads_are_what_the_rules_derive(house, number) -> None:
    made = world.source(number)
    assert quads(made.derived) == set(house.background.derive(quads(made.asserted)))


def test_sources_pass_the_gate(house, tmp_path) -> None:
    file = tmp_path / "world.nq"
    told = [world.source(number) for number in SOURCES]
    file.write_text("".join("".join(made.asserted) for made in told), encoding="utf-8")
    with open_store("memory:", house.background) as store:
        loaded = load(store, file, house, recorded_by="test")
    assert {one.source for one in loaded} == {made.iri for made in told}
    assert not any(judged.findings for judged in (one.judged for one in loaded))


def test_same_size_and_seed_give_the_same_world() -> None:
    once, again, other = (list(world.lines(2_000, seed)) for seed in (1, 1, 2))
    assert once == again
    assert once != other


def test_a_world_is_about_as_large_as_asked_for() -> None:
    count = sum(data.count(b"\n") for data in world.lines(20_000))
    assert 20_000 <= count < 21_000
