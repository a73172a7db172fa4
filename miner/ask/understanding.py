"""`miner understand topics | keywords | attention | reprints`: what an archive is about, on the command line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from miner.ask.commands import asking, opened, printed, shown
from miner.understand.periods import BY

__all__ = ["understand"]

F = TypeVar("F", bound=Callable[..., Any])
_BARS = 24


def _by(default: str) -> Callable[[F], F]:
    return click.option(
        "--by",
        type=click.Choice(list(BY)),
        default=default,
        show_default=True,
        help="按什么分 / grouped by what",
    )


@click.group()
def understand() -> None:
    """读懂档案:主题、关键词、关注度、转载 / What an archive is about: topics, keywords, attention, reprints.

    \b
    Example:
      miner understand topics expo.db --by edition
      miner understand attention expo.db 氢能 咖啡 --by year
    """


@understand.command()
@asking
@_by("year")
def topics(database: Path, as_json: bool, no_pager: bool, by: str) -> None:
    """报道的主题及其消长 / The topics of the coverage and how they come and go."""
    from miner.understand.periods import topics as found

    with opened(database) as connection:
        told = found(connection, by)
    groups = sorted({group for topic in told for group in topic.over})
    rows = [
        {"label": topic.label, "n": topic.n, **{group: topic.over.get(group, 0) for group in groups}}
        for topic in told
    ]
    heads = {"label": "主题", "n": "篇数", **{group: group or "不详" for group in groups}}
    _tell(told, "主题 / Topics", (heads, rows), (as_json, no_pager))


@understand.command()
@asking
@_by("edition")
@click.option(
    "--most", default=10, show_default=True, type=click.IntRange(1, 100), help="每组几个词 / words a group"
)
def keywords(database: Path, as_json: bool, no_pager: bool, by: str, most: int) -> None:
    """各届、各年、各报与其余不同的词 / The words that set each edition, year, month or newspaper apart from the others."""
    from miner.understand.periods import distinctive

    with opened(database) as connection:
        told = distinctive(connection, by, most=most)
    rows = [
        {"group": group, "words": "、".join(f"{word.term}({word.n}/{word.n_all})" for word in words)}
        for group, words in told.items()
    ]
    heads = {"group": by, "words": "突出的词(本组篇数/全部篇数)"}
    _tell(told, "关键词 / Keywords", (heads, rows), (as_json, no_pager))


@understand.command()
@asking
@click.argument("queries", nargs=-1, required=True)
@_by("month")
def attention(database: Path, as_json: bool, no_pager: bool, queries: tuple[str, ...], by: str) -> None:
    """一个或几个检索词的报道量,并排比较 / How much was written about one or several queries, side by side.

    Each QUERY is written as on the search page: 氢能, '氢能 OR 燃料电池', '旭化成 签约'.
    """
    from miner.ask.attention import attention as found

    with opened(database) as connection:
        told = found(connection, queries, by)
    rows = []
    for group, whole in told[0].of.items():
        row: dict[str, object] = {"group": group, "of": whole}
        row.update({f"n{at}": _bar(one.n[group], max(one.n.values())) for at, one in enumerate(told)})
        rows.append(row)
    names = {f"n{at}": one.query + ("" if one.exact else "(约)") for at, one in enumerate(told)}
    _tell(told, "关注度 / Attention", ({"group": by, "of": "全部", **names}, rows), (as_json, no_pager))


def _bar(n: int, most: int) -> str:
    width = round(_BARS * n / most) if most else 0
    return f"{n:>4} " + "█" * (width or bool(n))


@understand.command()
@asking
def reprints(database: Path, as_json: bool, no_pager: bool) -> None:
    """转载:同一文字见于哪几篇(删节、换题、改写、改日期都算)/ Which articles have one text: cut, re-headed, reworded, dated anew."""
    from miner.understand.periods import reprinted

    with opened(database) as connection:
        told = list(reprinted(connection))
    rows = [
        {
            "original": f"{one.original_newspaper or '—'} {one.original_published or '—'} {one.original_headline or ''}",
            "copy": f"{one.newspaper or '—'} {one.published or '—'} {one.headline or ''}",
            "chars": f"{one.original_chars} → {one.n_chars}",
            "sure": f"{one.sure or 0:.2f}",
        }
        for one in told
    ]
    heads = {"original": "首见", "copy": "转载", "chars": "字数", "sure": "把握"}
    _tell(told, f"转载 / Reprints: {len(told)}", (heads, rows), (as_json, no_pager))


def _tell(
    told: object, title: str, table: tuple[dict[str, str], Sequence[dict[str, Any]]], how: Iterable[bool]
) -> None:
    as_json, no_pager = how
    if as_json:
        printed(told)
        return
    from miner.ask.tables import table_parts

    shown(table_parts(title, *table), no_pager)
