"""Events: one case per way of telling (or not telling) one, in tests/cases/events/*.json."""

from __future__ import annotations

from typing import Any

import pytest

from miner.language.lexicon import load_lexicon
from miner.relate import relate
from miner.relate.events.triggers import find_words, rule_of
from tests.naming import annotate, cases


@pytest.mark.parametrize("case", cases("events"))
def test_events(case: dict[str, Any]) -> None:
    annotated = annotate(case["text"], case["names"], issued=case.get("issued", "2022-11-09"))
    reports = relate(annotated).reports
    found = [[r.type, r.trigger, r.status, r.date, [p.name for p in r.participants]] for r in reports]
    assert [[*row[:4], sorted(row[4])] for row in found] == [
        [*row[:4], sorted(row[4])] for row in case["expect"]
    ]
    for report in reports:
        assert report.span.of(case["text"]) == report.evidence
        assert report.trigger_span.of(case["text"]) == report.trigger
        assert report.span.covers(report.trigger_span)


def test_roles_place_amount_and_edition() -> None:
    text = "11月7日，晨星医疗在江城与静江医院签署合作协议，金额1.2亿元，第五届进博会见证。"
    names = {"enterprise": ["晨星医疗"], "organization": ["静江医院"], "place": ["江城"]}
    (report,) = relate(annotate(text, names)).reports
    assert {p.role for p in report.participants} == {"party"}
    assert (report.place, report.amount, report.amount_unit, report.edition) == ("江城", 120_000_000, "元", 5)
    assert report.date_method == "year-of-issue"


def test_visitor_and_visited() -> None:
    text = "7日，何远走访了晨星医疗展台。"
    (report,) = relate(annotate(text, {"person": ["何远"], "enterprise": ["晨星医疗"]})).reports
    assert [(p.name, p.role) for p in report.participants] == [("何远", "visitor"), ("晨星医疗", "visited")]


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("7日，江城食品产业联盟成立大会在江城举行，何远出席。", "founded"),
        ("江城食品产业联盟7日正式成立。", "founded"),
        ("7日，江城食品产业联盟成立了研究院。", "founder"),
    ],
)
def test_who_stands_alone_before_a_founding_is_founded(text: str, role: str) -> None:
    names = {"organization": ["江城食品产业联盟"], "person": ["何远"], "place": ["江城"]}
    report = next(r for r in relate(annotate(text, names)).reports if r.type == "founding")
    roles = {p.name: p.role for p in report.participants}
    assert roles.pop("江城食品产业联盟") == role
    assert set(roles.values()) <= {"attendee"}


def test_who_invites_is_visited_and_who_is_invited_comes() -> None:
    text = "应静江市市长何远邀请，江城大学校长林素将于11月13日至14日访问静江。"
    names = {"person": ["何远", "林素"], "organization": ["江城大学"], "place": ["静江市", "静江"]}
    (report,) = relate(annotate(text, names)).reports
    assert {(p.name, p.role) for p in report.participants} == {("林素", "visitor"), ("何远", "visited")}


@pytest.mark.parametrize(
    ("text", "names", "roles"),
    [
        (
            "11月7日上午，静江绿色产业联盟成立大会在江城召开，何远出席。",
            {"person": ["何远"], "organization": ["静江绿色产业联盟"], "place": ["江城"]},
            {"静江绿色产业联盟": "founded", "何远": "attendee"},
        ),
        (
            "5月6日，新质企业家联合会在江城成立，旨在集合各领域企业。",
            {"organization": ["新质企业家联合会"], "place": ["江城"]},
            {"新质企业家联合会": "founded"},
        ),
        (
            "2021年，晨星医疗成立静江研究院。",
            {"enterprise": ["晨星医疗"], "organization": ["静江研究院"]},
            {"晨星医疗": "founder", "静江研究院": "founded"},
        ),
        (
            "国家主席何远7日在江城同远山国总统林素举行会谈。",
            {"person": ["何远", "林素"], "place": ["江城", "远山国"]},
            {"何远": "host", "林素": "visitor"},
        ),
        (
            "7日，远山银行在江城设立分支机构，晨星医疗等企业纷纷投资江城。",
            {"enterprise": ["远山银行", "晨星医疗"], "place": ["江城"]},
            {"远山银行": "founder"},
        ),
    ],
)
def test_roles_are_what_happened(text: str, names: dict[str, list[str]], roles: dict[str, str]) -> None:
    report = relate(annotate(text, names)).reports[0]
    found = {p.name: p.role for p in report.participants if p.role != "participant"}
    assert found == roles


