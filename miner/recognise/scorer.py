"""What every piece of evidence counts for each label: learned log-odds, added up."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import chain, repeat
from typing import NamedTuple
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from miner.errors import ModelError
from miner.shipped import shipped

Floats = npt.NDArray[np.floating]
LABELS = ("person", "enterprise", "organization", "place", "other")
"""What a stretch may be; `other` are names of things and of writers, which keep their place and come out nowhere."""
FORMAT = 1


class WeightTable(NamedTuple):
    """Pieces of evidence and what each counts, shape (pieces, labels)."""

    names: tuple[str, ...]
    weights: Floats


class Weighing(NamedTuple):
    """A piece of evidence and what it adds to the log-odds of a label."""

    name: str
    adds: float


class Scorer:
    """Learned weights of the signs and measures of a stretch, and of its article's votes."""

    def __init__(self, *tables: WeightTable) -> None:
        self.signs, self.measures, self.votes, self.alone = tables
        self._row, self._row_alone = _rows(self.signs), _rows(self.alone)
        self._signs, self._alone = _padded(self.signs), _padded(self.alone)

    def here(self, signs: Sequence[Sequence[str]], measures: Floats) -> Floats:
        """Return the log-odds of every label for stretches where they stand, shape (stretches, labels).

        An unknown sign counts nothing.
        """
        odds: Floats = _summed(self._signs, self._row, signs) + measures @ self.measures.weights
        return odds

    def without_network(self, signs: Sequence[Sequence[str]]) -> Floats:
        """Return the log-odds of every label where no network was asked, shape (stretches, labels)."""
        return _summed(self._alone, self._row_alone, signs)

    def voted(self, votes: Floats) -> Floats:
        """Return the log-odds with the article's vote; `votes` has the shape (stretches, votes, labels)."""
        odds: Floats = np.einsum("nvl,vl->nl", votes, self.votes.weights)
        return odds

    def told(self, signs: Sequence[str], measures: Floats, label: int) -> list[Weighing]:
        """Return what the evidence about one stretch adds to a label's log-odds, the weightiest first."""
        told = [
            Weighing(name, float(self.signs.weights[self._row[name], label]))
            for name in signs
            if name in self._row
        ]
        adds = (measures * self.measures.weights[:, label]).tolist()
        told += [Weighing(name, each) for name, each in zip(self.measures.names, adds, strict=True) if each]
        return sorted(told, key=lambda piece: -abs(piece.adds))

    def to_bytes(self) -> bytes:
        """Return the scorer as the bytes of a model file."""
        arrays: dict[str, npt.NDArray[np.generic]] = {"format": np.array(FORMAT), "labels": np.array(LABELS)}
        for name in _TABLES:
            table: WeightTable = getattr(self, name)
            arrays[f"{name}_names"] = np.frombuffer(json.dumps(table.names).encode(), np.uint8)
            arrays[f"{name}_weights"] = table.weights.astype(np.float16)
        stored = io.BytesIO()
        np.savez_compressed(stored, **arrays)  # type: ignore[arg-type]
        return stored.getvalue()

    @classmethod
    def from_bytes(cls, stored: bytes) -> Scorer:
        """Build a scorer from the bytes of a model file; raises ModelError when they are not one."""
        try:
            with np.load(io.BytesIO(stored), allow_pickle=False) as arrays:
                if int(arrays["format"]) != FORMAT or tuple(arrays["labels"].tolist()) != LABELS:
                    raise ModelError(
                        "打分模型版本不合 / a scorer of another version",
                        hint="train it again with `miner train`",
                    )
                return cls(*(_table(arrays, name) for name in _TABLES))
        except (ValueError, KeyError, OSError, EOFError, BadZipFile) as error:
            raise ModelError(
                f"打分模型损坏 / damaged scorer: {error}", hint="train it again with `miner train`"
            ) from error


_TABLES = ("signs", "measures", "votes", "alone")


def _rows(table: WeightTable) -> dict[str, int]:
    return {name: row for row, name in enumerate(table.names)}


def _padded(table: WeightTable) -> Floats:
    """Return the weights with a last row for unknown signs, which count nothing."""
    return np.concatenate([table.weights, np.zeros((1, len(LABELS)))])


def _summed(weights: Floats, rows: Mapping[str, int], signs: Sequence[Sequence[str]]) -> Floats:
    """Return for every stretch the sum of the weights of its signs, shape (stretches, labels)."""
    if not signs:
        return np.zeros((0, len(LABELS)))
    chosen = list(map(rows.get, chain.from_iterable(signs), repeat(len(rows))))
    first = np.cumsum([0, *map(len, signs[:-1])])
    odds: Floats = np.add.reduceat(weights.take(chosen, axis=0), first, axis=0)
    return odds


def _table(arrays: np.lib.npyio.NpzFile, name: str) -> WeightTable:
    names = json.loads(arrays[f"{name}_names"].tobytes())
    return WeightTable(tuple(names), arrays[f"{name}_weights"].astype(np.float64))


@cache
def scorer() -> Scorer:
    """Return the scorer that comes with the package, loaded on first use; raises ModelError when it is missing."""
    return Scorer.from_bytes(shipped("names-scorer.npz", "scorer"))
