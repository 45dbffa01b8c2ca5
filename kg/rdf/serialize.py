"""Quads as a document of any RDF format."""

from collections.abc import Iterable

import pyoxigraph as ox

from kg.namespaces import PREFIXES
from kg.rdf.formats import FORMATS
from kg.rdf.terms import Quad


def serialize(quads: Iterable[Quad], format: str) -> bytes:
    """Returns quads as a document, sorted, so that equal graphs give equal bytes.

    Formats without named graphs get the triples of all graphs together.
    """
    rdf_format = FORMATS[format]
    if rdf_format.supports_datasets:
        written = ox.serialize(sorted(quads, key=str), format=rdf_format, prefixes=PREFIXES)
    else:
        triples = {quad.triple for quad in quads}
        written = ox.serialize(sorted(triples, key=str), format=rdf_format, prefixes=PREFIXES)
    return written or b""
