"""Start Datasette on an archive: on loopback, read-only, with what public mode needs."""

from __future__ import annotations

import asyncio
import socket
import threading
import webbrowser
from pathlib import Path
from typing import Any

import uvicorn
from datasette.app import Datasette

from miner.errors import InputError
from miner.publish.security import quiet_faults
from miner.store.database import open_readonly

HOST = "127.0.0.1"
SNIPPET_CHARS = 200
_ALWAYS: dict[str, Any] = {
    "suggest_facets": False,
    "facet_time_limit_ms": 300,
    "sql_time_limit_ms": 2_000,
    "default_page_size": 50,
}
_PUBLIC: dict[str, Any] = {
    "default_allow_sql": False, "allow_download": False, "allow_csv_stream": False, "max_returned_rows": 500, "sql_time_limit_ms": 1_000,
    "max_csv_mb": 10, "trace_debug": False, "template_debug": False, "num_sql_threads": 4,
}  # fmt: skip


def build(
    path: Path,
    *,
    public: bool = False,
    snippet_chars: int = 0,
    site: str = "",
    metadata: dict[str, Any] | None = None,
) -> Datasette:
    """Return a Datasette that serves one archive with this plugin.

    `public` refuses SQL, downloads and robots; `snippet_chars` cuts bodies; `site` is the
    host that links name. Not public it answers only to this machine's own names. `metadata` is added to what the plugin knows.
    """
    quiet_faults()
    options = {"public": public, "snippet_chars": snippet_chars, "loopback": not public, "site": site}
    given = dict(metadata or {})
    plugins = {**given.get("plugins", {}), "miner": {**options, **given.get("plugins", {}).get("miner", {})}}
    return Datasette(
        [str(path)],
        metadata={**given, "plugins": plugins},
        settings={**_ALWAYS, **(_PUBLIC if public else {})},
    )


def address(port: int) -> str:
    """Return the address at which `serve` answers.

    >>> address(8001)
    'http://127.0.0.1:8001/'
    """
    return f"http://{HOST}:{port}/"


def serve(
    path: Path,
    *,
    port: int = 8001,
    public: bool = False,
    snippets: bool = False,
    site: str = "",
    open_browser: bool = False,
) -> None:
    """Serve an archive on loopback until interrupted, with the address in the log; a web server in front may publish it.

    `snippets` shows only the beginning of bodies. Raises StoreError when the file is no archive, InputError when the port
    is taken.
    """
    open_readonly(path).close()
    _check_port(port)
    datasette = build(path, public=public, snippet_chars=SNIPPET_CHARS if snippets else 0, site=site)
    asyncio.run(datasette.invoke_startup())
    if open_browser:
        threading.Timer(1.0, webbrowser.open, [address(port)]).start()
    uvicorn.run(
        datasette.app(),
        host=HOST,
        port=port,
        log_level="info",
        access_log=False,
        server_header=False,
        lifespan="on",
        workers=1,
    )


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        try:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((HOST, port))
        except OSError as error:
            raise InputError(
                f"端口 {port} 已被占用 / is in use", code="port", hint="换一个 --port / give another --port"
            ) from error


def datasette_arguments(path: Path, *, port: int = 8001, public: bool = False) -> list[str]:
    """Return the arguments with which plain `datasette` serves the same, for those who start it themselves.

    >>> datasette_arguments(Path("expo.db"))[:3]
    ['serve', 'expo.db', '--host']
    """
    settings = {**_ALWAYS, **(_PUBLIC if public else {})}
    flags = [
        part
        for name, value in settings.items()
        for part in ("--setting", name, str(value).lower() if isinstance(value, bool) else str(value))
    ]
    return ["serve", str(path), "--host", HOST, "--port", str(port), *flags]
