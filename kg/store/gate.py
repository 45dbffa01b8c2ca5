"""Refuses queries that ask an engine to reach the network, before the engine sees them.

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


def check(text: str) -> None:
    """Lets a query pass or refuses it.

    Raises:
        QueryError: It holds a `SERVICE` clause; line and column say where.
    """
    for token in _TOKEN.finditer(text):
        if (token["word"] or "").upper() == "SERVICE":
            line = text.count("\n", 0, token.start()) + 1
            column = token.start() - text.rfind("\n", 0, token.start())
            raise QueryError(
                "SERVICE would reach the network, which a query may not: "
                "load what you need into the store and ask it there",
                Place("query", line, column),
            )
