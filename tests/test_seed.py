"""The seed article's fact document and its checklist say the same, fact by fact."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from kg.derive import derive, read_rules
from kg.facts import read, read_register
from kg.namespaces import BASE, DIP, PREFIXES, RDF, RDFS, SOURCE, graph_of
from kg.rdf import NamedNode, Quad, parse
from kg.store import Background, Standing, open_store
from kg.validate import read_shapes, validate
from kg.vocabulary import load_vocabulary

ROOT = Path(__file__).parents[1]
SEED = ROOT / "facts" / "mnd-2026-01-12-sheinbaum-trump.yaml"
CHECKLIST = SEED.with_suffix(".checklist.yaml")
OTHER_SIDE = ROOT / "tests" / "data" / "us-account-of-the-call.yaml"

SAID = yaml.safe_load(CHECKLIST.read_text(encoding="utf-8"))
PRESENT: list[dict[str, Any]] = SAID["present"]
ABSENT: list[dict[str, Any]] = SAID["absent"]
THIS = SOURCE + SAID["source"]
HEAD = f"PREFIX : <{THIS}/>\n" + "".join(f"PREFIX {p}: <{iri}>\n" for p, iri in PREFIXES.items())
SPEAKERS = {
    "S": {"claudia-sheinbaum"},
    "T": {"donald-trump"},
    "B": {"claudia-sheinbaum", "donald-trump"},
    "U": {"us-state-department-spokesperson-office"},
    "R": {"marco-rubio"},
    "Q": {"press-questioner-2026-01-12"},
}

every_fact = pytest.mark.parametrize("fact", PRESENT, ids=lambda fact: f"fact-{fact['fact']}")
every_absence = pytest.mark.parametrize("fact", ABSENT, ids=lambda fact: f"fact-{fact['fact']}")


# ── The graph, and how the checklist names what is in it ────────────────────────────────────────


@cache
def context() -> tuple[Quad, ...]:
    vocabulary = load_vocabulary()
    return (*vocabulary.quads, *read_register(vocabulary).quads)


@cache
def quads_of(path: Path) -> tuple[Quad, ...]:
    """Asserted and derived ones."""
    vocabulary = load_vocabulary()
    asserted = read(path, vocabulary=vocabulary, register=read_register(vocabulary)).quads
    return (*asserted, *derive(asserted, Standing(context()), read_rules()))


@cache
def objects() -> dict[tuple[str, str], set[str]]:
    found: dict[tuple[str, str], set[str]] = {}
    for quad in (*quads_of(SEED), *context()):
        key = (text_of(quad.subject), quad.predicate.value)
        found.setdefault(key, set()).add(text_of(quad.object))
    return found


def text_of(term: Any) -> str:
    return getattr(term, "value", str(term))


def get(node: str, name: str) -> set[str]:
    """What a node has under a property of ours."""
    return objects().get((node, DIP + name), set())


def types(node: str) -> set[str]:
    return objects().get((node, RDF + "type"), set())


def iri(name: str) -> str:
    if name == "this":
        return THIS
    if name == "a":
        return RDF + "type"
    if name.startswith(("event/", "position/")):
        return BASE + name
    prefix, colon, local = name.partition(":")
    return PREFIXES[prefix] + local if colon else f"{THIS}/{name}"


def value(text: str) -> str:
    """What a literal or a name of the checklist means, as the graph's terms say it."""
    if text.startswith('"'):
        return text.strip('"')
    return text if re.fullmatch(r"[0-9][0-9.-]*", text) else iri(text)


def nodes_of(fact: dict[str, Any]) -> list[str]:
    return [iri(name) for name in fact["nodes"]]


def passages_of(node: str) -> set[str]:
    return {name for passage in get(node, "evidence") for name in get(passage, "passage")}


def is_event(node: str) -> bool:
    return DIP + "Event" in types(node)


@cache
def reported() -> frozenset[str]:
    """Events, acts, positions, claims and tenures: all that has evidence."""
    return frozenset(node for node, name in objects() if name == DIP + "evidence")


def listed(given: Any) -> list[Any]:
    return given if isinstance(given, list) else [given]


