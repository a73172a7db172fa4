"""An archive in which every text that came from outside is an attack."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from miner.offsets import stable_id
from miner.publish.index import fts, summaries
from miner.publish.pages.lists import LISTINGS
from tests.archives import empty_archive, insert
from tests.attacks import ATTACKS

KINDS = (
    ("enterprise", "enterprises", "enterprise_id"), ("person", "people", "person_id"), ("organization", "organizations", "organization_id"),
    ("place", "places", "place_id"),
)  # fmt: skip


def hostile_archive(path: Path) -> list[str]:
    """Make the archive; return the addresses of all our pages of it."""
    connection = empty_archive(str(path))
    insert(
        connection,
        "runs",
        id="run",
        started="2025-01-01T00:00:00Z",
        version=ATTACKS[0],
        command=ATTACKS[1],
        config_sha256=ATTACKS[2],
        model_sha256=ATTACKS[3],
    )
    pages = ["/", "/-/expo", "/-/expo/search", "/-/expo/figures", "/-/expo/editions", "/-/expo/edition/5"]
    pages += [f"/-/expo/{name}" for name in LISTINGS]
    for number, attack in enumerate(ATTACKS):
        pages += _add(connection, number, attack.replace("\x00", "") if "\x00" in attack else attack)
    fts.refresh(connection)
    summaries.rebuild(connection)
    connection.commit()
    connection.close()
    return pages


def _add(connection: sqlite3.Connection, number: int, attack: str) -> list[str]:
    key = stable_id("attack", number)
    lead = "第五届进博会上,"
    body = f"{lead}{attack}签约。\n{attack}\n末段"
    start, end = len(lead), len(lead) + len(attack)
    insert(
        connection,
        "documents",
        id=key,
        path=attack,
        media_type=attack,
        encoding=attack,
        newspaper=attack,
        bytes=1,
        status="ok",
        url=attack,
    )
    insert(
        connection, "articles", id=key, document_id=key, position=0, headline=attack, kicker=attack, subtitle=attack, section=attack, byline=attack,
        published=f"2022-11-{number % 28 + 1:02}", newspaper=attack, page=attack, body=body, n_chars=len(body), edition=5, confidence=0.5,
        reason=attack, jump_to=attack, jump_from=attack, story_id=attack, url=attack,
    )  # fmt: skip
    insert(
        connection,
        "article_lines",
        document_id=key,
        line=1,
        article_id=key,
        role="body",
        start=0,
        end=end,
        text=lead + attack,
        edits=attack,
    )
    insert(
        connection,
        "problems",
        id=key,
        document_id=key,
        stage=attack,
        code=attack,
        message=attack,
        path=attack,
    )
    for label, table, column in KINDS:
        extra = {"enterprise": {"short_name": attack, "country": attack, "industry": attack}, "person": {"latin_name": attack},
                 "organization": {"kind": attack}, "place": {"kind": attack}}[label]  # fmt: skip
        insert(
            connection,
            table,
            id=f"{label[:2]}{key}",
            name=attack,
            n_mentions=1,
            n_articles=1,
            first_seen="2022-11-05",
            last_seen="2022-11-06",
            **extra,
        )
        insert(
            connection,
            "aliases",
            id=f"{label[:2]}{key}",
            alias=attack,
            kind="declared",
            article_id=key,
            field="body",
            start=start,
            end=end,
            **{column: f"{label[:2]}{key}"},
        )
    for field, at in (("body", start), ("headline", 0), ("kicker", 0)):
        insert(connection, "mentions", id=f"{field}{key}", article_id=key, field=field, start=at, end=at + len(attack), text=attack, label="enterprise",
               enterprise_id=f"en{key}", method=attack, confidence=0.5, local_entity=0)  # fmt: skip
    insert(connection, "mentions", id=f"o{key}", article_id=key, field="subtitle", start=0, end=len(attack), text=attack, label="person",
           person_id=f"pe{key}", method="t", confidence=0.5, local_entity=1)  # fmt: skip
    insert(connection, "events", id=key, type="signing", title=attack, date="2022-11-06", date_precision="day", place=attack, edition=5, status="done",
           n_reports=2, amount=1e8, amount_unit=attack)  # fmt: skip
    for at in range(2):
        insert(connection, "event_reports", id=f"{key}{at}", event_id=key, article_id=key, field="body", start=0, end=len(body) - 3, type="signing",
               trigger=attack, trigger_start=end, trigger_end=end + 2, evidence=body, date="2022-11-06", date_text=attack, place=attack + "甲乙"[at],
               edition=5, status="done", amount=at + 1, amount_unit=attack, method=attack, confidence=0.5)  # fmt: skip
        for label, _, column in KINDS[:3]:
            insert(connection, "event_participants", id=f"{key}{at}{label}", event_id=key, report_id=f"{key}{at}", role=attack, name=attack,
                   **{column: f"{label[:2]}{key}"})  # fmt: skip
    for column in ("person_id", "enterprise_id"):
        insert(connection, "quotes", id=f"{column}{key}", article_id=key, field="body", start=start, end=end, text=attack, direct=1, cue=attack,
               speaker=attack, confidence=0.5, **{column: f"{column[:2]}{key}"})  # fmt: skip
    insert(connection, "posts", id=key, person_id=f"pe{key}", title=attack, organization_text=attack, enterprise_id=f"en{key}", article_id=key, start=0, end=1,
           date="2022-11-06", local_person=1)  # fmt: skip
    for value in (100.0, 120.0):
        insert(connection, "figures", id=f"{key}{value}", article_id=key, field="body", start=start, end=end, text=attack, value=value, unit=attack,
               qualifier=attack, subject=attack, measure=attack, comparison=attack, edition=5)  # fmt: skip
    for kind in ("enterprise", "event"):
        insert(connection, "judgements", id=f"{kind}{key}", kind=kind, left_id=f"en{key}" if kind == "enterprise" else f"{key}0", right_id=f"{key}1",
               left_name=attack, right_name=attack, same=1, score=0.9, reasons=attack)  # fmt: skip
    things = [f"/-/expo/{label}/{label[:2]}{key}" for label, *_ in KINDS]
    return [f"/-/expo/article/{key}", *things, f"/-/expo/event/{key}"]
