"""Files for Neo4j, and Cypher to load: <https://neo4j.com/docs/operations-manual/current/import/>."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from kg.export.tables import in_lines
from kg.export.text import columns, plain
from kg.network import GraphView

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


def write(view: GraphView) -> Mapping[str, Iterable[bytes]]:
    """Returns header and data files for `neo4j-admin database import`, and `load.cypher`.

    The `*-header.csv` go with the `*-data.csv`; `nodes.csv` and `edges.csv` are for `load.cypher`.
    """
    of_nodes, of_edges = columns(view.nodes), columns(view.edges)
    node_header = ["id:ID", "iri:string", "label:string", ":LABEL", *_typed(of_nodes)]
    edge_header = [":START_ID", ":END_ID", ":TYPE", "id:string", "label:string", "weight:double",
                   "directed:boolean", "from:date", "to:date", *_typed(of_edges)]  # fmt: skip
    node_heads = ["id", "iri", "label", "type", *of_nodes]
    edge_heads = ["start", "end", "type", "id", "label", "weight", "directed", "from", "to",
                  *of_edges]  # fmt: skip
    kinds = sorted({_relation(edge.type) for edge in view.edges})
    load = _LOAD.format(relations="".join(_RELATION.format(kind=kind) for kind in kinds))
    return {
        "nodes-header.csv": in_lines(node_header, ()),
        "nodes-data.csv": in_lines((), _nodes(view, of_nodes)),
        "edges-header.csv": in_lines(edge_header, ()),
        "edges-data.csv": in_lines((), _edges(view, of_edges)),
        "nodes.csv": in_lines(node_heads, _nodes(view, of_nodes)),
        "edges.csv": in_lines(edge_heads, _edges(view, of_edges)),
        "load.cypher": [load.encode()],
    }


def _nodes(view: GraphView, named: Iterable[str]) -> Iterator[list[str]]:
    for n in view.nodes:
        told = (n.attributes.get(key) for key in named)
        yield list(map(_cell, [n.id, n.iri, n.label, f"Node;{_label(n.type)}", *told]))


def _edges(view: GraphView, named: Iterable[str]) -> Iterator[list[str]]:
    for e in view.edges:
        told = (e.attributes.get(key) for key in named)
        ends = [e.source, e.target, _relation(e.type), e.id, e.label, e.weight, e.directed]
        yield list(map(_cell, [*ends, e.start or None, e.end or None, *told]))


def _cell(value: object) -> str:
    if isinstance(value, str):
        return plain(value)
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _typed(found: dict[str, type]) -> list[str]:
    return [f"{re.sub(r'[^A-Za-z0-9_]', '_', key)}:{_TYPES[kind]}" for key, kind in found.items()]


@cache
def _label(kind: str) -> str:
    return re.sub(r"[^A-Za-z0-9]", "", kind) or "Thing"


@cache
def _relation(kind: str) -> str:
    """Returns a kind as Neo4j writes relationship types: phoneCall becomes PHONE_CALL."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", re.sub(r"[^A-Za-z0-9]+", "_", kind))
    return words.strip("_").upper() or "RELATED"
