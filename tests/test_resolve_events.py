"""Reports of one event are joined, those of two stay apart, and a day of like stories costs no square."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

import pytest

from miner.resolve import resolve_facts
from miner.resolve.events import Comparison, cluster
from miner.resolve.likeness import EVIDENCE, weights
from miner.resolve.pairing import PARTNERS, candidate_pairs
from miner.resolve.reports import Rarity, load_reports
from miner.training.likeness import LabelledPair, fit_likeness

from .builders import Story, memory_database, store


def resolved(stories: Sequence[Story]) -> sqlite3.Connection:
    connection = memory_database()
    store(connection, stories)
    resolve_facts(connection)
    return connection


def sizes(connection: sqlite3.Connection) -> list[int]:
    return sorted(row[0] for row in connection.execute("select n_reports from events"))


def signing(left: str, right: str, *, paper: str = "浦江晨报", day: str = "2022-11-07") -> Story:
    return Story(
        f"11月7日上午，{left}与{right}在国家会展中心签署战略合作协议，双方将在医疗设备领域深化合作。",
        newspaper=paper,
        enterprises=[(right,)],
        organizations=[(left,)],
        events=[("signing", "签署", day, (left, right), "done")],
    )


def test_disjoint_parties_that_are_named_stay_apart_however_alike_the_sentences() -> None:
    connection = resolved(
        [
            signing("海滨医院", "青穗器械"),
            signing("云岭医院", "岫东仪器", paper="海滨日报"),
        ]
    )
    assert sizes(connection) == [1, 1]


def test_a_core_that_is_a_word_echoes_nobody() -> None:
    """中国银行 without its country is 银行, which every bank's report says."""
    told = [
        Story(
            f"11月6日，{bank}在进博会举行签约仪式，{what}。",
            newspaper=paper,
            enterprises=[(bank,)],
            events=[("signing", "签约", "2022-11-06", (bank,), "done")],
        )
        for bank, what, paper in (
            ("中国建设银行股份有限公司", "为二十家展商授信", "浦江晨报"),
            ("中国银行", "开通跨境结算", "海滨日报"),
        )
    ]
    assert sizes(resolved(told)) == [1, 1]


def test_one_event_in_other_words_is_one() -> None:
    told = Story(
        "海滨医院昨天同青穗器械签约，将联手研制医疗设备。",
        newspaper="海滨日报",
        enterprises=[("青穗器械",)],
        organizations=[("海滨医院",)],
        events=[("signing", "签约", "2022-11-07", ("海滨医院", "青穗器械"), "done")],
    )
    assert sizes(resolved([signing("海滨医院", "青穗器械"), told])) == [2]


def test_reports_without_parties_meet_by_day_and_rare_words() -> None:
    bodies = (
        "澜湾咖啡文化周昨天在海滨广场开幕，三十家烘焙门店参加。",
        "海滨广场昨天迎来澜湾咖啡文化周开幕，三十家烘焙门店亮相。",
    )
    stories = [
        Story(body, newspaper=paper, events=[("ceremony", "开幕", "2022-11-07", (), "done")])
        for body, paper in zip(bodies, ("浦江晨报", "海滨日报"), strict=True)
    ]
    other = Story(
        "岭南花市昨天开幕。", newspaper="岭南晚报", events=[("ceremony", "开幕", "2022-11-07", (), "done")]
    )
    assert sizes(resolved([*stories, other])) == [1, 2]


@pytest.mark.parametrize("status", ["done", "negated"])
def test_a_moved_or_cancelled_event_finds_its_plan(status: str) -> None:
    plan = Story(
        "青穗食品将于11月7日在海滨展馆发布新款冷萃机。",
        published="2022-11-05",
        enterprises=[("青穗食品",)],
        events=[("launch", "发布", "2022-11-07", ("青穗食品",), "planned")],
    )
    after = Story(
        "青穗食品原定7日的新款冷萃机发布改到了11月9日。",
        published="2022-11-10",
        newspaper="海滨日报",
        enterprises=[("青穗食品",)],
        events=[("launch", "发布", "2022-11-09", ("青穗食品",), status)],
    )
    assert sizes(resolved([plan, after])) == [2]


def alike(count: int) -> list[Story]:
    """Stories of one day that differ in the company alone."""
    companies = [
        f"{chr(0x4E00 + n % 500)}{chr(0x5200 + 7 * n)}{chr(0x8000 + 5 * n)}公司" for n in range(count)
    ]
    return [
        Story(
            f"11月7日，{company}与海滨区政府在国家会展中心签约，落户海滨商务区。",
            path=f"{number}.txt",
            enterprises=[(company,)],
            organizations=[("海滨区政府",)],
            events=[("signing", "签约", "2022-11-07", (company, "海滨区政府"), "done")],
        )
        for number, company in enumerate(companies)
    ]


def test_one_host_that_signs_with_many_signed_many_contracts() -> None:
    assert sizes(resolved(alike(8))) == [1] * 8


def compared(count: int) -> int:
    connection = memory_database()
    store(connection, alike(count))
    reports = list(load_reports(connection))
    rarity = Rarity(reports)
    comparison = Comparison(reports, rarity)
    pairs = [divmod(int(pair), count) for pair in candidate_pairs(reports, rarity.frequency)]
    cluster(count, {pair: comparison.score(*pair) for pair in pairs}, comparison.score)
    return len(comparison.scores)


def test_comparisons_grow_with_the_stories_and_not_with_their_square() -> None:
    few, many = compared(150), compared(300)
    assert few <= 150 * PARTNERS
    assert many <= 2.2 * few


def test_every_piece_of_evidence_that_has_a_weight_is_known() -> None:
    assert weights().keys() - {"prior"} <= EVIDENCE.keys()


def test_fitting_moves_weights_by_what_pairs_show_and_leaves_the_rest() -> None:
    connection = memory_database()
    store(
        connection, [*alike(6), *(signing("海滨医院", "青穗器械", paper=paper) for paper in ("甲报", "乙报"))]
    )
    resolve_facts(connection)
    reports = list(load_reports(connection))
    comparison = Comparison(reports, Rarity(reports))
    two = [n for n, report in enumerate(reports) if "海滨医院" in report.text]
    others = [n for n in range(len(reports)) if n not in two]
    labelled = [LabelledPair(comparison.pair(*two), same=True, counts=20.0)]
    labelled.extend(LabelledPair(comparison.pair(others[0], n), same=False, counts=20.0) for n in others[1:])
    guess = {"prior": 0.0, "several parties": 0.5, "own partners": -0.5, "other edition": -3.0}
    fitted = fit_likeness(labelled, guess)
    assert fitted["several parties"] > 0.5 and fitted["own partners"] < -0.5
    assert fitted["other edition"] == -3.0
