"""How well a head fits a body: shared wording, numbers, place on the page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from miner.split.evidence import Hints
from miner.split.outline import HEAD, Outline, grams_of, presence
from miner.split.roles import LABELS, Floats

__all__ = [
    "JUST_BEFORE",
    "SPOKEN",
    "HeadRun",
    "Matches",
    "StoryRun",
    "StoryTable",
    "matches_of",
    "pair_features",
    "story_table",
]

Array = npt.NDArray[Any]
_KICKER, _SUBHEAD = LABELS.index("K"), LABELS.index("U")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class HeadRun:
    """A head: its rows, and the run (gap between paragraphs) that it stands in."""

    rows: tuple[int, ...]
    run: int


@dataclass(slots=True)
class StoryRun:
    """A story's paragraphs (indices, in reading order)."""

    paragraphs: list[int]


@dataclass(slots=True)
class Matches:
    """Which grams of the display rows stand in which paragraph, computed once a page.

    `place` maps a display row to its line in the tables; `share` says how much of it each paragraph contains.
    """

    place: dict[int, int]
    incidence: Floats
    present: Floats
    weight: Floats
    share: Floats
    sums: Floats
    """The sums of the vectors of the display rows' wording (rows × size), and how many pairs each has."""
    lengths: Floats
    facts: dict[tuple[int, ...], list[float]] = field(default_factory=dict)
    numbers: dict[int, frozenset[str]] = field(default_factory=dict)


@dataclass(slots=True)
class StoryTable:
    """For one way to tell the stories apart: how much of every display row stands in every story (weighted sums, and the
    most that could), how much in its first paragraph, and the stories' places."""

    stories: list[StoryRun]
    sums: Floats
    possible: Floats
    lead: Floats
    starts: Array
    ends: Array
    sizes: Floats
    texts: list[str]
    openers: Floats
    subheads: Floats
    aims: Floats
    """What each story is about, as a head would say it (size × stories)."""


def matches_of(outline: Outline, hints: Hints, order: Sequence[int]) -> Matches:
    """Look for the grams of the display rows `order` in every paragraph."""
    sets = _gram_sets(outline, order)
    grams = sorted(set().union(*sets)) if sets else []
    index = {gram: number for number, gram in enumerate(grams)}
    incidence = np.zeros((len(order), len(grams)), dtype=np.float32)
    for number, found in enumerate(sets):
        incidence[number, [index[gram] for gram in found]] = 1.0
    paragraphs = outline.paragraphs
    present = presence(
        [paragraph.pairs for paragraph in paragraphs], grams, [paragraph.text for paragraph in paragraphs]
    )
    rare = hints.wording.rarity([gram[:2] for gram in grams])
    tail = hints.wording.rarity([gram[-2:] for gram in grams])
    size = np.array([len(gram) - 1 for gram in grams], dtype=np.float32)
    weight = np.maximum(rare, tail) * size
    spread = np.log((len(paragraphs) + 1.0) / np.maximum(present.sum(axis=0), 0.8)).astype(np.float32)
    weighted = incidence * (weight * spread)
    share = (weighted @ present.T) / (weighted.sum(axis=1, keepdims=True) + 1.0)
    sums, lengths = hints.sense.sums([outline.view.rows[row].compact[:120] for row in order])
    return Matches(
        {row: number for number, row in enumerate(order)}, incidence, present, weight, share, sums, lengths
    )


def _gram_sets(outline: Outline, order: Sequence[int]) -> list[set[str]]:
    """The grams of every display row. The rows of a vertical head (one character each) share those of the whole; where two
    rows follow one another, a pair across the cut counts as well when the page has it."""
    view = outline.view
    texts = {row: view.rows[row].compact[:120] for row in order}
    sets = []
    for row in order:
        text = texts[row]
        if len(text) == 1:
            first = last = row
            while len(texts.get(first - 1, "")) == 1:
                first -= 1
            while len(texts.get(last + 1, "")) == 1:
                last += 1
            text = "".join([texts[at] for at in range(first, last + 1)])[:60]
        grams = grams_of(text)
        pair = texts[row - 1][-1] + texts[row][0] if row - 1 in texts else ""
        if len(text) > 1 and pair and view.counts[pair]:
            grams |= grams_of(pair)
        sets.append(grams)
    return sets


