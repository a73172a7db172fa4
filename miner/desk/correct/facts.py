"""Corrections of what was read from one article: facts in, facts out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from miner.desk.correct import ENTITIES
from miner.desk.correct.file import Correction
from miner.desk.correct.places import report_tells
from miner.language.fold import fold_name
from miner.model import Annotated, EventReport, Facts, LocalEntity, Participant, Post, PostStatus, Status


@dataclass(frozen=True, slots=True)
class Changed:
    """Facts of an article after corrections, and the ids of the corrections that found something to change."""

    facts: Facts
    hit: frozenset[str]


def correct_facts(facts: Facts, corrections: Sequence[Correction]) -> Changed:
    """Return the facts of an article as people corrected them, in the order of the corrections."""
    hit = set()
    for correction in corrections:
        after = _CHANGES[correction.verb](facts, correction.said)
        if after != facts:
            hit.add(correction.id)
            facts = after
    return Changed(facts, frozenset(hit))


def _reject(facts: Facts, said: Mapping[str, Any]) -> Facts:
    kind = said["kind"]
    if kind in ENTITIES:
        return _without_name(facts, kind, fold_name(said["name"]))
    return _without_fact(facts, kind, fold_name(said["says"]), said)


def _without_fact(facts: Facts, kind: str, words: str, said: Mapping[str, Any]) -> Facts:
    if kind == "event":
        return replace(facts, reports=tuple(r for r in facts.reports if not _tells(r, words, said)))
    if kind == "quote":
        return replace(facts, quotes=tuple(q for q in facts.quotes if words not in fold_name(q.text)))
    if kind == "figure":
        return replace(facts, figures=tuple(f for f in facts.figures if words != fold_name(f.text)))
    return replace(facts, posts=tuple(p for p in facts.posts if words != fold_name(_post_text(facts, p))))


def _post_text(facts: Facts, post: Post) -> str:
    """Return a post as it is named in a correction: 周启航 远岚精密 总经理."""
    return f"{facts.annotated.entities[post.person].name}{post.organization_text}{post.title}"


def _tells(report: EventReport, words: str, said: Mapping[str, Any]) -> bool:
    return report_tells(
        words, said.get("type"), evidence=report.evidence, trigger=report.trigger, type=report.type
    )


def _without_name(facts: Facts, label: str, name: str) -> Facts:
    """Take a name out of an article: its thing where it is the thing's own name, else the one form."""
    annotated = facts.annotated
    gone = {n for n, e in enumerate(annotated.entities) if e.label == label and fold_name(e.name) == name}
    kept = [number for number in range(len(annotated.entities)) if number not in gone]
    at = {old: new for new, old in enumerate(kept)}
    mentions = tuple(
        replace(m, entity=at[m.entity])
        for m in annotated.mentions
        if m.entity in at and not (m.label == label and fold_name(m.text) == name)
    )
    entities = tuple(_without_form(annotated.entities[number], label, name) for number in kept)
    return _linked(replace(facts, annotated=replace(annotated, mentions=mentions, entities=entities)), at)


def _linked(facts: Facts, at: Mapping[int, int]) -> Facts:
    """Return facts that refer to entities by their new numbers; what was about one that is gone goes, or stands alone."""
    none = -1  # no entity has this number
    return replace(
        facts,
        posts=tuple(
            replace(p, person=at[p.person], organization=at.get(_or(p.organization, none)))
            for p in facts.posts
            if p.person in at
        ),
        reports=tuple(replace(r, participants=tuple(_parties(r.participants, at))) for r in facts.reports),
        quotes=tuple(replace(q, entity=at.get(_or(q.entity, none))) for q in facts.quotes),
    )


def _or(number: int | None, other: int) -> int:
    return other if number is None else number


def _without_form(entity: LocalEntity, label: str, name: str) -> LocalEntity:
    if entity.label != label:
        return entity
    return replace(entity, forms=tuple(form for form in entity.forms if fold_name(form.text) != name))


def _parties(parties: Sequence[Participant], at: Mapping[int, int]) -> list[Participant]:
    return [
        party if party.entity is None else replace(party, entity=at[party.entity])
        for party in parties
        if party.entity is None or party.entity in at
    ]


def _post(facts: Facts, said: Mapping[str, Any]) -> Facts:
    given, name, title = (
        said["set"],
        fold_name(str(said["name"]).partition("@")[0]),
        fold_name(said.get("title") or ""),
    )
    body = fold_name(said.get("body") or "")
    made = []
    for post in facts.posts:
        mine = fold_name(facts.annotated.entities[post.person].name) == name
        if mine and title in ("", fold_name(post.title)) and body in ("", fold_name(post.organization_text)):
            post = _with_post(facts.annotated, post, given)
        made.append(post)
    return replace(facts, posts=tuple(made))


def _with_post(annotated: Annotated, post: Post, given: Mapping[str, Any]) -> Post:
    if given.get("title"):
        post = replace(post, title=given["title"])
    if given.get("status"):
        post = replace(post, status=cast(PostStatus, given["status"]))
    if given.get("body"):
        named = fold_name(given["body"])
        at = next(
            (
                number
                for number, entity in enumerate(annotated.entities)
                if entity.label != "person"
                and named in {fold_name(n) for n in (entity.name, *(f.text for f in entity.forms))}
            ),
            None,
        )
        post = replace(post, organization_text=given["body"], organization=at)
    return post


def _event(facts: Facts, said: Mapping[str, Any]) -> Facts:
    event = said["event"]
    words = fold_name(event.get("says") or "")
    return replace(
        facts,
        reports=tuple(_with_event(r, said["set"]) if _tells(r, words, event) else r for r in facts.reports),
    )


def _with_event(report: EventReport, given: Mapping[str, Any]) -> EventReport:
    changes: dict[str, Any] = {key: given[key] for key in ("type", "place") if given.get(key)}
    if given.get("date"):
        changes |= {"date": given["date"], "date_end": None, "date_method": "corrected"}
    if given.get("status"):
        changes["status"] = cast(Status, given["status"])
    if given.get("amount"):
        changes["amount"] = float(given["amount"])
    if given.get("unit"):
        changes["amount_unit"] = given["unit"]
    if given.get("without"):
        without = given["without"]
        names = {fold_name(name) for name in (without if isinstance(without, list) else [without])}
        changes["participants"] = tuple(p for p in report.participants if fold_name(p.name) not in names)
    return replace(report, **changes)


_CHANGES = {"reject": _reject, "post": _post, "event": _event}
FACT_VERBS = tuple(_CHANGES)
"""Corrections of what was read from an article."""
FIELDS: Mapping[str, str] = {"headline": "headline", "byline": "byline", "date": "published"}
"""Corrections of an article's own fields, with the field."""
