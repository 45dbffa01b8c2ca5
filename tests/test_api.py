"""The graph from Python, as README shows it."""

from pathlib import Path

import networkx
import pytest
import rdflib

import kg
from kg.errors import Misuse, QueryError, StoreError

ROOT = Path(__file__).parents[1]
SEED = ROOT / "facts" / "mnd-2026-01-12-sheinbaum-trump.yaml"


@pytest.fixture(scope="module")
def graph():
    with kg.open("memory:") as opened:
        opened.load(SEED)
        yield opened


def test_question_becomes_a_data_frame(graph) -> None:
    frame = graph.query("positions", issue="military interventions").to_pandas()
    assert len(frame) == 5
    assert set(frame["stance_taken"]) == {"condemns", "opposes", "rejects", "rules out"}


def test_numbers_are_numbers(graph) -> None:
    rows = list(graph.query("relayed"))
    assert all(isinstance(row["acts"], int) for row in rows)


def test_network_is_of_networkx(graph) -> None:
    found = graph.network("actors", kind="phone call")
    assert isinstance(found, networkx.MultiDiGraph)
    assert {data["label"] for _, data in found.nodes(data=True)} == {
        "Claudia Sheinbaum",
        "Donald Trump",
    }


def test_sparql_gives_rows_graphs_and_booleans(graph) -> None:
    assert len(graph.query("SELECT ?e { ?e a dip:PhoneCall }")) == 1
    assert graph.query("ASK { ?e a dip:PhoneCall }") is True
    made = graph.query("CONSTRUCT WHERE { ?e a dip:PhoneCall }")
    assert isinstance(made, rdflib.Graph)
    assert len(graph.to_rdflib()) > 10_000


def test_notebook_shows_tables_and_no_markup_of_the_data(graph) -> None:
    shown = graph.query("planned")._repr_html_()
    assert "<th>on the word of</th>" in shown
    odd = graph.query('SELECT ("<script>" AS ?x) {}')
    assert "<script>" not in odd._repr_html_()
    assert "1 row of x" in repr(odd)
    assert "Article of 12 January" in graph._repr_html_()


def test_what_is_wrong_is_said(graph, tmp_path) -> None:
    for wrong in (
        lambda: graph.query("positon"),
        lambda: graph.query("positions", isue="x"),
        lambda: graph.query("SELECT * { ?s ?p ?o }", issue="x"),
        lambda: graph.network("pairs"),
        lambda: graph.network(country="Mexico"),
    ):
        with pytest.raises(Misuse):
            wrong()
    with pytest.raises(Misuse, match="did you mean 'positions'"):
        graph.query("positon")
    with pytest.raises(Misuse, match="choose one of issue, holder, stance"):
        graph.query("positions", country="Mexico")
    with pytest.raises(QueryError):
        graph.query("SELECT {")
    with pytest.raises(StoreError):
        kg.open(tmp_path / "none")


def test_export_writes_a_file(graph, tmp_path) -> None:
    graph.export("graphml", tmp_path / "mexico.graphml", "dyads", actor="Mexico")
    assert networkx.read_graphml(tmp_path / "mexico.graphml", force_multigraph=True) is not None


def test_public_names_are_there() -> None:
    assert set(dir(kg)) == set(kg.__all__)
    assert all(getattr(kg, name).__doc__ for name in kg.__all__)
