"""Where the shipped folders are, a project's own beside its store, and what a user's cache is.

The only module that knows: an installed wheel carries the folders under `kg/_data`, a checkout has
them at its top. An analyst's own `ontology/`, `shapes/`, `queries/` and `facts/` are read after the
shipped ones.
"""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from kg.errors import StoreError

Kind = Literal["ontology", "shapes", "queries", "facts"]


def shipped(kind: Kind) -> Path:
    """Returns the folder of that kind that came with this installation.

    Raises:
        StoreError: The installation lacks it.
    """
    packaged = Path(__file__).parent / "_data" / kind
    folder = packaged if packaged.is_dir() else Path(__file__).parents[1] / kind
    if not folder.is_dir():
        raise StoreError(f"the installation lacks its {kind}/ folder: reinstall diplomatic-kg")
    return folder


def cache_folder() -> Path:
    """Returns the user's folder for what can be made again: `$XDG_CACHE_HOME`, else `~/.cache`.

    Nobody else may read or write it, so what stands there is trusted as nothing in a project's
    folder is. It is made where it is missing, unless that cannot be.
    """
    told = os.environ.get("XDG_CACHE_HOME", "")
    base = Path(told) if Path(told).is_absolute() else Path.home() / ".cache"
    folder = base / "diplomatic-kg"
    with contextlib.suppress(OSError):  # using it says it better
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def files(
    kind: Kind, suffixes: tuple[str, ...], *, under: str = "", project: Path | None = None
) -> Iterator[Path]:
    """Yields the files of a kind, shipped ones first, each folder in the order of names.

    Args:
        kind: Which folder.
        suffixes: File name endings that count, as `(".ttl",)`.
        under: A folder inside it, as `ask` of `queries`.
        project: The folder that holds a `.kg` store, whose own folders are read on top.
    """
    folders = [shipped(kind)]
    if project is not None and (project / kind).resolve() != folders[0].resolve():
        folders.append(project / kind)
    for folder in folders:
        found = (folder / under).rglob("*")
        yield from sorted(path for path in found if path.suffix in suffixes and path.is_file())
