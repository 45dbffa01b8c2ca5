"""Tables of event data: what rows become, what is rejected, and that the store holds it."""

import importlib.util
import os
import pickle
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from kg.derive import derive, read_rules
from kg.imports.compile import Source, read_mapping
from kg.imports.mapper import Mapper
from kg.imports.mapping import Mapping
from kg.imports.parts import Files
from kg.imports.spec import mappings
from kg.imports.transform import Job
from kg.load import House, read_house
from kg.namespaces import SOURCE
from kg.rdf import Quad, parse
from kg.store import Standing, open_store
from tests.running import ROOT, kg, limited

GOLDEN = ROOT / "tests" / "golden" / "imports"
# One made-up row of each kind of table; ids, places and articles are nobody's.
GDELT = {
    "GLOBALEVENTID": "990000001", "SQLDATE": "20260112", "Actor1Code": "MEX",
    "Actor1CountryCode": "MEX", "Actor2Code": "USAMIL", "Actor2CountryCode": "USA",
    "Actor2Type1Code": "MIL", "EventCode": "112", "NumMentions": "20", "AvgTone": "-2.4",
    "ActionGeo_CountryCode": "MX", "SOURCEURL": "https://news.example/a%20story?id=1#top",
}  # fmt: skip


@pytest.fixture(scope="module")
def house() -> House:
    return read_house()


def columns() -> tuple[str, ...]:
    from kg.imports.spec import read_spec

    return read_spec(mappings()["gdelt"])[0].table.columns


def row(**cells: str) -> str:
    """A row of GDELT with some cells in place of those above."""
    told = {**GDELT, **cells}
    return "\t".join(told.get(column, "") for column in columns())


def gdelt(folder: Path, *rows: str, name: str = "20260113120000.export.CSV") -> Path:
    path = folder / name
    path.write_text("".join(f"{one}\n" for one in rows), encoding="utf-8")
    return path


def mapping_of(name: str, house: House, heads: tuple[str, ...] = ()) -> Mapping:
    compiler = read_mapping(mappings()[name], house.vocabulary, house.register.quads)
    about = Source(SOURCE + "x", "A made-up table", "2026-01-13", "sha256:0")
    return compiler.compile(compiler.spec.table.columns or heads, about, file="x")


def asserted_of(mapping: Mapping, text: str, number: int = 1) -> str:
    (asserted,) = Mapper(mapping).rows([text.split("\t")], [number]).asserted
    return asserted


def quads_of(text: str) -> set[Quad]:
    return set(parse(text.encode(), "nq", file="rows"))


# What a row becomes


def test_gdelt_row_becomes_these_quads(house: House) -> None:
    asserted = asserted_of(mapping_of("gdelt", house), row(), 7)
    short = asserted.replace("https://w3id.org/diplomatic-kg/", "")
    assert short == (GOLDEN / "gdelt.nq").read_text(encoding="utf-8")


def test_what_is_derived_of_rows_is_what_the_rules_derive(house: House) -> None:
    mapping = mapping_of("gdelt", house)
    mapper = Mapper(mapping)
    codes = list(mapping.kinds)
    rows = [
        row(GLOBALEVENTID=str(n), EventCode=code).split("\t")
        for n, code in enumerate(codes, start=1)
    ]
    mapped = mapper.rows(rows, range(1, len(rows) + 1))
    told = mapper.described(mapped.parties).values()
    asserted = "".join([mapping.preamble, *(one for one, _ in told), *mapped.asserted])
    derived = "".join([mapping.preamble_derived, *(one for _, one in told), *mapped.derived])
    assert "".join(mapped.asserted).count("\n") == mapped.quads
    context = Standing(house.background.quads)
    assert set(derive(quads_of(asserted), context, read_rules())) == quads_of(derived)


