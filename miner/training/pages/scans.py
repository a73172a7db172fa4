"""Set pages as an OCR program leaves them: characters taken for others of like shape, marks of another width, characters
lost, blanks put in, and a jump mark run into the text below it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from miner.training.pages.typeset import TypesetPage
from miner.training.pages.words import alike

__all__ = ["scanned"]

_WRONG = (0.05, 0.25)
"""Share of lines with a wrong character, least and most a page."""
_LOST, _PARTED, _GLUED = 0.02, 0.02, 0.4
"""Share of lines that lose a character, that get a blank too many, and of jump marks that run into the text."""
_NARROW = 0.3
"""Share of pages whose marks come out half as wide."""
_HALF = str.maketrans("，。：；！？（）", ",.:;!?()")


def scanned(page: TypesetPage, rng: random.Random) -> TypesetPage:
    """Return a page as read from a scan; lines keep their numbers, the gold stays right."""
    rate, narrow = rng.uniform(*_WRONG), rng.random() < _NARROW
    lines = list(page.lines)
    gold: dict[str, Any] = page.gold | {"lines": dict(page.gold["lines"])}
    for jump, body in list(_glued(gold["lines"], rng)):
        lines[body - 1] = lines[jump - 1].strip() + lines[body - 1].strip()
        lines[jump - 1] = ""
        del gold["lines"][str(jump)]
    read = [_read(line, rate, rng) if line.strip() else line for line in lines]
    return TypesetPage([line.translate(_HALF) for line in read] if narrow else read, gold)


def _glued(table: dict[str, Any], rng: random.Random) -> Iterator[tuple[int, int]]:
    """Jump marks that run into the line of text below them, as line numbers."""
    numbers = [int(number) for number in table]
    for number, after in pairwise(numbers):
        roles = table[str(number)]["role"], table[str(after)]["role"]
        same = table[str(number)]["article"] == table[str(after)]["article"]
        if roles == ("jump", "body") and same and rng.random() < _GLUED:
            yield number, after


def _read(line: str, rate: float, rng: random.Random) -> str:
    """One line with the errors that fall on it."""
    if rng.random() < rate:
        line = _mistaken(line, rng)
    at = rng.randrange(len(line))
    if len(line) > 3 and rng.random() < _LOST:
        line = line[:at] + line[at + 1 :]
    if len(line) > 3 and rng.random() < _PARTED:
        line = f"{line[:at]} {line[at:]}"
    return line if line.strip() else "一"


def _mistaken(line: str, rng: random.Random) -> str:
    """A line with one character taken for another of like shape, where it has one that may be."""
    table = alike()
    places = [at for at, char in enumerate(line) if char in table]
    if not places:
        return line
    at = rng.choice(places)
    return line[:at] + rng.choice(table[line[at]]) + line[at + 1 :]
