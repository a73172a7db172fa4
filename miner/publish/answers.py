"""A visit to one of our pages: which database, what it may see, and how the answer is sent."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, is_dataclass
from typing import Any, TypeVar

from datasette.utils import actor_matches_allow, sqlite_timelimit
from datasette.utils.asgi import Forbidden, NotFound, Request, Response
from jinja2 import Environment
from markupsafe import Markup

from miner.publish import archive, marks
from miner.publish.heeded import HEEDED, unheeded
from miner.publish.security import FRAMED_POLICY, PAGE_POLICY
from miner.publish.urls import Addresses
from miner.resolve import LISTED

PLUGIN = "miner"
TIME_LIMIT_MS, PUBLIC_LIMIT_MS = 4_000, 2_000
"""How long the queries of one page may take."""
_PUBLIC_SECONDS = 60
"""How long a page may be kept by caches in public mode."""
_NAMES, _LARGE, _PAGES = "_miner_archives", "_miner_large_tables", "_miner_pages"
_LARGE_ROWS = 200_000
"""A table with more rows shows one facet by default: each takes a tenth of a second at a million rows."""

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Options:
    """What the operator set under `plugins: miner:` in the metadata."""

    public: bool = False
    """Nothing but reading: no SQL, no download, no robots, strict headers everywhere."""
    snippet_chars: int = 0
    """Show only so many characters of a body, and none of the raw lines; 0 shows all."""
    robots: bool = False
    """Let robots in."""
    loopback: bool = False
    """Answer only to this machine's own names."""
    write: Any = None
    """Who may write targets, corrections and collections: an allow block of Datasette; None: nobody but on loopback."""
    site: str = ""
    """The host (archive.example) that links name; empty takes it from the request."""

    @classmethod
    def of(cls, datasette: Any) -> Options:
        """Read the options of a Datasette."""
        given = datasette.plugin_config(PLUGIN) or {}
        snippet = given.get("snippet_chars") or 0
        return cls(
            bool(given.get("public")),
            int(snippet) if str(snippet).isdigit() else 0,
            bool(given.get("robots")),
            bool(given.get("loopback")),
            given.get("write"),
            str(given.get("site") or ""),
        )


async def find_archives(datasette: Any) -> list[str]:
    """Return the names of the databases that are archives, in the order they were given; remembered per Datasette."""
    known: list[str] | None = getattr(datasette, _NAMES, None)
    if known is None:
        known = []
        for name, database in datasette.databases.items():
            if name not in ("_internal", "_memory") and await database.execute_fn(archive.is_archive):
                known.append(name)
        if known:
            setattr(datasette, _NAMES, known)
            setattr(
                datasette,
                _LARGE,
                {name: await datasette.databases[name].execute_fn(_large_tables) for name in known},
            )
    return known


def _large_tables(connection: sqlite3.Connection) -> set[str]:
    return {row[0] for row in connection.execute("select name from totals where n > ?", (_LARGE_ROWS,))}


def large_tables(datasette: Any, database: str) -> set[str]:
    """Return the tables of an archive that are too large for many facets."""
    found: set[str] = getattr(datasette, _LARGE, {}).get(database, set())
    return found


def known_archives(datasette: Any) -> list[str]:
    """Return what `find_archives` found last; nothing before the server has started."""
    return getattr(datasette, _NAMES, None) or []


