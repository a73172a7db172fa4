"""The enterprise information base: country, trade, main business and investments in China, as the coverage says them.

What is read stands in a sentence beside the name: an apposition before it (全球领先的轴承制造商甲公司), what is said of it
behind it (甲公司主营…, 甲公司是德国…企业), what it has put into China (甲公司在华投资超过20亿元). Each statement keeps the place of
its words; what the lexicons know stands apart (`origin`). A clause that denies, asks or supposes states nothing.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import NamedTuple

from miner.language.lexicon import alternatives, load_lexicon
from miner.offsets import Span, stable_id
from miner.store import kept
from miner.store.schema import index_sql
from miner.store.tables import Column, Table, reference

KINDS = {"country": "国家地区", "industry": "行业", "business": "主营", "investment": "在华投资"}
ORIGINS = {"read": "报道", "lexicon": "词库"}
TABLE = Table(
    "enterprise_statements",
    "企业信息库",
    "报道所述企业的国家、行业、主营与在华投资,每条附原句位置;词库所知另列 / what the coverage, or a lexicon, says of an enterprise",
    (
        Column("id", "text primary key", "标识 / id"),
        Column("enterprise_id", reference("enterprises", null=False), "企业 / enterprise"),
        Column(
            "kind",
            "text not null",
            "种类:country 国家地区、industry 行业、business 主营、investment 在华投资 / kind",
        ),
        Column("value", "text not null", "所述 / what is said"),
        Column(
            "origin",
            "text not null check (origin in ('read', 'lexicon'))",
            "来源:read 报道、lexicon 词库 / origin",
        ),
        Column("article_id", reference("articles"), "所在文章 / article"),
        Column("start", "integer", "正文起始字符 / first character in the body"),
        Column("end", "integer", "正文结束字符 / end character in the body"),
        Column("sentence", "text", "原句 / sentence"),
        Column("n_articles", "integer not null default 1", "这样说的文章数 / articles that say so"),
    ),
    label="value",
    facets=("kind", "origin"),
    indexes=(("enterprise_id",), ("article_id",), ("kind",)),
)
_SENTENCE = re.compile("[。！？\n]")
_BEFORE, _AFTER, _LONGEST = 60, 120, 40
"""Characters before and after a name that are looked at, and of a value."""
_INSIDE = "[^，。；：！？“”（）()《》\n]"
_NOT_TRADE = frozenset("的于之最0123456789")
_LEAST_TRADE, _LONGEST_TRADE = 2, 12
_NUMBER = r"[\d０-９][\d,.，．０-９]*"


@dataclass(frozen=True, slots=True)
class Statement:
    """What is said of an enterprise: the words, where they come from, and where they stand (None for what a lexicon knows)."""

    kind: str
    value: str
    origin: str
    article_id: str | None
    start: int | None
    end: int | None
    text: str
    """The sentence."""
    headline: str
    published: str | None
    n_articles: int


def statements_of(connection: sqlite3.Connection, enterprise_id: str, *, most: int = 50) -> list[Statement]:
    """Return what is said of an enterprise: what most articles say first, the lexicons' knowledge before all."""
    if not kept.has(connection, TABLE.name):
        return []
    rows = connection.execute(
        f"select s.kind, s.value, s.origin, s.article_id, s.start, s.[end], coalesce(s.sentence, ''), coalesce(a.headline, ''),"
        f" a.published, s.n_articles from [{TABLE.name}] s left join articles a on a.id = s.article_id where s.enterprise_id = ?"
        " order by s.origin, s.n_articles desc, a.published desc, s.id limit ?",
        (enterprise_id, most),
    )
    return [Statement(*row) for row in rows.fetchall()]


class Said(NamedTuple):
    """A statement about a name: its kind, its words and where they stand in the body."""

    kind: str
    value: str
    span: Span


class _Name(NamedTuple):
    """A name in a body: where it stands, what sort of name, and the enterprise it was resolved to."""

    start: int
    end: int
    label: str
    enterprise: str | None


@dataclass(frozen=True, slots=True)
class _Around:
    """The sentence around a name: what stands before and after it, and where that begins in the body."""

    before: str
    before_at: int
    after: str
    after_at: int
    cut: bool
    """Whether the sentence goes on with another name, so that what runs up to it is not whole."""


