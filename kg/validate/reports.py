"""Reports for people, for pull requests and for programs."""

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kg.errors import Place
from kg.namespaces import GRAPH, RDF, SH, XSD
from kg.rdf import BlankNode, Literal, NamedNode, Quad, serialize
from kg.validate.findings import WEIGHT, Finding, Report

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_MARKDOWN = re.compile(r"([\\`*_\[\]<>#!|~])")
_LEVELS = {"violation": "error", "warning": "warning", "info": "note"}
_ANNOTATIONS = {"violation": "error", "warning": "warning", "info": "notice"}


@dataclass(frozen=True, slots=True)
class Located:
    """A finding where it is.

    Attributes:
        place: File, line and column.
        rule: Local name of the shape, or `reading` for what could not be read at all.
        severity: `violation`, `warning` or `info`.
        node: What the focus node is called.
        message: What is wrong.
        hint: How to mend it.
        focus: IRI of the focus node, or empty.
        path: IRI of the property, or empty.
        value: What was found there, as N-Triples writes it, or empty.
        component: IRI of the kind of constraint, or empty.
    """

    place: Place
    rule: str
    severity: str
    node: str
    message: str
    hint: str = ""
    focus: str = ""
    path: str = ""
    value: str = ""
    component: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of one file: its findings, by place, and how much was looked at."""

    file: str
    findings: tuple[Located, ...]
    focus_nodes: int = 0

    def conforms(self, fail_on: str) -> bool:
        """Returns whether nothing weighs as much as the severity given; `never` always does."""
        return all(WEIGHT[one.severity] < WEIGHT[fail_on] for one in self.findings)


def located(
    file: str,
    report: Report,
    locate: Callable[[str, str], Place],
    labels: dict[str, str],
) -> Judged:
    """Returns a report whose findings have places and names.

    Args:
        file: What the file is called.
        report: From the engine.
        locate: Gives the place of a node's property, as `Document.locate`.
        labels: What nodes are called, by IRI.
    """
    found = (
        Located(
            place=_place(one, locate),
            rule=re.split("[/#]", one.shape)[-1],
            severity=one.severity,
            node=labels.get(one.focus) or one.focus.rsplit("/", 1)[-1],
            message=one.message,
            hint=one.hint,
            focus=one.focus,
            path=one.path,
            value=one.value,
            component=one.component,
        )
        for one in report.findings
    )
    ordered = sorted(found, key=lambda f: (f.place.line or 0, f.place.column or 0, f.rule))
    return Judged(file, tuple(ordered), report.focus_nodes)


def _place(finding: Finding, locate: Callable[[str, str], Place]) -> Place:
    """Returns where the first property stands that the node has and the finding may be about."""
    node = locate(finding.focus, "")
    keys = (locate(finding.focus, iri) for iri in finding.about)
    return next((key for key in keys if key != node), node)


def write_text(judged: Sequence[Judged]) -> str:
    """Returns findings grouped by shape, each at its place, with how to mend them."""
    lines: list[str] = []
    for one in judged:
        groups: dict[tuple[str, str], list[Located]] = defaultdict(list)
        for finding in one.findings:
            groups[finding.severity, finding.rule].append(finding)
        for (severity, rule), found in sorted(groups.items(), key=lambda g: (-WEIGHT[g[0][0]], g)):
            lines.append(f"{severity}  {rule}  ({len(found)})")
            for finding in found:
                lines.append(f"  {finding.place}: {_line(finding.node)}")
                lines.append(f"    {_line(finding.message)}")
            if found[0].hint:
                lines.append(f"  try: {_line(found[0].hint)}")
            lines.append("")
        lines.append(f"{one.file}: {_outcome(one)}")
    return "\n".join(lines) + "\n"


def _outcome(judged: Judged) -> str:
    counts = dict.fromkeys(("violation", "warning", "info"), 0)
    for finding in judged.findings:
        counts[finding.severity] += 1
    looked = f"{judged.focus_nodes} nodes looked at"
    told = [f"{n} {kind}{'s' if n != 1 else ''}" for kind, n in counts.items() if n]
    if not told:
        return f"conforms, {looked}"
    conforms = "does not conform" if counts["violation"] else "conforms"
    return f"{conforms}, {', '.join(told)}, {looked}"


def write_json(judged: Sequence[Judged]) -> str:
    """Returns a versioned envelope: `{"version": 1, "status": …, "data": […]}`."""
    data = [
        {
            "file": one.file,
            "conforms": one.conforms("violation"),
            "focusNodes": one.focus_nodes,
            "findings": [
                {
                    "line": f.place.line,
                    "column": f.place.column,
                    "rule": f.rule,
                    "severity": f.severity,
                    "node": f.node,
                    "message": f.message,
                    "hint": f.hint,
                    "focus": f.focus,
                    "path": f.path,
                    "value": f.value,
                }
                for f in one.findings
            ],
        }
        for one in judged
    ]
    status = "conforms" if all(one.conforms("violation") for one in judged) else "findings"
    body = {"version": 1, "status": status, "data": data}
    return json.dumps(body, ensure_ascii=False, indent=1) + "\n"


def write_turtle(judged: Sequence[Judged]) -> str:
    """Returns the W3C validation report: <https://www.w3.org/TR/shacl/#validation-report>."""
    graph = NamedNode(GRAPH + "report")
    quads: list[Quad] = []

    def say(subject: BlankNode, name: str, value: NamedNode | Literal | BlankNode) -> None:
        quads.append(Quad(subject, NamedNode(name), value, graph))

    report = BlankNode("report")
    conforms = all(not one.findings for one in judged)
    say(report, RDF + "type", NamedNode(SH + "ValidationReport"))
    boolean = NamedNode(XSD + "boolean")
    say(report, SH + "conforms", Literal(str(conforms).lower(), datatype=boolean))
    for number, f in enumerate(f for one in judged for f in one.findings):
        result = BlankNode(f"result{number}")
        say(report, SH + "result", result)
        say(result, RDF + "type", NamedNode(SH + "ValidationResult"))
        say(result, SH + "resultSeverity", NamedNode(SH + f.severity.capitalize()))
        say(result, SH + "resultMessage", Literal(f"{f.place}: {f.message}"))
        for name, iri in (("focusNode", f.focus), ("resultPath", f.path)):
            if iri:
                say(result, SH + name, NamedNode(iri))
        if f.component:
            say(result, SH + "sourceConstraintComponent", NamedNode(f.component))
    return serialize(quads, "ttl").decode()


