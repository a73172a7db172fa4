"""People of the whole archive: one person in several posts, two people of one name kept apart.

Blocking: people are compared only with people of the same folded name (or Latin name). Within a block, articles whose
posts name one body are one profile; profiles are compared by bodies, company they keep, place of publication and time,
and joined from the surest pair down (average linkage), which gives the same answer whatever the order of the files.
"""

from __future__ import annotations

import math
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import NamedTuple

from miner.language.name_forms import endings
from miner.offsets import stable_id
from miner.resolve.corrected import Moved, asked, decide, profile_pairs
from miner.resolve.judge import THRESHOLD, Decided, Judgement, Reason, weigh
from miner.resolve.names import core, fold, without_type
from miner.resolve.regions import district_in, is_relative, is_wide, level_of

_PROFILE_LIMIT = 40
"""Profiles of one name that are compared pairwise; a name with more keeps only its largest apart."""
_COMPANY_LIMIT = 200
_EASILY_SHARED = 2
"""Chinese names of so many characters are shared by many."""
_TELLING_TITLE = 4
"""A title of so many characters names its body by itself (国务院总理); 书记 does not."""
_USUAL = 3
"""Characters of a usual Chinese name at most."""
_SAME_TIME = 2
"""Years within which nothing speaks against one person."""
_PRIOR = 0.3
_LEVELS = frozenset("区市省")
_ATTACH = 0.3
"""An appearance without any post goes to the only person of that name who has one, unless the score is below this."""


@dataclass(slots=True)
class Profile:
    """Appearances of one name that surely are one person: same body in their posts, or one article."""

    id: str
    name: str
    members: list[int] = field(default_factory=list)
    bodies: set[str] = field(default_factory=set)
    homes: set[str] = field(default_factory=set)
    """Entities that its posts are linked to."""
    titles: set[str] = field(default_factory=set)
    company: Counter[str] = field(default_factory=Counter)
    newspapers: set[str] = field(default_factory=set)
    pages: set[str] = field(default_factory=set)
    """The documents it stands in."""
    latin: set[str] = field(default_factory=set)
    first: str | None = None
    last: str | None = None

    def take(self, seen: Appearance, posts: Sequence[HeldPost]) -> None:
        """Add an appearance with its posts."""
        self.name = min(self.name, seen.name, key=_fuller)
        self.members.append(seen.local)
        self.pages.add(seen.document)
        for post in posts:
            self.titles.add(post.title)
            self.bodies.update([post.body] if post.body else ())
            self.homes.update([post.home] if post.home else ())
        if seen.latin or not _chinese(seen.name):
            self.latin.add(seen.latin or seen.name)
        if seen.newspaper:
            self.newspapers.add(seen.newspaper)
        if seen.published:
            self.first = min(self.first or seen.published, seen.published)
            self.last = max(self.last or seen.published, seen.published)


@dataclass(frozen=True, slots=True)
class PersonCluster:
    """One person: canonical name, Latin name, and the local entities (rows) that are theirs."""

    id: str
    name: str
    latin_name: str | None
    members: tuple[int, ...]
    key: str
    """The folded name under which the person is found."""
    profiles: tuple[str, ...]
    """The profile of each member."""


def resolve_people(connection: sqlite3.Connection) -> Iterator[tuple[list[PersonCluster], list[Judgement]]]:
    """Yield for each name the people who carry it, and the judgements that joined them or kept them apart."""
    decided, corrections = Decided(connection, "person"), asked(connection, "person")
    moved = Moved(connection, "person")
    for key, block in _blocks(connection):
        profiles = _profiles(connection, block, moved)
        if corrections and (pairs := profile_pairs(profiles, corrections)):
            decided.add(pairs)
            decide(connection, "person", pairs)
        yield _judged(key, profiles, decided)


