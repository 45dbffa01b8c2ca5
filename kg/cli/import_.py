"""`kg import`: tables of event data, through the gate into the store, or as N-Quads."""

import getpass
import hashlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from kg.cli.common import address_of, project_of, say
from kg.cli.group import Settings
from kg.errors import counted, harmless

if TYPE_CHECKING:
    from kg.imports.parts import Part
    from kg.imports.table import Table
    from kg.intake import Imported, Plan
    from kg.load import House

TOLD = 5
"""Rejected rows and unknown codes that are told in words; the file of rejects has all."""


@click.command("import", epilog="Example: kg import gdelt 20260112120000.export.CSV.zip")
@click.argument("dataset")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, readable=False))
@click.option(
    "--mapping",
    type=click.Path(path_type=Path, readable=False),
    help="For csv: your own mapping file.",
)
@click.option("--source", help="Name of the source; without it, made of the file's name.")
@click.option("--published", metavar="DAY", help="When the table was published: 2026-01-12.")
@click.option("--rejects", type=click.Path(path_type=Path), help="Where rejected rows are written.")
@click.option("--strict", is_flag=True, help="Refuse a table of which any row is rejected.")
@click.option("--processes", type=click.IntRange(1, 256), help="How many; without it, one a core.")
@click.option(
    "--engine", type=click.Choice(["local", "spark"]), default="local", show_default=True,
    help="What does the work: this machine, or a Spark cluster.",
)  # fmt: skip
@click.option("--master", metavar="URL", help="For spark: spark://host:7077; else its settings.")
@click.option("--by", default=None, help="Who imports it; without it, your user name.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, allow_dash=True),
    help="Write N-Quads to a file, or - for stdout, in place of the store; nobody checks them.",
)  # fmt: skip
@click.pass_obj
def command(settings: Settings, /, files: tuple[Path, ...], **options: Any) -> int:  # noqa: ANN401
    """Import tables of event data: gdelt, polecat, icews, acled, or csv with a mapping of your own.

    A row that cannot be read, or that the shapes find wrong, goes with its line and the reason into
    a file of rejects; the others enter, all in one transaction. What was stopped goes on from there
    when it is called again.

    Exit codes: 0 all rows entered; 1 some were rejected; else the highest of 3 a table cannot be
    read, 5 a row or an archive is too large. A store that cannot be written ends it at once with 6.
    """
    from kg.errors import InputError, LimitError, Place
    from kg.imports.rejects import check_rejects, rejects_of
    from kg.intake import check_source, compiler_of, plan
    from kg.load import read_house

    _check(files, options)
    check_source(options["source"], options["published"])
    rejects = [rejects_of(path, options["rejects"]) for path in files]
    _keep(rejects, files, options)
    project = project_of(address_of(settings))
    house = read_house(project)
    compiler = compiler_of(options["dataset"], options["mapping"], house, project)
    for where in rejects:
        check_rejects(where, is_given=options["rejects"] is not None)
    worst = 0
    for path, where in zip(files, rejects, strict=True):
        try:
            planned = plan(path, compiler, source=options["source"], published=options["published"])
            if planned.is_otherwise_parted:
                parted = f"its cells are parted by {planned.table.delimiter!r}, and so it is read"
                say(settings, f"{Place(str(path), 1)}: {parted}")
            found = _taken(settings, planned, house, where, options)
        except (InputError, LimitError) as error:
            mark = click.style("error: ", fg="red", bold=True)
            click.echo(f"{mark}{error}", err=True, color=settings.colour)
            worst = max(worst, error.exit_code)
            continue
        _tell(settings, path, found, where, options)
        worst = max(worst, 1 if found.rejected else 0)
    return worst


def _taken(
    settings: Settings,
    planned: "Plan",
    house: "House",
    rejects: Path,
    options: dict[str, Any],
) -> "Imported":
    from kg.errors import InputError, LimitError
    from kg.intake import Engine, store_table, write_table
    from kg.store import is_folder, open_store

    processes = options["processes"] or min(os.cpu_count() or 1, len(planned.table.cuts))
    engine = Engine(processes, options["engine"] == "spark", options["master"])
    address = address_of(settings)
    if options["output"] is not None:
        with _opened(options["output"]) as out, tempfile.TemporaryDirectory() as folder:
            return write_table(
                out, planned, Path(folder), engine=engine, watch=_watched, rejects=rejects,
                strict=options["strict"],
            )  # fmt: skip
    is_new = is_folder(address) and not Path(address).exists()
    try:
        with open_store(address, house.background, create=True) as store:
            return store_table(
                store, planned, house, _parts(address),
                recorded_by=options["by"] or getpass.getuser(), engine=engine,
                strict=options["strict"], rejects=rejects, watch=_watched, entering=_entering,
                project=project_of(address),
            )  # fmt: skip
    except (InputError, LimitError):
        if is_new:  # made for a table that is refused, it holds nothing
            shutil.rmtree(address)
        raise


