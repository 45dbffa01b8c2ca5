"""One page that opens offline: the network, the timeline, and every fact with its voucher."""

import base64
import hashlib
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape
from math import atan2, degrees, tau
from pathlib import Path

from kg.network import Edge, GraphView, Node, layout
from kg.network.graph import Value
from kg.rdf import days

ACTORS = frozenset({"Person", "Organization", "State", "Actor"})
_JOINED = {
    "agent": "by",
    "recipient": "to",
    "attendee": "with",
    "holder": "held by",
    "onBehalfOf": "for",
}
_LEGEND = "".join(
    f'<li class="{mark}">{words}</li>'
    for mark, words in (
        ("state", "state"), ("person", "person"), ("body", "organization"),
        ("event", "event or act"), ("position", "position"),
        ("unreal", "planned, or only spoken of"),
    )
)  # fmt: skip
_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Fact:
    """What one line of the list says, in plain text; `key` ties it to its marks in the pictures."""

    key: str
    label: str
    kind: str
    who: tuple[tuple[str, str], ...]
    told: dict[str, Value]
    within: str

    def value(self, name: str) -> str:
        """Returns what is told under a name, or nothing."""
        return str(self.told.get(name, ""))


def write(view: GraphView) -> bytes:
    """Returns the page; it refers to nothing outside itself, and its policy forbids it to."""
    facts = facts_of(view)
    style = (_HERE / "page.css").read_text(encoding="utf-8")
    script = (_HERE / "page.js").read_text(encoding="utf-8")
    policy = f"default-src 'none'; style-src {_digest(style)}; script-src {_digest(script)}"
    sources = sorted({f.value("sourceLabel") for f in facts if f.value("sourceLabel")})
    title = sources[0] if len(sources) == 1 else "Diplomatic knowledge graph"
    narrowed = {k: v for k, v in view.about.items() if k not in {"projection", "nodes", "edges"}}
    shown = "; ".join(f"{key}: {value}" for key, value in narrowed.items())
    page = f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">
