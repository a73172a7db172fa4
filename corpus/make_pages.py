"""Set the stories of `sources/stories.yml` into the page streams of `pages/`, with gold beside each.

    python corpus/make_pages.py

The plan below gives every page its newspaper, day, level, seed and what must befall it. The same plan gives the same
pages on every machine.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from miner.training.pages.typeset import EditorStory, Style, TypesetPage, random_style, typeset

HERE = Path(__file__).parent
GOES_ON = {"s39": ("i01", "i04", 4, "长宁区“展后一百天”调查")}


@dataclass(frozen=True)
class Plan:
    """One page: where it was printed, how badly it is damaged, and with which seed."""

    page: str
    file: str
    newspaper: str
    date: str
    level: int
    seed: int
    furniture: tuple[str, ...] = ()
    rates: tuple[tuple[str, float], ...] = ()
    style: tuple[tuple[str, Any], ...] = ()


PLANS = (
    Plan("p01", "p01", "浦东观察", "2018-11-06", 1, 3),
    Plan("p02", "p02", "虹桥周报", "2019-11-12", 2, 11, style=(("ornament", "\ufffd"), ("blank", "every"))),
    Plan("p03", "p03", "申城晚报", "2020-11-11", 2, 5, rates=(("name_gap", 0.6), ("kicker", 0.6))),
    Plan(
        "p04",
        "p04",
        "滨江时报",
        "2021-11-08",
        3,
        21,
        rates=(("jump", 0.0), ("section", 0.5), ("caption", 0.5)),
    ),
    Plan("p05", "p05", "浦江晨报", "2022-11-11", 3, 8, rates=(("no_head", 0.3), ("jump", 0.4))),
    Plan(
        "p06",
        "p06",
        "东岸日报",
        "2023-11-10",
        4,
        13,
        ("2023年11月10日 星期五", "责任编辑 尹墨 视觉 简单"),
        (("jump", 0.0),),
    ),
    Plan(
        "p07",
        "p07",
        "申城晚报",
        "2024-11-08",
        4,
        2,
        ("A5", "要闻", "E-mail：news@example.com"),
        (("no_head", 0.3),),
    ),
    Plan(
        "p08", "p08", "消费品商报", "2022-11-09", 5, 49, ("综合新闻",), (("interleave", 1.0), ("jump", 0.0))
    ),
    Plan("p09", "p09", "滨江时报", "2021-11-09", 3, 17, rates=(("no_head", 0.0), ("byline_astray", 0.8))),
    Plan(
        "p10",
        "p10",
        "浦江晨报",
        "2024-11-06",
        5,
        1,
        ("2024.11.06",),
        (("spaced", 0.5), ("vertical", 0.5), ("jump", 0.0)),
    ),
    Plan(
        "i01",
        "20231108_A01",
        "虹桥周报",
        "2023-11-08",
        3,
        6,
        ("2023年11月8日 星期三", "第 1 版"),
        (("jump", 0.0),),
    ),
    Plan("i04", "20231108_A04", "虹桥周报", "2023-11-08", 3, 9, ("第 4 版 · 深度",), (("jump", 0.0),)),
)


def read_stories() -> dict[str, list[EditorStory]]:
    """The stories of every page, those that go on elsewhere cut in two."""
    pages: dict[str, list[EditorStory]] = {}
    for row in yaml.safe_load((HERE / "sources" / "stories.yml").read_text(encoding="utf-8")):
        story = EditorStory(
            row["id"], row["headline"], tuple(row["text"].split("\n")), row.get("kicker"), row.get("subtitle"),
            row.get("section"), tuple(row["reporters"]), tuple(row.get("correspondents", ())),
            tuple((index, text) for index, text in row.get("subheads", ())), tuple(row.get("captions", ())),
            tuple(row["names"]),
        )  # fmt: skip
        if row["id"] in GOES_ON:
            first, second, cut, head = GOES_ON[row["id"]]
            pages.setdefault(first, []).append(replace(story, paragraphs=story.paragraphs[:cut], jump=4))
            rest = EditorStory(
                row["id"], head, story.paragraphs[cut:], reporters=story.reporters, continues=1
            )
            pages.setdefault(second, []).append(rest)
        else:
            pages.setdefault(row["page"], []).append(story)
    return pages


def make(plan: Plan, stories: list[EditorStory]) -> TypesetPage:
    """One page as planned."""
    rng = random.Random(plan.seed)
    style: Style = random_style(plan.level, rng)
    rates = {"continues": 0.0, "furniture": 0.0} | dict(plan.rates)
    changes: dict[str, Any] = {**dict(plan.style), "rates": replace(style.rates, **rates)}
    page = typeset(stories, replace(style, furniture=plan.furniture, **changes), rng)
    page.gold.update(
        page=plan.file,
        newspaper=plan.newspaper,
        issue_date=plan.date,
        source=f"{plan.file}.txt",
        seed=plan.seed,
    )
    return page


def main() -> None:
    """Write all pages and their gold."""
    stories = read_stories()
    (HERE / "pages").mkdir(exist_ok=True)
    for plan in PLANS:
        page = make(plan, stories[plan.page])
        (HERE / "pages" / f"{plan.file}.txt").write_text(page.text, encoding="utf-8")
        gold = json.dumps(page.gold, ensure_ascii=False, indent=1) + "\n"
        (HERE / "pages" / f"{plan.file}.json").write_text(gold, encoding="utf-8")


if __name__ == "__main__":
    main()
