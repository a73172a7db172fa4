"""What an editor does before a page is set: choose the stories, give them kickers, subheads and bylines, pick a style.

The page generator `typeset` sets what this module prepares. Words and rates follow what Chinese newspapers print; all
names are made up at random.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from miner.training.pages.words import words

LOST = "\ufffd"

_CLAUSE = re.compile(r"[^，。；：！？、“”‘’（）《》()\s]{5,14}")


@dataclass(frozen=True, slots=True)
class EditorStory:
    """One story as the editor hands it in: clean text, no line ends.

    `headline` may hold single spaces, the places where it may be cut. `subheads` maps the index of a paragraph to the
    subhead before it. `names` are two-character names that a page may set with a gap (陈  凌). `jump` is the page on
    which the story goes on, `continues` the page from which it comes; the paragraphs are those of this page alone.
    """

    id: str
    headline: str | None
    paragraphs: tuple[str, ...]
    kicker: str | None = None
    subtitle: str | None = None
    section: str | None = None
    reporters: tuple[str, ...] = ()
    correspondents: tuple[str, ...] = ()
    subheads: tuple[tuple[int, str], ...] = ()
    captions: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    jump: int | None = None
    continues: int | None = None


@dataclass(frozen=True, slots=True)
class Rates:
    """How often each ornament or damage befalls a story or a page, 0 to 1 (`furniture`: mean lines a page).

    `unsigned` and `brief` hold for stories without a head: those that no byline stands in, and those of a paragraph or two.
    `opened` is how often a page whose first head stands after its body begins with a subhead.
    """

    head_after: float = 0.0
    kicker: float = 0.0
    kicker_after: float = 0.0
    subtitle: float = 0.0
    subhead: float = 0.0
    section: float = 0.0
    byline: float = 0.0
    byline_inline: float = 0.0
    byline_astray: float = 0.0
    caption: float = 0.0
    no_head: float = 0.0
    unsigned: float = 0.0
    brief: float = 0.0
    opened: float = 0.0
    head_cut: float = 0.0
    jump: float = 0.0
    continues: float = 0.0
    moved: float = 0.0
    furniture: float = 0.0
    same_measure: float = 0.0
    interleave: float = 0.0
    vertical: float = 0.0
    spaced: float = 0.0
    lost_char: float = 0.0
    lost_stop: float = 0.0
    lost_latin: float = 0.0
    name_gap: float = 0.0
    frame_break: float = 0.0


@dataclass(frozen=True, slots=True)
class Style:
    """How one page is set and damaged.

    `blank` is none, every or irregular; `frame_mark` is none, space, space_noblank or noblank_some; `indent` is lost,
    space or u3000; `tight` squeezes marks whenever that keeps a line full; `mark_gap` puts a blank after marks of short
    lines and `mark_gap_any` of any line; `digit_gap` sets blanks around numbers.
    """

    level: int = 1
    blank: str = "none"
    frame_mark: str = "none"
    indent: str = "lost"
    tight: bool = True
    mark_gap: bool = False
    mark_gap_any: float = 0.0
    digit_gap: float = 0.0
    head_gap: str = " "
    ornament: str = ""
    block_blank: float = 0.5
    measures: tuple[int, int] = (12, 20)
    furniture: tuple[str, ...] = ()
    rates: Rates = field(default_factory=Rates)


def clauses(text: str) -> list[str]:
    """Clauses of five to fourteen characters, the stuff of kickers, subheads and captions.

    >>> clauses("展台前人头攒动，样机亮相。")
    ['展台前人头攒动']
    """
    return _CLAUSE.findall(text)


def random_name(rng: random.Random) -> str:
    """An invented personal name of two or three characters."""
    return rng.choice(words("surname")[0]) + "".join(
        rng.choice(words("given")[0]) for _ in range(rng.choice((1, 2, 2)))
    )


def random_style(level: int, rng: random.Random) -> Style:
    """A style of one of five levels: 1 in reading order, 2 heads after bodies, kickers, subheads, 3 jumps, sections,
    captions, missing heads, 4 heads moved away, furniture, 5 interleaved bodies, odd heads, lost characters.

    >>> random_style(1, random.Random(1)).rates.head_after
    0.0
    """
    if level == 1:
        blank = rng.choice(("none", "every"))
        return Style(
            blank=blank,
            indent="u3000" if blank == "none" else "lost",
            tight=rng.random() < 0.6,
            measures=(16, 18),
            mark_gap_any=rng.choice((0.2, 0.05, 0.0)),
            block_blank=0.0,
            head_gap=rng.choice((" ", "  ", "\u3000")),
        )
    return Style(
        level=level,
        blank=rng.choices(("every", "none", "irregular"), (55, 25, 20))[0],
        frame_mark=rng.choice(("none", "none", "space", "space_noblank", "noblank_some")),
        indent=rng.choices(("lost", "space", "u3000"), (6, 2, 2))[0],
        tight=rng.random() < 0.6,
        mark_gap=rng.random() < 0.85,
        mark_gap_any=rng.choice((0.0, 0.05, 0.2)),
        digit_gap=rng.choice((0.0, 0.7, 1.0, 1.0)),
        head_gap=rng.choice((" ", " ", "  ", "\u3000")),
        ornament=rng.choice((LOST, LOST, "■", "□", "◆", "○", "")),
        block_blank=rng.choice((0.0, 0.3, 0.6, 1.0)),
        rates=_rates(level),
    )


def _rates(level: int) -> Rates:
    rates = Rates(
        head_after=0.45,
        kicker=0.36,
        subhead=0.33,
        byline=0.75,
        byline_inline=0.28,
        head_cut=0.4,
        name_gap=0.15,
        frame_break=0.1,
    )
    if level >= 3:
        rates = replace(
            rates,
            head_after=0.52,
            kicker_after=0.2,
            subtitle=0.14,
            section=0.2,
            caption=0.18,
            no_head=0.17,
            jump=0.12,
            byline=0.85,
            byline_astray=0.45,
            same_measure=0.3,
            continues=0.02,
        )
    if level >= 4:
        rates = replace(rates, moved=0.55, furniture=1.3, lost_latin=0.3, head_cut=0.3)
    if level >= 5:
        rates = replace(
            rates,
            moved=0.65,
            interleave=0.5,
            vertical=0.04,
            spaced=0.16,
            lost_char=0.14,
            lost_stop=0.17,
            continues=0.09,
            no_head=0.2,
        )
    return rates


def choose(stories: Sequence[EditorStory], level: int, rng: random.Random) -> list[EditorStory]:
    """Pick the stories of one page: two to six by level; from level 4 on, often two about the same thing."""
    low, high = {1: (2, 3), 2: (2, 4), 3: (3, 5), 4: (3, 6), 5: (3, 6)}[level]
    count = min(len(stories), rng.randint(low, high))
    picked = rng.sample(list(stories), count)
    if level >= 4 and rng.random() < 0.6 and count < len(stories):
        rest = rng.sample([story for story in stories if story not in picked], min(40, len(stories) - count))
        picked[-1] = max(rest, key=lambda other: _likeness(picked[0], other))
    return picked


def _likeness(one: EditorStory, other: EditorStory) -> float:
    first, second = (_bigrams("".join(story.paragraphs)) for story in (one, other))
    return len(first & second) / (1 + min(len(first), len(second)))


def _bigrams(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(len(text) - 1)}


def decorate(story: EditorStory, rates: Rates, rng: random.Random) -> EditorStory:
    """Give a story what its page's style asks for and the editor left out: kicker, subheads, byline and the like."""
    stuff = clauses("".join(story.paragraphs)) or ["进博会现场传来消息"]
    made: dict[str, Any] = {}
    for part, lacks, rate in (
        (_kicker, story.kicker is None, rates.kicker),
        (_subtitle, story.subtitle is None, rates.subtitle),
        (_with_subheads, not story.subheads and len(story.paragraphs) > 2, rates.subhead),
        (_column, story.section is None, rates.section),
        (_captions, not story.captions, rates.caption),
        (_signed, not story.reporters, rates.byline),
    ):
        if lacks and rng.random() < rate:
            made |= part(story, stuff, rng)
    if story.jump is None and story.continues is None:
        made |= _jumps(story, rates, rng, whole="subheads" in made)
    return replace(story, **made)


