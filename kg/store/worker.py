"""The process that runs queries from outside, and can be killed.

A script of its own that imports the standard library and pyoxigraph alone, so that it starts
quickly. Its first line on stdin is JSON: `megabytes`, `stack` and `prefixes`. Each further line is
a request, one of

- `query`, on `view` (a folder) or on the `bytes` of N-Quads that follow the line, with `union` or
  `default` and `named` graphs, a `base`, and the formats `rows` and `triples`, either of them null
  where that kind of answer is not wanted; with `spreadsheet` formulas in CSV are made text;
- `file`, `sha256` and `triples`: a source's file, as it was written;
- `view` alone, which it opens.

It answers each with a line of JSON (`kind`: rows, triples, boolean, opened, or `error` and
`message`; `length` of the body in bytes; `cpu` seconds, and all `spent` so far; `retire` if it is
to be replaced) and the body, and ends when stdin does.
"""

import csv
import ctypes
import gzip
import hashlib
import io
import json
import os
import platform
import re
import resource
import signal
import struct
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pyoxigraph as ox

GROWN = 64 * 1024 * 1024
"""Bytes that a process may keep of what queries took, before it is replaced."""

_MESSAGE = 2000
_QUICK = 0.02
_SLACK = 2
_PAGE = resource.getpagesize()
_SOCKET_CALL = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}
# What XML cannot hold, which the engine writes all the same.
_XML_UNFIT = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")
_XML = {"xml", "rdf"}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")


def memory() -> tuple[int, int]:
    """Returns the bytes that this process has mapped, and those that it holds."""
    try:
        mapped, held = Path("/proc/self/statm").read_text().split()[:2]
    except OSError:
        return 2**30, 0  # no Linux: about what stack and engine take
    return int(mapped) * _PAGE, int(held) * _PAGE


def bound_memory(megabytes: int) -> None:
    """Has the kernel refuse more memory than what is mapped now and so much more."""
    bound(resource.RLIMIT_AS, memory()[0] + megabytes * 1024 * 1024)


def bound(what: int, limit: int) -> None:
    """Bounds a resource of this process, within what the system grants it at most."""
    most = resource.getrlimit(what)[1]
    resource.setrlimit(what, (limit if most == resource.RLIM_INFINITY else min(limit, most), most))


def forbid_sockets() -> None:
    """Makes `socket()` fail in this process, on Linux where its number is known (seccomp(2))."""
    if sys.platform != "linux" or platform.machine() not in _SOCKET_CALL:
        return
    architecture, number = _SOCKET_CALL[platform.machine()]
    # Classic BPF: another architecture or socket() is refused with EPERM, all else is allowed.
    program = [
        (0x20, 0, 0, 4),
        (0x15, 0, 3, architecture),
        (0x20, 0, 0, 0),
        (0x15, 1, 0, number),
        (0x06, 0, 0, 0x7FFF0000),
        (0x06, 0, 0, 0x00050001),
    ]
    code = b"".join(struct.pack("HBBI", *step) for step in program)
    buffer = ctypes.create_string_buffer(code)
    header = struct.pack("HL", len(program), ctypes.addressof(buffer))
    libc = ctypes.CDLL(None, use_errno=True)
    no_new_privileges, seccomp, filter_mode = 38, 22, 2
    libc.prctl(no_new_privileges, 1, 0, 0, 0)
    libc.prctl(seccomp, filter_mode, ctypes.create_string_buffer(header), 0, 0)


def die_with_parent() -> None:
    """Has the kernel kill this process when the one that started it ends, however that does."""
    if sys.platform == "linux":
        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGKILL, 0, 0, 0)


def leave_group() -> None:
    """Keeps from this process what is meant for its starter's group, as Ctrl-C in a terminal.

    A session of its own would do that too, but Linux weighs sessions against each other: each
    worker would have as much of the processor as the server, whatever their nice values
    (autogroup, sched(7)).
    """
    os.setpgid(0, 0)


