"""Train the splitter's models from generated pages: the line-role model first, then what builds on its output."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from miner.model import Line
from miner.split.binding import Network, resumptions
from miner.split.evidence import Block, Story, boundary_features, cut_features, match_table, matches_of, pair_features
from miner.split.features import PageView, columns, look
from miner.split.lines import rows_of
from miner.split.outline import Outline
from miner.split.roles import LABELS

__all__ = ["gold_labels", "page_lines", "train_roles"]

_OF_ROLE = {"kicker": "K", "subtitle": "T", "column": "S", "section": "S", "byline": "Y", "jump": "J", "caption": "C", "other": "X"}


def page_lines(texts: Sequence[str]) -> list[Line]:
    """Lines of a generated page, numbered from 1."""
    return [Line(number, text) for number, text in enumerate(texts, start=1)]


def gold_labels(view: PageView, gold: dict[str, Any]) -> list[str]:
    """The label of every row after the gold of a generated or annotated page."""
    lines = [gold["lines"][str(row.number)] for row in view.rows]
    members: dict[tuple[str, int], list[int]] = {}
    for index, line in enumerate(lines):
        if line["role"] == "body":
            members.setdefault((line["article"], line["para"]), []).append(index)
    labels = [""] * len(lines)
    for indices in members.values():
        for index in indices:
            labels[index] = "M"
        labels[indices[0]], labels[indices[-1]] = "F", "L"
        if len(indices) == 1:
            labels[indices[0]] = "O"
    for index, line in enumerate(lines):
        role = line["role"]
        if role in ("headline", "subhead"):
            before = lines[index - 1] if index else {"role": None, "article": None}
            again = before["role"] == role and before["article"] == line["article"]
            labels[index] = {"headline": "Hh", "subhead": "Uu"}[role][again]
        elif role != "body":
            labels[index] = _OF_ROLE[role]
    return labels


def train_roles(pages: Iterable[tuple[list[Line], dict[str, Any]]], *, scratch: Path, rounds: int = 100) -> dict[str, Any]:
    """Train the line-role model on pages with gold; returns its arrays."""
    import pycrfsuite

    trainer = pycrfsuite.Trainer(verbose=False)
    sizes: list[int] = []
    for lines, gold in pages:
        view = look(rows_of(lines))
        table, sizes = columns(view)
        names = [[f"{column}:{value}" for column, value in enumerate(row)] for row in table.tolist()]
        trainer.append(names, gold_labels(view, gold))
    trainer.set_params({"c1": 0.05, "c2": 0.02, "max_iterations": rounds, "feature.possible_transitions": True})
    trainer.train(str(scratch))
    tagger = pycrfsuite.Tagger()
    tagger.open(str(scratch))
    return _export(tagger.info(), sizes)


def _export(info: Any, sizes: Sequence[int]) -> dict[str, Any]:
    offsets = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64)
    state = np.zeros((sum(sizes), len(LABELS)), dtype=np.float32)
    index = {label: number for number, label in enumerate(LABELS)}
    for (name, label), weight in info.state_features.items():
        column, _, value = name.partition(":")
        state[offsets[int(column)] + int(value), index[label]] = weight
    transitions = np.full((len(LABELS), len(LABELS)), -6.0, dtype=np.float32)
    for (first, second), weight in info.transitions.items():
        transitions[index[first], index[second]] = weight
    return {"state": state, "offsets": offsets, "transitions": transitions}


def binding_samples(outline: Outline, gold: dict[str, Any]) -> dict[str, tuple[list[Any], list[float]]]:
    """Evidence and truth of a page with gold: rows for the boundary, cut and pair networks."""
    lines = [gold["lines"][str(row.number)] for row in outline.view.rows]
    owner = [Counter(lines[row]["article"] for row in p.rows).most_common(1)[0][0] for p in outline.paragraphs]
    resumes = resumptions(outline)
    out: dict[str, tuple[list[Any], list[float]]] = {"boundary": ([], []), "cut": ([], []), "pair": ([], [])}
    if len(owner) > 1:
        features = boundary_features(outline)
        keep = [k for k in range(1, len(owner)) if k not in resumes]
        out["boundary"] = ([features[k - 1] for k in keep], [float(owner[k] != owner[k - 1]) for k in keep])
    heads = [row for run in outline.runs for row in run if lines[row]["role"] in ("headline", "kicker", "subtitle")]
    matches = matches_of(outline, heads)
    table, possible = match_table(matches, np.eye(len(owner), dtype=np.float32))
    table = table / (possible[:, None] + 1.0)
    blocks: list[Block] = []
    for number, run in enumerate(outline.runs):
        mine = [row for row in run if row in matches.place]
        for position, row in enumerate(mine):
            same = position and lines[row]["article"] == lines[mine[position - 1]]["article"]
            if position:
                out["cut"][0].append(cut_features(outline, matches, table, mine[position - 1], row))
                out["cut"][1].append(float(not same))
            if same:
                blocks[-1].rows.append(row)
            else:
                blocks.append(Block([row], number))
    names = list(dict.fromkeys(owner))
    stories = [Story([k for k, name in enumerate(owner) if name == wanted]) for wanted in names]
    if blocks and stories:
        features = pair_features(outline, matches, blocks, stories)
        for b, block in enumerate(blocks):
            for s, name in enumerate(names):
                out["pair"][0].append(features[b, s])
                out["pair"][1].append(float(lines[block.rows[0]]["article"] == name))
    return out


def train_network(rows: Sequence[Any], truth: Sequence[float], *, hidden: int = 24, seed: int = 0) -> Network:
    """Fit a small network; its inputs' scaling is folded into its weights."""
    from sklearn.neural_network import MLPClassifier

    features = np.asarray(rows, dtype=np.float64)
    mean, spread = features.mean(axis=0), features.std(axis=0) + 1e-3
    model = MLPClassifier(
        (hidden,), alpha=1e-3, random_state=seed, max_iter=60, early_stopping=True, n_iter_no_change=6, batch_size=256
    )
    model.fit((features - mean) / spread, np.asarray(truth) > 0.5)
    weights = model.coefs_[0] / spread[:, None]
    bias = model.intercepts_[0] - mean @ weights
    return Network(
        weights.astype(np.float32), bias.astype(np.float32), model.coefs_[1][:, 0].astype(np.float32), float(model.intercepts_[1][0])
    )