def _kicker(_: EditorStory, stuff: Sequence[str], rng: random.Random) -> dict[str, Any]:
    return {"kicker": " ".join(rng.sample(stuff, min(len(stuff), rng.choice((1, 1, 2)))))}


def _subtitle(_: EditorStory, stuff: Sequence[str], rng: random.Random) -> dict[str, Any]:
    return {"subtitle": "——" * (rng.random() < 0.2) + rng.choice(stuff)}


def _with_subheads(story: EditorStory, _: Sequence[str], rng: random.Random) -> dict[str, Any]:
    return {"subheads": tuple(_subheads(story.paragraphs, rng))}


def _column(_: EditorStory, __: Sequence[str], rng: random.Random) -> dict[str, Any]:
    return {"section": rng.choice(words("column"))}


def _captions(_: EditorStory, stuff: Sequence[str], rng: random.Random) -> dict[str, Any]:
    return {"captions": (_caption(stuff, rng),)}


def _signed(_: EditorStory, __: Sequence[str], rng: random.Random) -> dict[str, Any]:
    reporters = tuple(random_name(rng) for _ in range(rng.choice((1, 1, 2))))
    return {
        "reporters": reporters,
        "correspondents": (random_name(rng),) if rng.random() < 0.25 else (),
    }


def _jumps(story: EditorStory, rates: Rates, rng: random.Random, *, whole: bool) -> dict[str, Any]:
    """Let a story go on to another page or come from one; a `whole` one keeps its paragraphs, which its subheads count."""
    if rng.random() >= rates.jump:
        return {"continues": 1} if rng.random() < rates.continues else {}
    made: dict[str, Any] = {"jump": rng.randint(2, 8)}
    if not story.subheads and not whole and rng.random() < 0.7:
        made["paragraphs"] = _cut_short(story.paragraphs, rng)
    return made


def _cut_short(paragraphs: tuple[str, ...], rng: random.Random) -> tuple[str, ...]:
    """What of a story is printed before it jumps to another page, one time in three cut mid-sentence."""
    if len(paragraphs) <= 2:
        return paragraphs
    *kept, last = paragraphs[: rng.randint(2, len(paragraphs) - 1)]
    if rng.random() < 0.35 and len(last) > 40:
        last = last[: rng.randint(20, len(last) - 8)]
    return (*kept, last)


def _subheads(paragraphs: Sequence[str], rng: random.Random) -> Iterator[tuple[int, str]]:
    for index in sorted(rng.sample(range(1, len(paragraphs)), rng.randint(1, min(3, len(paragraphs) - 1)))):
        found = clauses(paragraphs[index])
        if found:
            yield index, " ".join(rng.sample(found, min(len(found), rng.choice((1, 1, 2)))))


def _caption(stuff: Sequence[str], rng: random.Random) -> str:
    clause, name = rng.choice(stuff), random_name(rng)
    return rng.choice(
        (
            f"▲{clause}",
            f"图为{clause}",
            f"{clause}。 {name} 摄",
            f"摄影 {name}",
            f"图/{name}",
            f"{clause} {name} 摄影",
        )
    )
