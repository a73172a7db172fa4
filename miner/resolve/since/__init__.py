"""Resolving what came and went since the last time: only touched blocks are judged again, with the rows of a whole resolving."""

from __future__ import annotations

from miner.resolve.since.links import keep_addresses_of, link_changed, tell_affected
from miner.resolve.since.names import resolve_names
from miner.resolve.since.people import resolve_named_people
from miner.resolve.since.touched import open_touched

__all__ = [
    "keep_addresses_of",
    "link_changed",
    "open_touched",
    "resolve_named_people",
    "resolve_names",
    "tell_affected",
]
