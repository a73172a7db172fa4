"""Lists of what the archive holds: every entity, event, quote and figure with its rank and its tags, and all names.

A list page is a search by tags: `listed` gives each thing a rank (entities by articles, the rest by date), and the
full-text table `listed_fts` holds, under that rank, tags such as type, edition, country, role, and the pairs of
characters of its names. Any choice of filters is then an intersection that FTS5 reads in the order of the ranks.
"""

from __future__ import annotations

import heapq
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, pairwise
from operator import itemgetter
from unicodedata import normalize

from miner.language.pinyin import sound_key
from miner.publish.index import fts
from miner.resolve import LISTED
from miner.store.schema import Column, Table

INDEX = "listed_fts"
NAME = "\uf8f3"
"""Mark before the pairs of characters of a name."""
ENTITY_TABLES = {
    "enterprise": "enterprises",
    "person": "people",
    "organization": "organizations",
    "place": "places",
}
UNUSUAL: frozenset[tuple[str, object]] = frozenset({("sure", "no"), ("told", "no"), ("once", "no")})
"""Tags of what lists show on demand only: doubtful enterprises, events of which no party is told, what reprints say again."""
_ONCE = "case when a.duplicate_of is null then 'yes' else 'no' end"
_FORM_CHARS = 120
_BATCH = 5_000
"""Names that are written together."""

TABLES: tuple[Table, ...] = (
    Table(
        "listed", "清单", "清单页的次序:实体按文章数,事件、引语、数字按日期 / the order of list pages",
        (
            Column("rank", "integer primary key", "名次 / rank"), Column("kind", "text not null", "种类:enterprise、person、organization、place、event、quote、figure / kind"),
            Column("id", "text not null", "标识 / id"), Column("day", "text not null", "日期;空为不详 / day, empty when unknown"),
        ), hidden=True, indexes=(("kind", "day", "rank"), ("id", "kind")),
    ),
    Table(
        "listed_choices", "清单的筛选项", "清单页每个筛选项的条数 / how many things carry each tag",
        (
            Column("kind", "text not null", "种类 / kind"), Column("name", "text not null", "筛选项 / tag"), Column("value", "text not null", "值 / value"),
            Column("n", "integer not null", "条数 / things"),
        ), extra=("primary key (kind, name, value)",), hidden=True,
    ),
    Table(
        "names", "名称检索", "每个实体的每种写法及其检索形(简体、半角、小写,去掉间隔号、空格与标点) / every name in the form it is looked up by",
        (
            Column("form", "text not null", "检索形 / form looked up"), Column("entity_id", "text not null", "企业、人物、机构或地点 / entity"),
            Column("label", "text not null", "类别 / label"), Column("name", "text not null", "写法 / as written"), Column("n_articles", "integer not null", "文章数 / articles"),
            Column("pinyin", "text not null default ''", "拼音,排序用 / sounds of the characters, to sort by"),
        ), extra=("primary key (form, entity_id)",), label="name", facets=("label",), sort="n_articles", indexes=(("entity_id",), ("pinyin",)),
    ),
)  # fmt: skip

_LISTED = {
    **{
        label: f"select '{label}', id, coalesce(last_seen, '') from [{table}] order by n_articles desc, n_mentions desc, name, id"
        for label, table in ENTITY_TABLES.items()
    },
    "event": "select 'event', id, coalesce(date, '') from events order by date is null, date desc, n_reports desc, id",
    "quote": (
        "select 'quote', q.id, coalesce(a.published, '') from quotes q join articles a on a.id = q.article_id "
        "order by a.published is null, a.published desc, a.id, q.start"
    ),
    "figure": (
        "select 'figure', f.id, coalesce(a.published, '') from figures f join articles a on a.id = f.article_id "
        "order by a.published is null, a.published desc, a.id, f.start"
    ),
}


@dataclass(frozen=True, slots=True)
class _Stream:
    """Rows of a kind in the order of rank; each column after the first holds values of one tag."""

    kind: str
    tags: tuple[str, ...]
    sql: str

    def rows(self, connection: sqlite3.Connection) -> Iterator[_Row]:
        """Yield the values of each row under the rank of what they belong to."""
        tags = self.tags
        for rank, *values in connection.execute(f"select l.rank, {self.sql} order by l.rank"):
            yield rank, tags, values


_Row = tuple[int, tuple[str, ...], list[object]]


def _entity_streams(label: str, table: str) -> list[_Stream]:
    column = f"{label}_id"
    own = {"enterprise": ("country", "industry"), "organization": ("kind",), "place": ("kind",)}.get(
        label, ()
    )
    found = _sure() if label == "enterprise" else []
    found += [
        _Stream(label, ("edition",), f"x.edition from listed l cross join (select distinct entity_id, edition from appearances where label = '{label}') x "
                f"on x.entity_id = l.id where l.kind = '{label}'"),
        _Stream(label, ("role", "played", "edition"), "t.role, t.played, t.edition from listed l cross join (select distinct "
                f"t.{column} as id, t.role, t.role || ' ' || e.edition as played, e.edition from event_participants t cross join events e on e.id = t.event_id "
                f"where t.{column} is not null and e.status <> 'negated') t on t.id = l.id where l.kind = '{label}'"),
        _Stream(label, ("form",), f"n.form from listed l cross join names n on n.entity_id = l.id where l.kind = '{label}' and n.label = '{label}'"),
    ]  # fmt: skip
    if own:
        found.append(
            _Stream(
                label,
                own,
                f"{', '.join(f'x.[{name}]' for name in own)} from listed l cross join [{table}] x on x.id = l.id where l.kind = '{label}'",
            )
        )
    return found


