"""`kg actors fetch`, against an endpoint on the loopback interface with Wikidata-shaped data."""

from collections.abc import Callable
from pathlib import Path

import pytest
from servers import Server

from kg.actors import Held, additions, codes_of
from kg.cli import run
from kg.errors import Misuse
from kg.load import House, read_house
from kg.namespaces import ACTOR, SCHEMA
from kg.rdf import NamedNode, serialize
from kg.rdf.parse import parse
from kg.store import Limits
from kg.store.remote.endpoint import Endpoint

ROOT = Path(__file__).parents[1]
DATA = ROOT / "tests" / "data" / "wikidata-shaped.ttl"
EXPECTED = """\
# Holders of office that ADDRESS knows and the register does not, or knows otherwise.
# Review each line; then this file goes into facts/actors/ beside your store.

source: {id: register, type: Dataset, label: Editorial register of actors and offices}

actors:
  - {id: kari-nordmann, type: Person, label: Kari Nordmann, state: norway, sameAs: ['http://www.wikidata.org/entity/Q900103']}
  - {id: kari-nordmann-q900102, type: Person, label: Kari Nordmann, state: norway, sameAs: ['http://www.wikidata.org/entity/Q900102']}
  - {id: ivan-o-pryklad-x-no-comment, type: Person, label: 'Ivan O''Pryklad: {x} # no "comment"', state: ukraine, sameAs: ['http://www.wikidata.org/entity/Q900105']}
  - {id: q900104, type: Person, label: Іван Приклад, state: ukraine, sameAs: ['http://www.wikidata.org/entity/Q900104']}
  - {id: denys-shmyhal, type: Person, label: Denys Shmyhal, altLabel: [Shmyhal], state: ukraine, sameAs: ['http://www.wikidata.org/entity/Q900101']}
  - {id: volodymyr-zelenskyy, type: Person, label: Volodymyr Zelenskyy, altLabel: [Volodymyr Zelensky, Volodymyr Zelenskiy, Zelenskyy, Zelensky, Zelenskiy], state: ukraine, sameAs: ['http://www.wikidata.org/entity/Q900100']}

tenures:
  - {person: kari-nordmann, organization: norway-foreign-ministry, office: Minister of Foreign Affairs, from: 2005-03, to: '2019-05-20'}
  - {person: kari-nordmann-q900102, organization: norway-foreign-ministry, office: Minister of Foreign Affairs, from: '2019-05-20'}
  - {person: kari-nordmann-q900102, organization: norway, office: Prime Minister, from: '2001', to: 2005-03}
  - {person: ivan-o-pryklad-x-no-comment, organization: ukraine-foreign-ministry, office: Foreign minister, from: '2019-05-20'}
  - {person: q900104, organization: ukraine-foreign-ministry, office: Foreign minister, from: '2019-05-20'}
  # the register has it from 2020-03-04 to ?
  - {person: denys-shmyhal, organization: ukraine, office: Prime Minister, from: '2020-03-04', to: 2025-07}
"""  # noqa: E501 - a line of the file


@pytest.fixture(scope="module")
def house() -> House:
    return read_house()


@pytest.fixture
def wikidata(server: Callable[[str], Server]) -> str:
    """The address of an endpoint whose default graph is as that of Wikidata."""
    address = server("oxigraph").address
    endpoint = Endpoint(address)
    endpoint.select("ASK {}", Limits())
    quads = parse(DATA.read_bytes(), "ttl", file=str(DATA))
    endpoint.update(f"INSERT DATA {{ {serialize(quads, 'nt').decode()} }}", Limits())
    return address


def test_what_the_register_lacks_comes_out_for_review(wikidata, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    new = tmp_path / "facts" / "actors" / "fetched.yaml"
    asked = ["actors", "fetch", wikidata, "--state", "Ukraine", "--state", "NOR"]
    assert run([*asked, "-o", str(new)]) == 0
    assert new.read_text(encoding="utf-8").replace(wikidata, "ADDRESS") == EXPECTED
    assert "6 to review, 1 of which the register has otherwise; 6 people" in capsys.readouterr().err
    # The file is read as the analyst's own, and what it says is known from then on.
    register = read_house(tmp_path).register
    same = NamedNode(SCHEMA + "sameAs")
    linked = {q.subject: q.object for q in register.quads if q.predicate == same}
    there = NamedNode("http://www.wikidata.org/entity/Q900100")
    assert linked[NamedNode(ACTOR + "volodymyr-zelenskyy")] == there
    assert run(asked) == 0
    told = capsys.readouterr()
    assert "actors:" not in told.out
    assert "kari-nordmann" not in told.out
    assert run([*asked, "-o", str(new)]) == 2, "a file that is there is not written over"


def test_terms_that_ended_before_a_day_are_left_out(wikidata, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    asked = ["actors", "fetch", wikidata, "--state", "norway"]
    assert run([*asked, "--since", "2006-01-01"]) == 0
    assert "2001" not in capsys.readouterr().out
    assert run([*asked, "--since", "yesterday"]) == 2


def test_unknown_state_names_the_nearest(house) -> None:
    with pytest.raises(Misuse, match="Ukraine"):
        codes_of(["Ukrane"], house.register)


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/sparql", "ftp://x/", "not an address"])
def test_endpoint_that_is_none_is_an_error(address, tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["actors", "fetch", address, "--state", "norway"]) in {2, 6}
    assert capsys.readouterr().out == ""


def test_store_passwords_are_not_told_to_the_endpoint(monkeypatch) -> None:
    from test_line import Stub, authorization

    from kg.actors import fetch

    monkeypatch.setenv("KG_STORE_TOKEN", "secret")
    stub = Stub()
    try:
        assert fetch(stub.address, ["NOR"], Limits(5)) == []
    finally:
        stub.close()
    assert authorization(stub) == [""]


@pytest.mark.parametrize(
    "name", ["\x1b[2J", "a\nb: c", "- {", "'", '"', "&a", "*a", "!!python/x", "\u202ex"]
)
def test_hostile_name_stays_a_name(name, house, tmp_path) -> None:
    held = [Held("NOR", "http://x/Q1", name, "head of government", name, "2019", "")]
    new = additions(held, {"NOR": "norway"}, house.register, address="a\nb: c", since="")
    (tmp_path / "facts" / "actors").mkdir(parents=True)
    (tmp_path / "facts" / "actors" / "new.yaml").write_text(new.document, encoding="utf-8")
    register = read_house(tmp_path).register
    assert len(register.actors - house.register.actors) == new.people == 1
