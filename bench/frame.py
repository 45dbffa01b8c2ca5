"""What every benchmark is measured and written down with.

A module of `bench/` that has a table has `tables()`: it yields Markdown as soon as it is measured.
Its docstring is the text above the tables; the first line is the heading.
"""

import gc
import multiprocessing
import os
import platform
import resource
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib import metadata
from multiprocessing.connection import Connection
from pathlib import Path

RUNS = 3
"""How often a thing is measured where nothing else is said; the median counts."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a thing cost.

    Attributes:
        cpu: Seconds of processor time, user and system, those of processes that it began included.
        wall: Seconds that passed.
        memory: Megabytes at most, above what the process had before.
        value: What the thing returned, where that is a number or a text.
    """

    cpu: float
    wall: float
    memory: float
    value: object = None


def cost(action: Callable[[], object], *, runs: int = RUNS) -> Cost:
    """Returns what an action costs: medians of several runs, each in a process of its own.

    Args:
        action: Run in a fork of this process, so what it needs is best made before.
        runs: How often.

    Raises:
        RuntimeError: A run failed; its traceback is on stderr.
    """
    found = [_once(action) for _ in range(runs)]
    return Cost(
        statistics.median(one.cpu for one in found),
        statistics.median(one.wall for one in found),
        statistics.median(one.memory for one in found),
        found[0].value,
    )


def _once(action: Callable[[], object]) -> Cost:
    context = multiprocessing.get_context("fork")
    theirs, ours = context.Pipe()
    gc.collect()
    process = context.Process(target=_run, args=(action, ours))
    process.start()
    ours.close()
    try:
        return theirs.recv()
    except EOFError as error:
        raise RuntimeError("the measured process failed") from error
    finally:
        process.join()
        theirs.close()


def _run(action: Callable[[], object], answer: Connection) -> None:
    gc.freeze()
    before, began, cpu = resident(), time.perf_counter(), _cpu()
    value = action()
    spent, passed = _cpu() - cpu, time.perf_counter() - began
    plain = value if isinstance(value, int | float | str) else None
    answer.send(Cost(spent, passed, max(peak() - before, 0.0), plain))


def _cpu() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def resident() -> float:
    """Returns the megabytes that this process has in memory now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1e6


def peak() -> float:
    """Returns the most megabytes that this process, or one that it waited for, had in memory."""
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return max(resource.getrusage(one).ru_maxrss for one in who) * 1024 / 1e6


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Returns a Markdown table; numbers stand right."""
    found = [[_cell(value) for value in row] for row in rows]
    numeric = [
        bool(found) and all(_is_number(row[at]) for row in found) for at in range(len(heads))
    ]
    rule = ["---:" if right else "---" for right in numeric]
    return "".join(f"| {' | '.join(row)} |\n" for row in ([*heads], rule, *found))


def compared(costs: dict[str, Cost], base: str) -> str:
    """Returns a table of costs by name; the last column is CPU over that of the base."""
    heads = ("", "CPU s", "wall s", "extra MB", f"times {base}")
    return table(
        heads,
        [
            (name, one.cpu, one.wall, round(one.memory), f"{one.cpu / costs[base].cpu:.1f}")
            for name, one in costs.items()
        ],
    )


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.3f}" if value < 1 else f"{value:.2f}" if value < 100 else f"{value:,.0f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _is_number(text: str) -> bool:
    return text in {"", "–"} or text.lstrip("<>").replace(",", "").replace(".", "").isdigit()


def machine() -> str:
    """Returns the machine in words: processor, cores, memory, system, versions."""
    names = ("diplomatic-kg", "pyoxigraph", "rdflib", "pyshacl", "networkx")
    versions = ", ".join(f"{name} {_version(name)}" for name in names)
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    return (
        f"{_processor()}, {os.cpu_count()} cores, {memory:.0f} GiB of memory, "
        f"{platform.system()} {platform.release().split('-')[0]}, "
        f"Python {platform.python_version()}; {versions}."
    )


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    return next((line.split(": ")[1] for line in lines if "model name" in line), platform.machine())


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed"


def main(tables: Callable[[], Iterable[str]]) -> None:
    """Prints the tables of one benchmark as they come."""
    for one in tables():
        print(one, flush=True)
