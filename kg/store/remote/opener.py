"""What urllib leaves out: one deadline for head and body, and a narrow way of redirects."""

import errno
import http.client
import io
import socket
import ssl
import time
import urllib.request
from collections.abc import Callable
from email.message import Message
from typing import IO, Any, cast
from urllib.parse import urljoin

from kg.errors import Misuse
from kg.store.remote.credentials import Credentials, origin_of

SEE_OTHER = 303

REACH = 15.0
"""Seconds within which a connection must be there, whatever time its answer may take."""


def opener_of(deadline: float, who: Credentials, *, follow: bool) -> urllib.request.OpenerDirector:
    """Returns what sends a request.

    Args:
        deadline: When the answer must have been read, on the monotonic clock.
        who: Asked for where the server wants to know; nobody is never named.
        follow: Whether redirects are followed, within the same origin.
    """
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        _Http(deadline),
        _Https(deadline),
        *([_Redirects()] if follow else []),
        *(_challenges(who) if who.user else []),
    ):
        opener.add_handler(handler)
    return opener


def _challenges(who: Credentials) -> list[urllib.request.BaseHandler]:
    known = _Passwords(who)
    return [
        urllib.request.HTTPBasicAuthHandler(known),
        urllib.request.HTTPDigestAuthHandler(known),
    ]


class _Passwords(urllib.request.HTTPPasswordMgr):
    """Knows one user, for whatever realm: it is asked only on the way to the right origin."""

    def __init__(self, who: Credentials) -> None:
        self._who = who

    def find_user_password(self, realm: str, authuri: str) -> tuple[str | None, str | None]:  # noqa: ARG002
        return self._who.user, self._who.password


class _Redirects(urllib.request.BaseHandler):
    """Follows to another place of the same origin, with the same method and body."""

    def __init__(self) -> None:
        self._left = 3

    def http_error_302(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,  # noqa: ARG002 - urllib's signature
        headers: Message,
    ) -> Any:  # noqa: ANN401 - as urllib has it
        """Returns the answer from there, or nothing, so that the redirect is an error."""
        there = _within_origin(req.full_url, headers.get("Location", ""))
        if not self._left or code == SEE_OTHER or there is None:
            return None
        self._left -= 1
        fp.close()
        again = urllib.request.Request(there, req.data, req.headers, method=req.get_method())  # noqa: S310 - of a known origin
        again.unredirected_hdrs = req.unredirected_hdrs
        return self.parent.open(again, timeout=req.timeout)

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302


def _within_origin(here: str, location: str) -> str | None:
    """Returns the address that a redirect leads to, if it is of the same origin."""
    try:
        there = urljoin(here, location)
        return there if origin_of(there) == origin_of(here) else None
    except (Misuse, ValueError):
        return None


class _Http(urllib.request.HTTPHandler):
    def __init__(self, deadline: float) -> None:
        super().__init__()
        self._deadline = deadline

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_within(http.client.HTTPConnection, self._deadline), req)


class _Https(urllib.request.HTTPSHandler):
    def __init__(self, deadline: float) -> None:
        super().__init__()
        self._deadline = deadline

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(
            _within(http.client.HTTPSConnection, self._deadline),
            req,
            context=ssl.create_default_context(),
        )


def _within(
    connection: type[http.client.HTTPConnection], deadline: float
) -> Callable[..., http.client.HTTPConnection]:
    def connected(host: str, **arguments: Any) -> http.client.HTTPConnection:  # noqa: ANN401
        made = connection(host, **arguments)
        made.connect = _soon(made)  # type: ignore[method-assign]
        # Typed as a class of its own, called as a function with a socket.
        made.response_class = cast(
            "type[http.client.HTTPResponse]",
            lambda sock, **told: http.client.HTTPResponse(
                cast("socket.socket", _Timed(sock, deadline)), **told
            ),
        )
        return made

    return connected


def _soon(connection: http.client.HTTPConnection) -> Callable[[], None]:
    """Returns what connects, and gives up sooner than the rest may take."""
    connect, patience = connection.connect, connection.timeout

    def connected() -> None:
        if patience is None or patience <= REACH:
            connect()
            return
        connection.timeout = REACH
        try:
            connect()
        except TimeoutError as error:
            raise OSError(errno.EHOSTUNREACH, f"no connection in {REACH:g} seconds") from error
        connection.sock.settimeout(patience)

    return connected


class _Timed(io.RawIOBase):
    """A socket as `http.client` reads it, each reading with what is left of the time."""

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self._socket = sock
        self._inner: Any = None
        self._deadline = deadline

    def makefile(self, mode: str) -> io.BufferedReader:  # noqa: ARG002 - as of a socket
        self._inner = self._socket.makefile("rb", buffering=0)
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._socket.settimeout(left)
        count: int = self._inner.readinto(buffer)
        return count

    def close(self) -> None:
        if self._inner is not None:
            self._inner.close()
        super().close()
