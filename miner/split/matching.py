"""How well a head fits a body: shared wording, numbers, place on the page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from miner.split.evidence import Hints, frame_mark
from miner.split.outline import HEAD, Outline, grams_of, presence
from miner.split.roles import LABELS, Floats

__all__ = ["JUST_BEFORE", "Block", "Matches", "Story", "StoryTable", "matches_of", "pair_features", "story_table"]

Array = npt.NDArray[Any]
_KICKER, _SUBHEAD = LABELS.index("K"), LABELS.index("U")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Block:
    """A head: its rows, and the run (gap between paragraphs) that it stands in."""

    rows: tuple[int, ...]
    run: int


@dataclass(slots=True)
class Story:
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
    facts: dict[tuple[int, ...], list[float]] = field(default_factory=dict)
    numbers: dict[int, frozenset[str]] = field(default_factory=dict)


@dataclass(slots=True)
class StoryTable:
    """For one way to tell the stories apart: how much of every display row stands in every story (weighted sums, and the
    most that could), how much in its first paragraph, and the stories' places."""

    stories: list[Story]
    sums: Floats
    possible: Floats
    lead: Floats
    starts: Array
    ends: Array
    sizes: Floats
    texts: list[str]
    openers: Floats
    subheads: Floats


def matches_of(outline: Outline, hints: Hints, order: Sequence[int]) -> Matches:
    """Look for the grams of the display rows `order` in every paragraph."""
    sets = _gram_sets(outline, order)
    grams = sorted(set().union(*sets)) if sets else []
    index = {gram: number for number, gram in enumerate(grams)}
    incidence = np.zeros((len(order), len(grams)), dtype=np.float32)
    for number, found in enumerate(sets):
        incidence[number, [index[gram] for gram in found]] = 1.0
    paragraphs = outline.paragraphs
    present = presence([paragraph.pairs for paragraph in paragraphs], grams, [paragraph.text for paragraph in paragraphs])
    rare = hints.wording.rarity([gram[:2] for gram in grams])
    tail = hints.wording.rarity([gram[-2:] for gram in grams])
    size = np.array([len(gram) - 1 for gram in grams], dtype=np.float32)
    weight = np.maximum(rare, tail) * size
    spread = np.log((len(paragraphs) + 1.0) / np.maximum(present.sum(axis=0), 0.8)).astype(np.float32)
    weighted = incidence * (weight * spread)
    share = (weighted @ present.T) / (weighted.sum(axis=1, keepdims=True) + 1.0)
    return Matches({row: number for number, row in enumerate(order)}, incidence, present, weight, share)


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


def story_table(outline: Outline, hints: Hints, matches: Matches, stories: list[Story]) -> StoryTable:
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
        sizes=np.array([sum([len(outline.paragraphs[p].rows) for p in story.paragraphs]) for story in stories], dtype=np.float32),
        texts=["".join([outline.paragraphs[index].text for index in story.paragraphs]) for story in stories],
        openers=np.clip(hints.opens[firsts], -6, 6),
        subheads=np.array([_inner_subheads(outline, story) for story in stories], dtype=np.float32),
    )


def _inner_subheads(outline: Outline, story: Story) -> float:
    """Subheads before the later paragraphs of a story, as columns of short news have them, in threes."""
    rows = [row for index in story.paragraphs[1:] for row in outline.runs[index]]
    return min(2.0, float(outline.chances[rows][:, _SUBHEAD].sum()) / 3) if rows else 0.0


N_PAIR, JUST_BEFORE = 43, 13


def pair_features(outline: Outline, matches: Matches, table: StoryTable, blocks: Sequence[Block]) -> Array:
    """The evidence that each block heads each story: blocks × stories × features."""
    count = len(blocks)
    gather = np.zeros((count, len(matches.place)), dtype=np.float32)
    for number, block in enumerate(blocks):
        gather[number, [matches.place[row] for row in block.rows]] = 1.0
    sums = gather @ table.sums
    match = sums / (gather @ table.possible + 1.0)[:, None]
    rows_share = table.sums / (table.possible + 1.0)[:, None]
    out = np.zeros((count, len(table.stories), N_PAIR), dtype=np.float32)
    out[:, :, 0] = 1.0
    out[:, :, 1] = match
    for number in range(count):
        at = gather[number] > 0
        out[number, :, 2] = rows_share[at].max(axis=0)
        out[number, :, 3] = table.lead[at].mean(axis=0)
        out[number, :, 4] = rows_share[at].min(axis=0)
    out[:, :, 5] = match - _other_best(match, 1)
    out[:, :, 6] = match - _other_best(match, 0)
    out[:, :, 7] = out[:, :, 5] >= 0
    out[:, :, 8] = out[:, :, 6] >= 0
    out[:, :, 9] = np.tanh(0.15 * (sums - _other_best(sums, 1)))
    out[:, :, 10] = np.tanh(0.1 * sums)
    _numbers(out, outline, matches, table, blocks)
    _places(out, outline, table, blocks)
    _alone(out, outline, matches, table, blocks)
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


def _numbers(out: Array, outline: Outline, matches: Matches, table: StoryTable, blocks: Sequence[Block]) -> None:
    for b, block in enumerate(blocks):
        for row in block.rows:
            if row not in matches.numbers:
                matches.numbers[row] = frozenset(_NUMBER.findall(outline.view.rows[row].compact[:120]))
        numbers = frozenset().union(*[matches.numbers[row] for row in block.rows])
        for s, text in enumerate(table.texts if numbers else ()):
            hits = sum([number in text for number in numbers])
            out[b, s, 11], out[b, s, 12] = min(2, hits), min(2, len(numbers) - hits)


def _places(out: Array, outline: Outline, table: StoryTable, blocks: Sequence[Block]) -> None:
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


def _alone(out: Array, outline: Outline, matches: Matches, table: StoryTable, blocks: Sequence[Block]) -> None:
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


def _block_facts(outline: Outline, block: Block) -> list[float]:
    """What a head is by itself: its chance to be one, size, lines, frame mark, chance of a kicker, one-character lines."""
    chances = outline.chances[list(block.rows)]
    rows = [outline.view.rows[row] for row in block.rows]
    return [
        float(chances[:, HEAD].sum()) / len(rows),
        min(3.0, sum([row.wide for row in rows]) / 12),
        min(4.0, len(rows)),
        frame_mark(outline, block.rows[0]),
        float(chances[:, _KICKER].max()),
        float(all(len(row.compact) == 1 for row in rows)),
    ]
