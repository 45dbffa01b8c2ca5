"""From one source's quads to findings: what the shapes say is wrong with it."""

from kg.validate.findings import Finding, Report, Severity
from kg.validate.judge import Judge, open_judge, validate
from kg.validate.places import Judged, Located, located
from kg.validate.reports import REPORTS
from kg.validate.shapes import read_shapes

__all__ = [
    "REPORTS",
    "Finding",
    "Judge",
    "Judged",
    "Located",
    "Report",
    "Severity",
    "located",
    "open_judge",
    "read_shapes",
    "validate",
]
