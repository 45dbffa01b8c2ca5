"""Writes what was found in a text as a draft fact document, as a person would write it."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from itertools import count
from typing import Any

import yaml

from kg.extract.actors import Actor
from kg.extract.article import Article
from kg.extract.english import English
from kg.extract.facts import Act, Event, Facts, Position, Span
from kg.extract.issues import label_of
from kg.facts.names import slug_of
from kg.facts.passages import Passages, passages_of
from kg.vocabulary import Vocabulary

_LABEL_WORDS = 14
_ENOUGH = 0.75
"""Of the words of an issue's name, for a position to be on it."""


class _Draft:
    def __init__(
        self,
        article: Article,
        facts: Facts,
        vocabulary: Vocabulary,
        known: dict[str, str],
        english: English,
    ) -> None:
        self.article = article
        self.english = english
        self.names = {form for actor in facts.actors for form in actor.forms}
        self.facts = facts
        self.vocabulary = vocabulary
        self.known = known
        self.passages: Passages = passages_of(article.text)
        self.places = list(self.passages.spans.items())
        self.begins = [start for _, (start, _) in self.places]
        self.ids: dict[int, str] = {}
        self.taken: set[str] = set()
        self.issues: dict[str, str] = {}
        self.used: dict[str, Actor] = {}
        self.seen: set[tuple[str, str, str]] = set()
        self.inner: dict[int, list[Act]] = {}
        for act in facts.acts:
            if act.governor is not None:
                self.inner.setdefault(id(act.governor), []).append(act)
        self.shown: dict[int, list[Position]] = {}
        for position in facts.positions:
            if position.act is not None:
                self.shown.setdefault(id(position.act), []).append(position)

    def document(self) -> dict[str, Any]:
        """Returns the sections; the actors last, since the others say who is named."""
        self._name_facts()
        facts = self.facts
        events = [self._event(event) for event in facts.events]
        acts = [self._act(act) for act in facts.acts if act.governor is None]
        bare = [p for p in facts.positions if p.act is None and self._is_new(p)]
        positions = [self._position(position) for position in bare]
        tenures = [one for actor in facts.actors if (one := self._tenure(actor))]
        actors = [self._actor(actor) for actor in self.used.values() if not actor.known]
        sections = {
            "source": self._source(),
            "actors": actors,
            "issues": [{"id": slug, "label": label} for slug, label in self.issues.items()],
            "tenures": tenures,
            "positions": positions,
            "events": [*events, *acts],
        }
        return {name: section for name, section in sections.items() if section}

    def _name_facts(self) -> None:
        """Gives every event and act its id, events first."""
        told = [event for act in self.facts.acts for event in act.events]
        for event in [*self.facts.events, *told]:
            self.ids[id(event)] = self._id(event.kind, event.agents, event.since)
        for act in self.facts.acts:
            self.ids[id(act)] = self._id(act.kind, [act.speaker], "")

    # ── Source and actors ────────────────────────────────────────────────────────────────────────

    def _source(self) -> dict[str, Any]:
        article, found = self.article, self.facts
        statement = any(
            e.kind == "PressStatement" and e.rule.startswith("statement") for e in found.events
        )
        kind = "Statement" if statement else "Readout" if found.readout else "NewsArticle"
        name = slug_of(article.title) or "article"
        publisher = self.known.get(article.publisher.casefold(), "")
        told = {
            "id": "-".join(
                [*([article.published] if article.published else []), *name.split("-")[:8]]
            ),
            "type": kind,
            "draft": True,
            "headline": article.title,
            "published": article.published,
            "publisher": publisher,
            "url": article.url,
            "language": article.language if article.language != "und" else "",
            "text": {"digest": self.passages.digest, "length": self.passages.length},
            "passages": {name: list(span) for name, span in self.passages.spans.items()},
        }
        return {key: value for key, value in told.items() if value}

    def _name(self, actor: Actor) -> str:
        self.used[actor.slug] = actor
        return actor.slug

    def _actor(self, actor: Actor) -> dict[str, Any]:
        told: dict[str, Any] = {"id": actor.slug, "type": actor.kind, "label": actor.name}
        others = sorted(form for form in actor.forms if form != actor.name and len(form) > 2)
        if others:
            told["altLabel"] = others
        if actor.state and actor.kind != "State":
            told["state"] = actor.state
        return told

    def _tenure(self, actor: Actor) -> dict[str, Any] | None:
        if not (actor.office and actor.office_at and actor.state and actor.kind == "Person"):
            return None
        told: dict[str, Any] = {
            "person": self._name(actor),
            "organization": actor.state,
            "office": actor.office,
        }
        if self.article.published:
            told["asOf"] = self.article.published
        return {**told, **self._found(*actor.office_by, [actor.office_at])}

    # ── Events ───────────────────────────────────────────────────────────────────────────────────

    def _event(self, event: Event) -> dict[str, Any]:
        told: dict[str, Any] = {"id": self.ids[id(event)], "type": event.kind}
        told["label"] = self._event_label(event)
        told |= self._window(event)
        if event.status != "occurred":
            told["status"] = event.status
        told |= self._people("agent", list(event.agents))
        told |= self._people("recipient", event.recipients)
        told |= self._people("attendee", event.attendees)
        told |= self._people("place", [a for a in event.hosts if a.kind == "State"])
        return {**told, **self._found(event.rule, event.confidence, event.spans[:4])}

    def _window(self, event: Event) -> dict[str, Any]:
        if not event.since:
            return {}
        if event.since == event.until:
            return {"date": event.since}
        return {"from": event.since, "to": event.until}

    def _people(self, key: str, actors: list[Actor]) -> dict[str, Any]:
        names = list(dict.fromkeys(self._name(actor) for actor in actors))
        return {key: names[0] if len(names) == 1 else names} if names else {}

    def _event_label(self, event: Event) -> str:
        kind = self.vocabulary.kinds[event.kind]
        who = _list([self._short(a) for a in event.agents])
        to = _list([self._short(a) for a in event.recipients])
        link = "between" if kind.reciprocal and len(event.agents) > 1 else "by"
        toward = self.english.toward.get(event.kind, "with")
        return f"{kind.label.capitalize()} {link} {who}" + (f", {toward} {to}" if to else "")

    def _short(self, actor: Actor) -> str:
        """A person's family name, else the name."""
        if actor.kind != "Person":
            return actor.name
        suffixes = self.english["suffix"]
        words = [w for w in actor.name.replace(",", "").split() if w.lower() not in suffixes]
        small = next((n for n, w in enumerate(words) if n and w.islower()), len(words) - 1)
        return " ".join(words[small:])

    # ── Acts ─────────────────────────────────────────────────────────────────────────────────────

    def _act(self, act: Act) -> dict[str, Any]:
        kind, words = self.vocabulary.kinds[act.kind], self._words(act.content)
        whom = f" to {self._short(act.addressee)}" if act.addressee else ""
        told: dict[str, Any] = {
            "id": self.ids[id(act)],
            "type": act.kind,
            "label": f"{self._short(act.speaker)}, {kind.label}{whom}: {words}",
            "agent": self._name(act.speaker),
        }
        if act.addressee:
            told["recipient"] = self._name(act.addressee)
        if act.during is not None and id(act.during) in self.ids:
            told["during"] = self.ids[id(act.during)]
        content = self._content(act)
        if not content and kind.vouches and act.content != act.span:
            found = self._found(act.rule, act.confidence, [act.content])
            content.append({"type": "Claim", "label": words, **found})
        told |= self._found(act.rule, act.confidence, [act.span])
        return {**told, "content": content} if content else told

    def _content(self, act: Act) -> list[dict[str, Any]]:
        """What an act tells of: positions that it shows, events, and acts inside it."""
        positions = [self._position(p) for p in self.shown.get(id(act), ()) if self._is_new(p)]
        events = [self._event(event) for event in act.events]
        return [*positions, *events, *(self._act(inner) for inner in self.inner.get(id(act), ()))]

    def _is_new(self, position: Position) -> bool:
        """Whether the same was not put down yet, and it can be named what it is about."""
        issue = self._issue(position)
        key = (position.holder.slug, issue, position.stance)
        new = bool(issue) and key not in self.seen
        self.seen.add(key)
        return new

    def _position(self, position: Position) -> dict[str, Any]:
        told = {
            "type": "Position",
            "holder": self._name(position.holder),
            "issue": self._issue(position),
            "stance": position.stance,
        }
        if self.article.published:
            told["asOf"] = self.article.published
        return {**told, **self._found(position.rule, position.confidence, [position.issue])}

    def _issue(self, position: Position) -> str:
        """The issue of the vocabulary that shares most words, one proposed, or empty."""
        if position.slug:
            return position.slug
        empty = self.english["no_content"]
        words = _stems(self.article.text[position.issue[0] : position.issue[1]], empty)
        names = (
            (_stems(name, empty), issue.slug)
            for issue in self.vocabulary.issues.values()
            for name in (issue.label, *issue.labels)
        )
        shares = ((len(stems & words) / max(len(stems), 2), slug) for stems, slug in names)
        share, nearest = max(shares, default=(0.0, ""))
        if share >= _ENOUGH:
            return nearest
        label = label_of(position, self.article.text, self.english)
        slug = "" if label in self.names else slug_of(label)
        if slug:
            self.issues.setdefault(slug, label)
        return slug

    # ── Where it stands ──────────────────────────────────────────────────────────────────────────

    def _found(self, rule: str, confidence: float, spans: list[Span]) -> dict[str, Any]:
        """Rule, confidence and evidence; a span that no passage holds is not evidence."""
        evidence = [part for span in dict.fromkeys(spans) for part in self._parts(span)]
        return {"rule": rule, "confidence": round(confidence, 2), "evidence": evidence}

    def _parts(self, span: Span) -> Iterator[dict[str, Any]]:
        at = max(bisect_right(self.begins, span[0]) - 1, 0)
        for name, (start, end) in self.places[at:]:
            if start >= span[1]:
                return
            first, last = max(span[0], start), min(span[1], end)
            if first < last:
                yield {"passage": name, "chars": [first, last]}

    def _words(self, span: Span) -> str:
        words = self.article.text[span[0] : span[1]].split()
        short = " ".join(words[:_LABEL_WORDS]).strip(" ,;:\"“”'‘’")
        return short + (" …" if len(words) > _LABEL_WORDS else "")

    def _id(self, kind: str, actors: list[Actor], day: str) -> str:
        who = "-".join(slug_of(self._short(a)) for a in actors[:2])
        name = slug_of(
            "-".join(part for part in (who, re.sub(r"(?<!^)([A-Z])", r"-\1", kind), day) if part)
        )
        for number in count(1):
            candidate = name if number == 1 else f"{name}-{number}"
            if candidate not in self.taken:
                self.taken.add(candidate)
                return candidate
        raise AssertionError("counting ends")


