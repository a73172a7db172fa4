"""SQL views for people who write queries, and canned queries with Chinese titles and parameters."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass

from miner.store import words


@dataclass(frozen=True, slots=True)
class _Worded:
    """SQL with a name for SQL, and a title and a description for people."""

    name: str
    title: str
    about: str
    template: str

    @property
    def sql(self) -> str:
        """The SQL, with the words for codes filled in."""
        return _filled(self.template)


class SqlView(_Worded):
    """A view."""

    __slots__ = ()


class CannedQuery(_Worded):
    """A canned query; what stands as :name in its SQL is asked of the reader. An empty answer means any."""

    __slots__ = ()


_PARTIES = (
    "(select group_concat(name, '、') from (select distinct coalesce(n.name, g.name, p.name, t.name) as name "
    "from event_participants t left join enterprises n on n.id = t.enterprise_id "
    "left join organizations g on g.id = t.organization_id left join people p on p.id = t.person_id "
    "where t.event_id = e.id limit 40))"
)


def _place(row: str, *, start: str = "start", end: str = "end") -> str:
    """Return SQL for the address of the page where a row's characters are highlighted."""
    return (
        f"'/-/expo/article/' || {row}.article_id || '?' || case when {row}.field = 'body' then '' else 'field=' || {row}.field || '&' end "
        f"|| 'at=' || {row}.[{start}] || '-' || {row}.[{end}] || '#here'"
    )


_EVENT_SOURCE = f"(select {_place('r')} from event_reports r where r.event_id = e.id order by r.confidence desc, r.id limit 1) as source"
"""The sentence of an event: of the report that is surest."""
_CODES = "«»"
_SLOT = re.compile(r"«(?:(?P<column>\w+) (?P<value>[\w.]+))?»")
"""Where the Chinese of a code goes, or a table of all codes: filled in when the SQL is asked for, since lexicons are not read at
import."""


def _word(column: str, value: str) -> str:
    """Return the slot for the Chinese of a code."""
    return f"«{column} {value}»"


def _filled(template: str) -> str:
    return _SLOT.sub(lambda slot: _case(**slot.groupdict()) if slot["column"] else _codes(), template)


def _case(column: str, value: str) -> str:
    whens = " ".join(f"when '{code}' then '{title}'" for code, title in words.codes()[column].items())
    return f"case {value} {whens} else {value} end"


def _codes() -> str:
    return " union all ".join(
        f"select '{column}' as name, '{code}' as code, '{title}' as title"
        for column, titles in words.codes().items()
        for code, title in titles.items()
    )


_OWN = (
    "exists (select 1 from posts o where o.article_id = r.article_id and o.person_id = {0}.person_id and "
    "coalesce(o.enterprise_id, o.organization_id) = coalesce({1}.enterprise_id, {1}.organization_id))"
)
"""Whether somebody holds, in the same article, a post at the other party."""
_SAME_BODY = (
    "exists (select 1 from posts o join posts s on s.article_id = o.article_id and coalesce(s.enterprise_id, s.organization_id) = "
    "coalesce(o.enterprise_id, o.organization_id) where o.article_id = r.article_id and o.person_id = a.person_id and s.person_id = b.person_id)"
)
_SIDES = (
    "(a.role <> b.role or a.role = 'party' or (e.type = 'meeting' and not exists (select 1 from event_participants c "
    "where c.report_id = a.report_id and c.role <> a.role) and (a.enterprise_id is null or b.enterprise_id is null or not exists "
    "(select 1 from event_participants c where c.report_id = a.report_id and coalesce(c.person_id, c.organization_id) is not null))))"
)
"""Two parties faced each other: their roles differ, or they are parties to one contract, or a meeting tells no sides.

Firms that met somebody together did not meet each other.
"""
_WHO = (
    "coalesce((select name from enterprises where id = {0}.enterprise_id), (select name from people where id = {0}.person_id), "
    "(select name from organizations where id = {0}.organization_id), (select name from places where id = {0}.place_id), {0}.name)"
)
_KEY = "coalesce({0}.enterprise_id, {0}.person_id, {0}.organization_id, {0}.place_id, {0}.name)"
_NAMED = (
    "(select n.entity_id from names n where name_form(:name) <> '' and instr(n.form, name_form(:name)) > 0)"
)
"""The things whose name, in any written form, holds what was typed."""


