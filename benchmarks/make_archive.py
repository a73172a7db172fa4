"""Make an archive by program: `python benchmarks/make_archive.py big.db --articles 1000000`.

Every text is put together from templates written for this file; nothing is taken from a newspaper. The same seed gives
the same rows. Facts have right offsets, so that every page of the Datasette plugin works on the result.
"""

from __future__ import annotations

import argparse
import itertools
import random
import sqlite3
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from miner.offsets import stable_id
from miner.publish.index import fts, summaries, views
from miner.store import schema

BATCH = 2_000
NEWSPAPERS = (
    "浦江新报",
    "临港日报",
    "虹桥晚报",
    "徐汇周刊",
    "青浦时讯",
    "长三角商报",
    "国际贸易报",
    "医械导刊",
)
SECTIONS = ("要闻", "经济", "国际", "区县", "专版", "评论")
HEADS = [
    "瑞",
    "科",
    "华",
    "信",
    "安",
    "博",
    "康",
    "达",
    "维",
    "诺",
    "赛",
    "欧",
    "亚",
    "泰",
    "丰",
    "凯",
    "利",
    "恩",
    "宝",
    "联",
    "美",
    "罗",
    "尔",
    "德",
    "森",
    "格",
    "迪",
    "曼",
    "兰",
    "卡",
    "莱",
    "沃",
    "林",
    "奥",
    "拜",
    "伊",
    "艾",
    "贝",
    "克",
    "斯",
]
TRADES = [
    "生物",
    "医疗",
    "食品",
    "乳业",
    "汽车",
    "半导体",
    "机械",
    "化工",
    "日化",
    "服饰",
    "物流",
    "能源",
    "软件",
    "仪器",
    "新材料",
]
COUNTRIES = [
    "日本",
    "德国",
    "法国",
    "美国",
    "英国",
    "意大利",
    "新西兰",
    "澳大利亚",
    "瑞士",
    "韩国",
    "新加坡",
    "丹麦",
    "荷兰",
    "巴西",
    "泰国",
    "中国",
]
SUFFIXES = ("（中国）有限公司", "集团", "株式会社", "（上海）贸易有限公司", "科技股份有限公司")
SURNAMES = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾萧田董潘袁蔡蒋余于杜叶程魏苏吕丁沈任姚卢傅钟姜崔谭陆汪范金石廖贾夏韦方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华慧建国文辉力健俊玲婷宇浩凯鑫欣然子涵雨泽晨曦思远佳怡若溪景行知安望舒云帆清扬"
ORGS = [
    "商务局",
    "税务局",
    "市场监管局",
    "投促办",
    "贸促会",
    "工商联",
    "海关",
    "卫健委",
    "科创办",
    "文旅局",
    "大学",
    "研究院",
    "行业协会",
    "商会",
]
DISTRICTS = [
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
]
POSTS = ("董事长", "总经理", "首席执行官", "副总裁", "大中华区总裁", "全球执行副总裁", "市场总监")
PRODUCTS = [
    "检测仪",
    "手术机器人",
    "电动越野车",
    "有机奶粉",
    "护肤精华",
    "智能假肢",
    "氢能叉车",
    "碳纤维座椅",
    "冻干果粒",
    "光刻胶",
    "分拣系统",
    "心脏瓣膜",
    "助听器",
    "咖啡机",
    "降噪轮胎",
]
WORDS = [
    "订单",
    "展台",
    "合作",
    "供应链",
    "关税",
    "首发",
    "观众",
    "采购商",
    "翻译",
    "样机",
    "仓库",
    "航班",
    "通关",
    "检疫",
    "物流",
    "签名簿",
    "展板",
    "海报",
    "灯光",
    "讲解",
    "直播",
    "洽谈室",
    "咖啡",
    "排队",
    "名片",
    "门票",
    "地铁",
    "大巴",
    "志愿者",
    "安检",
    "绿色",
    "低碳",
    "数字化",
    "智能",
    "健康",
    "养老",
    "乡村",
    "跨境",
    "保税",
    "溢出",
    "效应",
    "窗口",
    "平台",
    "开放",
    "共享",
    "机遇",
    "信心",
    "增长",
    "复苏",
    "韧性",
    "转型",
    "升级",
    "创新",
    "研发",
    "工厂",
    "总部",
    "园区",
    "楼宇",
    "人才",
    "专利",
    "标准",
]
# $E enterprise, $P person, $O organization, $L place, $W word, $D product, $N number, $T date, $J post
EVENT_LINES: tuple[tuple[str, str, str], ...] = (
    ("signing", "签约", "$T，$E与$E在$L举行签约仪式，金额达$N万美元。"),
    ("exhibition", "参展", "$E再次参展，展台上的$D引来不少$W。"),
    ("exhibition", "亮相", "首次亮相的$E把$D搬进了国家会展中心。"),
    ("launch", "发布", "$T，$E在现场发布新款$D，并谈到了$W与$W。"),
    ("visit", "走访", "$T，$O负责人$P走访$E，了解$W情况。"),
    ("meeting", "会见", "$P会见了$E一行，双方就$W交换意见。"),
    ("founding", "揭牌", "$E研发中心$T在$L揭牌。"),
    ("investment", "增资", "$E宣布在$L增资$N万元，用于$W。"),
    ("procurement", "采购", "$O向$E采购$D$N台。"),
    ("ceremony", "开幕", "$T，展会在上海开幕，$P出席。"),
    ("conference", "论坛", "$O主办的$W论坛在$L举行，$P到会。"),
    ("award", "获奖", "$E凭借$D获奖。"),
)
QUOTE_LINES = (
    "“我们把$D第一次带到这里，$W比预想的更热。”$E$J$P说。",
    "“$W不是口号，是一张张订单。”$P表示，“明年还要再来。”",
    "$E$J$P介绍，$W是今年的重点。",
)
FIGURE_LINES = (
    ("exhibitors", "家", "据统计，本届共有$N多家企业参展，$W成为热词。"),
    ("exhibition_area", "平方米", "展览面积$N平方米，$W与$W都有专区。"),
    ("intended_deals", "亿美元", "按一年计，意向成交$N亿美元。"),
)
PLAIN_LINES = (
    "记者在$L看到，$W前排起长队，有人专为$W而来。", "说起$W，$P打开了话匣子，从$W讲到$W。", "在$W旁边，$D正在演示，屏幕上滚动着$W。",
    "一位来自$L的观众说，$W和$W让她印象很深。", "夜里十点，$W还亮着灯，$W也没有停。", "业内人士认为，$W将带动$W。",
)  # fmt: skip
ROLES = {"signing": "party", "exhibition": "exhibitor", "visit": "visited", "meeting": "participant"}
LABELS = {"E": "enterprise", "P": "person", "O": "organization", "L": "place"}
TABLES = {"enterprise": "enterprises", "person": "people", "organization": "organizations", "place": "places"}


