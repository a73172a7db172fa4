"""Train the splitter's models: wording tables and vectors from plain stories, then the line roles from set pages, then the
networks that build on their output. Each learns from stories (or pages) that the ones before did not see."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from miner.model import Line
from miner.split.binding import Searched, SmallNetwork, SplitModels, bind
from miner.split.evidence import (
    Hints,
    boundary_features,
    cut_features,
    hints_of,
    misled,
    other_measure,
    resume_features,
    resume_pairs,
)
from miner.split.features import PageView, columns, look
from miner.split.lines import rows_of
from miner.split.matching import SPOKEN, HeadRun, StoryRun, matches_of, pair_features, story_table
from miner.split.outline import Outline, outline
from miner.split.roles import RoleModel, label_roles
from miner.split.sense import Sense
from miner.split.tears import EVIDENCE, Tear, mend_tears, tears_of
from miner.split.weights import Models, save_models
from miner.split.wording import EDGE_BITS, Wording, close_slots, count_texts, opening_slots
from miner.training import Effort, Say, Trained
from miner.training.pages import typeset
from miner.training.pages.generate import broadcast_stories, generate_pages, kept_for_measuring, text_stories

__all__ = [
    "Samples",
    "gold_labels",
    "learn_networks",
    "page_lines",
    "train_network",
    "train_split",
    "train_wording",
]

Page = tuple[list[Line], dict[str, Any]]
_NEVER = SmallNetwork(
    np.zeros((EVIDENCE, 1), dtype=np.float32),
    np.zeros(1, dtype=np.float32),
    np.zeros(1, dtype=np.float32),
    -12.0,
)
"""The network that tells hidden tears where the pages to learn from have none."""
_LEVELS = (1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5, 5)
_TORN_LEVELS = (5,)
_PLAIN_LEVELS = (1, 1, 2)
_OWN_PAGES, _OWN_NEWS = 50, 30
"""So many pages at a time are set from the project's own stories and so many of the news."""
_JOGGED = 40
"""One in so many paragraphs inside a story is taken to have another measure: real stories are set around pictures, generated
ones are not."""
_MISLED = 0.12
"""Share of boundaries whose wording is that of another one: what is learned of wording holds less for other newspapers."""
_ALIKE = 0.2
"""Share of pages with short stories of one theme, mostly in one measure."""
_ROLE_ROUNDS, _SENSE_ROUNDS = 5, 3
_ROLE_PAGES = 2 / 3
"""So many pages of each of two quarters teach line roles, for every page that teaches the networks."""

_HEADS = ("headline", "kicker", "subtitle")
_TWO_LINED = {"headline": "Hh", "subhead": "Uu"}
_OF_ROLE = {
    "kicker": "K",
    "subtitle": "T",
    "column": "S",
    "section": "S",
    "byline": "Y",
    "jump": "J",
    "caption": "C",
    "other": "X",
}


class WordingModel(NamedTuple):
    """What was learned of wording alone."""

    wording: Wording
    sense: Sense


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
    nothing = {"role": "body", "article": None}
    for index, (before, line) in enumerate(pairwise([nothing, *lines])):
        if line["role"] != "body":
            labels[index] = _display_label(line, before)
    return labels


def _display_label(line: dict[str, Any], before: dict[str, Any]) -> str:
    """The label of a line that is no body; heads and subheads tell their first line from those that go on."""
    role = line["role"]
    if role not in _TWO_LINED:
        return _OF_ROLE[role]
    return _TWO_LINED[role][before["role"] == role and before["article"] == line["article"]]


