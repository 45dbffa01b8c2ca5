"""Looks at a query before an engine does: what would reach the network, write, or overflow it.

SPARQL's `SERVICE` is the one construct of a query that connects; Oxigraph has no switch for it. The
word inside a literal, a comment, an IRI or a name is none of our business. Oxigraph wants no space
before or after a keyword, so `1SERVICE<x>` and, with an empty prefix, `SERVICE:x` are the clause.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kg.errors import Place, QueryError

MAX_DEPTH = 256
"""How deep brackets may nest; the parser takes up to 10 kB of stack for each."""

# The order matters: what can hold the word comes before the word. Possessive, and a prefix bounded,
# as `a.a.a.` is looked through again from each of its letters for the colon: none can be slow.
_TOKEN = re.compile(
    r'''
      """(?:[^"\\]++|\\.|"(?!""))*+"""       # long strings
    | \'\'\'(?:[^'\\]++|\\.|'(?!\'\'))*+\'\'\'
    | "(?:[^"\\\n\r]++|\\.)*+"
    | '(?:[^'\\\n\r]++|\\.)*+'
    | (?P<iri><(?:[^<>"{}|^`\\\x00-\x20]++|\\[uU][0-9A-Fa-f]{4,8})*+>)
    | (?P<comment>\#[^\n\r]*+)
    | [?$]\w+                                # variables
    | @[A-Za-z]+(?:-[A-Za-z0-9]+)*           # language tags
    | (?P<prefix>[\w.-]{0,100}+):(?:[\w.:-]|%[0-9A-Fa-f]{2}|\\.)*+    # prefixed names
    | (?P<word>\w+)
    | (?P<open>[\[({])
    | (?P<close>[\])}])
    | (?P<sign>\S)
    ''',
    re.VERBOSE,
)

Token = re.Match[str]

_UPDATES = frozenset(
    {"INSERT", "DELETE", "WITH", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD"}
)
_PROLOGUE = {"", "PREFIX", "BASE"}


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of a query that may pass: whether it says itself what its dataset is."""

    dataset: bool


def check(text: str, *, services: bool = False) -> Seen:
    """Lets a query pass or refuses it.

    Args:
        text: The query.
        services: Whether `SERVICE` may stand in it, as nothing is sent to an engine yet.

    Raises:
        QueryError: It is an update, holds a `SERVICE` clause, or nests too deep; line and column
            say where.
    """
    upper = text.upper()
    deep = sum(map(text.count, "([{")) > MAX_DEPTH
    suspect = deep or "SERVICE" in upper or "FROM" in upper
    begun, dataset, before, named = False, False, "", None
    for token in tokens(text):
        if begun and not suspect:
            break
        word = (token["word"] or "").upper()
        if word in _UPDATES and not begun:
            raise _update(text, token)
        if "SERVICE" in word and not services:
            raise _service(text, token)
        if named is not None and token[0] == "{":
            raise _service(text, named)
        glued = "SERVICE" in (token["prefix"] or "").upper() and before != "GRAPH"
        named = token if glued else None
        begun |= word not in _PROLOGUE
        dataset |= "FROM" in word
        before = word
    return Seen(dataset)


def tokens(text: str) -> Iterator[Token]:
    """Yields what a query consists of, comments left out.

    Raises:
        QueryError: It nests too deep, or could be read in two ways.
    """
    opened: list[str] = []
    before, data = None, False
    for token in _TOKEN.finditer(text):
        if token.lastgroup == "comment":
            continue
        if token["open"] is not None:
            row = token[0] == "(" and opened[-1:] == ["data"]
            block = token[0] == "{" and data
            opened.append("row" if row else "data" if block else token[0])
            data = data and not block
            if len(opened) > MAX_DEPTH:
                raise QueryError(f"nested deeper than {MAX_DEPTH} levels", place(text, token))
        elif token["close"] is not None:
            del opened[-1:]
        elif token["iri"] is not None and opened[-1:] == ["("] and _is_ambiguous(token, before):
            raise QueryError(
                f"{token[0]} could be an IRI or a comparison: put a space after <, "
                "or give the IRI a prefix",
                place(text, token),
            )
        elif (token["word"] or "").upper() == "VALUES":
            data = True
        yield token
        before = token


def _is_ambiguous(token: Token, before: Token | None) -> bool:
    """Returns whether `<` may be less-than to the engine, so that a quote or comment begins there.

    That is so in brackets after an operand: what follows would be text for one reader and a
    clause for the other.
    """
    if before is None or not {"'", "#"} & set(token[0]):
        return False
    operator = before.lastgroup in {"open", "sign"} and before[0] != "."
    return not operator and before[0].upper() != "DISTINCT"


def _update(text: str, token: Token) -> QueryError:
    return QueryError(
        f"{token[0].upper()} would change the store, which a query may not: "
        "`kg load` and `kg remove` do",
        place(text, token),
    )


def _service(text: str, token: Token) -> QueryError:
    return QueryError(
        "SERVICE would reach the network, which a query may not: load what you need into the "
        "store and ask it there, or name its address with --allow-service",
        place(text, token),
    )


def place(text: str, token: Token) -> Place:
    """Returns where in a query a token stands."""
    line = text.count("\n", 0, token.start()) + 1
    return Place("query", line, token.start() - text.rfind("\n", 0, token.start()))
