"""`kg load`: documents through the gate into the store."""

import getpass
from pathlib import Path

import click

from kg.cli.common import address_of, project_of, say
from kg.cli.group import Settings


@click.command(epilog="Example: kg load facts/mnd-2026-01-12-sheinbaum-trump.yaml")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--by", default=None, help="Who loads it; without it, your user name.")
@click.pass_obj
def command(settings: Settings, files: tuple[Path, ...], by: str | None) -> None:
    """Read fact documents, derive, check them against the shapes, and store them.

    A document with violations does not enter; the store is as it was.
    """
    from kg.load import in_words, load, read_house
    from kg.store import open_store

    address = address_of(settings)
    house = read_house(project_of(address))
    with open_store(address, house.background, create=True) as store:
        for path in files:
            loaded = load(store, path, house, recorded_by=by or getpass.getuser())
            for finding in loaded.report.findings:
                say(settings, f"{path}: {finding.severity}: {in_words(finding)}")
            say(settings, f"{'loaded' if loaded.changed else 'unchanged'}: {loaded.label}")
