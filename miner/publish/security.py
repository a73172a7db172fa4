"""Headers and refusals that make an archive of hostile text safe to put on the internet."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

from miner.publish.answered import HarmlessCsv, upright
from miner.publish.asked import (
    MAX_QUERY_BYTES,
    Refusal,
    is_loopback,
    refused_query,
    with_host,
    without_long_cache,
)

_COMMON = "default-src 'none'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
PAGE_POLICY = f"{_COMMON}; script-src 'self'; style-src 'self'"
"""For our own pages: nothing inline, neither scripts nor styles."""
FRAMED_POLICY = PAGE_POLICY.replace("frame-ancestors 'none'", "frame-ancestors http: https:")
"""For what another program shows within its own page: the preview of a reconciled thing, which holds no form and no link that acts."""
STOCK_POLICY = f"{_COMMON}; script-src 'self'; style-src 'self' 'unsafe-inline'"
"""For Datasette's own pages in public mode: their templates carry style attributes, but no inline script after ours."""
_HIDDEN = re.compile(
    r"^/-/(?:plugins|versions|settings|threads|messages|metadata|allow-debug|permissions|actor|databases|patterns)(?:\.json)?$"
)
"""Pages of Datasette that tell about the server; refused in public mode."""


def quiet_faults() -> None:
    """Keep Datasette from printing every fault, a mistyped address too, with all local variables through rich.

    It takes a second of computing for each request, which invites abuse, and writes texts of the archive into logs.
    """
    from datasette import (
        handle_exception,  # not above: it loads all plugins, while this one is only half there
    )

    handle_exception.rich = None


Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Rules:
    """How an application is guarded; asked anew for every request, since an operator may set options at start."""

    public: Callable[[], bool]
    robots: Callable[[], bool]
    loopback: Callable[[], bool] = lambda: False
    """Whether only this machine's own names may stand in the Host header."""
    site: Callable[[], str] = lambda: ""
    """The host that links name, whatever a visitor's header says; empty leaves the header."""
    base_url: str = "/"


def guard(app: App, rules: Rules) -> App:
    """Wrap an ASGI application: bounded requests, safe headers and bodies on everything, in public mode refusals."""

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        closed = rules.public()
        refusal = _refusal(scope, rules, closed=closed)
        if refusal is not None:
            await _refuse(send, *refusal)
            return
        if closed:
            scope = {**scope, "query_string": without_long_cache(scope.get("query_string") or b"")}
        if site := rules.site():
            scope = {**scope, "headers": with_host(scope.get("headers") or (), site)}
        await app(
            scope,
            receive,
            _Safely(
                send, path=str(scope.get("path") or ""), closed=closed, robots=not closed or rules.robots()
            ),
        )

    return guarded


class _Safely:
    """Sends an answer with safe headers, its body made harmless by what it is."""

    def __init__(self, send: Send, *, path: str, closed: bool, robots: bool) -> None:
        self._send, self._closed, self._robots = send, closed, robots
        self._table = path.endswith(".csv")
        self._csv: HarmlessCsv | None = None
        self._page = False

    async def __call__(self, message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            message = self._start(message)
        elif message["type"] == "http.response.body":
            message = {**message, "body": self._body(message)}
        await self._send(message)

    def _start(self, message: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        given = [(bytes(name).lower(), bytes(value)) for name, value in message.get("headers") or []]
        kind = dict(given).get(b"content-type", b"").lower()
        table = self._table and kind.startswith(b"text/") and message["status"] == 200
        self._csv = HarmlessCsv() if table else None
        self._page = kind.startswith(b"text/html")
        if table or self._page:  # what is written out changes the length
            given = [header for header in given if header[0] != b"content-length"]
        headers = _with_headers(given, public=self._closed, feed=b"xml" in kind)
        if not self._robots:
            headers.append((b"x-robots-tag", b"noindex, nofollow"))
        return {**message, "headers": headers}

    def _body(self, message: MutableMapping[str, Any]) -> bytes:
        body: bytes = message.get("body") or b""
        if self._csv is not None:
            return self._csv.feed(body, last=not message.get("more_body", False))
        return (
            upright(body.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
            if self._page
            else body
        )


Headers = list[tuple[bytes, bytes]]


def _with_headers(headers: Headers, *, public: bool, feed: bool = False) -> Headers:
    present = {name.lower() for name, _ in headers}
    wanted = {
        b"x-content-type-options": b"nosniff",
        b"referrer-policy": b"same-origin",
        b"x-frame-options": b"DENY",
    }
    if feed:
        wanted[b"content-security-policy"] = b"default-src 'none'"
    if public:
        wanted.setdefault(b"content-security-policy", STOCK_POLICY.encode())
        wanted |= {
            b"cross-origin-opener-policy": b"same-origin",
            b"permissions-policy": b"camera=(), microphone=(), geolocation=()",
        }
    if any(name == b"content-security-policy" and value == FRAMED_POLICY.encode() for name, value in headers):
        del wanted[b"x-frame-options"]
    return headers + [(name, value) for name, value in wanted.items() if name not in present]


def _refusal(scope: Scope, rules: Rules, *, closed: bool) -> Refusal | None:
    host = next(
        (bytes(value).decode("latin-1") for name, value in scope.get("headers") or () if name == b"host"), ""
    )
    if rules.loopback() and not is_loopback(host):
        return Refusal(421, "只在本机打开 / open it by its address on this machine")
    refused = refused_query(scope.get("query_string") or b"")
    return refused if refused is not None or not closed else _refused_in_public(scope, rules.base_url)


def _refused_in_public(scope: Scope, base_url: str) -> Refusal | None:
    path = "/" + str(scope.get("path") or "").removeprefix(base_url).lstrip("/")
    if len(scope.get("query_string") or b"") > MAX_QUERY_BYTES:
        return Refusal(414, "查询太长 / query too long")
    if scope.get("method") not in ("GET", "HEAD", "POST", "OPTIONS"):
        return Refusal(405, "只读 / read-only")
    if scope.get("method") == "POST" and not path.startswith(
        ("/-/expo/reconcile", "/-/mcp", "/-/expo/desk/")
    ):
        return Refusal(405, "只读 / read-only")
    return Refusal(404, "没有这一页 / not found") if _HIDDEN.match(path) else None


async def _refuse(send: Send, status: int, text: str) -> None:
    headers = _with_headers([(b"content-type", b"text/plain; charset=utf-8")], public=True)
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text.encode()})
