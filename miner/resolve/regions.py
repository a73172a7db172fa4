"""Relative names of bodies: 区委 is the committee of the district that the article, or else its newspaper, is about."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import NamedTuple

from miner.language.lexicon import listed, load_lexicon
from miner.language.name_forms import endings
from miner.resolve.names import fold

_LEVELS = {"区": ("区", "新区"), "街道": ("街道",), "园区": ("园区",), "开发区": ("开发区",)}
_WIDE = frozenset({"市", "省"})
"""Levels at which a newspaper writes about one body of its own; of districts and towns it writes about many."""
_DEPARTMENT = re.compile(r"^[^国中全]{1,3}(?:部|局|署|厅)$")
_KINDS = frozenset(
    {"party", "government", "university", "hospital", "institute", "association", "unit", "generic"}
)
"""Kinds of bodies whose type words are no names; those of ministries and newspapers are."""
_SEEN_ARTICLES, _FEWEST, _MOSTLY = 2_000, 3, 0.6
"""A newspaper's region is the one that so large a part of its articles with any region name, if there are enough of them."""
_PAGE_ARTICLES, _PAGE_FEWEST = 40, 2
"""Articles of a file that may be one page or issue, and how many of them must tell of one region."""


@cache
def _levels() -> tuple[str, ...]:
    return endings("level", "sublevel")


def _relative(name: str) -> str | None:
    """Return the level that a relative name begins with; 市场监管局, 区域协会 and 市民中心 are not relative."""
    level = next((level for level in _levels() if name.startswith(level) and len(name) > len(level)), None)
    rest = name[len(level) :] if level else ""
    if rest.startswith(endings("no_level")) and not rest.startswith(endings("level_still")):
        return None
    return level


class Local(NamedTuple):
    """What the key of a local entity depends on."""

    article_id: str
    name: str
    known_as: str | None
    newspaper: str | None
    document: str | None = None


@lru_cache(maxsize=1)
def _full_places() -> dict[str, str]:
    """Return for every form of a street, district, county, city or province its full name with the level's character."""
    found: dict[str, str] = {}
    for entry in load_lexicon("places"):
        forms = [form for form in entry.forms() if form.endswith(endings("level")) and len(form) >= 3]
        for form in entry.forms():
            if forms:
                found.setdefault(form, forms[0])
    return found


@lru_cache(maxsize=1)
def _parents() -> dict[str, str]:
    """Return for every full place name the full name of the city or province it lies in."""
    known = _full_places()
    return {
        known.get(entry.name, entry.name): known[entry.parent]
        for entry in load_lexicon("places")
        if entry.parent in known
    }


@lru_cache(maxsize=1)
def _types() -> frozenset[str]:
    return frozenset(listed("org_types", *_KINDS))


def is_bare(name: str) -> bool:
    """Tell whether a body's name is no more than a kind of body, or a short department: there are many of them.

    >>> is_bare("组委会"), is_bare("文化部"), is_bare("徐汇区委")
    (True, True, False)
    """
    return name in _types() or bool(_DEPARTMENT.match(name) and not places_in([(name, 1)]))


def is_relative(name: str) -> bool:
    """Tell whether a body's name leaves out whose body it is.

    >>> is_relative("区委"), is_relative("组委会"), is_relative("徐汇区委")
    (True, True, False)
    """
    return _relative(name) is not None or is_bare(name)


def is_wide(name: str) -> bool:
    """Tell whether a relative name is of a city or province: a newspaper writes about one of its own.

    >>> is_wide("市商务委外资处"), is_wide("区委")
    (True, False)
    """
    return _relative(name) in _WIDE


def level_of(name: str) -> str | None:
    """Return the level of the region whose body it is: 区 of 区委 and of 徐汇区投促办, nothing of 长风小学.

    >>> level_of("区委"), level_of("徐汇区投促办"), level_of("长风小学")
    ('区', '区', None)
    """
    relative = _relative(name)
    if relative:
        return relative
    place = _place_before(name)
    return next((level for level in endings("level") if place and place.endswith(level)), None)


def _place_before(name: str) -> str | None:
    """Return the full name of the place that a name begins with: the longest that is known."""
    known = _full_places()
    return next(
        (known[name[:size]] for size in range(min(len(name), 6), 1, -1) if name[:size] in known), None
    )