@pytest.mark.parametrize(
    ("cells", "objects"),
    [
        ({"Actor1CountryCode": "MEX", "Actor1Type1Code": ""}, ["mexico"]),
        ({"Actor1CountryCode": "MEX", "Actor1Type1Code": "GOV"}, ["mexico"]),
        ({"Actor1CountryCode": "MEX", "Actor1Type1Code": "MIL"}, ["gdelt/mex-mil"]),
        ({"Actor1CountryCode": "", "Actor1KnownGroupCode": "NAT"}, ["nato"]),
        ({"Actor1CountryCode": "ROM"}, ["romania"]),
        ({"Actor1CountryCode": "AFR"}, ["gdelt/afr"]),
        # A ministry of India and the Eurasian Economic Union are called so as well.
        ({"Actor1CountryCode": "MEA"}, ["gdelt/mea"]),
        ({"Actor1CountryCode": "EEU"}, ["gdelt/eeu"]),
        ({"Actor1CountryCode": "USA", "Actor1Type1Code": "UNO"}, ["gdelt/usa-uno"]),
        ({"Actor1CountryCode": "", "Actor1Type1Code": "REB"}, ["gdelt/reb"]),
    ],
)
def test_actor_is_read_by_country_group_and_role(
    house: House, cells: dict[str, str], objects: list[str]
) -> None:
    asserted = asserted_of(mapping_of("gdelt", house), row(**cells))
    agents = [
        str(quad.object)[1:-1].removeprefix("https://w3id.org/diplomatic-kg/actor/")
        for quad in quads_of(asserted)
        if quad.predicate.value.endswith("ns#agent")
    ]
    assert agents == objects


@pytest.mark.parametrize(
    "text",
    ['"quoted"', "back\\slash", "tab\there", "a\x00b", "línea", "x" * 5000, "\u2028", "<&>"],
)
def test_any_text_comes_back_as_it_was(house: House, text: str) -> None:
    cells = [*row().split("\t")[:60], text]
    (asserted,) = Mapper(mapping_of("gdelt", house)).rows([cells], [1]).asserted
    told = [
        quad.object.value
        for quad in quads_of(asserted)
        if quad.predicate.value.endswith("creditText")
    ]
    assert told == [text]


def test_call_has_no_place(house: House) -> None:
    assert "hasPlace" not in asserted_of(mapping_of("gdelt", house), row(EventCode="041"))


# Into the store


def test_import_enters_answers_and_changes_nothing_the_second_time(tmp_path: Path) -> None:
    table = gdelt(tmp_path, row(), row(GLOBALEVENTID="990000002", EventCode="057"))
    first = kg("import", "gdelt", str(table), folder=tmp_path)
    assert (first.returncode, first.stdout) == (0, ""), first.stderr
    assert first.stderr.startswith(
        "imported: GDELT 2.0 Events: 20260113120000.export.CSV (2 events"
    )
    again = kg("import", "gdelt", str(table), folder=tmp_path)
    assert (again.returncode, again.stderr[:10]) == (0, "unchanged:")
    asked = kg("query", "timeline", "-f", "csv", folder=tmp_path)
    assert "accuse: Mexico → military of United States, 2026-01-12" in asked.stdout
    assert not list((tmp_path / ".kg" / "imports").iterdir())


def test_zip_is_read_as_published(tmp_path: Path) -> None:
    table = gdelt(tmp_path, row())
    packed = tmp_path / "20260113120000.export.CSV.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.write(table, table.name)
    plain = kg("import", "gdelt", str(table), "-o", "-", "--source", "x", folder=tmp_path)
    unpacked = kg("import", "gdelt", str(packed), "-o", "-", "--source", "x", folder=tmp_path)
    assert plain.returncode == unpacked.returncode == 0, unpacked.stderr
    assert plain.stdout == unpacked.stdout
    assert plain.stdout.count("\n") > 10


def test_store_that_is_made_anew_holds_the_same(tmp_path: Path, house: House) -> None:
    table = gdelt(tmp_path, *(row(GLOBALEVENTID=str(n)) for n in range(1, 50)))
    assert kg("import", "gdelt", str(table), folder=tmp_path).returncode == 0
    with open_store(str(tmp_path / ".kg"), house.background) as store:
        before = set(store.quads())
        store.rebuild()  # type: ignore[attr-defined]
        assert set(store.quads()) == before


def test_source_that_came_in_bulk_is_replaced_and_removed(tmp_path: Path) -> None:
    table = gdelt(tmp_path, row(), row(GLOBALEVENTID="2"))
    kg("import", "gdelt", str(table), folder=tmp_path)
    gdelt(tmp_path, row(EventCode="057"))
    changed = kg("import", "gdelt", str(table), folder=tmp_path)
    assert changed.stderr.startswith("imported:")
    asked = kg("query", "SELECT (COUNT(*) AS ?n) { ?e a dip:Event }", "-f", "csv", folder=tmp_path)
    assert asked.stdout.split() == ["n", "1"]
    source = "gdelt-20260113120000-export-csv"
    assert kg("remove", source, folder=tmp_path).returncode == 0
    asked = kg("query", "SELECT (COUNT(*) AS ?n) { ?e a dip:Event }", "-f", "csv", folder=tmp_path)
    assert asked.stdout.split() == ["n", "0"]


