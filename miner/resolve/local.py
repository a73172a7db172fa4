"""The local entities of the whole archive, grouped by what their articles call them."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from miner.offsets import stable_id
from miner.resolve.names import fold

_KEEP = 64
"""Articles, companions and newspapers that a group remembers for comparing: enough to judge by, flat in memory."""


@dataclass(slots=True)
class Group:
    """All local entities that carry one key, with what is known of them together."""

    id: str
    label: str
    key: str
    known_as: str | None = None
    names: Counter[str] = field(default_factory=Counter)
    forms: dict[str, str] = field(default_factory=dict)
    """Other forms, folded, with their kind."""
    articles: int = 0
    sample: list[str] = field(default_factory=list)
    newspapers: Counter[str] = field(default_factory=Counter)
    first: str | None = None
    last: str | None = None

    @property
    def name(self) -> str:
        """The fullest name: the longest, then the most frequent, then the first in code-point order."""
        return min(self.names, key=lambda n: (-len(n), -self.names[n], n))


@dataclass(frozen=True, slots=True)
class Local:
    """One local entity as stored."""

    article_id: str
    index: int
    label: str
    name: str
    forms: tuple[tuple[str, str], ...]
    known_as: str | None
    published: str | None
    newspaper: str | None


def locals_of(connection: sqlite3.Connection, label: str) -> Iterator[Local]:
    """Stream the local entities of a label in an order that does not depend on when files were read."""
    rows = connection.execute(
        "select l.article_id, l.local_entity, l.label, l.name, l.forms, l.known_as, a.published, a.newspaper"
        " from local_entities l join articles a on a.id = l.article_id where l.label = ? order by l.article_id, l.local_entity",
        (label,),
    )
    for article_id, index, found, name, forms, known_as, published, newspaper in rows:
        pairs = tuple((form[0], form[1]) for form in json.loads(forms))
        yield Local(article_id, index, found, name, pairs, known_as, published, newspaper)


def key_of(local: Local) -> str:
    """Return what a local entity is grouped by: its lexicon entry, or its folded name."""
    return f"known:{local.known_as}" if local.known_as else f"name:{fold(local.name)}"


def add(groups: dict[str, Group], local: Local, key: str) -> Group:
    """Add a local entity to the group of its key, making the group when it is new."""
    group = groups.get(key)
    if group is None:
        group = groups[key] = Group(stable_id("group", local.label, key), local.label, key, known_as=local.known_as)
    group.names[local.name] += 1
    group.articles += 1
    if len(group.sample) < _KEEP:
        group.sample.append(local.article_id)
    if local.newspaper:
        group.newspapers[local.newspaper] += 1
    if local.published:
        group.first = min(group.first or local.published, local.published)
        group.last = max(group.last or local.published, local.published)
    for text, kind in local.forms:
        if fold(text) != fold(local.name):
            group.forms.setdefault(fold(text), kind)
    return group


def companions(connection: sqlite3.Connection, article_ids: list[str]) -> Counter[str]:
    """Return the names that stand beside in some articles, folded, with the number of articles."""
    found: Counter[str] = Counter()
    for article_id in article_ids:
        names = {fold(row[0]) for row in connection.execute("select name from local_entities where article_id = ? and label != 'place'", (article_id,))}
        found.update(names)
    return found


def owners(groups: dict[str, Group]) -> dict[str, list[Group]]:
    """Return for every folded short form the groups whose articles declare or show it as theirs."""
    found: dict[str, list[Group]] = defaultdict(list)
    for key in sorted(groups):
        for form in groups[key].forms:
            found[form].append(groups[key])
    return found
