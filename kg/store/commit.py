"""A change to a store folder: all of it counts at once, or nothing has changed.

The manifest's rename is the commit. All that needs room is done before it, the new view included;
after it the view is renamed, and if that is cut short the next opening does it.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

import pyoxigraph as ox

from kg.errors import StoreError
from kg.store import view
from kg.store.files import cure, told, uninterrupted, write_durably
from kg.store.index import copy_index, is_mostly_going, make_index
from kg.store.layout import Layout
from kg.store.lock import lock
from kg.store.manifest import DamagedSourceError, Entry, Manifest, is_ours

Change = Callable[[ox.Store, Manifest], None]
"""Makes an index that holds these sources one that holds what is to be."""


@contextmanager
def writing(layout: Layout) -> Iterator[Manifest]:
    """Lets no other process write, and yields what the store holds; what fails leaves nothing.

    Raises:
        LockedError: Another process is writing.
    """
    with lock(layout.folder):
        known = layout.read_manifest()
        try:
            yield known
        except BaseException:
            with suppress(OSError, StoreError):
                sweep(layout)
            raise


def commit(layout: Layout, before: Manifest, after: Manifest, change: Change | None = None) -> None:
    """Has a store hold other sources.

    Args:
        layout: The store, which nobody else may be writing.
        before: What it holds.
        after: What it is to hold; the files of these sources are there.
        change: Makes the one of the other in the index; without it, and where the index turns out
            to be damaged, it is made anew.

    Raises:
        StoreError: The store cannot be written, or a source is damaged; it is as it was.
    """
    with told(f"writing {layout.folder}"):
        # A damaged source does not keep others from being replaced or taken out, nor itself: what
        # is read is made anew once all are sound.
        spared = suppress(DamagedSourceError) if change else nullcontext()
        with spared, _workshop(layout) as work:
            if change is None or not _is_changed(layout, work, before, after, change):
                _prepare(layout, _made(layout, work, after.entries.values()), after)
        with uninterrupted():
            write_durably(layout.manifest, after.to_json())
            # The sources count: what fails now is done by the next opening.
            with suppress(OSError, StoreError):
                show(layout, after)


def make_view(layout: Layout, known: Manifest, entries: Iterable[Entry]) -> None:
    """Makes the view of what counts anew from the files of the sources.

    Args:
        layout: The store, which nobody else may be writing.
        known: What it holds.
        entries: The same sources, perhaps counted as they pass.

    Raises:
        StoreError: The store cannot be written, or a source is damaged; it is as it was.
    """
    with told(f"making the index of {layout.folder} anew"):
        with _workshop(layout) as work:
            _prepare(layout, _made(layout, work, entries), known)
        show(layout, known)


def show(layout: Layout, known: Manifest) -> None:
    """Has readers see the view that is prepared of what counts, and takes away what does not."""
    view.show(layout.views, known.commit)
    sweep(layout)


def sweep(layout: Layout) -> None:
    """Takes away what does not count, and views that nobody reads."""
    known = layout.read_manifest()
    view.sweep(layout.views, known.commit)
    named = {entry.file for entry in known.entries.values()}
    for path in layout.sources.iterdir():
        if path.name not in named and is_ours(path.name):
            path.unlink(missing_ok=True)


def _is_changed(
    layout: Layout, work: Path, before: Manifest, after: Manifest, change: Change
) -> bool:
    """Prepares the view by changing the index, if that is sound; returns whether it was."""
    try:
        index, held = _begun(layout, work, before, after)
        change(index, held)
        _prepare(layout, index, after)
    except (RuntimeError, OSError) as error:
        # Oxigraph has either for damage; what the system refuses is told.
        if isinstance(error, OSError) and cure(error):
            raise
        return False
    return True


def _begun(
    layout: Layout, work: Path, before: Manifest, after: Manifest
) -> tuple[ox.Store, Manifest]:
    """Returns an index to be changed, and the sources that it holds."""
    staying = before.common(after)
    if layout.is_stale() or is_mostly_going(before, staying):
        return _made(layout, work, staying.entries.values()), staying
    seen = layout.views / str(before.commit) / view.DATA
    return copy_index(seen, Path(mkdtemp(dir=work))), before


def _made(layout: Layout, work: Path, entries: Iterable[Entry]) -> ox.Store:
    return make_index(Path(mkdtemp(dir=work)), layout.sources, layout.background, entries)


def _prepare(layout: Layout, index: ox.Store, known: Manifest) -> None:
    view.prepare(index, layout.views, known, layout.background.digest)


@contextmanager
def _workshop(layout: Layout) -> Iterator[Path]:
    """Yields a folder to make an index in, which goes with what is in it."""
    with TemporaryDirectory(dir=layout.views, ignore_cleanup_errors=True) as work:
        yield Path(work)
