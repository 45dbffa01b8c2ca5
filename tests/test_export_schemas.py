"""GEXF and GraphML keep to the grammar of their specifications, and no other file does."""

import re
from functools import cache
from pathlib import Path

import pytest
from lxml import etree

from kg.export import render
from kg.load import load, read_house
from kg.network import PROJECTIONS, GraphView, project
from kg.network.measures import with_measures
from kg.store import open_store

ROOT = Path(__file__).parents[1]
DATA = ROOT / "tests" / "data"
SEED = ROOT / "facts" / "mnd-2026-01-12-sheinbaum-trump.yaml"
SPACES = {
    "g": "http://gexf.net/1.3",
    "viz": "http://gexf.net/1.3/viz",
    "m": "http://graphml.graphdrawing.org/xmlns",
}
TYPES = {
    "string": r"(?s).*",
    "boolean": "true|false",
    "long": r"-?\d+",
    "double": r"-?\d+(\.\d+)?(e-?\d+)?",
}
every_view = pytest.mark.parametrize("name", [*PROJECTIONS, "measured", "empty"])
every_format = pytest.mark.parametrize("format", ["gexf", "gexf-static", "graphml"])


@cache
def views() -> dict[str, GraphView]:
    house = read_house()
    with open_store("memory:", house.background) as store:
        load(store, SEED, house, recorded_by="test")
        found = {name: project(store, name) for name in PROJECTIONS}
    measured = with_measures(found["dyads"])
    return {**found, "measured": measured, "empty": GraphView("dyads", (), ())}


@cache
def grammar(format: str) -> etree.RelaxNG | etree.XMLSchema:
    if format == "graphml":
        return etree.XMLSchema(etree.parse(DATA / "graphml.xsd"))
    return etree.RelaxNG(etree.parse(DATA / "gexf-1.3.rng"))


def drawn(name: str, format: str) -> etree._Element:
    written = render(views()[name], format)
    assert isinstance(written, bytes)
    return etree.fromstring(written)


def first(root: etree._Element, path: str) -> etree._Element:
    return root.xpath(path, namespaces=SPACES)[0]


@every_format
@every_view
def test_export_keeps_to_the_grammar(name, format) -> None:
    grammar(format).assertValid(drawn(name, format))


@every_format
@every_view
def test_every_value_is_of_the_type_that_its_column_declares(name, format) -> None:
    root = drawn(name, format)
    if format == "graphml":
        types = {
            (k.get("for"), k.get("id")): k.get("attr.type") for k in root.iterfind("m:key", SPACES)
        }
        told = root.iterfind(".//m:data", SPACES)
        values = [(d.getparent(), d.get("key"), d.text or "") for d in told]
    else:
        blocks = root.iterfind(".//g:attributes", SPACES)
        types = {(b.get("class"), a.get("id")): a.get("type") for b in blocks for a in b}
        told = root.iterfind(".//g:attvalue", SPACES)
        values = [(v.getparent().getparent(), v.get("for"), v.get("value")) for v in told]
    assert bool(values) is (name != "empty")
    for owner, key, value in values:
        declared = types[etree.QName(owner).localname, key]
        assert re.fullmatch(TYPES[declared], value), f"{key}={value} is no {declared}"


@pytest.mark.parametrize("format", ["gexf", "gexf-static"])
@every_view
def test_gephi_would_drop_no_edge_for_its_direction(name, format) -> None:
    """Gephi drops an edge that contradicts what the graph says of its edges."""
    graph = first(drawn(name, format), "g:graph")
    told = graph.xpath("g:edges/g:edge/@type", namespaces=SPACES)
    assert len(told) == len(views()[name].edges)
    assert graph.get("defaultedgetype") in {None, "directed", "undirected"}
    assert set(told) <= {graph.get("defaultedgetype") or one for one in told}


@every_view
def test_no_interval_ends_before_it_begins(name) -> None:
    for element in drawn(name, "gexf").iter("{*}node", "{*}edge"):
        start, end = element.get("start"), element.get("end")
        assert start is None or end is None or start <= end


