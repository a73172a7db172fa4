"""How answers look on a terminal: tables of facts, each with where it is written and the sentence below it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from rich.console import RenderableType
from rich.text import Text

from miner.ask.dossier import Dossier
from miner.ask.facts import Event, PostFact, QuoteFact, WrittenAt
from miner.ask.things import NearName, Thing
from miner.language.editions import edition_title
from miner.publish.archive import KINDS, number
from miner.publish.pages.search import MarkedPiece, Results, SearchHit
from miner.store.words import codes
from miner.terminal import STYLES, grid, marked, told

__all__ = ["dossier_parts", "event_parts", "near_text", "people_parts", "result_parts", "table_parts"]

_SHOWN_NAMES = 8
_KNOWN = {"country": "国家地区", "industry": "行业", "latin_name": "外文名", "kind": "类别"}


def near_text(near: Sequence[NearName]) -> str:
    """Return near names for a message.

    >>> near_text([NearName("1", "enterprise", "旭化成", 3, 99.0)])
    '旭化成(企业,3 篇)'
    """
    return "、".join(f"{one.name}({KINDS[one.label].title},{one.n_articles} 篇)" for one in near)


def dossier_parts(dossier: Dossier) -> Iterator[RenderableType]:
    """Yield all that was asked of a thing: what it is, events, words, people."""
    yield from _head(dossier.thing)
    at = f"{edition_title(dossier.edition)}进博会:" if dossier.edition else ""
    yield Text("")
    yield Text(f"{at}做了什么 / What it did", style="bold")
    yield from (
        event_parts(dossier.events)
        if dossier.events
        else (told("(没有读到事件 / no event was read)", deep=2),)
    )
    yield Text("")
    who = (
        "说过什么 / What was said"
        if dossier.thing.label in ("person", "place")
        else "谁代表它说话 / Who spoke for it"
    )
    yield Text(f"{at}{who}", style="bold")
    yield from (
        _quotes(dossier.quotes) if dossier.quotes else (told("(没有读到引语 / no words were read)", deep=2),)
    )
    if dossier.posts:
        yield Text("")
        yield Text("职务 / Posts", style="bold")
        yield from people_parts(dossier.posts)
    yield from _written(dossier)


def _head(thing: Thing) -> Iterator[RenderableType]:
    title = Text(thing.name, style=STYLES[thing.label] + " underline")
    title.append(f"  {KINDS[thing.label].title}", style="dim")
    yield title
    known = [f"{_KNOWN[name]} {_word(name, value)}" for name, value in thing.known.items() if name in _KNOWN]
    seen = f"见于 {thing.n_articles} 篇" + (
        f",{thing.first_seen} 至 {thing.last_seen}" if thing.first_seen else ""
    )
    yield told(" · ".join([*known, seen]))
    if thing.names:
        more = f" 等 {len(thing.names)} 种" if len(thing.names) > _SHOWN_NAMES else ""
        yield told("又写作 " + "、".join(thing.names[:_SHOWN_NAMES]) + more, style="dim")
    yield told(thing.id, style="dim")


def _word(column: str, code: str) -> str:
    return codes().get(column, {}).get(code, code)


def event_parts(events: Iterable[Event]) -> Iterator[RenderableType]:
    """Yield every event as a line, and below it where it is written and what stands there."""
    for event in events:
        yield told(_event(event), deep=2)
        for report in event.reports:
            yield from _source(report.source)


def _event(event: Event) -> Text:
    line = Text(event.date or "日期不详", style="cyan")
    if event.date_end and event.date_end != event.date:
        line.append(f" 至 {event.date_end}")
    line.append(f"  {_word('type', event.type)}", style="bold green")
    if event.status != "done":
        line.append(f"({_word('status', event.status)})", style="yellow")
    line.append(f"  {event.title}", style="bold")
    if event.amount is not None:
        line.append(f"  {number(event.amount)}{event.amount_unit or ''}", style="magenta")
    if event.edition is not None:
        line.append(f"  {edition_title(event.edition)}", style="dim")
    roles: dict[str, list[str]] = {}
    for party in event.parties:
        names = roles.setdefault(_word("role", party.role), [])
        if party.name not in names:
            names.append(party.name)
    for role, names in roles.items():
        line.append(f"\n{role}:{'、'.join(names)}", style="")
    return line


def _source(source: WrittenAt) -> Iterator[RenderableType]:
    again = "(转载)" if source.reprint else ""
    headline = f"〈{source.headline}〉" if source.headline else "(无标题)"
    yield told(f"↳ {source.where} {headline}{again}", deep=4, style="dim")
    yield told(f"「{source.sentence}」", deep=6)


def _quotes(quotes: Iterable[QuoteFact]) -> Iterator[RenderableType]:
    for said in quotes:
        line = Text(said.speaker, style="bold magenta")
        if said.title:
            line.append(
                f"({said.body or ''}{said.title})"
                if said.title not in (said.body or "")
                else f"({said.body})"
            )
        line.append(":" if said.direct else " 称:", style="dim")
        line.append(f"“{said.text}”" if said.direct else said.text)
        yield told(line, deep=2)
        yield from _source(said.source)


def people_parts(posts: Iterable[PostFact]) -> Iterator[RenderableType]:
    """Yield who held which post, each once, with the first article that says so."""
    once: dict[tuple[str, str, str, str], list[PostFact]] = {}
    for post in posts:
        once.setdefault((post.person_id, post.title, post.body, post.status), []).append(post)
    for held in once.values():
        first, last = held[0], held[-1]
        line = Text(first.person, style="bold magenta")
        line.append(f"  {first.body} {first.title}")
        if first.status == "former":
            line.append("(曾任)", style="yellow")
        if first.since or first.until:
            line.append(f"  {first.since or ''}–{first.until or ''}", style="cyan")
        days = [post.source.published for post in (first, last) if post.source.published]
        line.append(f"  {len(held)} 处,{' 至 '.join(dict.fromkeys(days)) or '日期不详'}", style="dim")
        yield told(line, deep=2)
        yield from _source(first.source)


def _written(dossier: Dossier) -> Iterator[RenderableType]:
    if dossier.articles:
        yield Text("")
        rows = [
            (a.published or "—", a.newspaper or "—", a.page or "—", a.headline or "(无标题)", a.path)
            for a in dossier.articles
        ]
        yield grid("写在哪里 / Where it is written", ("日期", "报纸", "版", "标题", "文件"), rows)


def result_parts(results: Results, typed: str) -> Iterator[RenderableType]:
    """Yield the articles that a search found, the words marked."""
    more = "至少 " if results.more_than else "" if results.checked else "约 "
    yield Text(f"{typed}:{more}{results.total:,} 篇 / articles", style="bold")
    for hit in results.hits:
        yield Text("")
        yield from _hit(hit)


def _hit(hit: SearchHit) -> Iterator[RenderableType]:
    article = hit.article
    headline = _marked(hit.headline)
    headline.stylize("underline")
    yield headline
    for above in hit.above:
        yield told(_marked(above), deep=2)
    place = (
        f"《{article['newspaper']}》" if article["newspaper"] else None,
        article["published"] or "日期不详",
        f"第{article['page']}版" if article["page"] else None,
        f"· {article['path']} · {article['id']}",
    )
    yield told(" ".join(part for part in place if part), deep=2, style="dim")
    for snippet in hit.snippets:
        yield told(_marked(snippet), deep=2)


def _marked(piece: MarkedPiece) -> Text:
    text = marked(piece.text, piece.spans)
    return Text("…" if piece.cut_before else "").append_text(text).append("…" if piece.cut_after else "")


def table_parts(
    title: str, heads: Mapping[str, str], rows: Iterable[Mapping[str, object]]
) -> Iterator[RenderableType]:
    """Yield a table of counts; `heads` gives the title of each column that is shown."""
    yield grid(title, tuple(heads.values()), [[_cell(row.get(name)) for name in heads] for row in rows])


def _cell(value: object) -> str:
    return "—" if value is None or value == "" else f"{value:,}" if isinstance(value, int) else str(value)
