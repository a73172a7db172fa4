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

from miner.publish.index import fts, summaries, views
from miner.publish.serve import build
from tests.archives import add_article, add_document, empty_archive, insert

BODY = "江区长、秘书长黄一行走访山田公司，董事长托马斯·莱恩接待。山田公司首次参展，第三届进博会参展企业3000家。北欧航运首次亮相的新船。"


def report(
    connection: sqlite3.Connection,
    name: str,
    kind: str,
    words: str,
    parties: tuple[tuple[str, str, str], ...],
    **more: Any,
) -> None:
    start = BODY.index(words)
    insert(
        connection,
        "events",
        id=name,
        type=kind,
        title=f"{words}",
        date="2020-11-06",
        edition=3,
        status="done",
        n_reports=1,
        **more,
    )
    insert(connection, "event_reports", id=f"r{name}", event_id=name, article_id="a", start=start, end=start + len(words), type=kind, trigger="t",
           trigger_start=start + 4, trigger_end=start + 8, evidence=words, status="done", method="t", confidence=1.0)  # fmt: skip
    for at, (role, label, key) in enumerate(parties):
        insert(
            connection,
            "event_participants",
            id=f"{name}{at}",
            event_id=name,
            report_id=f"r{name}",
            role=role,
            name=key,
            **{f"{label}_id": key},
        )


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
    for label, key, words in (("enterprise", "yamada", "山田公司"), ("person", "lehn", "托马斯·莱恩")):
        insert(connection, "mentions", id=key, article_id="a", start=BODY.index(words), end=BODY.index(words) + len(words), text=words, label=label,
               method="t", confidence=1.0, local_entity=0, **{f"{label}_id": key})  # fmt: skip
    insert(
        connection,
        "posts",
        id="p",
        person_id="lehn",
        title="董事长",
        organization_text="山田公司",
        enterprise_id="yamada",
        article_id="a",
        start=0,
        end=3,
        local_person=0,
    )
    insert(
        connection,
        "quotes",
        id="q",
        article_id="a",
        start=0,
        end=3,
        text="江区长",
        direct=1,
        speaker="莱恩",
        person_id="lehn",
        confidence=1.0,
    )
    insert(
        connection,
        "figures",
        id="f",
        article_id="a",
        start=BODY.index("3000家"),
        end=BODY.index("3000家") + 5,
        text="3000家",
        value=3000.0,
        unit="家",
        measure="exhibitors",
        edition=3,
    )
    report(
        connection,
        "v",
        "visit",
        "江区长、秘书长黄一行走访山田公司",
        (
            ("visitor", "person", "jiang"),
            ("visitor", "person", "huang"),
            ("visited", "enterprise", "yamada"),
            ("visited", "person", "lehn"),
        ),
    )
    report(
        connection,
        "m",
        "meeting",
        "江区长、秘书长黄",
        (("host", "person", "jiang"), ("host", "person", "lehn"), ("host", "enterprise", "yamada")),
        amount=2e8,
        amount_unit="元",
    )
    report(
        connection,
        "s",
        "signing",
        "董事长托马斯·莱恩接待",
        (("party", "enterprise", "yamada"), ("party", "person", "lehn"), ("party", "enterprise", "nord")),
        amount=3e8,
        amount_unit="元",
    )
    add_article(
        connection,
        "b",
        "第三届进博会昨天闭幕，参展企业3100家。北欧航运有员工83名。展位费30家。",
        headline="闭幕",
        published="2020-11-11",
        edition=3,
    )
    for key, words, value, unit, measure in (
        ("g", "3100家", 3100.0, "家", "exhibitors"),
        ("h", "83名", 83.0, "名", "employees"),
        ("i", "30家", 30.0, "家", "exhibitors"),
    ):
        body = "第三届进博会昨天闭幕，参展企业3100家。北欧航运有员工83名。展位费30家。"
        insert(
            connection,
            "figures",
            id=key,
            article_id="b",
            start=body.index(words),
            end=body.index(words) + len(words),
            text=words,
            value=value,
            unit=unit,
            measure=measure,
            edition=3,
        )
    for key, left, right in (("c1", "f", "g"), ("c2", "g", "i")):
        insert(
            connection,
            "figure_conflicts",
            id=key,
            left_figure_id=left,
            right_figure_id=right,
            kind="conflict",
            fact="exhibitors",
            edition=3,
            score=0.9,
            reasons="同一指标:exhibitors(+2.0)",
        )
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
    assert len({(row["event_id"], row["name"], row["met"]) for row in found}) == len(found), (
        "nobody is listed twice"
    )


