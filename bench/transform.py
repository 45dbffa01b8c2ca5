"""Rows to N-Quads, against the same mapping through rdflib and through RML.

Made-up rows in the form of GDELT 2.0 Events. rdflib gets the same lookups as ours, and adds each
statement and serializes: its quads are compared with ours. morph-kgc gets a table in which all
codes are looked up already, so that only templates are left to fill; it is measured where
`KG_MORPH_KGC` names a Python that has it, as a process of its own, its start included.
"""

import csv
import os
import subprocess
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import rdflib
from rdflib.namespace import RDF, RDFS, XSD
from rdflib.term import Node

from bench.frame import Cost, compared, cost, main
from bench.loading import planned
from bench.rows import write
from kg.imports.engines import run
from kg.imports.mapping import Mapping, Parties
from kg.imports.transform import Job
from kg.namespaces import ACTOR, DIP, OA, SCHEMA, SEM, STATUS, graph_of
from kg.rdf import parse

ROWS = int(os.environ.get("KG_BENCH_ROWS", "100000"))
OF_RDFLIB = 10
"""rdflib gets a tenth of the rows; its cost is then multiplied."""

_PREFIXES = {
    "rr": "http://www.w3.org/ns/r2rml#",
    "rml": "http://semweb.mmlab.be/ns/rml#",
    "ql": "http://semweb.mmlab.be/ns/ql#",
}
_MAPS = {
    "type": (RDF.type, "kind", "iri"), "agent": (DIP + "agent", "agent", "iri"),
    "recipient": (DIP + "recipient", "recipient", "iri"), "label": (RDFS.label, "label", ""),
    "status": (DIP + "status", STATUS + "occurred", "constant"),
    "word": (DIP + "accordingTo", "SOURCE", "constant"),
    "evidence": (DIP + "evidence", "row", "iri"),
    "begin": (DIP + "notBefore", "day", XSD.date), "end": (DIP + "notAfter", "day", XSD.date),
    "place": (SEM + "hasPlace", "place", "iri"),
    "mentions": (DIP + "mentions", "mentions", XSD.integer),
    "tone": (DIP + "tone", "tone", XSD.decimal),
}  # fmt: skip
_OF_ROW = {
    "kind": (RDF.type, DIP + "Row", "constant"), "of": (OA + "hasSource", "SOURCE", "constant"),
    "article": (SCHEMA + "isBasedOn", "article", "iri"),
}  # fmt: skip


def ours(table: Path, folder: Path, processes: int) -> None:
    """Maps with the engine of `kg import`, parts left where they are written."""
    found = planned(table)
    with tempfile.TemporaryDirectory(dir=folder) as place:
        job = Job(found.mapping, place, is_packed=False)
        for _ in run(found.table.shards(), job, processes):
            pass


def cells_of(table: Path) -> Iterator[list[str]]:
    """Yields the cells of each row."""
    with table.open(encoding="utf-8", newline="") as lines:
        for line in lines:
            yield line.rstrip("\n").split("\t")


@cache
def party(who: "_Who", country: str, role: str) -> tuple[str, str]:
    """Returns the IRI and the label of an actor, or nothing."""
    known = who.parties.countries.get(country)
    if known is None:
        return "", ""
    if not role or role in who.parties.government:
        return known.iri, known.label
    iri = f"{ACTOR}gdelt/{country.lower()}-{role.lower()}"
    return iri, f"{who.parties.roles[role]} of {known.label}"


class _Who:
    """Parties as a key of the cache above."""

    def __init__(self, parties: Parties) -> None:
        self.parties = parties


def looked_up(mapping: Mapping, table: Path) -> Iterator[dict[str, str]]:
    """Yields the rows with all codes looked up, under the names that the templates use."""
    one, other = _Who(mapping.agent), _Who(mapping.recipient or mapping.agent)
    for number, cells in enumerate(cells_of(table), start=1):
        kind = mapping.kinds[cells[26]]
        agent, first = party(one, cells[7], cells[12])
        recipient, second = party(other, cells[17], cells[22])
        day = f"{cells[1][:4]}-{cells[1][4:6]}-{cells[1][6:]}"
        between = ", " if kind.reciprocal else " → "
        who = f": {first}{between}{second}" if second else f": {first}"
        place = "" if kind.placeless else mapping.places[cells[53]].iri
        yield {
            "key": f"{mapping.source}/{cells[0]}", "row": f"{mapping.source}#row={number}",
            "kind": kind.iri, "agent": agent, "recipient": "" if kind.reciprocal else recipient,
            "other": recipient if kind.reciprocal else "", "label": f"{kind.label}{who}, {day}",
            "day": day, "place": place, "mentions": cells[31], "tone": cells[34],
            "article": cells[60],
        }  # fmt: skip


