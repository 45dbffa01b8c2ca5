"""The names of bodies: media, ministries, offices, and office holders who act as one."""

from kg.extract.actors import Actor
from kg.extract.sentences import Word
from kg.extract.titles import Titles

_LONGEST_BODY = 9


class Bodies(Titles):
    """Finds the bodies that a text names, and whose they are."""

    collective: Actor | None = None

    def _collectives(self, number: int) -> None:
        """As in "the foreign ministers of France, Germany and Poland": three or more act as one."""
        words = self.told.sentences[number].words
        for role in range(len(words) - 2):
            if words[role + 1].lower != "of" or not self._is_many(role, number):
                continue
            end, states = role + 1, 0
            while end + 1 < len(words) and (
                words[end].lower in {"of", ",", "and"} or end == role + 1
            ):
                at = end + 1
                while at < len(words) and words[at].lower in {"and", "the"}:
                    at += 1
                hit = self._hit_at(number, at)
                if hit is None or hit.first != at or hit.actors[0].kind != "State":
                    break
                end, states = hit.last, states + 1
            if states < 3:
                continue
            first = self._title_begins(number, role)
            place = (words[first].start, words[end - 1].end)
            self.collective = self.body(self.told.text[slice(*place)], place)
            self._put(number, first, end, "body", self.collective)

    def _small_bodies(self, number: int) -> None:
        """As in "the Russian foreign ministry", "Iran's embassy in Oslo": in small letters."""
        words = self.told.sentences[number].words
        for mention in [m for m in self._found[number].values() if m.actors[0].kind == "State"]:
            own = mention.last + (
                words[mention.last : mention.last + 1] != () and words[mention.last].lower == "'s"
            )
            end = own
            while end < len(words) and words[end].lower in self.english["modifier"]:
                end += 1
            if end >= len(words) or words[end].text not in self.english["small_body"]:
                continue
            end += 1
            if (
                end + 1 < len(words)
                and words[end - 1].lower in {"embassy", "consulate"}
                and words[end].lower == "in"
            ):
                place = self._hit_at(number, end + 1)
                end = place.last if place else end
            span = (words[mention.first].start, words[end - 1].end)
            state = mention.actors[0].slug
            known = self.gazetteer.body(state, self.told.text[words[own].start : span[1]])
            name = self.told.text[slice(*span)]
            actor = self.known(known, name, span) if known else self.body(name, span, state)
            self._put(number, mention.first, end, "body", actor)

    def _is_many(self, at: int, number: int) -> bool:
        lower = self.told.sentences[number].words[at].lower
        return lower.endswith("s") and (
            lower[:-1] in self.english["role"] or lower in self.english["sides"]
        )

    def _medium(self, number: int, at: int) -> int:
        """As in "the German newspaper Example": returns where the name ends."""
        words = self.told.sentences[number].words
        end, first = at + 1, at - 1
        while end < len(words) and (words[end].capital or words[end].text.isdigit()):
            end += 1
        place = (words[at].start, words[end - 1].end)
        actor = self.body(self.told.text[slice(*place)], place)
        self.media.add(actor.slug)
        before = self._hit_at(number, first - 1)
        if words[first - 1].lower in self.english["before_medium"]:
            first -= 1
        elif before and before.how == "demonym":
            first = before.first
        self._put(number, first, end, "body", actor)
        return end

    def _named_body(self, number: int, at: int, end: int) -> int:
        """Puts down a body, with the state before its name; returns where the name begins."""
        words = self.told.sentences[number].words
        text, own = self.told.text, at
        state = next(
            (m.actors[0].state for m in self._found[number].values() if at <= m.first < end), ""
        )
        if words[at].lower in {"government", "administration"} and words[at + 1].lower == "of":
            inner = self._hit_at(number, at + 2 + (words[at + 2].lower == "the"))
            if inner and inner.actors[0].kind == "State":
                place = (words[at].start, words[end - 1].end)
                self._form(inner.actors[0], text[slice(*place)], place)
                self._put(number, at, end, "officials", inner.actors[0])
                return at
        plain = text[words[own].start : words[end - 1].end]
        if not state and plain.lower() in self.english["shared_name"]:
            state = self._shared(plain)[0]
        possessive = at > 1 and words[at - 1].lower == "'s"
        before = self._hit_at(number, at - 1 - possessive) if at else None
        if before and before.last == at - possessive and before.actors[0].kind == "State":
            at, state = before.first, before.actors[0].slug
        place = (words[at].start, words[end - 1].end)
        known = self.gazetteer.body(state, text[words[own].start : place[1]]) if state else ""
        name = text[slice(*place)]
        actor = self.known(known, name, place) if known else self.body(name, place, state)
        self._put(number, at, end, "body", actor)
        return at

    def _body_at(self, number: int, at: int) -> int | None:
        """Returns where the name of a body that begins here ends: its last capital is of bodies."""
        words, heads = self.told.sentences[number].words, self.english["head_of_body"]
        of = any(word.lower == "of" for word in words[at : at + 4])
        if of and any(map(self._is_role, words[at : at + 3])):
            return None  # "Vice President of the Commission"
        end, last = at, 0
        while end < len(words) and end - at < _LONGEST_BODY:
            word = words[end]
            if word.capital and word.text[0].isalpha():
                end += 1
                last = end if word.lower in heads else last
            elif end == at + 1 and word.lower in self.english["small_head_of_body"]:
                return end + 1
            elif end > at and self._links_body(words, end, last):
                end += 1
                if last == end - 1 and word.lower in {"of", "for", "in"}:
                    # "Bank of X", "Embassy in X": the phrase belongs to the body.
                    stop = end + (words[end].lower == "the")
                    hit = self._hit_at(number, stop)
                    if hit and hit.first == stop:
                        end = last = hit.last
            else:
                break
        return last if last - at > 1 else None

    def _links_body(self, words: tuple[Word, ...], at: int, last: int) -> bool:
        """Whether a small word joins what follows to a body's name; "and" not after a whole one."""
        if words[at].lower not in self.english["links_body"] or at + 1 == len(words):
            return False
        whole = words[at].lower == "and" and last == at
        return not whole and (words[at + 1].capital or words[at + 1].lower == "the")
