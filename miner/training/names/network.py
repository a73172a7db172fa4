"""The network of the name model while it learns (PyTorch), and its way into the model file."""

# PyTorch is needed for training alone, and type checking must pass without it.
# mypy: disable-error-code="import-not-found,misc,unused-ignore"

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from miner.recognise.network.chain import ENTRIES, EXITS, LABELS, N_STATES, allowed_steps, factors_of, lay_out
from miner.recognise.network.encode import (
    GAP,
    N_SHAPES,
    NGRAM_BITS,
    PAIR_BITS,
    UNKNOWN,
    Encoded,
    Vocabulary,
)
from miner.recognise.network.model import AROUND, FAR, FORMAT, sentence_cuts
from miner.training.names.sets import Example

DROP = 0.15
"""Share of hidden values that are left out at each step of training."""
_BROKEN = 0.05
"""A sentence is not cut where a name goes on as likely as this: no path of the chain could learn that."""
_NOISE = np.random.Generator(np.random.SFC64(1))


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """How to train: sizes of the network and the course of learning."""

    hidden: int = 96
    summary: int = 32
    pair_size: int = 32
    word_size: int = 40
    rate: float = 2e-3
    epochs: float = 4.0
    batch_chars: int = 3500
    seed: int = 1
    threads: int = 1


def state_bits(labels: Iterable[str], roles: Iterable[int]) -> int:
    """Return the states of some labels in some roles (B I E S = 0 1 2 3) as bits."""
    return sum(1 << (1 + 4 * LABELS.index(label) + role) for label in labels for role in roles)


class Corpus(NamedTuple):
    """Encoded texts with what is known of their characters: the states that gold allows, or what a teacher believes."""

    encoded: Encoded
    cuts: npt.NDArray[np.int64]
    bounds: npt.NDArray[np.int64]
    """(texts, 2): first and last character of each text."""
    allowed: npt.NDArray[np.int64] | None = None
    """(characters,): the states that each may have, as bits."""
    taught: npt.NDArray[np.float16] | None = None
    """(characters, states): how likely a teacher holds each state."""


def prepare(examples: Sequence[Example], vocabulary: Vocabulary, open_labels: Iterable[str] = ()) -> Corpus:
    """Encode annotated texts and note which states each character may have; names of `open_labels` may stand unmarked."""
    encoded = vocabulary.encode([e.text for e in examples])
    allowed = np.full(len(encoded), 1 | state_bits(open_labels, range(4)), np.int64)
    crossed: list[int] = []
    for example, base in zip(examples, encoded.starts.tolist(), strict=True):
        marks = [[base + start, base + end] for start, end, _ in example.names]
        places = np.searchsorted(encoded.origin, np.array(marks, np.int64).reshape(-1, 2)).tolist()
        for (start, end), (_, _, labels) in zip(places, example.names, strict=True):
            mark(allowed, start, end, labels)
            crossed.extend(range(start + 1, end))
    cuts = np.setdiff1d(sentence_cuts(encoded.folded), np.array(crossed, np.int64))
    return Corpus(encoded, cuts, _bounds(encoded, [e.text for e in examples]), allowed)


def prepare_taught(
    texts: Sequence[str], beliefs: Sequence[npt.NDArray[np.float16]], vocabulary: Vocabulary
) -> Corpus:
    """Encode raw texts with a teacher's beliefs about them, (characters, states) for each text."""
    encoded = vocabulary.encode(texts)
    bounds = _bounds(encoded, texts)
    taught = np.zeros((len(encoded), N_STATES), np.float16)
    for (lo, hi), base, rows in zip(bounds.tolist(), encoded.starts.tolist(), beliefs, strict=True):
        taught[lo:hi] = rows[encoded.origin[lo:hi] - base]
    roles = taught[:, 1:].reshape(len(taught), -1, 4)[:, :, :2].astype(np.float32)
    goes_on = np.append(0.0, roles.sum(axis=(1, 2)))
    cuts = sentence_cuts(encoded.folded)
    return Corpus(encoded, cuts[goes_on[cuts] < _BROKEN], bounds, taught=taught)


