"""What the server says of itself: service description, VoID, start page, whether it is well."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import Response

from kg.namespaces import BASE, DIP, GRAPH, RDF, RDFS, SD, SOURCE, VOID, XSD, graph_of
from kg.rdf import BlankNode, Literal, NamedNode, Quad, Result, Rows, Term, serialize
from kg.store.foreign import result_of
from kg.web.desk import Desk
from kg.web.negotiate import HTML, TRIPLES, format_by, media_of, preferred
from kg.web.pages import page
from kg.web.problems import Problem
from kg.web.things import page_address

SHOWN = 100
"""Sources that the start page lists."""

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
    endpoint = str(request.url.replace(query="", fragment=""))
    return page_or_graph(request, lambda: page("sparql.html"), lambda: service(endpoint, desk))


def address_of(request: Request) -> str:
    """Returns the address of this server, as the client knows it."""
    return f"{request.url.scheme}://{request.url.netloc}"


def page_or_graph(
    request: Request,
    make_page: Callable[[], Response],
    make_quads: Callable[[], Iterable[Quad]],
    ending: str | None = None,
) -> Response:
    """Returns a page or a graph, by the ending or by what the client accepts."""
    desk = Desk.of(request)
    written = ending
    if written is None:
        media = preferred(request.headers.get("accept", ""), (*TRIPLES, HTML))
        written = "html" if media == HTML else TRIPLES.get(media or "")
    if written == "html":
        return make_page()
    if written is None or written not in TRIPLES.values():
        raise Problem(406, "this is a graph or a page: accept text/turtle or text/html")
    return desk.whole(serialize(make_quads(), written), media_of(written, TRIPLES))


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
    if desk.services.allowed:
        yield say(here, "feature", NamedNode(SD + "BasicFederatedQuery"))
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


async def start(request: Request) -> Response:
    """Shows what is here."""
    desk = Desk.of(request)
    manifest = desk.pool.manifest
    sources = [
        (record, page_address(record.source), f"/graph/{record.source.removeprefix(SOURCE)}")
        for record in manifest.records()
    ]
    return page(
        "start.html",
        sources=sources[:SHOWN],
        count=len(sources),
        quads=sum(record.asserted for record, *_ in sources),
        questions=[one for one in desk.questions.values() if "everyday" in one.tags],
        writes=desk.gate is not None,
    )


async def sources(request: Request) -> Response:
    """Lists the sources for a program; who loaded them is nobody's business."""
    desk = Desk.of(request)
    manifest = desk.pool.manifest
    listed = [asdict(record) for record in manifest.records()]
    for one in listed:
        del one["recorded_by"]
    told: dict[str, object] = {"commit": manifest.commit, "writes": desk.gate is not None}
    told |= {"largest": desk.bounds.source, "sources": listed}
    return desk.whole(json.dumps(told, ensure_ascii=False).encode(), "application/json")


async def void(request: Request) -> Response:
    """Returns what the dataset holds: <https://www.w3.org/TR/void/>."""
    desk = Desk.of(request)
    client = desk.client(request)
    commit = desk.pool.manifest.commit
    if commit not in desk.counted:
        found = {}
        for query in ("classes", "properties"):
            answer = await desk.ask(client, query, rows="json")
            found[query] = result_of(answer.kind, answer.body)
        desk.counted.clear()
        desk.counted[commit] = found
    quads = tuple(_void(address_of(request), desk, desk.counted[commit]))
    written = format_by(request.headers.get("accept", ""), TRIPLES)
    if written is None:
        raise Problem(406, "this is a graph: accept text/turtle, for instance")
    return desk.whole(serialize(quads, written), media_of(written, TRIPLES))


def _void(address: str, desk: Desk, counted: Mapping[str, Result]) -> Iterator[Quad]:
    here = NamedNode(f"{address}/void")

    def say(subject: NamedNode | BlankNode, name: str, value: Term) -> Quad:
        return Quad(subject, NamedNode(VOID + name), value, _ABOUT)

    yield Quad(here, NamedNode(RDF + "type"), NamedNode(VOID + "Dataset"), _ABOUT)
    yield say(here, "sparqlEndpoint", NamedNode(f"{address}/sparql"))
    yield say(here, "dataDump", NamedNode(f"{address}/graphs?default"))
    yield say(here, "uriSpace", Literal(BASE))
    yield say(here, "vocabulary", NamedNode(DIP))
    for name in ("Turtle", "RDF_XML", "JSON-LD"):
        yield say(here, "feature", NamedNode(f"http://www.w3.org/ns/formats/{name}"))
    for record in desk.pool.manifest.records():
        part = NamedNode(graph_of(record.source))
        yield say(here, "subset", part)
        yield say(part, "triples", number(record.asserted))
        yield Quad(part, NamedNode(RDFS + "label"), Literal(record.label), _ABOUT)
    for kind, rows, subject, amount in (
        ("classPartition", counted["classes"], "class", "entities"),
        ("propertyPartition", counted["properties"], "property", "triples"),
    ):
        for place, row in enumerate(rows.rows if isinstance(rows, Rows) else ()):
            share = BlankNode(f"{subject}{place}")
            yield say(here, kind, share)
            for name, term in zip((subject, amount), row, strict=True):
                if term is not None:
                    yield say(share, name, term)


async def health(request: Request) -> Response:
    """Says whether queries are answered."""
    desk = Desk.of(request)
    told = "ok\n" if desk.pool.is_well else "no worker could be started\n"
    return Response(told, 200 if desk.pool.is_well else 503, media_type="text/plain")