@dataclass(frozen=True, slots=True)
class Visit:
    """One request for one of our pages."""

    datasette: Any
    request: Request
    database: str
    links: Addresses
    options: Options
    writes: bool = False
    """Whether the visitor may see and change what the office wrote."""

    @classmethod
    async def start(cls, datasette: Any, request: Request) -> Visit:
        """Find the archive and check that the visitor may see it.

        Raises NotFound when no database is an archive, Forbidden when the visitor may not see it.
        """
        names = await find_archives(datasette)
        if not names:
            raise NotFound("这里没有进博会档案;用 miner run 生成一个 / no archive made by miner here")
        wanted = request.args.get("_db")
        database = wanted if wanted in names else names[0]
        for action, resource in (("view-instance", None), ("view-database", database)):
            if not await _allowed(datasette, request.actor, action, resource):
                raise Forbidden(f"您无权查看 / no permission: {action}")
        links = Addresses(datasette.setting("base_url"), database, "" if database == names[0] else database)
        options = Options.of(datasette)
        writes = datasette.get_database(database).is_mutable and await _may_write(datasette, request, options)
        return cls(datasette, request, database, links, options, writes)

    def argument(self, name: str, most: int = 400) -> str:
        """Return an argument of the query string, cut to a sane length."""
        return str(self.request.args.get(name) or "").replace("\x00", "")[:most]

    def arguments(self) -> dict[str, str]:
        """Return all arguments of the query string, each cut to a sane length."""
        return {name: self.argument(name) for name in self.request.args}

    async def read(self, function: Callable[[sqlite3.Connection], Found]) -> Found:
        """Run a function on a connection, in Datasette's thread pool, under a time limit."""

        def limited(connection: sqlite3.Connection) -> Found:
            with sqlite_timelimit(connection, PUBLIC_LIMIT_MS if self.options.public else TIME_LIMIT_MS):
                return function(connection)

        found: Found = await self.datasette.get_database(self.database).execute_fn(limited)
        return found

    async def show(self, template: str, context: Mapping[str, Any], *, status: int = 200) -> Response:
        """Answer with a page."""
        known = context.get("heeded", HEEDED.get(template))
        given = {**shared(self.datasette, self.links), "writes": self.writes, **context}
        given["unheeded"] = unheeded(self.arguments(), known)
        html = (
            _pages(self.datasette)
            .get_template(f"expo/{template}")
            .render({**given, **self._given_by_datasette()})
        )
        policy = FRAMED_POLICY if template == "preview.html" else PAGE_POLICY
        headers = {"content-security-policy": policy}
        if self.options.public and status == 200 and self.request.actor is None:
            headers["cache-control"] = f"public, max-age={_PUBLIC_SECONDS}"
        return Response(
            marks.visible(html), status=status, content_type="text/html; charset=utf-8", headers=headers
        )

    def _given_by_datasette(self) -> dict[str, Any]:
        """Return what templates that an operator put in the place of ours may expect."""
        datasette = self.datasette
        return {
            "request": self.request,
            "urls": datasette.urls,
            "actor": self.request.actor,
            "base_url": datasette.setting("base_url"),
        }

    def token(self) -> dict[str, str]:
        """Return the token that forms carry, for who may send them."""
        return {"csrftoken": self.request.scope["csrftoken"]()} if self.writes else {}

    def send(self, text: str, content_type: str) -> Response:
        """Answer with text that is no page: Markdown, Atom."""
        return Response(
            marks.visible(text), content_type=f"{content_type}; charset=utf-8", headers=self._open()
        )

    def send_json(self, found: object, *, status: int = 200) -> Response:
        """Answer with JSON."""
        text = json.dumps(plain(found), ensure_ascii=False, default=str)
        return Response(
            _escape_surrogates(text),
            status=status,
            content_type="application/json; charset=utf-8",
            headers=self._open(),
        )

    def _open(self) -> dict[str, str]:
        return {"access-control-allow-origin": "*"} if getattr(self.datasette, "cors", False) else {}

    def absolute(self, path: str) -> str:
        """Return the full address of a path."""
        return str(self.datasette.absolute_url(self.request, path))


def _pages(datasette: Any) -> Environment:
    """Return Datasette's templates, rendered at one go: awaiting every expression, as Datasette does, takes twice the time."""
    found: Environment | None = getattr(datasette, _PAGES, None)
    if found is None:
        found = datasette.jinja_env.overlay(enable_async=False)
        setattr(datasette, _PAGES, found)
    return found


def shared(datasette: Any, links: Addresses) -> dict[str, Any]:
    """Return what every template of ours may use."""
    return {
        "links": links, "options": Options.of(datasette), "number": archive.number, "edition_title": archive.edition_title,
        "kinds": archive.KINDS, "hits": marks.hits, "measure_title": archive.measure_title, "role_titles": archive.ROLES,
        "organization_kinds": archive.ORGANIZATION_KINDS, "navigation": archive.NAVIGATION, "qualified": archive.qualified, "entire": archive.entire,
        "yearless": archive.yearless, "inferred_dates": archive.INFERRED_DATES, "listed_from": LISTED,
        "archives": known_archives(datasette),
    }  # fmt: skip


def writes_here(options: Options) -> bool:
    """Tell whether this server answers only its own machine, whose user may write."""
    return options.loopback and not options.public


def may_write(options: Options, actor: Any) -> bool:
    """Tell whether the operator lets an actor write."""
    return options.write is not None and actor is not None and actor_matches_allow(actor, options.write)


async def _may_write(datasette: Any, request: Request, options: Options) -> bool:
    client = (request.scope.get("client") or ("",))[0]
    if writes_here(options) and client in ("127.0.0.1", "::1"):
        return True
    granted = may_write(options, request.actor)
    if hasattr(datasette, "permission_allowed"):
        return bool(await datasette.permission_allowed(request.actor, "miner-write", default=granted))
    return granted


async def _allowed(datasette: Any, actor: Any, action: str, resource: str | None) -> bool:
    if hasattr(datasette, "permission_allowed"):
        return bool(await datasette.permission_allowed(actor, action, resource=resource, default=True))
    from datasette.resources import DatabaseResource  # Datasette 1.0

    target = {"resource": DatabaseResource(resource)} if resource else {}
    return bool(await datasette.allowed(action=action, actor=actor, **target))


def plain(value: object) -> object:
    """Return a value as JSON can hold it; pieces of HTML are left out."""
    if isinstance(value, Markup):
        return None
    if is_dataclass(value) and not isinstance(value, type):
        return {name: plain(getattr(value, name)) for name in value.__dataclass_fields__}
    if isinstance(value, Mapping):
        return {
            str(key): plain(inner)
            for key, inner in value.items()
            if not isinstance(inner, Markup) and not callable(inner)
        }
    if isinstance(value, (list, tuple, set)):
        return [plain(inner) for inner in value]
    return value


def _escape_surrogates(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
