"""Learns `sense` from plain stories, with PyTorch."""

# PyTorch is needed for training alone, and type checking must pass without it.
# mypy: disable-error-code="import-not-found,misc,unused-ignore"

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from miner.split.sense import Sense
from miner.split.wording import EDGE_BITS, SENSE_BITS, bag_slots, close_slots, opening_slots
from miner.training.pages.editor import EditorStory
from miner.training.pages.likeness import Kin
from miner.training.pages.roles import as_array

__all__ = ["train_sense"]

_SIZE, _EDGE_SIZE, _HIDDEN = 40, 12, 32
_GROUPS, _GROUP = 5000, 16
_BATCH, _RATE, _DECAY = 512, 2e-3, 0.3
_UNSEEN, _DROP = 0.4, 0.3
"""Share of pairs of characters, and of hidden values, that are left out at each step: else single stories are learned by heart."""
_LAST = 0.6
"""How often the paragraph before a new story is the last of its own: pages cut stories short."""
_KIN = 0.6
"""Share of new stories that are like the one before."""


class _Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.pairs = nn.EmbeddingBag(1 << SENSE_BITS, _SIZE, mode="sum")
        self.openings = nn.EmbeddingBag(1 << EDGE_BITS, _EDGE_SIZE, mode="sum")
        self.closes = nn.EmbeddingBag(1 << EDGE_BITS, _EDGE_SIZE, mode="sum")
        nn.init.normal_(self.pairs.weight, std=0.3)
        nn.init.normal_(self.openings.weight, std=0.05)
        nn.init.normal_(self.closes.weight, std=0.05)
        self.hidden = nn.Linear(2 * _SIZE + 3 * _EDGE_SIZE, _HIDDEN)
        self.output = nn.Linear(_HIDDEN, 1)
        self.head = nn.Parameter(torch.eye(_SIZE) * 0.3)
        self.drop = nn.Dropout(_DROP)

    def means(self, bags: tuple[Tensor, Tensor, Tensor]) -> Tensor:
        slots, starts, counts = bags
        return (
            self.pairs(slots, starts, per_sample_weights=_seen(slots)) / counts.clamp(min=1).sqrt()[:, None]
        )

    def edges(self, openings: Tensor, closes: Tensor, before: Tensor) -> Tensor:
        found = [
            table(slots, per_sample_weights=_seen(slots))
            for table, slots in ((self.openings, openings), (self.closes, closes), (self.openings, before))
        ]
        return torch.cat(found, dim=1)

    def follow(self, one: Tensor, two: Tensor, edges: Tensor) -> Tensor:
        evidence = torch.cat([self.drop(one * two), self.drop((one - two).abs()), self.drop(edges)], dim=1)
        return self.output(torch.relu(self.hidden(evidence)))[:, 0]


def _seen(slots: Tensor) -> Tensor:
    return (torch.rand(slots.shape) > _UNSEEN).float() / (1 - _UNSEEN)


class _Texts(NamedTuple):
    """All paragraphs and headlines, encoded once."""

    slots: Tensor
    starts: npt.NDArray[np.int64]
    counts: npt.NDArray[np.int64]
    openings: Tensor
    closes: Tensor

    def bags(self, which: npt.NDArray[np.int64]) -> tuple[Tensor, Tensor, Tensor]:
        counts = self.counts[which]
        starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
        flat = np.repeat(self.starts[which] - starts, counts) + np.arange(int(counts.sum()))
        return self.slots[torch.from_numpy(flat)], torch.from_numpy(starts), torch.from_numpy(counts)


def _texts(texts: Sequence[str]) -> _Texts:
    slots, starts, counts = bag_slots(texts)
    openings, closes = opening_slots(texts).astype(np.int64), close_slots(texts).astype(np.int64)
    return _Texts(
        torch.from_numpy(slots), starts, counts, torch.from_numpy(openings), torch.from_numpy(closes)
    )


