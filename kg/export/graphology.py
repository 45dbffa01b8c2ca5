"""JSON of graphology, for Gephi Lite and sigma.js: <https://graphology.github.io/serialization>."""

import json

from kg.export.style import hexadecimal
from kg.network import GraphView


def write(view: GraphView) -> bytes:
    """Returns the serialization that `Graph.from` reads."""
    nodes = [
        {
            "key": node.id,
            "attributes": {
                **node.attributes,
                "label": node.label,
                "iri": node.iri,
                "kind": node.type,
                "color": hexadecimal(node.type),
            },
        }
        for node in view.nodes
    ]
    edges = [
        {
            "key": edge.id,
            "source": edge.source,
            "target": edge.target,
            "undirected": not edge.directed,
            "attributes": {
                **edge.attributes,
                "label": edge.label,
                "kind": edge.type,
                "weight": edge.weight,
                **{k: v for k, v in (("start", edge.start), ("end", edge.end)) if v},
            },
        }
        for edge in view.edges
    ]
    document = {
        "attributes": view.about,
        "options": {"type": "mixed", "multi": True, "allowSelfLoops": True},
        "nodes": nodes,
        "edges": edges,
    }
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()
