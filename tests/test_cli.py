"""The command line: what people type, what they read back, and the documented exit codes."""

from __future__ import annotations

import ast
import os
import re
import shutil
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from miner.cli import main

ARTICLE = """青穗食品签约落户海滨区
2022-11-08 浦江晨报

11月7日，海滨区政府与上海青穗食品有限公司（以下简称“青穗食品”）在第五届进博会上签约。青穗食品总经理陆远说：“我们带来了60余款新品。”
"""


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments), catch_exceptions=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text(ARTICLE, encoding="utf-8")
    return tmp_path


def content(path: Path) -> dict[str, list[str]]:
    connection = sqlite3.connect(path)
    tables = [
        row[0]
        for row in connection.execute(
            "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' and name not like 'articles_fts%'"
        )
    ]
    made = {}
    for table in tables:
        columns = [
            row[1]
            for row in connection.execute(f"pragma table_info([{table}])")
            if row[1] not in ("run_id", "started", "finished", "seconds", "computed")
        ]
        if table not in ("runs", "redirects"):  # both tell the history of one file
            made[table] = sorted(
                repr(row)
                for row in connection.execute(f"select {', '.join(f'[{c}]' for c in columns)} from [{table}]")
            )
    connection.close()
    return made


def test_run_fills_a_database_and_says_what_comes_next(folder: Path) -> None:
    result = run("run", str(folder / "in"), "--db", str(folder / "x.db"))
    assert result.exit_code == 0, result.output
    assert "miner serve" in result.output and "企业 enterprises" in result.output
    connection = sqlite3.connect(folder / "x.db")
    assert connection.execute("select headline, newspaper, published, edition from articles").fetchone() == (
        "青穗食品签约落户海滨区",
        "浦江晨报",
        "2022-11-08",
        5,
    )
    assert connection.execute("select name from enterprises").fetchall() == [("上海青穗食品有限公司",)]
    connection.close()
    assert not list(folder.glob("x.db-*")), "one plain file is left behind"


def test_a_second_run_changes_nothing_and_says_so(folder: Path) -> None:
    database = folder / "x.db"
    run("run", str(folder / "in"), "--db", str(database))
    before, bytes_before = content(database), database.read_bytes()
    result = run("run", str(folder / "in"), "--db", str(database))
    assert result.exit_code == 0
    assert content(database) == before
    assert sqlite3.connect(database).execute("select count(*) from runs").fetchone()[0] == 1
    assert database.read_bytes() == bytes_before
    assert "未变跳过 skipped" in result.output


def test_a_changed_file_replaces_its_old_facts(folder: Path) -> None:
    database = folder / "x.db"
    run("run", str(folder / "in"), "--db", str(database))
    (folder / "in" / "a.txt").write_text(ARTICLE.replace("青穗食品", "红禾乳业"), encoding="utf-8")
    run("run", str(folder / "in"), "--db", str(database))
    connection = sqlite3.connect(database)
    assert connection.execute("select count(*) from documents").fetchone()[0] == 1
    assert connection.execute("select name from enterprises").fetchall() == [("上海红禾乳业有限公司",)]


def test_a_run_stopped_while_resolving_is_finished_by_the_next(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = folder / "x.db"

    def stopped(connection: sqlite3.Connection, **about: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("miner.engine.resolve_corrected", stopped)
        result = run("run", str(folder / "in"), "--db", str(database))
    assert result.exit_code == 130 and "run the same command" in result.output
    assert run("run", str(folder / "in"), "--db", str(database)).exit_code == 0
    assert sqlite3.connect(database).execute("select count(*) from enterprises").fetchone()[0] == 1


def test_two_workers_give_the_same_database(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("miner.chunks._CHUNK_DOCUMENTS", 4)
    for i in range(20):
        (folder / "in" / f"b{i}.txt").write_text(ARTICLE.replace("60余款", f"{i + 2}款"), encoding="utf-8")
    run("run", str(folder / "in"), "--db", str(folder / "one.db"))
    result = run("run", str(folder / "in"), "--db", str(folder / "two.db"), "--workers", "2")
    assert result.exit_code == 0, result.output
    assert content(folder / "one.db") == content(folder / "two.db")


def test_the_order_of_the_runs_does_not_matter(folder: Path) -> None:
    (folder / "in" / "b.txt").write_text(ARTICLE.replace("签约落户", "再签约"), encoding="utf-8")
    for name, order in (("one.db", "ab"), ("two.db", "ba")):
        for file in order:
            run("run", str(folder / "in" / f"{file}.txt"), "--db", str(folder / name))
    assert content(folder / "one.db") == content(folder / "two.db")


def test_show_problems_runs_and_resolve(folder: Path) -> None:
    database = str(folder / "x.db")
    run("run", str(folder / "in"), "--db", database)
    shown = run("show", database, "青穗")
    assert shown.exit_code == 0 and "签约" in shown.output and "陆远" in shown.output
    assert "原始行" in run("show", database, "青穗", "--source").output
    assert "没有问题" in run("problems", database).output
    assert "miner run" in run("runs", database).output
    before = content(Path(database))
    assert run("resolve", database).exit_code == 0
    assert content(Path(database)) == before


def test_an_article_that_is_not_there(folder: Path) -> None:
    database = str(folder / "x.db")
    run("run", str(folder / "in"), "--db", database)
    result = run("show", database, "没有这回事")
    assert result.exit_code == 3 and "no article" in result.output


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("run", "no-such-folder"), 3, "no such file"),
        (("run", "*.nothing"), 3, "no file matches"),
        (("run", ".", "--layout", "round"), 2, "layout"),
        (("run", ".", "--issue-date", "2022-13-40"), 2, "no date"),
        (("serve", "no-such.db"), 5, "no such database"),
        (("show", "no-such.db", "x"), 5, "no such database"),
        (("problems", "no-such.db"), 5, "no such database"),
        (("runs", "no-such.db"), 5, "no such database"),
        (("resolve", "no-such.db"), 5, "no such database"),
    ],
)
def test_exit_codes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], code: int, says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run(*arguments)
    assert result.exit_code == code, result.output
    assert says in result.output
    assert "Traceback" not in result.output


