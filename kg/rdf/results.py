"""Answers as files: CSV, TSV, SPARQL JSON and XML, JSON lines, Markdown.

CSV, TSV, JSON and XML are as the W3C lays down: <https://www.w3.org/TR/sparql11-results-csv-tsv/>,
<https://www.w3.org/TR/sparql11-results-json/>, <https://www.w3.org/TR/rdf-sparql-XMLres/>.
"""

import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from xml.etree import ElementTree as ET

from kg.namespaces import XSD, shorten
from kg.rdf.terms import BlankNode, Literal, NamedNode, Rows, Term
from kg.rdf.xml import fit

Writer = Callable[[Rows | bool], str]

_NUMBERS = {"integer": int, "decimal": float, "double": float}
_MARKDOWN = re.compile(r"([\\`*_\[\]<>#!|~])")


def plain(term: Term | None) -> str:
    """Returns a term as a person reads it: literals bare, IRIs with a prefix, nothing for none."""
    if term is None:
        return ""
    return shorten(term.value) if isinstance(term, NamedNode) else _text(term)


def in_words(rows: Rows) -> tuple[list[str], list[list[str]]]:
    """Returns heads and cells for a person.

    An `xLabel` stands for `x`, a `when` for the days `from` and `to`, and `iri` is left out.
    """
    names = rows.variables
    shown = [name for name in names if f"{name}Label" not in names and name != "iri"]
    at = {name: names.index(name) for name in shown}
    heads = [name.removesuffix("Label").replace("_", " ") for name in shown]
    cells = [[plain(row[i]) for i in at.values()] for row in rows.rows]
    ends = [at[name] for name in ("from", "to") if name in at]
    if len(ends) == 2 and all(_is_day(row[end]) for row in rows.rows for end in ends):
        first, last = shown.index("from"), shown.index("to")
        heads[first] = "when"
        for row in cells:
            row[first] = days(row[first], row[last])
        for row in (heads, *cells):
            del row[last]
    return heads, cells


def days(first: str, last: str) -> str:
    """Returns the days from a first to a last one as a person says them; nothing for none."""
    if first == last:
        return first
    return f"{first} to {last}" if first and last else f"by {last}" if last else f"from {first}"


def _is_day(term: Term | None) -> bool:
    return term is None or (isinstance(term, Literal) and term.datatype.value == XSD + "date")


def rows_of(told: Sequence[Mapping[str, str | int | float]]) -> Rows:
    """Returns plain rows as an answer, numbers typed; the first row names the columns."""
    names = tuple(told[0]) if told else ()
    return Rows(names, tuple(tuple(_term(row[name]) for name in names) for row in told))


def _term(value: str | float) -> Literal:
    kind = {int: "integer", float: "decimal"}.get(type(value), "string")
    return Literal(str(value), datatype=NamedNode(XSD + kind))


def _csv(result: Rows | bool) -> str:
    if isinstance(result, bool):
        return f"{str(result).lower()}\n"
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    if result.variables:
        writer.writerow(result.variables)
    writer.writerows([_text(term) for term in row] for row in result.rows)
    return out.getvalue()


def _tsv(result: Rows | bool) -> str:
    if isinstance(result, bool):
        return f"{str(result).lower()}\n"
    lines = ["\t".join(f"?{name}" for name in result.variables)]
    lines += ["\t".join("" if t is None else str(t) for t in row) for row in result.rows]
    return "\n".join(lines) + "\n"


def _json(result: Rows | bool) -> str:
    if isinstance(result, bool):
        body: object = {"head": {}, "boolean": result}
    else:
        bindings = [
            {n: _as_json(t) for n, t in zip(result.variables, row, strict=True) if t is not None}
            for row in result.rows
        ]
        body = {"head": {"vars": list(result.variables)}, "results": {"bindings": bindings}}
    return json.dumps(body, ensure_ascii=False, indent=1) + "\n"


def _as_json(term: Term) -> dict[str, str]:
    match term:
        case NamedNode():
            return {"type": "uri", "value": term.value}
        case BlankNode():
            return {"type": "bnode", "value": term.value}
        case Literal(value=value, language=str(language)):
            return {"type": "literal", "value": value, "xml:lang": language}
        case Literal(value=value) if term.datatype.value == XSD + "string":
            return {"type": "literal", "value": value}
        case Literal(value=value):
            return {"type": "literal", "value": value, "datatype": term.datatype.value}
    return {"type": "triple", "value": str(term)}


def _jsonl(result: Rows | bool) -> str:
    if isinstance(result, bool):
        return f"{json.dumps({'boolean': result})}\n"
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in dictionaries(result))


def dictionaries(rows: Rows) -> Iterator[dict[str, str | int | float | bool | None]]:
    """Yields each row by column name, numbers and booleans as such, everything else as text."""
    for row in rows.rows:
        yield {n: _value(t) for n, t in zip(rows.variables, row, strict=True)}


def _value(term: Term | None) -> str | int | float | bool | None:
    if term is None:
        return None
    if isinstance(term, Literal) and term.datatype.value.startswith(XSD):
        kind = term.datatype.value.removeprefix(XSD)
        if kind == "boolean":
            return term.value in {"true", "1"}
        try:
            return _NUMBERS[kind](term.value) if kind in _NUMBERS else term.value
        except ValueError:
            return term.value
    return _text(term)


def _xml(result: Rows | bool) -> str:
    root = ET.Element("sparql", xmlns="http://www.w3.org/2005/sparql-results#")
    head = ET.SubElement(root, "head")
    if isinstance(result, bool):
        ET.SubElement(root, "boolean").text = str(result).lower()
    else:
        for name in result.variables:
            ET.SubElement(head, "variable", name=name)
        body = ET.SubElement(root, "results")
        for row in result.rows:
            found = ET.SubElement(body, "result")
            for name, term in zip(result.variables, row, strict=True):
                if term is not None:
                    _xml_term(ET.SubElement(found, "binding", name=name), term)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=False) + "\n"


def _xml_term(binding: ET.Element, term: Term) -> None:
    told = _as_json(term)
    element = ET.SubElement(binding, told["type"])
    element.text = fit(told["value"])
    if "xml:lang" in told:
        element.set("xml:lang", told["xml:lang"])
    if "datatype" in told:
        element.set("datatype", told["datatype"])


def _markdown(result: Rows | bool) -> str:
    if isinstance(result, bool):
        return "yes\n" if result else "no\n"
    heads, cells = in_words(result)
    lines = [heads, ["---"] * len(heads), *([_cell(text) for text in row] for row in cells)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _cell(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", " ".join(text.split()))


def _text(term: Term | None) -> str:
    match term:
        case None:
            return ""
        case Literal() | NamedNode():
            return term.value
        case BlankNode():
            return f"_:{term.value}"
    return str(term)


RESULT_FORMATS: dict[str, Writer] = {
    "csv": _csv,
    "tsv": _tsv,
    "json": _json,
    "xml": _xml,
    "md": _markdown,
    "jsonl": _jsonl,
}
"""How to write rows, or the yes or no of an ASK, by the name of the format."""
