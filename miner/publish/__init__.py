"""The Datasette plugin: search, stories, dossiers, events, figures and editions as pages."""

# mypy: disable-error-code="untyped-decorator"
from __future__ import annotations

import re
import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any

from datasette import hookimpl
from markupsafe import Markup

from miner.publish import answers, archive, marks, metadata, office, query, routes, security, titles, tools
from miner.publish.archive import KINDS, is_archive
from miner.publish.index import fts
from miner.publish.index.listed import form
from miner.publish.urls import Addresses
from miner.store import kept

_OFFICE = frozenset(table.name for table in kept.KEPT)
"""Tables of what people wrote: closed to who may not write them."""
_TEXT_TABLES = {"articles", "article_lines", "source_lines", fts.TABLE, fts.PENDING}
"""Tables that hold whole bodies: closed when only snippets may be shown."""
_DESCRIBED = (None, "databases", "tables", "queries", "title", "description")
"""Keys of the metadata that this plugin has something to say about."""
_LINKED = {
    "articles": ("headline", "article"),
    "events": ("title", "event"),
    **{k.table: ("name", k.label) for k in KINDS.values()},
}
_QUANTITIES = ("amount", "value", "left_value", "right_value", "low", "high")
_SOURCES = ("source", "left_source", "right_source")
_PLACE = re.compile(r"/-/expo/article/[\w%~-]{1,300}(?:\?[\w=&-]{0,80})?(?:#here)?", re.ASCII)
"""Where a view or a query says a fact stands: one of our own addresses and nothing else."""
_IDS = {
    "article_id": "article",
    "event_id": "event",
    "person_id": "person",
    "enterprise_id": "enterprise",
    "organization_id": "organization",
}
_LONGEST_VALUE = 20_000_000
"""Bytes of a value that a query may make: printf and randomblob would take all memory otherwise."""
_IDENTITY = re.compile(r"[\w-]{1,80}", re.ASCII)


@hookimpl
def startup(datasette: Any) -> Callable[[], Awaitable[None]]:
    """Find the archives among the databases."""

    async def inner() -> None:
        await answers.find_archives(datasette)
        if answers.Options.of(datasette).public:
            security.quiet_faults()

    return inner


@hookimpl(trylast=True)
def prepare_connection(conn: sqlite3.Connection, database: str) -> None:
    """Let Datasette's own search box read Chinese, and queries find names however written, on connections to an archive."""
    if database != "_internal" and is_archive(conn):
        conn.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_VALUE)
        conn.create_function("escape_fts", 1, query.escape_fts, deterministic=True)
        conn.create_function("name_form", 1, lambda text: form(str(text or "")), deterministic=True)


@hookimpl
def get_metadata(datasette: Any, key: str | None, database: str | None, table: str | None) -> dict[str, Any]:
    """Describe every archive in Chinese, whatever its file is called.

    Datasette asks dozens of times for each page and changes what it is given, so that little is copied and only what is asked.
    """
    names = answers.known_archives(datasette)
    if key not in _DESCRIBED or (database is not None and database not in names):
        return {}
    described = metadata.database_metadata()
    if table is not None:
        described = {"tables": {table: described["tables"].get(table, {})}}
    found = {"databases": {name: _copied(described) for name in names if database in (None, name)}}
    for name, one in found["databases"].items():
        for large in answers.large_tables(datasette, name) & set(one["tables"]):
            one["tables"][large]["facets"] = one["tables"][large].get("facets", [])[:1]
    return {"title": metadata.TITLE, **found} if names else {}


def _copied(described: dict[str, Any]) -> dict[str, Any]:
    return {name: _copied(value) if isinstance(value, dict) else value for name, value in described.items()}


@hookimpl
def canned_queries(datasette: Any, database: str) -> dict[str, Any]:
    """Offer the queries with Chinese titles on every archive."""
    return (
        _copied(metadata.database_metadata()["queries"])
        if database in answers.known_archives(datasette)
        else {}
    )


@hookimpl
def register_routes() -> list[tuple[str, Callable[..., Any]]]:
    """Add our pages."""
    return [*office.routes(), *routes.routes()]


@hookimpl
def menu_links(datasette: Any) -> list[dict[str, str]]:
    """Lead from Datasette's pages to ours."""
    names = answers.known_archives(datasette)
    if not names:
        return []
    links = Addresses(datasette.setting("base_url"), names[0])
    return [
        *({"href": links.page(page), "label": label} for page, label in archive.NAVIGATION),
        {"href": links.tables(), "label": "数据表"},
    ]


