"""A word that was decided to tell an event, with who takes part: what a report is made of."""

from __future__ import annotations

from dataclasses import dataclass

from miner.relate.events.cast import Cast
from miner.relate.events.reading import Reading, Scope
from miner.relate.events.signs import TriggerWord
from miner.relate.events.triggers import FoundWord


@dataclass(frozen=True, slots=True)
class Candidate:
    """A word that was decided to tell an event: as a trigger of its type, and who takes part."""

    word: TriggerWord
    trigger: FoundWord
    cast: Cast

    @property
    def reading(self) -> Reading:
        """What event rules look at."""
        return self.word.story.reading

    @property
    def scope(self) -> Scope:
        """Where it stands."""
        return self.word.scope
