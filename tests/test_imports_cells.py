"""Cells and mappings that look right and are not: each is told in plain words, none is guessed."""

import csv
import gzip
import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.running import ROOT, kg
from tests.test_imports import gdelt, row, sample

NAME = "20260113120000.export.CSV"
MINE = {
    "dataset": "{name: Mine}",
    "event": "{id: No, kind: {always: Visit}, date: When, agent: {name: Who}}",
}


def mine(folder: Path, rows: str = "No,When,Who\n1,2026-01-12,Mexico\n", **parts: str) -> list[str]:
    """What imports a table with a mapping of one's own, some parts of which are these."""
    told = {**MINE, **parts}
    (folder / "m.yaml").write_text("".join(f"{key}: {value}\n" for key, value in told.items()))
    (folder / "t.csv").write_text(rows)
    return ["import", "csv", "t.csv", "--mapping", "m.yaml", "-o", "-"]


@pytest.mark.parametrize("day", ["2026011", "202611", "2026112", "２０２６０１１２"])
def test_day_that_lacks_a_digit_is_not_read_as_another(tmp_path: Path, day: str) -> None:
    gdelt(tmp_path, row(), row(GLOBALEVENTID="2", SQLDATE=day))
    done = kg("import", "gdelt", NAME, "-o", "-", folder=tmp_path)
    assert done.returncode == 1
    assert f"SQLDATE: {day!r} is no day of the form %Y%m%d" in done.stderr
    assert "/2>" not in done.stdout


