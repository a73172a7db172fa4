"""Search: filters become tags of the full-text index, ranking looks at headlines and repetition first.

However frequent the words are, a page is answered from a few hundred articles: those that hold the words in a
headline, those that repeat them, and the latest of the others. Which articles match is decided by the index for all.
"""

from __future__ import annotations

import difflib
import math
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from miner.offsets import Span
from miner.publish import query as q
from miner.publish.archive import EVENT_TYPES, KINDS, Row, first, rows, scalar
from miner.publish.index import fts
from miner.publish.index import listed as lists

PAGE = 20
MAX_PAGE = 50
MAX_SIZE = 100
COUNTED = 10_000
"""Hits are counted up to this number; what is more frequent is shown as so many and more."""
EXACT_CHOICES = 5_000
"""With more hits than this, the values of filters are listed without their numbers."""
_TIER = 140
"""Candidates taken from each tier (headline, repeated, any)."""
_SORT_ALL = 3_000
"""Up to this many hits are sorted by date as they are; more are read month by month."""
_ARTICLE = (
    "a.rowid as number, a.id, a.headline, a.kicker, a.subtitle, a.section, a.byline, a.published, a.newspaper, a.page, a.edition, a.body, "
    "a.n_chars, a.confidence, a.duplicate_of, (select path from documents where id = a.document_id) as path"
)
_SNIPPET, _BEFORE, _FRAGMENTS = 72, 24, 2
SORTS = {"relevance": "相关度", "newest": "日期（新→旧）", "oldest": "日期（旧→新）"}


@dataclass(frozen=True, slots=True)
class Filters:
    """By what a search is narrowed; an empty string means any."""

    newspaper: str = ""
    edition: str = ""
    section: str = ""
    since: str = ""
    until: str = ""
    type: str = ""
    entity: str = ""
    about: str = ""
    """`expo`: only articles about the expo."""

    def chosen(self) -> dict[str, str]:
        """Return the filters that are set."""
        return {name: value for name in self.__slots__ if (value := getattr(self, name))}


@dataclass(frozen=True, slots=True)
class Request:
    """What a reader asks of the search page."""

    query: q.Query
    filters: Filters = Filters()
    sort: str = "relevance"
    page: int = 1
    size: int = PAGE

    @classmethod
    def read(cls, arguments: Mapping[str, str]) -> Request:
        """Read the query string; what makes no sense is ignored.

        >>> Request.read({"q": "上海", "page": "x", "edition": "5", "since": "2022-13"}).filters.chosen()
        {'edition': '5'}
        """
        arguments = {name: _clean(value) for name, value in arguments.items()}
        given = {name: arguments.get(name, "").strip()[:80] for name in Filters.__slots__}
        given["edition"] = (
            given["edition"] if given["edition"].isascii() and given["edition"].isdigit() else ""
        )
        given["about"] = "expo" if given["about"] == "expo" else ""
        for name in ("since", "until"):
            given[name] = given[name] if q.is_date(given[name]) else ""
        sort = arguments.get("sort", "")
        return cls(
            q.parse(arguments.get("q", "").strip()),
            Filters(**given),
            sort if sort in SORTS else "relevance",
            q.bounded(arguments.get("page"), 1, MAX_PAGE),
            q.bounded(arguments.get("size"), PAGE, MAX_SIZE),
        )


def _clean(value: object) -> str:
    """Return text that SQLite takes: no half characters."""
    return str(value or "").encode("utf-8", "replace").decode()


@dataclass(frozen=True, slots=True)
class SearchHit:
    """An article that was found, with what the page shows of it."""

    article: dict[str, Any]
    snippets: tuple[MarkedPiece, ...]
    headline: MarkedPiece
    above: tuple[MarkedPiece, ...] = ()
    """Kicker and subtitle, where they hold the words."""


@dataclass(frozen=True, slots=True)
class MarkedPiece:
    """A piece of text and the spans in it to be marked."""

    text: str
    spans: tuple[Span, ...] = ()
    cut_before: bool = False
    cut_after: bool = False


@dataclass(frozen=True, slots=True)
class Results:
    """A page of hits."""

    hits: tuple[SearchHit, ...]
    total: int
    more_than: bool = False
    """There are more hits than were counted."""
    checked: bool = True
    """Every hit that was counted was also looked at, so that `total` is exact."""


