"""The office's pages: what they show, what their forms do, and who is kept out."""

from __future__ import annotations

import io
import json
import shutil
import sqlite3
import xml.dom.minidom
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from datasette.app import Datasette
from openpyxl import load_workbook

from miner.config import Config
from miner.desk.correct.file import corrections_path, read
from miner.engine import run_paths
from miner.publish.serve import build
from tests.attacks import ATTACKS
from tests.test_publish_safety import check

STORIES = {
    "a": "远岚精密与青浦区签约\n\n11月7日，在第六届中国国际进口博览会上，全球领先的轴承制造商远岚精密（中国）有限公司（以下简称“远岚精密”）"
    "与青浦区人民政府签署合作协议，金额3.5亿元。\n远岚精密（中国）有限公司总经理周启航说：“我们在华投资已超过20亿元。”\n",
    "b": "蓝屿食品展台人气旺\n\n11月8日，蓝屿食品集团在进博会展台发布新品。澜石食品总经理王磊说：“欢迎大家。”"
    "远岚机械有限公司也来参展。\n",
}


@pytest.fixture(scope="module")
def mined(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("office")
    (folder / "in").mkdir()
    for name, text in STORIES.items():
        (folder / "in" / f"{name}.txt").write_text(text, encoding="utf-8")
    config = Config(issue_date="2023-11-08", layout="article")
    run_paths([str(folder / "in")], folder / "expo.db", config)
    return folder / "expo.db"


@pytest.fixture
def database(mined: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(mined, tmp_path / "expo.db"))


class Reader:
    """Somebody at a browser: keeps the cookie and sends forms with their token."""

    def __init__(self, datasette: Datasette, **cookies: str) -> None:
        self.datasette, self.cookies = datasette, cookies

    async def get(self, address: str, status: int = 200) -> Any:
        response = await self.datasette.client.get(f"/-/expo{address}", cookies=self.cookies)
        assert response.status_code == status, (address, response.text[:300])
        if "ds_csrftoken" in response.cookies:
            self.cookies["ds_csrftoken"] = response.cookies["ds_csrftoken"]
        return response

    async def send(self, action: str, status: int = 303, **fields: Any) -> Any:
        await self.get("/targets")
        data = {"csrftoken": self.cookies["ds_csrftoken"], **fields}
        response = await self.datasette.client.post(f"/-/expo/desk/{action}", data=data, cookies=self.cookies)
        assert response.status_code == status, response.text[:300]
        return response


async def reader(database: Path, **options: Any) -> Reader:
    datasette = build(database, **options)
    await datasette.invoke_startup()
    return Reader(datasette)


def ids(database: Path, table: str, name: str = "name") -> dict[str, str]:
    return dict(sqlite3.connect(database).execute(f"select [{name}], id from [{table}]").fetchall())


async def test_a_list_is_pasted_followed_and_confirmed(database: Path) -> None:
    office = await reader(database)
    assert "名单还是空的" in (await office.get("/targets")).text
    await office.send(
        "add", list="企业名称\t负责人\t阶段\n远岚精密\t小周\t已联系\n远岚精密机械集团\t小李\t\n青石化工\t\t\n"
    )
    shown = (await office.get("/targets")).text
    assert "远岚精密（中国）有限公司" in shown and "待确认" in shown and "未见报道" in shown
    found = json.loads((await office.get("/targets.json?owner=小周")).text)
    assert [(row["name"], row["n_articles"], row["new"]) for row in found["rows"]] == [("远岚精密", 1, 1)]
    keys = ids(database, "targets")
    page = (await office.get(f"/target/{keys['远岚精密']}")).text
    for words in (
        "全球领先的轴承制造商",
        "在华投资已超过20亿元",
        "周启航",
        "总经理",
        "3.5亿元",
        "第六届",
        "已联系",
    ):
        assert words in page
    assert "可能是哪一家" in (await office.get(f"/target/{keys['远岚精密机械集团']}")).text
    enterprise = ids(database, "enterprises")["远岚精密（中国）有限公司"]
    await office.send("confirm", id=keys["远岚精密机械集团"], enterprise=enterprise)
    assert "已确认" in (await office.get(f"/target/{keys['远岚精密机械集团']}")).text
    await office.send("change", id=keys["远岚精密"], stage="已签约", notes="老客户", owner="小周")
    assert "老客户" in (await office.get(f"/target/{keys['远岚精密']}")).text
    feed = (await office.get("/targets.atom")).text
    assert "远岚精密：远岚精密与青浦区签约" in feed
    parsed = xml.dom.minidom.parseString(feed.encode())
    entries = [at.firstChild.data for at in parsed.getElementsByTagName("id")]
    assert len(entries) == len(set(entries)) == 3  # the feed, and one article about two targets
    await office.send("look", id=[keys["远岚精密"], keys["远岚精密机械集团"]])
    assert "<entry>" not in (await office.get("/targets.atom")).text
    await office.send("remove", id=keys["青石化工"])
    assert "青石化工" not in (await office.get("/targets")).text
    await office.get("/target/nobody", 404)
    await office.send("change", 400, id="nobody")
    await office.send("add", 400, list="\n\n")
    await office.send("nonsense", 404)


async def test_the_workbook_is_downloaded(database: Path) -> None:
    office = await reader(database)
    await office.get("/targets.xlsx", 404)
    await office.send("add", list="企业名称\t国别\n远岚精密（中国）有限公司\t日本\n不在报上的公司\t\n")
    response = await office.get("/targets.xlsx")
    book = load_workbook(io.BytesIO(response.content))
    follow = list(book["会前会中会后"].values)
    assert follow[0][-1] == "国别"
    assert [(row[0], row[-1]) for row in follow[1:]] == [
        ("远岚精密（中国）有限公司", "日本"),
        ("不在报上的公司", None),
    ]


async def test_reading_all_again_brings_no_news(database: Path, mined: Path) -> None:
    office = await reader(database)
    await office.send("add", list="远岚精密")
    await office.send("look", id=[ids(database, "targets")["远岚精密"]])
    config = Config(issue_date="2023-11-08", layout="article")
    run_paths([str(mined.parent / "in")], database, config, force=True)
    again = await reader(database)
    assert json.loads((await again.get("/targets.json")).text)["rows"][0]["new"] == 0


async def test_the_information_base_tells_read_from_known(database: Path) -> None:
    office = await reader(database)
    page = (await office.get("/base?kind=business")).text
    assert "全球领先的轴承制造商" in page and "词库" in page
    found = json.loads((await office.get("/base.json?words=轴承")).text)
    assert [row["name"] for row in found["rows"]] == ["远岚精密（中国）有限公司"]
    said = found["rows"][0]["said"]["business"][0]
    body = (
        sqlite3.connect(database)
        .execute("select body from articles where id = ?", (said["article_id"],))
        .fetchone()[0]
    )
    assert body[said["start"] : said["end"]] == said["value"]
    assert "在华投资已超过20亿元" in (await office.get("/base.csv?q=远岚")).text
    assert "没有这样的企业" in (await office.get("/base?q=没有这家")).text


async def test_the_dossier_tells_what_an_enterprise_does_and_puts_it_on_the_list(database: Path) -> None:
    enterprise = ids(database, "enterprises")["远岚精密（中国）有限公司"]
    office = await reader(database)
    page = BeautifulSoup((await office.get(f"/enterprise/{enterprise}")).text, "html.parser")
    assert "全球领先的轴承制造商" in page.get_text()
    assert json.loads((await office.get(f"/enterprise/{enterprise}.json")).text)["stated"]["investment"]
    form = next(form for form in page.find_all("form") if "加入目标名单" in form.get_text())
    await office.send("add", list=form.find("input", attrs={"name": "list"})["value"])
    shown = (await office.get(f"/enterprise/{enterprise}")).text
    assert "在目标名单里" in shown and "加入目标名单" not in shown
    public = await reader(database, public=True)
    assert "加入目标名单" not in (await public.get(f"/enterprise/{enterprise}")).text


async def test_a_correction_is_made_applied_and_undone_on_the_site(database: Path) -> None:
    office = await reader(database)
    enterprises, articles = ids(database, "enterprises"), ids(database, "articles", "headline")
    key = enterprises["远岚机械有限公司"]
    assert "这条不对" in (await office.get(f"/enterprise/{key}")).text
    assert "它和另一个是同一个" in (await office.get(f"/correct?kind=enterprise&id={key}")).text
    await office.send(
        "correct", verb="merge", kind="enterprise", name=[key, "远岚精密"], why="已更名", who="周"
    )
    story = articles["蓝屿食品展台人气旺"]
    assert "见报日期" in (await office.get(f"/correct?kind=article&id={story}")).text
    await office.send("correct", verb="headline", article=story, to="蓝屿食品发布新品")
    event = sqlite3.connect(database).execute("select id from events where type = 'signing'").fetchone()[0]
    assert "没有这回事" in (await office.get(f"/correct?kind=event&id={event}")).text
    await office.send("correct", verb="event", event=event, date="2023-11-06", amount="360000000", unit="元")
    listed = (await office.get("/corrections")).text
    assert "尚未归并" in listed and "已更名" in listed
    await office.send("apply")
    assert (await office.get("/corrections")).text.count("已生效") == 3
    assert len(ids(database, "enterprises")) == len(enterprises) - 1
    assert "蓝屿食品发布新品" in ids(database, "articles", "headline")
    first = read(corrections_path(database)).corrections[0]
    await office.send("undo", key=first.id)
    await office.send("undo", 400, key=first.id)
    await office.send("apply")
    assert len(ids(database, "enterprises")) == len(enterprises)
    await office.send("correct", 400, verb="merge", kind="enterprise", name=["从未见报公司", "远岚精密"])
    await office.send("correct", 400, verb="date", article=story, to="昨天")
    await office.get("/correct?kind=enterprise&id=nobody", 404)
    await office.get("/correct?kind=nonsense&id=nobody", 404)


async def test_tags_and_saved_searches(database: Path) -> None:
    office = await reader(database)
    story = ids(database, "articles", "headline")["蓝屿食品展台人气旺"]
    await office.send("tag", article=story, tag="食品", note="下周打电话")
    assert "食品" in (await office.get(f"/article/{story}")).text
    assert "下周打电话" in (await office.get("/tag/食品")).text
    await office.send("save", q="签约", name="谁签了约")
    assert (
        "谁签了约" in (await office.get("/collections")).text
        and "没有新的" in (await office.get("/collections")).text
    )
    connection = sqlite3.connect(database)
    with connection:
        connection.execute("update searches set looked = '2000-01-01'")
    assert "1 篇新的" in (await office.get("/collections")).text
    key = ids(database, "searches")["谁签了约"]
    await office.send("seen", id=key)
    assert "没有新的" in (await office.get("/collections")).text
    await office.send("forget", id=key)
    await office.send("untag", article=story, tag="食品")
    assert "还没有标签" in (await office.get("/collections")).text
    await office.send("tag", 400, article="nobody", tag="食品")
    await office.send("tag", 400, article=story, tag="长" * 41)
    await office.send("save", 400, name="空")


async def test_nothing_is_taken_without_the_token(database: Path) -> None:
    office = await reader(database)
    await office.get("/targets")
    client, address = office.datasette.client, "/-/expo/desk/add"
    for data, cookies in (
        ({"list": "远岚精密"}, {}),
        ({"list": "远岚精密", "csrftoken": "guess"}, {}),
        ({"list": "远岚精密", "csrftoken": "guess"}, {"ds_csrftoken": "guess"}),
        ({"list": "远岚精密"}, dict(office.cookies)),
    ):
        assert (await client.post(address, data=data, cookies=cookies)).status_code == 403
    assert (await client.post(address, content=b"x" * 3_000_000)).status_code == 403
    assert (await client.get(address)).status_code == 404
    assert "名单还是空的" in (await office.get("/targets")).text


PAGES = ("/targets", "/targets.json", "/targets.atom", "/target/x", "/corrections", "/correct?kind=enterprise&id=x", "/collections", "/tag/x")  # fmt: skip


@pytest.mark.parametrize("public", [True, False])
async def test_others_see_and_change_nothing_of_the_office(database: Path, *, public: bool) -> None:
    office = await reader(database)
    await office.send("add", list="企业名称,备注\n远岚精密,不可外传\n")
    options = {"loopback": False, "public": public, "write": {"id": "zhang"}}
    served = await reader(database, metadata={"plugins": {"miner": options}})
    for page in PAGES:
        await served.get(page, 403)
    assert (await served.datasette.client.get("/expo/targets.json")).status_code == 403
    assert "不可外传" not in (await served.get("")).text and "目标" not in (await served.get("")).text
    assert (await served.datasette.client.post("/-/expo/desk/add", data={"list": "甲"})).status_code == 403
    assert (await served.get("/base")).status_code == 200
    story = ids(database, "articles", "headline")["蓝屿食品展台人气旺"]
    assert "这条不对" not in (await served.get(f"/article/{story}")).text
    known = Reader(served.datasette, ds_actor=served.datasette.sign({"a": {"id": "zhang"}}, "actor"))
    assert "远岚精密" in (await known.get("/targets")).text
    await known.send("add", list="蓝屿食品")
    assert "蓝屿食品" in (await known.get("/targets")).text
    stranger = Reader(served.datasette, ds_actor=served.datasette.sign({"a": {"id": "li"}}, "actor"))
    await stranger.get("/targets", 403)


async def test_nothing_that_people_write_runs(database: Path) -> None:
    office = await reader(database)
    story = ids(database, "articles", "headline")["蓝屿食品展台人气旺"]
    for attack in ATTACKS[:12]:
        text = attack.encode("utf-8", "replace").decode()[:30]
        if text.strip():
            await office.send("tag", article=story, tag=text, note=text)
            await office.send("save", q=text, name=text)
    await office.send("add", list="企业名称,备注,<b>区域\n" + "\n".join(
        f'"{a.encode("utf-8", "replace").decode().replace(chr(34), "")}","{a[:60].encode("utf-8", "replace").decode().replace(chr(34), "")}",x'
        for a in ATTACKS[:40]
    ))  # fmt: skip
    for page in (
        "/targets",
        "/collections",
        "/corrections",
        "/base",
        f"/article/{story}",
        *(f"/target/{k}" for k in ids(database, "targets").values()),
    ):
        check((await office.get(page)).text, "/-/expo" + page)
    xml.dom.minidom.parseString((await office.get("/targets.atom")).text.encode())


async def test_the_office_of_an_older_archive_is_empty_not_broken(database: Path) -> None:
    connection = sqlite3.connect(database)
    for (name,) in connection.execute(
        "select name from sqlite_master where type = 'table' and name in ('enterprise_statements', 'arrivals')"
    ).fetchall():
        connection.execute(f"drop table [{name}]")
    connection.commit()
    office = await reader(database)
    assert "miner resolve" in (await office.get("/base")).text
    await office.get("/collections")
    await office.send("add", list="远岚精密")
    await office.get(f"/target/{ids(database, 'targets')['远岚精密']}")


async def test_a_target_of_an_archive_without_the_newer_tables_is_shown(database: Path) -> None:
    office = await reader(database)
    await office.send("add", list="远岚精密")
    connection = sqlite3.connect(database)
    connection.execute("drop table tags")
    connection.commit()
    again = await reader(database)
    await again.get(f"/target/{ids(database, 'targets')['远岚精密']}")


def test_every_form_stands_on_a_page_with_its_token() -> None:
    templates = Path(__file__).parent.parent / "miner" / "publish" / "templates" / "expo"
    for path in templates.glob("*.html"):
        for form in BeautifulSoup(path.read_text(encoding="utf-8"), "lxml").find_all("form", method="post"):
            assert "csrftoken" in str(form) or path.name == "office.html", path.name
