"""Nodes and edges by column are the nodes and edges that went in, few or many."""

import gc
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from kg.network import Edge, Node
from kg.network.table import BATCH, IN_MEMORY, Column, Spool, Table, ordered, table, tabulated

TEXTS = ("", "a", "a", "é|ü", "=1+1", '<&">', "two  blanks", " x", "\ud800", "x" * 5_000)


def edges(count: int) -> Iterator[Edge]:
    rng = Random(1)
    for n in range(count):
        told = {
            name: rng.choice((rng.choice(TEXTS), 0.5, 7, True))
            for name in rng.sample(("status", "quote", "count", "iri"), rng.randrange(5))
        }
        day = rng.choice(("", "2026-01-12"))
        yield Edge(f"e{n}", "a", rng.choice("ab"), "Meeting", rng.choice(TEXTS), n % 3 + 0.5, day,
                   day, rng.random() < 0.5, told)  # fmt: skip


@pytest.mark.parametrize("count", [0, 1, BATCH, 3 * BATCH + 1])
def test_what_goes_in_comes_out(count: int) -> None:
    given = list(edges(count))
    made = tabulated(Edge, iter(given))
    assert len(made) == count
    assert list(made) == given == list(made)
    assert made == given
    assert tabulated(Edge, made) is made
    # Order of attributes and types of values too: 1, 1.0 and True are equal.
    assert [repr(one) for one in made] == [repr(one) for one in given]
    assert sum(batch.size for batch in made.batches()) == count
    assert made.distinct("directed") == {one.directed for one in given}


def test_kinds_fit_all_values() -> None:
    nodes = [
        Node("a", "x:a", "A", "State", {"n": 1, "mixed": 1, "f": 0.5}),
        Node("b", "x:b", "B", "State", {"told": True, "mixed": "one", "n": 2}),
    ]
    assert tabulated(Node, nodes).kinds == {"f": float, "mixed": str, "n": int, "told": bool}


def test_rows_that_lack_something_have_no_such_attribute() -> None:
    rows = [("a", "x:a", "A", "State", "one", None), ("b", "x:b", "B", "State", None, None)]
    made = table(Node, ("quote", "state"), rows)
    assert [node.attributes for node in made] == [{"quote": "one"}, {}]
    assert made.kinds == {"quote": str}


def test_many_are_kept_in_a_file_that_goes_with_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.network.table.IN_MEMORY", 10_000)
    given = list(edges(3 * BATCH))
    before = files()
    made: Table[Edge] | None = tabulated(Edge, given)
    assert len(files() - before) == 1
    assert made == given
    first, second = iter(made), iter(made)
    assert [(next(first), next(second)) for _ in range(BATCH + 1)] == [
        (one, one) for one in given[: BATCH + 1]
    ]
    first = second = made = None
    gc.collect()
    assert files() == before
    assert IN_MEMORY > 10_000


def files() -> set[Path]:
    found = [path for path in Path("/proc/self/fd").iterdir() if path.is_symlink()]
    return {path for path in found if "deleted" in str(path.readlink())}


def test_rows_come_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.network.table._RUN", 100)
    rng = Random(2)
    rows = [(str(rng.randrange(500)), str(rng.random()), "", n) for n in range(1_050)]
    assert list(ordered(iter(rows))) == sorted(rows)
    kept = Spool()
    kept.add(rows[:10])
    kept.add(rows[10:])
    assert list(kept.rows()) == rows == list(kept.rows())


@pytest.mark.parametrize(
    ("texts", "harmless"),
    [
        (("a b", "https://example.org/a#b", "Türkiye", "2026-01-12", "p1|p2"), True),
        *(((text, "b"), False) for text in ("", " a", "a ", "a  b", "<", "&", '"', ",", "\\", "\n",
                                            "-1", "=1", "+1", "@x", "a\u202e", "\x00", "\ud800")),
    ],
)  # fmt: skip
def test_harmless_texts_need_nothing_in_any_format(texts: tuple[str, ...], harmless: bool) -> None:
    for order in (texts, texts[::-1]):
        assert Column.of(order).harmless is harmless


def test_values_that_recur_are_made_fit_once() -> None:
    asked: list[object] = []
    column = Column.of(["a", "b", None, "a"] * 10)
    assert column.each(lambda value: asked.append(value) or str(value)) == [
        "a", "b", "None", "a"
    ] * 10  # fmt: skip
    assert asked == ["a", "b", None]
    assert list(column.map(lambda value: value or "none")) == ["a", "b", "none", "a"] * 10