def statements(body: str, names: Iterable[tuple[int, int, str, str | None]]) -> Iterator[tuple[str, Said]]:
    """Yield what a body says of its enterprises: the enterprise's id with each statement.

    `names` are start, end, label and enterprise id of the mentions in the body, in their order.

    >>> body = "全球领先的轴承制造商甲公司在华投资超过20亿元。"
    >>> [(said.kind, said.value) for _, said in statements(body, [(10, 13, "enterprise", "e")])]
    [('business', '全球领先的轴承制造商'), ('industry', '轴承'), ('investment', '在华投资超过20亿元')]
    """
    found = [_Name(*name) for name in names]
    for number, name in enumerate(found):
        if name.label == "enterprise" and name.enterprise is not None:
            around = _around(body, name, found[number - 1] if number else None, found[number + 1 :])
            for said in (*_before(around), *_after(around)):
                yield name.enterprise, said


def _around(body: str, name: _Name, last: _Name | None, following: Iterable[_Name]) -> _Around:
    """Cut out the sentence: before a name back to the name before it, after it on to the next enterprise or body."""
    start = max(name.start - _BEFORE, 0)
    if last is not None and last.label != "place":
        start = max(start, last.end)
    before = _SENTENCE.split(body[start : name.start])[-1]
    after = _SENTENCE.split(body[name.end : name.end + _AFTER])[0]
    whole = len(after)
    for other in following:
        if other.start >= name.end + len(after):
            break
        if other.label in ("enterprise", "organization") and other.enterprise != name.enterprise:
            after = after[: other.start - name.end]
            break
    cut = len(after) < whole or whole == _AFTER
    return _Around(before, name.start - len(before), after, name.end, cut)


def _before(around: _Around) -> Iterator[Said]:
    text = around.before
    for found in _words()["apposition"].finditer(text):
        if _is_apposition(found["value"]):
            yield from _as_business(found["value"], around.before_at + found.start("value"))
            break
    as_what = _words()["as_what"].search(text)
    if as_what and _tells_trade(as_what["value"]):
        yield from _as_business(as_what["value"], around.before_at + as_what.start("value"))
    country = _words()["from_country"].search(text)
    if (
        country
        and _set("stops").isdisjoint(_told(country[0]))
        and text[: country.start()][-1:] not in _set("not_from")
    ):
        at = around.before_at + country.start("country")
        yield Said("country", country["country"], Span(at, at + len(country["country"])))


def _after(around: _Around) -> Iterator[Said]:
    text = around.after
    what = _words()["is_what"].match(text)
    if what and _tells_trade(what["value"]) and not _denied(what[0]):
        yield from _as_business(what["value"], around.after_at + what.start("value"))
    yield from _does(around)
    country = _words()["is_from"].match(text)
    if country:
        at = around.after_at + country.start("country")
        yield Said("country", country["country"], Span(at, at + len(country["country"])))
    yield from _invested(around)


def _does(around: _Around) -> Iterator[Said]:
    for pattern in ("main_trade", "does"):
        found = _words()[pattern].match(around.after)
        if found is None or not _is_whole(found, around) or _denied(found[0]):
            continue
        value, at = _short(found["value"]), around.after_at + found.start("value")
        passing = found.string[: found.start("value")] + ("" if pattern == "main_trade" else value)
        if not _is_passing(passing):
            yield Said("business", value, Span(at, at + len(value)))
            return


def _is_whole(found: re.Match[str], around: _Around) -> bool:
    return not (around.cut and found.end() == len(around.after))


def _short(value: str) -> str:
    """Return a list of trades without what would make it long, cut where one ends."""
    if len(value) > _LONGEST:
        end = max(value.rfind(mark, 0, _LONGEST) for mark in "、,，")
        value = value[: end if end > 0 else _LONGEST]
    return value.rstrip("、,，等 ")


def _is_apposition(value: str) -> bool:
    """Tell whether words before a name are one apposition: no clause within, and not what it is today and here."""
    return _set("stops").isdisjoint(_told(value)) and not _is_passing(value)


def _tells_trade(value: str) -> bool:
    """Tell whether 是… says what an enterprise does: by its kind, or by a trade where the kind alone says nothing."""
    if _is_passing(value):
        return False
    plain = value.removesuffix("之一")
    return (
        not plain.endswith(tuple(_set("generic")))
        or any(word in plain for word in _set("trade"))
        or bool(_words()["ornament"].match(plain))
    )


