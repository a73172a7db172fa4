"""Real pages of a district newspaper, where the evaluation folder is present: the stories, names and posts a reader sees."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from miner.config import Config
from miner.engine import run_paths

STANDS = {"乐高", "迅销", "默沙东", "强生", "3M", "美利肯", "艾默生", "宜家家居", "嘉吉", "南侨", "乐斯福"}
OFFICIALS = {"张为", "宋海良", "庄木弟", "徐爱波", "曹立强", "钟晓咏", "王宏伟", "唐志俊"}


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory, shared_dir: Path) -> sqlite3.Connection:
    path = tmp_path_factory.mktemp("real") / "real.db"
    run_paths([str(shared_dir / "pages" / "*_*.txt")], path, Config())
    return sqlite3.connect(path)


def column(connection: sqlite3.Connection, sql: str) -> list[str]:
    return [row[0] for row in connection.execute(sql)]


def test_four_and_three_stories_with_the_right_heads(real: sqlite3.Connection) -> None:
    pages = {
        path: real.execute(
            "select kicker, headline, subtitle, byline from articles a join documents d on d.id = a.document_id where path = ? order by position",
            (path,),
        ).fetchall()
        for path in column(real, "select path from documents order by path")
    }
    first, second = (pages[path] for path in sorted(pages))
    assert first == [
        ("提前梳理近1900户参展企业", "165人“招商天团”精准对接，各显神通", None, "记者 王旭"),
        (None, "参研重大课题 服务家乡振兴", "记中国大学生自强之星施一丁", "记者 傅文婧"),
        ("与龙头企业、高等院校共商产业发展", "徐汇与上海市绿色低碳城市产业联盟签约", None, "记者 王旭"),
        ("进博会“新朋友”信心十足", "跟上“中国速度” 机遇不容错失", None, "记者 王旭"),
    ]
    assert second == [
        ("聚焦重点产业招商 排摸3000多家参展企业", "徐汇“招商天团”吹响集结号", None, None),
        (None, None, None, None),
        (None, "书记区长走进进博会调研徐汇参展企业", None, None),
    ]


def test_a_company_and_its_short_name_are_one(real: sqlite3.Connection) -> None:
    assert [n for n in column(real, "select name from enterprises") if "旭化成" in n] == [
        "旭化成（中国）投资有限公司"
    ]
    assert "旭化成" in column(real, "select alias from aliases where enterprise_id is not null")


def test_posts_of_the_signing(real: sqlite3.Connection) -> None:
    posts = real.execute(
        "select p.name, title, organization_text from posts join people p on p.id = person_id"
    ).fetchall()
    assert {name for name, _, _ in posts} >= OFFICIALS
    assert ("近藤修司", "董事长兼总经理") in {(name, title) for name, title, _ in posts}


def test_eleven_stands_are_eleven_enterprises(real: sqlite3.Connection) -> None:
    found = {
        row[0] for row in real.execute("select distinct m.text from mentions m where m.label = 'enterprise'")
    }
    assert found >= STANDS
    ids = column(
        real,
        "select distinct enterprise_id from mentions where label = 'enterprise' and text in ({})".format(
            ", ".join(f"'{s}'" for s in sorted(STANDS))
        ),
    )
    assert len(ids) == len(STANDS)


def test_districts_are_no_people(real: sqlite3.Connection) -> None:
    assert not {"徐汇", "徐汇区", "静安", "长宁", "林长制"} & set(column(real, "select name from people"))


def test_a_stream_that_opens_with_a_subhead(real: sqlite3.Connection) -> None:
    row = real.execute(
        "select l.role, a.headline from article_lines l join documents d on d.id = l.document_id join articles a on a.id = l.article_id"
        " where d.path like '000%' order by l.line limit 1"
    ).fetchone()
    assert row[0] == "subhead" and "精准对接" in row[1]
