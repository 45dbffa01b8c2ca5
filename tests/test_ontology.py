"""What the ontology promises: every term described, every code at home, one tree of kinds."""

from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from kg import __version__
from kg.errors import InputError
from kg.facts import read_documents, read_register
from kg.namespaces import BASE, DIP, OWL, RDF, RDFS, SCHEMA, SKOS, VOCABULARY_GRAPH
from kg.rdf import Literal, NamedNode, Quad, parse
from kg.resources import files, shipped
from kg.vocabulary import CAMEO, PLOVER, Vocabulary, load_vocabulary, nearest

SEED = Path(__file__).parents[1] / "facts" / "mnd-2026-01-12-sheinbaum-trump.yaml"
FILES = sorted(files("ontology", (".ttl",)))
DESCRIBED = [path for path in FILES if path.name not in {"alignments.ttl", "others.ttl"}]

# The CAMEO codebook: for each root the number of its three-digit codes after the first, and for the
# last digit of those that are divided the number of their parts.
CAMEO_CODES: dict[str, tuple[int, dict[int, int]]] = {
    "01": (9, {}),
    "02": (8, {1: 4, 3: 4, 4: 4, 5: 6}),
    "03": (9, {1: 4, 3: 4, 4: 4, 5: 6}),
    "04": (6, {}),
    "05": (7, {}),
    "06": (4, {}),
    "07": (5, {}),
    "08": (7, {1: 4, 3: 4, 4: 2, 6: 3, 7: 4}),
    "09": (4, {}),
    "10": (8, {1: 4, 3: 4, 4: 4, 5: 6}),
    "11": (6, {2: 5}),
    "12": (9, {1: 4, 2: 4, 3: 4, 4: 6}),
    "13": (9, {1: 3, 2: 4, 8: 5}),
    "14": (5, {1: 4, 2: 4, 3: 4, 4: 4, 5: 4}),
    "15": (5, {}),
    "16": (6, {2: 3, 6: 3}),
    "17": (6, {1: 2, 2: 4}),
    "18": (6, {2: 3, 3: 4}),
    "19": (6, {5: 2}),
    "20": (4, {4: 2}),
}
PLOVER_MODES = {
    "AGREE": "",
    "CONSULT": "visit third-party multilateral phone host",
    "SUPPORT": "",
    "CONCEDE": "",
    "COOPERATE": "",
    "AID": "economic military humanitarian asylum",
    "RETREAT": "withdraw release return disarm ceasefire access resign ease",
    "REQUEST": "assist change yield meet",
    "ACCUSE": "disapprove allege investigate",
    "REJECT": "assist change yield meet",
    "THREATEN": "restrict ban arrest relations expel territory violence political",
    "PROTEST": "demo riot strike-gen strike-lim strike-hun general strike hunger boycott obstruct",
    "SANCTION": "convict cancel expel withdraw sever discontinue",
    "MOBILIZE": "troops weapons police militia",
    "COERCE": "confiscate seize restrict ban censor curfew martial-law arrest deport withhold"
    " cyber misinformation",
    "ASSAULT": "abduct beat torture execute sexual assassinate destroy firearms heavy-weapons"
    " primitive explosives suicide-attack aerial drone targeted crowd-control massacre cleansing"
    " unconventional sideAB",
}
DOUBTFUL = (
    "http://cv.iptc.org/",
    "http://rdfs.org/sioc/",
    "https://rdfs.org/sioc/",
    "http://purl.org/marl/",
    "gsi.dit.upm.es",
    "wikidata.org/entity/",
)


def cameo_codes() -> Iterator[str]:
    for root, (last, parts) in CAMEO_CODES.items():
        yield root
        for digit in range(last + 1):
            yield f"{root}{digit}"
            yield from (f"{root}{digit}{part}" for part in range(1, parts.get(digit, 0) + 1))


def plover_codes() -> Iterator[str]:
    for type_, modes in PLOVER_MODES.items():
        yield type_
        yield from (f"{type_}-{mode}" for mode in modes.split())


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return load_vocabulary()


@cache
def others() -> frozenset[Quad]:
    """What properties of other vocabularies are called."""
    (path,) = (path for path in FILES if path.name == "others.ttl")
    quads = parse(path.read_bytes(), "ttl", file=str(path))
    graph = NamedNode(VOCABULARY_GRAPH)
    return frozenset(Quad(quad.subject, quad.predicate, quad.object, graph) for quad in quads)


