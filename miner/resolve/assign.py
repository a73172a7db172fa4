"""Write what was resolved: entity rows, aliases, and the links of every fact."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from miner.lexicon import load_lexicon
from miner.offsets import stable_id
from miner.resolve.entities import merged, total_names
from miner.resolve.judge import Judgement, store_judgements
from miner.resolve.local import Group, key_of, locals_of
from miner.resolve.people import PersonCluster
from miner.resolve.regions import Qualifier

TABLE = {"enterprise": "enterprises", "person": "people", "organization": "organizations", "place": "places"}
COLUMN = {"enterprise": "enterprise_id", "person": "person_id", "organization": "organization_id", "place": "place_id"}


def clear(connection: sqlite3.Connection) -> None:
    """Take back what an earlier resolving wrote; facts and people's own judgements stay."""
    for table in ("mentions", "event_participants", "quotes"):
        for column in COLUMN.values():
            if table != "quotes" or column != "place_id":
                connection.execute(f"update [{table}] set [{column}] = null where [{column}] is not null")
    connection.execute("update posts set person_id = null, enterprise_id = null, organization_id = null")
    connection.execute("update event_reports set event_id = null")
    connection.execute("update event_participants set event_id = null")
    connection.execute("delete from judgements where source = 'rule'")
    for table in ("aliases", "events", *TABLE.values()):
        connection.execute(f"delete from [{table}]")


def write_groups(connection: sqlite3.Connection, label: str, groups: dict[str, Group], roots: dict[str, str]) -> None:
    """Write the rows of enterprises, organizations or places and link their local entities."""
    lexicon = {e.name: e for e in load_lexicon({"enterprise": "enterprises", "organization": "organizations", "place": "places"}[label])}
    ids: dict[str, str] = {}
    rows = []
    for root, members in merged(groups, roots).items():
        names = total_names(members)
        known = next((lexicon[g.known_as] for g in members if g.known_as in lexicon), None)
        name = min(names, key=lambda n: (-len(n), -names[n], n))
        short = min(names, key=lambda n: (-names[n], len(n), n))
        ids[root] = stable_id(label, root)
        rows.append((ids[root], name, known, short))
    if label == "enterprise":
        connection.executemany("insert into enterprises (id, name, short_name, country, industry) values (?, ?, ?, ?, ?)",
                               ((i, n, known.name if known else short, known.country if known else None, known.industry if known else None) for i, n, known, short in rows))  # fmt: skip
    else:
        connection.executemany(f"insert into [{TABLE[label]}] (id, name, kind) values (?, ?, ?)", ((i, n, known.kind if known else None) for i, n, known, _ in rows))
    qualifier = Qualifier(connection) if label == "organization" else None
    # Links are written after the names were read once more: an update while the same rows are streamed would be undefined.
    connection.execute("create temp table if not exists linked (article_id text, local_entity integer, entity_id text, primary key (article_id, local_entity)) without rowid")
    connection.execute("delete from linked")
    connection.executemany(
        "insert into linked values (?, ?, ?)",
        ((local.article_id, local.index, ids[roots[qualifier.key(local) if qualifier else key_of(local)]]) for local in locals_of(connection, label)),
    )
    _link(connection, label)
    _fill_gaps(connection, label)


def write_people(connection: sqlite3.Connection, people: Iterable[tuple[list[PersonCluster], list[Judgement]]]) -> None:
    """Write the rows of people with the judgements about them, name by name, and link their local entities."""
    connection.execute("create temp table if not exists linked (article_id text, local_entity integer, entity_id text, primary key (article_id, local_entity)) without rowid")
    connection.execute("delete from linked")
    for clusters, judgements in people:
        store_judgements(connection, judgements)
        for cluster in clusters:
            connection.execute("insert into people (id, name, latin_name) values (?, ?, ?)", (cluster.id, cluster.name, cluster.latin_name))
            connection.executemany("insert into linked values (?, ?, ?)", ((a, i, cluster.id) for a, i in cluster.members))
    _link(connection, "person")


