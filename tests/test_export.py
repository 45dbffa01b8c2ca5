"""Every export is read back by the programs' own readers, hostile texts included."""

import cmath
import csv
import io
import itertools
import json
import math
import re
import shutil
import subprocess
import zipfile
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import networkx as nx
import openpyxl
import pytest
import rdflib
from frictionless import system, validate
from lxml import html as lxml_html
from ndex2.cx2 import RawCX2NetworkFactory

from kg.errors import Misuse
from kg.export import FORMATS, export, render
from kg.export.html import facts_of
from kg.export.rdf import quads_of
from kg.load import load, read_house
from kg.namespaces import DIP, SOURCE
from kg.network import PROJECTIONS, Edge, Filters, GraphView, Node, project
from kg.rdf import FORMATS as RDF
from kg.rdf import NamedNode, serialize, to_rdflib
from kg.store import Writer, open_store

ROOT = Path(__file__).parents[1]
SEED = ROOT / "facts" / "mnd-2026-01-12-sheinbaum-trump.yaml"
OTHER_SIDE = ROOT / "tests" / "data" / "us-account-of-the-call.yaml"
OTHER = SOURCE + "us-account-of-the-call-invented"
READERS = ROOT / "tests" / "npm"
HOSTILE = (
    "=cmd|' /C calc'!A0",
    "+1",
    "-2+3",
    "@SUM(A1)",
    "\tx",
    "\rx",
    "a\x00b\x08c\x1b[31m",
    "\u202egpj.exe",
    "<script>alert(1)</script>",
    "]]>",
    "&amp;<!--",
    "\"';--",
    "a\nb",
    "\ufffe\uffff",
    "\ud800",
    "",
    "{{x}}",
    "</style>",
    "عربى",
    "𝔘nicode",
    "x" * 40_000,
)


@cache
def views() -> dict[str, GraphView]:
    house = read_house()
    with open_store("memory:", house.background) as store:
        load(store, SEED, house, recorded_by="test")
        found = {name: project(store, name) for name in PROJECTIONS}
    return {**found, "hostile": hostile(), "empty": GraphView("dyads", (), ())}


def hostile() -> GraphView:
    nodes = tuple(
        Node(f"n{i:02}", f"https://example.org/{i}", text, "Person", {"quote": text, "state": text})
        for i, text in enumerate(HOSTILE)
    )
    edges = tuple(
        Edge(f"e{i}", "n00", node.id, "Meeting", node.label, 1.0, "2026-01-01", "", True,
             {"quote": node.label, "confidence": 0.5, "count": 3, "told": True})
        for i, node in enumerate(nodes)
    )  # fmt: skip
    return GraphView("dyads", nodes, edges, {"projection": HOSTILE[8]})


VIEWS = (*PROJECTIONS, "hostile", "empty")
MIXED = ("dyads", "dyads-aggregated")
"""Views of which some edges have a direction and others have none."""
every_view = pytest.mark.parametrize("name", VIEWS)
every_format = pytest.mark.parametrize("format", FORMATS)


def one(name: str, format: str) -> bytes:
    return one_of(views()[name], format)


def one_of(view: GraphView, format: str) -> bytes:
    written = render(view, format)
    assert isinstance(written, bytes)
    return written


def folder(name: str, format: str) -> dict[str, bytes]:
    written = render(views()[name], format)
    assert not isinstance(written, bytes)
    return dict(written)


def counts(name: str) -> tuple[int, int]:
    return len(views()[name].nodes), len(views()[name].edges)


