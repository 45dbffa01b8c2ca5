"""Text that no format, program or reader can stumble over."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from kg.network import Edge, GraphView, Node
from kg.network.graph import Things, Value
from kg.network.table import Column

# What XML 1.0 forbids, and what turns the direction of the text around it.
_UNFIT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069"
    "\ud800-\udfff\ufeff\ufffe\uffff]"
)


def plain(text: str) -> str:
    """Returns one line of text without control characters; empty text becomes a question mark."""
    if text.isprintable() and text and text[0] != " " != text[-1] and "  " not in text:
        return text  # as nearly always; what is unfit is never printable
    return " ".join(_UNFIT.sub("\ufffd", text).split()) or "?"


def cells(
    column: Column, before: str, after: str, fit: Callable[[Any], object], *,
    absent: str = "", may_be_empty: bool = False,
) -> Iterator[str | Sequence[str]]:  # fmt: skip
    """Yields what `filled` takes: a column of texts, and what stands around each.

    Args:
        column: The values.
        before: Stands before each.
        after: Stands after each.
        fit: Makes a value fit for the format.
        absent: Stands for all of it where there is no value.
        may_be_empty: Whether an empty text is none.
    """
    if column.harmless:
        yield from (before, column.values, after)  # type: ignore[misc]
        return

    def cell(value: Value | None) -> str:
        lacks = value is None or (may_be_empty and value == "")
        return absent if lacks else f"{before}{fit(value)}{after}"

    yield column.each(cell)


def filled(size: int, parts: Iterable[str | Sequence[str]]) -> bytes:
    """Returns rows as UTF-8, so many: of each part its text, or the text of the row."""
    merged: list[str | Sequence[str]] = []
    for part in parts:
        if isinstance(part, str) and merged and isinstance(merged[-1], str):
            merged[-1] += part
        else:
            merged.append(part)
    written = [part if isinstance(part, str) else "" for part in merged] * size
    for at, part in enumerate(merged):
        if not isinstance(part, str):
            written[at :: len(merged)] = part
    return "".join(written).encode()


def harmless(view: GraphView) -> GraphView:
    """Returns a projection all of whose texts are plain."""
    return replace(
        view,
        nodes=tuple(_node(node) for node in view.nodes),
        edges=tuple(_edge(edge) for edge in view.edges),
        about={plain(key): plain(value) for key, value in view.about.items()},
    )


def _node(node: Node) -> Node:
    attributes = _attributes(node.attributes)
    return replace(
        node,
        iri=plain(node.iri), label=plain(node.label), type=plain(node.type), attributes=attributes,
    )  # fmt: skip


def _edge(edge: Edge) -> Edge:
    attributes = _attributes(edge.attributes)
    return replace(edge, label=plain(edge.label), type=plain(edge.type), attributes=attributes)


def _attributes(attributes: dict[str, Value]) -> dict[str, Value]:
    return {
        plain(key): plain(value) if isinstance(value, str) else value
        for key, value in attributes.items()
    }


def kinds_of(things: Things[Node] | Things[Edge]) -> dict[str, type]:
    """Returns the attributes of all nodes or edges, sorted, with the type that fits all values."""
    found: dict[str, type] = {}
    for one in things:
        for name, value in one.attributes.items():
            kind = type(value)
            if found.setdefault(name, kind) is not kind:
                found[name] = str
    return dict(sorted(found.items()))


def fitted(value: Value, kind: type) -> Value:
    """Returns a value as its column has it."""
    return str(value) if kind is str else value
