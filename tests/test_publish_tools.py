"""Tools for language models: with a stand-in for the server, and with datasette-mcp itself where it is installed."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from miner.publish import tools
from miner.publish.index import fts, summaries
from miner.publish.serve import build
from tests.archives import empty_archive
from tests.test_publish_pages import FULL, fill

Tool = Callable[..., Awaitable[dict[str, Any]]]


class Server:
    """Stands in for the MCP server: keeps the tools by name."""

    def __init__(self) -> None:
        self.tools: dict[str, Tool] = {}

    def tool(self, **_: object) -> Callable[[Tool], Tool]:
        """Register a tool, as the SDK's decorator does."""

        def keep(function: Tool) -> Tool:
            self.tools[function.__name__] = function
            return function

        return keep


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    connection = empty_archive(str(tmp_path / "x.db"))
    fill(connection)
    fts.refresh(connection)
    summaries.rebuild(connection)
    connection.commit()
    connection.close()
    return tmp_path / "x.db"


async def test_tools_lead_from_search_to_dossier_to_evidence(archive: Path) -> None:
    server = Server()
    tools.register(build(archive), server)
    assert all(tool.__doc__ for tool in server.tools.values())
    found = await server.tools["expo_search"]("旭化成", edition=5)
    assert found["total"] == 3 and found["dossiers"][0]["id"] == "e1"
    dossier = await server.tools["expo_dossier"]("enterprise", "e1")
    assert dossier["thing"]["name"] == FULL and dossier["events"][0]["article_id"] in ("a1", "a4")
    evidence = await server.tools["expo_evidence"]("a1")
    fact = evidence["facts"]["figures"][0]
    assert evidence["article"]["body"][fact["start"] : fact["end"]] == fact["text"]
    assert (await server.tools["expo_event"]("v1"))["disagreements"][0]["title"] == "日期"
    json.dumps([found, dossier, evidence])
    for name, wrong in (
        ("expo_dossier", ("planet", "e1")),
        ("expo_dossier", ("person", "x")),
        ("expo_evidence", ("x",)),
        ("expo_event", ("x",)),
    ):
        with pytest.raises(ValueError, match=r"no such|must be one of"):
            await server.tools[name](*wrong)


async def test_tools_in_datasette_mcp(archive: Path) -> None:
    mcp = pytest.importorskip("datasette_mcp", reason="datasette-mcp is not installed")
    datasette = build(archive)
    await datasette.invoke_startup()
    server = mcp.create_mcp_server(datasette)
    assert {"expo_search", "expo_dossier", "expo_evidence", "expo_event"} <= {
        tool.name for tool in await server.list_tools()
    }


def test_the_plugin_is_whole_whichever_is_imported_first() -> None:
    for first in ("import miner.publish.serve", "import datasette.app", "import miner.publish.routes"):
        code = f"{first}; from datasette.plugins import pm; import datasette.app, miner.publish as p; assert p in pm.get_plugins(); "
        code += "assert 'register_routes' in [caller.name for caller in pm.get_hookcallers(p)]"
        subprocess.run([sys.executable, "-c", code], check=True)