_PAIRS = (
    "select c.id, c.kind, c.fact, coalesce(a.measure, b.measure) as measure, a.unit, c.edition, coalesce(a.comparison, '') as comparison, "
    "a.text as left_text, b.text as right_text, a.value as left_value, b.value as right_value, a.id as left_figure_id, b.id as right_figure_id, "
    "x.id as left_article_id, y.id as right_article_id, x.headline as left_headline, y.headline as right_headline, "
    "x.newspaper as left_newspaper, y.newspaper as right_newspaper, x.published as left_published, y.published as right_published, c.score, c.reasons, "
    f"{_place('a')} as left_source, {_place('b')} as right_source "
    "from figure_conflicts c join figures a on a.id = c.left_figure_id join figures b on b.id = c.right_figure_id "
    "join articles x on x.id = a.article_id join articles y on y.id = b.article_id where x.id <> y.id and (x.story_id is null or y.story_id is not x.story_id)"
)


def contradictions_sql(where: str = "") -> str:
    """Return SQL for the pairs of figures that resolving found to disagree; `where` narrows them by the columns of the view."""
    return f"select * from ({_PAIRS}) where {where}" if where else _PAIRS


VIEWS: tuple[SqlView, ...] = (
    SqlView(
        "event_list", "事件一览", "每件事一行,连同参与方的名称 / one event a row, with the names of those who took part",
        f"select e.id, e.type, e.title, e.date, e.edition, e.status, {_PARTIES} as parties, e.place, e.amount, e.amount_unit, e.n_reports, {_EVENT_SOURCE} from events e",
    ),
    SqlView(
        "exhibitors", "参展企业", "哪家企业参加了哪一届;first_exhibited 是本档案首见其参展的届次,says_first 为文中写明首次参展 / which enterprise exhibited at which expo, the first one in this archive, and whether a text says that it was its first",
        "select x.edition, x.enterprise_id, n.name, n.country, n.industry, x.n_events, x.n_articles, x.first_exhibited, "
        f"x.edition = x.first_exhibited as is_first, x.says_first, {_place('r')} as source from edition_enterprises x join enterprises n on n.id = x.enterprise_id "
        "left join event_reports r on r.id = coalesce(x.says_first_report_id, x.exhibited_report_id) where x.exhibited",
    ),
    SqlView("code_titles", "代码的中文", "事件类型、状态、身份、指标、机构类别等代码的中文 / Chinese for the codes in the tables", _CODES),
    SqlView(
        "signings", "签约与采购", "签约、采购、投资及其金额与各方 / signings, purchases and investments with amounts and parties",
        f"select e.id, e.type, e.date, e.edition, e.status, e.amount, e.amount_unit, {_PARTIES} as parties, e.title, e.n_reports, {_EVENT_SOURCE} "
        "from events e where e.type in ('signing', 'procurement', 'investment')",
    ),
    SqlView(
        "encounters", "谁见了谁", "同一次会见、走访、签约中相对的每一对参与方,每篇报道一行;同一方的人(同为来访者,或文中同属一家单位)不算见面 / pairs that faced each other in one meeting, visit or signing, a row for each report; members of one side do not count",
        f"select e.id as event_id, e.type, e.date, e.edition, e.status, {_WHO.format('a')} as left_name, a.role as left_role, {_WHO.format('b')} as right_name, "
        f"b.role as right_role, e.title, {_KEY.format('a')} as left_id, {_KEY.format('b')} as right_id, {_place('r')} as source from events e "
        "join event_participants a on a.event_id = e.id join event_reports r on r.id = a.report_id join event_participants b on b.report_id = a.report_id and b.id <> a.id "
        f"where e.type in ('meeting', 'visit', 'signing') and {_KEY.format('a')} <> {_KEY.format('b')} and {_SIDES} "
        f"and not {_OWN.format('a', 'b')} and not {_OWN.format('b', 'a')} and not {_SAME_BODY}",
    ),
    SqlView(
        "person_posts", "人物职务", "某人在某时的职务及出处 / a person's titles, when and where it says so",
        f"select p.person_id, n.name, p.title, p.organization_text, coalesce(e.name, g.name) as organization, p.date, p.article_id, a.headline, {_place('p')} as source "
        "from posts p join people n on n.id = p.person_id join articles a on a.id = p.article_id "
        "left join enterprises e on e.id = p.enterprise_id left join organizations g on g.id = p.organization_id",
    ),
    SqlView(
        "quotations", "引语一览", "谁说了什么,见于何处 / who said what, and where",
        "select q.id, coalesce(p.name, n.name, g.name, q.speaker) as speaker, q.text, q.direct, q.cue, a.published, a.newspaper, "
        f"q.article_id, a.headline, q.person_id, q.enterprise_id, q.organization_id, {_place('q')} as source from quotes q join articles a on a.id = q.article_id "
        "left join people p on p.id = q.person_id left join enterprises n on n.id = q.enterprise_id "
        "left join organizations g on g.id = q.organization_id",
    ),
    SqlView(
        "contradictions", "数字分歧",
        "两篇文章对同一事实给出的不同数字及其出处;kind:rounding 取整所致,conflict 确有出入 / figures of two articles about one fact that differ: by rounding, or in conflict",
        contradictions_sql(),
    ),
    SqlView(
        "source_lines", "正文溯源", "正文的每一段字符来自原文件的哪一行 / which raw line each part of a body comes from",
        "select l.article_id, a.headline, l.role, l.start, l.end, substr(a.body, l.start + 1, l.end - l.start) as rebuilt, l.text as raw, "
        "l.line, d.path, '/-/expo/article/' || l.article_id || case when l.[end] > l.start then '?at=' || l.start || '-' || l.[end] || '#here' else '' end as source "
        "from article_lines l join articles a on a.id = l.article_id join documents d on d.id = l.document_id",
    ),
    SqlView(
        "doubtful_articles", "存疑的还原", "还原把握低于 0.7 的文章及理由 / articles rebuilt with less than .7 confidence, and why",
        "select a.id, a.headline, a.confidence, a.reason, a.newspaper, a.published, a.page, d.path, "
        "'/-/expo/article/' || a.id as source from articles a join documents d on d.id = a.document_id where a.confidence < 0.7",
    ),
    SqlView(
        "alias_list", "别名一览", "每个别名指谁,从哪篇文章得知 / whom each alias means, and which article told",
        "select l.alias, l.kind, coalesce(n.name, p.name, g.name, c.name) as name, case when l.enterprise_id is not null then 'enterprise' "
        "when l.person_id is not null then 'person' when l.organization_id is not null then 'organization' else 'place' end as label, "
        "coalesce(l.enterprise_id, l.person_id, l.organization_id, l.place_id) as entity_id, l.article_id, "
        f"case when l.start is not null and l.field is not null then {_place('l')} end as source from aliases l "
        "left join enterprises n on n.id = l.enterprise_id left join people p on p.id = l.person_id "
        "left join organizations g on g.id = l.organization_id left join places c on c.id = l.place_id",
    ),
)  # fmt: skip