class Samples:
    """Evidence and truth for the networks, gathered page by page."""

    def __init__(self) -> None:
        self.rows: dict[str, list[Any]] = {name: [] for name in ("boundary", "resume", "cut")}
        self.truth: dict[str, list[float]] = {name: [] for name in self.rows}
        self.rng = random.Random(3)
        self.pages: list[tuple[Any, Any]] = []
        """Evidence and truth of all pairs of head and story, a page each."""

    def put(self, name: str, row: Any, truth: bool) -> None:
        """Add one piece of evidence."""
        self.rows[name].append(row)
        self.truth[name].append(float(truth))

    def add_page(
        self, outline: Outline, gold: dict[str, Any], words: WordingModel, *, only: str | None = None
    ) -> None:
        """Add all evidence of a page with gold, or only the evidence of torn pieces (`resume`)."""
        lines = [gold["lines"][str(row.number)] for row in outline.view.rows]
        owner = [
            Counter(lines[row]["article"] for row in p.rows).most_common(1)[0][0] for p in outline.paragraphs
        ]
        hints = hints_of(outline, words.wording, words.sense)
        resumes = self._add_resumes(outline, hints, lines)
        if only == "resume":
            return
        if len(owner) > 1:
            features = boundary_features(outline, hints)
            for k in range(1, len(owner)):
                if k not in resumes:
                    row, begins = features[k - 1], owner[k] != owner[k - 1]
                    if self.rng.random() < _MISLED:
                        row = misled(row, features[self.rng.randrange(len(features))])
                    jogs = not begins and k > 1 and len(self.rows["boundary"]) % _JOGGED == 0
                    self.put("boundary", other_measure(row) if jogs else row, begins)
        self._add_heads(outline, hints, lines, owner)

    def _add_resumes(self, outline: Outline, hints: Hints, lines: Sequence[dict[str, Any]]) -> dict[int, int]:
        found: dict[int, int] = {}
        ends = [(lines[p.rows[-1]]["article"], lines[p.rows[-1]]["para"]) for p in outline.paragraphs]
        begins = [(lines[p.rows[0]]["article"], lines[p.rows[0]]["para"]) for p in outline.paragraphs]
        for earlier, later in resume_pairs(outline):
            same = (
                ends[earlier] == begins[later]
                and ends[earlier][1] is not None
                and ends[earlier] not in ends[earlier + 1 : later]
            )
            self.put("resume", resume_features(outline, hints, earlier, later), same)
            if same:
                found[later] = earlier
        return found

    def _add_heads(
        self, outline: Outline, hints: Hints, lines: Sequence[dict[str, Any]], owner: Sequence[str]
    ) -> None:
        heads = [row for run in outline.runs for row in run if lines[row]["role"] in _HEADS]
        matches = matches_of(outline, hints, heads)
        names = list(dict.fromkeys(owner))
        stories = _stories_of(owner, names)
        if not stories:
            return
        table = story_table(outline, hints, matches, stories)
        share = table.sums / (table.possible + 1.0)[:, None]
        blocks: list[HeadRun] = []
        for number, run in enumerate(outline.runs):
            mine = [row for row in run if row in matches.place]
            for before, row in pairwise(mine):
                match = (share[matches.place[before]], share[matches.place[row]])
                parted = lines[row]["article"] != lines[before]["article"]
                self.put("cut", cut_features(outline, hints, match, before, row), parted)
            together = groupby(mine, key=lambda row: lines[row]["article"])
            blocks += [HeadRun(tuple(rows), number) for _, rows in together]
        if blocks:
            owners = np.array([lines[block.rows[0]]["article"] for block in blocks])
            truth = owners[:, None] == np.array(names)[None, :]
            self.pages.append((pair_features(outline, matches, table, blocks), truth))


def _stories_of(owner: Sequence[str], names: Sequence[str]) -> list[StoryRun]:
    return [StoryRun([k for k, name in enumerate(owner) if name == wanted]) for wanted in names]


def train_wording(stories: Sequence[typeset.EditorStory]) -> Wording:
    """Learn the wording tables from stories: common pairs, and how first and last paragraphs begin and end."""
    tables = count_texts([paragraph for story in stories for paragraph in story.paragraphs])
    paragraphs = [
        (text, n == 0, n == len(story.paragraphs) - 1)
        for story in stories
        for n, text in enumerate(story.paragraphs)
    ]
    long = [entry for entry in paragraphs if len(entry[0]) > 4]
    opener = _train_edge(opening_slots([text for text, _, _ in long]), [first for _, first, _ in long], 0.1)
    closer = _train_edge(close_slots([text for text, _, _ in long]), [last for _, _, last in long], 0.02)
    return Wording(*tables, opener, closer)


