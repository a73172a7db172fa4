"""The teacher: multilingual-e5-small with a head over characters (PyTorch); it learns from gold and labels raw news.

The same network, exported, is the accurate one of a run: `miner.recognise.network.accurate` mirrors it with NumPy.
"""

# PyTorch is needed for training alone, and type checking must pass without it.
# mypy: disable-error-code="import-not-found,misc,unused-ignore"

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from miner.recognise.network.accurate import AFTER, DILATIONS, FIRST_CHAR, FORMAT, OTHER, windows
from miner.recognise.network.chain import LABELS, N_STATES, Chain, believe, factors_of, lay_out, marginals
from miner.recognise.network.encoder import PARTS, packed
from miner.recognise.network.pieces import PieceFile, Pieces
from miner.recognise.network.pieces import PieceVocabulary as PieceVocabulary
from miner.training import Say
from miner.training.names.network import Batch, chain_loss, chain_of, mark
from miner.training.names.sets import Example

SIZES = (150, 200, 250, 300)
"""Characters of the windows, another for each epoch: names stand in ever other surroundings."""
MOST_CHARS = 6000
"""Characters that the head knows."""


@dataclass(frozen=True, slots=True)
class TeacherPlan:
    """How the teacher learns."""

    epochs: int = 3
    encoder_rate: float = 2e-4
    head_rate: float = 1e-3
    batch_chars: int = 2600
    width: int = 256
    char_size: int = 96
    place_size: int = 16
    drop: float = 0.2
    seed: int = 1
    threads: int = 1


class Window(NamedTuple):
    """A stretch of a text that is read together, and the states that its characters may have (None in raw text)."""

    text: str
    allowed: npt.NDArray[np.int64] | None


