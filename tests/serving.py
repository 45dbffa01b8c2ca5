"""A `kg serve` for tests: started on a free port, asked over HTTP, stopped in order."""

import contextlib
import http.client
import json
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from bench.served import ROOT, SEED, loaded, started

__all__ = ["ROOT", "SEED", "Reply", "Served", "loaded", "serving"]


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def media(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0]


@dataclass(frozen=True)
class Served:
    """A running server."""

    address: str
    process: subprocess.Popen[str]
    folder: Path

    @property
    def port(self) -> int:
        return urlsplit(self.address).port or 0

    def ask(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | str | None = None,
        source: str | None = None,
    ) -> Reply:
        """One request on a connection of its own; `source` is the address it comes from."""
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=60, source_address=(source, 0) if source else None
        )
        with contextlib.closing(connection):
            data = body.encode() if isinstance(body, str) else body
            connection.request(method, path, data, dict(headers or {}))
            got = connection.getresponse()
            named = {name.lower(): value for name, value in got.getheaders()}
            return Reply(got.status, named, got.read())

    def query(self, text: str, accept: str = "text/csv", source: str | None = None) -> Reply:
        path = f"/sparql?{urlencode({'query': text})}"
        return self.ask("GET", path, {"accept": accept}, source=source)


@contextlib.contextmanager
def serving(
    folder: Path,
    *options: str,
    environment: Mapping[str, str] | None = None,
    bounds: Mapping[str, object] | None = None,
) -> Iterator[Served]:
    """Starts `kg serve` in a folder that holds a `.kg`, or a server of other bounds; stops it."""
    command = ["-m", "kg", "serve", "--port", "0", *options]
    if bounds is not None:
        command = [str(Path(__file__).with_name("serve_bounded.py")), json.dumps(bounds)]
    with started(folder, command, environment) as (process, address):
        yield Served(address, process, folder)
