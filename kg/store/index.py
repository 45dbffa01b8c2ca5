"""`index/`: Oxigraph, derived from the sources; it can be made anew from them at any time.

Nothing here is a commit: what is left half done by a crash has no stamp, and is made anew.
"""

import shutil
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from kg.errors import StoreError
from kg.namespaces import DERIVED, graph_of
from kg.rdf import NamedNode, Quad
from kg.store import manifest
from kg.store.base import Background

MANY: Final = 1_000
"""From so many quads on Oxigraph's bulk loader is the faster way in."""

SMALL_PART: Final = 4
"""A bulk leaves layers behind, all of which every look-up reads until they are merged.

They are merged when it is more than this part, a quarter, of what was there, so that what merging
costs stays a part of what loading costs.
"""


def open_index(folder: Path) -> ox.Store:
    """Returns the index of a store folder, for the one writer.

    Raises:
        RuntimeError: It is damaged.
        StoreError: It cannot be opened.
    """
    try:
        return ox.Store(str(folder / "index"))
    except OSError as error:
        raise StoreError(
            f"the index of {folder} cannot be opened ({error}): "
            "take its index/ away, it is made anew from the sources"
        ) from error


def make_index(folder: Path, background: Background, entries: Iterable[manifest.Entry]) -> ox.Store:
    """Returns a new index of a store folder, in place of the one there, that holds these sources.

    Raises:
        StoreError: A source is damaged.
    """
    shutil.rmtree(folder / "index", ignore_errors=True)
    index = open_index(folder)
    index.bulk_extend(background.quads)
    index.bulk_extend(
        quad
        for entry in entries
        for piece in manifest.pieces_of(folder / "sources", entry)
        for quad in (*piece, *background.derive(piece))
    )
    index.optimize()
    return index


def index_for(
    folder: Path,
    background: Background,
    known: manifest.Manifest,
    changing: Collection[str],
) -> ox.Store:
    """Returns the index in which some sources are to change.

    It is the one there; but where more would go from it in bulk than stays, which takes Oxigraph
    longer, a new one of what stays.

    Args:
        folder: The store.
        background: What it holds besides its sources.
        known: What it holds.
        changing: IRIs of sources, perhaps of such as it does not hold.

    Raises:
        RuntimeError: It is damaged.
        StoreError: It cannot be opened.
    """
    going = [entry for name, entry in known.entries.items() if name in changing and entry.is_bulk]
    staying = [entry for name, entry in known.entries.items() if name not in changing]
    if sum(map(_size, going)) > sum(map(_size, staying)):
        return make_index(folder, background, staying)
    return open_index(folder)


def _size(entry: manifest.Entry) -> int:
    return entry.record.asserted


def merge(index: ox.Store, come: int, known: manifest.Manifest) -> None:
    """Merges what so many quads that came in bulk have left behind, if it was no small part."""
    if come > sum(map(_size, known.entries.values())) / SMALL_PART:
        index.optimize()


def hold(
    index: ox.Store, sources: Mapping[str, Collection[Quad]], known: manifest.Manifest
) -> None:
    """Has an index hold of each source these quads and no others; what it holds already stays.

    Args:
        index: Of the store.
        sources: By IRI.
        known: What the index holds.

    Raises:
        RuntimeError: It is damaged.
    """
    fresh: list[Quad] = []
    for source, quads in sources.items():
        wanted, held = frozenset(quads), set()
        for graph in (graph_of(source), graph_of(source) + DERIVED):
            # In the forms that the index keeps: what was written otherwise goes and comes again.
            for quad in index.quads_for_pattern(None, None, None, NamedNode(graph)):
                if quad in wanted:
                    held.add(quad)
                else:
                    index.remove(quad)
        fresh += (quad for quad in quads if quad not in held)
    if len(fresh) <= MANY:
        index.extend(fresh)
    else:
        index.bulk_extend(fresh)
        merge(index, len(fresh), known)
