"""The words of English reporting, read from `ontology/english.yaml`, and how its verbs bend."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from kg.errors import InputError, Place
from kg.resources import files


@dataclass(frozen=True)
class English:
    """Words by what they are for, all in small letters.

    Attributes:
        lists: Sets of words by their heading in the file: `auxiliary`, `role`, `body` ...
        maps: Numbers by word: `months`, `numbers`, `day`, `period`, `unit`.
        irregular: Past and participle of each verb that does not bend by rule.
        content: Act that words in what is said show, and whether only the speaker's own do.
        instead: Act, the act that it is instead of, and a pattern of the words that show it.
        kinds: Names of kinds: `deed`, `deed_by_noun` and `general_kind`.
        stance: Slug of the stance that each act takes.
        heads: Offices whose holder may be called so, by `head of state` and the like.
        short: Offices by their short form: `pm`.
        toward: How the label of a kind of event leads up to those whom it is done to.
        weekdays: From Monday to Sunday.
    """

    lists: Mapping[str, frozenset[str]]
    maps: Mapping[str, Mapping[str, int]]
    irregular: Mapping[str, tuple[str, ...]]
    content: Mapping[str, tuple[str, bool]]
    instead: tuple[tuple[str, str, str], ...]
    kinds: Mapping[str, frozenset[str]]
    stance: Mapping[str, str]
    heads: Mapping[str, tuple[str, ...]]
    short: Mapping[str, str]
    toward: Mapping[str, str]
    weekdays: tuple[str, ...]

    def __getitem__(self, name: str) -> frozenset[str]:
        return self.lists[name]

    def any_of(self, *names: str) -> frozenset[str]:
        """Returns the words of several lists."""
        if names not in self._unions:
            self._unions[names] = frozenset().union(*(self.lists[name] for name in names))
        return self._unions[names]

    def says(self, name: str, text: str) -> bool:
        """Whether a text in small letters holds a word or phrase of a list."""
        if name not in self._patterns:
            self._patterns[name] = re.compile(_either(sorted(self.lists[name])))
        return self._patterns[name].search(text) is not None

    def acts_in(self, words: list[str]) -> Iterator[tuple[int, str, bool]]:
        """Yields where words of `content` stand, the longest first, the act, and whether own."""
        content, free = self._content, 0
        for at, word in enumerate(words):
            if at < free or word not in content:
                continue
            for rest, act, own in content[word]:
                if tuple(words[at + 1 : at + 1 + len(rest)]) == rest:
                    yield at, act, own
                    free = at + 1 + len(rest)
                    break

    @cached_property
    def _content(self) -> Mapping[str, list[tuple[tuple[str, ...], str, bool]]]:
        found: dict[str, list[tuple[tuple[str, ...], str, bool]]] = {}
        for phrase in sorted(self.content, key=lambda one: -len(one.split())):
            first, *rest = phrase.split()
            found.setdefault(first, []).append((tuple(rest), *self.content[phrase]))
        return found

    @cached_property
    def _unions(self) -> dict[tuple[str, ...], frozenset[str]]:
        return {}

    @cached_property
    def _patterns(self) -> dict[str, re.Pattern[str]]:
        return {}

    @cached_property
    def offices(self) -> frozenset[str]:
        """Words that name who holds an office, one or several, and what people are called by."""
        roles = self.lists["role"] | {f"{word}s" for word in self.lists["role"]}
        words = roles | self.lists["kin"] | self.lists["honorific"]
        return words | {f"{word}." for word in words}

    @cached_property
    def pronouns(self) -> Mapping[str, str]:
        """What each pronoun is: `he`, `she`, `they`, `we` or `i`; none that only possesses."""
        possessive = self.lists["possessive"]
        return {
            word: what
            for what in ("i", "we", "they", "she", "he")
            for word in self.lists[what] - possessive
        }

    @cached_property
    def points_back(self) -> frozenset[str]:
        """Words that what points back may begin with: pronouns, articles, bare offices."""
        people = {"it", "police", *self.lists["officials_from"]}
        offices = {word.split()[0] for word in (*self.lists["role"], *self.short)}
        listed = self.lists["determiner"] | self.lists["sides"] | people
        return frozenset(listed | offices | set(self.pronouns))

    @cached_property
    def phrase_prepositions(self) -> frozenset[str]:
        """Prepositions with a phrase that is no subject: "after", as "like", may have one."""
        return self.lists["preposition"] - self.lists["before_subject"]

    @cached_property
    def begins_day(self) -> frozenset[str]:
        """Words that a day may begin with, besides a number."""
        calendar = (*self.lists["months"], *self.weekdays)
        counted = (*self.lists["numbers"], *self.lists["day"], *self.lists["period"])
        return frozenset((*calendar, *counted, "later"))

    @cached_property
    def function_words(self) -> frozenset[str]:
        """Words of no content, which no name begins or ends with when they stand small."""
        names = ("auxiliary", "negation", "preposition", "determiner", "conjunction",
                 "subordinate", "he", "she", "they", "we", "i")  # fmt: skip
        return frozenset().union(*(self.lists[name] for name in names))

    def forms(self, lemma: str) -> Iterator[tuple[str, str]]:
        """Yields the forms of a verb, each with what it is: base, s, past, participle, ing."""
        yield lemma, "base"
        yield _third_person(lemma), "s"
        bent = self.irregular.get(lemma) or (_past(lemma),)
        yield bent[0], "past"
        yield bent[-1], "participle"
        yield self._ing(lemma, bent), "ing"

    def _ing(self, lemma: str, bent: tuple[str, ...]) -> str:
        # Where the past doubles the last letter, so does this form: admit, admitted, admitting.
        if bent[0] == lemma + lemma[-1] + "ed" or lemma in self.lists["doubled"]:
            return lemma + lemma[-1] + "ing"
        if lemma.endswith("e") and not lemma.endswith(("ee", "oe", "ye")) and lemma != "be":
            return lemma[:-1] + "ing"
        return lemma + "ing"


def read_english(project: Path | None = None) -> English:
    """Returns the words, shipped ones and a project's own on top.

    Raises:
        InputError: The file is not of this form.
    """
    words = _Words()
    for path in files("ontology", (".yaml",), project=project):
        if path.stem != "english":
            continue
        try:
            told: Any = yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)  # noqa: S506
            for name, value in told.items():
                words.take(name, value)
        except (yaml.YAMLError, AttributeError, KeyError, TypeError, ValueError) as error:
            message = f"is not of the form of the shipped one: {error}"
            raise InputError(message, Place(str(path))) from error
    return words.english()


@dataclass
class _Words:
    """What the files say, as far as they were read."""

    lists: dict[str, set[str]] = field(default_factory=dict)
    maps: dict[str, dict[str, int]] = field(default_factory=dict)
    irregular: dict[str, tuple[str, ...]] = field(default_factory=dict)
    content: dict[str, tuple[str, bool]] = field(default_factory=dict)
    instead: list[tuple[str, str, str]] = field(default_factory=list)
    kinds: dict[str, frozenset[str]] = field(default_factory=dict)
    stance: dict[str, str] = field(default_factory=dict)
    heads: dict[str, tuple[str, ...]] = field(default_factory=dict)
    short: dict[str, str] = field(default_factory=dict)
    toward: dict[str, str] = field(default_factory=dict)
    weekdays: tuple[str, ...] = ()

    def take(self, name: str, value: Any) -> None:  # noqa: ANN401 - as YAML has it
        """Takes in what stands below a heading."""
        match name:
            case "irregular":
                bent = {k: (v,) if isinstance(v, str) else tuple(v) for k, v in value.items()}
                self.irregular |= bent
            case "instead":
                self.instead += [(one["act"], one["of"], _either(one["words"])) for one in value]
            case "content":
                for one in value:
                    act = (one["act"], one.get("own") == "true")
                    self.content |= dict.fromkeys(one["words"], act)
            case "deed" | "deed_by_noun" | "general_kind":
                self.kinds[name] = frozenset(value)
            case "stance":
                self.stance |= value
            case "heads":
                self.heads |= {head: tuple(offices) for head, offices in value.items()}
            case "short":
                self.short |= value
            case "toward":
                self.toward |= value
            case _ if isinstance(value, dict):
                self.maps[name] = {word: int(number) for word, number in value.items()}
            case _:
                self.lists.setdefault(name, set()).update(word.lower() for word in value)
        if name == "weekdays":
            self.weekdays = tuple(value)

    def english(self) -> English:
        """Returns the words of all files."""
        for given in ("female", "male"):
            self.lists[given] |= {_plain(name) for name in self.lists.get(given, set())}
        return English(
            {name: frozenset(words) for name, words in (self.lists | self.maps).items()},
            self.maps,
            self.irregular,
            self.content,
            tuple(self.instead),
            self.kinds,
            self.stance,
            self.heads,
            self.short,
            self.toward,
            self.weekdays,
        )


def _plain(word: str) -> str:
    parts = unicodedata.normalize("NFKD", word)
    return "".join(c for c in parts if not unicodedata.combining(c))


def _either(words: Iterable[str]) -> str:
    return rf"(?<![\w-])({'|'.join(re.escape(word) for word in words)})(?![\w-])"


def _third_person(lemma: str) -> str:
    if lemma in {"be", "have"}:
        return {"be": "is", "have": "has"}[lemma]
    if lemma.endswith(("s", "x", "z", "ch", "sh", "o")):
        return lemma + "es"
    return lemma[:-1] + "ies" if lemma.endswith("y") and lemma[-2] not in "aeiou" else lemma + "s"


def _past(lemma: str) -> str:
    if lemma.endswith("e"):
        return lemma + "d"
    return lemma[:-1] + "ied" if lemma.endswith("y") and lemma[-2] not in "aeiou" else lemma + "ed"
