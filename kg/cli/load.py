"""`kg load`: documents through the gate into the store."""

import getpass
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import click

from kg.cli.common import address_of, project_of, say
from kg.cli.group import Settings
from kg.errors import counted


@click.command(epilog="Example: kg load facts/mnd-2026-01-12-sheinbaum-trump.yaml")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, readable=False))
@click.option("--by", default=None, help="Who loads it; without it, your user name.")
@click.option(
    "--fail-on",
    type=click.Choice(["violation", "warning", "info", "never"]),
    default="violation",
    show_default=True,
    help="What keeps a source out.",
)
@click.pass_obj
def command(settings: Settings, files: tuple[Path, ...], by: str | None, fail_on: str) -> int:
    """Read documents, derive, check them against the shapes, and store them.

    A file with violations does not enter, and the store is as it was; other files still do.

    Exit codes: 0 all entered; else the highest of 1 findings, 3 a file cannot be read, 5 a file is
    too large or too deep. A store that cannot be written ends it at once with 6.
    """
    from kg.errors import InputError, LimitError, NotConforming, harmless
    from kg.load import admit, enter, read_house
    from kg.store import holds_store, open_store
    from kg.validate import REPORTS

    address = address_of(settings)
    house = read_house(project_of(address))
    worst = 0
    with ExitStack() as stack:
        # Not before something may enter: a refused file leaves no empty store behind.
        store = cache(
            lambda: stack.enter_context(open_store(address, house.background, create=True))
        )
        for path in files:
            try:
                before = store() if holds_store(address) else None
                admitted = admit(path, house, fail_on, store=before)
                entered = enter(store(), admitted, house, recorded_by=by or getpass.getuser())
            except (InputError, LimitError, NotConforming) as error:
                mark = click.style("error: ", fg="red", bold=True)
                for line in str(error).splitlines():
                    click.echo(mark + line, err=True, color=settings.colour)
                worst = max(worst, error.exit_code)
                continue
            for one in entered:
                if one.judged.findings:
                    say(settings, REPORTS["text"]([one.judged]).rstrip())
                changed = "loaded" if one.changed else "unchanged"
                say(settings, f"{changed}: {harmless(one.label)} ({counted(one.quads, 'quad')})")
                if one.draft:
                    mark = harmless(str(path))
                    say(settings, f"{mark}: a draft that nobody has reviewed yet")
    return worst
