"""How surely a thing is an enterprise: evidence of the whole archive, and lists that leave the doubtful out."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from miner.publish.index import fts, summaries
from miner.publish.pages import editions, front, lists
from miner.publish.serve import build
from miner.publish.urls import Addresses
from miner.resolve.standing import EVIDENCE, LISTED, EnterpriseSeen, explained, gather, standing, weights
from tests.archives import add_article, add_document, empty_archive, insert

BARE = EnterpriseSeen(id="e", name="砺芯达", known=False, best=0.8, posts=0, acts=0, company=0)


def test_every_weight_has_its_evidence() -> None:
    assert set(weights()) == {"prior", *EVIDENCE}


@pytest.mark.parametrize(
    "more", [{"name": "望潮有限公司"}, {"posts": 1}, {"acts": 2}, {"company": 3}, {"best": 0.98}]
)
def test_what_an_enterprise_does_speaks_for_it(more: dict[str, object]) -> None:
    assert standing(BARE._replace(**more)) > standing(BARE)


@pytest.mark.parametrize("name", ["海碧天蓝", "云彩", "克莱蒙特"])
def test_phrases_words_and_foreign_names_speak_against(name: str) -> None:
    assert standing(BARE._replace(name=name)) < standing(BARE)


def test_the_reasons_are_told() -> None:
    sure, reasons = explained(BARE._replace(name="望潮集团", company=2))
    assert (
        sure >= LISTED
        and any("公司类型" in reason for reason in reasons)
        and any("同篇" in reason for reason in reasons)
    )


def _archive(path: Path) -> sqlite3.Connection:
    connection = empty_archive(str(path))
    add_document(connection)
    add_article(
        connection,
        "a",
        "望潮集团与砺芯科技在第六届进博会签约。",
        headline="签约",
        edition=6,
        published="2023-11-06",
    )
    for key, name, sure in (("e1", "望潮集团", 0.97), ("e2", "老盛", 0.4), ("e3", "砺芯科技", None)):
        insert(connection, "enterprises", id=key, name=name, confidence=sure, standing="像人名(-1.4)", n_articles=1, n_mentions=1,
               first_seen="2023-11-06", last_seen="2023-11-06")  # fmt: skip
        insert(connection, "mentions", id=key, article_id="a", start=0, end=4, text=name, label="enterprise", method="t", confidence=0.9,
               local_entity=0, enterprise_id=key)  # fmt: skip
    for number, (edition, party) in enumerate(((6, None), (None, "e1"), (None, None))):
        insert(
            connection,
            "events",
            id=f"v{number}",
            type="signing",
            title=f"签约{number}",
            edition=edition,
            status="done",
            n_reports=1,
            date=("XXXX-11-07", "2023-11-06", None)[number],
        )
        insert(connection, "event_reports", id=f"r{number}", event_id=f"v{number}", article_id="a", start=0, end=4, type="signing", trigger="签约", trigger_start=0,
               trigger_end=2, evidence="签约", status="done", method="t", confidence=1.0, date=("XXXX-11-07", "2023-11-06", None)[number], date_method=("no-issue-date", "carried", None)[number])  # fmt: skip
        if party:
            insert(
                connection,
                "event_participants",
                id="t",
                event_id=f"v{number}",
                report_id=f"r{number}",
                role="party",
                name="望潮",
                enterprise_id=party,
            )
    fts.refresh(connection)
    summaries.rebuild(connection)
    connection.commit()
    return connection


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("standing") / "expo.db"
    _archive(made).close()
    return made


@pytest.fixture(scope="module")
def connection(path: Path) -> sqlite3.Connection:
    opened = sqlite3.connect(path, check_same_thread=False)
    opened.row_factory = sqlite3.Row
    return opened


def ids(connection: sqlite3.Connection, address: str, **asked: str) -> set[str]:
    return {
        row["id"]
        for row in lists.find(connection, lists.ListQuestion.read(lists.LISTINGS[address], asked)).rows
    }


def test_lists_leave_out_what_is_doubtful_unless_it_is_asked_for(connection: sqlite3.Connection) -> None:
    assert ids(connection, "enterprises") == {"e1", "e3"}  # what nobody weighed counts as sure
    assert ids(connection, "enterprises", sure="no") == {"e2"}
    assert ids(connection, "enterprises", sure="all") == {"e1", "e2", "e3"}
    assert lists.find(connection, lists.ListQuestion.read(lists.LISTINGS["enterprises"], {})).left_out == 1
    assert ids(connection, "events") == {"v0", "v1"} and ids(connection, "events", told="no") == {"v2"}


def test_totals_agree_with_the_lists_they_lead_to(connection: sqlite3.Connection) -> None:
    for address, asked in (
        ("enterprises", {}),
        ("enterprises", {"sure": "no"}),
        ("enterprises", {"sure": "all"}),
        ("events", {}),
        ("events", {"told": "all", "type": "signing"}),
    ):
        wanted = lists.ListQuestion.read(lists.LISTINGS[address], asked)
        found = lists.find(connection, wanted)
        assert found.total == len(found.rows), (address, asked)
        assert lists.ListQuestion.read(wanted.listing, wanted.query()) == wanted
    totals = {name: n for name, _, n in front.page(connection, links=Addresses("/", "expo"))["totals"]}
    assert (totals["enterprises"], totals["events"]) == (2, 2)
    assert {t["id"] for t in front.page(connection, links=Addresses("/", "expo"))["top"]["enterprise"]} == {
        "e1",
        "e3",
    }
    assert editions.page(connection, 6, links=Addresses("/", "expo"))["n_enterprises"] == 2


async def _page(path: Path, address: str) -> BeautifulSoup:
    datasette = build(path)
    await datasette.invoke_startup()
    response = await datasette.client.get(address)
    assert response.status_code == 200, address
    return BeautifulSoup(response.text, "lxml")


async def test_the_pages_say_what_is_doubtful_and_why(path: Path) -> None:
    listed = await _page(path, "/-/expo/enterprises")
    assert "老盛" not in listed.text and "1 家未必是企业" in listed.text
    doubted = await _page(path, "/-/expo/enterprises?sure=no")
    assert "老盛" in doubted.text and "存疑 0.40" in doubted.text
    dossier = (await _page(path, "/-/expo/enterprise/e2")).text
    assert "未必是企业" in dossier and "像人名" in dossier
    assert "未必是企业" not in (await _page(path, "/-/expo/enterprise/e1")).text


async def test_dates_say_what_is_inferred_and_which_year_is_unknown(path: Path) -> None:
    listed = (await _page(path, "/-/expo/events")).text
    assert "11月7日（年份不详）" in listed and "XXXX" not in listed and "推断" in listed
    event = (await _page(path, "/-/expo/event/v1")).text
    assert "本句没有日期，承上文" in event
    assert "日期不详" in (await _page(path, "/-/expo/event/v2")).text


def test_what_is_gathered_counts_the_company_of_others_only() -> None:
    connection = empty_archive()
    add_document(connection)
    add_article(connection, "a", "望潮集团、老盛", headline="x")
    for number, (key, name) in enumerate((("e1", "望潮集团"), ("e2", "老盛"))):
        insert(connection, "enterprises", id=key, name=name)
        insert(
            connection,
            "local_entities",
            article_id="a",
            local_entity=number,
            label="enterprise",
            name=name,
            forms="[]",
            entity_id=key,
        )
        insert(
            connection,
            "mentions",
            id=key,
            article_id="a",
            start=0,
            end=2,
            text=name,
            label="enterprise",
            method="t",
            confidence=0.9,
            local_entity=number,
            enterprise_id=key,
        )
    assert {seen.id: seen.company for seen in gather(connection)} == {"e1": 0, "e2": 1}
