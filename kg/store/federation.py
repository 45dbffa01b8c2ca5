"""`SERVICE` within bounds: each clause is asked by us, and its rows stand in its place.

<https://www.w3.org/TR/sparql11-federated-query/>. An engine joins the solutions of a clause as it
does those of a `VALUES` block, so a query with its clauses answered gives what the engine itself
would have given. It needs no network for that, and has none: what asks is the guarded client of
stores on servers, at addresses that were named beforehand, as nobody.

A clause is asked as it stands, without what the rest of the query knows.
"""

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import uuid4

import pyoxigraph as ox

from kg.errors import LimitError, Misuse, Place, QueryError, StoreError
from kg.namespaces import BASE, PREFIXES
from kg.rdf import BlankNode, Literal, NamedNode, Rows, Term
from kg.store import foreign, gate
from kg.store.base import Limits

CLAUSES = 8
"""Clauses of one query."""

ROWS = 10_000
"""Rows of one clause."""

SIZE = 4 * 2**20
"""Characters of what stands in place of the clauses of one query."""

_MEGABYTES = 16
_OPENING = "SELECT*"
_PROLOGUE = "".join(f"PREFIX {prefix}: <{iri}> " for prefix, iri in PREFIXES.items())
_NOWHERE = ("urn:x-nowhere:",)


@dataclass(frozen=True, slots=True)
class Clause:
    """A `SERVICE` clause of a query.

    Attributes:
        start: Where in the query it begins.
        end: Where it ends.
        endpoint: The address that it asks, one of those allowed.
        silent: Whether its failing counts as one empty solution.
        prologue: What the query declares before its form.
        group: What is asked, in its braces.
        probe: A query without answers whose columns are the variables of the group.
    """

    start: int
    end: int
    endpoint: str
    silent: bool
    prologue: str
    group: str
    probe: str


def checked_addresses(addresses: Collection[str]) -> frozenset[str]:
    """Returns addresses that may be allowed.

    Raises:
        Misuse: One is no http address, or holds a user, a fragment, or what no IRI may.
    """
    from kg.store.remote.credentials import origin_of

    for address in addresses:
        origin_of(address)
        try:
            NamedNode(address)
        except ValueError as error:
            raise Misuse(f"{address}: no address: {error}") from error
        if "#" in address:
            raise Misuse(f"{address}: the address of an endpoint has no #")
    return frozenset(addresses)


def clauses(text: str, allowed: Collection[str], base: str | None = None) -> tuple[Clause, ...]:
    """Returns the `SERVICE` clauses of a query.

    Args:
        text: The query.
        allowed: Addresses that may be asked, each exactly as the query has to name it.
        base: What its relative IRIs are resolved against.

    Raises:
        QueryError: It is no query, or asks another address, one that a variable holds, or within
            a clause for another one; line and column say where.
    """
    gate.check(text, services=True)
    tokens = list(gate.tokens(text))
    prologue = text[: _body(tokens).start()]
    found: list[Clause] = []
    at = 0
    while at < len(tokens):
        if "SERVICE" not in (tokens[at]["word"] or "").upper():
            at += 1
            continue
        end = _end(text, tokens, at)
        found.append(_clause(text, tokens[at:end], prologue, allowed, base))
        at = end
    if len(found) > CLAUSES:
        raise QueryError(f"the query has {len(found)} SERVICE clauses, more than {CLAUSES}")
    return tuple(found)


def _body(tokens: Sequence[gate.Token]) -> gate.Token:
    """Returns the first token after the prologue."""
    at, lengths = 0, {"PREFIX": 3, "BASE": 2}
    while at < len(tokens) and (length := lengths.get((tokens[at]["word"] or "").upper())):
        at += length
    if at >= len(tokens):
        raise QueryError("the query ends before its form")
    return tokens[at]


def _end(text: str, tokens: Sequence[gate.Token], at: int) -> int:
    """Returns the place after the last token of a clause."""
    opened = next((n for n in range(at, len(tokens)) if tokens[n][0] == "{"), len(tokens))
    depth = 0
    for n in range(opened, len(tokens)):
        depth += (tokens[n][0] == "{") - (tokens[n][0] == "}")
        if depth == 0:
            return n + 1
    raise QueryError("the SERVICE clause does not end", gate.place(text, tokens[at]))


def _clause(
    text: str,
    tokens: Sequence[gate.Token],
    prologue: str,
    allowed: Collection[str],
    base: str | None,
) -> Clause:
    place = gate.place(text, tokens[0])
    silent = (tokens[1]["word"] or "").upper() == "SILENT"
    name, opening = tokens[1 + silent : 3 + silent]
    if tokens[0][0].upper() != "SERVICE" or opening[0] != "{":
        raise QueryError("write the clause as SERVICE <address> { … }", place)
    if name["iri"] is None and name["prefix"] is None:
        raise QueryError(f"SERVICE {name[0]}: only an address that is written out is asked", place)
    endpoint = _iri(prologue, name[0], base, place)
    if endpoint not in allowed:
        raise QueryError(
            f"SERVICE {NamedNode(endpoint)} is not allowed: --allow-service names what is", place
        )
    group = text[opening.start() : tokens[-1].end()]
    if any("SERVICE" in (token["word"] or token["prefix"] or "").upper() for token in tokens[3:]):
        raise QueryError("a SERVICE clause within another one is not asked", place)
    if "\\u" in group.lower():
        # Some engines read such a character before they look where text ends.
        raise QueryError("in a SERVICE clause write a character as itself, not as \\u…", place)
    declared = prologue if base is None else f"BASE {NamedNode(base)} {prologue}"
    blank = _blank(text[len(prologue) : opening.start()])
    return Clause(
        tokens[0].start(),
        tokens[-1].end(),
        endpoint,
        silent,
        declared,
        group,
        f"{prologue}{blank}{group} LIMIT 0",
    )


