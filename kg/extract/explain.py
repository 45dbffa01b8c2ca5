"""A text with each fact under its sentence and the rule that made it, for a person to read."""

from collections.abc import Iterator

from kg.extract.actors import Actor
from kg.extract.article import Article
from kg.extract.facts import Act, Event, Facts, Position


def explained(article: Article, facts: Facts) -> str:
    """Returns every sentence that holds a fact, in order, with its facts below."""
    lines: list[str] = []
    found: dict[tuple[int, int], list[str]] = {}
    told = [event for act in facts.acts for event in act.events]
    for event in [*facts.events, *told]:
        at = (event.sentence.start, event.sentence.end)
        found.setdefault(at, []).append(_event(event))
    for act in facts.acts:
        at = (act.sentence.start, act.sentence.end)
        found.setdefault(at, []).append(_act(act, article))
        found[at] += [_position(p, article) for p in facts.positions if p.act is act]
    for position in facts.positions:
        if position.act is None and position.sentence is not None:
            at = (position.sentence.start, position.sentence.end)
            found.setdefault(at, []).append(_position(position, article))
    for (start, end), lines_of in sorted(found.items()):
        lines.append(article.text[start:end].replace("\n", " "))
        lines += [f"    {line}" for line in lines_of]
        lines.append("")
    return "\n".join(lines) if lines else "no facts found\n"


def _event(event: Event) -> str:
    when = event.since if event.since == event.until else f"{event.since} to {event.until}"
    parts = [
        f"event     {event.kind}",
        ", ".join(a.name for a in event.agents),
        f"→ {', '.join(a.name for a in event.recipients)}" if event.recipients else "",
        when,
        "" if event.status == "occurred" else event.status,
    ]
    return _line(parts, event.rule, event.confidence)


def _act(act: Act, article: Article) -> str:
    chain = "".join(f", according to {one.name}" for one in _tellers(act))
    parts = [
        f"act       {act.kind}",
        act.speaker.name + (f" → {act.addressee.name}" if act.addressee else "") + chain,
        f"“{_cut(article.text[act.content[0] : act.content[1]])}”",
    ]
    return _line(parts, act.rule, act.confidence)


def _tellers(act: Act) -> Iterator[Actor]:
    seen = act.reporter
    if seen is not None:
        yield seen
    above = act.governor
    while above is not None and above.reporter is not None:
        yield above.reporter
        above = above.governor


def _position(position: Position, article: Article) -> str:
    text = _cut(article.text[position.issue[0] : position.issue[1]])
    parts = [f"position  {position.holder.name}", position.stance, f"“{text}”"]
    return _line(parts, position.rule, position.confidence)


def _line(parts: list[str], rule: str, confidence: float) -> str:
    return "  ".join(part for part in parts if part) + f"  [{rule} {confidence:.2f}]"


def _cut(text: str) -> str:
    words = text.split()
    return " ".join(words[:16]) + (" …" if len(words) > 16 else "")
