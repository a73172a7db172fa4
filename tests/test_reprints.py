"""Reprints are found however a paper changed them, and texts that only tell the same or follow one pattern are none."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from miner.training.reprints.make import KINDS, reprint
from miner.understand import reprints as module
from miner.understand.reprints import Reprint, reprints

PATTERN = (
    "本报讯 {name}今日发布公告,{year}年上半年实现营业收入{a}亿元,同比增长{b}%,归属于股东的净利润{c}亿元,同比增长{d}%。"
    "{name}表示,业绩增长主要得益于{what}业务的扩张,公司将继续加大研发投入,提升产品竞争力。截至公告日,公司总市值为{e}亿元。"
)


@pytest.fixture(scope="module")
def texts(root: Path) -> list[str]:
    bodies = [
        path.read_text(encoding="utf-8").split("\n", 3)[-1]
        for path in sorted((root / "corpus" / "articles").glob("*.txt"))
    ]
    return [body for body in bodies if len(body) >= 150]


def found(texts: Sequence[str]) -> list[Reprint]:
    return list(reprints(texts, texts.__getitem__))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(3))
def test_a_reprint_leads_to_its_original(texts: list[str], kind: str, seed: int) -> None:
    rng = random.Random(seed)
    made = [reprint(text, kind, texts, rng) for text in texts]
    pairs = {(one.first, one.again) for one in found([*texts, *made])}
    wanted = {(at, len(texts) + at) for at in range(len(texts))}
    assert len(pairs & wanted) >= 0.95 * len(wanted)
    assert len(pairs & wanted) >= 0.98 * len(pairs)


def test_reports_of_one_event_are_no_reprints(texts: list[str]) -> None:
    assert found(texts) == []


def test_short_notices_of_one_office_are_no_reprints() -> None:
    head = "海岚社澜城5月10日电外交部发言人周启航10日宣布：应"
    one = f"{head}北澜国总理、东岚国副总理、西屿国总理邀请，国务院副总理林栖将于5月12日至20日访问北澜国、东岚国、西屿国并举行两国政府间合作委员会第七次会议。"
    assert found([one, f"{head}国务院外交部长王墨邀请，南屿国外长何苗将于5月13日至14日访问我国。"]) == []
    assert len(found([one, one])) == 1


def test_texts_of_one_pattern_are_no_reprints() -> None:
    rng = random.Random(4)
    names = [
        "远岚精密",
        "澄江化工",
        "沐川食品",
        "鹭岛传感",
        "嘉禾医疗",
        "云岫航运",
        "北麓能源",
        "榆关汽配",
        "苍溪纸业",
        "江浦电缆",
    ]
    series = [
        PATTERN.format(
            name=name, year=2023, what=rng.choice(["海外", "新能源", "零售", "医疗"]),
            **{key: round(rng.uniform(1, 90), 2) for key in "abcde"},
        )
        for name in names
    ]  # fmt: skip
    assert found(series) == []


def test_every_copy_of_many_leads_to_the_first(texts: list[str]) -> None:
    copies = [texts[0] + f"(第{number}次刊发)" for number in range(60)]
    many = [*texts, *copies]
    first: dict[int, int] = {}
    for one in found(many):
        first.setdefault(one.again, first.get(one.first, one.first))
    assert all(first[at] == 0 for at in range(len(texts), len(many)))


def test_nothing_and_little_have_no_reprint() -> None:
    assert found([]) == [] and found([""]) == [] and found(["短", "短", "", "", "。" * 500, "。" * 500]) == []
    assert found(["\ud800" * 200, "甲" * 200]) == []


def test_what_is_sampled_stays_bounded(texts: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_ENTRIES", 400)
    assert len(module.sample(texts * 3).hashes) <= 400
    again = [*texts, *(text[: len(text) * 3 // 4] for text in texts)]
    assert {one.again - one.first for one in found(again)} <= {len(texts)}


def test_shards_find_what_one_pass_finds(texts: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(1)
    many = [*texts, *(reprint(text, "cut", texts, rng) for text in texts)]
    whole = found(many)
    monkeypatch.setattr(module, "_SHARDS", 1)
    assert found(many) == whole == sorted(whole)


def test_weights_are_read_as_they_were_written() -> None:
    shipped = module.ReprintWeights.shipped()
    again = module.ReprintWeights.read(shipped.json())
    assert all(np.array_equal(one, other) for one, other in zip(shipped[:3], again[:3], strict=True))
