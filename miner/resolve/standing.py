"""How surely a thing is an enterprise at all: what the whole archive says of it, in named pieces of evidence.

An article names what it names with some confidence; over the archive more is known: whether anybody holds a post there,
whether it signs or exhibits, which company it keeps, what else the same characters are called. A piece of evidence is a
small function of what was gathered (`EnterpriseSeen`); its weight in log-odds, and its words for readers, stand in
`resources/enterprise_standing.yml`. Lists show what is likelier an enterprise than not, and the rest on demand.
"""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from miner.language.gazetteer import words_of
from miner.language.name_forms import core, has_legal_form
from miner.language.words import tagged
from miner.resolve.judge import PRIOR, Reason, Weighed, fitted, probability, weigh
from miner.resolve.names import fold

__all__ = [
    "AGAINST",
    "EVIDENCE",
    "LISTED",
    "EnterpriseSeen",
    "explained",
    "gather",
    "standing",
    "write_standings",
]

_SUREST = 0.995
_MANY = 4
_WORD_TAGS = frozenset({"n", "v", "a", "i", "l"})
_PERSON_TAGS = frozenset({"nr", "nrt", "nrfg"})


class EnterpriseSeen(NamedTuple):
    """An enterprise as the archive shows it."""

    id: str
    name: str
    known: bool
    """A lexicon of enterprises has it."""
    best: float
    """The surest reading of its name in any article, from 0 to 1."""
    posts: int
    """Posts that people hold there."""
    acts: int
    """Events in which it plays a part."""
    company: int
    """Sure enterprises besides it in the article of its own that names most of them."""


def _reading(seen: EnterpriseSeen) -> float:
    best = min(max(seen.best, 1 - _SUREST), _SUREST)
    return math.log(best / (1 - best))


@lru_cache(maxsize=4096)
def _tags(name: str) -> tuple[str, ...]:
    return tuple(tagged(fold(name)).tags)


def _one_word(seen: EnterpriseSeen, tags: frozenset[str]) -> float:
    found = _tags(seen.name)
    return float(not _formed(seen) and len(found) == 1 and found[0] in tags)


def _formed(seen: EnterpriseSeen) -> bool:
    return has_legal_form(fold(seen.name))


def _trade(seen: EnterpriseSeen) -> bool:
    name = fold(seen.name)
    return 0 < len(core(name, loosely=True).name) < len(core(name).name)


def _transliterated(seen: EnterpriseSeen) -> float:
    letters = _letters()
    return float(not seen.known and len(seen.name) > 1 and all(char in letters for char in seen.name))


@lru_cache(maxsize=1)
def _letters() -> frozenset[str]:
    return frozenset("·") | frozenset("".join(words_of("names", "transliteration")))


def _four(seen: EnterpriseSeen) -> float:
    """Four characters without any form: a set phrase, a slogan, a line of verse."""
    return float(not seen.known and not _formed(seen) and not _trade(seen) and len(seen.name) == 4)


EVIDENCE: dict[str, Callable[[EnterpriseSeen], float]] = {
    "best reading": _reading,
    "legal form": lambda seen: float(_formed(seen)),
    "posts": lambda seen: float(seen.posts > 0),
    "acts": lambda seen: float(seen.acts > 0),
    "company": lambda seen: math.log2(1 + min(seen.company, _MANY)),
    "noun": lambda seen: _one_word(seen, _WORD_TAGS),
    "given name": lambda seen: _one_word(seen, _PERSON_TAGS),
    "foreign name": _transliterated,
    "four characters": _four,
}
"""The table of evidence, by name."""
AGAINST = frozenset({"noun", "given name", "foreign name", "four characters"})
"""What speaks against an enterprise; all else speaks for one."""
LISTED = 0.75
"""From here on lists show an enterprise: the first twentieth from which, in five folds, 95 of 100 of them are right."""


def weights() -> Mapping[str, Weighed]:
    """Return the fitted weights by name, with the prior log-odds; raises ModelError when the resource is damaged."""
    return fitted("enterprise_standing")


def _reasons(seen: EnterpriseSeen) -> Iterator[Reason]:
    known = weights()
    for name, value in EVIDENCE.items():
        if name in known and (much := value(seen)):
            yield Reason(known[name].weight * much, known[name].words)


def standing(seen: EnterpriseSeen) -> float:
    """Return the probability that a thing is an enterprise."""
    return probability(weights()[PRIOR].weight, _reasons(seen))


def explained(seen: EnterpriseSeen) -> tuple[float, tuple[str, ...]]:
    """Return the probability that a thing is an enterprise, with the words of the reasons, the strongest first."""
    return weigh(weights()[PRIOR].weight, _reasons(seen))


_FIRMS = (
    "create temp table firms_in as select l.article_id, count(*) as n, max(l.entity_id) as one from local_entities l"
    " where l.label = 'enterprise' and (l.known_as is not null or has_legal_form(fold_text(l.name))) and {articles} group by 1"
)
_GATHER = """
with named as (
    select m.enterprise_id as id, max(m.confidence) as best
    from mentions m where m.enterprise_id {which} group by 1
), told as (
    select l.entity_id as id, max(l.known_as is not null) as known,
        max(coalesce(f.n, 0) - (l.known_as is not null or has_legal_form(fold_text(l.name)))) as company
    from local_entities l left join temp.firms_in f on f.article_id = l.article_id
    where l.label = 'enterprise' and l.entity_id {which} group by 1
)
select e.id, e.name, coalesce(t.known, 0), n.best,
    (select count(*) from posts p where p.enterprise_id = e.id),
    (select count(*) from event_participants p where p.enterprise_id = e.id),
    coalesce(t.company, 0)
from enterprises e join named n on n.id = e.id left join told t on t.id = e.id order by e.id
"""
_AFFECTED = "in (select id from temp.affected where label = 'enterprise')"


def gather(connection: sqlite3.Connection, *, only: bool = False) -> Iterator[EnterpriseSeen]:
    """Yield every enterprise of a resolved archive as the archive shows it, in the order of their ids.

    Or `only` those in the temporary table `affected`. Raises sqlite3.Error.
    """
    connection.create_function("has_legal_form", 1, has_legal_form, deterministic=True)
    connection.create_function("fold_text", 1, fold, deterministic=True)
    connection.execute("drop table if exists temp.firms_in")
    articles = f"l.article_id in (select article_id from local_entities where entity_id {_AFFECTED})"
    connection.execute(_FIRMS.format(articles=articles if only else "1"))
    connection.execute("create index temp.firms_in_article on firms_in (article_id)")
    found = connection.execute(_GATHER.format(which=_AFFECTED if only else "is not null"))
    for identifier, name, known, best, *counts in found:
        yield EnterpriseSeen(identifier, name, bool(known), best, *counts)
    connection.execute("drop table temp.firms_in")


def write_standings(connection: sqlite3.Connection, *, only: bool = False) -> None:
    """Fill `enterprises.confidence` and `standing`, `only` of those in the temporary table `affected`.

    The caller holds the transaction. Raises sqlite3.Error.
    """
    if only:
        connection.execute(f"update enterprises set confidence = null, standing = null where id {_AFFECTED}")
    found = []
    for seen in gather(connection, only=only):
        sure, reasons = explained(seen)
        found.append((round(sure, 4), ";".join(reasons), seen.id))
    connection.executemany("update enterprises set confidence = ?, standing = ? where id = ?", found)
