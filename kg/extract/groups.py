"""Who is named together: what "and" and commas join, and what begins at a word."""

from kg.extract.actors import Mention
from kg.extract.context import Group, Reference
from kg.extract.english import English
from kg.extract.sentences import Word


class Groups:
    """Joins the mentions and references of a sentence; those come from the class below it."""

    words: tuple[Word, ...]
    english: English
    entities: dict[int, Mention | Reference]
    _starts: dict[int, Mention | Reference]

    def _add(self, entity: Mention | Reference) -> None:
        for at in range(entity.first, entity.last):
            self.entities[at] = entity
        self._starts[entity.first] = entity

    def _groups(self) -> None:
        """Joins what "and" and commas join, where all are of one sort."""
        at = 0
        while at < len(self.words):
            first = self._starts.get(at)
            if first is None:
                at += 1
                continue
            members = [first]
            end = self._past_state(first)
            while end < len(self.words) and self.words[end].lower in {",", "and", "&"}:
                n = end + 1
                if n < len(self.words) and self.words[n].lower == "and":
                    n += 1
                while (
                    n < len(self.words)
                    and self.words[n].lower in {"the", "both", "his", "her", "their"}
                    and n not in self.entities
                ):
                    n += 1
                if (
                    n + 2 < len(self.words)
                    and n not in self._starts
                    and self.words[n + 1].lower == "'s"
                ):
                    n += 2
                nxt = self._starts.get(n)
                if nxt is None or not self._alike(first, nxt):
                    break
                if (
                    self.words[end].text == ","
                    and self.words[end + 1].lower != "and"
                    and not self._list_ends(nxt.last, first)
                ):
                    break
                # "Trump, and Rubio said": a comma before "and" joins only the last of a list.
                if (
                    self.words[end].text == ","
                    and self.words[end + 1].lower == "and"
                    and len(members) == 1
                ):
                    break
                members.append(nxt)
                end = self._past_state(nxt)
            if len(members) > 1 and not any(
                isinstance(m, Reference)
                and m.what not in {"he", "she", "role", "counterpart", "body"}
                for m in members
            ):
                self._add(Group(first.first, end, tuple(members)))  # type: ignore[arg-type]
                at = end
            else:
                at = first.last

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
        def sort(entity: Mention | Reference) -> str:
            if isinstance(entity, Mention):
                if entity.how == "demonym":
                    return "adjective"
                return "person" if entity.actors[0].kind == "Person" else "body"
            return (
                "person"
                if entity.what in {"he", "she", "role", "counterpart", "i"}
                else entity.what
            )

        pair = {sort(one), sort(other)}
        return len(pair) == 1 and pair != {"adjective"}

    def entity_at(self, at: int) -> "Mention | Reference | Group | None":
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
