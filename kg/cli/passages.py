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
    from kg.errors import InputError, Place
    from kg.facts.passages import passages_of

    try:
        data = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        text = data.decode("utf-8")
    except OSError as error:
        what = (error.strerror or str(error)).lower()
        raise InputError(f"cannot be read: {what}", Place(str(file))) from error
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError("not UTF-8: save it as UTF-8", Place(str(file), line)) from error
    found = passages_of(text)
    click.echo(f"  text:\n    digest: {found.digest}\n    length: {found.length}\n  passages:")
    for name, (start, end) in found.spans.items():
        click.echo(f"    {name}: [{start}, {end}]")