def _sure() -> list[_Stream]:
    """Whether an enterprise surely is one; what nothing weighed (an older archive) counts as sure."""
    sql = f"case when x.confidence < {LISTED} then 'no' else 'yes' end from listed l cross join enterprises x on x.id = l.id where l.kind = 'enterprise'"
    return [_Stream("enterprise", ("sure",), sql)]


_FACTS = (
    _Stream("event", ("told",), "case when e.edition is not null or exists (select 1 from event_participants t where t.event_id = e.id "
            "and t.role not in ('place', 'venue')) then 'yes' else 'no' end from listed l cross join events e on e.id = l.id where l.kind = 'event'"),
    _Stream("event", ("type", "status", "edition", "amount"), "e.type, e.status, e.edition, case when e.amount is not null then 'yes' end "
            "from listed l cross join events e on e.id = l.id where l.kind = 'event'"),
    _Stream("event", ("role", "entity", "played", "country", "industry"),
            "t.role, coalesce(t.enterprise_id, t.person_id, t.organization_id, t.place_id), "
            "t.role || ' ' || coalesce(t.enterprise_id, t.person_id, t.organization_id, t.place_id), n.country, n.industry from listed l "
            "cross join event_participants t on t.event_id = l.id left join enterprises n on n.id = t.enterprise_id where l.kind = 'event'"),
    _Stream("quote", ("once", "edition", "direct", "entity", "speaker"), f"{_ONCE}, a.edition, q.direct, coalesce(q.person_id, q.enterprise_id, q.organization_id), "
            "case when q.person_id is not null then 'person' when q.enterprise_id is not null then 'enterprise' when q.organization_id is not null "
            "then 'organization' else 'other' end from listed l cross join quotes q on q.id = l.id cross join articles a on a.id = q.article_id where l.kind = 'quote'"),
    _Stream("quote", ("entity", "country", "industry"), "coalesce(p.enterprise_id, p.organization_id), n.country, n.industry from listed l cross join quotes q on q.id = l.id "
            "cross join posts p on p.article_id = q.article_id and p.person_id = q.person_id left join enterprises n on n.id = p.enterprise_id where l.kind = 'quote'"),
    _Stream("figure", ("once", "measure", "unit", "edition"), f"{_ONCE}, f.measure, f.unit, f.edition from listed l cross join figures f on f.id = l.id "
            "cross join articles a on a.id = f.article_id where l.kind = 'figure'"),
)  # fmt: skip
_CHOICES = frozenset(
    {
        "sure",
        "told",
        "once",
        "country",
        "industry",
        "kind",
        "edition",
        "role",
        "type",
        "status",
        "measure",
        "unit",
        "direct",
        "speaker",
        "amount",
    }
)
"""Tags that list pages offer to choose from."""


def form(text: str) -> str:
    """Return a name as it is looked up: folded as in the full-text index, without dots, blanks and punctuation.

    >>> form("托马斯•莱恩") == form("托馬斯.莱恩") == form("托马斯莱恩"), form("Erik  Lind"), form("３Ｍ（中国）")
    (True, 'eriklind', '3m中国')
    >>> form("Café Müller")
    'cafemuller'
    """
    folded = fts.fold(text[: 4 * _FORM_CHARS])
    folded = folded if folded.isascii() else normalize("NFKD", folded)  # a letter, then its accent
    return "".join(char for char in folded if char.isalnum())[:_FORM_CHARS]


def name_terms(looked_up: str) -> list[str]:
    """Return the tokens that the names of a thing must hold to contain the form."""
    return [NAME + term for term in fts.terms(looked_up)]


def create(connection: sqlite3.Connection) -> None:
    """Create the index of tags, and what keeps the other sort orders of lists fast. The tables are there already."""
    connection.execute(
        f"create virtual table if not exists [{INDEX}] using fts5(text, content='', tokenize='ascii', detail=none)"
    )
    for table in ENTITY_TABLES.values():
        for column in ("first_seen", "last_seen"):
            connection.execute(f"create index if not exists [ix_{table}_{column}] on [{table}] ({column})")
    connection.execute(
        "create index if not exists [ix_figure_conflicts_kind_score] on figure_conflicts (kind, score)"
    )
    connection.execute("create index if not exists [ix_figures_measure_value] on figures (measure, value)")
    connection.execute(
        "create index if not exists [ix_events_amount] on events (amount) where amount is not null"
    )


