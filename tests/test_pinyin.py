"""The order of names by their sounds: places and firms whose characters sound otherwise than in everyday words."""

from __future__ import annotations

import pytest

from miner.language.pinyin import sound_key


@pytest.mark.parametrize(
    ("name", "sounds"),
    [
        ("长宁区", "chang ning qu"),
        ("上海长宁", "shang hai chang ning"),
        ("长风生态商务区", "chang feng sheng tai shang wu qu"),
        ("长白山", "chang bai shan"),
        ("长三角", "chang san jiao"),
        ("长荣海运", "chang rong hai yun"),
        ("闵行", "min hang"),
        ("重固镇", "chong gu zhen"),
        ("重庆", "chong qing"),
        ("中联重科", "zhong lian zhong ke"),
        ("都昌县", "du chang xian"),
        ("朝阳区", "chao yang qu"),
        ("单县", "shan xian"),
        ("单位", "dan wei"),
        ("漯河", "luo he"),
        ("厦航", "xia hang"),
        ("大厦", "da sha"),
        ("卜蜂莲花", "bu feng lian hua"),
        ("奥的斯电梯", "ao di si dian ti"),
        ("中国银行上海市分行", "zhong guo yin hang shang hai shi fen hang"),
        ("行政", "xing zheng"),
        ("市长", "shi zhang"),
        ("董事长", "dong shi zhang"),
        ("Café长宁", "cafe chang ning"),
        ("ABB（中国）", "abb zhong guo"),
        ("托马斯·莱恩", "tuo ma si lai en"),
    ],
)
def test_sounds_of_names(name: str, sounds: str) -> None:
    assert sound_key(name) == sounds


@pytest.mark.parametrize(
    ("name", "sounds"),
    [
        ("单伟", "shan wei"),
        ("曾晓", "zeng xiao"),
        ("解放", "xie fang"),
        ("任长青", "ren chang qing"),
        ("卜蜂", "bu feng"),
    ],
)
def test_sounds_of_surnames(name: str, sounds: str) -> None:
    assert sound_key(name, surname=True) == sounds


def test_accents_and_case_do_not_part_names() -> None:
    names = ["Zara", "café Nord", "Élan", "Cafe Ost", "CAFÉ West", "长宁", "安亭"]
    assert sorted(names, key=sound_key) == [
        "安亭",
        "café Nord",
        "Cafe Ost",
        "CAFÉ West",
        "长宁",
        "Élan",
        "Zara",
    ]
