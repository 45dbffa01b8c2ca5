"""Elements of XML by the thousand: one template, filled in with rows whose texts are made fit."""

from collections.abc import Callable, Iterable, Iterator

from kg.export.text import Row, cleaned, plain

TYPES = {str: "string", int: "long", float: "double", bool: "boolean"}
"""Names of types in GEXF and GraphML."""

_UNFIT = ("&", "<", ">", '"', "  ", "| ", " |", "||")
_ESCAPES = str.maketrans({
    "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;",
    "\r": "&#13;", "\n": "&#10;", "\t": "&#09;",
})  # fmt: skip


def _unfit(joined: str) -> bool:
    """Whether there is markup, an empty text, or a space at an end or beside another."""
    return any(part in joined for part in _UNFIT)


def quoted(text: str) -> str:
    """Returns text as it stands in an attribute, without the quotes; fit between tags as well."""
    return text.translate(_ESCAPES)


def elements(
    rows: Iterable[tuple[tuple[str, ...], list[Row]]], template: Callable[[tuple[str, ...]], str]
) -> Iterator[bytes]:
    """Yields the elements of nodes or edges as UTF-8.

    Args:
        rows: As of `rows_of`.
        template: Given the names of a row, one element with a `%s` for each.
    """
    for names, held in rows:
        filled = template(names).__mod__
        yield "".join(map(filled, cleaned(held, fit, _unfit))).encode()


def fit(value: object) -> object:
    """Returns a value as XML has it: texts plain and escaped, truth values in small letters."""
    if isinstance(value, str):
        return quoted(plain(value))
    return str(value).lower() if isinstance(value, bool) else value
