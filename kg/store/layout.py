"""Where a store folder has what: `sources/` is the truth, `view/` the index made of it and read."""

from dataclasses import dataclass
from pathlib import Path

from kg.store.base import Background
from kg.store.files import told
from kg.store.manifest import Manifest, read_commit, read_manifest
from kg.store.view import Stamp, newest_path, stamp_of


@dataclass(frozen=True, slots=True)
class Layout:
    """A store folder, and what its index holds besides the sources."""

    folder: Path
    background: Background

    def make(self) -> None:
        """Makes the folders that are not there yet."""
        with told(f"opening {self.folder}"):
            for part in (self.sources, self.views):
                part.mkdir(parents=True, exist_ok=True)

    @property
    def sources(self) -> Path:
        """The files of the sources, and the manifest that says which of them count."""
        return self.folder / "sources"

    @property
    def views(self) -> Path:
        """A view for each commit that is still read."""
        return self.folder / "view"

    @property
    def manifest(self) -> Path:
        """The file of the manifest."""
        return self.sources / "manifest.json"

    def read_manifest(self) -> Manifest:
        """Returns what the store holds; errors as of `read_manifest`."""
        return read_manifest(self.manifest)

    def stamp(self, commit: int) -> Stamp:
        """Returns what the view of a commit is of."""
        return Stamp(commit, self.background.digest)

    def is_stale(self) -> bool:
        """Returns whether the newest view is not of what counts; the manifest is not read whole."""
        seen = newest_path(self.views)
        return seen is None or stamp_of(seen) != self.stamp(read_commit(self.manifest))
