"""`kg export`: a projection of the store, in the format of a program."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli import complete
from kg.cli.common import address_of, progress, project_of, say, write_out
from kg.cli.group import Settings
from kg.errors import counted

if TYPE_CHECKING:
    from kg.network import GraphView

_EXAMPLES = """\b
Examples:
  kg export html -o call.html
  kg export gexf -o mexico.gexf --projection dyads --actor Mexico
  kg export csv -o tables --since 2026-01-01
  kg export ttl -o mexico.ttl --actor Mexico
"""


@click.command(epilog=_EXAMPLES)
@click.argument("format", required=False, shell_complete=complete.exports)
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
    """Write the graph in a FORMAT of a program that draws graphs, or as RDF.

    Options to narrow it may be given several times; names are labels, slugs or IRIs.
    """
    from kg.export import FORMATS
    from kg.export.rdf import quads_of
    from kg.load import read_house
    from kg.network import Filters, project
    from kg.network import measures as measured
    from kg.queries import resolve
    from kg.rdf import FORMATS as RDF
    from kg.rdf import serialize
    from kg.store import open_store

    if listing or format is None:
        _list(settings)
        return
    if format not in {*FORMATS, *RDF}:
        known = ", ".join((*FORMATS, *RDF))
        raise click.UsageError(f"No format is called {format!r}: choose one of {known}")
    if format in RDF and (measures or projection != "events"):
        raise click.UsageError("RDF is what the sources say, no picture: leave -p, --measures out")
    if measures and projection == "events":
        raise click.UsageError("--measures is for actors: add --projection dyads")
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
        where = f" in {output}" if output else ""
        if format in RDF:
            quads = quads_of(store, filters, watch=lambda names: progress(names, "reading"))
            write_out(serialize(quads, format), output)
            say(settings, f"{counted(len(quads), 'quad')}{where}")
            return
        view = project(store, projection, filters)
    if measures:
        view = measured.with_measures(view)
    _write(view, format, output)
    say(settings, f"{counted(len(view.nodes), 'node')}, {counted(len(view.edges), 'edge')}{where}")


def _list(settings: Settings) -> None:
    from kg.cli.table import show_table
    from kg.export import FORMATS
    from kg.rdf import FORMATS as RDF

    rows = [[name, f.program, f.description] for name, f in FORMATS.items()]
    for name, rdf in RDF.items():
        graphs = "a graph for each source" if rdf.supports_datasets else "all sources together"
        rows.append([name, "RDF tools", f"{rdf.name}, {graphs}"])
    show_table(["format", "opens in", "what it is"], rows, settings)


def _write(view: "GraphView", format: str, output: Path | None) -> None:
    from collections.abc import Mapping

    from kg.export import export, stream

    if output is not None:
        export(view, format, output)
        return
    written = stream(view, format)
    if isinstance(written, Mapping):
        raise click.UsageError(f"{format} is several files: say where with -o FOLDER")
    if sys.stdout.isatty() and format == "xlsx":
        raise click.UsageError("a workbook is no text: say where with -o FILE")
    write_out(written)
