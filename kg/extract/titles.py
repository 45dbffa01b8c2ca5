"""Names beside the word of an office: "Foreign Minister Fuad Hussein of Iraq"."""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from typing import NamedTuple

from kg.extract.actors import Actor
from kg.extract.english import English
from kg.extract.gazetteer import Gazetteer, Hit
from kg.extract.offices import Offices
from kg.extract.sentences import Sentence, Told, Word


class _Title(NamedTuple):
    """A title with the name beside it, by indexes of words.

    Attributes:
        first: Its first word.
        role: The word of the office.
        after: The one after its last.
        begin: The first word of the name.
        end: The one after its last.
        state: Slug of the state that the title names, or empty.
    """

    first: int
    role: int
    after: int
    begin: int
    end: int
    state: str


class Titles(Offices):
    """Reads titles, what belongs to them, and the names that follow."""

    def __init__(self, told: Told, gazetteer: Gazetteer, english: English, published: str) -> None:
        super().__init__(told, gazetteer, english, published)
        hits = gazetteer.find(told.text)
        starts = [hit.start for hit in hits]
        self._hits = [_within(hits, starts, sentence) for sentence in told.sentences]
        slugs = Counter(hit.slugs[0] for hit in hits)
        slugs.update(dict.fromkeys(self._dateline(), len(hits)))
        self._states = [s for s, _ in slugs.most_common() if gazetteer.known[s].kind == "State"]

    def _dateline(self) -> list[str]:
        """The state whose capital the text begins with: "TEHRAN -- The Foreign Ministry said"."""
        first = next((s for s in self.told.sentences if s.block.kind == "body"), None)
        if first is None:
            return []
        opening = self.told.text[first.start : first.start + 40]
        opening = re.sub(r"\b[A-Z]{3,}\b", lambda word: word[0].title(), opening)
        return [
            h.slugs[0] for h in self.gazetteer.find(opening) if h.start == 0 and h.how == "place"
        ]

    def _shared(self, name: str) -> tuple[str, str]:
        """The state whose body a name is that many bear, and the body; empty if none is told."""
        bodies = ((told, self.gazetteer.body(told, name)) for told in self._states)
        return next((found for found in bodies if found[1]), ("", ""))

    def _titled(self, number: int) -> None:
        """Gazetteer hits, and names beside the word of an office."""
        words = self.told.sentences[number].words
        for hit, first, last in self._hits[number]:
            if self.gazetteer.known[hit.slugs[0]].kind == "Person":
                self._known_person(number, hit, first, last)
            else:
                self._known_body(number, hit, first, last)
        free, offices = 0, self.english.offices
        for at, word in enumerate(words):
            if at >= free and word.lower in offices:
                free = self._office(number, at)

    def _known_person(self, number: int, hit: Hit, first: int, last: int) -> None:
        """A full name of the register; a surname waits until the full names are known."""
        words, name = self.told.sentences[number].words, self.told.text[hit.start : hit.end]
        after = words[last] if last < len(words) else None
        goes_on = (
            after is not None
            and after.capital
            and after.lower not in self.english["role"]
            and not after.text.endswith(".")
        )
        if " " in name and not goes_on:  # "Juan Ramón de la Fuente" is not "Juan Ramón"
            actor = self.known(hit.slugs[0], name, (hit.start, hit.end))
            self._put(number, first, last, "name", actor)

    def _known_body(self, number: int, hit: Hit, first: int, last: int) -> None:
        """A state, body or place of the register, by its name, or by what only points to it."""
        words, name = self.told.sentences[number].words, self.told.text[hit.start : hit.end]
        slug = self._meant_body(name, self._meant(hit))
        if not slug:
            return
        whole = words[first].start == hit.start and words[last - 1].end == hit.end
        if hit.how == "place" and self._names_more(words, last):
            whole = False  # "the Bucharest Nine", "the Minsk Protocol"
        if hit.how == "name" and whole:
            actor = self.known(slug, name, (hit.start, hit.end))
        else:
            actor = self.actors.get(slug) or self._silent(slug)
        self._put(number, first, last, hit.how if whole else "part", actor)

    def _names_more(self, words: tuple[Word, ...], at: int) -> bool:
        """Whether a capital follows that neither an office nor a sentence begins with."""
        if at >= len(words) or not words[at].capital or not words[at].text.isalpha():
            return False
        return not (self._is_role(words[at]) or words[at].lower in self.english["modifier"])

    def _meant_body(self, name: str, slug: str) -> str:
        """Whose Foreign Office is meant, where many states have one: that of the text's state."""
        state = self.gazetteer.known[slug].state
        if name.lower() not in self.english["shared_name"] or state in self._states:
            return slug
        return self._shared(name)[1]

    def _office(self, number: int, role: int) -> int:
        """Reads a title and the name after it; returns where to go on."""
        words = self.told.sentences[number].words
        first = self._title_begins(number, role)
        last = self._offices_end(words, first, role)
        named = self._name_after(number, last)
        if named is None or (words[role].text == "official" and first == role):
            return last
        title = _Title(first, role, *named)
        # A comma parts a title from a name where the title is small or of kin, or after "the".
        parted = title.begin > title.after
        apart = parted and self._in_commas(number, first, title.begin, title.end)
        kin = words[role].lower in self.english["kin"]
        if parted and words[role].capital and not kin and not apart:
            return last
        actor, state = self._person_titled(number, title)
        if apart and not kin:
            comma = title.end < len(words) and words[title.end].text == ","
            self._put(number, first, title.end + comma, "name", actor)
        else:
            self._put(number, title.begin if parted else first, title.end, "name", actor)
        if words[role].lower.endswith("s"):
            told = self.told.text[words[first].start : words[title.after - 1].end]
            self._others(number, title.end, told, state)
        return title.end

    def _offices_end(self, words: tuple[Word, ...], first: int, role: int) -> int:
        """Where the words of offices end: "Prime Minister", "Minister and Deputy Head"."""
        # "the Prime Minister and President Roe" are two, "Prime Minister and Mayor Roe" is one.
        one = first == 0 or words[first - 1].lower != "the"
        last = role + 1
        while last < len(words):
            word, after = words[last], words[last + 1] if last + 1 < len(words) else None
            joins = word.text == "/" or (word.lower == "and" and one)
            if word.text == ".":
                of_office = words[last - 1].lower in self.english["abbreviation"]
            elif joins:
                of_office = after is not None and self._is_of_office(after)
            else:
                of_office = word.lower != "and" and self._is_of_office(word)
            if not of_office:
                break
            last += 1
        while last > role + 1 and not (
            self._is_role(words[last - 1]) or words[last - 1].text == "."
        ):
            last -= 1
        return last

    def _is_of_office(self, word: Word) -> bool:
        return self._is_role(word) or word.lower in self.english["modifier"]

    def _name_after(self, number: int, last: int) -> tuple[int, int, int, str] | None:
        """Where the title before a name ends, where the name begins and ends, and whose state."""
        words = self.told.sentences[number].words
        after, state = self._title_goes_on(number, last)
        begin = after
        if (
            begin + 1 < len(words)
            and words[begin].text == ","
            and words[begin + 1].capital
            and not self._is_role(words[begin + 1])
        ):
            begin += 1
        end = self._name_at(number, begin, titled=True)
        if end is None and after > last:
            begin = after = last
            end = self._name_at(number, last)
        return None if end is None else (after, begin, end, state)

    def _person_titled(self, number: int, title: _Title) -> tuple[Actor, str]:
        """The person of a title, with what it tells of office and state, and the state's slug."""
        words, text = self.told.sentences[number].words, self.told.text
        word = words[title.role].lower
        state = title.state
        if title.end < len(words) and words[title.end].lower == "of" and not state:
            state = self._state_at(number, title.end + 1)
        state = self._state_before(number, title.first, title.role) or state
        told = text[words[title.first].start : words[title.after - 1].end]
        place = (words[title.begin].start, words[title.end - 1].end)
        actor = self.person(text[slice(*place)], place, told, state)
        plain = word.rstrip(".") in self.english.any_of("honorific", "kin")
        if not plain and title.first < title.after:
            own = self._without_state(number, title.first, title.role)
            self._learn_office(actor, (words[own].start, words[title.after - 1].end))
        if word == "counterpart":
            before = sorted(self._found[number].values(), key=lambda m: m.first)
            self._same_office(actor, [m for m in before if m.last <= title.first])
        if not plain and state and not actor.known:
            actor.state = state
        return actor, state

    def _in_commas(self, number: int, first: int, begin: int, end: int) -> bool:
        """As in "the President of Mexico, Jane Roe, said": a full name set off by commas."""
        words = self.told.sentences[number].words
        closed = end >= len(words) or words[end].text in {",", ".", "and", ")"}
        opened = first == 0 or words[first - 1].lower in {"the", "his", "her", "/", "and", ","}
        return closed and opened and end - begin > 1

    def _others(self, number: int, at: int, title: str, state: str) -> None:
        """The further names after a title in the plural."""
        words = self.told.sentences[number].words
        while at + 1 < len(words) and words[at].lower in {",", "and"}:
            begin = at + 1
            if words[begin].lower == "and":
                begin += 1
            name = self._name_at(number, begin)
            if name is None or name - begin < 2:
                return
            text = self.told.text[words[begin].start : words[name - 1].end]
            actor = self.person(text, (words[begin].start, words[name - 1].end), title, state)
            actor.office = actor.office or title
            self._put(number, begin, name, "name", actor)
            at = name


def _within(hits: list[Hit], starts: list[int], sentence: Sentence) -> list[tuple[Hit, int, int]]:
    """The hits of a sentence with the words that they cover."""
    near = hits[bisect_left(starts, sentence.start) : bisect_left(starts, sentence.end)]
    if not near:
        return []
    begins = [word.start for word in sentence.words]
    found = []
    for hit in near:
        first = max(bisect_right(begins, hit.start) - 1, 0)
        last = bisect_left(begins, hit.end)
        if hit.end <= sentence.end and first < last:
            found.append((hit, first, last))
    return found
