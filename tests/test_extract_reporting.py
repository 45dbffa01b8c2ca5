"""How reporting says who speaks, of whom, when and whether: sentences written for the extractor."""

import pytest

from kg.extract import Extractor, Facts, open_extractor, read_article


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return open_extractor()


def read(extractor: Extractor, text: str, *, title: str = "A title", publisher: str = "") -> Facts:
    data = f"{title}\n\n{text}".encode()
    article = read_article(data, file="t.txt", published="2026-03-03", publisher=publisher)
    return extractor.facts(article)


def acts(facts: Facts) -> list[tuple[str, str, str]]:
    return [(a.kind, a.speaker.slug, a.addressee.slug if a.addressee else "") for a in facts.acts]


def events(facts: Facts) -> list[tuple[str, tuple[str, ...], str]]:
    return [(e.kind, tuple(a.slug for a in e.agents), e.status) for e in facts.events]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Rubio began by congratulating Mexico on it.", ("Praise", "marco-rubio", "mexico")),
        ("Rubio went on to thank Mexico.", ("Thank", "marco-rubio", "mexico")),
        ("Rubio took the opportunity to urge Iran to stop.", ("Urge", "marco-rubio", "iran")),
        ("Rubio stressed the risk, reiterated his concern and left.",
         ("ExpressConcern", "marco-rubio", "")),
        ("Rubio asked the top envoy in the region to leave.", ("Request", "marco-rubio", "")),
        ("Norway said that it is expelling two diplomats.", ("Announce", "norway", "")),
        ('The report "is groundless," said Rubio.', ("Deny", "marco-rubio", "")),
        (("Norway said the talks failed, the Norwegian foreign ministry said in a statement on "
         "Monday."), ("Assert", "norway-foreign-ministry", "")),
        ("A senior Iranian official denied the report.", ("Deny", "iran", "")),
        ("Rubio described the measures as counterproductive.", ("Condemn", "marco-rubio", "")),
    ],
)  # fmt: skip
def test_act(extractor: Extractor, text: str, expected: tuple[str, str, str]) -> None:
    assert expected in acts(read(extractor, text))


@pytest.mark.parametrize(
    ("text", "speakers"),
    [
        # Offices in pairs, with and without a second article.
        (("Prime Minister Kari Lund met President Jon Berg. The Prime Minister and President "
         "thanked Norway."), ["kari-lund", "jon-berg"]),
        (("Foreign Minister Kari Lund of Norway and her Swedish counterpart Jon Berg spoke by "
         "phone. The two reiterated their concern."), ["kari-lund", "jon-berg"]),
        (("The President of the African Union, Ada Okoro, and the Foreign Minister of Norway, "
         "Kari Lund, condemned it."), ["ada-okoro", "kari-lund"]),
        ("President Kari Lund of Norway and President Jon Berg of Sweden condemned it.",
         ["kari-lund", "jon-berg"]),
        # Who hold one office in three states act as one.
        ("The foreign ministers of Norway, Sweden and Denmark condemned it.",
         ["foreign-ministers-of-norway-sweden-and-denmark"]),
        # Bodies in small letters, and of those whom they are named after.
        ("The Russian foreign ministry condemned it.", ["russia-foreign-ministry"]),
        ("A German foreign ministry spokesman condemned it.", ["germany-foreign-ministry"]),
        ("OSLO (AFP) - The Foreign Ministry condemned it.", ["norway-foreign-ministry"]),
        ("The office of President Kari Lund condemned it.", ["office-of-kari-lund"]),
        # A month that is a name, a name in capitals, a title of one's counterpart.
        ("Prime Minister Theresa May condemned it.", ["theresa-may"]),
        ("Mr. KONO Taro, Minister for Foreign Affairs, condemned it.", ["taro-kono"]),
        (("Swedish Foreign Minister Jon Berg met Norwegian counterpart Kari Lund. The Norwegian "
         "foreign minister condemned it."), ["kari-lund"]),
        # Speaking in the first words of a sentence.
        ("Speaking to reporters on Monday, Rubio condemned it.", ["marco-rubio"]),
    ],
)  # fmt: skip
def test_who_condemns(extractor: Extractor, text: str, speakers: list[str]) -> None:
    found = [s for kind, s, _ in acts(read(extractor, text)) if kind not in {"Assert", "Report"}]
    assert found == speakers


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Rubio and Lavrov were scheduled to meet on Monday but the meeting could not happen.",
         ("Meeting", ("marco-rubio", "sergei-lavrov"), "cancelled")),
        ("A call between Rubio and Lavrov is scheduled for Friday.",
         ("PhoneCall", ("marco-rubio", "sergei-lavrov"), "scheduled")),
        ("Lavrov will attend a summit which is to take place between Rubio and Lavrov.",
         ("Summit", ("marco-rubio", "sergei-lavrov"), "scheduled")),
        ("The talks between Rubio and Lavrov in Geneva failed.",
         ("Meeting", ("marco-rubio", "sergei-lavrov"), "occurred")),
        ("Speaking to reporters on Monday, Rubio said it failed.",
         ("PressConference", ("marco-rubio",), "occurred")),
        ("Rubio said in a phone call with Lavrov that it failed.",
         ("PhoneCall", ("marco-rubio", "sergei-lavrov"), "occurred")),
    ],
)  # fmt: skip
def test_event(extractor: Extractor, text: str, expected: tuple[str, tuple[str, ...], str]) -> None:
    assert expected in events(read(extractor, text))


