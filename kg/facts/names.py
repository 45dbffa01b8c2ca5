"""Names: the nearest known one to one that is not known, and what they come down to."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz import fuzz, process


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Returns the known name that a person most likely meant, if one is near enough."""
    found = process.extractOne(name, list(known), scorer=fuzz.WRatio, score_cutoff=75)
    return found[0] if found else None


@lru_cache(maxsize=4096)
def folded(text: str) -> str:
    """Returns a text in small letters without accents."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in plain if not unicodedata.combining(c))


def slug_of(name: str) -> str:
    """Returns a slug for a name."""
    return re.sub(r"[^a-z0-9]+", "-", folded(name)).strip("-")
