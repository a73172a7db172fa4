"""Headers and refusals that make an archive of hostile text safe to put on the internet."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

_COMMON = "default-src 'none'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
PAGE_POLICY = f"{_COMMON}; script-src 'self'; style-src 'self'"
"""For our own pages: nothing inline, neither scripts nor styles."""
STOCK_POLICY = f"{_COMMON}; script-src 'self'; style-src 'self' 'unsafe-inline'"
"""For Datasette's own pages in public mode: their templates carry style attributes, but no inline script after ours."""
MAX_QUERY_BYTES = 8_000
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
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


def guard(app: App, *, public: Callable[[], bool], robots: Callable[[], bool], base_url: str = "/") -> App:
    """Wrap an ASGI application: safe headers on everything, and in public mode refusals."""

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        closed = public()
        if closed and (refusal := _refusal(scope, base_url)):
            await _refuse(send, *refusal)
            return

        csv = str(scope.get("path") or "").endswith(".csv")

        async def send_safely(message: MutableMapping[str, Any]) -> None:
            nonlocal csv
            if csv and message["type"] == "http.response.body" and message.get("body"):
                message, csv = (
                    {**message, "body": _BYTE_ORDER_MARK + message["body"]},
                    False,
                )  # else Excel shows nonsense
            if message["type"] == "http.response.start":
                csv = csv and message["status"] == 200
                headers = _with_headers(list(message.get("headers") or []), public=closed)
                if closed and not robots():
                    headers.append([b"x-robots-tag", b"noindex, nofollow"])
                message = {**message, "headers": headers}
            await send(message)

        await app(scope, receive, send_safely)

    return guarded


def _with_headers(headers: list[list[bytes]], *, public: bool) -> list[list[bytes]]:
    present = {name.lower() for name, _ in headers}
    wanted = {b"x-content-type-options": b"nosniff", b"referrer-policy": b"same-origin"}
    if public:
        wanted |= {
            b"content-security-policy": STOCK_POLICY.encode(), b"x-frame-options": b"DENY", b"cross-origin-opener-policy": b"same-origin",
            b"permissions-policy": b"camera=(), microphone=(), geolocation=()",
        }  # fmt: skip
    return headers + [[name, value] for name, value in wanted.items() if name not in present]


def _refusal(scope: Scope, base_url: str) -> tuple[int, str] | None:
    path = "/" + str(scope.get("path") or "").removeprefix(base_url).lstrip("/")
    if len(scope.get("query_string") or b"") > MAX_QUERY_BYTES:
        return 414, "查询太长 / query too long"
    if scope.get("method") not in ("GET", "HEAD", "POST", "OPTIONS"):
        return 405, "只读 / read-only"
    if scope.get("method") == "POST" and not path.startswith(("/-/expo/reconcile", "/-/mcp")):
        return 405, "只读 / read-only"
    if _HIDDEN.match(path):
        return 404, "没有这一页 / not found"
    return None


async def _refuse(send: Send, status: int, text: str) -> None:
    headers = _with_headers([[b"content-type", b"text/plain; charset=utf-8"]], public=True)
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text.encode()})
