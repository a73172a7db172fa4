"""Who is named in the sentence of an event and stands outside of it: who congratulates on it has no part in it."""

from __future__ import annotations

import re
from functools import cache

from miner.language.lexicon import alternatives, listed
from miner.relate.passage import Passage

_ABOUT = re.compile("就[^，。；：！？\n]{1,40}$")
"""就某人当选向某人致贺电: what is congratulated on stands before the verb."""


@cache
def _wishes() -> re.Pattern[str]:
    return re.compile(alternatives(listed("event_grammar", "wishes")))


@cache
def _turns() -> re.Pattern[str]:
    """What ends the subject of a wish: 向某人, 致电某人, or the verb itself."""
    turns = (*listed("event_grammar", "turns_to"), *listed("event_grammar", "wishes"))
    return re.compile(alternatives(turns))


def wishers(passage: Passage, at: int) -> frozenset[int]:
    """Return the entities of those who congratulate on what is told at a place of a passage.

    `at` is an offset of the passage's text; only its sentence is looked at. In 某甲致电某乙，祝贺其当选 some 甲 is no party of the election.
    """
    sentence = passage.sentence(at)
    verb = next(_wishes().finditer(passage.text, sentence.start, sentence.end), None)
    turn = _turns().search(passage.text, sentence.start, sentence.end)
    if verb is None or turn is None or turn.start() > at:
        return frozenset()
    if verb.start() > at and not _ABOUT.search(passage.text, sentence.start, verb.start()):
        return frozenset()
    return frozenset(m.entity for m in passage.within(sentence) if m.span.end <= turn.start())
