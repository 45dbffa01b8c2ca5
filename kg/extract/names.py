"""The names of a text: with titles, in lists, in appositions, and surnames alone."""

from kg.extract.actors import Actor, Mention
from kg.extract.bodies import Bodies
from kg.extract.english import English
from kg.extract.gazetteer import Gazetteer
from kg.extract.sentences import Told, Word
from kg.facts.names import folded

_LONGEST_SURNAME = 4


class Cast(Bodies):
    """The actors of one text, and where each sentence names them."""

    def __init__(self, told: Told, gazetteer: Gazetteer, english: English, published: str) -> None:
        super().__init__(told, gazetteer, english, published)
        # Full names first: a surname may stand before them, and headlines shorten names.
        order = sorted(
            range(len(told.sentences)),
            key=lambda n: told.sentences[n].block.kind in {"title", "heading"},
        )
        steps = (self._titled, self._collectives, self._small_bodies, self._listed, self._bare)
        for read in steps:
            for number in order:
                read(number)
        for number in order:
            self._short_forms(number)
        self._of_two()
        self.mentions = [sorted(found.values(), key=lambda m: m.first) for found in self._found]

    def _of_two(self) -> None:
        """As in "the Roe-Doe call" of a headline: two people, not one of both their names."""
        for slug, actor in list(self.actors.items()):
            parts = actor.name.split("-")
            known = [self._surnames.get(folded(part), []) for part in parts]
            others = [having for having in known if having and actor not in having]
            if actor.kind == "Person" and " " not in actor.name and len(others) == len(parts) > 1:
                del self.actors[slug]
                for number, found in enumerate(self._found):
                    for key in [key for key, m in found.items() if actor in m.actors]:
                        self._drop(number, key)

    def _short_forms(self, number: int) -> None:
        """As in "External Affairs Minister (EAM) Jane Roe", "the Treaty Office (TO)"."""
        words = self.told.sentences[number].words
        if not self._short and all(word.text != "(" for word in words):
            return
        for at, word in enumerate(words):
            if word.text in self._short and not self._hit_at(number, at):
                self._put(number, at, at + 1, "name", self._short[word.text])
            inside = 0 < at < len(words) - 1 and word.text.isupper() and len(word.text) > 1
            if not inside or words[at - 1].text != "(" or words[at + 1].text != ")":
                continue
            owner = self._hit_at(number, at - 2) or self._hit_at(number, at + 2)
            if owner and len(owner.actors) == 1 and owner.actors[0].kind != "State":
                self._short.setdefault(word.text, owner.actors[0])
                self._form(owner.actors[0], word.text, (word.start, word.end))

    def _listed(self, number: int) -> None:
        """Names that no title stands before, where something shows that they are people's."""
        words = self.told.sentences[number].words
        free = 0
        for at, word in enumerate(words):
            if at < free or not word.capital or not self._is_unknown(number, at):
                continue
            if at == 0 or not self._is_unknown(number, at - 1):
                free = self._unknown_name(number, at)
        for mention in list(self._found[number].values()):
            if mention.actors[0].kind == "Person" and mention.how == "name":
                self._apposition(number, mention)

    def _is_unknown(self, number: int, at: int) -> bool:
        """Whether a word has a capital and belongs to no name known so far, and to no office."""
        word = self.told.sentences[number].words[at]
        return (
            word.capital
            and self._hit_at(number, at) is None
            and not self._is_role(word)
            and word.lower not in self.english.function_words
        )

    def _unknown_name(self, number: int, at: int) -> int:
        """Reads the name of a medium, a body or a person; returns where to go on."""
        words = self.told.sentences[number].words
        if at and words[at - 1].lower in self.english["medium_noun"]:
            return self._medium(number, at)
        end = self._name_at(number, at)
        if end is None or end - at < 2:
            body = self._body_at(number, at)
            return max(body, self._named_body(number, at, body) + 1) if body else at + 1
        if self._is_person(number, at, end):
            place = (words[at].start, words[end - 1].end)
            self._put(number, at, end, "name", self.person(self.told.text[slice(*place)], place))
        return end

    def _is_person(self, number: int, at: int, end: int) -> bool:
        words = self.told.sentences[number].words
        if words[at].lower in self.english.any_of("male", "female"):
            return True
        if any(any(c.isdigit() for c in w.text) for w in words[at:end]):
            return False
        following = words[end].lower if end < len(words) else ""
        asks = at == 2 and words[1].text == ":" and words[0].lower in self.english["asks"]
        if asks and following in {"from", "with", ","}:
            return True
        if following == "," and end + 1 < len(words):
            ahead = words[end + 1 : end + 7]
            if ahead[0].lower == "who" or (ahead[0].text.isdigit()):
                return True
            for word in ahead:
                if self._is_role(word):
                    return True
                if word.lower in self.english["preposition"] or word.text in ",.;":
                    break
        if following == "who":
            return True
        previous = [
            m
            for m in self._found[number].values()
            if m.last <= at and m.how == "name" and m.actors[0].kind == "Person"
        ]
        if previous:
            between = [w.lower for w in words[max(m.last for m in previous) : at]]
            if between in (["and"], [","], [",", "and"]):
                return True
        return False

    def _apposition(self, number: int, mention: Mention) -> None:
        """The office after a name: "Ned Price, the spokesperson of ..."."""
        words = self.told.sentences[number].words
        at = mention.last
        actor = mention.actors[0]
        if at < len(words) and words[at].lower == "of" and not actor.state:
            actor.state = self._state_at(number, at + 1)
        if at + 1 >= len(words) or words[at].text not in {",", "("} or " " in actor.office:
            return
        begin = at + 1
        if words[begin].lower in {"the", "a", "an"}:
            begin += 1
        for role in range(begin, min(begin + 6, len(words))):
            if self._is_role(words[role]) and words[role].lower not in self.english.any_of(
                "kin", "honorific"
            ):
                while role + 1 < len(words) and self._is_role(words[role + 1]):
                    role += 1
                after, state = self._title_goes_on(number, role + 1)
                if (
                    self._name_at(number, after)
                    and after < len(words)
                    and words[after].capital
                    and words[after].text not in {",", "."}
                ):
                    return
                own = self._without_state(number, begin, role)
                self._learn_office(actor, (words[own].start, words[after - 1].end))
                if not actor.state:
                    actor.state = self._state_before(number, begin, role) or state
                return
            if words[role].text in {",", ".", ";"} or words[role].lower in {"who", "that", "and"}:
                return

    def _bare(self, number: int) -> None:
        """Surnames alone, once the full names are known; then those of the register."""
        words, particles = self.told.sentences[number].words, self.english["particle"]
        free = 0
        for at, word in enumerate(words):
            named = at >= free and (word.capital or word.lower in particles)
            if named and not self._hit_at(number, at):
                free = self._surname_at(number, at)
        for hit, first, last in self._hits[number]:
            entry = self.gazetteer.known[hit.slugs[0]]
            if entry.kind == "Person" and len(hit.slugs) == 1 and not self._hit_at(number, first):
                if self._is_of_longer_name(words, first, last):
                    continue
                place = (hit.start, hit.end)
                actor = self.known(entry.slug, self.told.text[slice(*place)], place)
                self._put(number, first, last, "surname", actor)

    def _surname_at(self, number: int, at: int) -> int:
        """Puts down whose surname begins at a word, and returns where it ends; 0 if none does."""
        words = self.told.sentences[number].words
        for end in range(min(at + _LONGEST_SURNAME, len(words)), at, -1):
            if not words[end - 1].capital:
                continue
            having = self._surnames.get(folded(" ".join(w.text for w in words[at:end])), [])
            if having:
                actor = having[0] if len(having) == 1 else self._last_of(having, number)
                place = (words[at].start, words[end - 1].end)
                self._form(actor, self.told.text[slice(*place)], place)
                self._put(number, at, end, "surname", actor)
                return end
        return 0

    def _is_of_longer_name(self, words: tuple[Word, ...], first: int, last: int) -> bool:
        """Whether another name stands before or after, so that it is somebody else's."""
        before = words[first - 1] if first else None
        after = words[last] if last < len(words) else None
        small = before is None or before.lower in self.english.function_words
        named = (word for word in (None if small else before, after) if word)
        return any(word.capital and word.text[0].isalpha() for word in named)

    def _last_of(self, having: list[Actor], number: int) -> Actor:
        for earlier in range(number, -1, -1):
            for mention in self._found[earlier].values():
                if mention.actors[0] in having:
                    return mention.actors[0]
        return having[0]
