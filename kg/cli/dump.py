"""`kg dump`: everything the sources assert, as RDF."""

import click

from kg.cli import complete
from kg.cli.common import address_of, project_of, write_out
from kg.cli.group import Settings


@click.command(epilog="Example: kg dump -f trig > graph.trig")
@click.option(
    "-f",
    "--format",
    shell_complete=complete.rdf,
    default="nq",
    show_default=True,
    help="ttl trig nt nq jsonld rdf.",
)
@click.pass_obj
def command(settings: Settings, format: str) -> None:
    """Write what the sources assert, literals as they were written, sorted."""
    from kg.errors import Misuse
    from kg.load import read_house
    from kg.rdf import FORMATS, serialize
    from kg.store import open_store

    if format not in FORMATS:
        raise Misuse(f"no RDF format is called {format!r}: choose one of {', '.join(FORMATS)}")
    address = address_of(settings)
    with open_store(address, read_house(project_of(address)).background) as store:
        write_out(serialize(store.asserted(), format))
