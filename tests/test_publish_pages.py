"""The pages of the plugin on a small archive: what they say, where they lead, what they refuse."""

from __future__ import annotations

import json
import re
import sqlite3
import xml.dom.minidom
from pathlib import Path
from urllib.parse import quote

import pytest
import yaml
from bs4 import BeautifulSoup
from datasette.app import Datasette

from miner.publish.index import fts, summaries
from miner.publish.serve import build
from miner.resolve.figures import find_conflicts
from tests.archives import add_article, add_document, empty_archive, insert

BODY = "11月7日，旭化成（中国）投资有限公司在国家会展中心与漕河泾开发总公司签约。\n“我们看好徐汇，”旭化成董事长近藤修司说。本届共有3400多家企业参展。"
OTHER = "乐高带来新玩具。3M公司也来了。本届共有3436家企业参展，一说3600家。"
FULL, SHORT, PERSON = "旭化成（中国）投资有限公司", "旭化成", "近藤修司"


def spot(words: str, text: str = BODY) -> dict[str, int]:
    start = text.index(words)
    return {"start": start, "end": start + len(words)}


def fill(connection: sqlite3.Connection) -> None:
    add_document(connection)
    add_article(connection, "a1", BODY, headline="旭化成落户徐汇", published="2022-11-08", newspaper="滨江报", page="3", edition=5, section="要闻",
                byline="记者 王旭", story_id="s1", jump_to="5")  # fmt: skip
    add_article(connection, "a2", "旭化成的展台前人不少。進博會第二天。", headline=None, published="2022-11-06", newspaper="徐汇报", edition=5,
                confidence=0.4, story_id="s1")  # fmt: skip
    add_article(
        connection,
        "a3",
        OTHER,
        headline="乐高参展",
        published="2019-11-06",
        newspaper="滨江报",
        edition=2,
    )
    add_article(
        connection,
        "a4",
        BODY,
        headline="旭化成落户徐汇",
        published="2022-11-09",
        newspaper="徐汇报",
        edition=5,
        duplicate_of="a1",
    )
    insert(
        connection,
        "enterprises",
        id="e1",
        name=FULL,
        short_name=SHORT,
        country="日本",
        industry="化工材料",
        n_mentions=4,
        n_articles=3,
    )
    insert(connection, "enterprises", id="e2", name="乐高", country="丹麦", n_mentions=1, n_articles=1)
    insert(connection, "people", id="p1", name=PERSON, latin_name="Shuji Kondoh", n_mentions=1, n_articles=1)
    insert(connection, "organizations", id="o1", name="漕河泾开发总公司", n_mentions=1, n_articles=1)
    insert(
        connection,
        "aliases",
        id="l1",
        alias=SHORT,
        kind="short",
        enterprise_id="e1",
        article_id="a1",
        field="body",
        **spot("旭化成董事长"),
    )
    insert(connection, "aliases", id="l2", alias="Asahi Kasei", kind="latin", enterprise_id="e1")
    for number, (article, words, text, label, column, entity) in enumerate((
        ("a1", FULL, BODY, "enterprise", "enterprise_id", "e1"), ("a1", "漕河泾开发总公司", BODY, "organization", "organization_id", "o1"),
        ("a1", PERSON, BODY, "person", "person_id", "p1"), ("a2", SHORT, "旭化成的展台", "enterprise", "enterprise_id", "e1"),
        ("a3", "乐高", "乐高带来", "enterprise", "enterprise_id", "e2"), ("a4", FULL, BODY, "enterprise", "enterprise_id", "e1"),
    )):  # fmt: skip
        insert(connection, "mentions", id=f"m{number}", article_id=article, field="body", text=words, label=label, method="t", confidence=1.0,
               local_entity=number, **{column: entity}, **spot(words, text))  # fmt: skip
    insert(connection, "events", id="v1", type="signing", title="旭化成签约", date="2022-11-07", date_precision="day", place="国家会展中心", edition=5,
           status="done", n_reports=2, amount=2e8, amount_unit="元")  # fmt: skip
    sentence = BODY.split("\n")[0]
    for number, (article, day) in enumerate((("a1", "2022-11-07"), ("a4", "2022-11-08"))):
        insert(connection, "event_reports", id=f"r{number}", event_id="v1", article_id=article, field="body", start=0, end=len(sentence), type="signing",
               trigger="签约", trigger_start=sentence.index("签约"), trigger_end=sentence.index("签约") + 2, evidence=sentence, date=day, date_text="11月7日",
               place="国家会展中心", edition=5, status="done", amount=2e8, amount_unit="元", method="t", confidence=0.9)  # fmt: skip
        insert(
            connection,
            "event_participants",
            id=f"x{number}",
            event_id="v1",
            report_id=f"r{number}",
            role="party",
            name=FULL,
            enterprise_id="e1",
        )
        insert(
            connection,
            "event_participants",
            id=f"y{number}",
            event_id="v1",
            report_id=f"r{number}",
            role="party",
            name="漕河泾",
            organization_id="o1",
        )
    insert(connection, "quotes", id="q1", article_id="a1", field="body", text="我们看好徐汇，", direct=1, cue="说", speaker=PERSON, person_id="p1",
           confidence=1.0, **spot("我们看好徐汇，"))  # fmt: skip
    insert(connection, "posts", id="t1", person_id="p1", title="董事长", organization_text=SHORT, enterprise_id="e1", article_id="a1", start=0, end=1,
           date="2022-11-08", local_person=2)  # fmt: skip
    for number, (article, value, words) in enumerate(
        (("a1", 3400.0, "3400多家"), ("a3", 3436.0, "3436家"), ("a3", 3600.0, "3600家"))
    ):
        insert(connection, "figures", id=f"f{number}", article_id=article, field="body", text=words, value=value, unit="家", qualifier=None,
               subject="企业", measure="exhibitors", edition=5, **spot(words, BODY if article == "a1" else OTHER))  # fmt: skip
    insert(
        connection,
        "article_lines",
        document_id="d",
        line=1,
        article_id="a1",
        role="headline",
        text="旭化成落户徐汇",
    )
    insert(
        connection,
        "article_lines",
        document_id="d",
        line=2,
        article_id="a1",
        role="body",
        start=0,
        end=7,
        text="11月 7日，旭化",
        edits='[[3, " ", ""]]',
    )


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pages") / "某个档案.2.db"
    connection = empty_archive(str(path))
    fill(connection)
    fts.refresh(connection)
    find_conflicts(connection)
    summaries.rebuild(connection)
    connection.commit()
    connection.close()
    return path


