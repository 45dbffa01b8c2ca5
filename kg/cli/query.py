"""`kg query`: prepared questions by name, or SPARQL of one's own, within limits."""

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli import complete
from kg.cli.common import address_of, project_of, say, write_out
from kg.cli.group import Settings
from kg.errors import KgError, counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.queries import Question
    from kg.rdf import Result
    from kg.store import Background

_LISTED = {"question": ("ask", "what it answers"), "check": ("check", "what its rows are")}
"""By kind: the group of queries, and what their summaries say."""

_EXAMPLES = """\b
Examples:
  kg query --list
  kg query positions -p issue="military interventions"
  kg query 'SELECT ?e { ?e a dip:PhoneCall }' -f csv
  kg query @mine.rq -o rows.csv
"""


@click.command(epilog=_EXAMPLES)
@click.argument("question", required=False, shell_complete=complete.questions)
@click.option(
    "-p",
    "--parameter",
    "chosen",
    multiple=True,
    metavar="NAME=VALUE",
    shell_complete=complete.parameters,
    help="Actors and issues by label, slug or IRI; the same name again means either.",
)
@click.option("-l", "--list", "listing", is_flag=True, help="List the prepared questions.")
@click.option("--show", is_flag=True, help="Print the SPARQL instead of running it.")
@click.option(
    "-f",
    "--format",
    default=None,
    shell_complete=complete.answers,
    help="table csv tsv json xml md jsonl; for CONSTRUCT ttl trig nt nq jsonld rdf.",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="A file instead of stdout.")
@click.option(
    "--limit",
    type=click.IntRange(1),
    help="Of a prepared question only the first rows; on a large store much sooner.",
)
@click.option(
    "--seconds",
    type=click.FloatRange(0.1, 86400),
    default=30.0,
    show_default=True,
    help="Stop it after so long.",
)
@click.option(
    "--megabytes",
    type=click.IntRange(64),
    default=2048,
    show_default=True,
    help="Stop it at so much memory.",
)
@click.option(
    "--allow-service",
    "services",
    multiple=True,
    metavar="URL",
    help="An endpoint that SERVICE may ask, exactly as the query names it; several may be given.",
)
@click.pass_obj
def command(
    settings: Settings,
    question: str | None,
    chosen: tuple[str, ...],
    listing: bool,
    show: bool,
    format: str | None,
    output: Path | None,
    limit: int | None,
    seconds: float,
    megabytes: int,
    services: tuple[str, ...],
) -> int:
    """Ask a prepared QUESTION by its name, or one of your own in SPARQL.

    QUESTION is a name, SPARQL text, @FILE, or - for stdin. It runs over all graphs together, in a
    process of its own, without network: what SERVICE asks is asked before, and only addresses
    that are allowed. The prefixes of the model are known.
    """
    from kg.load import read_house
    from kg.queries import prepare
    from kg.rdf import Rows
    from kg.store import Limits, open_store
    from kg.store.federation import checked_addresses, federated

    address = address_of(settings)
    project = project_of(address)
    written = _format(format, output)
    if listing:
        return _list(settings, project, written, output)
    if question is None:
        raise click.UsageError("say which question: `kg query --list` shows the prepared ones")
    text = _text(question)
    prepared = None if text else _named(question, project)
    pairs = [_pair(one) for one in chosen]
    if pairs and prepared is None:
        raise click.UsageError("-p is for prepared questions; write the value into the SPARQL")
    if limit is not None and prepared is None:
        raise click.UsageError("--limit is for prepared questions; write LIMIT into the SPARQL")
    background = read_house(project).background
    with open_store(address, background) as store:
        if prepared is not None:
            text = prepare(prepared, store, pairs, limit)
        if show:
            click.echo(text)
            return 0
        limits = Limits(seconds, megabytes)
        if services:
            text, limits = federated(text, checked_addresses(services), limits)
        result = store.run(text, limits)
    _write(settings, result, written, output)
    if prepared is None and isinstance(result, Rows) and not result.rows:
        for hint in _unknown(text, background):
            say(settings, hint)
    return 0


def _unknown(text: str, background: "Background") -> "Iterator[str]":
    """Yields words about each `dip:` name of a query that the vocabulary does not know."""
    from difflib import get_close_matches

    from kg.namespaces import DIP
    from kg.store.gate import tokens

    subjects = (getattr(quad.subject, "value", "") for quad in background.quads)
    known = {iri.removeprefix(DIP) for iri in subjects if iri.startswith(DIP)}
    asked = (token[0].partition(":") for token in tokens(text) if token["prefix"] == "dip")
    for name in dict.fromkeys(name for _, _, name in asked if name and name not in known):
        near = get_close_matches(name, known, n=1)
        hint = f": did you mean dip:{near[0]}?" if near else ""
        yield f"the vocabulary knows no dip:{name}{hint}"


