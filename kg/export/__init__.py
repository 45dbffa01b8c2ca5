"""Projections of a store as files of the programs that people draw graphs with."""

import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from kg.errors import Misuse
from kg.export import cytoscape, gexf, graphml, graphology, html, neo4j, tables, workbook
from kg.export.text import harmless
from kg.network import GraphView
from kg.store.files import told, umask, write_output

Written = bytes | Mapping[str, bytes]
"""A file, or the files of a folder by name."""


@dataclass(frozen=True, slots=True)
class Format:
    """A format of export.

    Attributes:
        program: What opens it.
        description: What is in it.
        write: From a projection, whose texts are harmless, to a file or a folder of files.
    """

    program: str
    description: str
    write: Callable[[GraphView], Written]


FORMATS: dict[str, Format] = {
    "html": Format("any browser", "one page, offline: network, timeline, every fact", html.write),
    "gexf": Format("Gephi", "with time: when each event was", gexf.write_dynamic),
    "gexf-static": Format("Gephi, Gephi Lite", "without time", gexf.write_static),
    "graphml": Format("yEd, igraph, networkx", "the plain common ground", graphml.write),
    "cx2": Format("Cytoscape", "with a style by type", cytoscape.write_cx2),
    "cyjs": Format("Cytoscape.js", "elements", cytoscape.write_cyjs),
    "graphology": Format("Gephi Lite, sigma.js", "JSON of graphology", graphology.write),
    "csv": Format("anything", "nodes.csv, edges.csv, datapackage.json", tables.write),
    "neo4j": Format("Neo4j", "for neo4j-admin import, and load.cypher", neo4j.write),
    "xlsx": Format("Excel, Kumu", "a sheet each for nodes, edges, about", workbook.write),
}
"""The formats of projections by name; those of RDF are `kg.rdf.FORMATS`."""


def render(view: GraphView, format: str) -> Written:
    """Returns a projection in a format.

    Raises:
        Misuse: There is no such format, or a library that it needs is not installed.
    """
    if format not in FORMATS:
        raise Misuse(f"no format is called {format!r}: choose one of {', '.join(FORMATS)}")
    return FORMATS[format].write(harmless(view))


def export(view: GraphView, format: str, out: Path) -> None:
    """Writes a projection to a file or folder, whole or not at all.

    Raises:
        Misuse: There is no such format, or `out` is a folder that holds something else.
        StoreError: It cannot be written.
    """
    written = render(view, format)
    with told(f"writing {out}"):
        out.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(written, bytes):
            write_output(out, written)
            return
        if out.exists() and not (out.is_dir() and {p.name for p in out.iterdir()} <= set(written)):
            raise Misuse(f"{out} holds something else: choose a folder that does not exist yet")
        made = Path(tempfile.mkdtemp(prefix=out.name, dir=out.parent))
        try:
            made.chmod(0o777 & ~umask())
            for name, data in written.items():
                (made / name).write_bytes(data)
            if out.exists():
                shutil.rmtree(out)
            made.replace(out)
        finally:
            shutil.rmtree(made, ignore_errors=True)
