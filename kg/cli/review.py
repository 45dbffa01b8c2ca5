"""`kg review`: through a draft, fact by fact, beside the text that it was drawn from."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.common import address_of, project_of
from kg.cli.group import Settings

if TYPE_CHECKING:
    from kg.facts.draft import Fact
    from kg.review import Piece, Review

KEYS = "a accept, r reject, e edit, n next, b back, q quit:"


@click.command(epilog="Example: kg review article.yaml --text article.txt")
@click.argument("file", type=click.Path(path_type=Path, readable=False))
@click.option(
    "--text",
    required=True,
    type=click.Path(path_type=Path, readable=False),
    help="The text that the draft was drawn from.",
)
@click.pass_obj
def command(settings: Settings, file: Path, text: Path) -> None:
    """Show each fact of a draft in its sentence, and keep what you decide, in the draft itself.

    Keys: a accepts the fact, r rejects it, e opens it in $EDITOR, n goes on, b goes one step back
    and takes back what was decided there, q quits. Each decision is in the file at once; the next
    review goes on with what is undecided. Without a terminal each line of stdin is a key.

    Exit codes: 0 done; 3 a file cannot be read, or the text is not the draft's.
    """
    from kg.facts import read_register
    from kg.review import open_review
    from kg.vocabulary import load_vocabulary

    project = project_of(address_of(settings))
    vocabulary = load_vocabulary(project)
    review = open_review(file, text, vocabulary, read_register(vocabulary, project)).finished()
    left = len(_walked(settings, review).undecided())
    click.echo(f"{file}: " + (f"{left} undecided" if left else "every fact is decided"))


def _walked(settings: Settings, review: "Review") -> "Review":
    """Returns the review after the last key."""
    from kg.cli.keys import pressed

    at = 0
    # What each step began with: b goes back there.
    steps: list[tuple[int, str]] = []
    while True:
        facts = review.undecided()[at:]
        if not facts:
            if (
                not steps
                or pressed("that was the last one: b back, any other key ends:", "") != "b"
            ):
                return review
            at, review = _back(review, steps, at)
            continue
        _show(settings, review, facts[0], f"{at + 1} of {at + len(facts)} undecided")
        key = pressed(KEYS, "arenbq")
        if key in {None, "q"}:
            return review
        if key == "b":
            at, review = _back(review, steps, at)
            continue
        began = (at, review.draft.text)
        decided = _decided(review, facts[0], key or "")
        if key == "n":
            at += 1
        elif decided is review:
            continue
        review = decided
        steps.append(began)


def _back(review: "Review", steps: list[tuple[int, str]], at: int) -> tuple[int, "Review"]:
    if not steps:
        click.echo("this is the first one")
        return at, review
    at, text = steps.pop()
    if text == review.draft.text:
        return at, review
    click.echo("taken back")
    return at, review.restored(text)


def _decided(review: "Review", fact: "Fact", key: str) -> "Review":
    """Returns the review after a decision; the same one where nothing changed."""
    from kg.cli.keys import escaped
    from kg.errors import InputError

    try:
        if key == "a":
            return review.accepted(fact)
        if key == "r":
            review, words = review.rejected(fact)
            for one in words:
                click.echo(f"  {escaped(one)}")
    except InputError as error:
        click.echo(f"not changed: {escaped(str(error))}")
    return _edited(review, fact) if key == "e" else review


def _edited(review: "Review", fact: "Fact") -> "Review":
    """Returns the review with a fact as a person wrote it; what is wrong she mends or gives up."""
    from kg.cli.keys import escaped, pressed
    from kg.errors import InputError

    written = review.written(fact)
    while True:
        try:
            told = click.edit(written, extension=".yaml")
            if told is None:
                click.echo("not changed")
                return review
            written = told
            return review.edited(fact, written)
        except InputError as error:
            for line in str(error).splitlines():
                click.echo(f"not changed: {escaped(line)}")
        except click.ClickException as error:
            click.echo(f"not changed: {escaped(error.message)}")
        if pressed("e edit again, s leave it as it was:", "es") != "e":
            return review


def _show(settings: Settings, review: "Review", fact: "Fact", count: str) -> None:
    from kg.cli.keys import escaped

    colour = settings.colour is True or (settings.colour is None and sys.stdout.isatty())
    click.echo(f"\n{count}, line {review.draft.placed.value(fact.at).line}")
    for piece in review.pieces(fact):
        click.echo(f"  {escaped(piece.passage):<14}  {_marked(piece, colour=colour)}", color=colour)
    for key, words in review.told(fact):
        click.echo(f"  {escaped(key):<14}  {escaped(words)}")


def _marked(piece: "Piece", *, colour: bool) -> str:
    """Returns the sentences with the evidence set off, in bold or in >> <<."""
    from kg.cli.keys import escaped

    before, marked, after = (escaped(part) for part in (piece.before, piece.marked, piece.after))
    shown = click.style(marked, bold=True, underline=True) if colour else f">>{marked}<<"
    return f"{before}{shown}{after}".strip()
