"""List pages: names in any written form, filters, orders, sentences, CSV and JSON."""

from __future__ import annotations

import csv
import io
import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup
from datasette.app import Datasette

from miner.publish.index import fts, summaries
from miner.publish.index import listed as stored
from miner.publish.pages import lists
from miner.publish.serve import build
from tests.archives import add_article, add_document, empty_archive, insert

TALKS = "山田公司董事长托馬斯·莱恩说：“码头够长。”Erik Lind随后与山田公司签约，金额3亿元。"


def fill(connection: sqlite3.Connection) -> None:
    add_document(connection)
    for number, (day, edition) in enumerate((("2022-11-06", 5), ("2023-11-07", 6), (None, None))):
        add_article(
            connection,
            f"a{number}",
            TALKS,
            headline=f"第{number}篇",
            published=day,
            edition=edition,
            newspaper="滨江报",
        )
    for key, name, country, industry, count in (
        ("e1", "山田（中国）公司", "日本", "医疗", 3), ("e2", "北欧航运", "丹麦", "物流", 2), ("e3", "山田物流", "日本", "物流", 1), ("e4", "=1+1公司", None, None, 0),
    ):  # fmt: skip
        insert(
            connection,
            "enterprises",
            id=key,
            name=name,
            country=country,
            industry=industry,
            n_articles=count,
            n_mentions=9 - count,
            last_seen="2023-11-07",
        )
    insert(connection, "aliases", id="l1", alias="Yamada K.K.", kind="latin", enterprise_id="e1")
    insert(
        connection,
        "people",
        id="p1",
        name="托马斯·莱恩",
        latin_name="Thomas Lehn",
        n_articles=3,
        n_mentions=3,
    )
    insert(connection, "people", id="p2", name="Erik Lind", n_articles=3, n_mentions=3)
    for number in range(3):
        article = f"a{number}"
        for words, label, key in (
            ("山田公司", "enterprise", "e1"),
            ("托馬斯·莱恩", "person", "p1"),
            ("Erik Lind", "person", "p2"),
        ):
            start = TALKS.index(words)
            insert(connection, "mentions", id=f"{article}{key}", article_id=article, start=start, end=start + len(words), text=words, label=label, method="t",
                   confidence=1.0, local_entity=0, **{f"{label}_id": key})  # fmt: skip
        insert(
            connection,
            "posts",
            id=article,
            person_id="p1",
            title="董事长",
            organization_text="山田公司",
            enterprise_id="e1",
            article_id=article,
            start=0,
            end=1,
            local_person=1,
        )
        insert(
            connection,
            "quotes",
            id=f"q{number}",
            article_id=article,
            start=16,
            end=21,
            text="码头够长。",
            direct=1,
            cue="说",
            speaker="莱恩",
            person_id="p1",
            confidence=1.0,
        )
        insert(connection, "figures", id=f"f{number}", article_id=article, start=TALKS.index("3亿元"), end=TALKS.index("3亿元") + 3, text="3亿元", value=3e8 + number,
               unit="元", measure="investment" if number else None, subject="签约金额", edition=5 + number if number < 2 else None)  # fmt: skip
        day = ("2022-11-06", "2023-11", None)[number]
        insert(connection, "events", id=f"v{number}", type="signing" if number else "visit", title=f"山田签约{number}", date=day, edition=(5, 6, None)[number],
               status="done", n_reports=number + 1, amount=(None, 3e8, 5e8)[number], amount_unit="元")  # fmt: skip
        insert(connection, "event_reports", id=f"r{number}", event_id=f"v{number}", article_id=article, start=TALKS.index("Erik"), end=len(TALKS), type="signing",
               trigger="签约", trigger_start=0, trigger_end=2, evidence=TALKS[TALKS.index("Erik") :], status="done", method="t", confidence=1.0)  # fmt: skip
        for role, label, key in (("buyer", "enterprise", "e1"), ("seller", "person", "p2")):
            insert(
                connection,
                "event_participants",
                id=f"{role}{number}",
                event_id=f"v{number}",
                report_id=f"r{number}",
                role=role,
                name=key,
                **{f"{label}_id": key},
            )


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("lists") / "expo.db"
    connection = empty_archive(str(path))
    fill(connection)
    fts.refresh(connection)
    summaries.rebuild(connection)
    connection.commit()
    connection.close()
    return path


