"""What several commands share: finding and opening the store, and words for a person."""

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
