"""Chinese full text: an FTS5 index of character pairs in which every substring of an article can be found.

The table `articles_fts` keeps, for every article, the *set* of its characters and of its pairs of neighbouring
characters (`detail=none`: no positions). A word of one or two characters is one lookup, a longer one the
intersection of its pairs, so that recall is 1 for any substring; `contains` tells the rare article that has all pairs
but not the word. Measured against single characters queried by phrase, the index is smaller (0.7 against 1.05 × the
text) and frequent characters cost nothing: a rare word of common characters is found as fast as any.

Three kinds of token stand beside the plain ones, each behind a private-use mark: what the headlines hold, what an
article repeats (three times and more), and tags (newspaper, edition, section, month) by which a search is narrowed.
"""

from __future__ import annotations

import sqlite3
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from miner.language.editions import is_about_expo
from miner.language.fold import fold as fold_character

TABLE = "articles_fts"
PENDING = "articles_fts_pending"
IN_HEADLINE, REPEATED, TAG = "\uf8f0", "\uf8f1", "\uf8f2"
"""Marks before a token: it stands in a headline; the article repeats it; it is a tag."""
_MARKS = (IN_HEADLINE, REPEATED, TAG, "\uf8f3")
"""Characters that mean something to an index, the last one to that of names in lists.py: no text may hold them."""
REPEATS = 3
"""An article repeats what it says this often."""
_INVISIBLE = TAG + "invisible"
_ASCII_MARK = 0xE000
_TEXTS = ("kicker", "headline", "subtitle", "section", "byline", "body")
_COLUMNS = (*_TEXTS, "newspaper", "edition", "published")
_HEADS = ("kicker", "headline", "subtitle")
_TAG_CHARS = 60
BULK_HASH_BYTES, HASH_BYTES = 64 * 2**20, 2**20


class _Folding(dict[int, str]):
    """A translation table that is filled as characters are met: the language's folding, fit for FTS5."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = self._fold(chr(code))
        return folded

    def _fold(self, char: str) -> str:
        category = unicodedata.category(char)
        if category == "Cs" or char in _MARKS:
            return "\ufffd"
        if category == "Cf" or "\u0300" <= char <= "\u036f":
            return ""
        char = _one(fold_character(_one(unicodedata.normalize("NFKC", char), char)).lower(), char)
        char = _unaccented(char)
        return char if ord(char) >= 128 or char.isalnum() else chr(_ASCII_MARK + ord(char))


def _unaccented(char: str) -> str:
    """Return a Latin letter without its accents, so that `cafe` finds Café; kana keep theirs."""
    base = unicodedata.normalize("NFD", char)[0]
    return base if base.isascii() else char


def _one(form: str, char: str) -> str:
    return form if len(form) == 1 else char


@lru_cache(maxsize=1)
def _folding() -> _Folding:
    return _Folding()


def fold(text: str) -> str:
    """Return the text as it is indexed: simplified, half width, lower case, invisible characters and accents left out.

    Character by character, so that a substring folds to a substring. ASCII punctuation becomes private-use letters,
    because FTS5's tokenizer drops it.

    >>> fold("３Ｍ公司") == fold("3m公司"), fold("進博會"), len(fold("4.1")), fold("Café")
    (True, '进博会', 3, 'cafe')
    """
    return text.translate(_folding())


def terms(word: str) -> list[str]:
    """Return the tokens that an article must hold to contain the word, which must be folded.

    >>> terms("进博会"), terms("会")
    (['进博', '博会'], ['会'])
    """
    if len(word) < 2:
        return [word] if word else []
    return list(dict.fromkeys(map("".join, pairwise(word))))


def match_word(text: str, *, mark: str = "") -> str:
    """Return an FTS5 expression for the articles that hold the text; `mark` asks for headlines or for repetition.

    >>> match_word("进博会")
    '("进博" AND "博会")'
    """
    word = fold(text)
    wanted = [mark + term for term in terms(word)] if word else [_INVISIBLE]
    return "(" + " AND ".join(f'"{term}"' for term in wanted) + ")"


def tag(name: str, value: object) -> str:
    """Return the token that stands for a property of an article.

    >>> tag("edition", 5) == TAG + "edition5"
    True
    """
    return TAG + name + fold(str(value))[:_TAG_CHARS]


def match_tag(name: str, value: object) -> str:
    """Return an FTS5 expression for the articles that carry the tag."""
    return f'"{tag(name, value)}"'


def contains(texts: Iterable[str | None], word: str) -> bool:
    """Tell whether one of the texts holds the word, folded as in the index.

    >>> contains(["進博會開幕", None], "进博会"), contains(["进博物馆，博会"], "进博会")
    (True, False)
    """
    wanted = fold(word)
    return any(wanted in fold(text) for text in texts if text)


@dataclass(frozen=True, slots=True)
class _Indexed:
    """What the index reads of an article, in the order of _COLUMNS."""

    rowid: int
    values: tuple[str | int | None, ...]

    def tokens(self) -> str:
        """Return the article's tokens, separated by blanks, in no order."""
        field = dict(zip(_COLUMNS, self.values, strict=True))
        found: set[str] = set()
        counts: Counter[str] = Counter()
        for name in _TEXTS:
            raw = str(field[name] or "")
            text = fold(raw)
            if len(text) != len(raw):
                found.add(_INVISIBLE)
            grams = [*map("".join, pairwise(text)), *text]
            counts.update(grams)
            if name in _HEADS:
                found.update(IN_HEADLINE + gram for gram in grams)
        found.update(counts)
        found.update(REPEATED + gram for gram, count in counts.items() if count >= REPEATS)
        found.update(tags(field))
        return " ".join(found)