def _blank(between: str) -> str:
    """Returns the opening of a query, as long as what it stands for, so that places stay right."""
    lines, last = between.count("\n"), len(between) - between.rfind("\n") - 1
    if lines:
        return _OPENING + "\n" * lines + " " * last
    return _OPENING + " " * (last - len(_OPENING))


def _iri(prologue: str, name: str, base: str | None, place: Place) -> str:
    """Returns the IRI that a name in a query stands for; the name is one token."""
    try:
        found = ox.Store().query(
            f"{prologue}\nSELECT ({name} AS ?iri) {{}}", base_iri=base, prefixes=PREFIXES
        )
        (solution,) = found  # type: ignore[misc]
    except SyntaxError as error:
        raise QueryError(f"SERVICE {name}: no address, or of an unknown prefix", place) from error
    return str(solution["iri"].value)


def probe_request(clause: Clause) -> dict[str, object]:
    """Returns the request for the variables of a clause, for a worker that has a store open."""
    return foreign.request(clause.probe, rows="json", triples=None, named=_NOWHERE)


def answer(clause: Clause, variables: Sequence[str], limits: Limits) -> str:
    """Asks a clause and returns the `VALUES` block of its rows.

    Args:
        clause: What is asked.
        variables: Those of its group.
        limits: Of time.

    Raises:
        StoreError: The endpoint is away, refuses, or answers with something else; not of a silent
            clause.
        QueryError: The endpoint does not understand it; not of a silent clause.
        LimitError: It has too many rows, or took too long.
    """
    from kg.store import ask
    from kg.store.remote.failures import other_columns

    names = [f"?{name}" for name in variables]
    text = (
        f"{_PROLOGUE}{clause.prologue}\nSELECT {' '.join(names) or '(1 AS ?one)'} "
        f"WHERE {clause.group} LIMIT {ROWS + 1}"
    )
    try:
        found = ask(clause.endpoint, text, Limits(max(limits.seconds, 0.001), _MEGABYTES))
        if variables and not set(variables) & set(found.variables):
            raise other_columns(clause.endpoint)
    except (StoreError, QueryError):
        if not clause.silent:
            raise
        return "VALUES () { () }"
    if len(found.rows) > ROWS:
        raise LimitError(
            f"{clause.endpoint} has more than {ROWS:,} rows for its SERVICE clause, which is asked "
            "as it stands: put a VALUES, a narrower pattern or a LIMIT into it"
        )
    index = {name: at for at, name in enumerate(found.variables)}
    columns = [index.get(name) for name in variables]
    own = f"{BASE}.well-known/genid/{uuid4().hex}-"
    rows = (
        " ".join("UNDEF" if at is None else _written(row[at], own) for at in columns)
        for row in found.rows
    )
    return f"VALUES ({' '.join(names)}) {{ {' '.join(f'({row})' for row in rows)} }}"


def _written(term: Term | None, own: str) -> str:
    """Returns a cell of a `VALUES` block.

    A blank node, which cannot stand there, gets a name of its own, the same in all rows of a
    clause: <https://www.w3.org/TR/rdf11-concepts/#section-skolemization>.
    """
    match term:
        case None:
            return "UNDEF"
        case BlankNode():
            return str(NamedNode(own + term.value))
        case NamedNode() | Literal():
            return str(term)
    raise StoreError("a SERVICE clause was answered with a triple as a term")


def replaced(text: str, found: Sequence[Clause], answers: Sequence[str]) -> str:
    """Returns a query with the answers in place of its clauses, its lines where they were.

    Raises:
        LimitError: The answers are too large together.
    """
    if sum(map(len, answers)) > SIZE:
        raise LimitError("the SERVICE clauses were answered with too much: put a LIMIT into them")
    for clause, told in reversed(list(zip(found, answers, strict=True))):
        lines = "\n" * text.count("\n", clause.start, clause.end)
        text = f"{text[: clause.start]} {told}{lines} {text[clause.end :]}"
    return text


def federated(text: str, allowed: Collection[str], limits: Limits) -> tuple[str, Limits]:
    """Returns a query with its `SERVICE` clauses answered, and what is left of its limits.

    Raises:
        KgError: As `clauses` and `answer` say.
    """
    until = time.monotonic() + limits.seconds
    found = clauses(text, allowed)
    answers = []
    for clause in found:
        seen = foreign.run(clause.probe, limits)
        variables = seen.variables if isinstance(seen, Rows) else ()
        answers.append(answer(clause, variables, Limits(until - time.monotonic(), _MEGABYTES)))
    left = Limits(max(until - time.monotonic(), 0.001), limits.megabytes)
    return replaced(text, found, answers), left
