"""Evidence for the three questions that make stories: does a new story begin here, is this display line cut off from
the one before, does this head belong to that body. Each answer is a row of numbers for a logistic model."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from miner.split.lines import byline_tail, opening_class
from miner.split.jumps import parse_jump
from miner.split.outline import HEAD, Outline, grams_of, presence
from miner.split.roles import LABELS, Floats

__all__ = ["Block", "Matches", "boundary_features", "cut_features", "matches_of", "pair_features"]

_AT = {label: number for number, label in enumerate(LABELS)}
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


@dataclass(slots=True)
class Block:
    """A head: its rows, and the run (gap between paragraphs) that it stands in."""

    rows: list[int]
    run: int


@dataclass(slots=True)
class Matches:
    """Which grams of the display rows stand in which paragraph. `order` are the display rows that may be heads."""

    order: list[int]
    place: dict[int, int]
    incidence: Floats
    """Display rows × grams."""
    present: npt.NDArray[Any]
    """Paragraphs × grams."""
    size: Floats
    """1 for pairs, 2 for triples."""


def frame_mark(outline: Outline, row: int) -> float:
    """Whether a row is set off as a new text frame: a blank in front where indents are lost, or a missing (or unusual)
    blank line before it."""
    view = outline.view
    mark = 1.0 if view.lead[row] and view.indent_style == 0 else 0.0
    if view.blank_style == 1 and view.blanks[row] != 1 and row:
        mark += 1.0
    if view.blank_style == 0 and view.blanks[row] > 0:
        mark += 1.0
    return mark


BOUNDARY = (
    "bias", "measure_differs", "measure_step", "run", "heads", "subheads", "bylines", "sections", "captions", "jumps_to",
    "jumps_from", "others", "head_last", "head_first", "byline_last", "byline_first", "tail", "unfinished", "dateline", "date",
    "goes_on", "opening_plain", "mark", "mark_run", "similar_last", "similar_all", "similar_first", "few", "opens", "short",
    "lone_subhead", "empty_tail", "empty_dateline", "empty_mark", "empty_measure", "many", "start_quote", "heads_share",
    "measure_differs_sure", "empty_date", "empty_goes_on", "next_similar",
)  # fmt: skip


def boundary_features(outline: Outline) -> Floats:
    """A row for every paragraph but the first: does a new story begin with it?"""
    paragraphs = outline.paragraphs
    weight = _pair_weights(outline)
    rows = [_boundary(outline, index, weight) for index in range(1, len(paragraphs))]
    return np.array(rows, dtype=np.float32).reshape(-1, len(BOUNDARY))


def _pair_weights(outline: Outline) -> dict[str, float]:
    """Weight of the pairs that stand in more than one paragraph, but not in most."""
    counts: Counter[str] = Counter()
    for paragraph in outline.paragraphs:
        counts.update(paragraph.pairs)
    total = len(outline.paragraphs) + 1
    return {pair: float(np.log(total / count)) for pair, count in counts.items() if 1 < count < 0.7 * total}


def _similar(one: frozenset[str], other: frozenset[str], weight: dict[str, float]) -> float:
    shared = one & other
    if not shared:
        return 0.0
    return sum([weight.get(pair, 0.0) for pair in shared]) / (4.0 + 0.25 * min(len(one), len(other)))


def _boundary(outline: Outline, index: int, weight: dict[str, float]) -> list[float]:
    paragraphs, view = outline.paragraphs, outline.view
    this, last = paragraphs[index], paragraphs[index - 1]
    run = outline.runs[index]
    chances = outline.chances
    total = chances[run].sum(axis=0) if run else np.zeros(len(LABELS), dtype=np.float32)
    heads = float(total[HEAD].sum())
    subheads = float(total[_AT["U"]] + total[_AT["u"]])
    jumps = [jump for row in run if view.pattern[row] == 1 and (jump := parse_jump(view.rows[row].text))]
    sure = len(this.rows) > 2 and len(last.rows) > 2
    differs = float(this.measure != last.measure)
    opening = opening_class(this.text)
    first_row = this.rows[0]
    mark = frame_mark(outline, first_row)
    empty = float(not run)
    tail = float(byline_tail(last.text))
    before = [paragraph.pairs for paragraph in paragraphs[max(0, index - 5) : index]]
    similar_last = _similar(this.pairs, last.pairs, weight)
    similar_all = _similar(this.pairs, frozenset().union(*before), weight)
    ahead = _similar(this.pairs, paragraphs[index + 1].pairs, weight) if index + 1 < len(paragraphs) else 0.0
    last_head = float(chances[run[-1], HEAD].sum()) if run else 0.0
    first_head = float(chances[run[0], HEAD].sum()) if run else 0.0
    return [
        1.0, differs, min(6.0, abs(this.measure - last.measure)), 1.0 - empty, min(3.0, heads), min(2.0, subheads),
        min(2.0, float(total[_AT["Y"]])), float(total[_AT["S"]]), float(total[_AT["C"]]),
        float(any(jump.way == "to" for jump in jumps)), float(any(jump.way == "from" for jump in jumps)),
        float(total[_AT["X"]]), last_head, first_head, float(chances[run[-1], _AT["Y"]]) if run else 0.0,
        float(chances[run[0], _AT["Y"]]) if run else 0.0, tail, float(not last.closes), float(opening == 1),
        float(opening == 2), float(opening == 3), float(opening == 0), mark, frame_mark(outline, run[0]) if run else 0.0,
        similar_last, similar_all, _similar(this.pairs, before[0], weight), 1.0 / len(paragraphs), float(this.opens),
        float(len(last.rows) == 1), float(len(run) == 1) * subheads, empty * tail, empty * (opening == 1), empty * mark,
        empty * differs, float(len(run) > 3), float(view.start[first_row] == 1), heads / (len(run) or 1),
        differs * sure, empty * (opening == 2), empty * (opening == 3), ahead,
    ]  # fmt: skip


CUT = (
    "bias", "h_j", "H_j", "K_j", "T_j", "h_i", "H_i", "K_i", "T_i", "between_byline", "between_section", "between_other",
    "between_jump", "mark_j", "parted_pair", "same_best", "match_product", "width_gap", "colon_end", "dash", "open_marks",
    "single_j", "both_single", "match_diff", "joint_gain", "long_i", "short_j", "few_bodies", "run_size", "HH", "KK", "KH", "HK",
    "TH", "HT", "blank_j", "mid_word",
)  # fmt: skip


def cut_features(outline: Outline, matches: Matches, table: Floats, i: int, j: int) -> list[float]:
    """Is head row `j` the first of a new head, after head row `i` of the same run? `table` holds for every display row
    how much of it each paragraph contains."""
    view, chances = outline.view, outline.chances
    between = range(i + 1, j)
    inner = chances[list(between)].sum(axis=0) if j > i + 1 else np.zeros(len(LABELS), dtype=np.float32)
    ci, cj = chances[i], chances[j]
    one, two = view.rows[i].compact, view.rows[j].compact
    match_i, match_j = table[matches.place[i]], table[matches.place[j]]
    best_i, best_j = int(match_i.argmax()), int(match_j.argmax())
    parted = view.counts[one[-1] + two[0]]
    opened = sum(one.count(char) for char in "“（《【") - sum(one.count(char) for char in "”）》】")
    wide_i, wide_j = view.rows[i].wide, view.rows[j].wide
    joint = float((match_i + match_j).max() - max(match_i.max(), match_j.max()))
    return [
        1.0, cj[_AT["h"]], cj[_AT["H"]], cj[_AT["K"]], cj[_AT["T"]], ci[_AT["h"]], ci[_AT["H"]], ci[_AT["K"]], ci[_AT["T"]],
        float(inner[_AT["Y"]]), float(inner[_AT["S"]] + inner[_AT["C"]]), float(inner[_AT["X"]]), float(inner[_AT["J"]]),
        frame_mark(outline, j), float(parted > 0), float(best_i == best_j and match_i[best_i] > 0 and match_j[best_j] > 0),
        float((match_i * match_j).max()), min(10.0, abs(wide_i - wide_j)), float(one[-1] in "：:"),
        float("—" in one[-2:] or "—" in two[:2]), float(max(-1, min(1, opened))), float(len(two) == 1),
        float(len(one) == 1 and len(two) == 1), float(abs(match_i - match_j).max()), joint, float(wide_i > 16),
        float(wide_j < 6), 1.0 / (1 + len(outline.paragraphs)), min(8.0, float(len(outline.runs[0]))),
        ci[_AT["H"]] * cj[_AT["H"]], ci[_AT["K"]] * cj[_AT["K"]], ci[_AT["K"]] * cj[_AT["H"]], ci[_AT["H"]] * cj[_AT["K"]],
        ci[_AT["T"]] * cj[_AT["H"]], ci[_AT["H"]] * cj[_AT["T"]],
        float(view.blank_style != 1) * min(2.0, float(view.blanks[j])), float(parted > 1),
    ]  # fmt: skip


def matches_of(outline: Outline, order: Sequence[int]) -> Matches:
    """Look for the grams of the display rows `order` in every paragraph."""
    sets = [grams_of(outline.view.rows[row].compact[:120]) for row in order]
    grams = sorted(set().union(*sets)) if sets else []
    index = {gram: number for number, gram in enumerate(grams)}
    incidence = np.zeros((len(order), len(grams)), dtype=np.float32)
    for number, found in enumerate(sets):
        incidence[number, [index[gram] for gram in found]] = 1.0
    paragraphs = outline.paragraphs
    present = presence([paragraph.pairs for paragraph in paragraphs], grams, [paragraph.text for paragraph in paragraphs])
    size = np.array([len(gram) - 1 for gram in grams], dtype=np.float32)
    return Matches(list(order), {row: number for number, row in enumerate(order)}, incidence, present, size)


def match_table(matches: Matches, groups: npt.NDArray[Any]) -> tuple[Floats, Floats]:
    """How much of every display row stands in every group of paragraphs (`groups`: groups × paragraphs, 0/1), weighted
    so that what stands in every group counts little: (weighted sums, possible sums), rows × groups and rows."""
    held = (groups @ matches.present.astype(np.float32)) > 0
    count = held.sum(axis=0)
    total = len(groups)
    weight = np.log((total + 1.0) / (np.maximum(count, 0.8) + 0.0)).astype(np.float32) * matches.size
    weighted = matches.incidence * weight
    sums: Floats = weighted @ held.T.astype(np.float32)
    return sums, weighted.sum(axis=1)


PAIR = (
    "bias", "match", "match_main", "match_lead", "margin_story", "margin_block", "best_for_block", "best_for_story", "numbers_found",
    "numbers_missing", "just_before", "just_after", "near_before", "near_after", "distance", "chance", "size", "at_end", "at_top",
    "alone", "other_adjacent", "margin_story_raw", "match_sum", "touching_other", "rows", "between_heads", "story_size", "run_shared",
    "mark", "order_kept", "after_habit", "just_after_only", "just_before_only", "kicker", "single",
)  # fmt: skip


@dataclass(slots=True)
class Story:
    """A story's paragraphs (indices, in reading order)."""

    paragraphs: list[int]


