"""Where a title begins and ends, and the name beside it."""

from kg.extract.actors import People
from kg.extract.sentences import Word

_LONGEST_NAME = 7
_ARTICLES = ("al-", "as-", "ad-", "el-")


class Offices(People):
    """Reads the words around the word of an office."""

    def _title_begins(self, number: int, role: int) -> int:
        """Index of the first word of the title that the word of an office stands in."""
        words = self.told.sentences[number].words
        first = role
        while first > 0 and self._belongs_to_title(
            number, first - 1, small=not words[role].capital
        ):
            first -= 1
        within = {"and", "of", "the", "for"}
        while first < role and (words[first].lower in within or not words[first].text[0].isalnum()):
            first += 1
        return first

    def _belongs_to_title(self, number: int, at: int, *, small: bool) -> bool:
        """Whether a word belongs to the title that goes on after it.

        Args:
            number: Of the sentence.
            at: Index of the word.
            small: Whether the office is written in small letters.
        """
        words, english = self.told.sentences[number].words, self.english
        word = words[at]
        lower = word.lower
        if lower in {"and", "of", "for"}:
            return at > 0 and self._joins_title(words, at, small=small)
        if lower == "the":
            # "the Secretary of the Treasury"
            phrase = at > 1 and words[at - 1].lower in {"of", "for"}
            return phrase and words[at - 2].capital and words[at + 1].capital
        return (
            lower in english["modifier"]
            or lower in {"'s", "&", "/"}
            or (word.capital and self._names_office(number, at, small=small))
            or (self._is_role(word) and lower not in english["kin"])
        )

    def _joins_title(self, words: tuple[Word, ...], at: int, *, small: bool) -> bool:
        """As in "Foreign Affairs and Trade Minister", "Commission for Trade Secretary"."""
        before, after = words[at - 1], words[at + 1]
        of_body = before.lower in self.english.any_of("body", "modifier")
        if not before.capital:
            return False
        if words[at].lower == "and":
            return after.capital and of_body
        follows = after.capital or after.lower == "the"
        return follows and not small and (of_body or self._is_role(before))

    def _names_office(self, number: int, at: int, *, small: bool) -> bool:
        """Whether a word with a capital before an office is part of its name, and no person's."""
        word, hit = self.told.sentences[number].words[at], self._hit_at(number, at)
        if not word.text[0].isalpha() or word.lower in self.english.any_of("weekdays", "months"):
            return False
        if word.lower in self.english.function_words or (small and hit is None):
            return False
        return hit is None or hit.actors[0].kind != "Person"

    def _title_goes_on(self, number: int, at: int) -> tuple[int, str]:
        """Where "of the Republic of X" ends, and the state that it names."""
        words = self.told.sentences[number].words
        end, state = at, ""
        while end < len(words) and words[end].lower in {"of", "for", "on", "to"}:
            stop, last, named = self._phrase_of_title(number, end + 1)
            state = named or state
            if not last:
                # No word ends the phrase: it is all of it, unless a name of two words must follow.
                run = stop - end - 1
                many = self._is_role(words[at - 1]) and words[at - 1].lower.endswith("s")
                last = stop if run <= 1 or many else stop - 2 if run > 2 else end + 1
                if last == end + 1:
                    return at, state
            end = last
        return end, state

    def _phrase_of_title(self, number: int, at: int) -> tuple[int, int, str]:
        """Reads what follows "of" in a title.

        Returns:
            Where to stop, where the last word that ends such a phrase does (else 0), and the
            state named.
        """
        words = self.told.sentences[number].words
        last, state = 0, ""
        stop = at + (at < len(words) and words[at].lower == "the")
        while stop < len(words):
            word, hit = words[stop], self._hit_at(number, stop)
            if hit is not None:
                if hit.actors[0].kind == "Person":
                    return stop, stop, state
                if hit.actors[0].kind == "State":
                    state = hit.actors[0].slug
                stop = last = hit.last
            elif word.capital and word.text[0].isalpha():
                stop += 1
                if word.lower in self.english.any_of("body", "modifier"):
                    last = stop
            elif word.text == "(":
                near = range(stop, min(stop + 4, len(words)))
                close = next((n for n in near if words[n].text == ")"), None)
                if close is None:
                    break
                stop = last = close + 1
            elif not self._links(number, stop):
                break
            else:
                stop += 1
        return stop, last, state

    def _links(self, number: int, at: int) -> bool:
        """Whether a small word joins what follows to a title; "and" no other person."""
        words = self.told.sentences[number].words
        if words[at].lower not in self.english["links_title"] or at + 1 == len(words):
            return False
        after = words[at + 1]
        if words[at].lower == "and" and self._given(after):
            return False
        return after.capital or after.lower == "the"

    def _given(self, word: Word) -> bool:
        return word.lower in self.english.any_of("male", "female")

    def _name_at(self, number: int, at: int, *, titled: bool = False) -> int | None:
        """Returns where a person's name that begins here ends; after a title, in capitals too."""
        words = self.told.sentences[number].words
        end, begun = at, False
        while end < len(words) and end - at < _LONGEST_NAME:
            word = words[end]
            lower = word.lower
            after = words[end + 1] if end + 1 < len(words) else None
            if word.capital and word.text[0].isalpha():
                if self._ends_name(number, end, begun=begun):
                    break
                if lower in self.english["body"]:
                    return None
                hit = self._hit_at(number, end)
                if hit is not None and hit.actors[0].kind != "Person" and hit.how != "place":
                    return end if end > at else None
                shouted = word.text.isupper() and len(word.text) > 1
                if shouted and not begun and not (titled and len(word.text) > 3):
                    return None
                begun = True
            elif begun and lower.startswith(_ARTICLES) and len(lower) > 4:
                pass
            elif lower in self.english["particle"] and after is not None:
                small = begun and after.lower in self.english["particle"]
                leads = begun or lower not in self.english["no_first_particle"]
                if not leads or not (after.capital or small):
                    break
            elif begun and word.text == "," and after and self._is_suffix(after):
                end += 2
                return end + (end < len(words) and words[end].text == ".")
            else:
                break
            end += 1
        return end if begun else None

    def _ends_name(self, number: int, at: int, *, begun: bool) -> bool:
        """Whether a word with a capital is no part of a name: an office, a day, "The"."""
        words, english = self.told.sentences[number].words, self.english
        lower = words[at].lower
        title = lower.rstrip(".")
        if title in english.any_of("role", "honorific"):
            return not (begun and title in english["surname_of_office"])
        if lower in english["months"]:
            return not (begun and self._given(words[at - 1]))  # "April May"
        small = lower in english.function_words and lower not in english["particle"]
        return small or lower in english["weekdays"]

    def _is_suffix(self, word: Word) -> bool:
        return word.lower.rstrip(".") in self.english["suffix"]

    def _state_before(self, number: int, first: int, role: int) -> str:
        for mention in self._found[number].values():
            if (
                mention.actors[0].kind != "Person"
                and first <= mention.first < role + 1
                and mention.last <= role + 1
            ):
                return mention.actors[0].state
            if (
                mention.last in {first, first - 1}
                and mention.actors[0].kind == "State"
                and mention.how in {"demonym"}
            ):
                return mention.actors[0].state
        return ""

    def _state_at(self, number: int, at: int) -> str:
        words = self.told.sentences[number].words
        at += at < len(words) and words[at].lower == "the"
        hit = self._hit_at(number, at)
        return hit.actors[0].state if hit and hit.actors[0].kind == "State" else ""

    def _without_state(self, number: int, first: int, role: int) -> int:
        hit = self._hit_at(number, first)
        words = self.told.sentences[number].words
        if hit and hit.actors[0].kind == "State" and hit.last <= role:
            first = hit.last
            while first < role and words[first].lower in {"'s", "’s"}:
                first += 1
        return first
