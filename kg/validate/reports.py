"""Reports for people, for pull requests and for programs."""

import re
from collections import defaultdict
from collections.abc import Callable, Sequence

from kg.errors import harmless
from kg.validate.findings import WEIGHT
from kg.validate.json import dumped
from kg.validate.places import Judged, Located
from kg.validate.sarif import write_sarif
from kg.validate.turtle import write_turtle

_MARKDOWN = re.compile(r"([\\`*_\[\]<>#!|~])")
_ANNOTATIONS = {"violation": "error", "warning": "warning", "info": "notice"}


def write_text(judged: Sequence[Judged]) -> str:
    """Returns findings grouped by what is wrong, each at its place, with how to mend them."""
    lines: list[str] = []
    for one in judged:
        groups: dict[tuple[int, str, str, str], list[Located]] = defaultdict(list)
        for finding in one.findings:
            weight = -WEIGHT[finding.severity]
            groups[weight, finding.rule, finding.message, finding.hint].append(finding)
        for (_, rule, message, hint), found in sorted(groups.items(), key=lambda group: group[0]):
            lines.append(f"{found[0].severity}  {_line(rule)}  ({len(found)})")
            for finding in found:
                lines.append(f"  {finding.place}: {_line(finding.node)}")
                lines.append(f"    {_line(message)}")
            if hint:
                lines.append(f"  try: {_line(hint)}")
            lines.append("")
        lines.append(f"{harmless(one.file)}: {_outcome(one)}")
    return "\n".join(lines) + "\n"


def _outcome(judged: Judged) -> str:
    counts = judged.counts()
    looked = f"{judged.focus_nodes} nodes looked at by {judged.shapes} shapes"
    if judged.by_pyshacl:
        looked += f", of which pySHACL judged {', '.join(map(harmless, judged.by_pyshacl))}"
    told = [f"{n} {kind}{'s' if n != 1 else ''}" for kind, n in counts.items() if n]
    if not told:
        return f"conforms, {looked}"
    conforms = "does not conform" if counts["violation"] else "conforms"
    return f"{conforms}, {', '.join(told)}, {looked}"


def write_json(judged: Sequence[Judged]) -> str:
    """Returns a versioned envelope: `{"version": 1, "status": …, "summary": …, "data": […]}`."""
    data = [
        {
            "file": one.file,
            "conforms": one.conforms("violation"),
            "focusNodes": one.focus_nodes,
            "shapes": one.shapes,
            "byPyshacl": list(one.by_pyshacl),
            "summary": one.counts(),
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
                    "component": f.component,
                }
                for f in one.findings
            ],
        }
        for one in judged
    ]
    status = "conforms" if all(one.conforms("violation") for one in judged) else "findings"
    counts = [one.counts() for one in judged]
    summary = {severity: sum(count[severity] for count in counts) for severity in _ANNOTATIONS}
    return dumped({"version": 1, "status": status, "summary": summary, "data": data})


def write_github(judged: Sequence[Judged]) -> str:
    """Returns workflow commands that annotate the lines of a pull request."""
    return "".join(
        f"::{_ANNOTATIONS[f.severity]} {','.join(_properties(f))}::"
        f"{_escaped(_line(f'{f.node}: {f.message}. {f.hint}'))}\n"
        for one in judged
        for f in one.findings
    )


def _properties(finding: Located) -> list[str]:
    place = finding.place
    given = {"file": place.file, "line": place.line, "col": place.column, "title": finding.rule}
    return [f"{name}={_property(str(value))}" for name, value in given.items() if value is not None]


def _escaped(text: str) -> str:
    return text.replace("%", "%25")


def _property(text: str) -> str:
    return _escaped(_line(text)).replace(":", "%3A").replace(",", "%2C")


def write_markdown(judged: Sequence[Judged]) -> str:
    """Returns a table for a comment on a pull request."""
    lines = []
    for one in judged:
        lines.append(f"**{_cell(one.file)}**: {_outcome(one)}\n")
        if one.findings:
            lines += ["| place | severity | rule | node | what is wrong | try |", "|" + "---|" * 6]
            lines += [
                f"| {_cell(_lines(f))} | {f.severity} | {_cell(f.rule)} "
                f"| {_cell(f.node)} | {_cell(f.message)} | {_cell(f.hint)} |"
                for f in one.findings
            ]
            lines.append("")
    return "\n".join(lines) + "\n"


def _lines(finding: Located) -> str:
    """Returns line and column, as far as they are known."""
    known = (part for part in (finding.place.line, finding.place.column) if part is not None)
    return ":".join(str(part) for part in known)


def _cell(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", _line(text))


def _line(text: str) -> str:
    """Returns text on one line that cannot steer a terminal."""
    return harmless(" ".join(text.split()))


REPORTS: dict[str, Callable[[Sequence[Judged]], str]] = {
    "text": write_text,
    "json": write_json,
    "turtle": write_turtle,
    "sarif": write_sarif,
    "github": write_github,
    "md": write_markdown,
}
"""How to write what was judged, by the name of the format."""