def search(connection: sqlite3.Connection, request: Request) -> Results:
    """Return one page of the articles that match."""
    match = _expression(connection, request)
    if match is None:
        return _browse(connection, request)
    where = _conditions(request.filters)
    total = _count(connection, match, where)
    if not total:
        return Results((), 0)
    start = (request.page - 1) * request.size
    if request.sort == "relevance" and request.query.groups:
        found, checked = _ranked(connection, request, match, where, total)
    else:
        found, checked = _dated(connection, request, match, where, total)
    hits = tuple(_hit(article, request.query.words) for article in found[start : start + request.size])
    total = len(found) if checked else total
    return Results(hits, total, more_than=total >= (_SORT_ALL if where.sql else COUNTED), checked=checked)


@dataclass(frozen=True, slots=True)
class _Where:
    """SQL conditions on `articles a` that the index's tags cannot express."""

    sql: str = ""
    parameters: tuple[str, ...] = ()


def _conditions(filters: Filters) -> _Where:
    parts: list[str] = []
    parameters: list[str] = []
    for value, sql in (
        (filters.since, "a.published >= ?"),
        (filters.until and filters.until + "\U0010ffff", "a.published <= ?"),
        (filters.type, "exists (select 1 from event_reports r where r.article_id = a.id and r.type = ?)"),
        (
            filters.entity,
            "exists (select 1 from appearances p where p.article_id = a.id and p.entity_id = ?)",
        ),
    ):
        if value:
            parts.append(sql)
            parameters.append(value)
    return _Where("".join(f" and {part}" for part in parts), tuple(parameters))


def _expression(connection: sqlite3.Connection, request: Request) -> str | None:
    """Return the FTS5 expression of words and tags, or None when neither is asked for."""
    filters = request.filters
    parts = [q.expression(request.query)] if request.query.groups else []
    parts += [
        fts.match_tag(name, getattr(filters, name))
        for name in ("newspaper", "edition", "section", "about")
        if getattr(filters, name)
    ]
    if filters.since or filters.until:
        months = [
            month for (month,) in connection.execute("select distinct month from coverage where month <> ''")
            if month >= filters.since[:7] and (not filters.until or month[: len(filters.until)] <= filters.until[:7])
        ]  # fmt: skip
        parts.append(_months(months))
    return " AND ".join(f"({part})" for part in parts) or None


def _months(months: list[str]) -> str:
    return " OR ".join(fts.match_tag("month", month) for month in months[:1200]) or q.NOTHING


def _count(connection: sqlite3.Connection, match: str, where: _Where) -> int:
    if not where.sql:
        inner = f"select 1 from {fts.TABLE} where {fts.TABLE} match ? limit {COUNTED}"
        return int(scalar(connection, f"select count(*) from ({inner})", (match,)))
    inner = f"select 1 from {fts.TABLE} f cross join articles a on a.rowid = f.rowid where {fts.TABLE} match ?{where.sql} limit {_SORT_ALL}"
    return int(scalar(connection, f"select count(*) from ({inner})", (match, *where.parameters)))


def _fetch(connection: sqlite3.Connection, match: str, where: _Where, tail: str) -> list[dict[str, Any]]:
    sql = f"select {_ARTICLE} from {fts.TABLE} f cross join articles a on a.rowid = f.rowid where {fts.TABLE} match ?{where.sql} {tail}"
    return rows(connection, sql, (match, *where.parameters))


def _ranked(
    connection: sqlite3.Connection, request: Request, match: str, where: _Where, total: int
) -> tuple[list[dict[str, Any]], bool]:
    words = request.query.words
    found = _candidates(connection, request, match, where, total)
    whole = len(found) >= total
    scored = [(score(article, words), article) for article in found.values()]
    ranked = [article for points, article in sorted(scored, key=_best_first) if points > 0]
    wanted = request.page * request.size
    if not whole and len(ranked) < wanted:
        rest = _fetch(connection, match, where, f"order by f.rowid desc limit {wanted + len(found)}")
        ranked += [article for article in rest if article["id"] not in found and score(article, words) > 0]
    return ranked, whole


def _candidates(
    connection: sqlite3.Connection, request: Request, match: str, where: _Where, total: int
) -> dict[str, dict[str, Any]]:
    """Return the articles that are ranked, by id: all of few, else some of each tier."""
    if total <= 2 * _TIER:
        return {article["id"]: article for article in _fetch(connection, match, where, "")}
    tiers = [
        f"({match}) AND {request.query.match(*marks)}"
        for marks in ((fts.IN_HEADLINE,), (fts.IN_HEADLINE, fts.REPEATED))
    ]
    newest = f"order by f.rowid desc limit {_TIER}"
    return {
        article["id"]: article
        for tier in (*tiers, match)
        for article in _fetch(connection, tier, where, newest)
    }


