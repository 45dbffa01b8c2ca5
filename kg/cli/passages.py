"""`kg passages`: where the passages of a text stand, for a fact document's source."""

import sys
from pathlib import Path

import click


@click.command(epilog="Example: kg passages article.txt >> article.yaml")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True, readable=False))
def command(file: Path) -> None:
    """Print the digest, length and passages of a text, as a fact document's source has them.

    FILE is UTF-8, or - for stdin. The text itself goes nowhere.
    """
    from kg.errors import unreadable
    from kg.facts.passages import passages_of

    try:
        data = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        text = data.decode()
    except (OSError, UnicodeDecodeError) as error:
        raise unreadable(file, error) from error
    found = passages_of(text)
    click.echo(f"  text:\n    digest: {found.digest}\n    length: {found.length}\n  passages:")
    for name, (start, end) in found.spans.items():
        click.echo(f"    {name}: [{start}, {end}]")
