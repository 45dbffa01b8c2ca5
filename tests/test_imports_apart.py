"""Rows of one event that are far apart in a table are judged together, as if they were not."""

import csv
import random
from collections.abc import Iterable
from pathlib import Path

import pytest

import kg.imports.apart as apart
import kg.imports.transform as transform
from kg.imports.parts import Part
from kg.imports.table import Table
from kg.intake import Engine, Plan, compiler_of, plan, store_table
from kg.load import House, read_house
from kg.store import open_store
from tests.test_alike import DIFFERENT, HEAD
from tests.test_alike import table as drawn
from tests.test_imports import gdelt, kg, row

NAME = "20260113120000.export.CSV"
# What the last rows say of events of which the first rows tell; the shapes refuse two days.
AGAIN = {
    1: {}, 2: {"SQLDATE": "20260110"}, 3: {"EventCode": "190"}, 4: {"Actor1CountryCode": "FRA"},
}  # fmt: skip


@pytest.fixture(scope="module")
def house() -> House:
    return read_house()


@pytest.mark.parametrize("processes", ["1", "2"])
def test_store_holds_no_finding_of_rows_that_share_an_id_far_apart(
    tmp_path: Path, processes: str
) -> None:
    long = "https://news.example/" + 300 * "a"  # so that there are parts for two processes
    rows = [row(GLOBALEVENTID=str(n), SOURCEURL=long) for n in range(1, 10_001)]
    rows[-4:] = [row(GLOBALEVENTID=str(n), **cells) for n, cells in AGAIN.items()]
    gdelt(tmp_path, *rows)
    done = kg("import", "gdelt", NAME, "--processes", processes, folder=tmp_path)
    assert done.returncode == 1, done.stderr
    with (tmp_path / f"{NAME}.rejects.csv").open(newline="") as file:
        (_, first), (_, last) = [one[:2] for one in list(csv.reader(file))[1:]]
    assert first == last
    assert first.startswith("rows 2 and 9998 share the id 2: it has more than one")
    assert "imported: GDELT 2.0 Events: " in done.stderr
    assert "2 of 10,000 rows rejected" in done.stderr
    judged = kg("validate", folder=tmp_path)
    assert judged.returncode == 0, judged.stdout
    asked = kg(
        "query", "SELECT DISTINCT ?e { ?e dip:evidence ?a, ?b FILTER(?a != ?b) }", folder=tmp_path
    )
    assert [asked.stdout.count(f"export-csv/{n}\n") for n in AGAIN] == [1, 0, 1, 1]


def taken(folder: Path, planned: Plan, house: House, project: Path) -> tuple[str, list[str], int]:
    """The rejected rows of a table, what is asserted, and how often its parts were worked on."""
    folder.mkdir()
    runs = 0

    def watch(parts: Iterable[Part], _: Table) -> Iterable[Part]:
        nonlocal runs
        runs += 1
        return parts

    rejects = folder / "rejects.csv"
    with open_store(str(folder / ".kg"), house.background, create=True) as store:
        store_table(
            store, planned, house, folder / "parts", recorded_by="me", engine=Engine(),
            rejects=rejects, watch=watch, project=project,
        )  # fmt: skip
        quads = sorted(map(str, store.asserted(planned.mapping.source)))
    return rejects.read_text(encoding="utf-8"), quads, runs


@pytest.mark.parametrize("own", ["", DIFFERENT[1]])
def test_verdict_does_not_depend_on_what_is_judged_together(
    tmp_path: Path, own: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "shapes").mkdir()
    (tmp_path / "shapes" / "own.ttl").write_text(HEAD + own if own else "", encoding="utf-8")
    house = read_house(tmp_path)
    path = drawn(tmp_path / "t.csv", random.Random(own), 200)
    lines = path.read_text(encoding="utf-8").splitlines()
    random.Random(own).shuffle(lines)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    planned = plan(path, compiler_of("gdelt", None, house, tmp_path), published="2026-01-13")
    near = taken(tmp_path / "near", planned, house, tmp_path)
    assert near[2] == 1
    monkeypatch.setattr(transform, "JUDGED", 50)
    far = taken(tmp_path / "far", planned, house, tmp_path)
    assert far[2] == 2
    assert far[:2] == near[:2]
    assert "share the id" in near[0]


def test_rows_of_one_event_beyond_what_is_judged_at_once_come_with_its_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(apart, "JUDGED", 3)
    lines = [(key, 0, at, at, "") for at, key in enumerate("xaaaaaaabbcd")]
    batches = ["".join(one[0] for one in batch) for batch in apart._together(lines)]
    assert batches == ["x", "aaa", "aaa", "aaa", "bbc", "d"]
    found = [one[2] for batch in apart._together(lines) for one in batch]
    assert found.count(1) == 3
    assert {*found} == {*range(len(lines))}
