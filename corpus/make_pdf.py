"""Set the stories of `sources/pdf_stories.yml` as newspaper pages in PDF, with gold beside each.

    python corpus/make_pdf.py --font /usr/share/fonts/truetype/wqy/wqy-microhei.ttc

The font is WenQuanYi Micro Hei (Apache-2.0, Debian package fonts-wqy-microhei); a subset of it is embedded. The gold
lists the stories and every set line with its story, role, paragraph, page and box in points from the lower left.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path
from typing import Any

import yaml
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from miner.training.pages.typeset import set_lines, width

HERE = Path(__file__).parent
WIDTH, HEIGHT, MARGIN, GUTTER, COLUMNS = 720, 900, 36, 16, 4
COLUMN = (WIDTH - 2 * MARGIN - (COLUMNS - 1) * GUTTER) / COLUMNS
SIZE, LEADING = 10, 15


@dataclass(frozen=True)
class SetLine:
    """One line to print: its text, role, paragraph and whether it is indented or runs to the full measure."""

    text: str
    role: str
    para: int | None = None
    indent: int = 0
    full: bool = False


@dataclass
class Press:
    """A canvas that notes in the gold what it prints where."""

    canvas: Canvas
    lines: list[dict[str, Any]] = field(default_factory=list)
    page: int = 1

    def print(
        self,
        text: str,
        x: float,
        y: float,
        size: float,
        *,
        tag: tuple[str | None, str, int | None],
        space: float = 0,
    ) -> None:
        """Print one line with its foot at y."""
        self.canvas.setFont("Text", size)
        self.canvas.drawString(x, y, text, charSpace=space)
        right = x + pdfmetrics.stringWidth(text, "Text", size) + space * len(text)
        box = [round(value, 1) for value in (x, y, right, y + size)]
        article, role, para = tag
        self.lines.append(
            {"page": self.page, "text": text, "article": article, "role": role, "para": para, "box": box}
        )

    def turn(self) -> None:
        """Go on to the next page."""
        self.canvas.showPage()
        self.page += 1


def left(column: int) -> float:
    """Left edge of a column, counted from 0."""
    return MARGIN + column * (COLUMN + GUTTER)


def body_lines(story: dict[str, Any], measure: int) -> list[SetLine]:
    """Paragraphs, subheads, jump lines and caption of a story in one measure."""
    lines: list[SetLine] = []
    if story.get("continues"):
        lines.append(SetLine(f"（上接第{story['continues']}版）", "jump"))
    subheads = dict(story.get("subheads", ()))
    for number, paragraph in enumerate(story["paragraphs"]):
        if number in subheads:
            lines.append(SetLine(subheads[number], "subhead"))
        texts = set_lines(paragraph, measure)
        for at, text in enumerate(texts):
            lines.append(SetLine(text, "body", number, 2 if at == 0 else 0, at < len(texts) - 1))
    if story.get("jump"):
        lines.append(SetLine(f"（下转第{story['jump']}版）", "jump"))
    return lines


def flow(
    press: Press, article: str, lines: Sequence[SetLine], columns: Sequence[float], top: float, measure: int
) -> float:
    """Fill columns of even height; returns the foot of the longest."""
    rows = ceil(len(lines) / len(columns))
    for number, line in enumerate(lines):
        x = columns[number // rows] + line.indent * SIZE
        y = top - (number % rows + 1) * LEADING
        room = (measure - line.indent) * SIZE
        gap = (room - width(line.text) * SIZE) / max(1, len(line.text) - 1) if line.full else 0
        size = SIZE + 1.5 if line.role == "subhead" else SIZE
        press.print(
            line.text, x, y, size, tag=(article, line.role, line.para), space=max(-1.0, min(2.0, gap))
        )
    return top - rows * LEADING


def head(press: Press, article: str, story: dict[str, Any], x: float, top: float, size: float) -> float:
    """Print section, kicker, headline, subtitle and byline one below the other; returns the foot."""
    y = top
    heights = {"section": 11.0, "kicker": 13.0, "headline": size, "subtitle": 13.0, "byline": 9.0}
    for key, height in heights.items():
        if story.get(key):
            y -= height * 1.35
            press.print(story[key], x, y, height, tag=(article, "column" if key == "section" else key, None))
    return y - 4


def tower(press: Press, article: str, headline: str, x: float, top: float, size: float) -> None:
    """Print a vertical head, one character a line."""
    for number, char in enumerate(headline):
        press.print(char, x, top - (number + 1) * size * 1.2, size, tag=(article, "headline", None))


def folio(press: Press, newspaper: str, date: str, page: str) -> float:
    """Print the line at the top of a page; returns its foot."""
    y = HEIGHT - MARGIN - 20
    for text, x, size in ((newspaper, MARGIN, 20), (date, 280, 9), (page, WIDTH - MARGIN - 90, 11)):
        press.print(text, x, y, size, tag=(None, "other", None))
    press.canvas.line(MARGIN, y - 6, WIDTH - MARGIN, y - 6)
    return y - 14


def picture(press: Press, article: str, story: dict[str, Any], x: float, top: float) -> float:
    """Print a grey picture over two columns with its caption below; returns the foot."""
    press.canvas.setFillGray(0.8)
    press.canvas.rect(x, top - 110, 2 * COLUMN + GUTTER, 110, stroke=0, fill=1)
    press.canvas.setFillGray(0)
    press.print(story["caption"], x, top - 122, 8, tag=(article, "caption", None))
    return top - 132


def first_pdf(press: Press, stories: dict[str, dict[str, Any]]) -> list[str]:
    """One page: a head over four columns, a head over two, a box, a vertical head."""
    y = folio(press, "浦江晨报", "2023年11月8日 星期三", "第 3 版 要闻")
    lead = stories["q01"]
    y = head(press, "A1", lead, left(0), y, 30)
    lines = body_lines(lead, 15)
    half = ceil((len(lines) + 18) / 2)  # the picture takes nine rows of the two right columns
    foot = flow(press, "A1", lines[:half], [left(0), left(1)], y, 15)
    low = picture(press, "A1", lead, left(2), y)
    foot = min(foot, flow(press, "A1", lines[half:], [left(2), left(3)], low, 15)) - 18
    press.canvas.line(MARGIN, foot + 6, WIDTH - MARGIN, foot + 6)
    second = stories["q02"]
    end = flow(
        press,
        "A2",
        body_lines(second, 15),
        [left(0), left(1)],
        head(press, "A2", second, left(0), foot, 19),
        15,
    )
    boxed = stories["q03"]
    inner = flow(
        press,
        "A3",
        body_lines(boxed, 14),
        [left(2) + 8, left(3) + 4],
        head(press, "A3", boxed, left(2) + 8, foot - 4, 16),
        14,
    )
    press.canvas.rect(left(2), inner - 8, 2 * COLUMN + GUTTER, foot - inner + 4)
    y = min(end, inner - 8) - 22
    press.canvas.line(MARGIN, y + 10, WIDTH - MARGIN, y + 10)
    last = stories["q04"]
    tower(press, "A4", last["headline"], left(0) + 50, y, 20)
    foot = flow(press, "A4", body_lines(last, 15), [left(1), left(2), left(3)], y, 15)
    press.print(last["byline"], left(3), foot - 16, 9, tag=("A4", "byline", None))
    press.print("责任编辑 成蹊 视觉 桃李", MARGIN, MARGIN - 10, 8, tag=(None, "other", None))
    return ["q01", "q02", "q03", "q04"]


def second_pdf(press: Press, stories: dict[str, dict[str, Any]]) -> list[str]:
    """Two pages: a story that jumps from the first to the second, single columns, a framed comment, a vertical head."""
    first_page(press, stories)
    press.turn()
    second_page(press, stories)
    return ["q05", "q06", "q07", "q09", "q05", "q08", "q10"]


def first_page(press: Press, stories: dict[str, dict[str, Any]]) -> None:
    """The front page: the lead over three columns goes on elsewhere, a short story runs beside it."""
    y = folio(press, "滨江时报", "2024年11月7日 星期四", "第 1 版")
    press.print("今日 4 版", WIDTH - MARGIN - 50, y, 8, tag=(None, "other", None))
    story, three = stories["q05"], [left(0), left(1), left(2)]
    part = {**story, "paragraphs": story["paragraphs"][: story["cut"]]}
    foot = flow(press, "A1", body_lines(part, 15), three, head(press, "A1", part, left(0), y - 8, 28), 15)
    side = stories["q06"]
    flow(press, "A2", body_lines(side, 15), [left(3)], head(press, "A2", side, left(3), y - 8, 13), 15)
    third = stories["q07"]
    foot = (
        flow(press, "A3", body_lines(third, 15), three, head(press, "A3", third, left(0), foot - 30, 22), 15)
        - 20
    )
    press.canvas.line(MARGIN, foot + 6, WIDTH - MARGIN, foot + 6)
    wide = stories["q09"]
    flow(press, "A4", body_lines(wide, 15), [*three, left(3)], head(press, "A4", wide, left(0), foot, 24), 15)


def second_page(press: Press, stories: dict[str, dict[str, Any]]) -> None:
    """The page on which the lead goes on, with a framed comment and a vertical head at the right."""
    y = folio(press, "滨江时报", "2024年11月7日 星期四", "第 2 版")
    story = stories["q05"]
    rest = {"headline": story["headline"], "paragraphs": story["paragraphs"][story["cut"] :], "continues": 1}
    foot = flow(
        press, "A5", body_lines(rest, 15), [left(0), left(1)], head(press, "A5", rest, left(0), y, 18), 15
    )
    note, edge = stories["q08"], left(2) + 6
    inner = flow(
        press, "A6", body_lines(note, 14), [edge, left(3) + 2], head(press, "A6", note, edge, y - 4, 18), 14
    )
    press.canvas.rect(left(2) - 2, inner - 8, 2 * COLUMN + GUTTER + 2, y - inner + 4)
    foot = min(foot, inner) - 24
    bees = stories["q10"]
    tower(press, "A7", bees["headline"], left(3) + 60, foot, 22)
    press.print(bees["byline"], left(3), foot - 12, 9, tag=("A7", "byline", None))
    flow(press, "A7", body_lines(bees, 15), [left(0), left(1), left(2)], foot, 15)
    press.print("新闻热线 000-0000", MARGIN, MARGIN - 10, 8, tag=(None, "other", None))


def gold_articles(
    names: Sequence[str], stories: dict[str, dict[str, Any]], lines: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The stories as printed, each with its paragraphs."""
    articles = []
    for number, name in enumerate(names, 1):
        story, mine = stories[name], [line for line in lines if line["article"] == f"A{number}"]
        count = 1 + max(line["para"] for line in mine if line["para"] is not None)
        goes_on = story.get("jump") and names.index(name) != number - 1
        start = story["cut"] if goes_on else 0
        printed = {
            role: [line["text"] for line in mine if line["role"] == role]
            for role in ("kicker", "subtitle", "column", "byline")
        }
        articles.append({
            "id": f"A{number}", "source_file": name, "headline": story["headline"],
            **{role: (texts or [None])[0] for role, texts in printed.items()},
            "subheads": [line["text"] for line in mine if line["role"] == "subhead"],
            "captions": [line["text"] for line in mine if line["role"] == "caption"],
            "jump": story.get("jump") if not goes_on else None, "continues": 1 if goes_on else None,
            "paragraphs": story["paragraphs"][start : start + count],
        })  # fmt: skip
    return articles


