"""`kg network`: who is central, who stands between, who belongs together, how two are joined."""

import click

from kg.cli.common import address_of, project_of
from kg.cli.group import Settings

_ASKED = {
    "central": (0, "who is central: degree, betweenness, PageRank"),
    "between": (2, "who stands between two sides"),
    "communities": (0, "who belongs together"),
    "path": (2, "how two actors are joined, and through which events"),
    "reciprocity": (2, "what went each way between two sides, month by month"),
}
_HELP = "\b\n" + "\n".join(
    f"  {name + ' A B' * (count > 0):<15}  {words}" for name, (count, words) in _ASKED.items()
)


@click.command(
    help=f"Measure the network of actors. MEASURE is one of:\n\n{_HELP}",
    epilog='Example: kg network path "Claudia Sheinbaum" "Marco Rubio"',
)
@click.argument("measure", type=click.Choice(list(_ASKED)))
@click.argument("actors", nargs=-1)
@click.option("-f", "--format", default=None, help="table csv tsv json xml md jsonl.")
@click.pass_obj
def command(settings: Settings, measure: str, actors: tuple[str, ...], format: str | None) -> None:
    """Measures, and prints."""
    from kg.cli.table import show_rows
    from kg.load import read_house
    from kg.network import measures, project
    from kg.queries import resolve
    from kg.store import open_store

    count, _ = _ASKED[measure]
    if len(actors) != count:
        raise click.UsageError(f"{measure} takes {count or 'no'} actors, not {len(actors)}")
    address = address_of(settings)
    with open_store(address, read_house(project_of(address)).background) as store:
        view = project(store, "dyads")
        iris = [resolve(store, "actor", text).value for text in actors]
    ids = {node.iri: node.id for node in view.nodes}
    named = [ids.get(iri, iri) for iri in iris]
    labels = {node.id: node.label for node in view.nodes}
    rows: list[measures.Row]
    match measure:
        case "central":
            rows = measures.central(view)
        case "communities":
            rows = measures.communities(view)
        case "between":
            rows = measures.between(view, *named)
        case "reciprocity":
            rows = measures.reciprocity(view, *named)
        case _:
            rows = [
                {
                    "way": number,
                    "step": at,
                    "from": labels[step.start],
                    "to": labels[step.end],
                    "events": "; ".join(step.events),
                }
                for number, way in enumerate(measures.connection(view, *named), start=1)
                for at, step in enumerate(way, start=1)
            ]
    show_rows(rows, format, settings, hidden="actor")
