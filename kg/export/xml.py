"""Texts as XML has them, and elements by the thousand."""

from collections.abc import Iterator, Sequence

from kg.export.text import cells, plain
from kg.network.table import Column

TYPES = {str: "string", int: "long", float: "double", bool: "boolean"}
"""Names of types in GEXF and GraphML."""

_ESCAPES = str.maketrans({
    "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;",
    "\r": "&#13;", "\n": "&#10;", "\t": "&#09;",
})  # fmt: skip


def quoted(text: str) -> str:
    """Returns text as it stands in an attribute, without the quotes; fit between tags as well."""
    return text.translate(_ESCAPES)


def attribute(name: str, column: Column) -> Iterator[str | Sequence[str]]:
    """Yields an attribute of elements, for `filled`; left out where the text is empty."""
    return cells(column, f' {name}="', '"', fit, may_be_empty=True)


def fit(value: object) -> object:
    """Returns a value as XML has it: texts plain and escaped, truth values in small letters."""
    if isinstance(value, str):
        return quoted(plain(value))
    return str(value).lower() if isinstance(value, bool) else value