def story_table(outline: Outline, hints: Hints, matches: Matches, stories: list[StoryRun]) -> StoryTable:
    """Match all display rows with stories; what stands in every story counts little."""
    groups = np.zeros((len(stories), len(outline.paragraphs)), dtype=np.float32)
    for number, story in enumerate(stories):
        groups[number, story.paragraphs] = 1.0
    held = ((groups @ matches.present) > 0).astype(np.float32)
    spread = np.log((len(stories) + 1.0) / np.maximum(held.sum(axis=0), 0.8))
    weighted = matches.incidence * (matches.weight * spread)
    firsts = [story.paragraphs[0] for story in stories]
    return StoryTable(
        stories=stories,
        sums=weighted @ held.T,
        possible=weighted.sum(axis=1),
        lead=matches.share[:, firsts],
        starts=np.array(firsts)[None, :],
        ends=np.array([story.paragraphs[-1] for story in stories])[None, :] + 1,
        sizes=np.array(
            [sum([len(outline.paragraphs[p].rows) for p in story.paragraphs]) for story in stories],
            dtype=np.float32,
        ),
        texts=["".join([outline.paragraphs[index].text for index in story.paragraphs]) for story in stories],
        openers=np.array([hints.opens[first] for first in firsts], dtype=np.float32),
        subheads=np.array([_inner_subheads(outline, story) for story in stories], dtype=np.float32),
        aims=hints.sense.head @ (groups @ hints.vectors.means / groups.sum(axis=1, keepdims=True)).T,
    )


def _inner_subheads(outline: Outline, story: StoryRun) -> float:
    """Subheads before the later paragraphs of a story, as columns of short news have them, in threes."""
    rows = [row for index in story.paragraphs[1:] for row in outline.runs[index]]
    return min(2.0, float(outline.chances[rows][:, _SUBHEAD].sum()) / 3) if rows else 0.0


N_PAIR, JUST_BEFORE, SPOKEN = 47, 13, 43


def pair_features(outline: Outline, matches: Matches, table: StoryTable, blocks: Sequence[HeadRun]) -> Array:
    """The evidence that each block heads each story: blocks × stories × features."""
    rows = np.array([matches.place[row] for block in blocks for row in block.rows])
    sizes = np.array([len(block.rows) for block in blocks])
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    sums = np.add.reduceat(table.sums[rows], starts, axis=0)
    match = sums / (np.add.reduceat(table.possible[rows], starts) + 1.0)[:, None]
    lengths = np.maximum(np.add.reduceat(matches.lengths[rows], starts), 1.0)
    spoken = np.add.reduceat(matches.sums[rows], starts, axis=0) / np.sqrt(lengths)[:, None] @ table.aims
    share = (table.sums / (table.possible + 1.0)[:, None])[rows]
    out = np.zeros((len(blocks), len(table.stories), N_PAIR), dtype=np.float32)
    out[:, :, 0] = 1.0
    out[:, :, 1] = match
    out[:, :, 2] = np.maximum.reduceat(share, starts, axis=0)
    out[:, :, 3] = np.add.reduceat(table.lead[rows], starts, axis=0) / sizes[:, None]
    out[:, :, 4] = np.minimum.reduceat(share, starts, axis=0)
    beside = np.stack([match, sums, spoken])
    ahead = beside - _other_best(beside, 2)
    over = beside[::2] - _other_best(beside[::2], 1)
    out[:, :, 5] = ahead[0]
    out[:, :, 6] = over[0]
    out[:, :, 7] = ahead[0] >= 0
    out[:, :, 8] = over[0] >= 0
    out[:, :, 9] = np.tanh(0.15 * ahead[1])
    out[:, :, 10] = np.tanh(0.1 * sums)
    _numbers(out, outline, matches, table, blocks)
    _places(out, outline, table, blocks)
    _alone(out, outline, matches, table, blocks)
    out[:, :, SPOKEN] = np.clip(spoken, -20, 20) * 0.1
    out[:, :, SPOKEN + 1] = np.tanh(0.2 * ahead[2])
    out[:, :, SPOKEN + 2] = np.tanh(0.2 * over[1])
    out[:, :, SPOKEN + 3] = np.tanh(0.2 * (spoken - spoken.mean(axis=1, keepdims=True)))
    return out