@hookimpl
def extra_template_vars(datasette: Any, template: str) -> dict[str, Any]:
    """Give Chinese words to the templates of Datasette's own pages."""
    if template.startswith("expo/"):
        return {}
    return {
        "is_archive": lambda database: database in answers.known_archives(datasette),
        **titles.template_words(),
    }


@hookimpl
def handle_exception(
    datasette: Any, request: Any, exception: Exception
) -> Callable[[], Awaitable[Any]] | None:
    """Explain in Chinese, under our own navigation, what was not found or cannot be answered."""
    return routes.fault(datasette, request, exception) if answers.known_archives(datasette) else None


@hookimpl
def extra_css_urls(datasette: Any, view_name: str | None) -> list[str]:
    """Make Datasette's own pages readable in Chinese and in the dark."""
    return ["/-/static-plugins/miner/stock.css"] if answers.known_archives(datasette) else []


@hookimpl
def render_cell(
    row: Any, value: object, column: str, table: str | None, database: str, datasette: Any
) -> Markup | None:
    """Write out hidden characters, and lead from a name or headline to its page."""
    archives = answers.known_archives(datasette)
    if database not in archives:
        return None
    if isinstance(value, float) and column in _QUANTITIES:
        return Markup('<span title="{:.12g}">{}</span>').format(value, archive.number(value))
    if isinstance(value, int | str) and (known := titles.value_title(column, str(value))) != str(value):
        return Markup("{}").format(known)
    if not isinstance(value, str):
        return None
    links = Addresses(datasette.setting("base_url"), database, "" if database == archives[0] else database)
    shown = marks.visible(value)
    found = _link(links, table or "", column, row, value, shown)
    return found or (Markup("{}").format(shown) if shown != value else None)


def _link(links: Addresses, table: str, column: str, row: Any, value: str, shown: str) -> Markup | None:
    """Lead from a sentence's address, a name, a headline or an id to its page."""
    if column in _SOURCES and _PLACE.fullmatch(value):
        return Markup('<a href="{}">{}</a>').format(links.under(value), "原句")
    linked = _LINKED.get(table)
    if linked and column == linked[0] and "id" in row.keys():  # noqa: SIM118 - a Row iterates over values
        return Markup('<a href="{}">{}</a>').format(links.page(linked[1], row["id"]), shown)
    if column in _IDS and not table and _IDENTITY.fullmatch(value):
        told = "看" + titles.column_title(None, column)
        return Markup('<a href="{}">{}</a>').format(links.page(_IDS[column], value), told)
    return None


@hookimpl(trylast=True)
def permission_allowed(datasette: Any, actor: Any, action: str, resource: Any) -> bool | None:
    """Refuse SQL and downloads in public mode, and tables of whole texts where only snippets may be shown."""
    options = answers.Options.of(datasette)
    if action == "view-table" and resource[1] in _OFFICE and not answers.writes_here(options):
        return answers.may_write(options, actor)
    if options.public and action in ("execute-sql", "view-database-download"):
        return False
    if options.snippet_chars and action == "view-table" and resource[1] in _TEXT_TABLES:
        return False
    return None


@hookimpl
def asgi_wrapper(datasette: Any) -> Callable[[security.App], security.App]:
    """Send safe headers; in public mode refuse what is not reading."""

    def wrap(app: security.App) -> security.App:
        options = answers.Options.of
        return security.guard(
            app,
            security.Rules(
                public=lambda: options(datasette).public,
                robots=lambda: options(datasette).robots,
                loopback=lambda: options(datasette).loopback,
                site=lambda: options(datasette).site,
                base_url=datasette.setting("base_url"),
            ),
        )

    return wrap


@hookimpl
def skip_csrf(datasette: Any, scope: dict[str, Any]) -> bool | None:
    """Let OpenRefine post its batches: they only read."""
    path = Addresses(datasette.setting("base_url"), "").page("reconcile")
    return True if str(scope.get("path", "")).rstrip("/") == path else None


@hookimpl(optionalhook=True)
def register_mcp_tools(datasette: Any, mcp: Any) -> None:
    """Add our tools where datasette-mcp is installed."""
    tools.register(datasette, mcp)
