"""What is wrong with a store folder: a damaged source, an index that is missing or changed."""

from dataclasses import dataclass
from pathlib import Path

from kg.store import seal, view
from kg.store.files import digest_of
from kg.store.manifest import Watch, read_manifest


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What is wrong.

    Attributes:
        sources: What is wrong with sources; only loading them again helps.
        index: What is wrong with the index, which is made anew from the sources.
        held: How many sources the store holds.
        made: What is made anew from the sources, in words.
    """

    sources: tuple[str, ...]
    index: tuple[str, ...]
    held: int
    made: str = "the index"


def diagnose(folder: Path, background: str, watch: Watch = iter) -> Diagnosis:
    """Returns what is wrong with a store folder, without opening or changing anything.

    Args:
        folder: The store.
        background: Digest of the vocabulary, register and rules that the index should be made with.
        watch: Passes the sources on, and may show how far it is.

    Raises:
        StoreError: Its list of sources cannot be read.
    """
    known = read_manifest(folder / "sources" / "manifest.json")
    sources = []
    for entry in watch(list(known.entries.values())):
        path = folder / "sources" / entry.file
        if not path.is_file():
            sources.append(f"{entry.record.source}: its file is missing: {path}")
        elif digest_of(path) != entry.sha256:
            sources.append(f"{entry.record.source}: its file is damaged: {path}")
    seen = view.path_of(folder / "view", known, background)
    if seen is None:
        index = ["the index is missing"]
    elif view.stamp_of(seen) != view.Stamp(known.commit, background):
        index = ["the index is older than the sources, the vocabulary or the register"]
    else:
        index = list(seal.changed(seen))
    return Diagnosis(tuple(sources), tuple(index), len(known.entries))