async def started(datasette: Datasette) -> Datasette:
    await datasette.invoke_startup()
    return datasette


async def text(datasette: Datasette, address: str, status: int = 200) -> str:
    response = await datasette.client.get(address)
    assert response.status_code == status, address
    return str(response.text)


async def found(datasette: Datasette, words: str, **more: str) -> list[str]:
    asked = "&".join(f"{name}={quote(value)}" for name, value in {"q": words, **more}.items())
    return [
        article["id"]
        for article in json.loads(await text(datasette, f"/-/expo/search.json?{asked}"))["articles"]
    ]


@pytest.fixture
async def datasette(archive: Path) -> Datasette:
    return await started(build(archive))


@pytest.mark.parametrize(
    ("words", "more", "wanted"),
    [
        ("旭化成", {}, {"a1", "a2", "a4"}), ("會", {}, {"a1", "a2", "a4"}), ("進博會", {}, {"a2"}), ("进博会", {}, {"a2"}), ("３m公司", {}, {"a3"}),
        ("旭化成 -展台", {}, {"a1", "a4"}), ("乐高 OR 展台", {}, {"a2", "a3"}), ("“看好徐汇，”", {}, {"a1", "a4"}), ("旭化成，徐汇", {}, {"a1", "a4"}),
        ("旭化成", {"newspaper": "徐汇报"}, {"a2", "a4"}), ("旭化成", {"since": "2022-11-07", "until": "2022-11-08"}, {"a1"}),
        ("", {"edition": "2"}, {"a3"}), ("旭化成", {"type": "signing"}, {"a1", "a4"}), ("", {"entity": "e2"}, {"a3"}), ("", {"since": "2019", "until": "2019"}, {"a3"}),
        ("带来乐高", {}, set()), ("旭化成 乐高", {}, set()),
    ],
)  # fmt: skip
async def test_search(datasette: Datasette, words: str, more: dict[str, str], wanted: set[str]) -> None:
    assert set(await found(datasette, words, **more)) == wanted
    for sort in ("newest", "oldest"):
        assert set(await found(datasette, words, sort=sort, **more)) == wanted


async def test_search_ranks_headlines_first_and_dates_in_order(datasette: Datasette) -> None:
    assert (await found(datasette, "旭化成"))[0] == "a1", "in the headline, and no duplicate"
    assert await found(datasette, "旭化成", sort="newest") == ["a4", "a1", "a2"]
    assert await found(datasette, "旭化成", sort="oldest") == ["a2", "a1", "a4"]


