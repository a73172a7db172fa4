"""Learns the roles of lines from set pages, with PyTorch: embedded columns and wording, a stack of convolutions over the
lines, and a linear chain on top that is trained as a conditional random field."""

# PyTorch is needed for training alone, and type checking must pass without it.
# mypy: disable-error-code="import-not-found,misc,unused-ignore"

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from miner.split.roles import DILATIONS, HIDDEN, LABELS, WORDS, Floats, RoleModel, line_slots

__all__ = ["RolePage", "as_array", "role_page", "train_role_network"]

_BATCH, _RATE, _DROP, _UNSEEN = 24, 3e-3, 0.2, 0.35
"""_UNSEEN: share of the wording that is left out at each step, else pages are learned by heart."""
_WORDLESS = 0.5
"""Share of pages that show no wording at all: other newspapers write other headlines than the stories learned from, and what
lines look like must do."""
_LONGEST = 260
"""Lines of a page that are learned together."""


class RolePage(NamedTuple):
    """A page to learn from: its columns, the slots of its lines' wording, and its labels."""

    table: npt.NDArray[np.int32]
    slots: npt.NDArray[np.int32]
    counts: npt.NDArray[np.int32]
    edges: npt.NDArray[np.int32]
    labels: npt.NDArray[np.int8]


def role_page(table: npt.NDArray[Any], texts: Sequence[str], labels: Sequence[str]) -> RolePage:
    """Pack one page; longer ones are cut."""
    texts, table = texts[:_LONGEST], table[:_LONGEST]
    slots, counts, edges = line_slots(texts)
    known = {label: number for number, label in enumerate(LABELS)}
    return RolePage(
        table.astype(np.int32), slots.astype(np.int32), counts.astype(np.int32), edges.astype(np.int32),
        np.array([known[label] for label in labels[:_LONGEST]], dtype=np.int8),
    )  # fmt: skip


class _Net(nn.Module):
    def __init__(self, values: int) -> None:
        super().__init__()
        self.state = nn.EmbeddingBag(values, HIDDEN, mode="sum")
        self.bag = nn.EmbeddingBag(WORDS, HIDDEN, mode="sum")
        self.edge = nn.EmbeddingBag(WORDS, HIDDEN, mode="sum")
        for table, spread in ((self.state, 0.06), (self.bag, 0.1), (self.edge, 0.03)):
            nn.init.normal_(table.weight, std=spread)
        self.taps = nn.ModuleList(nn.Conv1d(HIDDEN, HIDDEN, 3, padding=d, dilation=d) for d in DILATIONS)
        self.out = nn.Linear(HIDDEN, len(LABELS))
        self.steps = nn.Parameter(torch.zeros(len(LABELS), len(LABELS)))
        self.bias = nn.Parameter(torch.zeros(HIDDEN))
        self.drop = nn.Dropout(_DROP)

    def forward(self, batch: _Batch) -> Tensor:
        bag = (
            self.bag(batch.slots, batch.starts, per_sample_weights=self._seen(batch.slots))
            / batch.counts[:, None]
        )
        edge = self.edge(batch.edges, per_sample_weights=self._seen(batch.edges))
        if self.training:
            shown = (
                (torch.rand(len(batch.lengths)) > _WORDLESS).float().repeat_interleave(batch.lengths)[:, None]
            )
            bag, edge = bag * shown, edge * shown
        rows = self.state(batch.table) + bag + edge + self.bias
        hidden = torch.zeros(len(batch.lengths), int(batch.lengths.max()), HIDDEN)
        hidden[batch.mask] = self.drop(torch.relu(rows))
        hidden = hidden.transpose(1, 2)
        inside = batch.mask[:, None, :].float()
        for conv in self.taps:
            hidden = hidden + self.drop(torch.relu(conv(hidden * inside)))
        scores: Tensor = self.out(hidden.transpose(1, 2))
        return scores

    def _seen(self, slots: Tensor) -> Tensor:
        return (torch.rand(slots.shape) > _UNSEEN).float() / (1 - _UNSEEN)