def with_rdflib(mapping: Mapping, table: Path, out: Path) -> None:
    """Adds every statement to a graph of rdflib and serializes that."""
    uri = rdflib.URIRef
    dataset = rdflib.Dataset()
    graph = uri(graph_of(mapping.source))
    source, occurred = uri(mapping.source), uri(STATUS + "occurred")

    def add(triple: tuple[Node, Node, Node]) -> None:
        dataset.add((*triple, graph))

    for told in looked_up(mapping, table):
        event, row = uri(told["key"]), uri(told["row"])
        day = rdflib.Literal(told["day"], datatype=XSD.date, normalize=False)
        add((event, RDF.type, uri(told["kind"])))
        for name, role in (("agent", "agent"), ("other", "agent"), ("recipient", "recipient")):
            if told[name]:
                add((event, uri(DIP + role), uri(told[name])))
        add((event, RDFS.label, rdflib.Literal(told["label"])))
        add((event, uri(DIP + "status"), occurred))
        add((event, uri(DIP + "accordingTo"), source))
        add((event, uri(DIP + "evidence"), row))
        add((row, RDF.type, uri(DIP + "Row")))
        add((row, uri(OA + "hasSource"), source))
        add((row, uri(SCHEMA + "isBasedOn"), uri(told["article"])))
        add((event, uri(DIP + "notBefore"), day))
        add((event, uri(DIP + "notAfter"), day))
        if told["place"]:
            add((event, uri(SEM + "hasPlace"), uri(told["place"])))
        for name, kind in (("mentions", XSD.integer), ("tone", XSD.decimal)):
            number = rdflib.Literal(told[name], datatype=kind, normalize=False)
            add((event, uri(DIP + name), number))
    dataset.serialize(str(out), format="nquads", encoding="utf-8")


def same(mapping: Mapping, table: Path, folder: Path) -> bool:
    """Returns whether rdflib's quads on events and rows are ours."""
    with_rdflib(mapping, table, folder / "rdflib.nq")
    for _ in run(planned(table).table.shards(), Job(mapping, str(folder), is_packed=False), 1):
        pass
    mine = {
        quad
        for path in sorted(folder.glob("0*.nq"))
        for quad in parse(path.read_bytes(), "nq", file=str(path))
        if str(quad.subject).startswith((f"<{mapping.source}/", f"<{mapping.source}#"))
    }
    theirs = set(parse((folder / "rdflib.nq").read_bytes(), "nq", file="rdflib"))
    return mine == theirs


def _term(mapping: Mapping, value: str, kind: str) -> str:
    if kind == "constant":
        return f"rr:constant <{mapping.source if value == 'SOURCE' else value}>"
    typed = "; rr:termType rr:IRI" if kind == "iri" else f"; rr:datatype <{kind}>" if kind else ""
    return f'rml:reference "{value}" {typed}'


def write_rml(mapping: Mapping, table: Path, folder: Path) -> Path:
    """Writes the table with codes looked up, the RML that fills templates, the configuration."""
    rows = folder / "rows.csv"
    with rows.open("w", encoding="utf-8", newline="") as out:
        told = looked_up(mapping, table)
        first = next(told)
        writer = csv.DictWriter(out, list(first))
        writer.writeheader()
        writer.writerow(first)
        writer.writerows(told)
    maps = [("event", "key", {**_MAPS, "other": (DIP + "agent", "other", "iri")}),
            ("row", "row", _OF_ROW)]  # fmt: skip
    text = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in _PREFIXES.items())
    for name, subject, properties in maps:
        text += f'<urn:map:{name}> a rr:TriplesMap ; rml:logicalSource [ rml:source "{rows}" ; '
        text += f'rml:referenceFormulation ql:CSV ] ; rr:subjectMap [ rml:reference "{subject}" ; '
        text += f"rr:termType rr:IRI ; rr:graph <{graph_of(mapping.source)}> ]"
        for predicate, value, kind in properties.values():
            text += f" ;\n  rr:predicateObjectMap [ rr:predicate <{predicate}> ; rr:objectMap "
            text += f"[ {_term(mapping, value, kind)} ] ]"
        text += " .\n"
    (folder / "map.ttl").write_text(text, encoding="utf-8")
    configuration = folder / "morph.ini"
    configuration.write_text(
        f"[CONFIGURATION]\noutput_file: {folder}/morph.nq\noutput_format: N-QUADS\n"
        f"number_of_processes: 1\nlogging_level: WARNING\n[rows]\nmappings: {folder}/map.ttl\n",
        encoding="utf-8",
    )
    return configuration


def tables() -> Iterator[str]:
    """Yields the table."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        table = write(folder / "made-up.export.CSV", ROWS)
        small = write(folder / "small.export.CSV", ROWS // OF_RDFLIB)
        few = write(folder / "few.export.CSV", 1000)
        if not same(planned(few).mapping, few, folder):
            raise RuntimeError("rdflib's quads are not ours")
        yield f"{ROWS:,} rows, {table.stat().st_size / 1e6:.0f} MB; rdflib's quads equal ours."
        mapping = planned(small).mapping
        some = cost(lambda: with_rdflib(mapping, small, folder / "rdflib.nq"), runs=1)
        costs = {
            "kg import, one process": cost(lambda: ours(table, folder, 1)),
            "kg import, two processes": cost(lambda: ours(table, folder, 2)),
            "rdflib": Cost(some.cpu * OF_RDFLIB, some.wall * OF_RDFLIB, some.memory * OF_RDFLIB),
        }
        if python := os.environ.get("KG_MORPH_KGC"):
            configuration = write_rml(planned(table).mapping, table, folder)
            command = [python, "-m", "morph_kgc", str(configuration)]
            costs["morph-kgc"] = cost(lambda: subprocess.run(command, check=True), runs=1)
            with (folder / "morph.nq").open("rb") as quads:
                yield f"morph-kgc wrote {sum(1 for _ in quads):,} quads."
        yield compared(costs, "kg import, one process")


if __name__ == "__main__":
    main(tables)
