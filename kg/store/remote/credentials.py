"""Who asks, and of whom: credentials, and the origins that addresses are of."""

import netrc
import os
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from kg.errors import Misuse, StoreError


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
        Misuse: It is not one of http or https, its host or port is none, or it holds a password.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}[parts.scheme]
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
    return parts.scheme, parts.hostname, port