class _Batch(NamedTuple):
    table: Tensor
    slots: Tensor
    starts: Tensor
    counts: Tensor
    edges: Tensor
    labels: Tensor
    mask: Tensor
    lengths: Tensor


def _batch(pages: Sequence[RolePage], offsets: npt.NDArray[np.int64]) -> _Batch:
    lengths = torch.tensor([len(page.labels) for page in pages])
    mask = torch.arange(int(lengths.max()))[None, :] < lengths[:, None]
    labels = torch.zeros(mask.shape, dtype=torch.long)
    labels[mask] = torch.from_numpy(np.concatenate([page.labels for page in pages]).astype(np.int64))
    counts = np.concatenate([page.counts for page in pages]).astype(np.int64)

    def stack(name: str) -> Tensor:
        return torch.from_numpy(np.concatenate([getattr(page, name) for page in pages]).astype(np.int64))

    starts = torch.from_numpy(np.concatenate([[0], np.cumsum(counts)[:-1]]))
    number = torch.from_numpy(np.maximum(counts, 1)).float()
    return _Batch(
        stack("table") + torch.from_numpy(offsets),
        stack("slots"),
        starts,
        number,
        stack("edges"),
        labels,
        mask,
        lengths,
    )


def _chain_loss(scores: Tensor, steps: Tensor, batch: _Batch) -> Tensor:
    """Negative log-likelihood of the labels under a linear chain, a line."""
    mask, labels = batch.mask, batch.labels
    right = scores.gather(2, labels[:, :, None])[:, :, 0] * mask
    joined = steps[labels[:, :-1], labels[:, 1:]] * mask[:, 1:]
    alpha = scores[:, 0]
    for at in range(1, scores.shape[1]):
        new = torch.logsumexp(alpha[:, :, None] + steps[None], dim=1) + scores[:, at]
        alpha = torch.where(mask[:, at, None], new, alpha)
    total = torch.logsumexp(alpha, dim=1) - right.sum(dim=1) - joined.sum(dim=1)
    return total.sum() / mask.sum()


def train_role_network(
    pages: Iterable[RolePage],
    sizes: Sequence[int],
    *,
    epochs: int = 6,
    seed: int = 1,
    say: Callable[[str], None] = lambda _: None,
) -> RoleModel:
    """Learn from packed pages; `sizes` says how many values each column may take."""
    torch.manual_seed(seed)
    rng = random.Random(seed)
    packed = list(pages)
    offsets = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64)
    net = _Net(int(sum(sizes)))
    per_epoch = len(packed) // _BATCH
    learner = torch.optim.Adam(net.parameters(), lr=_RATE, weight_decay=1e-6)
    plan = torch.optim.lr_scheduler.OneCycleLR(
        learner, _RATE, total_steps=epochs * per_epoch + 1, pct_start=0.15
    )
    for epoch in range(epochs):
        rng.shuffle(packed)
        losses = []
        for number in range(per_epoch):
            batch = _batch(packed[number * _BATCH : (number + 1) * _BATCH], offsets)
            loss = _chain_loss(net(batch), net.steps, batch)
            learner.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 2.0)
            learner.step()
            plan.step()
            losses.append(loss.item())
        say(f"roles: round {epoch + 1}: loss {np.mean(losses):.4f} a line")
    return _stored(net, offsets)


def as_array(tensor: Tensor) -> Floats:
    """What was learned, as NumPy has it."""
    array: Floats = tensor.detach().numpy().astype(np.float32)
    return array


def _stored(net: _Net, offsets: npt.NDArray[np.int64]) -> RoleModel:
    array = as_array
    taps = [np.concatenate([array(conv.weight)[:, :, k].T for k in range(3)]) for conv in net.taps]
    return RoleModel(
        state=array(net.state.weight), offsets=offsets, transitions=array(net.steps), bag=array(net.bag.weight),
        edge=array(net.edge.weight), bias=array(net.bias), taps=np.stack(taps), tap_bias=np.stack([array(conv.bias) for conv in net.taps]),
        out=array(net.out.weight).T.copy(), out_bias=array(net.out.bias),
    )  # fmt: skip