class Desk:
    """Where requests are answered: what is open, and under which limits."""

    def __init__(self, setup: dict[str, Any]) -> None:
        self._megabytes: int = setup["megabytes"]
        self._prefixes: dict[str, str] = setup["prefixes"]
        self._view: str | None = None
        self._store = ox.Store()
        self._held = memory()[1]
        self._spent = time.process_time()
        self._most = 0.0
        self.done = False

    def serve(self) -> None:
        """Answers every request on stdin; `done` says whether it came to its end."""
        for line in iter(sys.stdin.buffer.readline, b""):
            request = json.loads(line)
            self._bound_time(request["seconds"])
            head, body = self._answer(request)
            before, self._spent = self._spent, time.process_time()
            head |= {"length": len(body), "cpu": self._spent - before, "spent": self._spent}
            # A quick one took little, and to look costs as much as a quick one.
            head["retire"] = head["cpu"] > _QUICK and memory()[1] > self._held + GROWN
            sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + body)
            sys.stdout.buffer.flush()
        self.done = True

    def _bound_time(self, seconds: float) -> None:
        """Has the kernel end this process when it takes far more, if nobody else does."""
        if self._spent + seconds > self._most:
            self._most = self._spent + 2 * seconds + _SLACK
            bound(resource.RLIMIT_CPU, int(self._most))

    def _answer(self, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        try:
            if "file" in request:
                return self._source(request)
            if request["view"] is None:
                self._read(sys.stdin.buffer.read(request["bytes"]))
            elif request["view"] != self._view:
                self._open(request["view"])
            return self._query(request) if "query" in request else ({"kind": "opened"}, b"")
        except SyntaxError as error:
            return {"error": "syntax", "message": str(error.msg)[:_MESSAGE]}, b""
        except MemoryError:
            return {"error": "memory", "message": ""}, b""
        except (OSError, RuntimeError, ValueError) as error:
            return {"error": "failed", "message": str(error)[:_MESSAGE]}, b""

    def _open(self, view: str) -> None:
        self._store = ox.Store.read_only(view)
        self._view = view
        bound_memory(self._megabytes)
        self._held = memory()[1]

    def _read(self, data: bytes) -> None:
        bound_memory(self._megabytes)
        self._store, self._view = ox.Store(), None
        self._store.load(data, format=ox.RdfFormat.N_QUADS)

    def _query(self, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        found = self._store.query(
            request["query"],
            base_iri=request["base"],
            prefixes=self._prefixes,
            use_default_graph_as_union=request["union"],
            default_graph=_graphs(request["default"]),
            named_graphs=_graphs(request["named"]),
        )
        kind = "triples" if isinstance(found, ox.QueryTriples) else "rows"
        written = request[kind]
        if written is None:
            return {"error": "unacceptable", "message": kind}, b""
        if isinstance(found, ox.QueryTriples):
            return {"kind": kind}, self._written(found, written)
        if isinstance(found, ox.QueryBoolean):
            kind = "boolean"
        body = found.serialize(format=ox.QueryResultsFormat.from_extension(written)) or b""
        if request.get("spreadsheet") and written == "csv":
            body = _without_formulas(body)
        return {"kind": kind}, _fit(body, written)

    def _source(self, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        data = Path(request["file"]).read_bytes()
        if hashlib.sha256(data).hexdigest() != request["sha256"]:
            return {"error": "failed", "message": "the file of the source is damaged"}, b""
        quads = ox.parse(gzip.decompress(data), ox.RdfFormat.N_QUADS)
        return {"kind": "triples"}, self._written((q.triple for q in quads), request["triples"])

    def _written(self, triples: Any, format: str) -> bytes:  # noqa: ANN401 - any iterable of them
        rdf_format = ox.RdfFormat.from_extension(format)
        if rdf_format is None:
            raise ValueError(format)
        body = ox.serialize(triples, format=rdf_format, prefixes=self._prefixes) or b""
        return _fit(body, format)


def _graphs(names: list[str] | None) -> list[Any] | None:
    return None if names is None else [ox.NamedNode(name) for name in names]


def _without_formulas(body: bytes) -> bytes:
    """Returns CSV in which what begins a formula, and is no number, has a quote before it."""
    out = io.StringIO()
    rows = csv.reader(io.StringIO(body.decode(), newline=""))
    csv.writer(out, lineterminator="\r\n").writerows(
        [
            f"'{cell}" if cell.startswith(_FORMULA) and not _NUMBER.fullmatch(cell) else cell
            for cell in (_CONTROL.sub("\N{REPLACEMENT CHARACTER}", cell) for cell in row)
        ]
        for row in rows
    )
    return out.getvalue().encode()


def _fit(body: bytes, format: str) -> bytes:
    return _XML_UNFIT.sub(b"\xef\xbf\xbd", body) if format in _XML else body


def main() -> None:
    """Answers the requests on stdin, on a stack of its own size."""
    setup = json.loads(sys.stdin.buffer.readline())
    die_with_parent()
    leave_group()
    forbid_sockets()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    csv.field_size_limit(2**31)
    desk = Desk(setup)
    threading.stack_size(setup["stack"])
    thread = threading.Thread(target=desk.serve)
    thread.start()
    thread.join()
    sys.exit(not desk.done)


if __name__ == "__main__":
    main()
