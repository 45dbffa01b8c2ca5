"""Property paths as SPARQL writes them."""

from typing import Final

from kg.rdf import NamedNode
from kg.validate.findings import Route

_ENDINGS: Final = {"zeroOrMorePath": "*", "oneOrMorePath": "+", "zeroOrOnePath": "?"}


def path_text(route: Route) -> str:
    """Returns a path as SPARQL, in brackets unless it is one property."""
    if isinstance(route, str):
        return str(NamedNode(route))
    way, parts = route
    texts = [path_text(part) for part in parts]
    if way == "inversePath":
        return f"(^{texts[0]})"
    if way in _ENDINGS:
        return f"({texts[0]}{_ENDINGS[way]})"
    return f"({('/' if way == 'sequence' else '|').join(texts)})"


def may_be_empty(route: Route) -> bool:
    """Whether a path leads from a node to itself even where the node has no triples."""
    if isinstance(route, str):
        return False
    way, parts = route
    if way in {"zeroOrMorePath", "zeroOrOnePath"}:
        return True
    empty = [may_be_empty(part) for part in parts]
    return any(empty) if way == "alternativePath" else all(empty)