def _judged(
    key: str, profiles: list[Profile], decided: Decided | None
) -> tuple[list[PersonCluster], list[Judgement]]:
    groups = [[p] for p in profiles]
    judgements: list[Judgement] = []
    if len(profiles) > 1:
        groups, judgements = _cluster(profiles)
        if decided:
            groups = _as_decided(groups, decided)
    return [_cluster_of(key, group, several=len(groups) > 1) for group in groups], judgements


def people_named(
    connection: sqlite3.Connection, key: str, block: list[Appearance]
) -> tuple[list[PersonCluster], list[Judgement]]:
    """Return the people of one folded name, and the judgements on them, where nobody decided anything about people."""
    return _judged(key, _profiles(connection, block, None), None)


class Appearance(NamedTuple):
    """One name in one article."""

    local: int
    """Row of local_entities."""
    article_id: str
    number: int
    name: str
    latin: str | None
    published: str | None
    newspaper: str | None
    document: str


def _blocks(connection: sqlite3.Connection) -> Iterator[tuple[str, list[Appearance]]]:
    """Yield each folded name with its appearances; a Latin name leads to the Chinese name it stands beside somewhere.

    The database sorts, on disk when the archive is large: memory stays with one block.
    """
    connection.create_function("fold_name", 1, fold, deterministic=True)
    find_latin_names(connection)
    rows = connection.execute(
        "select key, local, article_id, local_entity, name, latin_name, published, newspaper, document_id from"
        " (select coalesce(b.name, p.folded) as key, p.* from"
        " (select l.rowid as local, l.article_id, l.local_entity, l.name, l.latin_name, a.published, a.newspaper, a.document_id, fold_name(l.name) as folded"
        " from local_entities l join articles a on a.id = l.article_id where l.label = 'person') p left join bridge b on b.latin = p.folded)"
        " order by key, article_id, local_entity"
    )
    for key, block in groupby(rows, key=lambda row: row[0]):
        yield key, [Appearance(*row[1:]) for row in block]


def find_latin_names(connection: sqlite3.Connection) -> None:
    """Fill the temporary table `bridge` with the Chinese name that each Latin name stands beside, both folded."""
    connection.create_function("fold_name", 1, fold, deterministic=True)
    connection.execute("drop table if exists temp.bridge")
    connection.execute("create temp table bridge (latin text primary key, name text not null) without rowid")
    connection.execute(
        "insert or replace into bridge select fold_name(latin_name), fold_name(name) from"
        " (select distinct name, latin_name from local_entities where label = 'person' and latin_name is not null) where fold_name(latin_name) <> fold_name(name) order by name desc"
    )


def _profiles(connection: sqlite3.Connection, block: list[Appearance], moved: Moved | None) -> list[Profile]:
    by_body: dict[str, Profile] = {}
    alone = len(block) == 1
    for seen in block:
        posts = _posts(connection, seen.article_id, seen.number)
        key = _told_by(posts) or f"|{seen.article_id}"
        key = moved.key(seen.local, key) if moved else key
        profile = by_body.get(key)
        if profile is None:
            profile = by_body[key] = Profile(stable_id("profile", fold(seen.name), key), seen.name)
        profile.take(seen, posts)
        if not alone and len(profile.members) <= _COMPANY_LIMIT:
            profile.company.update(_company(connection, seen.article_id, seen.number))
    return sorted(by_body.values(), key=lambda p: (-len(p.members), p.id))


def _told_by(posts: Sequence[HeldPost]) -> str:
    """Return what surely tells one of a name by the posts of an article: a body, else a title that names its body."""
    bodies = sorted({post.body for post in posts if post.body})
    telling = sorted(post.title for post in posts if not post.body and len(post.title) >= _TELLING_TITLE)
    return bodies[0] if bodies else f"title:{telling[0]}" if telling else ""


def _fuller(name: str) -> tuple[bool, int, str]:
    """Sort names: Chinese ones first, the longest first."""
    return not _chinese(name), -len(name), name


class HeldPost(NamedTuple):
    """A post as it is compared: its title, the body's name, and the entity it was resolved to."""

    title: str
    body: str
    home: str | None


