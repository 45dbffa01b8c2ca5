"""Large sources by batches: each is noted when it is in, so that a load that was cut short goes on.

No reader looks into a staged graph. Its entry in the books says whose it is, and how far.
"""

import hashlib
import os
import socket
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import groupby

from kg.errors import StoreError
from kg.namespaces import GRAPH
from kg.rdf import Quad
from kg.store.base import Limits
from kg.store.remote import updates
from kg.store.remote.books import STAGED, Entry
from kg.store.remote.endpoint import Endpoint

PATIENCE = timedelta(minutes=5)
"""How long another's load may give no sign of life before it counts as dead."""


def is_going_on(entries: Mapping[str, Entry]) -> bool:
    """Returns whether something is staged."""
    return any(name.endswith(STAGED) for name in entries)


def stage(
    endpoint: Endpoint,
    known: Mapping[str, Entry],
    entry: Entry,
    gone: Collection[str],
    quads: Collection[Quad],
    limits: Limits,
) -> str:
    """Puts quads into staged graphs and returns the update that moves them into place.

    Args:
        endpoint: Where.
        known: The entries of the books.
        entry: As the books shall have it.
        gone: Graphs that hold what it is to be put in place of.
        quads: Of the entry's graphs.
        limits: Of each batch.

    Raises:
        StoreError: Another process stages the same entry, or the server refuses.
    """
    batches = list(_batches(quads, endpoint.dialect.batch))
    content = hashlib.sha256(b"\0".join(data for _, data in batches)).hexdigest()
    name = entry.name + STAGED
    before = known.get(name)
    graphs = sorted({graph for graph, _ in batches})
    done = 0
    if before is not None:
        _check_alone(before)
        if before.told.get("digest") == content:
            done = int(before.told.get("done", "0"))
    if not done:
        # Whatever another content left there.
        endpoint.update(updates.removed(Entry(name), [graph + STAGED for graph in graphs]), limits)
    for number, (graph, data) in enumerate(batches[done:], done):
        endpoint.update(updates.noted(_entry(name, content, number)), limits)
        endpoint.add(graph + STAGED, data, limits)
    return updates.replaced(entry, gone, (), staged=graphs)


def _batches(quads: Iterable[Quad], size: int) -> Iterator[tuple[str, bytes]]:
    """Yields graph and N-Triples, sorted, so that the same content makes the same batches."""

    def graph_of(quad: Quad) -> str:
        return str(quad.graph_name).strip("<>")

    for graph, group in groupby(sorted(quads, key=graph_of), graph_of):
        lines = sorted(f"{quad.triple} .\n" for quad in group)
        for at in range(0, len(lines), size):
            yield graph, "".join(lines[at : at + size]).encode()


def _entry(name: str, content: str, done: int) -> Entry:
    told = {
        "digest": content,
        "done": str(done),
        "by": f"{os.getpid()}@{socket.gethostname()}",
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    return Entry(name, (), told)


def _check_alone(staged: Entry) -> None:
    """Lets pass what was left behind; a process of this machine is known to live or not."""
    who, at = staged.told.get("by", ""), staged.told.get("at", "")
    process, _, host = who.partition("@")
    if host == socket.gethostname() and process.isdecimal():
        lives = _lives(int(process)) and int(process) != os.getpid()
    else:
        lives = datetime.now(UTC) - datetime.fromisoformat(at) < PATIENCE
    if lives:
        what = staged.name.removeprefix(GRAPH).removesuffix(STAGED)
        raise StoreError(
            f"{what} is being loaded by process {who}, last seen {at}: wait for it, "
            f"or {PATIENCE.seconds // 60} minutes if it is gone, then try again"
        )


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
