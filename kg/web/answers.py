"""Responses: answers sent whole or cut off in a way that shows, problems in words."""

import asyncio
import json
from collections.abc import Mapping

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from kg.errors import KgError
from kg.web.negotiate import HTML, preferred
from kg.web.pages import render
from kg.web.problems import Busy, Problem, status_of, title_of

_PIECE = 256 * 2**10
_SLOWEST = 2**20
_PROBLEM = "application/problem+json"


class Sending:
    """How many bytes of answers are on their way, so that slow readers cannot fill memory."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._now = 0

    def add(self, size: int) -> None:
        """Counts an answer in.

        Raises:
            Busy: There is no room for it.
        """
        if self._now and self._now + size > self._most:
            raise Busy("too many large answers are being sent: try again in a moment")
        self._now += size

    def drop(self, size: int) -> None:
        """Counts an answer out."""
        self._now -= size


class Whole(Response):
    """An answer that is there whole, with its length, before its first byte is sent."""

    def __init__(
        self,
        body: bytes,
        media: str,
        sending: Sending,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        patience: float = 20.0,
    ) -> None:
        sending.add(len(body))
        super().__init__(body, status, headers, media)
        self._sending = sending
        self._patience = patience

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends it; a client that takes it too slowly is cut off."""
        body = bytes(self.body)
        try:
            if len(body) <= _PIECE:
                await super().__call__(scope, receive, send)
                return
            start = {"type": "http.response.start", "status": self.status_code}
            await send({**start, "headers": self.raw_headers})
            async with asyncio.timeout(self._patience + len(body) / _SLOWEST):
                for at in range(0, len(body), _PIECE):
                    piece = body[at : at + _PIECE]
                    more = at + _PIECE < len(body)
                    await send({"type": "http.response.body", "body": piece, "more_body": more})
        finally:
            self._sending.drop(len(body))


def problem_response(error: KgError, accept: str) -> Response:
    """Returns an error in words: as a page, as RFC 9457 JSON, or as text."""
    status = status_of(error)
    headers = error.headers if isinstance(error, Problem) else {}
    detail = str(error)
    media = preferred(accept, ("text/plain", HTML, _PROBLEM, "application/json"))
    if media == HTML:
        page = render("problem.html", status=status, title=title_of(status), detail=detail)
        return Response(page, status, headers, "text/html")
    if media in {_PROBLEM, "application/json"}:
        told: dict[str, object] = {"status": status, "title": title_of(status), "detail": detail}
        if error.place is not None:
            told |= {"line": error.place.line, "column": error.place.column}
        return Response(json.dumps(told), status, headers, _PROBLEM)
    return Response(f"{detail}\n", status, headers, "text/plain; charset=utf-8")
