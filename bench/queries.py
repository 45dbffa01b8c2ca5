"""Questions: from stores of a million and ten million quads.

Every prepared question with its parameters set, first 1,000 rows, over a store folder on disk. The
actor is the busiest state of the world, the other one the third; dates are a year.
Warm is the better of two further runs in the same process; cold is the first run of a process after
the store's pages were dropped from memory. What is not there after 20 seconds is given up.
"""

import os
import time
from collections.abc import Iterator
from pathlib import Path

from bench.frame import cost, main, table
from bench.stores import store_of
from bench.world import cast, source
from kg.errors import LimitError
from kg.load import read_house
from kg.namespaces import ISSUE, POSITION, SOURCE, STANCE, TOPIC
from kg.queries import bind, read_questions, resolve
from kg.rdf import Rows
from kg.store import Limits, open_store

SIZES = (1_000_000, 10_000_000)
FIRST = 1_000
PATIENCE = 20
ISSUE_CHOSEN = ISSUE + "additional-us-assistance"
CHOSEN = {
    "actor": cast().states[0],
    "issue": ISSUE_CHOSEN,
    "stance": STANCE + "unfavourable",
    "source": SOURCE + "world-0",
    "event": f"{SOURCE}world-0/said-0",
    "fact": f"{POSITION}united-states/additional-us-assistance/supports",
}
"""What is chosen for a parameter of a type, where no name of a parameter says otherwise."""

NAMED = {
    "since": "2015-01-01",
    "until": "2015-12-31",
    "date": "2015-06-01",
    "account": f"{SOURCE}world-0/occasion",
    **dict.fromkeys(("other", "b", "side", "about"), cast().states[2]),
}
"""What is chosen for a parameter of a name."""

MEETING = next(
    line.split("<")[1].split(">")[0]
    for line in source(0).asserted
    if "/event/" in line.split(" ")[0]
)
IN_MEETINGS = ("accounts", "participants", "readouts", "said-in", "event")


def tables() -> Iterator[str]:
    """Yields a table for each size."""
    for size in SIZES:
        folder, rows = store_of(size), []
        for name in read_questions():
            warm, cold, count = _asked(folder, name)
            rows.append((name, warm, cold, count))
            print(*rows[-1], flush=True)
        yield table((f"{size:,} quads", "warm, CPU s", "cold, wall s", "rows"), rows)


def _asked(folder: Path, name: str) -> tuple[object, object, object]:
    """Returns CPU seconds warm, wall seconds cold, and how many rows."""
    _drop(folder)
    found = cost(lambda: _times(folder, name), runs=1).value
    first, better, count = str(found).split()
    if count == "-":
        return f">{PATIENCE}", f">{PATIENCE}", ""
    return float(better), float(first), int(count)


def _times(folder: Path, name: str) -> str:
    question = read_questions()[name]
    with open_store(str(folder), read_house().background) as store:
        values = {}
        for parameter in question.parameters.values():
            text = NAMED.get(parameter.name, CHOSEN.get(parameter.type, ""))
            if name == "topics-compared" and parameter.name == "other":
                text = f"{SOURCE}world-1/occasion"
            if name in IN_MEETINGS and parameter.type == "event":
                text = MEETING
            if parameter.type == "issue" and name == "figures":
                text = TOPIC + "arms-control"
            values[parameter.name] = [resolve(store, parameter.type, text)]
        text = bind(question, values, FIRST)
        # The worker that people's queries run in has a limit of time; here it only gives up.
        began = time.perf_counter()
        try:
            answer = store.run(text, Limits(PATIENCE, 4096))
        except LimitError:
            return "- - -"
        first = time.perf_counter() - began
        spent = []
        for _ in range(2):
            began = time.process_time()
            store.query(text)
            spent.append(time.process_time() - began)
        return f"{first} {min(spent)} {len(answer.rows) if isinstance(answer, Rows) else 1}"


def _drop(folder: Path) -> None:
    """Tells the kernel to forget the files of a store."""
    for path in (folder / "view").rglob("*"):
        if path.is_file():
            handle = os.open(path, os.O_RDONLY)
            os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(handle)


if __name__ == "__main__":
    main(tables)
