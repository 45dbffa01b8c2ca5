"""What says of rows whether they may enter, opened where the work is done."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kg.imports.judging import Judge
from kg.load import House, read_house
from kg.namespaces import DIP, RDFS, SOURCE
from kg.rdf import parse, serialize
from kg.validate.aspects import aspects


class _Judge:
    """Says of N-Quads what is wrong with which node, in words."""

    def __init__(self, house: House) -> None:
        self._judge = house.judge
        # What is said of one source by name is not said of another row like it.
        named = any(SOURCE in str(quad) for quad in house.shapes)
        self.aspects = (
            None if named else aspects(house.judge.compiled, [DIP + "evidence"], [RDFS + "label"])
        )

    def __call__(self, asserted: str, derived: str) -> dict[str, str]:
        wrong: dict[str, list[str]] = defaultdict(list)
        for finding in self._judge.judge((asserted + derived).encode()).findings:
            if finding.severity == "violation":
                wrong[finding.focus].append(finding.message)
        return {focus: "; ".join(dict.fromkeys(said)) for focus, said in wrong.items()}


@dataclass(frozen=True, slots=True)
class Opener:
    """Opens what the work needs where it is done; a house that is read already stays there."""

    project: Path | None
    house: House | None = None

    def judge(self) -> Judge:
        """Returns what says of N-Quads what is wrong with which node, in words."""
        return _Judge(self._house())

    def derive(self) -> Callable[[str], str]:
        """Returns what gives the N-Quads that the rules derive from others."""
        background = self._house().background

        def derive(asserted: str) -> str:
            quads = background.derive(parse(asserted.encode(), "nq", file="rows"))
            return serialize(quads, "nq").decode()

        return derive

    def _house(self) -> House:
        return self.house or read_house(self.project)
