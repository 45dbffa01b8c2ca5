"""The same facts from every format, each mistake at its place."""

import csv
import io
import json
import time
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest
import rdflib
import rdflib.compare

from kg.errors import InputError, InputErrors
from kg.facts import Document, Register, read_documents, read_register
from kg.facts.passages import passages_of
from kg.facts.table import TEMPLATE
from kg.facts.template import as_workbook as as_workbook_template
from kg.namespaces import ACTOR, BASE, DIP, GRAPH, RDF, SOURCE, graph_of
from kg.rdf import FORMATS, Literal, NamedNode, Quad, serialize, to_rdflib
from kg.rdf.jsonld import CONTEXT
from kg.vocabulary import Vocabulary, load_vocabulary
from tests.running import ROOT, kg

SEED = ROOT / "facts" / "mnd-2026-01-12-sheinbaum-trump.yaml"
OTHER_SIDE = ROOT / "tests" / "data" / "us-account-of-the-call.yaml"
PREFIXES = f"@prefix dip: <{DIP}> .\n@prefix : <{BASE}> .\n"


@cache
def known() -> tuple[Vocabulary, Register]:
    vocabulary = load_vocabulary()
    return vocabulary, read_register(vocabulary)


def read(path: Path) -> tuple[Document, ...]:
    vocabulary, register = known()
    return read_documents(path, vocabulary=vocabulary, register=register)


def told(tmp_path: Path, name: str, content: str | bytes) -> InputError:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(InputError) as caught:
        read(path)
    return caught.value


@pytest.mark.parametrize("form", FORMATS)
def test_seed_reads_the_same_from_every_rdf_format(form, tmp_path) -> None:
    (seed,) = read(SEED)
    path = tmp_path / f"seed.{form}"
    path.write_bytes(serialize(seed.quads, form))
    (again,) = read(path)
    assert set(again.quads) == set(seed.quads)
    assert (again.source, again.label) == (seed.source, seed.label)


@pytest.mark.parametrize("form", ["trig", "nq", "jsonld"])
def test_sources_of_one_file_stay_apart(form, tmp_path) -> None:
    both = [read(path)[0] for path in (SEED, OTHER_SIDE)]
    path = tmp_path / f"both.{form}"
    path.write_bytes(serialize([quad for one in both for quad in one.quads], form))
    found = {one.source: set(one.quads) for one in read(path)}
    assert found == {one.source: set(one.quads) for one in both}


def test_literals_stay_as_they_are_written(tmp_path) -> None:
    path = tmp_path / "x.ttl"
    path.write_text(
        PREFIXES + "<https://w3id.org/diplomatic-kg/source/x> a dip:Readout ; "
        'dip:confidence "1.10"^^<http://www.w3.org/2001/XMLSchema#decimal> .\n'
    )
    (document,) = read(path)
    decimal = NamedNode("http://www.w3.org/2001/XMLSchema#decimal")
    assert Literal("1.10", datatype=decimal) in {quad.object for quad in document.quads}


def test_places_of_many_nodes_are_found_in_one_pass(tmp_path) -> None:
    nodes = (f"<{SOURCE}a> dip:about <{BASE}event/e{n}> .\n" for n in range(5_000))
    path = tmp_path / "x.ttl"
    path.write_text(
        f"{PREFIXES}<{SOURCE}a> a dip:Readout .\n"
        + "".join(nodes)
        + "".join(f":event\\/e{n} a dip:Meeting .\n" for n in range(5_000))
    )
    began = time.process_time()
    (document,) = read(path)
    assert time.process_time() - began < 20
    assert document.places[f"{BASE}event/e4999"].line == 5_003


def test_blank_node_takes_no_name_that_is_taken(tmp_path) -> None:
    path = tmp_path / "x.ttl"
    path.write_text(
        f"{PREFIXES}<{SOURCE}a> a dip:Readout .\n<{SOURCE}a/node-1> a dip:Meeting .\n"
        "[] a dip:Visit .\n"
    )
    (document,) = read(path)
    visits = {q.subject for q in document.quads if q.object == NamedNode(DIP + "Visit")}
    assert visits == {NamedNode(f"{SOURCE}a/node-2")}