class TunedLayer(nn.Module):
    """One layer of the encoder; see `miner.recognise.network.encoder.Layer`."""

    def __init__(self, file: PieceFile, number: int) -> None:
        super().__init__()
        h, self.heads = file.width, file.heads
        wide = len(file.tensors[f"l{number}.fi.b"])
        self.qkv, self.ao = nn.Linear(h, 3 * h), nn.Linear(h, h)
        self.fi, self.fo = nn.Linear(h, wide), nn.Linear(wide, h)
        self.aln, self.oln = nn.LayerNorm(h, file.epsilon), nn.LayerNorm(h, file.epsilon)
        for name, part in self.named_children():
            sources = "qkv" if name == "qkv" else (name,)
            for kind, weight in (("w", part.weight), ("b", part.bias)):
                flat = np.concatenate([file.tensors[f"l{number}.{source}.{kind}"] for source in sources])
                weight.data.copy_(torch.from_numpy(flat.reshape(tuple(weight.shape))))

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        b, n, h = x.shape
        shape = (3, b * self.heads, n, h // self.heads)
        q, k, v = self.qkv(x).view(b, n, 3, self.heads, -1).permute(2, 0, 3, 1, 4).reshape(shape).unbind(0)
        weights = torch.softmax(torch.baddbmm(mask, q, k.transpose(1, 2), alpha=shape[3] ** -0.5), -1)
        seen = torch.bmm(weights, v).view(b, self.heads, n, -1).transpose(1, 2).reshape(b, n, h)
        x = self.aln(x + self.ao(seen))
        return self.oln(x + self.fo(functional.gelu(self.fi(x))))  # type: ignore[no-any-return]


class Teacher(nn.Module):
    """Encoder, head and chain."""

    def __init__(self, file: PieceFile, chars: str, plan: TeacherPlan) -> None:
        super().__init__()
        self.file, self.chars, w = file, chars, plan.width
        self.number = {char: FIRST_CHAR + i for i, char in enumerate(chars)}
        tensors, h = file.tensors, file.width
        positions = tensors["emb.pos"].reshape(-1, h) + tensors["emb.type"].reshape(-1, h)[0]
        self.positions = nn.Parameter(torch.from_numpy(positions))
        self.first = nn.LayerNorm(h, file.epsilon)
        self.first.weight.data.copy_(torch.from_numpy(tensors["emb.ln.w"]))
        self.first.bias.data.copy_(torch.from_numpy(tensors["emb.ln.b"]))
        self.layers = nn.ModuleList([TunedLayer(file, k) for k in range(file.layers)])
        wide = h * len(AFTER)
        self.norm, self.inputs = nn.LayerNorm(wide), nn.Linear(wide, w)
        self.char = nn.Embedding(FIRST_CHAR + len(chars), plan.char_size, padding_idx=0)
        self.place = nn.Embedding(4, plan.place_size)
        self.mix = nn.Linear(w + plan.char_size + plan.place_size, w)
        self.turns = nn.ModuleList([nn.Conv1d(w, w, 3, padding=d, dilation=d) for d in DILATIONS])
        self.norms = nn.ModuleList([nn.LayerNorm(w) for _ in DILATIONS])
        self.out, self.drop = nn.Linear(w, N_STATES), nn.Dropout(plan.drop)
        self.steps = nn.Parameter(torch.zeros(N_STATES, N_STATES))
        self.enter, self.leave = nn.Parameter(torch.zeros(N_STATES)), nn.Parameter(torch.zeros(N_STATES))

    def forward(self, cut: Sequence[Pieces], texts: Sequence[str]) -> Tensor:
        """Return the scores of all characters of the windows, one window after the other."""
        with torch.autocast("cpu", torch.bfloat16):
            return self._head(self._encoded(cut), cut, texts).float()

    def _encoded(self, cut: Sequence[Pieces]) -> Tensor:
        longest = max(len(pieces.ids) for pieces in cut)
        vectors = torch.zeros(len(cut), longest, self.file.width)
        mask = torch.full((len(cut), longest), -1e4)
        for row, pieces in enumerate(cut):
            vectors[row, : len(pieces.ids)] = torch.from_numpy(self.file.vectors(pieces.ids))
            mask[row, : len(pieces.ids)] = 0
        heads = self.file.heads
        wide = mask.bfloat16()[:, None, None].expand(-1, heads, longest, -1).reshape(-1, longest, longest)
        x, kept = self.first(vectors + self.positions[:longest]), []
        for number, layer in enumerate(self.layers, 1):
            x = layer(x, wide)
            if number in AFTER:
                kept.append(x)
        return torch.cat(kept, 2)

    def _head(self, seen: Tensor, cut: Sequence[Pieces], texts: Sequence[str]) -> Tensor:
        longest = max(map(len, texts))
        piece_of, place, chars = (torch.zeros(len(texts), longest, dtype=torch.long) for _ in range(3))
        for row, (pieces, text) in enumerate(zip(cut, texts, strict=True)):
            piece_of[row, : len(text)] = torch.from_numpy(pieces.piece_of)
            place[row, : len(text)] = torch.from_numpy(pieces.place)
            chars[row, : len(text)] = torch.tensor([self._number(c) for c in text])
        real = (chars > 0)[:, :, None]
        values = self.inputs(self.drop(self.norm(seen)))
        values = torch.gather(values, 1, piece_of[:, :, None].expand(-1, -1, values.shape[2]))
        parts = [values, self.drop(self.char(chars)), self.place(place)]
        values = functional.gelu(self.mix(torch.cat(parts, 2))) * real
        for turn, norm in zip(self.turns, self.norms, strict=True):
            turned = functional.gelu(turn(values.transpose(1, 2)).transpose(1, 2))
            values = norm(values + self.drop(turned)) * real
        return self.out(self.drop(values))[real[:, :, 0]]  # type: ignore[no-any-return]

    def _number(self, char: str) -> int:
        return self.number.get(self.file.vocabulary.normal.get(char, char), OTHER)


def common_chars(texts: Sequence[str], vocabulary: PieceVocabulary) -> str:
    """Return the commonest characters of texts in their normal form."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(text)
    normal: Counter[str] = Counter()
    for char, n in counts.items():
        normal[vocabulary.normal.get(char, char)] += n
    return "".join(char for char, n in normal.most_common(MOST_CHARS) if n > 1)


def gold_windows(examples: Sequence[Example], size: int) -> list[Window]:
    """Cut annotated texts into windows; a name that a cut would break is left open."""
    made = []
    for example in examples:
        allowed = np.ones(len(example.text), np.int64)
        for start, end, labels in example.names:
            mark(allowed, start, end, labels)
        for start, end in windows(example.text, size):
            part = allowed[start:end].copy()
            for name_start, name_end, _ in example.names:
                if name_start < start < name_end or name_start < end < name_end:
                    part[max(0, name_start - start) : max(0, name_end - start)] = (1 << N_STATES) - 1
            if example.text[start:end].strip():
                made.append(Window(example.text[start:end], part))
    return made


def grouped(made: Sequence[Window], size: int, source: np.random.Generator) -> Iterator[list[int]]:
    """Yield the numbers of windows of like length, about `size` characters together, in random order."""
    order = np.argsort([len(window.text) + source.random() * 10 for window in made], kind="stable")
    groups: list[list[int]] = [[]]
    for k in order.tolist():
        if groups[-1] and len(made[k].text) * (len(groups[-1]) + 1) > size:
            groups.append([])
        groups[-1].append(k)
    for k in source.permutation(len(groups)).tolist():
        yield groups[k]


def _batch(lengths: Sequence[int]) -> Batch:
    sizes = np.array(lengths, np.int64)
    return Batch(np.arange(int(sizes.sum())), np.cumsum(sizes) - sizes, sizes)


def teach(teacher: Teacher, examples: Sequence[Example], plan: TeacherPlan, say: Say) -> None:
    """Train in place: AdamW (Loshchilov & Hutter 2019), the rates rising over a sixteenth of the way and then falling."""
    torch.manual_seed(plan.seed)
    torch.set_num_threads(plan.threads)
    source = np.random.default_rng(plan.seed)
    deep = [*teacher.layers.parameters(), *teacher.first.parameters(), teacher.positions]
    known = {id(p) for p in deep}
    head = [p for p in teacher.parameters() if id(p) not in known]
    groups = [{"params": deep, "lr": plan.encoder_rate}, {"params": head, "lr": plan.head_rate}]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
    rates = [plan.encoder_rate, plan.head_rate]
    total, done, losses = plan.epochs * sum(len(e.text) for e in examples), 0, list[float]()
    teacher.train()
    for _ in range(plan.epochs):
        made = gold_windows(examples, int(source.choice(SIZES)))
        for count, group in enumerate(grouped(made, plan.batch_chars, source)):
            pace = min(1.0, 16 * (done + 1) / total) * max(0.02, 1 - done / total)
            for part, rate in zip(optimizer.param_groups, rates, strict=True):
                part["lr"] = rate * pace
            chosen = [made[k] for k in group]
            optimizer.zero_grad()
            losses.append(_step(teacher, chosen))
            torch.nn.utils.clip_grad_norm_([*deep, *head], 1.0)
            optimizer.step()
            done += sum(len(window.text) for window in chosen)
            if count % 50 == 0:
                say(f"teacher {done / total:6.1%} loss {float(np.mean(losses[-50:])):.4f}")
    teacher.eval()


def _step(teacher: Teacher, chosen: Sequence[Window]) -> float:
    texts = [window.text for window in chosen]
    scores = teacher([teacher.file.vocabulary.cut(text) for text in texts], texts)
    allowed = np.concatenate([window.allowed for window in chosen if window.allowed is not None])
    return chain_loss(teacher, scores, allowed, _batch([len(text) for text in texts]))


def beliefs(teacher: Teacher, texts: Sequence[str], size: int = 5000) -> list[npt.NDArray[np.float16]]:
    """Return how likely the teacher holds each state of each character, (characters, states) for each text."""
    known = [np.zeros((len(text), N_STATES), np.float16) for text in texts]
    for rows in known:
        rows[:, 0] = 1
    cut = [(i, *bounds) for i, text in enumerate(texts) for bounds in windows(text)]
    cut = [(i, start, end) for i, start, end in cut if texts[i][start:end].strip()]
    made = [Window(texts[i][start:end], None) for i, start, end in cut]
    for group in grouped(made, size, np.random.default_rng(1)):
        likely = iter(_believed(teacher, [made[k].text for k in group]))
        for k in group:
            i, start, end = cut[k]
            known[i][start:end] = next(likely)
    return known


def _believed(teacher: Teacher, texts: Sequence[str]) -> list[npt.NDArray[np.float32]]:
    """Return the beliefs about some windows that are read together."""
    with torch.inference_mode():
        scores = teacher([teacher.file.vocabulary.cut(text) for text in texts], texts).numpy()
    batch = _batch([len(text) for text in texts])
    layout = lay_out(batch.starts, batch.lengths)
    chain = Chain(*chain_of(teacher))
    likely = marginals(believe(factors_of(scores[layout.order]), layout, chain), layout)
    return np.split(likely, batch.starts[1:])


def accurate_arrays(teacher: Teacher) -> dict[str, Any]:
    """Return the arrays of the accurate network's file: the head, and what has changed in the encoder."""
    arrays: dict[str, Any] = {"format": np.int64(FORMAT), "labels": np.array(LABELS)}
    for k, layer in enumerate(teacher.layers):
        for part in PARTS:
            product = getattr(layer, part)
            sources = "qkv" if part == "qkv" else (part,)
            shape = tuple(product.weight.shape)
            old = np.concatenate([teacher.file.tensors[f"l{k}.{s}.w"] for s in sources]).reshape(shape)
            change, scale = packed(product.weight.detach().numpy() - old)
            arrays |= {
                f"{k}.{part}.change": change,
                f"{k}.{part}.scale": scale,
                f"{k}.{part}.bias": _half(product.bias),
            }
        for part in ("aln", "oln"):
            norm = getattr(layer, part)
            arrays |= {f"{k}.{part}.gain": _half(norm.weight), f"{k}.{part}.bias": _half(norm.bias)}
    arrays |= {
        "positions": _half(teacher.positions),
        "gain": _half(teacher.first.weight),
        "bias": _half(teacher.first.bias),
    }
    linear = {"inputs": teacher.inputs, "mix": teacher.mix, "out": teacher.out}
    norms = {"norm": teacher.norm, **{f"norm{k}": norm for k, norm in enumerate(teacher.norms)}}
    turns = {f"convolution{k}": turn for k, turn in enumerate(teacher.turns)}
    for name, part in (linear | norms | turns).items():
        arrays[f"head.{name}.weight"] = _half(part.weight).transpose().copy()  # (in, out), and (tap, in, out)
        arrays[f"head.{name}.bias"] = _half(part.bias)
    arrays |= {"head.chars": _half(teacher.char.weight), "head.places": _half(teacher.place.weight)}
    arrays |= {name: getattr(teacher, name).detach().numpy() for name in ("steps", "enter", "leave")}
    arrays["chars"] = np.frombuffer(teacher.chars.encode(), np.uint8)
    return arrays


def _half(weight: Tensor) -> npt.NDArray[np.float16]:
    half: npt.NDArray[np.float16] = weight.detach().numpy().astype(np.float16)
    return half
