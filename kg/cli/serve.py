"""`kg serve`: the store on the network, within limits."""

import os
from contextlib import AbstractContextManager, nullcontext
from io import FileIO
from pathlib import Path

import click

from kg.cli.common import address_of, project_of, say
from kg.cli.group import Settings

_SHORTEST = 16


@click.command(epilog="Example: kg serve --port 7300")
@click.option("--host", default="127.0.0.1", show_default=True, help="Where it listens.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=7300,
    show_default=True,
    help="0 takes a free one.",
)
@click.option(
    "--name",
    "names",
    multiple=True,
    metavar="HOST",
    help="A host name that it is reached by, besides localhost; several may be given.",
)
@click.option(
    "--proxy",
    "proxied",
    is_flag=True,
    help="A proxy stands before it: who asks is said in X-Forwarded-For.",
)
@click.option("--write", is_flag=True, help="Let whoever holds the token put and remove sources.")
@click.option(
    "--token-file",
    type=click.Path(path_type=Path),
    help="Holds the token, and only you may read it; without it KG_SERVE_TOKEN is the token.",
)
@click.option(
    "--seconds",
    type=click.FloatRange(0.1, 86400),
    default=30.0,
    show_default=True,
    help="Stop a query after so long.",
)
@click.option(
    "--megabytes",
    type=click.IntRange(64),
    default=128,
    show_default=True,
    help="Stop a query at so much memory.",
)
@click.option(
    "--share",
    type=click.FloatRange(1),
    default=60.0,
    show_default=True,
    help="Seconds of worker time that one address has a minute.",
)
@click.option(
    "--allow-service",
    "services",
    multiple=True,
    metavar="URL",
    help="An endpoint that SERVICE may ask, exactly as queries name it; several may be given.",
)
@click.option(
    "--log",
    type=click.Path(path_type=Path, allow_dash=True),
    help="A file to which a line for each request is added; - is stderr.",
)
@click.pass_obj
def command(
    settings: Settings,
    host: str,
    port: int,
    names: tuple[str, ...],
    proxied: bool,
    write: bool,
    token_file: Path | None,
    seconds: float,
    megabytes: int,
    share: float,
    services: tuple[str, ...],
    log: Path | None,
) -> None:
    """Serve the store: SPARQL, graphs, prepared questions, a page for each thing.

    It reads only, at 127.0.0.1 unless --host says otherwise, until Ctrl-C.
    """
    from kg.errors import Misuse
    from kg.load import read_house
    from kg.store import Limits, is_folder, open_store
    from kg.store.federation import checked_addresses
    from kg.store.folder import FolderStore

    try:
        from kg.web.bounds import Bounds
        from kg.web.server import Settings as Served
        from kg.web.server import serve
    except ImportError as error:
        raise Misuse("this needs libraries: pip install 'diplomatic-kg[serve]'") from error
    address = address_of(settings)
    if not is_folder(address):
        raise Misuse(f"{address} cannot be served, only a folder can")
    project = project_of(address)
    token = _token(token_file) if write else None
    allowed = checked_addresses(services)
    with open_store(address, read_house(project).background) as store:
        if isinstance(store, FolderStore):
            store.tidy()
    bounds = Bounds(limits=Limits(seconds, megabytes), share=share)
    with _opened(log) as lines:
        served = Served(
            Path(address), project, host, port, names, proxied, token, allowed, lines, bounds
        )
        serve(
            served,
            lambda where: say(settings, f"serving {address} at {where}, Ctrl-C ends it"),
            lambda error: say(settings, f"a question is left out: {error}"),
        )
    say(settings, "stopped")


def _opened(log: Path | None) -> AbstractContextManager[FileIO | None]:
    """Returns where lines about requests go, unbuffered, to be closed."""
    from kg.store.files import told

    if log is None:
        return nullcontext(None)
    with told(f"writing {log}"):
        return FileIO(2, "a", closefd=False) if str(log) == "-" else FileIO(log, "a")


def _token(file: Path | None) -> str:
    """Returns the token, from a file that nobody else may read, or from the environment."""
    from kg.errors import Misuse, unreadable

    if file is None:
        token = os.environ.get("KG_SERVE_TOKEN", "")
    else:
        try:
            if file.stat().st_mode & 0o077:
                raise Misuse(f"others may read {file}: chmod 600 {file}")
            token = file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise unreadable(file, error) from error
    if len(token) < _SHORTEST:
        raise Misuse(
            f"--write needs a token of {_SHORTEST} characters or more, in --token-file or "
            "KG_SERVE_TOKEN: `openssl rand -hex 16` makes one"
        )
    return token
