"""Large sources by batches: each is noted when it is in, so that a load that was cut short goes on.

No reader looks into a staged graph. Its entry in the books says whose it is, and how far.
"""

import os
import socket
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import groupby

from kg.errors import StoreError
from kg.rdf import NamedNode, Quad
from kg.store.base import Limits
from kg.store.remote import updates
from kg.store.remote.books import STAGED, Entry
from kg.store.remote.endpoint import Endpoint

PATIENCE = timedelta(minutes=5)
"""How long another's load may give no sign of life before it counts as dead."""


def is_going_on(entries: Mapping[str, Entry]) -> bool:
    """Returns whether something is staged."""
    return any(name.endswith(STAGED) for name in entries)


def left_behind(entries: Mapping[str, Entry]) -> list[Entry]:
    """Returns the staged entries whose process is gone."""
    return [one for name, one in entries.items() if name.endswith(STAGED) and not _lives(one)]


def graphs_of(staged: Entry) -> list[str]:
    """Returns the staged graphs of an entry."""
    return [graph + STAGED for graph in staged.told.get("of", "").split() if _is_iri(graph)]


def stage(
    endpoint: Endpoint,
    known: Mapping[str, Entry],
    name: str,
    graphs: Collection[str],
    content: str,
    batches: Iterable[tuple[str, bytes]],
    limits: Limits,
) -> None:
    """Puts batches into staged graphs; those that are there from a load cut short are not sent.

    Args:
        endpoint: Where.
        known: The entries of the books.
        name: Of the entry that they belong to.
        graphs: Those that they are of.
        content: Changes when any of the batches does.
        batches: Graph and N-Triples of each.
        limits: Of each batch.

    Raises:
        StoreError: Another process stages the same entry, or the server refuses.
    """
    staged = name + STAGED
    before = known.get(staged)
    done = 0
    if before is not None:
        if _lives(before) and not _is_ours(before):
            raise _waiting(before)
        if before.told.get("digest") == content:
            done = before.number("done")
    if not done:
        # Whatever another content left there.
        left = {*(graph + STAGED for graph in graphs), *(graphs_of(before) if before else ())}
        # One commit with the note of it, so that who has read the books before reads them again.
        begun = _entry(staged, content, 0, graphs)
        endpoint.update(updates.replaced(begun, sorted(left), ()), limits)
    for number, (graph, data) in enumerate(batches):
        if number >= done:
            endpoint.update(updates.noted(_entry(staged, content, number, graphs)), limits)
            endpoint.add(graph + STAGED, data, limits)


def batches_of(quads: Iterable[Quad], size: int) -> Iterator[tuple[str, bytes]]:
    """Yields graph and N-Triples, sorted, so that the same content makes the same batches."""

    def graph_of(quad: Quad) -> str:
        return str(quad.graph_name).strip("<>")

    for graph, group in groupby(sorted(quads, key=graph_of), graph_of):
        lines = sorted(f"{quad.triple} .\n" for quad in group)
        for at in range(0, len(lines), size):
            yield graph, "".join(lines[at : at + size]).encode()


def _entry(name: str, content: str, done: int, graphs: Iterable[str]) -> Entry:
    told = {
        "digest": content,
        "done": str(done),
        "of": " ".join(graphs),
        "by": f"{os.getpid()}@{socket.gethostname()}",
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    return Entry(name, (), told)


def _is_iri(text: str) -> bool:
    try:
        return bool(NamedNode(text))
    except ValueError:
        return False


def _is_ours(staged: Entry) -> bool:
    return staged.told.get("by") == f"{os.getpid()}@{socket.gethostname()}"


def _lives(staged: Entry) -> bool:
    """Returns whether its process is still at it; one of another machine has to show itself."""
    process, _, host = staged.told.get("by", "").partition("@")
    if host == socket.gethostname() and process.isdecimal():
        return _runs(int(process))
    try:
        seen = datetime.fromisoformat(staged.told.get("at", ""))
    except ValueError:
        return False
    return datetime.now(UTC) - seen < PATIENCE


def _waiting(staged: Entry) -> StoreError:
    return StoreError(
        f"{staged.title()} is being loaded by process {staged.told.get('by')}, last seen "
        f"{staged.told.get('at')}: wait for it, or {PATIENCE.seconds // 60} minutes if it is gone"
    )


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
