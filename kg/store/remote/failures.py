"""What goes wrong on the way to a server or at it: in words, with what to try."""

import http.client
import math
import re
import socket
import ssl
import urllib.error
from collections.abc import Collection
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html import unescape
from urllib.parse import urlsplit

from kg.errors import KgError, LimitError, NotConforming, QueryError, StoreError, counted
from kg.store.base import MARK, Limits

_WORDS = 2000
"""Bytes that are read of what a server says of its refusal."""

_LONG = 86_400.0
"""Seconds beyond which it is all the same how long a server wants to be left alone."""


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
            return StoreError(f"{url} {_broken(error)}")
        case OSError():
            return StoreError(f"{url} cannot be reached: {error.strerror or error}")
    return StoreError(f"{url}: {error}")


def _broken(error: http.client.HTTPException | ConnectionError) -> str:
    """Returns what a server did that is no whole answer, and what to try."""
    match error:
        case http.client.RemoteDisconnected():
            return (
                "closed the connection before it answered: try again, and look at its log; "
                "is it an https:// address?"
            )
        case http.client.BadStatusLine():
            return "does not speak HTTP: look at host and port"
    return "cut its answer off: try again, and look at its log"


def _refused(url: str, error: urllib.error.HTTPError) -> KgError:
    words = _words(error)
    told = f": {words}" if words else ""
    if MARK in error.headers and (ours := _refused_by_ours(url, error.code, words)):
        return ours
    match error.code:
        case 300 | 301 | 302 | 303 | 307 | 308:
            return StoreError(
                f"{url} sends elsewhere, to {error.headers.get('Location') or 'nowhere'}: "
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
            wait = retry_after(error)
            when = "later" if wait is None else f"in {counted(math.ceil(wait), 'second')}"
            return StoreError(f"{url} is busy or away ({error.code}){told}: try again {when}")
        case 507:
            return StoreError(f"{url} has no room left{told}: make room there, then try again")
    return StoreError(f"{url} failed ({error.code}){told}: look at its log")


def retry_after(error: urllib.error.HTTPError) -> float | None:
    """Returns the seconds that a server asks to be left alone for, if it says so."""
    told = error.headers.get("Retry-After", "")
    with suppress(ValueError, TypeError):
        if told.isdecimal():
            return min(float(told), _LONG)
        until = parsedate_to_datetime(told).replace(tzinfo=UTC)  # HTTP knows no other zone
        return min(max((until - datetime.now(UTC)).total_seconds(), 0), _LONG)
    return None


def _refused_by_ours(url: str, code: int, words: str) -> KgError | None:
    """Returns what the refusal of a `kg serve` means, where it says more than another's."""
    match code:
        case 422:
            return NotConforming(f"{url} refuses the source: {words}")
        case 401:
            return StoreError(
                f"{url} refuses access: {words}: put the token into KG_STORE_TOKEN, or into "
                "~/.netrc as the password"
            )
        case 404 | 405 if not urlsplit(url).path.startswith(("/graph", "/sparql")):
            root = urlsplit(url)._replace(path="/sparql", query="").geturl()
            return StoreError(f"{url} is a kg serve: queries go to {root}")
        case 403 | 405 | 409:
            return StoreError(f"{url} refuses: {words}")
    return None


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


def other_columns(url: str) -> StoreError:
    """Returns in words that a server answered with what was not asked for."""
    return StoreError(
        f"{url} answers with other columns than were asked for: is that the address of a SPARQL "
        "endpoint?"
    )


def not_an_answer(url: str, kind: str, kinds: Collection[str]) -> StoreError:
    """Returns in words that a server answered with something of another media type."""
    is_page = kind in {"text/html", "application/xhtml+xml"}
    what = "a web page" if is_page else f"{kind}, which is none of {', '.join(sorted(kinds))}"
    return StoreError(
        f"{url} answers with {what}: is that the address of a SPARQL endpoint, "
        "or does something stand before it?"
    )