def read_by_node(name: str, format: str, folder: Path) -> dict[str, Any]:
    if shutil.which("node") is None or not (READERS / "node_modules" / "graphology").is_dir():
        pytest.skip("needs Node and its packages: npm --prefix tests/npm ci")
    file = folder / "graph"
    file.write_bytes(one(name, format))
    done = subprocess.run(
        ["node", "read.mjs", format, str(file)], cwd=READERS, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@every_format
@every_view
def test_same_view_gives_the_same_bytes(format, name) -> None:
    assert render(views()[name], format) == render(views()[name], format)


@pytest.mark.parametrize("count", [40, 41, 123])
def test_names_around_the_picture_stand_apart_and_outside(count: int) -> None:
    nodes = tuple(Node(f"n{n}", f"urn:n{n}", f"Name {n}", "State", {}) for n in range(count))
    page = one_of(GraphView("dyads", nodes, ()), "html").decode()
    box = re.search(r'class="network" viewBox="0 0 (\d+) (\d+)"', page)
    assert box
    middle = complex(int(box[1]), int(box[2])) / 2
    found = re.findall(
        r'<circle cx="(.+?)" cy="(.+?)" r="\d+"/><text x="(.+?)" y="(.+?)" text-anchor="(\w+)"'
        r'(?: transform="rotate\((.+?) )?', page,
    )  # fmt: skip
    assert len(found) == count
    begins = []
    for x, y, at_x, at_y, anchor, angle in found:
        mark, way = complex(float(x), float(y)), cmath.rect(1, math.radians(float(angle or 0)))
        begin = mark + (complex(float(at_x), float(at_y) - 4) - mark) * way
        end = begin + 100 * way * (1 if anchor == "start" else -1)
        assert abs(mark - middle) < abs(begin - middle) < abs(end - middle)
        assert abs(math.degrees(cmath.phase(way))) <= 90.1
        begins.append(begin)
    if count > 40:
        assert all(abs(a - b) > 12 for a, b in itertools.pairwise(begins))


@every_format
def test_control_characters_and_direction_marks_do_not_come_out(format) -> None:
    written = render(views()["hostile"], format)
    parts = [written] if isinstance(written, bytes) else list(written.values())
    if format == "xlsx":
        with zipfile.ZipFile(io.BytesIO(parts[0])) as book:
            parts = [book.read(name) for name in book.namelist()]
    for part in parts:
        assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\u202e\ufffe\uffff]", part.decode())


@pytest.mark.parametrize("name", [name for name in VIEWS if name not in MIXED])
@pytest.mark.parametrize("format", ["gexf", "gexf-static"])
def test_networkx_reads_gexf(name, format) -> None:
    graph = nx.read_gexf(io.BytesIO(one(name, format)))
    nodes, edges = counts(name)
    assert graph.number_of_nodes() == nodes
    assert len({data["id"] for _, _, data in graph.edges(data=True)}) == edges


@pytest.mark.parametrize("name", MIXED)
@pytest.mark.parametrize(
    "told", [b"", b' defaultedgetype="directed"', b' defaultedgetype="mutual"']
)
@pytest.mark.parametrize("format", ["gexf", "gexf-static"])
def test_networkx_refuses_gexf_of_both_directions_whatever_it_declares(name, told, format) -> None:
    """So the documentation says, and names GraphML; Gephi drops what contradicts a default."""
    written = one(name, format).replace(b"<graph", b"<graph" + told, 1)
    with pytest.raises(nx.NetworkXError, match="irected edge found in"):
        nx.read_gexf(io.BytesIO(written))


@every_view
@pytest.mark.parametrize("format", ["gexf", "gexf-static"])
def test_gephi_would_drop_nothing(name, format) -> None:
    """What Gephi's importer calls severe: unknown types, odd times, weights, repeated ids."""
    space = {"g": "http://gexf.net/1.3"}
    root = ET.fromstring(one(name, format))
    assert root.get("version") == "1.3"
    graph = root.find("g:graph", space)
    assert graph is not None
    if format == "gexf":
        assert graph.get("timeformat") == "date"
        assert graph.get("timerepresentation") == "interval"
    declared = {
        block.get("class"): {a.get("id"): a.get("type") for a in block}
        for block in graph.findall("g:attributes", space)
    }
    accepted = {"string", "long", "double", "boolean"}
    assert all(set(types.values()) <= accepted for types in declared.values())
    ids = [node.get("id") for node in graph.iterfind("g:nodes/g:node", space)]
    edges = list(graph.iterfind("g:edges/g:edge", space))
    assert len(set(ids)) == len(ids)
    assert len({edge.get("id") for edge in edges}) == len(edges)
    for kind, elements in (("node", graph.iterfind("g:nodes/g:node", space)), ("edge", edges)):
        for element in elements:
            assert (element.get("label") or "").strip()
            values = element.findall("g:attvalues/g:attvalue", space)
            assert {value.get("for") for value in values} <= set(declared[kind])
            for end in ("start", "end"):
                assert re.fullmatch(r"\d{4}-\d\d-\d\d", element.get(end, "2026-01-01"))
    for edge in edges:
        assert float(edge.get("weight") or 0) > 0
        assert edge.get("type") in {"directed", "undirected"}
        assert {edge.get("source"), edge.get("target")} <= set(ids)


