"""What the server says of itself: service description, VoID, start page, whether it is well."""

from collections.abc import Iterator

from starlette.requests import Request
from starlette.responses import Response

from kg.namespaces import GRAPH, RDF, SD, XSD, graph_of
from kg.rdf import BlankNode, Literal, NamedNode, Quad, serialize
from kg.web.desk import Desk
from kg.web.negotiate import TRIPLES, format_by, media_of
from kg.web.problems import Problem

_FORMATS = (
    "SPARQL_Results_JSON",
    "SPARQL_Results_XML",
    "SPARQL_Results_CSV",
    "SPARQL_Results_TSV",
    "Turtle",
    "N-Triples",
    "N-Quads",
    "TriG",
    "RDF_XML",
    "JSON-LD",
)
_ABOUT = NamedNode(GRAPH + "about")


async def describe(request: Request) -> Response:
    """Returns the service description: <https://www.w3.org/TR/sparql11-service-description/>."""
    desk = Desk.of(request)
    return triples(request, desk, service(str(request.url.replace(query="", fragment="")), desk))


def triples(request: Request, desk: Desk, quads: Iterator[Quad]) -> Response:
    """Returns a graph that we make, in the format that the client likes best."""
    written = format_by(request.headers.get("accept", ""), TRIPLES)
    if written is None:
        raise Problem(406, "this is a graph: accept text/turtle, for instance")
    return desk.whole(serialize(quads, written), media_of(written, TRIPLES))


def service(endpoint: str, desk: Desk) -> Iterator[Quad]:
    """Yields the description of the query service at an address."""
    here = NamedNode(endpoint)
    dataset, union = BlankNode("dataset"), BlankNode("union")

    def say(subject: NamedNode | BlankNode, name: str, value: object) -> Quad:
        return Quad(subject, NamedNode(SD + name), value, _ABOUT)  # type: ignore[arg-type]

    yield Quad(here, NamedNode(RDF + "type"), NamedNode(SD + "Service"), _ABOUT)
    yield say(here, "endpoint", here)
    yield say(here, "supportedLanguage", NamedNode(SD + "SPARQL11Query"))
    yield say(here, "feature", NamedNode(SD + "UnionDefaultGraph"))
    for name in _FORMATS:
        yield say(here, "resultFormat", NamedNode(f"http://www.w3.org/ns/formats/{name}"))
    yield say(here, "defaultDataset", dataset)
    yield Quad(dataset, NamedNode(RDF + "type"), NamedNode(SD + "Dataset"), _ABOUT)
    yield say(dataset, "defaultGraph", union)
    yield Quad(union, NamedNode(RDF + "type"), NamedNode(SD + "Graph"), _ABOUT)
    for number, record in enumerate(desk.pool.manifest.records()):
        named = BlankNode(f"graph{number}")
        yield say(dataset, "namedGraph", named)
        yield Quad(named, NamedNode(RDF + "type"), NamedNode(SD + "NamedGraph"), _ABOUT)
        yield say(named, "name", NamedNode(graph_of(record.source)))


def number(value: int) -> Literal:
    """Returns a whole number as a term."""
    return Literal(str(value), datatype=NamedNode(XSD + "integer"))


async def health(request: Request) -> Response:
    """Says whether queries are answered."""
    desk = Desk.of(request)
    told = "ok\n" if desk.pool.is_well else "no worker could be started\n"
    return Response(told, 200 if desk.pool.is_well else 503, media_type="text/plain")
