"""The RDF formats, by the names that the command line and file endings use."""

from pathlib import PurePath

import pyoxigraph as ox

FORMATS: dict[str, ox.RdfFormat] = {
    "ttl": ox.RdfFormat.TURTLE,
    "trig": ox.RdfFormat.TRIG,
    "nt": ox.RdfFormat.N_TRIPLES,
    "nq": ox.RdfFormat.N_QUADS,
    "jsonld": ox.RdfFormat.JSON_LD,
    "rdf": ox.RdfFormat.RDF_XML,
}
"""RDF formats by the name that the command line and file endings use."""


def format_of(path: str) -> str | None:
    """Returns the name of the RDF format that a file's ending announces, if any."""
    ending = PurePath(path).suffix.lower().removeprefix(".")
    aliases = {"json-ld": "jsonld", "xml": "rdf", "owl": "rdf", "turtle": "ttl"}
    ending = aliases.get(ending, ending)
    return ending if ending in FORMATS else None
