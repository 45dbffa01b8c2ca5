"""The parts of an article's text: title, date, who wrote it, what it says, what only surrounds it.

The phrases by which they are known are read by `kg.extract.cues`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise

from kg.extract.cues import LONGEST_LINE, SENTENCE_END, WORD, Cues, plain, shipped_cues

LONGEST_HEADING = 120

_TITLE_END = re.compile(r"(?<!\.[A-Z])[.:;,][\"'”’»)\]]*$")
_NEW_SENTENCE = re.compile(r"[a-z)\"”]{2}[.!?] +[A-Z“\"]")
_BULLET = re.compile(r"([-–—•·*▪◦●‣○>]|\(?(\d{1,2}|[a-z]|[ivx]{1,4})[.)])\s")
_LEAD_IN = re.compile(r"[^:]{1,200}:(?=\s+\S)")

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    "(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    "|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
)
_NUMBERED = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?"
_DATES = (
    re.compile(r"(?<!\d)(?P<year>[0-9]{4})([-/.])(?P<month>[0-9]{1,2})\2(?P<day>[0-9]{1,2})(?!\d)"),
    re.compile(r"(?<!\d)(?P<day>[0-9]{1,2})([/.])(?P<month>[0-9]{1,2})\2(?P<year>[0-9]{4})(?!\d)"),
    # No boundary after these two: a page's date and time often run into each other.
    re.compile(
        rf"(?<!\d){_NUMBERED}(?: of)?[ -](?P<month>{_MONTH})\.?,?[ -](?P<year>[0-9]{{4}})", re.I
    ),
    re.compile(rf"\b(?P<month>{_MONTH})\.? {_NUMBERED},? (?P<year>[0-9]{{4}})", re.I),
)
_DAY_OR_TIME = re.compile(
    r"\b(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b|[0-9]{1,2}[:.h][0-9]{2}(?:[:.][0-9]{2})?)",
    re.I,
)
_RUN_TOGETHER = re.compile(r"(?<=[A-Za-z])(?=(?:Updated|Published)\b)")


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a text, without the blanks around it.

    Attributes:
        start: Where it begins, in code points.
        end: Where it ends.
        kind: `title`, `date`, `byline`, `attribution`, `heading`, `body`, `credit`, `furniture`.
    """

    start: int
    end: int
    kind: str


def blocks_of(text: str, cues: Cues | None = None) -> tuple[Block, ...]:
    """Returns the blocks of a text in their order.

    After a line of credit, or one that ends the article, everything is furniture.

    Args:
        text: As `kg.extract.article` gives it.
        cues: The shipped ones, unless given.
    """
    return _shipped_blocks(text) if cues is None else _blocks(text, cues)


@lru_cache(maxsize=1)
def _shipped_blocks(text: str) -> tuple[Block, ...]:
    """The intake asks first, for title and date, then the reader of the same text."""
    return _blocks(text, shipped_cues())


def _blocks(text: str, cues: Cues) -> tuple[Block, ...]:
    blocks: list[Block] = []
    seen: set[str] = set()
    spans = list(_spans(text, cues))
    for number, (start, end) in enumerate(spans):
        last = number + 1 == len(spans)
        kind = "furniture" if "end" in seen else _kind(text[start:end], cues, seen, last=last)
        seen.add(kind)
        if kind == "credit":
            seen.add("end")
        blocks.append(Block(start, end, "furniture" if kind == "end" else kind))
    return tuple(_with_late_headings(blocks, text, cues))


def date_in(line: str) -> str:
    """Returns the first day that a line names, as `2026-01-12`; empty where there is none.

    `02/03/2026` is none: it is another day in another country.
    """
    found = [match for pattern in _DATES for match in pattern.finditer(line)]
    days = (_day(match) for match in sorted(found, key=lambda match: match.start()))
    return next((day for day in days if day), "")


def _kind(told: str, cues: Cues, seen: set[str], *, last: bool) -> str:
    """Returns the kind of a block, or `end` for the furniture that closes the article."""
    begun = "body" in seen
    if cues.say("end", told):
        return "end" if begun else "furniture"
    if cues.say("credit", told):
        return "credit" if begun else "byline"
    if cues.say("furniture", told) or not any(character.isalpha() for character in told):
        return "date" if _is_date(told, cues) else "furniture"
    if cues.say("attribution", told):
        return "attribution"
    if _is_date(told, cues):
        return "date"
    if "\n" in told or len(told) > LONGEST_LINE or _BULLET.match(told):
        return "body"
    if not begun and _is_byline(told, cues, named="title" in seen):
        return "byline"
    if not seen & {"title", "body"} and not last and not _TITLE_END.search(told):
        return "title"
    return "heading" if _is_heading(told) else "body"