def pair_features(
    outline: Outline, matches: Matches, blocks: Sequence[Block], stories: Sequence[Story], leads: bool = True
) -> npt.NDArray[Any]:
    """The evidence that each block heads each story: blocks × stories × features."""
    groups = np.zeros((len(stories), len(outline.paragraphs)), dtype=np.float32)
    first = np.zeros_like(groups)
    for number, story in enumerate(stories):
        groups[number, story.paragraphs] = 1.0
        first[number, story.paragraphs[:1]] = 1.0
    sums, possible = match_table(matches, groups)
    lead_sums, lead_possible = match_table(matches, first)
    rows = [[matches.place[row] for row in block.rows] for block in blocks]
    total = np.array([possible[at].sum() for at in rows], dtype=np.float32)[:, None]
    match_sum = np.array([sums[at].sum(axis=0) for at in rows], dtype=np.float32).reshape(len(blocks), len(stories))
    match = match_sum / (total + 1.0)
    lead_total = np.array([lead_possible[at].sum() for at in rows], dtype=np.float32)[:, None]
    lead = np.array([lead_sums[at].sum(axis=0) for at in rows], dtype=np.float32).reshape(match.shape) / (lead_total + 1.0)
    out = np.zeros((len(blocks), len(stories), len(PAIR)), dtype=np.float32)
    out[:, :, 0] = 1.0
    out[:, :, 1] = match
    out[:, :, 2] = _main_match(outline, matches, blocks, sums, possible)
    out[:, :, 3] = lead
    out[:, :, 4] = match - _other_best(match, 1)
    out[:, :, 5] = match - _other_best(match, 0)
    out[:, :, 6] = out[:, :, 4] >= 0
    out[:, :, 7] = out[:, :, 5] >= 0
    out[:, :, 21] = np.tanh(0.15 * (match_sum - _other_best(match_sum, 1)))
    out[:, :, 22] = np.tanh(0.1 * match_sum)
    _numbers(out, outline, blocks, stories)
    _places(out, outline, blocks, stories)
    return out


