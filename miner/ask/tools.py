"""Tools for language models over the Model Context Protocol: search, dossier, evidence, events, targets; all read-only."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from miner.ask.dossier import dossier
from miner.ask.facts import Narrowing, events
from miner.ask.opened import opened
from miner.ask.served import as_data, hits_json
from miner.ask.things import LABELS, find
from miner.errors import ConfigError, InputError
from miner.publish.archive import first, rows
from miner.publish.pages.search import Request, search
from miner.store import kept

__all__ = ["Tools", "server"]

_ABOUT = (
    "An archive of Chinese newspapers about the China International Import Expo (进博会). Every fact comes with newspaper, date, page, "
    "file and line, and the sentence: quote them. An event is what happened; its reports are what single articles say."
)
_MOST_CHARS = 12_000
_TARGETS = (
    "select t.name, t.matched, t.matched_name, t.owner, t.stage, t.next_step, t.due, t.notes, e.n_articles, e.first_seen, e.last_seen "
    "from targets t left join enterprises e on e.id = t.enterprise_id order by t.name"
)


def server(database: Path) -> Any:
    """Return an MCP server for an archive; raises ConfigError without the extra `mcp`, StoreError where it is no archive."""
    try:
        from mcp.server import MCPServer
    except ImportError as error:
        raise ConfigError("需要 mcp / this needs mcp", hint="pip install 'miner[mcp]'") from error
    with opened(database):
        pass  # tell now what is wrong with it
    made = MCPServer("miner", instructions=_ABOUT, log_level="ERROR")
    tools = Tools(database)
    for tool in (tools.search, tools.dossier, tools.evidence, tools.events, tools.targets):
        made.add_tool(tool)
    return made


class Tools:
    """The tools of one archive; each opens it for one answer."""

    def __init__(self, database: Path) -> None:
        self._database = database

    def search(
        self, words: str, edition: int | None = None, newspaper: str = "", limit: int = 10
    ) -> dict[str, Any]:
        """Search the articles: words of any length, "quoted phrases", OR, -exclusion; edition 1 is 2018."""
        asked = {"q": words, "edition": str(edition or ""), "newspaper": newspaper, "size": str(limit)}
        with opened(self._database) as connection:
            return hits_json(search(connection, Request.read(asked)))

    def dossier(self, name: str, edition: int | None = None, limit: int = 20) -> dict[str, Any]:
        """Return what an enterprise, person, body or place did, who spoke for it, its posts, and where each fact is written.

        `name` is any written form, or an id. For an unknown one the near names are returned.
        """
        with opened(self._database) as connection:
            found = find(connection, name)
            things = [
                dossier(connection, one, edition=edition, limit=max(1, min(limit, 100)))
                for one in found.things[:3]
            ]
            return {"dossiers": as_data(things), "near": as_data(found.near)}

    def evidence(self, article_id: str) -> dict[str, Any]:
        """Return an article's text, where it is printed and filed, and the raw lines of the file that it was rebuilt from."""
        with opened(self._database) as connection:
            row = first(
                connection,
                "select a.id, a.kicker, a.headline, a.subtitle, a.byline, a.newspaper, a.published, a.page, a.body, a.confidence, a.reason, "
                "a.duplicate_of, d.path from articles a join documents d on d.id = a.document_id where a.id = ?",
                (article_id,),
            )
            if row is None:
                raise InputError(f"没有这篇文章 / no such article: {article_id}", code="no-article")
            row["body"] = row["body"][:_MOST_CHARS]
            lines = rows(
                connection,
                "select line, role, text from article_lines where article_id = ? order by line limit 200",
                (article_id,),
            )
            return {"article": row, "lines": lines}

    def events(
        self, type: str | None = None, name: str | None = None, edition: int | None = None, since: str | None = None,
        until: str | None = None, limit: int = 20,
    ) -> dict[str, Any]:  # fmt: skip
        """List events (signing, exhibition, launch, visit, meeting, investment, procurement, …) with parties, amounts and sources."""
        with opened(self._database) as connection:
            found = find(connection, name, LABELS) if name else None
            if found is not None and not found.things:
                return {"events": [], "near": as_data(found.near)}
            thing = (found.things[0].label, found.things[0].id) if found else None
            asked = Narrowing(thing, edition, type, since, until, limit=max(1, min(limit, 100)))
            return {"events": as_data(list(events(connection, asked)))}

    def targets(self) -> dict[str, Any]:
        """Return the office's list of target enterprises: which enterprise each is, who is in charge, what is next."""
        with opened(self._database) as connection:
            return {"targets": rows(connection, _TARGETS) if kept.has(connection, "targets") else []}
