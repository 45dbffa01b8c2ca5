"""`kg match`: which events a draft shares with what the store holds, for a person to say."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.common import address_of, project_of, say, write_out
from kg.cli.group import Settings

if TYPE_CHECKING:
    from kg.facts.draft import Draft
    from kg.match import Occasion, Proposal
    from kg.store import Background, Reader

_EXAMPLE = "Example: kg match draft.yaml --take call=event/2026-01-12-sheinbaum-trump-call"


@click.command(epilog=_EXAMPLE)
@click.argument("file", type=click.Path(path_type=Path, readable=False))
@click.option(
    "--take",
    "taken",
    multiple=True,
    metavar="LOCAL=event/ID",
    help="Write a shared id into the draft in the place of a local one; may stand several times.",
)
@click.option("--ask", is_flag=True, help="Ask about each proposal, and write what is accepted.")
@click.option(
    "-f", "--format", default="table", show_default=True, type=click.Choice(["table", "json"])
)
@click.pass_obj
def command(settings: Settings, file: Path, taken: tuple[str, ...], ask: bool, format: str) -> int:
    """Propose, for each occasion of a draft, events that other sources of the store tell of.

    Proposed is what is of one family of kinds, has parties or their states in common, and dates
    that agree. Nothing is written unless you say so, with --take or --ask.

    Exit codes: 0 there are proposals, or all was written; 1 there are none.
    """
    from kg.facts.draft import open_draft
    from kg.load import read_house
    from kg.match import propose, take
    from kg.store import open_store

    pairs = _pairs(taken)
    address = address_of(settings)
    house = read_house(project_of(address))
    draft = open_draft(file, house.vocabulary, house.register)
    with open_store(address, house.background) as store:
        if pairs:
            _, count = take(draft, pairs, store, house.background)
            say(settings, f"{file}: wrote {', '.join(pairs.values())} in {_places(count)}")
            return 0
        found = propose(draft, store, house.background)
        if ask:
            _ask(settings, draft, found, store, house.background)
        elif format == "json":
            write_out((json.dumps([_plain(one) for one in found], indent=1) + "\n").encode())
        else:
            for one in found:
                _show(settings, draft, one)
    if not found:
        say(settings, "no event of another source fits one of the draft")
    elif not ask:
        say(settings, f"{len(found)} proposed; `--take LOCAL=event/ID` writes one, `--ask` asks")
    return int(not found)


def _pairs(taken: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in taken:
        local, equals, target = (part.strip() for part in one.partition("="))
        if not (local and equals and target):
            raise click.UsageError(f"write --take {local or 'LOCAL'}=event/ID")
        if local in found:
            raise click.UsageError(f"--take says twice what {local} is")
        found[local] = target
    return found


def _ask(
    settings: Settings,
    draft: "Draft",
    found: "list[Proposal]",
    store: "Reader",
    background: "Background",
) -> None:
    """Asks about each proposal; what is accepted is written before the next question."""
    from kg.cli.keys import pressed
    from kg.match import take

    ours: set[str] = set()
    theirs: set[str] = set()
    for one in found:
        local, target = one.ours.name, one.theirs.name
        if local in ours or target in theirs or not target.startswith("event/"):
            continue
        _show(settings, draft, one)
        key = pressed("a accept, s skip, q quit:", "asq")
        if key in {None, "q"}:
            return
        if key == "a":
            draft, count = take(draft, {local: target}, store, background)
            ours.add(local)
            theirs.add(target)
            say(settings, f"{draft.path}: wrote {target} in {_places(count)}")


def _places(count: int) -> str:
    return f"{count} place{'' if count == 1 else 's'}"


def _show(settings: Settings, draft: "Draft", one: "Proposal") -> None:
    from kg.cli.table import show_table

    kinds = draft.vocabulary.kinds
    ours, theirs = _told(one.ours), _told(one.theirs)
    ours["kind"], theirs["kind"] = (kinds[kind].label for kind in (ours["kind"], theirs["kind"]))
    rows = [[key, ours[key], theirs[key]] for key in ours if ours[key] or theirs[key]]
    show_table([f"{one.score:.2f}", one.ours.name, one.theirs.name], rows, settings)
    click.echo()


def _told(one: "Occasion") -> dict[str, str]:
    from kg.match import days_of

    stands = (
        f"{label} ({', '.join(one.passages.get(iri, ()))})" for iri, label in one.sources.items()
    )
    return {
        "label": one.label,
        "kind": one.kind,
        "status": one.status,
        "date": days_of(one),
        "parties": ", ".join(dict.fromkeys(one.parties.values())),
        "quote": one.quote,
        "source": "; ".join(stands),
    }


def _plain(one: "Proposal") -> dict[str, object]:
    return {
        "local": one.ours.name,
        "event": one.theirs.name,
        "score": one.score,
        "draft": {"iri": one.ours.iri, **_told(one.ours)},
        "store": {"iri": one.theirs.iri, **_told(one.theirs)},
    }
