"""RDF documents read, each format within bounds and every mistake at its place."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice

import pyoxigraph as ox

from kg.errors import InputError, Misuse, Place, harmless
from kg.rdf import jsonld, xml
from kg.rdf.formats import FORMATS
from kg.rdf.guard import guard, place_at
from kg.rdf.terms import Quad

# What the message of a JSON-LD parser quotes: a value, or a keyword.
_TOLD = re.compile(r"'([^']+)'|\"([^\"]+)\"|(@[a-z]+)")

# Where a parser saw it, which the place says.
_WHERE = re.compile(r"^Parser error (?:at|between) line [^:]*: ")

_CURES = {
    "Unexpected end": "it ends amid a statement: a quotation mark, bracket or dot is missing",
    " dot": "end the statement before with a dot",
    "prefix": "declare the prefix above, as @prefix name: <http://...> .",
    "Invalid IRI": "write what an IRI cannot hold as %20 (a blank), %22 or %3C",
    "No scheme": "write the IRI in full, with http:// or the like",
    "datatype must be an IRI": "write the datatype in full, as ^^<http://...>",
    "language subtag": "write the language as @en or @es-MX",
    "escape": "write a backslash as two",
}
"""What to try, by a part of what the parser says."""


def parse(data: bytes, format: str, *, file: str, base: str | None = None) -> Iterator[Quad]:
    """Yields the quads of a document as they are read.

    Nothing is fetched: JSON-LD may name the shipped context and no other.

    Args:
        data: The document, UTF-8.
        format: A key of `FORMATS`.
        file: What messages call it.
        base: IRI that relative references are resolved against.

    Raises:
        InputError: A syntax error, with line and column.
        LimitError: It is too large or nests too deep.
    """
    data = prepare(data, format, file)
    if format == "jsonld" and base is None:
        base = jsonld.RELATIVE
    try:
        for quad in ox.parse(data, FORMATS[format], base_iri=base):
            yield jsonld.check_absolute(quad, data, file) if format == "jsonld" else quad
    except SyntaxError as error:
        place = Place(file, error.lineno, error.offset)
        if error.lineno is None:
            place = _search(data, format, base, str(error.msg), file)
        raise InputError(_told(error.msg, format), place) from error
    except ValueError as error:
        raise InputError(_told(error, format), Place(file, 1)) from error


def prepare(data: bytes, format: str, file: str) -> bytes:
    """Returns a document as the parser may see it.

    Raises:
        InputError: It is not what it says it is, or refers to what is never fetched.
        LimitError: It is too large or nests too deep.
        Misuse: There is no such format.
    """
    if format not in FORMATS:
        raise Misuse(f"no RDF format is called {format!r}: choose one of {', '.join(FORMATS)}")
    data = guard(data, format, file)
    if format == "jsonld":
        return jsonld.prepare(data, file)
    if format == "rdf":
        xml.outline(data, file)
    return data


def _search(data: bytes, format: str, base: str | None, message: str, file: str) -> Place:
    """Returns where a mistake begins that the parser gives no line for: the first part with it."""
    if format != "rdf":
        words = (next(filter(None, found)) for found in _TOLD.findall(message))
        at = (data.find(f'"{word}"'.encode()) for word in words)
        return place_at(data, next((offset for offset in at if offset >= 0), 0), file)
    found = xml.outline(data, file)
    parts = list(xml.prefixes(data, found))
    low, high = 0, len(parts)
    while low < high:
        middle = (low + high) // 2
        if _fails(ox.parse(parts[middle][0], FORMATS[format], base_iri=base)):
            high = middle
        else:
            low = middle + 1
    return place_at(data, parts[low][1], file) if low < len(parts) else Place(file, 1)


def _told(words: object, format: str) -> str:
    """Returns what is wrong and what to try, a parser's words last, on one line and harmless."""
    said = _WHERE.sub("", harmless(str(words)))
    cure = next((cure for sign, cure in _CURES.items() if sign in said), "mend what stands here")
    return f"no {FORMATS[format].name}: {cure} (the parser says: {said})"


def _fails(quads: Iterable[Quad]) -> bool:
    try:
        for _ in islice(quads, None):
            pass
    except (SyntaxError, ValueError):
        return True
    return False
