"""Positions: what a holder is for or against, as an act of speech shows it."""

import re

from kg.extract.english import English
from kg.extract.facts import Act, Position


def positions_of(acts: list[Act], text: str, english: English) -> list[Position]:
    """Returns the positions that acts show, one for each holder, sentence and stance."""
    found: dict[tuple[int, int, str], Position] = {}
    telling = {id(act.governor) for act in acts if act.governor is not None}
    for act in acts:
        if id(act) in telling:
            continue  # what it tells of is another's
        stance = _stance(
            english,
            act,
            text[act.content[0] : act.content[1]].lower(),
            text[act.span[0] : act.span[1]].lower(),
        )
        if not stance:
            continue
        position = Position(
            act.speaker,
            stance,
            act.content,
            act,
            f"position/{act.kind}",
            round(act.confidence * 0.8, 2),
        )
        found.setdefault((id(act.speaker), act.sentence.start, stance), position)
    return list(found.values())


def _stance(english: English, act: Act, content: str, whole: str) -> str:
    if act.kind in english.stance:
        stance = english.stance[act.kind]
        if stance in {"demands", "supports"} and english.says("against", content[:60]):
            return "opposes"
        return stance
    if (
        act.kind in {"Assert", "Acknowledge", "Promise", "Accept"}
        and english.says("in_favour", whole[:120])
        and "agree" not in whole[:8]
    ):
        return "opposes" if english.says("against", content[:60]) else "supports"
    if act.kind == "Accept" and re.search(r"\b(to|on)\b", whole[:14]):
        return "supports"
    return ""
