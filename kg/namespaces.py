"""Every prefix, once, and how the graph names its things.

Plain strings: this is the ground floor, and it imports no RDF library.
"""

from typing import Final

BASE: Final = "https://w3id.org/diplomatic-kg/"
DIP: Final = BASE + "ns#"
ACTOR: Final = BASE + "actor/"
EVENT: Final = BASE + "event/"
GRAPH: Final = BASE + "graph/"
ISSUE: Final = BASE + "issue/"
POSITION: Final = BASE + "position/"
SOURCE: Final = BASE + "source/"
STANCE: Final = BASE + "stance/"
STATUS: Final = BASE + "status/"
TOPIC: Final = BASE + "topic/"

FOAF: Final = "http://xmlns.com/foaf/0.1/"
OA: Final = "http://www.w3.org/ns/oa#"
ORG: Final = "http://www.w3.org/ns/org#"
OWL: Final = "http://www.w3.org/2002/07/owl#"
PROV: Final = "http://www.w3.org/ns/prov#"
RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
SCHEMA: Final = "https://schema.org/"
SD: Final = "http://www.w3.org/ns/sparql-service-description#"
SEM: Final = "http://semanticweb.cs.vu.nl/2009/11/sem/"
SHAPE: Final = BASE + "shapes#"
SH: Final = "http://www.w3.org/ns/shacl#"
SKOS: Final = "http://www.w3.org/2004/02/skos/core#"
VOID: Final = "http://rdfs.org/ns/void#"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"

PREFIXES: Final[dict[str, str]] = {
    "actor": ACTOR,
    "dip": DIP,
    "event": EVENT,
    "foaf": FOAF,
    "graph": GRAPH,
    "issue": ISSUE,
    "oa": OA,
    "org": ORG,
    "owl": OWL,
    "position": POSITION,
    "prov": PROV,
    "rdf": RDF,
    "rdfs": RDFS,
    "schema": SCHEMA,
    "sem": SEM,
    "sh": SH,
    "shape": SHAPE,
    "skos": SKOS,
    "source": SOURCE,
    "stance": STANCE,
    "status": STATUS,
    "topic": TOPIC,
    "xsd": XSD,
}

VOCABULARY_GRAPH: Final = GRAPH + "vocabulary"
"""Holds the ontology; every store has it, no source may use it."""

REGISTER_GRAPH: Final = GRAPH + "register"
"""Holds the register of actors and offices; likewise."""

DERIVED: Final = "/derived"
"""Ending of the twin graph that holds what rules derived from a graph."""


def graph_of(source: str) -> str:
    """Returns the IRI of the named graph that holds what a source asserts.

    Args:
        source: IRI of the source, below `SOURCE`.
    """
    return GRAPH + source.removeprefix(SOURCE)


def shorten(iri: str) -> str:
    """Returns an IRI as prefix and local name where a prefix fits, else as it is."""
    fits = [(p, ns) for p, ns in PREFIXES.items() if iri.startswith(ns) and len(iri) > len(ns)]
    if not fits:
        return iri
    prefix, namespace = max(fits, key=lambda pair: len(pair[1]))
    return f"{prefix}:{iri.removeprefix(namespace)}"