def _as_business(value: str, at: int) -> Iterator[Said]:
    """Yield what an apposition says: the business, and the trade where it is told in a few plain words."""
    kept = _words()["kind_at_end"].sub("", _words()["ornament"].sub("", value)).strip("的")
    if len(kept) < _LEAST_TRADE or _words()["capital"].fullmatch(kept):
        return
    yield Said("business", value, Span(at, at + len(value)))
    if len(kept) <= _LONGEST_TRADE and _set("stops").isdisjoint(kept) and not _NOT_TRADE & set(kept):
        where = at + value.find(kept)
        yield Said("industry", kept, Span(where, where + len(kept)))


def _told(value: str) -> str:
    return value.removeprefix("来自")


def _is_passing(value: str) -> bool:
    return any(word in value for word in _set("not_business"))


def _denied(text: str) -> bool:
    return any(word in text for word in _set("not_so"))


def _invested(around: _Around) -> Iterator[Said]:
    seen: set[int] = set()
    for pattern in ("puts", "sets_up", "builds"):
        for found in _words()[pattern].finditer(around.after):
            clause = around.after[: found.end()]
            if _denied(clause[max(len(clause) - 2 * _LONGEST, 0) :]) or not _in_china(found["where"]):
                continue
            if not _is_whole(found, around):
                continue
            if any(at in range(*found.span("value")) for at in seen):
                continue
            seen.add(found.start("value"))
            at = around.after_at + found.start("value")
            yield Said("investment", found["value"], Span(at, at + len(found["value"])))


def _in_china(where: str) -> bool:
    """Tell whether words of a place are of China.

    >>> _in_china("在华"), _in_china("在无锡"), _in_china("在匈牙利")
    (True, True, False)
    """
    if where in _set("in_china") or where == "中国":
        return True
    name = where.removeprefix("在").removeprefix("中国")
    return any(name[:size] in _chinese_places() for size in range(len(name), 1, -1))


@cache
def _chinese_places() -> frozenset[str]:
    entries = load_lexicon("places")
    abroad = {entry.name for entry in entries if entry.kind == "country" and entry.name != "中国"}
    return frozenset(
        form
        for entry in entries
        if entry.kind != "country" and entry.parent not in abroad and entry.name not in abroad
        for form in entry.forms()
        if len(form) >= 2
    )


@cache
def _set(name: str) -> frozenset[str]:
    return frozenset(_lexicon()[name])


def _lexicon() -> Mapping[str, tuple[str, ...]]:
    return {entry.name: entry.words for entry in load_lexicon("business")}


@cache
def _any(name: str) -> str:
    return alternatives(_lexicon()[name])


@cache
def _words() -> Mapping[str, re.Pattern[str]]:
    countries = "|".join(
        sorted({form for entry in load_lexicon("places") if entry.kind == "country" for form in entry.forms()},
               key=lambda form: (-len(form), form))
    )  # fmt: skip
    lead, kinds, aside = rf"(?:{_any('praise')}|{countries})", _any("kinds"), r"(?:（[^（）]{1,40}）)?"
    where = rf"(?P<where>{_any('in_china')}|在[\u4e00-\u9fff]{{2,10}}?)"
    some = rf"(?:{_any('about')})*(?:{_NUMBER}|(?:{_any('digits')}){{1,6}})(?:多|余)?"
    money = rf"{some}(?:{_any('magnitudes')})*(?:多|余)?(?:{_any('currencies')})"
    itself = f"(?:{_any('itself')})?"
    plan = "(?:拟|将|计划|宣布|已)?"
    patterns = {
        "apposition": rf"(?P<value>(?:来自)?{lead}{_INSIDE}{{0,18}}?(?:{kinds})(?:之一)?)(?=$)",
        "as_what": rf"(?:作为|身为)(?:一家|中国)?(?P<value>{_INSIDE}{{3,30}}?(?:{kinds})(?:之一)?)，$",
        "from_country": rf"(?P<country>{countries})(?:的?(?:[^，。；：、！？“”（）的]{{0,14}}(?:{kinds}))?|的)$",
        "is_what": rf"{aside}，?是(?:一家|一个|家)?(?P<value>{_INSIDE}{{2,36}}?(?:{kinds})(?:之一)?)(?=[，；]|$)",
        "main_trade": rf"{aside}{itself}主营业务(?:包括|包含)?：(?:本?公司)?(?:是|为)?(?P<value>[^。；\n]{{3,}})",
        "does": rf"{aside}{itself}(?:{_INSIDE}{{0,16}}，)?{itself}(?:{_any('mostly')})*"
        rf"(?P<value>(?:{_any('does')})(?!(?:业务)?(?:收入|[：:])|的){_INSIDE}{{2,}}"
        rf"|(?:{_any('devoted')}){_INSIDE}{{0,30}}(?:{_any('trade')}){_INSIDE}*)",
        "is_from": rf"{aside}，?(?:是一家来自|是一家|来自|总部位于|总部设在)(?P<country>{countries})",
        "puts": rf"(?P<value>{plan}(?:{where}|中国){_INSIDE}{{0,14}}?(?:{_any('puts')}){_INSIDE}{{0,8}}?(?:{money}){_INSIDE}{{0,16}})",
        "sets_up": rf"(?P<value>{plan}{where}{_INSIDE}{{0,12}}?(?:{_any('sets_up')})了?{_INSIDE}{{0,22}}?(?:{_any('sites')}))",
        "builds": rf"(?P<value>{plan}(?:{_any('puts')})(?:{money})(?:{_any('sets_up')})(?P<where>[\u4e00-\u9fff]{{2,6}}?)的?"
        rf"{_INSIDE}{{0,16}}?(?:{_any('sites')}))",
        "ornament": rf"^(?:来自|一家|{_any('praise')}|{countries}|的|级)+",
        "kind_at_end": rf"(?:{kinds})+(?:之一)?$",
        "capital": rf"[\u4e00-\u9fff]资|{_any('capital')}",
    }
    return {name: re.compile(pattern) for name, pattern in patterns.items()}


