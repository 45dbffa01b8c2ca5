"""SPARQL servers on the loopback interface, started for the tests and stopped by them.

A server that is not installed is a skip that says what is missing; where `KG_ALL_SERVERS` is set,
as in CI, it is a failure.
"""

import contextlib
import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from kg.namespaces import BASE
from kg.rdf import Literal, NamedNode, Rows
from kg.store.remote.endpoint import Endpoint
from kg.store.remote.reader import OURS

FUSEKI = "5.6.0"
JAR = (
    Path.home()
    / f".m2/repository/org/apache/jena/jena-fuseki-server/{FUSEKI}/jena-fuseki-server-{FUSEKI}.jar"
)
PATIENCE = 60

_VIRTUOSO = """\
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
[TempDatabase]
DatabaseFile = virtuoso-temp.db
TransactionFile = virtuoso-temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
NumberOfBuffers = 8000
MaxDirtyBuffers = 6000
DirsAllowed = .
[HTTPServer]
ServerPort = 127.0.0.1:{port}
ServerThreads = 8
[SPARQL]
"""


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs: its kind, and the address that queries go to."""

    kind: str
    address: str

    def empty(self) -> None:
        """Drops every graph that is ours or a test's, and no other."""
        endpoint = Endpoint(self.address)
        found = endpoint.select("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }", OURS)
        assert isinstance(found, Rows)
        names = [row[0] for row in found.rows if isinstance(row[0], NamedNode | Literal)]
        ours = [name for name in names if name.value.startswith((BASE, "urn:g"))]
        for name in ours:
            endpoint.update(f"DROP SILENT GRAPH <{name.value}>", OURS)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def missing(what: str) -> None:
    """Ends the test: with a skip, or where all servers must be there with a failure."""
    if os.environ.get("KG_ALL_SERVERS"):
        pytest.fail(f"{what} is missing")
    pytest.skip(f"{what} is missing")


@contextlib.contextmanager
def oxigraph(folder: Path) -> Iterator[Server]:
    found = shutil.which("oxigraph", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    if found is None:
        missing("oxigraph (pip install oxigraph)")
    port = free_port()
    command = [str(found), "serve", "--bind", f"127.0.0.1:{port}", "--location", str(folder / "db")]
    with running(command, folder, f"http://127.0.0.1:{port}/query"):
        yield Server("oxigraph", f"http://127.0.0.1:{port}/query")


@contextlib.contextmanager
def fuseki(folder: Path) -> Iterator[Server]:
    if shutil.which("java") is None or not JAR.is_file():
        missing(f"Fuseki (Java, and {JAR}: mvn dependency:get)")
    port = free_port()
    command = ["java", "-Xmx512m", "-jar", str(JAR), "--localhost", "--port", str(port)]
    command += ["--update", "--tdb2", "--loc", str(folder), "/kg"]
    with running(command, folder, f"http://127.0.0.1:{port}/kg/sparql"):
        yield Server("fuseki", f"http://127.0.0.1:{port}/kg/sparql")


@contextlib.contextmanager
def virtuoso(folder: Path) -> Iterator[Server]:
    if shutil.which("virtuoso-t") is None:
        missing("virtuoso-t (apt install virtuoso-opensource-7-bin)")
    port = free_port()
    (folder / "virtuoso.ini").write_text(_VIRTUOSO.format(sql=free_port(), port=port))
    command = ["virtuoso-t", "+foreground", "+configfile", "virtuoso.ini"]
    with running(command, folder, f"http://127.0.0.1:{port}/sparql"):
        yield Server("virtuoso", f"http://127.0.0.1:{port}/sparql")


SERVERS = {"oxigraph": oxigraph, "fuseki": fuseki, "virtuoso": virtuoso}


@contextlib.contextmanager
def running(command: list[str], folder: Path, address: str) -> Iterator[None]:
    """Runs a server until the block is done, from when it answers."""
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            command, cwd=folder, stdout=log, stderr=log, preexec_fn=die_with_parent
        )
        try:
            wait(server, address, folder / "log")
            yield
        finally:
            server.terminate()
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def die_with_parent() -> None:
    """Ends a server with the test process, however that ends (Linux: PR_SET_PDEATHSIG)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def wait(server: subprocess.Popen[bytes], address: str, log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}?query=ASK%7B%7D", timeout=5):
                return
        except (OSError, urllib.error.URLError):
            time.sleep(0.1)
    pytest.fail(f"{server.args} did not start: {log.read_text(errors='replace')[-2000:]}")
