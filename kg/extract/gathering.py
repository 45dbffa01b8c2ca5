"""Events of one text, each once, with day and status."""

from datetime import date
from itertools import pairwise

from kg.extract.actors import Actor
from kg.extract.clauses import Stream
from kg.extract.context import Context
from kg.extract.english import English
from kg.extract.facts import Event
from kg.extract.lexicon import Lexicon
from kg.extract.names import Cast
from kg.extract.sentences import Word
from kg.extract.when import When, month_end

_NEAR = 14
"""Words between a noun and the day that dates it."""


class Gathering:
    """Gathers events; what is told again is joined with what is known."""

    def __init__(
        self, lexicon: Lexicon, cast: Cast, english: English, published: date | None, text: str
    ) -> None:
        self.lexicon = lexicon
        self.vocabulary = lexicon.vocabulary
        self.cast = cast
        self.english = english
        self.published = published
        self.text = text
        self.found: list[Event] = []
        self.talks = lexicon.talks
        self.tellings = lexicon.tellings

    def add(self, event: Event) -> Event:
        """Adds an event, or joins it with the one that it is."""
        for known in self.found:
            if self._same(known, event):
                self._join(known, event)
                return known
        self.found.append(event)
        return event

    def talk_of(self, parties: tuple[Actor, ...]) -> Event | None:
        """Returns the talk between those parties, the latest that took place."""
        if len(parties) < 2:
            return None
        having = [
            e
            for e in self.found
            if e.kind in self.talks and e.status == "occurred" and set(parties) <= set(e.actors)
        ]
        return max(having, key=lambda e: e.since or "", default=None)

    def _near(self, stream: Stream, at: int) -> When | None:
        near = [
            d
            for d in stream.days
            if abs(d.first - at) <= _NEAR
            and self._belongs(stream, d, at, noun=True)
            and not self._of_telling(stream, d, at)
        ]
        return min(near, key=lambda d: abs(d.first - at), default=None)

    def _status(self, event: Event, stream: Stream, at: int) -> None:
        """Puts down whether it took place, by the words around its noun."""
        english = self.english
        before = [w.lower for w in stream.words[max(0, at - 12) : at]]
        after = [w.lower for w in stream.words[at : at + 18]]
        if english["after"] & {*before[-5:]}:
            return  # "following her call": what other things follow has taken place
        if not english["called_off"].isdisjoint([*before, *after]):
            event.status = "cancelled"
        elif (
            english["unreal"] & {*before[-6:]}
            or english["unreal_adjective"] & {*before[-2:]}
            or english["ruled_out"] & {*after}
        ):
            event.status = "hypothetical"
        elif self._is_ahead(before, after):
            event.status = "scheduled"

    def _is_ahead(self, before: list[str], after: list[str]) -> bool:
        """Whether what a noun tells of is still to come, by the words before it and from it on."""
        ahead, around = self.english["ahead"], [*before, *after[:10]]
        pairs = pairwise([*before, *after[:1]])
        text = f" {' '.join(around)} "
        return (
            any(word in ahead and (word != "about" or then == "to") for word, then in pairs)
            or "will" in around
            or "forward" in before
            or " to be " in text
            or " would take place" in text
            # "the call is scheduled for Friday"
            or any(a in {"is", "are"} and b in ahead for a, b in pairwise(after))
        )

    def _date(
        self, event: Event, stream: Stream, at: int, days: list[When], *, noun: bool = False
    ) -> None:
        """Puts down the day, of those given the nearest to a word that belongs to it."""
        own = [
            d
            for d in days
            if not d.relative
            and self._belongs(stream, d, at, noun=noun)
            and not (noun and self._of_telling(stream, d, at))
        ]
        day = min(own, key=lambda d: abs(d.first - at), default=None)
        if day is None:
            return
        start, end = day.start, day.end
        if self.published and event.status == "occurred" and start > self.published:
            told = stream.words[day.first : day.last]
            if event.rule.startswith("verb") and self._is_bare_month(told):
                # "In March he visited Oslo", told in January: the March before.
                start = start.replace(year=start.year - 1)
                end = month_end(start)
            else:
                event.status = "scheduled"
        event.since, event.until, event.dated = start.isoformat(), end.isoformat(), True

    def _is_bare_month(self, told: tuple[Word, ...]) -> bool:
        return len(told) == 1 and told[0].lower in self.english["months"]

    def _of_telling(self, stream: Stream, day: When, at: int) -> bool:
        """As in "said on Wednesday that talks failed": the day on which it was told."""
        words = stream.words
        for clause in stream.clauses:
            if clause.at >= at or clause.kind == "Announce" or not stream.says(clause):
                continue
            between = words[day.last : at]
            after = clause.end <= day.first <= clause.end + 3 and any(
                w.lower == "that" or self.lexicon.is_verb(w) for w in between
            )
            before = day.last in {clause.at, clause.at - 1} and day.first > 0
            if after or (before and words[day.first - 1].lower == "on"):
                return True
        return False

    def _belongs(self, stream: Stream, day: When, at: int, *, noun: bool) -> bool:
        """Whether a day dates the word at `at`, and not a noun that stands between."""
        adverbial = self._is_adverbial(stream.words, day)
        if not noun:
            return adverbial or day.last <= at <= day.last + 1
        low, high = sorted((at, day.first))
        if high - low > _NEAR:
            return False
        nouns = [n for n in range(low + 1, high) if self._is_of_event(stream, n)]
        if adverbial:
            return not nouns
        # "the February 26 launches": the day before a noun belongs to that noun.
        return day.last <= at and not any(n >= day.last for n in nouns)

    def _is_adverbial(self, words: tuple[Word, ...], day: When) -> bool:
        """As in "on Monday", "today", "late last week"; not "the February 26 launches"."""
        return (
            day.first == 0
            or words[day.first - 1].lower in self.english["before_day"]
            or words[day.first].lower in self.english.any_of("adverbial_day", "weekdays")
        )

    def _is_of_event(self, stream: Stream, at: int) -> bool:
        """Whether the noun of an event stands at a word."""
        cue = self.lexicon.noun_at(stream.words, at) if at not in stream.entities else None
        return cue is not None and self._counts(cue[0].kind)

    def _same(self, known: Event, event: Event) -> bool:
        """Whether two are one: of one family, with no day, party or status that parts them."""
        if not self._of_one_family(known.kind, event.kind):
            return False
        if known.dated and event.dated and (event.since > known.until or known.since > event.until):
            return False
        mine, theirs = set(known.agents), set(event.agents)
        if not (mine <= theirs or theirs <= mine):
            return False
        others = known.recipients and event.recipients
        if others and not set(known.recipients) & set(event.recipients):
            return False
        asked_for = event.status == "hypothetical" and not event.dated
        if known.status != event.status and not (known.status == "occurred" and asked_for):
            return False
        return event.kind not in self.english.kinds["deed"] or known.dated == event.dated

    def _of_one_family(self, one: str, other: str) -> bool:
        """Whether two kinds are one, or both of talks and one a kind of the other."""
        is_a = self.vocabulary.is_a
        talks = one in self.talks and other in self.talks
        return one == other or (talks and (is_a(one, other) or is_a(other, one)))

    def _join(self, known: Event, event: Event) -> None:
        known.spans += event.spans
        if self.vocabulary.is_a(event.kind, known.kind):
            known.kind = event.kind
        for actor in event.agents:
            if actor not in known.agents:
                known.agents.append(actor)
        known.recipients += [a for a in event.recipients if a not in known.recipients]
        if event.dated and not known.dated:
            known.since, known.until, known.dated = event.since, event.until, True
        known.confidence = min(0.95, known.confidence + 0.05)

    def finish(self, context: Context) -> None:
        """Dates a readout's own talk that only its publication dates."""
        if self.published is None or not context.readout:
            return
        for event in self.found:
            if (
                event.kind in self.talks
                and not event.dated
                and event.status == "occurred"
                and set(context.parties) == set(event.agents)
                and event.rule.startswith("verb")
            ):
                # A readout that gives no day tells of the day it was published, or one just before.
                event.since = event.until = self.published.isoformat()

    def _counts(self, kind: str) -> bool:
        return (
            kind in self.talks
            or kind in {"PressConference", "SocialMediaPost", "PressStatement", "Interview"}
            or kind in self.english.kinds["deed_by_noun"]
        )
