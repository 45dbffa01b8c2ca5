"""Reads the documents named on stdin, one a line, and answers each with one line of JSON.

Run as a process of its own, so that a reader that dies of a signal takes only this process along.
"""

import json
import sys
import traceback
from pathlib import Path

from kg.errors import KgError
from kg.facts import read_documents, read_register
from kg.vocabulary import load_vocabulary


def main() -> None:
    vocabulary = load_vocabulary()
    register = read_register(vocabulary)
    print("ready", flush=True)
    for line in sys.stdin:
        path = Path(line.rstrip("\n"))
        try:
            for _ in read_documents(path, vocabulary=vocabulary, register=register):
                pass
            answer = {"ok": True}
        except KgError as error:
            answer = {"ok": False, "code": error.exit_code, "message": str(error)}
        except BaseException:  # noqa: BLE001 - whatever it is, it is told
            answer = {"ok": False, "traceback": traceback.format_exc()}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