def _link(connection: sqlite3.Connection, label: str) -> None:
    connection.execute(
        "update local_entities set entity_id = linked.entity_id from linked"
        " where linked.article_id = local_entities.article_id and linked.local_entity = local_entities.local_entity"
    )
    column = COLUMN[label]
    targets = [("mentions", column, "local_entity"), ("event_participants", column, "local_entity")]
    if label != "place":
        targets.append(("quotes", column, "local_entity"))
    if label == "person":
        targets.append(("posts", column, "local_person"))
    elif label in ("enterprise", "organization"):
        targets.append(("posts", column, "local_organization"))
    for table, target, local in targets:
        article = f"[{table}].article_id" if table != "event_participants" else "(select article_id from event_reports r where r.id = event_participants.report_id)"
        connection.execute(
            f"update [{table}] set [{target}] = (select entity_id from linked where linked.article_id = {article} and linked.local_entity = [{table}].[{local}])"
            f" where [{local}] is not null and exists (select 1 from linked where linked.article_id = {article} and linked.local_entity = [{table}].[{local}])"
        )


def _fill_gaps(connection: sqlite3.Connection, label: str) -> None:
    """What no lexicon knows (country, industry, kind) is taken from what the articles show, by majority."""
    for column in {"enterprise": ("country", "industry"), "organization": ("kind",), "place": ("kind",)}[label]:
        votes: dict[str, Counter[str]] = defaultdict(Counter)
        for entity, value in connection.execute(f"select entity_id, [{column}] from local_entities where label = ? and [{column}] is not null and entity_id is not null", (label,)):
            votes[entity][value] += 1
        connection.executemany(
            f"update [{TABLE[label]}] set [{column}] = ? where id = ? and [{column}] is null",
            ((min(c, key=lambda v: (-c[v], v)), entity) for entity, c in sorted(votes.items())),
        )


def count_and_date(connection: sqlite3.Connection) -> None:
    """Fill n_mentions, n_articles, first_seen and last_seen of every entity."""
    for label, table in TABLE.items():
        column = COLUMN[label]
        connection.execute(
            f"update [{table}] set n_mentions = c.n, n_articles = c.a, first_seen = c.first, last_seen = c.last from ("
            f"select m.[{column}] as id, count(*) as n, count(distinct m.article_id) as a, min(published) as first, max(published) as last"
            f" from mentions m join articles on articles.id = m.article_id where m.[{column}] is not null group by m.[{column}]) c where c.id = [{table}].id"
        )


def write_aliases(connection: sqlite3.Connection) -> None:
    """Write every other name of every entity, with the first place it was learnt from."""
    names = {row[0]: row[1] for table in TABLE.values() for row in connection.execute(f"select id, name from [{table}]")}
    best: dict[tuple[str, str], tuple[str, str, str, str | None, str | None, int | None, int | None]] = {}
    for label, entity, article, name, forms in connection.execute(
        "select l.label, l.entity_id, l.article_id, l.name, l.forms from local_entities l join articles a on a.id = l.article_id"
        " where l.entity_id is not null order by a.published, l.article_id, l.local_entity"
    ):
        for text, kind, place, start, end in (*json.loads(forms), (name, "full", None, None, None)):
            if text != names[entity]:
                best.setdefault((entity, text), (label, text, kind, article, place, start, end))
    for label, lexicon in (("enterprise", "enterprises"), ("organization", "organizations"), ("place", "places")):
        for entity, text, kind in _lexicon_forms(connection, label, lexicon):
            if text != names[entity]:
                best.setdefault((entity, text), (label, text, kind, None, None, None, None))
    connection.executemany(
        "insert or ignore into aliases (id, alias, kind, enterprise_id, person_id, organization_id, place_id, article_id, field, start, [end]) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (stable_id("alias", entity, text), text, kind, *[entity if label == found else None for found in TABLE], article, place, start, end)
            for (entity, text), (label, _, kind, article, place, start, end) in sorted(best.items())
        ),
    )


def _lexicon_forms(connection: sqlite3.Connection, label: str, lexicon: str) -> Iterator[tuple[str, str, str]]:
    entries = {e.name: e for e in load_lexicon(lexicon)}
    for entity, known_as in connection.execute("select distinct entity_id, known_as from local_entities where label = ? and known_as is not null and entity_id is not null order by 1, 2", (label,)):
        entry = entries.get(known_as)
        if entry is not None:
            for kind, forms in (("full", entry.full), ("short", (entry.name, *entry.short)), ("latin", entry.latin)):
                for form in forms:
                    yield entity, form, kind
