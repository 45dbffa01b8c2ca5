"""The passages of a text: paragraphs parted by blank lines, headlines and a date line."""

import hashlib
import re
from dataclasses import dataclass

_SENTENCE_END = re.compile(r"[.!?:;…][\"'”’)\]]*$")
_DATELINE = re.compile(r"[^.!?]{0,60}\d{1,4}[^.!?]{0,60}")


@dataclass(frozen=True, slots=True)
class Passages:
    """Where the passages of a text stand.

    Attributes:
        digest: `sha256:` and the digest of the text as UTF-8.
        length: Of the text, in code points.
        spans: Start and end of each passage by name, in code points.
    """

    digest: str
    length: int
    spans: dict[str, tuple[int, int]]


def passages_of(text: str) -> Passages:
    """Returns the passages of a text.

    Paragraphs are `p1`, `p2` ...; a first one of a single line with a number and no full stop is
    the date line `D`; a line without an end of sentence is a headline, `H`, `H2` ...
    """
    spans: dict[str, tuple[int, int]] = {}
    paragraphs = headlines = 0
    for block in re.finditer(r"(?:(?!\n[^\S\n]*\n)[\s\S])+", text):
        told = block.group().strip()
        if not told:
            continue
        start = block.start() + block.group().index(told)
        line = "\n" not in told and not _SENTENCE_END.search(told)
        if line and not spans and _DATELINE.fullmatch(told) and len(told) < 40:
            name = "D"
        elif line and len(told) < 160:
            headlines += 1
            name = "H" if headlines == 1 else f"H{headlines}"
        else:
            paragraphs += 1
            name = f"p{paragraphs}"
        spans[name] = (start, start + len(told))
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Passages(f"sha256:{digest}", len(text), spans)
