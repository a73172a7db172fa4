"""Pages to learn from: stories from plain texts, set and damaged by the typesetter."""

from __future__ import annotations

import json
import lzma
import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from miner.training.pages.editor import clauses
from miner.training.pages.likeness import Kin
from miner.training.pages.scans import scanned
from miner.training.pages.typeset import (
    EditorStory,
    Rates,
    Style,
    TypesetPage,
    choose,
    random_style,
    typeset,
    width,
)
from miner.training.pages.words import words

__all__ = ["broadcast_stories", "generate_pages", "kept_for_measuring", "text_stories"]

_LEAD = re.compile(r"^央视网消息[（(]新闻联播[）)][：:]\s*|^　+")
_COLUMN = re.compile(r"【([^】]{2,16})】(.{4,60})$")
_SAYS = re.compile(r"(.{6,40}(?:强调|指出|要求|表示))\s+(.{6,60})$")
_DECK = re.compile(r"(.{4,40}?)(——.{4,60})$")
_PARTED, _BRIEF, _SCANNED, _ASKS = 0.4, 0.06, 0.12, 0.06
"""Share of heads that are set in the parts they have, of pages with heads of a few characters, of scanned pages, and of lines of
heads that end in a question or exclamation mark."""
_UNSIGNED, _IN_BRIEF, _OPENED = 0.5, 0.35, 0.15
"""Shares of stories without a head that are not signed, and that are short; of pages that begin with a subhead, where the
first head stands below."""
_HEADLESS, _SELDOM_HEADLESS = (0.1, 0.25, 0.4), (0.0, 0.0, 0.15)
"""Shares of stories without a head on pages that have such stories, and on simple ones."""
_LIMIT = (120, 1100)
"""Characters that a story keeps, at least and at most."""
_FITTED = 0.5
"""Share of pages, where a head allows it, whose measure a head fills."""
_THEMED, _THEMED_ALIKE = 0.5, 0.8
"""Share of pages whose stories have something in common, and of pages of like stories."""
_SHORT_LIMITS = (400, 600, 800)
"""Characters that stories of such pages keep at most, one for the page."""
_ONE_MEASURE = 0.6
"""How often their pages have one measure."""
_KIN = {1: 0.0, 2: 0.05, 3: 0.15, 4: 0.75, 5: 0.6}
"""Share of a level's pages whose stories are the nearest of one another: one event, one sort of meeting, one series."""
_KIN_GROUPS = (5, 6, 8, 12, 30)
"""So many nearest stories a page is chosen from."""
_KIN_LIMITS = (250, 350, 500, 800)
"""Characters that their stories keep at most, one for the page."""


def broadcast_stories(
    path: Path, *, without: frozenset[str] = frozenset(), on_subject: bool = True
) -> Iterator[EditorStory]:
    """Read stories from an .xz file of JSON lines with date, headline and body: those of the economy, trade and the expo, or
    (`on_subject` False) all others.

    `without` names stories that must not be used, as date and headline without blanks (`2023-11-05进博会开幕`): those of
    pages kept for measuring.
    """
    with lzma.open(path, "rt", encoding="utf-8") as source:
        for number, line in enumerate(source):
            item = json.loads(line)
            headline = item["headline"].strip()
            subject = any(word in headline + item["body"][:200] for word in words("subject"))
            if subject != on_subject or re.sub(r"\s", "", item["date"] + headline) in without:
                continue
            story = _story(f"{item['date']}_{number}", headline, item["body"].split("\n"))
            if story is not None:
                yield story


def kept_for_measuring(folder: Path) -> frozenset[str]:
    """The stories (date and headline without blanks) on gold pages: they must not be learned from. Empty without the folder."""
    found = set()
    for path in sorted(folder.rglob("*.json")):
        for article in json.loads(path.read_text(encoding="utf-8")).get("articles", ()):
            headline = re.sub(r"\s", "", article.get("headline") or article.get("headline_source") or "")
            day = article.get("source_file", "")[:8]
            found.add(f"{day[:4]}-{day[4:6]}-{day[6:]}{headline}")
    return frozenset(found)


def text_stories(folder: Path) -> Iterator[EditorStory]:
    """Read stories from plain articles: headline, date line, blank, one paragraph a line."""
    for path in sorted(folder.rglob("*.txt")):
        lines = path.read_text(encoding="utf-8").split("\n")
        story = _story(path.stem, lines[0].strip(), lines[2:]) if len(lines) > 3 else None
        if story is not None:
            yield story


def _story(identifier: str, headline: str, texts: Iterable[str]) -> EditorStory | None:
    """A story of plain paragraphs; short ones that end no sentence become subheads."""
    paragraphs: list[str] = []
    subheads: list[tuple[int, str]] = []
    for text in texts:
        text = _LEAD.sub("", re.sub(r"\s+", " ", text)).strip()
        if not text:
            continue
        if (
            len(text) < 36
            and text[-1] not in "。！？…；：”）"
            and (not subheads or subheads[-1][0] != len(paragraphs))
        ):
            subheads.append((len(paragraphs), text))
        else:
            paragraphs.append(text)
    subheads = [(index, text) for index, text in subheads if 0 < index < len(paragraphs)]
    if not headline or not paragraphs or sum(map(len, paragraphs)) < 50:
        return None
    return EditorStory(
        identifier, re.sub(r"[ \u3000]+", " ", headline), tuple(paragraphs), subheads=tuple(subheads[:6])
    )


