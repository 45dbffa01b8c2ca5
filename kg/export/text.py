"""Text that no format, program or reader can stumble over."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import groupby, islice
from operator import attrgetter
from typing import TypeVar

from kg.network import Edge, GraphView, Node
from kg.network.graph import Value

T = TypeVar("T", bound=Node | Edge)
Row = tuple[object, ...]
Search = Callable[[str], bool]

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


CHUNK = 200
"""How many things are written at a time: so few that they stay in the processor's cache."""


def in_chunks(parts: Iterable[str]) -> Iterator[bytes]:
    """Yields texts as UTF-8, many at a time."""
    remaining = iter(parts)
    while chunk := "".join(islice(remaining, CHUNK)):
        yield chunk.encode()


def rows_of(
    things: Iterable[T], fields: tuple[str, ...], may_lack: tuple[str, ...] = (), *then: str
) -> Iterator[tuple[tuple[str, ...], list[Row]]]:
    """Yields names of fields and attributes, and rows of things that have just these, in order.

    Args:
        things: Nodes or edges.
        fields: Those that each has.
        may_lack: Those that are left out where they are empty.
        then: More that each has, before its attributes.
    """
    optional = [(name, attrgetter(name)) for name in may_lack]

    def has(thing: T) -> tuple[tuple[str, ...], tuple[str, ...]]:
        return tuple([name for name, value in optional if value(thing)]), tuple(thing.attributes)

    remaining = iter(things)
    while chunk := list(islice(remaining, CHUNK)):
        for (present, names), same in groupby(chunk, has):
            of: Callable[[T], Row] = attrgetter(*fields, *present, *then)
            rows: list[Row] = [(*of(thing), *thing.attributes.values()) for thing in same]
            yield (*fields, *present, *then, *names), rows


def cleaned(rows: list[Row], clean: Callable[[object], object], unfit: Search) -> list[Row]:
    """Returns rows whose values are clean; where all are, as nearly always, the same ones.

    Args:
        rows: All of one length.
        clean: Makes one value fit.
        unfit: Finds what a text must not hold, in texts joined by `|`.
    """
    columns = list(zip(*rows, strict=True))
    odd = [at for at, column in enumerate(columns) if _is_odd(column, unfit)]
    for at in odd:
        columns[at] = tuple(map(clean, columns[at]))
    return list(zip(*columns, strict=True)) if odd else rows


def _is_odd(column: Row, unfit: Search) -> bool:
    values = set(column)
    kinds = set(map(type, values))
    if kinds != {str}:
        return bool(kinds & {str, bool})
    joined = "|".join(values)  # type: ignore[arg-type]
    return not joined.isprintable() or unfit(f"|{joined}|")


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


def columns(things: Iterable[Node] | Iterable[Edge]) -> dict[str, type]:
    """Returns the attributes of all nodes or edges, sorted, with the type that fits all values."""
    forms = {
        (tuple(held), tuple(map(type, held.values())))
        for held in (one.attributes for one in things)
    }
    found: dict[str, type] = {}
    for names, kinds in forms:
        for name, kind in zip(map(plain, names), kinds, strict=True):
            if found.setdefault(name, kind) is not kind:
                found[name] = str
    return dict(sorted(found.items()))


def fitted(value: Value, kind: type) -> Value:
    """Returns a value as its column has it."""
    return str(value) if kind is str else value