# ── Present: facts 1 to 95 ──────────────────────────────────────────────────────────────────────


def test_checklist_has_every_fact_once() -> None:
    assert [fact["fact"] for fact in PRESENT] == list(range(1, 96))
    assert [fact["fact"] for fact in ABSENT] == list(range(96, 106))


@every_fact
def test_triples_of_a_fact_are_in_the_graph(fact: dict[str, Any]) -> None:
    for triple in fact.get("triples", []):
        subject, predicate, thing = triple.split(maxsplit=2)
        assert value(thing) in objects().get((iri(subject), iri(predicate)), set()), triple


@every_fact
def test_nodes_of_a_fact_are_in_the_graph(fact: dict[str, Any]) -> None:
    assert [node for node in nodes_of(fact) if not types(node)] == []


def test_every_reported_node_is_named_by_a_fact() -> None:
    named = {node for fact in PRESENT for node in nodes_of(fact)}
    assert sorted(reported() - named) == []


@every_fact
def test_fact_is_shown_by_structure_or_by_the_words_of_a_label(fact: dict[str, Any]) -> None:
    labels = [label for node in nodes_of(fact) for label in objects()[(node, RDFS + "label")]]
    if fact["shown_by"] == "label":
        assert any(fact["words"] in label for label in labels)
    else:
        assert fact["shown_by"] == "structure"
        assert fact["triples"]


def test_at_most_ten_facts_are_shown_by_a_label_alone() -> None:
    assert sum(fact["shown_by"] == "label" for fact in PRESENT) <= 10


# ── Voice ───────────────────────────────────────────────────────────────────────────────────────


def speaker(act: str) -> str:
    agents = {agent.removeprefix(PREFIXES["actor"]) for agent in get(act, "agent")}
    return next((letter for letter, actors in SPEAKERS.items() if actors == agents), "?")


def tellers(node: str) -> set[str]:
    """Who stands between the article and a node, outermost first, for each of its vouchers."""
    return {
        chain
        for voucher in get(node, "accordingTo")
        for chain in (
            {""} if voucher == THIS else {outer + speaker(voucher) for outer in tellers(voucher)}
        )
    }


def sayers(node: str) -> set[str]:
    """Who says a node: the speaker of the act that it is, or that it is the content of."""
    acts = {
        act for (act, name), held in objects().items() if name == DIP + "content" and node in held
    }
    return {speaker(act) for act in (acts | {node}) if get(act, "agent")}


def fits(node: str, chain: str, voice: str) -> bool:
    """Whether a chain of tellers is what the checklist means by a voice such as S›T."""
    told = voice.replace("›", "").replace("N", "")
    return chain == told or (chain == told[:-1] and told[-1:] in sayers(node))


@every_fact
def test_voice_of_a_fact_is_who_tells_it(fact: dict[str, Any]) -> None:
    node = nodes_of(fact)[0]
    if node in reported():
        assert all(any(fits(node, c, v) for c in tellers(node)) for v in listed(fact["voice"]))


@pytest.mark.parametrize("node", sorted(reported()), ids=lambda node: node.removeprefix(BASE))
def test_every_voucher_of_a_node_is_a_voice_of_its_facts(node: str) -> None:
    voices = {v for f in PRESENT if node in nodes_of(f) for v in listed(f["voice"])}
    assert tellers(node)
    assert [c for c in tellers(node) if not any(fits(node, c, voice) for voice in voices)] == []


# ── Status, days, passages, codes ───────────────────────────────────────────────────────────────


@every_fact
def test_status_of_a_fact_is_that_of_its_node(fact: dict[str, Any]) -> None:
    node = nodes_of(fact)[0]
    if is_event(node):
        assert get(node, "status") == {iri("status:" + fact.get("status", "occurred"))}


def test_every_event_that_did_not_occur_is_said_to_be_so() -> None:
    said = {nodes_of(fact)[0] for fact in PRESENT if "status" in fact}
    said |= {iri(t.split()[0]) for f in PRESENT for t in f.get("triples", []) if "dip:status" in t}
    unreal = {n for n in reported() if is_event(n)} - {
        n for n in reported() if get(n, "status") == {iri("status:occurred")}
    }
    assert unreal <= said


