"""What fact documents say of their texts holds: digest, offsets, quotes, and no text copied.

The article itself belongs to its publisher and is not part of the repository; where it is not at
hand, what needs it is skipped. The other text was invented for the tests and is.
"""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]
SEED = ROOT / "facts" / "mnd-2026-01-12-sheinbaum-trump.yaml"
CHECKLIST = SEED.with_suffix(".checklist.yaml")
INVENTED = ROOT / "tests" / "data" / "us-account-of-the-call.yaml"
ARTICLE = ROOT.parent / "shared" / "article" / "000_396d5712e27c0d78.txt"
TEXTS = {SEED: ARTICLE, INVENTED: INVENTED.with_suffix(".txt")}
MOST_WORDS = 12

of_both = pytest.mark.parametrize("document", [SEED, INVENTED], ids=["seed", "invented"])


def text_of(document: Path) -> str:
    path = TEXTS[document]
    if path == ARTICLE and not path.is_file():
        pytest.skip("the article itself is not part of the repository")
    return path.read_text(encoding="utf-8")


def said(document: Path) -> Any:
    return yaml.safe_load(document.read_text(encoding="utf-8"))


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def runs(text: str) -> list[tuple[str, ...]]:
    """Every run of one word more than may be repeated."""
    all_words, length = words(text), MOST_WORDS + 1
    return [tuple(all_words[n : n + length]) for n in range(len(all_words) - length + 1)]


def nodes_with(key: str, part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict) and key in part:
        yield part
    if isinstance(part, dict | list):
        for inner in part.values() if isinstance(part, dict) else part:
            yield from nodes_with(key, inner)


@of_both
def test_digest_and_length_are_those_of_the_text(document: Path) -> None:
    text, given = text_of(document), said(document)["source"]["text"]
    assert given["digest"] == "sha256:" + hashlib.sha256(text.encode()).hexdigest()
    assert given["length"] == len(text)


@of_both
def test_passages_are_the_paragraphs_of_the_text(document: Path) -> None:
    passages = said(document)["source"]["passages"].values()
    end = max(last for _, last in passages)
    lines = re.finditer(r"[^\n]+", text_of(document))
    paragraphs = [[line.start(), line.start() + len(line.group().rstrip())] for line in lines]
    assert list(passages) == [span for span in paragraphs if span[1] <= end]


def test_passages_of_the_article_end_before_the_page_furniture() -> None:
    lines = text_of(SEED).split("\n")
    before = len("\n".join(lines[:54]))
    assert max(last for _, last in said(SEED)["source"]["passages"].values()) <= before


@of_both
def test_parts_of_passages_lie_within_them(document: Path) -> None:
    passages = said(document)["source"]["passages"]
    for part in nodes_with("chars", said(document)):
        (start, end), (first, last) = part["chars"], passages[part["passage"]]
        assert first <= start < end <= last


@of_both
def test_quotes_are_a_few_words_of_their_passage(document: Path) -> None:
    text, passages = text_of(document), said(document)["source"]["passages"]
    for node in nodes_with("quote", said(document)):
        assert len(words(node["quote"])) <= MOST_WORDS
        assert any(node["quote"] in text[slice(*passages[name])] for name in node["evidence"]), node


@pytest.mark.parametrize("path", [SEED, CHECKLIST], ids=["document", "checklist"])
def test_no_long_run_of_the_article_is_repeated(path: Path) -> None:
    of_the_article = set(runs(text_of(SEED)))
    ours = runs(path.read_text(encoding="utf-8"))
    assert [" ".join(run) for run in ours if run in of_the_article] == []