def district_in(name: str) -> str | None:
    """Return the district, county or street that a body's name begins with, by its full name.

    >>> district_in("徐汇区投促办"), district_in("上海市商务委员会")
    ('徐汇区', None)
    """
    return next(
        (
            place
            for place in places_in([(name, 1)])
            if place.endswith(endings("level")) and place[-1] not in _WIDE
        ),
        None,
    )


def places_in(texts: Iterable[tuple[str, int]]) -> Counter[str]:
    """Count the places that names begin with, by their full names, and the cities and provinces these lie in.

    >>> sorted(places_in([("徐汇", 2), ("徐汇区税务局", 1)]).items())
    [('上海市', 3), ('徐汇区', 3)]
    """
    parents = _parents()
    found: Counter[str] = Counter()
    for text, count in texts:
        place = _place_before(text)
        while place is not None:
            found[place] += count
            above = parents.get(place)
            place = above if above != place else None
    return found


class Qualifier:
    """Finds for the relative name of a body the district, city or province it belongs to."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._article: str | None = None
        self._places: Counter[str] = Counter()
        self.papers: dict[tuple[str, str], str | None] = {}
        """What was found of newspapers, by newspaper and level."""
        self._named = lru_cache(maxsize=_SEEN_ARTICLES)(self._places_of)
        self._pages = lru_cache(maxsize=1024)(self._of_page)

    def key(self, local: Local) -> str:
        """Return the key of an organization: its lexicon entry, or its name with the region that it leaves out."""
        if local.known_as:
            return f"known:{local.known_as}"
        name = fold(local.name)
        level = _relative(name)
        if level:
            region = self._region(local, level)
            if region:
                return f"name:{region[: -len(level)] if region.endswith(level) else region}{name}"
            return f"name:{(level in _WIDE and local.newspaper) or local.article_id}|{name}"
        return f"name:{local.article_id}|{name}" if is_bare(name) else f"name:{name}"

    def _region(self, local: Local, level: str) -> str | None:
        """Return the region of a level that the article mostly names, else the newspaper's own."""
        if self._article != local.article_id:
            self._article = local.article_id
            self._places = self._places_of(local.article_id)
        found = _prevailing(self._places, level, 0.5)
        # An article about two districts has no district of its own, whatever its newspaper's is.
        if found is None and not _of_level(self._places, level):
            found = self.of_paper(local.newspaper, level) if local.newspaper else None
            return found or (self._pages(local.document, level) if local.document else None)
        return found

    def _of_page(self, document: str, level: str) -> str | None:
        """Return the region that the articles of one page or issue are about, where most that tell any tell of it."""
        rows = self._connection.execute(
            "select id from articles where document_id = ? order by id limit ?",
            (document, _PAGE_ARTICLES + 1),
        ).fetchall()
        if len(rows) > _PAGE_ARTICLES:
            return None
        seen = Counter(
            region for (article,) in rows if (region := _prevailing(self._places_of(article), level, 0.5))
        )
        return _prevailing(seen, level, _MOSTLY) if seen.total() >= _PAGE_FEWEST else None

    def _places_of(self, article: str) -> Counter[str]:
        return places_in(
            self._connection.execute(
                "select text, count(*) from mentions where article_id = ? and label in ('place', 'organization')"
                " group by text",
                (article,),
            )
        )

    def of_paper(self, newspaper: str, level: str) -> str | None:
        """Return the region of a level that a newspaper is about."""
        if (newspaper, level) not in self.papers:
            self.papers[newspaper, level] = self._of_paper(newspaper, level)
        return self.papers[newspaper, level]

    def _of_paper(self, newspaper: str, level: str) -> str | None:
        """Return the region in a newspaper's name, or the one that most of its articles name."""
        named = _prevailing(places_in([(fold(newspaper), 1)]), level, _MOSTLY)
        if named:
            return named
        seen: Counter[str] = Counter()
        rows = self._connection.execute(
            "select id from articles where newspaper = ? order by id limit ?", (newspaper, _SEEN_ARTICLES)
        ).fetchall()
        for (article,) in rows:
            seen.update(set(_of_level(self._named(article), level)))
        return _prevailing(seen, level, _MOSTLY) if seen.total() >= _FEWEST else None


def _of_level(places: Counter[str], level: str) -> Counter[str]:
    return Counter({place: n for place, n in places.items() if place.endswith(_LEVELS.get(level, (level,)))})


def _prevailing(places: Counter[str], level: str, share: float) -> str | None:
    fitting = _of_level(places, level)
    if not fitting:
        return None
    best = min(fitting, key=lambda place: (-fitting[place], place))
    return best if fitting[best] > share * fitting.total() else None