@every_view
def test_networkx_reads_graphml(name) -> None:
    written = one(name, "graphml")
    graph = nx.read_graphml(io.BytesIO(written),
                            force_multigraph=True)  # fmt: skip
    assert (graph.number_of_nodes(), graph.number_of_edges()) == counts(name)
    told = [data["directed"] for _, _, data in graph.edges(data=True)]
    assert sorted(told) == sorted(edge.directed for edge in views()[name].edges)


@every_view
def test_cytoscape_reads_cx2(name) -> None:
    told = json.loads(one(name, "cx2"))
    network = RawCX2NetworkFactory().get_cx2network(told)
    assert (len(network.get_nodes()), len(network.get_edges())) == counts(name)
    assert all({e["s"], e["t"]} <= set(network.get_nodes()) for e in network.get_edges().values())
    assert told[0] == {"CXVersion": "2.0", "hasFragments": False}
    assert told[-1]["status"][0]["success"] is True
    sizes = {m["name"]: m["elementCount"] for m in told[1]["metaData"]}
    assert sizes == {key: len(held) for part in told[2:-1] for key, held in part.items()}


@every_view
@pytest.mark.parametrize("format", ["gexf", "gexf-static", "graphml", "graphology", "cyjs"])
def test_readers_of_node_find_every_node_and_edge(name, format, tmp_path) -> None:
    found = read_by_node(name, format, tmp_path)
    assert (found["nodes"], found["edges"]) == counts(name)


@every_view
@pytest.mark.parametrize("format", ["gexf", "gexf-static", "graphology"])
def test_readers_of_node_find_which_edges_have_a_direction(name, format, tmp_path) -> None:
    undirected = sum(not edge.directed for edge in views()[name].edges)
    assert read_by_node(name, format, tmp_path)["undirected"] == undirected
    assert (0 < undirected < len(views()[name].edges)) == (name in MIXED)


@every_view
def test_frictionless_finds_the_tables_in_order(name, tmp_path) -> None:
    export(views()[name], "csv", tmp_path / "tables")
    with system.use_context(trusted=True):
        report = validate(str(tmp_path / "tables" / "datapackage.json"))
    assert report.valid, report.flatten(["message"])
    assert sum(task.stats.get("rows", 0) for task in report.tasks) == sum(counts(name))


def test_no_cell_of_csv_or_excel_is_a_formula() -> None:
    for data in folder("hostile", "csv").values():
        for row in csv.reader(io.StringIO(data.decode())):
            assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row)
    book = openpyxl.load_workbook(io.BytesIO(one("hostile", "xlsx")))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not any(cell.data_type == "f" for cell in cells)
    assert any(cell.value == "=cmd|' /C calc'!A0" for cell in cells)


def test_workbook_has_dates_and_a_row_for_everything() -> None:
    book = openpyxl.load_workbook(io.BytesIO(one("dyads", "xlsx")))
    nodes, edges = counts("dyads")
    assert (book["Nodes"].max_row - 1, book["Edges"].max_row - 1) == (nodes, edges)
    heads = [cell.value for cell in book["Edges"][1]]
    assert any(row[heads.index("Start")].is_date for row in book["Edges"].iter_rows(min_row=2))
    assert book["Edges"].freeze_panes == "A2"


