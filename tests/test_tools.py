"""Tools for language models: a client in the same process asks the server that `miner mcp` runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from miner.ask.tools import server
from miner.cli import main
from miner.errors import MinerError
from tests.asked import asked_archive


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = asked_archive(tmp_path_factory.mktemp("mcp"))
    listed = path.with_name("list.csv")
    listed.write_text("企业名称,负责人\n旭化成,小周\n", encoding="utf-8")
    assert CliRunner().invoke(main, ["targets", "add", str(listed), "--db", str(path)]).exit_code == 0
    return path


async def test_a_client_asks(database: Path) -> None:
    mcp = pytest.importorskip("mcp")

    async with mcp.Client(server(database)) as client:
        names = {tool.name for tool in (await client.list_tools()).tools}
        assert names == {"search", "dossier", "evidence", "events", "targets"}

        async def ask(tool: str, **given: object) -> Any:
            answer = await client.call_tool(tool, given)
            assert not answer.is_error, answer
            return answer.structured_content

        hits = await ask("search", words="隔膜")
        assert hits["total"] == 1
        evidence = await ask("evidence", article_id=hits["articles"][0]["id"])
        assert "隔膜" in evidence["article"]["body"] and evidence["lines"]
        told = (await ask("dossier", name="旭化成", edition=5))["dossiers"][0]
        assert told["quotes"][0]["source"]["where"].endswith(("a.txt:5", "b.txt:5"))
        assert (await ask("dossier", name="旭华成"))["near"][0]["name"] == "旭化成（中国）投资有限公司"
        signed = await ask("events", type="signing", name="旭化成")
        assert signed["events"][0]["reports"][0]["source"]["sentence"]
        assert (await ask("targets"))["targets"][0]["owner"] == "小周"
        wrong = await client.call_tool("evidence", {"article_id": "x"})
        assert wrong.is_error


def test_a_server_without_an_archive_is_told(tmp_path: Path) -> None:
    pytest.importorskip("mcp")
    with pytest.raises(MinerError):
        server(tmp_path / "none.db")
