"""CSV of nodes and edges with a data package: <https://specs.frictionlessdata.io/data-package/>.

The heads are those that Gephi's spreadsheet importer knows.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping

from kg.export.text import columns, in_chunks, plain
from kg.network import Edge, GraphView, Node
from kg.network.graph import Value

_TYPES = {str: "string", int: "integer", float: "number", bool: "boolean"}
NODE_HEADS = ("Id", "Label", "Class", "IRI")
EDGE_HEADS = ("Id", "Source", "Target", "Type", "Kind", "Label", "Weight", "Start", "End")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write(view: GraphView) -> Mapping[str, Iterable[bytes]]:
    """Returns nodes.csv, edges.csv and datapackage.json; what begins a formula gets a quote."""
    of_nodes, of_edges = columns(view.nodes), columns(view.edges)
    nodes, edges = node_rows(view.nodes, tuple(of_nodes)), edge_rows(view.edges, tuple(of_edges))
    node_fields = {**dict.fromkeys(NODE_HEADS, str), **of_nodes}
    edge_fields = {**dict.fromkeys(EDGE_HEADS, str), "Weight": float, **of_edges}
    package = {
        "name": "diplomatic-kg",
        "title": view.about.get("projection", view.projection),
        "resources": [
            _resource("nodes", node_fields, []),
            _resource("edges", edge_fields, ["Source", "Target"]),
        ],
    }
    return {
        "nodes.csv": _csv(tuple(node_fields), nodes),
        "edges.csv": _csv(tuple(edge_fields), edges),
        "datapackage.json": [(json.dumps(package, indent=1) + "\n").encode()],
    }


def node_rows(nodes: Iterable[Node], named: tuple[str, ...]) -> Iterator[list[Value | None]]:
    """Yields a row for each node: the heads, then the named attributes."""
    for node in nodes:
        told = (node.attributes.get(key) for key in named)
        yield [node.id, node.label, node.type, node.iri, *told]


def edge_rows(edges: Iterable[Edge], named: tuple[str, ...]) -> Iterator[list[Value | None]]:
    """Yields a row for each edge: the heads, then the named attributes."""
    for edge in edges:
        yield [
            edge.id, edge.source, edge.target, "Directed" if edge.directed else "Undirected",
            edge.type, edge.label, edge.weight, edge.start or None, edge.end or None,
            *(edge.attributes.get(key) for key in named),
        ]  # fmt: skip


def _csv(heads: tuple[str, ...], rows: Iterable[list[Value | None]]) -> Iterator[bytes]:
    return in_lines(heads, ([_cell(value) for value in row] for row in rows), "\r\n")


def in_lines(heads: Iterable[str], rows: Iterable[list[str]], end: str = "\n") -> Iterator[bytes]:
    """Yields CSV, many lines at a time; without heads where there are none."""
    return in_chunks(_lines(heads, rows, end))


def _lines(heads: Iterable[str], rows: Iterable[list[str]], end: str) -> Iterator[str]:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator=end)
    if held := tuple(heads):
        writer.writerow(held)
    for row in rows:
        writer.writerow(row)
        yield out.getvalue()
        out.seek(0)
        out.truncate()
    yield out.getvalue()


def _cell(value: Value | None) -> str:
    if isinstance(value, str):
        value = plain(value)
        return f"'{value}" if value.startswith(_FORMULA) else value
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def _resource(name: str, fields: dict[str, type], foreign: list[str]) -> dict[str, object]:
    keys = [
        {"fields": field, "reference": {"resource": "nodes", "fields": "Id"}} for field in foreign
    ]
    schema: dict[str, object] = {
        "fields": [{"name": key, "type": _TYPES[kind]} for key, kind in fields.items()],
        "primaryKey": "Id",
    }
    if keys:
        schema["foreignKeys"] = keys
    return {"name": name, "path": f"{name}.csv", "profile": "tabular-data-resource",
            "encoding": "utf-8", "schema": schema}  # fmt: skip
