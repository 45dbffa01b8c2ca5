"""Where sources are kept and asked: a folder, memory or a server behind one address."""

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from kg.errors import Misuse, StoreError
from kg.rdf import Quad, Rows
from kg.store import doctor
from kg.store.base import (
    Approving,
    Background,
    Bulk,
    Closing,
    Incoming,
    Keeping,
    Limits,
    Narrowable,
    Reader,
    SourceRecord,
    Writer,
)
from kg.store.doctor import Diagnosis
from kg.store.folder import FolderStore
from kg.store.memory import MemoryStore, Standing, rewritten

_HOST_AND_PORT = re.compile(r"([\w.-]+|\[[\da-fA-F:.]+\]):\d+(/|$)")

Watch = Callable[[list[Any]], Iterable[Any]]
"""Passes what is to be done on, one after the other, and may show how far it is."""

__all__ = [
    "Approving",
    "Background",
    "Bulk",
    "Closing",
    "Incoming",
    "Keeping",
    "Limits",
    "Narrowable",
    "Reader",
    "SourceRecord",
    "Standing",
    "Writer",
    "ask",
    "diagnose",
    "holds_store",
    "in_memory",
    "is_folder",
    "open_store",
    "rewritten",
]


def is_folder(address: str) -> bool:
    """Returns whether an address is that of a store folder."""
    return address != "memory:" and "://" not in address


def holds_store(address: str) -> bool:
    """Returns whether an address is that of a store folder that is there."""
    return is_folder(address) and (Path(address) / "sources").is_dir()


def _absent(address: str) -> StoreError:
    """Returns what to raise where no store folder is, and what may have been meant."""
    hint = "`kg load FILE` makes one"
    if _HOST_AND_PORT.match(address):
        hint = f"a server's address begins with http:// or https://, as http://{address}"
    return StoreError(f"there is no store at {address}: {hint}")


def open_store(address: str, background: Background, *, create: bool = False) -> Writer:
    """Returns the store at an address.

    Args:
        address: A folder, `memory:`, or the http address of a SPARQL endpoint.
        background: The vocabulary and register that it shall hold besides its sources.
        create: Make the folder if it is not there, unless it is called as a host and its port.

    Raises:
        Misuse: The address is of a kind that is not known.
        StoreError: There is no store there, or it cannot be opened.
    """
    if address == "memory:":
        return MemoryStore(background)
    if address.lower().startswith(("http://", "https://")):
        from kg.store.remote import RemoteStore

        return RemoteStore(address, background)
    if not is_folder(address):
        raise Misuse(f"{address}: a store is a folder, memory:, or an http address")
    if not holds_store(address) and (not create or _HOST_AND_PORT.match(address)):
        raise _absent(address)
    return FolderStore(Path(address), background)


def ask(address: str, text: str, limits: Limits) -> Rows:
    """Returns the answer of somebody's SPARQL endpoint to a SELECT, asked as nobody.

    Raises:
        KgError: It is away, refuses, or answers with something else.
    """
    from kg.store.remote.credentials import Credentials
    from kg.store.remote.endpoint import Endpoint

    found = Endpoint(address, Credentials()).select(text, limits)
    if not isinstance(found, Rows):
        raise StoreError(f"{address} answers with another form of result")
    return found


def diagnose(address: str, background: Background, watch: Watch) -> Diagnosis:
    """Returns what is wrong with the store at an address, without changing anything.

    Args:
        address: A folder, or the http address of a SPARQL endpoint.
        background: The vocabulary and register that it should hold besides its sources.
        watch: Passes the sources on, and may show how far it is.

    Raises:
        Misuse: It is of a kind that cannot be damaged.
        StoreError: There is no store there, or its list of sources cannot be read.
    """
    if is_folder(address):
        if not holds_store(address):
            raise _absent(address)
        return doctor.diagnose(Path(address), background.digest, watch)
    store = open_store(address, background)
    if isinstance(store, MemoryStore):
        raise Misuse("a store in memory has nothing to mend")
    return store.diagnose(watch)  # type: ignore[attr-defined,no-any-return]


def in_memory(*parts: Iterable[Quad] | bytes) -> MemoryStore:
    """Returns a store, as long as the process lives, of quads or of what N-Quads hold."""
    store = MemoryStore()
    for part in parts:
        store.extend(part)
    return store
