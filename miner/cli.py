"""The command line; the only file that prints."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable
from contextlib import suppress
from io import TextIOWrapper
from pathlib import Path
from typing import Any, TypeVar

import click

from miner import __version__
from miner.ask.commands import COMMANDS as ASKING
from miner.ask.commands import mcp
from miner.ask.understanding import understand
from miner.config import Config, default_corpus, load_config
from miner.desk.commands import diff, targets
from miner.desk.correct.commands import commands as correct_commands
from miner.errors import ConfigError, InputError, MinerError, ModelError, StoreError
from miner.exchange.commands import COMMANDS as EXCHANGING
from miner.misused import complain, told_in_chinese
from miner.room import ask_for_room
from miner.training.commands import train

EXIT_CODES = """\b
Exit codes:
  0  done (documents that failed are listed in `problems`)
  1  an unexpected error
  2  wrong options or configuration
  3  an input cannot be read at all (no such path, nothing readable)
  4  a lexicon or model is missing or damaged
  5  the database cannot be used (locked, read-only, full, not ours)
  130  stopped with Ctrl-C; what was stored stays valid
"""

KINDS = (
    (StoreError, "数据库不能用"),
    (ModelError, "词库或模型不能用"),
    (ConfigError, "选项或配置不对"),
    (InputError, "无法继续"),
    (MinerError, "出错"),
)
F = TypeVar("F", bound=Callable[..., Any])


class Program(click.Group):
    """The command group: turns the tool's own errors into one clear message and the documented exit code."""

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        """Read the options before the command's name; what is wrong with them is told as all else is."""
        with told_in_chinese():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; MinerError and Ctrl-C end with a message, never with a traceback."""
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, TextIOWrapper):  # a name that is no UTF-8 is shown, too
                stream.reconfigure(errors="backslashreplace")
        try:
            with told_in_chinese():
                result = super().invoke(ctx)
            sys.stdout.flush()
            return result
        except MinerError as error:
            kind = next(title for known, title in KINDS if isinstance(error, known))
            complain(f"{kind} / {error}")
            ctx.exit(error.exit_code)
        except KeyboardInterrupt:
            complain(
                "已停止,已存部分有效;再次运行同一命令即可继续 / stopped; run the same command to go on",
                colour="yellow",
            )
            ctx.exit(130)
        except MemoryError:
            complain(
                "内存不足,已存部分有效;腾出内存后再运行同一命令 /"
                " out of memory; what was stored stays valid: free memory and run the same command again"
            )
            ctx.exit(1)
        except BrokenPipeError:
            _leave_output()
            ctx.exit(0)
        except OSError as error:
            _leave_output()
            complain(f"系统报错 / the system reports: {error}")
            ctx.exit(1)


def _leave_output() -> None:
    """Point standard output elsewhere: what it still holds cannot be written, and would be tried again at the end."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@click.group(cls=Program, epilog=EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="miner")
def main() -> None:
    """把受损的进博会新闻档案变成可信的数据库 / Turn damaged news archives into a database one can trust.

    \b
    Example:
      miner run corpus --db expo.db
      miner serve expo.db
    """


_MOST_NAMED = 20
"""Paths that are named on the terminal."""


def _database(function: F) -> F:
    return click.argument("database", type=click.Path(dir_okay=False, path_type=Path))(function)