@every_view
def test_neo4j_admin_could_import_it(name) -> None:
    files = {n: d.decode() for n, d in folder(name, "neo4j").items()}
    types = "string|long|double|boolean|date|ID|LABEL|START_ID|END_ID|TYPE"
    rows = {n: list(csv.reader(io.StringIO(text))) for n, text in files.items() if "csv" in n}
    for part in ("nodes", "edges"):
        (header,) = rows[f"{part}-header.csv"]
        assert all(re.fullmatch(rf"\w*:({types})", field) for field in header)
        assert all(len(row) == len(header) for row in rows[f"{part}-data.csv"])
    ids = {row[0] for row in rows["nodes-data.csv"]}
    assert len(ids) == counts(name)[0]
    for start, end, kind, *_ in rows["edges-data.csv"]:
        assert {start, end} <= ids
        assert re.fullmatch(r"[A-Z][A-Z0-9_]*", kind)
        assert f"[r:{kind} " in files["load.cypher"]


class Sealed(HTMLParser):
    """Fails at anything that would reach outside the page."""

    def handle_starttag(self, tag, attributes) -> None:
        assert tag not in {"link", "iframe", "img", "object", "embed", "base"}
        for name, value in attributes:
            assert not name.startswith("on"), f"{tag} has {name}"
            if name in {"src", "href", "action", "xlink:href"}:
                assert (value or "").startswith("#")


@every_view
def test_page_is_sealed_and_holds_every_fact_with_its_voucher(name) -> None:
    page = one(name, "html").decode()
    Sealed().feed(page)
    assert "url(" not in page
    assert "default-src &#x27;none&#x27;" in page
    tree = lxml_html.fromstring(page.encode())
    facts = facts_of(views()[name])
    items = tree.xpath("//ol[@class='facts']/li")
    assert len(items) == len(facts)
    if name in {"events", "dyads"}:
        assert all("On the word of" in item.text_content() for item in items)
        assert all("Passages" in item.text_content() for item in items)
    assert len(tree.xpath("//script")) == 1
    actors = [n for n in views()[name].nodes if n.type in {"Person", "Organization", "State"}]
    assert len(tree.xpath("//*[@data-actor]")) == len(actors)


def is_offer(fact) -> bool:
    return fact.kind == "offer"


def may_be_before_the_call(fact) -> bool:
    return fact.value("start") <= "2026-01-11"


@pytest.mark.parametrize(
    ("markup", "choice", "fits"),
    [
        ("<option>offer</option>", "<option selected>offer</option>", is_offer),
        ('data-filter="end"', 'data-filter="end" value="2026-01-11"', may_be_before_the_call),
    ],
)
def test_page_narrows_in_a_real_browser(tmp_path, markup, choice, fits) -> None:
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None:
        pytest.skip("needs chromium")
    page = one("events", "html").decode()
    # The policy allows the page's own script alone; the test's choice is made in the markup.
    assert markup in page
    chosen = page.replace(markup, choice)
    (tmp_path / "page.html").write_text(chosen, encoding="utf-8")
    done = subprocess.run(
        [browser, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}/p",
         "--dump-dom", (tmp_path / "page.html").as_uri()],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    tree = lxml_html.fromstring(done.stdout)
    facts = facts_of(views()["events"])
    left = [fact.key for fact in facts if fits(fact)]
    assert 0 < len(left) < len(facts)
    assert tree.get_element_by_id("shown").text == f"{len(left)} of {len(facts)} facts"
    assert tree.xpath("//ol[@class='facts']/li[not(@hidden)]/@id") == left


def test_page_says_those_of_one_role_together_and_names_one_source_once() -> None:
    tree = lxml_html.fromstring(one("events", "html"))
    call = tree.get_element_by_id("event.2026-01-12-sheinbaum-trump-call")
    who = call.xpath("p[@class='who']")[0].text_content()
    assert who == (
        "by Claudia Sheinbaum and Donald Trump "
        "with Juan Ramón de la Fuente, Omar García Harfuch and Roberto Velasco"
    )
    assert not tree.xpath("//dt[.='Source']")
    assert not tree.xpath("//*[@data-filter='source']")