@every_fact
def test_window_of_a_fact_is_that_of_its_node(fact: dict[str, Any]) -> None:
    node = nodes_of(fact)[0]
    if is_event(node):
        first, last = (listed(fact.get("window")) * 2)[:2]
        assert get(node, "notBefore") == ({str(first)} if first else set())
        assert get(node, "notAfter") == ({str(last)} if last else set())


@every_fact
def test_passages_of_a_fact_are_evidence_of_its_nodes(fact: dict[str, Any]) -> None:
    nodes = nodes_of(fact)
    about_source = {"D", "H", "C"} if THIS in nodes else set()
    assert set(fact["passages"]) <= {p for n in nodes for p in passages_of(n)} | about_source


def test_every_passage_of_a_node_is_one_of_its_facts() -> None:
    said = {(node, p) for fact in PRESENT for node in nodes_of(fact) for p in fact["passages"]}
    assert {(node, p) for node in reported() for p in passages_of(node)} <= said


@every_fact
def test_code_of_a_fact_is_that_of_its_kind(fact: dict[str, Any]) -> None:
    node = nodes_of(fact)[0]
    if not is_event(node):
        assert "code" not in fact
        return
    asserted = {q.object.value for q in quads_of(SEED) if is_type_of(q, node)}
    kind = next(k for k in load_vocabulary().kinds.values() if k.iri in asserted)
    codes = (kind.cameo, kind.plover)
    if fact.get("status") == "scheduled":
        codes = (kind.cameo_ahead or kind.cameo, kind.plover_ahead or kind.plover)
    assert fact["code"] == (" ".join(code for code in codes if code) or "none")


def is_type_of(quad: Quad, node: str) -> bool:
    own = quad.graph_name == NamedNode(graph_of(THIS))
    return own and quad.predicate.value == RDF + "type" and text_of(quad.subject) == node


# ── Absent: facts 96 to 105 ─────────────────────────────────────────────────────────────────────


def ask(pattern: str, *more: Quad) -> bool:
    quads = (*context(), *quads_of(SEED), *more)
    with open_store("memory:", Background(quads, "", lambda _: ())) as store:
        answer = store.query(f"{HEAD}ASK {{ {pattern} }}")
    assert isinstance(answer, bool)
    return answer


@every_absence
def test_graph_does_not_say_what_it_must_not(fact: dict[str, Any]) -> None:
    assert not ask(fact["ask"])


@pytest.mark.parametrize(
    ("pattern", "broken"),
    [
        pytest.param(fact["ask"], broken, id=f"fact-{fact['fact']}-{number}")
        for fact in ABSENT
        for number, broken in enumerate(fact["broken"], start=1)
    ],
)
def test_it_would_be_noticed_if_it_did(pattern: str, broken: str) -> None:
    graph = NamedNode(graph_of(THIS))
    planted = parse((HEAD + broken).encode(), "ttl", file="broken.ttl")
    assert ask(pattern, *(Quad(q.subject, q.predicate, q.object, graph) for q in planted))


# ── The other side's account ────────────────────────────────────────────────────────────────────


def test_other_sides_account_speaks_of_the_same_call_and_says_it_is_invented() -> None:
    call = NamedNode(iri("event/2026-01-12-sheinbaum-trump-call"))
    assert call in {quad.subject for quad in quads_of(OTHER_SIDE)}
    labels = [q.object.value for q in quads_of(OTHER_SIDE) if q.predicate.value == RDFS + "label"]
    assert any(label.startswith("Invented for a test") for label in labels)


def test_with_the_other_sides_account_there_is_a_us_readout() -> None:
    assert ask(ABSENT[0]["ask"], *quads_of(OTHER_SIDE))


@pytest.mark.parametrize("path", [SEED, OTHER_SIDE], ids=["seed", "invented"])
def test_document_has_no_violations(path: Path) -> None:
    report = validate(quads_of(path), context(), read_shapes(load_vocabulary()))
    assert report.conforms()
