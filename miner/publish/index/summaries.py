"""Summary tables: what pages and charts would else count anew at every visit. Rebuilt after each resolving."""

from __future__ import annotations

import sqlite3

from miner.language.editions import is_about_expo
from miner.language.figure_scope import OWN, told_of_whole_expo
from miner.language.gazetteer import words_of
from miner.offsets import Span
from miner.publish.index import listed as lists
from miner.publish.index.views import contradictions_sql
from miner.resolve import LISTED
from miner.store.schema import Column, Table, index_sql

DOUBTFUL = 0.7
"""An article rebuilt with less confidence is counted as doubtful."""

TOP_EVENTS = 60
"""Events that are kept of each expo, by reports and by amount."""

_EDITION = Column("edition", "integer not null", "第几届进博会 / which expo")

TABLES: tuple[Table, ...] = (
    Table(
        "totals", "总数", "各表的行数,供首页使用 / rows of each table, for the front page",
        (Column("name", "text primary key", "表名 / table"), Column("n", "integer not null", "行数 / rows")), label="name",
    ),
    Table(
        "coverage", "报道量", "各报各月的文章数与字数 / articles and characters by newspaper and month",
        (
            Column("newspaper", "text not null", "报纸;空为不详 / newspaper, empty when unknown"),
            Column("month", "text not null", "月份;空为不详 / month, empty when unknown"),
            Column("edition", "integer", "第几届进博会 / which expo"), Column("n_articles", "integer not null", "文章数 / articles"),
            Column("n_chars", "integer not null", "字数 / characters"), Column("n_expo", "integer not null", "以进博会为题的文章数 / articles about the expo"), Column("n_doubtful", "integer not null", "还原存疑的文章数 / doubtful articles"),
        ), facets=("newspaper", "edition"), sort="month", indexes=(("newspaper",), ("month",), ("edition",)),
    ),
    Table(
        "appearances", "见报", "某实体见于某篇文章,按日期可查 / an entity appears in an article",
        (
            Column("entity_id", "text not null", "企业、人物、机构或地点 / entity"), Column("published", "text not null", "见报日期;空为不详 / published"),
            Column("article_id", "text not null references [articles](id) on delete cascade", "文章 / article"),
            Column("label", "text not null", "类别 / label"), Column("edition", "integer", "第几届进博会 / which expo"),
            Column("n_mentions", "integer not null", "提及次数 / mentions"),
            Column("expo", "integer not null", "1 = 文章以进博会为题,或所写是它在进博会上的事 / about the expo, or about it at the expo"),
        ), extra=("primary key (entity_id, published, article_id)",), indexes=(("article_id",),), facets=("label", "edition"),
    ),
    Table(
        "edition_enterprises", "各届企业", "某企业在某届的报道与事件 / an enterprise at an expo",
        (
            _EDITION, Column("enterprise_id", "text not null references [enterprises](id) on delete cascade", "企业 / enterprise"),
            Column("n_articles", "integer not null", "报道篇数 / articles"), Column("n_events", "integer not null", "事件数 / events"),
            Column("exhibited", "integer not null", "1 有参展报道 / reported as an exhibitor"),
            Column("first_edition", "integer not null", "首次见报的届次 / first expo it appears at"),
            Column("first_exhibited", "integer", "本档案首见其参展的届次 / first expo at which this archive saw it exhibit"),
            Column("says_first", "integer", "1 = 文中写明首次参展 / 1 where a text says that it was its first"),
            Column("exhibited_report_id", "text", "说它参展的一条报道 / a report that tells it exhibited"),
            Column("says_first_report_id", "text", "写明首次参展的一条报道 / a report that says it was its first"),
        ), extra=("primary key (edition, enterprise_id)",), facets=("edition", "exhibited"), sort="n_articles",
        indexes=(("enterprise_id",), ("edition", "n_articles")),
    ),
    Table(
        "edition_days", "各届逐日", "某届某日某类事件的件数,持续几天的每天都计 / events of a type on a day; one of several days counts on each",
        (
            _EDITION, Column("date", "text not null", "日期 / date"), Column("type", "text not null", "事件类型 / event type"),
            Column("n_events", "integer not null", "件数 / events"),
        ), extra=("primary key (edition, date, type)",), facets=("edition", "type"), sort="date",
    ),
    Table(
        "edition_events", "各届大事", "某届报道最多的与金额最大的事件 / the most reported and the largest events of an expo",
        (
            _EDITION, Column("event_id", "text not null references [events](id) on delete cascade", "事件 / event"),
            Column("by_reports", "integer not null", "按报道数的名次 / place by reports"),
            Column("by_amount", "integer", "签约与采购按金额的名次 / place by amount"),
        ), extra=("primary key (edition, event_id)",), facets=("edition",), sort="by_reports", indexes=(("event_id",),),
    ),
    Table(
        "measures", "指标", "某届某指标的数值概况 / a measure at an expo",
        (
            Column("measure", "text not null", "指标 / measure"), Column("unit", "text not null", "单位 / unit"), _EDITION,
            Column("n_figures", "integer not null", "数字条数 / figures"), Column("n_values", "integer not null", "不同数值个数 / distinct values"),
            Column("low", "real", "最小值 / lowest"), Column("high", "real", "最大值 / highest"),
            Column("n_conflicts", "integer not null", "冲突对数 / conflicting pairs"), Column("n_roundings", "integer not null", "取整对数 / rounded pairs"),
        ), extra=("primary key (measure, unit, edition)",), facets=("edition", "unit"), sort="n_figures",
    ),
    Table(
        "edition_figures", "各届自身的数字", "写明是某届进博会自身的数字:每个指标的每个数值,有几篇文章这样写 / what articles tell of an expo as a whole",
        (
            _EDITION, Column("measure", "text not null", "指标 / measure"), Column("value", "real not null", "数值 / value"), Column("unit", "text not null", "单位 / unit"),
            Column("n_articles", "integer not null", "文章数 / articles"), Column("figure_id", "text not null references [figures](id) on delete cascade", "其中一处 / one of them"),
        ), extra=("primary key (edition, measure, value)",), facets=("edition", "measure"), sort="edition", indexes=(("figure_id",),),
    ),
    *lists.TABLES,
)  # fmt: skip

