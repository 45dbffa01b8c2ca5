"""What a request brings: fields, media type, body, each within bounds."""

import asyncio
from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.requests import Request

from kg.rdf import NamedNode
from kg.web.problems import Problem

ARRIVED = "kg.arrived"
"""In the scope of a request: when the last of it came, by the clock of the event loop."""

_FIELDS = 100


def client_of(request: Request, *, proxied: bool) -> str:
    """Returns the address that a request comes from.

    Args:
        request: The request.
        proxied: Whether a proxy stands before: of several addresses forwarded it wrote the last.
    """
    forwarded = request.headers.get("x-forwarded-for", "") if proxied else ""
    peer = request.client.host if request.client else ""
    return forwarded.split(",")[-1].strip() or peer


def arrival_of(request: Request) -> float:
    """Returns when a request had arrived; one whose body nobody reads does so now."""
    arrived: float = request.scope.setdefault(ARRIVED, asyncio.get_running_loop().time())
    return arrived


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


def iri_of(text: str) -> NamedNode:
    """Returns the IRI that a client names a thing or graph by.

    Raises:
        Problem: It is none.
    """
    try:
        return NamedNode(text)
    except ValueError as error:
        raise Problem(400, f"no IRI: {text}") from error


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
