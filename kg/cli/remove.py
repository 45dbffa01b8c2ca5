"""`kg remove`: takes a source out of the store."""

import click

from kg.cli.common import address_of, project_of, say
from kg.cli.group import Settings
from kg.namespaces import SOURCE


@click.command(epilog="Example: kg remove mnd-2026-01-12-sheinbaum-trump")
@click.argument("source")
@click.pass_obj
def command(settings: Settings, source: str) -> None:
    """Take a source out of the store, by its id or IRI."""
    from kg.errors import harmless
    from kg.load import read_house
    from kg.store import open_store

    address = address_of(settings)
    with open_store(address, read_house(project_of(address)).background) as store:
        record = store.remove(SOURCE + source.removeprefix(SOURCE))
        say(settings, f"removed: {harmless(record.label)}")
