"""Corrections hold: written in names, applied at every run, undone by removing the line, and never ignored in silence."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner

from miner.cli import main
from miner.config import Config
from miner.desk.correct.apply import SettledCorrection, settled
from miner.desk.correct.file import Correction, append, as_line, checked, corrections_path, made, read, remove
from miner.desk.correct.say import Sayer
from miner.engine import run_paths
from miner.errors import InputError
from miner.evaluate import evaluate

STORIES = {
    "a": "远岚精密与青浦区签约\n\n11月7日，在第六届中国国际进口博览会上，远岚精密（中国）有限公司（以下简称“远岚精密”）"
    "与青浦区人民政府签署合作协议，金额3.5亿元。\n远岚精密（中国）有限公司总经理周启航说：“我们在华投资已超过20亿元。”\n",
    "b": "蓝屿食品展台人气旺\n\n11月8日，蓝屿食品集团在进博会展台发布新品。澜石食品总经理王磊说：“欢迎大家。”"
    "远岚机械有限公司也来参展。\n",
    "c": "青石化工再来\n\n11月8日，青石化工股份有限公司亮相进博会。上海青石化工有限公司没有来。澜石食品董事长王磊到场参观。\n",
}


@pytest.fixture
def database(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    for name, text in STORIES.items():
        (tmp_path / "in" / f"{name}.txt").write_text(text, encoding="utf-8")
    path = tmp_path / "expo.db"
    mine(path)
    return path


def mine(database: Path, *, force: bool = False) -> None:
    config = Config(issue_date="2023-11-08", layout="article")
    run_paths([str(database.parent / "in")], database, config, force=force)


def correct(database: Path, *corrections: Correction) -> list[SettledCorrection]:
    append(corrections_path(database), corrections)
    mine(database)
    return settled(sqlite3.connect(database))


def rows(database: Path, sql: str) -> list[tuple[object, ...]]:
    return sqlite3.connect(database).execute(sql).fetchall()


def enterprises(database: Path) -> set[str]:
    return {str(name) for (name,) in rows(database, "select name from enterprises")}


def test_a_merge_a_split_and_a_headline_hold_when_everything_is_read_again(database: Path) -> None:
    assert len(rows(database, "select 1 from people where name = '王磊'")) == 1
    states = correct(
        database,
        made(
            "merge", {"kind": "enterprise", "names": ["远岚精密", "远岚机械有限公司"]}, who="周", why="已更名"
        ),
        made("split", {"kind": "person", "name": "王磊", "articles": [{"headline": "青石化工再来"}]}),
        made("headline", {"article": {"headline": "蓝屿食品展台人气旺"}, "to": "澜石食品王磊：欢迎大家"}),
    )
    for again in (False, True):
        if again:
            mine(database, force=True)
            states = settled(sqlite3.connect(database))
        assert [one.status for one in states] == ["applied"] * 3
        assert not any("远岚机械" in name for name in enterprises(database))
        assert len(rows(database, "select 1 from people where name = '王磊'")) == 2
        assert ("澜石食品王磊：欢迎大家",) in rows(database, "select headline from articles")
        heads = rows(database, "select text from mentions where field = 'headline' and label = 'person'")
        assert ("王磊",) in heads
        for text, headline, start, end in rows(
            database,
            "select m.text, a.headline, m.start, m.end from mentions m join articles a on a.id = m.article_id"
            " where m.field = 'headline'",
        ):
            assert str(headline)[int(str(start)) : int(str(end))] == text


def test_a_line_that_is_removed_undoes_its_correction(database: Path) -> None:
    tables = (
        "articles",
        "mentions",
        "posts",
        "event_reports",
        "quotes",
        "figures",
        "enterprises",
        "people",
        "aliases",
    )
    before = {table: rows(database, f"select * from [{table}] order by id") for table in tables}
    correct(
        database,
        made("merge", {"kind": "enterprise", "names": ["蓝屿食品集团", "远岚机械有限公司"]}),
        made("headline", {"article": "蓝屿食品展台人气旺", "to": "别的标题"}),
        made("date", {"article": "青石化工再来", "to": "2022-11-09"}),
        made("reject", {"kind": "person", "name": "周启航"}),
    )
    assert rows(database, "select * from articles order by id") != before["articles"]
    assert not rows(database, "select 1 from people where name = '周启航'")
    path = corrections_path(database)
    path.write_text("".join(path.read_text(encoding="utf-8").splitlines(True)[:2]), encoding="utf-8")
    mine(database)
    assert settled(sqlite3.connect(database)) == []
    for table in tables:
        assert rows(database, f"select * from [{table}] order by id") == before[table], table


def test_names_people_give(database: Path) -> None:
    states = correct(
        database,
        made("rename", {"kind": "enterprise", "name": "蓝屿食品集团", "to": "蓝屿食品（集团）股份公司"}),
        made("alias", {"kind": "enterprise", "name": "青石化工股份有限公司", "to": "青石"}),
    )
    assert [one.status for one in states] == ["applied"] * 2
    assert "蓝屿食品（集团）股份公司" in enterprises(database)
    assert {"蓝屿食品集团", "青石"} <= {alias for (alias,) in rows(database, "select alias from aliases")}


def test_facts_people_correct(database: Path) -> None:
    event = {"article": "远岚精密与青浦区签约", "says": "签署合作协议"}
    states = correct(
        database,
        made("event", {"event": event, "set": {"date": "2023-11-06", "amount": "360000000", "unit": "元"}}),
        made("post", {"name": "王磊", "title": "总经理", "set": {"title": "副总经理"}}),
        made("reject", {"kind": "quote", "article": "蓝屿食品展台人气旺", "says": "欢迎大家"}),
        made("byline", {"article": "青石化工再来", "to": "记者 林栖"}),
    )
    assert [one.status for one in states] == ["applied"] * 4
    assert ("2023-11-06", 3.6e8) in rows(database, "select date, amount from events where type = 'signing'")
    assert ("副总经理",) in rows(database, "select title from posts")
    assert not [text for (text,) in rows(database, "select text from quotes") if "欢迎" in str(text)]
    assert ("记者 林栖",) in rows(database, "select byline from articles")


def test_what_no_longer_applies_is_told(database: Path) -> None:
    states = correct(
        database,
        made("merge", {"kind": "enterprise", "names": ["远岚精密", "从未见报公司"]}),
        made("headline", {"article": {"headline": "没有这篇"}, "to": "新题"}),
        made("reject", {"kind": "person", "name": "查无此人"}),
        made("reject", {"kind": "event", "article": "青石化工再来", "says": "签署"}),
    )
    assert [one.status for one in states] == ["unmatched"] * 4
    problems = rows(database, "select code, line, path from problems where stage = 'correct' order by line")
    assert problems == [("correction-unmatched", line, "corrections.yml") for line in (3, 4, 5, 6)]


def test_contradictions_are_told_and_the_last_word_counts(database: Path) -> None:
    states = correct(
        database,
        made("split", {"kind": "enterprise", "names": ["远岚精密", "远岚机械有限公司"]}),
        made("merge", {"kind": "enterprise", "names": ["远岚精密", "远岚机械有限公司"]}),
        made("headline", {"article": "青石化工再来", "to": "甲"}),
        made("headline", {"article": "青石化工再来", "to": "乙"}),
    )
    assert [one.status for one in states] == ["contradicted", "applied", "contradicted", "applied"]
    assert ("乙",) in rows(database, "select headline from articles")


def test_several_articles_of_one_head_want_more_said(database: Path) -> None:
    (database.parent / "in" / "d.txt").write_text(
        "青石化工再来\n\n11月9日，青石化工股份有限公司与客商签约。这是另一篇文章。\n", encoding="utf-8"
    )
    (one,) = correct(database, made("headline", {"article": "青石化工再来", "to": "新题"}))
    assert one.status == "ambiguous"
    anchor = {"headline": "青石化工再来", "begins": "11月9日，青石化工"}
    states = correct(database, made("headline", {"article": anchor, "to": "新题"}))
    assert [one.status for one in states] == ["ambiguous", "applied"]


def test_ids_that_the_site_shows_are_taken_for_names(database: Path) -> None:
    ids = dict(rows(database, "select name, id from enterprises"))
    a, b = ids["远岚精密（中国）有限公司"], ids["远岚机械有限公司"]
    (one,) = correct(database, made("merge", {"kind": "enterprise", "names": [a, b]}))
    assert one.status == "applied"
    mine(database, force=True)
    assert settled(sqlite3.connect(database))[0].status == "applied"
    connection = sqlite3.connect(database)
    said = Sayer(connection).merge("enterprise", [str(b), "蓝屿食品集团"])
    assert said.said["names"][1] == "蓝屿食品集团" and "远岚" in said.said["names"][0]
    with pytest.raises(InputError, match="远岚精密"):
        Sayer(connection).merge("enterprise", ["远岚精密中国公司", "蓝屿食品集团"])


@pytest.mark.parametrize(
    "text", ["- {correct: merge", "just words", "a: 1", "- &a {correct: merge}\n- *a\n", "\x00"]
)
def test_a_file_that_cannot_be_read_undoes_nothing(database: Path, text: str) -> None:
    correct(database, made("rename", {"kind": "enterprise", "name": "蓝屿食品集团", "to": "蓝屿"}))
    corrections_path(database).write_text(text, encoding="utf-8")
    with pytest.raises(InputError):
        read(corrections_path(database))
    mine(database)
    assert "蓝屿" in enterprises(database)
    assert rows(database, "select code from problems where stage = 'correct'") == [("correction-unreadable",)]


def test_a_file_that_is_gone_is_written_anew(database: Path) -> None:
    correct(
        database,
        made("rename", {"kind": "enterprise", "name": "蓝屿食品集团", "to": "蓝屿"}, who="周", why="更名"),
    )
    said = read(corrections_path(database)).corrections
    corrections_path(database).unlink()
    mine(database, force=True)
    assert "蓝屿" in enterprises(database)
    kept = read(corrections_path(database)).corrections
    assert [(one.said, one.who, one.why) for one in kept] == [(one.said, one.who, one.why) for one in said]


def test_entries_that_say_nothing_are_told_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "corrections.yml"
    path.write_text(
        "# ours\n- {correct: rename, kind: enterprise, name: 甲, to: 乙}\n- {correct: nothing}\n- 甲\n"
        "- {correct: date, article: 题, to: 昨天}\n- {correct: rename, kind: star, name: 甲, to: 乙}\n",
        encoding="utf-8",
    )
    found = read(path)
    assert [one.said["to"] for one in found.corrections] == ["乙"]
    assert [fault.line for fault in found.faults] == [3, 4, 5, 6]


def test_the_file_keeps_what_people_wrote_in_it(tmp_path: Path) -> None:
    path = tmp_path / "corrections.yml"
    path.write_text(
        "# ours\n- correct: rename\n  kind: enterprise\n  name: 甲\n  to: 乙\n# about the next\n"
        "- {correct: headline, article: 题, to: 新}\n",
        encoding="utf-8",
    )
    first = read(path).corrections[0]
    new = made("alias", {"kind": "person", "name": "王磊", "to": "老王: #1 [x]"}, why="“引号”, 逗号\n换行")
    assert append(path, [new, new]) == 1
    assert append(path, [new]) == 0
    assert path.read_text(encoding="utf-8").count("\n") == 8
    assert read(path).corrections[-1].said == new.said
    assert remove(path, first.id) == first
    assert path.read_text(encoding="utf-8").startswith("# ours\n# about the next\n- {correct: headline")
    assert remove(path, "nothing") is None
    assert checked({"correct": "alias", **new.said}).id == new.id
    assert as_line(new).count("\n") == 1


def test_the_commands(database: Path, tmp_path: Path) -> None:
    def run(*words: str, code: int = 0) -> str:
        done = CliRunner().invoke(main, ["correct", *words, "--db", str(database)])
        assert done.exit_code == code, done.output
        return done.output

    assert "no corrections" in run("list")
    assert "applied" in run(
        "merge", "enterprise", "远岚精密", "远岚机械有限公司", "--why", "已更名", "--who", "周"
    )
    assert "noted" in run("headline", "青石化工再来", "青石化工又来了", "--later")
    assert "not applied yet" in run("list")
    assert "applied" in run("apply")
    shown = run("list")
    assert "周" in shown and "已更名" in shown and "青石化工又来了" in shown
    assert "青石化工股份有限公司" in run("rename", "enterprise", "青石化工集团", "青石", code=3)
    assert "no event" in run("event", "从未有过", "--date", "2023-11-01", code=3)
    assert "articles" in run("gold", str(tmp_path / "gold"))
    assert evaluate(tmp_path / "gold").scores["event"].gold > 0
    assert "undone" in run("undo", "3", "--later")
    assert "no such correction" in run("undo", "77", code=3)


def test_judged_names_are_gold(database: Path, tmp_path: Path) -> None:
    connection = sqlite3.connect(database)
    correct(
        database,
        Sayer(connection).reject("person", "周启航"),
        Sayer(connection).article("headline", "青石化工再来", "青石"),
    )
    done = CliRunner().invoke(main, ["correct", "gold", str(tmp_path / "gold"), "--db", str(database)])
    assert done.exit_code == 0, done.output
    golds = [
        json.loads(path.read_text(encoding="utf-8")) for path in sorted((tmp_path / "gold").glob("*.json"))
    ]
    assert [{"text": "周启航", "not": "person"}] in [gold.get("traps") for gold in golds]
    assert (
        evaluate(tmp_path / "gold").scores["trap"].f1 == 0.0
    )  # what a person rejected, the program still finds


def test_a_split_by_articles_applies_to_a_name_however_it_is_written(database: Path) -> None:
    (state,) = correct(
        database,
        made("split", {"kind": "person", "name": "王 磊", "articles": [{"headline": "青石化工再来"}]}),
    )
    assert len(rows(database, "select 1 from people where name = '王磊'")) == 2
    assert (state.status, state.told) == ("applied", None)
