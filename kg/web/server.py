"""From settings to a server that listens until it is told to end."""

import contextlib
import errno
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from io import FileIO
from pathlib import Path

from starlette.types import ASGIApp
from uvicorn import Config

from kg.errors import KgError, ServiceError
from kg.queries import read_questions
from kg.web.answers import Sending
from kg.web.app import application
from kg.web.bounds import Bounds
from kg.web.desk import Desk
from kg.web.front import Front, protocol, quiet
from kg.web.gate import Gate
from kg.web.guard import HEADERS
from kg.web.log import Logged
from kg.web.names import Names
from kg.web.pool import Pool
from kg.web.services import Services


@dataclass(frozen=True, slots=True)
class Settings:
    """What is served, where.

    Attributes:
        folder: The store.
        project: Whose own questions are served on top.
        host: Name or address that it listens at.
        port: 0 takes a free one.
        names: Further host names that it may be called by.
        proxied: Whether a proxy stands before, whose X-Forwarded-For names the client.
        token: Whoever holds it may write; without one nobody may.
        services: Addresses that `SERVICE` may name.
        log: Where a line for each request is written, if anywhere.
        bounds: How far requests may go.
    """

    folder: Path
    project: Path
    host: str = "127.0.0.1"
    port: int = 8000
    names: tuple[str, ...] = ()
    proxied: bool = False
    token: str | None = None
    services: frozenset[str] = frozenset()
    log: FileIO | None = None
    bounds: Bounds = field(default_factory=Bounds)


def serve(
    settings: Settings, ready: Callable[[str], None], warn: Callable[[KgError], None]
) -> None:
    """Serves until SIGINT or SIGTERM.

    Args:
        settings: What and where.
        ready: Is called with the address once it listens.
        warn: Is called with what is wrong with a question of the project, which is left out.

    Raises:
        ServiceError: The address cannot be listened at.
        StoreError: No worker can be started, or open the store.
    """
    quiet()
    bounds = settings.bounds
    bad: dict[str, KgError] = {}
    questions = read_questions(settings.project, bad=bad)
    for error in bad.values():
        warn(error)
    own = read_questions(group="web")
    listener = _listen(settings.host, settings.port)
    address = _address(settings.host, listener.getsockname()[1])

    def make() -> Desk:
        pool = Pool(settings.folder, bounds)
        gate = settings.token and Gate(settings.folder, settings.project, bounds, settings.token)
        return Desk(
            settings.folder,
            bounds,
            pool,
            questions,
            Sending(bounds.answers),
            settings.proxied,
            gate or None,
            own,
            Names(pool),
            Services(settings.services, pool, bounds),
        )

    failures: list[KgError] = []
    app: ASGIApp = application(make, (settings.host, *settings.names), failures.append)
    if settings.log is not None:
        app = Logged(app, settings.log, proxied=settings.proxied)
    config = Config(
        app,
        http=protocol(bounds),
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        headers=HEADERS,
        timeout_keep_alive=int(bounds.head_seconds),
        timeout_graceful_shutdown=5,
    )
    with listener, contextlib.suppress(SystemExit):  # by which uvicorn says that it did not start
        Front(config, lambda: ready(address)).run([listener])
    if failures:
        raise failures[0]


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.create_server((host, port), family=family, backlog=1024)
    except OSError as error:
        told = {
            errno.EADDRINUSE: "something listens there already: stop it, or choose another --port",
            errno.EACCES: "that needs more rights: choose a --port above 1023",
            errno.EADDRNOTAVAIL: "this machine has no such address: choose another --host",
        }
        cure = told.get(error.errno or 0, (error.strerror or str(error)).lower())
        raise ServiceError(f"cannot listen at {_address(host, port)}: {cure}") from error
    except OverflowError as error:
        raise ServiceError(f"cannot listen at port {port}: ports are 0 to 65535") from error
    return listener


def _address(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
