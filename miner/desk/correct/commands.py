"""`miner correct`: corrections that hold, on the command line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from miner.desk.commands import DATABASE
from miner.desk.correct import ENTITIES, FACTS

if TYPE_CHECKING:
    from miner.desk.correct.file import Correction
    from miner.desk.correct.say import Sayer

_F = TypeVar("_F", bound=Callable[..., Any])
_STATES = {
    "new": "尚未归并 not applied yet",
    "applied": "已生效 applied",
    "unmatched": "已对不上 matches nothing",
    "ambiguous": "所指不止一个 ambiguous",
    "contradicted": "与别条矛盾 contradicted",
}
_KIND = click.Choice(ENTITIES)


class _Session:
    """What the commands share: how an archive is resolved, which this package does not know."""

    def __init__(self, resolve: Callable[[Path], None]) -> None:
        self.resolve = resolve


def _common(function: _F) -> _F:
    for option in (
        click.option(
            "--later", is_flag=True, help="只记下,下次归并再用 / only note it; the next resolving applies it"
        ),
        click.option("--why", help="理由 / why"),
        click.option("--who", help="更正者 / who corrects [your login name]"),
        DATABASE,
    ):
        function = option(function)
    return function


def commands(resolve: Callable[[Path], None]) -> click.Group:
    """Return the group of commands; `resolve` applies the corrections of a database."""

    @click.group()
    @click.pass_context
    def correct(context: click.Context) -> None:
        """更正:写进数据库旁的 corrections.yml,每次运行与归并都照办 / Corrections that hold through every run.

        Things are named as the site shows them: by name (王磊@澜石食品 where several have it), stories by title or
        「报纸 日期 标题」, events by title; ids of the site do as well. A line that is removed from the file is undone.

        \b
        Example:
          miner correct merge enterprise 远岚精密 远岚机械有限公司 --why 已更名
          miner correct headline "蓝屿食品展台人气旺" "蓝屿食品集团发布新品"
          miner correct list
        """
        context.obj = _Session(resolve)

    for command in (
        merge,
        split,
        rename,
        alias,
        reject,
        post,
        headline,
        byline,
        date,
        event,
        list_,
        undo,
        apply,
        gold,
    ):
        correct.add_command(command)
    return correct


def _note(
    session: _Session,
    database: Path,
    said: Callable[[Sayer], Correction],
    *,
    who: str | None,
    why: str | None,
    later: bool,
) -> None:
    from miner.desk.correct.file import append, corrections_path
    from miner.desk.correct.say import Sayer
    from miner.store.database import open_database, store_errors

    with closing(open_database(database)) as opened, store_errors(database):
        correction = said(Sayer(opened, who=who, why=why))
    path = corrections_path(database)
    new = append(path, [correction])
    click.echo(
        f"{'记下 noted' if new else '已有 known already'}  {correction.id}  {correction.verb} {correction.shown}"
    )
    if later:
        click.echo(f"下一步 next:  miner resolve {database}")
        return
    _apply(session, database, only=correction.id)


def _apply(session: _Session, database: Path, *, only: str = "") -> None:
    session.resolve(database)
    known = _known(database)
    for correction, status, told in known:
        if only in ("", correction.id):
            _tell(correction, status, told)
    if others := sum(status != "applied" and only not in ("", one.id) for one, status, _ in known):
        click.secho(f"另有 {others} 条未生效 / others are not applied: miner correct list", fg="yellow")


def _known(database: Path) -> Sequence[tuple[Correction, str, str | None]]:
    from miner.desk.correct.apply import settled
    from miner.store.database import open_readonly, store_errors

    with closing(open_readonly(database)) as connection, store_errors(database):
        return settled(connection)


def _tell(correction: Correction, status: str, told: str | None) -> None:
    by = "  ".join(part for part in (correction.who, correction.when, correction.why) if part)
    click.echo(
        f"{correction.id}  {_STATES[status]}  {correction.verb} {correction.kind} {correction.shown}  {by}".rstrip()
    )
    if told:
        click.secho(f"    {told}", fg="yellow")


@click.command()
@click.argument("kind", type=click.Choice((*ENTITIES, "event")))
@click.argument("names", nargs=-1, required=True)
@_common
@click.pass_obj
def merge(session: _Session, /, database: Path, kind: str, names: tuple[str, ...], **about: Any) -> None:
    """几个名称是同一个 / Several names, or events, are one.

    \b
    Example:
      miner correct merge enterprise 远岚精密 远岚机械有限公司
      miner correct merge event "2023-11-07 远岚精密、青浦区 签约" 3f2a61c09b7d44e1
    """
    _note(session, database, lambda say: say.merge(kind, names), **about)


@click.command()
@click.argument("kind", type=click.Choice((*ENTITIES, "event")))
@click.argument("names", nargs=-1, required=True)
@click.option(
    "--article",
    "articles",
    multiple=True,
    help="在这些文章里是另一个(可重复)/ in these articles it is another one",
)
@_common
@click.pass_obj
def split(
    session: _Session,
    /,
    database: Path,
    kind: str,
    names: tuple[str, ...],
    articles: tuple[str, ...],
    **about: Any,
) -> None:
    """几个名称不是同一个;或同一名称在某些文章里是另一个 / Names are different things, or one name is two.

    \b
    Example:
      miner correct split person 王磊@澜石食品 王磊@墨川机械
      miner correct split enterprise 东方公司 --article "东方公司落户临港"
    """
    if not articles and len(names) < 2:
        raise click.UsageError("给出两个名称,或 --article / give two names, or --article")
    _note(session, database, lambda say: say.split(kind, names, articles), **about)


@click.command()
@click.argument("kind", type=_KIND)
@click.argument("name")
@click.argument("to")
@_common
@click.pass_obj
def rename(session: _Session, /, database: Path, kind: str, name: str, to: str, **about: Any) -> None:
    """改名:档案里显示的名称 / Give a thing another name; the old one stays among its names."""
    _note(session, database, lambda say: say.rename(kind, name, to), **about)


@click.command()
@click.argument("kind", type=_KIND)
@click.argument("name")
@click.argument("to", metavar="ALIAS")
@_common
@click.pass_obj
def alias(session: _Session, /, database: Path, kind: str, name: str, to: str, **about: Any) -> None:
    """加一个别名;叫别名的也归入它 / A thing has another name; what is called so is the same thing."""
    _note(session, database, lambda say: say.alias(kind, name, to), **about)


@click.command()
@click.argument("kind", type=click.Choice((*ENTITIES, *FACTS)))
@click.argument("says")
@click.option(
    "--article",
    help="只在这篇文章里(事件以外的事实必填)/ in this article only; facts other than events need it",
)
@_common
@click.pass_obj
def reject(
    session: _Session, /, database: Path, kind: str, says: str, article: str | None, **about: Any
) -> None:
    """不对:不是名称,或没有这回事 / It is no such name, or no such fact.

    SAYS is the name; of an event its title; of a quote or figure its words; of a post 人名单位职务.

    \b
    Example:
      miner correct reject enterprise 东方美谷
      miner correct reject figure 3400多家 --article "新民晚报 2023-11-08 进博会今开幕"
    """
    if kind in FACTS and kind != "event" and not article:
        raise click.UsageError("用 --article 指定文章 / say which article")
    _note(session, database, lambda say: say.reject(kind, says, article), **about)


@click.command()
@click.argument("name")
@click.argument("title")
@click.option("--title", "to_title", help="应为的职务 / right title")
@click.option("--body", help="应为的单位 / right body")
@click.option("--status", type=click.Choice(["present", "former"]), help="现任或曾任 / held or held before")
@click.option("--article", help="只在这篇文章里 / in this article only")
@_common
@click.pass_obj
def post(
    session: _Session, /, database: Path, name: str, title: str, to_title: str | None, body: str | None, status: str | None,
    article: str | None, **about: Any,
) -> None:  # fmt: skip
    """职务:某人的职务或单位有误 / A person's title or body is another one.

    \b
    Example:
      miner correct post 王磊 总经理 --title 董事长 --body 澜石食品
    """
    given = {"title": to_title or "", "body": body or "", "status": status or ""}
    if not any(given.values()):
        raise click.UsageError("给出 --title、--body 或 --status / give one of them")
    _note(session, database, lambda say: say.post(name, title, given, article), **about)


def _of_article(verb: str, help_text: str, metavar: str) -> click.Command:
    @click.command(verb, help=help_text)
    @click.argument("article")
    @click.argument("to", metavar=metavar)
    @_common
    @click.pass_obj
    def command(session: _Session, /, database: Path, article: str, to: str, **about: Any) -> None:
        _note(session, database, lambda say: say.article(verb, article, to), **about)

    return command


headline = _of_article(
    "headline", "标题:文章的标题有误 / The headline of an article is another one.", "HEADLINE"
)
byline = _of_article("byline", "署名:文章的署名有误 / The byline of an article is another one.", "BYLINE")
date = _of_article("date", "日期:文章的见报日期有误 / The day of an article is another one.", "YYYY-MM-DD")


@click.command()
@click.argument("event", metavar="EVENT")
@click.option("--type", "type_", help="应为的类型 / right type")
@click.option("--date", help="应为的日期 / right date")
@click.option("--status", type=click.Choice(["done", "planned", "negated"]), help="应为的状态 / right state")
@click.option("--place", help="应为的地点 / right place")
@click.option("--amount", type=float, help="应为的金额 / right sum")
@click.option("--unit", help="金额的单位 / its unit")
@click.option("--without", multiple=True, help="没有参与的(可重复)/ who took no part")
@_common
@click.pass_obj
def event(session: _Session, /, database: Path, event: str, type_: str | None, amount: float | None, who: str | None,
          why: str | None, later: bool, **given: Any) -> None:  # fmt: skip
    """事件:类型、日期、状态、地点、金额或各方有误 / An event is otherwise than it was read.

    \b
    Example:
      miner correct event "远岚精密、青浦区 签约" --date 2023-11-07 --amount 350000000 --unit 元
    """
    told = {**given, "type": type_, "amount": f"{amount:.12g}" if amount is not None else None}
    if not any(told.values()):
        raise click.UsageError("说明应为什么,如 --date / say what is right")
    _note(session, database, lambda say: say.event(event, told), who=who, why=why, later=later)


@click.command("list")
@DATABASE
def list_(database: Path) -> None:
    """列出更正,谁、何时、为何,是否生效 / List the corrections: who, when, why, and what became of each."""
    from miner.desk.correct.file import corrections_path, read

    found = read(corrections_path(database))
    states = {correction.id: (status, told) for correction, status, told in _known(database)}
    for correction in found.corrections:
        _tell(correction, *states.get(correction.id, ("new", None)))
    for fault in found.faults:
        click.secho(
            f"{corrections_path(database)}:{fault.line}  不能用 unusable: {fault.message}", fg="yellow"
        )
    if not found.corrections and not found.faults:
        click.echo("没有更正 / no corrections")


@click.command()
@click.argument("key", metavar="ID")
@click.option("--later", is_flag=True, help="只从文件删去 / only take it out of the file")
@DATABASE
@click.pass_obj
def undo(session: _Session, /, key: str, later: bool, database: Path) -> None:
    """撤销一条更正(标识或行号)/ Undo a correction, by its id or line: it goes out of the file."""
    from miner.desk.correct.file import corrections_path, remove
    from miner.errors import InputError

    gone = remove(corrections_path(database), key)
    if gone is None:
        raise InputError(f"没有这条更正 / no such correction: {key}", hint="miner correct list")
    click.echo(f"已撤销 undone: {gone.verb} {gone.shown}")
    if not later:
        _apply(session, database, only="-")


@click.command()
@DATABASE
@click.pass_obj
def apply(session: _Session, /, database: Path) -> None:
    """按 corrections.yml 重新归并 / Apply corrections.yml now, after it was edited by hand."""
    _apply(session, database)


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@DATABASE
def gold(folder: Path, database: Path) -> None:
    """把更正过的文章写成标准答案 / Write the corrected articles as gold, for `miner evaluate --gold FOLDER`.

    Every article that a correction is about becomes a text with its facts as they are after correction: look at what else
    it holds before you trust the scores.
    """
    from miner.desk.correct.gold import write_gold
    from miner.store.database import open_readonly, store_errors

    with closing(open_readonly(database)) as connection, store_errors(database):
        count = write_gold(connection, folder)
    click.echo(f"{folder}  {count} 篇 / articles")