def _is_heading(told: str) -> bool:
    return (
        len(told) <= LONGEST_HEADING
        and not told[0].islower()
        and not SENTENCE_END.search(told)
        and not _NEW_SENTENCE.search(told)
    )


def _is_byline(told: str, cues: Cues, *, named: bool) -> bool:
    if len(told) > LONGEST_HEADING or (SENTENCE_END.search(told) and not told.endswith("Jr.")):
        return False
    if cues.say("byline", told):
        return True
    name, comma, office = told.partition(", ")
    offices = cues.words["offices"]
    return (
        named
        and bool(comma)
        and 2 <= len(name.split()) <= 5
        and cues.are_names(name)
        and any(word.lower() in offices for word in WORD.findall(office))
    )


def _is_date(told: str, cues: Cues) -> bool:
    """Whether a line is a date, with no more beside it than a time, a place or `Published`."""
    if len(told) > LONGEST_HEADING or "\n" in told or not any(p.search(told) for p in _DATES):
        return False
    rest = plain(told)
    for pattern in _DATES:
        rest = pattern.sub(" | ", rest)
    rest = _RUN_TOGETHER.sub(" ", _DAY_OR_TIME.sub(" ", rest))
    beside = cues.words["beside_a_date"]
    words = [word.rstrip(".") for word in WORD.findall(rest)]
    left = [word for word in words if word.lower() not in beside and not word.isdigit()]
    if not left:
        return True
    if len(left) > 8 or any(word.lower() in cues.words["not_beside_a_date"] for word in left):
        return False
    # A place is set off from its date: "Moscow, 12 January 2026".
    set_off = re.search(r"[,(:-]\s*\|", rest) or re.search(r"\|\s*[,(:|-]", rest)
    return cues.are_names(" ".join(left)) and set_off is not None


def _day(found: re.Match[str]) -> str:
    month: str = found["month"]
    day, year = int(found["day"]), int(found["year"])
    number = int(month) if month.isdigit() else _MONTHS.index(month[:3].lower()) + 1
    if month.isdigit() and found.start("day") < found.start("month") < found.start("year"):
        if "." not in found[0] and day <= 12 and number <= 12 and day != number:
            return ""
        if number > 12:
            day, number = number, day
    try:
        return date(year, number, day).isoformat()
    except ValueError:
        return ""


def _spans(text: str, cues: Cues) -> Iterator[tuple[int, int]]:
    """Yields where the blocks stand: paragraphs, and a lead-in apart from what it leads to."""
    for start, end in _paragraphs(text):
        lead_in = _LEAD_IN.match(text, start, end)
        if lead_in and cues.say("attribution", lead_in[0]):
            yield start, lead_in.end()
            start = end - len(text[lead_in.end() : end].lstrip())
        yield start, end


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Yields runs of lines that belong together, stripped.

    A single line end parts two blocks, unless the text is wrapped at a width and the next word
    would not have fitted.
    """
    lines = [line for line in re.finditer(r"[^\n]+", text) if not line[0].isspace()]
    width = _width(lines)
    first = 0
    for number, line in enumerate(lines, start=1):
        if number == len(lines) or not _is_full(line, lines[number], width):
            told = lines[first]
            yield told.end() - len(told[0].lstrip()), line.start() + len(line[0].rstrip())
            first = number


def _width(lines: list[re.Match[str]]) -> int:
    """Returns the width that a text is wrapped at, 0 where it is not."""
    lengths = sorted(len(line[0].rstrip()) for line in lines)
    width = lengths[len(lengths) * 95 // 100] if lengths else 0
    pairs = [pair for pair in pairwise(lines) if pair[1].start() == pair[0].end() + 1]
    full = sum(_is_full(*pair, width) for pair in pairs)
    return width if 40 <= width <= 120 and full >= max(3, len(pairs) / 2) else 0


def _is_full(line: re.Match[str], following: re.Match[str], width: int) -> bool:
    """Whether a line ends because the first word of the next did not fit."""
    told = following[0].strip()
    return (
        bool(width)
        and following.start() == line.end() + 1
        and not _BULLET.match(told)
        and len(line[0].rstrip()) + 1 + len(told.split(maxsplit=1)[0]) > width
    )


def _with_late_headings(blocks: list[Block], text: str, cues: Cues) -> Iterator[Block]:
    """Yields the blocks; a heading that no body follows is a signature or furniture."""
    bodies = [number for number, block in enumerate(blocks) if block.kind == "body"]
    for number, block in enumerate(blocks):
        if block.kind == "heading" and bodies and number > bodies[-1]:
            signed = _is_byline(text[block.start : block.end], cues, named=True)
            yield Block(block.start, block.end, "byline" if signed else "furniture")
        else:
            yield block
