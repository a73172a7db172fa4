"""What the coverage says of an enterprise: its trade, its country, its investments in China, each with its words."""

from __future__ import annotations

import pytest

from miner.desk.told import statements

NAME = "远岚公司"


def said(text: str, *others: tuple[str, str]) -> list[tuple[str, str]]:
    """Return what a text says of 远岚公司; `others` are further names in it, with their labels."""
    names = [(text.index(NAME), text.index(NAME) + len(NAME), "enterprise", "e")]
    for name, label in others:
        names.append(
            (text.index(name), text.index(name) + len(name), label, None if label == "person" else name)
        )
    found = [(one, told) for one, told in statements(text, sorted(names)) if one == "e"]
    for _, told in found:
        assert text[told.span.start : told.span.end] == told.value
    return [(told.kind, told.value) for _, told in found]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("全球领先的轴承制造商远岚公司到场。", [("business", "全球领先的轴承制造商"), ("industry", "轴承")]),
        (
            "智利三文鱼企业远岚公司到场。",
            [("business", "智利三文鱼企业"), ("industry", "三文鱼"), ("country", "智利")],
        ),
        ("来自葡萄牙的远岚公司到场。", [("country", "葡萄牙")]),
        (
            "作为全球功率半导体巨头，远岚公司到场。",
            [("business", "全球功率半导体巨头"), ("industry", "功率半导体")],
        ),
        (
            "远岚公司是一家全球领先的泵阀制造商，去年到场。",
            [("business", "全球领先的泵阀制造商"), ("industry", "泵阀")],
        ),
        ("远岚公司成立于1990年，主营轴承与泵阀。", [("business", "主营轴承与泵阀")]),
        ("远岚公司（600000）主营业务：轴承、泵阀的生产和销售。", [("business", "轴承、泵阀的生产和销售")]),
        ("远岚公司深耕清洁能源领域，今年再来。", [("business", "深耕清洁能源领域")]),
        ("远岚公司总部位于瑞士。", [("country", "瑞士")]),
        ("远岚公司目前在华投资总额超过3亿欧元。", [("investment", "在华投资总额超过3亿欧元")]),
        ("远岚公司拟在无锡追加投资2亿美元，扩建产线。", [("investment", "拟在无锡追加投资2亿美元")]),
        ("远岚公司将在青浦设立声控家电实验室。", [("investment", "将在青浦设立声控家电实验室")]),
        ("首次参展的半导体公司远岚公司到场。", [("business", "半导体公司"), ("industry", "半导体")]),
        ("成立于1851年的果蔬品牌——远岚公司到场。", [("business", "果蔬品牌"), ("industry", "果蔬")]),
        (
            "乳制品生产龙头企业远岚公司到场。",
            [("business", "乳制品生产龙头企业"), ("industry", "乳制品生产")],
        ),
        (
            "韩国最大的轴承制造商远岚公司到场。",
            [("business", "韩国最大的轴承制造商"), ("industry", "轴承"), ("country", "韩国")],
        ),
        ("深耕中国市场已近30年的德国品牌远岚公司到场。", [("country", "德国")]),
        ("全球化电气企业远岚公司到场。", [("business", "全球化电气企业"), ("industry", "电气")]),
        (
            "工业泵阀领域的跨国巨头远岚公司到场。",
            [("business", "工业泵阀领域的跨国巨头"), ("industry", "工业泵阀")],
        ),
        (
            "远岚公司是母婴行业的代表企业，今年再来。",
            [("business", "母婴行业的代表企业"), ("industry", "母婴")],
        ),
        (
            "远岚公司作为全球最大的轴承制造商，今年再来。",
            [("business", "全球最大的轴承制造商"), ("industry", "轴承")],
        ),
        (
            "远岚公司创立于1882年，一百多年里发展成为全球领先的护肤公司。",
            [("business", "全球领先的护肤公司"), ("industry", "护肤")],
        ),
        ("远岚公司成立于2013年，总部位于瑞士苏黎世。", [("country", "瑞士")]),
        ("远岚公司于2017年在阿联酋成立，今年再来。", [("country", "阿联酋")]),
        ("远岚公司创立于1993年，业务涵盖地产开发、物业管理。", [("business", "业务涵盖地产开发、物业管理")]),
        ("远岚公司是其中之一，公司在沪设立了研发中心。", [("investment", "在沪设立了研发中心")]),
        ("远岚公司是老朋友，中国总部位于浦东。", [("investment", "中国总部位于浦东")]),
        ("位于临港新片区的远岚公司超级工厂开门。", [("investment", "位于临港新片区的远岚公司超级工厂")]),
        ("远岚公司上海康桥工厂三期落成。", [("investment", "上海康桥工厂三期落成")]),
        ("远岚公司增资4亿美元，扩大在华业务。", [("investment", "增资4亿美元，扩大在华业务")]),
        (
            "远岚公司计划未来几年对位于中国西安的工厂投资逾43亿元人民币。",
            [("investment", "中国西安的工厂投资逾43亿元人民币")],
        ),
    ],
)
def test_what_is_said(text: str, wanted: list[tuple[str, str]]) -> None:
    assert said(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "远岚公司是本届进博会首批签约企业。",
        "韩国多家企业加紧与科技巨头远岚公司的合作。",
        "远岚公司是一家德资企业。",
        "远岚公司深耕中国市场三十年。",
        "远岚公司主营收入9.94亿元。",
        "远岚公司未在华投资3亿元。",
        "远岚公司在匈牙利设立研发中心。",
        "知名海外华商企业远岚公司到场。",
        "驻德国远岚公司的人到场。",
        "当地龙头企业远岚公司到场。",
        "首批参展企业远岚公司到场。",
        "合营公司远岚公司到场。",
        "主要供应商远岚公司到场。",
        "出口尼泊尔的远岚公司滞留。",
        "远岚公司主营业务不包括泵阀业务。",
        "远岚公司此前在中国大陆成立了一家合资企业。",
        "远岚公司业务覆盖范围为山东。",
        "远岚公司在欧洲拥有11个办事处。",
    ],
)
def test_what_says_nothing_of_it(text: str) -> None:
    assert said(text) == []


def test_what_is_said_of_another_is_not_said_of_it() -> None:
    assert said("远岚公司与青石公司签约，主营轴承的青石公司在华投资3亿元。", ("青石公司", "enterprise")) == []
    text = "远岚公司隶属于青石集团，主营轴承。"
    assert said(text, ("青石集团", "enterprise")) == [("business", "主营轴承")]
    text = "远岚公司为青石集团在华设立的全资子公司，主营业务为轴承加工。"
    assert ("business", "轴承加工") in said(text, ("青石集团", "enterprise"))
    text = "远岚公司总经理周启航说：“我们在华投资已超过20亿元。”"
    assert said(text, ("周启航", "person")) == [("investment", "在华投资已超过20亿元")]