def _parts(address: str) -> Path:
    """Returns where the parts of tables wait for a store: in it, or in the user's cache."""
    from kg.resources import cache_folder
    from kg.store import is_folder

    if is_folder(address):
        return Path(address) / "imports"
    return cache_folder() / "imports" / hashlib.sha256(address.encode()).hexdigest()[:16]


@contextmanager
def _opened(output: Path) -> Iterator[IO[bytes]]:
    if str(output) == "-":
        with open(sys.stdout.fileno(), "wb", closefd=False) as out:
            yield out
        return
    from kg.store.files import opened_output, told

    with told(f"writing {output}"), opened_output(output) as out:
        yield out


def _check(files: tuple[Path, ...], options: dict[str, Any]) -> None:
    """Refuses options that are for one table with several."""
    from kg.errors import Misuse

    for name in ("source", "output", "rejects"):
        if len(files) > 1 and options[name] is not None and str(options[name]) != "-":
            raise Misuse(f"--{name} is for one table: import them one by one")


def _keep(rejects: list[Path], files: tuple[Path, ...], options: dict[str, Any]) -> None:
    """Refuses to write over what is read, or over what was just written."""
    from kg.errors import Misuse

    output, mapping = options["output"], options["mapping"]
    taken = {_identity(one): "it is read" for one in (*files, mapping) if one is not None}
    for one in (*rejects, output):
        if one is None or str(one) == "-" or (one.exists() and not one.is_file()):
            continue
        if why := taken.get(_identity(one)):
            raise Misuse(f"{one} would be written over: {why}; name another file")
        taken[_identity(one)] = "something else is written there, too"


def _identity(path: Path) -> object:
    """Returns what is the same for all names of a file."""
    try:
        found = path.stat()
    except OSError:
        return os.path.realpath(path)
    return found.st_dev, found.st_ino


def _tell(
    settings: Settings, path: Path, found: "Imported", rejects: Path, options: dict[str, Any]
) -> None:
    from kg.errors import Place

    if not found.changed:
        say(settings, f"unchanged: {harmless(found.label)}")
        return
    events = f"{counted(found.rows - found.rejected, 'event')}, {counted(found.quads, 'quad')}"
    done = "imported" if options["output"] is None else "written"
    say(settings, f"{done}: {harmless(found.label)} ({events})")
    for column, code, count, row in found.unknown[:TOLD]:
        where = f"in {counted(count, 'row')}, first in row {row}"
        kept = f"  {column} is no address {where}: kept as text"
        say(settings, f"  unknown {column} {harmless(code)!r} {where}" if code else kept)
    if (more := len(found.unknown) - TOLD) > 0:
        say(settings, f"  and {counted(more, 'more unknown code')}")
    if found.rejected:
        where = harmless(str(rejects))
        say(settings, f"{found.rejected:,} of {found.rows:,} rows rejected, all in {where}")
        for line, reason in found.told[:TOLD]:
            say(settings, f"  {Place(str(path), line)}: {harmless(reason)}")
        if (more := found.rejected - len(found.told[:TOLD])) > 0:
            say(settings, f"  and {counted(more, 'more rejected row')}")


def _watched(parts: "Iterable[Part]", table: "Table") -> "Iterator[Part]":
    """Yields parts; a person who looks on sees rows a second and the time that is left."""
    if not sys.stderr.isatty():
        yield from parts
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[speed]:>12}"),
        TimeRemainingColumn(), console=Console(stderr=True), transient=True,
    )  # fmt: skip
    began = time.monotonic()
    with bar:
        task = bar.add_task(f"reading {harmless(table.path.name)}", total=len(table.cuts), speed="")
        rows = 0
        for part in parts:
            rows += part.rows
            speed = f"{rows / (time.monotonic() - began):,.0f} rows/s"
            bar.update(task, advance=1, speed=speed)
            yield part


@contextmanager
def _entering() -> Iterator[None]:
    """A person who looks on sees that what was read goes into the store, and for how long."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(),
        console=Console(stderr=True), transient=True,
    )  # fmt: skip
    with bar:
        bar.add_task("entering the store", total=None)
        yield
