"""The seed article in a store: only read, opened once a process."""

from functools import cache
from pathlib import Path

from kg.load import load, read_house
from kg.store import Writer, open_store

SEED = Path(__file__).parents[1] / "facts" / "mnd-2026-01-12-sheinbaum-trump.yaml"


@cache
def seed() -> Writer:
    house = read_house()
    opened = open_store("memory:", house.background)
    load(opened, SEED, house, recorded_by="test")
    return opened
