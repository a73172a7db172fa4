"""Every substring that LIKE finds must be found; no query may fail; the index follows the articles."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from miner.publish.index import fts
from miner.publish.query import escape_fts, expression, find_words, parse
from tests.archives import add_article, add_document, empty_archive

TEXTS = (
    "第五届进博会11月5日在上海开幕，3M公司带来120余款新品；旭化成（中国）投资有限公司首次参展。",
    "“做大蛋糕，”他说，“不是 2-3 家企业的事。”4.1馆里，A.O.史密斯与Anna Berg签了1,800台的单子。",
    "進博會開幕，臺灣企業也來了。ＡＢＣ公司 ＋ 百分之５。",
    "进\u200b博\u202e会里的怪字符，\ue00a私用区，\x00空字符，末尾\n第二段 OR 也算 NOT 词 -上海",
    "一",
)


def find(connection: sqlite3.Connection, typed: str) -> set[str]:
    sql = "select id from articles where rowid in (select rowid from articles_fts where articles_fts match ?)"
    return {row[0] for row in connection.execute(sql, (escape_fts(typed),))}


def like(connection: sqlite3.Connection, words: str) -> set[str]:
    pattern = "%" + words.replace("!", "!!").replace("%", "!%").replace("_", "!_") + "%"
    sql = "select id from articles where body like ?1 escape '!' or headline like ?1 escape '!'"
    return {row[0] for row in connection.execute(sql, (pattern,))}


@pytest.fixture(scope="module")
def connection() -> Iterator[sqlite3.Connection]:
    connection = empty_archive()
    add_document(connection)
    for number, text in enumerate(TEXTS):
        add_article(
            connection,
            f"a{number}",
            text,
            headline=f"标题{number}：进口博览",
            published="2022-11-06",
            edition=5,
        )
    fts.refresh(connection)
    yield connection
    connection.close()


@settings(max_examples=600, deadline=None)
@given(number=st.integers(0, len(TEXTS) - 1), start=st.integers(0, 80), length=st.integers(1, 40))
def test_every_substring_that_like_finds_is_found(
    connection: sqlite3.Connection, number: int, start: int, length: int
) -> None:
    piece = TEXTS[number][start % len(TEXTS[number]) :][:length]
    if "\x00" not in piece:
        assert like(connection, piece) <= find(connection, piece)
    assert f"a{number}" in find(connection, piece)


@settings(max_examples=150, deadline=None)
@given(text=st.text(min_size=1, max_size=60), start=st.integers(0, 59), length=st.integers(1, 30))
@example(text=' -a" OR “b” NOT c', start=0, length=30)
@example(text="\ufeff", start=0, length=1)
def test_every_substring_of_any_text_is_found(text: str, start: int, length: int) -> None:
    connection = empty_archive()
    add_document(connection)
    text = text.encode("utf-8", "replace").decode()
    add_article(connection, "x", text)
    fts.refresh(connection)
    piece = text[start % len(text) :][:length]
    assert find(connection, piece) == {"x"}
    connection.close()


def test_substrings_of_the_corpus_are_found(corpus_dir: Path) -> None:
    files = sorted(corpus_dir.rglob("*.txt"))
    if not files:
        pytest.skip("the corpus has no text files yet")
    connection, rng = empty_archive(), random.Random(7)
    add_document(connection)
    texts = {path.name: path.read_text(encoding="utf-8", errors="replace") for path in files}
    for name, text in texts.items():
        add_article(connection, name, text)
    fts.refresh(connection)
    for name, text in texts.items():
        for _ in range(60):
            start = rng.randrange(max(len(text), 1))
            piece = text[start : start + rng.randint(1, 30)]
            if piece.strip():
                assert name in find(connection, piece), (name, piece)


@settings(max_examples=1500, deadline=None)
@given(
    typed=st.text(
        alphabet=st.sampled_from('“”"「」-－|ORNTAD()*:^+{}，。 \u3000\x00\n进博会上海3Ma\u200b\ud800'),
        max_size=60,
    )
    | st.text(max_size=400)
)
def test_no_query_can_fail(connection: sqlite3.Connection, typed: str) -> None:
    find(connection, typed)
    connection.execute(
        "select count(*) from articles_fts where articles_fts match ?", (expression(parse(typed)),)
    )
    for marks in ((fts.IN_HEADLINE,), (fts.IN_HEADLINE, fts.REPEATED)):
        connection.execute(
            "select 1 from articles_fts where articles_fts match ?", (parse(typed).match(*marks),)
        ).fetchall()
    find_words(TEXTS[0], parse(typed).words)


def test_twenty_thousand_random_queries(connection: sqlite3.Connection) -> None:
    rng = random.Random(20_000)
    parts = [
        "进博会",
        "上海",
        "3M",
        " ",
        "　",
        "OR",
        " OR ",
        "-",
        "“",
        "”",
        '"',
        "(",
        ")",
        "*",
        "NOT ",
        "，",
        ":",
        "^",
        "{",
        "AND",
        "\\",
        "'",
        ";--",
        "%",
        "\n",
    ]
    sql = "select count(*) from articles_fts where articles_fts match ?"
    for _ in range(20_000):
        typed = "".join(rng.choice(parts) for _ in range(rng.randint(0, 9)))
        connection.execute(sql, (escape_fts(typed),)).fetchone()


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("进博会", {"a0", "a2", "a3"}), ("進博會", {"a0", "a2", "a3"}), ("进博会，上海", {"a0", "a3"}),
        ("3m公司", {"a0"}), ("３Ｍ公司", {"a0"}), ("1,800", {"a1"}), ("4.1馆", {"a1"}), ("anna berg", {"a1"}),
        ("“Anna Berg”", {"a1"}), ("“Berg Anna”", set()), ("史密斯 OR 臺灣", {"a1", "a2"}), ("进博会 -上海", {"a2"}),
        ("进博会 NOT 上海 -臺灣", set()), ("abc公司", {"a2"}), ("台湾企业", {"a2"}), ("会", {"a0", "a2", "a3"}),
        ("进口博览 一", {"a4"}), ("", set()), ("   ", set()), ("没有的词", set()),
    ],
)  # fmt: skip
def test_search_language(connection: sqlite3.Connection, typed: str, wanted: set[str]) -> None:
    if typed == "进博会 -上海":  # a3 holds these very characters' neighbours but is excluded by the word
        assert wanted <= find(connection, typed) <= wanted | {"a3"}
    else:
        assert find(connection, typed) == wanted


def test_the_index_follows_inserts_updates_and_deletes() -> None:
    connection = empty_archive()
    add_document(connection)
    add_article(connection, "a", "甲乙丙")
    add_article(connection, "b", "丙丁")
    assert not fts.is_current(connection)
    assert fts.refresh(connection) == 2 and fts.is_current(connection)
    connection.execute("update articles set body = '戊己' where id = 'a'")
    connection.execute("update articles set story_id = 's' where id = 'b'")
    assert fts.refresh(connection) == 1
    assert find(connection, "甲乙") == set() and find(connection, "戊己") == {"a"}
    connection.commit()  # the pragma does nothing inside a transaction
    connection.execute("pragma foreign_keys = on")
    connection.execute("delete from documents")
    fts.refresh(connection)
    assert (
        connection.execute(
            "select count(*) from articles_fts where articles_fts match ?", (escape_fts("丙"),)
        ).fetchone()[0]
        == 0
    )
    connection.execute("insert into articles_fts(articles_fts) values ('integrity-check')")


def test_an_article_that_comes_and_goes_before_refresh_leaves_nothing() -> None:
    connection = empty_archive()
    add_document(connection)
    add_article(connection, "a", "甲乙丙")
    connection.execute("delete from articles")
    add_article(connection, "b", "丁戊")
    fts.refresh(connection)
    assert find(connection, "甲") == set() and find(connection, "丁戊") == {"b"}


def test_rebuilding_gives_the_same_answers_and_survives_vacuum(tmp_path: Path) -> None:
    connection = empty_archive(str(tmp_path / "x.db"))
    add_document(connection)
    for number, text in enumerate(TEXTS):
        add_article(connection, f"a{number}", text)
    connection.execute("delete from articles where id in ('a0', 'a1')")
    assert fts.rebuild(connection) == len(TEXTS) - 2
    connection.commit()
    connection.execute("vacuum")
    assert find(connection, "臺灣企業") == {"a2"} and find(connection, "进博会") == {"a2", "a3"}
    connection.close()


def test_found_words_lead_back_to_the_text_as_written() -> None:
    text = "进\u200b博会與進博會"
    assert [span.of(text) for span in find_words(text, ("进博会",))] == ["进\u200b博会", "進博會"]
    assert find_words(text, ()) == [] and find_words("", ("a",)) == []


@pytest.mark.parametrize("typed", ["cafe", "CAFÉ", "Café", "Cafe\u0301", "muller", "Müller"])
def test_letters_are_found_with_and_without_their_accents(typed: str) -> None:
    for written in ("咖啡馆Café Müller开业", "咖啡馆Cafe\u0301 Mu\u0308ller开业", "咖啡馆CAFE MULLER开业"):
        own = empty_archive()
        add_document(own)
        add_article(own, "a", written)
        fts.refresh(own)
        assert find(own, typed) == {"a"}
        assert [span.of(written).casefold()[:1] for span in find_words(written, (typed,))] in (["c"], ["m"])
        own.close()


def test_the_marks_of_kana_are_no_accents() -> None:
    assert fts.fold("がパ") == "がパ"
