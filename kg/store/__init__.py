"""Where sources are kept and asked: a folder or memory behind one address."""

from collections.abc import Iterable
from pathlib import Path

from kg.errors import Misuse, StoreError
from kg.rdf import Quad
from kg.store.base import Background, Limits, Reader, SourceRecord, Writer
from kg.store.folder import FolderStore
from kg.store.memory import MemoryStore

__all__ = [
    "Background",
    "Limits",
    "Reader",
    "SourceRecord",
    "Writer",
    "in_memory",
    "open_store",
]


def open_store(address: str, background: Background, *, create: bool = False) -> Writer:
    """Returns the store at an address.

    Args:
        address: A folder, or `memory:`.
        background: The vocabulary and register that it shall hold besides its sources.
        create: Make the folder if it is not there.

    Raises:
        Misuse: The address is of a kind that is not known.
        StoreError: There is no store there, or it cannot be opened.
    """
    if address == "memory:":
        return MemoryStore(background)
    if "://" in address:
        raise Misuse(f"{address}: a store is a folder or memory:")
    folder = Path(address)
    if not create and not (folder / "sources").is_dir():
        raise StoreError(f"there is no store at {address}: `kg load FILE` makes one")
    return FolderStore(folder, background)


def in_memory(*parts: Iterable[Quad]) -> Reader:
    """Returns a reader of quads that lives as long as the process, and in memory."""
    store = MemoryStore()
    for part in parts:
        store.extend(part)
    return store