def test_a_folder_without_anything_readable(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "x.bin").write_bytes(b"\0\1\2")
    result = run("run", str(tmp_path / "in"), "--db", str(tmp_path / "x.db"))
    assert result.exit_code == 3 and "nothing readable" in result.output
    assert not (tmp_path / "x.db").exists()


def test_bad_files_become_problems_and_the_run_goes_on(folder: Path) -> None:
    (folder / "in" / "empty.txt").write_bytes(b"")
    (folder / "in" / "binary.txt").write_bytes(bytes(range(256)) * 40)
    (folder / "in" / "cut.pdf").write_bytes(b"%PDF-1.7\n1 0 obj\n<< /Type /Cata")
    (folder / "in" / "long.txt").write_text("进博会" * 300_000, encoding="utf-8")
    result = run("run", str(folder / "in"), "--db", str(folder / "x.db"))
    assert result.exit_code == 0, result.output
    connection = sqlite3.connect(folder / "x.db")
    failed = {row[0] for row in connection.execute("select path from documents where status = 'failed'")}
    said = {row[0] for row in connection.execute("select path from problems")}
    assert {"empty.txt", "binary.txt", "cut.pdf"} <= failed | said
    assert connection.execute("select count(*) from enterprises").fetchone()[0] == 1


@pytest.mark.skipif(os.geteuid() == 0 and not shutil.which("chattr"), reason="root may write everywhere")
def test_a_database_in_a_folder_that_is_not_there(folder: Path) -> None:
    result = run("run", str(folder / "in"), "--db", str(folder / "nowhere" / "x.db"))
    assert result.exit_code == 5 and "cannot be opened" in result.output


def test_a_full_disk_is_said_and_leaves_a_whole_database(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite's own page limit stands in for a full disk: it raises the same error."""
    from miner.store import database

    database_path = folder / "x.db"
    run("run", str(folder / "in"), "--db", str(database_path))
    original = database.open_database

    def limited(path: Path, *, create: bool = False) -> object:
        opened = original(path, create=create)
        pages = opened.execute("pragma page_count").fetchone()[0]
        opened.execute(f"pragma max_page_count = {pages}")
        return opened

    monkeypatch.setattr("miner.engine.open_database", limited)
    for i in range(200):
        (folder / "in" / f"c{i}.txt").write_text(
            ARTICLE.replace("60余款", f"{i + 2}款") * 5, encoding="utf-8"
        )
    result = run("run", str(folder / "in"), "--db", str(database_path))
    assert result.exit_code == 5 and "disk is full" in result.output
    connection = sqlite3.connect(database_path)
    assert connection.execute("pragma integrity_check").fetchone()[0] == "ok"
    assert connection.execute("select count(*) from enterprises").fetchone()[0] == 1


@pytest.mark.parametrize("command", sorted(main.commands))
def test_every_command_has_an_example(command: str) -> None:
    text = run(command, "--help").output
    assert "Example:" in text and f"miner {command}" in text


def test_help_documents_the_exit_codes() -> None:
    assert "Exit codes" in run("--help").output


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("run", "--dbb", "x"), "没有这个选项 / No such option"),
        (("--bogus",), "没有这个选项 / No such option"),
        (("frobnicate",), "没有这个命令或参数 / No such command"),
        (("show",), "缺少参数 / Missing argument"),
        (("run", "--workers", "0"), "参数的值不对 / Invalid value"),
        (("run", "--issue-date", "2023-13-01"), "不是日期,写作 / is no date"),
    ],
)
def test_a_wrong_command_line_is_told_in_chinese_with_the_english_beside(
    words: tuple[str, ...], told: str
) -> None:
    result = run(*words)
    assert result.exit_code == 2
    assert told in result.stderr
    assert "用法 / usage:" in result.stderr and "--help" in result.stderr


def test_every_error_for_users_has_chinese_and_english() -> None:
    errors = {
        "InputError",
        "ConfigError",
        "ModelError",
        "StoreError",
        "MinerError",
        "BadParameter",
        "UsageError",
    }
    for path in sorted((Path(__file__).parent.parent / "miner").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in errors and node.args:
                said = node.args[0]
                if isinstance(said, (ast.Constant, ast.JoinedStr)) and any(
                    isinstance(part, ast.Constant) and len(str(part.value)) > 8 for part in ast.walk(said)
                ):
                    assert re.search("[一-鿿]", ast.unparse(said)), f"{path}:{node.lineno}"
