"""Fact documents become quads, or every mistake is named at its place."""

from pathlib import Path

import pytest

from kg.derive import derive, read_rules
from kg.errors import InputError, LimitError
from kg.facts import Document, read, read_register
from kg.store import Standing
from kg.validate import read_shapes, validate
from kg.vocabulary import load_vocabulary

ROOT = Path(__file__).parents[1]
SEED = ROOT / "facts" / "mnd-2026-01-12-sheinbaum-trump.yaml"
VOCABULARY = load_vocabulary()
REGISTER = read_register(VOCABULARY)
HEAD = """source:
  id: x
  type: NewsArticle
  label: an article
  published: 2026-01-12
  text: {digest: "sha256:%s", length: 100}
  passages: {p1: [0, 50], p2: [52, 100]}
events:
""" % ("0" * 64)


def document(text: str, folder: Path) -> Document:
    path = folder / "x.yaml"
    path.write_text(HEAD + text, encoding="utf-8")
    return read(path, vocabulary=VOCABULARY, register=REGISTER)


def lines(found: Document) -> set[str]:
    base = "https://w3id.org/diplomatic-kg/"
    return {str(quad.triple).replace(base, "") for quad in found.quads}


def test_seed_document_conforms_to_every_required_shape() -> None:
    found = read(SEED, vocabulary=VOCABULARY, register=REGISTER)
    context = (*VOCABULARY.quads, *REGISTER.quads)
    derived = derive(found.quads, Standing(context), read_rules())
    report = validate((*found.quads, *derived), context, read_shapes(VOCABULARY))
    assert report.conforms()
    assert report.focus_nodes > 100


def test_nested_act_is_content_of_the_act_around_it(tmp_path: Path) -> None:
    found = lines(
        document(
            """
  - {id: say, type: Report, agent: claudia-sheinbaum, evidence: p1, content: [
      {type: Offer, agent: donald-trump, content: {id: help, type: Assistance}}]}
""",
            tmp_path,
        )
    )
    assert "<source/x/say> <ns#accordingTo> <source/x>" in found
    assert "<source/x/say> <ns#content> <source/x/0-0>" in found
    assert "<source/x/0-0> <ns#content> <source/x/help>" in found
    assert "<source/x/0-0> <ns#accordingTo> <source/x>" not in found


def test_month_is_a_window(tmp_path: Path) -> None:
    found = lines(document("  - {id: m, type: Meeting, date: 2026-02}\n", tmp_path))
    day = '"^^<http://www.w3.org/2001/XMLSchema#date>'
    assert f'<source/x/m> <ns#notBefore> "2026-02-01{day}' in found
    assert f'<source/x/m> <ns#notAfter> "2026-02-28{day}' in found


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("  - {type: PhoneCal}\n", 9, "did you mean PhoneCall"),
        ("  - {type: Meeting, agnet: mexico}\n", 9, "did you mean `agent`"),
        ("  - {type: Meeting, agent: claudia-sheinbaun}\n", 9, "did you mean claudia-sheinbaum"),
        ("  - {type: Meeting, date: 2026-02-30}\n", 9, "28 days"),
        ("  - {type: Meeting, from: 2026-02-03, to: 2026-02-01}\n", 9, "before it begins"),
        ("  - {type: Meeting, evidence: p9}\n", 9, "no passage 'p9'"),
        ("  - {type: Meeting, evidence: {passage: p1, chars: [40, 60]}}\n", 9, "not within p1"),
        ("  - {type: Meeting, status: maybe}\n", 9, "no status 'maybe'"),
        ("  - {type: Meeting\n", 10, "YAML|expected"),
        ("  - {type: Meeting}\n  - {type: Meeting, type: Visit}\n", 10, "type"),
        ("  - {id: mexico, type: Meeting}\n", 9, "already the name"),
    ],
)
def test_mistake_is_named_at_its_line(text: str, line: int, words: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=words) as caught:
        document(text, tmp_path)
    assert f"x.yaml:{line}" in str(caught.value)


@pytest.mark.parametrize("data", [b"", b"\xff\xfe\x00", b"a: \xe9\n", b"[" * 200])
def test_what_is_no_document_is_refused(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(data)
    with pytest.raises((InputError, LimitError), match=r"x\.yaml"):
        read(path, vocabulary=VOCABULARY, register=REGISTER)


def test_passages_of_the_seed_document_are_those_of_the_text() -> None:
    import hashlib

    from kg.placed import read_yaml

    article = ROOT.parent / "shared" / "article" / "000_396d5712e27c0d78.txt"
    if not article.exists():
        pytest.skip("the article's text is not part of the project")
    data = article.read_bytes()
    text = data.decode()
    source = read_yaml(SEED.read_bytes(), file=SEED.name).data["source"]  # type: ignore[index,call-overload]
    assert source["text"]["digest"] == f"sha256:{hashlib.sha256(data).hexdigest()}"
    for name, (start, end) in source["passages"].items():
        around = text[max(int(start) - 1, 0) : int(end) + 1]
        assert around.strip() == text[int(start) : int(end)].strip(), name