@pytest.fixture(scope="module")
def connection(archive: Path) -> sqlite3.Connection:
    opened = sqlite3.connect(archive, check_same_thread=False)
    opened.row_factory = sqlite3.Row
    return opened


def ids(connection: sqlite3.Connection, address: str, **arguments: str) -> list[str]:
    return [
        row["id"]
        for row in lists.find(connection, lists.ListQuestion.read(lists.LISTINGS[address], arguments)).rows
    ]


@pytest.mark.parametrize(
    ("address", "asked", "wanted"),
    [
        ("enterprises", {}, ["e1", "e2", "e3", "e4"]), ("enterprises", {"sort": "mentions"}, ["e4", "e3", "e2", "e1"]), ("enterprises", {"q": "山田"}, ["e1", "e3"]),
        ("enterprises", {"q": "山田(中国)"}, ["e1"]), ("enterprises", {"q": "yamada kk"}, ["e1"]), ("enterprises", {"q": "ＹＡＭＡＤＡ"}, ["e1"]), ("enterprises", {"q": "山物流"}, []),
        ("enterprises", {"country": "日本", "industry": "物流"}, ["e3"]), ("enterprises", {"edition": "5"}, ["e1"]), ("enterprises", {"role": "buyer", "edition": "6"}, ["e1"]),
        ("enterprises", {"role": "seller"}, []), ("enterprises", {"q": "……"}, []), ("enterprises", {"sort": "name"}, ["e4", "e2", "e3", "e1"]),
        ("people", {"q": "托马斯•莱恩"}, ["p1"]), ("people", {"q": "托馬斯.萊恩"}, ["p1"]), ("people", {"q": "thomas lehn"}, ["p1"]), ("people", {"q": "莱恩"}, ["p1"]),
        ("people", {"q": "斯·莱"}, ["p1"]), ("people", {"role": "seller"}, ["p2"]), ("organizations", {}, []), ("places", {}, []),
        ("events", {}, ["v1", "v0", "v2"]), ("events", {"sort": "oldest"}, ["v0", "v1"]), ("events", {"sort": "amount"}, ["v2", "v1", "v0"]),
        ("events", {"type": "signing"}, ["v1", "v2"]), ("events", {"q": "Yamada K.K."}, ["v1", "v0", "v2"]), ("events", {"q": "Erik  lind", "role": "buyer"}, []),
        ("events", {"q": "Erik Lind", "role": "seller", "edition": "5"}, ["v0"]), ("events", {"country": "日本", "type": "visit"}, ["v0"]), ("events", {"q": "无此人"}, []),
        ("events", {"since": "2023", "until": "2023"}, ["v1"]), ("events", {"until": "2022-12"}, ["v0"]), ("events", {"since": "2024"}, []), ("events", {"since": "2022-11-06"}, ["v1", "v0"]),
        ("events", {"words": "隨後 金额"}, ["v1", "v0", "v2"]), ("events", {"words": "码头"}, []), ("events", {"words": "随后", "type": "visit"}, ["v0"]),
        ("events", {"words": "随后", "sort": "reports", "since": "2022", "until": "2023"}, ["v1", "v0"]), ("events", {"entity": "p2"}, ["v1", "v0", "v2"]),
        ("quotes", {}, ["q1", "q0", "q2"]), ("quotes", {"q": "托马斯莱恩"}, ["q1", "q0", "q2"]), ("quotes", {"q": "山田（中国）公司"}, ["q1", "q0", "q2"]),
        ("quotes", {"words": "够长", "edition": "5"}, ["q0"]), ("quotes", {"direct": "0"}, []), ("quotes", {"country": "日本", "edition": "6"}, ["q1"]),
        ("numbers", {"measure": "investment", "sort": "value"}, ["f2", "f1"]), ("numbers", {"words": "签约"}, ["f1", "f0", "f2"]), ("numbers", {"edition": "5"}, ["f0"]),
        ("numbers", {"sort": "value"}, ["f1", "f0", "f2"]),
    ],
)  # fmt: skip
def test_lists_find(
    connection: sqlite3.Connection, address: str, asked: dict[str, str], wanted: list[str]
) -> None:
    assert ids(connection, address, **asked) == wanted


