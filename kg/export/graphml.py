"""GraphML 1.0: <http://graphml.graphdrawing.org/specification.html>. No lists, no dates.

Whether an edge has a direction is told as data: networkx refuses a file that mixes the two.
"""

from collections.abc import Iterator

from kg.export.text import columns, plain, rows_of
from kg.export.xml import TYPES, elements, quoted
from kg.network import GraphView

_SPACE = "http://graphml.graphdrawing.org/xmlns"
_OF_NODES = ("label", "iri", "type")
_OF_EDGES = {"label": str, "type": str, "weight": float, "directed": bool}
_TIMES = ("start", "end")


def write(view: GraphView) -> Iterator[bytes]:
    """Yields GraphML; `label` and `weight` are what Gephi, yEd and igraph look for."""
    yield f"<?xml version='1.0' encoding='utf-8'?>\n<graphml xmlns=\"{_SPACE}\">\n".encode()
    yield from _keys("node", {**dict.fromkeys(_OF_NODES, str), **columns(view.nodes)})
    yield from _keys("edge", {**_OF_EDGES, **dict.fromkeys(_TIMES, str), **columns(view.edges)})
    yield b'  <graph id="G" edgedefault="directed">\n'
    yield from elements(rows_of(view.nodes, ("id", *_OF_NODES)), lambda n: _template("node", 1, n))
    told = rows_of(view.edges, ("id", "source", "target", *_OF_EDGES), _TIMES)
    yield from elements(told, lambda names: _template("edge", 3, names))
    yield b"  </graph>\n</graphml>\n"


def _keys(domain: str, found: dict[str, type]) -> Iterator[bytes]:
    for name, kind in found.items():
        told = f'id="{domain[0]}_{quoted(name)}" for="{domain}" attr.name="{quoted(name)}"'
        yield f'  <key {told} attr.type="{TYPES[kind]}" />\n'.encode()


def _template(domain: str, attributes: int, names: tuple[str, ...]) -> str:
    """Returns an element: so many of the names are its attributes, the others are data."""
    fit = [quoted(plain(name)).replace("%", "%%") for name in names]
    told = "".join(f' {name}="%s"' for name in fit[:attributes])
    data = "".join(f'      <data key="{domain[0]}_{name}">%s</data>\n' for name in fit[attributes:])
    return f"    <{domain}{told}>\n{data}    </{domain}>\n"
