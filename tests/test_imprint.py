"""Lines that only say who made a page are no story: they stay in `article_lines`, with no article."""

from __future__ import annotations

from miner.config import Config
from miner.model import Document, Line
from miner.split import split


def test_an_imprint_is_no_story_and_no_line_is_lost() -> None:
    lines = tuple(Line(n, text) for n, text in enumerate(["本版责编：陈一 林二", "版式设计：周三"], 1))
    parts = split(Document("d", "p.txt", "text/plain", "utf-8", 1, lines, layout="page"), Config())
    assert parts.articles == ()
    assert [(line.line, line.article_id, line.role) for line in parts.lines] == [
        (1, None, "other"),
        (2, None, "other"),
    ]
