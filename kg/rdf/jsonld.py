"""JSON-LD made fit for a parser that fetches nothing: strict JSON, our own context put in."""

import json
import re
from pathlib import Path

from kg.errors import InputError, Misuse, Place
from kg.namespaces import BASE
from kg.placed import read_json
from kg.rdf.guard import place_at
from kg.rdf.terms import NamedNode, Quad
from kg.resources import shipped

CONTEXT: str = BASE + "context.jsonld"
"""The IRI by which documents name the context that ships with this project."""

RELATIVE = "x-relative:/"
"""What a relative reference is resolved against where nothing else is said, so that it is noticed:
a JSON-LD parser drops it without a word."""

# The value of an @context, or an item of its list (whose other items may be contexts themselves).
_NAMED = re.compile(rb'"@context"\s*:\s*(?:\[[^\[\]]*?)?("' + re.escape(CONTEXT).encode() + rb'")')


class _Repeated(ValueError):
    """A key that stands twice."""


def prepare(data: bytes, file: str) -> bytes:
    """Returns a JSON-LD document with the shipped context in the place of its name.

    The context goes in as one line, so that lines stay what they were.

    Raises:
        InputError: It is not JSON, a key stands twice, or it names another context.
    """
    tree = _strict(data, file)
    if not _named(tree):
        return data
    # An unknown key becomes a relative property, which is noticed, instead of nothing.
    context = json.dumps({"@vocab": RELATIVE, **read_context()}).encode()
    while found := _NAMED.search(data):
        data = data[: found.start(1)] + context + data[found.end(1) :]
    for name in _named(_strict(data, file)):
        at = max(data.find(json.dumps(name).encode()), 0)
        raise InputError(
            f"the context {name} is not read: contexts are never fetched. "
            f"Write it out in the document, or name {CONTEXT}",
            place_at(data, at, file),
        )
    return data


def check_absolute(quad: Quad, data: bytes, file: str) -> Quad:
    """Returns a quad whose IRIs are all absolute.

    Raises:
        InputError: One is not; at the first place where it is written.
    """
    for term in quad:
        if isinstance(term, NamedNode) and term.value.startswith(RELATIVE):
            name = term.value.removeprefix(RELATIVE)
            at = max(data.find(json.dumps(name).encode()), 0)
            raise InputError(
                f"{name!r} is no full IRI, and no key of the context", place_at(data, at, file)
            )
    return quad


def read_context() -> dict[str, object]:
    """Returns the terms of the shipped context."""
    terms = _context()["@context"]
    return dict(terms) if isinstance(terms, dict) else {}


def _context() -> dict[str, object]:
    path: Path = shipped("ontology") / "context.jsonld"
    try:
        found = json.loads(path.read_bytes())
    except OSError as error:
        raise Misuse("the installation lacks its JSON-LD context: reinstall it") from error
    return dict(found)


def _strict(data: bytes, file: str) -> object:
    try:
        return json.loads(
            data, object_pairs_hook=_once, parse_int=str, parse_float=str, parse_constant=_refuse
        )
    except ValueError as error:
        read_json(data, file=file)  # says where, which the quick parser does not
        raise InputError(f"not JSON: {error}", Place(file, 1)) from error


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _Repeated("a key stands twice")
    return found


def _refuse(word: str) -> object:
    raise ValueError(f"{word} is no JSON")


def _named(tree: object) -> list[str]:
    """Returns the contexts that are named rather than written out, in the order of the document."""
    found: list[str] = []
    ahead = [tree]
    while ahead:
        here = ahead.pop()
        if isinstance(here, list):
            ahead.extend(reversed(here))
        elif isinstance(here, dict):
            for key, value in here.items():
                if key in {"@context", "@import"}:
                    listed = value if isinstance(value, list) else [value]
                    found.extend(item for item in listed if isinstance(item, str))
            ahead.extend(reversed(here.values()))
    return found
