"""`miner export` and `miner import-gold`: facts out in the forms of other programs, annotations back in."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click

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
@click.option("--type", "event_type", help="图:只取一类事件 / graphs: events of one type only")
def export_command(database: Path, what: str | None, form: str, out: Path, event_type: str | None) -> None:
    """导出:表、视图或查询;关系图;FollowTheMoney;标注 / Export a table, view or query, a graph, FollowTheMoney, annotations.

    WHAT is a table, a view, or a query in quotes; graphs (who did what together), FollowTheMoney entities (for Aleph)
    and annotations (doccano, brat) take the whole database.

    \b
    Example:
      miner export expo.db events --to xlsx --out 事件.xlsx
      miner export expo.db "select name, country from enterprises where n_articles > 1" --to csv --out 企业.csv
      miner export expo.db --to gexf --type signing --out 签约.gexf
    """
    from miner.desk import export
    from miner.store.database import open_readonly, store_errors

    with closing(open_readonly(database)) as connection, store_errors(database):
        connection.row_factory = None
        if form == "ftm":
            from miner.exchange.ftm import export_ftm

            count = export_ftm(connection, out)
        elif form in export.ROWS:
            if what is None:
                raise click.UsageError("给出表、视图或查询 / give a table, a view or a query")
            count = export.export_rows(export.rows_of(connection, what), out, form)
        elif form in export.GRAPHS:
            count = export.export_graph(connection, out, form, type=event_type)
        else:
            count = export.export_annotations(connection, out, form)
    click.echo(f"{out}  {count:,}")


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
