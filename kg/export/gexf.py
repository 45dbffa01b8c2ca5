"""GEXF 1.3 for Gephi, with time or without: <https://gexf.net/1.3/>.

As Gephi's importer wants it: dates as text in attributes, time as intervals of days only, weights
above zero, the event's kind as `kind` so that parallel edges stay apart.
"""

from collections.abc import Iterable, Iterator

from kg.export.style import colour_of
from kg.export.text import Row, columns, in_chunks, plain, rows_of
from kg.export.xml import TYPES, elements, fit, quoted
from kg.network import Edge, GraphView, Node

_FIELDS = ("directed", "id", "source", "target", "label", "type", "weight")
_TIMES = ("start", "end")


def write_dynamic(view: GraphView) -> Iterator[bytes]:
    """Yields GEXF whose edges and events last from their first day to their last."""
    return _write(view, dynamic=True)


def write_static(view: GraphView) -> Iterator[bytes]:
    """Yields GEXF without time."""
    return _write(view, dynamic=False)


def _write(view: GraphView, *, dynamic: bool) -> Iterator[bytes]:
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
    if len(directions := {edge.directed for edge in view.edges}) < 2:
        told = f'defaultedgetype="{_direction(directions != {False})}" {told}'
    yield f"  <graph {told}>\n".encode()
    for name, found in (("node", columns(view.nodes)), ("edge", columns(view.edges))):
        declared = "".join(
            f'      <attribute id="{quoted(key)}" title="{quoted(key)}" type="{TYPES[kind]}" />\n'
            for key, kind in {"iri": str, "type": str, **found}.items()
        )
        yield (
            f'    <attributes class="{name}" mode="static">\n{declared}    </attributes>\n'
        ).encode()
    yield b"    <nodes>\n"
    yield from in_chunks(_node(node, dynamic=dynamic) for node in view.nodes)
    yield b"    </nodes>\n    <edges>\n"
    yield from elements(_edges(view.edges, dynamic=dynamic), _edge)
    yield b"    </edges>\n  </graph>\n</gexf>\n"


def _node(node: Node, *, dynamic: bool) -> str:
    told = {"id": node.id, "label": plain(node.label)}
    if dynamic:
        # Open ends are left out: Gephi reads that as without end.
        told |= {key: str(node.attributes[key]) for key in _TIMES if key in node.attributes}
    values = {"iri": node.iri, "type": node.type, **node.attributes}
    red, green, blue = colour_of(node)
    attributes = "".join(f' {key}="{quoted(value)}"' for key, value in told.items())
    return (
        f"      <node{attributes}>\n"
        f"        <attvalues>\n{''.join(_value(k, fit(v)) for k, v in values.items())}"
        f"        </attvalues>\n"
        f'        <viz:color r="{red}" g="{green}" b="{blue}" />\n      </node>\n'
    )


def _edges(edges: Iterable[Edge], *, dynamic: bool) -> Iterator[tuple[tuple[str, ...], list[Row]]]:
    """Yields rows of edges, with the words for their direction."""
    words = {directed: _direction(directed) for directed in (True, False)}
    for names, rows in rows_of(edges, _FIELDS, _TIMES if dynamic else (), "type"):
        yield names, [(words[row[0] is True], *row[1:]) for row in rows]


def _edge(names: tuple[str, ...]) -> str:
    times = [name for name in names[len(_FIELDS) :][:2] if name in _TIMES]
    values = names[len(_FIELDS) + len(times) :]
    lasting = "".join(f' {name}="%s"' for name in times)
    return (
        '      <edge type="%s" id="%s" source="%s" target="%s" label="%s" kind="%s" weight="%g"'
        f"{lasting}>\n        <attvalues>\n"
        f"{''.join(_value(name.replace('%', '%%'), '%s') for name in values)}"
        "        </attvalues>\n      </edge>\n"
    )


def _value(name: str, value: object) -> str:
    return f'          <attvalue for="{quoted(plain(name))}" value="{value}" />\n'


def _direction(directed: bool) -> str:
    return "directed" if directed else "undirected"