def test_properties_of_others_are_called_something_and_no_more() -> None:
    assert {quad.predicate.value for quad in others()} == {RDFS + "label"}
    assert all(not str(quad.subject).startswith(f"<{BASE}") for quad in others())


def test_every_property_of_the_graph_is_called_something(vocabulary: Vocabulary) -> None:
    named = {q.subject.value for q in vocabulary.quads if q.predicate.value == RDFS + "label"}
    register = read_register(vocabulary)
    (document,) = read_documents(SEED, vocabulary=vocabulary, register=register)
    used = {q.predicate.value for q in (*vocabulary.quads, *register.quads, *document.quads)}
    assert used - named == set()


@pytest.fixture(scope="module")
def terms(vocabulary: Vocabulary) -> dict[str, list[Quad]]:
    """All that is said about each term of ours."""
    found: dict[str, list[Quad]] = {}
    for quad in vocabulary.quads:
        assert isinstance(quad.subject, NamedNode), f"{quad} hangs on a blank node"
        if quad in others():
            continue
        found.setdefault(quad.subject.value, []).append(quad)
    return found


def project(folder: Path, text: str) -> Path:
    (folder / "ontology").mkdir()
    (folder / "ontology" / "mine.ttl").write_text(
        f"@prefix dip: <{DIP}> . @prefix rdfs: <{RDFS}> . @prefix skos: <{SKOS}> .\n{text}",
        encoding="utf-8",
    )
    return folder


# Terms


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_file_parses_without_a_blank_node(path: Path) -> None:
    quads = list(parse(path.read_bytes(), "ttl", file=str(path)))
    assert quads
    assert all(isinstance(quad.subject, NamedNode) for quad in quads)


@pytest.mark.parametrize("predicate", ["label", "definition", "example"])
def test_each_term_has_one(predicate: str, terms: dict[str, list[Quad]]) -> None:
    iri = (RDFS if predicate == "label" else SKOS) + predicate
    counts = {
        term: sum(quad.predicate.value == iri for quad in quads) for term, quads in terms.items()
    }
    assert {term: count for term, count in counts.items() if count != 1} == {}


def test_labels_definitions_and_examples_are_plain_strings(vocabulary: Vocabulary) -> None:
    told = {RDFS + "label", SKOS + "definition", SKOS + "example"}
    literals = [quad.object for quad in vocabulary.quads if quad.predicate.value in told]
    assert [o for o in literals if not isinstance(o, Literal) or o.language] == []


def test_each_term_is_ours_and_has_a_type(terms: dict[str, list[Quad]]) -> None:
    for term, quads in terms.items():
        assert term.startswith(BASE), term
        assert any(quad.predicate.value == RDF + "type" for quad in quads), term


def test_each_term_is_described_once(terms: dict[str, list[Quad]]) -> None:
    where: Counter[str] = Counter()
    for path in DESCRIBED:
        quads = parse(path.read_bytes(), "ttl", file=str(path))
        where.update({quad.subject.value for quad in quads if isinstance(quad.subject, NamedNode)})
    assert {term: count for term, count in where.items() if count > 1} == {}
    assert set(where) == set(terms)


def test_no_two_terms_of_one_sort_have_one_label(vocabulary: Vocabulary) -> None:
    for concepts in (vocabulary.kinds, vocabulary.stances, vocabulary.issues, vocabulary.topics):
        labels = Counter(concept.label for concept in concepts.values())
        assert [label for label, count in labels.items() if count > 1] == []


def test_every_term_of_ours_that_is_spoken_of_is_described(
    vocabulary: Vocabulary, terms: dict[str, list[Quad]]
) -> None:
    spoken = {
        node.value
        for quad in vocabulary.quads
        for node in (quad.predicate, quad.object)
        if isinstance(node, NamedNode) and node.value.startswith(BASE)
    } | {
        quad.object.datatype.value
        for quad in vocabulary.quads
        if isinstance(quad.object, Literal) and quad.object.datatype.value.startswith(BASE)
    }
    assert spoken - set(terms) == set()


