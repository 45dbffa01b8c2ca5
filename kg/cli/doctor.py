"""`kg doctor`: what is damaged in the store, and its cure."""

import click

from kg.cli.common import address_of, progress, project_of
from kg.cli.group import Settings
from kg.errors import counted


@click.command(epilog="Example: kg doctor --check")
@click.option("--check", is_flag=True, help="Only look.")
@click.pass_obj
def command(settings: Settings, check: bool) -> int:
    """Find what is damaged in the store, and mend what can be mended.

    The index of a folder, and the graphs on a server, are made anew from the sources.

    Exit codes: 0 whole, or mended; 1 with --check, something is to be mended; 6 a source is
    damaged: load it again.
    """
    from kg.load import read_house
    from kg.store import diagnose, open_store

    address = address_of(settings)
    background = read_house(project_of(address)).background
    found = diagnose(address, background, lambda sources: progress(sources, "reading"))
    whole = found.held - len(found.sources)
    click.echo(f"{address}: {whole:,} of {counted(found.held, 'source')} whole")
    for problem in (*found.sources, *found.index):
        click.echo(f"  {problem}")
    if found.sources:
        click.echo("load the damaged sources again, or `kg remove` them", err=True)
        return 6
    if not found.index:
        click.echo(f"  {found.made} whole")
        return 0
    if check:
        return 1
    with open_store(address, background) as store:
        store.rebuild(lambda sources: progress(sources, "mending"))  # type: ignore[attr-defined]
    click.echo(f"  mended: {found.made} made anew from the sources")
    return 0