async def test_queries_find_names_however_written_and_speak_chinese(datasette: Datasette) -> None:
    assert [row["speaker"] for row in await rows(datasette, "quotes_of", name="山田")] == ["托马斯·莱恩"]
    assert [row["title"] for row in await rows(datasette, "posts_of", name="托馬斯•莱恩")] == ["董事长"]
    assert {row["type"] for row in await rows(datasette, "events_of", name="山田公司")} == {
        "走访",
        "会见",
        "签约",
        "参展",
    }
    found = await rows(datasette, "figures_of", measure="参展企业")
    assert {row["measure"] for row in found} == {"参展企业"} and {row["value"] for row in found} == {
        30,
        3000,
        3100,
    }
    assert [row["amount"] for row in await rows(datasette, "signings_above", amount="100000000")] == [3e8]
    assert await rows(datasette, "signings_above", amount="") == []


async def test_a_first_time_is_told_from_a_first_time_seen(datasette: Datasette) -> None:
    found = await rows(datasette, "first_time_exhibitors", edition="")
    assert {row["name"]: row["says_first"] for row in found} == {"山田公司": 1, "北欧航运": 0}, (
        "a product shown for the first time is no claim"
    )
    assert BODY[slice(*map(int, re.findall(r"at=(\d+)-(\d+)", found[0]["source"])[0]))] == "山田公司首次参展"


async def test_facts_in_views_and_queries_link_to_their_sentences(datasette: Datasette) -> None:
    addresses = [
        view.name
        for view in views.VIEWS
        if view.name
        not in ("source_lines", "contradictions", "alias_list", "doubtful_articles", "code_titles")
    ]
    addresses += [
        "who_met?name=江某",
        "quotes_of?name=莱恩",
        "events_of?name=山田",
        "figures_of?measure=参展",
        "signings_above?amount=1",
        "first_time_exhibitors?edition=3",
    ]
    for address in addresses:
        page = BeautifulSoup((await datasette.client.get(f"/expo/{address}")).text, "lxml")
        links = [a["href"] for a in page.select("td.col-source a")]
        assert links and all(
            re.fullmatch(r"/-/expo/article/[ab]\?at=\d+-\d+#here", link) for link in links
        ), address


def test_only_our_own_addresses_become_links(archive: Path) -> None:
    from miner.publish import render_cell
    from miner.publish.urls import Addresses

    assert Addresses("/", "x").under("/-/expo/article/a") == "/-/expo/article/a"

    class Stub:
        _miner_archives = ("expo",)

        def setting(self, name: str) -> str:
            return "/"

    def shown(value: str) -> str:
        return str(
            render_cell(row={}, value=value, column="source", table=None, database="expo", datasette=Stub())
            or value
        )

    assert shown("/-/expo/article/a?at=1-2#here").startswith("<a href=")
    for hostile in (
        "javascript:alert(1)",
        "//evil.example/-/expo/article/a",
        '/-/expo/article/a?at=1"><script>',
        "/-/expo/article/../../x",
        "https://x/-/expo/article/a",
    ):
        assert "<a" not in shown(hostile), hostile


