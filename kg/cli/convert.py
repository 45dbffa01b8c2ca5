"""`kg convert`: what a document asserts, as RDF."""

from pathlib import Path

import click

from kg.cli import complete
from kg.cli.common import address_of, project_of, write_out
from kg.cli.group import Settings


@click.command(epilog="Example: kg convert article.yaml -f jsonld -o article.jsonld")
@click.argument("file", required=False, type=click.Path(path_type=Path, readable=False))
@click.option(
    "-f", "--format", shell_complete=complete.rdf, default=None, help="ttl trig nt nq jsonld rdf."
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="A file instead of stdout.")
@click.option(
    "--template",
    is_flag=True,
    help="Write an empty table of events to fill in: CSV, or a workbook with -o FILE.xlsx.",
)
@click.pass_obj
def command(
    settings: Settings, file: Path | None, format: str | None, output: Path | None, template: bool
) -> None:
    """Write what FILE asserts as RDF: a fact document, a table, or RDF of another format."""
    from kg.errors import Misuse
    from kg.facts import read_documents, read_register
    from kg.facts.template import as_csv, as_workbook
    from kg.rdf import FORMATS, format_of, serialize
    from kg.vocabulary import load_vocabulary

    project = project_of(address_of(settings))
    vocabulary = load_vocabulary(project)
    register = read_register(vocabulary, project)
    if template:
        workbook = output is not None and output.suffix.lower() == ".xlsx"
        write_out(as_workbook(vocabulary, register) if workbook else as_csv(), output)
        return
    if file is None:
        raise click.UsageError("say which file; `kg convert --help` shows an example")
    chosen = format or (format_of(str(output)) if output else None) or "ttl"
    if chosen not in FORMATS:
        raise Misuse(f"no RDF format is called {chosen!r}: choose one of {', '.join(FORMATS)}")
    documents = read_documents(file, vocabulary=vocabulary, register=register)
    quads = (quad for document in documents for quad in document.quads)
    write_out(serialize(quads, chosen), output)
