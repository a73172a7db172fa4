"""Train the splitter's models from generated pages: wording tables first, then the line-role model, then the networks that
build on its output. Each learns from stories (or pages) that the ones before did not see."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from miner import typeset
from miner.errors import InputError, ModelError
from miner.model import Line
from miner.split.binding import Network, SplitModels
from miner.split.evidence import (
    Hints,
    boundary_features,
    cut_features,
    hints_of,
    other_measure,
    resume_features,
    resume_pairs,
)
from miner.split.features import PageView, columns, look
from miner.split.generate import broadcast_stories, generate_pages, kept_for_measuring, text_stories
from miner.split.lines import rows_of
from miner.split.matching import Block, Story, matches_of, pair_features, story_table
from miner.split.outline import Outline, outline
from miner.split.roles import LABELS, RoleModel, label_roles
from miner.split.weights import Models, save_models
from miner.split.wording import EDGE, EDGE_BITS, Wording, count_texts, edge_slots

__all__ = ["Samples", "Trained", "gold_labels", "page_lines", "train_network", "train_roles", "train_split", "train_wording"]

Say = Callable[[str], None]
_LEVELS = (1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5, 5)
_TORN_LEVELS = (5,)
_JOGGED = 40
"""One in so many paragraphs inside a story is taken to have another measure: real stories are set around pictures, generated
ones are not."""
_ALIKE = 0.4
"""Share of pages with short stories of one theme, mostly in one measure."""
_ROLE_ROUNDS = 11

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
            if index - 1 not in indices:
                labels[index] = "r" if index == indices[-1] else "R"
        labels[indices[0]] = "F" if len(indices) > 1 else "O"
        if labels[indices[-1]] == "M":
            labels[indices[-1]] = "L"
    for index, line in enumerate(lines):
        role = line["role"]
        if role in ("headline", "subhead"):
            before = lines[index - 1] if index else {"role": None, "article": None}
            again = before["role"] == role and before["article"] == line["article"]
            labels[index] = {"headline": "Hh", "subhead": "Uu"}[role][again]
        elif role != "body":
            labels[index] = _OF_ROLE[role]
    return labels


def train_roles(
    pages: Iterable[tuple[list[Line], dict[str, Any]]], wording: Wording, *, scratch: Path, rounds: int = 100
) -> dict[str, Any]:
    """Train the line-role model on pages with gold; returns its arrays."""
    import pycrfsuite

    trainer = pycrfsuite.Trainer(algorithm="l2sgd", verbose=False)
    sizes: list[int] = []
    for lines, gold in pages:
        view = look(rows_of(lines))
        table, sizes = columns(view, wording)
        names = [[f"{column}:{value}" for column, value in enumerate(row)] for row in table.tolist()]
        trainer.append(names, gold_labels(view, gold))
    trainer.set_params({"c2": 0.02, "max_iterations": rounds, "feature.possible_transitions": True})
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


class Samples:
    """Evidence and truth for the networks, gathered page by page."""

    def __init__(self) -> None:
        self.rows: dict[str, list[Any]] = {name: [] for name in ("boundary", "resume", "cut", "pair")}
        self.truth: dict[str, list[float]] = {name: [] for name in self.rows}

    def put(self, name: str, row: Any, truth: bool) -> None:
        """Add one piece of evidence."""
        self.rows[name].append(row)
        self.truth[name].append(float(truth))

    def add_page(self, outline: Outline, gold: dict[str, Any], wording: Wording, *, only: str | None = None) -> None:
        """Add all evidence of a page with gold, or only the evidence of torn pieces (`resume`)."""
        lines = [gold["lines"][str(row.number)] for row in outline.view.rows]
        owner = [Counter(lines[row]["article"] for row in p.rows).most_common(1)[0][0] for p in outline.paragraphs]
        hints = hints_of(outline, wording)
        resumes = self._add_resumes(outline, hints, lines)
        if only == "resume":
            return
        if len(owner) > 1:
            features = boundary_features(outline, hints)
            for k in range(1, len(owner)):
                if k not in resumes:
                    row, begins = features[k - 1], owner[k] != owner[k - 1]
                    jogs = not begins and k > 1 and len(self.rows["boundary"]) % _JOGGED == 0
                    self.put("boundary", other_measure(row) if jogs else row, begins)
        self._add_heads(outline, hints, lines, owner)

    def _add_resumes(self, outline: Outline, hints: Hints, lines: Sequence[dict[str, Any]]) -> dict[int, int]:
        found: dict[int, int] = {}
        ends = [(lines[p.rows[-1]]["article"], lines[p.rows[-1]]["para"]) for p in outline.paragraphs]
        begins = [(lines[p.rows[0]]["article"], lines[p.rows[0]]["para"]) for p in outline.paragraphs]
        for earlier, later in resume_pairs(outline):
            same = ends[earlier] == begins[later] and ends[earlier][1] is not None and ends[earlier] not in ends[earlier + 1 : later]
            self.put("resume", resume_features(outline, hints, earlier, later), same)
            if same:
                found[later] = earlier
        return found

    def _add_heads(self, outline: Outline, hints: Hints, lines: Sequence[dict[str, Any]], owner: Sequence[str]) -> None:
        heads = [row for run in outline.runs for row in run if lines[row]["role"] in ("headline", "kicker", "subtitle")]
        matches = matches_of(outline, hints, heads)
        names = list(dict.fromkeys(owner))
        stories = [Story([k for k, name in enumerate(owner) if name == wanted]) for wanted in names]
        if not stories:
            return
        table = story_table(outline, hints, matches, stories)
        share = table.sums / (table.possible + 1.0)[:, None]
        blocks: list[Block] = []
        for number, run in enumerate(outline.runs):
            mine = [row for row in run if row in matches.place]
            for position, row in enumerate(mine):
                before = mine[position - 1]
                same = position > 0 and lines[row]["article"] == lines[before]["article"]
                if position:
                    match = (share[matches.place[before]], share[matches.place[row]])
                    self.put("cut", cut_features(outline, hints, match, before, row), not same)
                if same:
                    blocks[-1] = Block((*blocks[-1].rows, row), number)
                else:
                    blocks.append(Block((row,), number))
        if blocks:
            features = pair_features(outline, matches, table, blocks)
            for b, block in enumerate(blocks):
                for s, name in enumerate(names):
                    self.put("pair", features[b, s], lines[block.rows[0]]["article"] == name)


def train_wording(stories: Sequence[typeset.Story]) -> Wording:
    """Learn the wording tables from stories: common pairs, and how first and last paragraphs begin and end."""
    tables = count_texts([paragraph for story in stories for paragraph in story.paragraphs])
    paragraphs = [(text, n == 0, n == len(story.paragraphs) - 1) for story in stories for n, text in enumerate(story.paragraphs)]
    long = [entry for entry in paragraphs if len(entry[0]) > 4]
    opener = _train_edge([text[:EDGE] for text, _, _ in long], [first for _, first, _ in long], 0.1)
    closer = _train_edge([text[-EDGE:][::-1] for text, _, _ in long], [last for _, _, last in long], 0.02)
    return Wording(*tables, opener, closer)


def _train_edge(edges: Sequence[str], truth: Sequence[bool], freedom: float) -> Any:
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    slots = edge_slots(edges)
    rows = np.repeat(np.arange(len(edges)), slots.shape[1])
    shape = (len(edges), 1 << EDGE_BITS)
    table = csr_matrix((np.ones(slots.size, dtype=np.float32), (rows, slots.ravel())), shape=shape)
    model = LogisticRegression(C=freedom, solver="liblinear", max_iter=40)
    model.fit(table, np.asarray(truth))
    return np.append(model.coef_[0], model.intercept_[0]).astype(np.float32)


def train_network(rows: Sequence[Any], truth: Sequence[float], *, hidden: int = 24, members: int = 3) -> Network:
    """Fit small networks from different seeds and lay them side by side as one that gives their mean; the scaling of the
    inputs is folded into the weights."""
    from sklearn.neural_network import MLPClassifier

    features = np.asarray(rows, dtype=np.float64)
    mean, spread = features.mean(axis=0), features.std(axis=0) + 1e-3
    parts = []
    for seed in range(members):
        model = MLPClassifier(
            (hidden,), alpha=3e-3, random_state=seed, max_iter=60, early_stopping=True, n_iter_no_change=6, batch_size=256
        )
        model.fit((features - mean) / spread, np.asarray(truth) > 0.5)
        parts.append(model)
    weights = np.concatenate([model.coefs_[0] for model in parts], axis=1) / spread[:, None]
    bias = np.concatenate([model.intercepts_[0] for model in parts]) - mean @ weights
    output = np.concatenate([model.coefs_[1][:, 0] for model in parts]) / members
    output_bias = float(np.mean([model.intercepts_[1][0] for model in parts]))
    return Network(weights.astype(np.float32), bias.astype(np.float32), output.astype(np.float32), output_bias)


@dataclass(frozen=True, slots=True)
class Trained:
    """Where the models went, and how well each answers on evidence that it did not learn from: share right, log loss."""

    path: Path
    sha256: str
    bytes: int
    figures: dict[str, tuple[int, float, float]]


def train_split(
    data_dir: Path, out: Path, *, corpus: Path | None = None, pages: int = 4000, seed: int = 1, say: Say = lambda _: None
) -> Trained:
    """Train all models of the splitter and write them to `out` (an .npz file).

    Pages are set from `raw/broadcast.jsonl.xz` below `data_dir` and from the plain articles below `corpus`; stories that
    stand on the evaluation pages beside `data_dir` are left out. A quarter of the stories teaches the wording tables, half
    make the pages, a quarter is never used. Needs python-crfsuite and scikit-learn; takes
    about a quarter of an hour on one core for 4,000 pages. Raises InputError when the raw news is missing, ModelError when a
    library is.
    """
    raw = data_dir / "raw" / "broadcast.jsonl.xz"
    if not raw.exists():
        raise InputError("the raw news to train on is missing", code="missing", where=str(raw))
    if find_spec("pycrfsuite") is None:
        raise ModelError("training needs pycrfsuite", hint="pip install 'miner[train]'")
    stories = list(broadcast_stories(raw, without=kept_for_measuring(data_dir.parent / "eval" / "pages")))
    say(f"{len(stories):,} stories")
    wording = train_wording(stories[0::4])
    half = [story for number, story in enumerate(stories) if number % 4 in (1, 2)]
    half += list(text_stories(corpus)) if corpus is not None else []
    made = [(page_lines(page.lines), page.gold) for page in generate_pages(half, pages, seed=seed, levels=_LEVELS, alike=_ALIKE)]
    torn = generate_pages(half, pages // 3, seed=seed + 1, levels=_TORN_LEVELS)
    say(f"{len(made):,} pages")
    out.parent.mkdir(parents=True, exist_ok=True)
    roles = RoleModel(**train_roles(made, wording, scratch=out.with_suffix(".crf"), rounds=_ROLE_ROUNDS))
    out.with_suffix(".crf").unlink()
    say("line roles learned")
    samples = Samples()
    for lines, gold in made:
        samples.add_page(_outline(lines, wording, roles), gold, wording)
    for page in torn:
        samples.add_page(_outline(page_lines(page.lines), wording, roles), page.gold, wording, only="resume")
    networks, figures = {}, {}
    for name, rows in samples.rows.items():
        networks[name], figures[name] = _train_measured(rows, samples.truth[name])
        say(f"{name}: {figures[name]}")
    save_models(Models(roles, SplitModels(**networks, wording=wording)), out)
    return Trained(out, hashlib.sha256(out.read_bytes()).hexdigest(), out.stat().st_size, figures)


def _outline(lines: Sequence[Line], wording: Wording, roles: RoleModel) -> Outline:
    view = look(rows_of(lines))
    table, _ = columns(view, wording)
    return outline(view, label_roles(roles, table))


def _train_measured(rows: Sequence[Any], truth: Sequence[float]) -> tuple[Network, tuple[int, float, float]]:
    """Learn from the first 85 % of the evidence, measure on the rest."""
    cut = int(0.85 * len(rows))
    network = train_network(rows[:cut], truth[:cut])
    score = network(np.asarray(rows[cut:], dtype=np.float32))
    right = np.asarray(truth[cut:]) > 0.5
    loss = np.mean(np.logaddexp(0, np.where(right, -score, score)))
    return network, (len(rows), round(float(((score > 0) == right).mean()), 4), round(float(loss), 4))
