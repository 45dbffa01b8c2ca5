"""The gazetteer of a large register, kept between runs so that it need not be built again.

It is kept for a project's own register only, in the cache folder of the user, which is trusted.
"""

import contextlib
import hashlib
import os
import pickle
import platform
from pathlib import Path

from kg import __version__
from kg.extract.gazetteer import Gazetteer
from kg.facts import read_register
from kg.resources import cache_folder, files
from kg.vocabulary import Vocabulary

KEPT = 4
"""Gazetteers that are kept, the newest."""


def open_gazetteer(vocabulary: Vocabulary, project: Path | None = None) -> Gazetteer:
    """Returns the gazetteer of the register: the one kept, while no file of the register changed.

    Raises:
        InputError: A file of the register cannot be read.
        Misuse: The library is not installed.
    """
    paths = list(files("facts", (".yaml",), under="actors", project=project))
    own = project is not None and any(path.is_relative_to(project) for path in paths)
    place = cache_folder() / f"gazetteer-{_digest(vocabulary, paths)}.pickle" if own else None
    found = _read(place) if place is not None else None
    if found is None:
        found = Gazetteer(read_register(vocabulary, project).quads)
        if place is not None:
            _write(place, found)
    return found


def _digest(vocabulary: Vocabulary, paths: list[Path]) -> str:
    told = hashlib.sha256(f"{__version__} {platform.python_version()} {vocabulary.digest}".encode())
    told.update(Path(__file__).with_name("gazetteer.py").read_bytes())
    for path in paths:
        with contextlib.suppress(OSError):  # reading the register says it better
            told.update(hashlib.sha256(path.read_bytes()).digest())
    return told.hexdigest()[:32]


def _read(place: Path) -> Gazetteer | None:
    try:
        if hasattr(os, "getuid") and place.stat().st_uid != os.getuid():
            return None
        return Gazetteer.load(place.with_suffix(".names"), place)
    except (OSError, EOFError, ValueError, LookupError, AttributeError, ImportError, TypeError,
            pickle.UnpicklingError):  # fmt: skip
        return None  # not there, or damaged: it is built again


def _write(place: Path, gazetteer: Gazetteer) -> None:
    """Keeps a gazetteer; where that cannot be, the next run builds it again."""
    names = place.with_suffix(".names")
    parts = [one.with_name(f"{one.name}.{os.getpid()}") for one in (names, place)]
    try:
        gazetteer.save(*parts)
        parts[0].replace(names)
        parts[1].replace(place)
        kept = sorted(place.parent.glob("gazetteer-*.pickle"), key=lambda one: -one.stat().st_mtime)
        for old in kept[KEPT:]:
            old.unlink(missing_ok=True)
            old.with_suffix(".names").unlink(missing_ok=True)
    except OSError:
        for part in parts:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)
