"""Questions of those whom a text does not name: "Asked whether ..., the minister said"."""

from kg.extract.actors import Actor
from kg.extract.acts_of_nouns import ActsOfNouns
from kg.extract.clauses import Stream
from kg.extract.facts import Act
from kg.facts.names import slug_of


class Questions(ActsOfNouns):
    """Finds questions that an answer is told with; who asks is a person of whom no more is known.

    Attributes:
        questioners: One for each question: that two were asked by one person nobody says.
    """

    questioners: list[Actor]

    def _asked(self, stream: Stream, made: dict[int, list[Act]]) -> None:
        comma = stream.question
        answer = next((act for acts in made.values() for act in acts if not act.governor), None)
        if not comma or answer is None or answer.speaker.kind != "Person":
            return
        words = stream.words
        first = next((n for n in range(1, comma) if words[n].lower in self.english["asked"]), None)
        named = any(
            entity.last <= (first or comma) and words[entity.first - 1].lower == "by"
            for entity in stream.entities.values()
        )
        if first is None or named or stream.words[first].start >= answer.content[0]:
            return
        content = (words[first].start, words[comma - 1].end)
        act = Act(
            kind="Ask",
            speaker=self._questioner(answer.speaker),
            addressee=answer.speaker,
            sentence=stream.sentence,
            span=(words[0].start, content[1]),
            content=content,
            rule="question/unnamed",
            confidence=0.7,
            during=answer.during,
        )
        self.acts.append(act)

    def _questioner(self, asked: Actor) -> Actor:
        day = self.published.isoformat() if self.published else ""
        number = len(self.questioners) + 1
        slug = slug_of(f"questioner of {asked.slug} {day} {number if number > 1 else ''}")
        name = f"Unnamed questioner of {asked.name}"
        self.questioners.append(Actor(slug, "Person", name, known=False))
        return self.questioners[-1]
