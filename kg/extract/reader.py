"""Reads a text from its first sentence to its last: events, acts of speech, positions."""

import re

from kg.extract.actors import Actor, Mention
from kg.extract.clauses import Stream, outside
from kg.extract.context import Clause, Context, Entity
from kg.extract.english import English
from kg.extract.facts import Act, Event, Facts, Position
from kg.extract.gazetteer import Gazetteer
from kg.extract.layout import blocks_of
from kg.extract.lexicon import Lexicon
from kg.extract.positions import positions_of
from kg.extract.quotations import Quotations
from kg.extract.sentences import Sentence, read_sentences
from kg.vocabulary import Vocabulary

_STATEMENT_BY = re.compile(
    r"\b(statement|communiqué|press release|remarks|speech|address|op-ed)\b(?! (on|about)\b)"
    r"( \w+){0,2}? by\b"
)


_TOUCHING = ("Accuse", "Warn", "Request", "Demand", "Expressive")
_LONGEST_BYLINE = 24
"""Words of a line that says whose statement a text is."""
_NEAR = 50
"""Characters of what is said, in which the one that it is about is named."""


class Reader:
    """Reads texts; made once from the vocabulary, the register and the words of English."""

    def __init__(self, vocabulary: Vocabulary, gazetteer: Gazetteer, english: English) -> None:
        self.vocabulary = vocabulary
        self.gazetteer = gazetteer
        self.english = english
        self.lexicon = Lexicon(vocabulary, english)

    def read(self, text: str, *, published: str = "", publisher: str = "") -> Facts:
        """Returns what a text tells.

        Args:
            text: As an `Article` has it; offsets count in it.
            published: YYYY-MM-DD, or empty where it is not known: then days stay untold.
            publisher: As the page names it; "the President" on a government's page is its own.
        """
        told = read_sentences(text, blocks_of(text), self.english)
        reading = _Reading(self.lexicon, self.gazetteer, told, published)
        reading.context.home = self._home(publisher)
        return reading.facts()

    def _home(self, publisher: str) -> str:
        """Slug of the state whose body a publisher is, by its name, of a union, or empty."""
        found = [self.gazetteer.known[hit.slugs[0]] for hit in self.gazetteer.find(publisher)]
        if self._is_medium(publisher):
            return ""
        return next((k.state or k.slug for k in found if k.kind != "Person"), "")

    def _is_medium(self, name: str) -> bool:
        return any(word.lower() in self.english["medium"] for word in name.split())


