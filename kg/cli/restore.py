"""`kg restore`: the store as a backup has it."""

from pathlib import Path

import click

from kg.cli.common import address_of, project_of, say
from kg.cli.group import Settings
from kg.errors import counted


@click.command(epilog="Example: kg -s new.kg restore graph.backup")
@click.argument("file", type=click.Path(path_type=Path, readable=False))
@click.option("--replace", is_flag=True, help="Even if sources of the store would be lost.")
@click.pass_obj
def command(settings: Settings, file: Path, replace: bool) -> None:
    """Make the store hold what the backup in FILE holds, and nothing else.

    All of FILE is verified before anything is written; one that is damaged leaves the store as it
    was. A folder changes at once, a server source by source.
    """
    from kg.load import read_house
    from kg.store import open_store
    from kg.store.backup import restore, unpacked

    address = address_of(settings)
    background = read_house(project_of(address)).background
    with unpacked(file) as backup, open_store(address, background, create=True) as store:
        records = restore(store, backup, replace=replace)
    say(settings, f"{address}: {counted(len(records), 'source')} as in {file}")
