"""`kg doctor`: what is damaged in the store, and its cure."""

from pathlib import Path

import click

from kg.cli.common import address_of, progress, project_of
from kg.cli.group import Settings


@click.command(epilog="Example: kg doctor --check")
@click.option("--check", is_flag=True, help="Only look.")
@click.pass_obj
def command(settings: Settings, check: bool) -> int:
    """Find what is damaged in the store, and mend what can be mended.

    Index and view are made anew from the sources. Exit codes: 0 whole, or mended; 1 with --check,
    something is to be mended; 6 a source is damaged: load it again.
    """
    from kg.errors import Misuse
    from kg.load import read_house
    from kg.store import open_store
    from kg.store.doctor import diagnose

    address = address_of(settings)
    if address == "memory:":
        raise Misuse("a store in memory has nothing to mend")
    background = read_house(project_of(address)).background
    found = diagnose(Path(address), background.digest, lambda sources: progress(sources, "reading"))
    whole = found.held - len(found.sources)
    click.echo(f"{address}: {whole} of {found.held} sources whole")
    for problem in (*found.sources, *found.index):
        click.echo(f"  {problem}")
    if found.sources:
        click.echo("load the damaged sources again, or `kg remove` them", err=True)
        return 6
    if not found.index:
        click.echo("  index and view whole")
        return 0
    if check:
        return 1
    with open_store(address, background) as store:
        store.rebuild(lambda sources: progress(sources, "mending"))  # type: ignore[attr-defined]
    click.echo("  mended: index and view made anew from the sources")
    return 0
