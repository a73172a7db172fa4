"""Small pages, set by the typesetter from original texts, rebuilt story by story."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from miner.config import Config
from miner.model import Document, Line, Split
from miner.split import split
from miner.training.pages.typeset import set_lines

CASES = json.loads((Path(__file__).parent / "cases" / "split" / "pages.json").read_text(encoding="utf-8"))


def printed(blocks: list[dict[str, Any]]) -> list[str]:
    """The lines of a page: a blank line after each, as converters leave them."""
    lines: list[str] = []
    for block in blocks:
        texts = [block["line"]] if "line" in block else set_lines(block["text"], block["measure"])
        for text in texts:
            lines += [text, ""]
    return lines


def rebuilt(case: dict[str, Any]) -> Split:
    lines = tuple(Line(number, text) for number, text in enumerate(printed(case["blocks"]), 1))
    return split(Document("d1", "a.txt", "text/plain", "utf-8", 1, lines, layout="page"), Config())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["label"])
def test_a_page_is_rebuilt(case: dict[str, Any]) -> None:
    result = rebuilt(case)
    heads = [" ".join(filter(None, (article.kicker, article.headline))) for article in result.articles]
    assert heads == [wanted["headline"] for wanted in case["expect"]]
    for article, wanted in zip(result.articles, case["expect"], strict=True):
        assert article.body.startswith(wanted["begins"])
        assert len(article.body.split("\n")) == wanted["paragraphs"]
        for name in ("byline", "jump_to"):
            if name in wanted:
                assert getattr(article, name) == wanted[name]
    roles = {row.text: row.role for row in result.lines}
    for text, role in case.get("roles", {}).items():
        assert roles[text] == role


def test_evaluation_pages_are_rebuilt_well(shared_dir: Path) -> None:
    """A floor well below the measured figures, on a few pages: body lines are found."""
    right = total = 0
    for path in sorted((shared_dir / "eval" / "pages").rglob("*_000.json")):
        gold = json.loads(path.read_text(encoding="utf-8"))["lines"]
        texts = path.with_suffix(".txt").read_text(encoding="utf-8").split("\n")
        lines = tuple(Line(number, text) for number, text in enumerate(texts, 1))
        result = split(Document("d1", path.name, "text/plain", "utf-8", 1, lines), Config())
        for row in result.lines:
            right += (row.role == "body") == (gold[str(row.line)]["role"] == "body")
            total += 1
    assert right / total > 0.97