@dataclass(slots=True)
class World:
    """What the articles speak of: names with ids, frequent ones first."""

    names: dict[str, list[tuple[str, str, str]]]
    """By label: id, full name, name as usually written."""
    weights: dict[str, list[float]]

    def pick(self, label: str, rng: random.Random) -> tuple[str, str, str]:
        """Return a thing of the kind, frequent ones more often (Zipf)."""
        return rng.choices(self.names[label], cum_weights=self.weights[label])[0]


@dataclass(slots=True)
class Story:
    """An article under construction, with the rows that belong to it."""

    id: str
    published: str
    edition: int
    parts: list[str] = field(default_factory=list)
    length: int = 0
    rows: dict[str, list[tuple[Any, ...]]] = field(default_factory=dict)
    local: dict[str, int] = field(default_factory=dict)

    def add(self, table: str, *values: Any) -> None:
        """Keep a row for a table."""
        self.rows.setdefault(table, []).append(values)


def make_world(articles: int, rng: random.Random) -> World:
    """Make the names; their number grows with the archive."""
    counts = {
        "E": max(120, articles // 50),
        "P": max(200, articles // 40),
        "O": max(60, articles // 500),
        "L": 40,
    }
    names: dict[str, list[tuple[str, str, str]]] = {key: [] for key in counts}
    used: set[str] = set()
    for key, count in counts.items():
        while len(names[key]) < count:
            name = _name(key, rng)
            if name[1] not in used:
                used.add(name[1])
                names[key].append((stable_id(LABELS[key], name[1]), name[1], name[2]))
            elif key == "L" and len(used) > 20 and rng.random() < 0.01:
                break
    weights = {
        key: list(itertools.accumulate(1 / (rank + 3) for rank in range(len(found))))
        for key, found in names.items()
    }
    return World(names, weights)


def _name(key: str, rng: random.Random) -> tuple[str, str, str]:
    if key == "E":
        short = "".join(rng.choice(HEADS) for _ in range(rng.choice((2, 3, 3, 4)))) + rng.choice(
            ("", *TRADES)
        )
        return key, short + rng.choice(SUFFIXES), short
    if key == "P":
        name = rng.choice(SURNAMES) + "".join(rng.choice(GIVEN) for _ in range(rng.choice((1, 2, 2))))
        if rng.random() < 0.2:
            name = (
                "".join(rng.choice(HEADS) for _ in range(2))
                + "·"
                + "".join(rng.choice(HEADS) for _ in range(3))
            )
        return key, name, name
    if key == "O":
        name = rng.choice(
            (*DISTRICTS, *COUNTRIES, "".join(rng.choice(HEADS) for _ in range(2)))
        ) + rng.choice(ORGS)
        return key, name, name
    name = rng.choice(DISTRICTS) + rng.choice(("", "科技园", "保税区", "会展路", "创新港", "滨江"))
    return key, name, name


def make_story(number: int, world: World, rng: random.Random) -> tuple[Story, tuple[Any, ...]]:
    """Write one article; returns it with its row."""
    edition = rng.choices(range(1, 9), cum_weights=(5, 11, 18, 26, 35, 46, 58, 70))[0]
    day = date(2017 + edition, 11, 5) + timedelta(days=round(rng.gauss(2, 25)))
    story = Story(stable_id("article", number), day.isoformat(), edition)
    lines: list[tuple[str, str, Any]] = [
        ("event", line, (kind, word)) for kind, word, line in rng.choices(EVENT_LINES, k=2)
    ]
    lines += [("quote", rng.choice(QUOTE_LINES), None)] * (rng.random() < 0.7)
    lines += [
        ("figure", line, (measure, unit))
        for measure, unit, line in rng.choices(FIGURE_LINES, k=rng.random() < 0.5)
    ]
    lines += [("plain", rng.choice(PLAIN_LINES), None) for _ in range(rng.randint(6, 20))]
    rng.shuffle(lines)
    for at, (kind, line, extra) in enumerate(lines):
        _write_line(story, (kind, line, extra), world, rng)
        if at % 3 == 2 and at + 1 < len(lines):
            _append(story, "\n")
    body = "".join(story.parts)
    headline = f"{world.pick('E', rng)[2]}{rng.choice(('带来', '展出', '看好', '加码'))}{rng.choice(PRODUCTS)} {rng.choice(WORDS)}添{rng.choice(WORDS)}"
    row = (
        story.id, f"doc{number // 4}", number % 4, headline, None, None, rng.choice(SECTIONS), f"记者 {world.pick('P', rng)[1]}", story.published,
        rng.choices(NEWSPAPERS, cum_weights=(30, 50, 65, 75, 83, 90, 96, 100))[0], str(rng.randint(1, 16)), body, len(body), edition,
        None, None, None, None, round(rng.uniform(0.55, 1), 2), "标题与正文同现 3 个二字组", None,
    )  # fmt: skip
    return story, row


def _append(story: Story, text: str) -> None:
    story.parts.append(text)
    story.length += len(text)


def _write_line(story: Story, line: tuple[str, str, Any], world: World, rng: random.Random) -> None:
    kind, template, extra = line
    start, filled = story.length, []
    pieces = template.split("$")
    _append(story, pieces[0])
    for piece in pieces[1:]:
        slot, rest = piece[0], piece[1:]
        filled.append((slot, *_fill(story, slot, world, rng)))
        _append(story, rest)
    text = "".join(story.parts)[start:]
    if kind == "event":
        _add_event(story, (start, text), extra, filled)
    elif kind == "quote":
        _add_quote(story, (start, text), filled)
    elif kind == "figure":
        number = next(item for item in filled if item[0] == "N")
        value = float(number[2]) * (1e8 if extra[1] == "亿美元" else 1)
        story.add("figures", stable_id("f", story.id, start), story.id, "body", number[3], number[4], number[2], value, extra[1].replace("亿", ""),
                  "多" if "多家" in text else None, extra[0], extra[0], None, story.edition, story.published)  # fmt: skip


def _fill(story: Story, slot: str, world: World, rng: random.Random) -> tuple[str | None, str, int, int]:
    entity: tuple[str, str, str] | None = world.pick(slot, rng) if slot in LABELS else None
    day = date.fromisoformat(story.published)
    if entity:
        text = entity[1] if entity[0] not in story.local and rng.random() < 0.6 else entity[2]
    elif slot == "N":
        text = str(rng.choice((rng.randint(2, 99), rng.randint(100, 3600), 3400, 366)))
    else:
        text = {"W": lambda: rng.choice(WORDS), "D": lambda: rng.choice(PRODUCTS), "J": lambda: rng.choice(POSTS),
                "T": lambda: f"{day.month}月{day.day}日"}[slot]()  # fmt: skip
    start = story.length
    _append(story, text)
    if entity:
        local = story.local.setdefault(entity[0], len(story.local))
        label = LABELS[slot]
        refs = tuple(entity[0] if label == other else None for other in TABLES)
        story.add(
            "mentions",
            stable_id("m", story.id, start),
            story.id,
            "body",
            start,
            story.length,
            text,
            label,
            *refs,
            "template",
            0.95,
            local,
        )
    return (entity[0] if entity else None), text, start, story.length


def _add_event(
    story: Story, line: tuple[int, str], extra: tuple[str, str], filled: list[tuple[Any, ...]]
) -> None:
    start, text = line
    kind, trigger = extra
    at = start + text.index(trigger)
    parties = [item for item in filled if item[0] in "EPO"]
    lead = parties[0][1] if parties else story.id
    event = stable_id("event", kind, lead, story.published)
    report = stable_id("r", story.id, start)
    amount = (
        next((float(item[2]) * 1e4 for item in filled if item[0] == "N"), None)
        if kind in ("signing", "investment")
        else None
    )
    unit = ("美元" if kind == "signing" else "元") if amount else None
    place = next((item[2] for item in filled if item[0] == "L"), None)
    title = "、".join(item[2] for item in parties[:3]) + trigger
    story.add(
        "events",
        event,
        kind,
        title,
        story.published,
        None,
        "day",
        place,
        story.edition,
        "done",
        1,
        amount,
        unit,
    )
    story.add("event_reports", report, event, story.id, "body", start, start + len(text), kind, trigger, at, at + len(trigger), text, story.published,
              None, None, "issue", place, story.edition, "done", 0, amount, unit, "template", 0.9)  # fmt: skip
    for number, (slot, entity, name, *_) in enumerate(parties):
        refs = tuple(entity if LABELS[slot] == other else None for other in TABLES)
        role = ROLES.get(kind, "participant") if slot == "E" else "official"
        story.add(
            "event_participants",
            stable_id("p", report, number),
            event,
            report,
            role,
            name,
            *refs,
            story.local[entity],
        )


def _add_quote(story: Story, line: tuple[int, str], filled: list[tuple[Any, ...]]) -> None:
    start, text = line
    person = next(item for item in filled if item[0] == "P")
    company = next((item for item in filled if item[0] == "E"), None)
    direct = text.startswith("“")
    begin, end = (1, text.index("”")) if direct else (text.index("，") + 1, len(text) - 1)
    story.add("quotes", stable_id("q", story.id, start), story.id, "body", start + begin, start + end, text[begin:end], int(direct), "说", person[2],
              None, person[1], None, None, 0.9, story.local[person[1]])  # fmt: skip
    if company:
        post = next(item for item in filled if item[0] == "J")
        story.add("posts", stable_id("o", story.id, start), person[1], post[2], company[2], company[1], None, story.id, "body", company[3], person[4],
                  story.published, "present", None, None, story.local[person[1]], story.local[company[1]])  # fmt: skip


_COLUMNS = {
    "documents": (
        "id",
        "path",
        "media_type",
        "encoding",
        "newspaper",
        "issue_date",
        "page",
        "bytes",
        "n_chars",
        "status",
    ),
    "enterprises": ("id", "name", "short_name", "country", "industry"),
    **{
        table: ("id", "name", "latin_name" if table == "people" else "kind")
        for table in ("people", "organizations", "places")
    },
}
"""What is written of tables of which few columns are."""
_LEFT_OUT = {("mentions", "evidence")}
"""Columns that are left empty."""


def fill(connection: sqlite3.Connection, articles: int, seed: int) -> Iterator[int]:
    """Write the articles in batches; yields how many are done."""
    rng = random.Random(seed)
    world = make_world(articles, rng)
    for first in range(0, articles, BATCH):
        rows: dict[str, list[tuple[Any, ...]]] = {}
        for number in range(first, min(first + BATCH, articles)):
            story, row = make_story(number, world, rng)
            if number % 4 == 0:
                rows.setdefault("documents", []).append((f"doc{number // 4}", f"{row[9]}/{story.published}/{number}.txt", "text/plain", "utf-8", row[9],
                                                         story.published, row[10], row[12] * 3, row[12], "ok"))  # fmt: skip
            rows.setdefault("articles", []).append(row)
            rows.setdefault("article_lines", []).extend(_lines(number, story.id, row))
            for name, found in story.rows.items():
                rows.setdefault(name, []).extend(found)
        for name, made in rows.items():
            _put(connection, "insert or ignore" if name == "events" else "insert", name, made)
        yield min(first + BATCH, articles)
    _write_names(connection, world)


def _put(connection: sqlite3.Connection, verb: str, name: str, rows: list[tuple[Any, ...]]) -> None:
    """Write rows of one table: what they do not hold of its columns has its default."""
    columns = _COLUMNS.get(name) or tuple(
        column.name for column in schema.table(name).columns if (name, column.name) not in _LEFT_OUT
    )
    marks = ", ".join("?" * len(columns))
    connection.executemany(f"{verb} into [{name}] ({', '.join(columns)}) values ({marks})", rows)


def _lines(number: int, article: str, row: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    base = (number % 4) * 1000 + 1
    yield (f"doc{number // 4}", base, article, "headline", None, None, row[3], None, None, None)
    body, width = row[11], 24
    for at, start in enumerate(range(0, len(body), width)):
        text = body[start : start + width].replace("\n", " ")
        yield (
            f"doc{number // 4}",
            base + 1 + at,
            article,
            "body",
            start,
            min(start + width, len(body)),
            text,
            None,
            None,
            None,
        )


def _write_names(connection: sqlite3.Connection, world: World) -> None:
    rng = random.Random(1)
    for key, label in LABELS.items():
        more = {"E": 3, "P": 1, "O": 1, "L": 1}[key]
        rows = []
        for identity, name, short in world.names[key]:
            extra: tuple[Any, ...] = (
                (short, rng.choice(COUNTRIES), rng.choice(TRADES)) if key == "E" else (None,)
            )
            rows.append((identity, name, *extra[:more]))
        _put(connection, "insert or ignore", TABLES[label], rows)
    aliases = [
        (stable_id("alias", i), short, "short", i, None, None, None, None, None, None, None)
        for i, name, short in world.names["E"]
        if short != name
    ]
    connection.executemany(f"insert or ignore into aliases values ({', '.join('?' * 11)})", aliases)


def finish(connection: sqlite3.Connection) -> None:
    """Add indexes, counts, summaries, views and the full-text index."""
    for statement in schema.index_sql():
        connection.execute(statement)
    connection.execute(
        "update events set n_reports = (select count(*) from event_reports r where r.event_id = events.id)"
    )
    summaries.rebuild(connection)
    for name in TABLES.values():
        connection.execute(
            f"update [{name}] set (n_mentions, n_articles, first_seen, last_seen) = (select coalesce(sum(n_mentions), 0), count(*), min(published), "
            f"max(published) from appearances where entity_id = [{name}].id)"
        )
    connection.execute("insert into runs (id, started, finished, version, command, config_sha256, model_sha256, documents, articles) "
                       "select 'run', '2025-11-20T08:00:00Z', '2025-11-20T09:00:00Z', '0', 'benchmarks/make_archive.py', '0', '0', "
                       "(select count(*) from documents), (select count(*) from articles)")  # fmt: skip
    views.create_views(connection)
    fts.rebuild(connection)


def make(path: Path, articles: int, *, seed: int = 2018) -> None:
    """Make the whole archive; an existing file is refused."""
    if path.exists():
        raise SystemExit(f"{path} exists already")
    connection = sqlite3.connect(path)
    for pragma in ("journal_mode = off", "synchronous = off", "cache_size = -400000", "temp_store = file"):
        connection.execute(f"pragma {pragma}")
    for table in schema.TABLES:
        connection.execute(table.create_sql())
    connection.execute(f"pragma user_version = {schema.SCHEMA_VERSION}")
    started = time.monotonic()
    for done in fill(connection, articles, seed):
        if done % 50_000 == 0 or done == articles:
            sys.stdout.write(f"{done} articles, {time.monotonic() - started:.0f} s\n")
            sys.stdout.flush()
    finish(connection)
    connection.commit()
    connection.execute("pragma journal_mode = wal")
    connection.execute("analyze")
    connection.commit()
    connection.close()
    sys.stdout.write(f"finished in {time.monotonic() - started:.0f} s, {path.stat().st_size / 1e9:.2f} GB\n")


def main() -> None:
    """Read the arguments and make the archive."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("--articles", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=2018)
    arguments = parser.parse_args()
    make(arguments.path, arguments.articles, seed=arguments.seed)


if __name__ == "__main__":
    main()