def _best_first(scored: tuple[float, dict[str, Any]]) -> tuple[float, str, str]:
    points, article = scored
    return -points, _reversed(article["published"] or ""), article["id"]


def _reversed(text: str) -> str:
    return "".join(chr(0x10FFFF - ord(char)) if ord(char) < 0x300 else char for char in text)


def score(article: Mapping[str, Any], words: tuple[str, ...]) -> float:
    """Return how well an article answers the words; 0 when one that has all pairs of a word lacks the word.

    Term frequency is damped by its logarithm and by the article's length; a headline counts for five.
    """
    head = " ".join(str(article[name]) for name in ("kicker", "headline", "subtitle") if article[name])
    rest = " ".join(str(article[name]) for name in ("section", "byline") if article[name])
    body = str(article["body"])
    points = 0.0
    for word in words:
        in_body, in_head = _occurrences(body, word), _occurrences(head, word)
        if in_body or in_head or _occurrences(rest, word):
            points += 0.05 + math.log1p(in_body) / (0.7 + len(body) / 2000) + 5 * min(in_head, 1)
    if article["duplicate_of"]:
        points *= 0.5
    return points


def _occurrences(text: str, word: str) -> int:
    return text.count(word) or (fts.fold(text).count(fts.fold(word)) if fts.fold(word) else 1)


def _dated(
    connection: sqlite3.Connection, request: Request, match: str, where: _Where, total: int
) -> tuple[list[dict[str, Any]], bool]:
    order = "desc" if request.sort != "oldest" else "asc"
    wanted = request.page * request.size
    tail = f"order by a.published is null, a.published {order}, a.id"
    if total <= _SORT_ALL:
        return _true_hits(_fetch(connection, match, where, f"{tail} limit {wanted + PAGE}"), request), False
    months = [
        row[0]
        for row in connection.execute(
            f"select distinct month from coverage where month <> '' order by month {order}"
        )
    ]
    found: list[dict[str, Any]] = []
    step, at = 1, 0
    while at < len(months) and len(found) < wanted:
        part = f"({match}) AND ({_months(months[at : at + step])})"
        found += _true_hits(_fetch(connection, part, where, f"{tail} limit {wanted + PAGE}"), request)
        at, step = at + step, step * 2
    return found, False


def _true_hits(articles: list[dict[str, Any]], request: Request) -> list[dict[str, Any]]:
    words = request.query.words
    return [article for article in articles if not words or score(article, words) > 0]


def _browse(connection: sqlite3.Connection, request: Request) -> Results:
    where = _conditions(request.filters)
    condition = "where 1" + where.sql
    order = "asc" if request.sort == "oldest" else "desc"
    limit = f"limit {request.size} offset {(request.page - 1) * request.size}"
    sql = f"select {_ARTICLE} from articles a {condition} order by a.published {order} {limit}"
    found = rows(connection, sql, where.parameters)
    if where.sql:
        total = scalar(
            connection,
            f"select count(*) from (select 1 from articles a {condition} limit {_SORT_ALL})",
            where.parameters,
        )
    else:
        total = scalar(connection, "select n from totals where name = 'articles'") or 0
    return Results(
        tuple(_hit(article, ()) for article in found),
        int(total),
        more_than=bool(where.sql) and total >= _SORT_ALL,
    )


def _hit(article: dict[str, Any], words: tuple[str, ...]) -> SearchHit:
    headline = article["headline"] or "（无标题）"
    others = [
        MarkedPiece(text, tuple(q.find_words(text, words)))
        for name in ("kicker", "subtitle")
        if (text := article[name])
    ]
    above = tuple(piece for piece in others if piece.spans)
    return SearchHit(
        article,
        snippets(article["body"], words),
        MarkedPiece(headline, tuple(q.find_words(headline, words))),
        above,
    )


def snippets(body: str, words: tuple[str, ...]) -> tuple[MarkedPiece, ...]:
    """Return up to two pieces of the body around the words, or its beginning."""
    body = body[:200_000]
    places = q.find_words(body, words, limit=200)
    if not places:
        return (MarkedPiece(body[: 2 * _SNIPPET].replace("\n", " "), (), cut_after=len(body) > 2 * _SNIPPET),)
    found: list[MarkedPiece] = []
    end = -1
    for place in places:
        if place.start < end:
            continue
        start = max(place.start - _BEFORE, 0, end)
        end = min(max(start + _SNIPPET, place.end), start + 4 * _SNIPPET, len(body))
        inside = tuple(
            Span(max(p.start, start) - start, min(p.end, end) - start)
            for p in places
            if p.start < end and p.end > start
        )
        found.append(MarkedPiece(body[start:end].replace("\n", " "), inside, start > 0, end < len(body)))
        if len(found) == _FRAGMENTS:
            break
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Offer:
    """A dossier that the words may mean."""

    id: str
    label: str
    name: str
    alias: str | None
    n_articles: int


