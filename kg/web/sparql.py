"""SPARQL 1.1 Protocol, its query half: <https://www.w3.org/TR/sparql11-protocol/#query-operation>.

There is no SPARQL Update: a source comes in through the gate, whole.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from kg.store.foreign import request as request_of
from kg.web.about import describe
from kg.web.desk import Desk
from kg.web.negotiate import ROWS, TRIPLES, format_by, media_of
from kg.web.problems import Problem

METHODS = ["GET", "HEAD", "POST"]

_FORM = "application/x-www-form-urlencoded"
_QUERY = "application/sparql-query"
_UPDATE = "application/sparql-update"
_FIELDS = 100


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
    asked = request_of(
        told.query,
        rows=rows,
        triples=triples,
        base=str(request.url.replace(query="", fragment="")),
        default=told.default,
        named=told.named,
    )
    answer = await desk.pool.ask(desk.client(request), asked)
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
    return Operation(queries[0] if queries else None, default, named)


def _no_update() -> Problem:
    return Problem(
        403, "there is no SPARQL Update here: put a source as a whole into its graph, see /graphs"
    )


def media_type(request: Request) -> tuple[str, str]:
    """Returns the media type of a request's body and its charset, both in small letters."""
    media, *parameters = request.headers.get("content-type", "").lower().split(";")
    told: Mapping[str, str] = {
        name.strip(): value.strip().strip('"')
        for name, _, value in (parameter.partition("=") for parameter in parameters)
    }
    return media.strip(), told.get("charset", "utf-8")


def fields_of(data: bytes) -> list[tuple[str, str]]:
    """Returns the fields of a form or query string.

    Raises:
        Problem: They are not UTF-8, or too many.
    """
    try:
        return parse_qsl(
            data.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_FIELDS
        )
    except ValueError as error:
        raise Problem(400, f"the fields are not URL-encoded UTF-8, or over {_FIELDS}") from error


async def body_of(request: Request, most: int, seconds: float) -> bytes:
    """Returns a request's body.

    Raises:
        Problem: It is larger than `most` bytes, compressed, or comes too slowly.
    """
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Problem(415, "a compressed body is not read: send it as it is")
    length = request.headers.get("content-length", "0")
    parts, size = [], int(length) if length.isdecimal() else 0
    too_large = Problem(413, f"the body is larger than {most:,} bytes", {"connection": "close"})
    if size > most:
        raise too_large
    size = 0
    try:
        async with asyncio.timeout(seconds):
            async for part in request.stream():
                size += len(part)
                if size > most:
                    raise too_large
                parts.append(part)
    except TimeoutError as error:
        raise Problem(408, "the body did not arrive in time", {"connection": "close"}) from error
    return b"".join(parts)


def _decoded(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Problem(400, "the query is not UTF-8") from error
