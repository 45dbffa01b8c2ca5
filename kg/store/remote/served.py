"""Another `kg serve` as the store: it lists its sources, and takes each whole, through its gate.

It has no SPARQL Update and keeps its own vocabulary, register, rules and shapes, so what is sent is
what a source asserts; what is derived from it is derived there.
"""

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from operator import index
from typing import Any

import pyoxigraph as ox

from kg.errors import KgError, LimitError, Misuse, StoreError
from kg.namespaces import DERIVED, graph_of
from kg.rdf import NamedNode, Quad, serialize
from kg.store.base import Limits, SourceRecord
from kg.store.remote.answers import TRIPLES
from kg.store.remote.body import Body
from kg.store.remote.books import Entry, State, told_of
from kg.store.remote.endpoint import Endpoint

LIST = "application/json"

_LEAST = 40
"""Bytes that a triple of ours has at least."""


def state_of(endpoint: Endpoint, limits: Limits) -> State:
    """Returns what the server says it holds.

    Raises:
        StoreError: It cannot be reached, or says something else.
    """
    return _listed(endpoint, limits).state


@dataclass(frozen=True, slots=True)
class _Listed:
    """What a server says of itself: its sources, whether it takes any, and how large."""

    state: State
    writes: bool
    largest: int


def _listed(endpoint: Endpoint, limits: Limits) -> _Listed:
    with endpoint.get(endpoint.service("sources"), LIST, limits) as body:
        try:
            told = json.loads(_all(body))
            entries = [_entry(one) for one in told["sources"]]
            state = State(str(told["commit"]), {entry.name: entry for entry in entries})
            return _Listed(state, bool(told["writes"]), int(told["largest"]))
        except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
            raise StoreError(f"{body.url} lists its sources in another way") from error


def _all(body: Body) -> bytes:
    return io.BufferedReader(body, 1 << 16).read()


def _entry(told: dict[str, Any]) -> Entry:
    """Returns an entry of what is told of a source; errors, as of `_listed`, where that is none."""
    source, label, digest, at = (
        str(told[key]) for key in ("source", "label", "digest", "loaded_at")
    )
    record = SourceRecord(source, label, index(told["asserted"]), digest, at, "")
    graph = NamedNode(graph_of(source)).value
    return Entry(graph, (graph, graph + DERIVED), told_of(record))


def written(endpoint: Endpoint, graph: str, limits: Limits) -> bytes:
    """Returns what a source asserts, as it was written, as sorted N-Quads.

    Raises:
        StoreError: The server is away, or answers with something else.
    """
    at = NamedNode(graph)
    with endpoint.get(endpoint.graph_address(graph), TRIPLES, limits) as body:
        try:
            found = ox.parse(io.BufferedReader(body, 1 << 16), ox.RdfFormat.N_TRIPLES)
            quads = [Quad(quad.subject, quad.predicate, quad.object, at) for quad in found]
        except (SyntaxError, ValueError) as error:
            raise StoreError(f"{body.url} answers with what is no N-Triples: {error}") from error
    return serialize(quads, "nq")


def put(endpoint: Endpoint, record: SourceRecord, quads: Sequence[Quad], limits: Limits) -> None:
    """Puts a source in, in place of what it was.

    Raises:
        NotConforming: The shapes of the server say no.
        LimitError: It is larger than the server takes at once.
        StoreError: The server reads only, wants a token, or is away; nothing was changed.
    """
    _change(endpoint, "PUT", record, serialize(quads, "nt"), limits)


def check_size(endpoint: Endpoint, source: str, triples: int, limits: Limits) -> None:
    """Lets a source pass that the server may take, before it is held; errors as of `put`."""
    _check(endpoint, source, triples * _LEAST, limits)


def remove(endpoint: Endpoint, record: SourceRecord, limits: Limits) -> None:
    """Takes a source out; errors as of `put`."""
    _change(endpoint, "DELETE", record, b"", limits)


def _change(
    endpoint: Endpoint, method: str, record: SourceRecord, data: bytes, limits: Limits
) -> None:
    """Makes a change; where the server's answer is lost, looks whether it was made."""
    _check(endpoint, record.source, len(data), limits)
    graph = graph_of(record.source)
    try:
        endpoint.change(method, endpoint.graph_address(graph), data, limits)
    except KgError:
        wanted = record.digest if data else None
        if not _holds(endpoint, graph, wanted, limits):
            raise


def _check(endpoint: Endpoint, source: str, size: int, limits: Limits) -> None:
    """Refuses what the server would refuse once it had been sent."""
    listed = _listed(endpoint, limits)
    if not listed.writes:
        raise StoreError(f"{endpoint.address} reads only: `kg serve --write` takes sources")
    if not endpoint.is_known:
        raise StoreError(
            f"{endpoint.address} takes sources from whoever holds its token: put it into "
            "KG_STORE_TOKEN, or into ~/.netrc as the password"
        )
    if size > listed.largest:
        raise LimitError(
            f"{source} has {size:,} bytes or more, and {endpoint.address} takes "
            f"{listed.largest:,} at once: load or import it on the machine of the store"
        )


def _holds(endpoint: Endpoint, graph: str, digest: str | None, limits: Limits) -> bool:
    """Returns whether a source is there with a digest, or with none is not there."""
    try:
        entry = state_of(endpoint, limits).entries.get(graph)
    except KgError:
        return False
    return (entry and entry.told["digest"]) == digest


def elsewhere(endpoint: Endpoint, what: str) -> Misuse:
    """Returns the error for what only the machine of the store can do."""
    return Misuse(
        f"{endpoint.address} is a kg serve, which takes sources one by one: {what} on the machine "
        "of the store"
    )
