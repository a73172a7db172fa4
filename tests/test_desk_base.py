"""What the coverage says of an enterprise: its trade, its country, its investments in China, each with its words."""

from __future__ import annotations

import pytest

from miner.desk.base import statements

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
    ],
)
def test_what_says_nothing_of_it(text: str) -> None:
    assert said(text) == []


def test_what_is_said_of_another_is_not_said_of_it() -> None:
    assert said("远岚公司与青石公司签约，主营轴承的青石公司在华投资3亿元。", ("青石公司", "enterprise")) == []
    text = "远岚公司总经理周启航说：“我们在华投资已超过20亿元。”"
    assert said(text, ("周启航", "person")) == [("investment", "在华投资已超过20亿元")]
