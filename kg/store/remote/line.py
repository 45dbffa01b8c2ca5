"""HTTP to a server that a person named, and to no other.

What comes back is hostile until parsed: every answer has a bound of bytes, counted after
decompression, and of seconds, counted from the first byte sent to the last one read. A redirect is
followed within the same origin only and by reading only, so no password goes elsewhere; proxies
and cookies of the environment are not heeded.
"""

import base64
import http.client
import io
import netrc
import os
import re
import socket
import ssl
import time
import urllib.error
import urllib.request
import zlib
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from email.message import Message
from html import unescape
from typing import IO, Any, NoReturn, cast
from urllib.parse import urljoin, urlsplit

from kg.errors import KgError, LimitError, Misuse, QueryError, StoreError
from kg.store.base import Limits

PAUSES = (0.2, 0.6, 1.8)
"""Seconds before reading is tried again, each time; writing never is."""

_BUSY = {429, 502, 503}
SEE_OTHER = 303
_WORDS = 2000
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who asks: user and password, or a bearer token; all empty for nobody."""

    user: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)

    def __bool__(self) -> bool:
        return bool(self.user or self.token)


def credentials_of(host: str) -> Credentials:
    """Returns what environment or netrc file say for a host.

    `KG_STORE_TOKEN`, or `KG_STORE_USER` with `KG_STORE_PASSWORD`, come before the netrc file, which
    is `~/.netrc` or the one that `NETRC` names.

    Raises:
        StoreError: The netrc file cannot be read.
    """
    told = [os.environ.get(f"KG_STORE_{name}", "") for name in ("USER", "PASSWORD", "TOKEN")]
    if any(told):
        return Credentials(*told)
    path = os.environ.get("NETRC") or os.path.expanduser("~/.netrc")  # noqa: PTH111 - may stay as it is
    try:
        found = netrc.netrc(path).authenticators(host)
    except FileNotFoundError:
        return Credentials()
    except (OSError, netrc.NetrcParseError) as error:
        raise StoreError(f"reading {path}: {error}") from error
    return Credentials(found[0] or found[1] or "", found[2] or "") if found else Credentials()


def origin_of(url: str) -> tuple[str, str, int]:
    """Returns scheme, host and port of an address.

    Raises:
        Misuse: It is not one of http or https, or holds a password.
    """
    parts = urlsplit(url)
    try:
        port = parts.port or {"http": 80, "https": 443}[parts.scheme]
    except (KeyError, ValueError) as error:
        raise Misuse(f"{url}: the address of a store begins with https:// or http://") from error
    if parts.username is not None:
        raise Misuse("no passwords in an address: put them into ~/.netrc, or KG_STORE_PASSWORD")
    if not parts.hostname:
        raise Misuse(f"{url}: the address has no host")
    return parts.scheme, parts.hostname, port


class Body(io.RawIOBase):
    """What a server answered, read to bounds; close it, or use it in a `with`."""

    def __init__(self, url: str, response: http.client.HTTPResponse, limits: Limits) -> None:
        self.url = url
        self.headers: Message = response.headers
        self.kind = response.headers.get_content_type()
        self._response = response
        self._limits = limits
        # Terms take about four times the bytes that they are told in.
        self._left = limits.megabytes * (1 << 20) // 4
        self._inflate = _inflater(url, response.headers.get("Content-Encoding", ""))
        self._rest = b""

    def readable(self) -> bool:
        """Returns that it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - a buffer, as io says
        """Reads on; 0 at the end of a whole answer.

        Raises:
            LimitError: A bound is reached.
            StoreError: The answer was cut off.
        """
        data = self._next(len(buffer))
        self._left -= len(data)
        if self._left < 0:
            raise LimitError(
                f"{self.url} answered with more than {self._limits.megabytes} megabytes can hold: "
                "ask for less, with a LIMIT"
            )
        buffer[: len(data)] = data
        return len(data)

    def _next(self, most: int) -> bytes:
        try:
            if self._inflate is None:
                return self._raw(most)
            while not self._inflate.eof:
                packed = self._inflate.unconsumed_tail or self._raw(_CHUNK)
                data = self._inflate.decompress(packed, most)
                if data:
                    return data
                if not packed:
                    return _cut()
        except zlib.error as error:
            raise StoreError(f"{self.url}: the compressed answer is damaged: try again") from error
        except (OSError, http.client.HTTPException) as error:
            raise failure(self.url, error, self._limits) from error
        return b""

    def _raw(self, most: int) -> bytes:
        data = self._response.read(most)
        # Told a length, Python's client takes an early end for the end.
        if not data and self._response.length:
            return _cut()
        return data

    def close(self) -> None:
        """Lets go of the connection."""
        self._response.close()
        super().close()


def _cut() -> NoReturn:
    raise http.client.IncompleteRead(b"")


class Line:
    """The way to a server: its credentials, and which of its origins get them."""

    def __init__(self, credentials: Credentials, addresses: Collection[str]) -> None:
        self._credentials = credentials
        self._origins = {origin_of(url) for url in addresses}
        self._basic = False

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
                    raise _not_an_answer(body, kinds)
            return body
        raise AssertionError("the last try raises")

    def write(self, request: urllib.request.Request, limits: Limits) -> None:
        """Sends what changes something, once.

        Raises:
            KgError: As `failure` says; whether anything was changed has to be asked.
        """
        try:
            deadline = time.monotonic() + limits.seconds
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
        trusted = origin_of(request.full_url) in self._origins
        opener = _opener(deadline, self._credentials if trusted else Credentials(), follow=follow)
        if trusted and self._credentials.token:
            request.add_unredirected_header("Authorization", f"Bearer {self._credentials.token}")
        elif trusted and self._basic:
            request.add_unredirected_header("Authorization", _basic(self._credentials))
        left = max(deadline - time.monotonic(), 0.001)
        response = opener.open(request, timeout=left)
        self._basic |= (request.get_header("Authorization") or "").startswith("Basic ")
        return Body(request.full_url, response, limits)