CHANGING = b"""
<gexf xmlns="http://gexf.net/1.3" version="1.3">
  <graph mode="dynamic" timeformat="date" timerepresentation="interval" timezone="UTC">
    <attributes class="edge" mode="dynamic">
      <attribute id="weight" title="Weight" type="double"><default>1</default></attribute>
    </attributes>
    <nodes count="2">
      <node id="a" label="A">
        <spells>
          <spell start="2026-01-01" end="2026-01-31"/><spell start="2026-03-01"/>
        </spells>
      </node>
      <node id="b" label="B" start="2026-01-01"/>
    </nodes>
    <edges>
      <edge id="e" source="a" target="b" type="undirected" kind="Meeting">
        <attvalues>
          <attvalue for="weight" value="2" start="2026-01-01" end="2026-01-31"/>
          <attvalue for="weight" value="3" start="2026-03-01" end="2026-03-31"/>
        </attvalues>
      </edge>
    </edges>
  </graph>
</gexf>
"""


def test_grammar_of_gexf_knows_spells_and_values_that_change() -> None:
    grammar("gexf").assertValid(etree.fromstring(CHANGING))


# What is broken, as a path to an element and an attribute of it: another value, or none.
BROKEN = {
    "gexf": [
        (".", "version", None),
        (".", "version", "1.2"),
        ("g:graph", "timeformat", None),
        ("g:graph", "timeformat", "day"),
        ("g:graph", "mode", "moving"),
        ("g:graph", "colour", "red"),
        (".//g:attributes", "class", None),
        (".//g:attribute", "title", None),
        (".//g:attribute", "type", "text"),
        (".//g:node", "id", None),
        (".//g:node", "id", "a "),
        (".//g:node", "label", ""),
        (".//g:edge", "id", None),
        (".//g:edge", "source", None),
        (".//g:edge", "target", None),
        (".//g:edge", "weight", "heavy"),
        (".//g:edge", "type", "both"),
        (".//g:edge[@start]", "start", "12 January 2026"),
        (".//g:edge[@start]", "timestamp", "2026-01-12"),
        (".//g:attvalue", "for", None),
        (".//g:attvalue", "value", None),
        (".//viz:color", "b", None),
        (".//viz:color", "r", "256"),
    ],
    "graphml": [
        ("m:key", "id", None),
        ("m:key", "for", "vertex"),
        ("m:key", "attr.name", None),
        ("m:key", "attr.type", "date"),
        ("m:graph", "edgedefault", None),
        ("m:graph", "edgedefault", "mixed"),
        (".//m:node", "id", None),
        (".//m:node", "id", "two words"),
        (".//m:node", "label", "A"),
        (".//m:node[2]", "id", "actor.claudia-sheinbaum"),
        (".//m:edge", "source", None),
        (".//m:edge", "target", "nobody"),
        (".//m:edge", "directed", "maybe"),
        (".//m:data", "key", None),
        (".//m:data", "key", "n_unknown"),
    ],
}


@pytest.mark.parametrize(
    ("format", "path", "attribute", "value"),
    [(name, *one) for name, told in BROKEN.items() for one in told],
)
def test_grammar_refuses_a_broken_attribute(format, path, attribute, value) -> None:
    root = drawn("dyads", format)
    element = first(root, path)
    element.set(attribute, value or "")
    if value is None:
        del element.attrib[attribute]
    assert not grammar(format).validate(root)


@pytest.mark.parametrize("format", ["gexf", "graphml"])
@pytest.mark.parametrize("path", [".", "//*[local-name()='graph']", "//*[local-name()='edge']"])
def test_grammar_refuses_an_unknown_element(format, path) -> None:
    root = drawn("dyads", format)
    place = first(root, path)
    etree.SubElement(place, etree.QName(etree.QName(root).namespace, "thing"))
    assert not grammar(format).validate(root)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b'<spell start="2026-03-01"/>', b'<spell start="spring"/>'),
        (b'<spell start="2026-03-01"/>', b'<spell when="2026-03-01"/>'),
        (b"<attvalue ", b"<attribute "),
        (b'value="2"', b""),
        (b"<attvalues>", b"<attvalues><spell/>"),
    ],
)
def test_grammar_of_gexf_refuses_broken_spells_and_values(before, after) -> None:
    assert before in CHANGING
    assert not grammar("gexf").validate(etree.fromstring(CHANGING.replace(before, after, 1)))