def test_day_whose_numbers_are_parted_may_be_short(tmp_path: Path) -> None:
    event = MINE["event"].replace("When", "{column: When, formats: '%d.%m.%Y'}")
    done = kg(*mine(tmp_path, "No,When,Who\n1,2.1.2026,Mexico\n", event=event), folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert '"2026-01-02"' in done.stdout


@pytest.mark.parametrize("count", ["-5", "-1"])
def test_count_of_mentions_is_not_negative(tmp_path: Path, count: str) -> None:
    gdelt(tmp_path, row(AvgTone="-3"), row(GLOBALEVENTID="2", NumMentions=count))
    done = kg("import", "gdelt", NAME, "-o", "-", folder=tmp_path)
    assert done.returncode == 1
    assert f"{NAME}:2: NumMentions: {count!r} is less than 0" in done.stderr
    assert '"-3"' in done.stdout


def test_fatalities_are_not_negative_and_a_strange_precision_is_told(tmp_path: Path) -> None:
    heads, told = sample("acled")
    names = heads.split(",")
    rows = []
    for number, (column, value) in enumerate(
        [("fatalities", "-1"), ("time_precision", "9"), ("time_precision", "1")], start=1
    ):
        cells = _cells(told)
        cells[names.index("event_id_cnty")] = f"X{number}"
        cells[names.index(column)] = value
        rows.append(_line(cells))
    (tmp_path / "t.csv").write_text(f"{heads}\n{''.join(rows)}", encoding="utf-8")
    done = kg("import", "acled", "t.csv", "-o", "-", folder=tmp_path)
    assert done.returncode == 1, done.stderr
    assert "fatalities: '-1' is less than 0" in done.stderr
    assert "unknown time_precision '9' in 1 row, first in row 3" in done.stderr
    assert done.stderr.count("unknown time_precision") == 1


def test_number_on_two_lines_of_a_cell_is_none(tmp_path: Path) -> None:
    heads, told = sample("acled")
    cells = _cells(told)
    cells[heads.split(",").index("fatalities")] = "1\n2"
    (tmp_path / "t.csv").write_text(f"{heads}\n{told}{_line(cells)}", encoding="utf-8")
    done = kg("import", "acled", "t.csv", "-o", "-", folder=tmp_path)
    assert done.returncode == 1, done.stderr
    assert "fatalities: '1\\n2' is no whole number" in done.stderr


@pytest.mark.parametrize("order", [(61, 62, 60), (62, 60, 61), (60, 62, 61), (61, 60, 62)])
def test_cell_too_many_does_not_make_up_for_one_too_few(
    tmp_path: Path, order: tuple[int, ...]
) -> None:
    lines = [row(GLOBALEVENTID=str(number)) for number in range(3)]
    wide = {60: lambda line: line.rpartition("\t")[0], 61: str, 62: lambda line: f"{line}\tx"}
    gdelt(tmp_path, *(wide[width](line) for width, line in zip(order, lines, strict=True)))
    done = kg("import", "gdelt", NAME, "-o", "-", folder=tmp_path)
    assert done.returncode == 1, done.stderr
    for number, width in enumerate(order):
        assert (f"/{number}>" in done.stdout) == (width == 61)
        told = f"{NAME}:{number + 1}: {width} columns instead of 61"
        assert (told in done.stderr) == (width != 61)


@pytest.mark.parametrize("data", [b"", b"\n", b"\r\n\n", b"\xef\xbb\xbf\n"])
@pytest.mark.parametrize("dataset", ["gdelt", "acled"])
def test_table_without_a_character_is_empty(tmp_path: Path, dataset: str, data: bytes) -> None:
    (tmp_path / "t.CSV").write_bytes(data)
    done = kg("import", dataset, "t.CSV", folder=tmp_path)
    assert done.returncode == 3
    assert "t.CSV:1: the file is empty" in done.stderr
    assert not (tmp_path / ".kg").exists()


UTF_16 = "it is UTF-16, as spreadsheets save Unicode text: save it as UTF-8"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (gzip.compress(row().encode()), "it is packed with gzip: unpack it first"),
        (b"PK\x03\x04" + b"x" * 99, "it is a workbook or a .zip: save its sheet as CSV"),
        (row().encode("utf-16"), UTF_16),
        ("\ufeff".encode("utf-16-be") + row().encode("utf-16-be"), UTF_16),
    ],
    ids=["gzip", "workbook", "UTF-16LE", "UTF-16BE"],
)
@pytest.mark.parametrize("dataset", ["gdelt", "acled"])
def test_what_is_no_text_is_told_as_what_it_is(
    tmp_path: Path, dataset: str, data: bytes, words: str
) -> None:
    (tmp_path / "t.csv").write_bytes(data)
    done = kg("import", dataset, "t.csv", folder=tmp_path)
    assert done.returncode == 3
    assert f"t.csv:1: {words}" in done.stderr
    assert not (tmp_path / ".kg").exists()


