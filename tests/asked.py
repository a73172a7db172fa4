"""A small archive for tests that ask: three papers of the fifth expo, one of them printing what another wrote."""

from __future__ import annotations

from pathlib import Path

from miner.config import Config
from miner.engine import run_paths

STORY = """旭化成签约落户长宁
2022-11-08 浦江日报

第五届进博会正在国家会展中心举行。11月7日，旭化成（中国）投资有限公司（以下简称“旭化成”）与长宁区人民政府签署合作协议，金额3.5亿元。
旭化成（中国）投资有限公司总经理周启航说：“我们在长宁找到了第二个家。”他介绍，新材料展台每天接待上千名观众。
长宁区副区长陆亦舟表示，区里为企业准备了一站式服务。
"""
OTHER = """新材料成了热门展台
2022-11-09 滨江时报

第五届进博会进入第四天。旭化成（中国）投资有限公司参展本届进博会，带来可降解隔膜。
“观众问得最多的是价格。”旭化成总经理周启航说。
"""
LATER = """旭化成再来上海
2023-11-07 浦江日报

第六届进博会上，旭化成（中国）投资有限公司发布新一代透析膜。该公司副总经理山本健一郎表示，明年将扩大产能。
"""


def asked_archive(folder: Path) -> Path:
    """Mine the three papers into a database below a folder and return its path."""
    papers = folder / "papers"
    papers.mkdir()
    for name, text in (("a.txt", STORY), ("b.txt", OTHER), ("c.txt", LATER)):
        (papers / name).write_text(text, encoding="utf-8")
    database = folder / "expo.db"
    run_paths([str(papers)], database, Config(layout="article"))
    return database
