"""CSV of nodes and edges with a data package: <https://specs.frictionlessdata.io/data-package/>.

The heads are those that Gephi's spreadsheet importer knows.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

from kg.export.text import cells, filled, plain
from kg.network import Edge, GraphView, Node
from kg.network.graph import Value
from kg.network.table import Batch, Column, Fit, Table, tables

_TYPES = {str: "string", int: "integer", float: "number", bool: "boolean"}
NODE_HEADS = ("Id", "Label", "Class", "IRI")
EDGE_HEADS = ("Id", "Source", "Target", "Type", "Kind", "Label", "Weight", "Start", "End")
Fields = Sequence[tuple[str, type]]
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write(view: GraphView) -> Mapping[str, Iterable[bytes]]:
    """Returns nodes.csv, edges.csv and datapackage.json; what begins a formula gets a quote."""
    nodes, edges = tables(view)
    node_fields = [*((head, str) for head in NODE_HEADS), *nodes.kinds.items()]
    edge_fields = [
        *((head, float if head == "Weight" else str) for head in EDGE_HEADS), *edges.kinds.items()
    ]  # fmt: skip
    package = {
        "name": "diplomatic-kg",
        "title": view.about.get("projection", view.projection),
        "resources": [
            _resource("nodes", node_fields, []),
            _resource("edges", edge_fields, ["Source", "Target"]),
        ],
    }
    return {
        "nodes.csv": in_lines(_names(node_fields), node_columns(nodes), _cell, "\r\n"),
        "edges.csv": in_lines(_names(edge_fields), edge_columns(edges), _cell, "\r\n"),
        "datapackage.json": [(json.dumps(package, indent=1) + "\n").encode()],
    }


def _names(fields: Fields) -> list[str]:
    return [name for name, _ in fields]


def node_columns(nodes: Table[Node]) -> Iterator[tuple[int, list[Column]]]:
    """Yields how many nodes, and columns of them: the heads, then the attributes, sorted."""
    for batch in nodes.batches():
        told = [batch.fields[name] for name in ("id", "label", "type", "iri")]
        yield batch.size, [*told, *attributes(batch, nodes.kinds)]


def edge_columns(edges: Table[Edge]) -> Iterator[tuple[int, list[Column]]]:
    """Yields how many edges, and columns of them: the heads, then the attributes, sorted."""
    for batch in edges.batches():
        told = batch.fields
        yield batch.size, [
            told["id"], told["source"], told["target"], told["directed"].map(_direction),
            told["type"], told["label"], told["weight"], *times(batch),
            *attributes(batch, edges.kinds),
        ]  # fmt: skip


def attributes(batch: Batch, named: Iterable[str]) -> list[Column]:
    """Returns the columns of attributes; empty ones of those that the batch lacks."""
    absent = Column((None,), bytes(batch.size))
    return [batch.attributes.get(name, absent) for name in named]


def times(batch: Batch) -> list[Column]:
    """Returns the columns of the first and last days of edges, None where unknown."""
    found = (batch.fields[name] for name in ("start", "end"))
    return [one if one.harmless else one.map(lambda day: day or None) for one in found]


def in_lines(
    heads: Iterable[str], batches: Iterable[tuple[int, list[Column]]], fit: Fit, end: str = "\n"
) -> Iterator[bytes]:
    """Yields CSV, many lines at a time; without heads where there are none.

    Args:
        heads: The first line.
        batches: How many lines, and their columns.
        fit: Returns a value as text.
        end: Of a line.
    """
    if held := list(heads):
        yield (",".join(_quoted(plain(head)) for head in held) + end).encode()

    def cell(value: Value) -> str:
        return _quoted(fit(value))

    for size, columns in batches:
        ends = [*[","] * (len(columns) - 1), end]
        told = zip(columns, ends, strict=True)
        yield filled(
            size, (p for c, after in told for p in cells(c, "", after, cell, absent=after))
        )


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(c in text for c in ',"\r\n') else text


def _direction(directed: object) -> str:
    return "Directed" if directed else "Undirected"


def _cell(value: Value) -> str:
    text = as_text(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA) else text


def as_text(value: Value) -> str:
    """Returns a value as one line of text, truth values in small letters."""
    if isinstance(value, str):
        return plain(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _resource(name: str, fields: Fields, foreign: list[str]) -> dict[str, object]:
    keys = [
        {"fields": field, "reference": {"resource": "nodes", "fields": "Id"}} for field in foreign
    ]
    schema: dict[str, object] = {
        "fields": [{"name": plain(key), "type": _TYPES[kind]} for key, kind in fields],
        "primaryKey": "Id",
    }
    if keys:
        schema["foreignKeys"] = keys
    return {"name": name, "path": f"{name}.csv", "profile": "tabular-data-resource",
            "encoding": "utf-8", "schema": schema}  # fmt: skip
