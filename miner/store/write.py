"""Write what was mined: one transaction for each batch of documents, old facts of a changed file replaced entirely."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from miner.model import Facts, LocalEntity, Mention, Mined, Problem, SeriesPart
from miner.offsets import stable_id
from miner.store.places import Place, Places
from miner.store.schema import table

Row = dict[str, Any]


def now() -> str:
    """Return the time now as ISO 8601 in UTC."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Writer:
    """The one writer of a database. Not thread-safe; use one for each connection."""

    def __init__(self, connection: sqlite3.Connection, *, reader_sha256: str) -> None:
        self.connection = connection
        self.reader_sha256 = reader_sha256
        self.run_id = ""
        self.places = Places(connection)
        self._run: Row | None = None

    def begin_run(self, *, version: str, command: str, config_sha256: str, model_sha256: str) -> None:
        """Begin a new run; everything written from now on belongs to it."""
        with self.connection:  # a database that cannot be written is found out before anything is read
            self.connection.execute("begin immediate")
        self.run_id = stable_id("run", datetime.now(UTC).isoformat(), command)
        self._run = {"id": self.run_id, "started": now(), "version": version, "command": command,
                     "config_sha256": config_sha256, "model_sha256": model_sha256}  # fmt: skip

    def _begin_writing(self) -> None:
        """Add the row of the run before its first fact: a run that changes nothing changes no byte."""
        if self._run is not None:
            self._insert("runs", [self._run])
            self._run = None

    def finish_run(self, **counts: float) -> None:
        """Complete the row of the run with its counts."""
        names = ", ".join(f"[{name}] = :{name}" for name in counts)
        with self.connection:
            self._begin_writing()
            self.connection.execute(
                f"update runs set finished = :finished, {names} where id = :id",
                {**counts, "finished": now(), "id": self.run_id},
            )

    def has_unfinished_run(self) -> bool:
        """Tell whether the latest run was stopped before its end: what it stored may not have been resolved."""
        row = self.connection.execute(
            "select finished from runs order by started desc, rowid desc limit 1"
        ).fetchone()
        return row is not None and row[0] is None

    def knows(self, document_id: str) -> bool:
        """Tell whether this document was read before, by the same version, configuration and model."""
        found = self.connection.execute(
            "select 1 from documents where id = ? and reader_sha256 = ?", (document_id, self.reader_sha256)
        )
        return found.fetchone() is not None

    def see(self, document_id: str, place: Place) -> bool:
        """Note that a known document lies at a place; return whether this was new."""
        with self.connection:
            return self.places.note(document_id, place)

    def write(self, batch: Sequence[tuple[Mined, Place]], *, again: bool = False) -> None:
        """Write documents, each with its place, in one transaction; `again` replaces what this run wrote before."""
        with self.connection:
            self.connection.execute("begin immediate")
            self._begin_writing()
            for mined, place in batch:
                self._write_document(mined, place, again=again)

    def _write_document(self, mined: Mined, place: Place, *, again: bool) -> None:
        document, old = mined.document, self.places.at(place)
        twin = self.connection.execute(
            "select 1 from documents where id = ? and reader_sha256 = ? and run_id = ?",
            (document.id, self.reader_sha256, self.run_id),
        ).fetchone()
        if twin is None or again:
            kept = self.places.of(document.id)
            self.connection.execute("delete from documents where id = ?", (document.id,))
            self._insert_document(mined)
            self.places.restore(kept)
        self.places.note(document.id, place)
        if old is not None and old != document.id:
            self.places.forget_unplaced(old)

    def say_twins(self) -> bool:
        """Say of every further place of a document that it holds the same bytes; return whether that is news."""
        rows = self.connection.execute(
            "select id, path from problems where code = 'duplicate-bytes'"
        ).fetchall()
        wanted = {_problem_id(problem, path, None): (problem, path) for problem, path in self.places.twins()}
        if {row[0] for row in rows} == set(wanted):
            return False
        with self.connection:
            self.connection.execute("delete from problems where code = 'duplicate-bytes'")
            for problem, path in wanted.values():
                self._insert_problems([problem], path=path)
        return True

    def forget_nothing_readable(self) -> None:
        """Take back what earlier runs said of finding nothing."""
        told = "document_id is null and code = 'nothing-readable'"
        if self.connection.execute(f"select 1 from problems where {told}").fetchone():
            with self.connection:
                self.connection.execute(f"delete from problems where {told}")

    def _insert_document(self, mined: Mined) -> None:
        document = mined.document
        self._insert("documents", [{
            "id": document.id, "path": document.path, "media_type": document.media_type, "encoding": document.encoding,
            "newspaper": document.newspaper, "issue_date": document.issue_date, "page": document.page, "bytes": document.bytes,
            "n_chars": document.n_chars, "status": document.status, "url": document.url, "reader_sha256": self.reader_sha256, "run_id": self.run_id,
            **_series(document.part),
        }])  # fmt: skip
        geometry = {line.number: line for line in document.lines if line.box is not None}
        self._insert("articles", [article_row(facts) for facts in mined.facts])
        self._insert("article_lines", [
            {"document_id": document.id, "line": line.line, "article_id": line.article_id, "role": line.role, "start": line.start,
             "end": line.end, "text": line.text, "edits": line.edits, **_geometry(geometry.get(line.line))}
            for line in mined.lines
        ])  # fmt: skip
        for facts in mined.facts:
            for name, rows in fact_rows(facts).items():
                self._insert(name, rows, ignore=True)
            self._insert_problems(
                (*facts.problems, *facts.annotated.problems), path=document.path, document_id=document.id
            )
        self._insert_problems(mined.problems, path=document.path, document_id=document.id)

    def _insert_problems(
        self, problems: Iterable[Problem], *, path: str | None, document_id: str | None = None
    ) -> None:
        if problems := tuple(problems):
            self._begin_writing()
        self._insert("problems", [
            {"id": _problem_id(p, path, document_id), "run_id": self.run_id,
             "document_id": p.document_id or document_id, "stage": p.stage, "code": p.code, "message": p.message, "line": p.line, "path": path}
            for p in problems
        ], replace=True)  # fmt: skip

    def add_problems(self, problems: Iterable[Problem], *, path: str | None = None) -> None:
        """Store problems that belong to no document."""
        with self.connection:
            self._insert_problems(problems, path=path)

    def _insert(self, name: str, rows: Sequence[Row], *, ignore: bool = False, replace: bool = False) -> None:
        if not rows:
            return
        columns = [column.name for column in table(name).columns if column.name in rows[0]]
        verb = "insert or ignore" if ignore else "insert or replace" if replace else "insert"
        sql = f"{verb} into [{name}] ({', '.join(f'[{c}]' for c in columns)}) values ({', '.join('?' * len(columns))})"
        self.connection.executemany(sql, ([row[c] for c in columns] for row in rows))


def _series(part: SeriesPart | None) -> Row:
    return {
        "series": part and part.series,
        "series_part": part and part.number,
        "series_parts": part and part.known,
    }


def _problem_id(p: Problem, path: str | None, document_id: str | None) -> str:
    return stable_id("problem", p.document_id or document_id, path, p.stage, p.code, p.line, p.message)


def _geometry(line: Any) -> Row:
    if line is None:
        return {"page": None, "box": None}
    box = line.box
    return {
        "page": line.page,
        "box": json.dumps([round(v, 1) for v in (box.left, box.bottom, box.right, box.top)]),
    }


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
            "end": m.span.end, "text": m.text, "label": m.label, "method": m.method, "confidence": round(m.confidence, 3), "local_entity": m.entity}  # fmt: skip


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