@pytest.mark.parametrize("sort", ["amount", "reports"])
def test_a_long_list_is_read_from_the_index_of_its_order(
    connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch, sort: str
) -> None:
    short = ids(connection, "events", sort=sort, type="signing")
    monkeypatch.setattr(lists, "COUNTED", 1)
    assert ids(connection, "events", sort=sort, type="signing") == short == ["v2", "v1"]
    assert ids(connection, "numbers", measure="investment", sort="value") == ["f2", "f1"]


def test_totals_are_right_and_pages_are_bounded(connection: sqlite3.Connection) -> None:
    for asked, total in (
        ({}, 3),
        ({"type": "signing"}, 2),
        ({"type": "signing", "edition": "6"}, 1),
        ({"page": "7"}, 3),
        ({"page": "999999"}, 3),
    ):
        assert lists.find(connection, lists.ListQuestion.read(lists.LISTINGS["events"], asked)).total == total


def test_choices_are_counted_only_when_nothing_else_is_chosen(connection: sqlite3.Connection) -> None:
    def counts(**asked: str) -> dict[str, int | None]:
        return {
            c.value: c.count
            for c in lists.choices(connection, lists.ListQuestion.read(lists.LISTINGS["enterprises"], asked))[
                "country"
            ]
        }

    assert counts() == {"日本": 2, "丹麦": 1} and counts(country="丹麦") == {"日本": 2, "丹麦": 1}
    assert counts(industry="物流") == {"日本": None, "丹麦": None}
    assert "西班牙" in counts(country="西班牙")


async def started(path: Path, *, public: bool = False) -> Datasette:
    datasette = build(path, public=public)
    await datasette.invoke_startup()
    return datasette


async def test_every_row_leads_to_its_page_and_its_sentence(archive: Path) -> None:
    datasette = await started(archive)
    for address, fact in (
        ("enterprises", "/-/expo/enterprise/e1"),
        ("people", "/-/expo/person/p1"),
        ("events", "/-/expo/event/v1"),
        ("quotes", "/-/expo/person/p1"),
    ):
        page = BeautifulSoup((await datasette.client.get(f"/-/expo/{address}")).text, "lxml")
        row = next(row for row in page.select(".listing tbody tr") if row.select_one(f'a[href="{fact}"]'))
        sentence = row.select_one("a.source")
        assert sentence["href"].startswith("/-/expo/article/a1?at=") and sentence["href"].endswith("#here")
        article = BeautifulSoup((await datasette.client.get(sentence["href"])).text, "lxml")
        assert "".join(piece.text for piece in article.select(".here")) == sentence.text
    page = BeautifulSoup((await datasette.client.get("/-/expo/quotes")).text, "lxml")
    assert "董事长" in page.select_one(".listing tbody th").text


async def test_lists_as_json_and_csv(archive: Path) -> None:
    datasette = await started(archive)
    found: dict[str, Any] = (await datasette.client.get("/-/expo/events.json?size=1&type=signing")).json()
    assert (
        found["total"] == 2
        and found["rows"][0]["id"] == "v1"
        and "page=2" in found["next"]
        and found["rows"][0]["source_url"].endswith("#here")
    )
    following = (await datasette.client.get(found["next"].replace("http://localhost", ""))).json()
    assert [row["id"] for row in following["rows"]] == ["v2"] and following["next"] is None
    response = await datasette.client.get("/-/expo/enterprises.csv")
    assert response.content.startswith(b"\xef\xbb\xbf") and response.headers["content-type"].startswith(
        "text/csv"
    )
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert (
        rows[0]["名称"] == "山田（中国）公司"
        and rows[0]["出处"].endswith("#here")
        and rows[3]["名称"] == "'=1+1公司"
    )
    events = (await datasette.client.get("/-/expo/events.csv?sort=amount")).text
    assert "签约" in events and "500000000" in events and "signing" not in events


async def test_what_reprints_say_again_is_listed_once(archive: Path, tmp_path: Path) -> None:
    copied = tmp_path / "again.db"
    copied.write_bytes(archive.read_bytes())
    connection = sqlite3.connect(copied)
    connection.execute("update articles set duplicate_of = 'a0' where id = 'a1'")
    summaries.rebuild(connection)
    connection.commit()
    for address in ("quotes", "numbers"):
        assert len(ids(connection, address)) == 2
        assert ids(connection, address, once="no") == [f"{'q' if address == 'quotes' else 'f'}1"]
        assert len(ids(connection, address, once="all")) == 3
    assert connection.execute("select sum(n_figures) from measures").fetchone()[0] is None  # only f1 has both
    connection.close()
    page = (await (await started(copied)).client.get("/-/expo/quotes")).text
    assert "见于重复刊登的文章" in page and "2 条" in page


