"""The twenty-five questions: the answers expected, the same from rdflib and from Oxigraph."""

import csv
import io
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import Misuse
from kg.load import load, read_house
from kg.namespaces import BASE, PREFIXES
from kg.queries import TYPES, Question, bind, prepare, read_questions, resolve
from kg.rdf import RESULT_FORMATS, Literal, NamedNode, Rows, in_words, parse, to_rdflib
from kg.store import Reader, Writer, in_memory, open_store
from tests.running import kg
from tests.seed import SEED, seed

ROOT = Path(__file__).parents[1]
OTHER_SIDE = ROOT / "tests" / "data" / "us-account-of-the-call.yaml"
EXAMPLES = ROOT / "docs" / "examples"
GOLDEN = ROOT / "tests" / "golden"

CALL = "2026-01-12-sheinbaum-trump-call"
LIND_VEY = "2026-03-02-lind-vey-call"
TALK = "2026-01-11-de-la-fuente-rubio-conversation"
# Number of the question, the prepared one that answers it, and what is chosen.
ASKED: list[tuple[int, str, list[tuple[str, str]]]] = [
    (1, "participants", [("event", CALL)]),
    (2, "timeline", []),
    (3, "said-in", [("event", CALL), ("speaker", "Donald Trump")]),
    (4, "relayed", []),
    (5, "attribution", [("fact", "homicides")]),
    (6, "accounts", [("event", TALK)]),
    (7, "readouts", []),
    (8, "intermediaries", [("sender", "Sheinbaum"), ("side", "United States")]),
    (9, "positions", [("issue", "us-intervention-in-venezuela")]),
    (10, "positions", [("issue", "military interventions")]),
    (11, "responses", []),
    (12, "consequences", [("event", "hitting-land")]),
    (13, "planned", []),
    (14, "contested", []),
    (15, "offers", []),
    (16, "figures", []),
    (
        17,
        "statements",
        [
            ("speaker", "Trump"),
            ("about", "mexico"),
            ("about", "drug-cartels-in-mexico"),
        ],
    ),
    (18, "topics-compared", [("account", "post"), ("other", "press-conference")]),
    (19, "offices", [("date", "2026-01-12")]),
    (20, "stance-history", [("holder", "Sheinbaum"), ("issue", "us-military-action-in-mexico")]),
    (21, "vouched-for", []),
    (22, "credits", []),
    (23, "evidence", [("fact", "position/mexico/us-intervention-in-venezuela/condemns")]),
    (24, "dyad", [("a", "mexico"), ("b", "united-states")]),
    (25, "boilerplate", []),
]
EVERYDAY: list[tuple[str, list[tuple[str, str]]]] = [
    ("met", [("actor", "Rubio")]),
    ("actor", [("actor", "Rubio")]),
    ("event", [("event", "hitting-land")]),
    ("source", []),
]
QUESTIONS = read_questions()
every_question = pytest.mark.parametrize("name", QUESTIONS)
every_asked = pytest.mark.parametrize(
    ("number", "name", "chosen"), ASKED, ids=[f"question-{n}" for n, _, _ in ASKED]
)


@cache
def graph(reader: Writer) -> rdflib.Graph:
    return to_rdflib(reader.quads())


def answer(name: str, chosen: list[tuple[str, str]], reader: Writer | None = None) -> Rows | bool:
    found = (reader or seed()).query(prepare(QUESTIONS[name], reader or seed(), chosen))
    assert isinstance(found, Rows | bool)
    return found


def from_rdflib(name: str, chosen: list[tuple[str, str]], reader: Writer | None = None) -> str:
    """The answer of rdflib as CSV."""
    reader = reader or seed()
    found = graph(reader).query(prepare(QUESTIONS[name], reader, chosen))
    if found.type == "ASK":
        return f"{str(found.askAnswer).lower()}\n"
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(str(v) for v in found.vars or ())
    writer.writerows(["" if t is None else str(t) for t in row] for row in found)
    return out.getvalue()


def golden(result: Rows | bool) -> str:
    """What a person sees, one line a row."""
    if isinstance(result, bool):
        return f"{str(result).lower()}\n"
    heads, cells = in_words(result)
    return "".join("\t".join(line).rstrip() + "\n" for line in [heads, *cells])


