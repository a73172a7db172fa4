"""Tears that no line shows. Where two bodies of one measure are interleaved in the middle of sentences (A1, B1, A2, B2), A2
begins below B1 as the next line of the same paragraph would, and the roles of lines cannot tell. What tells is that A1 breaks
off and goes on nowhere, and that B2 goes on from nowhere.

Every place inside the paragraphs between two such pieces is asked how well the characters fit across it, and across the two
joints that a tear there would make. The best places are torn on trial, the network that knows which piece goes on judges both
joints, and a small network of its own has the last word.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from miner.split.binding import SmallNetwork, SplitModels, resume_score, resumptions
from miner.split.evidence import REACH, Hints, hints_of
from miner.split.outline import Outline, torn_at
from miner.split.roles import Floats

__all__ = ["EVIDENCE", "Tear", "mend_tears", "tears_of"]

EVIDENCE = 10
"""Pieces of evidence for a tear."""

_USUAL, _SEEN = 2.0, 1.0
"""Bits that a usual triple of characters across a joint counts, and a pair that stands elsewhere on the page."""
_SURE = 2.5
"""Pieces that go on with a higher score are not asked again."""
_NOWHERE = -3.0
"""The score of a piece that goes on nowhere."""
_FIT = 2.0
"""By so many bits, least, a tear's joints fit better than the lines as they stand."""
_PLACES, _TRIALS, _MOST = 3, 6, 3
"""So many places are asked between two pieces, so many are torn on trial at a time, and a page has so many hidden tears."""


class Tear(NamedTuple):
    """A place where a paragraph may be torn: the piece that would go on there, the piece that would go on what stands before
    (None: it ends there), the paragraph, its row after the tear, and the evidence."""

    earlier: int
    later: int | None
    paragraph: int
    row: int
    evidence: tuple[float, ...]


class _Ends(NamedTuple):
    """A piece that breaks off and one (or None) that begins in the middle, neither of them surely joined, and the scores of
    the joints they have."""

    earlier: int
    later: int | None
    leaves: float
    comes: float


class _Place(NamedTuple):
    """A place with how well the characters fit: across the tear's two joints, across the lines as they stand."""

    paragraph: int
    row: int
    before: float
    after: float
    standing: float

    @property
    def gain(self) -> float:
        return self.before + self.after - self.standing


def _fits(outline: Outline, hints: Hints, joints: Sequence[tuple[int, int]]) -> Floats:
    """How well the last characters of one row and the first of another go together, in bits, for every pair of rows."""
    texts = [(outline.view.rows[one].compact, outline.view.rows[two].compact) for one, two in joints]
    edges = [[ord(a[-2:-1] or "。"), ord(a[-1]), ord(b[0]), ord(b[1:2] or "。")] for a, b in texts]
    bits, usual = hints.wording.affinities(np.array(edges, dtype=np.uint32))
    seen = np.array([outline.view.counts[a[-1] + b[0]] > 0 for a, b in texts], dtype=np.float32)
    result: Floats = bits + _USUAL * usual + _SEEN * seen
    return result


def _places(outline: Outline, hints: Hints, earlier: int, later: int | None) -> list[_Place]:
    """The best places for a tear after which piece `earlier` goes on, and before which stands what `later` goes on."""
    pieces = outline.paragraphs
    last = later if later is not None else min(len(pieces), earlier + REACH)
    places = [(at, row) for at in range(earlier + 1, last) for row in pieces[at].rows[1:]]
    if not places:
        return []
    above = pieces[earlier].rows[-1]
    before = _fits(outline, hints, [(above, row) for _, row in places])
    standing = _fits(outline, hints, [(row - 1, row) for _, row in places])
    after = np.zeros_like(before)
    if later is not None:
        after = _fits(outline, hints, [(row - 1, pieces[later].rows[0]) for _, row in places])
    order = np.argsort(standing - before - after, kind="stable")[:_PLACES].tolist()
    found = [
        _Place(places[k][0], places[k][1], float(before[k]), float(after[k]), float(standing[k]))
        for k in order
    ]
    return [place for place in found if place.gain >= _FIT]


def _loose_ends(outline: Outline, scores: Mapping[tuple[int, int], float]) -> Iterator[_Ends]:
    """All pairs of pieces that a hidden tear may lie between; `scores` are those of the joints that were found."""
    leaves = {earlier: score for (earlier, _), score in scores.items()}
    comes = {later: score for (_, later), score in scores.items()}
    pieces = outline.paragraphs
    begun = [at for at, piece in enumerate(pieces) if not piece.opens and comes.get(at, _NOWHERE) <= _SURE]
    for earlier, piece in enumerate(pieces):
        now = leaves.get(earlier, _NOWHERE)
        if not piece.closes and now <= _SURE:
            near = [later for later in begun if earlier + 1 < later <= earlier + REACH]
            yield from (_Ends(earlier, later, now, comes.get(later, _NOWHERE)) for later in near)
            yield _Ends(earlier, None, now, 0.0)


def tears_of(outline: Outline, hints: Hints, resume: SmallNetwork) -> list[Tear]:
    """Return the likeliest places for tears that no line shows, with their evidence; `resume` tells which piece goes on."""
    joined = resumptions(outline, hints, resume)
    scores = {(one, two): resume_score(outline, hints, resume, one, two) for two, one in joined.items()}
    asked = [
        (place, ends)
        for ends in _loose_ends(outline, scores)
        for place in _places(outline, hints, ends.earlier, ends.later)
    ]
    asked.sort(key=lambda entry: (-entry[0].gain, entry[0].row, entry[1].earlier))
    return [_tried(outline, hints, resume, place, ends) for place, ends in asked[:_TRIALS]]


def _tried(outline: Outline, hints: Hints, resume: SmallNetwork, place: _Place, ends: _Ends) -> Tear:
    """Tear a paragraph on trial and ask whether the pieces go on as they should."""
    trial = torn_at(outline, place.paragraph, place.row)
    hints = hints_of(trial, hints.wording, hints.sense)
    first = resume_score(trial, hints, resume, ends.earlier, place.paragraph + 1)
    second = 0.0
    if ends.later is not None:
        second = resume_score(trial, hints, resume, place.paragraph, ends.later + 1)
    evidence = (
        *(place.gain, place.before, place.after, place.standing),
        *(first, second, ends.leaves, ends.comes),
        float(ends.later is None),
        float(outline.view.end[place.row - 1] != 0),
    )
    return Tear(ends.earlier, ends.later, place.paragraph, place.row, evidence)


def mend_tears(outline: Outline, models: SplitModels) -> tuple[Outline, Hints | None]:
    """Tear the paragraphs of a page where they are made of two stories' lines; return the outline, and its hints where they
    were needed."""
    if all(piece.closes for piece in outline.paragraphs[:-1]):
        return outline, None
    hints = hints_of(outline, models.wording, models.sense)
    for _ in range(_MOST):
        found = tears_of(outline, hints, models.resume)
        if not found:
            break
        scores = models.tear(np.array([tear.evidence for tear in found], dtype=np.float32)).tolist()
        best = max(range(len(found)), key=lambda at: scores[at])
        if scores[best] <= 0:
            break
        outline = torn_at(outline, found[best].paragraph, found[best].row)
        hints = hints_of(outline, models.wording, models.sense)
    return outline, hints
