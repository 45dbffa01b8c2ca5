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
        self.days: list[When] = []
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
            for d in self.days
            if abs(d.first - at) <= 14
            and self._belongs(stream, d, at, noun=True)
            and not self._of_telling(stream, d, at)
        ]
        return min(near, key=lambda d: abs(d.first - at), default=None)

    def _status(self, event: Event, stream: Stream, at: int) -> None:
        before = [w.lower for w in stream.words[max(0, at - 12) : at]]
        if {"after", "following"} & set(before[-5:]):
            # "following her call": what other things follow has taken place.
            return
        ahead, pairs = self.english["ahead"], pairwise([*before, stream.words[at].lower])
        around = [*before, *[w.lower for w in stream.words[at : at + 10]]]
        later_words = [w.lower for w in stream.words[at : at + 18]]
        if any(w in self.english["called_off"] for w in (*before, *later_words)):
            event.status = "cancelled"
        elif (
            any(w in self.english["unreal"] for w in before[-6:])
            or any(w in self.english["unreal_adjective"] for w in before[-2:])
            or any(w in self.english["ruled_out"] for w in later_words)
        ):
            event.status = "hypothetical"
        elif (
            any(w in ahead and (w != "about" or after == "to") for w, after in pairs)
            or any(w == "will" for w in around)
            or "forward" in before
            or (" to be " in f" {' '.join(around)} ")
            or _is_fixed(later_words, self.english)
            or " would take place" in " ".join(around)
        ):
            event.status = "scheduled"

    def _date(self, event: Event, stream: Stream, at: int, *, noun: bool = False) -> None:
        days = [
            d
            for d in self.days
            if not d.relative
            and self._belongs(stream, d, at, noun=noun)
            and not (noun and self._of_telling(stream, d, at))
        ]
        day = min(days, key=lambda d: abs(d.first - at), default=None)
        if day:
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
        return len(told) == 1 and told[0].lower in self.english.maps["months"]

    def _of_telling(self, stream: Stream, day: When, at: int) -> bool:
        """As in "said on Wednesday that talks failed": the day on which it was told."""
        words = stream.words
        for clause in stream.clauses:
            if clause.at >= at or clause.kind == "Announce" or not stream._says(clause):
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
        words = stream.words
        low, high = sorted((at, day.first))
        if noun and high - low > 14:
            return False
        # "the February 26 launches": the day before a noun belongs to that noun.
        after = [w.lower for w in words[day.last : day.last + 4]]
        adverbial = (
            day.first == 0
            or words[day.first - 1].lower
            in {"on", "in", "late", "early", ",", "by", "for", "—", "–", "-", ":", "from"}
            or (
                words[day.first].lower
                in {
                    "today",
                    "yesterday",
                    "tomorrow",
                    "tonight",
                    "last",
                    "this",
                    "next",
                    "later",
                    *self.english.weekdays,
                }
            )
        )
        if not adverbial and not noun:
            return day.last <= at and at - day.last <= 1
        nouns = [
            n
            for n in range(low + 1, high)
            if n not in stream.entities
            and (cue := self.lexicon.noun_at(words, n))
            and self._counts(cue[0].kind)
        ]
        if noun and not adverbial:
            return day.last <= at and not [n for n in nouns if n >= day.last]
        del after
        return not nouns or not noun

    def _same(self, known: Event, event: Event) -> bool:
        family = known.kind == event.kind or (
            known.kind in self.talks
            and event.kind in self.talks
            and (
                self.vocabulary.is_a(known.kind, event.kind)
                or self.vocabulary.is_a(event.kind, known.kind)
            )
        )
        if not family:
            return False
        if known.dated and event.dated and (event.since > known.until or known.since > event.until):
            return False
        mine, theirs = set(known.agents), set(event.agents)
        if not (mine <= theirs or theirs <= mine):
            return False
        if (
            known.recipients
            and event.recipients
            and not set(known.recipients) & set(event.recipients)
        ):
            return False
        if known.status != event.status and not (
            known.status == "occurred" and event.status == "hypothetical" and not event.dated
        ):
            return False
        return not (event.kind in self.english.kinds["deed"] and known.dated != event.dated)

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
        """Dates what only its publication dates, and drops what nothing tells apart."""
        if self.published is None:
            return
        day = self.published.isoformat()
        for event in self.found:
            if (
                context.readout
                and event.kind in self.talks
                and not event.dated
                and event.status == "occurred"
                and set(context.parties) == set(event.agents)
                and event.rule.startswith("verb")
            ):
                # A readout that gives no day tells of the day it was published, or one just before.
                event.since = event.until = day

    def _counts(self, kind: str) -> bool:
        return (
            kind in self.talks
            or kind in {"PressConference", "SocialMediaPost", "PressStatement", "Interview"}
            or kind in self.english.kinds["deed_by_noun"]
        )


def _is_fixed(words: list[str], english: English) -> bool:
    """As in "the call is scheduled for Friday"."""
    return any(a in {"is", "are"} and b in english["ahead"] for a, b in pairwise(words))