def _bounds(encoded: Encoded, texts: Sequence[str]) -> npt.NDArray[np.int64]:
    ends = encoded.starts + np.fromiter(map(len, texts), np.int64, len(texts))
    return np.searchsorted(encoded.origin, np.stack([encoded.starts, ends], axis=1)).astype(np.int64)


def mark(allowed: npt.NDArray[np.int64], start: int, end: int, labels: Iterable[str]) -> None:
    if end - start == 1:
        allowed[start] = state_bits(labels, [3])
    elif end > start:
        allowed[start] = state_bits(labels, [0])
        allowed[start + 1 : end - 1] = state_bits(labels, [1])
        allowed[end - 1] = state_bits(labels, [2])


class Batch(NamedTuple):
    """Characters of some examples, each preceded by a gap, and the sentences in them."""

    places: npt.NDArray[np.int64]
    starts: npt.NDArray[np.int64]
    lengths: npt.NDArray[np.int64]


def batches(corpus: Corpus, chosen: npt.NDArray[np.int64], size: int) -> Iterator[Batch]:
    """Yield batches of about `size` characters from the chosen examples, in order."""
    held: list[int] = []
    chars = 0
    for i in chosen.tolist():
        held.append(i)
        chars += int(corpus.bounds[i, 1] - corpus.bounds[i, 0]) + GAP
        if chars >= size:
            yield _batch(corpus, held)
            held, chars = [], 0
    if held:
        yield _batch(corpus, held)


def _batch(corpus: Corpus, examples: list[int]) -> Batch:
    index: list[npt.NDArray[np.int64]] = []
    starts: list[npt.NDArray[np.int64]] = []
    lengths: list[npt.NDArray[np.int64]] = []
    at = 0
    for i in examples:
        lo, hi = (int(b) for b in corpus.bounds[i])
        if hi == lo:
            continue
        first, last = np.searchsorted(corpus.cuts, [lo + 1, hi])
        cuts = np.concatenate([[lo], corpus.cuts[first:last], [hi]])
        index.append(np.arange(lo - GAP, hi))
        starts.append(cuts[:-1] - lo + GAP + at)
        lengths.append(np.diff(cuts))
        at += hi - lo + GAP
    return Batch(*(np.concatenate(x) for x in (index, starts, lengths)))


class TorchNetwork(nn.Module):
    """Mirrors `NameModel.emissions`; see there for the run-time form."""

    def __init__(self, n_chars: int, n_words: int, plan: TrainingPlan) -> None:
        super().__init__()
        h = plan.hidden
        self.chars = nn.Embedding(n_chars, h)
        self.shapes = nn.Embedding(N_SHAPES, h)
        self.pairs = nn.Embedding(1 << PAIR_BITS, plan.pair_size)
        self.words = nn.Embedding(n_words, plan.word_size)
        self.ngrams = nn.Embedding(1 << NGRAM_BITS, N_STATES)
        self.left_pair = nn.Linear(plan.pair_size, h, bias=False)
        self.right_pair = nn.Linear(plan.pair_size, h, bias=False)
        self.word, self.before, self.after = (nn.Linear(plan.word_size, h, bias=False) for _ in range(3))
        self.near = nn.Parameter(torch.randn(3, h, h) * (1.0 / (3 * h)) ** 0.5)
        self.far = nn.Parameter(torch.randn(3, h, h) * (1.0 / (3 * h)) ** 0.5)
        self.near_bias, self.far_bias = nn.Parameter(torch.zeros(h)), nn.Parameter(torch.zeros(h))
        self.summary = nn.Linear(h, plan.summary, bias=False)
        self.context = nn.Linear(2 * plan.summary, h, bias=False)
        self.out = nn.Linear(h, N_STATES)
        self.steps = nn.Parameter(torch.zeros(N_STATES, N_STATES))
        self.enter, self.leave = nn.Parameter(torch.zeros(N_STATES)), nn.Parameter(torch.zeros(N_STATES))
        self.taken: list[tuple[nn.Embedding, Tensor, Tensor]] = []
        for table, spread in ((self.chars, 0.3), (self.shapes, 0.3), (self.pairs, 0.3), (self.words, 0.3),
                              (self.ngrams, 0.0)):  # fmt: skip
            nn.init.normal_(table.weight, std=spread) if spread else nn.init.zeros_(table.weight)
        with torch.no_grad():
            self.pairs.weight[0].zero_()

    def forward(self, batch: dict[str, Tensor]) -> Tensor:
        """Return scores, shape (characters, states)."""
        ids, words = batch["pairs"], [batch[k] for k in ("words", "before", "after")]
        if self.training:
            words = [torch.where(_kept(w.shape, 0.88) > 0, w, UNKNOWN) for w in words]
        pair = self._rows(self.pairs, ids)
        if self.training:
            pair = pair * _kept((len(ids), 1), 0.85)
        hidden = self.chars(batch["chars"]) + self.shapes(batch["shapes"])
        hidden = hidden + self.right_pair(pair) + _shift(self.left_pair(pair), 1)
        for part, chosen in zip(
            (self.word, self.before, self.after), self._rows(self.words, torch.stack(words)), strict=True
        ):
            hidden = hidden + part(chosen)
        hidden = self._dropped(torch.relu(hidden))
        hidden = hidden + self._dropped(_convolve(hidden, self.near, self.near_bias, 1))
        around = self.context(_means_around(self.summary(hidden), batch["first"], batch["last"]))
        hidden = hidden + self._dropped(_convolve(hidden, self.far, self.far_bias + around, FAR))
        wide = self._rows(self.ngrams, batch["ngrams"])
        if self.training:
            wide = wide * _kept((*wide.shape[:2], 1), 0.75)
        return self.out(hidden) + wide.sum(dim=0)  # type: ignore[no-any-return]

    def _rows(self, table: nn.Embedding, ids: Tensor) -> Tensor:
        """Look rows up; in training they become leaves of their own, so that no gradient as large as the table arises."""
        rows = table.weight.detach()[ids]
        if self.training:
            rows.requires_grad_()
            self.taken.append((table, ids, rows))
        return rows

    def _dropped(self, x: Tensor) -> Tensor:
        return x * (_kept(x.shape, 1 - DROP) / (1 - DROP)) if self.training else x


