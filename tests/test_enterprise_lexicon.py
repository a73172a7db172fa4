"""The lexicons of enterprises and organizations: complete, unique, and careful with forms that mean other things."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from importlib import resources

import pytest
import yaml

from miner.language.lexicon import Entry, load_lexicon

KINDS = {
    "government", "party", "international", "university", "hospital", "association", "chamber", "alliance",
    "institute", "media", "exchange", "culture",
}  # fmt: skip
BRAND_FIRST = {"本田", "松下", "岛津", "住友"}
"""Surnames that stand alone in Chinese news almost only as the company; as a surname a given name follows them."""
COUNTRY = re.compile(r"[\u4e00-\u9fff]{2,8}")


@pytest.fixture(scope="module")
def enterprises() -> tuple[Entry, ...]:
    return load_lexicon("enterprises")


@pytest.fixture(scope="module")
def organizations() -> tuple[Entry, ...]:
    return load_lexicon("organizations")


def folded(form: str) -> str:
    return unicodedata.normalize("NFKC", form).casefold()


def shared_forms(entries: tuple[Entry, ...]) -> list[str]:
    owners: dict[str, set[str]] = {}
    for entry in entries:
        for form in entry.forms():
            owners.setdefault(folded(form), set()).add(entry.name)
    return sorted(form for form, names in owners.items() if len(names) > 1)


def free_forms(entries: tuple[Entry, ...]) -> dict[str, str]:
    return {form: entry.name for entry in entries for form in entry.forms() if form not in entry.ambiguous}


def words_of(lexicon: str, *kinds: str) -> set[str]:
    entries = [entry for entry in load_lexicon(lexicon) if not kinds or entry.kind in kinds]
    return {form for entry in entries for form in (*entry.forms(), *entry.words)}


def test_there_are_enough_enterprises_of_all_industries_and_many_countries(
    enterprises: tuple[Entry, ...],
) -> None:
    assert len(enterprises) >= 1500
    industries = Counter(entry.industry for entry in enterprises)
    assert min(industries.values()) >= 8
    assert len({entry.country for entry in enterprises}) >= 60
    assert sum(1 for entry in enterprises if entry.country != "中国") >= len(enterprises) / 2


def test_every_enterprise_has_a_country_and_an_industry_of_the_list(enterprises: tuple[Entry, ...]) -> None:
    industries = {entry.name for entry in load_lexicon("industries")}
    assert {entry.industry for entry in enterprises} == industries
    assert [entry.name for entry in enterprises if not COUNTRY.fullmatch(entry.country or "")] == []


@pytest.mark.parametrize("lexicon", ["enterprises", "organizations"])
def test_names_are_unique_and_no_form_belongs_to_two_entries(lexicon: str) -> None:
    entries = load_lexicon(lexicon)
    assert [name for name, count in Counter(entry.name for entry in entries).items() if count > 1] == []
    assert shared_forms(entries) == []


def test_no_form_is_an_enterprise_and_an_organization(
    enterprises: tuple[Entry, ...], organizations: tuple[Entry, ...]
) -> None:
    ours = {folded(form) for entry in enterprises for form in entry.forms()}
    theirs = {folded(form) for entry in organizations for form in entry.forms()}
    assert sorted(ours & theirs) == []


@pytest.mark.parametrize("lexicon", ["enterprises", "organizations"])
def test_forms_are_clean_and_listed_once(lexicon: str) -> None:
    for entry in load_lexicon(lexicon):
        listed = (entry.name, *entry.full, *entry.short, *entry.latin)
        assert len(set(listed)) == len(listed), entry.name
        assert all(form == form.strip() and len(form) > 1 for form in listed), entry.name
        assert not any(re.search(r"[\u4e00-\u9fff]", form) for form in entry.latin), entry.name
        assert all(re.search(r"[\u4e00-\u9fffA-Za-z0-9]", form) for form in listed), entry.name


@pytest.mark.parametrize("lexicon", ["enterprises", "organizations"])
def test_ambiguous_forms_are_forms_of_their_entry(lexicon: str) -> None:
    wrong = [
        (entry.name, form)
        for entry in load_lexicon(lexicon)
        for form in entry.ambiguous
        if form not in entry.forms()
    ]
    assert wrong == []


@pytest.mark.parametrize("lexicon", ["enterprises", "organizations"])
def test_a_form_is_ambiguous_in_every_case_of_its_letters(lexicon: str) -> None:
    for entry in load_lexicon(lexicon):
        doubtful = {folded(form) for form in entry.ambiguous}
        assert [
            form for form in entry.forms() if folded(form) in doubtful and form not in entry.ambiguous
        ] == []


def test_parents_exist_and_no_enterprise_is_its_own_ancestor(enterprises: tuple[Entry, ...]) -> None:
    by_name = {entry.name: entry for entry in enterprises}
    for entry in enterprises:
        line = [entry.name]
        while (parent := by_name[line[-1]].parent) is not None:
            assert parent in by_name, f"{line[-1]} has the parent {parent}"
            assert parent not in line, f"{parent} is its own ancestor"
            line.append(parent)


def test_units_with_names_of_their_own_are_entries_of_their_own(enterprises: tuple[Entry, ...]) -> None:
    parents = {entry.name: entry.parent for entry in enterprises}
    for unit, parent in {
        "西门子医疗": "西门子",
        "西门子能源": "西门子",
        "三星电子": "三星",
        "资生堂中国": "资生堂",
    }.items():
        assert parents[unit] == parent
    assert "通用电气医疗" in parents


def test_free_forms_are_no_places_and_no_surnames(enterprises: tuple[Entry, ...]) -> None:
    free = free_forms(enterprises)
    assert sorted(words_of("places") & free.keys()) == []
    assert sorted(words_of("venues") & free.keys()) == []
    assert sorted(words_of("surnames", "japanese", "compound") & free.keys() - BRAND_FIRST) == []


def test_free_forms_are_no_titles_and_no_expo_terms(
    enterprises: tuple[Entry, ...], organizations: tuple[Entry, ...]
) -> None:
    free = free_forms(enterprises) | free_forms(organizations)
    assert sorted(words_of("titles") & free_forms(enterprises).keys()) == []
    assert sorted({entry.name for entry in load_lexicon("expo")} & free.keys()) == []


@pytest.mark.parametrize(
    "form", ["苹果", "大众", "现代", "平安", "美的", "长虹", "先锋", "小米", "联想", "李宁", "安达", "精工"]
)
def test_everyday_words_wait_for_context(enterprises: tuple[Entry, ...], form: str) -> None:
    owner = next(entry for entry in enterprises if form in entry.forms())
    assert form in owner.ambiguous


@pytest.mark.parametrize(
    "form", ["乐高", "欧莱雅", "默沙东", "西门子", "勃林格殷格翰", "优衣库", "恒天然", "中远海运", "东浩兰生"]
)
def test_well_known_brands_are_matched_freely(enterprises: tuple[Entry, ...], form: str) -> None:
    assert form in free_forms(enterprises)


def test_organizations_have_a_known_kind(organizations: tuple[Entry, ...]) -> None:
    assert len(organizations) >= 400
    assert {entry.kind for entry in organizations} <= KINDS


@pytest.mark.parametrize(
    ("form", "name"),
    [
        ("国家发改委", "国家发展改革委"), ("WTO", "世界贸易组织"), ("联合国工发组织", "联合国工业发展组织"),
        ("进博局", "中国国际进口博览局"), ("上海市商务委", "上海市商务委员会"), ("央视", "中央广播电视总台"),
    ],
)  # fmt: skip
def test_short_forms_lead_to_the_organization(organizations: tuple[Entry, ...], form: str, name: str) -> None:
    assert [entry.name for entry in organizations if form in entry.forms()] == [name]


def test_venues_and_enterprises_are_no_organizations(organizations: tuple[Entry, ...]) -> None:
    forms = {form for entry in organizations for form in entry.forms()}
    assert forms.isdisjoint({"国家会展中心（上海）", "国家会展中心", "东浩兰生"})


def test_the_safe_loader_reads_every_file_alike() -> None:
    folder = resources.files("miner") / "resources"
    for name in ("enterprises", "organizations"):
        for file in (folder / name).iterdir():
            if file.name.endswith(".yml"):
                text = file.read_text(encoding="utf-8")
                table = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
                assert table["lexicon"] == name, file.name
                assert all(isinstance(entry["name"], str) for entry in table["entries"]), file.name
