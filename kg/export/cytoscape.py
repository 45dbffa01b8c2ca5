"""CX2 for Cytoscape and NDEx, and the elements of Cytoscape.js.

CX2: <https://cytoscape.org/cx/cx2/specification/cytoscape-exchange-format-specification-(version-2)/>.
"""

import json

from kg.export.style import hexadecimal
from kg.export.text import fitted, kinds_of
from kg.network import Edge, GraphView, Node
from kg.network.graph import Value

_TYPES = {str: "string", int: "long", float: "double", bool: "boolean"}


def write_cx2(view: GraphView) -> bytes:
    """Returns CX2: ids are numbers, every attribute is declared, a style colours by type."""
    number = {node.id: at for at, node in enumerate(view.nodes)}
    of_nodes, of_edges = kinds_of(view.nodes), kinds_of(view.edges)
    labels = {node.id: node.label for node in view.nodes}
    nodes = [
        {"id": at, "v": {**_node(node), **_fit(node.attributes, of_nodes)}}
        for at, node in enumerate(view.nodes)
    ]
    edges = [
        {
            "id": at,
            "s": number[edge.source],
            "t": number[edge.target],
            "v": {**_edge(edge, labels), **_fit(edge.attributes, of_edges)},
        }
        for at, edge in enumerate(view.edges)
    ]
    declared = {
        "networkAttributes": {key: {"d": "string"} for key in ("name", *view.about)},
        "nodes": _declared({"name": str, "slug": str, "iri": str, "type": str, **of_nodes}),
        "edges": _declared(
            {
                **dict.fromkeys(("name", "slug", "interaction", "label", "start", "end"), str),
                "weight": float,
                "directed": bool,
                **of_edges,
            }
        ),
    }
    about = {"name": view.about.get("projection", view.projection), **view.about}
    aspects: list[tuple[str, list[object]]] = [
        ("attributeDeclarations", [declared]),
        ("networkAttributes", [about]),
        ("nodes", list(nodes)),
        ("edges", list(edges)),
        ("visualProperties", [_style(view)]),
    ]
    counts = [{"name": name, "elementCount": len(held)} for name, held in aspects]
    document: list[object] = [{"CXVersion": "2.0", "hasFragments": False}, {"metaData": counts}]
    document += [{name: held} for name, held in aspects]
    document.append({"status": [{"error": "", "success": True}]})
    return _json(document)


def write_cyjs(view: GraphView) -> bytes:
    """Returns the JSON that `cytoscape({elements})` takes."""
    labels = {node.id: node.label for node in view.nodes}
    nodes = [
        {"data": {**n.attributes, "id": n.id, "name": n.label, "iri": n.iri, "type": n.type}}
        for n in view.nodes
    ]
    edges = [
        {
            "data": {
                **edge.attributes,
                **_edge(edge, labels),
                "id": edge.id,
                "source": edge.source,
                "target": edge.target,
            }
        }
        for edge in view.edges
    ]
    return _json({"data": view.about, "elements": {"nodes": nodes, "edges": edges}})


def _node(node: Node) -> dict[str, Value]:
    return {"name": node.label, "slug": node.id, "iri": node.iri, "type": node.type}


def _edge(edge: Edge, labels: dict[str, str]) -> dict[str, Value]:
    times = {k: v for k, v in (("start", edge.start), ("end", edge.end)) if v}
    return {
        "name": f"{labels[edge.source]} ({edge.type}) {labels[edge.target]}",
        "slug": edge.id,
        "interaction": edge.type,
        "label": edge.label,
        "weight": edge.weight,
        "directed": edge.directed,
        **times,
    }


def _fit(attributes: dict[str, Value], kinds: dict[str, type]) -> dict[str, Value]:
    return {key: fitted(value, kinds[key]) for key, value in attributes.items()}


def _declared(kinds: dict[str, type]) -> dict[str, dict[str, str]]:
    return {key: {"d": _TYPES[kind]} for key, kind in kinds.items()}


def _style(view: GraphView) -> dict[str, object]:
    kinds = {node.type for node in view.nodes}
    mapping = {
        "type": "DISCRETE",
        "definition": {
            "attribute": "type",
            "map": [{"v": kind, "vp": hexadecimal(kind)} for kind in sorted(kinds)],
        },
    }
    label = {"type": "PASSTHROUGH", "definition": {"attribute": "name", "type": "string"}}
    return {
        "default": {
            "network": {"NETWORK_BACKGROUND_COLOR": "#FFFFFF"},
            "node": {"NODE_SHAPE": "ellipse", "NODE_LABEL_FONT_SIZE": 10},
            "edge": {"EDGE_TARGET_ARROW_SHAPE": "triangle", "EDGE_WIDTH": 1},
        },
        "nodeMapping": {"NODE_BACKGROUND_COLOR": mapping, "NODE_LABEL": label},
        "edgeMapping": {},
    }


def _json(document: object) -> bytes:
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()
