"""Who asks, and of whom: credentials, and the origins that addresses are of."""

import netrc
import os
import re
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

from kg.errors import Misuse, Place, StoreError

Origin = tuple[str, str, int]
"""Scheme, host and port."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who asks: user and password, or a bearer token; all empty for nobody."""

    user: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)

    def __bool__(self) -> bool:
        return bool(self.user or self.password or self.token)

    def bearer(self) -> str:
        """Returns the token, or the password where there is no other, as a header has it.

        Raises:
            StoreError: No header can carry it; it is not said again.
        """
        token = self.token or self.password
        if re.search("[^ -~]", token):
            raise StoreError(
                "the token holds a line break or a letter that no header can carry: look "
                "at KG_STORE_TOKEN, or at the password in ~/.netrc"
            )
        return f"Bearer {token}"


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
    except OSError as error:
        raise StoreError(f"reading {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise StoreError(f"reading {path}: it is not UTF-8") from error
    except netrc.NetrcParseError as error:
        # Not in its words, which may hold the password.
        place = Place(path, error.lineno)
        raise StoreError("no netrc file: it says machine, login, password", place) from error
    return Credentials(found[0] or found[1] or "", found[2] or "") if found else Credentials()


def origin_of(url: str) -> Origin:
    """Returns scheme, host and port of an address.

    Raises:
        Misuse: It is not one of http or https, its host or port is none, or it holds a password or
            what has to be written with a percent sign.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}[parts.scheme]
        (parts.hostname or "").encode("idna")
    except KeyError as error:
        raise Misuse(f"{url}: the address of a store begins with https:// or http://") from error
    except ValueError as error:
        raise Misuse(
            f"{url}: no host and port can be read from it; a port is a number up to 65535, an IPv6 "
            "address stands in brackets"
        ) from error
    if parts.username is not None:
        raise Misuse("no passwords in an address: put them into ~/.netrc, or KG_STORE_PASSWORD")
    if not parts.hostname:
        raise Misuse(f"{url}: the address has no host")
    if odd := re.search("[^!-~]", url.replace(parts.netloc, "", 1)):
        raise Misuse(f"{url}: an address holds no {odd[0]!r}: it is written {quote(odd[0])}")
    return parts.scheme, parts.hostname, port
