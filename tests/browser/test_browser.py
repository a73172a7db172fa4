"""The pages as a person meets them: light and dark, wide and narrow, by keyboard, without JavaScript, under attack."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402

from tests.browser.conftest import CHROMIUM, FLAGS, Site  # noqa: E402

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="chromium is not installed"),
]

OURS = ("front", "search", "nothing", "article", "enterprise", "person", "organization", "event", "figures", "measures", "editions", "edition",
        "enterprises", "people", "events", "quotes", "numbers", "missing_rows")  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


class Watched:
    """A page whose faults are collected: console errors, requests that leave the host, dialogs."""

    def __init__(self, browser: Browser, site: Site, **options: object) -> None:
        self.context = browser.new_context(locale="zh-CN", **options)  # type: ignore[arg-type]
        self.page: Page = self.context.new_page()
        self.site, self.faults = site, list[str]()
        self.page.on(
            "console",
            lambda m: self.faults.append(f"console: {m.text}") if m.type in ("error", "warning") else None,
        )
        self.page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        self.page.on(
            "request",
            lambda r: (
                None
                if r.url.startswith((site.base, "data:"))
                else self.faults.append(f"left the host: {r.url}")
            ),
        )
        self.page.on(
            "dialog", lambda dialog: (self.faults.append(f"dialog: {dialog.message}"), dialog.dismiss())
        )

    def go(self, address: str) -> Page:
        response = self.page.goto(self.site.base + address)
        assert response is not None and response.ok, address
        return self.page


@pytest.mark.parametrize("width", [1200, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_have_no_fault_and_fit_the_screen(
    browser: Browser, site: Site, scheme: str, width: int
) -> None:
    seen = Watched(browser, site, viewport={"width": width, "height": 800}, color_scheme=scheme)
    for name in (*OURS, "table", "canned", "database"):
        page = seen.go(site.pages[name])
        if name in OURS:
            overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert overflow <= 1, (name, overflow)
    assert not seen.faults
    seen.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_fault(browser: Browser, site: Site, scheme: str) -> None:
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed"
    ).Axe()
    seen = Watched(browser, site, viewport={"width": 1200, "height": 800}, color_scheme=scheme)
    found = []
    for name in OURS:
        page = seen.go(site.pages[name])
        faults = [
            fault
            for fault in axe.run(page).response["violations"]
            if fault["impact"] in ("serious", "critical")
        ]
        found += [
            (name, fault["id"], [node["html"][:160] for node in fault["nodes"][:3]]) for fault in faults
        ]
    assert not found
    seen.context.close()


def test_search_and_reading_work_without_javascript(browser: Browser, site: Site) -> None:
    seen = Watched(browser, site, java_script_enabled=False)
    page = seen.go("/")
    page.fill("#big", "订单")
    page.press("#big", "Enter")
    assert page.locator(".results li").count() == 20 and page.locator(".results mark").count() >= 20
    page.locator(".results h2 a").first.click()
    assert page.locator(".story mark").count() >= 1
    page.locator("details summary", has_text="BibTeX").click()
    assert "@article{" in page.locator("pre.cite").last.inner_text()
    assert not seen.faults
    seen.context.close()


def test_marks_are_toggled_by_kind(browser: Browser, site: Site) -> None:
    seen = Watched(browser, site)
    page = seen.go(site.pages["article"])
    style = "getComputedStyle(document.querySelector('.story .m.enterprise')).textDecorationLine"
    assert page.evaluate(style) == "underline"
    page.locator(".toggles label.enterprise").click()
    assert page.evaluate(style) == "none"
    page.reload()
    assert page.evaluate(style) == "none", "the choice is remembered"
    seen.context.close()


def test_everything_can_be_reached_by_keyboard(browser: Browser, site: Site) -> None:
    seen = Watched(browser, site)
    page = seen.go(site.pages["front"])
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "big"
    page.keyboard.type("订单")
    page.keyboard.press("Enter")
    page.wait_for_selector(".results")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("!!document.activeElement.closest('.results h2')"):
            break
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none", "focus is visible"
    page.keyboard.press("Enter")
    page.wait_for_selector(".story")
    page.keyboard.press("Tab")
    for _ in range(16):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "show-person":
            break
    page.keyboard.press("Space")
    assert page.evaluate("document.querySelector('#show-person').checked") is False
    assert not seen.faults
    seen.context.close()


def test_evidence_leads_to_the_sentence(browser: Browser, site: Site) -> None:
    seen = Watched(browser, site, viewport={"width": 1200, "height": 500})
    page = seen.go(site.pages["enterprise"])
    link = page.locator("blockquote a.source").first
    words = link.inner_text()
    link.click()
    page.wait_for_selector("#here")
    shown = "".join(page.locator(".here").all_inner_texts())
    assert shown and words.startswith(shown[:12])
    assert page.evaluate("document.querySelector('#here').getBoundingClientRect().top < innerHeight")
    seen.context.close()


def test_print_leaves_controls_out(browser: Browser, site: Site) -> None:
    seen = Watched(browser, site)
    page = seen.go(site.pages["article"])
    page.emulate_media(media="print")
    assert not page.locator(".toggles").is_visible() and page.locator(".story").is_visible()
    seen.context.close()


def test_no_attack_runs(browser: Browser, hostile_site: Site) -> None:
    seen = Watched(browser, hostile_site)
    for address in hostile_site.pages:
        page = seen.go(address)
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert page.evaluate("window.pwned") is None, address
    database = "/expo/"
    for table in ("articles", "enterprises", "people", "quotes", "problems", "documents"):
        assert seen.go(database + table).evaluate("window.pwned") is None, table
    assert not seen.faults
    seen.context.close()