@main.command()
@click.argument("paths", nargs=-1, metavar="PATH...")
@click.option(
    "--db",
    "database",
    default="expo.db",
    show_default=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="数据库文件 / database to fill",
)
@click.option("--newspaper", help="报纸名,用于未注明的文档 / newspaper of documents that do not state one")
@click.option(
    "--issue-date",
    help="出版日期 YYYY-MM-DD,用于未注明的文档 / issue date of documents that do not state one",
)
@click.option(
    "--layout",
    type=click.Choice(["auto", "page", "article"]),
    help="纯文本的形状 / shape of plain text [auto]",
)
@click.option(
    "--workers", default=1, show_default=True, type=click.IntRange(1, 256), help="进程数 / processes"
)
@click.option(
    "--scheduler",
    metavar="tcp://HOST:PORT",
    help="由 Dask 集群处理(需 extra: cluster)/ let the workers of a Dask scheduler mine",
)
@click.option(
    "--config",
    "config_path",
    type=click.Path(dir_okay=False, path_type=Path),
    help="TOML 配置 / configuration file",
)
@click.option(
    "--ocr",
    is_flag=True,
    default=None,
    help="识别无文字层的 PDF 页(需 extra: ocr)/ read PDF pages that have no text layer",
)
@click.option(
    "--fields",
    multiple=True,
    metavar="FIELD=NAME",
    help="表格里哪一列是什么,如 body=全文 / which column of a table holds what",
)
@click.option("--encoding", help="文本和网页的编码,缺省自动识别 / encoding of text and pages [recognised]")
@click.option(
    "--names",
    type=click.Choice(["fast", "accurate"]),
    help="名称网络;accurate 慢而准(需 extra: accurate)/ network that finds names: accurate is slower and surer [fast]",
)
@click.option("--force", is_flag=True, help="重做已读过的文档 / redo documents that are known already")
@click.option(
    "--prune",
    is_flag=True,
    help="删去已不在所给文件夹里的文档 / remove documents that are gone from the folders given",
)
def run(
    paths: tuple[str, ...],
    database: Path,
    config_path: Path | None,
    workers: int,
    scheduler: str | None,
    force: bool,
    prune: bool,
    **options: Any,
) -> None:
    """抽取:把文件、目录、通配符、压缩包读入数据库 / Mine files, folders, globs and archives into a database.

    Without PATH the project's own corpus is mined. Running again skips what has not changed
    and replaces what has; files that moved keep their documents; facts of files that are gone stay, unless --prune.

    \b
    Example:
      miner run ../archive/2023-11 --db expo.db --newspaper 徐汇报 --workers 2
      miner run 'pages/*.txt' --layout page --issue-date 2023-11-08
      miner run s3://papers/2023 --db expo.db --scheduler tcp://10.0.0.1:8786
    """
    ask_for_room()  # before anything large is loaded
    from miner.engine import run_paths
    from miner.read import check_reading
    from miner.read.paths import printable

    options["fields"] = options["fields"] or None
    config = (load_config(config_path) if config_path else Config()).replace(**options)
    _check_date(config.issue_date)
    check_reading(config)
    given = list(paths) or [str(default_corpus())]
    command = printable(shlex.join(["miner", "run", *given, "--db", str(database)]))
    with _watcher() as watch:
        done = run_paths(
            given,
            database,
            config,
            workers=workers,
            scheduler=scheduler,
            force=force,
            prune=prune,
            command=command,
            watch=watch,
        )
    if done.read_nothing:
        raise InputError(
            "这里没有可读的文件 / nothing readable there",
            code="nothing-readable",
            where=", ".join(given),
            hint=";".join(done.causes)
            or "可读文本、网页、PDF、表格、网页归档及其压缩包 / text, HTML, PDF, tables, web archives and archives of them are read",
        )
    _summary(database, done)
    if done.pruned:
        gone = len(done.pruned)
        click.echo(f"删去 {gone} 份已不在的文档 / {gone} documents that are gone were removed:")
        click.echo("\n".join(f"  {path}" for path in done.pruned[:_MOST_NAMED]))


def _check_date(text: str | None) -> None:
    from datetime import date

    if text is not None:
        try:
            date.fromisoformat(text)
        except ValueError as error:
            raise click.BadParameter(
                f"{text!r} 不是日期,写作 / is no date, write YYYY-MM-DD", param_hint="--issue-date"
            ) from error


class _watcher:
    """Shows progress: a bar on a terminal, plain lines elsewhere."""

    def __enter__(self) -> Callable[[Any], None]:
        import time

        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            SpinnerColumn,
            TextColumn,
            TimeRemainingColumn,
        )

        console = Console(stderr=True)
        self.bar: Progress | None = None
        if not console.is_terminal:
            last = [time.monotonic()]

            def plain(p: Any) -> None:
                if time.monotonic() - last[0] >= 5 or p.stage == "resolve":
                    last[0] = time.monotonic()
                    of = f" / {p.total}" if p.total else ""
                    click.echo(
                        f"{p.stage}: {p.documents + p.skipped}{of} documents, {p.articles} articles, {p.characters / max(p.seconds, 1e-9):,.0f} characters/s",
                        err=True,
                    )

            return plain
        self.bar = Progress(
            SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
            TextColumn("{task.fields[articles]} 篇 · {task.fields[rate]} 字/秒"), TimeRemainingColumn(), console=console, transient=True,
        )  # fmt: skip
        task = self.bar.add_task("读取 mining", total=None, articles=0, rate="0")
        self.bar.start()
        bar = self.bar

        def show(p: Any) -> None:
            title = "归并 resolving" if p.stage == "resolve" else "读取 mining"
            bar.update(
                task,
                description=title,
                total=p.total,
                completed=p.documents + p.skipped,
                articles=p.articles,
                rate=f"{p.characters / max(p.seconds, 1e-9):,.0f}",
            )

        return show

    def __exit__(self, *exc: object) -> None:
        if self.bar is not None:
            self.bar.stop()


