"""`kg backup`: the store as one file, also while it is used."""

from pathlib import Path

import click

from kg.cli.common import address_of, project_of, say
from kg.cli.group import Settings
from kg.errors import counted


@click.command(epilog="Example: kg backup graph.backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
def command(settings: Settings, file: Path) -> None:
    """Write the sources of the store and their records into FILE, verified.

    It is of one state of the store, also beside a writer. `kg restore` reads it.
    """
    from kg.load import read_house
    from kg.store import is_folder, open_store
    from kg.store.backup import backup

    address = address_of(settings)
    folder = Path(address) if is_folder(address) else None
    with open_store(address, read_house(project_of(address)).background) as store:
        records = backup(store, file, folder=folder)
    quads = sum(record.asserted for record in records)
    say(settings, f"{file}: {counted(len(records), 'source')}, {counted(quads, 'quad')}, verified")
