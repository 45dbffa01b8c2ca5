"""GraphML 1.0: <http://graphml.graphdrawing.org/specification.html>. No lists, no dates.

Whether an edge has a direction is told as data: networkx refuses a file that mixes the two.
"""

from xml.etree import ElementTree as ET

from kg.export.text import columns
from kg.network import GraphView
from kg.network.graph import Value

_TYPES = {str: "string", int: "long", float: "double", bool: "boolean"}
_SPACE = "http://graphml.graphdrawing.org/xmlns"


def write(view: GraphView) -> bytes:
    """Returns GraphML; `label` and `weight` are what Gephi, yEd and igraph look for."""
    root = ET.Element("graphml", xmlns=_SPACE)
    nodes = {"label": str, "iri": str, "type": str, **columns(view.nodes)}
    times = {"label": str, "type": str, "weight": float, "directed": bool, "start": str, "end": str}
    edges = {**times, **columns(view.edges)}
    for domain, found in (("node", nodes), ("edge", edges)):
        for name, kind in found.items():
            told = {"id": f"{domain[0]}_{name}", "for": domain}
            ET.SubElement(root, "key", {**told, "attr.name": name, "attr.type": _TYPES[kind]})
    graph = ET.SubElement(root, "graph", id="G", edgedefault="directed")
    for node in view.nodes:
        element = ET.SubElement(graph, "node", id=node.id)
        _data(element, "n", {"label": node.label, "iri": node.iri, "type": node.type})
        _data(element, "n", node.attributes)
    for edge in view.edges:
        ends = {"id": edge.id, "source": edge.source, "target": edge.target}
        element = ET.SubElement(graph, "edge", ends)
        data: dict[str, Value] = {"label": edge.label, "type": edge.type, "weight": edge.weight}
        _data(element, "e", {**data, "directed": edge.directed})
        _data(element, "e", {k: v for k, v in (("start", edge.start), ("end", edge.end)) if v})
        _data(element, "e", edge.attributes)
    ET.indent(root)
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def _data(element: ET.Element, domain: str, told: dict[str, Value]) -> None:
    for name, value in told.items():
        text = str(value).lower() if isinstance(value, bool) else str(value)
        ET.SubElement(element, "data", key=f"{domain}_{name}").text = text
