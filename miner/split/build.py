"""Decisions become records: fields of articles, bodies with their maps, a row for every line."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from miner.config import Config
from miner.expo import edition_of_day
from miner.language.editions import editions_named
from miner.language.fold import simplify
from miner.model import Article, ArticleLine, Document, Line, Problem, Role, Split
from miner.offsets import Span, TextMap, stable_id
from miner.split.credits import credit_in
from miner.split.dating import in_chinese, infer_year
from miner.split.jumps import Jump, parse_jump
from miner.split.plan import LinePlan, Plan, StoryPlan
from miner.split.printed import PrintedPages
from miner.split.restore import edits_json, join_heads, restore_paragraph

__all__ = ["article_edition", "build", "edition_of"]

_BODY: frozenset[Role] = frozenset({"body", "subhead"})
_EXPO = re.compile(r"进博|进口博览会|CIIE")
_ORNAMENTS = "\ufffd■□◆◇○●▲△★☆·• "
_YEARLESS = re.compile(r"(?<![年\d])\d{1,2}月\d{1,2}日")
_HOW = "--issue-date 2023-11-08, path_patterns: docs/paths.md"
_EDGES = 400
"""Bylines in brackets are sought in so many characters at either end of a body."""


def build(document: Document, config: Config, plan: Plan) -> Split:
    """Write a plan down as articles, lines and problems; every non-blank line gets exactly one row."""
    lines = [line for line in document.lines if line.text.strip()]
    members = _members(plan, len(lines))
    articles = []
    printed = PrintedPages(lines)
    problems = [replace(problem, document_id=document.id) for problem in plan.problems]
    rows: dict[int, ArticleLine] = {}
    for position, (story_plan, mine) in enumerate(zip(plan.stories, members, strict=True)):
        writer = _ArticleWriter(document, config, stable_id("article", document.id, position), printed)
        article = writer.write(position, story_plan, [(lines[i], plan.lines[i]) for i in mine])
        articles.append(article)
        rows |= dict(zip(mine, writer.rows, strict=True))
        problems += _doubts(article, story_plan, [(lines[i], plan.lines[i]) for i in mine])
    articles, dated = _with_years(document, articles)
    problems += dated
    for index, line in enumerate(lines):
        if index not in rows:
            rows[index] = ArticleLine(line.number, None, plan.lines[index].role, line.text)
    return Split(tuple(articles), tuple(rows[index] for index in range(len(lines))), tuple(problems))


def _members(plan: Plan, count: int) -> list[list[int]]:
    """Return for every story its lines in reading order, as indexes of the non-blank lines."""
    members: list[list[int]] = [[] for _ in plan.stories]
    for index in plan.order or range(count):
        story = plan.lines[index].story
        if story is not None:
            members[story].append(index)
    return members


def _with_years(document: Document, articles: list[Article]) -> tuple[list[Article], list[Problem]]:
    """Give the stories of a document that nobody dated the year that all of them together tell, and say why."""
    undated = [article for article in articles if article.published is None]
    found = infer_year([article.whole() for article in undated]) if undated else None
    if found is None:
        yearless = any(_YEARLESS.search(article.body) for article in undated)
        message = (
            f"没有见报日期，页面也没有说明年份：日子不带年份 / no date of issue, and no year is told. {_HOW}"
        )
        return articles, [
            Problem("split", "year-unknown", message, document_id=document.id)
        ] if yearless else []
    why = f"（{in_chinese(found.reason)}）" if found.reason else ""
    message = f"年份{found.year}由页面推断{why} / the year is inferred: {found.reason}. {_HOW}"
    made = [
        replace(article, inferred_year=found.year, edition=article_edition(article, str(found.year)))
        if article.published is None
        else article
        for article in articles
    ]
    return made, [Problem("split", "year-inferred", message, document_id=document.id)]


def article_edition(article: Article, published: str | None) -> int | None:
    """Return the expo that an article is about, told by its headline, its body and its day; None when it is not about the expo."""
    return edition_of(simplify(f"{article.headline or ''}\n{article.body}"), published)


def _doubts(article: Article, story: StoryPlan, members: Sequence[tuple[Line, LinePlan]]) -> list[Problem]:
    if story.confidence >= 0.5:
        return []
    heads = [line.number for line, decided in members if decided.role == "headline"]
    first = heads[0] if heads else members[0][0].number if members else None
    if article.headline:
        message = f"标题“{article.headline}”与正文的对应存疑：{story.reason or '缺少共同的词'}"
        return [Problem("split", "headline-doubtful", message, line=first, document_id=article.document_id)]
    message = f"正文“{article.body[:16]}…”没有找到可信的标题：{story.reason or '缺少共同的词'}"
    return [Problem("split", "headline-doubtful", message, line=first, document_id=article.document_id)]


class _Body(NamedTuple):
    """A body with its subheads, and per line number the edits and the characters of the body that it gave."""

    map: TextMap
    subheads: tuple[Span, ...]
    edits: dict[int, str | None]
    spans: dict[int, Span]


class _ArticleWriter:
    """Writes one article and the rows of its lines."""

    def __init__(self, document: Document, config: Config, identifier: str, printed: PrintedPages) -> None:
        self.document, self.config, self.id = document, config, identifier
        self.rows: list[ArticleLine] = []
        self.printed = printed

    def write(self, position: int, story: StoryPlan, members: Sequence[tuple[Line, LinePlan]]) -> Article:
        """Return the article; `rows` then holds a row for each member."""
        of: dict[Role, list[str]] = {}
        parted: dict[Role, list[bool]] = {}
        for line, decided in members:
            of.setdefault(decided.role, []).append(line.text)
            parted.setdefault(decided.role, []).append(not decided.first)
        body, subheads, edits, spans = self._body(members)
        self._write_rows(members, spans, edits)
        headline = join_heads(of.get("headline", []), parted.get("headline", []))
        published = story.published or self.document.issue_date or self.config.issue_date
        jumps = list(filter(None, map(parse_jump, [*of.get("jump", []), body.text[:40], body.text[-40:]])))
        return Article(
            id=self.id,
            document_id=self.document.id,
            position=position,
            headline=headline,
            body=body.text,
            kicker=join_heads(of.get("kicker", []), parted.get("kicker", [])),
            subtitle=join_heads(of.get("subtitle", [])),
            section=join_heads(of.get("section", [])),
            byline=_byline(of.get("byline", []), body.text) or self.document.author,
            published=published,
            page=self.document.page or self.printed.of([line for line, _ in members]),
            newspaper=story.newspaper or self.document.newspaper or self.config.newspaper,
            edition=edition_of(simplify(f"{headline or ''}\n{body.text}"), published),
            jump_to=_jump(jumps, "to"),
            jump_from=_jump(jumps, "from"),
            url=self.document.url,
            confidence=round(story.confidence, 3),
            reason=story.reason,
            subheads=subheads,
            body_map=body,
        )

    def _body(self, members: Sequence[tuple[Line, LinePlan]]) -> _Body:
        paragraphs: list[list[Line]] = []
        roles: list[Role] = []
        last: Role | None = None
        for line, decided in members:
            if decided.role not in _BODY:
                continue
            if decided.role != last or decided.first or not paragraphs:
                paragraphs.append([])
                roles.append(decided.role)
            paragraphs[-1].append(line)
            last = decided.role
        parts: list[TextMap] = []
        subheads: list[Span] = []
        edits: dict[int, str | None] = {}
        spans: dict[int, Span] = {}
        length = 0
        for role, paragraph in zip(roles, paragraphs, strict=True):
            restored = restore_paragraph(paragraph)
            edits |= {number: edits_json(changes) for number, changes in restored.edits.items()}
            if not restored.map.text:
                continue
            if parts:
                parts.append(TextMap.inserted("\n"))
                length += 1
            if role == "subhead":
                subheads.append(Span(length, length + len(restored.map)))
            parts.append(restored.map)
            spans |= {number: span.shifted(length) for number, span in restored.spans.items()}
            length += len(restored.map)
        return _Body(TextMap.joined(parts), tuple(subheads), edits, spans)

    def _write_rows(
        self, members: Sequence[tuple[Line, LinePlan]], spans: dict[int, Span], edits: dict[int, str | None]
    ) -> None:
        for line, decided in members:
            span = spans.get(line.number) if decided.role in _BODY else None
            start, end = span if span else (None, None)
            row = ArticleLine(
                line.number, self.id, decided.role, line.text, start, end, edits.get(line.number)
            )
            self.rows.append(row)


def _jump(jumps: Sequence[Jump], way: str) -> str | None:
    return next((jump.page for jump in jumps if jump.way == way), None)


def _byline(lines: Sequence[str], body: str) -> str | None:
    """The byline as printed, its own lines first, else the brackets at either end of the body."""
    texts = [join_heads([line]) for line in lines]
    printed = " ".join(text.lstrip(_ORNAMENTS) for text in texts if text)
    if printed:
        return printed
    return credit_in(body, edges=_EDGES)


def edition_of(text: str, published: str | None) -> int | None:
    """The expo that a text is about: the one it names, else that of its year; None when it is not about the expo.

    A text that names several is about that of its year.

    >>> edition_of("第六届中国国际进口博览会开幕", None), edition_of("进博会开幕", "2019-11-05")
    (6, 2)
    """
    if not _EXPO.search(text):
        return None
    named = Counter(mention.number for mention in editions_named(text))
    own = edition_of_day(published)
    return named.most_common(1)[0][0] if named and own not in named else own
