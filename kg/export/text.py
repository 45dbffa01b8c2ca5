"""Text that no format, program or reader can stumble over."""

import re
from dataclasses import replace

from kg.network import Edge, GraphView, Node
from kg.network.graph import Value

# What XML 1.0 forbids, and what turns the direction of the text around it.
_UNFIT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069"
    "\ud800-\udfff\ufeff\ufffe\uffff]"
)


def plain(text: str) -> str:
    """Returns one line of text without control characters; empty text becomes a question mark."""
    return " ".join(_UNFIT.sub("\ufffd", text).split()) or "?"


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


def columns(things: tuple[Node, ...] | tuple[Edge, ...]) -> dict[str, type]:
    """Returns the attributes of all nodes or edges, sorted, with the type that fits all values."""
    found: dict[str, type] = {}
    for thing in things:
        for key, value in thing.attributes.items():
            if found.setdefault(key, type(value)) is not type(value):
                found[key] = str
    return dict(sorted(found.items()))


def fitted(value: Value, kind: type) -> Value:
    """Returns a value as its column has it."""
    return str(value) if kind is str else value
