"""Questions that are written for speed answer as their plain forms do, on worlds of any kind.

`tests/plain/` keeps each such question as it would be written without a thought for speed.
"""

from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench import world
from kg.load import read_house
from kg.namespaces import PREFIXES, XSD
from kg.queries import Question, bind, read_question, read_questions
from kg.rdf import Literal, NamedNode, Rows, Term, parse
from kg.store import Background, Reader, open_store

PLAIN = {path.stem: read_question(path) for path in (Path(__file__).parent / "plain").glob("*.rq")}
QUESTIONS = {**read_questions(group="check"), **read_questions()}
QUADS = 6_000
DATES = tuple(f"20{year}-{month:02}-15" for year in range(10, 27) for month in (1, 7))
# What a world has of each type of parameter; not everything that is known is used in a small one.
USED = {
    "actor": "?someone dip:agent|dip:recipient|dip:holder ?iri",
    "issue": "?fact dip:issue|dip:about/skos:broader* ?iri . ?iri a skos:Concept",
    "stance": "?iri a dip:Stance",
    "event": "?iri a dip:Event",
    "source": "?passage oa:hasSource ?iri",
    "fact": "?iri dip:accordingTo ?voucher",
}


@cache
def store(seed: int) -> Reader:
    quads = parse(b"".join(world.lines(QUADS, seed)), "nq", file="world")
    background = (*read_house().background.quads, *quads)
    return open_store("memory:", Background(background, "", lambda _: ()))


@cache
def used(seed: int, type: str) -> tuple[Term, ...]:
    if type == "date":
        return tuple(Literal(day, datatype=NamedNode(XSD + "date")) for day in DATES)
    heads = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())
    found = store(seed).query(f"{heads}SELECT DISTINCT ?iri {{ {USED[type]} }} ORDER BY ?iri")
    assert isinstance(found, Rows)
    return tuple(term for (term,) in found.rows if isinstance(term, NamedNode))


def rows(seed: int, question: Question, values: dict[str, list[Term]], first: int | None = None):
    found = store(seed).query(bind(question, values, first))
    return found.rows if isinstance(found, Rows) else found


def test_every_plain_form_is_of_a_question() -> None:
    assert set(PLAIN) <= set(QUESTIONS)
    for name, plain in PLAIN.items():
        assert plain.parameters == QUESTIONS[name].parameters


@pytest.mark.parametrize("name", sorted(PLAIN))
@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_fast_form_answers_as_the_plain_one(name, data) -> None:
    seed = data.draw(st.integers(1, 2))
    values: dict[str, list[Term]] = {}
    for parameter in QUESTIONS[name].parameters.values():
        if parameter.required or data.draw(st.booleans()):
            most = 1 if parameter.type == "date" else 3
            chosen = st.lists(
                st.sampled_from(used(seed, parameter.type)), min_size=1, max_size=most, unique=True
            )
            values[parameter.name] = data.draw(chosen)
        begin = values.get(parameter.not_before)
        if begin and parameter.name in values:
            in_order = sorted((begin, values[parameter.name]), key=str)
            values[parameter.not_before], values[parameter.name] = in_order
    if name == "dyad" and set(values.get("a", ())) & set(values.get("b", ())):
        return  # a state and itself: the plain form then gives what it does with anyone
    plain = rows(seed, PLAIN[name], values)
    assert rows(seed, QUESTIONS[name], values) == plain
    if not isinstance(plain, bool):
        first = data.draw(st.integers(1, max(20, len(plain))))
        assert rows(seed, QUESTIONS[name], values, first) == plain[:first]