def _train_edge(slots: Any, truth: Sequence[bool], freedom: float) -> Any:
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    rows = np.repeat(np.arange(len(slots)), slots.shape[1])
    shape = (len(slots), 1 << EDGE_BITS)
    table = csr_matrix((np.ones(slots.size, dtype=np.float32), (rows, slots.ravel())), shape=shape)
    model = LogisticRegression(C=freedom, solver="liblinear", max_iter=40)
    model.fit(table, np.asarray(truth))
    return np.append(model.coef_[0], model.intercept_[0]).astype(np.float32)


def train_network(
    rows: Sequence[Any], truth: Sequence[float], *, hidden: int = 64, members: int = 5
) -> SmallNetwork:
    """Fit small networks from different seeds and lay them side by side as one that gives their mean; the scaling of the
    inputs is folded into the weights."""
    from sklearn.neural_network import MLPClassifier

    features = np.asarray(rows, dtype=np.float64)
    mean, spread = features.mean(axis=0), features.std(axis=0) + 1e-3
    parts = []
    for seed in range(members):
        model = MLPClassifier(
            (hidden,), alpha=3e-3, random_state=seed, max_iter=60, early_stopping=True, n_iter_no_change=6,
            batch_size=min(256, len(features) * 4 // 5),
        )  # fmt: skip
        model.fit((features - mean) / spread, np.asarray(truth) > 0.5)
        parts.append(model)
    weights = np.concatenate([model.coefs_[0] for model in parts], axis=1) / spread[:, None]
    bias = np.concatenate([model.intercepts_[0] for model in parts]) - mean @ weights
    output = np.concatenate([model.coefs_[1][:, 0] for model in parts]) / members
    output_bias = float(np.mean([model.intercepts_[1][0] for model in parts]))
    return SmallNetwork(
        weights.astype(np.float32), bias.astype(np.float32), output.astype(np.float32), output_bias
    )


def train_split(data: Path, out: Path, *, effort: Effort, say: Say) -> Trained:
    """Train all models of the splitter and write them to `out` (an .npz file).

    Pages are set from `raw/broadcast.jsonl.xz` below `data` and from the plain articles below `effort.corpus`; stories that
    stand on the evaluation pages beside `data` are left out. A quarter of the stories on the subject and all others
    teach wording and vectors; that quarter and another make the pages that teach line roles, a third those for the networks
    (`effort.pages`), since roles are surer on pages that they were learned from; the fourth is never used. Needs PyTorch and
    scikit-learn; takes about half an hour on one core for 6,000 pages.
    """
    raw = data / "raw" / "broadcast.jsonl.xz"
    corpus, pages, seed = effort.corpus, effort.pages, effort.seed
    from miner.training.pages.sense import train_sense

    kept = kept_for_measuring(data.parent / "eval" / "pages")
    stories = list(broadcast_stories(raw, without=kept))
    say(f"{len(stories):,} stories on the subject")
    others = list(broadcast_stories(raw, without=kept, on_subject=False))
    words = WordingModel(
        train_wording(stories[0::4]),
        train_sense([*stories[0::4], *others], seed=seed, epochs=_SENSE_ROUNDS, say=say),
    )
    own = list(text_stories(corpus / "articles")) if corpus is not None else []
    quarters = [stories[at::4] for at in range(3)]

    def some(quarter: int, count: int, number: int, levels: Sequence[int] = _LEVELS) -> list[Page]:
        return _set(quarters[quarter], count, seed=seed + number, levels=levels)

    for_roles = round(_ROLE_PAGES * pages)
    to_learn = [*some(0, for_roles, 0), *some(1, for_roles, 1), *some(1, pages // 6, 2, _PLAIN_LEVELS)]
    made = [*some(2, pages, 3), *some(2, pages // 6, 4, _PLAIN_LEVELS[:1])]
    torn = some(2, pages // 4, 5, _TORN_LEVELS)
    if own:
        to_learn += _set_among(own, quarters[1], pages // 4, seed=seed + 6)
        made += _set_among(own, quarters[2], pages // 6, seed=seed + 7)
    say(f"{len(to_learn) + len(made) + len(torn):,} pages")
    roles = _learn_roles(to_learn, words.wording, seed, say)
    models, figures = learn_networks(made, torn, words, roles, say)
    save_models(Models(roles, models), out)
    return Trained.of(
        out,
        {
            f"{name}: {what}": value
            for name, (_, *pair) in figures.items()
            for what, value in zip(("share right", "log loss"), pair, strict=True)
        },
    )


def _most_of(name: str, parts: Sequence[Counter[str]]) -> int:
    """Return which body has the most lines of a story."""
    return max(range(len(parts)), key=lambda at: parts[at][name])


def seen_pairs(outline: Outline, gold: dict[str, Any], models: SplitModels) -> list[tuple[Any, Any]]:
    """Evidence and truth of all pairs of head and story in what the search looks at on a page: first and last of it. A pair
    is right when most of the head is of the story that most of the body is of, and no other body has more of it."""
    seen: list[Searched] = []
    bind(outline, models, seen=seen)
    lines = [gold["lines"][str(row.number)] for row in outline.view.rows]
    looked = [seen[0], *seen[-1:][: len(seen) - 1]] if seen else []
    return [(one.features, _pair_truth(one, outline, lines)) for one in looked]


def _pair_truth(one: Searched, outline: Outline, lines: Sequence[dict[str, Any]]) -> Any:
    """Return which head (rows) belongs to which story (columns) of what the search looked at."""
    parts = [
        Counter(lines[row]["article"] for p in story.paragraphs for row in outline.paragraphs[p].rows)
        for story in one.stories
    ]
    best = {name: _most_of(name, parts) for part in parts for name in part}
    truth = np.zeros((len(one.blocks), len(one.stories)), dtype=bool)
    for number, block in enumerate(one.blocks):
        rows = Counter(lines[row]["article"] for row in block.rows if lines[row]["role"] in _HEADS)
        name = rows.most_common(1)[0][0] if rows else None
        if name in best and parts[best[name]].most_common(1)[0][0] == name:
            truth[number, best[name]] = True
    return truth


def learn_networks(
    made: Sequence[Page], torn: Sequence[Page], words: WordingModel, roles: RoleModel, say: Say
) -> tuple[SplitModels, dict[str, tuple[int, float, float]]]:
    """Train all networks from pages; `torn` teach only how torn bodies go on. The one that knows which head belongs to which
    story learns from gold first, then from what the search with it looks at as well: heads and stories that are not whole."""
    samples = Samples()
    for lines, gold in made:
        samples.add_page(_outline(lines, words.wording, roles), gold, words)
    for lines, gold in torn:
        samples.add_page(_outline(lines, words.wording, roles), gold, words, only="resume")
    networks, figures = {}, {}
    for name, rows in samples.rows.items():
        networks[name], figures[name] = _train_measured(rows, samples.truth[name])
        say(f"{name}: {figures[name]}")
    first, figures["pair"] = _train_measured(*_flat(samples.pages))
    outlines = (
        (_outline(lines, words.wording, roles), gold)
        for lines, gold in [*torn, *made]
        if gold["level"] in _TORN_LEVELS
    )
    rows, truth = tear_samples(outlines, words, networks["resume"])
    networks["tear"], figures["tear"] = (
        _train_measured(rows, truth) if any(truth) else (_NEVER, (0, 1.0, 0.0))
    )
    say(f"tear: {figures['tear']}")
    models = SplitModels(**networks, pair=first, wording=words.wording, sense=words.sense)
    pairs = list(samples.pages)
    for lines, gold in made:
        pairs += seen_pairs(mend_tears(_outline(lines, words.wording, roles), models)[0], gold, models)
    rng = random.Random(1)
    rng.shuffle(pairs)
    pairs = [
        (_misled_pairs(features) if rng.random() < _MISLED else features, truth) for features, truth in pairs
    ]
    models = replace(models, pair=_train_measured(*_flat(pairs))[0])
    say(f"pair: {figures['pair']}")
    return models, figures


def tear_samples(
    pages: Iterable[tuple[Outline, dict[str, Any]]], words: WordingModel, resume: SmallNetwork
) -> tuple[list[tuple[float, ...]], list[float]]:
    """Evidence and truth of all places where a paragraph may be torn though no line shows it."""
    found: list[tuple[Tear, bool]] = []
    for made, gold in pages:
        lines = [gold["lines"][str(row.number)] for row in made.view.rows]
        hints = hints_of(made, words.wording, words.sense)
        found += [(tear, _is_torn(tear, made, lines)) for tear in tears_of(made, hints, resume)]
    return [tear.evidence for tear, _ in found], [float(truth) for _, truth in found]


def _is_torn(tear: Tear, made: Outline, lines: Sequence[dict[str, Any]]) -> bool:
    """Whether two stories meet at a place, and the pieces that would go on there are those of one paragraph each."""

    def same(one: int, other: int) -> bool:
        return (lines[one]["article"], lines[one]["para"]) == (lines[other]["article"], lines[other]["para"])

    earlier = made.paragraphs[tear.earlier].rows[-1]
    after = tear.row - 1 if tear.later is None else made.paragraphs[tear.later].rows[0]
    parted = lines[tear.row - 1]["article"] != lines[tear.row]["article"]
    return parted and same(earlier, tear.row) and same(tear.row - 1, after)


def _misled_pairs(features: Any) -> Any:
    """The evidence of a page's pairs with the learned vectors saying of each story what they say of its neighbour."""
    out = features.copy()
    out[:, :, SPOKEN:] = np.roll(features[:, :, SPOKEN:], 1, axis=1)
    return out


def _flat(pages: Sequence[tuple[Any, Any]]) -> tuple[Any, Any]:
    rows = [features.reshape(-1, features.shape[2]) for features, _ in pages]
    return np.concatenate(rows), np.concatenate([truth.ravel() for _, truth in pages])


def _set(
    stories: Sequence[typeset.EditorStory], count: int, *, seed: int, levels: Sequence[int]
) -> list[Page]:
    pages = generate_pages(stories, count, seed=seed, levels=levels, alike=_ALIKE)
    return [(page_lines(page.lines), page.gold) for page in pages]


def _set_among(
    own: Sequence[typeset.EditorStory], news: Sequence[typeset.EditorStory], count: int, *, seed: int
) -> list[Page]:
    """Pages of the project's own prose among news, some of the news at a time: features are written in another way."""
    rng = random.Random(seed)
    found: list[Page] = []
    for number in range(count // _OWN_PAGES):
        some = [*own, *rng.sample(list(news), min(_OWN_NEWS, len(news)))]
        found += _set(some, _OWN_PAGES, seed=seed * 1000 + number, levels=_LEVELS)
    return found


def _learn_roles(pages: Iterable[Page], wording: Wording, seed: int, say: Say) -> RoleModel:
    from miner.training.pages.roles import role_page, train_role_network

    packed, sizes = [], list[int]()
    for lines, gold in pages:
        view = look(rows_of(lines))
        table, sizes = columns(view, wording)
        packed.append(role_page(table, [row.compact for row in view.rows], gold_labels(view, gold)))
    return train_role_network(packed, sizes, epochs=_ROLE_ROUNDS, seed=seed, say=say)


def _outline(lines: Sequence[Line], wording: Wording, roles: RoleModel) -> Outline:
    view = look(rows_of(lines))
    table, _ = columns(view, wording)
    return outline(view, label_roles(roles, table, [row.compact for row in view.rows]))


def _train_measured(
    rows: Sequence[Any], truth: Sequence[float]
) -> tuple[SmallNetwork, tuple[int, float, float]]:
    """Learn from the first 85 % of the evidence, measure on the rest."""
    cut = int(0.85 * len(rows))
    network = train_network(rows[:cut], truth[:cut])
    score = network(np.asarray(rows[cut:], dtype=np.float32))
    right = np.asarray(truth[cut:]) > 0.5
    loss = np.mean(np.logaddexp(0, np.where(right, -score, score)))
    return network, (len(rows), round(float(((score > 0) == right).mean()), 4), round(float(loss), 4))
