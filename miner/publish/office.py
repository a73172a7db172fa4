"""The office's pages: targets, the information base, corrections and collections; who may write, and what is written.

Nothing of it is shown or changed but on this machine's own loopback, or by who holds the permission `miner-write`; every
form carries the token that Datasette checks, and none is taken without it.
"""

from __future__ import annotations

import asyncio
import io
import secrets
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote

from datasette.utils.asgi import Forbidden, Request, Response

from miner.desk.correct.file import corrections_path
from miner.desk.targets import targets as every_target
from miner.desk.workbook import fill_workbook
from miner.errors import InputError, MinerError
from miner.publish import written
from miner.publish.answers import Visit
from miner.publish.pages import base, collections, corrections, exports, targets
from miner.publish.routes import Absent, body_of, format_of, id_of, page_route
from miner.publish.written import SentForm
from miner.store import kept

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MOST_BODY = 2 * 2**20
_MOST_FIELDS = 200
_FORMAT = r"(?P<format>\.(?:json|atom|csv|xlsx))?"
_MOST_LISTED = 5_000
"""Targets up to which the workbook is made on the site."""
_MOST_APPLIED = 20_000
"""Articles of an archive up to which corrections are applied from the site; a larger one is resolved on the command line."""


def routes() -> list[tuple[str, Callable[..., Awaitable[Response]]]]:
    """Return the routes in the form that Datasette's hook wants."""
    table = [
        (rf"^/-/expo/targets{_FORMAT}$", targets_page),
        (r"^/-/expo/target/(?P<id>[^/.]+)$", target_page),
        (rf"^/-/expo/base{_FORMAT}$", base_page),
        (rf"^/-/expo/corrections{_FORMAT}$", corrections_page),
        (r"^/-/expo/correct$", correct_page),
        (r"^/-/expo/collections$", collections_page),
        (r"^/-/expo/tag/(?P<id>[^/]+)$", tag_page),
        (r"^/-/expo/desk/(?P<action>[a-z]{2,12})$", write),
    ]
    return [(pattern, page_route(page)) for pattern, page in table]


def _must_write(visit: Visit) -> None:
    if not visit.writes:
        raise Forbidden(
            "只在本机,或有 miner-write 权限时 / on this machine only, or with the permission miner-write"
        )


async def targets_page(visit: Visit) -> Response:
    """The office's list of targets, as a page, a workbook, JSON or an Atom feed of what is new of them."""
    _must_write(visit)
    asked = targets.TargetsQuestion.read(visit.arguments())
    form = format_of(visit)
    if form == "atom":
        news = await visit.read(targets.news)
        entries = [
            {
                "title": f"{one.target}：{one.told.headline or '（无标题）'}",
                "id": visit.absolute(visit.links.article(one.told.article_id)) + f"#{quote(one.target)}",
                "address": visit.absolute(visit.links.article(one.told.article_id)),
                "updated": one.told.published,
                "author": one.target,
                "summary": one.told.text,
            }
            for one in news
        ]
        feed = visit.absolute(visit.links.page("targets", format=".atom"))
        text = exports.atom("目标企业的新报道", visit.absolute(visit.links.page("targets")), feed, entries)
        return visit.send(text, "application/atom+xml")
    if form == "xlsx":
        return await _workbook(visit)
    found = await visit.read(lambda c: targets.listing(c, asked))
    if form == "json":
        return visit.send_json(found)
    return await visit.show("targets.html", {**found, **visit.token(), "asked": asked})


async def _workbook(visit: Visit) -> Response:
    """The workbook of the targets, made without the time limit of a page: a list of its own office is no attack."""
    held = io.BytesIO()
    if not await visit.read(lambda c: kept.has(c, "targets")):
        raise Absent("名单还是空的。")
    many = await visit.read(lambda c: c.execute("select count(*) from targets").fetchone()[0])
    if many > _MOST_LISTED:
        context = {"title": "名单太长", "message": "请用命令行导出：miner targets export 工作簿.xlsx"}
        return await visit.show("error.html", context, status=400)
    database = visit.datasette.get_database(visit.database)
    await database.execute_fn(lambda c: fill_workbook(c, every_target(c), held))
    headers = {"content-disposition": 'attachment; filename="targets.xlsx"'}
    return Response(held.getvalue(), headers=headers, content_type=_XLSX)


async def target_page(visit: Visit) -> Response:
    """All that the coverage says of one target, and what the office wrote."""
    _must_write(visit)
    identity = id_of(visit)
    found = await visit.read(lambda c: targets.page(c, identity))
    if found is None:
        raise Absent("名单里没有这一家。")
    return await visit.show("target.html", {**found, **visit.token()})