@pytest.mark.parametrize(
    ("name", "content", "line", "words"),
    [
        ("x.ttl", PREFIXES + ":event/x a dip:Meeting .\n", 3, ""),
        ("x.ttl", PREFIXES + "<http://e/x> a dip:Meeting .\n", 1, "no source"),
        ("x.ttl", PREFIXES + "<http://e/x> a dip:Readout .\n", 3, "is to be called"),
        ("x.ttl", PREFIXES + f"<{SOURCE}a> a dip:Readout .\n<{SOURCE}b> a dip:Readout .\n", 4,
         "several sources"),
        ("x.ttl", PREFIXES + f"<{SOURCE}a> a dip:Readout ; dip:state <{BASE}actor/mexco> .\n", 3,
         "mexico"),
        ("x.ttl", PREFIXES + f"<{SOURCE}a> a dip:Readout .\ndip:Deny dip:vouches true .\n", 4,
         "ontology/"),
        ("x.nq", f"<http://e/x> <http://e/p> <http://e/o> <{BASE}graph/register> .\n", 1,
         "not for documents"),
        ("x.nq", f"<http://e/x> <http://e/p> <http://e/o> <{BASE}graph/x/derived> .\n", 1,
         "not for documents"),
        ("x.nq", "<http://e/x> <http://e/p> <http://e/o> <http://e/g> .\n", 1, "no source's"),
        ("x.nq", f"<{SOURCE}a> <{RDF}type> <{DIP}Readout> <{GRAPH}> .\n", 1, "names no source"),
        ("x.nq", f"<{SOURCE}a> <{RDF}type> <{DIP}Readout> _:g .\n", 1, "blank node"),
        ("x.nt", "", 1, "nothing"),
        ("x.csv", "", 1, "empty"),
        ("x.csv", "source.id,x\n", 1, "no table"),
        ("x.csv", "source.id,x\n\ndate,agent\n2026-01-01,mexico\n", 3, "`type`"),
        ("x.csv", "source.id,x\n\ntype,type\n", 3, "twice"),
        ("x.xlsx", "no workbook", 1, "not an Excel workbook"),
    ],
)  # fmt: skip
def test_what_no_document_may_hold_is_told_at_its_line(
    name, content, line, words, tmp_path
) -> None:
    error = told(tmp_path, name, content)
    assert words in str(error)
    first = error.errors[0] if isinstance(error, InputErrors) else error
    assert first.place is not None
    assert first.place.line == line


def test_every_unknown_actor_of_an_rdf_document_is_told(tmp_path) -> None:
    error = told(
        tmp_path,
        "x.ttl",
        f"{PREFIXES}<{SOURCE}a> a dip:Readout ;\n dip:state <{ACTOR}mexco> ;\n"
        f" dip:creditedSource <{ACTOR}reutters> .\ndip:Deny dip:vouches true .\n",
    )
    assert isinstance(error, InputErrors)
    assert [one.place.line for one in error.errors if one.place] == [4, 5, 6]


def test_class_below_a_class_of_sources_is_one(tmp_path) -> None:
    (tmp_path / "ontology").mkdir()
    (tmp_path / "ontology" / "own.ttl").write_text(
        "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
        "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
        f"{PREFIXES}dip:JointReadout a rdfs:Class ; rdfs:subClassOf dip:Readout ;\n"
        'rdfs:label "joint readout" ; skos:definition "Told by both." .\n'
    )
    path = tmp_path / "x.ttl"
    path.write_text(f"{PREFIXES}<{SOURCE}a> a dip:JointReadout .\n")
    vocabulary = load_vocabulary(tmp_path)
    (document,) = read_documents(path, vocabulary=vocabulary, register=known()[1])
    assert document.source == f"{SOURCE}a"


@pytest.mark.parametrize("form", ["csv", "nq"])
def test_thousands_of_unknown_actors_are_told_at_once(form, tmp_path) -> None:
    names = [f"norwayy{n}" for n in range(5_000)]
    content = {
        "csv": as_csv([*TEMPLATE[:5], ("type", "agent"), *(("Visit", name) for name in names)]),
        "nq": f"<{SOURCE}a> <{RDF}type> <{DIP}Readout> <{GRAPH}a> .\n"
        + "".join(f"<{SOURCE}a> <{DIP}about> <{ACTOR}{n}> <{GRAPH}a> .\n" for n in names),
    }
    known()
    began = time.process_time()
    error = told(tmp_path, f"x.{form}", content[form])
    assert time.process_time() - began < 20
    assert "did you mean norway?" in str(error)
    assert "and 4950 more mistakes" in str(error)


