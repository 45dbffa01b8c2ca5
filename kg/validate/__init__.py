"""From one source's quads to findings: what the shapes say is wrong with it."""

from kg.validate.engine import validate
from kg.validate.findings import Finding, Report, Severity
from kg.validate.places import Judged, Located, located
from kg.validate.reports import REPORTS
from kg.validate.shapes import read_shapes

__all__ = [
    "REPORTS",
    "Finding",
    "Judged",
    "Located",
    "Report",
    "Severity",
    "located",
    "read_shapes",
    "validate",
]
