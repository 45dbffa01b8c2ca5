"""HTTP to a server that a person named, and to no other.

What comes back is hostile until parsed: every answer has a bound of bytes, counted after
decompression, and of seconds, counted from the first byte sent to the last one read. A redirect is
followed within the same origin only and by reading only, so no password goes elsewhere; proxies
and cookies of the environment are not heeded.
"""

import base64
import http.client
import time
import urllib.error
import urllib.request
from collections.abc import Collection, Mapping

from kg.errors import QueryError, StoreError
from kg.store.base import Limits
from kg.store.remote.body import Body
from kg.store.remote.credentials import Credentials, Origin, origin_of
from kg.store.remote.failures import failure, not_an_answer, retry_after
from kg.store.remote.opener import opener_of

PAUSES = (0.2, 0.6, 1.8)
"""Seconds before reading is tried again, each time; writing never is."""

_BUSY = {429, 502, 503}
_CHUNK = 1 << 16


class Line:
    """The way to a server: of which origins who asks is known, and as whom."""

    def __init__(self, known: Mapping[Origin, Credentials]) -> None:
        self._known = known
        self._basic = False

    def who(self, url: str) -> Credentials:
        """Returns as whom an address is asked."""
        return self._known.get(origin_of(url), Credentials())

    def read(self, request: urllib.request.Request, limits: Limits, kinds: Collection[str]) -> Body:
        """Sends what changes nothing; tried again after a pause where the server is away or busy.

        Args:
            request: What to ask.
            limits: Of time, for all tries together, and of bytes.
            kinds: Media types that count as an answer.

        Raises:
            KgError: As `failure` says; StoreError also for another media type, as a web page's.
        """
        deadline = time.monotonic() + limits.seconds
        for pause in (*PAUSES, None):
            try:
                body = self._send(request, limits, deadline, follow=True)
            except (OSError, ValueError, http.client.HTTPException) as error:
                wait = None if pause is None else _wait(error, pause)
                if wait is None or time.monotonic() + wait > deadline:
                    raise failure(request.full_url, error, limits) from error
                if isinstance(error, urllib.error.HTTPError):
                    error.close()
                time.sleep(wait)
                continue
            if body.kind not in kinds:
                with body:
                    raise not_an_answer(body.url, body.kind, kinds)
            return body
        raise AssertionError("the last try raises")

    def write(
        self, request: urllib.request.Request, limits: Limits, *, bearer: bool = False
    ) -> None:
        """Sends what changes something, once.

        Args:
            request: What to send.
            limits: Of time and bytes.
            bearer: Whether the server takes a token alone: a password is sent as one.

        Raises:
            KgError: As `failure` says; whether anything was changed has to be asked.
        """
        try:
            deadline = time.monotonic() + limits.seconds
            if bearer and (who := self.who(request.full_url)):
                request.add_unredirected_header("Authorization", who.bearer())
            with self._send(request, limits, deadline, follow=False) as body:
                while body.read(_CHUNK):
                    pass
        except (OSError, ValueError, http.client.HTTPException) as error:
            told = failure(request.full_url, error, limits)
            # A server that refuses an update refuses our own words, not a person's query.
            raise (StoreError(told.message) if isinstance(told, QueryError) else told) from error

    def _send(
        self, request: urllib.request.Request, limits: Limits, deadline: float, *, follow: bool
    ) -> Body:
        request.add_header("User-Agent", "diplomatic-kg")
        request.add_header("Accept-Encoding", "gzip")
        who = self.who(request.full_url)
        opener = opener_of(deadline, who, follow=follow)
        if who.token:
            request.add_unredirected_header("Authorization", who.bearer())
        elif who.user and self._basic:
            request.add_unredirected_header("Authorization", _basic(who))
        left = max(deadline - time.monotonic(), 0.001)
        response = opener.open(request, timeout=left)
        self._basic |= (request.get_header("Authorization") or "").startswith("Basic ")
        return Body(request.full_url, response, limits)


def _wait(error: Exception, pause: float) -> float | None:
    """Returns seconds to wait before trying again, or nothing where that would not help."""
    if isinstance(error, urllib.error.HTTPError):
        if error.code not in _BUSY:
            return None
        return max(pause, retry_after(error) or 0)
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    return pause if isinstance(reason, ConnectionError) else None


def _basic(who: Credentials) -> str:
    return "Basic " + base64.b64encode(f"{who.user}:{who.password}".encode()).decode()
