"""GraphML 1.0: <http://graphml.graphdrawing.org/specification.html>. No lists, no dates.

Whether an edge has a direction is told as data: networkx refuses a file that mixes the two.
"""

from collections.abc import Iterator, Sequence

from kg.export.text import cells, filled, plain
from kg.export.xml import TYPES, attribute, fit, quoted
from kg.network import GraphView
from kg.network.table import Batch, tables

_SPACE = "http://graphml.graphdrawing.org/xmlns"
_OF_NODES = {"label": str, "iri": str, "type": str}
_OF_EDGES = {"label": str, "type": str, "weight": float, "directed": bool}
_TIMES = {"start": str, "end": str}
_MAY_LACK = frozenset(_TIMES)


def write(view: GraphView) -> Iterator[bytes]:
    """Yields GraphML; `label` and `weight` are what Gephi, yEd and igraph look for."""
    nodes, edges = tables(view)
    told = {**_OF_EDGES, **_TIMES}
    yield f"<?xml version='1.0' encoding='utf-8'?>\n<graphml xmlns=\"{_SPACE}\">\n".encode()
    yield from _keys("node", {**_OF_NODES, **nodes.kinds})
    yield from _keys("edge", {**told, **edges.kinds})
    yield b'  <graph id="G" edgedefault="directed">\n'
    for batch in nodes.batches():
        yield filled(batch.size, _elements("node", batch, ("id",), tuple(_OF_NODES)))
    for batch in edges.batches():
        yield filled(batch.size, _elements("edge", batch, ("id", "source", "target"), tuple(told)))
    yield b"  </graph>\n</graphml>\n"


def _keys(domain: str, found: dict[str, type]) -> Iterator[bytes]:
    for name, kind in found.items():
        name = quoted(plain(name))
        told = f'id="{domain[0]}_{name}" for="{domain}" attr.name="{name}"'
        yield f'  <key {told} attr.type="{TYPES[kind]}" />\n'.encode()


def _elements(
    domain: str, batch: Batch, attributes: tuple[str, ...], data: tuple[str, ...]
) -> Iterator[str | Sequence[str]]:
    yield f"    <{domain}"
    for name in attributes:
        yield from attribute(name, batch.fields[name])
    yield ">\n"
    told = {**{name: batch.fields[name] for name in data}, **batch.attributes}
    for name, column in told.items():
        before = f'      <data key="{domain[0]}_{quoted(plain(name))}">'
        may = name in _MAY_LACK and name not in batch.attributes
        yield from cells(column, before, "</data>\n", fit, may_be_empty=may)
    yield f"    </{domain}>\n"
