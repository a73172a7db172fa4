"""What people judged, as gold: corrected articles with their facts, and pages whose headlines were corrected.

The form is that of `miner evaluate --gold`: a text, and a JSON of the same name beside it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from miner.desk.correct import ENTITIES
from miner.desk.correct.apply import settled
from miner.desk.correct.articles import wanted
from miner.desk.correct.file import Correction
from miner.errors import InputError
from miner.language.fold import fold_name

_BEGINS = 14
_LABELS = {"person": "people", "enterprise": "enterprises", "organization": "organizations"}
_MOST_LINES = 4
"""Lines of a headline."""


def write_gold(connection: sqlite3.Connection, folder: Path) -> int:
    """Write a text and its gold for every article that a correction is about; returns how many articles.

    Raises InputError when the folder holds other files, or cannot be written.
    """
    of = _corrected(connection)
    if not of:
        raise InputError(
            "没有已生效的、关于文章的更正 / no applied correction is about an article", code="no-gold"
        )
    if folder.exists() and any(path.suffix not in (".json", ".txt") for path in folder.iterdir()):
        raise InputError("文件夹里有别的文件 the folder holds other files", where=str(folder))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for key, corrections in of.items():
            _write(folder / key, _text(connection, key), _gold(connection, key, corrections))
        for name, text, gold in _pages(connection, sorted(of)):
            _write(folder / name, text, gold)
    except OSError as error:
        raise InputError(f"写不了 cannot be written: {error.strerror or error}", where=str(folder)) from error
    return len(of)


def _corrected(connection: sqlite3.Connection) -> dict[str, list[Correction]]:
    """Return the articles that applied corrections are about, with these."""
    corrections = [one.correction for one in settled(connection) if one.status == "applied"]
    found: dict[str, list[Correction]] = {}
    if corrections:
        named = wanted(connection, corrections).articles
        for correction in corrections:
            for key in named.get(correction.id, ()):
                found.setdefault(key, []).append(correction)
    return found


def _write(stem: Path, text: str, gold: dict[str, Any]) -> None:
    stem.with_suffix(".txt").write_text(text, encoding="utf-8")
    stem.with_suffix(".json").write_text(json.dumps(gold, ensure_ascii=False, indent=1), encoding="utf-8")


def _text(connection: sqlite3.Connection, key: str) -> str:
    headline, day, paper, body = connection.execute(
        "select headline, published, newspaper, body from articles where id = ?", (key,)
    ).fetchone()
    dated = " ".join(part for part in (day, paper) if part)
    return "\n".join([*filter(None, (headline, dated)), "", body, ""])


def _gold(connection: sqlite3.Connection, key: str, corrections: list[Correction]) -> dict[str, Any]:
    rejected = [one.said for one in corrections if one.verb == "reject" and one.kind in ENTITIES]
    return {
        "id": key,
        **_things(connection, key),
        "events": list(_events(connection, key)),
        **_said(connection, key),
        "traps": [{"text": said["name"], "not": said["kind"]} for said in rejected],
        "notes": "; ".join(f"{one.verb} {one.shown} ({one.who or '?'})" for one in corrections),
    }


def _things(connection: sqlite3.Connection, key: str) -> dict[str, Any]:
    """Return the people with their posts, enterprises, organizations and places of an article."""
    seen = {row[0] for row in connection.execute("select text from mentions where article_id = ?", (key,))}
    posts: dict[int, list[dict[str, str]]] = {}
    for person, title, body in connection.execute(
        "select local_person, title, organization_text from posts where article_id = ?", (key,)
    ):
        posts.setdefault(person, []).append({"org": body, "title": title})
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in _LABELS.values()}
    for number, label, name, forms, latin in connection.execute(
        "select local_entity, label, name, forms, latin_name from local_entities where article_id = ? order by 1",
        (key,),
    ):
        if label in _LABELS:
            own = {"latin": latin, "posts": posts.get(number, [])} if label == "person" else {}
            found[_LABELS[label]].append({"name": name, "aliases": _forms(forms, seen), **own})
    places = connection.execute(
        "select distinct text from mentions where article_id = ? and label = 'place' order by 1", (key,)
    )
    return {**found, "places": [text for (text,) in places]}


def _said(connection: sqlite3.Connection, key: str) -> dict[str, Any]:
    """Return the quotes and figures of an article."""
    quotes = connection.execute(
        "select speaker, direct, text from quotes where article_id = ? order by start", (key,)
    ).fetchall()
    figures = connection.execute(
        "select value, unit, qualifier, text as as_written from figures where article_id = ? and value is not null"
        " order by start",
        (key,),
    )
    names = [column[0] for column in figures.description]
    return {
        "quotes": [
            {"speaker": who, "direct": bool(direct), "begins": text[:_BEGINS]} for who, direct, text in quotes
        ],
        "figures": [dict(zip(names, row, strict=True)) for row in figures],
    }


def _forms(forms: str, seen: set[str]) -> list[str]:
    return sorted({text for text, *_ in json.loads(forms) if text in seen})


def _events(connection: sqlite3.Connection, key: str) -> Iterator[dict[str, Any]]:
    rows = connection.execute(
        "select id, type, trigger, date, place, status, evidence from event_reports where article_id = ? order by start, id",
        (key,),
    )
    for report, kind, trigger, day, place, status, evidence in rows.fetchall():
        parties = connection.execute(
            "select name from event_participants where report_id = ? order by id", (report,)
        )
        yield {
            "type": kind, "trigger": trigger, "date": day, "place": place, "participants": [name for (name,) in parties],
            "status": status, "quote_of_sentence": evidence.strip()[:_BEGINS],
        }  # fmt: skip


def _pages(connection: sqlite3.Connection, articles: list[str]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield the pages whose headlines were corrected, where the right headline stands on lines of the page."""
    for key in articles:
        document, headline, before = connection.execute(
            "select a.document_id, a.headline, json_extract(c.original, '$.headline') from articles a"
            " left join corrected_articles c on c.article_id = a.id where a.id = ?",
            (key,),
        ).fetchone()
        if headline is None or before == headline:
            continue
        lines = connection.execute(
            "select line, article_id, role, text, start from article_lines where document_id = ? order by line",
            (document,),
        ).fetchall()
        head = _head_lines([(line, text) for line, _, _, text, _ in lines], headline)
        if head:
            yield (
                f"{key}-page",
                _page_text(lines),
                {"id": f"{key}-page", "lines": dict(_page_lines(lines, key, head))},
            )


def _head_lines(lines: list[tuple[int, str]], headline: str) -> set[int]:
    """Return the numbers of the lines that together are a headline; none when there are none."""
    wanted_head = fold_name(headline)
    for at in range(len(lines)):
        for length in range(1, _MOST_LINES + 1):
            part = lines[at : at + length]
            if fold_name("".join(text for _, text in part)) == wanted_head:
                return {number for number, _ in part}
    return set()


def _page_text(lines: list[Any]) -> str:
    texts = {line: text for line, _, _, text, _ in lines}
    return "\n".join(texts.get(number, "") for number in range(1, max(texts) + 1)) + "\n"


def _page_lines(lines: list[Any], key: str, head: set[int]) -> Iterator[tuple[str, dict[str, Any]]]:
    paragraph = 0
    for line, article, role, _, start in lines:
        paragraph += role == "body" and start is not None
        if line in head:
            article, role = key, "headline"
        elif article == key and role == "headline":
            article, role = None, "other"
        yield str(line), {"article": article, "role": role, "para": paragraph}
