"""From a model's answer to facts: what the text does not hold is left out, and why is counted.

Everything that goes on is ours: offsets that were looked up, names as the text or the register
writes them, kinds and stances of the vocabulary. No word of the answer reaches a draft.
"""

from bisect import bisect_right
from collections import Counter

from kg.extract.actors import Actor, People
from kg.extract.answer import (
    ACTOR_KINDS,
    Answer,
    ToldActor,
    ToldEvent,
    ToldFact,
    ToldPosition,
    ToldTenure,
    kinds_of,
)
from kg.extract.article import Article
from kg.extract.english import English
from kg.extract.facts import Act, Event, Facts, Position, Span
from kg.extract.gazetteer import Gazetteer, Hit
from kg.extract.layout import blocks_of
from kg.extract.reader import Reader
from kg.extract.sentences import Sentence, Told, read_sentences
from kg.facts.dates import window
from kg.facts.names import slug_of
from kg.vocabulary import Vocabulary

_DEEPEST = 6
_NEAR_BY = 50
"""Places of a name or quote that are looked at; what stands more often says nothing."""
_SHORTEST = 3

# Models write marks and blanks their own way. One character for one, so that offsets hold.
_MASK = str.maketrans("“”„‟″«»’‘‚‛`´–—‑\n\t\xa0\u2009\u202f", '"' * 7 + "'" * 6 + "-" * 3 + " " * 5)

_NO_WORDS = "whose words are not in the text"
_MANY_PLACES = "whose words stand at several places"
_NO_KIND = "of a kind, status, stance or issue that is not in the vocabulary"
_NO_ACTOR = "about an actor who is not in the text"
_NO_DATE = "with a date that cannot be, kept without it"
_NOT_DONE = "an act of speech that is not said to have been performed"
_INSIDE = "inside one of these"
_NAME = "an actor whose name is not in the text"


class _Cast(People):
    """The actors of a text, where a model says which words are names."""

    def __init__(self, told: Told, gazetteer: Gazetteer, english: English, published: str) -> None:
        super().__init__(told, gazetteer, english, published)
        self.masked = told.text.translate(_MASK)
        self.standing: dict[str, Hit] = {}
        for hit in gazetteer.find(told.text):
            for slug in hit.slugs:
                if slug not in self.standing or self.standing[slug].how != "name":
                    self.standing[slug] = hit
        self.names: dict[str, Actor] = {}

    def places(self, words: str) -> list[Span]:
        """Returns where words stand in the text, whole words only."""
        sought = words.translate(_MASK).strip()
        found: list[Span] = []
        at = self.masked.find(sought) if sought else -1
        while at >= 0 and len(found) < _NEAR_BY:
            end = at + len(sought)
            if not (_inside_word(self.masked, at) or _inside_word(self.masked, end)):
                found.append((at, end))
            at = self.masked.find(sought, at + 1)
        return found

    def add(self, entry: ToldActor) -> bool:
        """Takes an actor in, if the text names it."""
        actor = self.of_register(entry.name) or self._new(entry)
        for name in (entry.name, *entry.also) if actor else ():
            places = self.places(name)
            if actor and places:
                self._form(actor, self._written(places[0]), places[0])
            if actor and (places or name == entry.name):
                self.names.setdefault(_key(name), actor)
        return actor is not None

    def who(self, name: str) -> Actor | None:
        """Returns the actor that a fact names: of those taken in, of the register, by surname."""
        found = self.names.get(_key(name)) or self.of_register(name)
        words = self._words(name)
        return found or (self._same_person(words, "") if words and self.places(name) else None)

    def of_register(self, name: str) -> Actor | None:
        """Returns the actor of the register with that name, if the text gives it any name."""
        name = name.strip()
        slugs = [
            slug
            for hit in self.gazetteer.find(name)
            if (hit.start, hit.end) == (0, len(name))
            for slug in hit.slugs
            if slug in self.standing
        ]
        slug = next((slug for slug in slugs if slug in self.actors), slugs[0] if slugs else None)
        if slug is None:
            return None
        hit = self.standing[slug]
        if hit.how == "name":
            return self.known(slug, self.told.text[hit.start : hit.end], (hit.start, hit.end))
        return self.actors.get(slug) or self._silent(slug)

    def state(self, name: str) -> str:
        """Returns the slug of a state of the register that the text names, or nothing."""
        actor = self.of_register(name)
        return actor.slug if actor is not None and actor.kind == "State" else ""

    def _new(self, entry: ToldActor) -> Actor | None:
        places = self.places(entry.name)
        if entry.type not in ACTOR_KINDS or not places or not self._words(entry.name):
            return None
        name, slug = self._written(places[0]), slug_of(entry.name)
        if len(name) < 2 or slug in self.gazetteer.known:
            return None
        if slug and entry.type == "Person":
            return self.person(name, places[0], state=self.state(entry.state))
        slug = slug or f"actor-{len(self.actors) + 1}"  # a name without a Latin letter
        actor = self.actors.get(slug) or Actor(slug, entry.type, name, False)
        actor.state = actor.state or self.state(entry.state)
        self.actors[slug] = actor
        return actor

    def _words(self, name: str) -> list[str]:
        words = [word for word in name.replace(",", "").split() if word[0].isalpha()]
        return [word for word in words if word.lower() not in self.english["suffix"]]

    def _written(self, span: Span) -> str:
        return " ".join(self.told.text[span[0] : span[1]].split())