def train_sense(
    stories: Sequence[EditorStory],
    *,
    seed: int = 1,
    epochs: int = 6,
    say: Callable[[str], None] = lambda _: None,
) -> Sense:
    """Learn vectors and networks from stories."""
    rng = random.Random(seed)
    torch.manual_seed(seed)
    stories = [story for story in stories if story.headline]
    first, texts = [], list[str]()
    for story in stories:
        first.append(len(texts))
        texts += [*story.paragraphs, story.headline or ""]
    encoded = _texts(texts)
    groups = _kin_groups(stories, rng)
    say(f"sense: {len(stories):,} stories")
    net = _Net()
    steps = epochs * (2 * len(texts) // _BATCH)
    learner = torch.optim.AdamW(net.parameters(), lr=_RATE, weight_decay=_DECAY)
    plan = torch.optim.lr_scheduler.OneCycleLR(learner, _RATE, total_steps=steps, pct_start=0.1)
    sizes = [len(story.paragraphs) for story in stories]
    losses: list[tuple[float, float]] = []
    for step in range(steps):
        follow = _follow_loss(net, encoded, _pairs(first, sizes, groups, rng))
        head = _head_loss(net, encoded, _heads(first, sizes, groups, rng))
        learner.zero_grad()
        (follow + 0.5 * head).backward()
        learner.step()
        plan.step()
        losses.append((follow.item(), head.item()))
        if step % 200 == 199:
            say(f"sense: step {step + 1} of {steps}: {np.mean(losses[-200:], axis=0).round(3).tolist()}")
    return _stored(net)


def _kin_groups(stories: Sequence[EditorStory], rng: random.Random) -> list[list[int]]:
    kin = Kin(stories)
    place = {id(story): number for number, story in enumerate(stories)}
    picked = rng.sample(range(len(stories)), min(_GROUPS, len(stories)))
    return [[place[id(story)] for story in kin.near(number, _GROUP)] for number in picked]


def _pairs(
    first: Sequence[int], sizes: Sequence[int], groups: Sequence[Sequence[int]], rng: random.Random
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], Tensor]:
    """Half a batch of neighbours, half of a paragraph and the opening of another story."""
    before, after, truth = list[int](), list[int](), list[float]()
    while len(before) < _BATCH:
        group = rng.choice(groups)
        one = rng.choice(group) if rng.random() < _KIN else rng.randrange(len(first))
        other = rng.choice(group) if rng.random() < _KIN else rng.randrange(len(first))
        if one == other:
            continue
        if sizes[one] > 1:
            at = rng.randrange(sizes[one] - 1)
            before.append(first[one] + at)
            after.append(first[one] + at + 1)
            truth.append(1.0)
        at = sizes[one] - 1 if rng.random() < _LAST else rng.randrange(sizes[one])
        before.append(first[one] + at)
        after.append(first[other])
        truth.append(0.0)
    return np.array(before), np.array(after), torch.tensor(truth)


def _follow_loss(
    net: _Net, texts: _Texts, batch: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], Tensor]
) -> Tensor:
    before, after, truth = batch
    one, two = net.means(texts.bags(before)), net.means(texts.bags(after))
    edges = net.edges(texts.openings[after], texts.closes[before], texts.openings[before])
    return nn.functional.binary_cross_entropy_with_logits(net.follow(one, two, edges), truth)


def _heads(
    first: Sequence[int], sizes: Sequence[int], groups: Sequence[Sequence[int]], rng: random.Random
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Headlines, and for each a paragraph of its story; the stories come in groups of like ones."""
    picked = [
        story for group in rng.sample(list(groups), 12) for story in rng.sample(group, min(8, len(group)))
    ]
    heads = [first[story] + sizes[story] for story in picked]
    return np.array(heads), np.array([first[story] + rng.randrange(sizes[story]) for story in picked])


def _head_loss(
    net: _Net, texts: _Texts, batch: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]
) -> Tensor:
    heads, bodies = (net.means(texts.bags(which)) for which in batch)
    scores = heads @ net.head @ bodies.T
    return nn.functional.cross_entropy(scores, torch.arange(len(scores)))


def _stored(net: _Net) -> Sense:
    array = as_array
    return Sense(
        array(net.pairs.weight), array(net.openings.weight), array(net.closes.weight),
        (array(net.hidden.weight).T.copy(), array(net.hidden.bias), array(net.output.weight)[0], net.output.bias.item()),
        array(net.head),
    )  # fmt: skip
