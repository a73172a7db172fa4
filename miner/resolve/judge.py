"""Judgements: which things are one and the same, with a score and reasons, as rows that can be listed and undone."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from miner.errors import ModelError
from miner.language.lexicon import load_lexicon
from miner.offsets import stable_id

THRESHOLD = 0.5
"""A judgement with at least this score says `same`."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether `left` and `right` are one; `reasons` are read by people."""

    kind: str
    left_id: str
    right_id: str
    left_name: str
    right_name: str
    score: float
    reasons: tuple[str, ...]

    @property
    def same(self) -> bool:
        """True when the score reaches the threshold."""
        return self.score >= THRESHOLD


class Reason(NamedTuple):
    """One piece of evidence: how much it speaks for (positive) or against, in log-odds, and its words."""

    weight: float
    text: str


def probability(prior: float, reasons: Iterable[Reason]) -> float:
    """Return the probability from prior log-odds and evidence.

    >>> probability(0.0, [Reason(1.0, "同名"), Reason(-1.0, "异地")])
    0.5
    """
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, prior + sum(reason.weight for reason in reasons)))))


def weigh(prior: float, reasons: Iterable[Reason]) -> tuple[float, tuple[str, ...]]:
    """Return the probability from prior log-odds and evidence, with the texts, the strongest first.

    >>> weigh(0.0, [])
    (0.5, ())
    """
    found = sorted(reasons, key=lambda r: (-abs(r.weight), r.text))
    return probability(prior, found), tuple(f"{r.text}({r.weight:+.1f})" for r in found)


class Weighed(NamedTuple):
    """The weight of one piece of evidence, and its words for people."""

    weight: float
    words: str


PRIOR = "prior"
"""The entry of a resource of weights that is the prior log-odds."""


@cache
def fitted(resource: str) -> Mapping[str, Weighed]:
    """Return the weights that a resource holds, by name of the evidence; raises ModelError when it is damaged."""
    try:
        return {
            entry.name: Weighed(float(entry.values[0]), entry.note or entry.name)
            for entry in load_lexicon(resource)
        }
    except (IndexError, ValueError) as error:
        raise ModelError(
            "有证据没有权重 / a piece of evidence has no weight", where=f"{resource}.yml"
        ) from error


class Union:
    """Union-find whose roots do not depend on the order of joins: the smallest member is the root."""

    def __init__(self) -> None:
        self._parent: dict[str, str] = {}

    def root(self, member: str) -> str:
        """Return the smallest member of the set that `member` is in."""
        path = []
        while (parent := self._parent.get(member, member)) != member:
            path.append(member)
            member = parent
        for passed in path:
            self._parent[passed] = member
        return member

    def members(self) -> list[str]:
        """Return all that were joined with another, sorted."""
        return sorted(self._parent.keys() | set(self._parent.values()))

    def join(self, left: str, right: str) -> None:
        """Make the sets of both one."""
        a, b = self.root(left), self.root(right)
        if a != b:
            low, high = min(a, b), max(a, b)
            self._parent[high] = low


def store_judgements(connection: sqlite3.Connection, judgements: Iterable[Judgement]) -> None:
    """Write judgements; those that a person made stay."""
    connection.executemany(
        "insert or ignore into judgements (id, kind, left_id, right_id, left_name, right_name, same, score, reasons, source)"
        " values (?, ?, ?, ?, ?, ?, ?, ?, ?, 'rule')",
        (
            (stable_id("judgement", j.kind, *sorted((j.left_id, j.right_id))), j.kind, j.left_id, j.right_id, j.left_name, j.right_name,
             int(j.same), round(j.score, 4), ";".join(j.reasons))
            for j in judgements
        ),
    )  # fmt: skip


class Decided:
    """What people decided about things of one kind: it overrules what is judged here."""

    def __init__(self, connection: sqlite3.Connection, kind: str) -> None:
        rows = connection.execute(
            "select left_id, right_id, same from judgements where kind = ? and source <> 'rule' order by id",
            (kind,),
        ).fetchall()
        self._same = {(min(a, b), max(a, b)): bool(same) for a, b, same in rows}

    def __bool__(self) -> bool:
        return bool(self._same)

    def same(self, left: str, right: str) -> bool | None:
        """Return what was decided about a pair, None when nothing was."""
        return self._same.get((min(left, right), max(left, right)))

    def add(self, pairs: Iterable[tuple[str, str, bool, str]]) -> None:
        """Learn more decisions: left, right, whether they are one, why."""
        self._same.update({(min(a, b), max(a, b)): same for a, b, same, _ in pairs})

    def pairs(self, *, same: bool) -> list[tuple[str, str]]:
        """Return the pairs decided so, sorted."""
        return sorted(pair for pair, decided in self._same.items() if decided is same)
