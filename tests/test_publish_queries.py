"""Views and canned queries: every fact links to its sentence, sides of a meeting are told apart, codes become words."""

from __future__ import annotations

import json
import re
import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup
from datasette.app import Datasette

from miner.publish.serve import build
from miner.store import fts, summaries, views
from tests.archives import add_article, add_document, empty_archive, insert

BODY = "江区长、秘书长黄一行走访山田公司，董事长托马斯·莱恩接待。山田公司首次参展，第三届进博会参展企业3000家。北欧航运首次亮相的新船。"


def report(connection: sqlite3.Connection, name: str, kind: str, words: str, parties: tuple[tuple[str, str, str], ...], **more: Any) -> None:
    start = BODY.index(words)
    insert(connection, "events", id=name, type=kind, title=f"{words}", date="2020-11-06", edition=3, status="done", n_reports=1, **more)
    insert(connection, "event_reports", id=f"r{name}", event_id=name, article_id="a", start=start, end=start + len(words), type=kind, trigger="t",
           trigger_start=start + 4, trigger_end=start + 8, evidence=words, status="done", method="t", confidence=1.0)  # fmt: skip
    for at, (role, label, key) in enumerate(parties):
        insert(connection, "event_participants", id=f"{name}{at}", event_id=name, report_id=f"r{name}", role=role, name=key, **{f"{label}_id": key})


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("queries") / "expo.db"
    connection = empty_archive(str(path))
    add_document(connection)
    add_article(connection, "a", BODY, headline="走访", published="2020-11-07", edition=3)
    for key, name in (("jiang", "江某"), ("huang", "黄某"), ("lehn", "托马斯·莱恩")):
        insert(connection, "people", id=key, name=name, latin_name="Thomas Lehn" if key == "lehn" else None)
    for key, name in (("yamada", "山田公司"), ("nord", "北欧航运")):
        insert(connection, "enterprises", id=key, name=name, country="日本")
    insert(connection, "posts", id="p", person_id="lehn", title="董事长", organization_text="山田公司", enterprise_id="yamada", article_id="a", start=0, end=3, local_person=0)
    insert(connection, "quotes", id="q", article_id="a", start=0, end=3, text="江区长", direct=1, speaker="莱恩", person_id="lehn", confidence=1.0)
    insert(connection, "figures", id="f", article_id="a", start=BODY.index("3000家"), end=BODY.index("3000家") + 5, text="3000家", value=3000.0, unit="家", measure="exhibitors", edition=3)
    report(connection, "v", "visit", "江区长、秘书长黄一行走访山田公司", (("visitor", "person", "jiang"), ("visitor", "person", "huang"), ("visited", "enterprise", "yamada"), ("visited", "person", "lehn")))
    report(connection, "m", "meeting", "江区长、秘书长黄", (("host", "person", "jiang"), ("host", "person", "lehn"), ("host", "enterprise", "yamada")), amount=2e8, amount_unit="元")
    report(connection, "s", "signing", "董事长托马斯·莱恩接待", (("party", "enterprise", "yamada"), ("party", "person", "lehn"), ("party", "enterprise", "nord")), amount=3e8, amount_unit="元")
    report(connection, "x", "exhibition", "山田公司首次参展", (("exhibitor", "enterprise", "yamada"),))
    report(connection, "y", "exhibition", "北欧航运首次亮相的新船", (("exhibitor", "enterprise", "nord"),))
    fts.refresh(connection)
    summaries.rebuild(connection)
    connection.commit()
    connection.close()
    return path


@pytest.fixture
async def datasette(archive: Path) -> Datasette:
    datasette = build(archive)
    await datasette.invoke_startup()
    return datasette


async def rows(datasette: Datasette, query: str, **given: str) -> list[dict[str, Any]]:
    asked = "&".join(f"{name}={quote(value)}" for name, value in given.items())
    response = await datasette.client.get(f"/expo/{query}.json?_shape=array&{asked}")
    assert response.status_code == 200, response.text
    found: list[dict[str, Any]] = json.loads(response.text)
    return found


@pytest.mark.parametrize(
    ("name", "met"),
    [
        ("江某", {"山田公司", "托马斯·莱恩"}), ("黄某", {"山田公司", "托马斯·莱恩"}), ("山田公司", {"江某", "黄某", "北欧航运"}), ("thomas lehn", {"江某", "黄某", "北欧航运"}),
        ("北欧航运", {"山田公司", "托马斯·莱恩"}), ("无此人", set()), ("", set()),
    ],
)  # fmt: skip
async def test_only_those_who_faced_each_other_met(datasette: Datasette, name: str, met: set[str]) -> None:
    found = await rows(datasette, "who_met", name=name)
    assert {row["met"] for row in found} == met
    assert len({(row["event_id"], row["name"], row["met"]) for row in found}) == len(found), "nobody is listed twice"


async def test_queries_find_names_however_written_and_speak_chinese(datasette: Datasette) -> None:
    assert [row["speaker"] for row in await rows(datasette, "quotes_of", name="山田")] == ["托马斯·莱恩"]
    assert [row["title"] for row in await rows(datasette, "posts_of", name="托馬斯•莱恩")] == ["董事长"]
    assert {row["type"] for row in await rows(datasette, "events_of", name="山田公司")} == {"走访", "会见", "签约", "参展"}
    (figure,) = await rows(datasette, "figures_of", measure="参展企业")
    assert figure["measure"] == "参展企业" and figure["value"] == 3000
    assert [row["amount"] for row in await rows(datasette, "signings_above", amount="100000000")] == [3e8]
    assert await rows(datasette, "signings_above", amount="") == []


async def test_a_first_time_is_told_from_a_first_time_seen(datasette: Datasette) -> None:
    found = await rows(datasette, "first_time_exhibitors", edition="")
    assert {row["name"]: row["says_first"] for row in found} == {"山田公司": 1, "北欧航运": 0}, "a product shown for the first time is no claim"
    assert BODY[slice(*map(int, re.findall(r"at=(\d+)-(\d+)", found[0]["source"])[0]))] == "山田公司首次参展"


async def test_facts_in_views_and_queries_link_to_their_sentences(datasette: Datasette) -> None:
    addresses = [view.name for view in views.VIEWS if view.name not in ("source_lines", "contradictions", "alias_list", "doubtful_articles", "code_titles")]
    addresses += ["who_met?name=江某", "quotes_of?name=莱恩", "events_of?name=山田", "figures_of?measure=参展", "signings_above?amount=1", "first_time_exhibitors?edition=3"]
    for address in addresses:
        page = BeautifulSoup((await datasette.client.get(f"/expo/{address}")).text, "lxml")
        links = [a["href"] for a in page.select("td.col-source a")]
        assert links and all(re.fullmatch(r"/-/expo/article/a\?at=\d+-\d+#here", link) for link in links), address


def test_only_our_own_addresses_become_links(archive: Path) -> None:
    from miner.publish import render_cell
    from miner.publish.urls import Links

    assert Links("/", "x").under("/-/expo/article/a") == "/-/expo/article/a"

    class Stub:
        _miner_archives = ("expo",)

        def setting(self, name: str) -> str:
            return "/"

    def shown(value: str) -> str:
        return str(render_cell(row={}, value=value, column="source", table=None, database="expo", datasette=Stub()) or value)

    assert shown("/-/expo/article/a?at=1-2#here").startswith("<a href=")
    for hostile in ("javascript:alert(1)", "//evil.example/-/expo/article/a", "/-/expo/article/a?at=1\"><script>", "/-/expo/article/../../x", "https://x/-/expo/article/a"):
        assert "<a" not in shown(hostile), hostile
