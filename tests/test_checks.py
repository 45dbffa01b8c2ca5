"""Each check finds the one thing planted for it, and nothing where all is in order."""

import csv
import io
from pathlib import Path

import pytest
import rdflib

from kg.load import load, read_house
from kg.queries import prepare, read_questions
from kg.rdf import RESULT_FORMATS, Rows, in_words, serialize
from kg.store import Writer, open_store

CHECKS = read_questions(group="check")
FIRST = """\
source:
  id: first
  type: Readout
  label: First readout
  published: 2026-01-12
  text: {digest: "sha256:{zeros}", length: 90}
  passages: {p1: [0, 40], p2: [42, 90]}
events:
  - {id: event/talks, type: Meeting, label: Talks, agent: [mexico, venezuela], date: 2026-01-11,
     evidence: [p1]}
  - {id: plan, type: Meeting, label: Next talks, status: scheduled, agent: [mexico, brazil],
     date: 2026-02-01, evidence: [p2]}
positions:
  - {id: held, label: Mexico condemns it, holder: mexico, issue: us-intervention-in-venezuela,
     stance: condemns, asOf: 2026-01-12, evidence: [p2]}
"""
SECOND = """\
source:
  id: second
  type: Readout
  label: Second readout
  published: 2026-01-13
  text: {digest: "sha256:{zeros}", length: 90}
  passages: {p1: [0, 90]}
events:
  - {id: event/talks, type: Meeting, label: Talks, agent: [mexico, venezuela], date: 2026-01-11,
     evidence: [p1]}
"""
# What is planted for a check: in place of what, what, and the row that it should give.
PLANTED: dict[str, tuple[str, str, list[str]]] = {
    "undated-events": (
        "label: Next talks, status: scheduled, agent: [mexico, brazil],\n     date: 2026-02-01",
        "label: Lost talks, status: hypothetical, agent: [mexico, brazil]",
        ["Lost talks"],
    ),
    "unregistered-actors": (
        "events:\n",
        """\
actors:
  - {id: stranger, type: Person, label: A stranger}
events:
  - {type: Meeting, agent: [mexico, stranger], date: 2026-01-10, evidence: [p1]}
""",
        ["A stranger", "1"],
    ),
    "positions-without-day": (" asOf: 2026-01-12,", "", ["Mexico condemns it"]),
    "overdue": (
        "date: 2026-02-01",
        "date: 2026-01-12",
        ["Next talks", "2026-01-12", "2026-01-13"],
    ),
    "possible-duplicates": (
        "{id: event/talks, type: Meeting, label: Talks",
        "{id: own-talks, type: Meeting, label: The same talks",
        ["Talks", "The same talks", "2026-01-11"],
    ),
    "unused-passages": (
        "p2: [42, 90]",
        "p2: [42, 80], p3: [82, 90]",
        ["First readout", "p3", "82", "90"],
    ),
}
every_check = pytest.mark.parametrize("name", CHECKS)


def stored(first: str, second: str, folder: Path) -> Writer:
    house = read_house()
    store = open_store("memory:", house.background)
    for name, text in (("first", first), ("second", second)):
        path = folder / f"{name}.yaml"
        path.write_text(text.replace("{zeros}", "0" * 64), encoding="utf-8")
        load(store, path, house, recorded_by="test", fail_on="never")
    return store


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Writer:
    return stored(FIRST, SECOND, tmp_path_factory.mktemp("clean"))


def planted(name: str, folder: Path) -> Writer:
    before, after, _ = PLANTED[name]
    if name == "undated-events":
        # An event that its source's day of publication dates is not undated.
        first = FIRST.replace("  published: 2026-01-12\n", "")
        return stored(first.replace(before, after), SECOND, folder)
    if name == "possible-duplicates":
        return stored(FIRST, SECOND.replace(before, after), folder)
    assert before in FIRST
    return stored(FIRST.replace(before, after), SECOND, folder)


def rows(name: str, store: Writer) -> Rows:
    found = store.query(prepare(CHECKS[name], store, []))
    assert isinstance(found, Rows)
    return found


def from_rdflib(name: str, store: Writer) -> str:
    """The answer of rdflib as CSV; graphs are kept, for a check may name the register's."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    dataset = rdflib.Dataset(default_union=True)
    dataset.parse(serialize(store.quads(), "nq"), format="nquads")
    found = dataset.query(prepare(CHECKS[name], store, []))
    writer.writerow(str(v) for v in found.vars or ())
    writer.writerows(["" if t is None else str(t) for t in row] for row in found)
    return out.getvalue()


@every_check
def test_check_is_silent_where_all_is_in_order(name, clean) -> None:
    assert rows(name, clean).rows == ()


@every_check
@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
def test_check_finds_what_is_planted_for_it_in_both_engines(name, tmp_path) -> None:
    store = planted(name, tmp_path)
    _, cells = in_words(rows(name, store))
    assert cells == [PLANTED[name][2]]
    assert RESULT_FORMATS["csv"](rows(name, store)) == from_rdflib(name, store)
    others = {other: rows(other, store).rows for other in CHECKS if other != name}
    assert others == dict.fromkeys(others, ())


def test_events_of_one_party_and_without_evidence_can_be_duplicates(tmp_path) -> None:
    before, after, row = PLANTED["possible-duplicates"]
    first, second = (
        text.replace("[mexico, venezuela], date: 2026-01-11,\n     evidence: [p1]}",
                     "mexico, date: 2026-01-11}")
        for text in (FIRST, SECOND.replace(before, after))
    )  # fmt: skip
    assert "venezuela]" not in first + second
    _, cells = in_words(rows("possible-duplicates", stored(first, second, tmp_path)))
    assert cells == [row]


def test_every_check_has_its_planted_case_and_no_questions_name() -> None:
    assert set(PLANTED) == set(CHECKS)
    assert not set(CHECKS) & set(read_questions())
