"""`kg sources`: what is in the store."""

import click

from kg.cli.common import address_of, project_of
from kg.cli.group import Settings
from kg.namespaces import SOURCE


@click.command(epilog="Example: kg sources")
@click.option("-f", "--format", default=None, help="table csv tsv json xml md jsonl.")
@click.pass_obj
def command(settings: Settings, format: str | None) -> None:
    """List the sources in the store: id, label, quads asserted, when loaded, by whom."""
    from kg.cli.table import show_rows
    from kg.load import read_house
    from kg.store import open_store

    address = address_of(settings)
    with open_store(address, read_house(project_of(address)).background) as store:
        rows: list[dict[str, str | int | float]] = [
            {
                "source": record.source.removeprefix(SOURCE),
                "label": record.label,
                "quads": record.asserted,
                "loaded": record.loaded_at,
                "by": record.recorded_by,
            }
            for record in store.sources()
        ]
    show_rows(rows, format, settings)
