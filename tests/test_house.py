"""What documents are judged with is read when it is needed, and known by its files."""

from pathlib import Path

from kg.load import load, read_house
from kg.store import open_store

ROOT = Path(__file__).parents[1]
SEED = ROOT / "facts" / "mnd-2026-01-12-sheinbaum-trump.yaml"
TERM = """
@prefix dip: <https://w3id.org/diplomatic-kg/ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
<https://w3id.org/diplomatic-kg/issue/own-issue> a dip:Issue ; rdfs:label "own issue" ;
    skos:definition "An issue of one's own." ; skos:example "Ours." .
"""


def test_asking_a_store_reads_no_register(tmp_path: Path) -> None:
    with open_store(str(tmp_path / ".kg"), read_house().background, create=True) as store:
        load(store, SEED, read_house(), recorded_by="test")
    house = read_house()
    with open_store(str(tmp_path / ".kg"), house.background) as store:
        assert store.query("ASK { ?person a <https://w3id.org/diplomatic-kg/ns#Person> }") is True
    assert not {"register", "vocabulary", "shapes"} & vars(house).keys()


def test_digest_is_of_the_files_that_a_background_is_made_of(tmp_path: Path) -> None:
    before = read_house(tmp_path).background.digest
    assert read_house().background.digest == before
    (tmp_path / "ontology").mkdir()
    (tmp_path / "ontology" / "own.ttl").write_text(TERM)
    after = read_house(tmp_path).background.digest
    assert after != before
    (tmp_path / "ontology" / "own.ttl").write_text(TERM.replace("own issue", "other issue"))
    assert read_house(tmp_path).background.digest not in {before, after}
    (tmp_path / "shapes").mkdir()
    (tmp_path / "shapes" / "own.ttl").write_text("# judges, and makes nothing\n")
    assert read_house(tmp_path).background.digest not in {before, after}


def test_term_of_ones_own_is_asked_for_as_soon_as_it_is_there(tmp_path: Path) -> None:
    with open_store(str(tmp_path / ".kg"), read_house(tmp_path).background, create=True) as store:
        load(store, SEED, read_house(tmp_path), recorded_by="test")
    (tmp_path / "ontology").mkdir()
    (tmp_path / "ontology" / "own.ttl").write_text(TERM)
    with open_store(str(tmp_path / ".kg"), read_house(tmp_path).background) as store:
        assert store.query('ASK { ?issue ?label "own issue" }') is True
