"""The printed page of a story in a file of pages: what a running head or foot says, never the page's place in the file."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from miner.model import Line
from miner.read.pagemarks import running_head
from miner.read.paths import page_name

__all__ = ["PrintedPages"]

_LONGEST = 60


class PrintedPages:
    """The lines of a document that say which printed page they stand on, in order."""

    def __init__(self, lines: Iterable[Line]) -> None:
        found = [(line, page) for line in lines if line.page is not None and (page := _printed(line.text))]
        self._numbers = [line.number for line, _ in found]
        self._sheets = [line.page for line, _ in found]
        self._pages = [page for _, page in found]

    def of(self, lines: Sequence[Line]) -> str | None:
        """Return the printed page that a story begins on, None where nothing tells it.

        What tells it stands at or after its first line on the same sheet of the file, or among its own lines (a foot
        under the last part of a story), or else above it on the same sheet.

        >>> foot = Line(9, "《浦江晨报》（2023年11月8日 第 03 版）", page=41)
        >>> PrintedPages([Line(1, "标题", page=40), foot]).of([Line(1, "标题", page=40), foot])
        '3'
        """
        if not lines or not self._numbers:
            return None
        first, last = min(lines, key=lambda line: line.number), max(line.number for line in lines)
        at = bisect_left(self._numbers, first.number)
        if at < len(self._numbers) and (self._sheets[at] == first.page or self._numbers[at] <= last + 1):
            return self._pages[at]
        return self._pages[at - 1] if at and self._sheets[at - 1] == first.page else None


def _printed(text: str) -> str | None:
    if "版" not in text or len(text) > _LONGEST:
        return None
    head = running_head(text)
    return page_name(head.page) if head and head.pieces > 1 and head.page else None
