"""`kg export`: a projection of the store, in the format of a program."""

import sys
from pathlib import Path

import click

from kg.cli.common import address_of, project_of, say
from kg.cli.group import Settings

_EXAMPLES = """\b
Examples:
  kg export html -o call.html
  kg export gexf -o mexico.gexf --projection dyads --actor Mexico
  kg export csv -o tables --since 2026-01-01
"""


@click.command(epilog=_EXAMPLES)
@click.argument("format", required=False)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="A file, or a folder for csv and neo4j."
)
@click.option("-l", "--list", "listing", is_flag=True, help="List the formats.")
@click.option(
    "-p",
    "--projection",
    default="events",
    show_default=True,
    help="events, dyads or dyads-aggregated.",
)
@click.option(
    "--actor",
    "actors",
    multiple=True,
    metavar="NAME",
    help="What it takes part in; a state's people and bodies count for it.",
)
@click.option(
    "--issue",
    "issues",
    multiple=True,
    metavar="NAME",
    help="Issue or topic, narrower ones included.",
)
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    metavar="NAME",
    help="Kind of event, more specific ones included.",
)
@click.option(
    "--source", "sources", multiple=True, metavar="NAME", help="What rests on this source."
)
@click.option(
    "--status",
    "statuses",
    multiple=True,
    metavar="NAME",
    help="occurred, scheduled, cancelled or hypothetical.",
)
@click.option("--measures", is_flag=True, help="Of dyads: how central each is, as attributes.")
@click.option("--since", default="", metavar="DATE", help="First day.")
@click.option("--until", default="", metavar="DATE", help="Last day.")
@click.pass_obj
def command(
    settings: Settings,
    format: str | None,
    output: Path | None,
    listing: bool,
    projection: str,
    measures: bool,
    since: str,
    until: str,
    actors: tuple[str, ...],
    issues: tuple[str, ...],
    kinds: tuple[str, ...],
    sources: tuple[str, ...],
    statuses: tuple[str, ...],
) -> None:
    """Write the graph in a FORMAT of a program that draws graphs.

    Options to narrow it may be given several times; names are labels, slugs or IRIs.
    """
    from kg.export import FORMATS, export, render
    from kg.load import read_house
    from kg.network import Filters, project
    from kg.network import measures as measured
    from kg.queries import resolve
    from kg.store import open_store

    if listing or format is None:
        from kg.cli.table import show_table

        rows = [[name, f.program, f.description] for name, f in FORMATS.items()]
        show_table(["format", "opens in", "what it is"], rows, settings)
        return
    if format not in FORMATS:
        near = f"choose one of {', '.join(FORMATS)}; RDF is written by `kg dump`"
        raise click.UsageError(f"No format is called {format!r}: {near}")
    address = address_of(settings)
    with open_store(address, read_house(project_of(address)).background) as store:

        def named(type: str, texts: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(resolve(store, type, text).value for text in texts)

        filters = Filters(
            actors=named("actor", actors),
            issues=named("issue", issues),
            kinds=named("kind", kinds),
            sources=named("source", sources),
            statuses=named("status", statuses),
            since="".join(named("date", (since,) if since else ())),
            until="".join(named("date", (until,) if until else ())),
        )
        view = project(store, projection, filters)
    if measures:
        if projection == "events":
            raise click.UsageError("--measures is for actors: add --projection dyads")
        view = measured.with_measures(view)
    if output is None:
        written = render(view, format)
        if not isinstance(written, bytes):
            raise click.UsageError(f"{format} is several files: say where with -o FOLDER")
        if sys.stdout.isatty() and format == "xlsx":
            raise click.UsageError("a workbook is no text: say where with -o FILE")
        sys.stdout.buffer.write(written)
    else:
        export(view, format, output)
    where = f" in {output}" if output else ""
    say(settings, f"{len(view.nodes)} nodes, {len(view.edges)} edges{where}")
