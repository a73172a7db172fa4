"""The measure (characters per line) that each line is set in: a hidden state that changes from story to story.

Viterbi over measures: a line that fills a measure speaks for it, a line longer than a measure against it, and changing
the measure between two lines costs more than a few odd lines gain.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["SMALLEST", "measures"]

Floats = npt.NDArray[np.float32]
SMALLEST, LARGEST = 5, 48
_CHANGE = 7.0
_FULL, _NEAR, _FIRST, _TOO_LONG = 2.0, 1.2, 0.7, -2.0
"""Evidence of a line that fills the measure exactly, nearly, or up to a paragraph's indent, and that exceeds it."""


def measures(wide: Floats, tight: Floats, unit: Floats) -> npt.NDArray[Any]:
    """Return the likeliest measure for every line.

    `wide` and `tight` are the widths with all squeezable marks full and half, `unit` the width of the part at a
    line's start that cannot be parted.

    >>> widths = np.array([14, 16, 16, 9, 30], dtype=np.float32)
    >>> measures(widths, widths, np.ones(5, dtype=np.float32)).tolist()
    [16, 16, 16, 16, 16]
    """
    if not len(wide):
        return np.zeros(0, dtype=np.int64)
    score = _evidence(wide, tight, unit)
    count, states = score.shape
    back = np.zeros((count, states), dtype=bool)
    jump = np.zeros(count, dtype=np.int64)
    best = score[0].copy()
    for index in range(1, count):
        top = int(best.argmax())
        limit = best[top] - _CHANGE
        back[index] = best < limit
        jump[index] = top
        np.maximum(best, limit, out=best)
        best += score[index]
    path = np.zeros(count, dtype=np.int64)
    state = int(best.argmax())
    for index in range(count - 1, -1, -1):
        path[index] = state
        if index and back[index, state]:
            state = int(jump[index])
    return path + SMALLEST


def _evidence(wide: Floats, tight: Floats, unit: Floats) -> Floats:
    grid = np.arange(SMALLEST, LARGEST + 1, dtype=np.float32)
    slack = grid[None, :] - wide[:, None]
    following = np.append(unit[1:], np.float32(1))[:, None]
    forced = slack < following + 0.01
    size = np.abs(slack)
    score = np.where(size <= 0.5, _FULL, np.where(size <= 1.0, _NEAR, 0.0))
    score = np.where((slack > 1.0) & (slack <= 2.5), _FIRST, score)
    score = np.where((slack > 2.5) & forced, _FIRST, score)
    over = tight[:, None] - 0.5 > grid[None, :]
    squeezed = (slack < -1.0) & ~over
    score = np.where(squeezed, 0.3, score)
    result: Floats = np.where(over, _TOO_LONG, score).astype(np.float32)
    return result