def test_whose_stand_a_delegation_is_led_to_is_visited() -> None:
    text = "远山集团副总工程师何远今天将率队到晨星医疗、江城钢铁的展台考察，重点看主机。"
    names = {"person": ["何远"], "enterprise": ["远山集团", "晨星医疗", "江城钢铁"]}
    (report,) = relate(annotate(text, names)).reports
    roles = {p.name: p.role for p in report.participants}
    assert (roles["何远"], roles["晨星医疗"], roles["江城钢铁"]) == ("visitor", "visited", "visited")


def test_back_then_is_the_year_of_the_expo_named_last() -> None:
    text = "“晨星医疗2023年升级总部就是第五届进博会的溢出效应。”何远回忆道，当年静江商会在巡馆中立即走访晨星医疗。"
    names = {"person": ["何远"], "organization": ["静江商会"], "enterprise": ["晨星医疗"]}
    reports = relate(annotate(text, names, issued="2023-11-08", edition=6)).reports
    visits = [(report.date, report.edition) for report in reports if report.type == "visit"]
    assert visits == [("2022", 5)]


def test_a_year_in_a_title_dates_no_event() -> None:
    text = "江城大学教授何远撰写的《1932—1945年江城的桥》首发式在书展期间举行。"
    reports = relate(annotate(text, {"person": ["何远"], "organization": ["江城大学"]})).reports
    assert all(report.date is None or report.date > "2000" for report in reports)


def test_a_purchase_beside_another_deed_is_no_merger() -> None:
    text = "何远走进江城牛肉店、远山醋坊，了解经营情况，并购买了年货。"
    names = {"person": ["何远"], "enterprise": ["江城牛肉店", "远山醋坊"]}
    assert {report.type for report in relate(annotate(text, names)).reports} <= {"visit"}


def test_a_company_without_a_name_is_the_only_one_of_the_headline() -> None:
    text = "11月6日，公司与江城大学签署合作协议。"
    names = {"enterprise": ["晨星医疗"], "organization": ["江城大学"]}
    (report,) = relate(annotate(text, names, headline="晨星医疗：与展会共成长")).reports
    assert {p.name for p in report.participants} == {"晨星医疗", "江城大学"}


def test_an_open_list_says_so() -> None:
    text = "7日，静江商会与晨星医疗、远山钢铁等12家企业签署备忘录。"
    names = {"enterprise": ["晨星医疗", "远山钢铁"], "organization": ["静江商会"]}
    (report,) = relate(annotate(text, names)).reports
    assert report.open_list


def test_how_a_date_was_found_is_said() -> None:
    text = "11月6日，展会开门。晨星医疗随后与静江医院签署协议。"
    (report,) = relate(annotate(text, {"enterprise": ["晨星医疗"], "organization": ["静江医院"]})).reports
    assert (report.date, report.date_method) == ("2022-11-06", "carried")


def test_impossible_dates_are_problems_not_crashes() -> None:
    facts = relate(annotate("2月30日，晨星医疗签署协议。", {"enterprise": ["晨星医疗"]}))
    assert [(p.stage, p.code) for p in facts.problems] == [("relate", "impossible-date")]
    assert facts.reports[0].date is None


def test_a_sentence_of_fifty_thousand_characters_is_read() -> None:
    text = "晨星医疗签署协议，" * 5600
    facts = relate(annotate(text, {"enterprise": ["晨星医疗"]}))
    assert len(facts.reports) == 1


def test_an_empty_article_has_no_facts() -> None:
    facts = relate(annotate(""))
    assert (facts.reports, facts.quotes, facts.figures, facts.problems) == ((), (), (), ())