def _kept(shape: Sequence[int], share: float) -> Tensor:
    """Return a mask of ones (a share of them) and zeros."""
    size = int(np.prod(shape))
    noise = np.frombuffer(_NOISE.bytes(size), np.uint8)
    return torch.from_numpy((noise < share * 256).astype(np.float32).reshape(tuple(shape)))


def _shift(x: Tensor, by: int) -> Tensor:
    zero = torch.zeros(abs(by), x.shape[1])
    return torch.cat([zero, x[:-by]]) if by > 0 else torch.cat([x[-by:], zero])


def _convolve(x: Tensor, taps: Tensor, bias: Tensor, reach: int) -> Tensor:
    return torch.relu(x @ taps[1] + bias + _shift(x @ taps[0], reach) + _shift(x @ taps[2], -reach))


def _means_around(values: Tensor, first: Tensor, last: Tensor) -> Tensor:
    """Mirror `miner.recognise.network.model.means_around`, the two means side by side."""
    total = torch.cat([torch.zeros(1, values.shape[1]), values.cumsum(dim=0)])
    at = torch.arange(len(values))
    start, stop = torch.maximum(at - AROUND, first), torch.minimum(at + 1 + AROUND, last)
    before = (total[:-1] - total[start]) / (at - start).clamp(min=1)[:, None]
    after = (total[stop] - total[1:]) / (stop - at - 1).clamp(min=1)[:, None]
    return torch.cat([before, after], dim=1)


class ChainGradient(NamedTuple):
    """Expected counts under the chain: per character and state, per step, at the ends; and the log of the total."""

    states: npt.NDArray[np.float32]
    steps: npt.NDArray[np.float32]
    enter: npt.NDArray[np.float32]
    leave: npt.NDArray[np.float32]
    log_total: float