def tags(field: dict[str, str | int | None]) -> Iterator[str]:
    """Yield the tags of an article whose newspaper, edition, section and published are given."""
    for name in ("newspaper", "edition", "section"):
        if field.get(name) is not None:
            yield tag(name, field[name])
    if is_about_expo(str(field.get("headline") or ""), str(field.get("body") or "")):
        yield tag("about", "expo")
    date = str(field.get("published") or "")
    if len(date) >= 4:
        yield tag("year", date[:4])
    if len(date) >= 7:
        yield tag("month", date[:7])


def create(connection: sqlite3.Connection) -> None:
    """Create the index and the triggers that note which articles it still has to take in or let go.

    The triggers need no function of ours: any SQLite program may change `articles`; `refresh` then brings the index up.
    """
    connection.execute(
        f"create virtual table if not exists [{TABLE}] "
        "using fts5(text, content='', tokenize='ascii', detail=none)"
    )
    columns = ", ".join(f"[{name}]" for name in _COLUMNS)
    old = ", ".join(f"old.[{name}]" for name in _COLUMNS)
    connection.execute(
        f"create table if not exists [{PENDING}] "
        f"(article integer not null, drops integer not null, {columns}, primary key (article, drops))"
    )
    add = f"insert or ignore into [{PENDING}] (article, drops) values (new.rowid, 0);"
    drop = (
        f"insert or ignore into [{PENDING}] (article, drops, {columns}) select old.rowid, 1, {old} "
        f"where not exists (select 1 from [{PENDING}] where article = old.rowid and drops = 0);"
    )
    forget = f"delete from [{PENDING}] where article = old.rowid and drops = 0;"
    changed = " or ".join(f"old.[{name}] is not new.[{name}]" for name in _COLUMNS)
    for name, when, body in (
        ("insert", "after insert on articles", add),
        ("delete", "before delete on articles", drop + forget),
        ("update", f"after update on articles when {changed} or old.rowid <> new.rowid", drop + forget + add),
    ):
        connection.execute(f"create trigger if not exists [{TABLE}_{name}] {when} begin {body} end")


def refresh(connection: sqlite3.Connection) -> int:
    """Bring the index up to the articles as they are now; return how many were taken in. Call it before committing.

    Where there is no index yet, it is built.
    """
    if connection.execute("select 1 from sqlite_master where name = ?", (PENDING,)).fetchone() is None:
        return rebuild(connection)
    columns = ", ".join(f"[{name}]" for name in _COLUMNS)
    for rowid, *values in connection.execute(
        f"select article, {columns} from [{PENDING}] where drops = 1"
    ).fetchall():
        tokens = _Indexed(rowid, tuple(values)).tokens()
        connection.execute(
            f"insert into [{TABLE}] ([{TABLE}], rowid, text) values ('delete', ?, ?)", (rowid, tokens)
        )
    added = f"select article from [{PENDING}] where drops = 0"
    wanted = f"select rowid, {columns} from articles where rowid in ({added}) order by rowid"
    count = _index(connection, wanted)
    connection.execute(f"delete from [{PENDING}]")
    return count


def rebuild(connection: sqlite3.Connection) -> int:
    """Build the index anew from `articles`; return how many articles it holds."""
    create(connection)
    connection.execute(f"insert into [{TABLE}] ([{TABLE}]) values ('delete-all')")
    connection.execute(f"delete from [{PENDING}]")
    columns = ", ".join(f"[{name}]" for name in _COLUMNS)
    connection.execute(f"insert into [{TABLE}] ([{TABLE}], rank) values ('hashsize', {BULK_HASH_BYTES})")
    try:
        count = _index(connection, f"select rowid, {columns} from articles order by rowid")
        optimize(connection)
    finally:
        connection.execute(f"insert into [{TABLE}] ([{TABLE}], rank) values ('hashsize', {HASH_BYTES})")
    return count


def optimize(connection: sqlite3.Connection) -> None:
    """Merge the index into its smallest and fastest form; worth calling after a large run."""
    connection.execute(f"insert into [{TABLE}] ([{TABLE}]) values ('optimize')")


def is_current(connection: sqlite3.Connection) -> bool:
    """Tell whether the index exists and no article waits for `refresh`."""
    names = {row[0] for row in connection.execute("select name from sqlite_master where type = 'table'")}
    if not {TABLE, PENDING} <= names:
        return False
    return connection.execute(f"select 1 from [{PENDING}] limit 1").fetchone() is None


def _index(connection: sqlite3.Connection, select: str) -> int:
    count = 0
    for rowid, *values in connection.execute(select):
        tokens = _Indexed(rowid, tuple(values)).tokens()
        connection.execute(f"insert into [{TABLE}] (rowid, text) values (?, ?)", (rowid, tokens))
        count += 1
    return count