# What is wrong


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (row().rsplit("\t", 1)[0], "60 columns instead of 61"),
        (row() + "\tmore", "62 columns instead of 61"),
        (row(SQLDATE="20261345"), "SQLDATE: '20261345' is no day"),
        (row(EventCode="1299"), "EventCode: there is no code '1299'"),
        (row(GLOBALEVENTID=""), "GLOBALEVENTID is empty"),
        (row(AvgTone="loud"), "AvgTone: 'loud' is no number"),
        (row(GLOBALEVENTID="2", SQLDATE="20270101"), "begins after the source was published"),
        (row(GLOBALEVENTID="2", Actor1CountryCode=""), "nobody is said to have said it"),
    ],
    ids=["60 columns", "62 columns", "no day", "no code", "no key", "no number", "future", "agent"],
)
def test_bad_row_is_rejected_with_its_line_and_reason(tmp_path: Path, bad: str, words: str) -> None:
    table = gdelt(tmp_path, row(), bad, row(GLOBALEVENTID="990000003"))
    done = kg("import", "gdelt", str(table), "--rejects", "bad.csv", folder=tmp_path)
    assert done.returncode == 1
    assert "(2 events" in done.stderr
    assert "1 of 3 rows rejected, all in bad.csv" in done.stderr
    assert f"{table}:2: " in done.stderr
    assert words in done.stderr
    assert (tmp_path / "bad.csv").read_text().startswith("line,reason,row\n2,")
    strict = kg("-s", "other", "import", "gdelt", str(table), "--strict", folder=tmp_path)
    assert strict.returncode == 3
    assert f"all that are rejected in {table.name}.rejects.csv" in strict.stderr
    assert f"{table}:2: " in strict.stderr
    assert "nothing entered" in strict.stderr
    assert kg("-s", "other", "sources", folder=tmp_path).stdout.count("\n") <= 1


def test_file_of_which_no_row_can_be_read_is_refused(tmp_path: Path) -> None:
    table = gdelt(tmp_path, "a,b,c", "d,e,f")
    done = kg("import", "gdelt", str(table), folder=tmp_path)
    assert done.returncode == 3
    assert f"{table}:1: 1 columns instead of 61; none of its 2 rows can be taken" in done.stderr
    assert f", all that are rejected in {table.name}.rejects.csv\n" in done.stderr
    assert (tmp_path / f"{table.name}.rejects.csv").exists()
    assert not (tmp_path / ".kg").exists()


def test_unknown_code_of_an_actor_is_counted_and_told(tmp_path: Path) -> None:
    table = gdelt(tmp_path, row(), row(GLOBALEVENTID="2", Actor2KnownGroupCode="QQQ"))
    done = kg("import", "gdelt", str(table), folder=tmp_path)
    assert done.returncode == 0
    assert "unknown Actor2KnownGroupCode 'QQQ' in 1 row, first in row 2" in done.stderr


def test_zip_that_is_cut_short_is_refused(tmp_path: Path) -> None:
    table = gdelt(tmp_path, *(row(GLOBALEVENTID=str(n)) for n in range(100)))
    packed = tmp_path / "a.export.CSV.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.write(table, table.name)
    packed.write_bytes(packed.read_bytes()[:-100])
    done = kg("import", "gdelt", str(packed), folder=tmp_path)
    assert done.returncode == 3
    assert f"{packed}: not a .zip, or one that is damaged or cut short" in done.stderr


def test_zip_that_swells_is_refused(tmp_path: Path) -> None:
    packed = tmp_path / "bomb.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("rows.csv", b"\0" * 50_000_000)
    done = kg("import", "gdelt", str(packed), folder=tmp_path)
    assert done.returncode == 5
    assert "times what is packed" in done.stderr


def test_row_without_end_is_refused(tmp_path: Path) -> None:
    table = gdelt(tmp_path, row(), "x" * 9_000_000)
    done = kg("import", "gdelt", str(table), folder=tmp_path)
    assert done.returncode == 5
    assert f"{table}:2: a row is longer than 1,048,576 bytes" in done.stderr


