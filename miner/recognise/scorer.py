"""What every piece of evidence counts for each label: learned log-odds, added up."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from functools import cache
from importlib import resources
from itertools import chain
from typing import NamedTuple
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from miner.errors import ModelError
from miner.recognise.evidence import Pieces

Floats = npt.NDArray[np.float64]
LABELS = ("person", "enterprise", "organization", "place", "other")
"""What a stretch may be; `other` are names of things and of writers, which keep their place and come out nowhere."""
FORMAT = 1
_FILE = "names-scorer.npz"


class Counted(NamedTuple):
    """A piece of evidence with what it adds to a label's log-odds."""

    name: str
    value: float
    weight: float

    @property
    def total(self) -> float:
        """What the piece adds."""
        return self.value * self.weight


class Table:
    """Pieces of evidence and their weights, shape (pieces, labels); an unknown piece counts nothing."""

    def __init__(self, names: Sequence[str], weights: npt.NDArray[np.floating]) -> None:
        self.names, self.weights = tuple(names), weights.astype(np.float64)
        self._index = {name: row for row, name in enumerate(self.names)}
        self._padded = np.concatenate([self.weights, np.zeros((1, weights.shape[1]))])

    def odds(self, rows: Sequence[Pieces]) -> Floats:
        """Return the log-odds of every label for every row of evidence, shape (rows, labels)."""
        if not rows:
            return np.zeros((0, self.weights.shape[1]))
        unknown, get = len(self.names), self._index.get
        flat = list(chain.from_iterable(rows))
        ids = np.fromiter((get(name, unknown) for name, _ in flat), np.int64, len(flat))
        values = np.fromiter((value for _, value in flat), np.float64, len(flat))
        first = np.cumsum([0, *(len(row) for row in rows[:-1])])
        odds: Floats = np.add.reduceat(self._padded[ids] * values[:, None], first, axis=0)
        return odds

    def told(self, pieces: Pieces, label: int) -> list[Counted]:
        """Return the known pieces with their weights for one label, the weightiest first."""
        known = [(name, value, self._index[name]) for name, value in pieces if name in self._index]
        counted = [Counted(name, value, float(self.weights[row, label])) for name, value, row in known]
        return sorted(counted, key=lambda piece: -abs(piece.total))


class Scorer(NamedTuple):
    """The learned weights: of a stretch where it stands, and of what its article says of it elsewhere."""

    here: Table
    article: Table

    def to_bytes(self) -> bytes:
        """Return the scorer as the bytes of a model file."""
        arrays: dict[str, npt.NDArray[np.generic]] = {"format": np.array(FORMAT), "labels": np.array(LABELS)}
        for name, table in zip(self._fields, self, strict=True):
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
                    raise ModelError("a scorer of another version", hint="train it again with `miner train`")
                return cls(*(_table(arrays, name) for name in cls._fields))
        except (ValueError, KeyError, OSError, EOFError, BadZipFile) as error:
            raise ModelError(f"damaged scorer: {error}", hint="train it again with `miner train`") from error


def _table(arrays: np.lib.npyio.NpzFile, name: str) -> Table:
    names = json.loads(arrays[f"{name}_names"].tobytes())
    return Table(names, arrays[f"{name}_weights"])


@cache
def scorer() -> Scorer:
    """Return the scorer that comes with the package, loaded on first use; raises ModelError when it is missing."""
    file = resources.files("miner") / "resources" / "models" / _FILE
    try:
        return Scorer.from_bytes(file.read_bytes())
    except OSError as error:
        raise ModelError(f"cannot read the scorer: {error}", where=str(file), hint="reinstall miner") from error