@every_asked
def test_question_of_the_seed_has_its_answer(number, name, chosen) -> None:
    expected = (GOLDEN / f"{number:02}-{name}.tsv").read_text(encoding="utf-8")
    assert golden(answer(name, chosen)) == expected


@pytest.mark.parametrize(
    ("name", "chosen"), [(n, c) for _, n, c in ASKED] + EVERYDAY, ids=lambda v: str(v)[:30]
)
def test_both_engines_give_the_same_rows(name, chosen) -> None:
    assert RESULT_FORMATS["csv"](answer(name, chosen)) == from_rdflib(name, chosen)


def test_every_question_is_asked_here() -> None:
    assert {name for _, name, _ in ASKED} | {name for name, _ in EVERYDAY} == set(QUESTIONS)


@every_question
def test_every_slot_can_be_filled(name) -> None:
    question = QUESTIONS[name]
    assert question.summary
    for parameter in question.parameters.values():
        assert parameter.type in TYPES
        assert parameter.description
        bound = bind_all(question, NamedNode("https://w3id.org/diplomatic-kg/actor/nobody"))
        assert "UNDEF" not in bound
        seed().query(bound)


def bind_all(question: Question, term: NamedNode | Literal) -> str:
    return bind(question, {name: [term] for name in question.parameters})


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_no_text_breaks_out_of_its_slot(text) -> None:
    bound = bind_all(QUESTIONS["positions"], Literal(text))
    found = seed().query(bound)
    assert isinstance(found, Rows)
    assert found.rows == ()


@pytest.mark.parametrize(
    "hostile",
    ["x> } ; DROP ALL #", '" } SERVICE <http://x/> { ?s ?p ?o } #', "\\", "'''", "}\n", "\\u003E"],
)
def test_hostile_names_are_only_names(hostile) -> None:
    for kind in TYPES:
        if kind != "text":
            with pytest.raises(Misuse):
                resolve(seed(), kind, hostile)


def test_unknown_name_names_the_nearest() -> None:
    with pytest.raises(Misuse, match="Claudia Sheinbaum"):
        resolve(seed(), "actor", "Claudia Scheinbaum")
    with pytest.raises(Misuse, match="did you mean 'issue'"):
        prepare(QUESTIONS["positions"], seed(), [("isue", "x")])
    with pytest.raises(Misuse, match="needs -p event"):
        prepare(QUESTIONS["consequences"], seed(), [])


def test_actor_is_known_by_label_slug_and_iri() -> None:
    iri = NamedNode("https://w3id.org/diplomatic-kg/actor/claudia-sheinbaum")
    for name in ("claudia sheinbaum", "Sheinbaum", "claudia-sheinbaum", iri.value):
        assert resolve(seed(), "actor", name) == iri


def test_second_account_stands_beside_the_first_and_goes_without_a_trace() -> None:
    house = read_house()
    with open_store("memory:", house.background) as both:
        load(both, SEED, house, recorded_by="test")
        before = {name: answer(name, chosen, both) for _, name, chosen in ASKED}
        (loaded,) = load(both, OTHER_SIDE, house, recorded_by="test")
        assert sides(both) == {"Mexico": "yes", "United States": "yes"}
        _, cells = in_words(answer("accounts", [("event", CALL)], both))  # type: ignore[arg-type]
        assert {row[1] for row in cells} == {"Mexico", "United States"}
        assert len({row[0] for row in cells}) == 1
        both.remove(loaded.source)
        assert {name: answer(name, chosen, both) for _, name, chosen in ASKED} == before
        assert sides(both) == {"Mexico": "yes", "United States": "no"}


CODED = """
<a> a dip:Visit, dip:Interaction ; dip:status status:occurred ; rdfs:label "visit" ;
    dip:agent actor:norway, actor:denmark ; dip:accordingTo source:%s .
"""
ACCOUNT = """
<account> a dip:Report ; dip:status status:occurred ; dip:agent actor:norway ;
    dip:about <a> ; dip:accordingTo source:readout .
"""
READOUT = """
source:note a dip:Source, dip:%s ; rdfs:label "Note" ; schema:datePublished "%s"^^xsd:date ; %s .
<a> dip:notBefore "2026-03-02"^^xsd:date .
"""


