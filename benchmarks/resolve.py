"""Resolve an archive of a million distinct names: time and peak memory.

    python benchmarks/resolve.py [--names 1000000]

Makes, in a temporary folder, a database whose articles name that many different enterprises, people and bodies (a few of
them again and again, as in real coverage), then resolves names, people and events. Prints seconds and peak resident memory.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from miner.offsets import stable_id
from miner.resolve.assign import clear, count_and_date, write_aliases, write_groups, write_people
from miner.resolve.entities import resolve_label
from miner.resolve.events import resolve_events
from miner.resolve.judge import store_judgements
from miner.resolve.people import resolve_people
from miner.store.database import open_database

REGIONS = ("上海", "广州", "深圳", "北京", "苏州", "杭州", "成都", "武汉", "天津", "青岛")
TRADES = ("食品", "科技", "医疗", "贸易", "物流", "化工", "机械", "电子", "乳业", "家居")
SYLLABLES = "安博成达恩丰光海恒华嘉金康乐利联龙美明能诺平启瑞盛泰通万维祥新信兴星亚益永优裕远云泽中卓"
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
PER_ARTICLE = 8


def names(count: int) -> Iterator[tuple[str, str]]:
    """Yield (label, name), most of them once, one in five from the first thousand."""
    rng = random.Random(7)
    seen: list[tuple[str, str]] = []
    made = 0
    while made < count:
        if seen and rng.random() < 0.2:
            yield rng.choice(seen)
            continue
        brand = "".join(rng.choices(SYLLABLES, k=4))
        kind = rng.random()
        if kind < 0.55:
            pair = ("enterprise", f"{rng.choice(REGIONS)}{brand}{rng.choice(TRADES)}有限公司")
        elif kind < 0.85:
            pair = ("person", rng.choice(SURNAMES) + "".join(rng.choices(SYLLABLES, k=2)))
        else:
            pair = ("organization", f"{brand}{rng.choice(TRADES)}行业协会")
        made += 1
        if len(seen) < 1000:
            seen.append(pair)
        yield pair


def main() -> None:
    """Make, resolve, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--names", type=int, default=1_000_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        connection = open_database(Path(folder) / "x.db", create=True).conn
        connection.execute("insert into documents (id, path, media_type, bytes, status) values ('d', 'x', 'text/plain', 1, 'ok')")
        article, position, number = "", 0, 0
        distinct = set()
        for i, (label, name) in enumerate(names(given.names)):
            distinct.add(name)
            if i % PER_ARTICLE == 0:
                number += 1
                article = stable_id("article", number)
                day = f"20{18 + number % 7}-11-{5 + number % 6:02}"
                connection.execute("insert into articles (id, document_id, position, body, n_chars, published, newspaper, confidence) values (?, 'd', ?, '', 0, ?, ?, 1)", (article, number, day, f"报{number % 30}"))
            position = i % PER_ARTICLE
            connection.execute("insert into local_entities (article_id, local_entity, label, name, forms) values (?, ?, ?, ?, ?)", (article, position, label, name, json.dumps([])))
            connection.execute(
                "insert into mentions (id, article_id, field, start, [end], text, label, method, confidence, local_entity) values (?, ?, 'body', ?, ?, ?, ?, 'made', 1, ?)",
                (f"m{i}", article, position * 20, position * 20 + len(name), name, label, position),
            )
        connection.commit()
        names_made = len(distinct)
        del distinct
        base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        started = time.perf_counter()
        with connection:
            clear(connection)
            for label in ("enterprise", "organization", "place"):
                groups, roots, judgements = resolve_label(connection, label)
                store_judgements(connection, judgements)
                write_groups(connection, label, groups, roots)
                print(f"{label}: {time.perf_counter() - started:.0f} s")
                del groups, roots
            write_people(connection, resolve_people(connection))
            print(f"people: {time.perf_counter() - started:.0f} s")
            count_and_date(connection)
            write_aliases(connection)
            resolve_events(connection)
        seconds = time.perf_counter() - started
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{names_made:,} distinct names, {number:,} articles: {seconds:.0f} s, peak memory {peak:,.0f} MB ({base:,.0f} MB before resolving)")
        connection.close()


if __name__ == "__main__":
    main()