def as_csv(rows) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def as_workbook(rows) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_table_and_workbook_say_the_same(tmp_path) -> None:
    (tmp_path / "t.csv").write_text(as_csv(TEMPLATE))
    (tmp_path / "t.xlsx").write_bytes(as_workbook(TEMPLATE))
    (table,), (book,) = read(tmp_path / "t.csv"), read(tmp_path / "t.xlsx")
    assert set(table.quads) == set(book.quads)
    agents = {q.object for q in table.quads if q.predicate == NamedNode(DIP + "agent")}
    assert agents == {NamedNode(BASE + "actor/norway"), NamedNode(BASE + "actor/denmark")}


def test_workbook_to_fill_in_is_read_as_the_table_is_and_offers_the_kinds(tmp_path) -> None:
    written = as_workbook_template(*known())
    (tmp_path / "t.csv").write_text(as_csv(TEMPLATE))
    (tmp_path / "t.xlsx").write_bytes(written)
    (table,), (book,) = read(tmp_path / "t.csv"), read(tmp_path / "t.xlsx")
    assert set(table.quads) == set(book.quads)
    found = openpyxl.load_workbook(io.BytesIO(written))
    rules = found["Events"].data_validations.dataValidation
    offered = {str(rule.sqref): rule.formula1 for rule in rules}
    assert offered["B7:B1006"] == f"Kinds!$A$2:$A${len(known()[0].kinds) + 1}"
    assert "hypothetical" in offered["H7:H1006"]
    assert found["Events"]["D7"].number_format == "@"
    actors = {row[0].value: row[1].value for row in found["Actors"].iter_rows(min_row=2)}
    assert actors["mexico"] == "Mexico"


def test_mistake_in_a_table_is_told_at_its_cell(tmp_path) -> None:
    rows = [*TEMPLATE[:-1], ("", "Meetin", *TEMPLATE[-1][2:])]
    error = told(tmp_path, "t.csv", as_csv(rows))
    assert "t.csv:7:2" in str(error)
    assert "Meeting" in str(error)


def test_formula_is_refused_at_its_cell(tmp_path) -> None:
    for cell in ("=1+1", "#N/A"):
        rows = [*TEMPLATE[:-1], ("", "Meeting", "", cell, *TEMPLATE[-1][4:])]
        error = told(tmp_path, "t.xlsx", as_workbook(rows))
        assert "formula" in str(error)
        assert "t.xlsx:7:4" in str(error)


def test_credited_sources_of_a_table_are_parted(tmp_path) -> None:
    rows = [("source.credited", "reuters | xinhua"), *TEMPLATE]
    (tmp_path / "t.csv").write_text(as_csv(rows))
    (document,) = read(tmp_path / "t.csv")
    credited = {q.object for q in document.quads if q.predicate.value == DIP + "creditedSource"}
    assert credited == {NamedNode(BASE + "actor/reuters"), NamedNode(BASE + "actor/xinhua")}


def test_second_row_of_a_source_key_is_told(tmp_path) -> None:
    error = told(tmp_path, "t.csv", as_csv([*TEMPLATE[:2], ("source.type", "Readout")]))
    assert "stands twice" in str(error)
    assert "t.csv:3:1" in str(error)


def test_endings_may_be_in_capitals(tmp_path) -> None:
    (tmp_path / "SEED.YAML").write_bytes(SEED.read_bytes())
    (tmp_path / "T.CSV").write_text(as_csv(TEMPLATE))
    (tmp_path / "T.XLSX").write_bytes(as_workbook(TEMPLATE))
    assert all(read(tmp_path / name)[0].quads for name in ("SEED.YAML", "T.CSV", "T.XLSX"))


def test_evidence_of_a_row_is_where_it_stands(tmp_path) -> None:
    (tmp_path / "t.csv").write_text(as_csv(TEMPLATE))
    (document,) = read(tmp_path / "t.csv")
    assert any(q.object == NamedNode(f"{SOURCE}my-events#r7") for q in document.quads)


