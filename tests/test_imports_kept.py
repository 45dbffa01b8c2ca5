"""What an import must not destroy: tables, other files, other sources; and what it leaves."""

from pathlib import Path

import pytest

from tests.running import ROOT, kg, limited
from tests.test_imports import gdelt, row

READOUT = ROOT / "docs" / "examples" / "readout.yaml"
BAD = row(GLOBALEVENTID="2", EventCode="1299")
NAME = "20260113120000.export.CSV"


# Files


@pytest.mark.parametrize("option", ["-o", "--rejects"])
@pytest.mark.parametrize("name", [NAME, f"./sub/../{NAME}", "symbolic", "hard"])
def test_table_is_not_written_over(tmp_path: Path, option: str, name: str) -> None:
    table = gdelt(tmp_path, row(), BAD)
    before = table.read_bytes()
    (tmp_path / "sub").mkdir()
    (tmp_path / "symbolic").symlink_to(table)
    (tmp_path / "hard").hardlink_to(table)
    done = kg("import", "gdelt", table.name, option, name, folder=tmp_path)
    assert done.returncode == 2, done.stderr
    assert f"{Path(name)} would be written over: it is read" in done.stderr
    assert table.read_bytes() == before
    assert {path.name for path in tmp_path.iterdir()} == {NAME, "sub", "symbolic", "hard"}


def test_mapping_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text("dataset: {name: Mine}\n")
    (tmp_path / "t.csv").write_text("No\n1\n")
    done = kg("import", "csv", "t.csv", "--mapping", "m.yaml", "-o", "m.yaml", folder=tmp_path)
    assert done.returncode == 2
    assert (tmp_path / "m.yaml").read_text() == "dataset: {name: Mine}\n"


