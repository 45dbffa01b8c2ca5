"""The parts of pages of many kinds: what the article says, and what only surrounds it."""

from pathlib import Path

import pytest

from kg.errors import InputError
from kg.extract.cues import read_cues
from kg.extract.layout import blocks_of, date_in


def kinds(text: str) -> list[tuple[str, str]]:
    return [(block.kind, text[block.start : block.end]) for block in blocks_of(text)]


NEWS = """Envoys gather in Zenda for talks
By JANE ROE and John Doe
Updated 3:45 PM EST, January 12, 2026

[1/3]Envoys arrive in Zenda, January 12, 2026. REUTERS/Some Body

ZENDA (AP) — Envoys gathered in Zenda on Monday for talks about the border.
Related to this, the minister said that more would follow.
Read more: Who are the envoys?

What the envoys want

More on this will follow, they said.
0
Associated Press writers John Doe in Zenda and Ann Poe in Rome contributed to this report.
Jane Roe has written about Ruritania for ten years.
"""
FORMS = {
    "news": (NEWS, ("title byline date furniture body body furniture heading body furniture "
             "credit furniture")),
    "readout": (
        ("Secretary Doe’s Call with Foreign Minister Roe\nREADOUT\nOFFICE OF THE SPOKESPERSON\n"
        "JANUARY 12, 2026\n\nThe below is attributable to Spokesperson Jan Poe: Secretary Doe "
        "spoke today with Minister Roe.\n\n###\nContact us for more."),
        "title furniture byline date attribution body furniture furniture",
    ),
    "statement": (
        ("On the Elections in Ruritania\n\nJane Q. Doe, Secretary of State\n\n"
        "The people of Ruritania have voted. We thank them.\n\nEnd text"),
        "title byline body furniture",
    ),
    "un": (
        ("Statement attributable to the Spokesperson for the Secretary-General – on Ruritania\n\n"
        "The Secretary-General calls for restraint.\n\n"
        "Stéphane Doe, Spokesman for the Secretary-General\n\nNew York, 12 January 2026"),
        "attribution body byline date",
    ),
    "eu": (
        ("Ruritania: Statement by the Spokesperson\n12.01.2026\nEEAS Press Team\n\n"
        "The EU takes note of the elections.\nShare\nContacts\nJane Doe"),
        "title date byline body furniture furniture furniture",
    ),
    "canada": (
        ("Minister Doe speaks with her counterpart\nFrom: Global Affairs Canada\n\n"
        "January 12, 2026 – Ottawa, Ontario – Global Affairs Canada\n\nThey agreed to:\n"
        "- open an embassy\n- exchange visits\n\nQuick facts\n\nThe states have had relations "
        "since 1900.\n\nAssociated links\nCanada and Ruritania"),
        "title byline date body body body heading body furniture furniture",
    ),
    "kremlin": (
        ("Telephone conversation with President Jan Doe\nJanuary 12, 2026\n14:30\n\n"
        "Jan Roe had a telephone conversation with Jan Doe.\nPublication status\n"
        "Published in sections: News, Transcripts"),
        "title date furniture body furniture furniture",
    ),
    "wiki": (
        ("Border opens\n\nMonday, January 12, 2026\n\nRuritania opened its border.\n\n"
        "Have an opinion on this story? Share it!\n\nSources\nJane Roe. \"Border open\" — Times"),
        "title date body furniture furniture furniture",
    ),
    "agency": (
        ("Border opens\n\nThe border was opened.\n\n(Reporting by Jane Roe; Editing by Jan Doe)\n\n"
        "The border had been closed for ten years."),
        "title body credit furniture",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMS)
def test_parts_of_a_page_are_told_apart(name: str) -> None:
    text, expected = FORMS[name]
    assert " ".join(kind for kind, _ in kinds(text)) == expected, kinds(text)


def test_wrapped_lines_are_one_paragraph() -> None:
    text = (
        "The embassy reopens after ten years\n\n"
        "The Foreign Minister of Ruritania met the Ambassador on Monday and said\n"
        "that the embassy would open again. She thanked the Ambassador for his\n"
        "work. The Ambassador said that he would tell his government about the\n"
        "offer, and that he hoped for an answer soon.\n"
        "  * open the embassy\n"
        "  * send a delegation\n"
    )
    told = [part.split()[0] for _, part in kinds(text)]
    assert told == ["The", "The", "*", "*"]


@pytest.mark.parametrize(
    "line",
    [
        "With reports from several regions of fighting, the minister said that talks must begin.",
        "Copyright rules were discussed by the ministers.",
        "Comments by the minister were seen as a threat.",
        "By rejecting the offer, he said, Ruritania chose war.",
        "Sources said the talks would go on.",
        "Statement after statement was made, she said.",
        "Share prices fell when the ministers left.",
        "Related to this, they spoke about the border on 12 January 2026.",
    ],
)
def test_sentence_that_begins_like_a_cue_is_body(line: str) -> None:
    text = f"Ministers meet\n\nThe ministers met in Zenda.\n\n{line}\n\nThey will meet again."
    assert [kind for kind, _ in kinds(text)] == ["title", "body", "body", "body"]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("Thursday, October 10, 2019", "2019-10-10"),
        ("January 12, 2026", "2026-01-12"),
        ("12 January 2026", "2026-01-12"),
        ("2026-01-12", "2026-01-12"),
        ("Published 3rd Sept. 2025 | Updated 5 October 2025", "2025-09-03"),
        ("30 March 2022 - 18:31", "2022-03-30"),
        ("12.01.2026", "2026-01-12"),
        ("13/01/2026", "2026-01-13"),
        ("01/13/2026", "2026-01-13"),
        ("02/03/2026", ""),
        ("30 February 2026", ""),
        ("January 12, 20263:45 PM GMTUpdated 2 hours ago", "2026-01-12"),
        ("Moscow, 12 January 2026", "2026-01-12"),
    ],
)
def test_date_lines_are_understood(line: str, told: str) -> None:
    assert date_in(line) == told
    assert ("date", line) in kinds(f"Ministers meet\n{line}\n\nThe ministers met.")


