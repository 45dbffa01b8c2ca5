"""Queries from outside, in a worker process, within limits: what it is told, what it answers."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyoxigraph as ox

from kg.errors import KgError, LimitError, QueryError, StoreError
from kg.namespaces import PREFIXES
from kg.rdf import Result
from kg.store import gate
from kg.store.answers import failure, result
from kg.store.base import Limits
from kg.store.slips import syntax_error

STACK = 512 * 1024 * 1024
"""Bytes of stack for the parser: nested braces then end in an error, not in a signal."""

COMMAND = (sys.executable, "-I", str(Path(__file__).with_name("worker.py")))
"""How a worker process is started."""

ENVIRONMENT = {**os.environ, "MALLOC_ARENA_MAX": "1"}
"""A worker's: each further arena would map 64 megabytes, which count as if the query took them."""

_WORDS = 300
_TRY = "ask for less: a LIMIT, a narrower pattern, fewer joins"


def run(text: str, limits: Limits, *, view: Path | None = None, data: bytes = b"") -> Result:
    """Returns the answer to a query that may be anything.

    Args:
        text: The query.
        limits: What it may take.
        view: Read-only store folder to run on.
        data: N-Quads to run on where there is no view.

    Raises:
        QueryError: It cannot be parsed, asks for the network, or failed.
        StoreError: The view is damaged.
        LimitError: It reached a limit; its process is gone.
    """
    asked = request(text, rows="json", triples="nt")
    asked |= {"view": str(view) if view else None, "bytes": len(data), "seconds": limits.seconds}
    try:
        done = subprocess.run(  # noqa: S603 - our own script under our own interpreter
            COMMAND,
            input=setup(limits.megabytes) + line(asked) + data,
            capture_output=True,
            env=ENVIRONMENT,
            timeout=limits.seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise late(limits.seconds) from error
    head, _, body = done.stdout.partition(b"\n")
    if done.returncode or not head:
        raise died(done.returncode, done.stderr, limits)
    return _answer(json.loads(head), body, text, limits)


def setup(megabytes: int, stack: int = STACK) -> bytes:
    """Returns the first line for a worker: memory for each query, bytes of stack."""
    return line({"megabytes": megabytes, "stack": stack, "prefixes": PREFIXES})


def request(
    text: str,
    *,
    rows: str | None,
    triples: str | None,
    base: str | None = None,
    default: Sequence[str] = (),
    named: Sequence[str] = (),
) -> dict[str, object]:
    """Returns the request for a query; the worker also needs `view` and `seconds`.

    Args:
        text: The query.
        rows: Format of the answer to a SELECT or ASK, by its file ending, if that is wanted.
        triples: Format of the answer to a CONSTRUCT or DESCRIBE, likewise.
        base: What relative IRIs in the query are resolved against.
        default: IRIs of graphs that together are the default graph; without any, and without a
            FROM in the query, it is the union of all graphs.
        named: IRIs of the only graphs that GRAPH sees.

    Raises:
        QueryError: It asks for the network, or nests too deep.
    """
    seen = gate.check(text)
    chosen = bool(default or named)
    return {
        "query": text,
        "rows": rows,
        "triples": triples,
        "base": base,
        "union": not (chosen or seen.dataset),
        "default": list(default) if chosen else None,
        "named": list(named) if chosen else None,
    }


def line(message: Mapping[str, object]) -> bytes:
    """Returns a message to a worker as it goes over its stdin."""
    return json.dumps(message).encode() + b"\n"


def _answer(head: dict[str, str], body: bytes, text: str, limits: Limits) -> Result:
    if "error" in head:
        raise failed(head, text, limits)
    return result_of(head["kind"], body)


def result_of(kind: str, body: bytes) -> Result:
    """Returns an answer of a worker: rows or a boolean in JSON, triples in N-Triples."""
    if kind == "triples":
        store = ox.Store()
        store.load(body, format=ox.RdfFormat.N_TRIPLES)
        return result(store.query("CONSTRUCT WHERE { ?s ?p ?o }"))
    return result(ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON))


def failed(head: Mapping[str, str], text: str, limits: Limits) -> KgError:
    """Returns what a worker that could not answer a query has to say."""
    match head:
        case {"error": "syntax", "message": message}:
            return syntax_error(message, text)
        case {"error": "memory"}:
            return _memory(limits)
    return failure(head.get("message", ""))


def died(status: int, stderr: bytes, limits: Limits) -> KgError:
    """Returns what the end of a worker means: Oxigraph aborts when memory runs out.

    One that could not be started has nothing to do with the query.
    """
    words = stderr.decode(errors="replace")
    if "can't start new thread" in words:
        return StoreError(
            "no process to run queries in can be started: the system grants it too little memory, "
            "look at `ulimit -v`"
        )
    if "alloc" in words or "MemoryError" in words:
        return _memory(limits)
    if "stack overflow" in words or -status == 11:
        return QueryError("the query is nested too deeply")
    if -status in {9, 24}:
        return late(limits.seconds)
    if status > 0 and words.strip():
        # It ended by itself, with the words of Python: no query has it do so.
        last = words.strip().splitlines()[-1]
        return StoreError(f"no process to run queries in can be started: {last[:_WORDS]}")
    return QueryError(f"the query ended its process (status {status}): {_TRY}")


def late(seconds: float) -> LimitError:
    """Returns the error for a query that was stopped at its deadline."""
    return LimitError(f"the query was stopped after {seconds:g} s: {_TRY}")


def _memory(limits: Limits) -> LimitError:
    return LimitError(f"the query wanted more than {limits.megabytes} megabytes: {_TRY}")
