"""The corpus is the project's ruler: its gold must agree with its texts, to the character."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
import unicodedata
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

CORPUS = Path(__file__).parents[1] / "corpus"
ARTICLES = sorted((CORPUS / "articles").glob("c*.txt"))
EVENT_TYPES = {
    "signing", "exhibition", "launch", "visit", "meeting", "founding", "investment", "procurement", "ceremony",
    "conference", "award", "appointment",
}  # fmt: skip
QUALIFIERS = {None, "多", "近", "超", "约", "余", "以上"}
MAGNITUDE = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"两": 2}


def squeeze(text: str) -> str:
    return re.sub(r"\s+", "", text)


def gold_of(path: Path) -> dict[str, Any]:
    gold: dict[str, Any] = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    return gold


def chinese_number(text: str) -> float:
    """Value of a Chinese numeral below a hundred million: 六十 → 60, 两千 → 2000, 五 → 5."""
    total, digit = 0, 0
    for char in text:
        if char in DIGITS:
            digit = DIGITS[char]
        else:
            total, digit = total + (digit or 1) * MAGNITUDE[char], 0
    return float(total + digit)


def value_of(written: str) -> float:
    """Value of a figure as written, worked out in another way than the package does it."""
    text = re.sub(r"[余多]", "", unicodedata.normalize("NFKC", squeeze(written)))
    if share := re.search(r"([一二三四五六七八九两])成([一二三四五六七八九])?", text):
        return chinese_number(share[1]) * 10 + (chinese_number(share[2]) if share[2] else 0)
    if part := re.search(r"([一二三四五六七八九十]+)分之([一二三四五六七八九十]+)", text):
        return round(100 * chinese_number(part[2]) / chinese_number(part[1]), 2)
    if number := re.search(r"(\d[\d,]*\.?\d*)([万亿]*)", text):
        value = float(number[1].replace(",", ""))
        for char in number[2]:
            value *= MAGNITUDE[char]
        return value
    if number := re.search(r"([零一二三四五六七八九两十百千]+)(万?)", text):
        return chinese_number(number[1]) * (MAGNITUDE["万"] if number[2] else 1)
    raise AssertionError(f"no number in {written}")


@pytest.fixture(params=ARTICLES, ids=lambda path: path.stem)
def article(request: pytest.FixtureRequest) -> tuple[str, dict[str, Any]]:
    path: Path = request.param
    return squeeze(path.read_text(encoding="utf-8")), gold_of(path)


def test_there_are_twenty_articles_over_seven_editions() -> None:
    years = {re.match(r"\d{4}", path.read_text(encoding="utf-8").split("\n")[1])[0] for path in ARTICLES}  # type: ignore[index]
    assert len(ARTICLES) >= 20 and years == {str(year) for year in range(2018, 2025)}


@pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.stem)
def test_an_article_has_headline_date_newspaper_and_paragraphs(path: Path) -> None:
    headline, credit, blank, *paragraphs = path.read_text(encoding="utf-8").rstrip("\n").split("\n")
    assert headline and not blank and re.fullmatch(r"20(1[89]|2[0-4])-\d\d-\d\d \S+", credit)
    assert all(paragraphs) and 380 <= len(squeeze("".join(paragraphs))) <= 900


def test_all_twelve_event_types_and_three_statuses_occur() -> None:
    events = [event for path in ARTICLES for event in gold_of(path)["events"]]
    assert {event["type"] for event in events} == EVENT_TYPES
    assert {event["status"] for event in events} == {"done", "planned", "negated"}
    for status in ("planned", "negated"):
        assert len([event for event in events if event["status"] == status]) >= 10


def test_every_name_occurs_in_its_article(article: tuple[str, dict[str, Any]]) -> None:
    text, gold = article
    for person in gold["people"]:
        assert person["name"] in text or squeeze(person["name"]) in text
        assert person["latin"] is None or squeeze(person["latin"]) in text
        for post in person["posts"]:
            assert squeeze(post["org"]) in text and squeeze(post["title"]) in text
    for entity in [*gold["enterprises"], *gold["organizations"]]:
        assert all(squeeze(form) in text for form in [entity["name"], *entity["aliases"]])


def test_no_form_belongs_to_two_entities(article: tuple[str, dict[str, Any]]) -> None:
    _, gold = article
    forms = [squeeze(form) for key in ("people", "enterprises", "organizations") for entity in gold[key]
             for form in [entity["name"], *entity.get("aliases", [])]]  # fmt: skip
    assert len(forms) == len(set(forms))


def test_events_have_trigger_evidence_and_known_participants(article: tuple[str, dict[str, Any]]) -> None:
    text, gold = article
    names = {entity["name"] for key in ("people", "enterprises", "organizations") for entity in gold[key]}
    for event in gold["events"]:
        assert event["type"] in EVENT_TYPES and event["status"] in {"done", "planned", "negated"}
        assert event["trigger"] in text and len(event["quote_of_sentence"]) == 15
        start = text.index(event["quote_of_sentence"])
        assert event["trigger"] in text[start : start + 200]
        assert event["date"] is None or re.fullmatch(r"20\d\d(-[01]\d(-[0-3]\d)?)?", event["date"])
        assert event["place"] is None or squeeze(event["place"]) in text
        for participant in event["participants"]:
            assert participant in names or participant in text
    keys = [
        (event["type"], event["date"], tuple(event["participants"]), event["trigger"])
        for event in gold["events"]
    ]
    assert len(keys) == len(set(keys))


def test_quotes_begin_in_the_text_and_have_a_speaker(article: tuple[str, dict[str, Any]]) -> None:
    text, gold = article
    for quote in gold["quotes"]:
        assert squeeze(quote["speaker"]) in text and isinstance(quote["direct"], bool)
        for begins in [quote["begins"], *quote.get("continued", [])]:
            assert 4 <= len(begins) <= 12 and text.count(begins) == 1
        if not quote["direct"]:
            assert not quote.get("continued")


def test_figures_are_worth_what_is_written(article: tuple[str, dict[str, Any]]) -> None:
    text, gold = article
    for figure in gold["figures"]:
        assert figure["as_written"] in text and figure["qualifier"] in QUALIFIERS
        assert value_of(figure["as_written"]) == pytest.approx(figure["value"], rel=1e-9)
        points = "个百分点" if "百分点" in figure["as_written"] else figure["unit"]
        unit = "%" if "成" in figure["as_written"] else points
        assert figure["unit"] == unit and figure["about"]
        assert unit == "%" or unit in figure["as_written"] or figure["as_written"].isdigit()


def test_traps_occur_and_are_no_gold(article: tuple[str, dict[str, Any]]) -> None:
    text, gold = article
    keys = {"person": "people", "enterprise": "enterprises", "organization": "organizations"}
    for trap in gold["traps"]:
        assert trap["text"] in text
        entities = gold.get(keys.get(trap["not"], ""), [])
        assert all(trap["text"] not in (entity["name"], *entity.get("aliases", [])) for entity in entities)


def test_pairs_point_to_events_of_one_type_and_to_figures_that_differ() -> None:
    pairs = json.loads((CORPUS / "articles" / "pairs.json").read_text(encoding="utf-8"))
    assert len(pairs["pairs"]) >= 5
    for pair in pairs["pairs"]:
        golds = {name: gold_of(CORPUS / "articles" / f"{name}.txt") for name in pair["articles"]}
        assert len(golds) == 2
        for same in pair["events"]:
            assert len({golds[name]["events"][same[name]]["type"] for name in golds}) == 1
        for clash in pair["contradictions"]:
            values = [
                next(f["value"] for f in golds[name]["figures"] if f["as_written"] == clash[name])
                for name in golds
            ]
            assert values[0] != values[1]
    for name, *where in pairs["same_person"]:
        for article in where:
            people = {person["name"] for person in gold_of(CORPUS / "articles" / f"{article}.txt")["people"]}
            assert people & set(name.split(" = "))


PAGES = sorted((CORPUS / "pages").glob("*.json"))


def test_there_are_eight_pages_of_all_levels_and_an_issue_that_jumps() -> None:
    golds = [json.loads(path.read_text(encoding="utf-8")) for path in PAGES]
    assert len(golds) >= 8 and {gold["level"] for gold in golds} == {1, 2, 3, 4, 5}
    stories = [article["source_file"] for gold in golds for article in gold["articles"]]
    assert len(set(stories)) >= 35
    jumps = {article["source_file"] for gold in golds for article in gold["articles"] if article["jump"]}
    comes = {article["source_file"] for gold in golds for article in gold["articles"] if article["continues"]}
    assert jumps & comes and jumps - comes
    roles = {row["role"] for gold in golds for row in gold["lines"].values()}
    assert roles == {
        "headline", "kicker", "subtitle", "column", "byline", "subhead", "body", "caption", "jump", "other",
    }  # fmt: skip


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_every_filled_line_of_a_page_has_one_gold_row(path: Path) -> None:
    gold = json.loads(path.read_text(encoding="utf-8"))
    lines = path.with_suffix(".txt").read_text(encoding="utf-8").split("\n")
    assert {str(n) for n, line in enumerate(lines, 1) if line.strip()} == set(gold["lines"])
    for article in gold["articles"]:
        bodies = [n for numbers in article["paragraph_lines"] for n in numbers]
        assert bodies and len(bodies) == len(set(bodies))
        for paragraph, numbers in zip(article["paragraphs"], article["paragraph_lines"], strict=True):
            printed = re.sub(r"[\s\ufffd]", "", "".join(lines[n - 1] for n in numbers))
            assert 0 <= len(squeeze(paragraph)) - len(printed) <= 6


def test_the_pages_are_what_their_plan_makes() -> None:
    spec = importlib.util.spec_from_file_location("make_pages", CORPUS / "make_pages.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["make_pages"] = module
    spec.loader.exec_module(module)
    stories = module.read_stories()
    for plan in module.PLANS:
        page = module.make(plan, stories[plan.page])
        assert page.text == (CORPUS / "pages" / f"{plan.file}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", sorted((CORPUS / "html").glob("*.json")), ids=lambda path: path.stem)
def test_html_gold_stands_in_its_page(path: Path) -> None:
    gold = json.loads(path.read_text(encoding="utf-8"))
    page = path.with_suffix(".html").read_bytes().decode(gold.get("encoding", "utf-8"))
    text = squeeze(re.sub(r"<[^>]{0,400}>", "", page.replace("<br>", "")).replace("&nbsp;", ""))
    for wanted in gold.get("headlines", [gold.get("headline")]) + gold.get("paragraphs", []):
        assert squeeze(wanted) in text
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", gold["date"]) and gold["newspaper"] in page


@pytest.mark.parametrize("path", sorted((CORPUS / "pdf").glob("*.json")), ids=lambda path: path.stem)
def test_pdf_gold_is_the_text_layer(path: Path) -> None:
    gold = json.loads(path.read_text(encoding="utf-8"))
    with pypdfium2.PdfDocument(path.with_suffix(".pdf")) as pdf:
        printed = [squeeze(page.get_textpage().get_text_bounded()) for page in pdf]
    for line in gold["boxes"]:
        assert len(line["text"]) == 1 or squeeze(line["text"]) in printed[line["page"] - 1]
    for article in gold["articles"]:
        set_text = squeeze(
            "".join(
                row["text"]
                for row in gold["boxes"]
                if row["article"] == article["id"] and row["role"] == "body"
            )
        )
        assert set_text == squeeze("".join(article["paragraphs"]))
        head = [
            row["text"]
            for row in gold["boxes"]
            if row["article"] == article["id"] and row["role"] == "headline"
        ]
        assert squeeze("".join(head)) == squeeze(article["headline"])
    assert path.with_suffix(".pdf").stat().st_size < 400_000
