"""What opening a store folder mends: a view that is missing, cut short or of other days."""

from contextlib import suppress

from kg.errors import StoreError
from kg.store import view
from kg.store.commit import make_view, show, sweep, writing
from kg.store.files import told
from kg.store.layout import Layout
from kg.store.lock import LockedError
from kg.store.manifest import Watch


def renew(layout: Layout) -> None:
    """Sees to it that the newest view is of what counts.

    Where another process is writing, it does, and the last view is good meanwhile.

    Raises:
        StoreError: There is no view and none can be made.
    """
    if not layout.is_stale():
        return
    try:
        with writing(layout) as known:
            if not layout.is_stale():
                return  # done while we waited
            if view.is_prepared(layout.views, known, layout.background.digest):
                with told(f"writing {layout.folder}"):
                    show(layout, known)
            else:
                make_view(layout, known, known.entries.values())
    except LockedError:
        if view.newest_path(layout.views) is None:
            raise


def rebuild(layout: Layout, watch: Watch) -> None:
    """Makes the index anew from the sources, whatever it is; arguments as of the store's."""
    with writing(layout) as known:
        make_view(layout, known, watch(list(known.entries.values())))


def tidy(layout: Layout) -> None:
    """Takes away what a killed writer left behind, where that can be and none is at work."""
    with suppress(StoreError), writing(layout):
        sweep(layout)