def _posts(connection: sqlite3.Connection, article_id: str, index: int) -> list[HeldPost]:
    """Return the posts of a person in an article; a body that leaves its region out is told by what it was resolved to."""
    found = []
    for title, text, home, full in connection.execute(
        "select p.title, p.organization_text, l.entity_id, o.name from posts p left join local_entities l on l.article_id = p.article_id"
        " and l.local_entity = p.local_organization left join organizations o on o.id = l.entity_id"
        " where p.article_id = ? and p.local_person = ? order by p.title, p.organization_text", (article_id, index)
    ):  # fmt: skip
        if text and is_relative(fold(text)):
            whose = fold(full or text)
            text = (
                whose
                if (home is None and is_wide(whose)) or not is_relative(whose)
                else f"{text}#{home or article_id}"
            )
        found.append(HeldPost(title, _body(text) if text else "", home))
    return found


def _chinese(name: str) -> bool:
    return any("一" <= char <= "鿿" for char in name)


def _body(text: str) -> str:
    """Return a body as it is compared: the core of a company, a committee or district by its place."""
    if "#" in text:
        return text
    name = fold(text)
    # A company is told by its core; a body's region is what tells it from the same body elsewhere.
    bare = core(name)[0] if without_type(name) != name else name
    tail = next(
        (tail for tail in endings("ruling") if bare.endswith(tail) and len(bare) > len(tail) + 1), None
    )
    if tail is None:
        return bare
    return bare[: -len(tail)] + (tail[0] if tail[0] in _LEVELS else "")


def _company(connection: sqlite3.Connection, article_id: str, index: int) -> set[str]:
    rows = connection.execute(
        "select name from local_entities where article_id = ? and local_entity != ? and label != 'place'",
        (article_id, index),
    )
    return {fold(row[0]) for row in rows}


def compare(left: Profile, right: Profile) -> tuple[float, tuple[str, ...]]:
    """Return how probable it is that two profiles of one name are one person, with the reasons."""
    found = (_by_name, _by_titles, _by_bodies, _by_company, _by_pages, _by_time)
    return weigh(_PRIOR, [reason for piece in found for reason in piece(left, right)])


def _by_name(left: Profile, right: Profile) -> Iterator[Reason]:
    length = len(left.name)
    if not _chinese(left.name) or "·" in left.name or length > _USUAL:
        yield Reason(1.5, "少见的姓名")
    elif length == _EASILY_SHARED:
        yield Reason(-0.8, "两字姓名,易重名")
    if left.latin and right.latin:
        same = bool({fold(x) for x in left.latin} & {fold(x) for x in right.latin})
        yield Reason(2.0 if same else -2.0, "外文名相同" if same else "外文名不同")


def _by_titles(left: Profile, right: Profile) -> Iterator[Reason]:
    titles = sorted(left.titles & right.titles, key=lambda title: (-len(title), title))
    if titles:
        yield Reason(1.5 if len(titles[0]) >= _TELLING_TITLE else 0.6, f"职务相同:{titles[0]}")


def _by_bodies(left: Profile, right: Profile) -> Iterator[Reason]:
    if not left.bodies or not right.bodies:
        yield _without_body(left, right)
        return
    related = _pair_of_bodies(left, right, _related)
    first = related or (min(left.bodies), min(right.bodies))
    if related or left.homes & right.homes:
        yield Reason(3.0, f"单位相同:{_plain(first[0])}")
    elif unsaid := _pair_of_bodies(left, right, _unsaid):
        yield Reason(0.2, f"单位相容:{_plain(unsaid[0])} / {_plain(unsaid[1])},一方未写全")
    elif shared := _districts(left) & _districts(right):
        yield Reason(0.2, f"单位不同,同在{min(shared)}")
    else:
        yield Reason(-2.2, f"单位不同:{_plain(first[0])} / {_plain(first[1])}")