def test_heads_that_are_no_csv_are_told(tmp_path: Path) -> None:
    (tmp_path / "wide.csv").write_text("x" * 200_000 + "\n1\n")
    done = kg("import", "acled", "wide.csv", folder=tmp_path)
    assert done.returncode == 3
    assert "there is no column 'event_id_cnty', " in done.stderr
    assert f" more in wide.csv, which begins with '{'x' * 40}…': is it" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert len(done.stderr) < 500
    assert "Traceback" not in done.stderr


def test_address_of_any_form_is_looked_at_in_no_time(house: House) -> None:
    address = "https://news.example/" + "a" * 100_000 + '"'
    began = time.process_time()
    assert "isBasedOn" not in asserted_of(mapping_of("gdelt", house), row(SOURCEURL=address))
    assert time.process_time() - began < 20


def test_row_that_is_not_utf8_is_rejected_and_shown(tmp_path: Path) -> None:
    table = gdelt(tmp_path, row(), row(GLOBALEVENTID="2"))
    table.write_bytes(table.read_bytes() + row(Actor1Code="X").encode().replace(b"X", b"\xff"))
    done = kg("import", "gdelt", str(table), "-o", "-", "--rejects", "bad.csv", folder=tmp_path)
    assert done.returncode == 1
    assert f"{table}:3: it is not UTF-8" in done.stderr
    assert "\\udcff" in (tmp_path / "bad.csv").read_text(encoding="utf-8")


def test_strict_writes_no_file_of_which_a_row_is_rejected(tmp_path: Path) -> None:
    table = gdelt(tmp_path, row(), row(GLOBALEVENTID="2", SQLDATE="x"))
    done = kg("import", "gdelt", str(table), "-o", "t.nq", "--strict", folder=tmp_path)
    assert (done.returncode, (tmp_path / "t.nq").exists()) == (3, False)
    assert "1 of its 2 rows can be taken" in done.stderr


def test_codes_in_rejected_rows_are_not_counted(tmp_path: Path) -> None:
    bad = row(GLOBALEVENTID="2", ActionGeo_CountryCode="??", SQLDATE="x")
    worse = row(GLOBALEVENTID="3", EventCode="x", Actor2CountryCode="??")
    table = gdelt(tmp_path, bad, worse, row())
    done = kg("import", "gdelt", str(table), "-o", "-", folder=tmp_path)
    assert "2 of 3 rows rejected" in done.stderr
    assert "unknown" not in done.stderr


@pytest.mark.parametrize(
    ("day", "words"), [("0001-01-02", "6 days to either side"), ("9999-12-31", "are none")]
)
def test_window_beyond_the_calendar_is_rejected(tmp_path: Path, day: str, words: str) -> None:
    heads, told = sample("acled")
    good = told.replace("XXX1", "XXX2")
    bad = told.replace("15 February 2024", day).replace(",3,", ",2,")
    (tmp_path / "t.csv").write_text(f"{heads}\n{good}{bad}", encoding="utf-8")
    done = kg("import", "acled", "t.csv", "-o", "-", folder=tmp_path)
    assert done.returncode == 1, done.stderr
    assert words in done.stderr


@pytest.mark.parametrize(("size", "code"), [(200_000, 0), (1_100_000, 5)])
def test_row_may_be_a_megabyte_long(tmp_path: Path, size: int, code: int) -> None:
    heads, told = sample("acled")
    long = told.replace("XXX1", "XXX2").replace("made up", "x" * size, 1)
    assert len(long) > size
    (tmp_path / "t.csv").write_text(f"{heads}\n{told}{long}", encoding="utf-8")
    done = kg("import", "acled", "t.csv", "-o", "t.nq", folder=tmp_path)
    assert done.returncode == code, done.stderr
    assert code == 0 or "t.csv:4: a row is longer than 1,048,576 bytes" in done.stderr


@pytest.mark.parametrize(
    ("event", "words"),
    [
        ("date: {column: When, formats: '%d.%m'}", "'%d.%m' does not say year, month and day"),
        ("date: {column: When, formats: '%Q'}", "'%Q' is no form of days"),
        ("date: {column: When, precision: No, windows: {a: week}}", "windows.a"),
        ("kind: {scheme: cameo}", "say the column of the `code`"),
    ],
)
def test_mistake_in_a_mapping_is_not_blamed_on_the_rows(
    tmp_path: Path, event: str, words: str
) -> None:
    told = {"id": "id: No", "kind": "kind: {always: Visit}", "date": "date: When"}
    told[event.partition(":")[0]] = event
    lines = "".join(f"  {line}\n" for line in (*told.values(), "agent: {name: Who}"))
    (tmp_path / "m.yaml").write_text(f"dataset: {{name: Mine}}\nevent:\n{lines}")
    (tmp_path / "t.csv").write_text("No,When,Who\n1,2026-01-12,Mexico\n")
    done = kg("import", "csv", "t.csv", "--mapping", "m.yaml", "-o", "-", folder=tmp_path)
    assert done.returncode == 3
    assert words in done.stderr
    assert "m.yaml:" in done.stderr


