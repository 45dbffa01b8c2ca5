"""Going through a draft, fact by fact: what each rests on, and what a person decides about it.

The draft itself keeps what was decided. A fact is undecided as long as it has a `rule`; accepting
takes `rule` and the extractor's `confidence` away, rejecting takes the fact away, and with the last
rule goes `draft: true`. So nothing is lost when a review is broken off, and it goes on from there.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from kg.errors import InputError, InputErrors, Place, unreadable
from kg.facts import Register
from kg.facts.draft import LINKS, Draft, Fact, facts_of, open_draft
from kg.facts.read import document_of
from kg.namespaces import ACTOR, RDFS
from kg.placed import Data, read_yaml
from kg.placed import Path as At
from kg.placed.edit import removed, replaced, source_of
from kg.rdf import Literal, NamedNode
from kg.vocabulary import Vocabulary

_SENTENCE_END = re.compile(r"[.!?…][\"'”’»)\]]*\s+(?=[\"'“‘«(\[]?[A-ZÀ-Þ0-9])")
_WORDS = {
    "agent": "who",
    "recipient": "to whom",
    "attendee": "also there",
    "onBehalfOf": "on behalf of",
    "inResponseTo": "in response to",
    "conditionalOn": "if",
    "asOf": "as of",
}
_SHOWN_OTHERWISE = {"id", "type", "label", "content", "evidence", "rule", "confidence"}


@dataclass(frozen=True, slots=True)
class Piece:
    """A passage's sentences around what a fact rests on, and that itself."""

    passage: str
    before: str
    marked: str
    after: str


