"""Tools for language models, through datasette-mcp when it is installed: search, dossier, article, evidence."""

# mypy: disable-error-code="untyped-decorator"
from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any, TypeVar

from miner.publish.answers import TIME_LIMIT_MS, Options, find_archives, plain
from miner.publish.archive import KINDS
from miner.publish.pages import article, dossier, event, search
from miner.publish.urls import Addresses

Found = TypeVar("Found")
_BODY = 6_000


def register(datasette: Any, mcp: Any) -> None:
    """Add our tools to datasette-mcp's server. All are read-only and hand back addresses for every claim."""

    async def read(function: Callable[[sqlite3.Connection, Addresses], Found]) -> Found:
        from datasette.utils import sqlite_timelimit

        names = await find_archives(datasette)
        if not names:
            raise ValueError("this Datasette serves no archive made by miner")
        links = Addresses(datasette.setting("base_url"), names[0])

        def limited(connection: sqlite3.Connection) -> Found:
            with sqlite_timelimit(connection, TIME_LIMIT_MS):
                return function(connection, links)

        found: Found = await datasette.get_database(names[0]).execute_fn(limited)
        return found

    @mcp.tool()
    async def expo_search(
        query: str, edition: int | None = None, newspaper: str = "", sort: str = "relevance"
    ) -> dict[str, Any]:
        """Search Chinese newspaper articles about the China International Import Expo.

        Words of any length, "quoted phrases", OR, -exclusion. Returns articles with snippets, and dossiers of names.
        """
        asked = search.Request.read(
            {"q": query, "edition": str(edition or ""), "newspaper": newspaper, "sort": sort}
        )

        def find(connection: sqlite3.Connection, links: Addresses) -> dict[str, Any]:
            results = search.search(connection, asked)
            hits = [_brief(hit, links) for hit in results.hits]
            offers = [
                {"label": o.label, "id": o.id, "name": o.name, "url": links.entity(o.label, o.id)}
                for o in search.offers(connection, asked.query)
            ]
            return {"total": results.total, "articles": hits, "dossiers": offers}

        return await read(find)

    @mcp.tool()
    async def expo_dossier(label: str, id: str) -> dict[str, Any]:
        """Return all that the archive says of an enterprise, person, organization or place; label and id as expo_search gives them."""
        if label not in KINDS:
            raise ValueError(f"label must be one of {', '.join(KINDS)}")
        found = await read(lambda connection, links: dossier.page(connection, label, id, links=links))
        if found is None:
            raise ValueError("no such dossier")
        shown = (
            "thing",
            "names",
            "phase_rows",
            "events",
            "quotes_by",
            "quotes_about",
            "posts",
            "together",
            "articles",
        )
        return {name: plain(found[name]) for name in shown}

    @mcp.tool()
    async def expo_evidence(article_id: str) -> dict[str, Any]:
        """Return an article with every fact read from it: characters start to end of its body are the evidence."""
        snippet = Options.of(datasette).snippet_chars or _BODY
        found = await read(
            lambda connection, links: article.page(
                connection, article_id, article.ReaderView(links, snippet_chars=snippet)
            )
        )
        if found is None:
            raise ValueError("no such article")
        row = {**found["article"], "body": found["article"]["body"][:snippet]}
        return {"article": plain(row), "facts": plain(found["facts"]), "citations": found["citations"]}

    @mcp.tool()
    async def expo_event(event_id: str) -> dict[str, Any]:
        """Return an event with all its reports and what they disagree on."""
        found = await read(lambda connection, _links: event.page(connection, event_id))
        if found is None:
            raise ValueError("no such event")
        return {name: plain(found[name]) for name in ("event", "parties", "reports", "disagreements")}


def _brief(hit: search.SearchHit, links: Addresses) -> dict[str, Any]:
    shown = {name: hit.article[name] for name in ("id", "headline", "newspaper", "published", "edition")}
    return {
        **shown,
        "url": links.article(hit.article["id"]),
        "snippets": [snippet.text for snippet in hit.snippets],
    }