QUERIES: tuple[CannedQuery, ...] = (
    CannedQuery(
        "enterprises_of_country", "某国企业参加某一届", "填国家(如 瑞士)与届次(如 3);留空表示不限 / enterprises of a country at an expo",
        "select x.edition, x.name, x.country, x.industry, x.n_articles, x.first_exhibited, x.source from exhibitors x "
        "where (trim(:country) = '' or x.country = trim(:country)) and (trim(:edition) = '' or x.edition = cast(:edition as integer)) "
        "order by x.edition, x.n_articles desc, x.name",
    ),
    CannedQuery(
        "first_time_exhibitors", "本档案首见参展的企业",
        "在本档案的报道里第一次见到它参展的那一届,不等于它第一次参加进博会;says_first 为「是」的,原文写明首次。填届次;留空列出每一届 "
        "/ the first expo at which this archive saw an enterprise exhibit, which need not be its first",
        "select edition, name, country, industry, n_articles, says_first, source from exhibitors where is_first "
        "and (trim(:edition) = '' or edition = cast(:edition as integer)) order by edition, says_first desc, n_articles desc, name",
    ),
    CannedQuery(
        "several_editions", "见于多届的企业", "填最少参展届数(如 2);留空或 0 也列出只见报、没有参展报道的 / enterprises of more than one expo",
        "select n.name, n.country, n.industry, count(*) as n_editions, group_concat(x.edition, '、') as editions, sum(x.exhibited) as n_exhibited, "
        "group_concat(case when x.exhibited then x.edition end, '、') as exhibited_at, sum(x.n_articles) as n_articles, x.enterprise_id from "
        "(select * from edition_enterprises order by enterprise_id, edition) x join enterprises n on n.id = x.enterprise_id group by x.enterprise_id "
        "having count(*) > 1 and sum(x.exhibited) >= cast(:exhibited as integer) order by n_exhibited desc, n_editions desc, n_articles desc, n.name",
    ),
    CannedQuery(
        "who_met", "谁见过某人或某企业", "填名称或其中几个字(如 瓦锡兰、江宁),任何写法 / who met whom",
        f"select v.date, {_word('type', 'v.type')} as type, v.left_name as name, {_word('role', 'v.left_role')} as role, v.right_name as met, "
        f"{_word('role', 'v.right_role')} as met_role, v.title, v.event_id, v.source from encounters v "
        f"where v.event_id in (select event_id from event_participants t where t.enterprise_id in {_NAMED} or t.person_id in {_NAMED} or t.organization_id in {_NAMED}) "
        f"and v.left_id in {_NAMED} group by v.event_id, v.left_id, v.right_id order by v.date desc",
    ),
    CannedQuery(
        "signings_above", "超过某一金额的签约", "填金额(按原单位计的数值,如 100000000 为一亿) / signings above an amount",
        f"select date, {_word('type', 'type')} as type, amount, amount_unit, parties, title, {_word('status', 'status')} as status, n_reports, id as event_id, source from signings "
        "where trim(:amount) <> '' and amount >= cast(:amount as real) and status <> 'negated' order by amount desc",
    ),
    CannedQuery(
        "quotes_of", "某人或某企业说过的话", "填姓名、企业名或其中几个字(如 瓦锡兰),任何写法;企业与机构连同其代表 / quotations of a speaker, of a body also through its people",
        "select published, speaker, text, newspaper, headline, article_id, source from quotations "
        f"where person_id in {_NAMED} or enterprise_id in {_NAMED} or organization_id in {_NAMED} or exists (select 1 from posts p "
        f"where p.article_id = quotations.article_id and p.person_id = quotations.person_id and coalesce(p.enterprise_id, p.organization_id) in {_NAMED}) "
        "or (trim(:name) <> '' and instr(speaker, trim(:name)) > 0) order by published desc",
    ),
    CannedQuery(
        "posts_of", "某人历任职务", "填姓名或其中几个字(如 莱恩),任何写法 / the titles a person held",
        "select name, title, coalesce(organization, organization_text) as organization, min(date) as first_reported, max(date) as last_reported, "
        f"count(*) as reports, person_id, min(source) as source from person_posts where person_id in {_NAMED} group by person_id, 2, 3 order by first_reported",
    ),
    CannedQuery(
        "events_of", "某企业、某人参与的事件", "填名称或其中几个字(如 瓦锡兰),任何写法 / events of a name",
        f"select date, {_word('type', 'type')} as type, {_word('status', 'status')} as status, title, parties, n_reports, id as event_id, source from event_list where id in "
        f"(select event_id from event_participants t where t.enterprise_id in {_NAMED} or t.person_id in {_NAMED} or t.organization_id in {_NAMED} or t.place_id in {_NAMED}) "
        "order by date desc",
    ),
    CannedQuery(
        "figures_of", "某一指标历届的数值", "填指标中的几个字(如 参展企业、意向成交、展览面积) / values of a measure over the expos",
        f"select f.edition, {_word('measure', 'f.measure')} as measure, f.value, f.unit, f.qualifier, f.text, a.newspaper, a.published, f.article_id, {_place('f')} as source "
        "from figures f join articles a on a.id = f.article_id where trim(:measure) <> '' and f.measure in (select code from code_titles "
        "where name = 'measure' and (instr(title, trim(:measure)) > 0 or code = trim(:measure))) order by f.measure, f.edition, f.value",
    ),
    CannedQuery(
        "coverage_by_newspaper", "各报各届的报道量", "填届次(如 5);留空为全部 / articles by newspaper and expo",
        "select newspaper, edition, sum(n_articles) as articles, sum(n_chars) as characters from coverage "
        "where (trim(:edition) = '' or edition = cast(:edition as integer)) group by 1, 2 order by articles desc",
    ),
    CannedQuery(
        "full_text", "全文检索(SQL)", "填检索词(如 瓦锡兰 签署);在 SQL 中写 articles_fts match escape_fts(:words),与检索页同一套语法 / full text from SQL",
        "select a.headline, a.newspaper, a.published, a.n_chars, a.id as article_id, '/-/expo/article/' || a.id as source from articles a "
        "where a.rowid in (select rowid from articles_fts where articles_fts match escape_fts(:words)) order by a.published desc",
    ),
)  # fmt: skip


def create_views(connection: sqlite3.Connection) -> None:
    """Create the views, replacing older forms of them."""
    for view in VIEWS:
        connection.execute(f"drop view if exists [{view.name}]")
        connection.execute(f"create view [{view.name}] as {view.sql}")