@pytest.mark.parametrize("line", ["Joint Statement, 12 January 2026", "Sanctions of 3 May 2025"])
def test_title_with_a_date_is_a_title(line: str) -> None:
    assert kinds(f"{line}\n\nThe ministers met.")[0] == ("title", line)


def test_expert_adds_cues_beside_a_store(tmp_path: Path) -> None:
    folder = tmp_path / "ontology"
    folder.mkdir()
    (folder / "layout.yaml").write_text('furniture:\n  - "Ask the envoy …"\n')
    text = "Ministers meet\n\nThey met.\n\nAsk the envoy a question.\n\nThey left."
    assert kinds(text)[2][0] == "body"
    assert blocks_of(text, read_cues(tmp_path))[2].kind == "furniture"


@pytest.mark.parametrize(
    ("said", "hint"),
    [
        ("furnitures: [x]\n", "layout.yaml:1:1: 'furnitures' is no list of the layout"),
        ("end: x\n", "layout.yaml:1:6: end needs a list of texts"),
        ("end:\n  - {a: b}\n", "layout.yaml:2:5: end needs texts"),
        ("end:\n  - …\n", "layout.yaml:2:5: '…' stands for anything"),
        ("languages: [x]\n", "layout.yaml:1:12: a list for each name"),
        ("[x]\n", "layout.yaml:1:1: a list for each name"),
    ],
)
def test_wrong_cues_are_told_with_their_place(said: str, hint: str, tmp_path: Path) -> None:
    folder = tmp_path / "ontology"
    folder.mkdir()
    (folder / "layout.yaml").write_text(said)
    with pytest.raises(InputError) as caught:
        read_cues(tmp_path)
    assert hint in str(caught.value)
