"""Chinese for what Datasette's own pages show: tables, columns, values, comparisons, parameters of queries."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from miner.publish import archive
from miner.publish.index import views
from miner.publish.metadata import tables
from miner.publish.pages.lists import LISTINGS

_HEAD = re.compile(r"[^/:;,，；：(（]+")
_EXTRA = {
    "id": "标识", "parties": "各方", "left_name": "一方", "right_name": "另一方", "left_role": "一方身份", "right_role": "另一方身份", "met": "见到的人",
    "met_role": "其身份", "source": "出处", "left_source": "一处出处", "right_source": "另一处出处", "is_first": "本档案首见参展", "says_first": "文中写明首次",
    "organization": "单位", "first_reported": "最早见报", "last_reported": "最近见报", "reports": "报道数", "articles": "文章数", "characters": "字数", "score": "把握",
    "rebuilt": "还原的文字", "raw": "原始行", "left_text": "一处写法", "right_text": "另一处写法", "left_value": "一处数值", "right_value": "另一处数值",
    "left_headline": "一处文章", "right_headline": "另一处文章", "left_newspaper": "一处报纸", "right_newspaper": "另一处报纸", "left_published": "一处日期",
    "right_published": "另一处日期", "left_article_id": "一处文章标识", "right_article_id": "另一处文章标识", "left_figure_id": "一处数字", "right_figure_id": "另一处数字",
    "evidence": "证据句", "side": "哪一边", "first_exhibited": "首见参展的届次", "person_id": "人物", "article_id": "文章", "event_id": "事件", "Link": "链接",
    "country": "国家或地区", "speaker": "说话人", "headline": "标题", "edition": "届次", "name": "名称", "fact": "事实", "type": "类型", "role": "身份", "path": "文件",
    "date": "日期", "title": "概要", "text": "原文", "published": "日期", "newspaper": "报纸", "measure": "指标", "unit": "单位", "value": "数值", "n_articles": "文章数",
    "n_reports": "报道数", "n_events": "事件数", "kind": "种类", "label": "类别", "industry": "行业", "enterprise_id": "企业", "organization_id": "机构",
}  # fmt: skip
"""Columns of views and queries, and columns whose description begins with no good title."""
_LOOKUPS = {
    "exact": "＝", "not": "≠", "contains": "含有", "notcontains": "不含", "endswith": "结尾是", "startswith": "开头是", "gt": "＞", "gte": "≥", "lt": "＜", "lte": "≤",
    "like": "像", "notlike": "不像", "glob": "匹配", "in": "在其中", "notin": "不在其中", "arraycontains": "列表含有", "arraynotcontains": "列表不含", "date": "日期是",
    "isnull": "为空", "notnull": "不为空", "isblank": "是空白", "notblank": "不是空白",
}  # fmt: skip
_PARAMETERS = {
    "country": "国家或地区",
    "edition": "届次（数字）",
    "name": "名称",
    "amount": "金额（数值）",
    "measure": "指标",
    "words": "检索词",
}
_VALUES: Mapping[str, Mapping[str, str]] = {
    "type": archive.EVENT_TYPES, "status": {**archive.STATUSES, "ok": "成功", "failed": "失败"}, "role": archive.ROLES, "left_role": archive.ROLES,
    "right_role": archive.ROLES, "met_role": archive.ROLES, "same": {"1": "同一", "0": "不同"}, "direct": {"1": "直接引语", "0": "转述"},
    "label": {kind.label: kind.title for kind in archive.KINDS.values()}, "field": archive.FIELDS,
    "kind": {**archive.ORGANIZATION_KINDS, **archive.ALIAS_KINDS, "rounding": "取整不同", "conflict": "互相冲突", "also": "另有报道", "merged": "并入", "split": "分为几处", "event": "事件", "article": "文章",
             **{kind.label: kind.title for kind in archive.KINDS.values()}},
    "is_first": {"1": "是", "0": ""}, "says_first": {"1": "是", "0": ""}, "exhibited": {"1": "是", "0": ""}, "date_precision": {"day": "日", "month": "月", "year": "年", "none": "不详"},
    "source": {"rule": "规则", "user": "人工"},
}  # fmt: skip


@lru_cache(maxsize=1)
def _columns() -> Mapping[tuple[str, str], str]:
    found = {("person_posts", "title"): "职务", ("posts_of", "title"): "职务"}
    for table in tables():
        for column in table.columns:
            head = _HEAD.match(column.about)
            found[table.name, column.name] = (head.group() if head else column.about).strip()
            found.setdefault(("", column.name), found[table.name, column.name])
    return found


def column_title(table: str | None, column: str) -> str:
    """Return the Chinese title of a column of a table, a view or a query, or nothing when we know none.

    >>> column_title("articles", "published"), column_title(None, "parties"), column_title(None, "count(*)")
    ('见报日期', '各方', '')
    """
    known = _columns()
    return known.get((table or "?", column)) or _EXTRA.get(column) or known.get(("", column), "")


def value_title(column: str, value: str) -> str:
    """Return what a coded value means in Chinese; other values as they are.

    >>> value_title("type", "signing"), value_title("measure", "exhibitors_change"), value_title("country", "日本")
    ('签约', '参展企业的变化', '日本')
    """
    if column == "measure":
        return archive.measure_title(value)
    return _VALUES.get(column, {}).get(value, value)


@lru_cache(maxsize=1)
def template_words() -> dict[str, Any]:
    """Return what the templates of Datasette's pages may use."""
    listing = {listing.table: listing.address for listing in LISTINGS.values()}
    named = {table.name: table.title for table in tables()} | {view.name: view.title for view in views.VIEWS}
    return {
        "column_title": column_title, "value_title": value_title, "lookup_title": lambda key: _LOOKUPS.get(key, key),
        "parameter_title": lambda name: _PARAMETERS.get(name, ""), "listing_page": listing.get, "table_title": lambda name: named.get(name, ""),
    }  # fmt: skip
