"""`miner export` and `miner import-gold`: facts out in the forms of other programs, annotations back in."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click

from miner.errors import InputError

__all__ = ["COMMANDS"]


@click.command("export")
@click.argument("database", type=click.Path(dir_okay=False, path_type=Path))
@click.argument("what", required=False)
@click.option(
    "--to",
    "form",
    required=True,
    type=click.Choice(["csv", "jsonl", "xlsx", "parquet", "graphml", "gexf", "ftm", "doccano", "brat"]),
    help="格式 / format",
)
@click.option("--out", required=True, type=click.Path(path_type=Path), help="写到哪里 / where to write")
@click.option("--search", "words", help="检索所得的全部文章 / all articles that a search finds")
@click.option("--of", "name", help="一家企业、一个人的全部事实 / all facts of one thing, by name")
@click.option("--type", "event_type", help="图:只取一类事件 / graphs: events of one type only")
@click.option("--replace", is_flag=True, help="覆盖已有的文件 / replace a file that is there")
def export_command(
    database: Path,
    what: str | None,
    form: str,
    out: Path,
    event_type: str | None,
    replace: bool,
    **asked: str | None,
) -> None:
    """导出:表、视图、查询、检索、档案;关系图;FollowTheMoney;标注 / Export tables, queries, searches, dossiers, graphs, annotations.

    WHAT is a table, a view, or a query in quotes; graphs (who did what together), FollowTheMoney entities (for Aleph)
    and annotations (doccano, brat) take the whole database.

    \b
    Example:
      miner export expo.db events --to xlsx --out 事件.xlsx
      miner export expo.db --search '隔膜 OR 透析膜' --to jsonl --out 隔膜.jsonl
      miner export expo.db --of 旭化成 --to xlsx --out 旭化成.xlsx
      miner export expo.db "select name, country from enterprises where n_articles > 1" --to csv --out 企业.csv
      miner export expo.db --to gexf --type signing --out 签约.gexf
    """
    from miner.desk import export
    from miner.store.database import open_readonly, store_errors

    if out.exists() and not replace and not (out.is_dir() and not any(out.iterdir())):
        raise InputError("已有这个文件 / the file is there already", where=str(out), hint="--replace")
    if form in export.ROWS:
        count = _rows(database, what, form, out, **asked)
    else:
        with closing(open_readonly(database)) as connection, store_errors(database):
            connection.row_factory = None
            if form == "ftm":
                from miner.exchange.ftm import export_ftm

                count = export_ftm(connection, out)
            elif form in export.GRAPHS:
                count = export.export_graph(connection, out, form, type=event_type)
            else:
                count = export.export_annotations(connection, out, form)
    click.echo(f"{out}  {count:,}")


def _rows(
    database: Path, what: str | None, form: str, out: Path, *, words: str | None, name: str | None
) -> int:
    from miner.ask.opened import opened
    from miner.desk.export import export_rows, rows_of
    from miner.store.database import open_readonly, store_errors

    if sum(given is not None for given in (what, words, name)) != 1:
        raise click.UsageError(
            "给出表、视图、查询、--search 或 --of 之一 / give one of: a table, a view, a query, --search, --of"
        )
    if what is not None:
        with closing(open_readonly(database)) as connection, store_errors(database):
            connection.row_factory = None
            return export_rows(rows_of(connection, what, typed=form == "parquet"), out, form)
    from miner.exchange.asked import dossier_rows, search_rows

    with opened(database) as connection:
        rows = search_rows(connection, words) if words is not None else dossier_rows(connection, name or "")
        return export_rows(rows, out, form)


@click.command("import-gold")
@click.argument("annotations", type=click.Path(path_type=Path))
@click.argument("out", type=click.Path(file_okay=False, path_type=Path))
def import_gold_command(annotations: Path, out: Path) -> None:
    """标注变成标准答案 / Turn annotations (a folder of brat, a file of doccano) into gold for `miner evaluate`.

    Only names are scored against it. Names of one thing are tied by brat's equivalences or by notes of the same text.

    \b
    Example:
      miner export expo.db --to brat --out marked/
      miner import-gold marked/ gold/
      miner evaluate --gold gold/ --errors
    """
    from miner.exchange.gold import import_gold

    click.echo(f"{out}  {import_gold(annotations, out):,} 篇 / articles")


COMMANDS = (export_command, import_gold_command)
"""The commands of this package."""
