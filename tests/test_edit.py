"""A YAML text is changed in place: it says what was meant, and all else stays to the byte."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import InputError
from kg.placed import read_yaml
from kg.placed.edit import removed, replaced, source_of, with_key

TEXT = """\
# head
a:   # why
  - id: één   # first
    rule: x
    b: |
      two

      lines

  # about the second
  - {id: two, rule: y, # comment
     list: [p1, "p, 2",   p3]}
  - rule: z
    id: three
only:
  - [1, {k: v}]
last: 'it''s'  # tail
"""


def test_what_is_removed_goes_with_its_line_and_nothing_else() -> None:
    text = removed(TEXT, [("a", 0, "rule"), ("a", 1, "rule"), ("a", 2, "rule")], file="t")
    assert text == TEXT.replace("    rule: x\n", "").replace(", rule: y", "").replace(
        "- rule: z\n    id", "- id"
    )


def test_what_is_left_empty_goes_too() -> None:
    text = removed(TEXT, [("only", 0, 0), ("only", 0, 1, "k")], file="t")
    assert text == TEXT.replace("only:\n  - [1, {k: v}]\n", "")


def test_first_and_middle_items_of_a_line_go() -> None:
    gone = [("a", 1, "list", 0), ("a", 1, "list", 1)]
    assert "[p3]" in removed(TEXT, gone, file="t")
    assert "[p1,   p3]" in removed(TEXT, gone[1:], file="t")


def test_a_value_is_replaced_and_indented() -> None:
    text = replaced(TEXT, {("a", 0): "id: new\nb: |\n  x\n\n  y\n", ("last",): "plain"}, file="t")
    assert "  - id: new\n    b: |\n      x\n\n      y\n\n  # about" in text
    assert text.endswith("last: plain  # tail\n")


def test_a_key_is_put_first() -> None:
    text = with_key(with_key(TEXT, ("a", 0), "k", "v", file="t"), ("a", 1), "k", "v", file="t")
    assert "  - k: v\n    id: één" in text
    assert "{k: v, id: two" in text


def test_what_cannot_be_done_in_place_is_an_error() -> None:
    shared = "a: &x {k: 1, l: 2}\nb: *x\n"
    for change in (
        lambda: removed(shared, [("a", "k")], file="t"),
        lambda: removed(shared, [("b", "k")], file="t"),
        lambda: replaced(shared, {("a",): "1"}, file="t"),
        lambda: replaced("a: [1]\n", {("a", 0): "k: v\nl: w"}, file="t"),
    ):
        with pytest.raises(InputError, match="cannot be changed in place"):
            change()


SCALARS = st.text(st.sampled_from("ab:# -'\"é\n[{,"), max_size=6)
DATA = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3)
        | st.dictionaries(
            st.text(st.sampled_from("kéy"), min_size=1), inner, min_size=1, max_size=3
        )
    ),
    max_leaves=8,
)


def value_at(data: object, path: tuple[str | int, ...]) -> object:
    for step in path:
        data = data[step]
    return data


@given(st.dictionaries(st.sampled_from("abc"), DATA, min_size=2), st.data(), st.booleans())
def test_any_document_can_lose_and_change_any_value(
    told: dict[str, object], drawn: st.DataObject, flow: bool
) -> None:
    """The functions hold their result against what was meant, and raise where it differs."""
    text = yaml.safe_dump(
        told, allow_unicode=True, default_flow_style=True if flow else None, sort_keys=False
    )
    placed = read_yaml(text.encode(), file="t")
    path = drawn.draw(st.sampled_from([path for path in placed.values if path]))
    if len(path) > 1 or len(told) > 1:
        assert read_yaml(removed(text, [path], file="t").encode(), file="t").data is not None
    single = [one for one in placed.values if one and isinstance(value_at(told, one), str)]
    replaced(text, dict.fromkeys(single, "x"), file="t")
    own = source_of(text, path, file="t")
    assert replaced(text, {path: own}, file="t").split() == text.split()
