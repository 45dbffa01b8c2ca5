"""Acts that nouns tell of: "Trump's declaration that ...", "offers from Trump to ..."."""

from kg.extract.actors import Actor, Mention
from kg.extract.acts import Acts
from kg.extract.clauses import Stream
from kg.extract.context import Clause
from kg.extract.facts import Act


class ActsOfNouns(Acts):
    """Finds whose act a noun is, and what it puts forward."""

    def _by_nouns(self, stream: Stream, clauses: list[Clause]) -> None:
        words = stream.words
        taken = {n for clause in clauses for n in range(clause.at, clause.end)}
        free, nouns = 0, self.lexicon.nouns
        for at, word in enumerate(words):
            if at < free or word.lower not in nouns or at in taken or at in stream.entities:
                continue
            found = self._noun(stream, at)
            if found is None:
                continue
            kind, end = found
            whose, content = self._whose(stream, at, end)
            if whose and content < len(words):
                stop = next((n for n in range(content, len(words)) if words[n].text in ",;."), None)
                last = words[(stop or len(words)) - 1]
                self.acts.append(
                    Act(
                        kind=kind,
                        speaker=whose,
                        addressee=None,
                        sentence=stream.sentence,
                        span=(words[at].start, last.end),
                        content=(words[content].start, last.end),
                        rule="noun/of",
                        confidence=0.6,
                        reporter=self._reporter(whose),
                    )
                )
            free = end

    def _noun(self, stream: Stream, at: int) -> tuple[str, int] | None:
        found = self.lexicon.noun_at(stream.words, at)
        if found is None:
            return None
        cue, end = found
        if self.vocabulary.is_a(cue.kind, "SpeechAct"):
            return cue.kind, end
        return ("Assert", end) if cue.kind == "PressStatement" else None

    def _whose(self, stream: Stream, at: int, end: int) -> tuple[Actor | None, int]:
        """Whose act it is, and where its content begins: only after "that" or "to"."""
        words = stream.words
        whose: Actor | None = None
        if at > 1 and words[at - 1].lower == "'s":
            entity = stream.entities.get(at - 2)
            if isinstance(entity, Mention) and entity.last == at - 1:
                whose = entity.actors[0]
        elif end < len(words) and words[end].lower in {"by", "from"}:
            entity = stream.entities.get(end + 1)
            if isinstance(entity, Mention) and entity.first == end + 1:
                whose, end = entity.actors[0], entity.last
        if whose is None or end + 1 >= len(words) or words[end].lower not in {"that", "to"}:
            return None, end
        return whose, end + 1