def offers(connection: sqlite3.Connection, query: q.Query, *, limit: int = 6) -> list[Offer]:
    """Return the dossiers whose name or alias is one of the words, or begins with it."""
    found: dict[str, Offer] = {}
    wanted = list(dict.fromkeys((query.typed.strip(), *query.words)))[:6]
    for word in wanted:
        for offer in _named(connection, word):
            found.setdefault(offer.id, offer)
        if len(found) >= limit:
            break
    return list(found.values())[:limit]


def widened(connection: sqlite3.Connection, query: q.Query, found: list[Offer]) -> str:
    """Return a search for all names of the first dossier that is offered, or nothing when it has but one."""
    if not found or len(query.words) != 1 or query.excluded:
        return ""
    kind = KINDS[found[0].label]
    sql = f"select distinct alias from aliases where {kind.column} = ? and length(alias) > 1 order by length(alias) limit 5"
    aliases = [row[0] for row in connection.execute(sql, (found[0].id,))]
    names = dict.fromkeys((query.words[0], found[0].name, *aliases))
    fit = [name for name in names if '"' not in name and len(name) < 60]
    kept = [f'"{name}"' if " " in name else name for name in fit if not _holds_another(name, fit)]
    return " OR ".join(kept) if len(kept) > 1 else ""


def _holds_another(name: str, names: list[str]) -> bool:
    return any(other != name and fts.fold(other) in fts.fold(name) for other in names)


def named(connection: sqlite3.Connection, name: str) -> Offer | None:
    """Return the thing of exactly that name or alias in any written form, the most frequent one; None when there is none."""
    form = lists.form(name)
    return next(
        (offer for offer in _named(connection, name) if lists.form(offer.alias or offer.name) == form), None
    )


def simplified(word: str) -> str:
    """Return the word in simplified characters and half width, as names are usually written."""
    folded = fts.fold(word)
    return folded if all(ord(char) < 0xE000 or ord(char) > 0xF8FF for char in folded) else word


def _named(connection: sqlite3.Connection, word: str) -> list[Offer]:
    """Return the things with a name that is the word or begins with it, however it is written, the most frequent first."""
    form = lists.form(word)
    if not form:
        return []
    sql = (
        "select n.entity_id, n.label, n.name as alias, n.n_articles, n.form = ?1 as whole from names n where n.form >= ?1 and n.form < ?2 "
        "order by whole desc, n.n_articles desc limit 12"
    )
    found: dict[str, Offer] = {}
    for row in rows(connection, sql, (form, form + "\U0010ffff")):
        name = str(
            scalar(
                connection,
                f"select name from [{KINDS[row['label']].table}] where id = ?",
                (row["entity_id"],),
            )
            or row["alias"]
        )
        alias = None if row["alias"] == name else row["alias"]
        found.setdefault(
            row["entity_id"], Offer(row["entity_id"], row["label"], name, alias, row["n_articles"])
        )
    return list(found.values())


@dataclass(frozen=True, slots=True)
class Advice:
    """Why nothing was found, and what to try."""

    reasons: tuple[str, ...]
    names: tuple[str, ...] = ()
    words: tuple[tuple[str, int], ...] = ()
    """Each word with its own number of articles."""
    without_filters: int = 0


def advise(connection: sqlite3.Connection, request: Request) -> Advice:
    """Explain a search without hits."""
    query = request.query
    counts = tuple((word, _count(connection, fts.match_word(word), _Where())) for word in query.words[:8])
    filtered = bool(request.filters.chosen() and query.groups)
    bare = _count(connection, q.expression(query), _Where()) if filtered else 0
    missing = [word for word, count in counts if not count]
    reasons = ["没有同时符合筛选条件的文章；去掉筛选条件就有结果。"] if bare else []
    if missing:
        reasons.append("档案里没有出现过：" + "、".join(missing[:5]))
    elif len(counts) > 1 and not bare:
        reasons.append("每个词都出现过，但没有一篇文章同时包含它们；可用 OR 连接。")
    reasons += _about_query(query)
    names = tuple(dict.fromkeys(name for word in missing[:3] for name in similar_names(connection, word)))
    return Advice(tuple(reasons), names[:6], counts, bare)


