"""The addresses of our pages and what each answers."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, unquote

from datasette.utils.asgi import Request, Response

from miner.desk.collections import tags_of
from miner.offsets import Span
from miner.publish import archive, extend, reconcile
from miner.publish.answers import Visit, find_archives
from miner.publish.archive import EVENT_TYPES, KINDS, STATUSES, edition_title
from miner.publish.heeded import Heeded, heeded_by_search, unheeded
from miner.publish.pages import article, dossier, editions, event, exports, figures, front, lists, search
from miner.publish.query import bounded

Page = Callable[[Visit], Awaitable[Response]]
_CSV_ROWS, _PUBLIC_CSV_ROWS = 5_000, 500
"""Rows of a list that come as CSV at once."""
_FORMAT = r"(?P<format>\.(?:json|md|atom))?"


class Absent(Exception):
    """What a page was asked for is not in the archive."""


_FAULTS = {
    "interrupted": ("查询超时", "这个查询太慢，已经停止。请多加一个词，或加上报纸、届次、日期等条件。"),
    "no such": ("档案需要更新", "这个档案由旧版本的程序生成，缺少汇总表；请对它再运行一次 miner run。"),
}
"""What SQLite may say, and what a reader is told."""


def page_route(page: Page) -> Callable[..., Awaitable[Response]]:
    """Turn a page into a Datasette view: start the visit, explain what goes wrong."""

    async def view(datasette: Any, request: Request) -> Response:
        visit = await Visit.start(datasette, request)
        try:
            return await page(visit)
        except Absent as absent:
            if format_of(visit) == "json":
                return visit.send_json({"ok": False, "error": str(absent), "status": 404}, status=404)
            return await visit.show("error.html", {"title": "没有找到", "message": str(absent)}, status=404)
        except sqlite3.OperationalError as error:
            known = next((shown for words, shown in _FAULTS.items() if words in str(error)), None)
            if known is None:
                raise
            return await visit.show("error.html", {"title": known[0], "message": known[1]}, status=503)

    view.__name__, view.__doc__ = page.__name__, page.__doc__  # no __wrapped__: Datasette reads the signature
    return view


def routes() -> list[tuple[str, Callable[..., Awaitable[Response]]]]:
    """Return the routes in the form that Datasette's hook wants."""
    labels = "|".join(KINDS)
    table: list[tuple[str, Page]] = [
        (r"^/-/expo/?$", front_page),
        (rf"^/-/expo/search{_FORMAT}$", search_page),
        (rf"^/-/expo/article/(?P<id>[^/.]+){_FORMAT}$", article_page),
        (rf"^/-/expo/(?P<label>{labels})/(?P<id>[^/.]+){_FORMAT}$", dossier_page),
        (rf"^/-/expo/event/(?P<id>[^/.]+){_FORMAT}$", event_page),
        (rf"^/-/expo/(?P<list>{'|'.join(lists.LISTINGS)})(?P<format>\.(?:json|csv))?$", list_page),
        (rf"^/-/expo/figures{_FORMAT}$", figures_page),
        (rf"^/-/expo/editions{_FORMAT}$", editions_page),
        (r"^/-/expo/returning(?P<format>\.json)?$", returning_page),
        (rf"^/-/expo/edition/(?P<id>\d{{1,3}}){_FORMAT}$", edition_page),
        (r"^/-/expo/reconcile/?$", reconcile_page),
        (r"^/-/expo/reconcile/suggest/(?P<what>entity|type|property)$", suggest_page),
        (r"^/-/expo/reconcile/(?P<what>properties)$", suggest_page),
        (r"^/-/expo/reconcile/(?P<what>view|preview)/(?P<id>.+)$", reconciled_page),
    ]
    return [
        *((pattern, page_route(page)) for pattern, page in table),
        (r"^/(?P<format>(?!))?$", index),
        (r"^/robots\.txt$", robots),
    ]


async def index(datasette: Any, request: Request) -> Response:
    """Our front page in the place of Datasette's; its own where there is no archive."""
    if await find_archives(datasette):
        return await page_route(front_page)(datasette, request)
    from datasette.views.index import (
        IndexView,  # not above: it loads all plugins, while this one is only half there
    )

    response: Response = await IndexView(datasette).get(request)
    return response


