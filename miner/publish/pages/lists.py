"""List pages: enterprises, people, organizations, places, events, quotes and figures, by name, by filters, in several orders.

Every choice of filters is an expression on the tags of `listed_fts` (see `index.listed`), which gives ranks in order.
Other orders sort what was found while that is not much, and else walk the index of the wanted order.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from miner.publish import query as q
from miner.publish.archive import KINDS, rows, scalar
from miner.publish.heeded import Heeded, heeded
from miner.publish.index import fts
from miner.publish.index import listed as lists
from miner.publish.pages.summary import hydrate

PAGE, MAX_PAGE = 50, 100
ALL = "all"
"""Chosen in the place of what is usual: no narrowing."""
COUNTED = 10_000
"""What is found is counted up to this number, unless a summary knows better."""
_READ = 1_000
"""Words in sentences are looked for in so many articles that hold them, the last added first."""
_NAMED = 40
"""A part of a name may mean so many things."""
_TOP = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Order:
    """A sort order: its title, and the column with its index; without a column it is the order of the ranks, or that reversed."""

    title: str
    column: str = ""
    index: str = ""
    descending: bool = True
    backwards: bool = False
    within: str = ""
    """Only what agrees in this column can be put in this order, and the index begins with it."""

    @property
    def direction(self) -> str:
        """The direction in SQL."""
        return "desc" if self.descending else "asc"


def _entity_orders(table: str) -> dict[str, Order]:
    return {
        "articles": Order("见报篇数"), "mentions": Order("提及次数", "n_mentions", f"ix_{table}_n_mentions"),
        "latest": Order("最近见报", "last_seen", f"ix_{table}_last_seen"),
        "earliest": Order("首次见报", "first_seen", f"ix_{table}_first_seen", descending=False),
        "name": Order("名称（拼音）", "pinyin", f"ix_{table}_pinyin", descending=False),
    }  # fmt: skip


_DATED = {"newest": Order("日期（新→旧）"), "oldest": Order("日期（旧→新）", backwards=True)}


@dataclass(frozen=True, slots=True)
class Listing:
    """A list page: the kind of thing, its address, what it may be narrowed by."""

    kind: str
    title: str
    address: str
    table: str
    counter: str
    choices: tuple[str, ...]
    orders: Mapping[str, Order]
    usual: Mapping[str, str] = field(default_factory=dict)
    """What is chosen where nothing else is; `all` undoes it."""

    @property
    def of_facts(self) -> bool:
        """Events, quotes and figures have days, parties and sentences; entities have names."""
        return self.kind not in KINDS

    @property
    def heeded(self) -> Heeded:
        """The arguments that the page knows."""
        known = heeded(*self.choices, *(("words",) if self.of_facts else ()), sort=self.orders.__contains__)
        beside = {"named"} if self.of_facts else {"named", "entity"}
        return {name: check for name, check in known.items() if name not in beside}


LISTINGS = {
    listing.address: listing
    for listing in (
        Listing("enterprise", "企业", "enterprises", "enterprises", "家", ("edition", "country", "industry", "role", "sure"), _entity_orders("enterprises"), {"sure": "yes"}),
        Listing("person", "人物", "people", "people", "位", ("edition", "role"), _entity_orders("people")),
        Listing("organization", "机构", "organizations", "organizations", "个", ("edition", "kind", "role"), _entity_orders("organizations")),
        Listing("place", "地点", "places", "places", "处", ("edition", "kind"), _entity_orders("places")),
        Listing("event", "事件", "events", "events", "件", ("edition", "type", "status", "country", "role", "told"), {
            **_DATED, "reports": Order("报道数", "n_reports", "ix_events_n_reports"), "amount": Order("金额", "amount", "ix_events_amount")}, {"told": "yes"}),
        Listing("quote", "引语", "quotes", "quotes", "条", ("edition", "speaker", "direct", "country", "once"), _DATED, {"once": "yes"}),
        Listing("figure", "数字", "numbers", "figures", "条", ("edition", "measure", "unit", "once"), {
            **_DATED, "value": Order("数值（限一个指标）", "value", "ix_figures_measure_value", within="measure")}, {"once": "yes"}),
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ListQuestion:
    """What a reader asks of a list page."""

    listing: Listing
    name: str = ""
    words: str = ""
    entity: str = ""
    chosen: tuple[tuple[str, str], ...] = ()
    since: str = ""
    until: str = ""
    sort: str = ""
    page: int = 1
    size: int = PAGE

    @classmethod
    def read(cls, listing: Listing, arguments: Mapping[str, str]) -> ListQuestion:
        """Read the query string; what makes no sense is ignored.

        >>> asked = ListQuestion.read(LISTINGS["events"], {"type": "signing", "page": "x", "sort": "?", "since": "2022-11", "until": "9"})
        >>> asked.chosen, asked.sort, asked.since, asked.until, asked.page
        ((('type', 'signing'), ('told', 'yes')), 'newest', '2022-11', '', 1)
        """
        given = {name: value.encode("utf-8", "replace").decode().strip() for name, value in arguments.items()}
        wanted = {name: given.get(name, "")[:80] or listing.usual.get(name, "") for name in listing.choices}
        chosen = tuple((name, value) for name, value in wanted.items() if value and value != ALL)
        days = {
            name: given.get(name, "") if q.is_date(given.get(name, "")) else "" for name in ("since", "until")
        }
        sort = given.get("sort", "")
        return cls(
            listing, given.get("q", "")[:80], given.get("words", "")[:80] if listing.of_facts else "",
            given.get("entity", "")[:80] if listing.of_facts else "", chosen, days["since"], days["until"],
            sort if sort in listing.orders else next(iter(listing.orders)), q.bounded(given.get("page"), 1, MAX_PAGE),
        )  # fmt: skip

    @property
    def order(self) -> Order:
        """The sort order asked for."""
        return self.listing.orders[self.sort]

    def query(self) -> dict[str, str]:
        """Return the arguments that ask for the same, without the page."""
        first = next(iter(self.listing.orders))
        all_given = {
            "q": self.name, "words": self.words, "entity": self.entity, **self.narrowed(), "since": self.since, "until": self.until,
            "sort": "" if self.sort == first else self.sort,
        }  # fmt: skip
        return {name: value for name, value in all_given.items() if value}

    def narrowed(self) -> dict[str, str]:
        """Return what is chosen beyond, or against, what is usual."""
        chosen, usual = dict(self.chosen), self.listing.usual
        undone = {name: ALL for name in usual if name not in chosen}
        return {name: value for name, value in chosen.items() if usual.get(name) != value} | undone


@dataclass(frozen=True, slots=True)
class ListPage:
    """A page of a list."""

    rows: list[dict[str, Any]]
    total: int
    more_than: bool = False
    """There is more than was counted."""
    meant: tuple[tuple[str, str, str], ...] = ()
    """Label, id and name of the things that the name was taken to mean, for events, quotes and figures."""
    partly: bool = False
    """Only the articles added last were read for the words."""
    left_out: int = 0
    """Things that the same choice would find, were it not for what is usual."""


@dataclass(frozen=True, slots=True)
class _Match:
    """What is looked for: an expression on tags, a part of a name to be checked, a span of ranks, ranks already known."""

    expression: str
    form: str = ""
    low: int = 0
    high: int = 1 << 60
    known: list[int] | None = None
    seen: tuple[str, str] | None = None
    """Of entities, the days within which the papers named them."""


def find(connection: sqlite3.Connection, asked: ListQuestion) -> ListPage:
    """Return one page of what was asked for."""
    listing = asked.listing
    meant = entities_named(connection, asked.name) if listing.of_facts and asked.name else []
    if listing.of_facts and asked.name and not meant:
        return ListPage([], 0)
    known, partly = _with_words(connection, asked) if asked.words else (None, False)
    match = replace(_match(connection, asked, [row["entity_id"] for row in meant]), known=known)
    if asked.order.within and asked.order.within not in dict(asked.chosen):
        asked = replace(asked, sort=next(iter(listing.orders)))
    ranks, total, more = _ranks(connection, asked, match)
    shown = hydrate(connection, listing.kind, _ids(connection, ranks))
    named = tuple((row["label"], row["entity_id"], row["name"]) for row in meant)
    return ListPage(shown, total, more, named, partly, _left_out(connection, asked, match))


def _left_out(connection: sqlite3.Connection, asked: ListQuestion, match: _Match) -> int:
    """Count what the same choice would find that the list leaves out unless it is asked for."""
    chosen, usual = dict(asked.chosen), asked.listing.usual
    if asked.page > 1 or any(chosen.get(name) != value for name, value in usual.items()):
        return 0
    expression = match.expression
    for name, value in usual.items():
        expression = expression.replace(_tag(name, value), _tag(name, "no"))
    return len(_tagged(connection, replace(match, expression=expression), limit=COUNTED)) if usual else 0


def entities_named(connection: sqlite3.Connection, name: str) -> list[dict[str, Any]]:
    """Return the things that a name means: those of exactly that name in any written form, else those with it in a name."""
    form = lists.form(name)
    if not form:
        return []
    sql = "select distinct n.entity_id, n.label, n.n_articles from names n where {} order by n.n_articles desc limit {}"
    found = rows(connection, sql.format("n.form = ?", _NAMED), (form,))
    if not found:
        terms = " AND ".join(f'"{term}"' for term in lists.name_terms(form))
        inner = f"select l.id from {lists.INDEX} f cross join listed l on l.rank = f.rowid where {lists.INDEX} match ? limit 2000"
        found = rows(
            connection, sql.format(f"n.entity_id in ({inner}) and instr(n.form, ?)", _NAMED), (terms, form)
        )
    for row in found:
        row["name"] = (
            scalar(
                connection,
                f"select name from [{KINDS[row['label']].table}] where id = ?",
                (row["entity_id"],),
            )
            or "?"
        )
    return found


def _match(connection: sqlite3.Connection, asked: ListQuestion, named: list[str]) -> _Match:
    listing, chosen = asked.listing, dict(asked.chosen)
    entities = [asked.entity] if asked.entity else named
    parts = [_tag("list", listing.kind)]
    parts += _role(chosen.pop("role", ""), entities, "" if listing.of_facts else chosen.get("edition", ""))
    parts += [_any("entity", entities)] if entities else []
    parts += [_tag(name, value) for name, value in chosen.items()]
    if listing.of_facts:
        low, high = _span(connection, asked)
        return _Match(" AND ".join(parts), low=low, high=high)
    return _of_entities(asked, parts)


def _of_entities(asked: ListQuestion, parts: list[str]) -> _Match:
    """Return what is looked for among entities, which have names and the days on which papers named them."""
    form = lists.form(asked.name) if asked.name else ""
    named = [f'"{term}"' for term in lists.name_terms(form)] or [q.NOTHING]
    found = " AND ".join([*parts, *(named if asked.name else ())])
    seen = (asked.since, asked.until + _TOP) if asked.since or asked.until else None
    return _Match(found, form if len(form) > 2 else "", seen=seen)


def _role(role: str, entities: list[str], edition: str) -> list[str]:
    """Return what asks for a role: played by one of some things, or at an expo, or by anybody."""
    if not role:
        return []
    if entities:
        return [_any("played", [f"{role} {entity}" for entity in entities])]
    return [_tag("played", f"{role} {edition}") if edition else _tag("role", role)]


def _tag(name: str, value: str) -> str:
    return fts.match_tag(name, value)


def _any(name: str, values: list[str]) -> str:
    return "(" + " OR ".join(_tag(name, value) for value in values) + ")"


def _span(connection: sqlite3.Connection, asked: ListQuestion) -> tuple[int, int]:
    """Return the lowest and the highest rank of the days asked for; days fall with rank."""
    kind, low, high = asked.listing.kind, 0, 1 << 60
    if asked.until:
        low = scalar(connection, "select min(rank) from listed where kind = ? and day = (select max(day) from listed where kind = ? and day <= ?)",
                     (kind, kind, asked.until + _TOP)) or high  # fmt: skip
    if asked.since or asked.until or asked.order.backwards:  # what has no day comes last
        least = asked.since or "0"
        high = scalar(connection, "select max(rank) from listed where kind = ? and day = (select min(day) from listed where kind = ? and day >= ?)",
                      (kind, kind, least)) or 0  # fmt: skip
    return low, high


def _ranks(connection: sqlite3.Connection, asked: ListQuestion, match: _Match) -> tuple[list[int], int, bool]:
    """Return the ranks of the page, how much was found, and whether there is more than was counted."""
    start, order = (asked.page - 1) * asked.size, asked.order
    everything = _exact(connection, asked)
    total = everything if everything is not None else len(_tagged(connection, match, limit=COUNTED))
    more = everything is None and total >= COUNTED
    if not order.column:
        return (
            _tagged(connection, match, limit=asked.size, start=start, backwards=order.backwards),
            total,
            more,
        )
    if total < COUNTED or match.known is not None or match.form or match.seen:
        return _sorted(connection, asked, match), total, more
    return _walked(connection, asked, match), total, more


def _sorted(connection: sqlite3.Connection, asked: ListQuestion, match: _Match) -> list[int]:
    """Sort all that was found."""
    order, found = asked.order, json.dumps(_tagged(connection, match, limit=COUNTED))
    value = f"e.[{order.column}]"
    sql = (
        f"select l.rank from json_each(?) j join listed l on l.rank = j.value join [{asked.listing.table}] e on e.id = l.id "
        f"order by {value} is null, {value} {order.direction}, l.rank limit ? offset ?"
    )
    given = (found, asked.size, (asked.page - 1) * asked.size)
    return [rank for (rank,) in connection.execute(sql, given)]


def _walked(connection: sqlite3.Connection, asked: ListQuestion, match: _Match) -> list[int]:
    """Walk the index of the order as far as the page."""
    order, table = asked.order, asked.listing.table
    found = f"l.rank between ? and ? and exists (select 1 from {lists.INDEX} where {lists.INDEX} match ? and rowid = l.rank)"
    same = f"e.[{order.within}] = ? and " if order.within else ""
    sql = (
        f"select l.rank from [{table}] e indexed by [{order.index}] cross join listed l on l.id = e.id and l.kind = ? "
        f"where {same}e.[{order.column}] is not null and {found} order by e.[{order.column}] {order.direction} limit ? offset ?"
    )
    shared = [dict(asked.chosen)[order.within]] if order.within else []
    given = (
        asked.listing.kind,
        *shared,
        match.low,
        match.high,
        match.expression,
        asked.size,
        (asked.page - 1) * asked.size,
    )
    return [rank for (rank,) in connection.execute(sql, given)]


def _tagged(
    connection: sqlite3.Connection, match: _Match, *, limit: int, start: int = 0, backwards: bool = False
) -> list[int]:
    """Return the ranks that match, in order."""
    if match.known is not None:
        inside = [rank for rank in match.known if match.low <= rank <= match.high]
        sql = f"select f.rowid from json_each(?) j cross join {lists.INDEX} f on f.rowid = j.value where {lists.INDEX} match ?"
        found = sorted(
            (rank for (rank,) in connection.execute(sql, (json.dumps(inside), match.expression))),
            reverse=backwards,
        )
        return found[start : start + limit]
    check, checked = _checks(match)
    sql = (
        f"select f.rowid from {lists.INDEX} f where {lists.INDEX} match ? and f.rowid between ? and ? {check} "
        f"order by f.rowid {'desc' if backwards else 'asc'} limit ? offset ?"
    )
    given = (match.expression, match.low, match.high, *checked, limit, start)
    return [rank for (rank,) in connection.execute(sql, given)]


def _checks(match: _Match) -> tuple[str, list[str]]:
    """Return SQL conditions, with their parameters, on what the tags cannot tell: part of a name, days of the papers."""
    sql, given = "", list[str]()
    if match.form:
        sql += "and exists (select 1 from listed l cross join names n on n.entity_id = l.id where l.rank = f.rowid and instr(n.form, ?)) "
        given.append(match.form)
    if match.seen:
        seen = " union all ".join(
            f"select 1 from [{kind.table}] e where l.kind = '{kind.label}' and e.id = l.id and e.last_seen >= ? and e.first_seen <= ?"
            for kind in KINDS.values()
        )
        sql += f"and exists (select 1 from listed l where l.rank = f.rowid and exists ({seen})) "
        given += [*match.seen] * len(KINDS)
    return sql, given


def _exact(connection: sqlite3.Connection, asked: ListQuestion) -> int | None:
    """Return how much there is when a summary knows it: of everything, of what is usual, or of that with one tag more."""
    beyond = (asked.name, asked.words, asked.entity, asked.since, asked.until, asked.order.backwards)
    if any(beyond):
        return None
    chosen, narrowed = dict(asked.chosen), asked.narrowed()
    if not chosen:
        return int(scalar(connection, "select n from totals where name = ?", (asked.listing.table,)) or 0)
    if len(narrowed) > 1 or narrowed.keys() & asked.listing.usual.keys():
        return None
    name, value = next(iter(narrowed.items() or chosen.items()))
    sql = "select n from listed_choices where kind = ? and name = ? and value = ?"
    return int(scalar(connection, sql, (asked.listing.kind, name, value)) or 0)


_SENTENCES = {
    "event": "select r.event_id, r.evidence from {} cross join event_reports r on r.article_id = a.id where r.event_id is not null",
    "quote": "select x.id, x.text from {} cross join quotes x on x.article_id = a.id",
    "figure": (
        "select x.id, coalesce(x.subject, '') || ' ' || case when x.field = 'body' then substr(a.body, max(x.start - 40, 0) + 1, x.end - x.start + 80) "
        "else x.text end from {} cross join figures x on x.article_id = a.id"
    ),
}
"""Where words are looked for, by kind of fact."""


def _with_words(connection: sqlite3.Connection, asked: ListQuestion) -> tuple[list[int], bool]:
    """Return the ranks of the facts whose sentences hold the words, and whether only a part of the articles was read."""
    query = q.parse(asked.words)
    read = [row for (row,) in connection.execute(
        f"select rowid from {fts.TABLE} where {fts.TABLE} match ? order by rowid desc limit {_READ + 1}", (q.expression(query),))]  # fmt: skip
    articles = "json_each(?) j cross join articles a on a.rowid = j.value"
    groups = [[fts.fold(word) for word in group] for group in query.groups]
    excluded = [fts.fold(word) for word in query.excluded]
    found = {
        identity for identity, sentence in connection.execute(_SENTENCES[asked.listing.kind].format(articles), (json.dumps(read[:_READ]),))
        if _holds(fts.fold(sentence), groups, excluded)
    }  # fmt: skip
    sql = "select l.rank from json_each(?) j cross join listed l on l.id = j.value and l.kind = ?"
    return [rank for (rank,) in connection.execute(sql, (json.dumps(list(found)), asked.listing.kind))], len(
        read
    ) > _READ


def _holds(sentence: str, groups: list[list[str]], excluded: list[str]) -> bool:
    return all(any(word in sentence for word in group) for group in groups) and not any(
        word in sentence for word in excluded
    )


def _ids(connection: sqlite3.Connection, ranks: list[int]) -> list[str]:
    sql = "select l.id from json_each(?) j cross join listed l on l.rank = j.value order by j.key"
    return [identity for (identity,) in connection.execute(sql, (json.dumps(ranks),))]


@dataclass(frozen=True, slots=True)
class ListChoice:
    """A value that a list may be narrowed to, with the number of things that carry it when nothing else is chosen."""

    value: str
    count: int | None


def choices(connection: sqlite3.Connection, asked: ListQuestion) -> dict[str, list[ListChoice]]:
    """Return the values of each filter, the most frequent first, editions in order."""
    found: dict[str, list[ListChoice]] = {}
    for name in asked.listing.choices:
        bare = not {**asked.query(), name: "", "sort": ""}.keys() - {name, "sort"}
        sql = (
            "select value, n from listed_choices where kind = ? and name = ? order by n desc, value limit 120"
        )
        values = [
            ListChoice(value, count if bare else None)
            for value, count in connection.execute(sql, (asked.listing.kind, name))
        ]
        given = dict(asked.chosen).get(name)
        if given and name not in asked.listing.usual and given not in {choice.value for choice in values}:
            values.append(ListChoice(given, None))
        found[name] = sorted(values, key=lambda c: (len(c.value), c.value)) if name == "edition" else values
    return found