class _Gate:
    """One answer about one text."""

    def __init__(
        self, cast: _Cast, vocabulary: Vocabulary, rule: str, dropped: Counter[str]
    ) -> None:
        self.cast = cast
        self.vocabulary = vocabulary
        self.kinds = set(kinds_of(vocabulary))
        self.issues = {
            _key(name): issue.slug
            for issue in vocabulary.issues.values()
            for name in (issue.slug, issue.label, *issue.labels)
        }
        self.rule = rule
        self.dropped = dropped
        self.starts = [sentence.start for sentence in cast.told.sentences]
        self.events: list[Event] = []
        self.acts: list[Act] = []
        self.positions: list[Position] = []

    def facts(self, answer: Answer) -> Facts:
        # Full names first: a surname is then theirs.
        for entry in sorted(answer.actors, key=lambda entry: -len(entry.name)):
            if not self.cast.add(entry):
                self.dropped[_NAME] += 1
        for tenure in answer.tenures:
            self._tenure(tenure)
        for event in answer.events:
            self._event(event, None, None, 0)
        for position in answer.positions:
            self._position(position, None)
        actors = [actor for actor in self.cast.actors.values() if actor.forms]
        reasons = tuple(sorted(self.dropped.items()))
        return Facts(actors, self.events, self.acts, self.positions, dropped=reasons)

    # ── What all facts must pass ─────────────────────────────────────────────────────────────────

    def _spans(self, fact: ToldFact, *more: str) -> list[Span]:
        """Returns where each quote stands; nothing, counted, if one is not to be found."""
        quotes = [*fact.quotes, *more]
        found = [self.cast.places(quote) for quote in quotes]
        long_enough = all(len(quote.strip()) >= _SHORTEST for quote in quotes)
        if not (fact.quotes and long_enough and all(found)) or not self.starts:
            return self._drop(fact, _NO_WORDS)
        sure = [places[0] for places in found if len(places) == 1]
        if not sure:
            return self._drop(fact, _MANY_PLACES)
        return [
            min(places, key=lambda one: min(abs(one[0] - other[0]) for other in sure))
            for places in found
        ]

    def _drop(self, fact: ToldFact, reason: str) -> list[Span]:
        self.dropped[reason] += 1
        hanging = _inside(fact)
        if hanging:
            self.dropped[_INSIDE] += hanging
        return []

    def _sure(self, fact: ToldFact) -> float:
        return min(max(fact.confidence, 0.0), 1.0)

    def _sentence(self, span: Span) -> Sentence:
        return self.cast.told.sentences[max(bisect_right(self.starts, span[0]) - 1, 0)]

    # ── Each sort of fact ────────────────────────────────────────────────────────────────────────

    def _tenure(self, told: ToldTenure) -> None:
        person, state = self.cast.who(told.person), self.cast.state(told.state)
        if person is None or person.kind != "Person" or not state:
            self._drop(told, _NO_ACTOR)
        elif spans := self._spans(told, told.office):
            if person.state not in {"", state}:
                self._drop(told, _NO_ACTOR)
                return
            person.state, person.office_at = state, spans[-1]
            person.office = " ".join(self.cast.told.text[spans[-1][0] : spans[-1][1]].split())
            person.office_by = (self.rule, self._sure(told))

    def _event(
        self, told: ToldEvent, governor: Act | None, during: Event | None, depth: int
    ) -> None:
        """Takes in what happened, and what hangs on it."""
        status = told.status or "occurred"
        speech = told.type in self.kinds and self.vocabulary.is_a(told.type, "SpeechAct")
        agents = [self.cast.who(name) for name in dict.fromkeys(told.agent)]
        acting = list(dict.fromkeys(actor for actor in agents if actor is not None))
        if told.type not in self.kinds or status not in self.vocabulary.statuses:
            self._drop(told, _NO_KIND)
        elif not acting or None in agents or depth > _DEEPEST:
            self._drop(told, _NO_ACTOR)
        elif speech and status != "occurred":
            self._drop(told, _NOT_DONE)
        elif not (spans := self._spans(told, *([told.says] if speech and told.says else []))):
            pass
        elif speech:
            self._speech(told, acting, spans, governor, during, depth)
        else:
            self._occasion(told, acting, spans, status, governor, depth)

    def _occasion(
        self, told: ToldEvent, agents: list[Actor], spans: list[Span], status: str,
        governor: Act | None, depth: int,
    ) -> None:  # fmt: skip
        since, until = self._window(told, status)
        others = [actor for actor in self._others(told.recipient) if actor not in agents]
        event = Event(
            kind=told.type,
            agents=agents,
            sentence=self._sentence(spans[0]),
            spans=spans,
            rule=self.rule,
            confidence=self._sure(told),
            recipients=others,
            attendees=[a for a in self._others(told.attendee) if a not in [*agents, *others]],
            status=status,
            since=since,
            until=until,
            dated=bool(since),
            teller=governor,
        )
        # What somebody tells of only that somebody vouches for.
        (self.events if governor is None else governor.events).append(event)
        for inner in told.content:
            # An act cannot have been performed at what has not been yet.
            self._event(inner, governor, event if status == "occurred" else None, depth + 1)
        for position in told.positions:
            self._position(position, governor)

    def _speech(
        self, told: ToldEvent, speakers: list[Actor], spans: list[Span],
        governor: Act | None, during: Event | None, depth: int,
    ) -> None:  # fmt: skip
        others = [actor for actor in self._others(told.recipient) if actor not in speakers]
        made = [
            Act(
                kind=told.type,
                speaker=speaker,
                addressee=others[0] if others else None,
                sentence=self._sentence(spans[0]),
                span=spans[0],
                content=spans[-1] if told.says else spans[0],
                rule=self.rule,
                confidence=self._sure(told),
                governor=governor,
                reporter=governor.speaker if governor else None,
                during=during,
            )
            for speaker in speakers
        ]
        self.acts += made
        for inner in told.content:
            self._event(inner, made[0], None, depth + 1)
        for position in told.positions:
            self._position(position, made[0])

    def _position(self, told: ToldPosition, act: Act | None) -> None:
        holder = self.cast.who(told.holder)
        slug = self.issues.get(_key(told.issue), "")
        if holder is None:
            self._drop(told, _NO_ACTOR)
        elif told.stance not in self.vocabulary.stances:
            self._drop(told, _NO_KIND)
        elif spans := self._spans(told, *([] if slug else [told.issue])):
            about = spans[0] if slug else spans[-1]
            self.positions.append(
                Position(holder, told.stance, about, act, self.rule, self._sure(told),
                         slug, self._sentence(about))
            )  # fmt: skip

    def _others(self, names: list[str]) -> list[Actor]:
        """Who is there besides; one who is not in the text is left out, and counted."""
        found = [self.cast.who(name) for name in names]
        if None in found:
            self.dropped[_NAME] += found.count(None)
        return list(dict.fromkeys(actor for actor in found if actor is not None))

    def _window(self, told: ToldEvent, status: str) -> tuple[str, str]:
        """Returns the first and last day, if they can be; a day after publication is ahead."""
        if not told.date:
            return "", ""
        published = self.cast.published
        try:
            since, until = window(told.date)[0], window(told.to or told.date)[1]
        except ValueError:
            since, until = "1", "0"
        early = status == "scheduled" and until < published
        late = status == "occurred" and bool(published) and since > published
        if since > until or early or late:
            self.dropped[_NO_DATE] += 1
            return "", ""
        return since, until


def _inside(fact: ToldFact) -> int:
    if not isinstance(fact, ToldEvent):
        return 0
    return len(fact.positions) + sum(1 + _inside(inner) for inner in fact.content)


def _inside_word(text: str, at: int) -> bool:
    """Whether a place is within a word of a script that puts blanks between its words."""
    around = text[at - 1 : at + 1] if at else ""
    return len(around) == 2 and all(c.isalnum() and c < "\u0e00" for c in around)


def _key(name: str) -> str:
    return " ".join(name.translate(_MASK).casefold().split())


def facts_of(
    answer: Answer, dropped: Counter[str], article: Article, reader: Reader, rule: str
) -> Facts:
    """Returns what of an answer the text bears out.

    Args:
        answer: Of a model, with nothing of it believed.
        dropped: What was left out before, and why.
        article: What the model was sent.
        reader: Whose register, vocabulary and words are gone by.
        rule: What facts are said to be found by.
    """
    told = read_sentences(article.text, blocks_of(article.text), reader.english)
    cast = _Cast(told, reader.gazetteer, reader.english, article.published)
    return _Gate(cast, reader.vocabulary, rule, dropped).facts(answer)
