"""Rows that are like sound ones are not judged: what is found wrong is the same as if all were."""

import gzip
import random
from pathlib import Path

import pytest

import kg.imports.transform as transform
from kg.imports.compile import Source, read_mapping
from kg.imports.judging import Judge
from kg.imports.mapping import Mapping
from kg.imports.parts import Files
from kg.imports.spec import mappings
from kg.imports.table import scan
from kg.imports.transform import Job, Worker
from kg.intake import Opener
from kg.load import House, read_house
from kg.namespaces import SOURCE

BATCH = 60
HEAD = """
@prefix dip: <https://w3id.org/diplomatic-kg/ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <https://schema.org/> .
@prefix sem: <http://semanticweb.cs.vu.nl/2009/11/sem/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix shape: <https://w3id.org/diplomatic-kg/shapes#> .
shape:Own a sh:NodeShape ; sh:message "our own" ; """
# What a user may ask besides so that rows can still be alike, and so that they cannot.
ALIKE = (
    "sh:targetClass dip:Event ; sh:property [ sh:path rdfs:label ; sh:maxCount 1 ] .",
    "sh:targetClass dip:Event ; sh:property [ sh:path dip:evidence ; sh:maxCount 1 ] .",
    "sh:targetClass dip:Position ; sh:nodeKind sh:IRI .",
    "sh:targetClass dip:Event ; sh:property [ sh:path dip:mentions ; sh:maxInclusive 3 ] .",
    "sh:targetClass dip:Statement ; sh:property [ sh:path sem:hasPlace ; sh:minCount 1 ] .",
    "sh:targetClass dip:Event ; sh:property [ sh:path ( dip:agent dip:state ) ; sh:maxCount 0 ] .",
    "sh:targetClass dip:Actor ; sh:property [ sh:path dip:state ; sh:maxCount 0 ] .",
    "sh:targetClass dip:Event ; sh:property [ sh:path dip:agent ; sh:disjoint dip:recipient ] .",
    "sh:targetClass dip:Row ; sh:property [ sh:path schema:isBasedOn ; sh:minCount 1 ] .",
    "sh:targetSubjectsOf dip:status ; sh:not [ sh:class dip:Accuse ] .",
    """sh:targetClass dip:Event ; sh:or ( [ sh:property [ sh:path dip:recipient ; sh:minCount 1 ] ]
       [ sh:property [ sh:path dip:tone ; sh:minExclusive 0 ] ] ) .""",
)
DIFFERENT = (
    "sh:targetClass dip:Event ; sh:property [ sh:path rdfs:label ; sh:maxLength 40 ] .",
    'sh:targetClass dip:Row ; sh:pattern "[02468]$" .',
    """sh:targetClass dip:Actor ;
       sh:property [ sh:path [ sh:inversePath dip:agent ] ; sh:maxCount 3 ] .""",
    "sh:targetClass dip:PhoneCall ; sh:closed true .",
    """sh:targetClass dip:Event ; sh:sparql [ sh:select '''SELECT $this WHERE {
       $this <https://w3id.org/diplomatic-kg/ns#evidence> ?row FILTER(STRENDS(STR(?row), "7")) }
       ''' ] .""",
)


def table(path: Path, draw: random.Random, rows: int) -> Path:
    """Rows of few kinds, parties and days, some of them wrong, some with the same id."""
    with path.open("w", encoding="utf-8") as out:
        for number in range(rows):
            cells = [""] * 61
            cells[0] = str(number - (draw.random() < 0.05))
            cells[1] = draw.choice(["20260112", "20260110", "20260113", "20260114"])
            for at in (7, 17):
                cells[at] = draw.choice(["MEX", "USA", "AFR", ""])
                cells[at + 5] = draw.choice(["", "MIL", "OPP"])
            cells[26] = draw.choice(["010", "040", "041", "112", "190", "036"])
            cells[31], cells[34] = str(draw.randint(1, 4)), draw.choice(["-1.5", "1.0", ""])
            cells[53] = draw.choice(["MX", "US", ""])
            cells[60] = draw.choice([f"https://news.example/{number % 3}", "Gazette", ""])
            out.write("\t".join(cells) + "\n")
    return path


class Every:
    """A judge of whom nobody knows what his verdicts follow from."""

    aspects = None

    def __init__(self, judge: Judge) -> None:
        self.judge = judge
        self.rows = 0

    def __call__(self, asserted: str, derived: str) -> dict[str, str]:
        self.rows += asserted.count("ns#Row>")
        return self.judge(asserted, derived)


class Alike(Every):
    """The same judge, who says it."""

    def __init__(self, judge: Judge) -> None:
        super().__init__(judge)
        self.aspects = judge.aspects  # type: ignore[assignment]


def taken(folder: Path, path: Path, mapping: Mapping, judge: Judge) -> tuple[str, bytes]:
    """The rejected rows of a table, and what is asserted."""
    folder.mkdir()
    worker = Worker(Job(mapping, str(folder), is_packed=True, judge=lambda: judge))
    (shard,) = scan(path, delimiter="\t", quoted=False).shards()
    part = worker(shard)
    files = Files(str(folder), 0, is_packed=True)
    asserted = gzip.decompress(files.asserted.read_bytes())
    assert part.asserted == sum(line[:1] != b"#" for line in asserted.splitlines())
    return files.rejected.read_text(encoding="utf-8"), asserted


@pytest.mark.parametrize("own", [*ALIKE, *DIFFERENT])
def test_what_is_wrong_is_found_as_if_every_row_were_judged(
    tmp_path: Path, own: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "shapes").mkdir()
    (tmp_path / "shapes" / "own.ttl").write_text(HEAD + own, encoding="utf-8")
    house = read_house(tmp_path)
    judge = Opener(tmp_path, house).judge()
    monkeypatch.setattr(transform, "JUDGED", BATCH)
    path = table(tmp_path / "t.csv", random.Random(own), 4 * BATCH)
    every, alike = Every(judge), Alike(judge)
    found = [
        taken(tmp_path / name, path, mapping_of(house), one)
        for name, one in (("every", every), ("alike", alike))
    ]
    assert found[0] == found[1]
    assert found[0][0].count("\n") > BATCH
    assert (alike.rows < every.rows) == (own in ALIKE)


def mapping_of(house: House) -> Mapping:
    compiler = read_mapping(mappings()["gdelt"], house.vocabulary, house.register.quads)
    about = Source(SOURCE + "x", "A made-up table", "2026-01-13", "sha256:0")
    return compiler.compile(compiler.spec.table.columns, about, file="x")


def test_most_rows_need_no_judge(tmp_path: Path) -> None:
    house = read_house()
    path = table(tmp_path / "t.csv", random.Random(1), 3_000)
    alike = Alike(Opener(None, house).judge())
    taken(tmp_path / "parts", path, mapping_of(house), alike)
    assert alike.rows < 2_250