async def test_figures_that_disagree_show_both_sentences(datasette: Datasette) -> None:
    for address in (
        "/-/expo/figures",
        "/-/expo/figures?measure=exhibitors",
        "/-/expo/figures?measure=exhibitors&edition=3",
    ):
        page = BeautifulSoup((await datasette.client.get(address)).text, "lxml")
        (pair,) = page.select("section.conflict li")  # the two figures of one article are no pair
        links = [a["href"] for a in pair.select(".sides a.source")]
        assert [link.split("?")[0] for link in links] == ["/-/expo/article/a", "/-/expo/article/b"] and all(
            link.endswith("#here") for link in links
        )
        assert "参展企业" in pair.text and "exhibitors" not in pair.text, address


async def test_an_expo_shows_only_its_own_figures_with_their_sentences(datasette: Datasette) -> None:
    page = BeautifulSoup((await datasette.client.get("/-/expo/edition/3")).text, "lxml")
    shown = page.select_one(".totals").text
    assert (
        "3,100家" in shown.replace("\n", "")
        and "83" not in shown
        and "30家" not in shown
        and "另有 1 种说法" in shown
    )
    article = (await datasette.client.get(page.select_one(".totals a.origin")["href"])).text
    assert BeautifulSoup(article, "lxml").select_one("#here").text == "3100家"
    assert (
        "首次参展" not in page.select_one(".dossier-head").text
        and "本档案首见" in page.select_one(".dossier-head").text
    )
    claimed = next(
        section for section in page.select("section") if section.h2 and section.h2.text == "文中写明首次参展"
    )
    assert [a.text for a in claimed.select("a")] == ["山田公司", "山田公司首次参展"]


async def test_a_body_speaks_through_its_people(datasette: Datasette) -> None:
    page = BeautifulSoup((await datasette.client.get("/-/expo/enterprise/yamada")).text, "lxml")
    said = next(section for section in page.select("section") if section.h2 and section.h2.text == "其代表说")
    assert "江区长" in said.text and "莱恩" in said.text
    person = (await datasette.client.get("/-/expo/person/lehn")).text
    assert "说过的话" in person and "其代表说" not in person


async def test_two_archives_lead_to_each_other(archive: Path, tmp_path: Path) -> None:
    other = tmp_path / "second.db"
    other.write_bytes(archive.read_bytes())
    both = Datasette([str(archive), str(other)])
    await both.invoke_startup()
    page = BeautifulSoup((await both.client.get("/-/expo/edition/3?_db=second")).text, "lxml")
    assert page.select_one("footer strong").text == "second"
    assert [a["href"] for a in page.select("footer a")] == ["/-/expo?_db=expo"]
    table = BeautifulSoup((await both.client.get("/second/who_met?name=" + quote("江某"))).text, "lxml")
    assert all(a["href"].endswith("&_db=second#here") for a in table.select("td.col-source a"))


def test_firms_that_met_one_official_did_not_meet_each_other() -> None:
    connection = empty_archive()
    add_document(connection)
    add_article(connection, "a", "区长会见甲公司、乙公司。", published="2022-11-06")
    insert(connection, "people", id="p", name="区长某")
    for name in ("甲公司", "乙公司"):
        insert(connection, "enterprises", id=name, name=name)
    insert(connection, "events", id="v", type="meeting", title="会见", status="done")
    insert(connection, "event_reports", id="r", event_id="v", article_id="a", field="body", start=0, end=5, type="meeting", trigger="会见",
           trigger_start=2, trigger_end=4, evidence="区长会见", status="done", method="t", confidence=1.0)  # fmt: skip
    for number, (name, column, key) in enumerate(
        (
            ("区长某", "person_id", "p"),
            ("甲公司", "enterprise_id", "甲公司"),
            ("乙公司", "enterprise_id", "乙公司"),
        )
    ):
        insert(
            connection,
            "event_participants",
            id=f"t{number}",
            event_id="v",
            report_id="r",
            role="host",
            name=name,
            **{column: key},
        )
    met = {tuple(row) for row in connection.execute("select left_name, right_name from encounters")}
    assert met == {("区长某", "甲公司"), ("甲公司", "区长某"), ("区长某", "乙公司"), ("乙公司", "区长某")}
