"""`miner search | who | enterprise | events | stats`: questions to an archive on the command line."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from miner.ask.things import Meant

__all__ = ["COMMANDS", "asking", "opened", "printed", "shown"]

F = TypeVar("F", bound=Callable[..., Any])


class EventTypes(click.Choice):  # type: ignore[type-arg]  # takes a parameter only in newer releases
    """One of the types of events, which are read when they are first wanted."""

    def __init__(self) -> None:
        self.case_sensitive = True

    @property
    def choices(self) -> tuple[str, ...]:  # type: ignore[override]
        """The codes of all types."""
        from miner.store.words import EVENT_TYPES

        return tuple(EVENT_TYPES)


def asking(function: F) -> F:
    """Give a command its database and how it answers."""
    for option in (
        click.option("--no-pager", is_flag=True, help="不分页 / never through a pager"),
        click.option("--json", "as_json", is_flag=True, help="JSON,供别的程序读 / JSON for other programs"),
    ):
        function = option(function)
    return click.argument("database", type=click.Path(dir_okay=False, path_type=Path))(function)


_EDITION = click.option("--edition", type=click.IntRange(1, 99), help="第几届 / which expo, 1 = 2018")
_SINCE = click.option("--since", metavar="DATE", help="自(YYYY[-MM[-DD]])/ from")
_UNTIL = click.option("--until", metavar="DATE", help="至(YYYY[-MM[-DD]])/ until")
_LIMIT = click.option(
    "--limit", default=20, show_default=True, type=click.IntRange(1, 10_000), help="至多几条 / at most"
)


@click.command()
@asking
@click.argument("words", nargs=-1, required=True)
@_EDITION
@click.option("--newspaper", default="", help="只看一家报纸 / of one newspaper")
@_SINCE
@_UNTIL
@click.option("--sort", type=click.Choice(["relevance", "newest", "oldest"]), default="relevance", show_default=True, help="次序 / order")  # fmt: skip
@click.option(
    "--limit", default=10, show_default=True, type=click.IntRange(1, 100), help="至多几篇 / at most"
)
def search(
    database: Path, words: tuple[str, ...], as_json: bool, no_pager: bool, limit: int, **given: Any
) -> None:
    """检索文章:词、"短语"、OR、-排除 / Search the articles: words, "phrases", OR, -exclusion.

    \b
    Example:
      miner search expo.db 旭化成 签约 --edition 5
      miner search expo.db '瓦锡兰 OR 曼恩' -- -展台
    """
    from miner.ask.things import find
    from miner.publish.pages.search import Request, advise
    from miner.publish.pages.search import search as found

    _check_days(given)
    typed = " ".join(words)
    asked = Request.read({"q": typed, "size": str(limit), **{k: str(v or "") for k, v in given.items()}})
    with opened(database) as connection:
        results = found(connection, asked)
        advice = None if results.hits else advise(connection, asked)
        near = () if results.hits else find(connection, typed).near
    if as_json:
        from miner.ask.served import hits_json

        printed(hits_json(results))
    elif advice is not None:
        from miner.ask.tables import near_text

        told = f"近似的名称 near names: {near_text(near)}" if near else ""
        click.echo("\n".join(["没有找到 / nothing found", *advice.reasons, told]).rstrip())
    else:
        from miner.ask.tables import result_parts

        shown(result_parts(results, typed), no_pager)


@click.command()
@asking
@click.argument("name")
@_EDITION
@_LIMIT
def enterprise(
    database: Path, name: str, as_json: bool, no_pager: bool, edition: int | None, limit: int
) -> None:
    """一家企业:做了什么、谁代表它说话、写在哪里 / What an enterprise did, who spoke for it, and where that is written.

    NAME is any of its names, in any writing, or its id; near names are offered for one that is unknown. Every fact comes with newspaper,
    date, page, file and line, and the sentence.

    \b
    Example:
      miner enterprise expo.db 旭化成 --edition 5
    """
    _dossiers(database, name, ("enterprise",), (as_json, no_pager), (edition, limit))


@click.command()
@asking
@click.argument("name")
@_EDITION
@_LIMIT
def who(database: Path, name: str, as_json: bool, no_pager: bool, edition: int | None, limit: int) -> None:
    """一个人,或一家单位的人:职务、言行及出处 / A person, or the people of a body: posts, acts and words, and where they are written.

    \b
    Example:
      miner who expo.db 王旭
      miner who expo.db 虹口区投资促进办公室
    """
    _dossiers(
        database,
        name,
        ("person", "organization", "enterprise", "place"),
        (as_json, no_pager),
        (edition, limit),
    )


def _dossiers(
    database: Path,
    name: str,
    labels: Sequence[str],
    how: tuple[bool, bool],
    narrowed: tuple[int | None, int],
) -> None:
    from miner.ask.dossier import dossier
    from miner.ask.things import find

    with opened(database) as connection:
        found = find(connection, name, labels)
        if not found.things:
            _unknown(found, database)
        told = [dossier(connection, one, edition=narrowed[0], limit=narrowed[1]) for one in found.things]
    if how[0]:
        printed(told)
    else:
        from miner.ask.tables import dossier_parts

        shown((part for one in told for part in (*dossier_parts(one), "")), how[1])


def _unknown(found: Meant, database: Path) -> None:
    from miner.ask.tables import near_text
    from miner.errors import InputError

    near = f"近似的名称 near names: {near_text(found.near)}" if found.near else None
    raise InputError(
        f"档案里没有这个名称 / no such name: {found.asked}", code="no-name", where=str(database), hint=near
    )


@click.command()
@asking
@click.option("--type", "type", type=EventTypes(), help="事件类型 / type of events")
@click.option(
    "--of", "party", metavar="NAME", help="某企业、人物或机构参与的 / that a thing of this name took part in"
)
@_EDITION
@_SINCE
@_UNTIL
@click.option("--amount", "least", type=float, help="金额不小于 / of at least this amount")
@_LIMIT
def events(database: Path, as_json: bool, no_pager: bool, party: str | None, **given: Any) -> None:
    """列出事件:何时、何事、各方、金额,及每条出处 / List events: when, what, who, how much, and every place that tells it.

    \b
    Example:
      miner events expo.db --type signing --edition 5
      miner events expo.db --of 瓦锡兰 --since 2023-11
    """
    from miner.ask.facts import Narrowing
    from miner.ask.facts import events as found

    _check_days(given)
    with opened(database) as connection:
        told = list(found(connection, Narrowing(_party(connection, party, database), **given)))
    if as_json:
        printed(told)
    elif told:
        from miner.ask.tables import event_parts

        shown(event_parts(told), no_pager)
    else:
        click.echo("没有这样的事件 / no such event")


def _party(connection: sqlite3.Connection, name: str | None, database: Path) -> tuple[str, str] | None:
    from miner.ask.things import find

    if name is None:
        return None
    found = find(connection, name)
    if not found.things:
        _unknown(found, database)
    return found.things[0].label, found.things[0].id


@click.command()
@asking
@click.option(
    "--by",
    type=click.Choice(["newspaper", "edition", "month", "type", "country", "industry"]),
    default="newspaper",
    show_default=True,
    help="按什么数 / counted by what",
)
def stats(database: Path, as_json: bool, no_pager: bool, by: str) -> None:
    """档案有多少 / How much the archive holds: articles, events, enterprises by newspaper, edition, month, type, country, industry.

    \b
    Example:
      miner stats expo.db --by edition
    """
    from miner.ask.counts import HEADS, counted

    with opened(database) as connection:
        found = counted(connection, by)
    if as_json:
        printed(found)
        return
    from miner.ask.tables import table_parts

    heads = {
        "title": by,
        **{name: title for name, title in HEADS.items() if found and name in found[0] and name != "value"},
    }
    shown(table_parts(str(database), heads, found), no_pager)


@click.command()
@click.argument("database", type=click.Path(dir_okay=False, path_type=Path))
def mcp(database: Path) -> None:
    """给语言模型的工具(MCP,经标准输入输出)/ Tools for language models over stdio: search, dossier, evidence, events, targets.

    Needs the extra `mcp`. Every answer names newspaper, date, page, file and line, and the sentence; nothing is written.

    \b
    Example:
      miner mcp expo.db       # a client's settings: {"command": "miner", "args": ["mcp", "expo.db"]}
    """
    from miner.ask.tools import server

    server(database).run("stdio")


@contextmanager
def opened(database: Path) -> Iterator[sqlite3.Connection]:
    """Open an archive read-only."""
    from miner.ask.opened import opened as archive

    with archive(database) as connection:
        yield connection


def _check_days(given: dict[str, Any]) -> None:
    from miner.publish.query import is_date

    for name in ("since", "until"):
        if given.get(name) and not is_date(given[name]):
            raise click.BadParameter(
                f"{given[name]!r} 不是日期,写作 / is no date, write YYYY, YYYY-MM or YYYY-MM-DD",
                param_hint=f"--{name}",
            )


def printed(found: object) -> None:
    """Write records as JSON."""
    import json

    from miner.ask.served import as_data

    click.echo(json.dumps(as_data(found), ensure_ascii=False, indent=1))


def shown(parts: Iterable[Any], no_pager: bool) -> None:
    """Write parts to the terminal."""
    from miner.terminal import show

    show(parts, pager=not no_pager)


COMMANDS = (search, who, enterprise, events, stats)
"""The commands of this package."""
