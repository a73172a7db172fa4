"""Enterprises, organizations and places of the whole archive: groups of names, judged and joined.

Blocking: two groups are compared when one shows the other's name as a form of its own, or when both have one core.
Nothing is merged on a bare short name alone: a short form needs an owner that is the only one, and company they share.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence, Set
from itertools import chain, groupby
from typing import NamedTuple

from miner.language.lexicon import load_lexicon
from miner.offsets import stable_id
from miner.resolve.corrected import decide_groups
from miner.resolve.groups import LOST, Group, Groups
from miner.resolve.judge import Decided, Judgement, Reason, Union, store_judgements, weigh
from miner.resolve.names import LONGEST_INITIALS, abbreviations, fold, initials, is_country, without_type

SAME_CORE = 50
"""Groups with one core beyond which it is a common word and says nothing."""
OWNERS = 20
"""Owners of one short form, or of one abbreviation, beyond which it is a common word."""

_LONGEST_ABBREVIATION = 24
_DAMAGED = 1_000
"""Names with a lost character that are compared with all others."""


class ComparedGroups(NamedTuple):
    """Two groups and the judgement on them."""

    judgement: Judgement
    left: str
    right: str


def resolve_label(connection: sqlite3.Connection, label: str) -> Groups:
    """Group the enterprises, organizations or places, judge what may be one, store the judgements; return the joined groups."""
    groups = Groups(connection, label)
    union = Union()
    find_abbreviations(groups)
    decide_groups(connection, label)
    decided = Decided(connection, label)
    keys = _keys_of(connection, label, decided)
    for left, right in decided.pairs(same=True):
        if left in keys and right in keys:
            union.join(keys[left], keys[right])
    apart = [
        (keys[left], keys[right])
        for left, right in decided.pairs(same=False)
        if left in keys and right in keys
    ]
    store_judgements(connection, _joining(judge_groups(groups), union, apart))
    connection.executemany(
        "update grouped set root = ? where key = ?", ((union.root(key), key) for key in union.members())
    )
    return groups


def judge_groups(groups: Groups) -> Iterator[ComparedGroups]:
    """Judge the groups, or those that are to be judged only: several passes, which may judge a pair more than once."""
    passes: list[Iterator[ComparedGroups]] = []
    if groups.label == "enterprise":
        passes.extend((_of_known(groups), _parts(groups)))
    if groups.label in ("enterprise", "organization"):
        passes.extend((_short_forms(groups), _abbreviations(groups), _damaged(groups)))
    if groups.label == "enterprise":
        passes.append(_same_core(groups))
    return chain.from_iterable(passes)


def _keys_of(connection: sqlite3.Connection, label: str, decided: Decided) -> dict[str, str]:
    """Return the keys of the groups that people decided about, by their ids or those of the things they are."""
    wanted = {
        identifier for same in (True, False) for pair in decided.pairs(same=same) for identifier in pair
    }
    return (
        {
            identifier: key
            for own, key in connection.execute("select id, key from grouped order by key")
            for identifier in (own, stable_id(label, key))
            if identifier in wanted
        }
        if wanted
        else {}
    )


def _joining(
    compared: Iterator[ComparedGroups], union: Union, apart: Sequence[tuple[str, str]]
) -> Iterator[Judgement]:
    """Join what is judged the same, unless that would bring together what a person keeps apart."""
    for judgement, left, right in compared:
        if judgement.same and not any(
            {union.root(a), union.root(b)} == {union.root(left), union.root(right)} for a, b in apart
        ):
            union.join(left, right)
        yield judgement


def _of_known(groups: Groups) -> Iterator[ComparedGroups]:
    """A full name whose core is a brand of the lexicon is that brand's company here: 旭化成（中国）投资有限公司 → 旭化成.

    The same company with its legal form, 中国工商银行股份有限公司, is the brand's for any of its forms.
    """
    known, forms = known_owners(groups)
    rows = groups.connection.execute(
        "select key, id, name, bare, core from grouped where known_as is null and length(name) > length(core)"
        f" and {groups.wanted('key in (select key from temp.wanted)')} order by key"
    )
    for key, identifier, name, bare, heart in rows:
        owner = forms.get(bare) or known.get(heart)
        if owner is None:
            continue
        reasons = [Reason(1.0, f"去掉{'' if bare in forms else '地区与'}公司类型后即为「{owner.name}」")]
        if bare not in forms:
            reasons.extend(_told_apart(groups.load(key), owner))
        score, texts = weigh(1.5, reasons)
        yield ComparedGroups(
            Judgement("enterprise", identifier, owner.id, name, owner.name, score, texts), key, owner.key
        )


def known_owners(groups: Groups) -> tuple[dict[str, Group], dict[str, Group]]:
    """Return the archive's enterprises of the lexicon by their names, and by all forms of the lexicon that one alone has."""
    entries = {entry.name: entry for entry in load_lexicon("enterprises")}
    known: dict[str, Group] = {}
    forms: dict[str, list[Group]] = {}
    for owner in groups.select("known_as is not null"):
        entry = entries.get(owner.known_as or "")
        for form in (owner.known_as or "", *owner.names):
            known.setdefault(fold(form), owner)
        for form in {fold(f) for f in entry.forms() if f not in entry.ambiguous} if entry else ():
            forms.setdefault(form, []).append(owner)
    return known, {form: owners[0] for form, owners in forms.items() if len(owners) == 1}


