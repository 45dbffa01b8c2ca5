"""From one source's quads to findings: what the shapes say is wrong with it."""

from kg.validate.engine import validate
from kg.validate.findings import Finding, Report, Severity
from kg.validate.shapes import read_shapes

__all__ = ["Finding", "Report", "Severity", "read_shapes", "validate"]
