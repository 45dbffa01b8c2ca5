"""The index: Oxigraph, derived from the sources; it can be made anew from them at any time.

It is changed in a copy that nobody else sees, so that what fails or is killed costs nothing.
"""

import contextlib
import gzip
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from kg.errors import StoreError
from kg.namespaces import DERIVED, graph_of
from kg.rdf import Literal, NamedNode, Quad, parse
from kg.store.base import Background
from kg.store.files import link
from kg.store.manifest import Entry, Manifest, pieces_of, read_text
from kg.store.memory import rewritten

MANY: Final = 1_000
"""From so many quads on Oxigraph's bulk loader is the faster way in."""

SMALL_PART: Final = 4
"""A bulk leaves layers behind, all of which every look-up reads until they are merged.

They are merged when it is more than this part, a quarter, of what was there, so that what merging
costs stays a part of what loading costs.
"""


def make_index(
    place: Path, sources: Path, background: Background, entries: Iterable[Entry]
) -> ox.Store:
    """Returns a new index that holds a background and sources.

    Args:
        place: A folder with nothing in it.
        sources: The folder of their files.
        background: What it holds besides them.
        entries: The sources.

    Raises:
        StoreError: A source is damaged.
    """
    index = ox.Store(str(place))
    index.bulk_extend(background.quads)
    index.bulk_extend(
        quad
        for entry in entries
        for piece in pieces_of(sources, entry)
        for quad in (*piece, *background.derive(piece))
    )
    index.optimize()
    return index


def copy_index(data: Path, place: Path) -> ox.Store:
    """Returns a copy of the index of a view, to be changed; files that stay are linked.

    Args:
        data: Oxigraph's files.
        place: A folder with nothing in it.

    Raises:
        RuntimeError: It is damaged.
        OSError: So it is, or the system refuses, as where the disk is full.
    """
    for path in data.iterdir():
        if path.suffix == ".sst":  # which Oxigraph's engine never writes again
            link(path, place / path.name)
        else:
            shutil.copyfile(path, place / path.name)
    return ox.Store(str(place))


def is_mostly_going(known: Manifest, staying: Manifest) -> bool:
    """Returns whether more goes of what came in bulk than stays.

    To take that out takes Oxigraph longer than to make a new index of what stays.
    """
    going = (entry for name, entry in known.entries.items() if name not in staying.entries)
    return sum(_size(entry) for entry in going if entry.is_bulk) > sum(
        map(_size, staying.entries.values())
    )


def _size(entry: Entry) -> int:
    return entry.record.asserted


def hold(
    index: ox.Store, held: Manifest, files: Path, sources: Mapping[str, Collection[Quad]]
) -> None:
    """Has an index hold of each source these quads and no others; what it holds already stays.

    Args:
        index: To be changed.
        held: The sources that it holds.
        files: The folder of the files of sources.
        sources: By IRI.

    Raises:
        RuntimeError: It is damaged.
    """
    fresh: list[Quad] = []
    for source, quads in sources.items():
        entry = held.entries.get(source)
        come: Collection[Quad] = quads
        go: Iterable[Quad] = _held(index, source)
        if entry is not None and quads and not entry.is_bulk:
            # Where its file is damaged, all of it comes anew.
            with contextlib.suppress(StoreError):
                come, go = difference(index, files, entry, quads)
        for quad in go:
            index.remove(quad)
        fresh += come
    if len(fresh) <= MANY:
        index.extend(fresh)
    else:
        index.bulk_extend(fresh)
        _merge(index, len(fresh), held)


def hold_bulk(
    index: ox.Store, held: Manifest, source: str, parts: Iterable[Path], count: int
) -> None:
    """Has an index hold of a source what stands in files of N-Quads, gzip, and nothing else.

    Args:
        index: To be changed.
        held: The sources that it holds.
        source: Its IRI.
        parts: The files.
        count: How many quads they assert.

    Raises:
        RuntimeError: It is damaged.
    """
    hold_none(index, held, source)
    for path in parts:
        with gzip.open(path) as file:
            index.bulk_load(file, ox.RdfFormat.N_QUADS, lenient=True)  # type: ignore[arg-type]
    _merge(index, count, held)


def hold_none(index: ox.Store, _: Manifest, source: str) -> None:
    """Has an index hold nothing of a source."""
    for quad in _held(index, source):
        index.remove(quad)


def _merge(index: ox.Store, come: int, held: Manifest) -> None:
    """Merges what so many quads that came in bulk have left behind, if it was no small part."""
    if come > sum(map(_size, held.entries.values())) / SMALL_PART:
        index.optimize()


def difference(
    index: ox.Store, files: Path, entry: Entry, quads: Iterable[Quad]
) -> tuple[list[Quad], list[Quad]]:
    """Returns what an index lacks of a source that is to be these quads, and what it has too much.

    A literal that the index keeps in another form may be in both.

    Args:
        index: Of the store, or its view.
        files: The folder of the files of sources.
        entry: The source as it is.
        quads: As it is to be, asserted and derived.

    Raises:
        RuntimeError: The index is damaged.
        StoreError: The file of the source is damaged.
    """
    graph, twin = _graphs(entry.record.source)
    own = tuple(quads)
    asserted = [quad for quad in own if quad.graph_name == graph]
    # To read it out of the index takes longer than to judge it.
    written = read_text(files, entry)
    was = written.replace(f" {graph} .\n".encode(), b" .\n")
    come, go = _compared(graph, was, asserted)
    if rewritten(quad.object for quad in go if isinstance(quad.object, Literal)):
        come, go = _compared(graph, _dumped(index, graph), asserted)
    derived = [quad for quad in own if quad.graph_name == twin]
    more, less = _compared(twin, _dumped(index, twin), derived)
    return come + more, go + less


def _compared(graph: NamedNode, was: bytes, now: list[Quad]) -> tuple[list[Quad], list[Quad]]:
    """Returns what of a graph comes and what goes, if that was its N-Triples."""
    # As lines: to make terms of hundreds of thousands of triples takes long, too.
    text = ox.serialize((quad.triple for quad in now), format=ox.RdfFormat.N_TRIPLES) or b""
    wanted = dict(zip(text.split(b"\n"), now, strict=False))
    before = set(was.split(b"\n"))
    gone = tuple(parse(b"\n".join(before.difference(wanted)), "nt", file="index"))
    # 1 that goes takes a 1.0 that stays along, which the index keeps as 1: it comes again.
    lost = {quad.subject for quad in gone if isinstance(quad.object, Literal)}
    return (
        [quad for line, quad in wanted.items() if line not in before or quad.subject in lost],
        [Quad(quad.subject, quad.predicate, quad.object, graph) for quad in gone],
    )


def _dumped(index: ox.Store, graph: NamedNode) -> bytes:
    return index.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=graph) or b""


def _held(index: ox.Store, source: str) -> Iterator[Quad]:
    for graph in _graphs(source):
        yield from index.quads_for_pattern(None, None, None, graph)


def _graphs(source: str) -> tuple[NamedNode, NamedNode]:
    graph = graph_of(source)
    return NamedNode(graph), NamedNode(graph + DERIVED)