def _pair_of_bodies(
    left: Profile, right: Profile, fits: Callable[[str, str], bool]
) -> tuple[str, str] | None:
    pairs = ((a, b) for a in sorted(left.bodies) for b in sorted(right.bodies))
    return next((pair for pair in pairs if fits(*pair)), None)


def _districts(profile: Profile) -> set[str]:
    return {district for body in profile.bodies if (district := district_in(body))}


def _without_body(left: Profile, right: Profile) -> Reason:
    titled = left.titles and right.titles and not left.titles & right.titles
    if titled and len(left.name) == _EASILY_SHARED:
        return Reason(-0.6, f"职务不同:{min(left.titles)} / {min(right.titles)}")
    return Reason(0.5, "一方未写单位")


def _by_company(left: Profile, right: Profile) -> Iterator[Reason]:
    few, many = sorted((left.company, right.company), key=len)
    shared = sorted((name for name in few if name in many), key=lambda c: (left.company[c] + right.company[c], c))  # fmt: skip
    if shared:
        yield Reason(min(0.8 * math.log2(1 + len(shared)), 2.5), "同现:" + "、".join(shared[:3]))


def _by_pages(left: Profile, right: Profile) -> Iterator[Reason]:
    if left.newspapers & right.newspapers:
        yield Reason(0.7, "同一报纸")
    if left.pages & right.pages:
        yield Reason(0.8, "同一版面或文件")


def _by_time(left: Profile, right: Profile) -> Iterator[Reason]:
    years = _years_apart(left, right)
    if years is not None and years > _SAME_TIME:
        yield Reason(-0.3 * min(years, 6), f"相隔{years:.0f}年")


def _plain(body: str) -> str:
    """Return a body's name without the mark that tells it from others of that name."""
    return body.partition("#")[0]


def _related(left: str, right: str) -> bool:
    """Tell whether two bodies are one, or one is part of the other: 徐汇区 and 徐汇区投促办, 商务委外资处 and 商务委员会外资处."""
    if "#" in left or "#" in right:
        return left == right
    a, b = (body.replace("委员会", "委").replace("办公室", "办") for body in (left, right))
    return a == b or (min(len(a), len(b)) >= 2 and (a in b or b in a))


def _unsaid(left: str, right: str) -> bool:
    """Tell whether two bodies may be one though an article leaves out whose one is: 区委 and 徐汇区, not 区委 and 长风小学.

    >>> _unsaid("区委#a1", "徐汇区"), _unsaid("区委#a1", "市税务局"), _unsaid("区委#a1", "区委#a2")
    (True, False, True)
    """
    if "#" not in left + right:
        return False
    short, other = (_plain(left), _plain(right)) if "#" in left else (_plain(right), _plain(left))
    return short == other or (level_of(short) is not None and level_of(short) == level_of(other))


def _years_apart(left: Profile, right: Profile) -> float | None:
    if not (left.first and left.last and right.first and right.last):
        return None
    try:
        gap = max(date.fromisoformat(right.first[:10]) - date.fromisoformat(left.last[:10]),
                  date.fromisoformat(left.first[:10]) - date.fromisoformat(right.last[:10]))  # fmt: skip
    except ValueError:
        return None
    return max(gap.days, 0) / 365.25


def _cluster(profiles: list[Profile]) -> tuple[list[list[Profile]], list[Judgement]]:
    """Cluster those whose posts name a body first; then give each bare appearance to the cluster it fits best."""
    judgements: list[Judgement] = []
    telling = [p for p in profiles if p.bodies or p.titles]
    bare = [p for p in profiles if not p.bodies and not p.titles]
    # Of very many profiles of one name only the largest are compared; the rest are treated as bare appearances.
    bare = sorted(bare + telling[_PROFILE_LIMIT:], key=lambda p: (-len(p.members), p.id))
    clusters = _link(telling[:_PROFILE_LIMIT], judgements)
    if not clusters:
        clusters, bare = _link(bare[:_PROFILE_LIMIT], judgements), bare[_PROFILE_LIMIT:]
    strangers = _attach(bare, clusters, judgements)
    linked = _link(strangers[:_PROFILE_LIMIT], judgements)
    return [*clusters, *linked, *([p] for p in strangers[_PROFILE_LIMIT:])], judgements