def failure(url: str, error: Exception, limits: Limits) -> KgError:
    """Returns in words what went wrong on the way to a server or at it, and what to try."""
    match error:
        case urllib.error.HTTPError():
            with error:
                return _refused(url, error)
        case urllib.error.URLError(reason=Exception() as reason):
            return failure(url, reason, limits)
        case TimeoutError():
            return LimitError(
                f"{url} did not answer within {limits.seconds:g} seconds: ask for less, "
                "or give it more time with --seconds"
            )
        case ssl.SSLCertVerificationError():
            return StoreError(f"{url}: its certificate is not trusted: {error.verify_message}")
        case ssl.SSLError():
            return StoreError(f"{url} does not speak TLS: is it an http:// address?")
        case socket.gaierror():
            return StoreError(f"{url}: no such host is known: look at the address")
        case ConnectionRefusedError():
            return StoreError(f"{url} cannot be reached: nothing listens there; is it running?")
        case http.client.HTTPException() | ConnectionError():
            return StoreError(f"{url} cut its answer off: try again, and look at its log")
        case OSError():
            return StoreError(f"{url} cannot be reached: {error.strerror or error}")
    return StoreError(f"{url}: {error}")


def _refused(url: str, error: urllib.error.HTTPError) -> KgError:
    words = _words(error)
    told = f": {words}" if words else ""
    match error.code:
        case 300 | 301 | 302 | 303 | 307 | 308:
            return StoreError(
                f"{url} sends elsewhere, to {error.headers.get('Location', 'nowhere')}: "
                "give that address if you trust it"
            )
        case 400 | 422:
            return QueryError(f"{url} refuses the query{told}")
        case 401 | 403:
            return StoreError(
                f"{url} refuses access ({error.code}){told}: put user and password into ~/.netrc, "
                "or KG_STORE_USER and KG_STORE_PASSWORD, or a token into KG_STORE_TOKEN"
            )
        case 404 | 405 | 406 | 410 | 415 | 501:
            return StoreError(
                f"{url} is not the address of such a service ({error.code}){told}: look at it, "
                "and at KG_STORE_UPDATE and KG_STORE_GRAPHS"
            )
        case 408 | 504:
            return LimitError(f"{url} gave up ({error.code}){told}: ask for less")
        case 413 | 414:
            return LimitError(f"{url} does not take so much at once ({error.code}){told}")
        case 429 | 502 | 503:
            return StoreError(f"{url} is busy or away ({error.code}){told}: try again later")
        case 507:
            return StoreError(f"{url} has no room left{told}: make room there, then try again")
    return StoreError(f"{url} failed ({error.code}){told}: look at its log")


def _words(error: urllib.error.HTTPError) -> str:
    """Returns the first line of what a server says of its refusal; of a page, its title."""
    try:
        text = error.read(_WORDS).decode("utf-8", "replace")
    except (OSError, http.client.HTTPException):
        return ""
    if error.headers.get_content_type() == "text/html":
        title = re.search(r"<title>([^<]*)</title>", text, re.IGNORECASE)
        text = unescape(title[1]) if title else ""
    return next((line.strip() for line in text.splitlines() if line.strip()), "")[:300]


def _not_an_answer(body: Body, kinds: Collection[str]) -> StoreError:
    is_page = body.kind in {"text/html", "application/xhtml+xml"}
    what = "a web page" if is_page else f"{body.kind}, which is none of {', '.join(sorted(kinds))}"
    return StoreError(
        f"{body.url} answers with {what}: is that the address of a SPARQL endpoint, "
        "or does something stand before it?"
    )


def _wait(error: Exception, pause: float) -> float | None:
    """Returns seconds to wait before trying again, or nothing where that would not help."""
    if isinstance(error, urllib.error.HTTPError):
        if error.code not in _BUSY:
            return None
        asked = error.headers.get("Retry-After", "")
        return max(pause, float(asked)) if asked.isdecimal() else pause
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    return pause if isinstance(reason, ConnectionError) else None


def _basic(who: Credentials) -> str:
    return "Basic " + base64.b64encode(f"{who.user}:{who.password}".encode()).decode()


def _inflater(url: str, encoding: str) -> "zlib._Decompress | None":
    if encoding.strip().lower() in {"", "identity"}:
        return None
    if encoding.strip().lower() not in {"gzip", "x-gzip"}:
        raise StoreError(f"{url} answers compressed as {encoding}, which was not asked for")
    return zlib.decompressobj(31)


# What urllib leaves out: one deadline for head and body, and a narrow way of redirects.


def _opener(deadline: float, who: Credentials, *, follow: bool) -> urllib.request.OpenerDirector:
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
        # Typed as a class of its own, called as a function with a socket.
        made.response_class = cast(
            "type[http.client.HTTPResponse]",
            lambda sock, **told: http.client.HTTPResponse(
                cast("socket.socket", _Timed(sock, deadline)), **told
            ),
        )
        return made

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
