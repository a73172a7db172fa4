"""The event model: hashed linear tables over signs, made by `miner train events`; runs on NumPy alone.

Format 3 of `events.npz`: `table` (signed bytes, a row for every hash value, a column for every output), `scale` and `bias`
(a number a column), `types` (codes, in the order of the columns behind the first, which is "no event"), `known` (words that
told an event in the texts learnt from), `second_*` (mean, deviation, weights of the second look), `parties_*`, `later_*` and
`times_*` (tables of one column: who takes part, who of those named further on, which time is the event's), `parties_second_*`
(the second look at parties, like that at events).
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Any
from zipfile import BadZipFile
from zlib import crc32

import numpy as np
import numpy.typing as npt

from miner.errors import ModelError
from miner.model import Status
from miner.shipped import shipped

FORMAT = 3
BITS = 17
STATUSES: tuple[Status, ...] = ("done", "planned", "negated")
Floats = npt.NDArray[np.float32]


class _Rows(dict[str, int]):
    """Rows by sign, each hashed once; emptied when it holds too many."""

    def __missing__(self, sign: str) -> int:
        if len(self) >= _REMEMBERED:
            self.clear()
        row: int = crc32(sign.encode()) % 2**BITS
        self[sign] = row
        return row


_REMEMBERED = 2**17
_ROWS = _Rows()


def row_of(sign: str) -> int:
    """Return the row of a sign in a table.

    >>> row_of("w=签署") == row_of("w=签署"), 0 <= row_of("x") < 2**BITS
    (True, True)
    """
    return _ROWS[sign]


def sums(table: Floats, signs: Sequence[Sequence[str]]) -> Floats:
    """Return the sum of the table's rows for every group of signs, as an array of (groups, columns)."""
    lengths = np.fromiter(map(len, signs), dtype=np.int64, count=len(signs))
    flat = np.array(list(map(_ROWS.__getitem__, chain.from_iterable(signs))), dtype=np.int64)
    result = np.zeros((len(signs), table.shape[1]), dtype=np.float32)
    filled = np.flatnonzero(lengths)
    if len(filled):
        starts = (np.cumsum(lengths) - lengths)[filled]
        result[filled] = np.add.reduceat(table[flat], starts, axis=0)
    return result


def log_softmax(scores: Floats) -> Floats:
    """Return the logarithms of probabilities, row by row.

    >>> np.exp(log_softmax(np.zeros((1, 4), dtype=np.float32))).tolist()
    [[0.25, 0.25, 0.25, 0.25]]
    """
    shifted = scores - scores.max(axis=1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Linear:
    """A linear decision over a few measured values: probability that it holds."""

    mean: Floats
    deviation: Floats
    weights: Floats
    bias: float

    def __call__(self, values: Floats) -> Floats:
        """Return probabilities for rows of values."""
        scaled = (values - self.mean) / self.deviation
        return _chances(np.asarray(scaled @ self.weights + self.bias, dtype=np.float32))


@dataclass(frozen=True, slots=True)
class EventModel:
    """All tables of the event model."""

    types: tuple[str, ...]
    known: frozenset[str]
    table: Floats
    """Columns: no event, every type, any event by free signs alone, the three states."""
    bias: Floats
    second: Linear
    threshold: float
    parties: Floats
    parties_bias: float
    later: Floats
    later_bias: float
    times: Floats
    times_bias: float
    parties_second: Linear
    parties_threshold: float

    @property
    def _split(self) -> int:
        return len(self.types) + 1

    def type_scores(self, signs: Sequence[Sequence[str]]) -> tuple[Floats, Floats]:
        """Return the logarithms of the probabilities of the types, and the scores of the states."""
        scores = sums(self.table, signs) + self.bias
        split = self._split
        return log_softmax(scores[:, :split])[:, 1:], scores[:, split + 1 :]

    def any_scores(self, free: Sequence[Sequence[str]]) -> Floats:
        """Return the logarithm of the probability that any event is told, from signs that hold for all words."""
        scores = (sums(self.table, free) + self.bias)[:, self._split]
        return np.asarray(-np.log1p(np.exp(-scores)), dtype=np.float32)

    def party_chances(self, signs: Sequence[Sequence[str]]) -> Floats:
        """Return the probability that a name takes part in an event, for the signs of each pair."""
        return _chances(sums(self.parties, signs)[:, 0] + self.parties_bias)

    def later_chances(self, signs: Sequence[Sequence[str]]) -> Floats:
        """Return the probability that a name further on takes part in an event, for the signs of each."""
        return _chances(sums(self.later, signs)[:, 0] + self.later_bias)

    def time_chances(self, signs: Sequence[Sequence[str]]) -> Floats:
        """Return the probability that a time is an event's, for the signs of each."""
        return _chances(sums(self.times, signs)[:, 0] + self.times_bias)


def _chances(scores: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-scores)), dtype=np.float32)


