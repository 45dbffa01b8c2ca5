"""`kg actors`: the register of actors, and what others know of them."""

from pathlib import Path

import click

from kg.cli.common import address_of, project_of, say, write_out
from kg.cli.group import Settings


@click.group()
def command() -> None:
    """Look after the register of actors and offices."""


@command.command(
    epilog="Example: kg actors fetch https://example.org/sparql --state mexico -o new.yaml"
)
@click.argument("address")
@click.option(
    "--state", "states", multiple=True, required=True, help="By name or ISO code; again for more."
)
@click.option("--since", default="", metavar="DAY", help="Leave out terms that ended before.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="A file instead of stdout.")
@click.option(
    "--seconds", type=click.FloatRange(0.1, 86400), default=60.0, show_default=True,
    help="Stop after so long.",
)  # fmt: skip
@click.pass_obj
def fetch(
    settings: Settings,
    address: str,
    states: tuple[str, ...],
    since: str,
    output: Path | None,
    seconds: float,
) -> None:
    """Ask a Wikidata-shaped endpoint at ADDRESS who held office in some states, and when.

    Heads of state and government and foreign ministers that the register lacks, or has otherwise,
    come out in the form of facts/actors/, for you to review. Only ADDRESS is asked, as nobody.
    """
    from kg.actors import additions, codes_of, fetch
    from kg.errors import Misuse
    from kg.facts.dates import day
    from kg.load import read_house
    from kg.store import Limits

    if output is not None and output.exists():
        raise Misuse(f"{output} is there already: choose another name")
    try:
        first = day(since) if since else ""
    except ValueError as error:
        raise Misuse(f"--since: {error}") from error
    register = read_house(project_of(address_of(settings))).register
    codes = codes_of(states, register)
    held = fetch(address, sorted(codes), Limits(seconds, 256))
    new = additions(held, codes, register, address=address, since=first)
    write_out(new.document.encode(), output)
    say(
        settings,
        f"{len(held)} terms told of; {new.terms} to review, {new.differing} of which the register "
        f"has otherwise; {new.people} people to add or to link",
    )