def _other_best(values: Floats, axis: int) -> Floats:
    """For every entry the best among the others along an axis (0 when there are none)."""
    if values.shape[axis] < 2:
        return np.zeros_like(values)
    part = np.sort(values, axis=axis)
    top = np.take(part, [-1], axis=axis)
    second = np.take(part, [-2], axis=axis)
    result: Floats = np.where(values >= top, second, top)
    return result


def _numbers(
    out: Array, outline: Outline, matches: Matches, table: StoryTable, blocks: Sequence[HeadRun]
) -> None:
    for b, block in enumerate(blocks):
        for row in block.rows:
            if row not in matches.numbers:
                matches.numbers[row] = frozenset(_NUMBER.findall(outline.view.rows[row].compact[:120]))
        numbers = frozenset().union(*[matches.numbers[row] for row in block.rows])
        for s, text in enumerate(table.texts if numbers else ()):
            hits = sum([number in text for number in numbers])
            out[b, s, 11], out[b, s, 12] = min(2, hits), min(2, len(numbers) - hits)


def _places(out: Array, outline: Outline, table: StoryTable, blocks: Sequence[HeadRun]) -> None:
    """Where the block stands beside the story: just before its first row, just after its last, or how far away."""
    starts, ends, count = table.starts, table.ends, len(blocks)
    runs = [block.run for block in blocks]
    run = np.array(runs)[:, None]
    first = np.array([not i or runs[i - 1] != runs[i] for i in range(count)])[:, None]
    last = np.array([i + 1 == count or runs[i + 1] != runs[i] for i in range(count)])[:, None]
    in_run = (run == run.T).sum(axis=1, keepdims=True)
    before, after = starts == run, ends == run
    near = before | after
    any_before, any_after = before.any(axis=1, keepdims=True), after.any(axis=1, keepdims=True)
    stories = len(table.stories)
    b, s = (np.arange(count)[:, None] + 0.5) / count, (np.arange(stories)[None, :] + 0.5) / stories
    inside = (starts < run) & (run < ends)
    out[:, :, 13] = before & last
    out[:, :, 14] = after & first
    out[:, :, 15] = before & ~last
    out[:, :, 16] = after & ~first
    out[:, :, 17] = np.minimum(6, np.minimum(abs(starts - run), abs(run - ends)))
    out[:, :, 18] = run == len(outline.runs) - 1
    out[:, :, 19] = run == 0
    out[:, :, 20] = in_run == 1
    out[:, :, 21] = (any_before | any_after) & ~near
    out[:, :, 22] = before & ~after & any_after
    out[:, :, 23] = np.minimum(4, in_run)
    out[:, :, 24] = np.minimum(3.0, table.sizes / 20)
    out[:, :, 25] = near * np.minimum(3, in_run - 1)
    out[:, :, 26] = np.minimum(3.0, abs(b - s) * stories)
    out[:, :, 27] = before.astype(np.float32) - after
    out[:, :, 28] = after & ~any_before & first
    out[:, :, 29] = before & ~any_after & last
    out[:, :, 30] = inside
    out[:, :, 31] = min(3, max(-3, count - stories))
    out[:, :, 32] = min(6, stories)


def _alone(
    out: Array, outline: Outline, matches: Matches, table: StoryTable, blocks: Sequence[HeadRun]
) -> None:
    """What block and story are by themselves."""
    for b, block in enumerate(blocks):
        facts = matches.facts.get(block.rows)
        if facts is None:
            facts = matches.facts[block.rows] = _block_facts(outline, block)
        out[b, :, 33:39] = facts
    out[:, :, 39] = table.openers
    out[:, :, 40] = out[:, :, 1].max(axis=1, keepdims=True)
    out[:, :, 41] = table.subheads
    out[:, :, 42] = table.subheads * (1.0 - np.minimum(1.0, 3 * out[:, :, 40]))


def _block_facts(outline: Outline, block: HeadRun) -> list[float]:
    """What a head is by itself: its chance to be one, size, lines, frame mark, chance of a kicker, one-character lines."""
    chances = outline.chances[list(block.rows)]
    rows = [outline.view.rows[row] for row in block.rows]
    return [
        float(chances[:, HEAD].sum()) / len(rows),
        min(3.0, sum([row.wide for row in rows]) / 12),
        min(4.0, len(rows)),
        outline.view.marks[block.rows[0]],
        float(chances[:, _KICKER].max()),
        float(all(len(row.compact) == 1 for row in rows)),
    ]
