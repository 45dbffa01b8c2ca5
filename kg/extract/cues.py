"""The phrases by which the parts of a page are known, of `ontology/layout.yaml`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from kg.errors import InputError, Place
from kg.placed import Placed, read_yaml
from kg.resources import files

LONGEST_LINE = 300
"""Characters; what is longer is a paragraph, whatever its words."""
WORD = re.compile(r"[^\W_][\w'’.&/-]*")
SENTENCE_END = re.compile(r"[.!?:;,…][\"'”’»)\]]*$")

_PHRASES = ("credit", "attribution", "byline", "furniture", "end")
_WORDS = ("offices", "in_names", "beside_a_date", "not_beside_a_date")
_MARKS = str.maketrans("‘’‚′“”„″–—‑", "''''\"\"\"\"---")
_TOKEN = re.compile(r"\w+|[^\w\s]")
_STANDS_FOR = re.compile(r"(…|<names>|<title>)")


@dataclass(frozen=True, slots=True)
class Cues:
    """What `ontology/layout.yaml` says.

    Attributes:
        phrases: By kind, then by the longest word of the phrase, so that few are tried on a line.
        words: Lists of words, by name.
        languages: The commonest words of each.
    """

    phrases: dict[str, dict[str, list[re.Pattern[str]]]]
    words: dict[str, frozenset[str]]
    languages: dict[str, frozenset[str]]

    def say(self, kind: str, line: str) -> bool:
        """Whether a line is one of the phrases of a kind."""
        if len(line) > LONGEST_LINE:
            return False
        told, tokens = _tokens(line)
        index = self.phrases[kind]
        for patterns in filter(None, map(index.get, tokens)):
            for pattern in patterns:
                found = pattern.fullmatch(told)
                if found and self._stands(found):
                    return True
        return False

    def are_names(self, text: str) -> bool:
        """Whether a text is names and nothing else."""
        words = WORD.findall(text)
        small = self.words["in_names"]
        named = [word for word in words if word.lower() not in small]
        return bool(named) and all(not word[0].islower() for word in named)

    def _stands(self, found: re.Match[str]) -> bool:
        return all(
            self.are_names(part)
            if name.startswith("names")
            else not SENTENCE_END.search(found.string)
            for name, part in found.groupdict().items()
        )


def read_cues(project: Path | None = None) -> Cues:
    """Returns the shipped cues with those of a project's own `ontology/layout.yaml` on top.

    Raises:
        InputError: A list is unknown, or holds something else than text; with its place.
    """
    phrases: dict[str, dict[str, list[re.Pattern[str]]]] = {name: {} for name in _PHRASES}
    words: dict[str, set[str]] = {name: set() for name in _WORDS}
    languages: dict[str, set[str]] = {}
    for path in files("ontology", (".yaml",), project=project):
        if path.name != "layout.yaml":
            continue
        placed = read_yaml(path.read_bytes(), file=str(path))
        for name, items in _lists(placed, (), (*_PHRASES, *_WORDS, "languages")):
            if name in words:
                words[name].update(item.lower() for item in items)
            for number, phrase in enumerate(items if name in phrases else ()):
                place = placed.value((name, number))
                phrases[name].setdefault(_longest_word(phrase, place), []).append(_pattern(phrase))
        if isinstance(placed.data, dict) and "languages" in placed.data:
            for language, items in _lists(placed, ("languages",), None):
                languages.setdefault(language, set()).update(item.lower() for item in items)
    return Cues(
        phrases,
        {name: frozenset(found) for name, found in words.items()},
        {name: frozenset(found) for name, found in languages.items()},
    )


@cache
def shipped_cues() -> Cues:
    """Returns the cues as they were shipped."""
    return read_cues()


def plain(line: str) -> str:
    """Returns a line with marks made straight and blanks made one."""
    return " ".join(line.translate(_MARKS).split())


@lru_cache(maxsize=256)
def _tokens(line: str) -> tuple[str, frozenset[str]]:
    told = plain(line)
    return told, frozenset(_TOKEN.findall(told.lower()))


def _longest_word(phrase: str, place: Place) -> str:
    tokens: list[str] = _TOKEN.findall(_STANDS_FOR.sub(" ", plain(phrase)).lower())
    if not tokens:
        raise InputError(f"{phrase!r} stands for anything: give it a word", place)
    return max(tokens, key=len)


def _pattern(phrase: str) -> re.Pattern[str]:
    parts = []
    for number, part in enumerate(_STANDS_FOR.split(plain(phrase))):
        if part == "…":
            parts.append(".*?")
        elif _STANDS_FOR.fullmatch(part):
            parts.append(f"(?P<{part[1:-1]}{number}>.+?)")
        else:
            parts.append(re.escape(part))
    return re.compile("".join(parts) + r"[.:]?", re.IGNORECASE)


def _lists(
    placed: Placed, path: tuple[str, ...], known: tuple[str, ...] | None
) -> Iterator[tuple[str, list[str]]]:
    """Yields the lists of texts below a path, having checked that they are."""
    data = placed.data
    for step in path:
        data = data[step] if isinstance(data, dict) else None
    if not isinstance(data, dict):
        raise InputError("a list for each name is expected here", placed.value(path))
    for name, items in data.items():
        if known is not None and name not in known:
            message = f"{name!r} is no list of the layout: it has {', '.join(known)}"
            raise InputError(message, placed.key((*path, name)))
        if name == "languages":
            continue
        if not isinstance(items, list):
            raise InputError(f"{name} needs a list of texts", placed.value((*path, name)))
        for number, item in enumerate(items):
            if not isinstance(item, str) or not item.strip():
                where = placed.value((*path, name, number))
                raise InputError(f"{name} needs texts, and this is none: quote it", where)
        yield name, [str(item) for item in items]