def test_tables_whose_names_differ_in_other_letters_are_two_sources(tmp_path: Path) -> None:
    for name in ("январь", "март"):
        (tmp_path / f"{name}.CSV").write_bytes(gdelt(tmp_path, row()).read_bytes())
    done = kg("import", "gdelt", "январь.CSV", "март.CSV", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert kg("sources", folder=tmp_path).stdout.count("\ngdelt-csv-") == 2


def test_output_and_rejects_are_two_files(tmp_path: Path) -> None:
    gdelt(tmp_path, row(), BAD)
    done = kg("import", "gdelt", NAME, "-o", "x", "--rejects", "./x", folder=tmp_path)
    assert done.returncode == 2
    assert not (tmp_path / "x").exists()


def test_file_of_rejects_is_written_over_and_no_other(tmp_path: Path) -> None:
    gdelt(tmp_path, row(), BAD)
    rejects = tmp_path / f"{NAME}.rejects.csv"
    rejects.write_text("my own notes\n")
    done = kg("import", "gdelt", NAME, folder=tmp_path)
    assert done.returncode == 2
    assert f"{rejects.name} is no file of rejected rows" in done.stderr
    assert "--rejects FILE" in done.stderr
    assert rejects.read_text() == "my own notes\n"
    assert not (tmp_path / ".kg").exists()
    rejects.write_text("line,reason,row\nof an earlier import\n")
    assert kg("import", "gdelt", NAME, folder=tmp_path).returncode == 1
    assert "earlier" not in rejects.read_text()


@pytest.mark.parametrize(
    ("dataset", "option", "words"),
    [
        ("gdlt", (), "no data set is called 'gdlt'"),
        ("csv", (), "csv is any table"),
        ("gdelt", ("--mapping", "nix"), "--mapping is for csv"),
        ("csv", ("--mapping", "nix"), "nix: cannot be read"),
        ("gdelt", ("--source", "Ä b"), "no name of a source"),
        ("gdelt", ("--published", "13.1.2026"), "not a date"),
    ],
)
def test_file_in_the_way_of_rejects_hides_no_other_mistake(
    tmp_path: Path, dataset: str, option: tuple[str, ...], words: str
) -> None:
    gdelt(tmp_path, row())
    (tmp_path / f"{NAME}.rejects.csv").write_text("my own notes\n")
    done = kg("import", dataset, NAME, *option, folder=tmp_path)
    assert words in done.stderr
    assert "no file of rejected rows" not in done.stderr


@pytest.mark.parametrize("option", [(), ("--rejects", "bad.csv"), ("-o", "out.nq")])
@pytest.mark.parametrize("is_link", [False, True])
def test_no_file_of_rejects_stands_beside_an_import_that_rejected_nothing(
    tmp_path: Path, option: tuple[str, ...], *, is_link: bool
) -> None:
    rejects = tmp_path / ("bad.csv" if "--rejects" in option else f"{NAME}.rejects.csv")
    if is_link:
        rejects.symlink_to(tmp_path / "linked.csv")
    gdelt(tmp_path, row(), BAD)
    assert kg("import", "gdelt", NAME, *option, folder=tmp_path).returncode == 1
    before = rejects.read_text()
    assert before.startswith("line,reason,row\n2,")
    gdelt(tmp_path, "a,b,c")
    assert kg("import", "gdelt", NAME, *option, folder=tmp_path).returncode == 3
    assert rejects.read_text() != before
    gdelt(tmp_path, row(), row(GLOBALEVENTID="2"))
    assert kg("import", "gdelt", NAME, *option, folder=tmp_path).returncode == 0
    assert not rejects.exists()
    assert not (tmp_path / "linked.csv").exists()


def test_file_that_rejects_names_is_kept_where_it_holds_none_and_there_are_none(
    tmp_path: Path,
) -> None:
    gdelt(tmp_path, row())
    notes = tmp_path / "notes.csv"
    notes.write_text("line,reason,row of my own\n")
    done = kg("import", "gdelt", NAME, "--rejects", "notes.csv", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert notes.read_text() == "line,reason,row of my own\n"


@pytest.mark.parametrize(
    ("option", "here"),
    [(("--rejects", f"{NAME}/r.csv"), "."), (("--rejects", "."), "."), ((), "/proc")],
)
def test_rejects_that_cannot_be_written_are_told_before_all_work(
    tmp_path: Path, option: tuple[str, ...], here: str
) -> None:
    table = gdelt(tmp_path, row(), BAD)
    store = tmp_path / "store"
    done = kg("-s", str(store), "import", "gdelt", str(table), *option, folder=tmp_path / here)
    assert done.returncode == 6, done.stderr
    path = option[1] if option else f"{NAME}.rejects.csv"
    assert f"writing {path}, the file of rejected rows" in done.stderr
    assert "--rejects FILE" in done.stderr
    assert not store.exists()


def test_folders_that_lack_are_made_when_there_is_something_to_write(tmp_path: Path) -> None:
    written = ("-o", "out/of/it.nq", "--rejects", "bad/rows.csv")
    gdelt(tmp_path, row())
    assert kg("import", "gdelt", NAME, *written, folder=tmp_path).returncode == 0
    assert (tmp_path / "out" / "of" / "it.nq").read_text()
    assert not (tmp_path / "bad").exists()
    gdelt(tmp_path, row(), BAD)
    assert kg("import", "gdelt", NAME, *written, folder=tmp_path).returncode == 1
    assert (tmp_path / "bad" / "rows.csv").read_text().startswith("line,reason,row\n2,")


@pytest.mark.parametrize("before", [None, "what was there\n"])
def test_output_is_there_whole_or_as_it_was(tmp_path: Path, before: str | None) -> None:
    out = tmp_path / "out.nq"
    if before:
        out.write_text(before)
    gdelt(tmp_path, "a,b,c")
    assert kg("import", "gdelt", NAME, "-o", "out.nq", folder=tmp_path).returncode == 3
    gdelt(tmp_path, *(row(GLOBALEVENTID=str(n)) for n in range(1, 200)))
    full = limited("-f 300", "import", "gdelt", NAME, "-o", "out.nq", folder=tmp_path)
    assert full.returncode == 6, full.stderr
    assert (out.read_text() if out.exists() else None) == before
    assert not list(tmp_path.glob("out.nq*.tmp"))


@pytest.mark.parametrize("option", ["--source", "-o", "--rejects"])
def test_what_is_for_one_table_is_refused_with_several(tmp_path: Path, option: str) -> None:
    gdelt(tmp_path, row(), name="a.CSV")
    gdelt(tmp_path, row(), name="b.CSV")
    done = kg("import", "gdelt", "a.CSV", "b.CSV", option, "x", folder=tmp_path)
    assert done.returncode == 2
    assert "is for one table" in done.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"a.CSV", "b.CSV"}


# Sources


def test_source_of_another_kind_is_not_replaced(tmp_path: Path) -> None:
    assert kg("load", str(READOUT), folder=tmp_path).returncode == 0
    before = kg("sources", "-f", "csv", folder=tmp_path).stdout
    name = before.splitlines()[1].partition(",")[0].rpartition("/")[2]
    gdelt(tmp_path, row())
    done = kg("import", "gdelt", NAME, "--source", name, folder=tmp_path)
    assert done.returncode == 2, done.stderr
    assert f"{name} is already there" in done.stderr
    assert f"kg remove {name}" in done.stderr
    assert kg("sources", "-f", "csv", folder=tmp_path).stdout == before


def test_source_of_the_same_data_set_is_replaced(tmp_path: Path) -> None:
    for number in ("1", "2"):
        gdelt(tmp_path, row(GLOBALEVENTID=number))
        done = kg("import", "gdelt", NAME, "--source", "mine", folder=tmp_path)
        assert done.returncode == 0, done.stderr
    asked = kg("query", "SELECT ?e { ?e a dip:Accuse }", "-f", "csv", folder=tmp_path)
    assert [line.rpartition("/")[2] for line in asked.stdout.split()] == ["e", "2"]


@pytest.mark.parametrize("name", ["", "a b", "a b/../c", "a/b", "..", "é", "x>"])
def test_source_has_a_name_that_can_stand_in_an_iri(tmp_path: Path, name: str) -> None:
    gdelt(tmp_path, row())
    done = kg("import", "gdelt", NAME, "--source", name, folder=tmp_path)
    assert done.returncode == 2, done.stderr
    assert f"no name of a source: {name!r}" in done.stderr
    assert "digits" in done.stderr


@pytest.mark.parametrize("day", ["13.1.2026", "2026-02-30", "20260113", ""])
def test_published_is_a_day(tmp_path: Path, day: str) -> None:
    gdelt(tmp_path, row())
    done = kg("import", "gdelt", NAME, "--published", day, "-o", "x.nq", folder=tmp_path)
    assert done.returncode == 2
    assert f"not a date: {day!r}; write it as 2026-01-12" in done.stderr
    assert not (tmp_path / "x.nq").exists()


def test_name_of_a_file_that_tells_no_day_is_not_one(tmp_path: Path) -> None:
    gdelt(tmp_path, row(), name="20261345120000.export.CSV")
    done = kg("import", "gdelt", "20261345120000.export.CSV", "-o", "-", folder=tmp_path)
    assert done.returncode == 0
    assert "datePublished" not in done.stdout


# What waits


def test_parts_of_a_refused_table_do_not_wait(tmp_path: Path) -> None:
    assert kg("load", str(READOUT), folder=tmp_path).returncode == 0
    for rows, code, option in (
        (["a,b"], 3, ()), ([row(), BAD], 3, ("--strict",)), ([row(), "x" * 1_100_000], 5, ())
    ):  # fmt: skip
        gdelt(tmp_path, *rows)
        assert kg("import", "gdelt", NAME, *option, folder=tmp_path).returncode == code
        assert not list((tmp_path / ".kg" / "imports").glob("*"))


def test_parts_of_what_a_table_was_go_and_those_of_a_stopped_run_wait(tmp_path: Path) -> None:
    assert kg("load", str(READOUT), folder=tmp_path).returncode == 0
    waiting = tmp_path / ".kg" / "imports"
    for start in (1, 2):
        gdelt(tmp_path, *(row(GLOBALEVENTID=str(n)) for n in range(start, 3_000)))
        full = limited("-f 40", "import", "gdelt", NAME, "--processes", "1", folder=tmp_path)
        assert full.returncode == 6, full.stderr
        assert len(list(waiting.iterdir())) == 1
    assert kg("import", "gdelt", NAME, folder=tmp_path).returncode == 0
    assert not list(waiting.iterdir())


def test_table_whose_file_in_the_store_is_damaged_enters_anew(tmp_path: Path) -> None:
    gdelt(tmp_path, row())
    assert kg("import", "gdelt", NAME, folder=tmp_path).returncode == 0
    (kept,) = (tmp_path / ".kg" / "sources").glob("*.gz")
    kept.write_bytes(kept.read_bytes()[:-9] + b"something")
    assert kg("doctor", "--check", folder=tmp_path).returncode == 6
    done = kg("import", "gdelt", NAME, folder=tmp_path)
    assert (done.returncode, done.stderr[:9]) == (0, "imported:")
    assert kg("doctor", "--check", folder=tmp_path).returncode == 0
