"""Contradictions: rounding is told from conflict, and different things do not contradict each other."""

from __future__ import annotations

import sqlite3
from array import array

import pytest

from miner.language.figure_scope import FigureScope
from miner.publish.index import summaries
from miner.resolve.figures import ComparedFigure, find_conflicts, is_sure
from tests.archives import add_article, add_document, empty_archive, insert

Said = tuple[float, str | None]


def archive(measure: str, *figures: Said, subject: str = "企业") -> sqlite3.Connection:
    connection = empty_archive()
    add_document(connection)
    for number, (value, qualifier) in enumerate(figures):
        before = ("签约见闻：第五届进博会有", "海外巡礼：第五届进博会有", "场馆速写：第五届进博会有")[number]
        add_article(connection, f"a{number}", f"{before}{value:g}{subject}", edition=5)
        insert(
            connection, "figures", id=f"f{number}", article_id=f"a{number}", field="body", start=len(before), end=len(f"{before}{value:g}"), text=f"{value:g}",
            value=value, unit="家", qualifier=qualifier, measure=measure, subject=f"{subject}{number}", edition=5,
        )  # fmt: skip
    find_conflicts(connection)
    return connection


@pytest.mark.parametrize(
    ("left", "right", "kind"),
    [
        ((3400, "多"), (3436, None), "rounding"), ((3400, "多"), (3550, None), "conflict"), ((50, "余"), (58, None), "rounding"),
        ((3450, None), (3500, "近"), "rounding"), ((3300, None), (3500, "近"), "conflict"), ((2000, "多"), (2800, None), "rounding"),
        ((78_400_000_000, None), (78_410_000_000, None), "rounding"), ((127, None), (145, None), "conflict"),
        ((95, None), (100, "约"), "rounding"), ((3400, None), (3436, None), "rounding"), ((3436, None), (3437, None), "conflict"),
    ],
)  # fmt: skip
def test_rounding_and_conflict(left: Said, right: Said, kind: str) -> None:
    rows = (
        archive("exhibitors" if left[0] > 500 else "countries", right, left)
        .execute("select left_value, right_value, kind from contradictions")
        .fetchall()
    )
    assert [tuple(row) for row in rows] == [(left[0], right[0], kind)]


def test_far_values_and_other_subjects_do_not_contradict() -> None:
    assert (
        not archive("exhibitors", (2, None), (2800, None)).execute("select 1 from contradictions").fetchall()
    )
    assert not archive("companies", (12, None), (13, None)).execute("select 1 from contradictions").fetchall()
    assert (
        not archive("exhibitors", (12, None), (13, None)).execute("select 1 from contradictions").fetchall()
    )
    assert (
        archive("exhibitors", (1200, None), (1300, None)).execute("select 1 from contradictions").fetchall()
    )


@pytest.mark.parametrize(
    ("left", "right", "sure"),
    [
        (("甲", "乙", "丙", "丁"), ("甲", "乙", "丙", "戊"), True),
        (("甲", "乙", "丁"), ("甲", "己", "戊"), False),
        (("甲", "乙", "丙", *"庚辛壬癸子"), ("甲", "乙", "丙", *"寅卯辰巳午"), False),
    ],
)
def test_a_count_that_closes_one_list_has_one_owner(
    left: tuple[str, ...], right: tuple[str, ...], sure: bool
) -> None:
    def said(article: str, value: int, names: tuple[str, ...]) -> ComparedFigure:
        return ComparedFigure(
            article, article, f"{value}家", value, "家", None, "服务机构", "companies", None, None, names, names, names[-1],
            ("签约",), array("q"), FigureScope(False, frozenset(), frozenset(), frozenset()), "2022", 5,
        )  # fmt: skip

    assert is_sure(said("a", 12, left), said("b", 13, right), 0.9, words=0.1) is sure


def test_summaries_count_conflicts_and_can_be_rebuilt() -> None:
    connection = archive("exhibitors", (3400, "多"), (3436, None), (3550, None))
    for _ in range(2):
        summaries.rebuild(connection)
    (row,) = connection.execute(
        "select n_figures, n_values, low, high, n_conflicts, n_roundings from measures"
    ).fetchall()
    assert tuple(row) == (3, 3, 3400, 3550, 2, 1)
    assert connection.execute("select n from totals where name = 'articles'").fetchone()[0] == 3


