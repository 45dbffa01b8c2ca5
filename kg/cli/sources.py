"""`kg sources`: what is in the store."""

import click

from kg.cli.common import address_of, project_of
from kg.cli.group import Settings


@click.command(epilog="Example: kg sources")
@click.pass_obj
def command(settings: Settings) -> None:
    """List the sources in the store: IRI, number of facts asserted, when loaded, by whom, label."""
    from kg.load import read_house
    from kg.store import open_store

    address = address_of(settings)
    with open_store(address, read_house(project_of(address)).background) as store:
        for record in store.sources():
            cells = (record.source, str(record.asserted), record.loaded_at, record.recorded_by)
            click.echo("\t".join((*cells, record.label)))
