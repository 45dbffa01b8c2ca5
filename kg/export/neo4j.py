"""Files for Neo4j, and Cypher to load: <https://neo4j.com/docs/operations-manual/current/import/>."""

import csv
import io
import re
from collections.abc import Mapping

from kg.export.text import columns
from kg.network import GraphView
from kg.network.graph import Value

_TYPES = {str: "string", int: "long", float: "double", bool: "boolean"}

_LOAD = """\
// Put the data files into Neo4j's import folder, then run this with cypher-shell.
CREATE CONSTRAINT node_id IF NOT EXISTS FOR (n:Node) REQUIRE n.id IS UNIQUE;
LOAD CSV WITH HEADERS FROM 'file:///nodes.csv' AS row
CALL {{ WITH row
  MERGE (n:Node {{id: row.id}}) SET n += row
}} IN TRANSACTIONS OF 1000 ROWS;
{relations}"""
_RELATION = """\
LOAD CSV WITH HEADERS FROM 'file:///edges.csv' AS row
CALL {{ WITH row
  WITH row WHERE row.type = '{kind}'
  MATCH (a:Node {{id: row.start}}), (b:Node {{id: row.end}})
  MERGE (a)-[r:{kind} {{id: row.id}}]->(b) SET r += row
}} IN TRANSACTIONS OF 1000 ROWS;
"""


def write(view: GraphView) -> Mapping[str, bytes]:
    """Returns header and data files for `neo4j-admin database import`, and `load.cypher`.

    The `*-header.csv` go with the `*-data.csv`; `nodes.csv` and `edges.csv` are for `load.cypher`.
    """
    of_nodes, of_edges = columns(view.nodes), columns(view.edges)
    nodes: list[list[Value | None]] = [
        [n.id, n.iri, n.label, f"Node;{_label(n.type)}", *(n.attributes.get(k) for k in of_nodes)]
        for n in view.nodes
    ]
    edges: list[list[Value | None]] = [
        [
            e.source, e.target, _relation(e.type), e.id, e.label, e.weight, e.directed,
            e.start or None, e.end or None, *(e.attributes.get(k) for k in of_edges),
        ]
        for e in view.edges
    ]  # fmt: skip
    node_header = ["id:ID", "iri:string", "label:string", ":LABEL", *_typed(of_nodes)]
    edge_header = [":START_ID", ":END_ID", ":TYPE", "id:string", "label:string", "weight:double",
                   "directed:boolean", "from:date", "to:date", *_typed(of_edges)]  # fmt: skip
    node_heads = ["id", "iri", "label", "type", *of_nodes]
    edge_heads = ["start", "end", "type", "id", "label", "weight", "directed", "from", "to",
                  *of_edges]  # fmt: skip
    kinds = sorted({_relation(edge.type) for edge in view.edges})
    load = _LOAD.format(relations="".join(_RELATION.format(kind=kind) for kind in kinds))
    return {
        "nodes-header.csv": _csv([list(node_header)]),
        "nodes-data.csv": _csv(nodes),
        "edges-header.csv": _csv([list(edge_header)]),
        "edges-data.csv": _csv(edges),
        "nodes.csv": _csv([list(node_heads), *nodes]),
        "edges.csv": _csv([list(edge_heads), *edges]),
        "load.cypher": load.encode(),
    }


def _typed(found: dict[str, type]) -> list[str]:
    return [f"{re.sub(r'[^A-Za-z0-9_]', '_', key)}:{_TYPES[kind]}" for key, kind in found.items()]


def _label(kind: str) -> str:
    return re.sub(r"[^A-Za-z0-9]", "", kind) or "Thing"


def _relation(kind: str) -> str:
    """Returns a kind as Neo4j writes relationship types: phoneCall becomes PHONE_CALL."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", re.sub(r"[^A-Za-z0-9]+", "_", kind))
    return words.strip("_").upper() or "RELATED"


def _csv(rows: list[list[Value | None]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(
        ["" if v is None else str(v).lower() if isinstance(v, bool) else str(v) for v in row]
        for row in rows
    )
    return out.getvalue().encode()
