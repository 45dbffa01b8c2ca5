"""The nearest known name to one that is not known."""

from collections.abc import Iterable

from rapidfuzz import fuzz, process


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Returns the known name that a person most likely meant, if one is near enough."""
    found = process.extractOne(name, list(known), scorer=fuzz.WRatio, score_cutoff=75)
    return found[0] if found else None