def fault(datasette: Any, request: Request, exception: Exception) -> Callable[[], Awaitable[Response]] | None:
    """Return what explains a fault that Datasette met on one of its own pages; None leaves it to Datasette."""
    status = getattr(exception, "status", 500)
    if status >= 500 or request.path.endswith(".json"):
        return None

    async def explain() -> Response:
        visit = await Visit.start(datasette, request)
        if status == 404:
            return await visit.show(
                "error.html",
                {"title": "没有这一页", "message": "地址可能写错了，或者这条数据已经并入别处。"},
                status=404,
            )
        told = getattr(exception, "message", None) or str(exception)
        told = "只能查询，不能改动 / " + told if "must be a SELECT" in told else told
        return await visit.show(
            "error.html", {"title": "无法回答", "message": f"请求有误：{told}"}, status=status
        )

    return explain


async def robots(datasette: Any) -> Response:
    """Tell robots to stay out, unless the operator lets them in."""
    from miner.publish.answers import Options

    allowed = Options.of(datasette).robots
    return Response("User-agent: *\n" + ("Disallow: /*/*\n" if allowed else "Disallow: /\n"))


def format_of(visit: Visit) -> str:
    """Return the form that the address asks for: json, md, atom, csv; empty is a page."""
    return (visit.request.url_vars.get("format") or "").lstrip(".")


def id_of(visit: Visit) -> str:
    """Return the id in the address, cut to a sane length."""
    return unquote(visit.request.url_vars["id"])[:200]


async def body_of(request: Request, most: int) -> bytes:
    """Return the body of a request, read until it is longer than `most` bytes."""
    body, more = b"", True
    while more and len(body) <= most:
        message = await request.receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


async def front_page(visit: Visit) -> Response:
    """What is in the archive, and how good it is."""
    return await visit.show("front.html", await visit.read(lambda c: front.page(c, links=visit.links)))


async def search_page(visit: Visit) -> Response:
    """Search results as a page, JSON or an Atom feed."""
    request = search.Request.read(visit.arguments())
    form = format_of(visit)
    if form == "atom":
        request = replace(request, sort="newest", page=1)

    name = visit.argument("named", 80) if not request.filters.entity else ""

    def read(connection: sqlite3.Connection) -> dict[str, Any]:
        nonlocal request
        meant = search.named(connection, name) if name else None
        if meant is not None:
            request = replace(request, filters=replace(request.filters, entity=meant.id))
        results = search.search(connection, request)
        offers = search.offers(connection, request.query) if request.query.groups else []
        full = form == "" and bool(results.total or request.query.groups)
        return {
            "results": results,
            "offers": offers,
            "widened": search.widened(connection, request.query, offers) if not form else "",
            "unknown_name": name if name and meant is None else "",
            "advice": search.advise(connection, request) if not results.total else None,
            "choices": search.choices(connection, request, exact=results.total <= search.EXACT_CHOICES)
            if full or not form
            else {},
            "entity_name": search.entity_name(connection, request.filters.entity)
            if request.filters.entity
            else None,
        }

    found = await visit.read(read)
    typed = request.query.typed
    asked = {"q": typed, **request.filters.chosen()}
    if form == "atom":
        return visit.send(_search_feed(visit, found["results"], asked), "application/atom+xml")
    if form == "json":
        return visit.send_json(
            {**_search_json(visit, request, found), **_ignored(visit, heeded_by_search(search.SORTS))}
        )
    title = f"检索：{typed}" if typed else "检索"
    context = {
        "title": title, "request_": request, "asked": asked, "sorts": search.SORTS, "event_types": EVENT_TYPES, "pages": search.MAX_PAGE,
        "filters": request.filters, "heeded": heeded_by_search(search.SORTS), "approximate": not found["results"].checked and any(len(word) > 2 for word in request.query.words), **found,
    }  # fmt: skip
    return await visit.show("search.html", {**context, **visit.token()})


def _ignored(visit: Visit, known: Heeded) -> dict[str, Any]:
    """Return what JSON says of arguments that were not used; nothing where all were."""
    found = unheeded(visit.arguments(), known)
    return {"ignored": {one.name: one.value for one in found}} if found else {}


