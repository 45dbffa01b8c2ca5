"""The process that takes sources in and out, through the gate.

It is apart from the server, so that a document that ends its reader, or judging that takes long,
disturbs nobody. Its first line on stdin is JSON: `folder`, `project` and `megabytes`; it answers
with a line once the store is open. Each further line is a request, answered in turn:

- `put`: the IRI of a source, the `ending` of the format, `report` the name of a format of findings,
  `by`; its document follows, of so many `bytes`;
- `delete`: the IRI of a source.

Answers are a line of JSON: `done` (loaded, unchanged, removed), or `status` and `message`; a body
of so many bytes as `length` says follows, the report of findings.
"""

import json
import resource
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kg.errors import KgError, LimitError, StoreError
from kg.load import House, Refused, load, read_house
from kg.store import Writer, open_store
from kg.store.worker import bound_memory, die_with_parent, forbid_sockets, leave_group
from kg.validate import REPORTS
from kg.web.problems import status_of

Reply = tuple[dict[str, Any], bytes]


def main() -> None:
    """Answers the requests on stdin."""
    setup = json.loads(sys.stdin.buffer.readline())
    die_with_parent()
    leave_group()
    forbid_sockets()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        house = read_house(Path(setup["project"]))
        store = open_store(setup["folder"], house.background)
    except KgError as error:
        _send(_failed(error), b"")
        return
    _send({"done": "opened"}, b"")
    with store:
        for line in iter(sys.stdin.buffer.readline, b""):
            bound_memory(setup["megabytes"])
            _send(*_answer(json.loads(line), store, house))


def _send(head: Mapping[str, object], body: bytes) -> None:
    told = {**head, "length": len(body)}
    sys.stdout.buffer.write(json.dumps(told).encode() + b"\n" + body)
    sys.stdout.buffer.flush()


def _answer(request: Mapping[str, Any], store: Writer, house: House) -> Reply:
    try:
        if "delete" in request:
            store.remove(request["delete"])
            return {"done": "removed"}, b""
        return _put(request, store, house)
    except Refused as error:
        return _failed(error), REPORTS[request["report"]](error.judged).encode()
    except KgError as error:
        return _failed(error), b""
    except MemoryError:
        return _failed(LimitError("the document wants more memory than there is: split it")), b""
    except OSError as error:
        return _failed(StoreError(f"the store cannot be written: {error.strerror}")), b""


def _put(request: Mapping[str, Any], store: Writer, house: House) -> Reply:
    # Findings name the file so; this process has a folder of its own.
    path = Path(f"source.{request['ending']}")
    path.write_bytes(sys.stdin.buffer.read(request["bytes"]))
    (entered,) = load(store, path, house, recorded_by=request["by"], source=request["put"])
    return {"done": "loaded" if entered.changed else "unchanged"}, b""


def _failed(error: KgError) -> dict[str, Any]:
    return {"status": status_of(error), "message": str(error)}


if __name__ == "__main__":
    main()