def rebuild(connection: sqlite3.Connection, *, keep_sounds: bool = False) -> None:
    """Fill the tables and the index anew. The summaries that lists read (appearances) must be filled.

    `keep_sounds` does not ask anew how names sound that the same program met the last time.
    """
    _keep_sounds(connection, keep=keep_sounds)
    connection.execute(
        f"drop table if exists [{INDEX}]"
    )  # emptied, it would keep a count of its changes: the same archive, other bytes
    create(connection)
    connection.execute(f"insert into [{INDEX}] ([{INDEX}], rank) values ('hashsize', {fts.BULK_HASH_BYTES})")
    for table in TABLES:
        connection.execute(f"delete from [{table.name}]")
    for sql in _LISTED.values():
        connection.execute(f"insert into listed (kind, id, day) {sql}")
    _fill_names(connection)
    entities = [stream for label, table in ENTITY_TABLES.items() for stream in _entity_streams(label, table)]
    for kind in _LISTED:
        _index(connection, kind, [stream for stream in (*entities, *_FACTS) if stream.kind == kind])
    connection.execute(f"insert into [{INDEX}] ([{INDEX}]) values ('optimize')")
    connection.execute(f"insert into [{INDEX}] ([{INDEX}], rank) values ('hashsize', {fts.HASH_BYTES})")


def _fill_names(connection: sqlite3.Connection) -> None:
    """Write every name of every entity; the temporary table `sounds` holds what is known of names already."""
    for label, table in ENTITY_TABLES.items():
        own = {"enterprise": "short_name", "person": "latin_name"}.get(label)
        also = (
            f" union all select id, [{own}], n_articles from [{table}] where [{own}] is not null"
            if own
            else ""
        )
        named = (
            f"select id, name, n_articles from [{table}]{also} union all select e.id, l.alias, e.n_articles from aliases l "
            f"join [{table}] e on e.id = l.{label}_id"
        )
        surname = int(label == "person")
        missing = connection.execute(
            f"select distinct name from ({named}) x where not exists (select 1 from temp.sounds s where s.name = x.name and s.surname = {surname})"
        )
        while read := missing.fetchmany(_BATCH):
            connection.executemany(
                "insert or ignore into temp.sounds values (?, ?, ?, ?)",
                ((name, surname, form(name), sound_key(name, surname=bool(surname))) for (name,) in read),
            )
        connection.execute(
            "insert or ignore into names (form, entity_id, label, name, n_articles, pinyin)"
            f" select s.form, x.id, '{label}', x.name, x.n_articles, s.pinyin from ({named}) x"
            f" cross join temp.sounds s on s.name = x.name and s.surname = {surname} where s.form <> ''"
        )
        sound = (
            f"(select s.pinyin from temp.sounds s where s.name = [{table}].name and s.surname = {surname})"
        )
        connection.execute(f"update [{table}] set pinyin = {sound} where pinyin is not {sound}")
    connection.execute("drop table temp.sounds")


def _keep_sounds(connection: sqlite3.Connection, *, keep: bool) -> None:
    """Make the table of how names are looked up and sorted; `keep` takes over what the last time found."""
    connection.execute("drop table if exists temp.sounds")
    connection.execute(
        "create temp table sounds (name text not null, surname integer not null, form text not null, pinyin text not null,"
        " primary key (name, surname)) without rowid"
    )
    if keep:
        connection.execute(
            "insert or ignore into temp.sounds select name, label = 'person', form, pinyin from names"
        )


def _index(connection: sqlite3.Connection, kind: str, streams: Iterable[_Stream]) -> None:
    counts: Counter[tuple[str, object]] = Counter()
    ranks: Iterator[_Row] = (
        (rank, (), [])
        for (rank,) in connection.execute("select rank from listed where kind = ? order by rank", (kind,))
    )
    merged = heapq.merge(ranks, *(stream.rows(connection) for stream in streams), key=itemgetter(0))
    rows = ((rank, _tokens(kind, group, counts)) for rank, group in groupby(merged, key=itemgetter(0)))
    connection.executemany(f"insert into [{INDEX}] (rowid, text) values (?, ?)", rows)
    chosen = (
        (kind, name, str(value), count)
        for (name, value), count in counts.items()
        if name in _CHOICES and value not in (None, "")
    )
    connection.executemany("insert into listed_choices (kind, name, value, n) values (?, ?, ?, ?)", chosen)


def _tokens(kind: str, group: Iterable[_Row], counts: Counter[tuple[str, object]]) -> str:
    seen: set[tuple[str, object]] = set()
    for _, tags, values in group:
        seen.update(zip(tags, values, strict=True))
    # What lists leave out unless asked is not counted among what they offer, but for the choice to see it.
    counts.update(seen & UNUSUAL or seen)
    found = [_tag("list", kind)]
    for name, value in seen:
        if name == "form":
            text = str(value)
            found += [NAME + gram for gram in (*map("".join, pairwise(text)), *text)]
        elif value is not None and value != "":
            found.append(_tag(name, value))
    return " ".join(found)


@lru_cache(maxsize=65_536)
def _tag(name: str, value: object) -> str:
    return fts.tag(name, value)
