"""Nothing from the archive runs: every page, with an attack in every text."""

from __future__ import annotations

import json
import re
import xml.dom.minidom
from pathlib import Path
from urllib.parse import quote

import pytest
import pytest_asyncio
from bs4 import BeautifulSoup
from datasette.app import Datasette

from miner.publish.serve import build
from tests.attacks import ATTACKS
from tests.hostile import hostile_archive

HIDDEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\U000e0000-\U000e007f]"
)
OURS = re.compile(r"^(/|#|\?|$)")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    path = tmp_path_factory.mktemp("hostile") / "x y.db"
    return path, hostile_archive(path)


@pytest_asyncio.fixture
async def server(hostile: tuple[Path, list[str]]) -> Datasette:
    datasette = build(hostile[0], public=True)
    await datasette.invoke_startup()
    return datasette


def check(html: str, address: str) -> None:
    """Fail when the page holds anything active that is not ours."""
    assert not HIDDEN.search(html), address
    soup = BeautifulSoup(html, "lxml")
    for tag in soup.find_all(True):
        assert tag.name not in (
            "iframe",
            "object",
            "embed",
            "base",
            "frame",
            "applet",
            "marquee",
            "math",
            "template",
        ), (address, tag)
        if tag.name == "script":
            assert tag.get("src", "").startswith("/-/static") and not tag.string, (address, tag)
        for name, value in tag.attrs.items():
            text = " ".join(value) if isinstance(value, list) else value
            assert not name.startswith("on") and name not in ("srcdoc", "formaction", "ping", "background"), (
                address,
                tag,
            )
            if name in ("href", "src", "action", "xlink:href"):
                assert OURS.match(text) and not text.startswith("//"), (address, name, text[:80])
            assert name != "style" or "/-/expo" not in address, (address, tag)


async def test_there_are_sixty_attacks_and_more() -> None:
    assert len(set(ATTACKS)) >= 60


async def test_no_page_of_ours_lets_an_attack_through(
    server: Datasette, hostile: tuple[Path, list[str]]
) -> None:
    for address in hostile[1]:
        response = await server.client.get(address)
        assert response.status_code == 200, address
        check(response.text, "/-/expo" + address)
        policy = response.headers["content-security-policy"]
        assert "script-src 'self'" in policy and "unsafe-inline" not in policy.replace(
            "style-src 'self' 'unsafe-inline'", ""
        )


async def test_searching_for_an_attack_shows_it_and_does_not_run_it(server: Datasette) -> None:
    for attack in ATTACKS:
        for form in ("", ".json", ".atom"):
            response = await server.client.get(
                f"/-/expo/search{form}?q={quote(attack.encode('utf-8', 'replace')[:2000])}&newspaper={quote(attack[:60])}"
            )
            assert response.status_code == 200, attack
            if form == "":
                check(response.text, "/-/expo/search")
            elif form == ".json":
                json.loads(response.text)
            else:
                xml.dom.minidom.parseString(response.text.encode())


async def test_measures_and_bad_arguments_are_safe(server: Datasette) -> None:
    for attack in ATTACKS:
        words = quote(attack[:80])
        for address in (
            f"/-/expo/figures?measure={words}",
            f"/-/expo/search?q=签约&since={words}&page={words}&sort={words}&entity={words}&type={words}",
        ):
            response = await server.client.get(address)
            assert response.status_code == 200, address
            check(response.text, "/-/expo/x")


async def test_exports_are_well_formed_and_inert(server: Datasette, hostile: tuple[Path, list[str]]) -> None:
    for address in hostile[1]:
        if not re.search(r"/(article|enterprise|person|event)/", address):
            continue
        text = (await server.client.get(address + ".md")).text
        assert not HIDDEN.search(text)
        assert not re.search(r"(?<!\\)\]\((?!<(?:http://localhost)?/)", text), (
            address
        )  # every link is one of ours
        assert "<script" not in text.lower() and not re.search(r"<(?!/|http://localhost/)", text), address
        json.loads((await server.client.get(address + ".json")).text)
        if "/enterprise/" in address:
            xml.dom.minidom.parseString((await server.client.get(address + ".atom")).text.encode())


async def test_datasettes_own_pages_are_inert_in_public_mode(server: Datasette) -> None:
    database = "x~20y" if (await server.client.get("/x~20y")).status_code == 200 else "x+y"
    for table in (
        "",
        "/articles",
        "/enterprises",
        "/people",
        "/quotes",
        "/events",
        "/problems",
        "/event_list",
        "/documents",
        "/who_met?name=a",
    ):
        response = await server.client.get(f"/{database}{table}")
        assert response.status_code == 200, table
        soup = BeautifulSoup(response.text, "lxml")
        assert not [tag for tag in soup.find_all("script") if tag.string and tag.string.strip()], table
        assert not [tag for tag in soup.find_all(True) if any(name.startswith("on") for name in tag.attrs)], (
            table
        )
        assert not [
            a
            for a in soup.find_all("a", href=True)
            if a["href"].lower().startswith(("javascript:", "data:", "vbscript:"))
        ], table