def test_no_doubtful_address_is_used() -> None:
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        assert [iri for iri in DOUBTFUL if iri in text] == [], path.name


def test_every_property_says_what_it_joins(terms: dict[str, list[Quad]]) -> None:
    ends = {"https://schema.org/domainIncludes", "https://schema.org/rangeIncludes"}
    for term, quads in terms.items():
        said = {quad.predicate.value for quad in quads}
        if any(quad.object == NamedNode(RDF + "Property") for quad in quads):
            assert ends <= said, term


@pytest.mark.parametrize("role", ["agent", "recipient", "attendee"])
def test_a_participant_is_found_whatever_the_role(role: str, terms: dict[str, list[Quad]]) -> None:
    above = {q.object for q in terms[DIP + role] if q.predicate.value == RDFS + "subPropertyOf"}
    assert above == {NamedNode("http://semanticweb.cs.vu.nl/2009/11/sem/hasActor")}


def test_ontology_has_the_version_of_the_package(terms: dict[str, list[Quad]]) -> None:
    versions = [q.object for q in terms[DIP] if q.predicate.value == OWL + "versionInfo"]
    assert versions == [Literal(__version__)]


# Kinds


def test_every_kind_reaches_event(vocabulary: Vocabulary) -> None:
    for name in vocabulary.kinds:
        assert list(vocabulary.ancestors(name))[-1] == "Event"


def test_every_class_of_the_scheme_is_a_kind(
    vocabulary: Vocabulary, terms: dict[str, list[Quad]]
) -> None:
    scheme = NamedNode(DIP + "kinds")
    listed = {term for term, quads in terms.items() if any(q.object == scheme for q in quads)}
    assert listed == {kind.iri for kind in vocabulary.kinds.values()}


def test_phone_call_is_an_interaction_and_no_act(vocabulary: Vocabulary) -> None:
    assert vocabulary.is_a("PhoneCall", "Interaction")
    assert not vocabulary.is_a("PhoneCall", "SpeechAct")


def test_what_is_narrower_than_a_vouching_kind_vouches(vocabulary: Vocabulary) -> None:
    for kind in vocabulary.kinds.values():
        if kind.broader is not None and vocabulary.kinds[kind.broader].vouches:
            assert kind.vouches, kind.name


@pytest.mark.parametrize("name", ["Assert", "Report", "Announce", "Acknowledge", "Accuse"])
def test_assertive_kind_vouches(name: str, vocabulary: Vocabulary) -> None:
    assert vocabulary.kinds[name].vouches


@pytest.mark.parametrize("name", ["Deny", "Request", "Offer", "Threaten", "Ask", "Reject"])
def test_kind_that_leaves_its_content_open_does_not_vouch(
    name: str, vocabulary: Vocabulary
) -> None:
    assert not vocabulary.kinds[name].vouches


def test_every_kind_that_is_not_a_family_has_words_that_announce_it(vocabulary: Vocabulary) -> None:
    families = {kind.broader for kind in vocabulary.kinds.values()}
    assert [
        k.name for k in vocabulary.kinds.values() if not k.cues and k.name not in families
    ] == []


@pytest.mark.parametrize("part", ["verbs", "nouns"])
def test_a_word_announces_one_kind(part: str, vocabulary: Vocabulary) -> None:
    words = Counter(word for kind in vocabulary.kinds.values() for word in getattr(kind, part))
    assert [word for word, count in words.items() if count > 1] == []


def test_words_are_trimmed_english(vocabulary: Vocabulary) -> None:
    for quad in vocabulary.quads:
        if quad.predicate.value in {DIP + "verb", DIP + "noun"}:
            assert isinstance(quad.object, Literal)
            assert quad.object.language == "en", quad
            assert quad.object.value == " ".join(quad.object.value.split()), quad


# Codes


def test_codebook_has_its_three_hundred_codes() -> None:
    assert len(list(cameo_codes())) == 318
    assert len(PLOVER_MODES) == 16


@pytest.mark.parametrize("code", CAMEO_CODES)
def test_every_cameo_root_has_a_home(code: str, vocabulary: Vocabulary) -> None:
    assert (CAMEO, code) in vocabulary.homes


