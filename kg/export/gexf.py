"""GEXF 1.3 for Gephi, with time or without: <https://gexf.net/1.3/>.

As Gephi's importer wants it: dates as text in attributes, time as intervals of days only, weights
above zero, the event's kind as `kind` so that parallel edges stay apart.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

from kg.export.style import colour_of
from kg.export.text import cells, filled, plain
from kg.export.xml import TYPES, attribute, fit, quoted
from kg.network import GraphView
from kg.network.table import Batch, Column, tables

T = TypeVar("T")
_TIMES = ("start", "end")


def write_dynamic(view: GraphView) -> Iterator[bytes]:
    """Yields GEXF whose edges and events last from their first day to their last."""
    return _write(view, dynamic=True)


def write_static(view: GraphView) -> Iterator[bytes]:
    """Yields GEXF without time."""
    return _write(view, dynamic=False)


def _write(view: GraphView, *, dynamic: bool) -> Iterator[bytes]:
    nodes, edges = tables(view)
    about = "; ".join(f"{plain(key)}: {plain(value)}" for key, value in view.about.items())
    yield (
        "<?xml version='1.0' encoding='utf-8'?>\n"
        '<gexf version="1.3" xmlns="http://gexf.net/1.3" xmlns:viz="http://gexf.net/1.3/viz">\n'
        "  <meta>\n    <creator>diplomatic-kg</creator>\n"
        f"    <description>{quoted(about)}</description>\n  </meta>\n"
    ).encode()
    told = 'mode="static"'
    if dynamic:
        told = 'mode="dynamic" timeformat="date" timerepresentation="interval"'
    # Gephi drops an edge that contradicts the default: where both occur, there is none.
    if len(directions := edges.distinct("directed")) < 2:
        told = f'defaultedgetype="{_direction(directions != {False})}" {told}'
    yield f"  <graph {told}>\n".encode()
    for name, found in (("node", nodes.kinds), ("edge", edges.kinds)):
        declared = "".join(
            f'      <attribute id="{key}" title="{key}" type="{TYPES[kind]}" />\n'
            for key, kind in _quoted({"iri": str, "type": str, **found})
        )
        yield (
            f'    <attributes class="{name}" mode="static">\n{declared}    </attributes>\n'
        ).encode()
    times = _TIMES if dynamic else ()
    yield b"    <nodes>\n"
    for batch in nodes.batches():
        yield filled(batch.size, _nodes(batch, times))
    yield b"    </nodes>\n    <edges>\n"
    for batch in edges.batches():
        yield filled(batch.size, _edges(batch, times))
    yield b"    </edges>\n  </graph>\n</gexf>\n"


def _nodes(batch: Batch, times: tuple[str, ...]) -> Iterator[str | Sequence[str]]:
    told = batch.fields
    yield "      <node"
    yield from attribute("id", told["id"])
    yield from cells(told["label"], ' label="', '"', fit)
    for name in times:
        # Open ends are left out: Gephi reads that as without end.
        if name in batch.attributes:
            yield from attribute(name, batch.attributes[name])
    yield ">\n"
    yield from _values({"iri": told["iri"], "type": told["type"], **batch.attributes})
    yield told["type"].each(_coloured)


def _edges(batch: Batch, times: tuple[str, ...]) -> Iterator[str | Sequence[str]]:
    told = batch.fields
    yield from cells(told["directed"], '      <edge type="', '"', _direction)
    for name in ("id", "source", "target"):
        yield from attribute(name, told[name])
    for name, field in (("label", "label"), ("kind", "type")):
        yield from cells(told[field], f' {name}="', '"', fit)
    yield from cells(told["weight"], ' weight="', '"', "{:g}".format)
    for name in times:
        yield from attribute(name, told[name])
    yield ">\n"
    yield from _values({"type": told["type"], **batch.attributes})
    yield "      </edge>\n"


def _values(columns: Mapping[str, Column]) -> Iterator[str | Sequence[str]]:
    yield "        <attvalues>\n"
    for key, column in _quoted(columns):
        yield from cells(column, f'          <attvalue for="{key}" value="', '" />\n', fit)
    yield "        </attvalues>\n"


def _quoted(named: Mapping[str, T]) -> Iterator[tuple[str, T]]:
    return ((quoted(plain(name)), held) for name, held in named.items())


def _coloured(type: str) -> str:
    red, green, blue = colour_of(type)
    return f'        <viz:color r="{red}" g="{green}" b="{blue}" />\n      </node>\n'


def _direction(directed: object) -> str:
    return "directed" if directed else "undirected"
