"""Resolve an archive of a million distinct names: time and peak memory, step by step.

    python benchmarks/resolve.py [--names 1000000] [--db made.db] [--keep]

Makes a database whose articles speak of so many differently written enterprises, people and bodies, as real coverage does:
a few are in every other article and most in one; companies appear by full name, declared and bare short form, Latin name and
the name of a subsidiary, and short names have several owners; people hold posts in several bodies, change them over the
years, share their names with others and stand without any post; bodies are abbreviated or leave their district out. Articles
report signings that other papers report too, give figures and are reprinted. Another process then resolves the whole database, as
`miner resolve` does, and prints for every step its seconds and the peak resident memory so far. A dev tool, so it prints.
"""

from __future__ import annotations

import argparse
import json
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from miner.offsets import stable_id
from miner.store.database import open_database

REGIONS = ("上海", "广州", "深圳", "北京", "苏州", "杭州", "成都", "武汉", "天津", "青岛")
TRADES = ("食品", "科技", "医疗", "贸易", "物流", "化工", "机械", "电子", "乳业", "家居")
TYPES = ("有限公司", "股份有限公司", "集团有限公司")
SYLLABLES = "安博成达恩丰光海恒华嘉金康乐利联龙美明能诺平启瑞盛泰通万维祥新信兴星亚益永优裕远云泽中卓宝昌创德鼎东飞富冠国浩和弘宏汇惠吉佳建健锦京晶精景凯科来蓝力立林隆绿茂铭宁鹏普奇千"
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华慧建国文辉力健俊玲婷宇浩凯鑫欣然子涵雨泽晨曦思远佳怡若溪景行知安望舒云帆清扬"
SOUNDS = "克斯尔德林格曼兰卡莱沃奥拜伊艾贝里诺托马娜塔莎娃埃利安东尼阿罗布菲洛维特莫迪"
DISTRICTS = (
    "徐汇区",
    "青浦区",
    "长宁区",
    "浦东新区",
    "静安区",
    "闵行区",
    "嘉定区",
    "虹口区",
    "杨浦区",
    "松江区",
    "宝山区",
    "金山区",
)
OFFICES = (
    ("投资促进办公室", "投促办"),
    ("商务委员会", "商务委"),
    ("市场监督管理局", "市场监管局"),
    ("科学技术委员会", "科委"),
    ("发展和改革委员会", "发改委"),
)
TITLES = ("董事长", "总经理", "首席执行官", "副总裁", "大中华区总裁", "市场总监", "主任", "处长", "会长")
PAPERS = tuple(
    f"{place}{kind}"
    for place in ("浦江", "临港", "虹桥", "海滨", "江南", "长岛")
    for kind in ("日报", "晚报", "时讯", "周刊", "商报")
)
NEW = 0.62
"""How often a name in an article is one the archive has not had yet."""
BATCH = 2_000
Row = dict[str, Any]


@dataclass(slots=True)
class Thing:
    """One enterprise, person or body of the made world, with the ways to write it."""

    label: str
    full: str
    short: str = ""
    latin: str = ""
    posts: list[tuple[str, str]] = field(default_factory=list)