def expected(
    factors: npt.NDArray[np.float32],
    offsets: npt.NDArray[np.int64],
    weights: tuple[npt.NDArray[np.float32], ...],
    signs: tuple[int, ...] = (1,),
) -> ChainGradient:
    """Run forward-backward and count; factors are in the order of the layout.

    With several signs the rows come in as many versions of each sentence, side by side; the sums over sentences
    (steps, ends, log of the total) then count each version with its sign.
    """
    steps, enter, leave = weights
    n, k = factors.shape
    sign = np.resize(np.array(signs, np.float32), n)[:, None]
    forward, counts = np.empty((n, k), np.float32), np.empty((n, k), np.float32)
    scale = np.empty((n, 1), np.float32)
    for t in range(len(offsets) - 1):
        lo, hi = offsets[t], offsets[t + 1]
        here = forward[lo:hi]
        if t == 0:
            np.multiply(factors[lo:hi], enter, out=here)
        else:
            p = offsets[t - 1]
            np.matmul(forward[p : p + hi - lo], steps, out=here)
            here *= factors[lo:hi]
        scale[lo:hi] = here.sum(axis=1, keepdims=True) + 1e-30
        here /= scale[lo:hi]
    log_total = float((np.log(scale) * sign).sum(dtype=np.float64))
    step_counts = np.zeros((k, k), np.float32)
    leave_counts = np.zeros(k, np.float32)
    after, ahead = 0, np.zeros((0, k), np.float32)
    back = np.ascontiguousarray(steps.T)
    for t in range(len(offsets) - 2, -1, -1):
        lo, hi = offsets[t], offsets[t + 1]
        backward = np.empty((hi - lo, k), np.float32)
        backward[after:] = leave
        if after:
            np.matmul(ahead, back, out=backward[:after])
        joint = np.multiply(forward[lo:hi], backward, out=counts[lo:hi])
        norm = joint.sum(axis=1, keepdims=True) + 1e-30
        if after:
            step_counts += (forward[lo : lo + after] * (sign[:after] / norm[:after])).T @ ahead
        joint /= norm
        if after < hi - lo:
            log_total += float((np.log(norm[after:]) * sign[after : hi - lo]).sum())
            leave_counts += (joint[after:] * sign[after : hi - lo]).sum(axis=0)
        backward /= norm  # of the order of one, as forward sums to one
        ahead = np.multiply(factors[lo:hi], backward, out=backward)
        after = hi - lo
    enter_counts = (counts[: offsets[1]] * sign[: offsets[1]]).sum(axis=0)
    return ChainGradient(counts, step_counts * steps, enter_counts, leave_counts, log_total)


_ALLOWED = allowed_steps()
_BITS = np.arange(N_STATES)


class Chained(Protocol):
    """A network with a chain over its scores."""

    steps: nn.Parameter
    enter: nn.Parameter
    leave: nn.Parameter


def chain_of(network: Chained) -> tuple[npt.NDArray[np.float32], ...]:
    """Return the chain of a network as factors: steps, enter, leave."""
    return tuple(
        (np.exp(w.detach().numpy()) * mask).astype(np.float32)
        for w, mask in ((network.steps, _ALLOWED), (network.enter, ENTRIES), (network.leave, EXITS))
    )


def chain_loss(network: Chained, scores: Tensor, allowed: npt.NDArray[np.int64], batch: Batch) -> float:
    """Set the gradients of minus the log-likelihood of the allowed paths per sentence; return that loss per character."""
    layout = lay_out(batch.starts, batch.lengths)
    factors = factors_of(scores.detach().numpy()[layout.order])
    mask = (allowed[layout.order][:, None] >> _BITS) & 1
    both = np.stack([factors, factors * mask.astype(np.float32)], axis=1).reshape(-1, N_STATES)
    counts = expected(both, layout.offsets * 2, chain_of(network), (1, -1))
    scale = 1.0 / len(layout.order)
    gradient = np.zeros(tuple(scores.shape), np.float32)
    gradient[layout.order] = (counts.states[::2] - counts.states[1::2]) * scale
    for parameter, count in (
        (network.steps, counts.steps),
        (network.enter, counts.enter),
        (network.leave, counts.leave),
    ):
        parameter.grad = torch.from_numpy((count * scale).astype(np.float32))
    scores.backward(torch.from_numpy(gradient))
    return counts.log_total * scale