def pack(model: EventModel) -> bytes:
    """Return a model as the bytes of an .npz file, tables as signed bytes."""
    table, scale = _bytes(model.table)
    looks: dict[str, Any] = {
        **_stored("second", model.second),
        **_stored("parties_second", model.parties_second),
    }
    parties, party_scale = _bytes(model.parties)
    later, later_scale = _bytes(model.later)
    times, time_scale = _bytes(model.times)
    stored = io.BytesIO()
    np.savez_compressed(
        stored, format=np.array(FORMAT), types=np.array(model.types), known=np.array(sorted(model.known)),
        table=table, scale=scale, bias=model.bias, threshold=np.array(model.threshold),
        parties=parties, parties_scale=party_scale, parties_bias=np.array(model.parties_bias),
        later=later, later_scale=later_scale, later_bias=np.array(model.later_bias),
        times=times, times_scale=time_scale, times_bias=np.array(model.times_bias),
        parties_threshold=np.array(model.parties_threshold), **looks,
    )  # fmt: skip
    return stored.getvalue()


def _stored(name: str, look: Linear) -> dict[str, Floats]:
    bias = np.array(look.bias, dtype=np.float32)
    parts = {"mean": look.mean, "deviation": look.deviation, "weights": look.weights, "bias": bias}
    return {f"{name}_{part}": array for part, array in parts.items()}


def _look(name: str, kept: dict[str, Floats]) -> Linear:
    mean, deviation, weights = (kept[f"{name}_{part}"] for part in ("mean", "deviation", "weights"))
    return Linear(mean, deviation, weights, float(kept[f"{name}_bias"]))


def _bytes(table: Floats) -> tuple[npt.NDArray[np.int8], Floats]:
    scale = np.maximum(np.abs(table).max(axis=0), 1e-6) / 127
    return np.round(table / scale).astype(np.int8), scale.astype(np.float32)


def unpack(stored: bytes) -> EventModel:
    """Read a model; raises ModelError when the bytes are none of this format."""
    try:
        with np.load(io.BytesIO(stored), allow_pickle=False) as archive:
            kept = {name: archive[name] for name in archive.files}
        if int(kept["format"]) != FORMAT:
            raise ModelError(f"事件模型版本不合 / event model of format {int(kept['format'])}, not {FORMAT}")
        return EventModel(
            tuple(kept["types"].tolist()), frozenset(kept["known"].tolist()),
            kept["table"] * kept["scale"], kept["bias"], _look("second", kept), float(kept["threshold"]),
            kept["parties"] * kept["parties_scale"], float(kept["parties_bias"]),
            kept["later"] * kept["later_scale"], float(kept["later_bias"]),
            kept["times"] * kept["times_scale"], float(kept["times_bias"]),
            _look("parties_second", kept), float(kept["parties_threshold"]),
        )  # fmt: skip
    except (ValueError, KeyError, OSError, EOFError, BadZipFile) as error:
        raise ModelError(f"读不了事件模型 / the event model cannot be read: {error}") from error


@cache
def event_model() -> EventModel:
    """Return the package's event model; raises ModelError when its file is missing or damaged."""
    return unpack(shipped("events.npz", "event model"))
