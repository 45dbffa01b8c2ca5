"""Words, quotations and sentences of a text, by their offsets; the text itself is never changed."""

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import NamedTuple

from kg.extract.english import English
from kg.extract.layout import Block

_WORD = re.compile(
    r"(?:[A-Za-z]\.){2,}|[A-Z]\.(?=\s[A-Z])"  # an abbreviation
    r"|@?[^\W_]+(?:[-‐‑](?:(?:[A-Z]\.){2,}|[^\W_]+))*(?:['’](?!s\b)[^\W_]+)?"
    r"|['’]s\b|[^\w\s]"
)
_MASK = str.maketrans("“”„‟″’‘‚‛`´", '"""""' + "''''''")
LONGEST = 400
"""Words; what is longer is no sentence that somebody wrote, and nothing is read from it."""
_MARK = re.compile("[“„«\"”»‘'’]")
_ENDS = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s|$)")


class Word(NamedTuple):
    """A word or a mark of punctuation.

    Attributes:
        start: Its first character in the text.
        end: The one after its last.
        text: As it is written.
        lower: In small letters, marks made straight.
        quote: Number of the quotation that it stands in, or -1.
        deep: Whether it stands in a quotation inside a quotation.
        capital: Whether it begins with a capital letter.
    """

    start: int
    end: int
    text: str
    lower: str
    quote: int
    deep: bool
    capital: bool


@dataclass(frozen=True, slots=True)
class Quote:
    """A quotation: what stands between its marks, and the run over paragraphs it belongs to."""

    start: int
    end: int
    run: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence: its characters, its words and the block it stands in."""

    start: int
    end: int
    words: tuple[Word, ...]
    block: Block
    paragraph: int


@dataclass(frozen=True, slots=True)
class Told:
    """A text as sentences and quotations."""

    text: str
    sentences: tuple[Sentence, ...]
    quotes: tuple[Quote, ...]


def read_sentences(text: str, blocks: tuple[Block, ...], english: English) -> Told:
    """Returns the sentences of all blocks but furniture, and the quotations in them."""
    kept = [block for block in blocks if block.kind != "furniture"]
    quotes, deep = _quotations(text, kept)
    starts = [quote.start for quote in quotes]
    sentences = []
    for number, block in enumerate(kept):
        for start, end in _spans(text, block, english):
            first = max(bisect_right(starts, start) - 1, 0)
            near = range(first, bisect_right(starts, end))
            inside = [(n, quotes[n]) for n in near if quotes[n].end > start]
            words = tuple(_words(text, start, end, inside, deep))
            if len(words) <= LONGEST and any(word.text[0].isalnum() for word in words):
                sentences.append(Sentence(start, end, words, block, number))
    return Told(text, tuple(sentences), quotes)


def _quotations(
    text: str, blocks: list[Block]
) -> tuple[tuple[Quote, ...], tuple[tuple[int, int], ...]]:
    """Pairs marks by their kind: the quotations of a text, and those inside them."""
    pairing = _Pairing(text)
    for block in blocks:
        pairing.read(block)
    return tuple(pairing.found), tuple(pairing.deep)


class _Pairing:
    """Goes from mark to mark: outside quotations, in one, or in another inside it.

    Attributes:
        found: The quotations.
        deep: Those inside them.
        start: Where the one begins that is open, or none.
        inner: Where the one inside it begins, or none.
        run: Number of the run of quotations that the open one belongs to.
        is_unclosed: Whether a paragraph ended in a quotation, which the next may go on with.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.found: list[Quote] = []
        self.deep: list[tuple[int, int]] = []
        self.start: int | None = None
        self.inner: int | None = None
        self.run = -1
        self.is_unclosed = False

    def read(self, block: Block) -> None:
        """Reads the marks of a paragraph; what is open at its end ends there."""
        for found in _MARK.finditer(self.text, block.start, block.end):
            at, mark = found.start(), found.group()
            if mark in "“„«" or (mark == '"' and self.start is None):
                self._open(at, block)
            elif mark in '”»"':
                self._close(at)
            else:
                self._inside(at, mark, block)
        self.is_unclosed = self.start is not None
        self._close(block.end)

    def _open(self, at: int, block: Block) -> None:
        if self.start is not None:
            return
        goes_on = self.is_unclosed and not self.text[block.start : at].strip()
        self.run += not goes_on
        self.start, self.is_unclosed = at + 1, False

    def _close(self, at: int) -> None:
        if self.start is not None:
            self.found.append(Quote(self.start, at, self.run))
        self.start = self.inner = None

    def _inside(self, at: int, mark: str, block: Block) -> None:
        """A single mark: it opens or closes what is quoted in a quotation, or is an apostrophe."""
        if self.start is None:
            return
        before = self.text[at - 1] if at > block.start else " "
        after = self.text[at + 1] if at + 1 < block.end else " "
        if self.inner is None and mark != "’" and not before.isalnum() and not after.isspace():
            self.inner = at + 1
        elif self.inner is not None and not after.isalnum() and mark != "‘":
            self.deep.append((self.inner, at))
            self.inner = None


def _spans(text: str, block: Block, english: English) -> list[tuple[int, int]]:
    if block.kind != "body":
        return [(block.start, block.end)]
    spans, start = [], block.start
    for match in _ENDS.finditer(text, block.start, block.end):
        if match.end() < block.end and _goes_on(text, match, block, english):
            continue
        spans.append((start, match.end()))
        start = match.end()
        while start < block.end and text[start].isspace():
            start += 1
    if start < block.end:
        spans.append((start, block.end))
    return spans


def _goes_on(text: str, match: re.Match[str], block: Block, english: English) -> bool:
    """Whether the sentence goes on: after an abbreviation, or after a quotation in it."""
    rest = text[match.end() : match.end() + 40].lstrip()
    following = rest.lstrip("\"'“‘([…. ")
    if following[:1].islower():
        return True
    if match.group().rstrip("\"'”’)]") != ".":
        return False
    before = text[max(block.start, match.start() - 12) : match.start()]
    word = re.split(r"[-‐‑–/]", before.split()[-1].lstrip("(\"'“‘"))[-1] if before.split() else ""
    if match.group() != ".":
        return False
    if re.fullmatch(r"[A-Z]", word):
        return True
    if word.lower() in english["abbreviation"]:
        first = re.match(r"[\w']*", following)
        # "the U.S. She said": a small word with a capital begins a new sentence.
        starts = first is not None and first.group().lower() in english.function_words
        return not (starts and word.count(".") == 1)
    return False


def _lower(word: str) -> str:
    # "US" is a state; in small letters it would be a pronoun.
    return "u.s." if word == "US" else word.translate(_MASK).lower()


def _words(
    text: str,
    start: int,
    end: int,
    near: list[tuple[int, Quote]],
    deep: tuple[tuple[int, int], ...],
) -> list[Word]:
    inner = [(a, b) for a, b in deep if a < end and b > start] if near else []
    found, new = [], tuple.__new__  # in half the time that `Word(...)` takes
    for match in _WORD.finditer(text, start, end):
        a, b = match.span()
        quote = -1
        for number, one in near:
            if one.start <= a < one.end:
                quote = number
                break
        deep_in = bool(inner) and any(x <= a < y for x, y in inner)
        word = match.group()
        lower = word.lower() if word.isascii() and word != "US" else _lower(word)
        told = (a, b, word, lower, quote, deep_in, word[0].isupper())
        found.append(new(Word, told))
    return found