def taught_loss(network: Chained, scores: Tensor, taught: npt.NDArray[np.float16], batch: Batch) -> float:
    """Set the gradients that draw the chain's beliefs to a teacher's; return how far apart they are per character.

    Hinton et al. 2015, Distilling the knowledge in a neural network. The steps of the chain learn from gold alone.
    """
    layout = lay_out(batch.starts, batch.lengths)
    factors = factors_of(scores.detach().numpy()[layout.order])
    counts = expected(factors, layout.offsets, chain_of(network))
    apart = counts.states - taught[layout.order].astype(np.float32)
    gradient = np.zeros(tuple(scores.shape), np.float32)
    gradient[layout.order] = apart / len(layout.order)
    scores.backward(torch.from_numpy(gradient))
    return float(np.abs(apart).sum() / 2 / len(layout.order))


def tensors(corpus: Corpus, batch: Batch) -> dict[str, Tensor]:
    """Return the inputs of a batch as tensors."""
    e, index = corpus.encoded, batch.places
    inputs = {
        k: torch.from_numpy(getattr(e, k)[index].astype(np.int64))
        for k in ("chars", "pairs", "words", "before", "after", "shapes")
    }
    inputs["ngrams"] = torch.from_numpy(e.ngrams[:, index].astype(np.int64))
    first = np.arange(len(index))
    last = first + 1
    within = _within(batch.starts, batch.lengths)
    first[within] = np.repeat(batch.starts, batch.lengths)
    last[within] = np.repeat(batch.starts + batch.lengths, batch.lengths)
    inputs["first"], inputs["last"] = torch.from_numpy(first), torch.from_numpy(last)
    return inputs


