"""What several commands share: finding and opening the store, and words for a person."""

import sys
from pathlib import Path

import click

from kg.cli.group import Settings

FOLDER = ".kg"
"""Name of the store folder that is looked for and made."""


def address_of(settings: Settings) -> str:
    """Returns the store's address: the one given, the nearest `.kg` upward, or one here."""
    here = Path.cwd()
    found = (folder / FOLDER for folder in (here, *here.parents))
    nearest = next((folder for folder in found if folder.is_dir()), here / FOLDER)
    return settings.store or str(nearest)


def project_of(address: str) -> Path:
    """Returns the folder whose own ontology, shapes, queries and facts are read on top."""
    return Path.cwd() if address == "memory:" else Path(address).absolute().parent


def say(settings: Settings, message: str) -> None:
    """Puts words for a person on stderr, unless she asked for quiet."""
    if not settings.quiet:
        click.echo(message, err=True)


def write_out(data: bytes, output: Path | None = None) -> None:
    """Writes to a file, whole or not at all, or to stdout."""
    if output is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    from kg.store.files import told, write_durably

    with told(f"writing {output}"):
        output.parent.mkdir(parents=True, exist_ok=True)
        write_durably(output, data)