def test_exhibitors_know_their_first_expo() -> None:
    connection = empty_archive()
    add_document(connection)
    insert(connection, "enterprises", id="e", name="甲公司")
    for edition in (3, 5):
        add_article(
            connection, f"a{edition}", "甲公司参展", edition=edition, published=f"{2017 + edition}-11-06"
        )
        insert(connection, "mentions", id=f"m{edition}", article_id=f"a{edition}", field="body", start=0, end=3, text="甲公司",
               label="enterprise", enterprise_id="e", method="t", confidence=1.0, local_entity=0)  # fmt: skip
        insert(
            connection,
            "events",
            id=f"v{edition}",
            type="exhibition",
            title="甲公司参展",
            edition=edition,
            status="done",
        )
        insert(connection, "event_reports", id=f"r{edition}", event_id=f"v{edition}", article_id=f"a{edition}", field="body", start=0, end=5,
               type="exhibition", trigger="参展", trigger_start=3, trigger_end=5, evidence="甲公司参展", status="done", method="t",
               confidence=1.0)  # fmt: skip
        insert(connection, "event_participants", id=f"p{edition}", event_id=f"v{edition}", report_id=f"r{edition}", role="exhibitor",
               name="甲公司", enterprise_id="e")  # fmt: skip
    summaries.rebuild(connection)
    rows = connection.execute(
        "select edition, first_exhibited, is_first from exhibitors order by edition"
    ).fetchall()
    assert [tuple(row) for row in rows] == [(3, 3, 1), (5, 3, 0)]


def test_coverage_of_the_expo_is_told_from_what_names_it_once() -> None:
    connection = empty_archive()
    add_document(connection)
    insert(connection, "enterprises", id="e", name="甲公司")
    digest = "进博会开幕。甲公司招聘。" + "另有一件别的事。" * 400
    for name, body, edition in (
        ("about", "甲公司亮相进博会。", 5), ("digest", digest, 5), ("undated", "甲公司首次来到进博会。", None), ("other", "甲公司招聘。", None),
    ):  # fmt: skip
        add_article(connection, name, body, edition=edition, published="2022-11-06" if edition else None)
        insert(connection, "mentions", id=name, article_id=name, field="body", start=0, end=3, text="甲公司",
               label="enterprise", enterprise_id="e", method="t", confidence=1.0, local_entity=0)  # fmt: skip
    summaries.rebuild(connection)
    assert [tuple(r) for r in connection.execute("select sum(n_articles), sum(n_expo) from coverage")] == [
        (4, 2)
    ]
    rows = connection.execute("select article_id, expo from appearances order by article_id").fetchall()
    assert [tuple(row) for row in rows] == [("about", 1), ("digest", 0), ("other", 0), ("undated", 1)]


def test_who_was_visited_at_a_stand_of_the_expo_exhibits() -> None:
    connection = empty_archive()
    add_document(connection)
    add_article(connection, "a", "区长来到甲公司展台。区长到乙公司调研。", edition=6, published="2023-11-07")
    for key, name, said in (("e1", "甲公司", "区长来到甲公司展台。"), ("e2", "乙公司", "区长到乙公司调研。")):
        insert(connection, "enterprises", id=key, name=name)
        insert(connection, "events", id=key, type="visit", title="走访", edition=6, status="done")
        insert(connection, "event_reports", id=key, event_id=key, article_id="a", start=0, end=1, type="visit", trigger="来到", trigger_start=0, trigger_end=2,
               evidence=said, status="done", method="t", confidence=1.0, edition=6)  # fmt: skip
        insert(connection, "event_participants", id=key, event_id=key, report_id=key, role="visited", name=name, enterprise_id=key)  # fmt: skip
    summaries.rebuild(connection)
    rows = connection.execute(
        "select enterprise_id, exhibited from edition_enterprises order by 1"
    ).fetchall()
    assert [tuple(row) for row in rows] == [("e1", 1), ("e2", 0)]
