"""GEXF 1.3 for Gephi, with time or without: <https://gexf.net/1.3/>.

As Gephi's importer wants it: dates as text in attributes, time as intervals of days only, weights
above zero, the event's kind as `kind` so that parallel edges stay apart.
"""

from xml.etree import ElementTree as ET

from kg.export.style import colour_of
from kg.export.text import columns
from kg.network import Edge, GraphView, Node
from kg.network.graph import Value

_TYPES = {str: "string", int: "long", float: "double", bool: "boolean"}


def write_dynamic(view: GraphView) -> bytes:
    """Returns GEXF whose edges and events last from their first day to their last."""
    return _write(view, dynamic=True)


def write_static(view: GraphView) -> bytes:
    """Returns GEXF without time."""
    return _write(view, dynamic=False)


def _write(view: GraphView, *, dynamic: bool) -> bytes:
    root = ET.Element(
        "gexf",
        {
            "version": "1.3",
            "xmlns": "http://gexf.net/1.3",
            "xmlns:viz": "http://gexf.net/1.3/viz",
        },
    )
    meta = ET.SubElement(root, "meta")
    ET.SubElement(meta, "creator").text = "diplomatic-kg"
    described = "; ".join(f"{key}: {value}" for key, value in view.about.items())
    ET.SubElement(meta, "description").text = described
    told = {"mode": "static"}
    if dynamic:
        told = {"mode": "dynamic", "timeformat": "date", "timerepresentation": "interval"}
    # Gephi drops an edge that contradicts the default: where both occur, there is none.
    if len(directions := {edge.directed for edge in view.edges}) < 2:
        told = {"defaultedgetype": _direction(directed=directions != {False}), **told}
    graph = ET.SubElement(root, "graph", told)
    kinds = (("node", columns(view.nodes)), ("edge", columns(view.edges)))
    for name, found in kinds:
        block = ET.SubElement(graph, "attributes", {"class": name, "mode": "static"})
        for title, kind in {"iri": str, "type": str, **found}.items():
            ET.SubElement(block, "attribute", id=title, title=title, type=_TYPES[kind])
    nodes = ET.SubElement(graph, "nodes")
    for node in view.nodes:
        _node(nodes, node, dynamic=dynamic)
    edges = ET.SubElement(graph, "edges")
    for edge in view.edges:
        _edge(edges, edge, dynamic=dynamic)
    ET.indent(root)
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def _node(nodes: ET.Element, node: Node, *, dynamic: bool) -> None:
    start, end = (str(node.attributes.get(key, "")) for key in ("start", "end"))
    times = _times(start, end) if dynamic else {}
    element = ET.SubElement(nodes, "node", {"id": node.id, "label": node.label, **times})
    _values(element, {"iri": node.iri, "type": node.type, **node.attributes})
    red, green, blue = colour_of(node)
    ET.SubElement(element, "viz:color", r=str(red), g=str(green), b=str(blue))


def _edge(edges: ET.Element, edge: Edge, *, dynamic: bool) -> None:
    told = {
        "id": edge.id,
        "source": edge.source,
        "target": edge.target,
        "label": edge.label,
        "kind": edge.type,
        "weight": f"{edge.weight:g}",
        "type": _direction(directed=edge.directed),
    }
    times = _times(edge.start, edge.end) if dynamic else {}
    element = ET.SubElement(edges, "edge", {**told, **times})
    _values(element, {"type": edge.type, **edge.attributes})


def _direction(*, directed: bool) -> str:
    return "directed" if directed else "undirected"


def _times(start: str, end: str) -> dict[str, str]:
    """Open ends are left out: Gephi reads that as without end."""
    return {key: value for key, value in (("start", start), ("end", end)) if value}


def _values(element: ET.Element, told: dict[str, Value]) -> None:
    values = ET.SubElement(element, "attvalues")
    for key, value in told.items():
        text = str(value).lower() if isinstance(value, bool) else str(value)
        ET.SubElement(values, "attvalue", {"for": key, "value": text})
