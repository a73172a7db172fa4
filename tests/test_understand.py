"""Topics, keywords, attention: readable, deterministic, right on small archives where the truth is known."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner

from miner.ask.attention import attention
from miner.cli import main
from miner.publish.index import fts, summaries
from miner.understand.periods import distinctive, reprinted, topics
from miner.understand.terms import content_words
from miner.understand.topics import coherence, label, write_topics
from tests.archives import add_article, add_document, empty_archive, insert

COFFEE = ["咖啡豆来自云南,咖啡师现场烘焙咖啡豆", "烘焙机与咖啡豆受到咖啡师欢迎", "咖啡师用烘焙好的咖啡豆冲煮"]
HYDROGEN = [
    "氢能叉车与燃料电池亮相,燃料电池续航更长",
    "氢能车辆加注,燃料电池叉车上路",
    "燃料电池企业展示氢能叉车",
]

HELPERS = ["志愿者在地铁站引导观众", "观众向志愿者问路,志愿者画了地图", "地铁站的志愿者换班"]


def archive(path: str = ":memory:") -> sqlite3.Connection:
    connection = empty_archive(path)
    add_document(connection)
    for year, edition, paper, stories in (
        (2019, 2, "甲报", HYDROGEN),
        (2022, 5, "乙报", COFFEE),
        (2023, 6, "丙报", HELPERS),
    ):
        for at in range(12):
            add_article(
                connection, f"{paper}{at:02}", f"{stories[at % 3]}。", f"{paper}{at}",
                published=f"{year}-11-{at + 1:02}", edition=edition, newspaper=paper,
            )  # fmt: skip
    fts.refresh(connection)
    write_topics(connection)
    summaries.rebuild(connection)
    connection.commit()
    return connection


def test_topics_are_told_apart_and_named() -> None:
    connection = archive()
    found = topics(connection, "edition")
    # four topics are the fewest that are tried; those of one theme share its edition
    assert all(len(topic.over) == 1 for topic in found if topic.n)
    labels = {edition: "".join(t.label for t in found if edition in t.over) for edition in ("2", "5")}
    assert "燃料电池" in labels["2"] and "咖啡" in labels["5"]
    assert sum(topic.n for topic in found) >= 36


def test_topics_and_keywords_are_the_same_every_time() -> None:
    def all_of(connection: sqlite3.Connection) -> list[list[tuple[object, ...]]]:
        tables = ("keywords", "topics", "article_topics")
        return [
            list(map(tuple, connection.execute(f"select * from {table} order by 1, 2"))) for table in tables
        ]

    connection = archive()
    once = all_of(connection)
    write_topics(connection)
    assert all_of(connection) == once == all_of(archive())


def test_what_sets_an_edition_and_a_newspaper_apart() -> None:
    connection = archive()
    for by, hydrogen, coffee in (
        ("edition", "2", "5"),
        ("newspaper", "甲报", "乙报"),
        ("year", "2019", "2022"),
    ):
        found = distinctive(connection, by)
        assert list(found) == sorted(
            found, key=lambda group: (int(group), "") if group.isdigit() else (0, group)
        )
        assert {"氢能", "燃料电池"} & {word.term for word in found[hydrogen]}
        assert {"咖啡豆", "咖啡师"} & {word.term for word in found[coffee]}
        assert not {word.term for word in found[hydrogen]} & {word.term for word in found[coffee]}


def test_a_small_archive_has_no_topics() -> None:
    connection = empty_archive()
    add_document(connection)
    add_article(connection, "a", "进博会开幕", "开幕")
    write_topics(connection)
    assert topics(connection) == [] and distinctive(connection, "edition") == {}


def test_attention_side_by_side() -> None:
    connection = archive()
    hydrogen, coffee, both = attention(connection, ["氢能", "咖啡", "氢能 OR 咖啡"], "edition")
    assert dict(hydrogen.n) == {"2": 12, "5": 0, "6": 0} and dict(coffee.n) == {"2": 0, "5": 12, "6": 0}
    assert dict(both.of) == {"2": 12, "5": 12, "6": 12} and both.shares() == {"2": 1.0, "5": 1.0, "6": 0.0}
    assert hydrogen.exact and attention(connection, ["不在档案里"], "year")[0].n == {
        "2019": 0,
        "2022": 0,
        "2023": 0,
    }


def test_attention_looks_whether_the_words_are_there() -> None:
    connection = archive()
    add_article(
        connection, "x", "燃料与料电与电池", "别的", published="2022-12-01", edition=5, newspaper="乙报"
    )
    fts.refresh(connection)
    summaries.rebuild(connection)
    assert attention(connection, ["燃料电池"], "newspaper")[0].n == {"丙报": 0, "乙报": 0, "甲报": 12}


def test_attention_of_frequent_words_is_told_by_the_index(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("miner.ask.attention._LOOKED_AT", 3)
    for by in ("month", "year", "edition", "newspaper"):
        found = attention(archive(), ["咖啡"], by)[0]
        assert not found.exact and sum(found.n.values()) == 12


def test_words_that_say_nothing_are_left_out() -> None:
    assert list(content_words("记者昨天表示,目前已经有3家")) == []


def test_labels_say_different_things() -> None:
    assert label(["燃料电池", "电池", "氢能", "叉车"]) == "燃料电池、氢能、叉车"


def test_coherence_is_high_for_words_that_stand_together() -> None:
    from scipy.sparse import csc_matrix

    together = csc_matrix([[1, 1, 0], [1, 1, 0], [0, 0, 1], [0, 0, 1]])
    assert coherence(together, [[0, 1]]) == 1.0 and coherence(together, [[0, 2]]) == -1.0


def test_reprints_are_listed_with_their_originals() -> None:
    connection = archive()
    connection.execute("update articles set duplicate_of = '甲报00' where id = '甲报01'")
    insert(
        connection,
        "judgements",
        id="j",
        kind="article",
        left_id="甲报00",
        right_id="甲报01",
        same=1,
        score=0.9,
        reasons="",
    )
    (copy,) = reprinted(connection)
    assert (copy.id, copy.original_id, copy.sure) == ("甲报01", "甲报00", 0.9)


@pytest.mark.parametrize("words", [["topics"], ["keywords"], ["attention", "氢能", "咖啡"], ["reprints"]])
def test_commands(tmp_path: Path, words: list[str]) -> None:
    archive(str(tmp_path / "x.db")).close()
    command = ["understand", words[0], str(tmp_path / "x.db"), *words[1:]]
    shown = CliRunner().invoke(main, command)
    assert shown.exit_code == 0 and shown.output.strip()
    json.loads(CliRunner().invoke(main, [*command, "--json"]).output)
