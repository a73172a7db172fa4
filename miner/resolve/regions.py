"""Relative names of bodies: 区委 is the committee of the district that the article is about."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from functools import lru_cache
from typing import NamedTuple

from miner.lexicon import load_lexicon
from miner.resolve.names import fold

_RELATIVE = re.compile(r"^(区|市|县|省)(?=[委政人商投发科财税教卫文规建住民公司法经外招组宣统纪府工团妇])")
_LEVELS = {"区": ("区", "新区"), "县": ("县",), "市": ("市",), "省": ("省",)}


@lru_cache(maxsize=1)
def _full_places() -> dict[str, str]:
    """Return for every form of a district, county, city or province its full name with the level's character."""
    found: dict[str, str] = {}
    for entry in load_lexicon("places"):
        forms = [form for form in entry.forms() if form[-1:] in "区县市省" and len(form) >= 3]
        for form in entry.forms():
            if forms:
                found.setdefault(form, forms[0])
    return found


class Local(NamedTuple):
    """What the key of a local entity depends on."""

    article_id: str
    name: str
    known_as: str | None
    newspaper: str | None


class Qualifier:
    """Finds for the relative name of a body the district, city or province it belongs to."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._article: str | None = None
        self._places: Counter[str] = Counter()

    def key(self, local: Local) -> str:
        """Return the key of an organization: its lexicon entry, or its name with the region that it leaves out."""
        name = fold(local.name)
        relative = _RELATIVE.match(name)
        if local.known_as or not relative:
            return f"known:{local.known_as}" if local.known_as else f"name:{name}"
        region = self._region(local, relative[1])
        if region:
            return f"name:{region[:-1] if region.endswith(relative[1]) else region}{name}"
        return f"name:{local.newspaper or local.article_id}|{name}"

    def _region(self, local: Local, level: str) -> str | None:
        if self._article != local.article_id:
            self._article = local.article_id
            self._places = Counter()
            rows = self._connection.execute(
                "select text, count(*) from mentions where article_id = ? and label in ('place', 'organization') group by text", (local.article_id,)
            )
            known = _full_places()
            for text, count in rows:
                for size in range(min(len(text), 6), 1, -1):
                    if text[:size] in known:
                        self._places[known[text[:size]]] += count
                        break
        fitting = {place: n for place, n in self._places.items() if place.endswith(_LEVELS[level])}
        if not fitting:
            return None
        best = min(fitting, key=lambda place: (-fitting[place], place))
        return best if fitting[best] * 2 > sum(fitting.values()) else None
