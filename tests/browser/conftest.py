"""A real browser against a real server on loopback."""

from __future__ import annotations

import importlib.util
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest
import uvicorn

from miner.publish.serve import build
from tests.hostile import hostile_archive

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@dataclass(frozen=True, slots=True)
class Site:
    """A running server: its address, and the addresses of its pages by name."""

    base: str
    pages: dict[str, str]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def serve(path: Path, *, public: bool) -> Iterator[str]:
    """Serve an archive in a thread; yields the address."""
    datasette = build(path, public=public)
    port = _free_port()
    server = uvicorn.Server(uvicorn.Config(datasette.app(), host="127.0.0.1", port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(timeout=10)


def _generator(root: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_archive", root / "benchmarks" / "make_archive.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    import sys

    sys.modules["make_archive"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def site(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A small archive made by program, in public mode."""
    import sqlite3

    path = tmp_path_factory.mktemp("site") / "expo.db"
    _generator(root).make(path, 400)
    connection = sqlite3.connect(path)
    pick = {
        name: connection.execute(f"select id from [{table}] order by {order} desc, id").fetchone()[0]
        for name, table, order in (
            ("article", "articles", "n_chars"), ("enterprise", "enterprises", "n_articles"), ("person", "people", "n_articles"),
            ("organization", "organizations", "n_articles"), ("event", "events", "n_reports"),
        )
    }  # fmt: skip
    connection.close()
    pages = {
        "front": "/", "search": "/-/expo/search?q=订单", "nothing": "/-/expo/search?q=没有这个词", "figures": "/-/expo/figures?measure=exhibitors&edition=5",
        "measures": "/-/expo/figures", "editions": "/-/expo/editions", "enterprises": "/-/expo/enterprises?edition=5", "people": "/-/expo/people",
        "events": "/-/expo/events?type=signing", "quotes": "/-/expo/quotes", "numbers": "/-/expo/numbers?measure=exhibitors", "missing_rows": "/-/expo/events?q=无此人",
        "canned": "/expo/who_met?name=科", "database": "/expo", "edition": "/-/expo/edition/5", "table": "/expo/articles?_search=订单",
        **{name: f"/-/expo/{name}/{identity}" for name, identity in pick.items()},
    }  # fmt: skip
    pages["article"] += "?q=订单"
    for base in serve(path, public=True):
        yield Site(base, pages)


@pytest.fixture(scope="session")
def hostile_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An archive in which every text is an attack."""
    path = tmp_path_factory.mktemp("hostile") / "expo.db"
    pages = hostile_archive(path)
    for base in serve(path, public=False):
        yield Site(base, {page: page for page in pages})