def generate_pages(
    stories: Sequence[EditorStory],
    count: int,
    *,
    seed: int,
    levels: Sequence[int] = (1, 2, 3, 4, 5),
    alike: float = 0.0,
) -> Iterator[TypesetPage]:
    """Set `count` pages of the levels in turn from random stories; a share of them, `alike`, from short stories of one
    theme, mostly in one measure: the pages whose bodies are hardest to tell apart."""
    rng = random.Random(seed)
    stories = [*stories, *_digests(stories, len(stories) // 12, rng)]
    shelves = _Shelves(list(stories), _themes(stories), Kin(stories))
    for number in range(count):
        level = levels[number % len(levels)]
        hard = rng.random() < alike if alike else False
        pool, limit = shelves.take(level, rng, hard=hard)
        picked = [_worn(_cut(story, rng, limit), level, rng) for story in choose(pool, level, rng)]
        style = random_style(level, rng)
        if hard:
            style = replace(
                style, rates=replace(style.rates, same_measure=max(_ONE_MEASURE, style.rates.same_measure))
            )
        if level > 1:
            style = replace(style, rates=_varied(style.rates, rng))
        if level > 1 and rng.random() < _BRIEF:
            picked = [_briefly_headed(story, rng) for story in picked]
        page = typeset(picked, _fitted(style, picked, rng), rng)
        yield scanned(page, rng) if level > 1 and rng.random() < _SCANNED else page


class _Shelves(NamedTuple):
    """All stories, those of one theme together, and what is like what."""

    everything: list[EditorStory]
    themes: list[list[EditorStory]]
    kin: Kin

    def take(
        self, level: int, rng: random.Random, *, hard: bool
    ) -> tuple[Sequence[EditorStory], tuple[int, int]]:
        """Stories to choose a page from, and how many characters they keep."""
        themed = self.themes and rng.random() < (_THEMED_ALIKE if hard else _THEMED)
        pool = rng.choice(self.themes) if themed else self.everything
        pool = rng.sample(pool, min(len(pool), 60))
        limit = (_LIMIT[0], rng.choice(_SHORT_LIMITS)) if hard else _LIMIT
        if rng.random() < _KIN[level]:
            return self.kin.random_group(rng, rng.choice(_KIN_GROUPS)), (_LIMIT[0], rng.choice(_KIN_LIMITS))
        return pool, limit


def _varied(rates: Rates, rng: random.Random) -> Rates:
    """Rates of a newspaper of its own: half of them print more or fewer stories without a head, sign fewer, or set stories in
    more or fewer frames. Without this, a story without a head is only believed where a byline tells it."""
    rates = replace(rates, unsigned=_UNSIGNED, brief=_IN_BRIEF, opened=_OPENED)
    if rng.random() < 0.5:
        return rates
    return replace(
        rates,
        no_head=rng.choice(_HEADLESS if rates.no_head else _SELDOM_HEADLESS),
        byline=rates.byline * rng.choice((0.0, 0.4, 1.0)),
        frame_break=rng.choice((0.0, 0.0, 0.1, 0.2)),
    )


def _briefly_headed(story: EditorStory, rng: random.Random) -> EditorStory:
    """A story with a head of a few characters, as columns and features have them."""
    found = clauses("".join(story.paragraphs))
    if not found or story.headline is None:
        return story
    text, size = rng.choice(found), rng.randint(3, 6)
    return replace(story, headline=text[:size] if rng.random() < 0.5 else text[-size:])


def _in_parts(story: EditorStory) -> EditorStory:
    """The parts of a head that newscasts read in one go: 【column】 headline, “…强调” headline, headline——deck."""
    headline = story.headline or ""
    if (found := _COLUMN.match(headline)) and story.section is None:
        story, headline = replace(story, section=found[1].strip()), found[2].strip()
    if (found := _SAYS.match(headline)) and story.kicker is None:
        return replace(story, kicker=found[1].strip(), headline=found[2].strip())
    if (found := _DECK.match(headline)) and story.subtitle is None:
        return replace(story, headline=found[1].strip(), subtitle=found[2].strip())
    return replace(story, headline=headline)


def _fitted(style: Style, stories: Sequence[EditorStory], rng: random.Random) -> Style:
    """Now and then a measure that a head fills, or fills up to an indent: the heads that look like body lines."""
    story = rng.choice(stories)
    measure = round(width(rng.choice((story.headline, story.kicker)) or "")) + rng.choice((0, 0, 2, 1))
    if rng.random() < _FITTED and style.measures[0] <= measure <= style.measures[1] + 2:
        return replace(style, measures=(measure, measure))
    return style


def _themes(stories: Sequence[EditorStory]) -> list[list[EditorStory]]:
    """Groups of stories whose headlines share three characters: the pages that mislead a splitter."""
    groups: dict[str, list[EditorStory]] = defaultdict(list)
    for story in stories:
        for theme in (
            {story.headline[i : i + 3] for i in range(len(story.headline or "") - 2)}
            if story.headline
            else ()
        ):
            if len(groups[theme]) < 400:
                groups[theme].append(story)
    return [group for _, group in sorted(groups.items()) if len(group) >= 12]


def _digests(stories: Sequence[EditorStory], count: int, rng: random.Random) -> Iterator[EditorStory]:
    """Columns of short news: the headlines of their pieces are subheads."""
    short = [
        story
        for story in stories
        if len(story.paragraphs) < 4 and not story.subheads and len(story.headline or "") < 28
    ]
    for number in range(count if len(short) > 8 else 0):
        paragraphs: list[str] = []
        subheads: list[tuple[int, str]] = []
        for story in rng.sample(short, rng.randint(2, 6)):
            if paragraphs:
                subheads.append((len(paragraphs), story.headline or ""))
            paragraphs += story.paragraphs[: rng.choice((1, 1, 2))]
        headline = rng.choice(words("digest_head")) + rng.choice(words("digest_tail"))
        yield EditorStory(f"digest_{number}", headline, tuple(paragraphs), subheads=tuple(subheads))


def _cut(story: EditorStory, rng: random.Random, limits: tuple[int, int]) -> EditorStory:
    """Keep the first paragraphs, as pages hold stories of all lengths."""
    limit = rng.randint(*limits)
    kept, length = 0, 0
    for paragraph in story.paragraphs:
        if kept and length + len(paragraph) > limit:
            break
        kept += 1
        length += len(paragraph)
    subheads = tuple((index, text) for index, text in story.subheads if index < kept)
    first = story.paragraphs[0]
    paragraphs = (
        first if len(first) < 900 else first[:900].rpartition("。")[0] + "。",
        *story.paragraphs[1:kept],
    )
    return replace(story, paragraphs=paragraphs, subheads=subheads)


def _worn(story: EditorStory, level: int, rng: random.Random) -> EditorStory:
    """Give some stories kickers and subtitles in the editor's own words: clauses that lost a character or two."""
    stuff = clauses("".join(story.paragraphs))
    if level < 2 or not stuff:
        return story
    if rng.random() < _PARTED:
        story = _in_parts(story)
    if not story.subheads and len(story.paragraphs) > 1 and rng.random() < 0.15:
        story = replace(story, subheads=tuple(_spoken_subheads(story.paragraphs, rng)))
    if story.kicker is None and rng.random() < 0.28:
        some = rng.sample(stuff, min(len(stuff), rng.choice((1, 1, 2))))
        story = replace(story, kicker=" ".join(_thinned(word, rng) for word in some))
    story = _pointed(story, rng)
    return _dressed(story, stuff, rng) if level >= 3 else story


def _pointed(story: EditorStory, rng: random.Random) -> EditorStory:
    """Now and then a head that asks or exclaims: newscasts never do, and a line that ends a sentence looks like a body's."""
    if story.headline and story.headline[-1].isalnum() and rng.random() < _ASKS:
        story = replace(story, headline=story.headline + rng.choice("？？！"))
    if story.kicker and story.kicker[-1].isalnum() and rng.random() < _ASKS:
        story = replace(story, kicker=story.kicker + rng.choice("？？！"))
    return story


def _dressed(story: EditorStory, stuff: Sequence[str], rng: random.Random) -> EditorStory:
    """Give some stories a column's name and a deck."""
    if story.section is None and rng.random() < 0.1:
        story = replace(story, section=rng.choice(words("section_head")) + rng.choice(words("section_tail")))
    if story.subtitle is None and rng.random() < 0.1:
        dash = rng.choice(("———", "——", "", ""))
        story = replace(story, subtitle=dash + _thinned(rng.choice(stuff), rng))
    return story


def _spoken_subheads(paragraphs: Sequence[str], rng: random.Random) -> Iterator[tuple[int, str]]:
    """Subheads of one or two clauses, with or without a comma, even above the first paragraph."""
    for index in sorted(rng.sample(range(len(paragraphs)), rng.randint(1, min(3, len(paragraphs) - 1)))):
        found = clauses(paragraphs[index])
        if found and (index or rng.random() < 0.5):
            yield (
                index,
                rng.choice(("，", " ", "，")).join(rng.sample(found, min(len(found), rng.choice((1, 2, 2))))),
            )


def _thinned(text: str, rng: random.Random) -> str:
    if len(text) < 6 or rng.random() < 0.3:
        return text
    dropped = set(rng.sample(range(1, len(text) - 1), rng.choice((1, 1, 2))))
    return "".join(char for index, char in enumerate(text) if index not in dropped)
