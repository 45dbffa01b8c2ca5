"""The names of a text: with titles, in lists, in appositions, and surnames alone."""

from kg.extract.actors import Actor, Mention
from kg.extract.bodies import Bodies
from kg.extract.english import English
from kg.extract.gazetteer import Gazetteer
from kg.extract.sentences import Told
from kg.facts.names import folded


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
        sentence = self.told.sentences[number]
        words = sentence.words
        at = 0
        while at < len(words):
            if (
                not words[at].capital
                or self._hit_at(number, at)
                or self._is_role(words[at])
                or words[at].lower in self.english.function_words
            ):
                at += 1
                continue
            if (
                at
                and words[at - 1].capital
                and words[at - 1].text[0].isalpha()
                and not self._hit_at(number, at - 1)
                and words[at - 1].lower not in self.english.function_words
                and not self._is_role(words[at - 1])
            ):
                at += 1
                continue
            medium = at > 0 and words[at - 1].lower in self.english["medium_noun"]
            if medium:
                at = self._medium(number, at)
                continue
            end = self._name_at(number, at)
            if end is None or end - at < 2:
                body = self._body_at(number, at)
                if body:
                    at = self._named_body(number, at, body)
                at = max(at + 1, body or 0)
                continue
            name = self.told.text[words[at].start : words[end - 1].end]
            if self._is_person(number, at, end):
                actor = self.person(name, (words[at].start, words[end - 1].end))
                self._put(number, at, end, "name", actor)
            at = end
        for first, last in [(m.first, m.last) for m in self._found[number].values()]:
            mention = self._found[number].get((first, last))
            if mention and mention.actors[0].kind == "Person" and mention.how == "name":
                self._apposition(number, mention)

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
        words = self.told.sentences[number].words
        at, particles = 0, self.english["particle"]
        while at < len(words):
            named = words[at].capital or words[at].lower in particles
            if not named or self._hit_at(number, at):
                at += 1
                continue
            for end in range(min(at + 4, len(words)), at, -1):
                if not words[end - 1].capital:
                    continue
                form = " ".join(w.text for w in words[at:end])
                having = self._surnames.get(folded(form), [])
                if having:
                    actor = having[0] if len(having) == 1 else self._last_of(having, number)
                    self._form(
                        actor,
                        self.told.text[words[at].start : words[end - 1].end],
                        (words[at].start, words[end - 1].end),
                    )
                    self._put(number, at, end, "surname", actor)
                    at = end - 1
                    break
            at += 1
        for hit, first, last in self._hits[number]:
            entry = self.gazetteer.known[hit.slugs[0]]
            if entry.kind == "Person" and len(hit.slugs) == 1 and not self._hit_at(number, first):
                if (
                    first
                    and words[first - 1].capital
                    and words[first - 1].lower not in self.english.function_words
                    and words[first - 1].text[0].isalpha()
                ) or (last < len(words) and words[last].capital and words[last].text[0].isalpha()):
                    continue
                name = self.told.text[hit.start : hit.end]
                self._put(
                    number,
                    first,
                    last,
                    "surname",
                    self.known(entry.slug, name, (hit.start, hit.end)),
                )

    def _last_of(self, having: list[Actor], number: int) -> Actor:
        for earlier in range(number, -1, -1):
            for mention in self._found[earlier].values():
                if mention.actors[0] in having:
                    return mention.actors[0]
        return having[0]