@pytest.mark.parametrize("code", PLOVER_MODES)
def test_every_plover_type_has_a_home(code: str, vocabulary: Vocabulary) -> None:
    assert (PLOVER, code) in vocabulary.homes


def test_every_code_is_read_as_some_kind(vocabulary: Vocabulary) -> None:
    assert [c for c in cameo_codes() if vocabulary.kind_of(CAMEO, c) is None] == []
    assert [c for c in plover_codes() if vocabulary.kind_of(PLOVER, c) is None] == []


def test_every_home_is_named_once(vocabulary: Vocabulary) -> None:
    told = [str(quad.object) for quad in vocabulary.quads if quad.predicate.value == DIP + "homeOf"]
    assert len(told) == len(set(told)) == len(vocabulary.homes)


def test_every_home_is_a_code_of_its_codebook(vocabulary: Vocabulary) -> None:
    known = {(CAMEO, code) for code in cameo_codes()} | {(PLOVER, code) for code in plover_codes()}
    assert set(vocabulary.homes) <= known


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("010", "Assert"),
        ("0211", "Request"),
        ("0256", "Urge"),
        ("036", "Promise"),
        ("0334", "Offer"),
        ("040", "Conversation"),
        ("041", "PhoneCall"),
        ("0871", "Ceasefire"),
        ("1056", "Demand"),
        ("111", "Condemn"),
        ("1222", "Decline"),
        ("1384", "ThreatenForce"),
        ("163", "Sanction"),
        ("1951", "MilitaryAction"),
    ],
)
def test_cameo_code_is_read_as(code: str, name: str, vocabulary: Vocabulary) -> None:
    kind = vocabulary.kind_of(CAMEO, code)
    assert kind is not None
    assert kind.name == name


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("REQUEST-meet", "Request"),
        ("CONSULT-phone", "PhoneCall"),
        ("PROTEST-strike-gen", "Protest"),
        ("ASSAULT-drone", "MilitaryAction"),
        ("ASSAULT-massacre", "MassViolence"),
        ("COERCE-cyber", "Coercion"),
    ],
)
def test_plover_code_is_read_as(code: str, name: str, vocabulary: Vocabulary) -> None:
    kind = vocabulary.kind_of(PLOVER, code)
    assert kind is not None
    assert kind.name == name


def test_a_code_of_no_codebook_has_no_home(vocabulary: Vocabulary) -> None:
    assert vocabulary.kind_of(CAMEO, "99") is None
    assert vocabulary.kind_of(CAMEO, "") is None
    assert vocabulary.kind_of(PLOVER, "AGREEABLE") is None


def test_every_code_that_a_kind_bears_has_a_home(vocabulary: Vocabulary) -> None:
    for kind in vocabulary.kinds.values():
        for scheme, codes in (
            (CAMEO, (kind.cameo, kind.cameo_ahead)),
            (PLOVER, (kind.plover, kind.plover_ahead)),
        ):
            for code in filter(None, codes):
                assert vocabulary.kind_of(scheme, code) is not None, (kind.name, code)


@pytest.mark.parametrize("name", ["Capture", "Intervention"])
def test_kind_whose_code_would_judge_is_uncoded(name: str, vocabulary: Vocabulary) -> None:
    assert vocabulary.kinds[name].cameo is None
    assert vocabulary.kinds[name].plover is None


def test_a_meeting_to_come_is_coded_as_an_intent(vocabulary: Vocabulary) -> None:
    meeting = vocabulary.kinds["Meeting"]
    assert (meeting.cameo, meeting.plover) == ("040", "CONSULT")
    assert (meeting.cameo_ahead, meeting.plover_ahead) == ("036", "AGREE")


# Statuses, stances, issues, topics


def test_statuses_are_the_four(vocabulary: Vocabulary) -> None:
    assert set(vocabulary.statuses) == {"occurred", "scheduled", "cancelled", "hypothetical"}


def test_every_stance_is_for_or_against(vocabulary: Vocabulary) -> None:
    sides = {stance.broader for stance in vocabulary.stances.values()}
    assert sides == {None, "favourable", "unfavourable"}


def test_slugs_are_kebab_case(vocabulary: Vocabulary) -> None:
    for concepts in (vocabulary.stances, vocabulary.issues, vocabulary.topics):
        for slug in concepts:
            assert slug == slug.lower()
            assert slug.replace("-", "").isalnum()


