"""Bounds that hold before a parser sees the data: it would die of deep nesting by a signal."""

import codecs
import re

from kg.errors import InputError, LimitError, Place

MAX_DEPTH = 100
"""How deep brackets may nest."""

MAX_BYTES = 2**30
"""Largest RDF document, in bytes; XML and JSON-LD, which are not read as a stream: `MAX_TREE`."""

MAX_TREE = 2**26

_WIDE = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

# Whatever may hide a bracket, then the brackets. Possessive: a hostile text cannot make it slow.
_TURTLE = re.compile(
    rb'"""(?:[^"\\]++|\\.|"(?!""))*+"""|\'\'\'(?:[^\'\\]++|\\.|\'(?!\'\'))*+\'\'\''
    rb'|"(?:[^"\\\n\r]++|\\.)*+"|\'(?:[^\'\\\n\r]++|\\.)*+\''
    rb"|<(?:[^<>\"{}|^`\\\x00-\x20]++|\\[uU][0-9A-Fa-f]{4,8})*+>"
    rb"|\\.|#[^\n\r]*+|(?P<open>[\[({]|<<)|(?P<close>[\])}]|>>)",
    re.DOTALL,
)
_JSON = re.compile(rb'"(?:[^"\\]++|\\.)*+"|(?P<open>[\[{])|(?P<close>[\]}])', re.DOTALL)
_OPENERS = {"ttl": b"[({<", "trig": b"[({<", "nt": b"<", "nq": b"<", "jsonld": b"[{"}


def guard(data: bytes, format: str, file: str) -> bytes:
    """Returns a document without its byte order mark, if a parser can be trusted with it.

    Raises:
        InputError: It is UTF-16 or UTF-32.
        LimitError: It is too large or nests too deep, with the place where it does.
    """
    if data.startswith(_WIDE):
        raise InputError("the file is UTF-16 or UTF-32: save it as UTF-8", Place(file, 1, 1))
    limit = MAX_TREE if format in {"jsonld", "rdf"} else MAX_BYTES
    if len(data) > limit:
        message = f"the document has {len(data):,} bytes, more than {limit:,}: split it"
        raise LimitError(message, Place(file, 1))
    data = data.removeprefix(codecs.BOM_UTF8)
    if format in _OPENERS and _may_be_deep(data, _OPENERS[format]):
        _check_depth(data, _JSON if format == "jsonld" else _TURTLE, file)
    return data


def place_at(data: bytes, offset: int, file: str) -> Place:
    """Returns the place of an offset in bytes; the column counts characters."""
    start = data.rfind(b"\n", 0, offset) + 1
    column = len(data[start:offset].decode("utf-8", "replace")) + 1
    return Place(file, data.count(b"\n", 0, offset) + 1, column)


def _may_be_deep(data: bytes, openers: bytes) -> bool:
    counted = (b"<<" if sign == ord("<") else bytes((sign,)) for sign in openers)
    return sum(data.count(sign) for sign in counted) > MAX_DEPTH


def _check_depth(data: bytes, tokens: re.Pattern[bytes], file: str) -> None:
    depth = 0
    for token in tokens.finditer(data):
        kind = token.lastgroup
        if kind == "open":
            depth += 1
            if depth > MAX_DEPTH:
                place = place_at(data, token.start(), file)
                raise LimitError(f"nested deeper than {MAX_DEPTH} levels", place)
        elif kind == "close" and depth:
            depth -= 1