def _list(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


@lru_cache(maxsize=4096)
def _stems(text: str, empty: frozenset[str]) -> frozenset[str]:
    words = re.findall(r"[a-z]+", text.lower())
    return frozenset(w.rstrip("s")[:7] for w in words if w not in empty and len(w) > 1)


def draft_of(
    article: Article,
    facts: Facts,
    vocabulary: Vocabulary,
    publishers: dict[str, str],
    english: English,
) -> dict[str, Any]:
    """Returns a draft fact document as plain data.

    Args:
        article: The text that was read.
        facts: What was found in it.
        vocabulary: Whose issues positions are joined to where they fit.
        publishers: Slugs of actors by their names in small letters.
        english: The words that bound the names of proposed issues.
    """
    return _Draft(article, facts, vocabulary, publishers, english).document()


def written(document: dict[str, Any]) -> str:
    """Returns a document as YAML: short lists and evidence on one line, the rest line by line."""
    return yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)


# The writer of libyaml where there is one: it is ten times as fast.
class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    """Keeps short lists and mappings on one line."""


def _mapping(dumper: yaml.SafeDumper, data: dict[str, Any]) -> yaml.Node:
    flow = set(data) <= {"passage", "chars"} or set(data) <= {
        "id",
        "label",
        "type",
        "altLabel",
        "state",
    }
    return dumper.represent_mapping("tag:yaml.org,2002:map", data.items(), flow_style=flow)


def _sequence(dumper: yaml.SafeDumper, data: list[Any]) -> yaml.Node:
    flow = all(isinstance(x, str | int | float) for x in data)
    return dumper.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=flow)


_Dumper.add_representer(dict, _mapping)
_Dumper.add_representer(list, _sequence)
