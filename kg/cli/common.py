"""What several commands share: finding and opening the store, and words for a person."""

import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

import click

from kg.cli.group import Settings

T = TypeVar("T")

PATIENCE = 1.0
"""Seconds that a person waits before she is shown how far it is."""

FOLDER = ".kg"
"""Name of the store folder that is looked for and made."""


def address_of(settings: Settings) -> str:
    """Returns the store's address: the one given, the nearest `.kg` upward, or one here."""
    here = Path.cwd()
    found = (folder / FOLDER for folder in (here, *here.parents))
    nearest = next((folder for folder in found if folder.is_dir()), here / FOLDER)
    return settings.store or str(nearest)


def project_of(address: str) -> Path:
    """Returns the folder whose own ontology, shapes, queries and facts are read on top.

    It is the one that the store's folder is in; for a store in memory or on a server, this one.
    """
    from kg.store import is_folder

    return Path(address).absolute().parent if is_folder(address) else Path.cwd()


def say(settings: Settings, message: str) -> None:
    """Puts words for a person on stderr, unless she asked for quiet."""
    if not settings.quiet:
        # At a terminal a bar may stand on this line.
        cleared = f"\r{'':79}\r" if sys.stderr.isatty() else ""
        click.echo(cleared + message, err=True)


def progress(items: Iterable[T], label: str) -> Iterator[T]:
    """Yields items; where it takes long and a person looks on, a bar on stderr says how far it is.

    It has no colour, and does not hide the cursor, which an error would then leave hidden.
    """
    if not sys.stderr.isatty():
        yield from items
        return
    began = time.monotonic()
    with click.progressbar(items, label=label, file=sys.stderr, color=False, hidden=True) as bar:
        for item in bar:
            bar.hidden = bar.hidden and time.monotonic() - began < PATIENCE
            yield item


def write_out(data: bytes | Iterable[bytes], output: Path | None = None) -> None:
    """Writes to a file, whole or not at all, or to stdout."""
    if output is None:
        sys.stdout.buffer.writelines([data] if isinstance(data, bytes) else data)
        sys.stdout.buffer.flush()
        return
    from kg.store.files import told, write_output

    with told(f"writing {output}"):
        write_output(output, data)
