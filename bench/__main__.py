"""Runs benchmarks and writes docs/benchmarks.md.

python -m bench            # every table, which takes long
python -m bench queries    # that one; the others stay as they are on the page
"""

import re
import sys
import time
from importlib import import_module
from pathlib import Path
from types import ModuleType

from bench.frame import machine

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
TABLES = (
    "everyday",
    "transform",
    "loading",
    "validation",
    "serving",
    "drafting",
    "export",
    "queries",
)
"""Modules with a `tables()`, in the order of the page."""

_HEAD = """\
# Benchmarks

`make bench` measures all of this again, `python -m bench NAME` one part of it.
CPU seconds are what to compare: wall time depends on what else the machine does.
Each figure is the median of several runs, each in a process of its own, unless it says otherwise.
The graphs are made by `bench/world.py`: sources of two sides that tell of their meetings.
"""


def section(name: str, module: ModuleType) -> str:
    """Measures one part and returns its section of the page."""
    heading, _, about = (module.__doc__ or name).strip().partition("\n")
    parts = [f"## {heading.rstrip('.')}", about.strip()]
    print(f"── {heading}", flush=True)
    for one in module.tables():
        print(one, flush=True)
        parts.append(one.strip())
    parts.append(f"`python -m bench {name}`, {time.strftime('%Y-%m-%d')}, on {machine()}")
    return "\n\n".join(part for part in parts if part) + "\n"


def sections(page: Path) -> dict[str, str]:
    """Returns what stands on the page, by the name of the module that measured it."""
    text = page.read_text(encoding="utf-8") if page.is_file() else ""
    found = re.split(r"^(?=## )", text, flags=re.MULTILINE)[1:]
    named = ((re.search(r"`python -m bench (\w+)`", part), part) for part in found)
    return {name[1]: part.strip() + "\n" for name, part in named if name}


def main(names: list[str]) -> None:
    """Measures the named parts, or all, writing the page after each."""
    for name in names or TABLES:
        if name not in TABLES:
            sys.exit(f"no benchmark is called {name!r}: choose one of {' '.join(TABLES)}")
    for name in names or TABLES:
        measured = section(name, import_module(f"bench.{name}"))
        held = {**sections(PAGE), name: measured}
        PAGE.write_text("\n".join([_HEAD, *(held[n] for n in TABLES if n in held)]), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