# rdflib warns of itself.
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph:DeprecationWarning")
def test_context_gives_short_keys_their_meaning(tmp_path) -> None:
    context = json.loads((ROOT / "ontology" / "context.jsonld").read_text())["@context"]
    body = {
        "id": "source:x",
        "type": "dip:Readout",
        "label": "A readout",
        "published": "2026-01-12",
        "@reverse": {
            "accordingTo": {
                "id": "event:e",
                "type": "dip:Meeting",
                "agent": ["actor:mexico", "actor:venezuela"],
                "dip:status": "status:occurred",
                "notBefore": "2026-01-12",
                "during": "event:f",
                "confidence": "0.9",
            }
        },
    }
    (tmp_path / "x.jsonld").write_text(json.dumps({"@context": CONTEXT, **body}))
    (document,) = read(tmp_path / "x.jsonld")
    independent = rdflib.Graph()
    independent.parse(data=json.dumps({"@context": context, **body}), format="json-ld")
    ours = to_rdflib(document.quads)
    assert rdflib.compare.isomorphic(ours, independent)
    assert len(ours) == 11
    written = {t["@id"] for t in context.values() if isinstance(t, dict)}
    declared = {q.subject.value for q in known()[0].quads if isinstance(q.subject, NamedNode)}
    for name in written:
        prefix, _, local = name.partition(":")
        assert prefix != "dip" or DIP + local in declared, f"{name} is not in the vocabulary"


def test_unknown_key_under_the_context_is_told(tmp_path) -> None:
    body = {"@context": CONTEXT, "id": "source:x", "type": "dip:Readout", "agents": "x"}
    assert "'agents'" in str(told(tmp_path, "x.jsonld", json.dumps(body)))


def test_other_contexts_are_refused_not_fetched(tmp_path) -> None:
    error = told(tmp_path, "x.jsonld", '{"@context": "http://127.0.0.1:9/c.jsonld"}')
    assert "never fetched" in str(error)


def test_passages_are_paragraphs_headlines_and_day() -> None:
    text = "3 May 2026\n\nTalks end well\n\nThey met. They left.\n\nA “second” one.\u00a0\n"
    spans = passages_of(text).spans
    assert {name: text[start:end] for name, (start, end) in spans.items()} == {
        "D": "3 May 2026",
        "H": "Talks end well",
        "p1": "They met. They left.",
        "p2": "A “second” one.",
    }


def test_passages_of_the_seed_are_those_of_its_document() -> None:
    folder = ROOT.parent / "shared" / "article"
    if not folder.is_dir():
        pytest.skip("needs the article's text")
    (text,) = (path.read_bytes().decode() for path in folder.glob("*.txt"))
    found = passages_of(text)
    (document,) = read(SEED)
    facts = {(q.predicate.value, q.object) for q in document.quads}
    assert (DIP + "textDigest", Literal(found.digest)) in facts
    import yaml

    written = yaml.safe_load(SEED.read_text(encoding="utf-8"))["source"]["passages"]
    same = [name for name, span in written.items() if found.spans.get(name) == tuple(span)]
    # The credit line looks like a headline: a person names it.
    assert set(written) - set(same) == {"C"}


def test_dump_loads_into_an_equal_store(tmp_path) -> None:
    kg("load", str(SEED), str(OTHER_SIDE), folder=tmp_path)
    first = kg("dump", "-f", "nq", folder=tmp_path).stdout
    (tmp_path / "all.nq").write_text(first)
    assert kg("-s", "again", "load", "all.nq", folder=tmp_path).returncode == 0
    assert kg("-s", "again", "dump", "-f", "nq", folder=tmp_path).stdout == first


def test_convert_passages_and_schema_write_to_stdout(tmp_path) -> None:
    assert "dip:PhoneCall" in kg("convert", str(SEED), folder=tmp_path).stdout
    (tmp_path / "t.txt").write_text("One. Two.\n")
    assert "p1: [0, 9]" in kg("passages", "t.txt", folder=tmp_path).stdout
    assert json.loads(kg("schema", folder=tmp_path).stdout)["$defs"]
    (tmp_path / "t.csv").write_text(kg("convert", "--template", folder=tmp_path).stdout)
    assert kg("validate", "t.csv", folder=tmp_path).returncode == 0


def test_quads_of_a_document_are_all_in_its_graph() -> None:
    (document,) = read(SEED)
    assert {q.graph_name for q in document.quads} == {NamedNode(graph_of(document.source))}


def test_rdf_xml_holds_no_character_that_xml_forbids() -> None:
    subject, graph = NamedNode("http://e/s"), NamedNode("http://e/g")
    every = "".join(map(chr, (*range(0x250), 0x202E, 0xFFFE, 0xFFFF, 0x1F600)))
    words = (Literal(every), Literal(every, language="en"), Literal("\x1b", datatype=graph))
    quads = [Quad(subject, NamedNode("http://e/p"), word, graph) for word in words]
    root = ElementTree.fromstring(serialize(quads, "rdf"))
    texts = {element.text for element in root[0]}
    assert "\ufffd" in texts
    assert len(max(texts, key=len)) == len(every)
