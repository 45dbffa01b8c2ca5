"""`kg query`: SPARQL of one's own, within limits."""

import click

from kg.cli.common import address_of, project_of
from kg.cli.group import Settings


@click.command(epilog="Example: kg query 'SELECT ?e { ?e a dip:PhoneCall }'")
@click.argument("text")
@click.option("--seconds", default=30.0, show_default=True, help="Stop it after so long.")
@click.option("--megabytes", default=2048, show_default=True, help="Stop it at so much memory.")
@click.pass_obj
def command(settings: Settings, text: str, seconds: float, megabytes: int) -> None:
    """Run a SPARQL query over all graphs together; rows come as tab-separated N-Triples terms.

    It runs in a process of its own, without network. The prefixes of the model are known.
    """
    from kg.load import read_house
    from kg.rdf import in_lines
    from kg.store import Limits, open_store

    address = address_of(settings)
    with open_store(address, read_house(project_of(address)).background) as store:
        for line in in_lines(store.run(text, Limits(seconds, megabytes))):
            click.echo(line)