def _search_json(visit: Visit, request: search.Request, found: dict[str, Any]) -> dict[str, Any]:
    results = found["results"]
    hits = [
        {**{key: hit.article[key] for key in ("id", "headline", "newspaper", "published", "page", "edition", "section", "byline", "n_chars")},
         "url": visit.absolute(visit.links.article(hit.article["id"], request.query.typed)), "snippets": [s.text for s in hit.snippets]}
        for hit in results.hits
    ]  # fmt: skip
    more = request.page * request.size < results.total and request.page < search.MAX_PAGE
    following = visit.absolute(
        visit.links.page(
            "search",
            query={
                "q": request.query.typed,
                **request.filters.chosen(),
                "sort": request.sort,
                "page": request.page + 1,
            },
            format=".json",
        )
    )
    return {
        "query": request.query.typed, "groups": request.query.groups, "excluded": request.query.excluded, "total": results.total,
        "exact": results.checked, "page": request.page, "next": following if more else None, "articles": hits,
        "dossiers": [{**vars_of(offer), "url": visit.absolute(visit.links.entity(offer.label, offer.id))} for offer in found["offers"]],
    }  # fmt: skip


def vars_of(offer: search.Offer) -> dict[str, Any]:
    """Return an offer as a dictionary."""
    return {name: getattr(offer, name) for name in offer.__slots__}


def _search_feed(visit: Visit, results: search.Results, asked: dict[str, str]) -> str:
    entries = [
        _entry(visit, {**hit.article, "summary": "…".join(s.text for s in hit.snippets)})
        for hit in results.hits
    ]
    feed = visit.absolute(visit.links.page("search", query=asked, format=".atom"))
    return exports.atom(
        f"进博会新闻检索：{asked['q'] or '全部'}", visit.absolute(visit.links.search(**asked)), feed, entries
    )


def _entry(visit: Visit, row: dict[str, Any]) -> dict[str, Any]:
    return {
        "title": row["headline"] or "（无标题）", "address": visit.absolute(visit.links.article(row["id"])), "updated": row["published"],
        "author": row["newspaper"], "summary": row.get("summary") or "",
    }  # fmt: skip


async def article_page(visit: Visit) -> Response:
    """A story as a page, Markdown or JSON."""
    identity, form = id_of(visit), format_of(visit)
    snippet = visit.options.snippet_chars
    view = article.ReaderView(
        visit.links,
        visit.argument("q", 300),
        visit.argument("field", 20) or "body",
        _span(visit.argument("at", 40)),
        snippet,
    )
    found = await visit.read(lambda c: article.page(c, identity, view))
    if found is None:
        raise Absent("没有这篇文章。")
    address = visit.absolute(visit.links.article(identity))
    if form == "md":
        return visit.send(
            exports.article({**found, "snippet_chars": snippet}, visit.links, address), "text/markdown"
        )
    if form == "json":
        row = (
            {**found["article"], "body": found["article"]["body"][:snippet]}
            if found["shortened"] == "snippet"
            else found["article"]
        )
        return visit.send_json(
            {
                "url": address,
                "article": row,
                "facts": found["facts"],
                "lines": found["lines"],
                "kin": found["kin"],
                "citations": found["citations"],
            }
        )
    tags = await visit.read(lambda c: tags_of(c, identity)) if visit.writes else []
    return await visit.show("article.html", {**found, "tags": tags, **visit.token()})


def _span(text: str) -> Span | None:
    start, _, end = text.partition("-")
    if (
        start.isascii()
        and end.isascii()
        and start.isdigit()
        and end.isdigit()
        and len(text) < 20
        and int(start) < int(end)
    ):
        return Span(int(start), int(end))
    return None


async def _moved(visit: Visit, what: str, identity: str) -> Response:
    """Lead on from an address of an earlier resolving: to what it was merged into, or to a choice of what it was split into."""
    led = await visit.read(lambda c: archive.led_to(c, what, identity))
    addresses = [
        (visit.links.page(what, one["id"], format=format_of(visit).lstrip(".")), one["name"]) for one in led
    ]
    if not addresses:
        raise Absent("没有这份档案。" if what != "event" else "没有这件事。")
    if len(addresses) == 1:
        return Response.redirect(addresses[0][0])
    if format_of(visit) == "json":
        return visit.send_json({"ok": False, "moved": [address for address, _ in addresses]}, status=300)
    return await visit.show("moved.html", {"title": "这份档案已分为几处", "moved": addresses}, status=300)


