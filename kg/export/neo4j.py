"""Files for Neo4j, and Cypher to load: <https://neo4j.com/docs/operations-manual/current/import/>."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from kg.export.tables import as_text, attributes, in_lines, times
from kg.network import Edge, GraphView, Node
from kg.network.table import Column, Table, tables

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
    nodes, edges = tables(view)
    node_header = ["id:ID", "iri:string", "label:string", ":LABEL", *_typed(nodes.kinds)]
    edge_header = [":START_ID", ":END_ID", ":TYPE", "id:string", "label:string", "weight:double",
                   "directed:boolean", "from:date", "to:date", *_typed(edges.kinds)]  # fmt: skip
    node_heads = ["id", "iri", "label", "type", *nodes.kinds]
    edge_heads = ["start", "end", "type", "id", "label", "weight", "directed", "from", "to",
                  *edges.kinds]  # fmt: skip
    kinds = sorted(set(map(_relation, edges.distinct("type"))))
    load = _LOAD.format(relations="".join(_RELATION.format(kind=kind) for kind in kinds))
    return {
        "nodes-header.csv": in_lines(node_header, (), as_text),
        "nodes-data.csv": in_lines((), _nodes(nodes), as_text),
        "edges-header.csv": in_lines(edge_header, (), as_text),
        "edges-data.csv": in_lines((), _edges(edges), as_text),
        "nodes.csv": in_lines(node_heads, _nodes(nodes), as_text),
        "edges.csv": in_lines(edge_heads, _edges(edges), as_text),
        "load.cypher": [load.encode()],
    }


def _nodes(nodes: Table[Node]) -> Iterator[tuple[int, list[Column]]]:
    for batch in nodes.batches():
        told = [batch.fields[name] for name in ("id", "iri", "label")]
        labels = batch.fields["type"].map(_labels)
        yield batch.size, [*told, labels, *attributes(batch, nodes.kinds)]


def _edges(edges: Table[Edge]) -> Iterator[tuple[int, list[Column]]]:
    for batch in edges.batches():
        told = batch.fields
        yield batch.size, [
            told["source"], told["target"], told["type"].map(_relation), told["id"], told["label"],
            told["weight"], told["directed"], *times(batch), *attributes(batch, edges.kinds),
        ]  # fmt: skip


def _typed(found: dict[str, type]) -> list[str]:
    return [f"{re.sub(r'[^A-Za-z0-9_]', '_', n)}:{_TYPES[kind]}" for n, kind in found.items()]


@cache
def _labels(kind: str) -> str:
    return f"Node;{re.sub(r'[^A-Za-z0-9]', '', kind) or 'Thing'}"


@cache
def _relation(kind: str) -> str:
    """Returns a kind as Neo4j writes relationship types: phoneCall becomes PHONE_CALL."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", re.sub(r"[^A-Za-z0-9]+", "_", kind))
    return words.strip("_").upper() or "RELATED"
