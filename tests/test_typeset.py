"""The page generator: its gold must be right on every page, for any seed, style and story."""

from __future__ import annotations

import itertools
import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miner.training.pages.scans import scanned
from miner.training.pages.typeset import (
    EditorStory,
    Rates,
    Style,
    choose,
    random_style,
    set_lines,
    typeset,
    width,
)
from miner.training.pages.words import alike

STORIES = [
    EditorStory(
        f"s{number}",
        f"第{number}号展台来了新客人 订单写满两页纸",
        (
            f"本报讯 11月{number + 5}日，滨江区的第{number}支招商小队走进4.1馆，同Anna Berg等30多位客商见了面。",
            f"“我们只带了{number}件样机，第二天就被问光了，”展台经理方晴说，“明年要带一整条产线。”",
            "队员们把名片按行业分好，当晚就发出了邀请函；有的客商连酒店都还没有回。",
            f"据介绍，小队计划在6天内拜访1{number}家企业，其中三成是第一次参展。",
        ),
        names=("方晴",),
    )
    for number in range(9)
]


def squeeze(text: str) -> str:
    return re.sub(r"[\s\ufffd]", "", text)


def test_marks_never_start_a_line_and_openings_never_end_one() -> None:
    text = (
        "展台前，记者看到“样机”（第一次来华）的价格：一台3400元；“贵不贵？”他说，“不贵。”《指南》里也这么写。"
        * 5
    )
    for measure in range(8, 22):
        lines = set_lines(text, measure)
        assert "".join(lines) == text
        for line in lines:
            assert line[0] not in "，。、；：！？）》”’" and line[-1] not in "（《“‘"


def test_lines_keep_to_their_measure_within_two() -> None:
    mixed = "".join(paragraph for story in STORIES for paragraph in story.paragraphs)
    plain = (
        "队员们把名片按行业分好，当晚就发出了邀请函；有的客商连酒店都还没有回，订单却已经排到了明年春天。" * 5
    )
    full = total = 0
    for measure in range(12, 21):
        for text in (mixed, plain):
            first, *middle, _ = set_lines(text, measure)
            assert abs(width(first) - (measure - 2)) <= 2.5
            assert all(abs(width(line) - measure) <= 2.5 for line in middle)
        first, *middle, _ = set_lines(plain, measure)
        full, total = full + sum(width(line) == measure for line in middle), total + len(middle)
    assert full / total > 0.8


def test_a_word_longer_than_the_measure_is_cut() -> None:
    assert all(width(line) <= 8 for line in set_lines("https://example.com/a/very/long/address", 8))


@settings(max_examples=60, deadline=None)
@given(level=st.integers(1, 5), seed=st.integers(0, 10**6))
def test_gold_covers_every_line_and_the_text_comes_back(level: int, seed: int) -> None:
    rng = random.Random(seed)
    page = typeset(choose(STORIES, level, rng), random_style(level, rng), rng)
    filled = {str(n) for n, line in enumerate(page.lines, 1) if line.strip()}
    assert filled == set(page.gold["lines"])
    for article in page.gold["articles"]:
        for paragraph, numbers in zip(article["paragraphs"], article["paragraph_lines"], strict=True):
            printed = squeeze("".join(page.lines[n - 1] for n in numbers))
            lost = len(squeeze(paragraph)) - len(printed)
            assert printed == squeeze(paragraph) if not lost else 0 < lost <= 6
        if article["headline_printed"]:
            head = squeeze("".join(page.lines[n - 1] for n in article["headline_lines"]))
            assert head == squeeze(article["headline"])
        else:
            assert not article["headline_lines"]


def test_the_same_seed_gives_the_same_page() -> None:
    pages = []
    for _ in range(2):
        rng = random.Random(7)
        pages.append(typeset(STORIES[:4], random_style(4, rng), rng))
    assert pages[0].lines == pages[1].lines and pages[0].gold == pages[1].gold


def test_level_one_is_in_reading_order_without_ornament() -> None:
    rng = random.Random(3)
    page = typeset(STORIES[:3], random_style(1, rng), rng)
    assert {row["role"] for row in page.gold["lines"].values()} == {"headline", "body"}
    order = [row["article"] for row in page.gold["lines"].values()]
    assert order == sorted(order)


def test_interleaved_bodies_are_cut_inside_a_paragraph() -> None:
    page = typeset(STORIES[:2], Style(level=5, rates=Rates(interleave=1.0)), random.Random(1))
    order = [(row["article"], row["para"]) for row in page.gold["lines"].values() if row["role"] == "body"]
    switches = [(a, b) for a, b in itertools.pairwise(order) if a[0] != b[0]]
    assert len(switches) >= 2
    first_leaves = switches[0][0]
    assert first_leaves in order[order.index(switches[0][1]) :]


@pytest.mark.parametrize(
    ("rate", "role"), [("section", "column"), ("caption", "caption"), ("jump", "jump"), ("kicker", "kicker")]
)
def test_a_rate_of_one_prints_the_ornament_for_every_story(rate: str, role: str) -> None:
    page = typeset(STORIES[:3], Style(level=3, rates=Rates(**{rate: 1.0})), random.Random(2))
    owners = {row["article"] for row in page.gold["lines"].values() if row["role"] == role}
    assert owners == {"A1", "A2", "A3"}


def test_a_story_that_goes_on_names_its_pages() -> None:
    page = typeset([EditorStory("a", "长文章", STORIES[0].paragraphs, jump=4)], Style(), random.Random(0))
    (article,) = page.gold["articles"]
    assert article["jump"] == 4 and article["truncated"] and len(article["jump_lines"]) == 1
    page = typeset([EditorStory("b", None, STORIES[0].paragraphs, continues=1)], Style(), random.Random(0))
    (article,) = page.gold["articles"]
    assert article["continues"] == 1 and not article["headline_printed"]
    assert page.gold["lines"]["1"]["role"] == "jump"


@pytest.mark.parametrize("seed", range(6))
def test_a_scan_keeps_lines_and_gold(seed: int) -> None:
    rng = random.Random(seed)
    page = typeset(STORIES[:4], random_style(4, rng), rng)
    read = scanned(page, rng)
    assert len(read.lines) == len(page.lines)
    assert all(read.lines[int(number) - 1].strip() for number in read.gold["lines"])
    assert read.gold["lines"].keys() <= page.gold["lines"].keys()


def test_every_character_that_a_scan_mistakes_has_another() -> None:
    assert all(others and char not in others for char, others in alike().items())