async def base_page(visit: Visit) -> Response:
    """The information base: what enterprises do and have put into China, as the coverage says it."""
    asked = base.BaseQuestion.read(visit.arguments())
    form = format_of(visit)
    found = await visit.read(
        lambda c: base.listing(c, asked, size=base.CSV_ROWS if form == "csv" else base.PAGE)
    )
    if form == "json":
        return visit.send_json(found)
    if form == "csv":
        text = base.as_csv(found["rows"], lambda place: visit.absolute(visit.links.sentence(place)))
        headers = {"content-disposition": 'attachment; filename="base.csv"'}
        return Response(text, content_type="text/csv; charset=utf-8", headers=headers)
    return await visit.show("information.html", {**found, "asked": asked})


async def corrections_page(visit: Visit) -> Response:
    """The corrections of the archive: who, when, why, and what became of each."""
    _must_write(visit)
    path = _file(visit)
    found = await visit.read(lambda c: corrections.listing(c, path))
    if format_of(visit) == "json":
        return visit.send_json(found)
    return await visit.show("corrections.html", {**found, **visit.token(), "most_applied": _MOST_APPLIED})


async def correct_page(visit: Visit) -> Response:
    """Forms that correct a thing, an event or an article."""
    _must_write(visit)
    kind, identity = visit.argument("kind", 20), visit.argument("id", 200)
    found = await visit.read(lambda c: corrections.forms(c, kind, identity))
    if found is None:
        raise Absent("没有要更正的条目。")
    return await visit.show("correct.html", {**found, **visit.token()})


async def collections_page(visit: Visit) -> Response:
    """The tags and saved searches, with what is new since somebody looked."""
    _must_write(visit)
    found = await visit.read(collections.overview)
    return await visit.show("collections.html", {**found, **visit.token()})


async def tag_page(visit: Visit) -> Response:
    """The articles of a tag."""
    _must_write(visit)
    name = id_of(visit)
    found = await visit.read(lambda c: collections.tag(c, name))
    return await visit.show("tag.html", {**found, **visit.token()})


async def write(visit: Visit) -> Response:
    """Do what a form of the office's pages asks, and lead back to the page."""
    _must_write(visit)
    if visit.request.method != "POST":
        raise Absent("这个地址只收表单。")
    form = await _read(visit)
    action = visit.request.url_vars["action"]
    try:
        if action == "apply":
            await _apply(visit)
            return _led(visit.links.page("corrections"))
        if action == "undo":
            await asyncio.to_thread(corrections.undo, _file(visit), form.text("key"))
            return _led(visit.links.page("corrections"))
        done = written.ACTIONS.get(action)
        if done is None:
            raise Absent("没有这个操作。")
        path = _file(visit)
        to = await visit.datasette.get_database(visit.database).execute_write_fn(
            lambda c: done(c, form, path)
        )
    except MinerError as error:
        context = {"title": "没有照办", "message": str(error)}
        return await visit.show("error.html", context, status=400)
    return _led(visit.links.page(*to.parts, query=to.query))


def _led(address: str) -> Response:
    return Response("", status=303, headers={"location": address, "cache-control": "no-store"})


async def _read(visit: Visit) -> SentForm:
    """Read a form; raises Forbidden without the token, also where no cookie would have made Datasette look for it."""
    request: Request = visit.request
    body = await body_of(request, _MOST_BODY)
    if len(body) > _MOST_BODY:
        raise Forbidden("表单太大 / the form is too large")
    try:
        fields = parse_qs(body.decode("utf-8", "replace"), max_num_fields=_MOST_FIELDS)
    except ValueError as error:
        raise Forbidden("表单不对 / not a form") from error
    token = fields.get("csrftoken", [""])[0]
    cookie = request.cookies.get("ds_csrftoken", "")
    right = request.scope["csrftoken"]()
    if not (
        cookie
        and secrets.compare_digest(token.encode(), right.encode())
        and secrets.compare_digest(cookie.encode(), right.encode())
    ):
        raise Forbidden("表单已过期,请刷新页面再试 / the form is stale: reload the page")
    actor: Mapping[str, Any] = request.actor or {}
    return SentForm(fields, str(actor.get("id") or ""))


def _file(visit: Visit) -> Path:
    """Return where the corrections of the archive lie; raises InputError for one that is not a file."""
    path = str(visit.datasette.get_database(visit.database).path or "")
    if not path:
        raise InputError("这个数据库不是文件 / this database is no file", code="no-file")
    return corrections_path(Path(path))


async def _apply(visit: Visit) -> None:
    many = await visit.read(lambda c: c.execute("select count(*) from articles").fetchone()[0])
    if many > _MOST_APPLIED:
        raise InputError(
            f"文章太多,请用命令行 / too many articles: miner resolve {visit.database}", code="many"
        )
    path = Path(visit.datasette.get_database(visit.database).path)
    await asyncio.to_thread(written.apply, path)
