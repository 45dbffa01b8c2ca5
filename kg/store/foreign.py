"""Runs a query from outside in a worker process, within limits."""

import json
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox

from kg.errors import KgError, LimitError, QueryError
from kg.namespaces import PREFIXES
from kg.rdf import Result
from kg.store import gate
from kg.store.answers import result, syntax_error
from kg.store.base import Limits

_WORKER = Path(__file__).with_name("worker.py")
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
        LimitError: It reached a limit; its process is gone.
    """
    gate.check(text)
    request = {
        "view": str(view) if view else None,
        "query": text,
        "prefixes": PREFIXES,
        "seconds": limits.seconds,
        "megabytes": limits.megabytes,
    }
    try:
        done = subprocess.run(  # noqa: S603 - our own script under our own interpreter
            [sys.executable, "-I", str(_WORKER)],
            input=json.dumps(request).encode() + b"\n" + data,
            capture_output=True,
            timeout=limits.seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise _late(limits) from error
    head, _, body = done.stdout.partition(b"\n")
    if done.returncode or not head:
        raise _died(done, limits)
    return _answer(json.loads(head), body, limits)


def _answer(head: dict[str, str], body: bytes, limits: Limits) -> Result:
    match head:
        case {"kind": "rows"}:
            return result(ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON))
        case {"kind": "triples"}:
            store = ox.Store()
            store.load(body, format=ox.RdfFormat.N_TRIPLES)
            return result(store.query("CONSTRUCT WHERE { ?s ?p ?o }"))
        case {"kind": "boolean"}:
            return bool(json.loads(body))
        case {"error": "syntax", "message": message}:
            raise syntax_error(message)
        case {"error": "memory"}:
            raise _memory(limits)
    raise QueryError(f"the query failed: {head.get('message', '')}")


def _died(done: subprocess.CompletedProcess[bytes], limits: Limits) -> KgError:
    """Returns what the end of a worker means: Oxigraph aborts when memory runs out."""
    words = done.stderr.decode(errors="replace")
    if "alloc" in words or "MemoryError" in words or "can't start new thread" in words:
        return _memory(limits)
    if "stack overflow" in words:
        return QueryError("the query is nested too deeply")
    if -done.returncode in {9, 24}:
        return _late(limits)
    return QueryError(f"the query ended its process (status {done.returncode}): {_TRY}")


def _late(limits: Limits) -> LimitError:
    return LimitError(f"the query was stopped after {limits.seconds:g} s: {_TRY}")


def _memory(limits: Limits) -> LimitError:
    return LimitError(f"the query wanted more than {limits.megabytes} megabytes: {_TRY}")