@pytest.mark.parametrize(
    ("told", "listed"),
    [
        (CODED % "table", {}),
        (CODED % "note", {"Norway": "no", "Denmark": "no"}),
        (
            CODED % "table" + ACCOUNT,
            {"Norway": "yes", "Denmark": "no"},
        ),
        *(
            (CODED % "note" + READOUT % readout, {"Norway": given_, "Denmark": "no"})
            for readout, given_ in [
                (("Readout", "2026-03-02", "dip:state actor:norway"), "yes"),
                (("Readout", "2026-03-02", "schema:publisher actor:norway"), "yes"),
                (("Readout", "2026-03-02", "schema:publisher actor:jonas-gahr-store"), "yes"),
                (("Readout", "2026-03-02", "dip:state actor:sweden"), "no"),
                (("Readout", "2026-03-01", "dip:state actor:norway"), "no"),
                (("NewsArticle", "2026-03-02", "dip:state actor:norway"), "no"),
            ]
        ),
    ],
)
def test_readouts_are_listed_of_what_more_than_data_sets_tell_of(
    told: str, listed: dict[str, str]
) -> None:
    store = holding("source:table a dip:Dataset . source:note a dip:NewsArticle ." + told)
    heads, cells = in_words(answer("readouts", [], store))  # type: ignore[arg-type]
    at, given_ = heads.index("side"), heads.index("readout")
    assert {row[at]: row[given_] for row in cells} == listed


@pytest.fixture(scope="module")
def both_readouts(tmp_path_factory) -> Iterator[Writer]:
    """The readouts of two sides on one call: one reports it, one tells of it in its own voice."""
    house = read_house()
    other = tmp_path_factory.mktemp("desk") / "estria.yaml"
    text = (EXAMPLES / "estria.yaml").read_text(encoding="utf-8")
    text = text.replace("id: call,", f"id: event/{LIND_VEY},")
    other.write_text(text.replace("during: call", f"during: event/{LIND_VEY}"), encoding="utf-8")
    with open_store("memory:", house.background) as store:
        for file in (EXAMPLES / "readout.yaml", other):
            load(store, file, house, recorded_by="test")
        yield store


@pytest.mark.parametrize(
    ("name", "columns", "expected"),
    [
        (
            "accounts",
            ("side", "gives", "on the word of", "item"),
            [
                ("Estria", "content", "Estria's readout of Vey's conversation with Lind",
                 "request: Tomas Vey"),
                ("Norlandia", "content", "Norlandia", "announce: Ada Lind"),
                ("Norlandia", "content", "Norlandia", "offer: Ada Lind"),
                ("Norlandia", "content", "Norlandia", "thank: Tomas Vey"),
            ],
        ),
        (
            "readouts",
            ("side", "readout", "by"),
            [
                ("Estria", "yes", "Estria's readout of Vey's conversation with Lind"),
                ("Norlandia", "yes", "Norlandia"),
            ],
        ),
    ],
    ids=["accounts", "readouts"],
)  # fmt: skip
@pytest.mark.parametrize("chosen", [[], [("event", LIND_VEY)]], ids=["all", "one"])
def test_readouts_of_two_sides_stand_side_by_side(
    both_readouts, name, columns, expected, chosen
) -> None:
    found = answer(name, chosen, both_readouts)
    assert isinstance(found, Rows)
    heads, cells = in_words(found)
    assert [tuple(row[heads.index(column)] for column in columns) for row in cells] == expected
    assert RESULT_FORMATS["csv"](found) == from_rdflib(name, chosen, both_readouts)


def holding(turtle: str) -> Reader:
    prologue = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())
    asserted = parse((prologue + turtle).encode(), "ttl", file="told", base=BASE)
    return in_memory(read_house().background.quads, asserted)