async def test_search_page_marks_words_counts_and_offers_dossiers(datasette: Datasette) -> None:
    page = BeautifulSoup(await text(datasette, "/-/expo/search?q=旭化成"), "lxml")
    assert "3 篇" in page.select_one(".count").text
    assert {mark.text for mark in page.select("mark")} == {"旭化成"}
    assert page.select_one(".offers a")["href"] == "/-/expo/enterprise/e1"
    assert (
        "第五届（3）" in page.select_one("#edition").text or "第五届(3)" in page.select_one("#edition").text
    )
    assert "Asahi" in (await text(datasette, "/-/expo/search?q=Asahi+Kasei"))


async def test_a_search_without_hit_says_why_and_what_to_try(datasette: Datasette) -> None:
    assert "没有一篇文章同时包含它们" in await text(datasette, "/-/expo/search?q=旭化成 乐高")
    assert "去掉筛选条件就有结果" in await text(datasette, "/-/expo/search?q=乐高&edition=5")
    page = await text(datasette, "/-/expo/search?q=旭化诚投资有限公司")
    assert "档案里没有出现过" in page and FULL in page


async def test_article_page_marks_facts_and_shows_its_source(datasette: Datasette) -> None:
    page = BeautifulSoup(await text(datasette, "/-/expo/article/a1?q=徐汇"), "lxml")
    assert page.h1.text == "旭化成落户徐汇"
    links = {a.text: a["href"] for a in page.select(".story a.m")}
    assert (
        links[FULL] == "/-/expo/enterprise/e1"
        and links[PERSON] == "/-/expo/person/p1"
        and links["签约"] == "/-/expo/event/v1"
    )
    assert (
        links["3400多家"].startswith("/-/expo/figures?measure=exhibitors")
        and links["11月7日"] == "/-/expo/event/v1"
    )
    assert page.select_one(".story .quote").text == "我们看好徐汇，"
    assert {mark.text for mark in page.select(".story mark")} == {"徐汇"}
    assert (
        str(page.select_one(".lines .raw del")) == "<del>␣</del>" or page.select(".lines del")[0].text == "␣"
    )
    assert (
        "a4" in page.select_one(".story-facts").decode()
        and "王旭. 旭化成落户徐汇[N]. 滨江报, 2022-11-08(3)." in page.text
    )
    assert "下转第5版" in page.text and "/-/expo/article/a2" in page.decode()
    assert "".join(p.text for p in page.select(".story p")) == BODY.replace("\n", "")


async def test_evidence_is_pointed_at(datasette: Datasette) -> None:
    page = BeautifulSoup(await text(datasette, "/-/expo/article/a1?at=0-30"), "lxml")
    assert (
        "".join(piece.text for piece in page.select(".here")) == BODY[:30] and len(page.select("#here")) == 1
    )
    for bad in ("x", "5-2", "-1-4", "9-99999999999", "1-"):
        await text(datasette, f"/-/expo/article/a1?at={bad}")


async def test_dossier_tells_names_events_quotes_posts_and_company(datasette: Datasette) -> None:
    page = await text(datasette, "/-/expo/enterprise/e1")
    for words in (
        FULL,
        "Asahi Kasei",
        "文中声明" if False else "简称",
        "日本",
        "化工材料",
        "旭化成签约",
        "2亿元",
        "漕河泾开发总公司",
        PERSON,
        "董事长",
        "同时见报",
    ):
        assert words in page, words
    person = await text(datasette, "/-/expo/person/p1")
    assert "我们看好徐汇" in person and "Shuji Kondoh" in person
    kept = json.loads(await text(datasette, "/-/expo/enterprise/e1.json"))
    assert kept["thing"]["short_name"] == SHORT and kept["phase_rows"][0]["during"] == 3
    markdown = await text(datasette, "/-/expo/enterprise/e1.md")
    assert markdown.startswith(f"# {FULL}") and "| 2022\\-11\\-07 | 签约 |" in markdown
    xml.dom.minidom.parseString((await text(datasette, "/-/expo/enterprise/e1.atom")).encode())


async def test_event_page_shows_reports_side_by_side_and_disagreement(datasette: Datasette) -> None:
    page = BeautifulSoup(await text(datasette, "/-/expo/event/v1"), "lxml")
    assert len(page.select(".reports > li")) == 2
    differing = page.select_one(".disagree").text
    assert "2022-11-07" in differing and "2022-11-08" in differing and "地点" not in differing


async def test_figures_tell_rounding_from_conflict(datasette: Datasette) -> None:
    page = BeautifulSoup(await text(datasette, "/-/expo/figures?measure=exhibitors&edition=5"), "lxml")
    assert (
        page.h1.text == "参展企业·第五届"
        and page.select("section.conflict")
        and page.select("section.rounding")
    )
    assert "参展企业" in await text(datasette, "/-/expo/figures")