def fill_base(connection: sqlite3.Connection) -> None:
    """Fill the table of statements anew from the facts of a database. The caller holds the transaction."""
    connection.execute(f"drop table if exists [{TABLE.name}]")
    connection.execute(TABLE.create_sql())
    connection.executemany(_INSERT, _known(connection))
    connection.executemany(_INSERT + _AGAIN, _read(connection))
    for statement in index_sql((TABLE,)):
        connection.execute(statement)


def ensure_base(connection: sqlite3.Connection) -> None:
    """Fill the table of statements where an older program left none."""
    if not kept.has(connection, TABLE.name):
        with connection:
            fill_base(connection)


_INSERT = (
    f"insert into [{TABLE.name}] (id, enterprise_id, kind, value, origin, article_id, start, [end], sentence)"
    " values (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_AGAIN = " on conflict (id) do update set n_articles = n_articles + (article_id is not excluded.article_id)"
_Row = tuple[str, str, str, str, str, str | None, int | None, int | None, str | None]


def _known(connection: sqlite3.Connection) -> Iterator[_Row]:
    """Yield what the lexicons know of the enterprises."""
    entries = {entry.name: entry for entry in load_lexicon("enterprises")}
    rows = connection.execute(
        "select distinct entity_id, known_as from local_entities where label = 'enterprise' and known_as is not null"
        " and entity_id is not null order by 1, 2"
    ).fetchall()
    seen = set()
    for enterprise, known_as in rows:
        entry = entries.get(known_as)
        for kind in ("country", "industry") if entry is not None else ():
            value = getattr(entry, kind)
            key = stable_id("statement", enterprise, kind, value, "lexicon")
            if value and key not in seen:
                seen.add(key)
                yield key, enterprise, kind, value, "lexicon", None, None, None, None


def _read(connection: sqlite3.Connection) -> Iterator[_Row]:
    rows = connection.execute(
        "select a.id, a.body, m.start, m.end, m.label, m.enterprise_id from articles a join mentions m on m.article_id = a.id"
        " where m.field = 'body' and a.duplicate_of is null order by a.published is null, a.published desc, a.id, m.start"
    )
    for (article, body), found in groupby(rows, key=lambda row: (row[0], row[1])):
        names = [tuple(row)[2:] for row in found]
        for enterprise, said in statements(body, names):
            key = stable_id("statement", enterprise, said.kind, said.value, "read")
            told = sentence(body, said.span.start)
            yield (
                key,
                enterprise,
                said.kind,
                said.value,
                "read",
                article,
                said.span.start,
                said.span.end,
                told,
            )


def sentence(body: str, at: int) -> str:
    """Return the sentence of a body that a character stands in."""
    start = max(body.rfind(mark, 0, at) for mark in "。！？\n") + 1
    ends = [end for end in (body.find(mark, at) for mark in "。！？\n") if end >= 0]
    return body[start : min(ends) + 1 if ends else len(body)].strip()
