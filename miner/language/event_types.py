"""The types of events: their codes, Chinese titles, roles, grammar and triggers; the one place that knows which there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from miner.errors import ModelError
from miner.language.lexicon import Entry, load_lexicon

GRAMMARS = ("mutual", "acting", "held", "going", "given")
"""How an event is told: together, by a subject, as something held, by going there, as something given."""


@dataclass(frozen=True, slots=True)
class TypeOfEvent:
    """A type of events, from its entry of the lexicon `event_types`."""

    code: str
    title: str
    roles: tuple[str, str]
    """The role of names before and behind the trigger."""
    grammar: str
    """One of GRAMMARS."""
    triggers: tuple[str, ...] = ()


def type_of(entry: Entry) -> TypeOfEvent:
    """Read a lexicon entry; raises ModelError when it lacks a code, two roles or a grammar.

    >>> type_of(Entry("捐赠", kind="donation", roles=("donor", "donee"), values=("acting",), words=("捐赠",))).triggers
    ('捐赠',)
    """
    grammar = next(iter(entry.values), "")
    if not entry.kind or len(entry.roles) != 2 or grammar not in GRAMMARS:
        raise ModelError(
            f"事件类型不全 / event type {entry.name} needs kind, two roles and one of {', '.join(GRAMMARS)}"
        )
    return TypeOfEvent(entry.kind, entry.name, (entry.roles[0], entry.roles[1]), grammar, entry.words)


@cache
def event_types() -> Mapping[str, TypeOfEvent]:
    """Return all types by their codes, in the order of the lexicon."""
    return {found.code: found for found in map(type_of, load_lexicon("event_types"))}
