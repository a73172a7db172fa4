"""Enterprises, organizations and places of the whole archive: groups of names, judged and joined.

Blocking: two groups are compared when one shows the other's name as a form of its own, or when both have one core.
Nothing is merged on a bare short name alone: a short form needs an owner that is the only one, and company they share.
"""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator

from miner.resolve.judge import Judgement, Reason, Union, weigh
from miner.resolve.local import Group, add, companions, key_of, locals_of, owners
from miner.resolve.names import abbreviates, core, fold
from miner.resolve.regions import Qualifier

_ABBREVIATION_BLOCK = 400
"""Names that begin with the same characters beyond which abbreviations are not sought."""
_BLOCK_LIMIT = 50
"""Groups with one core beyond which the core is a common word and says nothing."""


def resolve_label(connection: sqlite3.Connection, label: str) -> tuple[dict[str, Group], dict[str, str], list[Judgement]]:
    """Return (groups by key, root key of every key, judgements) for enterprises, organizations or places."""
    qualifier = Qualifier(connection) if label == "organization" else None
    groups: dict[str, Group] = {}
    for local in locals_of(connection, label):
        key = qualifier.key(local) if qualifier else key_of(local)
        add(groups, local, key)
    judgements: list[Judgement] = []
    union = Union()
    if label == "enterprise":
        _fold_into_known(groups, union, judgements)
    if label in ("enterprise", "organization"):
        for judgement, left, right in _short_forms(connection, groups):
            judgements.append(judgement)
            if judgement.same:
                union.join(left.key, right.key)
        for judgement, left, right in _abbreviations(connection, groups):
            judgements.append(judgement)
            if judgement.same:
                union.join(left.key, right.key)
    if label == "enterprise":
        for judgement, left, right in _same_core(groups):
            judgements.append(judgement)
            if judgement.same:
                union.join(left.key, right.key)
    return groups, {key: union.root(key) for key in groups}, judgements


def _fold_into_known(groups: dict[str, Group], union: Union, judgements: list[Judgement]) -> None:
    """A full name whose core is a brand of the lexicon is that brand's company here: 旭化成（中国）投资有限公司 → 旭化成."""
    known = {fold(form): group for group in groups.values() if group.known_as for form in (group.known_as, *group.names)}
    for key in sorted(groups):
        group = groups[key]
        if group.known_as:
            continue
        bare, _ = core(group.name)
        owner = known.get(bare)
        if owner is not None and owner.key != key and len(group.name) > len(bare):
            score, reasons = weigh(1.5, [Reason(1.0, f"去掉地区与公司类型后即为「{owner.name}」")])
            judgements.append(Judgement("enterprise", group.id, owner.id, group.name, owner.name, score, reasons))
            union.join(key, owner.key)


def _short_forms(connection: sqlite3.Connection, groups: dict[str, Group]) -> Iterator[tuple[Judgement, Group, Group]]:
    by_form = owners(groups)
    for key in sorted(groups):
        short = groups[key]
        if short.known_as:
            continue
        text = fold(short.name)
        candidates = [g for g in by_form.get(text, []) if g.key != key and len(g.name) > len(short.name)]
        for owner in candidates[:_BLOCK_LIMIT]:
            kind = owner.forms.get(text, "variant")
            reasons = [
                Reason(1.2 if len(candidates) == 1 else -1.5, "档案中只有它用此简称" if len(candidates) == 1 else f"有{len(candidates)}家用此简称"),
                Reason(1.0 if kind == "declared" else 0.3, "文中声明的简称" if kind == "declared" else "文中用过的简称"),
                Reason(0.4 * min(len(text), 5) - 1.2, f"简称{len(text)}字"),
                *_shared_company(connection, short, owner), *_shared_papers(short, owner),
            ]  # fmt: skip
            score, texts = weigh(-1.0, reasons)
            yield Judgement(short.label, short.id, owner.id, short.name, owner.name, score, texts), short, owner


