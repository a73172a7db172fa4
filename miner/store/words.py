"""Chinese words for the codes that the tables hold: types, roles, states, measures, kinds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from miner.language.event_types import event_types


class _Titles(Mapping[str, str]):
    """Titles of event types by code, read from the lexicon when first asked for."""

    def __getitem__(self, code: str) -> str:
        return event_types()[code].title

    def __iter__(self) -> Iterator[str]:
        return iter(event_types())

    def __len__(self) -> int:
        return len(event_types())


EVENT_TYPES: Mapping[str, str] = _Titles()
STATUSES = {"done": "已发生", "planned": "计划", "negated": "未发生"}
ALIAS_KINDS = {"short": "简称", "full": "全称", "latin": "外文", "declared": "文中声明", "variant": "异写"}
MEASURES = {
    "intended_deals": "意向成交额", "contract_value": "签约金额", "investment": "投资额", "revenue": "营业收入", "trade_volume": "进出口额",
    "exhibition_area": "展览面积", "top500_exhibitors": "世界500强与龙头企业", "countries": "国家和地区", "international_organizations": "国际组织",
    "exhibitors": "参展企业", "new_products": "新产品新技术", "visitors": "观众", "professional_visitors": "专业观众与采购商", "trading_groups": "交易团",
    "journalists": "记者与媒体", "companies": "企业", "projects": "项目", "agreements": "协议与订单", "shops": "门店", "employees": "员工",
    "events_held": "活动", "patents": "专利",
}  # fmt: skip
ROLES = {
    "party": "签约方", "buyer": "买方", "seller": "卖方", "exhibitor": "参展方", "launcher": "发布方", "launched": "所发布", "visitor": "来访者",
    "visited": "受访者", "host": "主人", "attendee": "出席者", "founder": "创办方", "founded": "所成立", "investor": "投资方", "target": "投向",
    "winner": "获奖者", "awarder": "颁奖方", "appointee": "受任者", "body": "任职单位", "appointer": "任命方", "witness": "见证者", "participant": "参与者",
}  # fmt: skip
ORGANIZATION_KINDS = {
    "government": "政府", "party": "党委", "university": "高校", "association": "协会", "hospital": "医院", "institute": "研究机构",
    "international": "国际组织", "media": "媒体", "country": "国家或地区", "province": "省级行政区", "city": "城市", "district": "市辖区", "county": "县市", "region": "地区", "continent": "大洲",
    "venue": "场馆", "zone": "园区", "street": "街道乡镇",
}  # fmt: skip
CHANGE = "_change"
"""Ending of a measure that tells how much another one changed."""


def measure_title(measure: str | None) -> str:
    """Return the Chinese name of a measure; one without is returned as it is.

    >>> measure_title("exhibitors"), measure_title("exhibitors_change"), measure_title("咖啡")
    ('参展企业', '参展企业的变化', '咖啡')
    """
    name = measure or ""
    base = name.removesuffix(CHANGE)
    return MEASURES.get(name) or (f"{MEASURES[base]}的变化" if base in MEASURES else name)


def codes() -> Mapping[str, Mapping[str, str]]:
    """Return the words by the column that holds the codes."""
    measures = {name: measure_title(name) for base in MEASURES for name in (base, base + CHANGE)}
    return {
        "type": EVENT_TYPES,
        "status": STATUSES,
        "role": ROLES,
        "measure": measures,
        "kind": ORGANIZATION_KINDS,
    }
