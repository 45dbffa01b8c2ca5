"""SARIF 2.1.0: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/>."""

import hashlib
import os
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from kg.validate.json import dumped
from kg.validate.places import Judged, Located

_LEVELS = {"violation": "error", "warning": "warning", "info": "note"}


def write_sarif(judged: Sequence[Judged]) -> str:
    """Returns one run; files are named relative to the repository, or else the current folder."""
    root = _root()
    findings = [f for one in judged for f in one.findings]
    hints: dict[str, dict[str, None]] = defaultdict(dict)
    for finding in findings:
        hints[finding.rule][finding.hint or finding.rule] = None
    rules = [{"id": rule, "help": {"text": "\n".join(hints[rule])}} for rule in sorted(hints)]
    driver = {"name": "diplomatic-kg", "rules": rules}
    results = [_result(finding, root) for finding in findings]
    run = {"tool": {"driver": driver}, "results": results, "columnKind": "unicodeCodePoints"}
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    return dumped({"$schema": schema, "version": "2.1.0", "runs": [run]})


def _root() -> Path:
    here = Path.cwd()
    return next((folder for folder in (here, *here.parents) if (folder / ".git").exists()), here)


def _result(finding: Located, root: Path) -> dict[str, Any]:
    artifact = _artifact(finding.place.file, root)
    place: dict[str, Any] = {"artifactLocation": artifact}
    if finding.place.line is not None:
        column = finding.place.column
        start = {"startLine": finding.place.line, "startColumn": column}
        place["region"] = start if column is not None else {"startLine": finding.place.line}
    return {
        "ruleId": finding.rule,
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{finding.node}: {finding.message}"},
        "locations": [{"physicalLocation": place}],
        "partialFingerprints": {"finding/v2": _fingerprint(finding, artifact["uri"])},
    }


def _artifact(file: str, root: Path) -> dict[str, str]:
    path = Path(os.path.abspath(file))  # noqa: PTH100 - takes ../ away and follows no link
    if not path.is_relative_to(root):
        return {"uri": path.as_uri()}
    uri = quote(os.fsencode(path.relative_to(root).as_posix()))
    return {"uri": uri, "uriBaseId": "%SRCROOT%"}


def _fingerprint(finding: Located, file: str) -> str:
    """Returns what stays the same while lines move."""
    told = (file, finding.focus, finding.path, finding.rule, finding.value, finding.message)
    return hashlib.sha256("\0".join(told).encode(errors="backslashreplace")).hexdigest()
