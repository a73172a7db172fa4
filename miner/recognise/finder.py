"""Passages → names: a network and rules propose, evidence decides, many passages at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from miner.recognise.found import Found
from miner.recognise.names import find_names
from miner.recognise.network.asked import ask
from miner.recognise.network.choice import Kind
from miner.text import AnnotatedText

__all__ = ["BATCH", "Finder"]

BATCH = 64
"""Passages that a network reads together."""
_BATCH_WORDS = 80_000


class Finder:
    """Finds people, enterprises, organizations and places; `model` says whether a trained network is asked as well, `network` which."""

    def __init__(self, *, model: bool = True, network: Kind = "fast") -> None:
        self.model, self.network = model, network

    def find(
        self, stream: Iterable[AnnotatedText], batch_size: int = BATCH
    ) -> Iterator[tuple[AnnotatedText, list[Found]]]:
        """Find the names of passages, in their order: offsets and no tokens.

        An archive is read this way: a `Doc` of it costs a quarter of the time, and nobody would look at it.
        """
        for batch in _batches(stream, batch_size):
            beliefs = ask(batch, self.network) if self.model else [None] * len(batch)
            yield from zip(batch, find_names(batch, beliefs), strict=True)


def _batches(stream: Iterable[AnnotatedText], size: int) -> Iterator[list[AnnotatedText]]:
    """Yield passages in batches of at most `size`, ended early when they hold many words: memory stays flat."""
    batch: list[AnnotatedText] = []
    words = 0
    for passage in stream:
        batch.append(passage)
        words += len(passage.words.starts)
        if len(batch) >= size or words >= _BATCH_WORDS:
            yield batch
            batch, words = [], 0
    if batch:
        yield batch
