"""SPARQL 1.1 Graph Store Protocol: <https://www.w3.org/TR/sparql11-http-rdf-update/>.

Every graph is read. A source is put in and taken out whole, through the gate, with the token.
"""

import contextlib
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from kg.errors import QueryError, StoreError
from kg.namespaces import DERIVED, GRAPH, REGISTER_GRAPH, SOURCE, VOCABULARY_GRAPH
from kg.store.manifest import Entry
from kg.web.desk import Desk
from kg.web.gate import Gate
from kg.web.negotiate import GRAPHS, TRIPLES, format_by, media_of, preferred
from kg.web.pool import Answer
from kg.web.problems import Problem
from kg.web.requests import body_of, fields_of, iri_of, media_type

READING = ["GET", "HEAD"]
WRITING = [*READING, "PUT", "DELETE"]

_BODIES: Mapping[str, str] = {**GRAPHS, "application/yaml": "yaml", "application/json": "json"}
"""What a source may be put in as; the last two are fact documents."""

_REPORTS: Mapping[str, str] = {
    "text/plain": "text",
    "text/turtle": "turtle",
    "application/json": "json",
    "text/markdown": "md",
    "application/sarif+json": "sarif",
}
"""How findings are answered."""


async def graphs(request: Request) -> Response:
    """Answers for the graph that `?graph=` names, or, with `?default`, for all together."""
    fields = fields_of(request.scope["query_string"])
    named = [value for name, value in fields if name == "graph"]
    whole = any(name == "default" for name, _ in fields)
    if len(named) + whole != 1:
        raise Problem(400, "say which graph: ?graph=IRI, or ?default for all together")
    return await _answer(request, named[0] if named else None)


async def graph(request: Request) -> Response:
    """Answers for the graph whose IRI ends as the address does."""
    return await _answer(request, GRAPH + request.path_params["name"])


async def _answer(request: Request, name: str | None) -> Response:
    desk = Desk.of(request)
    if request.method in READING:
        return await _read(request, desk, name)
    if desk.gate is None:
        allowed = {"allow": ", ".join(READING)}
        raise Problem(405, "this server reads only: `kg serve --write` takes sources", allowed)
    desk.gate.admit(request.headers.get("authorization", ""))
    source = _source_of(name)
    async with desk.gate:
        if request.method == "DELETE":
            return await _remove(desk, desk.gate, source)
        return await _put(request, desk, desk.gate, source)


async def _read(request: Request, desk: Desk, name: str | None) -> Response:
    written = format_by(request.headers.get("accept", ""), TRIPLES)
    if written is None:
        raise Problem(406, "this is a graph: accept text/turtle, for instance")
    client = desk.client(request)
    entry = None if name is None else desk.pool.manifest.entries.get(_iri_of_source(name))
    if name is None:
        answer = await desk.ask(client, "everything", triples=written)
    elif entry is not None:
        answer = await _as_written(desk, client, entry, written)
    else:
        iri = iri_of(name)
        there = await desk.ask(client, "graph-exists", rows="csv", graph=iri)
        if there.body.strip() != b"true":
            raise _missing(name)
        answer = await desk.ask(client, "graph", triples=written, graph=iri)
    return desk.whole(answer.body, media_of(written, TRIPLES))


async def _as_written(desk: Desk, client: str, entry: Entry, written: str) -> Answer:
    """Returns what a source asserts, literals as they were written, which the index rewrites."""
    file = desk.folder / "sources" / entry.file
    told = {"file": str(file.absolute()), "sha256": entry.sha256, "triples": written}
    try:
        return await desk.pool.ask(client, told)
    except QueryError:
        if file.exists():
            raise
        raise Problem(
            503, "the source was replaced just now: ask again", {"retry-after": "1"}
        ) from None


async def _put(request: Request, desk: Desk, gate: Gate, source: str) -> Response:
    media, charset = media_type(request)
    if media not in _BODIES:
        raise Problem(415, f"a source is put as one of {', '.join(_BODIES)}")
    if charset not in {"utf-8", "utf8", "us-ascii"}:
        raise Problem(415, f"a source is UTF-8, not {charset}")
    data = await body_of(request, desk.bounds.source, desk.bounds.write_seconds)
    accepted = preferred(request.headers.get("accept", ""), tuple(_REPORTS)) or "text/plain"
    asked = {"put": source, "ending": _BODIES[media], "report": _REPORTS[accepted]}
    known = source in desk.pool.manifest.entries
    head, report = await gate.ask({**asked, "by": f"kg serve, {desk.client(request)}"}, data)
    if report:
        return desk.whole(report, f"{accepted}; charset=utf-8", status=head["status"])
    return _done(desk, head, 204 if known else 201)


async def _remove(desk: Desk, gate: Gate, source: str) -> Response:
    if source not in desk.pool.manifest.entries:
        raise _missing(GRAPH + source.removeprefix(SOURCE))
    head, _ = await gate.ask({"delete": source})
    return _done(desk, head, 204)


def _done(desk: Desk, head: Mapping[str, object], status: int) -> Response:
    if "status" in head:
        raise Problem(int(str(head["status"])), str(head["message"]))
    with contextlib.suppress(StoreError):
        desk.pool.refresh()  # whoever has written sees it; else the next turn does
    return Response(status_code=status)


def _source_of(name: str | None) -> str:
    """Returns the source that may be written under the name of a graph.

    Raises:
        Problem: None may.
    """
    if name is None:
        raise Problem(403, "the default graph is all graphs together: put a source into its own")
    iri = iri_of(name).value
    reserved = iri in {VOCABULARY_GRAPH, REGISTER_GRAPH} or iri.endswith(DERIVED)
    if reserved or not iri.removeprefix(GRAPH) or not iri.startswith(GRAPH):
        raise Problem(403, f"the graph {iri} is no source's: call it {GRAPH}... after its source")
    return _iri_of_source(iri)


def _iri_of_source(graph: str) -> str:
    return SOURCE + graph.removeprefix(GRAPH)


def _missing(name: str) -> Problem:
    return Problem(404, f"there is no graph {name}")
