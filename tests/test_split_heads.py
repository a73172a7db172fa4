"""Heads in their parts, bylines that are bylines, and whose byline it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from miner.split.bylines import BylinePage, Signature, is_byline, sign
from miner.split.credits import credit_in, is_names, parse_credit
from miner.split.heads import evidence_of, head_of, part_heads, ways

CASES = Path(__file__).parent / "cases" / "split"


def cases(name: str) -> list[Any]:
    found: list[dict[str, Any]] = json.loads((CASES / f"{name}.json").read_text(encoding="utf-8"))
    return [
        pytest.param(
            case,
            id=case["label"],
            marks=[pytest.mark.xfail(reason=case["xfail"], strict=True)] if "xfail" in case else [],
        )
        for case in found
    ]


@pytest.mark.parametrize("case", cases("heads"))
def test_a_head_is_parted(case: dict[str, Any]) -> None:
    assert list(part_heads([case["lines"]])[0].roles) == case["roles"]


@pytest.mark.parametrize("case", cases("bylines"))
def test_a_byline_is_names(case: dict[str, Any]) -> None:
    credit = parse_credit(case["text"])
    assert (list(credit.names) if credit else None) == case["names"]


def test_every_way_has_a_headline_and_keeps_it_together() -> None:
    for count in range(1, 6):
        for way in ways(count):
            assert len(way) == count
            assert "H" in way
            assert "H" not in way.strip("KT").replace("H", "")
    assert len(set(ways(4))) == len(ways(4))


def test_evidence_is_named_by_its_part() -> None:
    found = evidence_of(head_of(["新桥通车", "——记建桥人"]), "HT")
    assert found["opens with a dash / T"] == found["opens as a record does / T"] == 1.0
    assert not any(name.startswith("opens with a dash / H") for name in found)


def test_a_head_of_many_lines_has_a_role_a_line() -> None:
    roles = part_heads([["新桥通车"] * 40])[0].roles
    assert len(roles) == 40
    assert "headline" in roles


def test_a_pages_habit_speaks_for_a_kicker() -> None:
    """After a headline nothing marks a line; where the page's heads have kickers and no decks it is one."""
    unmarked = ["做好一碗面", "守住一座城", "南城“老字号”焕新登场"]
    kickers = [
        ["共建人才培养新平台", "海滨区与东湖理工大学签署合作协议"],
        ["林向东在调研水利工程时强调", "筑牢防汛安全屏障"],
        ["为中小企业送政策、解难题", "区商务委走进园区开展专场服务"],
    ]
    assert part_heads([*kickers, unmarked])[-1].roles[-1] == "kicker"


def test_a_photographer_signs_no_story() -> None:
    assert not is_byline("陈一 摄")
    assert is_byline("记者 陈一 摄影 李二三")


def test_bylines_in_brackets_and_lines_of_names() -> None:
    assert credit_in("本报讯（记者 王一 通讯员 李二三）昨天，", edges=60) == "记者 王一 通讯员 李二三"
    assert credit_in("昨天的会议。（本报记者 王一）", edges=60) == "本报记者 王一"
    assert credit_in("昨天（11月8日）的会议。", edges=60) is None
    assert is_names("王一 李二三")
    assert not is_names("海滨要闻")


def test_the_neighbour_without_a_byline_gets_the_one_that_is_left() -> None:
    """Two stories with their heads; one byline stands under the second's head, an equal one after its body."""
    page = BylinePage([[0], [3], [5, 6, 7]], [0, 1], {0: 0, 6: 1}, ["第一篇的正文。", "第二篇的正文。"])
    assert sign(page, [Signature((5,), 2), Signature((7,), 2)]) == [0, 1]


def test_no_byline_no_decision() -> None:
    assert sign(BylinePage([[0], []], [0], {0: 0}, ["正文。"]), []) == []