def _parts(groups: Groups) -> Iterator[ComparedGroups]:
    """Two names of one branch or unit of a known enterprise: 中行上海分行 and 中国银行股份有限公司上海市分行."""
    brands = "brand in (select brand from grouped where key in (select key from temp.wanted))"
    rows = groups.connection.execute(
        f"select brand, rest, key from grouped where brand is not null and {groups.wanted(brands)} order by brand, rest, key"
    )
    for brand, found in groupby(rows, key=lambda row: row[0]):
        units = [(rest, key) for _, rest, key in found]
        if 2 <= len(units) <= SAME_CORE * 4:
            yield from _units_of(groups, brand, units)


def _units_of(groups: Groups, brand: str, units: Sequence[tuple[str, str]]) -> Iterator[ComparedGroups]:
    for i, (rest, key) in enumerate(units):
        longer = _longer(rest, units) if is_country(rest) else []
        same = [(other, k) for other, k in units[i + 1 :] if other == rest]
        for other, right_key in (*same, *longer):
            if groups.only is not None and groups.only.isdisjoint((key, right_key)):
                continue
            left, right = groups.load(key), groups.load(right_key)
            reasons = [
                Reason(2.5 if other == rest else 1.5, f"同为「{brand}」的「{rest}」"),
                *_shared_company(groups, left, right),
            ]
            if left.known_as and right.known_as:
                reasons.append(Reason(-6.0, "词库中是两家"))
            score, texts = weigh(-1.0, reasons)
            found = Judgement("enterprise", left.id, right.id, left.name, right.name, score, texts)
            yield ComparedGroups(found, key, right_key)


