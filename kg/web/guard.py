"""Who may ask at all: the Host that was meant, and no other site's page in a visitor's browser.

A page elsewhere can have a browser send requests here, under a name that its owner points at this
machine (DNS rebinding) or as a form (request forgery). The first is told by Host, the second by
Origin and Sec-Fetch-Site, which a page cannot set.
"""

import ipaddress
from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from kg.store.base import MARK
from kg.web.answers import problem_response
from kg.web.problems import Problem

_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)

HEADERS: list[tuple[str, str]] = [
    ("content-security-policy", _POLICY),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-resource-policy", "same-origin"),
    ("server", "diplomatic-kg"),
    (MARK, "1"),
]
"""On every response; none of them lets another site's page read."""

_LOCAL = {"localhost"}


class Guard:
    """Refuses requests that were meant for another host, or sent by another site's page."""

    def __init__(self, app: ASGIApp, names: Collection[str]) -> None:
        self._app = app
        self._names = {name.casefold() for name in names} | _LOCAL

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on, or answers it."""
        if scope["type"] == "http":
            headers = Headers(scope=scope)
            problem = self._problem(scope["method"], headers)
            if problem is not None:
                await problem_response(problem, headers.get("accept", ""))(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _problem(self, method: str, headers: Headers) -> Problem | None:
        hosts = headers.getlist("host")
        if len(hosts) != 1 or not self._is_ours(hosts[0]):
            return Problem(421, "this server has no such name: `kg serve --name NAME` gives it one")
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc.casefold() != hosts[0].casefold():
            return Problem(403, "a page of another site may not ask")
        foreign = headers.get("sec-fetch-site", "none") not in {"none", "same-origin"}
        # To follow a link from elsewhere is fine; to have the browser fetch or post is not.
        followed = headers.get("sec-fetch-mode") == "navigate" and method in {"GET", "HEAD"}
        if foreign and not followed:
            return Problem(403, "a page of another site may not ask")
        return None

    def _is_ours(self, host: str) -> bool:
        """Returns whether a Host is a name of this server, or an address, which no name hides."""
        try:
            name = urlsplit(f"//{host}").hostname
        except ValueError:
            return False
        if name is None:
            return False
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return name.rstrip(".") in self._names
        return True