def _attach(bare: list[Profile], clusters: list[list[Profile]], judgements: list[Judgement]) -> list[Profile]:
    """Give each bare appearance to the cluster it fits best; return those that fit none."""
    homes = [list(cluster) for cluster in clusters]
    strangers: list[Profile] = []
    for profile in bare:
        scored = [(compare(home[0], profile), -number) for number, home in enumerate(homes)]
        (score, reasons), number = max(scored, key=lambda row: (row[0][0], row[1]))
        same = score >= (_ATTACH if len(homes) == 1 else THRESHOLD)
        judged = max(score, THRESHOLD) if same else min(score, THRESHOLD - 0.01)
        left = homes[-number][0]
        judgements.append(
            Judgement("person", left.id, profile.id, _shown(left), _shown(profile), judged, reasons)
        )
        (clusters[-number] if same else strangers).append(profile)
    return strangers


def _as_decided(groups: list[list[Profile]], decided: Decided) -> list[list[Profile]]:
    """Join the groups that people joined; who is not their group's first and was kept apart from somebody in it leaves it."""
    made: list[list[Profile]] = []
    for part in (part for group in groups for part in _kept_apart(group, decided)):
        other = next((m for m in made if any(decided.same(a.id, b.id) for a in m for b in part)), None)
        if other is None:
            made.append(part)
        else:
            other.extend(part)
    return made


def _kept_apart(group: list[Profile], decided: Decided) -> list[list[Profile]]:
    split: list[list[Profile]] = []
    for profile in group:
        fitting = (p for p in split if all(decided.same(profile.id, o.id) is not False for o in p))
        home = next(fitting, None)
        if home is None:
            split.append([profile])
        else:
            home.append(profile)
    return split


def _link(profiles: list[Profile], judgements: list[Judgement]) -> list[list[Profile]]:
    """Join profiles from the surest pair down, by average linkage; the largest profile stands first in each cluster."""
    scores: dict[tuple[int, int], float] = {}
    for i, left in enumerate(profiles):
        for j in range(i + 1, len(profiles)):
            score, reasons = compare(left, profiles[j])
            scores[i, j] = score
            judgements.append(
                Judgement(
                    "person", left.id, profiles[j].id, _shown(left), _shown(profiles[j]), score, reasons
                )
            )
    groups = [[i] for i in range(len(profiles))]
    while len(groups) > 1:
        best = max(
            (_linkage(groups[a], groups[b], scores), -a, -b)
            for a in range(len(groups))
            for b in range(a + 1, len(groups))
        )
        if best[0] < THRESHOLD:
            break
        a, b = -best[1], -best[2]
        groups[a] = sorted(groups[a] + groups[b])
        del groups[b]
    return [[profiles[i] for i in group] for group in groups]


def _linkage(left: list[int], right: list[int], scores: dict[tuple[int, int], float]) -> float:
    values = [scores[min(i, j), max(i, j)] for i in left for j in right]
    return round(sum(values) / len(values), 9)


def _shown(profile: Profile) -> str:
    body = _plain(min(profile.bodies or profile.titles, default=""))
    return f"{profile.name}({body})" if body else profile.name


def _cluster_of(key: str, group: list[Profile], *, several: bool) -> PersonCluster:
    name = min((p.name for p in group), key=_fuller)
    latin = min((x for p in group for x in p.latin), default=None)
    mark = min(p.id for p in group) if several else ""
    members = sorted((member, p.id) for p in group for member in p.members)
    return PersonCluster(
        stable_id("person", key, mark),
        name,
        latin,
        tuple(member for member, _ in members),
        key,
        tuple(profile for _, profile in members),
    )
