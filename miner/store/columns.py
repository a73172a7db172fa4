"""Columns that several tables share, and what the tables of things have in common."""

from __future__ import annotations

from miner.store.tables import Column, Table
from miner.store.tables import column as _c
from miner.store.tables import reference as _ref

__all__ = ["ARTICLE", "END", "ENTITY_REFS", "FIELD", "START", "entity_table"]

ARTICLE = _c("article_id", _ref("articles", null=False), "所在文章 / article")
FIELD = _c("field", "text not null default 'body'", "所在字段:body 正文、headline 标题、kicker 引题、subtitle 副题 / field")  # fmt: skip
START = _c("start", "integer not null", "起始字符(含),从 0 计 / first character, 0-based")
END = _c("end", "integer not null", "结束字符(不含) / end character, exclusive")
ENTITY_REFS = (
    _c("enterprise_id", _ref("enterprises", delete="set null"), "企业 / enterprise"),
    _c("person_id", _ref("people", delete="set null"), "人物 / person"),
    _c("organization_id", _ref("organizations", delete="set null"), "机构 / organization"),
    _c("place_id", _ref("places", delete="set null"), "地点 / place"),
)
_SEEN = (
    _c("n_mentions", "integer not null default 0", "被提及次数 / mentions"),
    _c("n_articles", "integer not null default 0", "被提及的文章数 / articles"),
    _c("first_seen", "text", "首次见报日期 / first seen"),
    _c("last_seen", "text", "最近见报日期 / last seen"),
    _c("pinyin", "text", "名称的拼音,排序用 / sounds of the name, to sort by"),
)


def entity_table(name: str, title: str, about: str, *more: Column, facets: tuple[str, ...] = ()) -> Table:
    """Return a table of things that the archive speaks of, with when and how often they are seen."""
    columns = (
        _c("id", "text primary key", "稳定标识 / stable id"),
        _c("name", "text not null", "最完整的名称 / fullest name"),
        *more,
        *_SEEN,
    )
    return Table(
        name,
        title,
        about,
        columns,
        label="name",
        facets=facets,
        sort="n_articles",
        indexes=(("name",), ("pinyin",), ("n_articles",), ("n_mentions",)),
    )