class World:
    """Makes things, and picks those made before: the earlier, the oftener."""

    def __init__(self) -> None:
        self.rng = random.Random(7)
        self.things: dict[str, list[Thing]] = {"enterprise": [], "person": [], "organization": []}

    def pick(self, label: str) -> Thing:
        """Return a thing: a new one, or one of the archive's regulars."""
        known = self.things[label]
        if known and self.rng.random() > NEW:
            return known[int(len(known) * self.rng.random() ** 3)]
        known.append(getattr(self, "_" + label)())
        return known[-1]

    def _letters(self, letters: str, least: int, most: int) -> str:
        return "".join(self.rng.choices(letters, k=self.rng.randint(least, most)))

    def _enterprise(self) -> Thing:
        if self.rng.random() < 0.25:
            brand = self._letters(SOUNDS, 3, 5)
            latin = (
                "".join(self.rng.choices("bcdfgklmnprstv", k=3)).title()
                + "".join(self.rng.choices("aeiou", k=2))
                + brand[0].encode().hex()[-2:]
            )
            return Thing("enterprise", f"{brand}（中国）{self.rng.choice(TRADES)}有限公司", brand, latin)
        brand, trade = self._letters(SYLLABLES, 2, 4), self.rng.choice(TRADES)
        return Thing(
            "enterprise",
            f"{self.rng.choice(REGIONS)}{brand}{trade}{self.rng.choice(TYPES)}",
            brand + trade if self.rng.random() < 0.6 else brand,
        )

    def _organization(self) -> Thing:
        if self.rng.random() < 0.3:
            full, short = self.rng.choice(OFFICES)
            town = (
                self.rng.choice(DISTRICTS)
                if self.rng.random() < 0.3
                else self._letters(SYLLABLES, 2, 2) + self.rng.choice("区县市")
            )
            return Thing("organization", town + full, town + short)
        brand, trade = self._letters(SYLLABLES, 2, 3), self.rng.choice(TRADES)
        return Thing(
            "organization", f"{self.rng.choice(REGIONS)}{brand}{trade}行业协会", f"{brand}{trade}协会"
        )

    def _person(self) -> Thing:
        bodies = [t.full for label in ("enterprise", "organization") for t in self.things[label][-3:]] or [
            "某公司"
        ]
        posts = [
            (self.rng.choice(bodies), self.rng.choice(TITLES))
            for _ in range(self.rng.choice((1, 1, 1, 2, 3)))
        ]
        if self.rng.random() < 0.25:
            given, family = self._letters(SOUNDS, 2, 3), self._letters(SOUNDS, 2, 4)
            latin = f"{given.encode().hex()[-5:]} {family.encode().hex()[-6:]}".translate(
                str.maketrans("0123456789", "ghijklmnop")
            ).title()
            return Thing("person", f"{given}·{family}", family, latin, posts)
        return Thing("person", self.rng.choice(SURNAMES) + self._letters(GIVEN, 1, 2), posts=posts)


def surface(thing: Thing, rng: random.Random) -> tuple[str, list[list[Any]]]:
    """Return how one article writes a thing: its fullest form, and the other forms with their kinds."""
    chance = rng.random()
    if thing.label == "person":
        if thing.latin and chance < 0.35:
            return (
                (thing.latin, [])
                if chance < 0.05
                else (thing.full, [[thing.latin, "latin", "body", None, None]])
            )
        return (thing.short, []) if thing.short and chance > 0.95 else (thing.full, [])
    if chance < 0.45 or not thing.short:
        return thing.full, [
            [thing.short, "declared", "body", None, None]
        ] if thing.short and chance < 0.25 else []
    if thing.latin and chance < 0.52:
        return thing.short, [[thing.latin, "latin", "body", None, None]]
    if thing.label == "organization" and chance < 0.55:
        return "区" + OFFICES[int(chance * 100) % 5][1], []
    return thing.short, []