def _summary(database: Path, done: Any) -> None:
    from rich.console import Console
    from rich.table import Table

    from miner.store.read import COUNTED, counts, undated

    table = Table(title=f"{database}", title_justify="left", show_header=False, box=None, pad_edge=False)
    table.add_column(style="bold")
    table.add_column(justify="right")
    rows = counts(database)
    for title, number in rows.items():
        table.add_row(title, f"{number:,}")
    table.add_section()
    for title, text in (
        ("本次读入 read now", f"{done.documents:,}"), ("未变跳过 skipped", f"{done.skipped:,}"), ("失败 failed", f"{done.failed:,}"),
        ("秒 seconds", f"{done.seconds:,.1f}"), ("字/秒 characters/s", f"{done.characters / max(done.seconds, 1e-9):,.0f}" if done.characters else "-"),
    ):  # fmt: skip
        table.add_row(title, text)
    Console().print(table)
    name = shlex.quote(str(database))
    click.echo(f"\n下一步 next:  miner serve {name}")
    _tell_corrections(database)
    if rows[COUNTED["problems"]]:
        click.echo(f"待查 look at:  miner problems {name}")
    if undated(database):
        click.echo(
            "日期 dates:  有的文档没有见报日期,年份是推断的或不知道 / some documents have no date of issue: --issue-date 2023-11-08, docs/paths.md"
        )


@main.command()
@_database
@click.option("--port", default=8001, show_default=True, type=click.IntRange(0, 65535), help="端口 / port")
@click.option("--public", is_flag=True, help="可放上互联网的只读模式 / safe to put on the internet")
@click.option("--snippets", is_flag=True, help="正文只给片段(版权)/ bodies cut to snippets")
@click.option(
    "--site", default="", metavar="HOST", help="公开的主机名,写进链接 / public host that links name"
)
@click.option("--open", "open_browser", is_flag=True, help="打开浏览器 / open a browser")
def serve(database: Path, port: int, public: bool, snippets: bool, site: str, open_browser: bool) -> None:
    """发布:用 Datasette 在本机打开数据库 / Open a database in Datasette on this machine.

    \b
    Example:
      miner serve expo.db
      miner serve expo.db --public --snippets --port 8080
    """
    from miner.publish.serve import serve as publish

    publish(database, port=port, public=public, snippets=snippets, site=site, open_browser=open_browser)


@main.command()
@_database
@click.argument("article")
@click.option("--source", is_flag=True, help="与原始行并排 / beside its raw lines")
def show(database: Path, article: str, source: bool) -> None:
    """在终端显示一篇文章,人名企业名着色 / Show an article with its names coloured.

    ARTICLE is an id, the beginning of an id, or words of its headline or body; the newest that holds them is shown.

    \b
    Example:
      miner show expo.db 瓦锡兰
      miner show expo.db 3f2a --source
    """
    from rich.console import Console

    from miner.publish.archive import EVENT_TYPES, STATUSES
    from miner.publish.pages.article import ROLES
    from miner.terminal import find_articles, render_article, render_others, render_source

    console = Console()
    row, *others = find_articles(database, article)
    render, words = (render_source, ROLES) if source else (render_article, {**EVENT_TYPES, **STATUSES})
    for part in (*render(database, row["id"], words=words), *render_others(others)):
        console.print(part)


@main.command()
@_database
@click.argument("article")
@click.argument("word")
def explain(database: Path, article: str, word: str) -> None:
    """说明为什么某处是或不是名称 / Tell why a word of an article is a name, or none.

    First what was stored with the names that hold WORD: who proposed them, what weighed most, what they kept out. Then
    every proposal that overlaps WORD as this version weighs it: who made it, how sure it is, and what each piece of
    evidence counts for its label; the one that is chosen is marked. Last, the words there that might tell an event:
    the likeliest type by the sentence and by the whole article, and what counted. ARTICLE is found as by `show`.

    \b
    Example:
      miner explain expo.db 瓦锡兰 瓦锡兰
    """
    from rich.console import Console

    from miner.terminal import find_articles, render_explained

    console = Console()
    for part in render_explained(database, find_articles(database, article)[0], word):
        console.print(part)


@main.command()
@_database
@click.option("--stage", help="只看某环节 / only this stage")
@click.option("--code", help="只看某代码 / only this code")
def problems(database: Path, stage: str | None, code: str | None) -> None:
    """列出待查问题 / List what a person should look at.

    \b
    Example:
      miner problems expo.db
      miner problems expo.db --stage read
    """
    from miner.store.read import problem_rows

    rows = problem_rows(database, stage=stage, code=code)
    for row in rows:
        place = f"{row['path'] or ''}{':' + str(row['line']) if row['line'] else ''}"
        message = row["message"].removeprefix(f"{row['path']}: ")
        click.echo(f"{click.style(row['stage'] + '/' + row['code'], fg='yellow')}  {place}  {message}")
    if not rows and (stage or code) and (others := problem_rows(database)):
        kinds = ", ".join(sorted({f"{row['stage']}/{row['code']}" for row in others}))
        click.echo(f"没有这一类;有的是 / none of these; there are: {kinds}")
    else:
        click.echo(f"{len(rows)} 个问题 problems" if rows else "没有问题 / no problems")