class _Reading(Quotations):
    """One text.

    Attributes:
        answers: Who answers the questions of a transcript.
        briefing: A press conference, as long as nobody has spoken in it.
        numbers: Those of the sentences, by identity.
    """

    answers: Actor | None = None
    briefing: Event | None = None
    numbers: dict[int, int]

    def facts(self) -> Facts:
        """Reads all sentences, paragraph by paragraph."""
        self.numbers = {id(s): number for number, s in enumerate(self.told.sentences)}
        self._author()
        tells_of_talk = self.readout = self.context.readout = self._main_event()
        paragraphs: dict[int, list[int]] = {}
        for number, sentence in enumerate(self.told.sentences):
            paragraphs.setdefault(sentence.paragraph, []).append(number)
        for numbers in paragraphs.values():
            kind = self.told.sentences[numbers[0]].block.kind
            if kind == "title":
                self._titled_event(numbers[0])
            if kind != "body":
                continue
            outside = [(number, *self._outside(number)) for number in numbers]
            for number, stream, made in outside:
                self._quotations(number, stream, made)
        self.events.finish(self.context)
        for act in self.acts:
            if act.during is None:
                act.during = self._occasion(act)
        positions = positions_of(self.acts, self.told.text, self.english, self.cast.actors)
        return Facts(self._cast(positions), self.events.found, self.acts, positions, tells_of_talk)

    def _cast(self, positions: list[Position]) -> list[Actor]:
        """People always; states and bodies where they do something or something is done to them."""
        used = {id(a) for e in self.events.found for a in e.actors}
        for act in self.acts:
            used |= {id(a) for a in (act.speaker, act.addressee, act.reporter) if a}
        used |= {id(p.holder) for p in positions}
        used |= {id(a) for act in self.acts for a in (*self._touched(act), *self._sent(act))}
        named = [
            a
            for a in self.cast.actors.values()
            if a.forms and (a.kind == "Person" or id(a) in used)
        ]
        return [*named, *self.questioners]

    def _touched(self, act: Act) -> list[Actor]:
        """The state or body that is thanked, condemned, supported or called upon."""
        if not any(self.vocabulary.is_a(act.kind, kind) for kind in _TOUCHING):
            return []
        number = self.numbers[id(act.sentence)]
        words = act.sentence.words
        for mention in self.cast.mentions[number]:
            start = words[mention.first].start
            if not act.content[0] <= start < act.content[0] + _NEAR or mention.how == "part":
                continue
            before = words[mention.first - 1 - (words[mention.first - 1].lower == "the")].lower
            place = before in {"in", "at", "near", "from", "against", ","} or (
                before == "on" and not self.vocabulary.is_a(act.kind, "Request")
            )
            after = words[mention.last : mention.last + 1]
            compound = mention.actors[0].kind == "Organization" and any(
                w.lower.isalpha() and w.lower not in self.english.function_words for w in after
            )
            return [a for a in mention.actors if a.kind != "Person" and not (place or compound)]
        return []

    def _sent(self, act: Act) -> list[Actor]:
        """As in "to send the armed forces into ...": the body that is to go there."""
        words, found = act.sentence.words, list[Actor]()
        for mention in self.cast.mentions[self.numbers[id(act.sentence)]]:
            inside = act.content[0] <= words[mention.first].start < act.content[1]
            verb = mention.first - 1 - (words[mention.first - 1].lower == "the")
            where = [w.lower for w in words[mention.last : mention.last + 1]]
            if (
                inside
                and verb > 0
                and words[verb - 1].lower == "to"
                and where in (["into"], ["to"])
            ):
                found += [a for a in mention.actors if a.kind == "Organization"]
        return found

    def _author(self) -> None:
        """Who speaks where the text says "we": the one a statement is attributed to."""
        for number, sentence in enumerate(self.told.sentences):
            rule = self._attributed(sentence)
            mentions = self.cast.mentions[number]
            people = [m.actors[0] for m in mentions if rule and m.actors[0].kind == "Person"]
            if rule == "attribution":
                authors = (people or self._bodies(sentence, mentions))[:1]
            elif rule == "byline" and people and people[0].office:
                authors = people[:1]
            elif rule == "title":
                authors = self._signers(sentence, mentions)
            else:
                continue
            self.context.own_voice = rule != "attribution" and self._in_own_words(authors)
            if len(authors) == 1:
                self.context.author = authors[0]
            if authors:
                self.events.add(self._statement(authors, sentence, rule))
            return

    def _attributed(self, sentence: Sentence) -> str:
        """What may tell whose statement a text is: an attribution, a byline, a title; or empty."""
        kind, short = sentence.block.kind, len(sentence.words) <= _LONGEST_BYLINE
        if kind == "attribution" or not (short or kind == "title"):
            return kind if kind == "attribution" else ""
        lower = " ".join(word.lower for word in sentence.words)
        if short and "attributable to" in lower:
            return "attribution"
        signed = kind == "title" and _STATEMENT_BY.search(lower)
        return kind if signed or kind == "byline" else ""

    def _bodies(self, sentence: Sentence, mentions: list[Mention]) -> list[Actor]:
        """Who speaks by an unnamed spokesperson; not what the statement is about."""
        words, topic = sentence.words, self.english["of_topic"]
        stop = next((n for n, word in enumerate(words) if word.lower in topic), len(words))
        named = [m for m in mentions if m.how in {"name", "body", "place"} and m.first < stop]
        return [m.actors[0] for m in named]

    def _signers(self, sentence: Sentence, mentions: list[Mention]) -> list[Actor]:
        """As in "Statement by Jane Roe", "by the High Representative on behalf of the Union"."""
        words = [w.lower for w in sentence.words]
        by = words.index("by")
        after = [m for m in mentions if m.first > by]
        people = [m.actors[0] for m in after if m.actors[0].kind == "Person"]
        if people:
            joint = "joint" in words[:by]
            return list(dict.fromkeys(people[: 2 if joint else 1]))
        if "behalf" in words:
            after = [m for m in after if m.first > words.index("behalf")]
        bodies = [m for m in after if m.how in {"name", "body"}]
        return [m.actors[0] for m in bodies[:1] if m.first <= by + 2 or "behalf" in words]

    def _in_own_words(self, authors: list[Actor]) -> bool:
        """Several who sign speak for themselves only where the text says "we"."""
        told = (w.lower for s in self.told.sentences if s.block.kind == "body" for w in s.words)
        return len(authors) == 1 or any(word in {"we", "our"} for word in told)

    def _statement(self, speakers: list[Actor], sentence: Sentence, rule: str) -> Event:
        day = self.published.isoformat() if self.published else ""
        return Event(
            kind="PressStatement",
            agents=list(speakers),
            sentence=sentence,
            spans=[(sentence.start, sentence.end)],
            rule=f"statement/{rule}",
            confidence=0.9,
            since=day,
            until=day,
            dated=bool(day),
        )

    def _main_event(self) -> bool:
        """Whether the text tells of a talk from its first sentence on: a readout."""
        if self.context.own_voice or any(s.block.kind == "credit" for s in self.told.sentences):
            return False
        for number, sentence in enumerate(self.told.sentences):
            if sentence.block.kind != "body":
                continue
            if any(w.quote >= 0 for w in sentence.words):
                return False
            context = Context(
                published=self.context.published,
                author=self.context.author,
                home=self.context.home,
            )
            stream = self._stream(number, -1, [*range(len(sentence.words))], context)
            clauses = stream.read()
            first = next((c for c in clauses), None)
            if first is None:
                return False
            if (
                first.rule != "participle"
                and self.vocabulary.is_a(first.kind, "Interaction")
                and first.subjects
                and (first.objects or len(first.subjects) > 1)
            ):
                self.context.parties = tuple(dict.fromkeys([*first.subjects, *first.objects]))
                self._of_home(first.subjects)
                return not self._past_talk(first)
            for found in self.events.nouns(stream):
                if len(found.agents) > 1 and self.vocabulary.is_a(found.kind, "Interaction"):
                    self.context.parties = tuple(found.agents)
                    return found.status == "occurred"
            return False
        return False

    def _of_home(self, subjects: tuple[Actor, ...]) -> None:
        """Whose talk a government's page tells of is its own, where no state is named."""
        known = self.cast.gazetteer.known.get(self.context.home)
        for actor in subjects[:1]:
            if known and known.kind == "State" and actor.kind == "Person" and not actor.state:
                actor.state = known.slug

    def _past_talk(self, clause: Clause) -> bool:
        return clause.modal in {"will", "would"}

    def _titled_event(self, number: int) -> None:
        """A press conference or interview that the headline alone names."""
        context = Context(published=self.context.published)
        stream = self._stream(number, -1, [*range(len(self.told.sentences[number].words))], context)
        stream.read()
        for event in self.events.nouns(stream):
            if event.kind in {"PressConference", "Interview"}:
                self.events.add(event)
                self.answers = event.agents[0]
        if self.answers is None and self.context.author is None:
            self.briefing = self._briefing(stream)

    def _briefing(self, stream: Stream) -> Event | None:
        """The press conference of a headline that names nobody; who speaks first holds it."""
        for at in range(len(stream.words)):
            found = self.lexicon.noun_at(stream.words, at)
            if found and found[0].kind == "PressConference":
                span = (stream.words[at].start, stream.words[found[1] - 1].end)
                event = Event("PressConference", [], stream.sentence, [span], "title/turn", 0.8)
                self.events._date(event, stream, at, stream.days, noun=True)
                return event
        return None

    def _turn(self, number: int) -> None:
        """As in "Jane Roe: ..." or "@handle: ...": from here on she speaks in her own words."""
        sentence = self.told.sentences[number]
        words = sentence.words
        colon = next((n for n, w in enumerate(words[:9]) if w.text == ":"), None)
        if not colon or colon + 1 == len(words):
            return
        start = words[0]
        if start.text.startswith("@") and colon == 1:
            who = self.cast.body(start.text, (start.start, start.end))
            self.context.author, self.context.own_voice, self.readout = who, True, False
            span = (sentence.start, sentence.end)
            self.events.add(Event("SocialMediaPost", [who], sentence, [span], "post/handle", 0.9))
            return
        mentions = [m for m in self.cast.mentions[number] if m.last == colon]
        question = start.lower in self.english["asks"] and colon == 1
        if start.lower in self.english["answers"] and colon == 1 and self.answers:
            self.context.author, self.context.own_voice, self.readout = self.answers, True, False
        elif question or (mentions and mentions[0].actors[0].kind == "Organization"):
            self.context.author, self.context.own_voice = None, False
        elif mentions and mentions[0].first <= 1 and mentions[0].actors[0].kind == "Person":
            self.context.author, self.context.own_voice = mentions[0].actors[0], True
            self.readout = False
            if self.briefing:
                self.briefing.agents = [mentions[0].actors[0]]
                self.events.add(self.briefing)
                self.briefing = None

    def _outside(self, number: int) -> tuple[Stream, dict[int, list[Act]]]:
        sentence = self.told.sentences[number]
        self._turn(number)
        indexes = outside(sentence, self.full)
        stream = self._stream(number, -1, indexes, self.context)
        clauses = stream.read()
        made: dict[int, list[Act]] = {}
        for event in self.events.read(stream, clauses):
            if (
                len(event.agents) > 1
                and self.vocabulary.is_a(event.kind, "Interaction")
                and (event.kind != "Visit" and event.status in {"occurred", "scheduled"})
                and not self.context.parties
            ):
                self.context.parties = tuple(event.agents)
        for clause in clauses:
            made[id(clause)] = self._acts(stream, clause, made)
        self._by_nouns(stream, clauses)
        self._asked(stream, made)
        self._announced([act for acts in made.values() for act in acts], sentence)
        if self.context.own_voice and not any(made.values()) and indexes:
            self._own(stream, sentence)
        passed_over = {m.last for m in stream.entities.values() if self._stands_for_state(m)}
        for mention in self.cast.mentions[number]:
            for actor in mention.actors:
                if mention.last + 1 not in passed_over:
                    self.context.named(actor)
        return stream, made

    def _stands_for_state(self, entity: Entity) -> bool:
        """As the name in "the Ortega regime": it names a state, nobody who might act."""
        return isinstance(entity, Mention) and entity.how == "officials"
