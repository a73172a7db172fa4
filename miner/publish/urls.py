"""Where the plugin's pages are, and links to Datasette's own pages of the same rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import quote, urlencode

ROOT = "/-/expo"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Addresses under a Datasette's base URL, for one database."""

    base: str
    database: str
    named: str = ""
    """The name of the database when it is not the first archive: our pages then carry it."""

    def page(self, *parts: object, query: Mapping[str, object] | None = None, format: str = "") -> str:
        """Return the address of one of our pages.

        >>> Addresses("/", "expo").page("article", "a/b", query={"q": "上海"})
        '/-/expo/article/a%2Fb?q=%E4%B8%8A%E6%B5%B7'
        """
        path = "/".join(_quoted(str(part)) for part in parts)
        given = {**query, "_db": self.named} if query else {"_db": self.named}
        kept = {key: value for key, value in given.items() if value not in (None, "")}
        asked = urlencode(kept) if kept else ""
        return (
            self.base.rstrip("/")
            + ROOT
            + (f"/{path}" if path else "")
            + format
            + (f"?{asked}" if asked else "")
        )

    def other(self, database: str) -> str:
        """Return the address of the front page of another archive on the same server."""
        return replace(self, named=database).page()

    def search(self, **query: object) -> str:
        """Return the address of a search."""
        return self.page("search", query=query)

    def article(self, identity: object, words: str = "", *, place: str = "") -> str:
        """Return the address of an article, with search words to be marked and the place to jump to."""
        return self.page("article", identity, query={"q": words}) + (f"#{place}" if place else "")

    def entity(self, label: str, identity: object) -> str:
        """Return the address of a dossier."""
        return self.page(label, identity)

    def event(self, identity: object) -> str:
        """Return the address of an event."""
        return self.page("event", identity)

    def sentence(self, place: Mapping[str, object]) -> str:
        """Return the address of a place in an article, which is highlighted there.

        >>> Addresses("/", "expo").sentence({"article_id": "a", "field": "body", "start": 3, "end": 9})
        '/-/expo/article/a?at=3-9#here'
        """
        field = place.get("field")
        query = {"field": field if field != "body" else "", "at": f"{place['start']}-{place['end']}"}
        return self.page("article", place["article_id"], query=query) + "#here"

    def under(self, address: str) -> str:
        """Return one of our addresses, as views and queries give it, under the base URL and for this database.

        >>> Addresses("/news/", "old", "old").under("/-/expo/article/a?at=3-9#here")
        '/news/-/expo/article/a?at=3-9&_db=old#here'
        """
        path, _, place = address.partition("#")
        more = f"{'&' if '?' in path else '?'}{urlencode({'_db': self.named})}" if self.named else ""
        return self.base.rstrip("/") + path + more + (f"#{place}" if place else "")

    def fact(self, kind: str, identity: object) -> str:
        """Return the address of the page of an entity or event, or of the row of a quote or figure, which have no page."""
        table = {"quote": "quotes", "figure": "figures"}.get(kind)
        return self.row(table, identity) if table else self.page(kind, identity)

    def table(self, name: str, query: Mapping[str, object] | None = None) -> str:
        """Return the address of Datasette's page of a table, view or canned query."""
        asked = urlencode(query or {})
        return f"{self.tables()}/{_tilde(name)}" + (f"?{asked}" if asked else "")

    def tables(self) -> str:
        """Return the address of Datasette's page of the database."""
        return f"{self.base.rstrip('/')}/{_tilde(self.database)}"

    def row(self, table: str, identity: object) -> str:
        """Return the address of Datasette's page of one row."""
        return f"{self.table(table)}/{_tilde(str(identity))}"

    def static(self, name: str) -> str:
        """Return the address of a file in static/."""
        return f"{self.base.rstrip('/')}/-/static-plugins/miner/{name}"


@lru_cache(maxsize=4096)
def _quoted(part: str) -> str:
    return quote(part, safe="")


def _tilde(text: str) -> str:
    """Encode as Datasette does: letters, digits, - and _ stay, a blank becomes +, other bytes ~XX."""
    safe = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"
    return "".join(chr(b) if chr(b) in safe else "+" if b == 32 else f"~{b:02X}" for b in text.encode())