class Maker:
    """Writes articles with their local entities, mentions, posts, reports and figures."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self.world = World()
        self.rng = self.world.rng
        self.rows: dict[str, list[Row]] = {}
        self.names: set[str] = set()
        self.articles = 0
        self.recent: list[tuple[str, str, str]] = []
        """Deals that another paper may report too: (left, right, day)."""

    def make(self, count: int) -> None:
        """Make articles until so many different names are written."""
        self.connection.execute(
            "insert into documents (id, path, media_type, bytes, status) values ('d', 'x', 'text/plain', 1, 'ok')"
        )
        while len(self.names) < count:
            self._article()
            if self.articles % BATCH == 0:
                self._flush()
        self._flush()

    def _article(self) -> None:
        rng, pick = self.rng, self.world.pick
        self.articles += 1
        article = stable_id("article", self.articles)
        year, day, paper = 2018 + rng.randrange(7), 5 + rng.randrange(6), rng.choice(PAPERS)
        labels = (
            ["enterprise"] * rng.randint(2, 6)
            + ["organization"] * rng.randint(0, 3)
            + ["person"] * rng.randint(1, 4)
        )
        district = rng.choice(DISTRICTS)
        written: dict[str, tuple[Thing, list[list[Any]]]] = {}
        for thing in (pick(label) for label in labels):
            name, forms = surface(thing, rng)
            written.setdefault(name, (thing, forms))
        when = f"{year}-11-{day:02}"
        left, right = self._deal(written, when)
        body = (
            "".join(self._facts(article, written, when))
            + f"{left}与{right}当天签约，金额{rng.randint(2, 900)}万元。"
        )
        self._report(article, body, (left, right), when, list(written))
        self._figure(article, body, when)
        self._add(
            "local_entities",
            article_id=article,
            local_entity=len(written),
            label="place",
            name=district,
            forms="[]",
        )
        self._add(
            "mentions",
            id=f"{article}p",
            article_id=article,
            field="headline",
            start=0,
            end=len(district),
            text=district,
            label="place",
            method="made",
            confidence=1,
            local_entity=len(written),
        )
        for copy in range(1 + (rng.random() < 0.02)):
            self._add("articles", id=article if not copy else article + "c", document_id="d", position=self.articles * 2 + copy, headline=f"{district}签约见闻", body=body, n_chars=len(body),
                      published=when, newspaper=paper, edition=year - 2017, confidence=1)  # fmt: skip

    def _facts(
        self, article: str, written: dict[str, tuple[Thing, list[list[Any]]]], when: str
    ) -> Iterator[str]:
        """Add the local entities, mentions and posts of an article; yield its body piece by piece."""
        at = 0
        bodies = {thing.full: i for i, (thing, _) in enumerate(written.values()) if thing.label != "person"}
        for number, (name, (thing, forms)) in enumerate(written.items()):
            self.names.update((name, *(form[0] for form in forms)))
            latin = (
                next((form[0] for form in forms if form[1] == "latin"), None)
                if thing.label == "person"
                else None
            )
            self._add(
                "local_entities",
                article_id=article,
                local_entity=number,
                label=thing.label,
                name=name,
                forms=json.dumps(forms, ensure_ascii=False),
                latin_name=latin,
            )
            before = ""
            if thing.posts and self.rng.random() < 0.7:
                organization, title = thing.posts[min((int(when[:4]) - 2018) // 3, len(thing.posts) - 1)]
                before = organization + title
                self._add("posts", id=f"{article}{number}", title=title, organization_text=organization, article_id=article, field="body", start=at, end=at + len(before), date=when,
                          local_person=number, local_organization=bodies.get(organization))  # fmt: skip
            start = at + len(before)
            self._add(
                "mentions",
                id=f"{article}{number}",
                article_id=article,
                field="body",
                start=start,
                end=start + len(name),
                text=name,
                label=thing.label,
                method="made",
                confidence=1,
                local_entity=number,
            )
            after = self.rng.choice(
                ("到会并介绍新品。", "在展台接待客商。", "带来多款首发产品。", "说今年的观众比往年多。")
            )
            at = start + len(name) + len(after)
            yield before + name + after

    def _deal(self, written: dict[str, Any], when: str) -> tuple[str, str]:
        if self.recent and self.rng.random() < 0.3:
            left, right, _ = self.rng.choice(self.recent)
            return left, right
        left, right = list(written)[:2]
        self.recent = [*self.recent[-20:], (left, right, when)]
        return left, right

    def _report(self, article: str, body: str, parties: Sequence[str], when: str, order: list[str]) -> None:
        start = body.rindex("。", 0, len(body) - 1) + 1
        report = f"{article}r"
        at = body.index("签约", start)
        self._add("event_reports", id=report, article_id=article, field="body", start=start, end=len(body), type="signing", trigger="签约", trigger_start=at, trigger_end=at + 2, evidence=body[start:],
                  date=when, edition=int(when[:4]) - 2017, status="done", open_list=0, method="made", confidence=1)  # fmt: skip
        for number, name in enumerate(parties):
            self._add(
                "event_participants",
                id=f"{report}{number}",
                report_id=report,
                role="party",
                name=name,
                local_entity=order.index(name) if name in order else None,
            )

    def _figure(self, article: str, body: str, when: str) -> None:
        start = body.rindex("金额") + 2
        self._add("figures", id=f"{article}f", article_id=article, field="body", start=start, end=len(body) - 1, text=body[start:-1], value=float(body[start:-3]) * 1e4, unit="元", subject="金额",
                  edition=int(when[:4]) - 2017)  # fmt: skip

    def _add(self, table: str, **row: Any) -> None:
        self.rows.setdefault(table, []).append(row)

    def _flush(self) -> None:
        for table in (
            "articles",
            "local_entities",
            "mentions",
            "posts",
            "event_reports",
            "event_participants",
            "figures",
        ):
            rows = self.rows.pop(table, [])
            columns = sorted({column for row in rows for column in row})
            self.connection.executemany(
                f"insert into [{table}] ({', '.join(f'[{c}]' for c in columns)}) values ({', '.join('?' for _ in columns)})",
                ([row.get(c) for c in columns] for row in rows),
            )
        self.connection.commit()


def peak_mb() -> float:
    """Return the highest resident memory of this process so far, in MB."""
    text = Path("/proc/self/status").read_text(encoding="ascii")
    return int(text.split("VmHWM:")[1].split()[0]) / 1024


def resolve_steps(path: Path) -> None:
    """Resolve the database and print seconds and peak memory of every step."""
    from miner.resolve import resolve

    connection = open_database(path)
    base, started = peak_mb(), time.perf_counter()
    last, worked = started, time.process_time()

    def told(step: str) -> None:
        nonlocal last, worked
        now, work = time.perf_counter(), time.process_time()
        print(
            f"  {step}: {now - last:.0f} s ({work - worked:.0f} s of the processor), peak so far {peak_mb():,.0f} MB",
            flush=True,
        )
        last, worked = now, work

    resolve(connection, told=told)
    names = ("enterprises", "people", "organizations", "places", "events", "aliases", "judgements")
    print(
        "  "
        + ", ".join(f"{connection.execute(f'select count(*) from [{n}]').fetchone()[0]:,} {n}" for n in names)
    )
    print(
        f"resolved in {time.perf_counter() - started:.0f} s ({time.process_time():.0f} s of the processor), peak memory {peak_mb():,.0f} MB ({base:,.0f} MB before resolving)"
    )
    connection.close()


def make(path: Path, count: int) -> None:
    """Make the database when it is not there."""
    connection = open_database(path, create=True)
    connection.execute("pragma synchronous = off")
    started = time.perf_counter()
    maker = Maker(connection)
    maker.make(count)
    size = {
        t: connection.execute(f"select count(*) from [{t}]").fetchone()[0]
        for t in ("articles", "local_entities", "posts", "event_reports")
    }
    print(
        f"{len(maker.names):,} distinct names; "
        + ", ".join(f"{n:,} {t}" for t, n in size.items())
        + f"; made in {time.perf_counter() - started:.0f} s",
        flush=True,
    )
    connection.close()


def main() -> None:
    """Make, resolve in a process of its own, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--names", type=int, default=1_000_000)
    parser.add_argument(
        "--db", type=Path, help="make the archive here and keep it; one that is there is resolved again"
    )
    parser.add_argument("--step", choices=("make", "resolve"), help="only this")
    given = parser.parse_args()
    if given.step:
        make(given.db, given.names) if given.step == "make" else resolve_steps(given.db)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = given.db or Path(folder) / "made.db"
        for step in ("resolve",) if path.exists() else ("make", "resolve"):
            subprocess.run(
                [sys.executable, __file__, "--step", step, "--names", str(given.names), "--db", str(path)],
                check=True,
            )


if __name__ == "__main__":
    main()
