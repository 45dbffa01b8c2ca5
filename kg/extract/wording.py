"""What is done by words where the verb is too general to tell: "said that they must stop"."""

import re

from kg.extract.actors import Actor, Mention
from kg.extract.clauses import Stream
from kg.extract.context import Reference
from kg.extract.lexicon import Lexicon
from kg.extract.names import Cast

_NEAR = 7
"""Words before those that show an act, in which the one is named who performs it."""


class Wording:
    """Tells acts by the words said in one text."""

    def __init__(self, lexicon: Lexicon, cast: Cast) -> None:
        self.lexicon = lexicon
        self.english = lexicon.english
        self.vocabulary = lexicon.vocabulary
        self.cast = cast

    def act_of(
        self, kind: str, text: str, stream: Stream, speakers: tuple[Actor, ...], first: int = 0
    ) -> str:
        """Returns the act that the words show, or the one that the verb tells.

        Args:
            kind: By the verb.
            text: What is said, in small letters.
            stream: Where it stands.
            speakers: Who say it.
            first: Index of its first word.
        """
        told = text.split()
        cues = list(self.english.acts_in(told))
        if not cues and kind != "Assert":
            return kind
        states = [s for one in speakers if (s := self.cast.actors.get(one.state))]
        names = {word.lower() for one in speakers for word in one.name.split()}
        names |= {form.lower() for state in states for form in state.forms}
        names |= self.english["speaks_for_itself"]
        for at, act, own in cues:
            before = {
                part for word in told[max(0, at - 7) : at] for part in (word, *word.split("-"))
            }
            mine = not own or not before.isdisjoint(names)
            if mine or any(self._named_before(stream, state, first + at) for state in states):
                return self._instead(act, text)
        doing = kind == "Assert" and self._doing(stream, (*speakers, *states))
        return "Announce" if doing else kind

    def _instead(self, act: str, text: str) -> str:
        """As in "is going to hit": a promise of harm is a threat."""
        other = (other for other, of, words in self.english.instead
                 if of == act and re.search(words, text))  # fmt: skip
        return next(other, act)

    def _doing(self, stream: Stream, own: tuple[Actor, ...]) -> bool:
        """As in "said that it is expelling two diplomats": a step of one's own, made known."""
        words = stream.words
        for at in range(2, len(words)):
            now = words[at - 1].lower in {"is", "are", "was"}
            if not now or not words[at].lower.endswith("ing"):
                continue
            entity = stream.entities.get(at - 2)
            told = isinstance(entity, Mention) and any(a is o for a in entity.actors for o in own)
            itself = isinstance(entity, Reference) and entity.what in {"it", "we", "he", "she"}
            cues = self.lexicon.verbs.get(words[at].lower, ())
            if (told or itself) and any(self.vocabulary.is_a(c.kind, "Action") for c in cues):
                return True
        return False

    def _named_before(self, stream: Stream, actor: Actor, at: int) -> bool:
        return any(
            isinstance(m, Mention)
            and actor in m.actors
            and m.how != "demonym"
            and at - _NEAR < m.last <= at
            for m in stream.entities.values()
        )
