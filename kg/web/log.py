"""A line for each request: when, who, what, how it ended, how long it took, how much was sent.

What is asked, headers and bodies are not in it: they may hold names that are nobody's business, and
tokens. Whatever a client sends, a request is one line of seven words.
"""

import contextlib
import time
from datetime import UTC, datetime
from io import FileIO
from urllib.parse import quote

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kg.web.requests import client_of

_LONGEST = 200
_LEFT = 499


class Logged:
    """Passes requests on and writes a line once each is answered."""

    def __init__(self, app: ASGIApp, out: FileIO, *, proxied: bool) -> None:
        self._app = app
        self._out = out
        self._proxied = proxied

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request as the application does."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        status, size = _LEFT, 0

        async def sending(message: Message) -> None:
            nonlocal status, size
            status = message.get("status", status)
            await send(message)
            size += len(message.get("body", b""))

        try:
            await self._app(scope, receive, sending)
        finally:
            self._write(scope, status, (time.perf_counter() - began) * 1e3, size)

    def _write(self, scope: Scope, status: int, milliseconds: float, size: int) -> None:
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        client = quote(client_of(Request(scope), proxied=self._proxied)[:_LONGEST], safe=":.[]/")
        path = quote(scope["path"][:_LONGEST])
        words = (now, client or "-", scope["method"], path, status, f"{milliseconds:.1f}", size)
        # A log that cannot be written keeps nobody from being answered.
        with contextlib.suppress(OSError):
            self._out.write((" ".join(map(str, words)) + "\n").encode())
