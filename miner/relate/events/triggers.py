"""Which words may tell an event: triggers, nouns of what is held, and words of context, matched in one pass."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

import ahocorasick

from miner.language.event_types import event_types
from miner.language.lexicon import Entry, load_lexicon
from miner.offsets import Span


@dataclass(frozen=True, slots=True)
class TriggerRule:
    """What a trigger asks for: one entry of the lexicon `events`, `event_nouns` or `event_context`."""

    layer: str
    """trigger, noun or context."""
    kind: str
    """Event type of a trigger or noun; kind of a context word."""
    roles: tuple[str, str] = ("party", "party")
    flags: frozenset[str] = frozenset()
    objects: tuple[str, ...] = ()
    """Counts only before one of these words."""
    close: tuple[str, ...] = ()
    """Counts only when one of these words follows within a few characters."""
    without: tuple[str, ...] = ()
    """Does not count when one of these words follows in the clause."""
    instead: tuple[str, tuple[str, ...]] | None = None
    """Another event type, and the words close behind that make it so: 达成采购意向 is a procurement."""
    never: tuple[str, ...] = ()
    """Does not count directly before one of these words."""
    following: tuple[str, ...] = ()
    """Counts only directly before one of these words."""

    @property
    def type(self) -> str:
        """The event type of a trigger or noun."""
        return self.kind


@dataclass(frozen=True, slots=True)
class FoundWord:
    """A word of the event lexicons in a text."""

    span: Span
    text: str
    rule: TriggerRule


def rule_of(entry: Entry, layer: str) -> TriggerRule:
    """Read the `values` of a lexicon entry.

    >>> rule_of(Entry("获得", kind="award", values=("named", "object:奖,称号")), "trigger").objects
    ('奖', '称号')
    """
    lists: dict[str, tuple[str, ...]] = {}
    flags = set()
    for value in entry.values:
        key, colon, words = value.partition(":")
        if colon:
            lists[key] = tuple(words.split(","))
        else:
            flags.add(value)
    known = event_types().get(entry.kind or "")
    roles = (*entry.roles, *(known.roles if known else ("party", "party"))[len(entry.roles) :])
    other = next((key for key in lists if key in event_types()), None)
    return TriggerRule(
        layer, entry.kind or "mask", cast(tuple[str, str], roles), frozenset(flags),
        lists.get("object", ()), lists.get("close", ()), lists.get("without", ()),
        (other, lists[other]) if other else None, lists.get("not", ()), lists.get("next", ()),
    )  # fmt: skip


_LAYERS = (("event_nouns", "noun"), ("events", "trigger"), ("event_context", "context"))


def _rules() -> Iterator[tuple[str, TriggerRule]]:
    """Yield every word of the lexicons with its rule; where a word stands in two of a layer, the first holds."""
    for name, layer in _LAYERS:
        for entry in load_lexicon(name):
            rule = rule_of(entry, layer)
            for word in (entry.name, *entry.words):
                yield word, rule
    for kind in event_types().values():
        for word in kind.triggers:
            yield word, TriggerRule("trigger", kind.code, kind.roles)


@cache
def automaton(context: bool) -> Any:
    """One automaton for what tells events (and masks it), one for words of context: neither hides the other's words."""
    automaton = ahocorasick.Automaton()
    words: dict[str, list[TriggerRule]] = {}
    for word, rule in _rules():
        if context == (rule.layer == "context" and rule.kind != "mask"):
            rules = words.setdefault(word, [])
            if all(old.layer != rule.layer for old in rules):
                rules.append(rule)
    for word, rules in words.items():
        automaton.add_word(word, (word, tuple(rules)))
    automaton.make_automaton()
    return automaton


def find_words(text: str) -> tuple[FoundWord, ...]:
    """Return all lexicon words of a text, of triggers and of context the longest at each place, in order.

    A word that is both noun and trigger (开幕式) is reported once for each.
    """
    found: list[FoundWord] = []
    for context in (False, True):
        for last, (word, rules) in automaton(context).iter_long(text):
            span = Span(last + 1 - len(word), last + 1)
            found.extend(FoundWord(span, word, rule) for rule in rules)
    found.sort(key=lambda word: word.span)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Words:
    """The lexicon words of one text, to be asked by position and kind."""

    found: tuple[FoundWord, ...]
    starts: tuple[int, ...]

    @classmethod
    def of(cls, text: str, names: Iterable[Span] = ()) -> Words:
        """Find all words of a text; a word of context inside a name (若 in 沈若川) is none."""
        covered = bytearray(len(text))
        for start, end in names:
            covered[start:end] = b"\1" * (end - start)
        found = tuple(
            word
            for word in find_words(text)
            if word.rule.layer != "context" or not any(covered[word.span.start : word.span.end])
        )
        return cls(found, tuple(word.span.start for word in found))

    def within(self, span: Span, *, layer: str, kind: str | None = None) -> list[FoundWord]:
        """Return the words of a layer (and kind) that lie inside a span."""
        low, high = bisect_left(self.starts, span.start), bisect_left(self.starts, span.end)
        return [
            word
            for word in self.found[low:high]
            if word.span.end <= span.end
            and word.rule.layer == layer
            and (kind is None or word.rule.kind == kind)
        ]