@dataclass(frozen=True, slots=True)
class Review:
    """A draft and the text it was drawn from."""

    draft: Draft
    text: str

    def undecided(self) -> list[Fact]:
        """Returns the facts that still have a rule, acts before content, as the text goes."""
        found = [fact for fact in self.draft.facts() if "rule" in fact.told]
        return sorted(found, key=lambda fact: max(map(self._start, (fact, *fact.within))))

    def pieces(self, fact: Fact) -> Iterator[Piece]:
        """Yields the sentences that a fact stands in."""
        passages = _passages(self.draft.data)
        for name, start, end in self._spans(fact):
            first, last = passages[name]
            ends = [found.end() + first for found in _SENTENCE_END.finditer(self.text[first:last])]
            begin = max((e for e in ends if e <= start), default=first)
            stop = min((e for e in ends if e >= end), default=last)
            text = self.text
            yield Piece(name, text[begin:start], text[start:end], text[end:stop])

    def told(self, fact: Fact) -> list[tuple[str, str]]:
        """Returns what a fact says, in words: what it is about, and what it says of that."""
        known = self._labels()
        rows = [("what", _headline(fact, self.draft.vocabulary))]
        for key, value in fact.told.items():
            if key not in _SHOWN_OTHERWISE:
                words = ", ".join(known.get(one, one) for one in _texts(value))
                rows.append((_WORDS.get(key, key), words))
        if fact.at[0] == "events" and fact.kind in self.draft.vocabulary.kinds:
            rows += [] if "status" in fact.told else [("status", "occurred")]
        rows += [("puts forward", words) for words in self._content(fact, known)]
        rows.append(("on the word of", self._voucher(fact, known)))
        if fact.within:
            chain = (_headline(act, self.draft.vocabulary) for act in reversed(fact.within))
            rows.append(("told in", " – in ".join(chain)))
        sure = fact.told.get("confidence")
        rows.append(("found by", f"{fact.told.get('rule')}" + (f", {sure}" if sure else "")))
        return rows

    def written(self, fact: Fact) -> str:
        """Returns the YAML of a fact."""
        return source_of(self.draft.text, fact.at, file=self._file)

    def accepted(self, fact: Fact) -> "Review":
        """Takes a fact as it stands; the file is written.

        Raises:
            InputError: The file cannot be changed so.
        """
        keys = [(*fact.at, key) for key in ("rule", "confidence") if key in fact.told]
        return self._with(removed(self.draft.text, keys, file=self._file))

    def rejected(self, fact: Fact) -> tuple["Review", list[str]]:
        """Takes a fact out with its content and every reference to it; the file is written.

        Returns:
            The review, and in words what else went or was changed.

        Raises:
            InputError: The file cannot be changed so.
        """
        size = len(fact.at)
        going = [one for one in self.draft.facts() if one.at[:size] == fact.at]
        ids = {str(one.told["id"]) for one in going if "id" in one.told}
        links = [
            (path, name)
            for path, name in _links(self.draft.data)
            if name in ids and path[:size] != fact.at
        ]
        text = removed(self.draft.text, [fact.at, *(path for path, _ in links)], file=self._file)
        words = [f"with it went {_headline(one, self.draft.vocabulary)}" for one in going[1:]]
        for path, name in links:
            holder = _holder(self.draft, path)
            key = next(step for step in reversed(path) if isinstance(step, str))
            words.append(
                f"`{key}` of {_headline(holder, self.draft.vocabulary)} names {name} no more"
            )
        after = self._with(text)
        kept = set(_proposals(after.draft.data))
        words += [
            f"with it went {name}, new in this draft"
            for name in _proposals(self.draft.data)
            if name not in kept
        ]
        return after, words

    def edited(self, fact: Fact, written: str) -> "Review":
        """Puts another YAML in the place of a fact's; the file is written.

        Raises:
            InputError: It is no sound fact; places count in what was written.
        """
        if not written.strip():
            raise InputError("nothing is left of the fact: reject it instead", Place("fact", 1))
        if not isinstance(read_yaml(written.encode(), file="fact").data, dict):
            raise InputError("a fact is keys and values", Place("fact", 1))
        text = replaced(self.draft.text, {fact.at: written}, file=self._file)
        draft, lines = self.draft, written.strip("\r\n").count("\n") + 1
        try:
            placed = read_yaml(text.encode(), file=self._file)
            document_of(placed, draft.vocabulary, draft.register)
        except InputError as error:
            raise _within(error, draft.placed.value(fact.at).line or 1, lines) from error
        return self._with(text)

    def restored(self, text: str) -> "Review":
        """Takes back what was decided since the draft's text was this one; the file is written."""
        return replace(self, draft=self.draft.rewritten(text))

    def finished(self) -> "Review":
        """Returns a review of which the mark of a draft is gone if nothing is undecided."""
        text = _settled(self.draft.data, self.draft.text, self._file)
        return self if text == self.draft.text else self.restored(text)

    @property
    def _file(self) -> str:
        return str(self.draft.path)

    def _with(self, text: str) -> "Review":
        return self.restored(_settled(self.draft.data, text, self._file))

    def _spans(self, fact: Fact) -> list[tuple[str, int, int]]:
        """Returns passage, start and end of each piece of evidence."""
        passages = _passages(self.draft.data)
        given = fact.told.get("evidence")
        found: list[tuple[str, int, int]] = []
        for one in given if isinstance(given, list) else [given]:
            if isinstance(one, dict) and isinstance(one["chars"], list):
                found.append((str(one["passage"]), *_span(one["chars"])))
            elif isinstance(one, str):
                found.append((one, *passages[one]))
        return found

    def _start(self, fact: Fact) -> int:
        return min((start for _, start, _ in self._spans(fact)), default=0)

    def _labels(self) -> dict[str, str]:
        """Returns what a person calls the things that a fact may name."""
        vocabulary, data = self.draft.vocabulary, self.draft.data
        found = {
            quad.subject.value.removeprefix(ACTOR): quad.object.value
            for quad in self.draft.register.quads
            if quad.predicate.value == RDFS + "label"
            and isinstance(quad.subject, NamedNode)
            and isinstance(quad.object, Literal)
        }
        for concepts in (vocabulary.issues, vocabulary.topics, vocabulary.stances):
            found |= {slug: concept.label for slug, concept in concepts.items()}
        found |= {name: f"{label} (new: {name})" for name, label in _proposals(data).items()}
        for fact in self.draft.facts():
            if "id" in fact.told:
                found[fact.name] = _headline(fact, vocabulary)
        return found

    def _content(self, fact: Fact, known: dict[str, str]) -> Iterator[str]:
        for inner in self.draft.facts():
            if inner.within and inner.within[-1].at == fact.at:
                yield _headline(inner, self.draft.vocabulary)
        for name in _texts(fact.told.get("content")):
            yield known.get(name, name)

    def _voucher(self, fact: Fact, known: dict[str, str]) -> str:
        """Returns who stands for a fact: the nearest act around it that vouches, or the source."""
        kinds = self.draft.vocabulary.kinds
        for act in reversed(fact.within):
            if act.kind in kinds and kinds[act.kind].vouches:
                who = ", ".join(known.get(one, one) for one in _texts(act.told.get("agent")))
                return who or _headline(act, self.draft.vocabulary)
        return "the source"


