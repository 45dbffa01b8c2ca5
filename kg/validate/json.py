"""JSON that a terminal can show."""

import json

from kg.errors import harmless


def dumped(body: object) -> str:
    """Returns JSON as text, with escapes for what `kg.errors.harmless` would not let through."""
    text = json.dumps(body, ensure_ascii=False, indent=1)
    fit = [c if c == "\n" or harmless(c) == c else json.dumps(c)[1:-1] for c in text]
    return "".join(fit) + "\n"
