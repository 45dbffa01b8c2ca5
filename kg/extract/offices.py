"""Where a title begins and ends, and the name beside it."""

from kg.extract.actors import People
from kg.extract.sentences import Word


class Offices(People):
    """Reads the words around the word of an office."""

    def _title_begins(self, number: int, role: int) -> int:
        words = self.told.sentences[number].words
        first = role
        small = not words[role].capital
        while first > 0:
            word = words[first - 1]
            if (
                (word.lower in self.english["modifier"] and word.lower != "and")
                or word.lower in {"'s", "&", "/"}
                or word.text == "’s"
                or (
                    word.lower in {"and"}
                    and first > 1
                    and words[first - 2].capital
                    and words[first].capital
                    and (words[first - 2].lower in self.english.any_of("modifier", "body"))
                )
                or (
                    word.lower in {"of", "for"}
                    and first > 1
                    and words[first - 2].capital
                    and (words[first].capital or words[first].lower == "the")
                    and not small
                    and (
                        words[first - 2].lower in self.english.any_of("body", "modifier")
                        or self._is_role(words[first - 2])
                    )
                )
                or (
                    word.lower == "the"
                    and first > 1
                    and words[first - 2].lower in {"of", "for"}
                    and first > 2
                    and words[first - 3].capital
                    and words[first].capital
                )
                or (
                    word.capital
                    and word.text[0].isalpha()
                    and word.lower not in self.english.function_words
                    and word.lower not in self.english["weekdays"]
                    and word.lower not in self.english["months"]
                    and not any(
                        m.first <= first - 1 < m.last and m.actors[0].kind == "Person"
                        for m in self._found[number].values()
                    )
                    and not (small and not self._hit_at(number, first - 1))
                )
                or (self._is_role(word) and word.lower not in self.english["kin"])
            ):
                pass
            else:
                break
            first -= 1
        while first < role and (
            words[first].lower in {"'s", "’s", "and", "of", "the", "for", "&"}
            or not words[first].text[0].isalnum()
        ):
            first += 1
        return first

    def _title_goes_on(self, number: int, at: int) -> tuple[int, str]:
        """Where "of the Republic of X" ends, and the state that it names."""
        words = self.told.sentences[number].words
        end, state = at, ""
        while end < len(words) and words[end].lower in {"of", "for", "on", "to"}:
            stop = end + 1
            last_body = 0
            if stop < len(words) and words[stop].lower == "the":
                stop += 1
            while stop < len(words):
                hit = self._hit_at(number, stop)
                if hit is not None and hit.actors[0].kind == "Person":
                    last_body = stop
                    break
                if hit is not None:
                    if hit.actors[0].kind == "State":
                        state = hit.actors[0].slug
                    stop = hit.last
                    last_body = stop
                elif words[stop].capital and words[stop].text[0].isalpha():
                    stop += 1
                    if (
                        words[stop - 1].lower in self.english["body"]
                        or words[stop - 1].lower in self.english["modifier"]
                    ):
                        last_body = stop
                elif (
                    words[stop].lower in {"of", "and", "for", "the", "to"}
                    and stop + 1 < len(words)
                    and (words[stop + 1].capital or words[stop + 1].lower == "the")
                ):
                    if words[stop].lower == "and" and self._person_follows(number, stop + 1):
                        break
                    stop += 1
                elif words[stop].text == "(":
                    close = next(
                        (n for n in range(stop, min(stop + 4, len(words))) if words[n].text == ")"),
                        None,
                    )
                    if close is None:
                        break
                    stop = close + 1
                    last_body = stop
                else:
                    break
            if not last_body:
                # No word ends the phrase: it is all of it, unless a name of two words must follow.
                run = stop - end - 1
                many = self._is_role(words[at - 1]) and words[at - 1].lower.endswith("s")
                last_body = stop if run <= 1 or many else stop - 2 if run > 2 else end + 1
                if last_body == end + 1:
                    return at, state
            end = last_body
        return end, state

    def _given(self, word: Word) -> bool:
        return word.lower in self.english.any_of("male", "female")

    def _name_at(self, number: int, at: int, *, titled: bool = False) -> int | None:
        """Returns where a person's name that begins here ends; after a title, in capitals too."""
        words = self.told.sentences[number].words
        end = at
        capitals = 0
        while end < len(words) and end - at < 7:
            word = words[end]
            lower = word.lower
            if word.capital and word.text[0].isalpha() and not lower.startswith("@"):
                if lower.rstrip(".") in self.english.any_of("role", "honorific") and not (
                    capitals
                    and lower.rstrip(".") in {"king", "major", "marshal", "judge", "pope", "prince"}
                ):
                    break
                month = lower in self.english["months"]
                if month and capitals and self._given(words[end - 1]):
                    capitals += 1
                    end += 1
                    continue
                if (
                    (lower in self.english.function_words and lower not in self.english["particle"])
                    or lower in self.english["weekdays"]
                    or month
                ):
                    break
                if lower in self.english["body"]:
                    return None
                hit = self._hit_at(number, end)
                if hit is not None and hit.actors[0].kind != "Person" and hit.how != "place":
                    return None if end == at else end
                shouted = word.text.isupper() and len(word.text) > 1
                if shouted and not capitals and not (titled and len(word.text) > 3):
                    return None
                capitals += 1
                end += 1
            elif capitals and lower.startswith(("al-", "as-", "ad-", "el-")) and len(lower) > 4:
                capitals += 1
                end += 1
            elif (
                capitals
                and lower in self.english["particle"]
                and end + 1 < len(words)
                and (words[end + 1].capital or words[end + 1].lower in self.english["particle"])
            ) or (
                not capitals
                and lower in self.english["particle"]
                and end + 1 < len(words)
                and words[end + 1].capital
                and lower not in {"e", "la", "do", "y"}
            ):
                end += 1
            elif (
                capitals
                and word.text == ","
                and end + 1 < len(words)
                and words[end + 1].lower.rstrip(".") in self.english["suffix"]
            ):
                end += 2
                if end < len(words) and words[end].text == ".":
                    end += 1
                break
            else:
                break
        return end if capitals else None

    def _person_follows(self, number: int, at: int) -> bool:
        words = self.told.sentences[number].words
        return at < len(words) and self._given(words[at])

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