def open_review(path: Path, text: Path, vocabulary: Vocabulary, register: Register) -> Review:
    """Returns a draft with its text.

    Raises:
        InputError: One of them cannot be read, or the text is not the draft's.
        Misuse: The draft is not YAML.
    """
    draft = open_draft(path, vocabulary, register)
    try:
        data = text.read_bytes()
        read = data.decode()
    except (OSError, UnicodeDecodeError) as error:
        raise unreadable(text, error) from error
    source = draft.data["source"]
    given = source.get("text") if isinstance(source, dict) else None
    if not isinstance(given, dict):
        raise InputError("the source has no text with a digest", draft.placed.value(("source",)))
    digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
    if digest != given["digest"]:
        message = f"is not the text of {text}, whose digest is {digest}"
        raise InputError(message, draft.placed.value(("source", "text", "digest")))
    return Review(draft, read)


def _headline(fact: Fact, vocabulary: Vocabulary) -> str:
    """Returns kind, label and id of a fact."""
    told, kind = fact.told, vocabulary.kinds.get(fact.kind)
    names = ("person", "office") if fact.kind == "Tenure" else ("holder", "stance", "issue")
    label = told.get("label") or " – ".join(str(told[name]) for name in names if name in told)
    words = ": ".join(filter(None, (kind.label if kind else fact.kind.lower(), str(label))))
    return f"{words} [{told['id']}]" if "id" in told else words


def _within(error: InputError, first: int, lines: int) -> InputErrors:
    """Returns what is wrong with a document, lines counted in a part of it where they are there."""
    found = []
    for one in error.errors if isinstance(error, InputErrors) else (error,):
        place = one.place
        line = (place.line or 0) - first + 1 if place else 0
        inside = place and 1 <= line <= lines
        found.append(InputError(one.message, Place("fact", line) if inside else place))
    return InputErrors(tuple(found))


def _passages(data: dict[str, Data]) -> dict[str, tuple[int, int]]:
    source = data["source"]
    given = source.get("passages") if isinstance(source, dict) else None
    found = {}
    for name, span in given.items() if isinstance(given, dict) else ():
        if isinstance(span, list):
            found[name] = _span(span)
    return found


def _proposals(data: dict[str, Data]) -> dict[str, str]:
    """Returns the actors and issues that only the document has, labels by id."""
    found = {}
    for section in ("actors", "issues"):
        entries = data.get(section)
        for entry in entries if isinstance(entries, list) else ():
            if isinstance(entry, dict):
                found[str(entry["id"])] = str(entry["label"])
    return found


def _span(offsets: list[Data]) -> tuple[int, int]:
    # As written they are text; 12.0 is a whole number too.
    start, end = (int(float(str(offset))) for offset in offsets)
    return start, end


def _texts(value: Data) -> Iterator[str]:
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, str | bool):
            yield str(one)


def _links(data: Data, path: At = (), link: bool = False) -> Iterator[tuple[At, str]]:
    """Yields where a document refers to a fact, and to which."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from _links(value, (*path, key), key in LINKS)
    elif isinstance(data, list):
        for n, value in enumerate(data):
            yield from _links(value, (*path, n), link)
    elif link and isinstance(data, str):
        yield path, data


def _holder(draft: Draft, path: At) -> Fact:
    """Returns the fact that a path leads into, the innermost."""
    return max(
        (fact for fact in draft.facts() if path[: len(fact.at)] == fact.at),
        key=lambda fact: len(fact.at),
    )


def _settled(before: Data, text: str, file: str) -> str:
    """Returns a text without proposals that nothing needs now, and no draft if all is decided."""
    after = read_yaml(text.encode(), file=file).data
    needed_before, needed = set(_named(before)), set(_named(after))
    gone: list[At] = []
    for section in ("actors", "issues"):
        entries = after.get(section) if isinstance(after, dict) else None
        for n, entry in enumerate(entries if isinstance(entries, list) else ()):
            name = entry.get("id") if isinstance(entry, dict) else None
            if name in needed_before - needed:
                gone.append((section, n))
    source = after.get("source") if isinstance(after, dict) else None
    undecided = any("rule" in fact.told for fact in facts_of(after))
    if not undecided and isinstance(source, dict) and "draft" in source:
        gone.append(("source", "draft"))
    return removed(text, gone, file=file) if gone else text


def _named(data: Data, path: At = ()) -> Iterable[str]:
    """Yields every text of a document but the ids of the actors and issues that it proposes."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from _named(value, (*path, key))
    elif isinstance(data, list):
        for n, value in enumerate(data):
            yield from _named(value, (*path, n))
    elif isinstance(data, str) and not (path[0] in {"actors", "issues"} and path[2:] == ("id",)):
        yield data