def test_folder_is_replaced_whole_and_nothing_else_is_touched(tmp_path) -> None:
    out = tmp_path / "tables"
    export(views()["events"], "csv", out)
    export(views()["dyads"], "csv", out)
    assert {p.name for p in out.iterdir()} == {"nodes.csv", "edges.csv", "datapackage.json"}
    (out / "mine.txt").write_text("mine")
    with pytest.raises(Misuse, match="something else"):
        export(views()["events"], "csv", out)
    assert (out / "mine.txt").read_text() == "mine"
    assert {p.name for p in tmp_path.iterdir()} == {"tables"}


def test_unknown_format_is_an_error_that_names_the_known() -> None:
    with pytest.raises(Misuse, match="gexf"):
        render(views()["empty"], "gephi")


@cache
def both_sides() -> Writer:
    house = read_house()
    store = open_store("memory:", house.background)
    for path in (SEED, OTHER_SIDE):
        load(store, path, house, recorded_by="test")
    return store


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
@pytest.mark.parametrize("format", RDF)
def test_rdflib_reads_every_rdf_format_with_the_triples_of_all_sources(format) -> None:
    names = {"ttl": "turtle", "jsonld": "json-ld", "rdf": "xml", "nq": "nquads"}
    found = rdflib.Dataset(default_union=True)
    found.parse(serialize(quads_of(both_sides()), format), format=names.get(format, format))
    expected = set(to_rdflib(both_sides().asserted()))
    assert {(s, p, o) for s, p, o, _ in found.quads()} == expected


def test_rdf_of_one_source_is_what_that_source_asserts() -> None:
    source = OTHER
    found = quads_of(both_sides(), Filters(sources=(source,)))
    assert set(found) == set(both_sides().asserted(source))


@pytest.mark.parametrize(
    "filters",
    [
        Filters(kinds=(DIP + "PhoneCall",)),
        Filters(since="2026-01-12", until="2026-01-12"),
        Filters(kinds=(DIP + "PhoneCall",), sources=(OTHER,)),
    ],
    ids=["kind", "days", "kind-and-source"],
)
def test_narrowed_rdf_tells_all_of_what_is_shown_and_nothing_of_what_is_not(filters) -> None:
    told = set(quads_of(both_sides(), filters))
    whole = set(quads_of(both_sides(), Filters(sources=filters.sources)))
    shown, every = (
        {NamedNode(node.iri) for node in project(both_sides(), "events", chosen).nodes}
        for chosen in (filters, Filters())
    )
    assert {q for q in whole if q.subject in shown} <= told < whole
    assert not {q.subject for q in told} & (every - shown)
    passages = {q.object for q in told if q.predicate.value == DIP + "evidence"}
    assert passages
    assert passages <= {q.subject for q in told}
    sources = {q.object for q in told if q.predicate.value.endswith("hasSource")}
    assert sources <= {q.subject for q in told}


class Streamed:
    """Edges that are made as they are asked for, and counted."""

    def __init__(self, count: int) -> None:
        self.count = count

    def __len__(self) -> int:
        return self.count

    def __iter__(self):
        for n in range(self.count):
            told = {"status": "occurred"} if n % 3 else {"status": "planned", "confidence": 0.5}
            day = "2026-01-12" if n % 2 else ""
            yield Edge(f"e{n}", "a", "b", "Meeting", f"Meeting {n}", 1.0, day, day, n % 5 > 0, told)


@pytest.mark.parametrize("format", [name for name, one in FORMATS.items() if one.most is None])
def test_edges_that_pass_through_are_written_as_those_in_memory(format) -> None:
    nodes = (Node("a", "https://example.org/a", "A", "State"), Node("b", "x:b", "B", "State"))
    passing, held = Streamed(5_000), tuple(Streamed(5_000))
    assert render(GraphView("dyads", nodes, passing), format) == render(
        GraphView("dyads", nodes, held), format
    )


@pytest.mark.parametrize("format", [name for name, one in FORMATS.items() if one.most is not None])
def test_format_that_is_made_as_a_whole_says_what_it_cannot_hold(format) -> None:
    with pytest.raises(Misuse, match=r"narrow it.*graphml"):
        render(GraphView("dyads", (), Streamed(1_000_000)), format)