<title>{escape(title)}</title>
<style>{style}</style>
</head>
<body>
<header>
<p class="over">Who did and said what, on whose word</p>
<h1>{escape(title)}</h1>
<p>{len(facts)} facts, {_count(view)} actors. {escape(shown)}</p>
</header>
<main>
<section aria-labelledby="network"><h2 id="network">Network</h2>
<p class="note">Who took part in what, and who holds what. Choose a mark to see its fact, an actor
to see all of theirs.</p>
<ul class="legend">{_LEGEND}</ul>
{_network(view)}
</section>
<section aria-labelledby="timeline"><h2 id="timeline">Timeline</h2>
<p class="note">A dot is a known day, a bar a window within which it was.
What was said within an occasion is counted beside it.</p>
{_timeline(facts)}
</section>
<section aria-labelledby="facts"><h2 id="facts">Facts</h2>
{_filters(facts)}
<p id="shown" role="status"></p>
<ol class="facts">
{"".join(_item(fact, several=len(sources) > 1) for fact in facts)}</ol>
</section>
</main>
<footer>Made with diplomatic-kg. Passages are given by their place in the source, whose text is not
part of this page.</footer>
<script>{script}</script>
</body>
</html>
"""
    return page.encode()


def facts_of(view: GraphView) -> list[Fact]:
    """Returns the facts of a projection: its events and positions, or else its edges, by date."""
    names = {node.id: node.label for node in view.nodes}
    if view.projection != "events":
        facts = [
            Fact(e.id, e.label, e.type, _ends(e, names), {**_times(e), **e.attributes}, "")
            for e in view.edges
        ]
    else:
        who: dict[str, list[tuple[str, str]]] = defaultdict(list)
        within: dict[str, str] = {}
        for edge in view.edges:
            if edge.type in _JOINED:
                who[edge.source].append((_JOINED[edge.type], names[edge.target]))
            elif edge.type == "subEventOf":
                within[edge.source] = edge.target
        facts = [
            Fact(n.id, n.label, _kind(n), tuple(who[n.id]), n.attributes, within.get(n.id, ""))
            for n in view.nodes
            if n.type not in ACTORS
        ]
    undated = "~"
    return sorted(
        facts,
        key=lambda f: (
            f.value("start") or f.value("end") or undated, f.value("end") or undated, f.label
        ),
    )  # fmt: skip


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _kind(node: Node) -> str:
    return str(node.attributes.get("kind") or node.type.lower())


def _times(edge: Edge) -> dict[str, Value]:
    return {key: value for key, value in (("start", edge.start), ("end", edge.end)) if value}


def _ends(edge: Edge, names: dict[str, str]) -> tuple[tuple[str, str], ...]:
    return (("by", names[edge.source]), ("to" if edge.directed else "with", names[edge.target]))


def _count(view: GraphView) -> int:
    return sum(node.type in ACTORS for node in view.nodes)


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


# ── The network ──────────────────────────────────────────────────────────────────────────────────

_WIDE, _HIGH, _ROUND = 1100, 720, (290, 300)
_LEVEL = 40
"""Actors whose names find room on level lines; those of more go out along the radius."""

_APART, _NAME = 15, 240
"""Room of a name across the radius and along it."""


def _network(view: GraphView) -> str:
    joined = {end for e in view.edges if e.type in _JOINED for end in (e.source, e.target)}
    drawn = [n for n in view.nodes if view.projection != "events" or n.id in joined]
    actors = [node for node in drawn if node.type in ACTORS]
    actors.sort(key=lambda n: (str(n.attributes.get("state", n.label)), n.label))
    others = [node for node in drawn if node.type not in ACTORS]
    turned = len(actors) > _LEVEL
    far = max(_ROUND[0], len(actors) * _APART / tau)
    across, down = (far, far) if turned else _ROUND
    wide, high = (2 * (far + _NAME),) * 2 if turned else (_WIDE, _HIGH)
    at = {
        name: (wide / 2 + x * across, high / 2 + y * down)
        for name, (x, y) in layout(
            view, around=[node.id for node in actors], within=[node.id for node in others]
        ).items()
    }
    lines = [_line(e, at) for e in view.edges if e.source in at and e.target in at]
    marks = [_mark(node, at[node.id]) for node in others]
    marks += [_actor(node, at[node.id], (wide / 2, high / 2), turned=turned) for node in actors]
    return (
        f'<svg class="network" viewBox="0 0 {wide:.0f} {high:.0f}" role="img" '
        f'aria-label="Network of actors and events"><g class="lines">{"".join(lines)}</g>'
        f"{''.join(marks)}</svg>"
    )


def _line(edge: Edge, at: dict[str, tuple[float, float]]) -> str:
    (x1, y1), (x2, y2) = at[edge.source], at[edge.target]
    keys = escape(f"{edge.source} {edge.target} {edge.id}")
    width = min(1 + edge.weight / 4, 5)
    return (
        f'<line data-keys="{keys}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
        f'stroke-width="{width:.1f}"><title>{escape(edge.label)}</title></line>'
    )


def _actor(
    node: Node, at: tuple[float, float], middle: tuple[float, float], *, turned: bool
) -> str:
    (x, y), label, shown = at, escape(node.label), escape(_short(node.label, 30))
    is_right = x > middle[0]
    anchor, shift = ("start", 16) if is_right else ("end", -16)
    # No name stands on its head: those on the left are read towards the ring.
    angle = degrees(atan2(y - middle[1], x - middle[0])) - (0 if is_right else 180)
    turn = f' transform="rotate({angle:.1f} {x:.1f} {y:.1f})"' if turned else ""
    return (
        f'<g class="actor {node.type.lower()}" data-actor="{label}" tabindex="0" '
        f'role="button"><circle cx="{x:.1f}" cy="{y:.1f}" r="{6 if turned else 10}"/>'
        f'<text x="{x + shift:.1f}" y="{y + 4:.1f}" text-anchor="{anchor}"{turn}>{shown}</text>'
        f"<title>{label}</title></g>"
    )


def _mark(node: Node, at: tuple[float, float]) -> str:
    (x, y), label = at, escape(node.label)
    real = "real" if node.attributes.get("status", "occurred") == "occurred" else "unreal"
    kind = "position" if node.type == "Position" else "event"
    shape = (
        f'<rect x="{x - 4.5:.1f}" y="{y - 4.5:.1f}" width="9" height="9"/>'
        if kind == "position"
        else f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5"/>'
    )
    return (
        f'<a class="{kind} {real}" href="#{escape(node.id)}" data-key="{escape(node.id)}">'
        f"{shape}<title>{label}</title></a>"
    )


# ── The timeline ─────────────────────────────────────────────────────────────────────────────────

_LEFT, _ROW, _TOP = 430, 24, 34


def _timeline(facts: list[Fact]) -> str:
    inside: dict[str, int] = defaultdict(int)
    for fact in facts:
        inside[fact.within] += 1
    keys = {fact.key for fact in facts}
    drawn = [f for f in facts if f.value("start") and f.value("end") and f.within not in keys]
    if not drawn:
        return '<p class="note">Nothing here has a date.</p>'
    first = min(date.fromisoformat(f.value("start")) for f in drawn) - timedelta(days=1)
    last = max(date.fromisoformat(f.value("end")) for f in drawn) + timedelta(days=2)
    wide = (_WIDE - _LEFT - 20) / (last - first).days
    high = _TOP + _ROW * len(drawn) + 8

    def across(day: str) -> float:
        return _LEFT + (date.fromisoformat(day) - first).days * wide

    rows = [
        _row(fact, line, across(fact.value("start")), across(fact.value("end")), wide, inside)
        for line, fact in enumerate(drawn)
    ]
    return (
        f'<svg class="timeline" viewBox="0 0 {_WIDE} {high}" role="img" aria-label="Timeline">'
        f"{_ticks(first, last, wide, high)}{''.join(rows)}</svg>"
    )


def _ticks(first: date, last: date, wide: float, high: int) -> str:
    days = (last - first).days
    step = next((s for s in (1, 7, 31, 92, 366) if days / s <= 12), days // 12 or 1)
    found = []
    for number in range(0, days, step):
        day, x = first + timedelta(days=number), _LEFT + number * wide
        shown = f"{day.day} {day:%b}" if step < 92 else f"{day:%b %Y}"
        if number in {0} or (step < 92 and day.month == 1 and day.day <= step):
            shown += f" {day.year}" if step < 92 else ""
        found.append(
            f'<g class="tick"><line x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP - 8}" y2="{high}"/>'
            f'<text x="{x:.1f}" y="{_TOP - 14}">{shown}</text></g>'
        )
    return "".join(found)


def _row(
    fact: Fact, line: int, start: float, end: float, wide: float, inside: dict[str, int]
) -> str:
    y = _TOP + _ROW * line + _ROW / 2
    real = "real" if fact.value("status") in {"occurred", ""} else "unreal"
    label = _short(fact.label, 54)
    middle = start + wide / 2
    shape = (
        f'<circle cx="{middle:.1f}" cy="{y:.1f}" r="6"/>'
        if fact.value("start") == fact.value("end")
        else f'<rect x="{start:.1f}" y="{y - 5:.1f}" width="{end - start + wide:.1f}" '
        f'height="10" rx="5"/>'
    )
    acts = inside.get(fact.key, 0)
    beside = end + wide + 4 if fact.value("start") != fact.value("end") else middle + 12
    more = f'<text class="more" x="{beside:.1f}" y="{y + 4:.1f}">+{acts}</text>' if acts else ""
    return (
        f'<a class="{real}" href="#{escape(fact.key)}" data-key="{escape(fact.key)}">'
        f'<text x="{_LEFT - 14}" y="{y + 4:.1f}" text-anchor="end">{escape(label)}</text>'
        f"{shape}{more}<title>{escape(fact.label)} ({_when(fact)})</title></a>"
    )


# ── The facts ────────────────────────────────────────────────────────────────────────────────────


def _when(fact: Fact) -> str:
    return days(fact.value("start"), fact.value("end")) or "undated"


def _who(fact: Fact) -> str:
    """Returns whom a fact is of, those in one role together."""
    roles: dict[str, list[str]] = defaultdict(list)
    for how, name in fact.who:
        roles[how].append(f"<b>{escape(name)}</b>")
    return " ".join(
        f"<span>{escape(how)} {' and '.join(filter(None, (', '.join(rest), last)))}</span>"
        for how, (*rest, last) in roles.items()
    )


def _item(fact: Fact, *, several: bool) -> str:
    status = fact.value("status")
    chips = [fact.kind, *([status] if status not in {"", "occurred"} else [])]
    told = [
        ("On the word of", fact.value("voucher").replace("|", "; ")),
        ("Issue", f"{fact.value('stance')} {fact.value('issue')}".strip()),
        ("Source", fact.value("sourceLabel").replace("|", "; ") if several else ""),
        ("Passages", fact.value("evidence").replace("|", ", ")),
        ("Confidence", fact.value("confidence")),
    ]
    rows = "".join(f"<dt>{k}</dt><dd>{escape(v)}</dd>" for k, v in told if v)
    quote = f"<q>{escape(fact.value('quote'))}</q>" if fact.value("quote") else ""
    names = "|".join(name for _, name in fact.who)
    return (
        f'<li id="{escape(fact.key)}" data-actors="{escape(names)}" '
        f'data-kind="{escape(fact.kind)}" data-status="{escape(status or "stated")}" '
        f'data-issue="{escape(fact.value("issue"))}" '
        f'data-source="{escape(fact.value("sourceLabel"))}" '
        f'data-start="{escape(fact.value("start"))}" data-end="{escape(fact.value("end"))}">'
        f'<p class="head"><time>{_when(fact)}</time> '
        f"{''.join(f'<span class=chip>{escape(chip)}</span> ' for chip in chips)}</p>"
        f"<h3>{escape(fact.label)}</h3>{quote}<p class=who>{_who(fact)}</p><dl>{rows}</dl></li>\n"
    )


def _filters(facts: list[Fact]) -> str:
    choices = {
        "actors": {name for fact in facts for _, name in fact.who},
        "kind": {fact.kind for fact in facts},
        "issue": {fact.value("issue") for fact in facts if fact.value("issue")},
        "status": {fact.value("status") or "stated" for fact in facts},
        "source": {name for fact in facts for name in fact.value("sourceLabel").split("|") if name},
    }
    if len(choices["source"]) < 2:
        del choices["source"]
    titles = {"actors": "Actor", "kind": "Kind", "issue": "Issue", "status": "Status",
              "source": "Source"}  # fmt: skip
    selects = "".join(
        f'<label>{titles[key]} <select data-filter="{key}"><option value="">all</option>'
        f"{''.join(f'<option>{escape(name)}</option>' for name in sorted(names))}</select></label>"
        for key, names in choices.items()
    )
    return (
        '<form class="filters" hidden><label>Words <input type="search" data-filter="text">'
        f'</label>{selects}<label>From <input type="date" data-filter="start"></label>'
        '<label>To <input type="date" data-filter="end"></label>'
        '<button type="reset">Show all</button></form>'
    )
