"""The Python interface: mine files as records, open an archive, and ask it for records, tables and data frames.

from miner import make_archive, mine, open_archive

for document in mine(["pages/"]):                      # nothing is stored
    for facts in document.facts:
        print(facts.article.headline, len(facts.reports))

with make_archive(["pages/"], "expo.db") as archive:   # or open_archive("expo.db")
    for event in archive.events(name="旭化成", edition=5):
        for report in event.reports:
            print(event.title, report.source.where, report.source.sentence)
    archive.frame("select edition, count(*) as n from articles group by 1")
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from miner.ask import facts as told
from miner.ask.attention import Attention, attention
from miner.ask.dossier import Dossier, dossier
from miner.ask.facts import Event, FigureFact, Narrowing, Party, PostFact, QuoteFact, ReportFact, WrittenAt
from miner.ask.opened import opened
from miner.ask.things import LABELS, Meant, NearName, Thing, find, thing
from miner.config import Config
from miner.errors import ConfigError, InputError, MinerError
from miner.model import Article, Facts, Mined
from miner.publish.archive import KINDS
from miner.publish.pages.search import MAX_PAGE, MAX_SIZE, Request, SearchHit, search
from miner.store.rows import ARTICLE_COLUMNS
from miner.understand.periods import Copy, Distinct, TopicOverTime, distinctive, reprinted, topics

if TYPE_CHECKING:
    import pandas

__all__ = [
    "Archive",
    "Article",
    "Attention",
    "Config",
    "Copy",
    "Distinct",
    "Dossier",
    "Event",
    "Facts",
    "FigureFact",
    "Meant",
    "Mined",
    "MinerError",
    "NearName",
    "Party",
    "PostFact",
    "QuoteFact",
    "ReportFact",
    "SearchHit",
    "Thing",
    "TopicOverTime",
    "WrittenAt",
    "make_archive",
    "mine",
    "open_archive",
]

_ALL = -1
"""SQLite takes it for no limit."""


def mine(paths: Iterable[str | Path], config: Config | None = None) -> Iterator[Mined]:
    """Read files, folders and archives of them, and yield each document with its stories and all facts; nothing is stored.

    Raises InputError for a path that does not exist; a document that cannot be read is yielded with its problems.
    """
    from miner.engine import expand
    from miner.pipeline import mine as line
    from miner.read import read_paths
    from miner.recognise import Recogniser

    config = config or Config()
    places = [given.path for given in expand(str(path) for path in paths)]
    yield from line(read_paths(places, config), config, Recogniser.load(config.names))


def make_archive(
    paths: Iterable[str | Path], database: str | Path, config: Config | None = None, *, workers: int = 1
) -> Archive:
    """Mine files, folders and archives of them into a database, resolve it, and open it.

    What the database holds already is kept and skipped. Raises InputError, StoreError, ConfigError, ModelError.
    """
    from miner.engine import run_paths

    given = [str(path) for path in paths]
    done = run_paths(given, Path(database), config or Config(), workers=workers)
    if done.read_nothing:
        raise InputError(
            "这里没有可读的文件 / nothing readable there", code="nothing-readable", where=", ".join(given)
        )
    return Archive(database)


def open_archive(database: str | Path) -> Archive:
    """Open a database that `miner run` or `make_archive` made, read-only; raises StoreError when it is none."""
    return Archive(database)


class Archive:
    """A database of mined newspapers, opened read-only; use it with `with`, or close it.

    Every method that takes `name` takes any written form of a name, or an id, and raises InputError, which tells near
    names, when nothing bears it. `since` and `until` are ISO days, months or years, both included.
    """

    def __init__(self, database: str | Path) -> None:
        self.path = Path(database)
        self._opened = opened(self.path)
        self.connection: sqlite3.Connection = self._opened.__enter__()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Archive({str(self.path)!r})"

    def close(self) -> None:
        """Close the database."""
        self._opened.__exit__(None, None, None)

    def articles(
        self,
        *,
        edition: int | None = None,
        newspaper: str | None = None,
        since: str | None = None,
        until: str | None = None,
    ) -> Iterator[Article]:
        """Yield the articles in order of time, as they are stored: without `body_map`, `subheads` and `inferred_year`."""
        rows = self.connection.execute(
            f"select {ARTICLE_COLUMNS} from articles where (?1 is null or edition = ?1) and (?2 is null or newspaper = ?2) "
            "and (?3 is null or published >= ?3) and (?4 is null or published <= ?4 || '~') order by published is null, published, id",
            (edition, newspaper, since, until),
        )
        yield from (Article(**dict(row)) for row in rows)

    def enterprises(self) -> Iterator[Thing]:
        """Yield the enterprises, those in the most articles first."""
        return self._things("enterprise")

    def people(self) -> Iterator[Thing]:
        """Yield the people, those in the most articles first."""
        return self._things("person")

    def organizations(self) -> Iterator[Thing]:
        """Yield the organizations, those in the most articles first."""
        return self._things("organization")

    def places(self) -> Iterator[Thing]:
        """Yield the places, those in the most articles first."""
        return self._things("place")

    def _things(self, label: str) -> Iterator[Thing]:
        rows = self.connection.execute(
            f"select id from [{KINDS[label].table}] order by n_articles desc, id"
        ).fetchall()
        yield from filter(None, (thing(self.connection, label, identity) for (identity,) in rows))

    def events(
        self, *, name: str | None = None, edition: int | None = None, type: str | None = None, since: str | None = None,
        until: str | None = None,
    ) -> Iterator[Event]:  # fmt: skip
        """Yield the events, the latest first, each with its parties and all reports of it."""
        asked = Narrowing(self._key(name), edition, type, since, until, limit=_ALL)
        yield from told.events(self.connection, asked)

    def quotes(self, *, name: str | None = None, edition: int | None = None) -> Iterator[QuoteFact]:
        """Yield words with their speakers, the latest first; a body speaks also through its people."""
        yield from told.quotes(self.connection, Narrowing(self._key(name), edition, limit=_ALL))

    def posts(self, *, name: str | None = None, edition: int | None = None) -> Iterator[PostFact]:
        """Yield the posts of a person or at a body, in order of time."""
        yield from told.posts(self.connection, Narrowing(self._key(name), edition, limit=_ALL))

    def figures(
        self, *, measure: str | None = None, edition: int | None = None, unit: str | None = None
    ) -> Iterator[FigureFact]:
        """Yield the numbers, in order of time; `measure` is a code of docs/schema.md, such as `exhibitors`."""
        yield from told.figures(self.connection, measure=measure, edition=edition, unit=unit)

    def find(self, name: str, *, label: str | None = None) -> Meant:
        """Return whom a name means, and near names where it means nobody; `label` is enterprise, person, organization or place."""
        return find(self.connection, name, (label,) if label else LABELS)

    def dossier(self, name: str, *, label: str | None = None, edition: int | None = None) -> Dossier:
        """Return all that is told of the thing that bears a name, the most frequent one."""
        return dossier(self.connection, self._named(name, label), edition=edition, limit=_ALL)

    def search(self, words: str, *, edition: int | None = None, newspaper: str = "") -> Iterator[SearchHit]:
        """Yield the articles that hold words, the best first; "phrases", OR and -exclusion as on the site.

        As many as the site lists: the best 5,000.
        """
        asked = {"q": words, "edition": str(edition or ""), "newspaper": newspaper, "size": str(MAX_SIZE)}
        for page in range(1, MAX_PAGE + 1):
            found = search(self.connection, Request.read({**asked, "page": str(page)}))
            yield from found.hits
            if len(found.hits) < MAX_SIZE:
                return

    def attention(self, *queries: str, by: str = "month") -> list[Attention]:
        """Return how many articles hold the words of each query, by month, year, edition or newspaper."""
        return attention(self.connection, queries, by)

    def topics(self, *, by: str = "year") -> list[TopicOverTime]:
        """Return the topics of the archive, the largest first, with their articles by year, month, edition or newspaper."""
        return topics(self.connection, by)

    def keywords(self, *, by: str = "edition", most: int = 10) -> dict[str, list[Distinct]]:
        """Return the words that set each edition, year, month or newspaper apart from the others."""
        return distinctive(self.connection, by, most=most)

    def reprints(self) -> Iterator[Copy]:
        """Yield the articles that have the text of an earlier one."""
        return reprinted(self.connection)

    def sql(self, query: str, values: Sequence[object] | Mapping[str, object] = ()) -> list[dict[str, Any]]:
        """Return the rows of a query as dictionaries; raises ConfigError when it is none."""
        columns, rows = self._query(query, values)
        return [dict(zip(columns, row, strict=True)) for row in rows]

    def frame(self, what: str, values: Sequence[object] | Mapping[str, object] = ()) -> pandas.DataFrame:
        """Return a table or view by its name, or a query, as a data frame (extra `pandas`).

        Raises ConfigError when pandas is not installed, or nothing of that name is there.
        """
        try:
            import pandas
        except ImportError as error:
            raise ConfigError(
                "需要 pandas / this needs pandas", hint="pip install 'miner[pandas]'"
            ) from error
        query = (
            what if what.split(" ", 1)[0].strip().lower() in ("select", "with") else f"select * from [{what}]"
        )
        columns, rows = self._query(query, values)
        return pandas.DataFrame([tuple(row) for row in rows], columns=list(columns))

    def _query(
        self, query: str, values: Sequence[object] | Mapping[str, object]
    ) -> tuple[tuple[str, ...], sqlite3.Cursor]:
        try:
            cursor = self.connection.execute(query, values)
        except sqlite3.Error as error:
            raise ConfigError(f"查询不成立 / not a query: {error}") from error
        return tuple(column[0] for column in cursor.description or ()), cursor

    def _key(self, name: str | None) -> tuple[str, str] | None:
        if name is None:
            return None
        named = self._named(name, None)
        return named.label, named.id

    def _named(self, name: str, label: str | None) -> Thing:
        found = self.find(name, label=label)
        if not found.things:
            near = "、".join(one.name for one in found.near)
            raise InputError(
                f"档案里没有这个名称 / no such name: {name}",
                code="no-name",
                where=str(self.path),
                hint=f"近似的名称 near names: {near}" if near else None,
            )
        return found.things[0]