async def test_editions_and_front(datasette: Datasette) -> None:
    front = await text(datasette, "/")
    assert "进博会新闻档案" in front and "第五届" in front and "滨江报" in front and "1 篇存疑" in front
    assert front.strip() == (await text(datasette, "/-/expo")).strip()
    assert "11月7日" in await text(datasette, "/-/expo/edition/5") and "第二届" in await text(
        datasette, "/-/expo/editions"
    )
    await text(datasette, "/-/expo/edition/9", 404)


async def test_what_is_not_there_is_not_found(datasette: Datasette) -> None:
    for address in ("article/x", "enterprise/x", "person/e1", "event/x", "reconcile/view/x", "nonsense"):
        await text(datasette, f"/-/expo/{address}", 404)


async def test_feed_of_a_search(datasette: Datasette) -> None:
    feed = xml.dom.minidom.parseString((await text(datasette, "/-/expo/search.atom?q=旭化成")).encode())
    assert [node.firstChild.data for node in feed.getElementsByTagName("updated")][
        1
    ] == "2022-11-09T00:00:00Z"


async def test_reconciliation_knows_full_and_short_names(datasette: Datasette) -> None:
    manifest = json.loads(await text(datasette, "/-/expo/reconcile"))
    assert manifest["versions"] == ["0.1", "0.2"] and {t["id"] for t in manifest["defaultTypes"]} >= {
        "enterprise",
        "person",
    }
    asked = {
        "q0": {"query": FULL}, "q1": {"query": "旭化成", "type": "enterprise"}, "q2": {"query": "asahi kasei"}, "q3": {"query": "无此企业"}, "q4": 7,
        "q5": {"query": "旭化成投资", "limit": 1}, "q6": {"query": PERSON, "type": [{"id": "person"}]},
    }  # fmt: skip
    answer = (await datasette.client.post("/-/expo/reconcile", data={"queries": json.dumps(asked)})).json()
    best = {key: value["result"][0] if value["result"] else None for key, value in answer.items()}
    assert best["q0"]["id"] == "enterprise/e1" and best["q0"]["match"] and best["q1"]["match"]
    assert (
        best["q3"] is None
        and best["q4"] is None
        and best["q5"]["id"] == "enterprise/e1"
        and best["q6"]["id"] == "person/p1"
    )
    assert (await datasette.client.get("/-/expo/reconcile?queries=[1")).status_code == 400
    assert (
        json.loads(await text(datasette, "/-/expo/reconcile/suggest/entity?prefix=旭"))["result"][0]["name"]
        == FULL
    )
    view = await datasette.client.get("/-/expo/reconcile/view/enterprise/e1")
    assert view.status_code == 302 and view.headers["location"] == "/-/expo/enterprise/e1"
    assert FULL in await text(datasette, "/-/expo/reconcile/preview/enterprise/e1")


async def test_datasettes_own_search_reads_chinese_under_any_file_name(archive: Path, root: Path) -> None:
    described = yaml.safe_load((root / "metadata.yml").read_text(encoding="utf-8"))
    for metadata in (None, described):
        plain = await started(Datasette([str(archive)], metadata=metadata))
        name = next(name for name in plain.databases if name not in ("_internal", "_memory"))
        base = plain.urls.database(name)
        for words, count in (
            ("旭化成", 3),
            ("徐", 2),
            ("進博會", 1),
            ("旭化成 -展台", 2),
            ("乐高 OR 展台", 2),
            ('"', 0),
            ("“", 2),
            ("3M公司", 1),
        ):
            rows = json.loads(await text(plain, f"{base}/articles.json?_shape=array&_search={quote(words)}"))
            assert len(rows) == count, words
        page = await text(plain, f"{base}/articles")
        assert "每篇报道一行" in page and 'name="_search"' in page
        for query in (
            "enterprises_of_country?country=日本&edition=5",
            "who_met?name=漕河泾",
            "signings_above?amount=1000",
            "quotes_of?name=近藤",
            "full_text?words=旭化成",
        ):
            result = json.loads(await text(plain, f"{base}/{query.replace('?', '.json?_shape=array&')}"))
            assert isinstance(result, list) and (result or query.startswith("enterprises")), query


async def test_metadata_file_serves_a_file_called_expo(archive: Path, root: Path, tmp_path: Path) -> None:
    path = tmp_path / "expo.db"
    path.write_bytes(archive.read_bytes())
    described = yaml.safe_load((root / "metadata.yml").read_text(encoding="utf-8"))
    plain = await started(Datasette([str(path)], metadata=described))
    assert "每篇报道一行" in await text(plain, "/expo/articles?_search=旭化成")


