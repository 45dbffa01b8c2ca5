"""SPARQL 1.1 Protocol, its query half: <https://www.w3.org/TR/sparql11-protocol/#query-operation>.

There is no SPARQL Update: a source comes in through the gate, whole.
"""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from kg.web.about import describe
from kg.web.desk import Desk
from kg.web.negotiate import ROWS, TRIPLES, format_by, media_of
from kg.web.problems import Problem
from kg.web.requests import body_of, fields_of, iri_of, media_type

METHODS = ["GET", "HEAD", "POST"]

_FORM = "application/x-www-form-urlencoded"
_QUERY = "application/sparql-query"
_UPDATE = "application/sparql-update"


@dataclass(frozen=True, slots=True)
class Operation:
    """A query as the protocol carries it, with the dataset that it names."""

    query: str | None
    default: tuple[str, ...]
    named: tuple[str, ...]


async def sparql(request: Request) -> Response:
    """Answers a query; without one, describes the service."""
    desk = Desk.of(request)
    told = await operation(request)
    if told.query is None:
        return await describe(request)
    accept = request.headers.get("accept", "")
    rows, triples = format_by(accept, ROWS), format_by(accept, TRIPLES)
    asked = await desk.asked(
        request,
        told.query,
        rows=rows,
        triples=triples,
        base=str(request.url.replace(query="", fragment="")),
        default=told.default,
        named=told.named,
    )
    answer = await desk.answer(request, asked)
    if answer.kind == "triples":
        return desk.whole(answer.body, media_of(str(triples), TRIPLES))
    return desk.whole(answer.body, media_of(str(rows), ROWS))


async def operation(request: Request) -> Operation:
    """Returns the query that a request carries.

    Raises:
        Problem: It carries an update, several queries, or something else.
    """
    fields = fields_of(request.scope["query_string"])
    query = None
    if request.method == "POST":
        media, charset = media_type(request)
        if media not in {_FORM, _QUERY, _UPDATE}:
            raise Problem(415, f"a query is posted as {_QUERY}, or in a form as {_FORM}")
        if charset not in {"utf-8", "utf8", "us-ascii"}:
            raise Problem(415, f"a query is UTF-8, not {charset}")
        if media == _UPDATE:
            raise _no_update()
        bounds = Desk.of(request).bounds
        body = await body_of(request, bounds.query, bounds.body_seconds)
        if media == _FORM:
            fields += fields_of(body)
        else:
            query = _decoded(body)
    return _operation(fields, query, must=request.method == "POST")


def _operation(fields: list[tuple[str, str]], query: str | None, *, must: bool) -> Operation:
    names = {name for name, _ in fields}
    if "update" in names:
        raise _no_update()
    queries = [value for name, value in fields if name == "query"]
    queries += [] if query is None else [query]
    if len(queries) > 1:
        raise Problem(400, "there are several queries: send one")
    if must and not queries:
        raise Problem(400, "there is no query: send it as the field `query`")
    if names & {"using-graph-uri", "using-named-graph-uri"}:
        raise Problem(400, "using-graph-uri is for updates: name graphs with default-graph-uri")
    default, named = (
        tuple(value for name, value in fields if name == f"{kind}-graph-uri")
        for kind in ("default", "named")
    )
    for name in (*default, *named):
        iri_of(name)
    return Operation(queries[0] if queries else None, default, named)


def _no_update() -> Problem:
    return Problem(
        403, "there is no SPARQL Update here: put a source as a whole into its graph, see /graphs"
    )


def _decoded(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Problem(400, "the query is not UTF-8") from error
