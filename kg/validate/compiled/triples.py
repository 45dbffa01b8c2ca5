"""The triple patterns of a constraint's query, as far as they are plain to read.

What a query looks at is derived from them. A query with other things in it (variables for
properties, lists, blank nodes, negated paths) is taken to look at everything.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from kg.namespaces import RDF
from kg.validate.compiled.model import Select
from kg.validate.compiled.select import Token, tokens_of
from kg.validate.findings import Route

_WORDS: Final = frozenset(("OPTIONAL", "UNION", "NOT", "EXISTS"))
_EXPRESSIONS: Final = frozenset(("FILTER", "BIND"))
_ENDINGS: Final = {"*": "zeroOrMorePath", "+": "oneOrMorePath", "?": "zeroOrOnePath"}


class _NotPlain(Exception):
    """The query has something in it that is not read here."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A triple pattern; variables have their `?` in front, other terms are as SPARQL has them."""

    subject: str
    path: Route
    object: str


Patterns: TypeAlias = "tuple[Pattern, ...] | None"
"""Every triple pattern of a query, or none where it is not plain."""


def patterns_of(select: Select) -> Patterns:
    """Returns the triple patterns of a query, those in its filters too."""
    tokens = [token for token in tokens_of(select.text) if token[0] != "skip"]
    start = tokens.index(("other", "{"))
    try:
        return tuple(_Reader(tokens[start:]).patterns())
    except (_NotPlain, IndexError):
        return None


class _Reader:
    """Goes through the tokens of a query's groups."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._at = 0

    def patterns(self) -> Iterator[Pattern]:
        while self._at < len(self._tokens):
            kind, text = self._tokens[self._at]
            if text in "{}." or (kind == "word" and text.upper() in _WORDS):
                self._at += 1
            elif kind == "word" and text.upper() in _EXPRESSIONS:
                self._at += 1
                self._expression()
            elif kind in {"variable", "iri"}:
                yield from self._triples()
            else:
                raise _NotPlain

    def _expression(self) -> None:
        """Skips an expression in brackets; what EXISTS asks for is read."""
        depth = 0
        while True:
            kind, text = self._tokens[self._at]
            if kind == "word" and text.upper() in {"NOT", "EXISTS"} and not depth:
                return  # its group is read as any other
            if text == "{":
                raise _NotPlain  # EXISTS as a part of an expression
            self._at += 1
            depth += (text == "(") - (text == ")")
            if not depth and text == ")":
                return

    def _triples(self) -> Iterator[Pattern]:
        subject = self._node()
        while True:
            path = self._path()
            yield Pattern(subject, path, self._node())
            while self._takes(","):
                yield Pattern(subject, path, self._node())
            if not self._takes(";"):
                return
            if self._tokens[self._at][1] in "}.":
                return

    def _takes(self, text: str) -> bool:
        found = self._at < len(self._tokens) and self._tokens[self._at] == ("other", text)
        self._at += found
        return found

    def _node(self) -> str:
        kind, text = self._tokens[self._at]
        self._at += 1
        if kind == "variable":
            return "?" + text[1:]
        if kind == "string":
            self._typed()
        elif kind != "iri":
            raise _NotPlain
        return text

    def _typed(self) -> None:
        """Skips the language or datatype of a literal."""
        kind, text = self._tokens[self._at]
        if kind == "word" and text.startswith("@"):
            self._at += 1
        elif self._takes("^"):
            self._at += 2

    def _path(self) -> Route:
        parts = [self._sequence()]
        while self._takes("|"):
            parts.append(self._sequence())
        return parts[0] if len(parts) == 1 else ("alternativePath", tuple(parts))

    def _sequence(self) -> Route:
        parts = [self._step()]
        while self._takes("/"):
            parts.append(self._step())
        return parts[0] if len(parts) == 1 else ("sequence", tuple(parts))

    def _step(self) -> Route:
        if self._takes("^"):
            return "inversePath", (self._step(),)
        if self._takes("("):
            route = self._path()
            if not self._takes(")"):
                raise _NotPlain
        else:
            kind, text = self._tokens[self._at]
            if kind != "iri" and (kind, text) != ("word", "a"):
                raise _NotPlain
            self._at += 1
            route = text[1:-1] if kind == "iri" else RDF + "type"
        for ending, way in _ENDINGS.items():
            if self._takes(ending):
                return way, (route,)
        return route
