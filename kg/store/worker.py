"""The process that runs one query from outside, and can be killed.

A script of its own that imports the standard library and pyoxigraph alone, so that it starts
quickly. It reads a line of JSON (`view`: a folder or null, `query`, `prefixes`,
`seconds`, `megabytes`), then,
where there is no view, N-Quads to the end. It answers a line of JSON (`kind`: rows, triples,
boolean, or `error` and `message`) and the body.
"""

import ctypes
import json
import platform
import resource
import struct
import sys
import threading
from typing import Any

import pyoxigraph as ox

STACK = 512 * 1024 * 1024
"""Bytes of stack for the parser: nested braces then end in an error, not in a signal."""

_SOCKET_CALL = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}


def bound(seconds: float, megabytes: int) -> None:
    """Sets what the kernel shall enforce: memory, processor time, no core file."""
    memory = megabytes * 1024 * 1024 + STACK
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    cpu = int(seconds) + 2
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


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


def evaluate(request: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
    """Returns the head and the body of the answer."""
    try:
        if request["view"] is None:
            store = ox.Store()
            store.load(data, format=ox.RdfFormat.N_QUADS)
        else:
            store = ox.Store.read_only(request["view"])
        found = store.query(
            request["query"], use_default_graph_as_union=True, prefixes=request["prefixes"]
        )
        if isinstance(found, ox.QuerySolutions):
            return {"kind": "rows"}, found.serialize(format=ox.QueryResultsFormat.JSON) or b""
        if isinstance(found, ox.QueryTriples):
            return {"kind": "triples"}, found.serialize(format=ox.RdfFormat.N_TRIPLES) or b""
        return {"kind": "boolean"}, json.dumps(bool(found)).encode()
    except SyntaxError as error:
        return {"error": "syntax", "message": str(error.msg)}, b""
    except MemoryError:
        return {"error": "memory", "message": ""}, b""
    except (OSError, RuntimeError, ValueError) as error:
        return {"error": "failed", "message": str(error)}, b""


def main() -> None:
    """Answers the one request on stdin."""
    request = json.loads(sys.stdin.buffer.readline())
    data = b"" if request["view"] else sys.stdin.buffer.read()
    bound(request["seconds"], request["megabytes"])
    forbid_sockets()
    answered: list[tuple[dict[str, Any], bytes]] = []
    threading.stack_size(STACK)
    thread = threading.Thread(target=lambda: answered.append(evaluate(request, data)))
    thread.start()
    thread.join()
    head, body = answered[0] if answered else ({"error": "memory", "message": ""}, b"")
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + body)


if __name__ == "__main__":
    main()
