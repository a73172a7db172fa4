"""Sentence → pieces: where a trigger's clause begins and ends, who reports it, and what is held there."""

from __future__ import annotations

from dataclasses import dataclass

from miner.relate.events.cast import Cast
from miner.relate.events.reading import Reading, Scope
from miner.relate.events.signs import Word
from miner.relate.events.triggers import Found


@dataclass(frozen=True, slots=True)
class Candidate:
    """A word that was decided to tell an event: as a trigger of its type, where it stands, and who takes part."""

    reading: Reading
    word: Word
    trigger: Found
    scope: Scope
    cast: Cast