def _about_query(query: q.Query) -> list[str]:
    """Return what the way a query is written has to do with finding nothing."""
    reasons = []
    if not query.excluded and query.typed[:1] in ("-", "－", "−"):
        reasons.append("只有要排除的词，没有要找的词；请再写一个要找的词，如「进博会 -开幕」。")
    if query.excluded:
        reasons.append("排除了：" + "、".join(query.excluded[:5]))
    if len(query.typed) > q.MAX_CHARS:
        reasons.append(f"查询太长，只用了前 {q.MAX_CHARS} 个字符。")
    return reasons


def similar_names(connection: sqlite3.Connection, word: str, *, limit: int = 5) -> list[str]:
    """Return names that share characters with a word that was not found."""
    word = simplified(word)[:20]
    pairs = fts.terms(word)[:6] if len(word) > 1 else []
    if not pairs:
        return []
    like = " or ".join("instr(name, ?) > 0" for _ in pairs)
    names: list[str] = []
    for kind in KINDS.values():
        sql = f"select name from (select name, n_articles from [{kind.table}] order by n_articles desc limit 40000) where {like} limit 60"
        names += [row[0] for row in connection.execute(sql, tuple(pairs))]
    close = [
        (difflib.SequenceMatcher(None, word, name[: len(word) + 4]).ratio(), name)
        for name in dict.fromkeys(names)
    ]
    return [name for ratio, name in sorted(close, reverse=True) if ratio >= 0.5][:limit]


@dataclass(frozen=True, slots=True)
class FilterChoice:
    """A value of a filter, with the number of hits it would leave."""

    value: str
    count: int | None


def choices(
    connection: sqlite3.Connection, request: Request, *, exact: bool
) -> dict[str, list[FilterChoice]]:
    """Return the values of newspaper, edition, kind of event and range; with `exact`, each with its number of hits."""
    found = {name: _tag_choices(connection, request, name, exact=exact) for name in _TAG_VALUES}
    found["type"] = _type_choices(connection, request, exact=exact)
    return found


_TAG_VALUES = {
    "edition": "select edition, sum(n_articles) from coverage where edition is not null group by 1 order by 1",
    "newspaper": "select newspaper, sum(n_articles) from coverage where newspaper <> '' group by 1 order by 2 desc limit 40",
    "about": "select 'expo', coalesce(sum(n_expo), 0) from coverage",
}
"""The values of the filters that are tags of the index, each with its number of articles."""


def _tag_choices(
    connection: sqlite3.Connection, request: Request, name: str, *, exact: bool
) -> list[FilterChoice]:
    free = replace(request, filters=replace(request.filters, **{name: ""}))
    match, where = _expression(connection, free), _conditions(free.filters)
    values = [(str(value), int(count)) for value, count in connection.execute(_TAG_VALUES[name])]
    if match is None and not where.sql:
        return [FilterChoice(value, count) for value, count in values]
    if not exact or match is None:
        return [FilterChoice(value, None) for value, _ in values]
    counted = [
        FilterChoice(value, _count(connection, f"({match}) AND {fts.match_tag(name, value)}", where))
        for value, _ in values
    ]
    return [choice for choice in counted if choice.count or choice.value == getattr(request.filters, name)]


def _type_choices(connection: sqlite3.Connection, request: Request, *, exact: bool) -> list[FilterChoice]:
    """Return the kinds of events; with `exact`, each with the number of articles that tell of one."""
    if not exact:
        return [FilterChoice(kind, None) for kind in EVENT_TYPES]
    free = replace(request, filters=replace(request.filters, type=""))
    match, where = _expression(connection, free), _conditions(free.filters)
    source = f"{fts.TABLE} f cross join articles a on a.rowid = f.rowid" if match else "articles a"
    sql = (
        f"select r.type, count(distinct a.id) from {source} cross join event_reports r on r.article_id = a.id "
        f"where {f'{fts.TABLE} match ?' if match else '1'}{where.sql} group by 1"
    )
    given = ([match] if match else []) + list(where.parameters)
    counts = {str(kind): int(count) for kind, count in connection.execute(sql, given)}
    return [
        FilterChoice(kind, counts.get(kind, 0))
        for kind in EVENT_TYPES
        if kind in counts or kind == request.filters.type
    ]


def entity_name(connection: sqlite3.Connection, identity: str) -> str | None:
    """Return the name of the thing with that id, of whichever kind."""
    for kind in KINDS.values():
        row = first(connection, f"select name from [{kind.table}] where id = ?", (identity,))
        if row:
            return str(row["name"])
    return None


__all__ = [
    "Advice",
    "Filters",
    "MarkedPiece",
    "Request",
    "Results",
    "Row",
    "SearchHit",
    "advise",
    "choices",
    "offers",
    "search",
]
