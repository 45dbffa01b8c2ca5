"""Shapes compiled to SPARQL, which runs where the data is."""

from kg.validate.compiled.model import Constraint, NotSupported, Result, Shape
from kg.validate.compiled.read import Uncovered
from kg.validate.compiled.run import Compiled, compile_shapes, run

__all__ = [
    "Compiled",
    "Constraint",
    "NotSupported",
    "Result",
    "Shape",
    "Uncovered",
    "compile_shapes",
    "run",
]
