"""Quads as a document of any RDF format."""

from collections.abc import Iterable

import pyoxigraph as ox

from kg.namespaces import PREFIXES
from kg.rdf.formats import FORMATS
from kg.rdf.terms import Literal, Quad, Triple
from kg.rdf.xml import fit


def serialize(quads: Iterable[Quad], format: str) -> bytes:
    """Returns quads as a document, sorted, so that equal graphs give equal bytes.

    Formats without named graphs get the triples of all graphs together. XML cannot hold some
    control characters: replacement marks stand for them there.
    """
    rdf_format = FORMATS[format]
    if rdf_format.supports_datasets:
        written = ox.serialize(sorted(quads, key=str), format=rdf_format, prefixes=PREFIXES)
    else:
        triples = {quad.triple for quad in quads}
        if rdf_format == FORMATS["rdf"]:
            triples = {_fit_for_xml(triple) for triple in triples}
        written = ox.serialize(sorted(triples, key=str), format=rdf_format, prefixes=PREFIXES)
    return written or b""


def _fit_for_xml(triple: Triple) -> Triple:
    value = triple.object
    if not isinstance(value, Literal) or fit(value.value) == value.value:
        return triple
    kind = {"language": value.language} if value.language else {"datatype": value.datatype}
    return Triple(triple.subject, triple.predicate, Literal(fit(value.value), **kind))
