"""Looks at a query before an engine does: what would reach the network, write, or overflow it.

SPARQL's `SERVICE` is the one construct of a query that connects; Oxigraph has no switch for it. The
word inside a literal, a comment, an IRI or a name is none of our business. Oxigraph wants no space
before or after a keyword, so `1SERVICE<x>` and, with an empty prefix, `SERVICE:x` are the clause.
"""

import re
from dataclasses import dataclass

from kg.errors import Place, QueryError

MAX_DEPTH = 256
"""How deep brackets may nest; the parser takes up to 10 kB of stack for each."""

# The order matters: what can hold the word comes before the word. Possessive: none can be slow.
_TOKEN = re.compile(
    r'''
      """(?:[^"\\]++|\\.|"(?!""))*+"""       # long strings
    | \'\'\'(?:[^'\\]++|\\.|'(?!\'\'))*+\'\'\'
    | "(?:[^"\\\n\r]++|\\.)*+"
    | '(?:[^'\\\n\r]++|\\.)*+'
    | <(?:[^<>"{}|^`\\\x00-\x20]++|\\[uU][0-9A-Fa-f]{4,8})*+>   # IRIs
    | (?P<comment>\#[^\n\r]*+)
    | [?$]\w+                                # variables
    | @[A-Za-z]+(?:-[A-Za-z0-9]+)*           # language tags
    | (?P<prefix>[\w.-]*+):(?:[\w.:-]|%[0-9A-Fa-f]{2}|\\.)*+    # prefixed names
    | (?P<word>\w+)
    | (?P<open>[\[({])
    | (?P<close>[\])}])
    ''',
    re.VERBOSE,
)


_UPDATES = frozenset(
    {"INSERT", "DELETE", "WITH", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD"}
)
_PROLOGUE = {"", "PREFIX", "BASE"}


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of a query that may pass: whether it says itself what its dataset is."""

    dataset: bool


def check(text: str) -> Seen:
    """Lets a query pass or refuses it.

    Raises:
        QueryError: It is an update, holds a `SERVICE` clause, or nests too deep; line and column
            say where.
    """
    upper = text.upper()
    deep = sum(map(text.count, "([{")) > MAX_DEPTH
    suspect = deep or "SERVICE" in upper or "FROM" in upper
    begun, dataset, depth, before, named = False, False, 0, "", None
    for token in _TOKEN.finditer(text):
        if begun and not suspect:
            break
        if token.lastgroup == "comment":
            continue
        word = (token["word"] or "").upper()
        if word in _UPDATES and not begun:
            raise _update(text, token)
        if "SERVICE" in word:
            raise _service(text, token)
        if named is not None and token[0] == "{":
            raise _service(text, named)
        glued = "SERVICE" in (token["prefix"] or "").upper() and before != "GRAPH"
        named = token if glued else None
        depth += (token["open"] is not None) - (token["close"] is not None and depth > 0)
        if depth > MAX_DEPTH:
            raise QueryError(f"nested deeper than {MAX_DEPTH} levels", _place(text, token))
        begun |= word not in _PROLOGUE
        dataset |= "FROM" in word
        before = word
    return Seen(dataset)


def _update(text: str, token: re.Match[str]) -> QueryError:
    return QueryError(
        f"{token[0].upper()} would change the store, which a query may not: "
        "`kg load` and `kg remove` do",
        _place(text, token),
    )


def _service(text: str, token: re.Match[str]) -> QueryError:
    return QueryError(
        "SERVICE would reach the network, which a query may not: "
        "load what you need into the store and ask it there",
        _place(text, token),
    )


def _place(text: str, token: re.Match[str]) -> Place:
    line = text.count("\n", 0, token.start()) + 1
    return Place("query", line, token.start() - text.rfind("\n", 0, token.start()))