@pytest.mark.parametrize(
    "text",
    [
        "Rubio has not had a phone conversation with Lavrov.",
        "There was no agreement for a meeting between Rubio and Lavrov.",
        "Nothing is known of Rubio's next post.",
        "Merkel's spokesman Jon Berg told them of the news conference.",
    ],
)
def test_what_was_not_is_no_event(extractor: Extractor, text: str) -> None:
    assert events(read(extractor, text)) == []


def test_day_of_telling_is_not_the_day_of_what_is_told(extractor: Extractor) -> None:
    facts = read(extractor, "Rubio said on Monday that talks between Rubio and Lavrov failed.")
    assert [e.since for e in facts.events if e.kind == "Meeting"] == [""]


def test_unnamed_spokesperson_of_a_readout_reports_it(extractor: Extractor) -> None:
    text = "A Downing Street spokesperson said:\n\nThe Prime Minister spoke to President Macron."
    text += " The Prime Minister thanked the President."
    facts = read(extractor, text, publisher="10 Downing Street")
    assert ("PressStatement", ("united-kingdom",), "occurred") in events(facts)
    assert {a.reporter.slug for a in facts.acts if a.reporter} == {"united-kingdom"}


def test_transcript_tells_who_answers(extractor: Extractor) -> None:
    text = "QUESTION: Will you go?\n\nMR PRICE: We condemn the attack. We call on Iran to stop."
    facts = read(extractor, text, title="Press Briefing – March 3, 2026")
    assert acts(facts) == [("Condemn", "price", ""), ("Appeal", "price", "iran")]
    assert ("PressConference", ("price",), "occurred") in events(facts)


def test_paragraph_of_quotation_is_of_who_spoke_before(extractor: Extractor) -> None:
    text = 'Rubio said the talks went well.\n\n"We want a strong partnership with all of them."'
    assert acts(read(extractor, text)) == [("Assert", "marco-rubio", "")] * 2


def test_position_is_of_the_state_that_the_sentence_speaks_of(extractor: Extractor) -> None:
    facts = read(extractor, "Rubio said the United States is ready to help Norway.")
    assert [(p.holder.slug, p.stance) for p in facts.positions] == [("united-states", "supports")]


@pytest.mark.parametrize(
    ("text", "stances"),
    [
        ("Rubio called for a cease-fire.", ["demands"]),
        ("Rubio called for an end to the strikes.", ["opposes"]),
        ("Rubio and Lavrov agreed to stay in touch.", []),
    ],
)
def test_stance(extractor: Extractor, text: str, stances: list[str]) -> None:
    assert [p.stance for p in read(extractor, text).positions] == stances


def test_who_is_thanked_or_condemned_is_an_actor(extractor: Extractor) -> None:
    facts = read(extractor, "Rubio condemned Iran's attack. He spoke of norms in Taiwan.")
    assert {a.slug for a in facts.actors} == {"marco-rubio", "iran"}


def test_a_month_alone_in_the_past_is_the_one_before(extractor: Extractor) -> None:
    facts = read(extractor, "In May, Rubio visited Norway.")
    assert [(e.status, e.since) for e in facts.events] == [("occurred", "2025-05-01")]


def test_head_of_state_is_the_page_s_own(extractor: Extractor) -> None:
    text = "Volodymyr Zelenskyy spoke by phone with Rubio. The Head of State thanked Norway."
    facts = read(extractor, text, publisher="President of Ukraine")
    assert ("Thank", "volodymyr-zelenskyy", "norway") in acts(facts)


def test_a_capital_in_another_name_is_no_state(extractor: Extractor) -> None:
    assert acts(read(extractor, "The Bucharest Nine condemned it.")) == []


def test_the_government_of_a_state_is_the_state(extractor: Extractor) -> None:
    found = acts(read(extractor, "Rubio called on the Government of Norway to act."))
    assert found == [("Appeal", "marco-rubio", "norway")]


def test_it_is_who_said_so(extractor: Extractor) -> None:
    facts = read(extractor, "Norway said it was expelling two Russian diplomats.")
    assert [a.speaker.slug for a in facts.acts] == ["norway"]


def test_no_position_on_it(extractor: Extractor) -> None:
    assert read(extractor, "Rubio condemned it.").positions == []


def test_a_line_without_end_is_no_sentence(extractor: Extractor) -> None:
    assert acts(read(extractor, "Rubio said that " * 5_000)) == []