def _within(starts: npt.NDArray[np.int64], lengths: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return the places of all characters of sentences.

    >>> _within(np.array([1, 5]), np.array([2, 1])).tolist()
    [1, 2, 5]
    """
    return np.repeat(starts - np.cumsum(lengths) + lengths, lengths) + np.arange(int(lengths.sum()))


class RowAdam:
    """Adam (Kingma & Ba 2015) on the rows of large tables that a batch has touched."""

    def __init__(self, tables: Sequence[nn.Embedding]) -> None:
        self.moments = {id(t): (torch.zeros_like(t.weight), torch.zeros_like(t.weight)) for t in tables}
        self.steps = 0

    def step(self, taken: list[tuple[nn.Embedding, Tensor, Tensor]], rate: float) -> None:
        """Update the rows that were taken, and forget them."""
        self.steps += 1
        rate *= (1 - 0.999**self.steps) ** 0.5 / (1 - 0.9**self.steps)
        for table, ids, rows in taken:
            if rows.grad is None:
                continue
            touched, place = np.unique(ids.numpy().ravel(), return_inverse=True)
            index = torch.from_numpy(touched)
            gradient = torch.zeros(len(touched), rows.shape[-1])
            gradient.index_add_(0, torch.from_numpy(place.ravel()), rows.grad.reshape(-1, rows.shape[-1]))
            first, second = self.moments[id(table)]
            mean = first[index].mul_(0.9).add_(gradient, alpha=0.1)
            square = second[index].mul_(0.999).addcmul_(gradient, gradient, value=0.001)
            first[index], second[index] = mean, square
            table.weight.data[index] -= rate * mean / (square.sqrt_() + 1e-8)
        taken.clear()


def train(
    network: TorchNetwork, corpora: Sequence[Corpus], plan: TrainingPlan, say: Callable[[str], None]
) -> None:
    """Train in place: Adam, the rate falling linearly to zero over the epochs; batches of all corpora are mixed."""
    torch.set_num_threads(plan.threads)
    large = (network.pairs, network.words, network.ngrams)
    sparse = {id(t.weight) for t in large}
    parameters = [p for p in network.parameters() if id(p) not in sparse]
    dense, tables = torch.optim.Adam(parameters, lr=plan.rate), RowAdam(large)
    shuffler = np.random.default_rng(plan.seed)
    total = sum(float((c.bounds[:, 1] - c.bounds[:, 0] + GAP).sum()) for c in corpora) * plan.epochs
    started, done, losses = time.monotonic(), 0, list[float]()
    network.train()
    for count, (corpus, batch) in enumerate(_mixed(corpora, shuffler, plan)):
        progress = done / total
        if progress >= 1:
            break
        rate = plan.rate * min(1.0, 1.02 - progress, (done + 5000) / 100_000)
        for group in dense.param_groups:
            group["lr"] = rate
        dense.zero_grad()
        losses.append(_loss(network, corpus, batch))
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        dense.step()
        tables.step(network.taken, rate)
        done += len(batch.places)
        if count % 200 == 0:
            speed = done / (time.monotonic() - started)
            say(f"{progress:6.1%} loss {float(np.mean(losses[-200:])):.4f} {speed:,.0f} chars/s")
    network.eval()


def _mixed(
    corpora: Sequence[Corpus], shuffler: np.random.Generator, plan: TrainingPlan
) -> Iterator[tuple[Corpus, Batch]]:
    """Yield the batches of all corpora in random order, without end."""
    while True:
        made = [batches(c, _shuffled(c, shuffler), plan.batch_chars) for c in corpora]
        sizes = [float((c.bounds[:, 1] - c.bounds[:, 0]).sum()) for c in corpora]
        turns = np.repeat(np.arange(len(corpora)), [int(size / plan.batch_chars) + 1 for size in sizes])
        for k in shuffler.permutation(turns).tolist():
            batch = next(made[k], None)
            if batch is not None:
                yield corpora[k], batch


def _loss(network: TorchNetwork, corpus: Corpus, batch: Batch) -> float:
    scores = network(tensors(corpus, batch))
    if corpus.taught is not None:
        return taught_loss(network, scores, corpus.taught[batch.places], batch)
    assert corpus.allowed is not None
    return chain_loss(network, scores, corpus.allowed[batch.places], batch)


def _shuffled(corpus: Corpus, shuffler: np.random.Generator) -> npt.NDArray[np.int64]:
    """Shuffle, but keep examples of like length together so that the steps of the chain are full."""
    lengths = corpus.bounds[:, 1] - corpus.bounds[:, 0]
    order = shuffler.permutation(len(lengths))
    pools = [
        pool[np.argsort(lengths[pool], kind="stable")]
        for pool in np.array_split(order, max(1, len(order) // 1500))
    ]
    pieces = [piece for pool in pools for piece in np.array_split(pool, max(1, len(pool) // 100))]
    return np.concatenate([pieces[i] for i in shuffler.permutation(len(pieces))])


def to_arrays(network: TorchNetwork, vocabulary: Vocabulary) -> dict[str, Any]:
    """Return the arrays of the model file, tables as signed bytes."""
    w: dict[str, npt.NDArray[np.float32]] = {
        "chars": _array(network.chars.weight),
        "pairs": _array(network.pairs.weight),
        "words": _array(network.words.weight),
        "shapes": _array(network.shapes.weight),
        **{name: _array(getattr(network, name).weight).T.copy() for name in ("left_pair", "right_pair", "word", "before", "after")},
        "near": _array(network.near), "near_bias": _array(network.near_bias),
        "summary": _array(network.summary.weight).T.copy(), "context": _array(network.context.weight).T.copy(),
        "far": _array(network.far), "far_bias": _array(network.far_bias),
        "out": _array(network.out.weight).T.copy(), "out_bias": _array(network.out.bias),
        "ngrams": _array(network.ngrams.weight),
        "steps": _array(network.steps), "enter": _array(network.enter), "leave": _array(network.leave),
    }  # fmt: skip
    used = vocabulary.pair_keys != 0
    w["pairs"][~used] = 0
    w["pairs"][0] = 0
    arrays: dict[str, Any] = dict(w)
    for name in ("chars", "pairs", "words", "ngrams"):
        arrays[name], arrays[f"{name}_scale"] = quantised(w[name])
    return {**arrays, **vocabulary.arrays(), "format": np.int64(FORMAT), "labels": np.array(LABELS)}


def _array(parameter: Tensor) -> npt.NDArray[np.float32]:
    array: npt.NDArray[np.float32] = parameter.detach().numpy().astype(np.float32)
    return array


def quantised(table: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float32]]:
    """Round a table to signed bytes with one scale for each column; the rarest extremes are clipped."""
    active = table[np.any(table != 0, axis=1)]
    top = np.quantile(np.abs(active), 0.9997, axis=0) if len(active) else np.ones(table.shape[1])
    scale = (np.maximum(top, 1e-6) / 127).astype(np.float32)
    return np.clip(np.round(table / scale), -127, 127).astype(np.int8), scale
