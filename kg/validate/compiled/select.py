"""Constraints written in SPARQL, asked of all focus nodes at once.

SHACL asks such a query once a focus node, with the node in place of `$this`. One query for all is
the same where every group that speaks of `$this` also binds it: so the focus nodes are put into
the groups that would not. What this cannot be said of (sub-selects, aggregates, limits) and what
SHACL forbids (MINUS, VALUES, SERVICE) is left to pySHACL.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final, TypeAlias

from kg.namespaces import OWL, RDF, RDFS
from kg.rdf import Literal, NamedNode
from kg.validate.compiled.graph import Graph
from kg.validate.compiled.model import Node, NotCompiled, Plain, Select
from kg.validate.compiled.paths import path_text
from kg.validate.findings import Route

_TOKEN: Final = re.compile(
    r"""(?P<skip>\s+|\#[^\n]*)
    |(?P<string>\"{3}(?:\"{0,2}(?:[^"\\]|\\.))*\"{3}|'{3}(?:'{0,2}(?:[^'\\]|\\.))*'{3}
        |"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    |(?P<iri><[^<>"{}|^`\\\s]*>)
    |(?P<variable>[?$]\w+)
    |(?P<name>(?:\w[\w.-]*)?:(?:[\w:%.-]*[\w:%-])?)
    |(?P<word>@?[A-Za-z][\w-]*)
    |(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_LEFT_OUT: Final = frozenset(
    """
    MINUS VALUES SERVICE GRAPH FROM GROUP HAVING LIMIT OFFSET COUNT SUM AVG MIN MAX SAMPLE
    GROUP_CONCAT CONSTRUCT DESCRIBE ASK BASE RAND UUID STRUUID BNODE NOW
    """.split()  # noqa: SIM905 - a list of words reads better so
)
_THIS: Final = ("?this", "$this")
Token: TypeAlias = tuple[str, str]


def read_select(graph: Graph, shape: Node, route: Route, node: Plain) -> Select:
    """Returns the query of a SPARQL constraint, with full IRIs in place of prefixed names.

    Raises:
        NotCompiled: It cannot be asked of all focus nodes at once.
    """
    text = graph.one(node, "select")
    if not isinstance(text, Literal):
        raise NotCompiled("a SPARQL constraint without sh:select")
    prefixes = {"rdf": RDF, "rdfs": RDFS, "owl": OWL} | dict(_declared(graph, node))
    body = "".join(_expanded(text.value, prefixes))
    path = "" if not route else path_text(route)
    if "$PATH" in body and not path:
        raise NotCompiled("$PATH on a node shape")
    if "$shapesGraph" in body or "?shapesGraph" in body:
        raise NotCompiled("$shapesGraph")
    body = body.replace("$PATH", path).replace("?PATH", path)
    if isinstance(shape, NamedNode):
        body = re.sub(r"[?$]currentShape\b", lambda _: str(shape), body)
    messages = tuple(m for m in graph.objects(node, "message") if isinstance(m, Literal))
    _check(body)
    return Select(body.strip(), messages)


def bound(select: Select, domain: str) -> str:
    """Returns the query with focus nodes in it.

    Args:
        select: The constraint's query.
        domain: A group that binds `?this` to the focus nodes.
    """
    out: list[str] = []
    tokens = tokens_of(select.text)
    groups = _groups(tokens)
    for at, (kind, text) in enumerate(tokens):
        out.append(text)
        if (kind, text) == ("other", "{") and groups[at]:
            out.append(f" {domain} ")
    return "".join(out)


def tokens_of(text: str) -> list[Token]:
    """Returns the tokens of a query, each with its kind."""
    return [(found.lastgroup or "", found[0]) for found in _TOKEN.finditer(text)]


def _declared(graph: Graph, node: Plain) -> Iterator[tuple[str, str]]:
    """Yields the prefixes that a constraint's sh:prefixes declare."""
    holders = list(graph.objects(node, "prefixes"))
    for holder in holders:
        imported = graph.objects(holder, OWL + "imports")
        holders += (one for one in imported if one not in holders)
        for declared in graph.objects(holder, "declare"):
            prefix, namespace = graph.one(declared, "prefix"), graph.one(declared, "namespace")
            if prefix is None or namespace is None:
                raise NotCompiled("a sh:declare without prefix or namespace")
            yield prefix.value, namespace.value


def _expanded(text: str, prefixes: dict[str, str]) -> Iterator[str]:
    """Yields the parts of a query without prologue and comments, full IRIs in it."""
    tokens = iter(tokens_of(text))
    for kind, part in tokens:
        if kind == "word" and part.upper() == "PREFIX":
            name = next((text for kind, text in tokens if kind != "skip"), "")
            iri = next((text for kind, text in tokens if kind != "skip"), "")
            prefixes[name.removesuffix(":")] = iri.strip("<>")
        elif kind == "name" and not part.startswith("_:"):
            prefix, _, local = part.partition(":")
            if prefix not in prefixes:
                raise NotCompiled(f"the prefix {prefix}: is not declared")
            yield str(NamedNode(prefixes[prefix] + local))
        elif kind == "other" and part == "\\":
            raise NotCompiled("an escape in a name")
        else:
            yield " " if kind == "skip" else part


def _check(text: str) -> None:
    tokens = [(kind, part) for kind, part in tokens_of(text) if kind != "skip"]
    words = [part.upper() for kind, part in tokens if kind == "word"]
    if left_out := _LEFT_OUT & set(words):
        raise NotCompiled(f"{min(left_out)} in a SPARQL constraint")
    if words.count("SELECT") != 1:
        raise NotCompiled("a sub-select in a SPARQL constraint")
    head = [part for _, part in tokens[: [part for _, part in tokens].index("{")]]
    for before, part in pairwise(tokens):
        if before[1].upper() == "AS" and part[1] in _THIS:
            raise NotCompiled("$this is bound again")
    if not (set(head) & {*_THIS, "*"}) or {"?failure", "$failure"} & set(head):
        raise NotCompiled("a SPARQL constraint that does not select $this alone")


def _groups(tokens: list[Token]) -> dict[int, bool]:
    """Returns for each opening brace whether focus nodes have to be put behind it."""
    needs: dict[int, bool] = {}
    stack: list[int] = []
    before, exists = "", 0
    for at, (kind, text) in enumerate(tokens):
        if kind == "skip":
            continue
        if text == "{" and kind == "other":
            stack.append(at)
            # Within EXISTS the outer solution is put in place of the variables.
            inside = exists or before.upper() == "EXISTS"
            exists += bool(inside)
            needs[at] = len(stack) == 1
        elif text == "}" and kind == "other":
            stack.pop()
            exists -= bool(exists)
        elif text in _THIS and len(stack) > 1 and not exists:
            needs[stack[-1]] = True
        before = text
    return needs