def test_unknown_data_set_names_those_that_there_are(tmp_path: Path) -> None:
    done = kg("import", "gdlt", "x.csv", folder=tmp_path)
    assert done.returncode == 2
    assert "gdelt" in done.stderr


# Every shipped mapping, and one of one's own

SAMPLES = {path.stem: path for path in sorted((ROOT / "tests" / "data" / "imports").iterdir())}


def sample(dataset: str) -> tuple[str, str]:
    """The heads and the made-up row of a data set."""
    heads, _, row = SAMPLES[dataset].read_text(encoding="utf-8").partition("\n")
    return heads, row


def asserted_by(folder: Path, dataset: str, text: str, *more: str) -> str:
    table = folder / "table.tab"
    table.write_text(text, encoding="utf-8")
    done = kg("import", dataset, str(table), "--source", "x", "-o", "-", *more, folder=folder)
    assert done.returncode == 0, done.stderr
    return done.stdout.replace("https://w3id.org/diplomatic-kg/", "")


@pytest.mark.parametrize("dataset", SAMPLES)
def test_row_of_each_data_set_becomes_these_quads(tmp_path: Path, dataset: str) -> None:
    text = SAMPLES[dataset].read_text(encoding="utf-8")
    golden = GOLDEN / f"{dataset}.nq"
    assert asserted_by(tmp_path, dataset, text) == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("dataset", SAMPLES)
def test_each_data_set_passes_the_shapes(tmp_path: Path, dataset: str) -> None:
    table = tmp_path / "table.tab"
    table.write_text(SAMPLES[dataset].read_text(encoding="utf-8"), encoding="utf-8")
    done = kg("import", dataset, str(table), "--published", "2026-01-31", folder=tmp_path)
    assert done.returncode == 0, done.stderr


def test_every_code_that_there_is_lands_on_a_kind(house: House) -> None:
    for name, codes in (("gdelt", 318), ("icews", 318), ("polecat", 104), ("acled", 25)):
        heads = tuple(re.split("[\t,]", sample(name)[0])) if name in SAMPLES else ()
        kinds = mapping_of(name, house, heads).kinds
        assert len(kinds) >= codes
        assert all(kind.iri for kind in kinds.values())


def test_day_that_is_known_to_the_month_is_a_window(tmp_path: Path) -> None:
    told = asserted_by(tmp_path, "acled", SAMPLES["acled"].read_text(encoding="utf-8"))
    assert 'ns#notBefore> "2024-02-01"' in told
    assert 'ns#notAfter> "2024-02-29"' in told


def test_cell_may_hold_line_ends_and_lines_are_counted(tmp_path: Path) -> None:
    heads, row = sample("acled")
    bad = row.replace("XXX1", "XXX2").replace("15 February 2024", "soon")
    table = tmp_path / "table.csv"
    table.write_text(f"{heads}\n{row}{bad}{row.replace('XXX1', 'XXX3')}", encoding="utf-8")
    done = kg("import", "acled", str(table), "-o", "-", folder=tmp_path)
    assert done.returncode == 1
    assert f"{table}:4: event_date: 'soon' is no day" in done.stderr
    assert "#row=2>" in done.stdout
    assert "#row=4>" in done.stdout


def test_mode_that_nobody_knows_is_read_as_its_type_and_told(tmp_path: Path) -> None:
    heads, row = sample("polecat")
    table = tmp_path / "table.tab"
    table.write_text(f"{heads}\n{row.replace('visit', 'moonwalk')}", encoding="utf-8")
    done = kg("import", "polecat", str(table), "-o", "-", folder=tmp_path)
    assert "ns#Conversation>" in done.stdout
    assert "unknown Event Mode 'CONSULT-moonwalk' in 1 row" in done.stderr


