"""Made-up rows in the form of GDELT 2.0 Events, the same for the same seed.

Nothing in them is taken from the data set: ids count up, codes and countries are drawn from the
vocabulary's and the register's, in the proportions that machine-coded data has.
"""

import random
import sys
from collections.abc import Iterator
from pathlib import Path

from kg.imports.spec import mappings, read_codes

# ISO's three letters and the two of FIPS 10-4, by which GDELT codes actors and places.
CODES = (
    "USA US, RUS RS, CHN CH, GBR UK, FRA FR, DEU GM, ISR IS, PSE WE, UKR UP, IND IN, PAK PK, "
    "IRN IR, IRQ IZ, SYR SY, TUR TU, MEX MX, BRA BR, JPN JA, KOR KS, PRK KN, AUS AS, CAN CA, "
    "ITA IT, ESP SP, POL PL, EGY EG, SAU SA, NGA NI, ZAF SF, VEN VE"
)
FIPS = {pair[:3]: pair[4:] for pair in CODES.split(", ")}
STATES = tuple(FIPS)
ROLES = ("", "", "", "GOV", "GOV", "MIL", "OPP", "COP", "REB", "MED", "BUS", "CVL", "LEG", "JUD")


def rows(count: int, seed: int = 1) -> Iterator[str]:
    """Yields rows, each with its line end."""
    draw = random.Random(seed)
    codes = read_codes("cameo", mappings()["gdelt"]).events.split()
    weights = [8 if code[:2] in {"01", "04", "05", "02", "11", "17", "19"} else 1 for code in codes]
    for number in range(count):
        yield "\t".join(_row(draw, number, draw.choices(codes, weights)[0])) + "\n"


def _row(draw: random.Random, number: int, code: str) -> list[str]:
    day = f"2026{draw.randint(1, 6):02}{draw.randint(1, 28):02}"
    one, other = draw.choice(STATES), draw.choice(STATES)
    where = FIPS[draw.choice((one, other))]
    month, year = day[:6], day[:4]
    cells = [str(1_200_000_000 + number), day, month, year, f"{year}.{int(day[4:6]) * 83:04}"]
    cells += _actor(draw, one)
    cells += _actor(draw, other) if draw.random() < 0.75 else [""] * 10
    cells += ["1", code, code[:3], code[:2], "1", f"{draw.uniform(-10, 10):.1f}"]
    articles = draw.randint(1, 20)
    cells += [str(articles * 2), "1", str(articles), f"{draw.uniform(-9, 9):.14f}"]
    for _ in range(3):
        cells += ["4", f"Made-up place {number % 977}", where, f"{where}01", "1234"]
        cells += [f"{draw.uniform(-60, 60):.4f}", f"{draw.uniform(-180, 180):.4f}", "-1234567"]
    cells += [f"{day}120000", f"https://news{number % 300}.example/{day}/made-up-story-{number}"]
    return cells


def _actor(draw: random.Random, state: str) -> list[str]:
    role = draw.choice(ROLES)
    return [state + role, f"MADE UP {state}", state, "", "", "", "", role, "", ""]


def write(path: Path, count: int, seed: int = 1) -> Path:
    """Writes so many rows to a file and returns it."""
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(rows(count, seed))
    return path


if __name__ == "__main__":
    write(Path(sys.argv[2]), int(sys.argv[1]))
