"""Enterprises, organizations and places of the whole archive: groups of names, judged and joined.

Blocking: two groups are compared when one shows the other's name as a form of its own, or when both have one core.
Nothing is merged on a bare short name alone: a short form needs an owner that is the only one, and company they share.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from itertools import chain, groupby
from typing import NamedTuple

from miner.resolve.judge import Judgement, Reason, Union, store_judgements, weigh
from miner.resolve.local import Group, Groups
from miner.resolve.names import abbreviations, fold

_BLOCK_LIMIT = 50
"""Groups with one core, or owners of one short form, beyond which it is a common word and says nothing."""


class Compared(NamedTuple):
    """Two groups and the judgement on them."""

    judgement: Judgement
    left: str
    right: str


def resolve_label(connection: sqlite3.Connection, label: str) -> Groups:
    """Group the enterprises, organizations or places, judge what may be one, store the judgements; return the joined groups."""
    groups = Groups(connection, label)
    union = Union()
    passes: list[Iterator[Compared]] = []
    if label == "enterprise":
        passes.append(_of_known(groups))
    if label in ("enterprise", "organization"):
        passes.extend((_short_forms(groups), _abbreviations(groups)))
    if label == "enterprise":
        passes.append(_same_core(groups))
    store_judgements(connection, _joining(chain.from_iterable(passes), union))
    connection.executemany("update grouped set root = ? where key = ?", ((union.root(key), key) for key in union.members()))
    return groups


def _joining(compared: Iterator[Compared], union: Union) -> Iterator[Judgement]:
    for judgement, left, right in compared:
        if judgement.same:
            union.join(left, right)
        yield judgement


def _of_known(groups: Groups) -> Iterator[Compared]:
    """A full name whose core is a brand of the lexicon is that brand's company here: 旭化成（中国）投资有限公司 → 旭化成."""
    known: dict[str, Group] = {}
    for owner in groups.select("known_as is not null"):
        for form in (owner.known_as, *owner.names):
            known.setdefault(fold(form or ""), owner)
    rows = groups.connection.execute("select key, id, name, core from grouped where known_as is null and length(name) > length(core) order by key")
    for key, identifier, name, bare in rows:
        if bare in known:
            owner = known[bare]
            score, reasons = weigh(1.5, [Reason(1.0, f"去掉地区与公司类型后即为「{owner.name}」")])
            yield Compared(Judgement("enterprise", identifier, owner.id, name, owner.name, score, reasons), key, owner.key)


def _short_forms(groups: Groups) -> Iterator[Compared]:
    rows = groups.connection.execute(
        "select g.key, o.key from grouped g join form_of f on f.form = g.folded join grouped o on o.key = f.key"
        " where g.known_as is null and o.key <> g.key and length(o.name) > length(g.name) order by g.key, o.key"
    )
    for key, owners in groupby(rows, key=lambda row: row[0]):
        short = groups.load(key)
        text = fold(short.name)
        candidates = [owner for _, owner in owners]
        for owner in map(groups.load, candidates[:_BLOCK_LIMIT]):
            kind = owner.forms.get(text, "variant")
            reasons = [
                Reason(1.2 if len(candidates) == 1 else -1.5, "档案中只有它用此简称" if len(candidates) == 1 else f"有{len(candidates)}家用此简称"),
                Reason(1.0 if kind == "declared" else 0.3, "文中声明的简称" if kind == "declared" else "文中用过的简称"),
                Reason(0.4 * min(len(text), 5) - 1.2, f"简称{len(text)}字"),
                *_shared_company(groups, short, owner), *_shared_papers(short, owner),
            ]  # fmt: skip
            score, texts = weigh(-1.0, reasons)
            yield Compared(Judgement(short.label, short.id, owner.id, short.name, owner.name, score, texts), short.key, owner.key)


def _abbreviations(groups: Groups) -> Iterator[Compared]:
    """Compare names that begin alike and end in a body's type: 静安区投促办 and 静安区投资促进办公室."""
    if groups.label != "organization":
        return
    for key, found in groupby(_abbreviated(groups), key=lambda row: row[0]):
        left = groups.load(key)
        short = fold(_written(key))
        owners = [groups.load(owner) for _, owner in found]
        for right in owners:
            reasons = [
                Reason(2.0 if len(owners) == 1 else 0.0, f"「{short}」是「{right.name}」逐词的缩写"),
                *_shared_company(groups, left, right), *_shared_papers(left, right),
            ]  # fmt: skip
            score, texts = weigh(-1.0, reasons)
            yield Compared(Judgement(left.label, left.id, right.id, left.name, right.name, score, texts), left.key, right.key)


def _abbreviated(groups: Groups) -> list[tuple[str, str]]:
    """Return (key of the short name, key of the full name), sorted: every abbreviation of a full name is looked up, so no block is too large."""
    connection = groups.connection
    connection.execute("drop table if exists temp.written")
    connection.execute("create temp table written (text text not null, key text not null, primary key (text, key)) without rowid")
    connection.executemany("insert into written values (?, ?)", ((fold(_written(key)), key) for (key,) in connection.execute("select key from grouped order by key")))
    texts = {row[0] for row in connection.execute("select distinct text from written where length(text) >= 3")}
    pairs = set()
    for full, key in connection.execute("select text, key from written where length(text) > 3"):
        for short in abbreviations(full, among=texts):
            for (owner,) in connection.execute("select key from written where text = ?", (short,)):
                pairs.add((owner, key))
    return sorted(pairs)


def _written(key: str) -> str:
    """Return the name in a key, without the kind of key and the newspaper it may hold."""
    name = key.partition(":")[2]
    return name.partition("|")[2] or name


def _shared_company(groups: Groups, left: Group, right: Group) -> list[Reason]:
    a, b = groups.companions(left.key), groups.companions(right.key)
    own = {fold(n) for g in (left, right) for n in (*g.names, *g.forms)}
    shared = sorted((a.keys() & b.keys()) - own, key=lambda name: (a[name] + b[name], name))
    if shared:
        return [Reason(min(0.5 * len(shared), 2.0), "同现:" + "、".join(shared[:3]))]
    return []


def _shared_papers(left: Group, right: Group) -> list[Reason]:
    reasons = []
    if left.newspapers & right.newspapers:
        reasons.append(Reason(0.3, "同一报纸"))
    if left.first and right.first and left.first[:4] == right.first[:4]:
        reasons.append(Reason(0.3, "同一年"))
    return reasons


def _same_core(groups: Groups) -> Iterator[Compared]:
    """Two full names that differ in region or legal form alone."""
    rows = groups.connection.execute("select core, key, id, name, region from grouped where known_as is null and length(core) >= 3 and folded <> core order by core, key")
    for bare, found in groupby(rows, key=lambda row: row[0]):
        block = list(found)
        if 2 <= len(block) <= _BLOCK_LIMIT:
            _, first, first_id, first_name, first_region = block[0]
            for _, key, identifier, name, region in block[1:]:
                regions = {first_region, region} - {""}
                reasons = [Reason(0.5 * min(len(bare), 6) - 1.5, f"同为「{bare}」")]
                reasons.append(Reason(-2.5, "地区不同:" + "、".join(sorted(regions))) if len(regions) == 2 else Reason(1.0, "地区不矛盾"))
                score, texts = weigh(0.0, reasons)
                yield Compared(Judgement("enterprise", first_id, identifier, first_name, name, score, texts), first, key)
