"""How `kg serve --write` bears being killed, and long use.

    python -m bench.endurance kills 100
    python -m bench.endurance soak 600

Both say what they found and end with 1 where it is not as promised; CI runs them short.
"""

import contextlib
import http.client
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from bench.served import loaded, source, started
from kg.namespaces import GRAPH, SCHEMA
from kg.store.manifest import read_manifest

TOKEN = "a token for endurance alone"
SOURCES = 6
NOTES = 25
WARM = 0.2
"""Share of a soak after which memory is compared with the end."""


@dataclass
class Found:
    """What was seen, and what was not as promised."""

    seen: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


@contextlib.contextmanager
def served(folder: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Starts `kg serve --write` on the `.kg` of a folder, and kills it; yields its port too."""
    command = ["-m", "kg", "serve", "--write", "--port", "0", "--share", "6000"]
    with started(folder, command, {"KG_SERVE_TOKEN": TOKEN}) as (process, address):
        try:
            yield process, int(address.rpartition(":")[2])
        finally:
            process.kill()


def document(number: int, version: int) -> str:
    """Returns a source all of whose notes tell its version."""
    return source(f"kept-{number}", [str(version)] * NOTES)


def ask(
    connection: http.client.HTTPConnection, method: str, path: str, body: str = "", accept: str = ""
) -> tuple[int, str]:
    """Returns status and body of one request."""
    headers = {"content-type": "text/turtle", "authorization": f"Bearer {TOKEN}"}
    connection.request(method, path, body or None, {**headers, "accept": accept or "*/*"})
    reply = connection.getresponse()
    return reply.status, reply.read().decode()


def write(port: int, first: int, tried: dict[int, int], acknowledged: dict[int, int]) -> None:
    """Puts sources, one after the other, until the server is gone."""
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as one:
        for version in range(first, first + 100_000):
            number = version % SOURCES
            tried[number] = version
            try:
                status, body = ask(one, "PUT", f"/graph/kept-{number}", document(number, version))
            except (OSError, http.client.HTTPException):
                return
            if status not in {201, 204}:
                raise RuntimeError(f"{status}: {body}")
            acknowledged[number] = version


def kills(count: int, folder: Path, found: Found) -> None:
    """Kills the server so often at random moments under writing, and looks after each start."""
    chance = random.Random(1201)
    tried: dict[int, int] = {}
    acknowledged: dict[int, int] = {}
    total = 0
    for turn in range(count):
        before = dict(acknowledged)
        with served(folder) as (process, port):
            look(port, folder, tried, acknowledged, found, f"after kill {turn}")
            writer = threading.Thread(
                target=write, args=(port, 1 + max(tried.values(), default=0), tried, acknowledged)
            )
            writer.start()
            time.sleep(chance.uniform(0.05, 1.2))
            process.kill()
            writer.join()
        total += sum(acknowledged[n] != before.get(n) for n in acknowledged)
    with served(folder) as (_, port):
        look(port, folder, tried, acknowledged, found, "at the end")
    found.seen.append(f"{count} kills, {max(tried.values())} sources put")


def look(
    port: int,
    folder: Path,
    tried: dict[int, int],
    acknowledged: dict[int, int],
    found: Found,
    when: str,
) -> None:
    """Compares what a server that was started anew holds with what was acknowledged."""
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as one:
        for number in tried:
            query = (
                f"SELECT ?v (COUNT(*) AS ?n) {{ GRAPH <{GRAPH}kept-{number}> "
                f"{{ ?note <{SCHEMA}text> ?v }} }} GROUP BY ?v"
            )
            _, body = ask(one, "GET", f"/sparql?query={quote(query, safe='')}", accept="text/csv")
            rows = [line.split(",") for line in body.split()[1:]]
            if len(rows) > 1 or any(int(n) != NOTES for _, n in rows):
                found.wrong.append(f"{when}: half of source {number}: {rows}")
                continue
            version = int(rows[0][0]) if rows else 0
            # What was under way when the kill came may be there or not, but whole.
            if version not in {acknowledged.get(number, 0), tried[number]}:
                found.wrong.append(
                    f"{when}: source {number} is at {version}, "
                    f"acknowledged was {acknowledged.get(number)}"
                )
            acknowledged[number] = version or acknowledged.get(number, 0)
    store = folder / ".kg"
    known = read_manifest(store / "sources" / "manifest.json")
    named = {entry.file for entry in known.entries.values()} | {"manifest.json"}
    orphans = {path.name for path in (store / "sources").iterdir()} - named
    orphans |= {path.name for path in (store / "view").iterdir() if not path.name.isdigit()}
    if orphans:
        found.wrong.append(f"{when}: left over: {', '.join(sorted(orphans))}")


QUERIES = [
    "SELECT ?e ?l { ?e a dip:Event ; rdfs:label ?l } ORDER BY ?l LIMIT 50",
    "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
    "CONSTRUCT { ?s ?p ?o } { ?s a dip:Actor ; ?p ?o } LIMIT 2000",
    "ASK { ?s a dip:PhoneCall }",
    "SELECT * { ?s ?p ",
    "SELECT * " + "{" * 200 + "}" * 200,
    "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } #",
]
PATHS = ["/", "/queries", "/queries/positions", "/page/actor/mexico", "/void", "/nowhere"]


def soak(seconds: float, folder: Path, found: Found) -> None:
    """Uses a server for so long in every way at once, and watches its memory and handles."""
    with served(folder) as (process, port):
        until = time.monotonic() + seconds
        statuses: dict[int, int] = {}
        users = [
            threading.Thread(target=use, args=(port, until, number, statuses))
            for number in range(6)
        ]
        users.append(threading.Thread(target=put, args=(port, until)))
        for user in users:
            user.start()
        seen: list[tuple[float, float, int, int]] = []
        began = time.monotonic()
        while time.monotonic() < until:
            time.sleep(min(2.0, seconds / 30))
            handles = len(list(Path(f"/proc/{process.pid}/fd").iterdir()))
            views = sum(1 for _ in (folder / ".kg" / "view").iterdir())
            seen.append((time.monotonic() - began, memory(process.pid), handles, views))
        for user in users:
            user.join()
        if process.poll() is not None:
            found.wrong.append("the server ended")
            return
    judge(seen, seconds, found)
    answers = ", ".join(f"{count:,} × {status}" for status, count in sorted(statuses.items()))
    found.seen.append(f"answers: {answers}")
    if bad := [status for status in statuses if status not in {200, 400, 404, 503, 504}]:
        found.wrong.append(f"answered with {bad}")


def judge(seen: list[tuple[float, float, int, int]], seconds: float, found: Found) -> None:
    """Says how memory, handles and views went."""
    warm = [one for one in seen if WARM * seconds < one[0] <= 2 * WARM * seconds]
    late = [one for one in seen if one[0] > (1 - WARM) * seconds]
    before, after = (sorted(one[1] for one in part)[len(part) // 2] for part in (warm, late))
    grown = after / before - 1
    handles = [sorted(one[2] for one in part)[len(part) // 2] for part in (warm, late)]
    found.seen.append(
        f"memory of the server {before:.0f} then {after:.0f} MB ({grown:+.1%}), "
        f"handles {handles[0]} then {handles[1]}, at most {max(one[3] for one in seen)} views"
    )
    if grown > 0.05:
        found.wrong.append(f"memory grew by {grown:.1%}")
    if handles[1] > handles[0] + 8:
        found.wrong.append(f"handles grew from {handles[0]} to {handles[1]}")


def use(port: int, until: float, number: int, statuses: dict[int, int]) -> None:
    """Asks all kinds of things."""
    chance = random.Random(number)
    while time.monotonic() < until:
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as one:
            for _ in range(20):
                path = chance.choice(PATHS)
                if chance.random() < 0.7:
                    # The endless one seldom, as it would be all that is done.
                    query = chance.choice(QUERIES if chance.random() < 0.02 else QUERIES[:-1])
                    path = f"/sparql?query={quote(query, safe='')}"
                status, _ = ask(one, "GET", path, accept="text/html;q=0.5, */*;q=0.4")
                statuses[status] = statuses.get(status, 0) + 1
                time.sleep(0.01)


def put(port: int, until: float) -> None:
    """Puts a source now and then."""
    version = 0
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as one:
        while time.monotonic() < until:
            version += 1
            number = version % SOURCES
            status, body = ask(one, "PUT", f"/graph/kept-{number}", document(number, version))
            if status not in {201, 204}:
                raise RuntimeError(f"{status}: {body}")
            time.sleep(0.5)


def memory(process: int) -> float:
    """Returns the megabytes that a process has in memory."""
    pages = int(Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def main(arguments: list[str]) -> int:
    """Runs one of the two and says what was found."""
    what = {"kills": kills, "soak": soak}
    if len(arguments) != 2 or arguments[0] not in what:
        print(__doc__)
        return 2
    with tempfile.TemporaryDirectory() as name:
        loaded(Path(name))
        found = Found()
        what[arguments[0]](int(arguments[1]), Path(name), found)
    print("\n".join([*found.seen, *(f"WRONG {one}" for one in found.wrong)]))
    return bool(found.wrong)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