def _longer(rest: str, units: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the only unit whose name goes on after another's: 中国 and 中国投资."""
    found = [(other, key) for other, key in units if other != rest and other.startswith(rest)]
    return found if len(found) == 1 else []


def _short_forms(groups: Groups) -> Iterator[ComparedGroups]:
    rows = groups.connection.execute(
        "select distinct g.key, o.key, f.form from grouped g join form_of f on f.form in (g.folded, g.bare) join grouped o on o.key = f.key"
        " where g.known_as is null and o.key <> g.key and length(o.name) > length(g.name) and length(f.form) >= 2"
        f" and {groups.wanted('g.key in (select key from temp.wanted)')} order by g.key, o.key"
    )
    for key, owners in groupby(rows, key=lambda row: row[0]):
        short = groups.load(key)
        found = {owner: form for _, owner, form in owners}
        for owner in map(groups.load, sorted(found) if len(found) <= OWNERS else ()):
            text = found[owner.key]
            kind = owner.forms.get(text, "variant")
            reasons = [
                Reason(1.2 if len(found) == 1 else -1.5, "档案中只有它用此简称" if len(found) == 1 else f"有{len(found)}家用此简称"),
                Reason(1.0 if kind == "declared" else 0.3, "文中声明的简称" if kind == "declared" else "文中用过的简称"),
                Reason(0.4 * min(len(text), 5) - 1.2, f"简称{len(text)}字"),
                *_shared_company(groups, short, owner), *_shared_papers(short, owner),
            ]  # fmt: skip
            score, texts = weigh(-1.0, reasons)
            yield ComparedGroups(
                Judgement(short.label, short.id, owner.id, short.name, owner.name, score, texts),
                short.key,
                owner.key,
            )


def _abbreviations(groups: Groups) -> Iterator[ComparedGroups]:
    """Compare names with those they abbreviate word by word: 静安区投促办 and 静安区投资促进办公室, 工行 and 中国工商银行.

    A company's abbreviation leaves more out and is shorter, so it wants company that both keep.
    """
    of_company = groups.label == "enterprise"
    rows = groups.connection.execute(
        "select short, full from abbreviated"
        f" where {groups.wanted('short in (select key from temp.wanted)')} order by short, full"
    )
    for key, found in groupby(rows.fetchall(), key=lambda row: row[0]):
        left = groups.load(key)
        short = fold(written(key))
        keys = [owner for _, owner in found]
        owners = [groups.load(owner) for owner in keys] if len(keys) <= OWNERS else []
        for right in owners:
            reasons = [
                Reason(2.0 if len(owners) == 1 else 0.0, f"「{short}」是「{right.name}」逐词的缩写"),
                *_shared_company(groups, left, right), *_shared_papers(left, right),
            ]  # fmt: skip
            score, texts = weigh(-2.9 if of_company else -1.0, reasons)
            yield ComparedGroups(
                Judgement(left.label, left.id, right.id, left.name, right.name, score, texts),
                left.key,
                right.key,
            )


def longest_short(label: str) -> int:
    """Return how many characters an abbreviation has at most."""
    return LONGEST_INITIALS if label == "enterprise" else _LONGEST_ABBREVIATION


def find_abbreviations(groups: Groups) -> None:
    """Fill `abbreviated` with (key of the short name, key of the full name): every abbreviation of a full name is looked up,
    so no block is too large.

    What the lexicon knows by a name abbreviates nothing else.
    """
    if groups.label == "place":
        return
    connection = groups.connection
    connection.execute("drop table if exists temp.written")
    connection.execute(
        "create temp table written (text text not null, key text not null, primary key (text, key)) without rowid"
    )
    rows = connection.execute(
        "select key from grouped where known_as is null and length(name) between 2 and ? order by key",
        (longest_short(groups.label),),
    )
    connection.executemany(
        "insert into written values (?, ?)", ((fold(written(key)), key) for (key,) in rows)
    )
    texts = {row[0] for row in connection.execute("select distinct text from written")}
    for name, known_as, key in connection.execute(
        "select name, known_as, key from grouped where length(name) > 3"
    ).fetchall():
        for short in abbreviations_of(groups.label, name, known_as, key, among=texts):
            connection.execute(
                "insert or ignore into abbreviated select key, ?1 from written where text = ?2 and key <> ?1",
                (key, short),
            )
    connection.execute("drop table temp.written")


def abbreviations_of(label: str, name: str, known_as: str | None, key: str, *, among: Set[str]) -> list[str]:
    """Return those of some folded names that abbreviate the name of a group."""
    if label == "enterprise":
        return initials(name, among=among)
    return abbreviations(fold(name if known_as else written(key)), among=among)


def written(key: str) -> str:
    """Return the name in a key, without the kind of key and the newspaper it may hold."""
    name = key.partition(":")[2]
    return name.partition("|")[2] or name


def _damaged(groups: Groups) -> Iterator[ComparedGroups]:
    """Compare names that lost a character with those that have one in its place: 兰特□斯集团 and 兰特黎斯集团."""
    lost = _lost(groups)
    found = _fitting(groups, lost) if lost else {}
    for key, text in lost.items():
        kept = len(without_type(text).replace(LOST, ""))
        count = len(found[key])
        for owner in sorted(found[key]) if count <= OWNERS else ():
            left, right = groups.load(key), groups.load(owner)
            reasons = [
                Reason(0.6 * min(kept, 5), f"除缺字外{kept}字相同"),
                Reason(0.8 if count == 1 else -1.5, "只有它相合" if count == 1 else f"有{count}家相合"),
                *_shared_company(groups, left, right), *_shared_papers(left, right),
            ]  # fmt: skip
            score, texts = weigh(-1.8, reasons)
            judged = Judgement(left.label, left.id, right.id, left.name, right.name, score, texts)
            yield ComparedGroups(judged, key, owner)


def _lost(groups: Groups) -> dict[str, str]:
    rows = groups.connection.execute(
        "select key, folded from grouped where instr(folded, ?) order by key limit ?", (LOST, _DAMAGED)
    )
    return {key: text for key, text in rows if len(text) - text.count(LOST) >= 2}


def damaged(groups: Groups) -> dict[str, set[str]]:
    """Return the names that lost a character, by their keys, with the groups that have a whole name that fits."""
    lost = _lost(groups)
    return _fitting(groups, lost) if lost else {}


def _fitting(groups: Groups, lost: Mapping[str, str]) -> dict[str, set[str]]:
    """Return for each damaged name the groups with a whole name that fits it."""
    found: dict[str, set[str]] = {key: set() for key in lost}
    by_size: dict[tuple[int, str], list[tuple[str, str]]] = {}
    for key, text in lost.items():
        by_size.setdefault((len(text), text[-1]), []).append((key, text))
    for key, text in _whole_names(groups):
        for damaged, pattern in by_size.get((len(text), text[-1]), ()) if LOST not in text else ():
            if key != damaged and _fits(pattern, text):
                found[damaged].add(key)
    return found


def _fits(pattern: str, text: str) -> bool:
    return all(a in (b, LOST) for a, b in zip(pattern, text, strict=True))


def _whole_names(groups: Groups) -> Iterator[tuple[str, str]]:
    """Yield (key, name) for every name of every group: as written, as a shown form, as the lexicon has it."""
    yield from groups.connection.execute("select key, folded from grouped")
    yield from groups.connection.execute("select key, form from form_of")
    entries = {
        entry.name: entry
        for entry in load_lexicon("enterprises" if groups.label == "enterprise" else "organizations")
    }
    for key, known_as in groups.connection.execute(
        "select key, known_as from grouped where known_as is not null"
    ):
        for form in entries[known_as].forms() if known_as in entries else ():
            yield key, fold(form)


def _told_apart(left: Group, right: Group) -> list[Reason]:
    """An article that names both as two things keeps them apart."""
    return [Reason(-3.0, "同一篇文章里是两家")] if set(left.sample) & set(right.sample) else []


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


def _same_core(groups: Groups) -> Iterator[ComparedGroups]:
    """Two full names that differ in region or legal form alone."""
    cores = "core in (select core from grouped where key in (select key from temp.wanted))"
    rows = groups.connection.execute(
        "select core, key, id, name, region from grouped where known_as is null and length(core) >= 3 and folded <> core"
        f" and {groups.wanted(cores)} order by core, key"
    )
    for bare, found in groupby(rows, key=lambda row: row[0]):
        block = list(found)
        if 2 <= len(block) <= SAME_CORE:
            _, first, first_id, first_name, first_region = block[0]
            for _, key, identifier, name, region in block[1:]:
                regions = {first_region, region} - {""}
                reasons = [Reason(0.5 * min(len(bare), 6) - 1.5, f"同为「{bare}」")]
                reasons.append(
                    Reason(-2.5, "地区不同:" + "、".join(sorted(regions)))
                    if len(regions) == 2
                    else Reason(1.0, "地区不矛盾")
                )
                if len(regions) < 2:
                    reasons.extend(_told_apart(groups.load(first), groups.load(key)))
                score, texts = weigh(0.0, reasons)
                yield ComparedGroups(
                    Judgement("enterprise", first_id, identifier, first_name, name, score, texts), first, key
                )
