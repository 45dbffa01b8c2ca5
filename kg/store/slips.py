"""What is wrong with a query that an engine cannot parse, in words, and where.

An engine says which pieces of its grammar it would have taken where it gave up, which may be far
from the slip. Here the usual slips are looked for, in the order in which they are read.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from difflib import get_close_matches
from itertools import pairwise

from kg.errors import Place, QueryError
from kg.namespaces import PREFIXES
from kg.store import gate

_FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
_CALLED = re.compile(r"[A-Z][A-Za-z]* [A-Za-z ]+")
"""What an engine says in words, among pieces of its grammar."""

_SIGN = re.compile(r'"[^"]{1,2}"')
_WORD = re.compile(r"[A-Za-z]{2,}")
_MOST = 5
_LONGEST = 40
_CLOSING = {"{": "}", "(": ")", "[": "]"}
_AGGREGATES = {"COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"}

Slip = tuple[str, gate.Token]


def syntax_error(message: str, text: str = "") -> QueryError:
    """Returns a parser's complaint about a query in words, with its place.

    Args:
        message: What the engine says; its place stands in its words alone.
        text: The query.
    """
    found = _found(text)
    if found is not None:
        words, token = found
        return QueryError(f"the query cannot be parsed: {words}", gate.place(text, token))
    told = re.match(r"error at (\d+):(\d+): (?:expected )?(?:one of )?", message)
    if told is None:
        return QueryError(f"the query cannot be parsed: {message}", Place("query"))
    pieces = [piece.strip() for piece in message[told.end() :].split(", ")]
    words, back = _expected(pieces)
    place = Place("query", int(told[1]), max(int(told[2]) - back, 1))
    return QueryError(f"the query cannot be parsed: {words or _cannot_stand(text, place)}", place)


def _cannot_stand(text: str, place: Place) -> str:
    lines = text.split("\n")[(place.line or 1) - 1 :]
    rest = "\n".join(lines)[(place.column or 1) - 1 :]
    here = re.match(r"\s*([?$]?\w++|[^\w\s?$])(?=\s*\S)", rest)
    return f"{here[1][:_LONGEST]} cannot stand here" if here else "it ends too soon"


def _expected(pieces: Sequence[str]) -> tuple[str, int]:
    """Returns what of an engine's complaint a person can use, and how many columns before it is.

    The place is where the longest of the words that it tried would have ended.
    """
    called = [piece for piece in pieces if _CALLED.fullmatch(piece)]
    signs = [piece for piece in pieces if _SIGN.fullmatch(piece)]
    tried = [len(piece) for piece in pieces if _WORD.fullmatch(piece)]
    if called:
        return called[0][0].lower() + called[0][1:], 0
    if signs and len(signs) <= _MOST:
        return f"{' or '.join(signs)} was expected", 0
    return "", min(tried, default=1)


def _found(text: str) -> Slip | None:
    """Returns the first of the usual slips in a query, if there is one."""
    try:
        tokens = list(gate.tokens(text))
    except QueryError:
        return None
    slips = (slip for look in _LOOKS for slip in look(tokens))
    return min(slips, key=lambda slip: slip[1].start(), default=None)


def _form(tokens: Sequence[gate.Token]) -> Iterator[Slip]:
    """A query begins with its form."""
    for before, token in pairwise(tokens):
        if before[0].upper() == "PREFIX" and token["word"] is not None:
            yield f"a prefix is declared with a colon: PREFIX {token[0]}: <…>", token
            return
    words = (token for token in tokens if token["word"] is not None)
    first = next((one for one in words if one[0].upper() not in {"PREFIX", "BASE"}), None)
    if first is not None and first[0].upper() not in _FORMS:
        near = get_close_matches(first[0].upper(), _FORMS, n=1)
        hint = f"did you mean {near[0]}?" if near else f"it begins with {', '.join(_FORMS)}"
        yield f"{first[0]!r} is no form of a query: {hint}", first


def _prefixes(tokens: Sequence[gate.Token]) -> Iterator[Slip]:
    """A prefix is declared or of the model."""
    known = {*PREFIXES, "_"}
    for before, token in zip([None, *tokens], tokens, strict=False):
        if token["prefix"] is None:
            continue
        if before is not None and before[0] == "<":
            yield "the IRI that begins here holds a space, or a sign that no IRI has", before
        elif before is not None and before[0].upper() == "PREFIX":
            known.add(token["prefix"])
        elif token["prefix"] not in known:
            near = get_close_matches(token["prefix"], known, n=1)
            hint = f"did you mean {near[0]}:?" if near else "declare it with PREFIX"
            yield f"the prefix {token['prefix']}: is not known: {hint}", token


def _brackets(tokens: Sequence[gate.Token]) -> Iterator[Slip]:
    """Every bracket has its other half."""
    opened: list[gate.Token] = []
    for token in tokens:
        if token["open"] is not None:
            opened.append(token)
        elif token["close"] is not None:
            if not opened:
                yield f"there is no bracket that {token[0]} closes", token
                return
            other = opened.pop()
            if _CLOSING[other[0]] != token[0]:
                line = gate.place(other.string, other)
                yield f"{token[0]} stands where {other[0]} of {line} wants its other half", token
                return
    if opened:
        yield f"{opened[-1][0]} is not closed", opened[-1]


def _quotes(tokens: Sequence[gate.Token]) -> Iterator[Slip]:
    """Every text has its end."""
    for token in tokens:
        if token["sign"] in {"'", '"'}:
            yield f"the text that begins with {token[0]} does not end on its line", token
            return


def _selected(tokens: Sequence[gate.Token]) -> Iterator[Slip]:
    """What is selected stands side by side, what is counted in brackets with a name."""
    inside = False
    depth = 0
    for token in tokens:
        word = (token["word"] or "").upper()
        depth += (token["open"] is not None) - (token["close"] is not None)
        if word == "SELECT":
            inside, depth = True, 0
        elif token[0] == "{" or word in {"WHERE", "FROM"}:
            inside = False
        elif inside and depth == 0 and token["sign"] == ",":
            yield "variables of a SELECT stand side by side, without commas", token
        elif inside and depth == 0 and word in _AGGREGATES:
            yield f"write it in brackets, with a name: ({word}(…) AS ?name)", token


def _filters(tokens: Sequence[gate.Token]) -> Iterator[Slip]:
    """A FILTER has brackets."""
    for token, after in pairwise(tokens):
        bare = after.lastgroup is None or after["sign"] is not None
        if (token["word"] or "").upper() == "FILTER" and bare:
            yield "FILTER wants brackets: FILTER(…)", after


def _triples(tokens: Sequence[gate.Token]) -> Iterator[Slip]:
    """A triple has three parts."""
    opened: list[str] = []
    run: list[gate.Token] = []
    data = False
    for token in tokens:
        word = (token["word"] or "").upper()
        if token["open"] is not None:
            opened.append("data" if data and token[0] == "{" else token[0])
            data = data and token[0] != "{"
        elif token["close"] is not None:
            del opened[-1:]
        data = data or word == "VALUES"
        is_term = token.lastgroup in {None, "iri", "prefix"} or token[0] == "a"
        if is_term and opened[-1:] == ["{"]:
            run.append(token)
            continue
        if token[0] in {".", "}"} and len(run) == 2 and _began(tokens, run[0]):
            yield f"a triple has three parts, and {run[0][0]} {run[1][0]} is two", token
        run = []


def _began(tokens: Sequence[gate.Token], first: gate.Token) -> bool:
    """Returns whether a token is the first of its triple, as far as can be told."""
    before = next((one for one in reversed(tokens) if one.end() <= first.start()), None)
    return before is not None and before[0] in {"{", ".", "}"}


_LOOKS: tuple[Callable[[Sequence[gate.Token]], Iterator[Slip]], ...] = (
    _form, _prefixes, _brackets, _quotes, _selected, _filters, _triples,
)  # fmt: skip
