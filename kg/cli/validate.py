"""`kg validate`: what the shapes say of files, at file, line and column, or of the store."""

from pathlib import Path

import click

from kg.cli.common import address_of, project_of, write_out
from kg.cli.group import Settings


@click.command(epilog="Example: kg validate article.yaml -f github --fail-on warning")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, readable=False))
@click.option(
    "-f",
    "--format",
    default="text",
    show_default=True,
    type=click.Choice(["text", "json", "turtle", "sarif", "github", "md"]),
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="A file instead of stdout.")
@click.option(
    "--fail-on",
    type=click.Choice(["violation", "warning", "info", "never"]),
    default="violation",
    show_default=True,
    help="What ends with exit code 1; a file that cannot be read never passes.",
)
@click.pass_obj
def command(
    settings: Settings, files: tuple[Path, ...], format: str, output: Path | None, fail_on: str
) -> int:
    """Check documents against the shapes without storing them; without FILES, check the store.

    A store is asked where it is, each finding told by its source.

    Exit codes: 0 conforms; else the highest of 1 findings, 3 a file cannot be read, 5 a file is
    too large or too deep. The other files are judged all the same, and --fail-on leaves 3 and 5
    as they are.
    """
    from kg.errors import InputError, LimitError, Place
    from kg.load import check, check_store, read_house
    from kg.store import open_store
    from kg.validate import REPORTS, Judged, Located

    address = address_of(settings)
    house = read_house(project_of(address))
    judged: list[Judged] = []
    if not files:
        with open_store(address, house.background) as store:
            judged.append(check_store(store, house, address))
    worst = 0
    for path in files:
        try:
            judged += [one.judged for one in check(path, house)]
        except (InputError, LimitError) as error:
            worst = max(worst, error.exit_code)
            each = getattr(error, "errors", (error,))
            found = (
                Located(e.place or Place(str(path)), "reading", "violation", path.name, e.message)
                for e in each
            )
            judged.append(Judged(str(path), tuple(found)))
    write_out(REPORTS[format](judged).encode(), output)
    return worst or int(not all(one.conforms(fail_on) for one in judged))
