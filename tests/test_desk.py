"""The office's list: read as people write it, matched to enterprises, kept through runs, exported as a workbook."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner
from openpyxl import Workbook, load_workbook

from miner.cli import main
from miner.config import Config
from miner.desk.coverage import coverage, news_since
from miner.desk.lists import read_list
from miner.desk.match import Matcher
from miner.desk.targets import add, confirm, rematch, targets
from miner.desk.workbook import write_workbook
from miner.engine import run_paths
from miner.errors import InputError, StoreError
from miner.store.database import open_database
from miner.store.schema import SCHEMA_VERSION

STORY = """远岚精密与青浦区签约

11月7日，在第六届中国国际进口博览会上，全球领先的轴承制造商远岚精密（中国）有限公司（以下简称“远岚精密”）与青浦区人民政府签署合作协议，金额3.5亿元。
远岚精密（中国）有限公司总经理周启航说：“我们在华投资已超过20亿元。”
"""


@pytest.fixture
def database(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "story.txt").write_text(STORY, encoding="utf-8")
    path = tmp_path / "expo.db"
    run_paths([str(tmp_path / "in")], path, Config(issue_date="2023-11-08", layout="article"))
    return path


def _csv(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_list_is_read_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    text = "2023年目标企业\n序号,企业名称,对接人,下一步 计划,区域\n1,远岚精密,小周,下周拜访,青浦\n2,,小李,,\n3,蓝屿食品,,,\n"
    read = read_list(_csv(tmp_path / "list.csv", text, encoding))
    assert [target.name for target in read.targets] == ["远岚精密", "蓝屿食品"]
    assert read.targets[0].own == {"owner": "小周", "next_step": "下周拜访"}
    assert read.targets[0].extra == {"序号": "1", "区域": "青浦"}
    assert read.unnamed == (4,)


def test_a_list_without_headings_has_names_in_its_first_column(tmp_path: Path) -> None:
    read = read_list(_csv(tmp_path / "list.csv", "远岚精密\n蓝屿食品\n"))
    assert [target.name for target in read.targets] == ["远岚精密", "蓝屿食品"]


def test_a_workbook_with_merged_cells(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    sheet.append(["目标企业名单"])
    sheet.merge_cells("A1:C1")
    sheet.append(["公司", "阶段", "日期"])
    sheet.append(["远岚精密", "已联系", None])
    sheet.append([None, "已签约", None])
    book.save(tmp_path / "list.xlsx")
    read = read_list(tmp_path / "list.xlsx")
    assert [(target.name, target.own) for target in read.targets] == [("远岚精密", {"stage": "已联系"})]
    assert read.unnamed == (4,)


@pytest.mark.parametrize("name", ["none.csv", "broken.xlsx", "empty.csv", "old.xls"])
def test_what_is_no_list_is_said(tmp_path: Path, name: str) -> None:
    (tmp_path / "broken.xlsx").write_bytes(b"PK no workbook")
    (tmp_path / "empty.csv").write_bytes(b"\n\n")
    (tmp_path / "old.xls").write_bytes(b"\xd0\xcf\x11\xe0")
    with pytest.raises(InputError, match=name):
        read_list(tmp_path / name)


def test_names_are_matched_by_name_core_and_near_form(database: Path) -> None:
    matcher = Matcher(sqlite3.connect(database))
    assert matcher.match("远岚精密").matched == "sure"
    assert matcher.match("遠嵐精密（中國）有限公司").matched == "sure"
    near = matcher.match("远岚精密机械制造集团")
    assert near.matched == "doubtful"
    assert near.candidates[0].name.startswith("远岚精密")
    assert matcher.match("青石化工").matched == "none"


def test_a_trade_that_ends_two_names_is_no_likeness(database: Path) -> None:
    connection = sqlite3.connect(database)
    connection.executemany(
        "insert into enterprises (id, name) values (?, ?)",
        [("b1", "中国银行"), ("b2", "强生"), ("b3", "通用电气")],
    )
    matcher = Matcher(connection)
    assert matcher.match("澄湾银行").matched == "none"
    assert [one.name for one in matcher.match("强生泵阀").candidates] == ["强生"]
    assert matcher.match("General Electric").matched == "sure"


def test_what_the_office_wrote_survives_runs(database: Path, tmp_path: Path) -> None:
    connection = sqlite3.connect(database)
    done = add(connection, read_list(_csv(tmp_path / "l.csv", "企业,备注\n远岚精密,老客户\n远岚,\n")).targets)
    assert done.added == 2
    confirm(connection, "远岚", "远岚精密（中国）有限公司")
    connection.close()
    run_paths([str(tmp_path / "in")], database, Config(issue_date="2023-11-08", layout="article"), force=True)
    connection = sqlite3.connect(database)
    rematch(connection)
    kept = {target.name: target for target in targets(connection)}
    assert kept["远岚精密"].own["notes"] == "老客户"
    assert kept["远岚"].matched == "confirmed"
    known = connection.execute(
        "select id from enterprises where id = ?", (kept["远岚"].enterprise_id,)
    ).fetchone()
    assert known is not None
    again = add(connection, read_list(_csv(tmp_path / "l.csv", "企业,阶段\n远岚精密,已签约\n")).targets)
    assert (again.added, again.changed) == (0, 1)
    assert {t.name: dict(t.own) for t in targets(connection)}["远岚精密"]["notes"] == "老客户"


def test_coverage_tells_deals_contacts_business_and_expos(database: Path) -> None:
    connection = sqlite3.connect(database)
    (key,) = connection.execute("select id from enterprises where name like '远岚精密%'").fetchone()
    told = coverage(connection, key)
    assert told is not None
    assert [(deal.type, deal.amount) for deal in told.deals if deal.type == "signing"] == [
        ("signing", 350_000_000.0)
    ]
    assert ("周启航", "总经理") in [(contact.name, contact.title) for contact in told.contacts]
    assert any("轴承制造商" in at.value for at in told.said("business"))
    assert any("20亿元" in at.text for at in told.invested)
    assert [(at.edition, at.during) for at in told.presence] == [(6, 1)]
    assert [one.headline for one in news_since(connection, key, "")] == ["远岚精密与青浦区签约"]
    assert list(news_since(connection, key, "2999-01-01")) == []


def test_the_workbook_holds_no_formula_of_others(database: Path, tmp_path: Path) -> None:
    connection = sqlite3.connect(database)
    add(connection, read_list(_csv(tmp_path / "l.csv", "企业,备注\n远岚精密,=1+1\n")).targets)
    assert write_workbook(connection, targets(connection), tmp_path / "out.xlsx") == 1
    book = load_workbook(tmp_path / "out.xlsx")
    assert book.sheetnames == ["企业信息库", "联系人", "会前会中会后", "事件"]
    notes = next(
        cell for row in book["会前会中会后"].iter_rows(min_row=2) for cell in row if cell.value == "=1+1"
    )
    assert notes.data_type == "s"
    with pytest.raises(InputError):
        write_workbook(connection, targets(connection), tmp_path / "nowhere" / "out.xlsx")


def test_the_commands(database: Path, tmp_path: Path) -> None:
    def run(*words: str) -> str:
        done = CliRunner().invoke(main, ["targets", *words, "--db", str(database)])
        assert done.exit_code == 0, done.output
        return done.output

    assert "added 2" in run("add", str(_csv(tmp_path / "l.csv", "企业\n远岚精密\n青石化工\n")))
    assert "远岚精密（中国）有限公司" in run("list")
    assert "nothing to confirm" in run("review")
    assert "远岚精密与青浦区签约" in run("news")
    assert "nothing new" in run("news")
    assert "2 家" in run("export", str(tmp_path / "out.xlsx"))
    assert "removed" in run("remove", "青石化工")


def test_a_workbook_that_is_there_is_not_written_over_unasked(database: Path, tmp_path: Path) -> None:
    out = tmp_path / "book.xlsx"
    out.write_bytes(b"mine")
    words = ["targets", "export", str(out), "--db", str(database)]
    refused = CliRunner().invoke(main, words)
    assert refused.exit_code == 3 and "--replace" in refused.output
    assert out.read_bytes() == b"mine"
    assert CliRunner().invoke(main, [*words, "--replace"]).exit_code == 0
    assert load_workbook(out).sheetnames[0] == "企业信息库"


def test_a_full_disk_leaves_no_half_workbook(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(InputError, match="No space left"):
        write_workbook(sqlite3.connect(database), [], tmp_path / "out.xlsx")
    assert not list(tmp_path.glob("*.xlsx")) and not list(tmp_path.glob(".*.part"))


def test_duplicate_and_empty_names_of_a_long_list(database: Path, tmp_path: Path) -> None:
    names = [f"企业{number % 2_500:05}" if number % 10 else "" for number in range(5_000)]
    path = _csv(
        tmp_path / "long.csv",
        "序号,企业名称\n" + "".join(f"{n},{name}\n" for n, name in enumerate(names)),
        "gb18030",
    )
    read = read_list(path)
    assert len(read.targets) == 4_500 and len(read.unnamed) == 500
    connection = sqlite3.connect(database)
    done = add(connection, read.targets)
    assert (done.added, done.changed) == (2_250, 2_250)
    assert connection.execute("select count(*) from targets").fetchone() == (2_250,)


def test_an_older_database_is_migrated_and_a_copy_kept(database: Path) -> None:
    connection = sqlite3.connect(database)
    connection.execute("pragma user_version = 1")
    connection.close()
    open_database(database).close()
    versions = [
        sqlite3.connect(path).execute("pragma user_version").fetchone()[0]
        for path in (database, database.with_name("expo.db.v1"))
    ]
    assert versions == [SCHEMA_VERSION, 1]
    newer = sqlite3.connect(database)
    newer.execute(f"pragma user_version = {SCHEMA_VERSION + 1}")
    newer.close()
    with pytest.raises(StoreError, match="newer"):
        open_database(database)
