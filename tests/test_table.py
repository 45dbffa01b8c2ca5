"""Tables at a terminal: nothing is cut off, rows are told apart, widths go by what is in them."""

import re
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from kg.cli.group import Settings
from kg.cli.table import drawn, show_table
from kg.rdf import Literal, NamedNode, Rows, days, in_words

XSD_DATE = NamedNode("http://www.w3.org/2001/XMLSchema#date")


def lines(heads: list[str], rows: list[list[str]], width: int) -> list[str]:
    return [re.sub("\x1b\\[[0-9]*m", "", line) for line in drawn(heads, rows, width)]


def test_column_that_costs_most_lines_has_the_room() -> None:
    rows = [
        ["Claudia Sheinbaum", "2026-01-12", "says that a lot more can be done, and soon"],
        ["Donald Trump", "2026-01-12", "says that he understands"],
        ["Marco Rubio", "2026-01-11", "says so"],
    ]
    assert lines(["who", "day", "what"], rows, 60) == [
        "who                day         what",
        "─" * 60,
        "Claudia Sheinbaum  2026-01-12  says that a lot more can be",
        # Further lines of a cell are set in, so that the first line of a row is seen.
        "                                 done, and soon",
        "Donald Trump       2026-01-12  says that he understands",
        "Marco Rubio        2026-01-11  says so",
    ]


def test_what_repeats_the_row_above_is_said_once() -> None:
    rows = [["call", "a", "x"], ["call", "a", "y"], ["call", "b", "y"], ["post", "b", "y"]]
    assert lines(["event", "by", "act"], rows, 60)[2:] == [
        "call   a   x",
        "           y",
        "       b   y",
        "post   b   y",
    ]


def test_numbers_stand_at_the_right_their_points_below_each_other() -> None:
    assert lines(["n", "share"], [["7", "0.25"], ["12", "1.5"], ["3", "10"]], 40)[2:] == [
        " 7   0.25",
        "12   1.5",
        " 3  10",
    ]


def test_row_stands_line_by_line_where_its_columns_do_not_fit() -> None:
    heads = ["holder", "stance", "issue"]
    rows = [["Claudia", "rules out", "interventions"], ["Mexico", "", "assistance"]]
    assert lines(heads, rows, 20) == [
        "holder  Claudia",
        "stance  rules out",
        "issue   interventi",
        "          ons",
        "─" * 20,
        "holder  Mexico",
        "issue   assistance",
    ]


cells = st.text(st.characters(exclude_categories=["C", "Z", "M"], exclude_characters="①②③─"))


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(cells, cells), max_size=8), st.integers(16, 120))
def test_nothing_is_cut_off_and_nothing_is_wider_than_the_terminal(rows, width) -> None:
    numbered = [[f"{number}", *row] for number, row in enumerate(rows)]
    shown = lines(["①", "②", "③"], numbered, width)
    assert all(cell_len(line) <= width for line in shown)
    said = re.sub("[①②③─ ]", "", "".join(shown))
    assert Counter(said) == Counter("".join(cell for row in numbered for cell in row))


def test_columns_without_a_value_are_named_instead(capsys: pytest.CaptureFixture[str]) -> None:
    left_out = show_table(["a", "b"], [["x", ""], ["y", ""]], Settings(None, quiet=False))
    assert left_out == "no value for b"
    assert capsys.readouterr().out == "a\n─\nx\ny\n"


def test_cell_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    show_table(["a"], [["\x1b[31mred\u202e\nnext"]], Settings(None, quiet=False))
    assert "\\x1b[31mred\\u202e next" in capsys.readouterr().out


def test_days_are_one_column_in_words() -> None:
    def day(text: str) -> Literal:
        return Literal(text, datatype=XSD_DATE)

    rows = Rows(
        ("from", "to", "event", "eventLabel"),
        (
            (day("2026-01-12"), day("2026-01-12"), NamedNode("a:a"), Literal("call")),
            (day("2026-01-12"), day("2026-01-31"), NamedNode("a:b"), Literal("meeting")),
            (None, day("2026-01-11"), NamedNode("a:c"), Literal("remark")),
        ),
    )
    heads, cells = in_words(rows)
    assert heads == ["when", "event"]
    assert [row[0] for row in cells] == [
        "2026-01-12",
        "2026-01-12 to 2026-01-31",
        "by 2026-01-11",
    ]
    assert days("2026-01-01", "") == "from 2026-01-01"
    # Who it goes from and to is no date.
    assert in_words(Rows(("from", "to"), ((Literal("a"), Literal("b")),)))[0] == ["from", "to"]


def test_a_cell_of_thousands_of_characters_is_cut(capsys: pytest.CaptureFixture[str]) -> None:
    show_table(["a"], [["x" * 5000], ["y" * 400]], Settings(None, quiet=False))
    shown = capsys.readouterr().out
    assert shown.count("x") == 399
    assert shown.count("…") == 1
    assert shown.count("y") == 400
