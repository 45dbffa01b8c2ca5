"""What comes in is one text and its parts: any bytes, any page, at once, with offsets that hold."""

import json
import socket
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.errors import InputError, KgError, LimitError, Misuse
from kg.extract.article import read_article
from kg.extract.cues import shipped_cues
from kg.extract.layout import Block, blocks_of

SHARED = Path(__file__).parents[2] / "shared"
ARTICLE = SHARED / "article" / "000_396d5712e27c0d78.txt"
DEV = sorted((SHARED / "corpus" / "dev").glob("*.txt"))
KINDS = {"title", "date", "byline", "attribution", "heading", "body", "credit", "furniture"}

CALL = """Minister Doe speaks with her counterpart of Ruritania

January 12, 2026

Minister Doe spoke today with the Foreign Minister of Ruritania, and they agreed to meet again.
"""
PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>Ministers meet - The Times</title>
<meta property="og:title" content="Ministers meet in Zenda"><script>if (a<b) c="</p>";</script>
<meta property="og:site_name" content="Ruritania Times">
<meta property="article:published_time" content="2026-01-12T10:00:00Z">
<link rel="canonical" href="https://news.example/2026/zenda"></head>
<body><nav><a href="/">Home</a></nav><main><article><h1>Ministers meet in Zenda</h1>
<p>The ministers of Ruritania and Graustark met on Monday to speak about the border.</p>
<p>They agreed to meet again in a week&#8203;, &#147;if all goes well&#148;, officials said.</p>
</article></main><footer>Copyright 2026</footer></body></html>"""


def holds(text: str) -> None:
    """What is true of the blocks of any text."""
    end = 0
    for block in blocks_of(text):
        told = text[block.start : block.end]
        assert block.kind in KINDS
        assert end <= block.start < block.end
        assert told == told.strip()
        end = block.end


def text_or_refusal(data: bytes, file: str) -> str:
    """The text, or nothing where the file was refused, with its name."""
    try:
        return read_article(data, file=file).text
    except (InputError, LimitError) as error:
        told = str(error)
    assert told.startswith(file)
    return ""


# Bytes to text


def test_plain_text_is_kept_and_gives_title_and_day() -> None:
    article = read_article(CALL.encode(), file="call.txt")
    assert article.text == CALL
    assert article.title == "Minister Doe speaks with her counterpart of Ruritania"
    assert (article.published, article.language) == ("2026-01-12", "en")
    assert (article.publisher, article.url, article.file) == ("", "", "call.txt")


def test_what_the_caller_says_goes_first() -> None:
    told = {"published": "2026-01-13", "publisher": "MFA", "url": "https://e.org/", "title": "Call"}
    for data in (CALL, PAGE):
        article = read_article(data.encode(), file="call", **told)
        assert {name: getattr(article, name) for name in told} == told


def test_text_without_a_day_has_none() -> None:
    assert read_article(b"The minister met him on 12 January 2026.", file="a.txt").published == ""


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_text_is_the_same_in_every_encoding(codec: str) -> None:
    text = "President López Obrador said “no” – twice.\n"
    assert read_article(text.encode(codec), file="a.txt").text == text


def test_page_is_read_in_the_charset_that_it_declares() -> None:
    page = PAGE.replace("utf-8", "windows-1251").replace("officials", "Лавров")
    assert "Лавров said" in read_article(page.encode("cp1251"), file="a.html").text


@pytest.mark.parametrize(
    ("came", "is_read"),
    [
        ("It’s “so”".encode().decode("cp1252", "ignore"), "It’s “so”"),
        ("LÃ³pez Obrador, MÃ¼ller, Â£5 â€“ and", "López Obrador, Müller, £5 – and"),
        ("“IRMÔ and SÃO and Â", "“IRMÔ and SÃO and Â"),
        ("a\r\nb\rc\u2028d\u2029e", "a\nb\nc\nd\n\ne"),
        ("Do\u200be \u202eRoe\u2069 co\u00adop\x00 \x07x\ty", "Doe Roe coop x\ty"),
        ("Lo\u0301pez", "López"),
        ("it\u0092s", "it’s"),
        ("z\u00a0z", "z\u00a0z"),
    ],
)
def test_text_is_cleaned_before_offsets_exist(came: str, is_read: str) -> None:
    data = ("The text is here. " * 9 + came).encode()
    assert read_article(data, file="a.txt").text == "The text is here. " * 9 + is_read


@pytest.mark.parametrize(
    ("data", "hint"),
    [
        (b"", "the file is empty"),
        (b" \n\xef\xbb\xbf", "the file is empty"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"PK\x03\x04...", "Word"),
        (bytes(range(256)) * 4, "binary"),
        ("text".encode("utf-16-le") * 9, "UTF-16"),
        (b"\xff\xfea", "save it as UTF-8"),
        ("line\nПривет".encode("cp1251"), "not UTF-8: byte 0xcf"),
        ("é ".encode() + b"\xe9", "not UTF-8"),
        (b"<html><body></body></html>", "no article is found"),
    ],
)
def test_what_is_no_text_is_refused_in_words(data: bytes, hint: str) -> None:
    with pytest.raises(InputError, match=hint) as caught:
        read_article(data, file="a.txt")
    assert caught.value.place is not None
    assert str(caught.value).startswith("a.txt:")


def test_line_of_a_wrong_byte_is_told() -> None:
    with pytest.raises(InputError, match=r"^a\.txt:2:1: "):
        read_article("line\nПривет".encode("cp1251"), file="a.txt")


def test_day_that_is_none_is_refused() -> None:
    with pytest.raises(Misuse, match="2026-02-30"):
        read_article(b"x", file="a.txt", published="2026-02-30")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (CALL, "en"),
        ("Yes", "en"),
        (("El ministro de la república y el presidente de los estados se reunieron en la capital "
         "para hablar de las relaciones con el país que no es parte del acuerdo por ahora."), "es"),
        ("Министр иностранных дел принял посла, и они говорили о границе.", "und"),
        ("Ruritania Graustark Zenda Strelsau Hentzau " * 9, "und"),
    ],
)  # fmt: skip
def test_language_is_english_or_not(text: str, language: str) -> None:
    assert read_article(text.encode(), file="a.txt").language == language


# Pages


def test_page_gives_its_article_and_what_it_says_of_itself(monkeypatch) -> None:
    def no_network(*_: object, **__: object) -> None:
        raise AssertionError("a page was to be read, and the network was asked")

    # Not the class itself: libraries that are imported now for the first time refer to it.
    monkeypatch.setattr(socket.socket, "connect", no_network)
    monkeypatch.setattr(socket, "getaddrinfo", no_network)
    article = read_article(PAGE.encode(), file="page.html")
    assert article.text == (
        "Ministers meet in Zenda\n\n"
        "The ministers of Ruritania and Graustark met on Monday to speak about the border.\n\n"
        "They agreed to meet again in a week, “if all goes well”, officials said."
    )
    assert (article.title, article.publisher) == ("Ministers meet in Zenda", "Ruritania Times")
    assert (article.published, article.url) == ("2026-01-12", "https://news.example/2026/zenda")


def test_page_is_known_without_its_ending() -> None:
    assert read_article(PAGE.encode(), file="-").title == "Ministers meet in Zenda"


def test_day_in_the_middle_of_a_page_is_not_its_day() -> None:
    page = "<html><body><p>The treaty of 12 January 2019 was spoken about at length.</p></body>"
    assert read_article(page.encode(), file="a.html").published == ""


BOMBS = {
    "nested": "<html><body>" + "<div>" * 100_000,
    "nested a little": "<html><body>" + "<div>" * 200 + "x",
    "many": "<html><body>" + "<p>word</p>" * 100_000,
    "as many as may be": "<html><body>" + "<div>" * 90 + "<p>word is here</p>" * 9_800,
    "attribute": f"<html><p class='{'a ' * 4_900_000}'>word</p>",
    "attributes": "<html><p " + " ".join(f"a{n}=1" for n in range(200_000)) + ">word",
    "attributes without blanks": "<html><p " + "".join(f'a{n}="1"' for n in range(99_000)) + ">w",
    "entities": "<!DOCTYPE html [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;']><html><p>&b;&b;</p>",
    "ampersands": "<html><p>" + "&amp;" * 1_900_000,
    "line": "<html><body><p>" + "word " * 1_900_000,
    "marks": "<html>" + "<" * 9_900_000,
    "blanks": "<html>" + "< " * 4_900_000,
    "comments": "<html>" + "<!--" * 2_400_000,
    "scripts": "<html>" + "<script " * 1_200_000,
    "quotes": "<html><p " + "='" * 900_000,
    "combining": "<html><p>a" + "\u0301\u0323" * 400_000,
    "data": "<html><p>" + "<script type='application/ld+json'>" + '{"@type":' * 100_000,
}


# Seconds of CPU. What reads a bomb badly takes minutes; a busy machine takes three times its usual.
AT_ONCE = 20


@pytest.fixture(scope="module")
def libraries_are_loaded() -> None:
    read_article(PAGE.encode(), file="page.html")


@pytest.mark.usefixtures("libraries_are_loaded")
@pytest.mark.parametrize("name", BOMBS)
def test_bomb_ends_at_once(name: str) -> None:
    began = time.process_time()
    text_or_refusal(BOMBS[name].encode(), "bomb.html")
    assert time.process_time() - began < AT_ONCE


@pytest.mark.parametrize("text", ["word " * 1_900_000, "a" + "\u0301\u0323" * 1_000_000])
def test_long_line_of_plain_text_ends_at_once(text: str) -> None:
    began = time.process_time()
    text_or_refusal(text.encode(), "bomb.txt")
    assert time.process_time() - began < AT_ONCE


def test_more_than_ten_megabytes_are_refused() -> None:
    with pytest.raises(LimitError, match="10,000,001 bytes"):
        read_article(b"x" * 10_000_001, file="a.txt")


# Real texts


def test_nothing_after_the_credit_of_the_article_is_the_article() -> None:
    if not ARTICLE.is_file():
        pytest.skip("the article itself is not part of the repository")
    article = read_article(ARTICLE.read_bytes(), file=ARTICLE.name)
    assert article.text.encode() == ARTICLE.read_bytes()
    assert article.published == "2026-01-12"
    found = [block.kind for block in blocks_of(article.text)]
    credit = found.index("credit")
    assert found[:2] == ["date", "title"]
    assert set(found[2:credit]) == {"body", "heading"}
    assert set(found[credit + 1 :]) == {"furniture"}


def test_every_sentence_that_was_annotated_is_in_the_body() -> None:
    if not DEV:
        pytest.skip("the corpus is not part of the repository")
    for path in DEV:
        article = read_article(path.read_bytes(), file=path.name)
        assert article.text.encode() == path.read_bytes()
        told = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        assert (article.title, article.language) == (told["title"].strip(), "en")
        blocks = blocks_of(article.text)
        assert {block.kind for block in blocks if block.end - block.start > 100} <= {
            "body",
            "title",
        }
        assert not {"furniture", "heading", "credit"} & {block.kind for block in blocks}
        for act in told["speech_acts"]:
            at = article.text.index(act["sentence"])
            assert any(b.kind in {"body", "title"} and b.start <= at < b.end for b in blocks)


# Whatever comes

LINES = st.sampled_from(
    ["", " ", "\t", "By Jane Roe", "12 January 2026", "Share", "- a", "Sources", "0", "###",
     "With reports from AFP", "The following is attributable to the envoy: yes", "“", "\u2028",
     "They met.", "Jane Roe, Envoy", "A heading", "word " * 30, "\r", "\x85x", "(c) …", "𝔸é"]
)  # fmt: skip
TEXTS = st.lists(LINES | st.text(max_size=40), max_size=30).map("\n".join)
UNHURRIED = settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


@UNHURRIED
@given(TEXTS | st.text())
def test_blocks_of_any_text_hold(text: str) -> None:
    holds(text)
    told = {n for block in blocks_of(text) for n in range(block.start, block.end)}
    assert all(text[n].isspace() for n in set(range(len(text))) - told)


@UNHURRIED
@given(TEXTS, st.sampled_from(["utf-8", "utf-16", "cp1252"]))
def test_text_that_was_read_is_read_as_itself(text: str, codec: str) -> None:
    try:
        article = read_article(text.encode(codec, "ignore"), file="a.txt")
    except KgError:
        return
    holds(article.text)
    if "â" not in text and "Ã" not in text and "Â" not in text:
        assert read_article(article.text.encode(), file="a.txt").text == article.text


@UNHURRIED
@given(st.binary(max_size=400), st.integers(0, len(PAGE)), st.sampled_from(["a.txt", "a.html"]))
def test_any_bytes_are_read_or_refused(noise: bytes, at: int, file: str) -> None:
    page = PAGE.encode()
    for data in (noise, page[:at] + noise + page[at:], page[:at] + noise):
        holds(text_or_refusal(data, file))


def test_block_is_what_it_says() -> None:
    assert blocks_of("They met.") == (Block(0, 9, "body"),)
    assert blocks_of("", shipped_cues()) == ()


def test_a_text_longer_than_an_article_is_refused() -> None:
    with pytest.raises(LimitError, match="more than 500,000: take one article"):
        read_article(b"Rubio said so. " * 40_000, file="long.txt")