_ENTITY = "coalesce(m.enterprise_id, m.person_id, m.organization_id, m.place_id)"
_COUNTED = (
    "documents", "articles", "article_lines", "enterprises", "people", "organizations", "places", "aliases", "mentions", "posts",
    "events", "event_reports", "quotes", "figures", "problems", "judgements",
)  # fmt: skip

_NEAR = "substr(r.evidence, max(r.trigger_start - r.start - 10, 0) + 1, min(r.trigger_start - r.start, 10) + r.trigger_end - r.trigger_start + 4)"
_SAYS_FIRST = ":says_first:"
"""Whether the words right around an exhibition's trigger say that it was the first time: of exhibiting, not of showing a product."""

_AT_STAND = ":at_stand:"
"""Whether a sentence says that who was visited was visited where it exhibits."""

_ANY_ARTICLE = "m.article_id is not null"
_RETOLD = "article_id in (select id from temp.readdressed)"

_FILL = {
    "totals": " union all ".join(f"select '{name}', count(*) from [{name}]" for name in _COUNTED),
    "coverage": (
        "select coalesce(newspaper, ''), coalesce(substr(published, 1, 7), ''), edition, count(*), sum(n_chars), "
        f"sum(id in (select id from temp.about_expo)), sum(confidence < {DOUBTFUL}) from articles group by 1, 2, 3"
    ),
    "appearances": (
        f"select {_ENTITY}, coalesce(a.published, ''), m.article_id, m.label, a.edition, count(*), "
        f"(m.article_id in (select id from temp.about_expo)) or exists (select 1 from event_reports r join event_participants t on t.report_id = r.id "
        f"where r.article_id = m.article_id and r.edition is not null and coalesce(t.enterprise_id, t.person_id, t.organization_id, t.place_id) = {_ENTITY}) from mentions m "
        f"join articles a on a.id = m.article_id where {_ANY_ARTICLE} and {_ENTITY} is not null group by 1, 2, 3"
    ),
    "edition_enterprises": (
        f"with sure as (select id from enterprises where confidence is null or confidence >= {LISTED}), "
        "seen as (select edition, entity_id, count(*) as n from appearances where label = 'enterprise' and edition is not null and entity_id in sure group by 1, 2), "
        "told as (select e.edition, t.enterprise_id as entity_id, e.id as event_id, t.report_id, e.status <> 'negated' and (e.type = 'exhibition' and t.role = 'exhibitor' or e.type = 'visit' and t.role = 'visited' "
        f"and exists (select 1 from event_reports r where r.id = t.report_id and {_AT_STAND})) as shown "
        "from event_participants t join events e on e.id = t.event_id where e.edition is not null and t.enterprise_id in sure), "
        f"claims as (select t.edition, t.entity_id, min(t.report_id) as report_id from told t join event_reports r on r.id = t.report_id where t.shown and {_SAYS_FIRST} group by 1, 2), "
        "acts as (select edition, entity_id, count(distinct event_id) as n, max(shown) as shown, min(case when shown then report_id end) as report_id from told group by 1, 2), "
        "both as (select edition, entity_id, n as articles, 0 as events, 0 as shown, null as report_id from seen union all select edition, entity_id, 0, n, shown, report_id from acts) "
        "select b.edition, b.entity_id, sum(articles), sum(events), max(shown), "
        "min(b.edition) over (partition by b.entity_id), min(case when max(shown) then b.edition end) over (partition by b.entity_id), "
        "max(c.report_id is not null), max(b.report_id), max(c.report_id) "
        "from both b left join claims c on c.edition = b.edition and c.entity_id = b.entity_id group by b.edition, b.entity_id"
    ),
    "edition_days": (
        "with recursive days(edition, type, day, last, left) as ("
        "select edition, type, date, coalesce(date_end, date), 31 from events where edition is not null and date_precision = 'day' "
        "and date is not null and status <> 'negated' union all "
        "select edition, type, date(day, '+1 day'), last, left - 1 from days where date(day, '+1 day') <= last and left > 0) "
        "select edition, day, type, count(*) from days group by 1, 2, 3"
    ),
    "edition_events": (
        "select edition, id, by_reports, case when amount is not null then by_amount end from (select edition, id, amount, "
        "row_number() over (partition by edition order by n_reports desc, date_precision = 'day' desc, id) as by_reports, "
        "row_number() over (partition by edition order by case when type in ('signing', 'procurement', 'investment') then amount end desc, id) as by_amount "
        f"from events where edition is not null and status <> 'negated') where by_reports <= {TOP_EVENTS} or (amount is not null and by_amount <= {TOP_EVENTS})"
    ),
    "measures": (
        f"with pairs as (select measure, unit, edition, sum(kind = 'conflict') as c, sum(kind = 'rounding') as r from ({contradictions_sql()}) group by 1, 2, 3) "
        "select f.measure, f.unit, f.edition, count(*), count(distinct f.value), min(f.value), max(f.value), coalesce(max(p.c), 0), coalesce(max(p.r), 0) "
        "from figures f join articles a on a.id = f.article_id and a.duplicate_of is null left join pairs p on p.measure = f.measure and p.unit = f.unit and p.edition = f.edition "
        "where f.measure is not null and f.edition is not null group by 1, 2, 3"
    ),
}  # fmt: skip
"""How each table is filled, in this order: a later one may read an earlier one."""


