"""What is said of a query that cannot be parsed: where, what, and never a grammar."""

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.namespaces import PREFIXES
from kg.store import Limits, in_memory
from kg.store.slips import syntax_error

SAID = {
    "SELECT * { ?s ?p }": "1:18: a triple has three parts, and ?s ?p is two",
    "SELECT * {\n ?s a dip:Event .\n ?s rdfs:label . }": "3:16: a triple has three parts",
    "SELECT * { ?x foo:bar ?y }": "1:15: the prefix foo: is not known: declare it with PREFIX",
    "SELECT * { ?x dipp:bar ?y }": "1:15: the prefix dipp: is not known: did you mean dip:?",
    "PREFIX x <urn:> SELECT * {}": "1:8: a prefix is declared with a colon: PREFIX x: <…>",
    "SELEC * {}": "1:1: 'SELEC' is no form of a query: did you mean SELECT?",
    "hello": "1:1: 'hello' is no form of a query: it begins with SELECT",
    "": "1:1: it ends too soon",
    "SELECT * { ?s ?p ?o": "1:10: { is not closed",
    "SELECT * { ?s ?p ?o }}": "1:22: there is no bracket that } closes",
    "SELECT * { FILTER(regex(?x, 'a') }": "1:34: } stands where ( of query:1:18 wants",
    "SELECT * { ?s ?p 'abc }": "1:18: the text that begins with ' does not end",
    "SELECT ?s, ?p { ?s ?p ?o }": "1:10: variables of a SELECT stand side by side",
    "SELECT ?a COUNT(?b) { ?a ?p ?b }": "1:11: write it in brackets, with a name: (COUNT(…)",
    "SELECT * { ?s ?p ?o FILTER ?o > 3 }": "1:28: FILTER wants brackets",
    "SELECT * { ?s a <http://x y> }": "1:17: the IRI that begins here holds a space",
    "SELECT ?x ?y { ?x ?p ?o } GROUP BY ?x": "1:38: the SELECT contains a variable that is unbound",
    "SELECT * {\n ?s ?p ?o ORDER BY ?s }": "2:11: ORDER cannot stand here",
    "SELECT * { FILTER(foo(?x)) }": "1:19: foo cannot stand here",
    "SELECT ?x WHERE ?x ?p ?o": '1:17: "{" was expected',
}


@pytest.mark.parametrize("text", SAID)
def test_a_slip_is_said_with_its_place(text: str) -> None:
    with pytest.raises(SyntaxError) as caught:
        ox.Store().query(text, prefixes=PREFIXES)
    said = str(syntax_error(str(caught.value.msg), text))
    place, _, words = SAID[text].partition(": ")
    assert said.startswith(f"query:{place}: the query cannot be parsed: {words}")
    assert len(said) < 200


@given(st.lists(st.sampled_from(
    ["SELECT", "*", "{", "}", "(", ")", "?s", "<urn:p>", "a", ".", ";", ",", "'x'", "\"", "dip:x",
     "x:", "FILTER", "VALUES", "PREFIX", "GROUP BY", "COUNT", "1", "<", "\n", "é", "#"]
), max_size=25).map(" ".join))  # fmt: skip
def test_whatever_cannot_be_parsed_is_said_in_short(text: str) -> None:
    try:
        ox.Store().query(text, prefixes=PREFIXES)
    except SyntaxError as error:
        said = syntax_error(str(error.msg), text)
        assert len(str(said)) < 250
        assert said.place is not None
        assert said.place.line is not None
        assert said.place.line <= text.count("\n") + 1


def test_sound_queries_are_not_looked_at() -> None:
    text = "SELECT (COUNT(?o) AS ?n) { VALUES (?s ?p) { (<urn:a> <urn:b>) } ?s ?p ?o ; a ?c . }"
    assert in_memory().run(text, Limits())