def _main_match(outline: Outline, matches: Matches, blocks: Sequence[Block], sums: Floats, possible: Floats) -> Floats:
    out = np.zeros((len(blocks), sums.shape[1]), dtype=np.float32)
    for number, block in enumerate(blocks):
        at = [matches.place[row] for row in block.rows]
        share = sums[at] / (possible[at][:, None] + 1.0)
        out[number] = share.max(axis=0)
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


def _numbers(out: npt.NDArray[Any], outline: Outline, blocks: Sequence[Block], stories: Sequence[Story]) -> None:
    texts = ["".join(outline.paragraphs[index].text for index in story.paragraphs) for story in stories]
    for b, block in enumerate(blocks):
        numbers = {found for row in block.rows for found in _NUMBER.findall(outline.view.rows[row].compact[:120])}
        for s, text in enumerate(texts if numbers else ()):
            hits = sum(number in text for number in numbers)
            out[b, s, 8], out[b, s, 9] = min(2, hits), min(2, len(numbers) - hits)


def _places(out: npt.NDArray[Any], outline: Outline, blocks: Sequence[Block], stories: Sequence[Story]) -> None:
    """Where the block stands beside the story: just before its first row, just after its last, or how far away."""
    starts = np.array([story.paragraphs[0] for story in stories])[None, :]
    ends = np.array([story.paragraphs[-1] for story in stories])[None, :] + 1
    run = np.array([block.run for block in blocks])[:, None]
    first = np.array([not i or blocks[i - 1].run != block.run for i, block in enumerate(blocks)])[:, None]
    last = np.array([i + 1 == len(blocks) or blocks[i + 1].run != block.run for i, block in enumerate(blocks)])[:, None]
    in_run = (run == run.T).sum(axis=1, keepdims=True)
    before, after = starts == run, ends == run
    near = before | after
    any_before, any_after = before.any(axis=1, keepdims=True), after.any(axis=1, keepdims=True)
    sizes = [sum([len(outline.paragraphs[p].rows) for p in story.paragraphs]) for story in stories]
    own = np.array([_block_facts(outline, block) for block in blocks], dtype=np.float32)
    out[:, :, 10] = before & last
    out[:, :, 11] = after & first
    out[:, :, 12] = before & ~last
    out[:, :, 13] = after & ~first
    out[:, :, 14] = np.minimum(6, np.minimum(abs(starts - run), abs(run - ends)))
    out[:, :, 15:17] = own[:, None, :2]
    out[:, :, 17] = run == len(outline.runs) - 1
    out[:, :, 18] = run == 0
    out[:, :, 19] = in_run == 1
    out[:, :, 20] = (any_before | any_after) & ~near
    out[:, :, 23] = before & ~after & any_after
    out[:, :, 24] = own[:, None, 2]
    out[:, :, 25] = np.minimum(4, in_run)
    out[:, :, 26] = np.minimum(3.0, np.array(sizes, dtype=np.float32) / 20)
    out[:, :, 27] = near * np.minimum(3, in_run - 1)
    out[:, :, 28] = own[:, None, 3]
    b, s = (np.arange(len(blocks))[:, None] + 0.5) / len(blocks), (np.arange(len(stories))[None, :] + 0.5) / len(stories)
    out[:, :, 29] = np.minimum(3.0, abs(b - s) * len(stories))
    out[:, :, 30] = before.astype(np.float32) - after
    out[:, :, 31] = after & ~any_before & first
    out[:, :, 32] = before & ~any_after & last
    out[:, :, 33:35] = own[:, None, 4:6]


def _block_facts(outline: Outline, block: Block) -> list[float]:
    """What a head is by itself: its chance to be one, size, lines, frame mark, chance of a kicker, one-character lines."""
    chances = outline.chances[block.rows]
    rows = [outline.view.rows[row] for row in block.rows]
    return [
        float(chances[:, HEAD].sum()) / len(rows),
        min(3.0, sum([row.wide for row in rows]) / 12),
        min(4, len(rows)),
        frame_mark(outline, block.rows[0]),
        float(chances[:, _AT["K"]].max()),
        float(all(len(row.compact) == 1 for row in rows)),
    ]
