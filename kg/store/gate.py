"""Refuses queries that ask an engine to reach the network or to write, before it sees them.

SPARQL's `SERVICE` is the one construct of a query that does; Oxigraph has no switch for it. The
word inside a literal, a comment, an IRI or a name is none of our business.
"""

import re

from kg.errors import Place, QueryError

# The order matters: what can hold the word comes before the word.
_TOKEN = re.compile(
    r'''
      """(?:[^"\\]|\\.|"(?!""))*"""          # long strings
    | \'\'\'(?:[^'\\]|\\.|'(?!\'\'))*\'\'\'
    | "(?:[^"\\\n\r]|\\.)*"
    | '(?:[^'\\\n\r]|\\.)*'
    | <[^<>"{}|^`\\\x00-\x20]*>              # IRIs
    | \#[^\n\r]*                             # comments
    | [?$]\w+                                # variables
    | @[A-Za-z]+(?:-[A-Za-z0-9]+)*           # language tags
    | [\w.-]*:(?:[\w.:-]|%[0-9A-Fa-f]{2}|\\.)*   # prefixed names
    | (?P<word>\w+)
    ''',
    re.VERBOSE,
)


_UPDATES = frozenset(
    {"INSERT", "DELETE", "WITH", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD"}
)


def check(text: str) -> None:
    """Lets a query pass or refuses it.

    Raises:
        QueryError: It is an update, or holds a `SERVICE` clause; line and column say where.
    """
    begun = False
    for token in _TOKEN.finditer(text):
        word = (token["word"] or "").upper()
        if word == "SERVICE":
            raise QueryError(
                "SERVICE would reach the network, which a query may not: "
                "load what you need into the store and ask it there",
                _place(text, token.start()),
            )
        if word in _UPDATES and not begun:
            raise QueryError(
                f"{word} would change the store, which a query may not: "
                "`kg load` and `kg remove` do",
                _place(text, token.start()),
            )
        begun = begun or word not in {"", "PREFIX", "BASE"}


def _place(text: str, at: int) -> Place:
    return Place("query", text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))