async def test_arguments_that_a_page_does_not_use_are_told(archive: Path) -> None:
    site = await started(archive)
    for address, told in (
        ("/-/expo/events?quarry=1", "没有参数 <code>quarry</code>"),
        ("/-/expo/events?since=9&type=signing", "看不懂 <code>since=9</code>"),
        ("/-/expo/enterprises?sort=colour", "看不懂 <code>sort=colour</code>"),
        ("/-/expo/search?q=x&edition=fifth", "看不懂 <code>edition=fifth</code>"),
        ("/?x=1", "没有参数 <code>x</code>"),
    ):
        assert told in (await site.client.get(address)).text, address
    for address in (
        "/-/expo/events?_db=archive&type=signing&page=1&since=2022-11&words=&told=all",
        "/-/expo/search?q=x&about=expo",
    ):
        assert "没有用上" not in (await site.client.get(address)).text, address
    assert (await site.client.get("/-/expo/events.json?since=9")).json()["ignored"] == {"since": "9"}
    assert "ignored" not in (await site.client.get("/-/expo/events.json?type=signing")).json()


async def test_a_list_without_rows_says_so(archive: Path) -> None:
    datasette = await started(archive)
    page = (await datasette.client.get("/-/expo/events?q=" + quote("无此企业"))).text
    assert "档案里没有名称含「无此企业」的" in page and "在文章中检索" in page
    assert "没有同时符合这些条件的企业" in (await datasette.client.get("/-/expo/enterprises?edition=99")).text
    for odd in (
        "q=%00",
        "q=" + "长" * 3000,
        "page=-1",
        "edition=x",
        "since=2022-99",
        "q=%22%27%2A",
        "words=%22",
        "words=-a",
        "entity=%5B",
        "sort=__",
        "q=%ED%A0%80",
        "words=OR",
    ):
        for address in lists.LISTINGS:
            assert (await datasette.client.get(f"/-/expo/{address}?{odd}")).status_code == 200, (address, odd)


async def test_menus_and_the_stock_tables_lead_to_lists(archive: Path) -> None:
    datasette = await started(archive, public=True)
    front = BeautifulSoup((await datasette.client.get("/")).text, "lxml")
    menu = {a.text: a["href"] for a in front.select("header nav a")}
    assert [menu[name] for name in ("企业", "人物", "机构", "事件", "引语", "数据表")] == [
        "/-/expo/enterprises", "/-/expo/people", "/-/expo/organizations", "/-/expo/events", "/-/expo/quotes", "/expo"]  # fmt: skip
    for address in (
        "/expo",
        "/expo/enterprises",
        "/expo/events/v1",
        "/expo/who_met?name=x",
        "/expo/exhibitors",
    ):
        page = BeautifulSoup((await datasette.client.get(address)).text, "lxml")
        assert {a.text: a["href"] for a in page.select("header nav a")}["企业"] == "/-/expo/enterprises", (
            address
        )
        words = page.get_text(" ")
        assert not any(
            english in words
            for english in (
                "rows sorted",
                "Apply",
                "View and edit",
                "This data as",
                "Advanced export",
                "Powered by",
            )
        ), address
    table = BeautifulSoup((await datasette.client.get("/expo/enterprises")).text, "lxml")
    assert (
        "国家或地区" in table.select_one("th.col-country").text
        and table.select_one(".expo-hint a")["href"] == "/-/expo/enterprises"
    )


async def test_what_is_missing_is_explained_in_chinese_with_the_menu(archive: Path) -> None:
    datasette = await started(archive)
    for address in ("/nothing", "/expo/nothing", "/expo/events/nothing", "/-/expo/nothing"):
        response = await datasette.client.get(address)
        assert response.status_code == 404 and "没有这一页" in response.text and "主导航" in response.text, (
            address
        )
    assert (await datasette.client.get("/expo/nothing.json")).json()["status"] == 404


def test_offers_and_names_ignore_how_a_name_is_written(connection: sqlite3.Connection) -> None:
    from miner.publish.pages import search

    for typed in ("托马斯.莱恩", "thomas LEHN", "Erik lind"):
        assert search.named(connection, typed) is not None, typed
    assert stored.form("3M（中国）") == "3m中国"
