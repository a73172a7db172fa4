"""Mined documents as the rows of the database, ready to be written: the compact form in which processes hand them over."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from miner.model import Facts, LocalEntity, Mention, Mined, Problem, SeriesPart
from miner.offsets import stable_id
from miner.store.schema import table

__all__ = [
    "ARTICLE_COLUMNS",
    "Packed",
    "Rows",
    "article_row",
    "fact_rows",
    "insert",
    "pack",
    "problem_rows",
    "report_row",
    "together",
]

Row = dict[str, Any]
_OF_THE_MACHINE = frozenset(("memory", "worker-died"))
"""Problems that are not the document's: another run, with more memory, may read it."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of one table, as tuples of what the columns hold."""

    table: str
    columns: tuple[str, ...]
    values: list[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Packed:
    """One mined document as rows, in the order in which they are written; who wrote it is added by the writer."""

    id: str
    path: str
    failed: bool
    again: bool
    """Whether the next run should try it again: it failed for want of memory, or with its process."""
    n_articles: int
    n_chars: int
    rows: tuple[Rows, ...]


def pack(mined: Mined) -> Packed:
    """Return the rows that a mined document fills, before resolving."""
    document = mined.document
    geometry = {line.number: line for line in document.lines if line.box is not None}
    found: list[tuple[str, Sequence[Row]]] = [
        ("documents", [{
            "id": document.id, "path": document.path, "media_type": document.media_type, "encoding": document.encoding,
            "newspaper": document.newspaper, "issue_date": document.issue_date, "page": document.page, "bytes": document.bytes,
            "n_chars": document.n_chars, "status": document.status, "url": document.url,
            **_series(document.part),
        }]),
        ("articles", [article_row(facts) for facts in mined.facts]),
        ("article_lines", [
            {"document_id": document.id, "line": line.line, "article_id": line.article_id, "role": line.role, "start": line.start,
             "end": line.end, "text": line.text, "edits": line.edits, **_geometry(geometry.get(line.line))}
            for line in mined.lines
        ]),
    ]  # fmt: skip
    told: list[Problem] = []
    for facts in mined.facts:
        found.extend(fact_rows(facts).items())
        told.extend((*facts.problems, *facts.annotated.problems))
    told.extend(mined.problems)
    found.append(("problems", problem_rows(told, path=document.path, document_id=document.id)))
    failed = document.status == "failed"
    return Packed(
        id=document.id,
        path=document.path,
        failed=failed,
        again=failed and any(p.code in _OF_THE_MACHINE for p in told),
        n_articles=len(mined.facts),
        n_chars=document.n_chars,
        rows=tuple(together(found)),
    )


def together(found: Iterable[tuple[str, Sequence[Row]]]) -> Iterator[Rows]:
    """Bring the rows of each table together, tables in the order in which they first come."""
    tables: dict[str, list[Row]] = {}
    for name, rows in found:
        tables.setdefault(name, []).extend(rows)
    for name, rows in tables.items():
        if rows:
            columns = tuple(column.name for column in table(name).columns if column.name in rows[0])
            yield Rows(name, columns, [tuple(row[c] for c in columns) for row in rows])


def insert(connection: sqlite3.Connection, rows: Rows, *, verb: str = "insert", **more: str | None) -> None:
    """Insert rows, each with some columns `more` of one value."""
    columns, last = (*rows.columns, *more), tuple(more.values())
    sql = f"{verb} into [{rows.table}] ({', '.join(f'[{c}]' for c in columns)}) values ({', '.join('?' * len(columns))})"
    connection.executemany(sql, ([*row, *last] for row in rows.values) if last else rows.values)


def problem_rows(
    problems: Iterable[Problem], *, path: str | None, document_id: str | None = None
) -> list[Row]:
    """Return the rows of `problems`, but for the run that found them."""
    return [
        {"id": stable_id("problem", p.document_id or document_id, path, p.stage, p.code, p.line, p.message),
         "document_id": p.document_id or document_id, "stage": p.stage, "code": p.code, "message": p.message, "line": p.line, "path": path}
        for p in problems
    ]  # fmt: skip


def _series(part: SeriesPart | None) -> Row:
    return {
        "series": part and part.series,
        "series_part": part and part.number,
        "series_parts": part and part.known,
    }


def _geometry(line: Any) -> Row:
    if line is None:
        return {"page": None, "box": None}
    box = line.box
    return {
        "page": line.page,
        "box": json.dumps([round(v, 1) for v in (box.left, box.bottom, box.right, box.top)]),
    }


ARTICLE_COLUMNS = (
    "id, document_id, position, headline, body, kicker, subtitle, section, byline, published, page, newspaper, edition, jump_to, "
    "jump_from, url, confidence, reason"
)
"""The columns of `articles` that an `Article` is made of again, by its names for them."""


def article_row(facts: Facts) -> Row:
    """Return the row of `articles`."""
    a = facts.article
    return {
        "id": a.id, "document_id": a.document_id, "position": a.position, "headline": a.headline, "kicker": a.kicker, "subtitle": a.subtitle,
        "section": a.section, "byline": a.byline, "published": a.published, "newspaper": a.newspaper, "page": a.page, "body": a.body,
        "n_chars": len(a.body), "edition": a.edition, "jump_to": a.jump_to, "jump_from": a.jump_from, "confidence": a.confidence,
        "reason": a.reason, "url": a.url, "story_id": None, "duplicate_of": None,
    }  # fmt: skip


def fact_rows(facts: Facts) -> dict[str, list[Row]]:
    """Return the rows of all tables that one article's facts fill, before resolving."""
    reports = [report_row(report) for report in facts.reports]
    return {
        "local_entities": [_local_row(facts.article.id, i, entity) for i, entity in enumerate(facts.annotated.entities)],
        "mentions": [_mention_row(mention) for mention in facts.annotated.mentions],
        "posts": [
            {"id": stable_id("post", p.article_id, p.field, p.span.start, p.span.end, p.person, p.title, p.organization_text), "person_id": None, "title": p.title,
             "organization_text": p.organization_text, "enterprise_id": None, "organization_id": None, "article_id": p.article_id, "field": p.field,
             "start": p.span.start, "end": p.span.end, "date": facts.article.published, "status": p.status, "since": p.since, "until": p.until,
             "local_person": p.person, "local_organization": p.organization}
            for p in facts.posts
        ],
        "event_reports": reports,
        "event_participants": list(_participant_rows(facts, reports)),
        "quotes": [
            {"id": stable_id("quote", q.article_id, q.field, q.span.start, q.span.end), "article_id": q.article_id, "field": q.field, "start": q.span.start,
             "end": q.span.end, "text": q.text, "direct": int(q.direct), "cue": q.cue, "speaker": q.speaker, "person_id": None, "enterprise_id": None,
             "organization_id": None, "continued": json.dumps([list(s) for s in q.continued]) if q.continued else None, "confidence": q.confidence,
             "local_entity": q.entity}
            for q in facts.quotes
        ],
        "figures": [
            {"id": stable_id("figure", f.article_id, f.field, f.span.start, f.span.end), "article_id": f.article_id, "field": f.field, "start": f.span.start,
             "end": f.span.end, "text": f.text, "value": f.value, "unit": f.unit, "qualifier": f.qualifier, "subject": f.subject, "measure": f.measure,
             "comparison": f.comparison, "edition": f.edition, "date": f.date}
            for f in facts.figures
        ],
    }  # fmt: skip


def _local_row(article_id: str, index: int, entity: LocalEntity) -> Row:
    forms = [[f.text, f.kind, f.field, *(f.span or (None, None))] for f in entity.forms]
    return {"article_id": article_id, "local_entity": index, "label": entity.label, "name": entity.name, "forms": json.dumps(forms, ensure_ascii=False),
            "known_as": entity.known_as, "latin_name": entity.latin_name, "country": entity.country, "industry": entity.industry, "kind": entity.kind,
            "entity_id": None}  # fmt: skip


def _mention_row(m: Mention) -> Row:
    return {"id": stable_id("mention", m.article_id, m.field, m.span.start, m.span.end), "article_id": m.article_id, "field": m.field, "start": m.span.start,
            "end": m.span.end, "text": m.text, "label": m.label, "method": m.method, "confidence": round(m.confidence, 3), "local_entity": m.entity, "evidence": m.evidence}  # fmt: skip


def report_row(report: Any) -> Row:
    """Return the row of `event_reports`; its id depends on type, place in the text, date and participants."""
    r = report
    who = ",".join(f"{p.role}:{p.name}" for p in r.participants)
    return {
        "id": stable_id("report", r.article_id, r.field, r.type, r.trigger_span.start, r.trigger_span.end, r.date, r.status, who), "event_id": None,
        "article_id": r.article_id, "field": r.field, "start": r.span.start, "end": r.span.end, "type": r.type, "trigger": r.trigger,
        "trigger_start": r.trigger_span.start, "trigger_end": r.trigger_span.end, "evidence": r.evidence, "date": r.date, "date_end": r.date_end,
        "date_text": r.date_text, "date_method": r.date_method, "place": r.place, "edition": r.edition, "status": r.status,
        "open_list": int(r.open_list), "amount": r.amount, "amount_unit": r.amount_unit, "method": r.method, "confidence": round(r.confidence, 3),
    }  # fmt: skip


def _participant_rows(facts: Facts, reports: Sequence[Row]) -> Iterator[Row]:
    for report, row in zip(facts.reports, reports, strict=True):
        for position, participant in enumerate(report.participants):
            yield {"id": stable_id("participant", row["id"], position), "event_id": None, "report_id": row["id"], "role": participant.role,
                   "name": participant.name, "local_entity": participant.entity}  # fmt: skip
