"""Drafts from articles.

How many articles a second `kg extract` reads on one core, and how it starts when a project's own
register adds 200,000 names to the shipped one: built once, kept in the user's cache folder.
The seed article's text is measured where it is at hand; it is no part of the repository.
"""

import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.frame import main, table
from kg.extract import open_extractor, read_article

ROOT = Path(__file__).parents[1]
ARTICLES = {
    "docs/examples/article.txt": ROOT / "docs" / "examples" / "article.txt",
    "the seed article": ROOT.parent / "shared" / "article" / "000_396d5712e27c0d78.txt",
}
ROUNDS, EACH = 15, 10
NAMES = 200_000
SYLLABLES = ("ba", "ko", "ri", "ta", "mel", "dor", "van", "sil", "nor", "pe", "lu", "ga", "shi")
START = """
import resource, sys, time
from pathlib import Path
from kg.extract import open_extractor
open_extractor(Path(sys.argv[1]))
print(time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6)
"""


def tables() -> Iterator[str]:
    """Yields articles a second, then starting with a large register."""
    heads = ("article", "words", "ms to read", "ms with its draft", "articles a second")
    yield table(heads, [(name, *_speed(path)) for name, path in ARTICLES.items() if path.is_file()])
    with tempfile.TemporaryDirectory() as folder:
        _register(Path(folder) / "facts" / "actors")
        first = _start(folder)
        rows = [("first, builds the gazetteer", *first), ("later, reads it", *_start(folder))]
        yield table((f"start with {NAMES:,} names", "CPU s", "MB"), rows)


def _speed(path: Path) -> tuple[int, float, float, int]:
    """Medians of many rounds in a process that has started: what each one of a folder costs."""
    extractor, data = open_extractor(), path.read_bytes()

    def spent(draft: bool) -> float:
        total = 0.0
        for _ in range(EACH):
            _forget()
            began = time.process_time()
            article = read_article(data, file=path.name)
            extractor.draft(article) if draft else extractor.facts(article)
            total += time.process_time() - began
        return total / EACH

    read = statistics.median(spent(False) for _ in range(ROUNDS))
    drafted = statistics.median(spent(True) for _ in range(ROUNDS))
    words = len(data.split())
    return words, round(read * 1000, 1), round(drafted * 1000, 1), round(1 / read)


def _forget() -> None:
    """Empties the bounded caches of the extractor: they would know an article read again."""
    for name, module in list(sys.modules.items()):
        for cached in vars(module).values() if name.startswith("kg.extract") else ():
            if hasattr(cached, "cache_parameters") and cached.cache_parameters()["maxsize"]:
                cached.cache_clear()


def _register(folder: Path) -> None:
    folder.mkdir(parents=True)
    chance = random.Random(7)

    def name() -> str:
        parts = ("".join(chance.choices(SYLLABLES, k=chance.randint(2, 4))) for _ in range(2))
        return " ".join(part.title() for part in parts)

    with (folder / "many.yaml").open("w", encoding="utf-8") as file:
        file.write("source: {id: many, type: Dataset, label: Many}\nactors:\n")
        for number in range(NAMES // 4):
            names = ", ".join(f"{name()} {number}{part}" for part in "abc")
            file.write(
                f"  - {{id: p{number}, type: Person, label: {name()} {number}, "
                f"altLabel: [{names}]}}\n"
            )


def _start(folder: str) -> tuple[float, int]:
    told = subprocess.run(
        [sys.executable, "-c", START, folder],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "XDG_CACHE_HOME": f"{folder}/cache"},
        cwd=ROOT,
    )
    seconds, megabytes = map(float, told.stdout.split())
    return round(seconds, 2), round(megabytes)


if __name__ == "__main__":
    main(tables)
