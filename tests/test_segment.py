"""Sentences and words."""

from __future__ import annotations

import json
import lzma
import re
from itertools import islice, pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miner.language.sentences import sentences
from miner.language.words import ReferenceSegmenter, is_common, tagged, user_dictionary, words

_OWN_TEXT = (
    "第八届进博会昨天在国家会展中心开幕。静安区投促办与德勤、毕马威签署合作备忘录，共同服务参展商。\n"
    "“我们只用了四十天。”首席执行官方远说，“区里的同志跑了三趟。”迅销、宜家家居、赛诺菲的展台前排起长队；"
    "旭化成（中国）投资有限公司董事长兼总经理来到展台，称赞上海的速度。\n"
    "意向成交七百八十四亿元，比上届增长百分之六点七。谁会是下一个全勤生？"
)


def test_sentences_keep_closing_marks() -> None:
    """A closing quotation mark stays with its sentence; paragraphs always end one."""
    text = "他说：“好！”然后走了。\n再见"
    assert [span.of(text) for span in sentences(text)] == ["他说：“好！”", "然后走了。", "再见"]


def test_semicolons_do_not_end_sentences() -> None:
    """What is joined by a semicolon is one sentence."""
    text = "甲公司签约；乙公司参展。"
    assert len(sentences(text)) == 1


def test_long_sentences_are_cut_at_commas() -> None:
    """A sentence above the limit is cut after a comma, and nothing is lost."""
    text = "一二三四五，" * 40
    pieces = sentences(text, max_chars=50)
    assert all(span.end - span.start <= 50 for span in pieces)
    assert all(span.of(text).endswith("，") for span in pieces)
    assert "".join(span.of(text) for span in pieces) == text


def test_a_sentence_without_commas_is_cut_all_the_same() -> None:
    """Hostile text without any mark is cut at the limit."""
    assert [span.end - span.start for span in sentences("一" * 120, max_chars=50)] == [50, 50, 20]


@settings(deadline=None)
@given(st.text(alphabet="进博会。！？!?；\n ，“”开幕ab1", max_size=60))
def test_sentences_lose_nothing_but_blanks(text: str) -> None:
    """Sentences are in order, do not overlap, and between them stand blanks alone."""
    spans = sentences(text)
    assert all(a.end <= b.start for a, b in pairwise(spans))
    kept = "".join(span.of(text) for span in spans)
    assert re.sub(r"\s", "", kept) == re.sub(r"\s", "", text)


@given(st.text(max_size=40))
@settings(deadline=None)
def test_words_cover_every_character(text: str) -> None:
    """Words are neighbours and cover the text, whatever it is."""
    spans = words(text)
    assert "".join(span.of(text) for span in spans) == text
    assert all(a.end == b.start for a, b in pairwise(spans))


def test_words_know_the_user_dictionary() -> None:
    """Words of the lexicons are not cut."""
    cut = [span.of(_OWN_TEXT) for span in words(_OWN_TEXT)]
    for word in ("进博会", "国家会展中心", "宜家家居", "赛诺菲", "旭化成", "首席执行官"):
        assert word in user_dictionary()
        assert word in cut


def test_tagged_gives_offsets() -> None:
    """Tagged words come with their offsets."""
    found = tagged(_OWN_TEXT)
    assert len(found.words) == len(found.tags) == len(found.starts)
    assert all(
        _OWN_TEXT.startswith(word, start) for word, start in zip(found.words, found.starts, strict=True)
    )


def test_common_words() -> None:
    """The dictionary tells everyday words from others."""
    assert is_common("公司")
    assert not is_common("砺芯")


def _difference(text: str, reference: ReferenceSegmenter) -> tuple[int, int, list[str]]:
    lines = same = 0
    different = []
    for line in filter(None, text.split("\n")):
        lines += 1
        ours, theirs = words(line), reference.words(line)
        if ours == theirs:
            same += 1
        else:
            different.append(line)
    return lines, same, different


def test_the_fast_path_cuts_like_jieba() -> None:
    """rjieba and jieba with the same user dictionary cut our own text alike."""
    lines, same, different = _difference(_OWN_TEXT, ReferenceSegmenter())
    assert (lines, different) == (same, [])


def test_the_fast_path_cuts_like_jieba_on_a_large_text(shared_dir: Path) -> None:
    """On half a million characters of broadcast news at least 99 lines in 100 are cut alike; hyphens are the known difference."""
    archive = shared_dir / "data" / "raw" / "broadcast.jsonl.xz"
    if not archive.is_file():
        pytest.skip("the broadcast news are not here")
    with lzma.open(archive, "rt", encoding="utf-8") as stream:
        text = "\n".join(json.loads(line)["body"] for line in islice(stream, 1000))
    lines, same, different = _difference(text, ReferenceSegmenter())
    assert len(text) > 400_000
    assert same / lines > 0.99
    unexplained = [line for line in different if not re.search(r"[\dA-Za-z]-[\dA-Za-z]", line)]
    assert len(unexplained) / lines < 0.005