async def test_public_mode_refuses_all_but_reading(archive: Path) -> None:
    public = await started(build(archive, public=True))
    base = public.urls.database(
        next(name for name in public.databases if name not in ("_internal", "_memory"))
    )
    for address, status in (
        (f"{base}?sql=select+1", 403), (f"{base}.json?sql=select+1", 403), (f"{base}.db", 403), (f"{base}/articles.json?_where=1=1", 403),
        ("/-/plugins", 404), ("/-/versions.json", 404), ("/-/threads", 404), (f"/-/expo/search?q={'x' * 9000}", 414),
    ):  # fmt: skip
        response = await public.client.get(address)
        assert response.status_code == status or (status == 403 and response.status_code in (400, 403)), (
            address,
            response.status_code,
        )
    assert (await public.client.post(f"{base}/articles")).status_code == 405
    response = await public.client.get("/-/expo")
    policy = response.headers["content-security-policy"]
    assert (
        "script-src 'self'" in policy and "unsafe-inline" not in policy and "frame-ancestors 'none'" in policy
    )
    assert (
        response.headers["x-content-type-options"] == "nosniff"
        and response.headers["referrer-policy"] == "same-origin"
    )
    stock = await public.client.get(f"{base}/articles")
    assert stock.status_code == 200 and "script-src 'self'" in stock.headers["content-security-policy"]
    assert "Disallow: /\n" in await text(public, "/robots.txt")


async def test_snippet_mode_keeps_bodies_back(archive: Path) -> None:
    cut = await started(build(archive, public=True, snippet_chars=20))
    base = cut.urls.database(next(name for name in cut.databases if name not in ("_internal", "_memory")))
    for form in ("", ".md", ".json"):
        page = await text(cut, f"/-/expo/article/a1{form}")
        assert "国家会展中心与漕河泾开发总公司签约。\n" not in page and "本届共有" not in re.sub(
            r'"(facts|evidence)".*', "", page
        )
    for table in ("articles", "article_lines", "source_lines"):
        assert (await cut.client.get(f"{base}/{table}")).status_code == 403
    await text(cut, f"{base}/events")


async def test_other_databases_are_left_alone(archive: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    connection = sqlite3.connect(other)
    connection.execute("create virtual table notes using fts5(text)")
    connection.execute("insert into notes values ('plain english words')")
    connection.commit()
    connection.close()
    both = await started(Datasette([str(other), str(archive)]))
    rows = json.loads(await text(both, "/other/notes.json?_shape=array&_search=english"))
    assert len(rows) == 1
    alone = await started(Datasette([str(other)]))
    assert "other" in await text(alone, "/")
    await text(alone, "/-/expo", 404)


async def test_robots_may_be_let_in(archive: Path) -> None:
    for robots in (False, True):
        server = await started(
            build(archive, public=True, metadata={"plugins": {"miner": {"robots": robots}}})
        )
        response = await server.client.get("/-/expo")
        assert ("x-robots-tag" in response.headers) is not robots and (
            'content="noindex"' in response.text
        ) is not robots
        assert ("Disallow: /\n" in await text(server, "/robots.txt")) is not robots


async def test_a_second_archive_is_reached_by_its_name(archive: Path, tmp_path: Path) -> None:
    path = tmp_path / "second.db"
    path.write_bytes(archive.read_bytes())
    both = await started(Datasette([str(archive), str(path)]))
    page = BeautifulSoup(await text(both, "/-/expo/search?q=旭化成&_db=second"), "lxml")
    assert all("_db=second" in a["href"] for a in page.select(".results h2 a"))
    assert page.select_one("input[name=_db]")["value"] == "second"


async def test_a_name_one_types_narrows_the_search(datasette: Datasette) -> None:
    assert set(await found(datasette, "", named="旭化成")) == {"a1", "a2", "a4"}
    assert "没有叫「无此人」的" in await text(datasette, "/-/expo/search?q=旭化成&named=无此人")
    page = await text(datasette, "/-/expo/search?q=旭化成")
    assert "连同别名检索" in page and quote("Asahi").lower() in page.lower()


async def test_an_archive_without_a_summary_says_what_to_do(archive: Path, tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    path.write_bytes(archive.read_bytes())
    connection = sqlite3.connect(path)
    connection.execute("drop table edition_events")
    connection.commit()
    connection.close()
    assert "miner run" in await text(await started(build(path)), "/-/expo/edition/5", 503)
