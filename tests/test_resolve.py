"""Resolve: one thing however it is written, different things kept apart, the same answer in any order."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Sequence

import pytest

from miner.resolve import resolve_facts
from miner.resolve.events import best_date
from miner.resolve.judge import Union
from miner.resolve.names import core, fold, initials, part_of, without_type

from .builders import Story, memory_database, store


def resolved(stories: Sequence[Story]) -> sqlite3.Connection:
    connection = memory_database()
    store(connection, stories)
    resolve_facts(connection)
    return connection


def names(connection: sqlite3.Connection, table: str) -> list[str]:
    return sorted(row[0] for row in connection.execute(f"select name from [{table}]"))


def test_core_of_a_full_name() -> None:
    assert core("旭化成（中国）投资有限公司") == ("旭化成", "中国")
    assert core("上海青穗食品有限公司")[0] == "青穗食品"
    assert fold("３Ｍ 公司") == "3m公司"


def test_union_has_the_smallest_root_in_any_order() -> None:
    edges = [("c", "d"), ("b", "c"), ("a", "d"), ("x", "y")]
    answers = set()
    for seed in range(6):
        union = Union()
        for a, b in random.Random(seed).sample(edges, len(edges)):
            union.join(b, a)
        answers.add(tuple(union.root(m) for m in "abcdxy"))
    assert answers == {("a", "a", "a", "a", "x", "x")}


def test_a_declared_short_name_leads_to_its_company_in_other_articles() -> None:
    connection = resolved([
        Story("上海青穗食品有限公司（以下简称“青穗食品”）参展，总经理陆远接待。", enterprises=[("上海青穗食品有限公司", "青穗食品")], people=[("陆远",)]),
        Story("青穗食品再次参展，陆远到场。", published="2022-11-09", enterprises=[("青穗食品",)], people=[("陆远",)]),
    ])  # fmt: skip
    assert names(connection, "enterprises") == ["上海青穗食品有限公司"]
    assert (
        connection.execute(
            "select count(distinct enterprise_id), count(*) from mentions where label = 'enterprise'"
        ).fetchone()[0]
        == 1
    )


def test_nothing_is_merged_on_a_bare_short_name_with_two_owners() -> None:
    connection = resolved([
        Story("上海华越贸易有限公司（简称“华越”）参展。", enterprises=[("上海华越贸易有限公司", "华越")]),
        Story("深圳华越电子有限公司（简称“华越”）参展。", newspaper="海滨日报", enterprises=[("深圳华越电子有限公司", "华越")]),
        Story("华越也来了。", newspaper="北方晚报", published="2019-11-05", enterprises=[("华越",)]),
    ])  # fmt: skip
    assert len(names(connection, "enterprises")) == 3


def test_units_with_names_of_their_own_stay_apart() -> None:
    connection = resolved([Story("西门子、西门子医疗和西门子能源同场参展。", enterprises=[("西门子",), ("西门子医疗",), ("西门子能源",)],
                                 known={n: n for n in ("西门子", "西门子医疗", "西门子能源")})])  # fmt: skip
    assert names(connection, "enterprises") == ["西门子", "西门子医疗", "西门子能源"]


def test_full_width_and_half_width_brackets_are_one_company() -> None:
    connection = resolved([
        Story("青穗（中国）食品有限公司参展。", enterprises=[("青穗（中国）食品有限公司",)]),
        Story("青穗(中国)食品有限公司签约。", enterprises=[("青穗(中国)食品有限公司",)]),
    ])  # fmt: skip
    assert len(names(connection, "enterprises")) == 1


def test_companies_of_two_cities_stay_apart() -> None:
    connection = resolved([
        Story("上海东屿科技有限公司参展。", enterprises=[("上海东屿科技有限公司",)]),
        Story("广州东屿科技有限公司参展。", enterprises=[("广州东屿科技有限公司",)]),
    ])  # fmt: skip
    assert len(names(connection, "enterprises")) == 2


def test_one_person_in_one_post_over_years() -> None:
    connection = resolved([
        Story("青穗食品总经理陆远致辞。", published="2019-11-06", people=[("陆远",)], enterprises=[("青穗食品",)], posts=[("陆远", "青穗食品", "总经理")]),
        Story("青穗食品董事长陆远致辞。", published="2023-11-06", people=[("陆远",)], enterprises=[("青穗食品",)], posts=[("陆远", "青穗食品", "董事长")]),
    ])  # fmt: skip
    assert names(connection, "people") == ["陆远"]
    assert connection.execute("select count(*) from posts where person_id is not null").fetchone()[0] == 2


def test_two_people_of_one_name_are_kept_apart() -> None:
    connection = resolved([
        Story("海滨区区长王平走访。", newspaper="海滨日报", people=[("王平",)], organizations=[("海滨区政府",)], posts=[("王平", "海滨区", "区长")]),
        Story("远洲大学教授王平获奖。", newspaper="北方晚报", published="2019-05-01", people=[("王平",)], organizations=[("远洲大学",)], posts=[("王平", "远洲大学", "教授")]),
    ])  # fmt: skip
    assert len(names(connection, "people")) == 2
    row = connection.execute("select same, reasons from judgements where kind = 'person'").fetchone()
    assert row[0] == 0 and "单位不同" in row[1]


def test_a_bare_appearance_goes_to_the_only_person_of_that_name() -> None:
    connection = resolved([
        Story("海滨区区长罗敏致辞。", people=[("罗敏",)], posts=[("罗敏", "海滨区", "区长")]),
        Story("罗敏到场。", published="2023-11-06", newspaper="北方晚报", people=[("罗敏",)]),
    ])  # fmt: skip
    assert names(connection, "people") == ["罗敏"]


def test_one_body_written_two_ways_is_one_person() -> None:
    connection = resolved([
        Story("市商务委外资处处长宁静说。", people=[("宁静",)], posts=[("宁静", "市商务委外资处", "处长")]),
        Story("市商务委员会外资处处长宁静说。", newspaper="海滨日报", people=[("宁静",)], posts=[("宁静", "市商务委员会外资处", "处长")]),
    ])  # fmt: skip
    assert names(connection, "people") == ["宁静"]


def test_one_name_in_two_widths_is_one_block() -> None:
    connection = resolved([
        Story("ＡＮＮＡ到场。", people=[("ＡＮＮＡ",)]), Story("BELA到场。", people=[("BELA",)]), Story("Anna到场。", people=[("Anna",)]),
    ])  # fmt: skip
    assert len(names(connection, "people")) == 2


def test_a_latin_name_leads_to_its_person() -> None:
    connection = resolved([
        Story("青穗食品总裁马丁·霍尔特（Martin Holt）参会。", people=[("马丁·霍尔特", "Martin Holt")], posts=[("马丁·霍尔特", "青穗食品", "总裁")]),
        Story("Martin Holt致辞。", people=[("Martin Holt",)]),
    ])  # fmt: skip
    assert names(connection, "people") == ["马丁·霍尔特"]


SAME_DAY = [
    Story("11月7日，海滨区与青穗食品签约，将建研发中心。", published="2022-11-08", enterprises=[("青穗食品",)], organizations=[("海滨区政府",)],
          events=[("signing", "签约", "2022-11-07", ("海滨区政府", "青穗食品"), "done")]),
    Story("青穗食品昨天与海滨区签约，研发中心落定。", published="2022-11-08", newspaper="海滨日报", enterprises=[("青穗食品",)], organizations=[("海滨区政府",)],
          events=[("signing", "签约", "2022-11-07", ("青穗食品", "海滨区政府"), "done")]),
    Story("11月7日，青穗食品与乙州公司签约采购咖啡。", published="2022-11-08", newspaper="贸易周刊", enterprises=[("青穗食品",), ("乙州公司",)],
          events=[("signing", "签约", "2022-11-07", ("青穗食品", "乙州公司"), "done")]),
]  # fmt: skip


def test_two_reports_of_one_signing_are_one_event() -> None:
    connection = resolved(SAME_DAY)
    assert sorted(row[0] for row in connection.execute("select n_reports from events")) == [1, 2]


def test_planned_then_done_is_one_event() -> None:
    connection = resolved([
        Story("青穗食品将于11月7日与海滨区签约。", published="2022-11-05", enterprises=[("青穗食品",)], organizations=[("海滨区政府",)],
              events=[("signing", "签约", "2022-11-07", ("青穗食品", "海滨区政府"), "planned")]),
        SAME_DAY[0],
    ])  # fmt: skip
    assert connection.execute("select status, n_reports from events").fetchall() == [("done", 2)]


def test_events_of_two_editions_stay_apart() -> None:
    connection = resolved([
        Story("青穗食品参展。", published=f"{year}-11-05", enterprises=[("青穗食品",)], events=[("exhibition", "参展", None, ("青穗食品",), "done")]) for year in (2021, 2022)
    ])  # fmt: skip
    assert connection.execute("select count(*) from events").fetchone()[0] == 2


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_the_files_does_not_matter(seed: int) -> None:
    stories = [
        *SAME_DAY,
        Story(
            "上海青穗食品有限公司（以下简称“青穗食品”）获奖。",
            enterprises=[("上海青穗食品有限公司", "青穗食品")],
        ),
    ]
    expected = _content(resolved(stories))
    assert _content(resolved(random.Random(seed).sample(stories, len(stories)))) == expected


def test_resolving_again_changes_nothing() -> None:
    connection = resolved(SAME_DAY)
    before = _content(connection)
    resolve_facts(connection)
    assert _content(connection) == before


def test_a_judgement_of_a_person_survives() -> None:
    connection = resolved(SAME_DAY)
    connection.execute(
        "insert into judgements values ('x', 'enterprise', 'a', 'b', '甲', '乙', 0, 1, '人工', 'user')"
    )
    resolve_facts(connection)
    assert connection.execute("select count(*) from judgements where source = 'user'").fetchone()[0] == 1


def test_best_date() -> None:
    assert best_date(["2022", "2022-11-07", "2022-11-06", "2022-11-07"]) == "2022-11-07"
    assert best_date([None]) is None


def _content(connection: sqlite3.Connection) -> dict[str, list[str]]:
    tables = (
        "enterprises",
        "people",
        "organizations",
        "aliases",
        "mentions",
        "events",
        "event_reports",
        "event_participants",
        "judgements",
        "posts",
    )
    return {t: sorted(map(repr, connection.execute(f"select * from [{t}]"))) for t in tables}


def judged(connection: sqlite3.Connection, kind: str, *, same: bool) -> None:
    """Decide the opposite of the only judgement of a kind, as a person may."""
    left, right = connection.execute(
        "select left_id, right_id from judgements where kind = ? and source = 'rule'", (kind,)
    ).fetchone()
    connection.execute(
        "insert into judgements values ('u', ?, ?, ?, '', '', ?, 1, '人工', 'user')",
        (kind, left, right, int(same)),
    )
    resolve_facts(connection)


def test_a_person_may_part_two_enterprises() -> None:
    connection = resolved(
        [
            Story("上海东屿科技有限公司参展。", enterprises=[("上海东屿科技有限公司",)]),
            Story("上海东屿科技股份有限公司参展。", enterprises=[("上海东屿科技股份有限公司",)]),
        ]
    )
    assert len(names(connection, "enterprises")) == 1
    judged(connection, "enterprise", same=False)
    assert len(names(connection, "enterprises")) == 2


def test_a_person_may_join_two_enterprises() -> None:
    connection = resolved(
        [
            Story("上海东屿科技有限公司参展。", enterprises=[("上海东屿科技有限公司",)]),
            Story("广州东屿科技有限公司参展。", enterprises=[("广州东屿科技有限公司",)]),
        ]
    )
    judged(connection, "enterprise", same=True)
    assert len(names(connection, "enterprises")) == 1


@pytest.mark.parametrize(("newspaper", "before"), [("浦江晨报", 1), ("海滨日报", 2)])
def test_a_person_may_part_and_join_people(newspaper: str, before: int) -> None:
    body = "澜石食品" if before == 1 else "墨川机械"
    connection = resolved([
        Story("澜石食品总经理王磊说。", people=[("王磊",)], posts=[("王磊", "澜石食品", "总经理")]),
        Story(f"{body}董事长王磊说。", newspaper=newspaper, people=[("王磊",)], posts=[("王磊", f"{body}公司", "董事长")]),
    ])  # fmt: skip
    assert len(names(connection, "people")) == before
    if before > 1:
        judged(connection, "person", same=True)
        assert len(names(connection, "people")) == 1


def test_a_person_may_part_a_name_from_its_part() -> None:
    connection = resolved(
        [Story("格雷厄姆·科尔曼答问，科尔曼说今年更好。", people=[("格雷厄姆·科尔曼",), ("科尔曼",)])]
    )
    assert names(connection, "people") == ["格雷厄姆·科尔曼"]
    judged(connection, "person", same=False)
    assert names(connection, "people") == ["格雷厄姆·科尔曼", "科尔曼"]


def test_a_person_may_part_two_reports() -> None:
    connection = resolved(SAME_DAY[:2])
    assert len(names_of_events(connection)) == 1
    judged(connection, "event", same=False)
    assert len(names_of_events(connection)) == 2


def names_of_events(connection: sqlite3.Connection) -> list[str]:
    return [row[0] for row in connection.execute("select id from events")]


def test_what_is_written_in_part_keeps_the_full_name() -> None:
    connection = resolved(
        [Story("徐汇区招商，区委书记到场。", organizations=[("区委",)], places=[("徐汇区",)])]
    )
    assert names(connection, "organizations") == ["徐汇区委"]
    assert connection.execute("select alias from aliases where organization_id is not null").fetchall() == [
        ("区委",)
    ]


def test_initials_and_units() -> None:
    assert initials("中国工商银行股份有限公司", among={"工行", "农行"}) == ["工行"]
    assert part_of("旭化成集团") is None
    assert without_type("澜石集团有限公司") == "澜石"
