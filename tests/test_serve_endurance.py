"""`kg serve --write` killed at random moments, and in use for minutes; the long forms: bench/."""

from pathlib import Path

import pytest

from bench.endurance import Found, kills, soak
from tests.serving import loaded


@pytest.mark.slow
def test_kills_lose_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    found = Found()
    kills(20, loaded(tmp_path), found)
    assert found.wrong == []


@pytest.mark.slow
def test_two_minutes_of_use_leave_memory_and_handles_flat(tmp_path: Path) -> None:
    found = Found()
    soak(120, loaded(tmp_path), found)
    assert found.wrong == []