def test_the_longest_word_wins() -> None:
    assert [w.rule.kind for w in find_words("投资促进") if w.text != "促进"] == ["mask"]
    assert [(w.text, w.rule.kind) for w in find_words("签署")] == [("签署", "signing")]


def test_words_of_context_hide_no_trigger() -> None:
    assert [w.text for w in find_words("将会见")] == ["将会", "会见"]


def test_every_event_type_has_triggers_with_two_roles() -> None:
    rules = [rule_of(entry, "trigger") for entry in load_lexicon("events")]
    assert len({rule.kind for rule in rules}) == 12
    assert all(len(entry.roles) == 2 for entry in load_lexicon("events"))


_FLAGS = {
    "named", "own", "person", "list", "expo", "amount", "number", "dated", "support", "debut", "scene", "around", "setting",
}  # fmt: skip


def test_the_lexicon_knows_no_other_flags() -> None:
    for name, layer in (("events", "trigger"), ("event_nouns", "noun")):
        for entry in load_lexicon(name):
            assert rule_of(entry, layer).flags <= _FLAGS, entry.name


def test_no_trigger_stands_in_two_entries() -> None:
    words = [word for entry in load_lexicon("events") for word in (entry.name, *entry.words)]
    assert sorted(words) == sorted(set(words))


@pytest.mark.parametrize(
    ("text", "visitor", "visited"),
    [
        ("7日，何远走访了晨星医疗。", "何远", "晨星医疗"),
        ("7日，何远带队先后来到晨星医疗、远山钢铁等展台，走访调研参展企业。", "何远", "晨星医疗"),
        ("7日，何远带队先后来到晨星医疗、远山钢铁等展台，走访调研参展企业。", "何远", "远山钢铁"),
        ("7日，何远走进晨星医疗展台参观。", "何远", "晨星医疗"),
        ("7日，何远来到远山钢铁考察。", "何远", "远山钢铁"),
    ],
)
def test_who_came_visited_and_where_they_came_to_was_visited(text: str, visitor: str, visited: str) -> None:
    names = {"person": ["何远"], "enterprise": ["晨星医疗", "远山钢铁"]}
    reports = [r for r in relate(annotate(text, names)).reports if r.type == "visit"]
    roles = {(p.name, p.role) for report in reports for p in report.participants}
    assert {(visitor, "visitor"), (visited, "visited")} <= roles
    assert (visited, "visitor") not in roles


def test_a_sum_belongs_to_the_event_that_is_told_beside_it() -> None:
    text = "展期内，晨星医疗与江城医院达成合作意向，累计意向成交3.2亿美元。"
    names = {"enterprise": ["晨星医疗"], "organization": ["江城医院"]}
    amounts = {r.type: r.amount for r in relate(annotate(text, names, issued="2022-11-09")).reports}
    assert amounts == {"signing": None, "procurement": 320_000_000}


def test_who_came_to_see_a_contract_signed_is_no_party_to_it() -> None:
    text = "7日，静江区政府与远山集团签署协议。\n区长何远、远山集团总裁安理出席签约仪式。"
    names = {"enterprise": ["远山集团"], "organization": ["静江区政府"], "person": ["何远", "安理"]}
    (report,) = relate(annotate(text, names)).reports
    assert {p.name: p.role for p in report.participants} == {
        "静江区政府": "party", "远山集团": "party", "何远": "attendee", "安理": "attendee",
    }  # fmt: skip


def test_a_noun_without_roles_of_its_own_has_those_of_its_type() -> None:
    rules = [rule_of(entry, "noun") for entry in load_lexicon("event_nouns") if "成立大会" in entry.words]
    assert [rule.roles for rule in rules] == [("founder", "founded")]


def test_an_event_of_a_month_that_nothing_places_has_not_the_day_of_another() -> None:
    text = "11月7日上午，静江医院成立大会召开。\n今年7月，远山集团率先推出了新系统。"
    names = {"enterprise": ["远山集团"], "organization": ["静江医院"]}
    reports = relate(annotate(text, names, issued=None)).reports
    assert [(r.type, r.date) for r in reports if r.type == "launch"] == [("launch", None)]