def write_sarif(judged: Sequence[Judged]) -> str:
    """Returns SARIF 2.1.0: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/>."""
    findings = [f for one in judged for f in one.findings]
    hints = {f.rule: f.hint for f in findings}
    rules = [{"id": rule, "help": {"text": hints[rule] or rule}} for rule in sorted(hints)]
    results = [
        {
            "ruleId": f.rule,
            "level": _LEVELS[f.severity],
            "message": {"text": f"{f.node}: {f.message}"},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": f.place.file.replace("\\", "/")},
                        "region": {
                            "startLine": f.place.line or 1,
                            "startColumn": f.place.column or 1,
                        },
                    }
                }
            ],
            "partialFingerprints": {"finding/v1": _fingerprint(f)},
        }
        for f in findings
    ]
    driver = {"name": "diplomatic-kg", "rules": rules}
    run = {"tool": {"driver": driver}, "results": results, "columnKind": "unicodeCodePoints"}
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    body = {"$schema": schema, "version": "2.1.0", "runs": [run]}
    return json.dumps(body, ensure_ascii=False, indent=1) + "\n"


def _fingerprint(finding: Located) -> str:
    told = (finding.focus, finding.path, finding.rule, finding.value, finding.message)
    return hashlib.sha256("\0".join(told).encode()).hexdigest()


def write_github(judged: Sequence[Judged]) -> str:
    """Returns workflow commands that annotate the lines of a pull request."""
    return "".join(
        f"::{_ANNOTATIONS[f.severity]} file={_property(f.place.file)},line={f.place.line or 1},"
        f"col={f.place.column or 1},title={_property(f.rule)}::"
        f"{_escaped(f'{f.node}: {f.message}. {f.hint}')}\n"
        for one in judged
        for f in one.findings
    )


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")


def write_markdown(judged: Sequence[Judged]) -> str:
    """Returns a table for a comment on a pull request."""
    lines = []
    for one in judged:
        lines.append(f"**{_cell(one.file)}**: {_outcome(one)}\n")
        if one.findings:
            lines += ["| place | severity | rule | node | what is wrong | try |", "|" + "---|" * 6]
            lines += [
                f"| {_cell(f'{f.place.line}:{f.place.column}')} | {f.severity} | {_cell(f.rule)} "
                f"| {_cell(f.node)} | {_cell(f.message)} | {_cell(f.hint)} |"
                for f in one.findings
            ]
            lines.append("")
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", _line(text))


def _line(text: str) -> str:
    """Returns text that cannot steer a terminal."""
    return _CONTROL.sub("\ufffd", " ".join(text.split()))


REPORTS: dict[str, Callable[[Sequence[Judged]], str]] = {
    "text": write_text,
    "json": write_json,
    "turtle": write_turtle,
    "sarif": write_sarif,
    "github": write_github,
    "md": write_markdown,
}
"""How to write what was judged, by the name of the format."""