def test_no_slug_is_both_an_issue_and_a_topic(vocabulary: Vocabulary) -> None:
    assert set(vocabulary.issues) & set(vocabulary.topics) == set()


def test_a_plover_context_has_one_topic(vocabulary: Vocabulary) -> None:
    contexts = Counter(t.context for t in vocabulary.topics.values() if t.context is not None)
    assert [context for context, count in contexts.items() if count > 1] == []


def test_issue_knows_its_other_wordings(vocabulary: Vocabulary) -> None:
    assert len(vocabulary.issues["us-military-action-in-mexico"].labels) == 5


# Loading, and a project's own


def test_vocabulary_is_in_its_graph(vocabulary: Vocabulary) -> None:
    assert {quad.graph_name for quad in vocabulary.quads} == {NamedNode(VOCABULARY_GRAPH)}


def test_digest_is_of_what_was_read(vocabulary: Vocabulary, tmp_path: Path) -> None:
    assert load_vocabulary().digest == vocabulary.digest
    assert load_vocabulary(tmp_path).digest == vocabulary.digest
    assert load_vocabulary(project(tmp_path, "")).digest != vocabulary.digest


def test_project_adds_a_kind(tmp_path: Path) -> None:
    mine = """dip:Handshake a rdfs:Class ; rdfs:subClassOf dip:Meeting ; rdfs:label "handshake" ;
    skos:definition "They shake hands." ; dip:verb "shake hands"@en ."""
    vocabulary = load_vocabulary(project(tmp_path, mine))
    assert vocabulary.is_a("Handshake", "Interaction")
    assert vocabulary.kinds["Handshake"].cues == ("shake hands",)


def test_project_teaches_a_kind_a_word(tmp_path: Path) -> None:
    vocabulary = load_vocabulary(project(tmp_path, 'dip:Condemn dip:verb "lambast"@en .'))
    assert "lambast" in vocabulary.kinds["Condemn"].verbs


def test_project_adds_an_issue(tmp_path: Path) -> None:
    mine = """<https://w3id.org/diplomatic-kg/issue/fishing-rights> a dip:Issue ;
    rdfs:label "fishing rights" ; skos:definition "Who may fish where." ."""
    assert "fishing-rights" in load_vocabulary(project(tmp_path, mine)).issues


WRONG = {
    "dip:Handshake a rdfs:Class ; rdfs:subClassOf dip:Meting .": "did you mean dip:Meeting",
    "dip:Handshake rdfs:subClassOf dip:Meeting .": "exactly one rdfs:label",
    "dip:PhoneCall rdfs:subClassOf dip:Visit .": "is below dip:Conversation and dip:Visit",
    'dip:PhoneCall rdfs:label "ring" .': "'phone call' and 'ring'",
    'dip:Visit dip:homeOf "041"^^dip:cameo .': "both home of 041",
    'dip:Visit skos:notation "041"^^dip:cameo .': "keep one",
    "dip:Event rdfs:subClassOf dip:PhoneCall .": "is below itself",
    "<https://example.org/x> a dip:Issue .": "must begin with",
    "dip:Handshake a": "mine.ttl:2",
}


@pytest.mark.parametrize("text", WRONG)
def test_what_does_not_hold_together_is_an_error_with_its_place(text: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        load_vocabulary(project(tmp_path, text))
    assert WRONG[text] in str(error.value)
    assert error.value.place is not None
    assert error.value.place.file.endswith((".ttl",))
    assert error.value.place.line is not None


def test_nearest_name_is_suggested(vocabulary: Vocabulary) -> None:
    assert nearest("Phonecall", vocabulary.kinds) == "PhoneCall"
    assert nearest("xyzzy", vocabulary.kinds) is None


def test_shipped_folder_holds_the_files_that_the_docs_name() -> None:
    names = {path.name for path in shipped("ontology").glob("*.ttl")}
    assert {"core.ttl", "kinds.ttl", "schemes.ttl", "issues.ttl", "topics.ttl"} <= names


def test_what_an_import_says_of_its_source_has_a_name() -> None:
    told = {"datePublished", "creditText", "license"}
    assert {NamedNode(SCHEMA + name) for name in told} <= {quad.subject for quad in others()}
