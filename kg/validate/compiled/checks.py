"""What one constraint asks of one value node, as SPARQL that is true of a value that fails."""

from collections.abc import Callable
from typing import Final

from kg.namespaces import RDF, RDFS, SH, XSD
from kg.rdf import Literal, NamedNode
from kg.validate.compiled.datatypes import PATTERNS, RANGES
from kg.validate.compiled.model import Constraint, NotCompiled, Plain

_KINDS: Final = {
    SH + "IRI": ("isIRI",),
    SH + "BlankNode": ("isBlank",),
    SH + "Literal": ("isLiteral",),
    SH + "BlankNodeOrIRI": ("isBlank", "isIRI"),
    SH + "BlankNodeOrLiteral": ("isBlank", "isLiteral"),
    SH + "IRIOrLiteral": ("isIRI", "isLiteral"),
}
_BOUNDS: Final = {
    "minExclusive": ">",
    "minInclusive": ">=",
    "maxExclusive": "<",
    "maxInclusive": "<=",
    "lessThan": "<",
    "lessThanOrEquals": "<=",
}


def instance(node: str, class_: Plain, via: str) -> str:
    """Returns the pattern of a SHACL instance of a class; `via` is a variable of its own."""
    return f"{via} <{RDFS}subClassOf>* {class_} . {node} <{RDF}type> {via} ."


def whole(count: Plain) -> int:
    """Returns a count that a shape sets.

    Raises:
        NotCompiled: It is none.
    """
    is_integer = isinstance(count, Literal) and count.datatype.value == XSD + "integer"
    if is_integer and count.value.isascii() and count.value.isdigit():
        return int(count.value)
    raise NotCompiled(f"{count} is no count")


def failing(expression: str) -> str:
    """Returns the filter of what an expression is not true of, errors included."""
    return f"FILTER(!COALESCE({expression}, false))"


def compared(name: str, left: str, right: str) -> str:
    """Returns the filter of a pair that is not in the order that a constraint asks for."""
    return failing(f"{left} {_BOUNDS[name]} {right}")


def text_of(node: str, test: str) -> str:
    """Returns the filter of nodes whose text fails a test; a blank node has none."""
    return f"FILTER(isBlank({node}) || !COALESCE({test}, false))"


def _datatype(node: str, constraint: Constraint) -> str:
    datatype = constraint.value
    if datatype.value == RDFS + "Literal":
        return failing(f"isLiteral({node})")
    if datatype.value == RDFS + "Datatype":
        raise NotCompiled("sh:datatype rdfs:Datatype")
    tests = [f"DATATYPE({node}) = {datatype}"]
    if datatype.value in PATTERNS:
        form = Literal(f"^({PATTERNS[datatype.value]})$")
        tests.append(f"REGEX(STR({node}), {form})")
    if datatype.value in RANGES:
        least, most = RANGES[datatype.value]
        number = f"<{XSD}decimal>(STR({node}))"
        tests.append(f"{number} >= {least} && {number} <= {most}")
    return failing(" && ".join(tests))


def _node_kind(node: str, constraint: Constraint) -> str:
    if constraint.value.value not in _KINDS:
        raise NotCompiled(f"there is no node kind {constraint.value}")
    kinds = (f"{function}({node})" for function in _KINDS[constraint.value.value])
    return f"FILTER(!({' || '.join(kinds)}))"


def _in(node: str, constraint: Constraint) -> str:
    terms = " ".join(str(t) for t in constraint.terms if isinstance(t, NamedNode | Literal))
    return f"MINUS {{ VALUES {node} {{ {terms} }} }}"


def _language_in(node: str, constraint: Constraint) -> str:
    ranges = (f"LANGMATCHES(LANG({node}), {term})" for term in constraint.terms)
    return failing(f"isLiteral({node}) && ({' || '.join(ranges) or 'false'})")


def _pattern(node: str, constraint: Constraint) -> str:
    pattern, flags = Literal(constraint.value.value), Literal(constraint.flags)
    return text_of(node, f"REGEX(STR({node}), {pattern}, {flags})")


CHECKS: Final[dict[str, Callable[[str, Constraint], str]]] = {
    "datatype": _datatype,
    "nodeKind": _node_kind,
    "minLength": lambda node, c: text_of(node, f"STRLEN(STR({node})) >= {whole(c.value)}"),
    "maxLength": lambda node, c: text_of(node, f"STRLEN(STR({node})) <= {whole(c.value)}"),
    "pattern": _pattern,
    "in": _in,
    "languageIn": _language_in,
} | dict.fromkeys(
    ("minExclusive", "minInclusive", "maxExclusive", "maxInclusive"),
    lambda node, c: compared(c.name, node, str(c.value)),
)
"""By constraint: from a variable, to what leaves only the nodes that fail."""
