"""Reads the texts of a folder and writes what it finds as annotations, for a scorer.

Usage: python bench/extraction.py FOLDER --out PREDICTED

The folder holds for every NAME.txt a NAME.json of which only `id`, `title`, `date`, `publisher`,
`source` and `text_file` are read.
"""

import argparse
import json
import time
from pathlib import Path
from typing import Any

from kg.extract.actors import Actor
from kg.extract.english import read_english
from kg.extract.facts import Act, Event, Facts
from kg.extract.gazetteer import Gazetteer
from kg.extract.reader import Reader
from kg.facts import read_register
from kg.vocabulary import Vocabulary, load_vocabulary

# Our kinds in the corpus's terms; a kind that is not here is called as the nearest one above it.
EVENTS = {
    "Conversation": "phone_call",
    "PhoneCall": "phone_call",
    "Meeting": "meeting",
    "Hosting": "meeting",
    "Summit": "summit",
    "Negotiation": "negotiation",
    "Mediation": "negotiation",
    "Visit": "visit",
    "PressConference": "press_conference",
    "PressStatement": "public_statement",
    "Speech": "public_statement",
    "Interview": "interview",
    "SocialMediaPost": "social_post",
    "Letter": "letter",
    "Agreement": "agreement",
    "Sanction": "sanction",
    "TradeMeasure": "sanction",
    "MilitaryAction": "military_action",
    "Mobilization": "military_action",
    "Assault": "military_action",
    "Intervention": "military_action",
    "Vote": "vote",
    "Action": "other",
}
ACTS = {
    "Assert": "assert",
    "Report": "assert",
    "Agree": "accept",
    "Announce": "announce",
    "Deny": "deny",
    "Warn": "warn",
    "Accuse": "condemn",
    "Acknowledge": "acknowledge",
    "Accept": "accept",
    "Offer": "offer",
    "Promise": "promise",
    "Reject": "reject",
    "Threaten": "threaten",
    "Ask": "question",
    "Demand": "demand",
    "Order": "demand",
    "Request": "request",
    "Apologize": "acknowledge",
    "Condemn": "condemn",
    "ExpressConcern": "express_concern",
    "ExpressSympathy": "express_concern",
    "Praise": "praise",
    "Support": "support",
    "Thank": "thank",
    "SpeechAct": "assert",
}
STATUS = {
    "occurred": "occurred",
    "scheduled": "planned",
    "cancelled": "cancelled",
    "hypothetical": "hypothetical",
}
STANCES = {
    "supports": "supports",
    "demands": "supports",
    "commits-to": "supports",
    "favourable": "supports",
    "opposes": "opposes",
    "condemns": "opposes",
    "rejects": "opposes",
    "rules-out": "opposes",
    "unfavourable": "opposes",
}


def annotation(
    facts: Facts, text: str, head: dict[str, Any], vocabulary: Vocabulary
) -> dict[str, Any]:
    """Returns what was found in the corpus's form."""

    def term(kind: str, terms: dict[str, str]) -> str:
        return next(terms[k] for k in vocabulary.ancestors(kind) if k in terms)

    def day(event: Event) -> str | None:
        if not event.since:
            return None
        return (
            event.since
            if event.since == event.until
            else event.since[:7]
            if event.since[:7] == event.until[:7]
            else None
        )

    def sentence(fact: Event | Act) -> str:
        return text[fact.sentence.start : fact.sentence.end]

    events = [
        {
            "id": f"e{n}",
            "type": term(event.kind, EVENTS),
            "participants": [
                {"name": _name(actor), "role": _role(event, actor)} for actor in event.actors
            ],
            "date": day(event),
            "status": STATUS[event.status],
            "sentence": sentence(event),
        }
        for n, event in enumerate(facts.events, start=1)
    ]
    # The corpus has no questions of those whom the text does not name.
    unnamed = [act.speaker for act in facts.acts if act.rule == "question/unnamed"]
    numbers = {id(event): f"e{n}" for n, event in enumerate(facts.events, start=1)}
    return {
        **{
            key: head.get(key)
            for key in ("id", "title", "date", "publisher", "source", "text_file")
        },
        "actors": [
            {
                "name": _name(actor),
                "kind": {"Person": "person", "State": "country"}.get(actor.kind, "organization"),
                "office": actor.office or None,
                "state": actor.state or None,
                "mentions": sorted(actor.forms),
            }
            for actor in facts.actors
            if actor not in unnamed
        ],
        "events": events,
        "speech_acts": [
            {
                "speaker": _name(act.speaker),
                "addressee": _name(act.addressee) if act.addressee else None,
                "reported_by": _name(act.reporter) if act.reporter else None,
                "act": term(act.kind, ACTS),
                "topics": [],
                "quoted": act.quoted,
                "in_event": numbers.get(id(act.during)) if act.during else None,
                "sentence": sentence(act),
            }
            for act in facts.acts
            if act.speaker not in unnamed
        ],
        "positions": [
            {
                "holder": _name(position.holder),
                "issue": text[position.issue[0] : position.issue[1]],
                "stance": STANCES[position.stance],
                "sentence": sentence(position.act),
            }
            for position in facts.positions
        ],
    }


def _name(actor: Actor) -> str:
    """The fullest form that the text itself gives."""
    return (
        actor.name if actor.name in actor.forms else max(actor.forms, key=len, default=actor.name)
    )


def _role(event: Event, actor: Actor) -> str:
    if actor in event.hosts:
        return "host"
    if actor in event.recipients:
        return "target" if event.kind not in {"Interview"} else "host"
    if actor in event.attendees:
        return "accompanying"
    return (
        "speaker"
        if event.kind
        in {"PressConference", "PressStatement", "Interview", "SocialMediaPost", "Letter", "Speech"}
        else "party"
    )


def main() -> None:
    """Writes one file for each text."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    vocabulary = load_vocabulary()
    reader = Reader(vocabulary, Gazetteer(read_register(vocabulary).quads), read_english())
    began, count = time.process_time(), 0
    for path in sorted(arguments.folder.glob("*.json")):
        head = json.loads(path.read_text(encoding="utf-8"))
        known = {
            key: head.get(key)
            for key in ("id", "title", "date", "publisher", "source", "text_file")
        }
        text = (path.parent / known["text_file"]).read_text(encoding="utf-8")
        facts = reader.read(text, published=known["date"] or "", publisher=known["publisher"] or "")
        found = annotation(facts, text, known, vocabulary)
        (arguments.out / path.name).write_text(
            json.dumps(found, indent=1, ensure_ascii=False), encoding="utf-8"
        )
        count += 1
    print(f"{count} texts, {time.process_time() - began:.2f} s of CPU")


if __name__ == "__main__":
    main()