def test_events_of_a_kind_of_ones_own_namespace_are_in_the_timeline() -> None:
    day = '"2026-01-12"^^xsd:date'
    store = holding(f"""
        <https://own.example/Summit> rdfs:subClassOf dip:Meeting ; rdfs:label "summit" .
        <a> a <https://own.example/Summit>, dip:Meeting, dip:Conversation, dip:Interaction,
            dip:Event ; rdfs:label "they meet" ;
            dip:status status:occurred ; dip:agent actor:norway, actor:denmark ;
            dip:notBefore {day} ; dip:notAfter {day} .
    """)
    heads, cells = in_words(answer("timeline", [], store))  # type: ignore[arg-type]
    assert [row[heads.index("kind")] for row in cells] == ["summit"]


def sides(reader: Writer) -> dict[str, str]:
    heads, cells = in_words(answer("readouts", [("event", CALL)], reader))  # type: ignore[arg-type]
    side, given_ = heads.index("side"), heads.index("readout")
    return {row[side]: row[given_] for row in cells}


def test_all_about_an_event_has_what_each_row_is_and_says_days_as_days() -> None:
    _, cells = in_words(answer("event", [("event", CALL)]))  # type: ignore[arg-type]
    assert all(what for what, _ in cells)
    assert ["when", "2026-01-12"] in cells
    assert ["← part of", "Trump says that more can be done"] in cells
    _, cells = in_words(answer("event", [("event", "help-offer")]))  # type: ignore[arg-type]
    assert ["part of", "Monday morning's call between Sheinbaum and Trump"] in cells


def test_two_who_met_stand_once_unless_one_is_asked_for() -> None:
    def pairs(chosen: list[tuple[str, str]]) -> list[tuple[str, str]]:
        return [(row[0], row[1]) for row in in_words(answer("met", chosen))[1]]  # type: ignore[arg-type]

    everybody = pairs([])
    assert len({frozenset(pair) for pair in everybody}) == len(everybody) == 12
    assert {first for first, _ in pairs([("actor", "Trump")])} == {"Donald Trump"}
    assert {second for _, second in pairs([("other", "Trump")])} == {"Donald Trump"}


def bad_beside_good(folder: Path) -> dict[str, str]:
    """Writes a question that is sound and some that are not, and returns what is said of these."""
    header = "#+ summary: What stands here\n#+ parameters:\n#+   actor: "
    select = "SELECT * { VALUES ?actor { UNDEF } ?actor ?p ?o }\n"
    bad = {
        "headless": ("SELECT * { ?s ?p ?o }", "no header: begin the file with `#+ summary: `"),
        "no-yaml": ("#+ summary: [", "not YAML"),
        "slots": ("#+ summary: It\n" + select, "slots and parameters differ: actor"),
        "typed": (header + "{type: bogus}\n" + select, "actor is of no known type, bogus: choose"),
        "timeline": (header + "{type: actor}\n" + select, "the header needs"),
        "bytes": ("#+ summary: \udcff\n", "not UTF-8"),
    }
    asked = folder / "queries" / "ask"
    asked.mkdir(parents=True)
    (asked / "mine.rq").write_text("#+ summary: All of it\nSELECT (1 AS ?one) {}\n")
    for name, (text, _) in bad.items():
        (asked / f"{name}.rq").write_bytes(text.encode(errors="surrogateescape"))
    return {name: said for name, (_, said) in bad.items()}


def test_wrong_question_keeps_no_other_from_being_asked(tmp_path: Path) -> None:
    bad = bad_beside_good(tmp_path)
    assert kg("load", str(SEED), folder=tmp_path).returncode == 0
    shown = kg("query", "mine", folder=tmp_path)
    assert (shown.returncode, shown.stdout, shown.stderr) == (0, "one\n1\n", "")
    listed = kg("query", "--list", folder=tmp_path)
    assert listed.returncode == 3
    assert "question,mine,All of it," in listed.stdout
    assert "readouts" in listed.stdout
    for name, said in bad.items():
        assert f"question,{name}," not in listed.stdout
        asked = kg("query", name, folder=tmp_path)
        assert asked.returncode == 3
        for told in (asked.stderr, listed.stderr):
            assert f"{name}.rq:" in told
            assert said in told