@main.command()
@_database
def runs(database: Path) -> None:
    """列出运行记录 / List the runs with counts, speed and versions.

    \b
    Example:
      miner runs expo.db
    """
    from miner.store.read import run_rows

    for row in run_rows(database):
        speed = f"{row['characters'] / row['seconds']:,.0f} 字/秒" if row["seconds"] else "未完成 unfinished"
        click.echo(
            f"{row['started']}  v{row['version']}  {row['documents']} 文档 {row['articles']} 文章 跳过 {row['skipped']} 失败 {row['failed']}  {speed}  {row['command']}"
        )


@main.command("resolve")
@_database
def resolve_command(database: Path) -> None:
    """重新归并:同一企业、人物、机构与事件 / Resolve again: which names and reports are one and the same.

    \b
    Example:
      miner resolve expo.db
    """
    _resolve(database)
    click.echo(f"已归并 resolved: {database}")
    _tell_corrections(database)


def _resolve(database: Path) -> None:
    ask_for_room()
    from miner.engine import resolve_archive
    from miner.store.database import open_database, store_errors

    opened = open_database(database)
    try:
        with store_errors(database):
            resolve_archive(opened)
    finally:
        opened.close()


def _tell_corrections(database: Path) -> None:
    """Say how many corrections of people were applied, and that some were not."""
    from miner.store.read import corrections_applied, problem_rows

    applied, wrong = corrections_applied(database), problem_rows(database, stage="correct")
    if applied or wrong:
        click.echo(f"更正 corrections: {applied} 条已生效 applied, {len(wrong)} 条未生效 not")
    for row in wrong:
        click.secho(f"  {row['path'] or ''}:{row['line'] or ''}  {row['message']}", fg="yellow", err=True)


@main.command()
@click.argument("database", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="输出 JSON / print JSON")
def doctor(database: Path | None, as_json: bool) -> None:
    """体检:安装是否完好,数据库是否可信,每处该怎么办 / Examine the installation, and a database, and say what to do.

    Ends with 1 when something is wrong; notes are no errors.

    \b
    Example:
      miner doctor
      miner doctor expo.db --json
    """
    import dataclasses
    import json

    from miner.doctor import examine_database, examine_installation

    found = [*examine_installation((database or Path()).resolve().parent if database else Path())]
    found += examine_database(database) if database else []
    wrong = sum(finding.state == "wrong" for finding in found)
    if as_json:
        click.echo(json.dumps([dataclasses.asdict(f) for f in found], ensure_ascii=False, indent=1))
    else:
        marks = {"ok": ("✓", "green"), "note": ("·", "yellow"), "wrong": ("✗", "red")}
        for finding in found:
            mark, colour = marks[finding.state]
            todo = f"\n    → {finding.todo}" if finding.todo else ""
            click.echo(f"{click.style(mark, fg=colour)} {finding.about}: {finding.what}{todo}")
        click.echo(f"{wrong} 处不对 things are wrong" if wrong else "一切正常 / all is well")
    if wrong:
        raise click.exceptions.Exit(1)


@main.command()
@click.option(
    "--gold",
    default=None,
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    help="有标准答案的目录 / folder of texts with gold [corpus]",
)
@click.option("--errors", is_flag=True, help="按原因列出错误 / list errors by cause")
@click.option(
    "--check", is_flag=True, help="低于 baseline.json 的下限即失败 / fail below the floors of baseline.json"
)
def evaluate(gold: Path | None, errors: bool, check: bool) -> None:
    """评测:各环节得分、错误与下限 / Score every stage against gold.

    \b
    Example:
      miner evaluate --errors
      miner evaluate --check
    """
    from miner.evaluate import below_floor, load_floors
    from miner.evaluate import evaluate as score

    folder = gold or default_corpus()
    result = score(folder)
    for name in sorted(result.scores):
        s = result.scores[name]
        click.echo(f"{name:18} P {s.precision:.3f}  R {s.recall:.3f}  F1 {s.f1:.3f}   gold {s.gold:g}")
    if errors:
        for cause in sorted(result.errors):
            for text in result.errors[cause]:
                click.echo(f"{cause}: {text}")
    if check:
        low = list(below_floor(result.figures(), load_floors(folder / "baseline.json")))
        for text in low:
            click.secho(text, fg="red", err=True)
        if low:
            raise click.exceptions.Exit(1)
        click.echo("各项不低于下限 / no figure below its floor")


for command in (diff, targets, correct_commands(_resolve), *EXCHANGING, *ASKING, understand, mcp, train):
    main.add_command(command)

if __name__ == "__main__":
    main()