def test_zip_that_macos_made_holds_one_table(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "t.zip", "w") as packed:
        packed.writestr("t.CSV", row() + "\n")
        packed.writestr("__MACOSX/._t.CSV", b"\0\x05\x16\x07")
    done = kg("import", "gdelt", "t.zip", "-o", "-", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(tmp_path / "t.zip", "a") as packed:
        packed.writestr("u.CSV", row() + "\n")
    done = kg("import", "gdelt", "t.zip", "-o", "-", folder=tmp_path)
    assert (done.returncode, done.stdout) == (3, "")
    assert "t.zip: it holds 2 files: unpack it, and name the tables" in done.stderr


def test_column_that_stands_twice_is_not_chosen_from(tmp_path: Path) -> None:
    rows = "No,When,Who,When\n1,2026-01-12,Mexico,2026-01-13\n"
    done = kg(*mine(tmp_path, rows), folder=tmp_path)
    assert (done.returncode, done.stdout) == (3, "")
    assert "m.yaml:2:" in done.stderr
    assert "t.csv has more than one column 'When'" in done.stderr
    rows = "No,When,Who,,\n1,2026-01-12,Mexico,,\n"
    assert kg(*mine(tmp_path, rows), folder=tmp_path).returncode == 0


@pytest.mark.parametrize("name", ["-", "/dev/stdin", "pipe"])
def test_pipe_is_told_not_to_be_a_table(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / "pipe")
    # Opened for both, a pipe keeps nobody waiting.
    with open(tmp_path / "pipe", "r+b", buffering=0) as pipe:  # noqa: PTH123
        pipe.write(b"x\n")
        done = subprocess.run(
            [sys.executable, "-m", "kg", "import", "gdelt", name],
            cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdin=pipe,
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
    assert done.returncode == 3, done.stderr
    assert f"{name}: a table is read more than once, and a pipe only once" in done.stderr


@pytest.mark.parametrize("option", [(), ("-o", "loop"), ("--rejects", "loop")])
def test_link_that_leads_round_is_told_or_written_over(
    tmp_path: Path, option: tuple[str, ...]
) -> None:
    (tmp_path / "loop").symlink_to("loop")
    gdelt(tmp_path, row(), row(EventCode="1299"))
    done = kg("import", "gdelt", NAME if option else "loop", *option, folder=tmp_path)
    assert done.returncode == (1 if option else 3), done.stderr
    assert "Traceback" not in done.stderr
    assert (tmp_path / "loop").is_file() == bool(option)


def test_rows_that_share_an_id_are_named_and_nothing_is_said_twice(tmp_path: Path) -> None:
    gdelt(tmp_path, row(), row(GLOBALEVENTID="7"), row(SQLDATE="20260110"))
    done = kg("import", "gdelt", NAME, folder=tmp_path)
    assert done.returncode == 1, done.stderr
    told = [line for line in done.stderr.splitlines() if "share the id" in line]
    assert [line.split(": ")[0].strip() for line in told] == [f"{NAME}:1", f"{NAME}:3"]
    for line in told:
        assert "rows 1 and 3 share the id 990000001: " in line
        said = line.partition("990000001: ")[2].split("; ")
        assert said
        assert len({*said}) == len(said)


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"dataset": "[a]"}, "`dataset`: keys and values are expected"),
        ({"table": "{delimiter: pipe}"}, "`table.delimiter`: 'tab', 'comma' or 'semicolon' is"),
        ({"table": "{quoted: perhaps}"}, "`table.quoted`: true or false is expected"),
        ({"table": "{missing: x}"}, "`table.missing`: a list is expected"),
        ({"dataset": "{name: [a]}"}, "`dataset.name`: text is expected"),
        ({"event": "{id: [], kind: {always: Visit}, date: When}"}, "`event.id`: it is empty"),
        (
            {"event": "{id: No, kind: {always: Visit}, date: {column: When, formats: '%d'}}"},
            "`event.date.formats`: '%d' does not say year, month and day",
        ),
        (
            {"event": "{id: No, kind: {always: Visit}, date: {column: When, windows: {a: week}}}"},
            "`event.date.windows.a`: `month` or a number of days is expected",
        ),
        (
            {"event": "{id: No, kind: {always: Visit}, date: When, numbers: {tone: {least: x}}}"},
            "`event.numbers.tone.least`: a whole number is expected",
        ),
    ],
)
def test_mistake_in_a_mapping_is_told_in_our_words(
    tmp_path: Path, parts: dict[str, str], words: str
) -> None:
    done = kg(*mine(tmp_path, **parts), folder=tmp_path)
    assert done.returncode == 3
    assert words in done.stderr
    assert "m.yaml:" in done.stderr
    assert "Input should" not in done.stderr


def test_mapping_file_that_is_a_list_is_told(tmp_path: Path) -> None:
    arguments = mine(tmp_path)
    (tmp_path / "m.yaml").write_text("- a\n")
    done = kg(*arguments, folder=tmp_path)
    assert done.returncode == 3
    assert "`the file`: keys and values are expected" in done.stderr


def test_mapping_of_ones_own_is_for_csv(tmp_path: Path) -> None:
    arguments = ["gdelt" if one == "csv" else one for one in mine(tmp_path)]
    done = kg(*arguments, folder=tmp_path)
    assert done.returncode == 2
    assert "--mapping is for csv: gdelt has a mapping of its own" in done.stderr