def _abbreviations(connection: sqlite3.Connection, groups: dict[str, Group]) -> Iterator[tuple[Judgement, Group, Group]]:
    """Compare names that begin alike and end in a body's type: 静安区投促办 and 静安区投资促进办公室."""
    blocks: dict[tuple[str, str], list[tuple[str, Group]]] = defaultdict(list)
    for key in sorted(groups):
        written = fold(key.partition(":")[2].partition("|")[2] or key.partition(":")[2])
        if len(written) >= 3 and groups[key].label == "organization":
            blocks[written[0], written[1]].append((written, groups[key]))
            blocks[written[0], "*"].append((written, groups[key]))
    seen: set[tuple[str, str]] = set()
    for block in (blocks[k] for k in sorted(blocks)):
        if not 2 <= len(block) <= _ABBREVIATION_BLOCK:
            continue
        for short, left in block:
            owners_found = [right for full, right in block if right is not left and abbreviates(short, full)]
            for right in owners_found:
                if (left.key, right.key) not in seen:
                    seen.add((left.key, right.key))
                    reasons = [
                        Reason(2.0 if len(owners_found) == 1 else 0.0, f"「{short}」是「{right.name}」逐词的缩写"),
                        *_shared_company(connection, left, right), *_shared_papers(left, right),
                    ]  # fmt: skip
                    score, texts = weigh(-1.0, reasons)
                    yield Judgement(left.label, left.id, right.id, left.name, right.name, score, texts), left, right


def _shared_company(connection: sqlite3.Connection, left: Group, right: Group) -> list[Reason]:
    a, b = companions(connection, left.sample), companions(connection, right.sample)
    own = {fold(n) for g in (left, right) for n in (*g.names, *g.forms)}
    shared = sorted((a.keys() & b.keys()) - own, key=lambda name: (a[name] + b[name], name))
    if shared:
        return [Reason(min(0.5 * len(shared), 2.0), "同现:" + "、".join(shared[:3]))]
    return []


def _shared_papers(left: Group, right: Group) -> list[Reason]:
    reasons = []
    if left.newspapers.keys() & right.newspapers.keys():
        reasons.append(Reason(0.3, "同一报纸"))
    if left.first and right.first and left.first[:4] == right.first[:4]:
        reasons.append(Reason(0.3, "同一年"))
    return reasons


def _same_core(groups: dict[str, Group]) -> Iterator[tuple[Judgement, Group, Group]]:
    """Two full names that differ in region or legal form alone."""
    blocks: dict[str, list[Group]] = defaultdict(list)
    for key in sorted(groups):
        group = groups[key]
        if not group.known_as:
            bare, _ = core(group.name)
            if len(bare) >= 3 and fold(group.name) != bare:
                blocks[bare].append(group)
    for bare, block in sorted(blocks.items()):
        if 2 <= len(block) <= _BLOCK_LIMIT:
            first = block[0]
            for other in block[1:]:
                regions = {core(g.name)[1] for g in (first, other)} - {""}
                reasons = [Reason(0.5 * min(len(bare), 6) - 1.5, f"同为「{bare}」")]
                reasons.append(Reason(-2.5, "地区不同:" + "、".join(sorted(regions))) if len(regions) == 2 else Reason(1.0, "地区不矛盾"))
                score, texts = weigh(0.0, reasons)
                yield Judgement("enterprise", first.id, other.id, first.name, other.name, score, texts), first, other


def merged(groups: dict[str, Group], roots: dict[str, str]) -> dict[str, list[Group]]:
    """Return the groups of every root key, the root's own first."""
    found: dict[str, list[Group]] = defaultdict(list)
    for key in sorted(groups, key=lambda k: (roots[k] != k, k)):
        found[roots[key]].append(groups[key])
    return found


def total_names(members: list[Group]) -> Counter[str]:
    """Return all names of some groups with how many articles use each."""
    names: Counter[str] = Counter()
    for group in members:
        names.update(group.names)
    return names
