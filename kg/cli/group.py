"""The root command: its options, and the verbs, each imported when it is called."""

import keyword
import os
import sys
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from typing import Any

import click

from kg import __version__

CONTEXT: dict[str, Any] = {
    "auto_envvar_prefix": "KG",
}

VERBS = {
    "extract": "Draft fact documents from the text of articles.",
    "review": "Go through a draft, fact by fact, beside its text.",
    "match": "Propose which events a draft shares with the store.",
    "load": "Read, derive, check and store fact documents.",
    "import": "Import tables of event data: GDELT, POLECAT, ICEWS, ACLED, your own.",
    "validate": "Say what is wrong with documents, at file and line.",
    "query": "Ask a prepared question, or one in SPARQL.",
    "network": "Who is central, who stands between, how two are joined.",
    "export": "Write the graph for Gephi, Cytoscape, Neo4j, Excel, a browser.",
    "serve": "Serve the store on the network: SPARQL, graphs, questions, pages.",
    "actors": "Look after the register of actors and offices.",
    "sources": "List the sources in the store.",
    "remove": "Take a source out of the store.",
    "dump": "Write everything the sources assert, as RDF.",
    "backup": "Write the store into one file, also while it is used.",
    "restore": "Make the store hold what a backup holds.",
    "convert": "Write a document as RDF of any format, or an empty table.",
    "passages": "Print the digest and passages of a text.",
    "schema": "Print the JSON Schema of fact documents.",
    "doctor": "Find what is damaged in the store, and mend it.",
    "completion": "Print the completion script for a shell.",
}


@dataclass(frozen=True, slots=True)
class Settings:
    """What the root options say.

    `store` is an address, or `None` for the nearest `.kg`; `colour` is `None` where the terminal
    decides.
    """

    store: str | None
    quiet: bool
    colour: bool | None = None


class Unread(Exception):
    """The pipe that output went into has closed, as `| head` does."""


def _module(verb: str) -> str:
    return f"{verb}_" if keyword.iskeyword(verb) else verb


class Verbs(click.Group):
    """Imports a verb's module only when it is called, so that help and completion stay quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Returns the verbs in the order in which they are used."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Returns the command of a verb."""
        if cmd_name not in VERBS:
            return None
        command: click.Command = import_module(f"kg.cli.{_module(cmd_name)}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Names the nearest verb when there is none of that name."""
        if args[0] not in VERBS and not args[0].startswith("-"):
            near = get_close_matches(args[0], VERBS, n=1)
            hint = f": did you mean {near[0]!r}?" if near else ""
            raise click.UsageError(f"No command is called {args[0]!r}{hint}", ctx)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - as click has it
        """Runs a verb; that nobody reads on, click would take for the answer no."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise Unread from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Writes the list of verbs without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(VERBS.items()))


@click.command(
    cls=Verbs,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Example: kg load article.yaml && kg sources",
)
@click.option(
    "-s",
    "--store",
    metavar="ADDRESS",
    help="A folder, an http address, or `memory:`; without it the nearest .kg upward from here.",
)
@click.option("-q", "--quiet", is_flag=True, help="No words on stderr but errors.")
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    help="Colour in the terminal; NO_COLOR and FORCE_COLOR are heeded.",
)
@click.version_option(__version__, "-V", "--version", message="kg %(version)s")
@click.pass_context
def cli(ctx: click.Context, store: str | None, quiet: bool, color: str) -> None:
    """A knowledge graph of diplomatic interactions: who did and said what, on whose word.

    Exit codes: 0 done, or conforms; 1 the answer is no; 2 misuse; 3 input cannot be read;
    4 query error; 5 limit of time or size; 6 store missing, locked, full or damaged;
    130 interrupted.
    """
    ctx.color = _colour(color)
    ctx.obj = Settings(store, quiet, ctx.color)


def _colour(choice: str) -> bool | None:
    """Returns whether to colour; `None` leaves it to whether the output is a terminal."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return None if sys.stdout.isatty() else False