def main() -> None:
    """Write both PDFs and their gold."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--font", default="/usr/share/fonts/truetype/wqy/wqy-microhei.ttc")
    pdfmetrics.registerFont(TTFont("Text", parser.parse_args().font))
    stories: dict[str, dict[str, Any]] = {}
    for row in yaml.safe_load((HERE / "sources" / "pdf_stories.yml").read_text(encoding="utf-8")):
        stories[row["id"]] = {**row, "paragraphs": row["text"].strip().split("\n")}
    (HERE / "pdf").mkdir(exist_ok=True)
    plans = (
        ("20231108_A03", first_pdf, "浦江晨报", "2023-11-08"),
        ("20241107", second_pdf, "滨江时报", "2024-11-07"),
    )
    for name, build, newspaper, date in plans:
        canvas = Canvas(
            str(HERE / "pdf" / f"{name}.pdf"), pagesize=(WIDTH, HEIGHT), pageCompression=1, invariant=1
        )
        canvas.setTitle(f"{newspaper} {date}")
        press = Press(canvas)
        names = build(press, stories)
        canvas.save()
        gold = {
            "page": name, "source": f"{name}.pdf", "newspaper": newspaper, "issue_date": date,
            "articles": gold_articles(names, stories, press.lines), "boxes": press.lines,
        }  # fmt: skip
        (HERE / "pdf" / f"{name}.json").write_text(
            json.dumps(gold, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )


if __name__ == "__main__":
    main()
