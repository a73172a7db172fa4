"""Makes the pictures of the documents anew: `python -m tests.browser.pictures expo.db docs/images`.

`expo.db` is what `miner run corpus` fills. Each picture is reduced to a palette, which text on white does not show.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from tests.browser.conftest import CHROMIUM, FLAGS, serve

_COLOURS = 224


@dataclass(frozen=True, slots=True)
class Picture:
    """A page as it is seen: address, size of the window, what is scrolled to the top, whether it is dark."""

    address: str
    width: int = 1200
    height: int = 1000
    top: str = ""
    dark: bool = False


def pictures(connection: sqlite3.Connection) -> Mapping[str, Picture]:
    """Return what is shown under which name."""

    def one(sql: str) -> str:
        return str(connection.execute(sql).fetchone()[0])

    story = one(
        "select a.id from articles a join documents d on d.id = a.document_id where d.path like '%pages/p03.txt' and a.headline like '药明康德%'"
    )
    signing = one(
        "select id from events where type = 'signing' and edition is not null order by n_reports desc, id limit 1"
    )
    firm = one("select entity_id from names where form = '瓦锡兰' and label = 'enterprise'")
    article = f"/-/expo/article/{story}"
    return {
        "front": Picture("/"),
        "search": Picture("/-/expo/search?q=签约", height=900),
        "article": Picture(article),
        "article-dark": Picture(article, height=800, dark=True),
        "article-source": Picture(article, height=760, top="#source"),
        "dossier": Picture(f"/-/expo/enterprise/{firm}", height=1500),
        "event": Picture(f"/-/expo/event/{signing}"),
        "edition": Picture("/-/expo/edition/6", height=1100),
        "phone": Picture(article, width=390, height=844),
    }


def take(browser: Browser, base: str, picture: Picture, out: Path) -> None:
    """Open a page and write what is seen of it."""
    page = browser.new_page(
        viewport={"width": picture.width, "height": picture.height},
        color_scheme="dark" if picture.dark else "light",
    )
    page.goto(base + picture.address, wait_until="networkidle")
    if picture.top:
        page.evaluate("id => document.querySelector(id).scrollIntoView({behavior: 'instant'})", picture.top)
    page.screenshot(path=out)
    page.close()
    with Image.open(out) as image:
        reduced = image.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE)
    reduced.save(out, optimize=True)


def main(database: Path, folder: Path) -> None:
    """Write all pictures into a folder."""
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        wanted = pictures(connection)
    for base in serve(database, public=False):
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            for name, picture in wanted.items():
                take(browser, base, picture, folder / f"{name}.png")
            browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