def _list(settings: Settings, project: Path, format: str | None, output: Path | None) -> int:
    """Writes which questions and checks there are: two tables for a person, else one.

    What is wrong with the others is said; returns the exit code.
    """
    from kg.cli.table import show_table
    from kg.queries import read_questions
    from kg.rdf import rows_of

    bad: dict[str, KgError] = {}
    rows = [
        {"kind": kind, "name": name, "about": question.summary, "parameters": _asks(question)}
        for kind, (group, _) in _LISTED.items()
        for name, question in read_questions(project, group, bad).items()
    ]
    is_seen = format == "table" or (format is None and sys.stdout.isatty())
    if output is not None or not is_seen:
        _write(settings, rows_of(rows), format, output)
    else:
        for number, (kind, (_, about)) in enumerate(_LISTED.items()):
            if number:
                click.echo()
            told = [[*row.values()][1:] for row in rows if row["kind"] == kind]
            show_table([kind, about, "parameters"], told, settings)
    for error in bad.values():
        say(settings, f"error: {error}")
    return max((error.exit_code for error in bad.values()), default=0)


def _asks(question: "Question") -> str:
    """Returns the parameters of a question, those that may be left out in brackets."""
    parameters = question.parameters.values()
    return " ".join(p.name if p.required else f"[{p.name}]" for p in parameters)


def _text(question: str) -> str:
    """Returns SPARQL text, or nothing where a name was given."""
    if question == "-":
        return sys.stdin.read()
    if question.startswith("@"):
        from kg.errors import unreadable

        path = Path(question[1:])
        try:
            return path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise unreadable(path, error) from error
    return "" if re.fullmatch(r"[\w./-]+", question) else question


def _named(name: str, project: Path) -> "Question":
    from kg.queries import find_question, read_questions

    bad: dict[str, KgError] = {}
    questions = read_questions(project, "check", bad) | read_questions(project, bad=bad)
    if name not in questions and name not in bad and Path(name).is_file():
        raise click.UsageError(f"no question is called {name!r}: to run a file, write @{name}")
    return find_question(questions, name, bad)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise click.UsageError(f"write -p {text}=VALUE")
    return name.strip(), value.strip()


def _format(format: str | None, output: Path | None) -> str | None:
    from kg.errors import Misuse
    from kg.rdf import FORMATS, RESULT_FORMATS

    known = {*RESULT_FORMATS, *FORMATS}
    if format is None and output is not None and output.suffix[1:] in known:
        return output.suffix[1:]
    if format is not None and format not in known | {"table"}:
        raise Misuse(
            f"no format is called {format!r}: choose one of table {' '.join(sorted(known))}"
        )
    return format


def _write(settings: Settings, result: "Result", format: str | None, output: Path | None) -> None:
    """Writes an answer; where nobody looks, tables become CSV and graphs Turtle."""
    from kg.errors import Misuse
    from kg.namespaces import GRAPH
    from kg.rdf import FORMATS, RESULT_FORMATS, NamedNode, Quad, Triples, in_words, serialize

    if isinstance(result, Triples):
        if format is not None and format not in FORMATS:
            raise Misuse(f"the answer is a graph: choose one of {' '.join(FORMATS)}")
        graph = NamedNode(GRAPH + "answer")
        quads = (
            Quad(triple.subject, triple.predicate, triple.object, graph)
            for triple in result.triples
        )
        write_out(serialize(quads, format or "ttl"), output)
        return
    if format in FORMATS:
        raise Misuse("the answer is a table: choose one of table " + " ".join(RESULT_FORMATS))
    seen = output is None and sys.stdout.isatty()
    written = format or ("table" if seen or isinstance(result, bool) else "csv")
    if written != "table":
        write_out(RESULT_FORMATS[written](result).encode(), output)
    elif isinstance(result, bool):
        write_out(b"yes\n" if result else b"no\n", output)
    else:
        from kg.cli.table import show_table

        if output is not None:
            raise Misuse("a table is for the terminal: give -f csv, or md")
        empty = show_table(*in_words(result), settings)
        count = counted(len(result.rows), "row")
        say(settings, "; ".join(filter(None, (count, empty))))
