"""Positions: what a holder is for or against, as an act of speech shows it."""

import re
from collections.abc import Mapping

from kg.extract.actors import Actor
from kg.extract.english import English
from kg.extract.facts import Act, Position


def positions_of(
    acts: list[Act], text: str, english: English, actors: Mapping[str, Actor]
) -> list[Position]:
    """Returns the positions that acts show, one for each holder, sentence and stance."""
    found: dict[tuple[int, int, str], Position] = {}
    telling = {id(act.governor) for act in acts if act.governor is not None}
    for act in acts:
        if id(act) in telling:
            continue  # what it tells of is another's
        issue = re.findall(r"[^\W\d_]+", text[slice(*act.content)].lower())
        if all(word == "it" or word in english.function_words for word in issue):
            continue  # "condemned it": of what, the sentence does not say
        stance = _stance(
            english,
            act,
            text[act.content[0] : act.content[1]].lower(),
            text[act.span[0] : act.span[1]].lower(),
        )
        if not stance:
            continue
        holder = _holder(act, text, actors)
        position = Position(
            holder,
            stance,
            act.content,
            act,
            f"position/{act.kind}",
            round(act.confidence * 0.8, 2),
        )
        found.setdefault((id(holder), act.sentence.start, stance), position)
    return list(found.values())


def _holder(act: Act, text: str, actors: Mapping[str, Actor]) -> Actor:
    """The speaker, or the state that the speaker says it of: "U.S. concern", "Iran is ready"."""
    state = actors.get(act.speaker.state)
    if state is None or state is act.speaker or not state.forms:
        return act.speaker
    start, end = act.content
    owned = text[act.span[0] : start] if act.span[0] < start else ""
    opening = re.sub(r"^(that|the|its|his|her)\s+", "", text[start:end].lstrip('"“‘ '), flags=re.I)
    told = any(
        re.search(rf"\b{re.escape(form)}(?![\w-])", owned) or opening.startswith(form)
        for form in state.forms
    )
    return state if told else act.speaker


def _stance(english: English, act: Act, content: str, whole: str) -> str:
    if act.kind in english.stance:
        stance = english.stance[act.kind]
        if stance in {"demands", "supports"} and english.says("against", content[:60]):
            return "opposes"
        return stance
    if (
        act.kind in {"Assert", "Acknowledge", "Agree", "Promise", "Accept"}
        and english.says("in_favour", whole[:120])
        and "agree" not in whole[:8]
    ):
        return "opposes" if english.says("against", content[:60]) else "supports"
    if act.kind == "Accept" and re.search(r"\b(to|on)\b", whole[:14]):
        first = next(
            (w for w in content.split()[:4] if w not in {"to", "on"} and w[-2:] != "ly"), ""
        )
        if first in english["procedural"]:
            return ""
        return "opposes" if english.says("against", content[:60]) else "supports"
    return ""