async def dossier_page(visit: Visit) -> Response:
    """Everything about a thing, as a page, Markdown, JSON or an Atom feed of its articles."""
    identity, form, label = id_of(visit), format_of(visit), visit.request.url_vars["label"]
    found = await visit.read(lambda c: dossier.page(c, label, identity, links=visit.links))
    if found is None:
        return await _moved(visit, label, identity)
    address = visit.absolute(visit.links.entity(label, identity))
    if form == "md":
        return visit.send(exports.dossier(found, visit.links, address), "text/markdown")
    if form == "json":
        shown = (
            "thing",
            "names",
            "stated",
            "phase_rows",
            "months",
            "events",
            "quotes_by",
            "quotes_about",
            "posts",
            "together",
            "articles",
            "editions",
            "judgements",
        )
        return visit.send_json({"url": address, "label": label, **{name: found[name] for name in shown}})
    if form == "atom":
        feed = visit.absolute(visit.links.page(label, identity, format=".atom"))
        return visit.send(
            exports.atom(
                f"进博会新闻：{found['title']}",
                address,
                feed,
                [_entry(visit, row) for row in found["articles"]],
            ),
            "application/atom+xml",
        )
    return await visit.show("dossier.html", {**found, **(visit.token() if visit.writes else {})})


async def event_page(visit: Visit) -> Response:
    """What happened, with all its reports, as a page, Markdown or JSON."""
    identity, form = id_of(visit), format_of(visit)
    found = await visit.read(lambda c: event.page(c, identity))
    if found is None:
        return await _moved(visit, "event", identity)
    address = visit.absolute(visit.links.event(identity))
    if form == "md":
        return visit.send(exports.event(found, visit.links, address), "text/markdown")
    if form == "json":
        return visit.send_json(
            {
                "url": address,
                **{
                    name: found[name]
                    for name in ("event", "parties", "reports", "disagreements", "judgements")
                },
            }
        )
    return await visit.show("event.html", found)


async def list_page(visit: Visit) -> Response:
    """A list of enterprises, people, organizations, places, events, quotes or figures, as a page, JSON or CSV."""
    asked = lists.ListQuestion.read(
        lists.LISTINGS[visit.request.url_vars["list"]],
        visit.arguments(),
    )
    form = format_of(visit)
    if form == "csv":
        asked = replace(asked, page=1, size=_PUBLIC_CSV_ROWS if visit.options.public else _CSV_ROWS)
    elif form == "json":
        asked = replace(asked, size=bounded(visit.argument("size", 8), lists.PAGE, 500))

    def read(connection: sqlite3.Connection) -> dict[str, Any]:
        return {
            "found": lists.find(connection, asked), "choices": lists.choices(connection, asked) if not form else {},
            "entity_name": search.entity_name(connection, asked.entity) if asked.entity else None,
        }  # fmt: skip

    context = await visit.read(read)
    found = context["found"]
    if form == "csv":
        links = visit.links
        table = exports.csv_table(
            asked.listing.kind, found.rows,
            lambda kind, identity: visit.absolute(links.fact(kind, identity)), lambda place: visit.absolute(links.sentence(place)),
        )  # fmt: skip
        return Response(
            table,
            content_type="text/csv; charset=utf-8",
            headers={"content-disposition": f'attachment; filename="{asked.listing.address}.csv"'},
        )
    more = asked.page * asked.size < found.total and asked.page < lists.MAX_PAGE
    if form == "json":
        query = {**asked.query(), "page": asked.page + 1, "size": visit.argument("size", 8)}
        shown = [_listed(visit, asked.listing.kind, row) for row in found.rows]
        following = visit.absolute(visit.links.page(asked.listing.address, query=query, format=".json"))
        return visit.send_json(
            {
                "total": found.total,
                "more_than": found.more_than,
                "page": asked.page,
                "next": following if more else None,
                "rows": shown,
                **_ignored(visit, asked.listing.heeded),
            }
        )
    title = asked.listing.title + (f"：{asked.name}" if asked.name else "")
    return await visit.show(
        "list.html",
        {
            "title": title,
            "asked": asked,
            "listing": asked.listing,
            "heeded": asked.listing.heeded,
            "more": more,
            "event_types": EVENT_TYPES,
            "statuses": STATUSES,
            **context,
        },
    )


def _listed(visit: Visit, kind: str, row: dict[str, Any]) -> dict[str, Any]:
    place = row.get("source")
    return {
        **row,
        "url": visit.absolute(visit.links.fact(kind, row["id"])),
        "source_url": visit.absolute(visit.links.sentence(place)) if place else None,
    }


