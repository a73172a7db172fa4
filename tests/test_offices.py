"""A bare title leads to the one person who holds it then; nobody is merged over a title; a page lends its district."""

from __future__ import annotations

import sqlite3

import pytest

from miner.model import Line
from miner.resolve.offices import link_offices
from miner.resolve.people import Profile, compare
from miner.resolve.regions import Local, Qualifier
from miner.resolve.titles import clause_of
from miner.split.printed import PrintedPages
from tests.archives import add_article, add_document, empty_archive, insert


def _post(connection: sqlite3.Connection, article: str, person: str, title: str, body: str = "") -> None:
    insert(
        connection,
        "posts",
        id=f"{article}{person}{title}{body}",
        person_id=person,
        title=title,
        organization_text=body,
        article_id=article,
        start=0,
        end=1,
        local_person=0,
    )


def _quote(connection: sqlite3.Connection, article: str, speaker: str) -> None:
    insert(
        connection,
        "quotes",
        id=f"q{article}{speaker}",
        article_id=article,
        start=0,
        end=1,
        text="好",
        direct=1,
        speaker=speaker,
        confidence=1.0,
        local_entity=None,
    )


@pytest.fixture
def archive() -> sqlite3.Connection:
    connection = empty_archive()
    for name in ("d", "e"):
        add_document(connection, name)
    for number, day in enumerate(("2023-11-05", "2023-11-06", "2023-11-07", "2010-01-01")):
        add_article(connection, f"a{number}", "好", published=day, newspaper="浦江新报")
    add_article(connection, "far", "好", document_id="e", published="2023-11-07", newspaper="望潮早报")
    for key, name in (("p1", "周江海"), ("p2", "林望潮")):
        insert(connection, "people", id=key, name=name)
    return connection


def _speaker(connection: sqlite3.Connection, article: str, speaker: str) -> str | None:
    found: str | None = connection.execute(
        "select person_id from quotes where id = ?", (f"q{article}{speaker}",)
    ).fetchone()[0]
    return found


def test_a_title_that_one_person_holds_leads_to_that_person_with_the_reason(
    archive: sqlite3.Connection,
) -> None:
    for article in ("a0", "a1"):
        _post(archive, article, "p1", "总书记")
    for article in ("a2", "a3", "far"):
        _quote(archive, article, "总书记")
    link_offices(archive)
    assert _speaker(archive, "a2", "总书记") == "p1" and _speaker(archive, "far", "总书记") == "p1"
    reasons = archive.execute(
        "select reasons from judgements where kind = 'office' and left_name = '总书记'"
    ).fetchone()[0]
    assert "只有1人" in reasons and "周江海" in reasons


def test_a_title_that_two_hold_or_that_wants_a_body_leads_nowhere(archive: sqlite3.Connection) -> None:
    _post(archive, "a0", "p1", "总书记")
    _post(archive, "a1", "p2", "总书记")
    _post(archive, "a0", "p1", "董事长", "望潮集团")
    for speaker in ("总书记", "董事长", "专家"):
        _quote(archive, "a2", speaker)
    link_offices(archive)
    assert [_speaker(archive, "a2", speaker) for speaker in ("总书记", "董事长", "专家")] == [
        None,
        None,
        None,
    ]


def test_a_title_without_its_region_holds_for_its_page_or_newspaper_alone(
    archive: sqlite3.Connection,
) -> None:
    for article in ("a0", "a1"):
        _post(archive, article, "p1", "书记", "区委")
    for article in ("a2", "far"):
        _quote(archive, article, "区委书记")
    link_offices(archive)
    assert _speaker(archive, "a2", "区委书记") == "p1" and _speaker(archive, "far", "区委书记") is None


def test_a_committee_without_its_district_is_that_of_the_page() -> None:
    connection = empty_archive()
    add_document(connection)
    for number, place in enumerate(("徐汇区", "徐汇区", None)):
        add_article(connection, f"a{number}", "好")
        if place:
            insert(
                connection,
                "mentions",
                id=f"m{number}",
                article_id=f"a{number}",
                start=0,
                end=3,
                text=place,
                label="place",
                method="t",
                confidence=1.0,
                local_entity=0,
            )
    assert Qualifier(connection).key(Local("a2", "区委", None, None, "d")) == "name:徐汇区委"
    assert Qualifier(connection).key(Local("a2", "区委", None, None, None)) == "name:a2|区委"


def _profile(body: str, **more: object) -> Profile:
    return Profile(body, "周江海", bodies={body}, titles={"书记"}, **more)  # type: ignore[arg-type]


def test_a_body_that_leaves_its_region_out_is_no_other_body() -> None:
    page = {"pages": {"d"}}
    one = compare(_profile("徐汇区", **page), _profile("区委#a2", **page))
    assert (
        one[0] >= 0.5
        and any("一方未写全" in reason for reason in one[1])
        and any("同一版面" in reason for reason in one[1])
    )
    other = compare(_profile("徐汇区"), _profile("静安区"))
    assert other[0] < 0.5 and any("单位不同" in reason for reason in other[1])


def test_nobody_is_merged_over_a_title_alone() -> None:
    left, right = _profile("望潮集团"), _profile("砺芯科技")
    assert compare(left, right)[0] < 0.5


@pytest.mark.parametrize(
    ("evidence", "trigger", "told"),
    [
        ("许多机构在签约之初，并未说明；江湾论坛在浦江新城闭幕。", "闭幕", "江湾论坛在浦江新城闭幕"),
        ("本报讯望潮节将于明日在江湾开幕，为期三天。", "开幕", "望潮节将于明日在江湾开幕"),
        ("会上，发布《江湾报告（2017—2025）》。", "发布", "会上，发布《江湾报告（2017—2025）》"),
    ],
)  # fmt: skip
def test_an_event_without_a_party_is_titled_by_its_whole_clause(
    evidence: str, trigger: str, told: str
) -> None:
    assert told.endswith(clause_of(evidence, trigger)) or clause_of(evidence, trigger) == told
    assert trigger in clause_of(evidence, trigger)


@pytest.mark.parametrize(
    ("lines", "page"),
    [
        ([Line(1, "标题", page=7), Line(2, "正文。", page=7), Line(3, "《浦江晨报》（2023年11月8日 第 03 版）", page=7)], "3"),
        ([Line(1, "浦江晨报 2023年11月8日 第5版", page=7), Line(2, "标题", page=7), Line(3, "正文。", page=7)], "5"),
        ([Line(1, "标题", page=7), Line(2, "正文。", page=8)], None),
    ],
)  # fmt: skip
def test_the_printed_page_is_told_by_heads_and_feet_never_by_the_file(
    lines: list[Line], page: str | None
) -> None:
    assert PrintedPages(lines).of(lines) == page