@pytest.mark.parametrize(
    ("name", "country", "agents"),
    [
        ("None", "NOR; SWE", {"norway", "sweden"}),
        ("Norway; Sweden", "NOR; SWE", {"norway", "sweden"}),
        ("Guild A; Guild B", "NOR; SWE", {"polecat/guild-a", "polecat/guild-b"}),
        ("Guild A; Guild B", "NOR", {"polecat/guild-a", "polecat/guild-b"}),
    ],
)
def test_several_actors_in_a_cell_are_several(
    house: House, name: str, country: str, agents: set[str]
) -> None:
    heads, text = sample("polecat")
    cells = text.rstrip("\n").split("\t")
    told = dict(zip(heads.split("\t"), cells, strict=False))
    told |= {
        "Event Type": "AID",
        "Event Mode": "None",
        "Actor Name": name,
        "Actor Country": country,
    }
    mapper = Mapper(mapping_of("polecat", house, tuple(heads.split("\t"))))
    mapped = mapper.rows([list(told.values())], [2])
    short = mapped.asserted[0].replace("https://w3id.org/diplomatic-kg/", "")
    assert set(re.findall(r"ns#agent> <actor/([^>]+)>", short)) == agents
    described = "".join(one for one, _ in mapper.described(mapped.parties).values())
    homes = re.findall(r"polecat/guild-(.)> <\S+ns#state> <\S+actor/(\w+)>", described)
    assert homes == ([("a", "norway"), ("b", "sweden")] if ";" in country and "G" in name else [])
    assert not mapper.unknown


def test_mapping_of_ones_own_is_told_its_mistakes_at_their_places(tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text(
        "dataset: {name: Mine}\nevent:\n  id: No\n  kind: {code: What, kinds: {a: Vist}}\n"
        "  date: When\n  agent: {name: Who}\n  numbers: {weight: No}\n",
        encoding="utf-8",
    )
    table = tmp_path / "t.csv"
    table.write_text("No,What,Who\n1,a,Mexico\n", encoding="utf-8")
    done = kg("import", "csv", str(table), "--mapping", str(mine), folder=tmp_path)
    assert done.returncode == 3
    assert f"{mine}:4:" in done.stderr
    assert "no kind 'Vist'" in done.stderr
    assert "no column 'When'" in done.stderr
    assert "no property dip:weight" in done.stderr
    mine.write_text("dataset: {name: Mine, colour: red}\nevent: {id: No}\n", encoding="utf-8")
    done = kg("import", "csv", str(table), "--mapping", str(mine), folder=tmp_path)
    assert done.returncode == 3
    assert "no such key is known" in done.stderr
    assert "`event.kind`: it is missing" in done.stderr


@pytest.mark.parametrize("question", ["statements", "timeline", "dyad", "source", "met"])
def test_shipped_questions_are_answered_from_rows(tmp_path: Path, question: str) -> None:
    table = gdelt(tmp_path, row(), row(GLOBALEVENTID="2", EventCode="042", Actor2Type1Code=""))
    assert kg("import", "gdelt", str(table), folder=tmp_path).returncode == 0
    asked = kg("query", question, "-f", "csv", folder=tmp_path)
    assert asked.returncode == 0, asked.stderr
    assert len(asked.stdout.splitlines()) >= 2


# Large files


def test_two_processes_write_what_one_does(tmp_path: Path) -> None:
    table = gdelt(tmp_path, *(row(GLOBALEVENTID=str(n)) for n in range(1, 30_001)))
    one, two = (
        kg("import", "gdelt", str(table), "-o", f"{n}.nq", "--processes", str(n), folder=tmp_path)
        for n in (1, 2)
    )
    assert (one.returncode, two.returncode) == (0, 0), two.stderr
    assert (tmp_path / "1.nq").read_bytes() == (tmp_path / "2.nq").read_bytes()


def test_what_was_stopped_goes_on_from_there(tmp_path: Path) -> None:
    table = gdelt(tmp_path, *(row(GLOBALEVENTID=str(n)) for n in range(1, 12_001)))
    # Shards so small that the first of them is done long before the last.
    # A shell that runs the tests in the background may have them ignore SIGINT.
    small = "import signal, sys, kg.cli, kg.imports.table as table; table.SHARD = 2**16; "
    small += "signal.signal(signal.SIGINT, signal.default_int_handler); kg.cli.main(sys.argv[1:])"
    command = [sys.executable, "-c", small, "import", "gdelt", str(table), "--processes", "1"]
    begun = subprocess.Popen(
        command, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, stderr=subprocess.PIPE
    )
    waiting = tmp_path / ".kg" / "imports"
    while not list(waiting.glob("*/00000000.json")) and begun.poll() is None:
        time.sleep(0.02)
    begun.send_signal(signal.SIGINT)
    _, told = begun.communicate()
    assert begun.returncode == 130, told
    assert kg("query", "ASK { ?e a dip:Event }", folder=tmp_path).stdout == "no\n"
    (folder,) = waiting.iterdir()
    done = Files(str(folder), 0, is_packed=True)
    before = done.asserted.stat().st_mtime_ns
    again = subprocess.Popen(command, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)})
    seen = {before}
    while again.poll() is None:
        with suppress(FileNotFoundError):
            seen.add(done.asserted.stat().st_mtime_ns)
        time.sleep(0.05)
    assert seen == {before}
    assert again.wait() == 0
    asked = kg("query", "SELECT (COUNT(*) AS ?n) { ?e a dip:Accuse }", "-f", "csv", folder=tmp_path)
    assert asked.stdout.split() == ["n", "12000"]