def _says_first() -> str:
    """Return SQL for whether the words around a trigger say that it was the first time, of coming."""
    kinds = (sorted(words_of("first_time", kind)) for kind in ("first_time", "attending"))
    said = ([f"instr({_NEAR}, '{word}')" for word in words] for words in kinds)
    return " and ".join(f"({' or '.join(each)})" for each in said)


def _at_stand() -> str:
    """Return SQL for whether a sentence speaks of stands or of exhibitors."""
    said = (f"instr(r.evidence, '{word}')" for word in sorted(words_of("first_time", "stand")))
    return f"({' or '.join(said)})"


def create(connection: sqlite3.Connection) -> None:
    """Create the summary tables, empty, with their indexes."""
    for table in TABLES:
        present = [row[1] for row in connection.execute(f"pragma table_info([{table.name}])")]
        if present and present != [column.name for column in table.columns]:
            connection.execute(f"drop table [{table.name}]")  # of an older version: it is filled anew
        by_key = any(line.startswith("primary key") for line in table.extra)
        connection.execute(table.create_sql() + (", without rowid" if by_key else ""))
        for statement in index_sql((table,)):
            connection.execute(statement)
    lists.create(connection)


def rebuild(connection: sqlite3.Connection, *, since: bool = False) -> None:
    """Fill the summary tables anew from the archive as it is. Call it after resolving, before committing.

    `since`: the same program filled them the last time; what it found of names still holds, and entities appear where they did
    but for the articles in the temporary table `readdressed` that resolving left.
    """
    create(connection)
    _find_coverage(connection)
    for table in reversed(TABLES):
        if table not in lists.TABLES:
            which = f" where {_RETOLD}" if since and table.name == "appearances" else ""
            connection.execute(f"delete from [{table.name}]{which}")
    for name, sql in _FILL.items():
        said = sql.replace(_SAYS_FIRST, _says_first()).replace(_AT_STAND, _at_stand())
        if since and name == "appearances":
            said = said.replace(_ANY_ARTICLE, f"m.{_RETOLD}")
        connection.execute(f"insert into [{name}] {said}")
    _fill_own_figures(connection)
    lists.rebuild(connection, keep_sounds=since)


def _find_coverage(connection: sqlite3.Connection) -> None:
    """List the articles that are about the expo, in a temporary table."""
    connection.execute("drop table if exists temp.about_expo")
    connection.execute("create temp table about_expo (id text primary key) without rowid")
    found = connection.execute("select id, headline, body from articles")
    connection.executemany(
        "insert into temp.about_expo values (?)",
        ((article,) for article, headline, body in found if is_about_expo(headline or "", body)),
    )


def _fill_own_figures(connection: sqlite3.Connection) -> None:
    """Keep the figures whose sentence says that they are the expo's own, and which can be."""
    found: dict[tuple[int, str, float], dict[str, str]] = {}
    for measure, (unit, least) in OWN.items():
        sql = (
            "select f.edition, f.value, f.id, f.article_id, f.start, f.end, a.body from figures f join articles a on a.id = f.article_id "
            "where f.measure = ? and f.unit = ? and f.value >= ? and f.edition is not null and f.field = 'body' and a.duplicate_of is null order by f.article_id, f.start"
        )
        for edition, value, figure, article, start, end, body in connection.execute(
            sql, (measure, unit, least)
        ):
            if told_of_whole_expo(body, Span(start, end), measure, value=value):
                found.setdefault((edition, measure, value), {}).setdefault(article, figure)
    rows = (
        (edition, measure, value, OWN[measure][0], len(said), min(said.values()))
        for (edition, measure, value), said in found.items()
    )
    connection.executemany(
        "insert into edition_figures (edition, measure, value, unit, n_articles, figure_id) values (?, ?, ?, ?, ?, ?)",
        rows,
    )
