"""What every sign that two names of an article are one thing's counts: learned log-odds, added up."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import repeat

from miner.errors import ModelError
from miner.shipped import shipped


@dataclass(frozen=True, slots=True)
class Linker:
    """Learned weights of the signs of pairs of names (`miner.recognise.likeness`)."""

    weights: Mapping[str, float]

    def joined(self, signs: Iterable[str]) -> float:
        """Return the log-odds that a name stands for another rather than for itself; an unknown sign counts nothing."""
        return math.fsum(map(self.weights.get, set(signs), repeat(0.0)))  # a set has no order of its own

    def to_bytes(self) -> bytes:
        """Return the weights as the bytes of a model file."""
        return (json.dumps({"weights": dict(self.weights)}, ensure_ascii=False, indent=0) + "\n").encode()

    @classmethod
    def from_bytes(cls, stored: bytes) -> Linker:
        """Build a linker from the bytes of a model file; raises ModelError when they are not one."""
        try:
            return cls({str(sign): float(weight) for sign, weight in json.loads(stored)["weights"].items()})
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ModelError(
                f"损坏的模型 damaged linker: {error}", hint="train it again with `miner train links`"
            ) from error


@cache
def linker() -> Linker:
    """Return the linker that comes with the package, loaded on first use; raises ModelError when it is missing."""
    return Linker.from_bytes(shipped("links.json", "linker"))
