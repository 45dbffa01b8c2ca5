"""The register of actors: what it promises to those who read it."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pycountry
import pytest
import yaml

ROOT = Path(__file__).parents[1]
FILES = sorted((ROOT / "facts" / "actors").rglob("*.yaml"))
DOCUMENTS = {path: yaml.safe_load(path.read_text(encoding="utf-8")) for path in FILES}
ENTRIES = [actor for document in DOCUMENTS.values() for actor in document["actors"]]
ACTORS = {actor["id"]: actor for actor in ENTRIES}
TENURES = [tenure for document in DOCUMENTS.values() for tenure in document.get("tenures", [])]
STATES = {slug: actor for slug, actor in ACTORS.items() if actor["type"] == "State"}

SEED = """claudia-sheinbaum donald-trump juan-ramon-de-la-fuente roberto-velasco omar-garcia-harfuch
    marco-rubio andres-manuel-lopez-obrador nicolas-maduro mexico united-states venezuela
    us-state-department us-state-department-spokesperson-office us-military us-border-authorities
    drug-cartels-in-mexico reforma milenio el-universal"""
G20 = """argentina australia brazil canada china france germany india indonesia italy japan mexico
    russia saudi-arabia south-africa south-korea turkey united-kingdom united-states"""
LATIN_AMERICA = """argentina bolivia brazil chile colombia costa-rica cuba dominican-republic
    ecuador el-salvador guatemala haiti honduras mexico nicaragua panama paraguay peru uruguay
    venezuela"""
COVERED = sorted({*G20.split(), *LATIN_AMERICA.split(), "ukraine", "israel", "iran"})
A_SURE_DAY = date(2025, 9, 1)
LEADERS = {"President", "Prime Minister", "Chancellor", "King", "Premier"}
FOREIGN_MINISTERS = {
    "Foreign Minister",
    "Foreign Secretary",
    "Secretary of State",
    "Minister of External Affairs",
    "Minister of International Relations and Cooperation",
}
# pycountry lacks Kosovo; this code is set aside for users, and the World Bank and the EU use it.
USER_ASSIGNED = {"XKX": "kosovo"}
# Names that two actors do share in the news: whoever resolves one of them has to ask which.
AMBIGUOUS = {
    "brussels": {"belgium", "european-union"},
    "congo": {"republic-of-the-congo", "democratic-republic-of-the-congo"},
    "congolese": {"republic-of-the-congo", "democratic-republic-of-the-congo"},
    "dominican": {"dominica", "dominican-republic"},
    "dominicans": {"dominica", "dominican-republic"},
    "korea": {"north-korea", "south-korea"},
}


def fold(name: str) -> str:
    """The name without case and accents: how a careless writer would spell it."""
    parts = unicodedata.normalize("NFKD", name.casefold())
    return "".join(part for part in parts if not unicodedata.combining(part))


def names(actor: dict[str, Any]) -> Iterator[str]:
    for key in ("label", "altLabel", "demonym", "capital", "seat"):
        value = actor.get(key, [])
        yield from [value] if isinstance(value, str) else value


def bearers() -> dict[str, set[str]]:
    """Every folded name and the actors who bear it."""
    found: dict[str, set[str]] = defaultdict(set)
    for actor in ENTRIES:
        for name in names(actor):
            found[fold(name)].add(actor["id"])
    return found


def runs_on(tenure: dict[str, Any], day: date) -> bool:
    """Whether the register vouches that the tenure ran on that day."""
    if tenure.get("asOf") == day:
        return True
    if "from" not in tenure:
        return False
    last = tenure.get("to", tenure.get("asOf"))
    return bool(tenure["from"] <= day <= last)


def foreign_ministry(state: str) -> str:
    return "us-state-department" if state == "united-states" else f"{state}-foreign-ministry"


def holders(organization: str, offices: set[str], day: date) -> list[str]:
    return [
        tenure["person"]
        for tenure in TENURES
        if tenure["organization"] == organization
        and tenure["office"] in offices
        and runs_on(tenure, day)
    ]


def official_names(country: Any) -> Iterator[str]:
    """What ISO 3166 calls it, and "Korea, Republic of" the other way round."""
    name = country.name.split(" (")[0]
    yield " ".join(reversed(name.split(", "))).removeprefix("The ")
    yield from (name, getattr(country, "common_name", name))


def id_of(path: Path) -> str:
    return str(path.relative_to(ROOT / "facts" / "actors"))


@pytest.mark.parametrize("path", FILES, ids=id_of)
def test_file_is_marked_as_editorial(path: Path) -> None:
    source = DOCUMENTS[path]["source"]
    assert (source["id"], source["type"]) == ("register", "Dataset")
    head = path.read_text(encoding="utf-8").split("\nsource:")[0]
    assert all(line.startswith("#") for line in head.strip().splitlines())
    assert "Editorial" in head, "the head of the file says that it is editorial"
    assert "replaced" in head, "and that it can be replaced"


@pytest.mark.parametrize("path", FILES, ids=id_of)
def test_file_means_the_same_in_yaml_1_1_and_1_2(path: Path) -> None:
    written = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    assert set(written) <= {"source", "actors", "tenures"}
    # str() of a date is how it is written: anything else that was not read as text differs
    for key in ("actors", "tenures"):
        for plain, read in zip(written.get(key, []), DOCUMENTS[path].get(key, []), strict=True):
            assert plain == {
                name: value if isinstance(value, list) else str(value)
                for name, value in read.items()
            }
            lists = [value for value in read.values() if isinstance(value, list)]
            assert all(isinstance(item, str) for items in lists for item in items)


@pytest.mark.parametrize("path", FILES, ids=id_of)
def test_file_repeats_no_key(path: Path) -> None:
    def keys(node: yaml.Node) -> None:
        if isinstance(node, yaml.MappingNode):
            found = [key.value for key, _ in node.value]
            assert len(found) == len(set(found)), f"{id_of(path)}: {node.start_mark}"
            for _, value in node.value:
                keys(value)
        elif isinstance(node, yaml.SequenceNode):
            for item in node.value:
                keys(item)

    keys(yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader))


def test_ids_are_unique_slugs() -> None:
    ids = [actor["id"] for actor in ENTRIES]
    assert sorted(ids) == sorted(ACTORS)
    assert [slug for slug in ids if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug)] == []


def test_types_are_those_of_actors() -> None:
    assert {actor["type"] for actor in ENTRIES} == {"Person", "Organization", "State"}


def test_states_and_wholes_are_of_the_register() -> None:
    assert [a["id"] for a in ENTRIES if a.get("state", "mexico") not in STATES] == []
    assert [a["id"] for a in ENTRIES if a.get("partOf", "mexico") not in ACTORS] == []


def test_no_body_is_part_of_itself() -> None:
    for actor in ENTRIES:
        whole, seen = actor, {actor["id"]}
        while "partOf" in whole:
            whole = ACTORS[whole["partOf"]]
            assert whole["id"] not in seen, actor["id"]
            seen.add(whole["id"])


def test_every_state_is_there_once() -> None:
    codes = [state["identifier"] for state in STATES.values()]
    assert len(set(codes)) == len(codes) == 197  # 193 members, Holy See, Palestine, Kosovo, Taiwan
    known = {country.alpha_3 for country in pycountry.countries} | set(USER_ASSIGNED)
    assert set(codes) <= known


def test_every_code_is_the_code_of_that_country() -> None:
    coded = [actor for actor in ENTRIES if "identifier" in actor]
    for actor in coded:
        country = pycountry.countries.get(alpha_3=actor["identifier"])
        if country is None:
            assert USER_ASSIGNED[actor["identifier"]] == actor["id"]
            continue
        ours = {fold(name) for name in (actor["label"], *actor.get("altLabel", []))}
        assert ours & {fold(name) for name in official_names(country)}, actor["id"]


def test_every_state_has_its_demonym_and_capital() -> None:
    assert [slug for slug, state in STATES.items() if not state.get("demonym")] == []
    assert [slug for slug, state in STATES.items() if not state.get("capital")] == []


def test_no_two_actors_share_a_name_unless_it_is_known_to_be_ambiguous() -> None:
    assert {name: who for name, who in bearers().items() if len(who) > 1} == AMBIGUOUS


def test_no_label_is_ambiguous() -> None:
    labels = [fold(actor["label"]) for actor in ENTRIES]
    assert len(labels) == len(set(labels))
    assert set(labels).isdisjoint(AMBIGUOUS)


def test_no_actor_repeats_a_name() -> None:
    for actor in ENTRIES:
        spelled = [actor["label"], *actor.get("altLabel", [])]
        assert len(spelled) == len({name.casefold() for name in spelled}), actor["id"]


def test_names_carry_no_stray_characters() -> None:
    for actor in ENTRIES:
        for name in names(actor):
            assert name == unicodedata.normalize("NFC", name).strip(), name
            assert "  " not in name
            assert not re.search(r"[\x00-\x1f;|]", name), name


def test_tenures_are_of_people_in_bodies_or_states() -> None:
    for tenure in TENURES:
        assert ACTORS[tenure["person"]]["type"] == "Person", tenure
        assert ACTORS[tenure["organization"]]["type"] in {"Organization", "State"}, tenure
        assert set(tenure) <= {"person", "organization", "office", "from", "to", "asOf"}


def test_tenure_ends_after_it_began_and_says_when_it_surely_ran() -> None:
    for tenure in TENURES:
        days = [tenure[key] for key in ("from", "asOf", "to") if key in tenure]
        assert days == sorted(days), tenure
        assert "asOf" in tenure or {"from", "to"} <= set(tenure), tenure


def test_one_office_of_a_person_is_not_held_twice_at_once() -> None:
    held = defaultdict(list)
    for tenure in TENURES:
        key = (tenure["person"], tenure["organization"], tenure["office"])
        first = tenure.get("from", tenure.get("asOf"))
        held[key].append((first, tenure.get("to", tenure.get("asOf"))))
    for key, spans in held.items():
        ordered = sorted(spans)
        assert all(a[1] < b[0] for a, b in pairwise(ordered)), key


@pytest.mark.parametrize("slug", SEED.split())
def test_actor_of_the_seed_article_is_registered(slug: str) -> None:
    assert slug in ACTORS


def test_a_governments_name_for_its_enemies_is_no_name_of_theirs() -> None:
    assert not any("narcoterror" in fold(name) for actor in ENTRIES for name in names(actor))


def test_groups_act_for_no_state() -> None:
    groups = DOCUMENTS[ROOT / "facts" / "actors" / "groups.yaml"]["actors"]
    assert [group["id"] for group in groups if "state" in group] == []


@pytest.mark.parametrize("state", COVERED)
def test_state_has_a_foreign_ministry_and_its_ministers(state: str) -> None:
    ministry = foreign_ministry(state)
    assert ACTORS[ministry]["state"] == state
    served = [t for t in TENURES if t["organization"] == ministry]
    assert any(tenure["office"] in FOREIGN_MINISTERS for tenure in served) or state == "haiti"


@pytest.mark.parametrize("state", COVERED)
def test_state_has_a_head_on_a_sure_day(state: str) -> None:
    assert holders(state, LEADERS, A_SURE_DAY)


@pytest.mark.parametrize("state", G20.split())
def test_member_of_the_g20_has_a_foreign_minister_on_a_sure_day(state: str) -> None:
    assert len(holders(foreign_ministry(state), FOREIGN_MINISTERS, A_SURE_DAY)) == 1


def test_unions_in_the_g20_have_their_heads_on_a_sure_day() -> None:
    assert holders("european-commission", {"President"}, A_SURE_DAY) == ["ursula-von-der-leyen"]
    high_representative = {"High Representative for Foreign Affairs"}
    who = holders("european-external-action-service", high_representative, A_SURE_DAY)
    assert who == ["kaja-kallas"]
    chair = holders("african-union-commission", {"Chairperson"}, A_SURE_DAY)
    assert chair == ["mahmoud-ali-youssouf"]


def test_no_state_has_two_presidents_on_one_day() -> None:
    spans = defaultdict(list)
    for tenure in TENURES:
        if tenure["office"] == "President" and "from" in tenure:
            last = tenure.get("to", tenure.get("asOf"))
            spans[tenure["organization"]].append((tenure["from"], last, tenure["person"]))
    for organization, found in spans.items():
        ordered = sorted(found)
        for (_, end, before), (start, _, after) in pairwise(ordered):
            assert end <= start, f"{organization}: {before} and {after}"
