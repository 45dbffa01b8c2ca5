"""Projections of a store as files of the programs that people draw graphs with."""

import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from kg.errors import Misuse
from kg.export import cytoscape, gexf, graphml, graphology, html, neo4j, tables, workbook
from kg.export.text import harmless
from kg.network import GraphView
from kg.store.files import told, umask, write_output

Stream = Iterable[bytes] | Mapping[str, Iterable[bytes]]
"""A file piece by piece, or the files of a folder by name."""

Written = bytes | Mapping[str, bytes]
"""A file, or the files of a folder by name."""

IN_MEMORY = 200_000
"""Nodes and edges together that a format may have which is made as a whole."""


@dataclass(frozen=True, slots=True)
class Format:
    """A format of export.

    Attributes:
        program: What opens it.
        description: What is in it.
        write: From a projection to a file or a folder of files.
        most: Nodes and edges together that it can hold; None where they only pass through.
    """

    program: str
    description: str
    write: Callable[[GraphView], Stream]
    most: int | None = None


def _whole(write: Callable[[GraphView], bytes]) -> Callable[[GraphView], Stream]:
    """Returns the writer of a format that is made as a whole."""
    return lambda view: [write(harmless(view))]


FORMATS: dict[str, Format] = {
    "html": Format(
        "any browser",
        "one page, offline: network, timeline, every fact",
        _whole(html.write),
        20_000,
    ),
    "gexf": Format("Gephi", "with time: when each event was", gexf.write_dynamic),
    "gexf-static": Format("Gephi, Gephi Lite", "without time", gexf.write_static),
    "graphml": Format("yEd, igraph, networkx", "the plain common ground", graphml.write),
    "cx2": Format("Cytoscape", "with a style by type", _whole(cytoscape.write_cx2), IN_MEMORY),
    "cyjs": Format("Cytoscape.js", "elements", _whole(cytoscape.write_cyjs), IN_MEMORY),
    "graphology": Format(
        "Gephi Lite, sigma.js", "JSON of graphology", _whole(graphology.write), IN_MEMORY
    ),
    "csv": Format("anything", "nodes.csv, edges.csv, datapackage.json", tables.write),
    "neo4j": Format("Neo4j", "for neo4j-admin import, and load.cypher", neo4j.write),
    "xlsx": Format(
        "Excel, Kumu", "a sheet each for nodes, edges, about", _whole(workbook.write), IN_MEMORY
    ),
}
"""The formats of projections by name; those of RDF are `kg.rdf.FORMATS`."""


def stream(view: GraphView, format: str) -> Stream:
    """Returns a projection in a format, piece by piece; a million edges need no memory to speak of.

    Raises:
        Misuse: There is no such format, a library that it needs is not installed, or the format is
            made as a whole and the projection is too large for that.
    """
    if format not in FORMATS:
        raise Misuse(f"no format is called {format!r}: choose one of {', '.join(FORMATS)}")
    found, count = FORMATS[format], len(view.nodes) + len(view.edges)
    if found.most is not None and count > found.most:
        free = ", ".join(name for name, one in FORMATS.items() if one.most is None)
        raise Misuse(
            f"{format} holds {found.most:,} nodes and edges, not {count:,}: narrow it, as with "
            f"--since or --actor, or choose one of {free}"
        )
    return found.write(view)


def render(view: GraphView, format: str) -> Written:
    """Returns a projection in a format, as a whole; errors as of `stream`."""
    found = stream(view, format)
    if isinstance(found, Mapping):
        return {name: b"".join(parts) for name, parts in found.items()}
    return b"".join(found)


def export(view: GraphView, format: str, out: Path) -> None:
    """Writes a projection to a file or folder, whole or not at all.

    Raises:
        Misuse: There is no such format, or `out` is a folder that holds something else.
        StoreError: It cannot be written.
    """
    written = stream(view, format)
    with told(f"writing {out}"):
        if not isinstance(written, Mapping):
            write_output(out, written)
            return
        out.parent.mkdir(parents=True, exist_ok=True)
        if out.exists() and not (out.is_dir() and {p.name for p in out.iterdir()} <= set(written)):
            raise Misuse(f"{out} holds something else: choose a folder that does not exist yet")
        made = Path(tempfile.mkdtemp(prefix=out.name, dir=out.parent))
        try:
            made.chmod(0o777 & ~umask())
            for name, data in written.items():
                with (made / name).open("wb") as file:
                    file.writelines(data)
            if out.exists():
                shutil.rmtree(out)
            made.replace(out)
        finally:
            shutil.rmtree(made, ignore_errors=True)
