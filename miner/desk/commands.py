"""`miner targets`: the office's list on the command line."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import click

from miner.desk import MATCHED
from miner.errors import InputError

DATABASE = click.option(
    "--db",
    "database",
    default="expo.db",
    show_default=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="数据库文件 / database",
)


@click.group()
def targets() -> None:
    """目标企业名单:跟进、确认、导出 / The office's list of targets: follow, confirm, export.

    \b
    Example:
      miner targets add 名单.xlsx --db expo.db
      miner targets review
      miner targets export 工作簿.xlsx
    """


@contextmanager
def _opened(database: Path) -> Iterator[sqlite3.Connection]:
    from miner.desk.arrivals import note_arrivals
    from miner.desk.base import ensure_base
    from miner.store.database import open_database, store_errors

    with closing(open_database(database)) as opened, store_errors(database):
        note_arrivals(opened, begin=True)
        ensure_base(opened)
        yield opened


@targets.command()
@click.argument("list_path", metavar="LIST", type=click.Path(dir_okay=False, path_type=Path))
@DATABASE
def add(list_path: Path, database: Path) -> None:
    """加入名单(CSV 或 XLSX)/ Add a list: a column of names, and any columns of your own.

    Headings like 企业名称, 负责人, 阶段, 备注, 下一步, 日期 are known; all others are kept beside. A name that is on the list
    already gets what the new list says.
    """
    from miner.desk.lists import read_list
    from miner.desk.targets import add as add_rows

    read = read_list(list_path)
    with _opened(database) as connection:
        done = add_rows(connection, read.targets)
    click.echo(f"加入 added {done.added}   更新 changed {done.changed}")
    for kind, count in sorted(done.matched.items()):
        click.echo(f"  {MATCHED[kind]} {kind}: {count}")
    if read.unnamed:
        shown = "、".join(map(str, read.unnamed[:20])) + ("…" if len(read.unnamed) > 20 else "")
        click.echo(f"没有企业名称的行 rows without a name ({len(read.unnamed):,}): {shown}", err=True)
    if done.matched.get("doubtful"):
        click.echo("下一步 next:  miner targets review")


@targets.command("list")
@DATABASE
@click.option("--matched", type=click.Choice(sorted(MATCHED)), help="只看一类 / only of this kind")
def list_targets(database: Path, matched: str | None) -> None:
    """列出名单 / List the targets with the enterprises they are."""
    from miner.desk.targets import rematch
    from miner.desk.targets import targets as rows

    with _opened(database) as connection:
        rematch(connection)
        for target in rows(connection, matched=matched):
            own = "  ".join(f"{value}" for value in target.own.values() if value)
            click.echo(
                f"{MATCHED[target.matched]}  {target.name}  →  {target.matched_name or '—'}  {own}".rstrip()
            )


@targets.command()
@DATABASE
@click.option("--list", "only_list", is_flag=True, help="只列出,不逐个问 / list them, ask nothing")
def review(database: Path, only_list: bool) -> None:
    """逐个确认拿不准的 / Say of each doubtful target which enterprise it is; listed where nobody can be asked."""
    from miner.desk.targets import candidates, rematch
    from miner.desk.targets import confirm as decide
    from miner.desk.targets import targets as rows

    with _opened(database) as connection:
        rematch(connection)
        found = list(candidates(connection, rows(connection, matched="doubtful")))
        asking = bool(found) and not only_list and sys.stdin.isatty()
        for target, match in found:
            click.echo(target.name)
            for number, one in enumerate(match.candidates, 1):
                click.echo(f"  {number}  {one.name}  {one.n_articles} 篇  相似 {one.likeness:.0f}  {one.id}")
            if asking:
                answer = _asked(len(match.candidates))
                if answer is None:
                    continue
                chosen = match.candidates[answer - 1].id if answer else None
                decide(connection, target.name, chosen)
    if not asking:
        click.echo(_HOW if found else "没有待确认的 nothing to confirm")


_HOW = "确认 say which:  miner targets confirm 名称 企业名称或标识;都不是 none of them:  miner targets confirm 名称 --none"


def _asked(most: int) -> int | None:
    """Ask for the number of a candidate; 0 is none of them, an empty answer leaves it open."""
    told = click.prompt(
        "  哪一家(0 都不是,回车跳过)/ which (0: none, Enter: later)", default="", show_default=False
    )
    return int(told) if told.isdecimal() and int(told) <= most else None


@targets.command()
@click.argument("name")
@click.argument("enterprise", required=False)
@click.option("--none", "refused", is_flag=True, help="都不是 / it is none of the database")
@DATABASE
def confirm(name: str, enterprise: str | None, refused: bool, database: Path) -> None:
    """确认一家目标企业是库中哪一家 / Say which enterprise a target is, by name or id."""
    from miner.desk.targets import confirm as decide

    if refused == (enterprise is not None):
        raise click.UsageError("给出企业,或 --none / give an enterprise, or --none")
    with _opened(database) as connection:
        target = decide(connection, name, None if refused else enterprise)
    click.echo(f"{MATCHED[target.matched]}  {target.name}  →  {target.matched_name or '—'}")


@targets.command()
@click.argument("name")
@DATABASE
def remove(name: str, database: Path) -> None:
    """从名单移除 / Take a target off the list."""
    from miner.desk.targets import remove as take_off

    with _opened(database) as connection:
        gone = take_off(connection, name)
    click.echo("已移除 removed" if gone else "名单里没有 not on the list")


@targets.command()
@click.option("--since", help="自何时起(YYYY-MM-DD);默认自上次查看 / since when [the last look]")
@DATABASE
def news(since: str | None, database: Path) -> None:
    """名单企业的新报道 / What is new of the targets since the last look."""
    from miner.desk.coverage import news_since
    from miner.desk.targets import mark_looked, rematch
    from miner.desk.targets import targets as rows

    count = 0
    with _opened(database) as connection:
        rematch(connection)
        followed = [target for target in rows(connection) if target.enterprise_id]
        for target in followed:
            for one in news_since(connection, target.enterprise_id or "", since or target.looked or ""):
                count += 1
                click.echo(f"{target.name}  {one.published or '—'}  {one.headline}\n    {one.text}")
        mark_looked(connection, [target.id for target in followed])
    click.echo(f"{count} 条 / items" if count else "没有新的 / nothing new")


@targets.command()
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="覆盖已有的文件 / replace a file that is there")
@DATABASE
def export(out: Path, database: Path, replace: bool) -> None:
    """导出工作簿:企业信息库、联系人、会前会中会后、事件 / Write the workbook that an office keeps (XLSX)."""
    from miner.desk.targets import rematch
    from miner.desk.targets import targets as rows
    from miner.desk.workbook import write_workbook

    if out.exists() and not replace:
        raise InputError("已有这个文件 / the file is there already", where=str(out), hint="--replace")
    with _opened(database) as connection:
        rematch(connection)
        count = write_workbook(connection, rows(connection), out)
    click.echo(f"{out}  {count} 家 / targets")


@click.command("diff")
@click.argument("before", type=click.Path(dir_okay=False, path_type=Path))
@click.argument("after", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--to",
    "form",
    default="text",
    show_default=True,
    type=click.Choice(["text", "json", "html"]),
    help="输出形式 / form",
)
@click.option("--kind", "kinds", multiple=True, help="只比这些(可重复)/ only these kinds of facts")
def diff(before: Path, after: Path, form: str, kinds: tuple[str, ...]) -> None:
    """对照两个数据库:出现、消失、改变的事实 / What the second database tells differently from the first.

    \b
    Example:
      miner diff old.db new.db --kind events --kind posts
      miner diff old.db new.db --to html > changes.html
    """
    import json
    from dataclasses import asdict

    from miner.desk.compare import KINDS, as_html, differences
    from miner.store.database import open_readonly, store_errors

    if unknown := sorted(set(kinds) - KINDS.keys()):
        raise click.BadParameter(
            f"没有 / unknown: {', '.join(unknown)}; 有 / known: {', '.join(KINDS)}", param_hint="--kind"
        )
    with store_errors(before), store_errors(after):
        found = (
            one
            for one in differences(open_readonly(before), open_readonly(after))
            if not kinds or one.kind in kinds
        )
        if form == "html":
            for line in as_html(found):
                click.echo(line)
            return
        marks = {"appeared": "+", "vanished": "-", "changed": "~"}
        for one in found:
            if form == "json":
                click.echo(json.dumps({"change": one.change, **asdict(one)}, ensure_ascii=False))
            else:
                told = " → ".join(text for text in (one.before, one.after) if text)
                click.echo(f"{marks[one.change]} {KINDS[one.kind].title}  {one.key}  {told}".rstrip())
