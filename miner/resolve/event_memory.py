"""What a resolving of events keeps for the next one: how rare words were, which reports were compared, and with what result.

The score of two reports depends on the two and on how rare words are. So it holds as long as neither has changed and rarity is
that of the last whole resolving.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from hashlib import blake2b
from typing import NamedTuple

import numpy as np

from miner.resolve.reports import Measures, Report
from miner.store.resolved import ResolvedScope, has_state, load, save

__all__ = ["KnownScores", "events_with_fewer", "keep_measures", "keep_scores", "known_scores", "measures"]

_WORDS, _HEADS, _COUNT = "events: words", "events: headlines", "events: reports"
_REPORTS, _PAIRS = "events: seen", "events: compared"
_SEEN = np.dtype([("id", "<u8"), ("sign", "<u8")])
_PAIR = np.dtype([("left", "<u8"), ("right", "<u8"), ("score", "<f8")])
_FIELDS = tuple(field.name for field in fields(Report))


class KnownScores(NamedTuple):
    """Which reports are as they were, by number, and the scores of compared pairs, NaN for one that is not known."""

    same: np.ndarray
    scores: np.ndarray


def measures(connection: sqlite3.Connection, scope: ResolvedScope) -> Measures | None:
    """Return how rare words were at the last whole resolving; None when that is to be measured."""
    kept = load(connection, _COUNT) if scope.measured else None
    if kept is None:
        return None
    return Measures(_counter(connection, _WORDS), _counter(connection, _HEADS), int(kept))


def keep_measures(connection: sqlite3.Connection, found: Measures) -> None:
    """Keep how rare words are."""
    for name, counts in ((_WORDS, found.words), (_HEADS, found.heads)):
        rows = np.array([*counts.keys(), *counts.values()], dtype=np.int64)
        save(connection, name, rows.tobytes())
    save(connection, _COUNT, str(found.reports).encode())


def _counter(connection: sqlite3.Connection, name: str) -> Counter[int]:
    rows = np.frombuffer(load(connection, name) or b"", dtype=np.int64).reshape(2, -1)
    return Counter(dict(zip(*rows.tolist(), strict=True)))


def known_scores(
    connection: sqlite3.Connection, reports: Sequence[Report], pairs: np.ndarray, came: Iterable[str]
) -> KnownScores:
    """Return what is known already of reports and of compared pairs, given as left number × number of reports + right number."""
    seen, compared = _kept(connection, _REPORTS, _SEEN), _kept(connection, _PAIRS, _PAIR)
    now, new = _seen(reports), set(came)
    at = np.searchsorted(seen["id"], now["id"]) if len(seen) else np.zeros(len(now), dtype=np.int64)
    at = np.minimum(at, max(len(seen) - 1, 0))
    same = (seen[at] == now) if len(seen) else np.zeros(len(now), dtype=bool)
    same &= np.array([report.article_id not in new for report in reports], dtype=bool)
    order = np.argsort(now["id"])
    left, right = (_numbers(compared[side], now["id"], order) for side in ("left", "right"))
    there = (left >= 0) & (right >= 0)
    keys, values = (left * len(reports) + right)[there], compared["score"][there]
    by_key = np.argsort(keys)
    keys, values = keys[by_key], values[by_key]
    scores = np.full(len(pairs), np.nan)
    if len(keys) and len(pairs):
        place = np.minimum(np.searchsorted(keys, pairs), len(keys) - 1)
        known = (keys[place] == pairs) & same[pairs // len(reports)] & same[pairs % len(reports)]
        scores[known] = values[place[known]]
    return KnownScores(same, scores)


def events_with_fewer(connection: sqlite3.Connection) -> set[str]:
    """Return the events of which a report went since the last resolving."""
    if not has_state(connection):
        return set()
    return {row[0] for row in connection.execute("select event_id from resolve_gone_events")}


def _numbers(ids: np.ndarray, known: np.ndarray, order: np.ndarray) -> np.ndarray:
    """Return the numbers of reports by their ids, -1 for one that is gone; `order` sorts the known ones."""
    if not len(known):
        return np.full(len(ids), -1)
    at = order[np.minimum(np.searchsorted(known, ids, sorter=order), len(known) - 1)]
    return np.where(known[at] == ids, at, -1)


def keep_scores(
    connection: sqlite3.Connection, reports: Sequence[Report], scores: Mapping[tuple[int, int], float]
) -> None:
    """Keep how the reports are, and the scores of the pairs that were compared, by numbers."""
    seen = _seen(reports)
    save(connection, _REPORTS, np.sort(seen, order="id").tobytes())
    pairs = np.array(sorted(scores), dtype=np.int64).reshape(-1, 2)
    kept = np.zeros(len(pairs), dtype=_PAIR)
    kept["left"], kept["right"] = seen["id"][pairs[:, 0]], seen["id"][pairs[:, 1]]
    kept["score"] = [scores[left, right] for left, right in pairs.tolist()]
    save(connection, _PAIRS, kept.tobytes())


def _kept(connection: sqlite3.Connection, name: str, kind: np.dtype) -> np.ndarray:
    return np.frombuffer(load(connection, name) or b"", dtype=kind)


def _seen(reports: Sequence[Report]) -> np.ndarray:
    found = np.zeros(len(reports), dtype=_SEEN)
    found["id"] = [_hash(report.id) for report in reports]
    found["sign"] = [_hash(_said(report)) for report in reports]
    return found


def _hash(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")


def _said(report: Report) -> str:
    """Return all that is compared of a report, as text: the same for the same report on every machine."""
    return repr([_plain(getattr(report, name)) for name in _FIELDS])


def _plain(value: object) -> object:
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, dict):
        return sorted((key, _plain(one)) for key, one in value.items())
    return value
