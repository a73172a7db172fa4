"""Questions to an archive: every fact comes with newspaper, date, file, line and sentence; unknown names get near ones."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from miner.ask.facts import sentence_at
from miner.cli import main
from tests.asked import LATER, OTHER, STORY, asked_archive

LINES = {
    f"papers/{name}": text.split("\n")
    for name, text in (("a.txt", STORY), ("b.txt", OTHER), ("c.txt", LATER))
}


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return asked_archive(tmp_path_factory.mktemp("asked"))


def ask(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def told(*words: object) -> Any:
    answer = ask(*words, "--json")
    assert answer.exit_code == 0, answer.output
    return json.loads(answer.output)


def _source_holds(source: dict[str, Any]) -> bool:
    lines = LINES[f"papers/{Path(source['path']).name}"]
    return source["sentence"] in lines[source["line"] - 1] and source["where"].endswith(
        f"{source['path']}:{source['line']}"
    )


def test_what_a_company_did_at_an_expo_who_spoke_for_it_and_where_that_is_written(database: Path) -> None:
    (found,) = told("enterprise", database, "旭化成", "--edition", 5)
    assert found["thing"]["name"] == "旭化成（中国）投资有限公司"
    signing = next(event for event in found["events"] if event["type"] == "signing")
    assert signing["date"] == "2022-11-07" and signing["amount"] == 3.5e8
    assert "长宁区人民政府" in {party["name"] for party in signing["parties"]}
    source = signing["reports"][0]["source"]
    assert (source["newspaper"], source["published"]) == ("浦江日报", "2022-11-08") and source["line"] == 4
    assert {said["speaker"] for said in found["quotes"]} == {"周启航"}
    assert all(said["title"] == "总经理" for said in found["quotes"])
    facts = [
        *(report["source"] for event in found["events"] for report in event["reports"]),
        *(said["source"] for said in found["quotes"]),
        *(post["source"] for post in found["posts"]),
    ]
    assert len(facts) >= 4 and all(map(_source_holds, facts))
    assert {article["newspaper"] for article in found["articles"]} == {"浦江日报", "滨江时报"}


def test_the_same_is_read_on_a_terminal(database: Path) -> None:
    shown = ask("enterprise", database, "旭化成", "--edition", 5).output
    for words in ("签约", "3.5亿元", "周启航", "总经理", "《浦江日报》 2022-11-08", "a.txt:4", "滨江时报"):
        assert words in shown, words
    assert "透析膜" not in shown and "山本健一郎" not in shown
    assert not any(line.endswith(" ") for line in shown.splitlines())


@pytest.mark.parametrize("written", ["旭化成", "旭化成（中国）投资有限公司", "旭化成(中国)投资有限公司"])
def test_any_writing_of_a_name_is_known(database: Path, written: str) -> None:
    assert told("enterprise", database, written)[0]["thing"]["name"] == "旭化成（中国）投资有限公司"


def test_an_id_is_known(database: Path) -> None:
    identity = told("enterprise", database, "旭化成")[0]["thing"]["id"]
    assert told("enterprise", database, identity)[0]["thing"]["id"] == identity


@pytest.mark.parametrize("mistyped", ["旭华成", "续化成", "旭化城"])
def test_near_names_are_offered_for_unknown_ones(database: Path, mistyped: str) -> None:
    answer = ask("enterprise", database, mistyped)
    assert answer.exit_code == 3 and "旭化成（中国）投资有限公司" in answer.stderr and not answer.stdout


def test_a_name_like_nothing_gets_no_near_name(database: Path) -> None:
    answer = ask("enterprise", database, "qqq")
    assert answer.exit_code == 3 and "near" not in answer.stderr


def test_who_holds_which_post(database: Path) -> None:
    (found,) = told("who", database, "周启航")
    assert found["thing"]["label"] == "person"
    assert {(post["title"], post["body"]) for post in found["posts"]} == {
        ("总经理", "旭化成（中国）投资有限公司")
    }


def test_events_are_narrowed(database: Path) -> None:
    assert {e["type"] for e in told("events", database, "--type", "signing")} == {"signing"}
    assert {e["edition"] for e in told("events", database, "--edition", 6)} == {6}
    assert all(e["date"] < "2023" for e in told("events", database, "--until", "2022-12"))
    assert [e["amount"] for e in told("events", database, "--amount", 1e8)] == [3.5e8]
    parties = [{p["name"] for p in e["parties"]} for e in told("events", database, "--of", "旭化成")]
    assert parties and all("旭化成（中国）投资有限公司" in names for names in parties)
    assert "没有这样的事件" in ask("events", database, "--type", "award").output


def test_a_day_that_is_none_is_told(database: Path) -> None:
    answer = ask("events", database, "--since", "去年")
    assert answer.exit_code == 2 and "YYYY" in answer.stderr


def test_search_marks_and_counts(database: Path) -> None:
    assert told("search", database, "隔膜")["total"] == 1
    assert "《滨江时报》 2022-11-09" in ask("search", database, "隔膜").output
    assert told("search", database, "旭化成", "--edition", 6)["articles"][0]["headline"] == "旭化成再来上海"
    nothing = ask("search", database, "旭华成")
    assert "没有找到" in nothing.output and "旭化成（中国）投资有限公司" in nothing.output


@pytest.mark.parametrize("by", ["newspaper", "edition", "month", "type", "country", "industry"])
def test_counts(database: Path, by: str) -> None:
    rows = told("stats", database, "--by", by)
    assert rows and all(row["title"] for row in rows)
    if by == "newspaper":
        assert {row["value"]: row["articles"] for row in rows} == {"浦江日报": 2, "滨江时报": 1}
    assert str(rows[0]["title"]) in ask("stats", database, "--by", by).output


def test_a_database_that_was_never_resolved_is_told(tmp_path: Path) -> None:
    from miner.store.database import open_database

    open_database(tmp_path / "raw.db", create=True).close()
    answer = ask("stats", tmp_path / "raw.db")
    assert answer.exit_code == 5 and "miner resolve" in answer.stderr


def test_a_missing_database_is_told(tmp_path: Path) -> None:
    answer = ask("who", tmp_path / "no.db", "周启航")
    assert answer.exit_code == 5 and not (tmp_path / "no.db").exists()


def test_brackets_of_a_headline_are_no_markup(tmp_path: Path) -> None:
    from miner.ask.tables import table_parts
    from miner.terminal import show

    show(table_parts("[red]x[/red]", {"a": "[b]"}, [{"a": "[/i]甲"}]), pager=False)


def test_a_sentence_is_cut_where_it_never_ends() -> None:
    text = "甲" * 5_000
    assert len(sentence_at(text, 2_500, 2_510)) < 500
    assert sentence_at("", 0, 0) == ""


def test_asking_brings_in_nothing_before_it_asks() -> None:
    code = "import sys, miner.cli; sys.exit(any(m in sys.modules for m in ('datasette', 'rich', 'rapidfuzz', 'numpy')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
