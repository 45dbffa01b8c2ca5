"""Which format a client wants: <https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1>."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

ROWS: Mapping[str, str] = {
    "application/sparql-results+json": "json",
    "application/sparql-results+xml": "xml",
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
    "application/json": "json",
    "application/xml": "xml",
    "text/xml": "xml",
}
"""Formats of tables and booleans by media type, the one that we like best first."""

GRAPHS: Mapping[str, str] = {
    "text/turtle": "ttl",
    "application/n-triples": "nt",
    "application/rdf+xml": "rdf",
    "application/ld+json": "jsonld",
    "application/n-quads": "nq",
    "application/trig": "trig",
}
"""RDF formats by their own media type, likewise."""

TRIPLES: Mapping[str, str] = {
    **GRAPHS,
    "application/json": "jsonld",
    "application/xml": "rdf",
    "text/xml": "rdf",
    "text/plain": "nt",
}
"""Formats of graphs, those that any XML or JSON may mean among them."""

HTML = "text/html"


@dataclass(frozen=True, slots=True)
class _Range:
    type: str
    subtype: str
    quality: float

    def fits(self, media: str) -> int:
        """Returns how exactly a media type is meant: 0 not at all, 3 by name."""
        kind, _, subtype = media.partition("/")
        if self.type == "*":
            return 1
        if self.type != kind:
            return 0
        return 2 if self.subtype == "*" else 3 * (self.subtype == subtype)


@lru_cache(1024)
def preferred(accept: str, offered: tuple[str, ...]) -> str | None:
    """Returns the media type that an Accept header likes best, of those alike the first offered.

    Args:
        accept: The header; an empty one accepts everything.
        offered: Media types, the one that we like best first.
    """
    ranges = _ranges(accept)
    if not ranges:
        return offered[0]
    rated = [(_quality(media, ranges), -place) for place, media in enumerate(offered)]
    quality, place = max(rated)
    return offered[-place] if quality > 0 else None


def format_by(accept: str, offered: Mapping[str, str]) -> str | None:
    """Returns the format that an Accept header likes best."""
    media = preferred(accept, tuple(offered))
    return None if media is None else offered[media]


def media_of(format: str, offered: Mapping[str, str]) -> str:
    """Returns the media type by which a format is sent."""
    media = next(media for media, name in offered.items() if name == format)
    # Of the others RFC 6839 or their own definition says that they are UTF-8 by themselves.
    return f"{media}; charset=utf-8" if media.startswith("text/") else media


def _quality(media: str, ranges: Sequence[_Range]) -> float:
    fits = max(ranges, key=lambda one: one.fits(media))
    return fits.quality if fits.fits(media) else 0.0


def _ranges(accept: str) -> list[_Range]:
    found = []
    for part in accept.split(",")[:50]:
        media, *parameters = (piece.strip().lower() for piece in part.split(";"))
        kind, slash, subtype = media.partition("/")
        if slash:
            told = (piece.partition("=") for piece in parameters)
            quality = next((value for name, _, value in told if name.strip() == "q"), "1")
            found.append(_Range(kind, subtype, _number(quality)))
    return found


def _number(text: str) -> float:
    try:
        return min(max(float(text), 0.0), 1.0)
    except ValueError:
        return 0.0