@pytest.mark.parametrize(
    ("dataset", "published", "other"),
    [("acled", ",", ";"), ("acled", ",", "\t"), ("polecat", "\t", ","), ("icews", "\t", ";")],
)
def test_table_of_another_delimiter_is_read_and_that_is_said(
    tmp_path: Path, dataset: str, published: str, other: str
) -> None:
    lines = "\n".join(sample(dataset))
    written = {}
    for delimiter in (published, other):
        with (tmp_path / "t.csv").open("w", encoding="utf-8", newline="") as out:
            rows = csv.reader(lines.splitlines(), delimiter=published)
            csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(rows)
        done = kg("import", dataset, "t.csv", "-o", "-", folder=tmp_path)
        assert done.returncode == 0, done.stderr
        is_said = (
            f"t.csv:1: its cells are parted by {delimiter!r}, and so it is read" in done.stderr
        )
        assert is_said == (delimiter == other)
        written[delimiter] = [line for line in done.stdout.splitlines() if "sha256:" not in line]
    assert written[published] == written[other]
    assert len(written[other]) > 10


def test_cells_that_hold_the_other_delimiter_do_not_make_it_that_of_the_table(
    tmp_path: Path,
) -> None:
    rows = "No,When,Who,a;b;c;d;e\n1,2026-01-12,Mexico;Norway,x;y\n"
    done = kg(*mine(tmp_path, rows), folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "parted" not in done.stderr
    assert "Mexico;Norway" in done.stdout


def test_address_that_is_none_is_kept_as_text_and_counted(tmp_path: Path) -> None:
    bad = (row(GLOBALEVENTID=str(n), SOURCEURL=f"Gazette no. {n}") for n in (2, 3))
    gdelt(tmp_path, row(), *bad, row(GLOBALEVENTID="4", SOURCEURL=""))
    done = kg("import", "gdelt", NAME, "-o", "-", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "  SOURCEURL is no address in 2 rows, first in row 2: kept as text\n" in done.stderr
    assert done.stdout.count('creditText> "Gazette no. ') == 2
    assert done.stdout.count("isBasedOn>") == 1


def test_address_that_is_none_takes_the_place_of_no_credit(tmp_path: Path) -> None:
    event = MINE["event"].replace("When,", "When, article: Where, credit: By,")
    rows = "No,When,Who,Where,By\n1,2026-01-12,Mexico,the wire,Reuters\n"
    done = kg(*mine(tmp_path, rows, event=event), folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert 'creditText> "the wire"' in done.stdout
    assert 'creditText> "Reuters"' in done.stdout


def test_table_of_another_data_set_is_told_in_one_line(tmp_path: Path) -> None:
    table = gdelt(tmp_path, row())
    done = kg("import", "polecat", table.name, folder=tmp_path)
    assert done.returncode == 3
    assert "there is no column 'Event ID', 'Event Type', 'Event Mode' and 8 more in " in done.stderr
    assert f"{NAME}, which begins with '990000001', '20260112', 'MEX'" in done.stderr
    assert "is it a table of another data set?" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("bad", "more"), [(5, ""), (6, "1 more rejected row"), (7, "2 more rejected rows")]
)
def test_rejected_rows_that_are_not_shown_are_counted(tmp_path: Path, bad: int, more: str) -> None:
    rows = (row(GLOBALEVENTID=str(number), EventCode="1299") for number in range(bad))
    gdelt(tmp_path, row(), *rows)
    done = kg("import", "gdelt", NAME, folder=tmp_path)
    assert done.returncode == 1
    told = done.stderr.partition("rows rejected")[2].splitlines()[1:]
    assert told[5:] == ([f"  and {more}"] if more else [])


def _cells(line: str) -> list[str]:
    return next(csv.reader([line], strict=True))


def _line(cells: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(cells)
    return out.getvalue()
