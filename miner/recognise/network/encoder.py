"""The encoder of multilingual-e5-small with NumPy: pieces of a text → a vector each, after chosen layers.

Wang et al. 2024, Multilingual E5 text embeddings; a transformer of twelve layers (Vaswani et al. 2017, Attention is
all you need), normalised after each part.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from miner.recognise.network.chain import Floats, Indices
from miner.recognise.network.pieces import PieceFile

_CUBIC, _ROOT = np.float32(0.044715), np.float32((2 / np.pi) ** 0.5)
PARTS = ("qkv", "ao", "fi", "fo")
"""The products of a layer: questions, keys and values together; out of attention; in and out of the wide part."""


class Layer(NamedTuple):
    """Weights of one layer: products (in, out) with their biases, and both normalisations (gain, bias)."""

    products: Mapping[str, tuple[Floats, Floats]]
    attended: tuple[Floats, Floats]
    widened: tuple[Floats, Floats]


class Encoder:
    """Reads pieces. Immutable; safe to share between threads."""

    def __init__(self, file: PieceFile, layers: Sequence[Layer], start: Mapping[str, Floats]) -> None:
        self.file, self.layers = file, layers
        self.positions, self.first = start["positions"], (start["gain"], start["bias"])

    def __call__(self, ids: Indices, after: Sequence[int]) -> Floats:
        """Return the vectors of the pieces after each of some layers (from 1), side by side."""
        values = normalised(
            self.file.vectors(ids) + self.positions[: len(ids)], *self.first, self.file.epsilon
        )
        kept: list[Floats] = []
        for number, layer in enumerate(self.layers, 1):
            values = self._through(values, layer)
            if number in after:
                kept.append(values)
        return np.concatenate(kept, axis=1)

    def _through(self, values: Floats, layer: Layer) -> Floats:
        seen = _times(self._attend(_times(values, *layer.products["qkv"])), *layer.products["ao"])
        values = normalised(values + seen, *layer.attended, self.file.epsilon)
        wide = _times(gelu(_times(values, *layer.products["fi"])), *layer.products["fo"])
        return normalised(values + wide, *layer.widened, self.file.epsilon)

    def _attend(self, asked: Floats) -> Floats:
        n, heads = len(asked), self.file.heads
        questions, keys, values = asked.reshape(n, 3, heads, -1).transpose(1, 2, 0, 3)
        weights: Floats = questions @ keys.transpose(0, 2, 1)
        weights *= np.float32(questions.shape[-1] ** -0.5)
        weights -= weights.max(axis=-1, keepdims=True)
        np.exp(weights, out=weights)
        weights /= weights.sum(axis=-1, keepdims=True)
        seen: Floats = (weights @ values).transpose(1, 0, 2).reshape(n, -1)
        return seen


def _times(values: Floats, weights: Floats, bias: Floats) -> Floats:
    product: Floats = values @ weights
    product += bias
    return product


def normalised(values: Floats, gain: Floats, bias: Floats, epsilon: float) -> Floats:
    """Return rows with mean 0 and variance 1, times the gain, plus the bias.

    >>> normalised(np.array([[1, 3]], np.float32), np.float32(2), np.float32(1), 0.0).tolist()
    [[-1.0, 3.0]]
    """
    centred = values - values.mean(axis=-1, keepdims=True)
    spread = np.sqrt(np.square(centred).mean(axis=-1, keepdims=True) + np.float32(epsilon))
    scaled: Floats = centred / spread * gain + bias
    return scaled


def gelu(values: Floats) -> Floats:
    """Return x Φ(x) in the form with tanh (Hendrycks & Gimpel 2016, Gaussian error linear units).

    >>> gelu(np.array([-9, 0, 9], np.float32)).round(3).tolist()
    [-0.0, 0.0, 9.0]
    """
    inner = np.square(values)
    inner *= _CUBIC
    inner += 1
    inner *= values
    inner *= _ROOT
    np.tanh(inner, out=inner)
    inner += 1
    inner *= values
    inner *= np.float32(0.5)
    return inner


def tuned_encoder(file: PieceFile, changes: Mapping[str, npt.NDArray[np.generic]]) -> Encoder:
    """Return the encoder of a file with what training has changed in it: products packed, everything else whole."""
    layers = []
    for k in range(file.layers):
        products = {
            part: (_product(file, k, part, changes), _whole(changes, f"{k}.{part}.bias")) for part in PARTS
        }
        attended, widened = (
            (_whole(changes, f"{k}.{part}.gain"), _whole(changes, f"{k}.{part}.bias"))
            for part in ("aln", "oln")
        )
        layers.append(Layer(products, attended, widened))
    start = {name: _whole(changes, name) for name in ("positions", "gain", "bias")}
    return Encoder(file, layers, start)


def _whole(changes: Mapping[str, npt.NDArray[np.generic]], name: str) -> Floats:
    return changes[name].astype(np.float32)


def _product(
    file: PieceFile, layer: int, part: str, changes: Mapping[str, npt.NDArray[np.generic]]
) -> Floats:
    """Return a product's weights, (in, out): those of the file plus the change."""
    sources = "qkv" if part == "qkv" else (part,)
    inputs = file.width if part != "fo" else -1
    stored = [file.tensors[f"l{layer}.{source}.w"] for source in sources]
    rows = np.concatenate(
        [flat.reshape(-1, inputs) if inputs > 0 else flat.reshape(file.width, -1) for flat in stored]
    )
    rows = rows + unpacked(changes[f"{layer}.{part}.change"], changes[f"{layer}.{part}.scale"])
    return np.ascontiguousarray(rows.T)


def packed(change: Floats, spread: float = 3.0) -> tuple[npt.NDArray[np.uint8], Floats]:
    """Pack a change (rows, columns) into four bits a number with one scale for each row; extremes are clipped.

    >>> unpacked(*packed(np.array([[7, -7, 0, 1]], np.float32))).round(1).tolist()
    [[7.0, -7.0, 0.0, 1.0]]
    """
    top = np.minimum(np.abs(change).max(axis=1), spread * np.sqrt(np.square(change).mean(axis=1)))
    scale = (np.maximum(top, 1e-12) / 7).astype(np.float32)
    numbers = (np.clip(np.round(change / scale[:, None]), -7, 7) + 8).astype(np.uint8)
    return numbers[:, ::2] | (numbers[:, 1::2] << 4), scale


def unpacked(numbers: npt.NDArray[np.generic], scale: npt.NDArray[np.generic]) -> Floats:
    """Undo `packed`."""
    pairs = numbers.astype(np.uint8)
    values = np.empty((len(pairs), 2 * pairs.shape[1]), np.float32)
    values[:, ::2], values[:, 1::2] = pairs & 15, pairs >> 4
    return (values - 8) * scale.astype(np.float32)[:, None]
