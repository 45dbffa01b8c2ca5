"""Who is named together: what "and" and commas join, and what begins at a word."""

from kg.extract.actors import Mention
from kg.extract.context import Entity, Group, Reference
from kg.extract.english import English
from kg.extract.sentences import Word

_JOINED = {"he", "she", "role", "counterpart", "body"}
"""References that may be one of several."""


class Groups:
    """Joins the mentions and references of a sentence; those come from the class below it."""

    words: tuple[Word, ...]
    english: English
    entities: dict[int, Entity]
    _starts: dict[int, Mention | Reference]

    def _add(self, entity: Mention | Reference) -> None:
        self.entities.update(dict.fromkeys(range(entity.first, entity.last), entity))
        self._starts[entity.first] = entity

    def _groups(self) -> None:
        """Joins what "and" and commas join, where all are of one sort."""
        at = 0
        while at < len(self.words):
            first = self._starts.get(at)
            if first is None:
                at += 1
                continue
            members, end = self._members(first)
            if len(members) > 1 and all(map(_may_join, members)):
                group = Group(at, end, tuple(members))
                self.entities.update(dict.fromkeys(range(at, end), group))
                del self._starts[at]
                at = end
            else:
                at = first.last

    def _members(self, first: Mention | Reference) -> tuple[list[Mention | Reference], int]:
        """Who is joined with the one that stands first, and where the last one ends."""
        words, members, end = self.words, [first], self._past_state(first)
        while end < len(words) and words[end].lower in {",", "and", "&"}:
            member = self._starts.get(self._past_link(end))
            if member is None or not self._alike(first, member):
                break
            if words[end].text == ",":
                # "Trump, and Rubio said": a comma before "and" joins only the last of a list.
                last = words[end + 1].lower == "and"
                if len(members) == 1 if last else not self._list_ends(member.last, first):
                    break
            members.append(member)
            end = self._past_state(member)
        return members, end

    def _past_link(self, at: int) -> int:
        """Index after "and", ", and the", "and Trump's" (one of whose people follows)."""
        words, n = self.words, at + 1
        if n < len(words) and words[n].lower == "and":
            n += 1
        skipped = self.english["before_member"]
        while n < len(words) and words[n].lower in skipped and n not in self.entities:
            n += 1
        if n + 2 < len(words) and n not in self._starts and words[n + 1].lower == "'s":
            n += 2
        return n

    def _past_state(self, entity: Mention | Reference) -> int:
        """Index after "President Putin of Russia", where it is one of several."""
        at = entity.last
        if isinstance(entity, Mention) and entity.actors[0].kind == "Person":
            words = [w.lower for w in self.words[at : at + 2]]
            state = (
                self._starts.get(at + 1 + (words[1:] == ["the"])) if words[:1] == ["of"] else None
            )
            if isinstance(state, Mention) and state.actors[0].kind == "State":
                return state.last
        return at

    def _list_ends(self, at: int, first: Mention | Reference) -> bool:
        """Whether a list that goes on with a comma comes to an "and"."""
        while at < len(self.words) and self.words[at].text == ",":
            n = at + 1
            if n < len(self.words) and self.words[n].lower == "and":
                return True
            nxt = self._starts.get(n)
            if nxt is None or not self._alike(first, nxt):
                return False
            at = nxt.last
        return at < len(self.words) and self.words[at].lower == "and"

    def _alike(self, one: Mention | Reference, other: Mention | Reference) -> bool:
        sort = _sort(one)
        return sort == _sort(other) and sort != "adjective"

    def entity_at(self, at: int) -> Entity | None:
        """Returns what begins at a word, after an article."""
        skipped = self.english.any_of("article", "numbers", "before_title")
        while at < len(self.words) and self.words[at].lower in skipped and at not in self.entities:
            at += 1
        if at + 1 < len(self.words) and self.words[at].lower in {"his", "her", "their"}:
            # "his Iranian counterpart Jane Roe", "Her Excellency Jane Roe".
            person = self._starts.get(at + 1)
            at += isinstance(person, Mention) and person.actors[0].kind == "Person"
        entity = self.entities.get(at)
        if entity is None or entity.first != at:
            return None
        if entity.last < len(self.words) and self.words[entity.last].lower in {"'s", "'", "’"}:
            return None
        if isinstance(entity, Mention) and entity.how == "demonym":
            return None
        return entity

    def entity_before(self, at: int) -> Entity | None:
        """Returns what ends right before a word."""
        entity = self.entities.get(at - 1)
        return entity if entity is not None and entity.last == at else None


def _may_join(member: Mention | Reference) -> bool:
    return isinstance(member, Mention) or member.what in _JOINED


def _sort(entity: Mention | Reference) -> str:
    if isinstance(entity, Reference):
        return "person" if entity.what in {"he", "she", "role", "counterpart", "i"} else entity.what
    if entity.how == "demonym":
        return "adjective"
    return "person" if entity.actors[0].kind == "Person" else "body"
