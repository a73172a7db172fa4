"""Restoring paragraphs: every fix by a case, and every character led back to its source."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miner.model import Line
from miner.split.restore import close_up, edits_json, join_heads, restore_paragraph

CASES = json.loads((Path(__file__).parent / "cases" / "split" / "restore.json").read_text(encoding="utf-8"))


def lines_of(texts: list[str]) -> list[Line]:
    return [Line(2 * number + 1, text) for number, text in enumerate(texts)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["label"])
def test_restore_case(case: dict) -> None:
    assert restore_paragraph(lines_of(case["lines"])).map.text == case["expect"]


HARD = st.text(alphabet="进博会展商，。“”（） \u3000\u00a0\ufffdAbc-12\u200b\ufb01\u2f47记者", max_size=30)


@given(st.lists(HARD, max_size=6))
def test_every_character_leads_back_to_its_source(texts: list[str]) -> None:
    lines = lines_of(texts)
    raw = {line.number: line.text for line in lines}
    made = restore_paragraph(lines).map
    for index, char in enumerate(made.text):
        origin = made.origin(index)
        if origin is None:
            assert char == " "
        else:
            source = raw[origin.line][origin.column]
            assert char == source or char in unicodedata.normalize("NFKC", source)


@given(st.lists(HARD, max_size=6))
def test_edits_explain_the_whole_difference(texts: list[str]) -> None:
    lines = lines_of(texts)
    made = restore_paragraph(lines)
    rebuilt = []
    for line in lines:
        text, shift = line.text, 0
        for column, dropped, inserted in sorted(
            made.edits.get(line.number, []), key=lambda edit: (edit[0], -len(edit[1]))
        ):
            at = column + shift
            assert text[at : at + len(dropped)] == dropped
            text = text[:at] + inserted + text[at + len(dropped) :]
            shift += len(inserted) - len(dropped)
        rebuilt.append(text)
    assert "".join(text for text in rebuilt if text.strip(" \t\u00a0\u3000")) == made.map.text


@given(HARD)
def test_nothing_but_blanks_and_marked_damage_is_lost(text: str) -> None:
    made = restore_paragraph([Line(1, text)])
    kept = {made.map.origin(i).column for i in range(len(made.map)) if made.map.origin(i) is not None}
    dropped = {c for column, old, _ in made.edits.get(1, []) for c in range(column, column + len(old))}
    if made.map.text:
        assert kept | dropped == set(range(len(text)))


def test_a_long_line_takes_linear_time() -> None:
    text = "（记者 " + "王 " * 200_000 + "）"
    assert len(restore_paragraph([Line(1, text)]).map.text) > 200_000


@pytest.mark.parametrize(
    ("text", "expect"),
    [
        ("精 准 对 接", "精准对接"),
        ("精 准 对 接   各 显 神 通", "精准对接 各显神通"),
        ("精准对接\u3000\u3000各显神通", "精准对接 各显神通"),
        ("首批 20 吨展品抵沪", "首批20吨展品抵沪"),
        ("A B C", "A B C"),
        ("  ", ""),
    ],
)
def test_close_up(text: str, expect: str) -> None:
    assert close_up(text) == expect


def test_heads_join_with_a_blank_and_vertical_heads_without() -> None:
    assert join_heads(["展商迎客", "满载而归"]) == "展商迎客 满载而归"
    assert join_heads(list("满载而归")) == "满载而归"
    assert join_heads([]) is None
    assert join_heads([" "]) is None


def test_edits_are_json() -> None:
    assert edits_json([(0, " ", "")]) == '[[0, " ", ""]]'
    assert edits_json([]) is None
