"""Jump lines in their forms, and stories joined over the pages of an issue."""

from __future__ import annotations

import pytest

from miner.split.jumps import JumpRow, is_jump_line, join_jumps, parse_jump, plain_page


@pytest.mark.parametrize(
    ("text", "way", "page"),
    [
        ("（下转第 6 版）", "to", "6"),
        ("(下转第 4 版)", "to", "4"),
        ("（下转4版）", "to", "4"),
        ("下转第6版", "to", "6"),
        ("▶▶下转A3版", "to", "A3"),
        ("▶下转第 12 版", "to", "12"),
        ("（紧转第８版）", "to", "8"),
        ("（下转第 七 版）", "to", "7"),
        ("（下转第二十一版）", "to", "21"),
        ("（下转 A04 版）", "to", "A4"),
        ("（下转第2、3版）", "to", "2"),
        ("【下转第5版】", "to", "5"),
        ("（上接第 1 版）", "from", "1"),
        ("（紧接第一版）", "from", "1"),
        ("（上接 A1 版）", "from", "A1"),
        ("上接第01版", "from", "1"),
        ("(上接第一版)", "from", "1"),
        ("◀◀上接第3版", "from", "3"),
        ("（下转第6版·专题）", "to", "6"),
    ],
)
def test_forms(text: str, way: str, page: str) -> None:
    assert parse_jump(text) == (way, page)
    assert is_jump_line(text)


@pytest.mark.parametrize(
    "text", ["第 6 版", "他转学到第二中学", "接第一个电话", "下转", "（记者 林岚）", "", "版" * 5000]
)
def test_no_jumps(text: str) -> None:
    assert not is_jump_line(text)


def test_a_sentence_that_ends_in_a_jump_is_no_jump_line() -> None:
    text = "把招商的事一件一件办好。（下转第六版）"
    assert parse_jump(text) == ("to", "6")
    assert not is_jump_line(text)


@pytest.mark.parametrize(
    ("text", "page"), [("03", "3"), ("A01", "A1"), ("第 10 版", "10"), ("十", "10"), ("二十", "20"), ("", "")]
)
def test_plain_page(text: str, page: str) -> None:
    assert plain_page(text) == page


def row(
    article: str, page: str | None, to: str | None, start: str | None, body: str, date: str = "2023-11-08"
) -> JumpRow:
    return JumpRow(article, f"d{page}", "示例报", date, page, to, start, None, body)


def test_parts_are_joined_by_page_and_text() -> None:
    rows = [
        row("a", "1", "6", None, "招商团队在展馆里穿梭，寻找合作伙伴，"),
        row("b", "1", "6", None, "水稻丰收的消息传来，农户们忙着晒谷，"),
        row("c", "6", None, "1", "农户们晒完谷又开始育种，水稻长势喜人。"),
        row("d", "06", None, "1", "合作伙伴在展馆里签下意向，招商团队收获满满。"),
    ]
    joined = join_jumps(rows)
    assert sorted(joined.stories.values()) == [("a", "d"), ("b", "c")]
    assert joined.problems == ()
    assert set(joined.story_of()) == {"a", "b", "c", "d"}


def test_a_story_over_three_pages_is_one_chain() -> None:
    rows = [row("a", "1", "2", None, "甲"), row("b", "2", "3", "1", "乙"), row("c", "3", None, "2", "丙")]
    assert list(join_jumps(rows).stories.values()) == [("a", "b", "c")]


def test_jumps_that_lead_nowhere_are_problems() -> None:
    joined = join_jumps([row("a", "1", "6", None, "甲"), row("b", "4", None, "2", "乙")])
    assert joined.stories == {}
    assert [problem.code for problem in joined.problems] == ["jump-to-nowhere", "jump-from-nowhere"]


def test_issues_are_kept_apart() -> None:
    rows = [row("a", "1", "6", None, "甲"), row("b", "6", None, "1", "乙", date="2023-11-09")]
    assert join_jumps(rows).stories == {}


def test_a_circle_of_jumps_ends() -> None:
    rows = [row("a", "1", "2", "2", "甲"), row("b", "2", "1", "1", "乙")]
    assert isinstance(join_jumps(rows).stories, dict)


def test_story_ids_are_stable() -> None:
    rows = [row("a", "1", "6", None, "甲"), row("b", "6", None, "1", "乙")]
    assert join_jumps(rows).stories == join_jumps(reversed(rows)).stories
