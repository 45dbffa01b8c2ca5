"""Names beside the word of an office: "Foreign Minister Fuad Hussein of Iraq"."""

import re
from bisect import bisect_left, bisect_right
from collections import Counter

from kg.extract.english import English
from kg.extract.gazetteer import Gazetteer, Hit
from kg.extract.offices import Offices
from kg.extract.sentences import Sentence, Told, Word


class Titles(Offices):
    """Reads titles, what belongs to them, and the names that follow."""

    def __init__(self, told: Told, gazetteer: Gazetteer, english: English, published: str) -> None:
        super().__init__(told, gazetteer, english, published)
        hits = gazetteer.find(told.text)
        self._hits = [_within(hits, sentence) for sentence in told.sentences]
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
        sentence = self.told.sentences[number]
        words = sentence.words
        hits = self._hits[number]
        for hit, first, last in hits:
            entry = self.gazetteer.known[hit.slugs[0]]
            name = self.told.text[hit.start : hit.end]
            if entry.kind == "Person" and " " not in name:
                continue  # a surname waits until the full names are known
            if (
                entry.kind == "Person"
                and last < len(words)
                and words[last].capital
                and words[last].lower not in self.english["role"]
                and not words[last].text.endswith(".")
            ):
                continue  # "Juan Ramón de la Fuente" is not "Juan Ramón"
            inside = words[first].start != hit.start or words[last - 1].end != hit.end
            if hit.how == "place" and self._names_more(words, last):
                inside = True  # "the Bucharest Nine", "the Minsk Protocol"
            how = "part" if inside else hit.how
            if entry.kind == "Person":
                self._put(
                    number, first, last, "name", self.known(entry.slug, name, (hit.start, hit.end))
                )
            else:
                slug = self._meant_body(name, self._meant(hit))
                if not slug:
                    continue
                actor = (
                    self.known(slug, name, (hit.start, hit.end))
                    if hit.how == "name" and not inside
                    else self.actors.get(slug) or self._silent(slug)
                )
                self._put(number, first, last, how, actor)
        at, offices = 0, self.english.offices
        while at < len(words):
            at = max(at + 1, self._office(number, at)) if words[at].lower in offices else at + 1

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

    def _office(self, number: int, at: int) -> int:
        """Reads a title and the name after it; returns where to go on."""
        sentence = self.told.sentences[number]
        words = sentence.words
        role = at
        last = at + 1
        first = self._title_begins(number, role)
        # "the Prime Minister and President Roe" are two, "Prime Minister and Mayor Roe" is one.
        one = first == 0 or words[first - 1].lower != "the"
        while last < len(words) and (
            self._is_role(words[last])
            or (words[last].lower in self.english["modifier"] and words[last].lower != "and")
            or (
                (words[last].text == "/" or (words[last].lower == "and" and one))
                and last + 1 < len(words)
                and (
                    self._is_role(words[last + 1])
                    or words[last + 1].lower in self.english["modifier"]
                )
            )
            or (words[last].text == "." and words[last - 1].lower in self.english["abbreviation"])
        ):
            last += 1
        while (
            not self._is_role(words[last - 1]) and words[last - 1].text != "." and last > role + 1
        ):
            last -= 1
        after, state = self._title_goes_on(number, last)
        begin = after
        if (
            begin + 1 < len(words)
            and words[begin].text == ","
            and words[begin + 1].capital
            and not self._is_role(words[begin + 1])
        ):
            begin += 1
        name = self._name_at(number, begin, titled=True)
        if name is None and after > last:
            name = self._name_at(number, last)
            begin, after = (last, last) if name else (begin, after)
        if name is None or (words[role].text == "official" and first == role):
            return last
        # A comma parts a title from a name where the title is small or of kin, or after "the".
        apart = begin > after and self._in_commas(number, first, begin, name)
        kin = words[role].lower in self.english["kin"]
        if begin > after and words[role].capital and not kin and not apart:
            return last
        title = self.told.text[words[first].start : words[after - 1].end]
        prefix = self._state_before(number, first, role)
        if name < len(words) and words[name].lower == "of" and not state:
            state = self._state_at(number, name + 1)
        plain = words[role].lower.rstrip(".") in self.english.any_of("honorific", "kin")
        text = self.told.text[words[begin].start : words[name - 1].end]
        actor = self.person(text, (words[begin].start, words[name - 1].end), title, prefix or state)
        if not plain and first < after:
            own = self._without_state(number, first, role)
            self._learn_office(actor, (words[own].start, words[after - 1].end))
        if words[role].lower == "counterpart":
            before = sorted(self._found[number].values(), key=lambda m: m.first)
            self._same_office(actor, [m for m in before if m.last <= first])
        if not plain and (prefix or state) and not actor.known:
            actor.state = prefix or state
        comma = name < len(words) and words[name].text == ","
        if apart and not kin:
            self._put(number, first, name + comma, "name", actor)
        else:
            self._put(number, first if begin == after else begin, name, "name", actor)
        if words[role].lower.endswith("s"):
            self._others(number, name, title, prefix or state)
        return name

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


def _within(hits: list[Hit], sentence: Sentence) -> list[tuple[Hit, int, int]]:
    """The hits of a sentence with the words that they cover."""
    starts = [hit.start for hit in hits]
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
