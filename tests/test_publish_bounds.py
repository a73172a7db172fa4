"""One visitor cannot make the server work for all: requests are bounded, answers carry nothing that runs elsewhere."""

from __future__ import annotations

import csv
import sqlite3
import time
import xml.dom.minidom
from pathlib import Path

import pytest
from datasette.app import Datasette
from hypothesis import given
from hypothesis import strategies as st

from miner.publish.answered import HarmlessCsv
from miner.publish.serve import build
from miner.store.cells import harmless
from tests.hostile import hostile_archive

FORMULA = '=HYPERLINK("http://evil.example","进博会")'


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("bounds") / "expo.db"
    hostile_archive(found)
    with sqlite3.connect(found) as connection:
        connection.execute(
            "insert into enterprises (id, name, country) values ('f1', ?, '-7'), ('f2', ?, '+1+1'), ('f3', ?, '')",
            (FORMULA, "有\u202e转向", "\ufffe坏"),
        )
    return found


async def _server(path: Path, *, public: bool = False, site: str = "") -> Datasette:
    datasette = build(path, public=public, site=site)
    await datasette.invoke_startup()
    return datasette


@pytest.mark.parametrize(
    "query",
    [
        "_facet=name&" * 250,
        "_facet_array=a&" * 9,
        "_through=%7B%7D&" * 60,
        "_sort=a%27b",
        "_sort_desc=%00",
    ],
)
async def test_what_asks_too_much_is_refused_before_it_is_tried(path: Path, query: str) -> None:
    for public in (False, True):
        server = await _server(path, public=public)
        begun = time.process_time()
        answer = await server.client.get(f"/expo/enterprises?{query.rstrip('&')}")
        assert answer.status_code in (400, 414)
        assert time.process_time() - begun < 5


async def test_a_few_facets_are_answered(path: Path) -> None:
    server = await _server(path)
    assert (
        await server.client.get("/expo/enterprises?_facet=country&_facet=industry&_sort=name")
    ).status_code == 200


@pytest.mark.parametrize(
    "sql", ["select length(printf('%*d', 900000000, 1))", "select length(randomblob(900000000))"]
)
async def test_a_query_cannot_take_all_memory(path: Path, sql: str) -> None:
    server = await _server(path)
    answer = await server.client.get("/expo.json", params={"sql": sql})
    assert answer.status_code == 400 or answer.json()["rows"][0][0] in (None, 0)


async def test_only_this_machines_names_are_answered_on_loopback(path: Path) -> None:
    local, public = await _server(path), await _server(path, public=True)
    rebound = {"host": "evil.example:8001"}
    assert (await local.client.get("/expo.json", headers=rebound)).status_code == 421
    assert (await local.client.get("/expo.json", headers={"host": "127.0.0.1:8001"})).status_code == 200
    assert (await public.client.get("/robots.txt", headers=rebound)).status_code == 200


async def test_links_name_the_site_and_not_what_a_visitor_says(path: Path) -> None:
    server = await _server(path, public=True, site="archive.example")
    answer = await server.client.get("/expo/enterprises.json?_size=1", headers={"host": "rebound.example"})
    assert "rebound.example" not in answer.text
    assert "archive.example" in answer.json().get("next_url", "archive.example")


async def test_an_answer_is_not_kept_for_years(path: Path) -> None:
    server = await _server(path, public=True)
    kept = (await server.client.get("/expo/enterprises.json?_ttl=99999999")).headers.get("cache-control", "")
    assert "99999999" not in kept


async def test_stock_csv_holds_no_formula_and_opens_in_a_spreadsheet(path: Path) -> None:
    server = await _server(path)
    answer = await server.client.get("/expo/enterprises.csv?_size=max&id__startswith=f")
    assert answer.text.startswith("\ufeff")
    rows = {row["id"]: row for row in csv.DictReader(answer.text.removeprefix("\ufeff").splitlines())}
    assert rows["f1"]["name"] == f"'{FORMULA}"
    assert (rows["f1"]["country"], rows["f2"]["country"]) == ("-7", "'+1+1")


async def test_no_page_holds_marks_that_turn_text_around(path: Path) -> None:
    server = await _server(path)
    for address in ("/expo/enterprises?id=f2", "/expo/enterprises?_facet=name&id=f2", "/expo/enterprises/f2"):
        page = (await server.client.get(address)).text
        assert "\u202e" not in page and "转向" in page


async def test_every_answer_has_its_headers(path: Path) -> None:
    server = await _server(path)
    for address in ("/expo/enterprises", "/-/expo/search.atom?q=进博会", "/nothing"):
        answer = await server.client.get(address)
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["x-content-type-options"] == "nosniff"


@given(
    st.lists(st.lists(st.text(alphabet='=+-@,"\n进\r x1', max_size=6), min_size=1, max_size=4), max_size=6),
    st.integers(1, 7),
)
def test_csv_is_made_harmless_however_it_is_cut(rows: list[list[str]], size: int) -> None:
    import io

    out = io.StringIO()
    csv.writer(out).writerows(rows)
    body, filter_, sent = out.getvalue().encode(), HarmlessCsv(), b""
    for at in range(0, len(body), size):
        sent += filter_.feed(body[at : at + size], last=False)
    sent += filter_.feed(b"", last=True)
    text = sent.decode().removeprefix("\ufeff")
    assert list(csv.reader(io.StringIO(text, newline=""))) == [
        [harmless(cell) for cell in row] for row in csv.reader(io.StringIO(out.getvalue(), newline=""))
    ]


async def test_the_feed_is_xml_whatever_a_text_holds(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("update articles set headline = '\ufffe' || coalesce(headline, '')")
    server = await _server(path)
    answer = await server.client.get("/-/expo/search.atom?q=进博会")
    if answer.status_code == 200:
        xml.dom.minidom.parseString(answer.text)
