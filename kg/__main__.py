"""`python -m kg` is the command `kg`."""

import sys


def main() -> None:
    """Runs the command; who interrupts it while it is still being read sees no traceback."""
    try:
        from kg import cli
    except KeyboardInterrupt:
        sys.exit(130)
    cli.main()


if __name__ == "__main__":
    main()
