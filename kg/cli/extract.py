"""`kg extract`: draft fact documents from the text of articles."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.common import address_of, project_of, say, write_out
from kg.cli.group import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kg.extract import Article, Facts, Service


@click.command(epilog="Example: kg extract article.txt --published 2026-01-12 -o article.yaml")
@click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path, allow_dash=True, readable=False),
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="A file, or a folder for several."
)
@click.option("--published", default="", help="The day of publication, YYYY-MM-DD.")
@click.option("--publisher", default="", help="Who published it.")
@click.option("--url", default="", help="Where.")
@click.option("--title", default="", help="Its headline.")
@click.option("--text", "keep", is_flag=True, help="Write the text beside the draft, as .txt.")
@click.option("--overwrite", is_flag=True, help="Also over a file that says something else.")
@click.option("--explain", is_flag=True, help="Print the text with the facts under each sentence.")
@click.option(
    "--llm",
    metavar="URL",
    help="A language model in the place of the rules, behind an OpenAI-compatible address, as "
    "https://host/v1. THE WHOLE TEXT OF THE ARTICLE IS SENT THERE. Its key is read from "
    "KG_LLM_KEY or OPENAI_API_KEY.",
)
@click.option("--model", metavar="NAME", default="", help="Which model, with --llm.")
@click.option(
    "--seconds",
    type=click.FloatRange(min=0, min_open=True, max=86_400),
    help="How long the model may take for an article; without it, 300.",
)
@click.pass_obj
def command(
    settings: Settings,
    files: tuple[Path, ...],
    output: Path | None,
    published: str,
    publisher: str,
    url: str,
    title: str,
    keep: bool,
    overwrite: bool,
    explain: bool,
    llm: str | None,
    model: str,
    seconds: float | None,
) -> int:
    """Draft fact documents from articles: text or HTML files, folders of them, or - for stdin.

    A draft names for every fact the characters it rests on, the rule that found it and a
    confidence. Read it beside the text, correct it, then `kg validate` and `kg load` it. A file
    that is there already, as one with your decisions in it, is not written over.

    Nothing leaves the machine, unless --llm says where to.

    Exit codes: 0 done; 2 misuse; 3 a file or an answer cannot be read; 5 it is too large, or took
    too long; 6 the model is unreachable or refuses.
    """
    import sys

    from kg.errors import KgError, Misuse
    from kg.extract import explained, open_extractor, read_article, written
    from kg.placed import read_bytes

    paths = list(_articles(files))
    several = len(paths) > 1
    if several and output is not None and output.suffix:
        raise Misuse(f"several articles do not fit into {output}: name a folder")
    if keep and output is None:
        raise Misuse("--text writes beside the draft: say where with -o")
    targets = _targets(paths, output, ending=".txt" if explain else ".yaml", keep=keep)
    service = _service(llm, model, seconds)
    if service is not None:
        # A model seldom answers twice alike, and is not asked for what is then thrown away.
        _spare(dict.fromkeys(targets, b""), overwrite=overwrite)
    extractor = open_extractor(project_of(address_of(settings)), service)
    worst = 0
    for path, target in zip(paths, targets, strict=True):
        try:
            data = sys.stdin.buffer.read() if str(path) == "-" else read_bytes(path)
            article = read_article(
                data, file=str(path), published=published, publisher=publisher, url=url, title=title
            )
            if keep and target is not None and _same(target.with_suffix(".txt"), path):
                _unchanged(path, data, article.text)
            draft, facts = extractor.draft(article)
            text = explained(article, facts) if explain else written(draft)
            made = _files(target, text, article.text if keep else None)
            _spare(made, overwrite=overwrite)
        except KgError as error:
            if not several:
                raise
            say(settings, f"error: {error}" if error.place else f"error: {path}: {error}")
            worst = max(worst, error.exit_code)
            continue
        _warn(settings, path, article, facts, by_rules=service is None)
        for file, content in made.items():
            write_out(content, file)
        if target is not None:
            counts = (
                f"{len(facts.events)} events, {len(facts.acts)} acts, "
                f"{len(facts.positions)} positions, {len(facts.actors)} actors"
            )
            say(settings, f"{target}: {counts}")
    return worst


def _warn(
    settings: Settings, path: Path, article: "Article", facts: "Facts", *, by_rules: bool
) -> None:
    if not article.published:
        say(settings, f"{path}: no day of publication found: give it with --published")
    if by_rules and article.language != "en":
        say(settings, f"{path}: does not look like English: little may be found")
    if facts.dropped:
        reasons = "; ".join(f"{count} {reason}" for reason, count in facts.dropped)
        say(settings, f"{path}: left out of the model's answer: {reasons}")


def _service(url: str | None, model: str, seconds: float | None) -> "Service | None":
    from kg.errors import Misuse
    from kg.extract import service_of

    if url is not None:
        return service_of(url, model, seconds)
    if model or seconds is not None:
        raise Misuse("--model and --seconds are for --llm URL: say where the model is")
    return None


def _articles(files: tuple[Path, ...]) -> list[Path]:
    found: list[Path] = []
    for path in files:
        if path.is_dir():
            inside = sorted(
                p for p in path.iterdir() if p.suffix.lower() in {".txt", ".html", ".htm"}
            )
            if not inside:
                from kg.errors import InputError, Place

                raise InputError("holds no .txt or .html file", Place(str(path)))
            found += inside
        else:
            found.append(path)
    return found


def _targets(
    paths: list[Path], output: Path | None, *, ending: str, keep: bool
) -> list[Path | None]:
    """Returns where each draft goes: over no article, and over nothing else that is written."""
    from kg.errors import Misuse

    if output is None:
        return [None] * len(paths)
    folder = output.is_dir() or len(paths) > 1 or not output.suffix
    articles = {path.resolve() for path in paths}
    taken: set[Path] = set()
    targets: list[Path | None] = []
    for path in paths:
        stem = "article" if str(path) == "-" else path.stem
        target = output / (stem + ending) if folder else output
        beside = [target.with_suffix(".txt")] if keep else []
        for written in (target, *beside):
            over = articles - ({path.resolve()} if written in beside else set())
            if written.resolve() in over | taken:
                raise Misuse(f"{path}: {written} would be written over: choose another -o")
            taken.add(written.resolve())
        targets.append(target)
    return targets


def _files(target: Path | None, draft: str, text: str | None) -> dict[Path | None, bytes]:
    """Returns what is to be written, by file; stdout has no name."""
    made = {target: draft.encode()}
    if text is not None and target is not None:
        made[target.with_suffix(".txt")] = text.encode()
    return made


def _spare(made: "Mapping[Path | None, bytes]", *, overwrite: bool) -> None:
    """Refuses to write over a file that says something else: decisions may be in it."""
    from kg.errors import Misuse
    from kg.placed import read_bytes

    for file, content in made.items():
        if file is None or overwrite or not file.is_file():
            continue
        if read_bytes(file) != content:
            raise Misuse(
                f"{file} is there and says something else; decisions in it would be lost: "
                "name another file with -o, or give --overwrite"
            )


def _same(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve()


def _unchanged(path: Path, data: bytes, text: str) -> None:
    """Refuses to put the text in the place of an article that is not the same to the byte."""
    from kg.errors import Misuse

    if data != text.encode():
        raise Misuse(f"{path}: --text would write its text over it: choose another -o")