def test_actors_beyond_what_is_kept_in_mind_are_described(tmp_path: Path) -> None:
    mine, table = tmp_path / "mine.yaml", tmp_path / "t.csv"
    mine.write_text(
        "dataset: {name: Mine}\n"
        "event: {id: No, kind: {always: Visit}, date: {column: When}, agent: {name: Who}}\n",
        encoding="utf-8",
    )
    rows = "".join(f"{n},2026-01-12,Body {n}\n" for n in range(100))
    table.write_text("No,When,Who\n" + rows, encoding="utf-8")
    few = "import sys, kg.cli, kg.imports.participants as parties, kg.imports.memory as memory; "
    few += "import kg.imports.transform as transform; transform.WRITTEN = 3; "
    few += "parties.MAX_SEEN = memory.MAX_SEEN = 5; kg.cli.main(sys.argv[1:])"
    done = subprocess.run(
        [sys.executable, "-c", few, "import", "csv", str(table), "--mapping", str(mine), "-o", "-"],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
        timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.count('#label> "Body ') == 100


def test_full_disk_leaves_the_store_as_it_was(tmp_path: Path) -> None:
    table = gdelt(tmp_path, *(row(GLOBALEVENTID=str(n)) for n in range(1, 3_001)))
    kg("load", str(ROOT / "docs" / "examples" / "readout.yaml"), folder=tmp_path)
    before = kg("sources", "-f", "csv", folder=tmp_path).stdout
    done = limited("-f 40", "import", "gdelt", str(table), "--processes", "1", folder=tmp_path)
    assert done.returncode == 6, done.stderr
    assert "a file may not grow so large here" in done.stderr
    assert kg("sources", "-f", "csv", folder=tmp_path).stdout == before


@pytest.mark.slow
def test_row_of_a_gigabyte_is_refused_in_little_memory(tmp_path: Path) -> None:
    table = gdelt(tmp_path, row())
    with table.open("r+b") as file:
        file.seek(0, os.SEEK_END)
        file.truncate(file.tell() + 2**30)
    measured = "import re, sys, kg.cli; code = kg.cli.run(sys.argv[1:]); "
    measured += "told = open('/proc/self/status').read(); "
    measured += "print(re.search(r'VmHWM:\\s+(\\d+)', told)[1]); sys.exit(code)"
    done = subprocess.run(
        [sys.executable, "-c", measured, "import", "gdelt", str(table)],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
        timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 5
    assert f"{table}:2: a row is longer" in done.stderr
    assert int(done.stdout) < 200_000


def test_memory_of_mapping_does_not_grow_with_the_file(tmp_path: Path, house: House) -> None:
    job = Job(mapping_of("gdelt", house), str(tmp_path), is_packed=False)
    (tmp_path / "job").write_bytes(pickle.dumps(job))
    peaks = []
    for count in (15_000, 90_000):
        table = gdelt(tmp_path, *(row(GLOBALEVENTID=str(n)) for n in range(count)))
        code = (
            "import pickle, re, sys; from pathlib import Path; "
            "from kg.imports.engines import run; from kg.imports.table import scan; "
            "job = pickle.loads(Path(sys.argv[1], 'job').read_bytes()); "
            "table = scan(Path(sys.argv[2]), delimiter='\\t', quoted=False); "
            "rows = sum(part.rows for part in run(table.shards(), job, 1)); "
            "told = Path('/proc/self/status').read_text(); "
            "print(rows, int(re.search(r'VmHWM:\\s+(\\d+)', told)[1]) // 1024)"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, str(tmp_path), str(table)],
            cwd=ROOT, capture_output=True, text=True, timeout=120, check=True,
        )  # fmt: skip
        rows, peak = (int(word) for word in done.stdout.split())
        assert rows == count
        peaks.append(peak)
        for path in tmp_path.glob("0*"):
            path.unlink()
    assert max(peaks) < 80
    assert peaks[1] < peaks[0] + 20  # what 75,000 rows become is 200 megabytes


@pytest.mark.slow
def test_spark_writes_what_this_machine_does(tmp_path: Path, cluster: str) -> None:
    table = gdelt(tmp_path, *(row(GLOBALEVENTID=str(n)) for n in range(1, 40_001)))
    here = kg("import", "gdelt", str(table), "-o", "here.nq", folder=tmp_path)
    there = kg(
        "import", "gdelt", str(table), "-o", "there.nq", "--engine", "spark", "--master", cluster,
        folder=tmp_path,
    )  # fmt: skip
    assert (here.returncode, there.returncode) == (0, 0), there.stderr
    assert (tmp_path / "here.nq").read_bytes() == (tmp_path / "there.nq").read_bytes()
    stored = kg(
        "import", "gdelt", str(table), "--engine", "spark", "--master", cluster, folder=tmp_path
    )
    assert stored.returncode == 0, stored.stderr
    asked = kg("query", "SELECT (COUNT(*) AS ?n) { ?e a dip:Accuse }", "-f", "csv", folder=tmp_path)
    assert asked.stdout.split() == ["n", "40000"]


def test_cluster_that_is_not_there_is_said(tmp_path: Path) -> None:
    if importlib.util.find_spec("pyspark") is not None:
        pytest.skip("pyspark is installed: the slow test starts a cluster")
    table = gdelt(tmp_path, row())
    done = kg("import", "gdelt", str(table), "--engine", "spark", folder=tmp_path)
    assert done.returncode == 2
    assert "pip install 'diplomatic-kg[spark]'" in done.stderr


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[str]:
    """A Spark cluster on this machine: a master and two workers."""
    spec = importlib.util.find_spec("pyspark")
    missing = "pyspark" if spec is None else "" if shutil.which("java") else "Java"
    if missing or spec is None or spec.origin is None:
        if os.environ.get("KG_ALL_SERVERS"):
            pytest.fail(f"{missing} is not installed")
        pytest.skip(f"{missing} is not installed: pip install 'diplomatic-kg[spark]', Java 17")
    home = Path(spec.origin).parent
    # The wheel lacks the scripts that start a cluster, and executors want to be told these two.
    environment = {
        **os.environ, "SPARK_HOME": str(home), "SPARK_SCALA_VERSION": "2.13",
        "PYSPARK_PYTHON": sys.executable, "PYTHONPATH": str(ROOT), "SPARK_NO_DAEMONIZE": "1",
        "SPARK_LOCAL_IP": "127.0.0.1",
    }  # fmt: skip
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"spark://127.0.0.1:{port}"
    start = [str(home / "bin" / "spark-class")]
    name = "org.apache.spark.deploy"
    commands = [
        [f"{name}.master.Master", "--host", "127.0.0.1", "--port", str(port), "--webui-port", "0"],
        *[
            [f"{name}.worker.Worker", "--host", "127.0.0.1", "--cores", "1", "--memory", "1g",
             "--webui-port", "0", "--work-dir", str(tmp_path / f"work{n}"), url]
            for n in (1, 2)
        ],
    ]  # fmt: skip
    with ExitStack() as stack:
        log = stack.enter_context((tmp_path / "spark.log").open("wb"))
        for command in commands:
            process = stack.enter_context(
                subprocess.Popen([*start, *command], env=environment, stdout=log, stderr=log)
            )
            stack.callback(process.terminate)
        deadline = time.monotonic() + 180
        while (tmp_path / "spark.log").read_bytes().count(b"Registering worker") < 2:
            assert time.monotonic() < deadline, (tmp_path / "spark.log").read_text()[-2000:]
            time.sleep(0.5)
        with pytest.MonkeyPatch.context() as patch:
            for key in ("PYSPARK_PYTHON", "SPARK_LOCAL_IP", "SPARK_SCALA_VERSION", "SPARK_HOME"):
                patch.setenv(key, environment[key])
            yield url