async def figures_page(visit: Visit) -> Response:
    """The measures of the archive, or one measure with its contradictions."""
    measure, edition = visit.argument("measure", 80), visit.argument("edition", 3)
    number = int(edition) if edition.isascii() and edition.isdigit() else None
    if not measure:
        found = await visit.read(figures.overview)
        return (
            visit.send_json(found) if format_of(visit) == "json" else await visit.show("measures.html", found)
        )
    found = await visit.read(lambda c: figures.page(c, measure, number, links=visit.links))
    return visit.send_json(found) if format_of(visit) == "json" else await visit.show("figures.html", found)


async def editions_page(visit: Visit) -> Response:
    """All expos."""
    found = await visit.read(lambda c: editions.overview(c, visit.links))
    return visit.send_json(found) if format_of(visit) == "json" else await visit.show("editions.html", found)


async def returning_page(visit: Visit) -> Response:
    """The enterprises of more than one expo."""
    found = await visit.read(editions.returning)
    return visit.send_json(found) if format_of(visit) == "json" else await visit.show("returning.html", found)


async def edition_page(visit: Visit) -> Response:
    """One expo."""
    edition = int(id_of(visit))

    def read(connection: sqlite3.Connection) -> dict[str, Any] | None:
        found = editions.page(connection, edition, links=visit.links)
        return found and {**found, "events": editions.day_events(connection, edition)}

    found = await visit.read(read)
    if not found:
        raise Absent(f"档案里没有{edition_title(edition)}进博会的报道。")
    if format_of(visit) == "json":
        return visit.send_json(found)
    most = max((day["total"] for day in found["days"]), default=0)
    return await visit.show("edition.html", {**found, "heat": editions.heat, "most": most})


async def reconcile_page(visit: Visit) -> Response:
    """The reconciliation service: its manifest, or the answers to a batch."""
    batch, wanted = visit.argument("queries", 20_000), visit.argument("extend", 20_000)
    if visit.request.method == "POST":
        batch, wanted = await _form_values(visit.request, "queries", "extend")
    if wanted:
        asked = reconcile.read_queries(wanted)
        if asked is None:
            return visit.send_json({"status": "error", "message": "extend must be a JSON object"}, status=400)
        return visit.send_json(await visit.read(lambda c: extend.extended(c, asked)))
    if not batch:
        return visit.send_json(reconcile.manifest(visit.links, visit.absolute("/").rstrip("/")))
    queries = reconcile.read_queries(batch)
    if queries is None:
        return visit.send_json({"status": "error", "message": "queries must be a JSON object"}, status=400)
    return visit.send_json(await visit.read(lambda c: reconcile.answer(c, queries)))


async def _form_values(request: Request, *names: str) -> list[str]:
    body = await body_of(request, reconcile.MAX_BODY)
    given = parse_qs(body[: reconcile.MAX_BODY].decode("utf-8", "replace"))
    return [given.get(name, [""])[0] for name in names]


async def suggest_page(visit: Visit) -> Response:
    """Completions of names, of types and of properties; the properties that a type has."""
    what = visit.request.url_vars["what"]
    if what == "properties":
        label = visit.argument("type", 60)
        return visit.send_json({"type": label, "properties": extend.properties(label or None)})
    if what == "property":
        typed = visit.argument("prefix", 60)
        found = [one for one in extend.properties() if typed in one["id"] or typed in one["name"]]
        return visit.send_json({"result": found})
    if what == "type":
        return visit.send_json(
            {"result": [{"id": kind.label, "name": kind.title} for kind in KINDS.values()]}
        )
    prefix = visit.argument("prefix", 120)
    return visit.send_json(await visit.read(lambda c: reconcile.suggest(c, prefix)))


async def reconciled_page(visit: Visit) -> Response:
    """The page or the preview of a reconciled thing."""
    identity = id_of(visit)
    found = await visit.read(lambda c: reconcile.thing(c, identity))
    if found is None:
        raise Absent("没有这个条目。")
    if visit.request.url_vars["what"] == "view":
        return Response.redirect(visit.links.entity(found["label"], found["id"]))
    return await visit.show(
        "preview.html", {"thing": found, "kind": KINDS[found["label"]], "title": found["name"]}
    )
