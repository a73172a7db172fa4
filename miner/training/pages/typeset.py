"""Set stories into damaged newspaper pages with exact gold, the mirror image of `restore` and `split`.

A `EditorStory` is what an editor hands in, a `Style` is how one newspaper's text stream came out of its layout file, and
`typeset` turns stories into numbered lines together with the gold that says which line belongs to which story. The
page splitter is trained and tested on such pages.

Lines are set by the rules of Chinese newspaper setting: a measure in full widths, Latin letters and digits half a
width, no closing mark at the start of a line, no opening mark at its end, marks squeezed to half a width when that
saves a line, numbers and Latin words kept whole.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from miner.language.numerals import write_numeral
from miner.training.pages.editor import (
    LOST,
    EditorStory,
    Rates,
    Style,
    choose,
    clauses,
    decorate,
    random_name,
    random_style,
)
from miner.training.pages.words import forms

__all__ = [
    "EditorStory",
    "Rates",
    "Style",
    "TypesetPage",
    "choose",
    "random_style",
    "set_lines",
    "typeset",
    "width",
]

OPENING = "（《“‘【〔(「"
CLOSING = "，。、；：！？）》”’】〕)」…％%·"
SQUEEZABLE = frozenset("，。、；：！？（）《》“”‘’【】")

_UNIT = re.compile(r"[A-Za-z0-9][A-Za-z0-9.,:/+\-'’&@%]{0,40}|.", re.DOTALL)
_BORDER = re.compile(r"(?<=[\u4e00-\u9fff])(?=[0-9A-Za-z])|(?<=[0-9A-Za-z%])(?=[\u4e00-\u9fff])")
_KINDS = ("记者", "本报记者", "首席记者", "实习记者", "全媒体记者")
_MARK = re.compile("[，：；！？](?! )")
_CUT_AT_MARK = 0.6
"""How often a headline that is cut and has a comma or colon is cut after it."""


@dataclass(frozen=True, slots=True)
class TypesetPage:
    """A page as lines without line ends (line n is `lines[n - 1]`), and its gold as the page evaluation has it."""

    lines: list[str]
    gold: dict[str, Any]

    @property
    def text(self) -> str:
        """The page as the content of a file."""
        return "\n".join(self.lines) + "\n"


@dataclass(slots=True)
class _Line:
    text: str
    article: int | None
    role: str
    para: int | None = None


@dataclass(slots=True)
class _Block:
    """Lines that stay together; `kind` is head, body, loose or other."""

    kind: str
    article: int | None
    lines: list[_Line]


@dataclass(slots=True)
class _Set:
    """One story set in its measure."""

    story: EditorStory
    measure: int
    head: _Block | None
    body: list[_Block]
    before: list[_Block]
    after: list[_Block]
    head_after: bool
    printed: dict[str, Any]


def width(text: str) -> float:
    """Width of a line in full widths: ASCII counts one half, everything else one.

    >>> width("3400多家")
    4.0
    """
    return sum(0.5 if char < "\x80" else 1.0 for char in text)


def set_lines(text: str, measure: int, *, indent: int = 2, tight: bool = True) -> list[str]:
    """Break one paragraph into lines of a measure by the rules of Chinese setting.

    >>> set_lines("展台前，记者看到“样机”。", 6)
    ['展台前，', '记者看到“样', '机”。']
    """
    units: list[str] = []
    for unit in _UNIT.findall(text):
        units.extend([unit] if width(unit) <= measure - indent else unit)
    lines, line, room = [], list[str](), float(measure - indent)
    for unit in units:
        if width("".join(line)) + width(unit) <= room or _squeezed_in(line, unit, room, tight):
            line.append(unit)
            continue
        carry = _carry(line, unit)
        lines.append("".join(line).rstrip(" "))
        line, room = [*carry, unit] if unit != " " or carry else [], float(measure)
    if line:
        lines.append("".join(line))
    return lines


def _squeezed_in(line: list[str], unit: str, room: float, tight: bool) -> bool:
    """Whether squeezing marks makes room for one more unit: always tried for a mark, for a word only when tight."""
    text = "".join(line) + unit
    marks = sum(char in SQUEEZABLE for char in text)
    if unit[0] in CLOSING:
        return width(text) - 0.5 * marks <= room and width(text) - room <= 1.0
    return tight and marks >= 3 and width(text) - room <= 0.5


def _carry(line: list[str], unit: str) -> list[str]:
    """Take from the end of a line what must go with the next unit: opening marks, and a word before a closing mark."""
    carry: list[str] = []
    if unit[0] in CLOSING:
        while len(line) > 1:
            carry.insert(0, line.pop())
            if carry[0][0] not in CLOSING:
                break
    while len(line) > 1 and line[-1] in OPENING:
        carry.insert(0, line.pop())
    return carry


def typeset(stories: Sequence[EditorStory], style: Style, rng: random.Random) -> TypesetPage:
    """Set stories as one page in a style; the same seed gives the same page.

    The gold has `articles` (A1, A2, … in the order given), `lines` (line number → article, role, para) and the style.
    Roles are headline, kicker, subtitle, column (a section name), byline, subhead, body, caption, jump, other.
    """
    low, high = style.measures
    common = rng.randint(low, high) if rng.random() < style.rates.same_measure else None
    sets = []
    for number, story in enumerate(stories):
        dressed = decorate(story, style.rates, rng)
        sets.append(_StorySetter(style, rng, number, common or rng.randint(low, high)).set(dressed))
    blocks = _furnish(_move_heads(_arrange(sets, style, rng), style, rng), style, rng)
    lines, table = _print(blocks, style, rng)
    return TypesetPage(lines, _gold(sets, table, style))


class _StorySetter:
    """Sets one story: head lines, body lines in their measure, and the loose lines that go with it."""

    def __init__(self, style: Style, rng: random.Random, number: int, measure: int) -> None:
        self.style, self.rates, self.rng, self.number, self.measure = style, style.rates, rng, number, measure

    def set(self, story: EditorStory) -> _Set:
        """The story's blocks, not yet placed."""
        headless = story.headline is None or self._happens(self.rates.no_head)
        # What later rates ask for is drawn only where they are set: the pages of plans without them stay what they were.
        head_after = bool(self.rates.opened) and self._happens(self.rates.head_after)
        if headless:
            story = self._in_brief(story)
        if headless or head_after:
            story = self._opened(story)
        placed = self._place_of_byline(story, headless=headless)
        paragraphs = self._copy(story, placed)
        head = None if headless else self._head(story, placed == "head")
        body = self._body(story, paragraphs)
        before, after = self._loose(story)
        if placed == "body":
            lines = self._byline(story)
            if self.rng.random() < 0.5:
                body[0].lines[:0] = lines
            else:
                body[-1].lines.extend(lines)
        printed = {
            "paragraphs": paragraphs,
            "headless": headless,
            "jump": story.jump,
            "continues": story.continues,
        }
        if not self.rates.opened:
            head_after = self._happens(self.rates.head_after)
        return _Set(story, self.measure, head, body, before, after, head_after, printed)

    def _place_of_byline(self, story: EditorStory, *, headless: bool) -> str:
        """Where the byline goes: into a paragraph, beside the body, into the head, or nowhere."""
        if not story.reporters:
            return "none"
        if self._happens(self.rates.byline_inline):
            return "inline"
        return "body" if headless or self._happens(self.rates.byline_astray) else "head"

    def _in_brief(self, story: EditorStory) -> EditorStory:
        """A story that gets no head, as small news and what stands under another one's head: often unsigned, often short."""
        if self.rates.unsigned and self._happens(self.rates.unsigned):
            story = replace(story, reporters=(), correspondents=())
        if self.rates.brief and not story.subheads and story.jump is None and self._happens(self.rates.brief):
            story = replace(story, paragraphs=story.paragraphs[: self.rng.choice((1, 1, 2))])
        return story

    def _opened(self, story: EditorStory) -> EditorStory:
        """Now and then the page's first story with a subhead above its first paragraph: a stream that begins in the middle of it."""
        if self.number or not self.rates.opened or not self._happens(self.rates.opened):
            return story
        found = clauses(story.paragraphs[0])
        if story.subheads or story.continues is not None or not found:
            return story
        text = " ".join(self.rng.sample(found, min(len(found), self.rng.choice((1, 2, 2)))))
        return replace(story, subheads=((0, text),))

    def _happens(self, rate: float) -> bool:
        return self.rng.random() < rate

    def _line(self, text: str, role: str, para: int | None = None) -> _Line:
        return _Line(text, self.number, role, para)

    def _copy(self, story: EditorStory, placed: str) -> list[str]:
        """The paragraphs as printed, with the byline worked in."""
        paragraphs = list(story.paragraphs)
        if placed == "inline":
            names = (
                "记者"
                + " ".join(story.reporters)
                + "".join(" 通讯员" + name for name in story.correspondents)
            )
            if self.rng.random() < 0.5:
                lead = self.rng.choice(("（{}）", "本报讯（{}）", "本报讯（{}） ")).format(names)
                paragraphs[0] = lead + paragraphs[0].removeprefix("本报讯").lstrip(" ")
            else:
                paragraphs[-1] += f"（{names}）"
        return paragraphs

    def _head(self, story: EditorStory, with_byline: bool) -> _Block:
        assert story.headline is not None
        main = [self._line(text, "headline") for text in self._headline(story.headline)]
        kicker = [self._line(story.kicker, "kicker")] if story.kicker else []
        lines = main + kicker if self._happens(self.rates.kicker_after) else kicker + main
        lines += [self._line(story.subtitle, "subtitle")] if story.subtitle else []
        return _Block("head", self.number, lines + (self._byline(story) if with_byline else []))

    def _headline(self, headline: str) -> list[str]:
        short = headline.replace(" ", "")
        if len(short) <= 14 and short.isalpha() and self._happens(self.rates.vertical):
            return list(short)
        if self._happens(self.rates.spaced):
            return [" ".join(short)]
        if not self._happens(self.rates.head_cut) or len(short) < 9:
            return [headline.replace(" ", self.style.head_gap)]
        return self._cut_in_two(headline, short)

    def _cut_in_two(self, headline: str, short: str) -> list[str]:
        marks = [at for at in range(4, len(headline) - 3) if _MARK.match(headline, at - 1)]
        if marks and self.rng.random() < _CUT_AT_MARK:
            at = self.rng.choice(marks)
            return [text.replace(" ", self.style.head_gap) for text in (headline[:at], headline[at:])]
        parts = headline.split(" ")
        if len(parts) > 1:
            cut = self.rng.randint(1, len(parts) - 1)
            return [self.style.head_gap.join(parts[:cut]), self.style.head_gap.join(parts[cut:])]
        return set_lines(short, len(short) // 2 + self.rng.choice((1, 1, 2)), indent=0)

    def _byline(self, story: EditorStory) -> list[_Line]:
        gap = self.rng.choice((" ", " ", "\u3000"))
        names = [self._gapped(name) for name in story.reporters]
        first = self.style.ornament + self.rng.choice(_KINDS) + gap + " ".join(names)
        if not story.correspondents:
            return [self._line(first, "byline")]
        second = "通讯员 " + " ".join(story.correspondents)
        if self.rng.random() < 0.3:
            return [self._line(first, "byline"), self._line(second, "byline")]
        return [self._line(f"{first} {second}", "byline")]

    def _gapped(self, name: str) -> str:
        return f"{name[0]}  {name[1]}" if len(name) == 2 and self._happens(self.rates.name_gap) else name

    def _body(self, story: EditorStory, paragraphs: Sequence[str]) -> list[_Block]:
        subheads, blocks, lines = dict(story.subheads), list[_Block](), list[_Line]()
        if story.continues is not None:
            lines.append(self._line(self._page(forms("continues"), story.continues), "jump"))
        for index, paragraph in enumerate(paragraphs):
            if index in subheads:
                lines.extend(
                    self._line(text, "subhead") for text in set_lines(subheads[index], self.measure, indent=0)
                )
            elif index and self._happens(self.rates.frame_break):
                blocks.append(_Block("body", self.number, lines))
                lines = []
            lines.extend(self._paragraph(paragraph, index, story, index == len(paragraphs) - 1))
        if story.jump is not None:
            lines.append(self._line(self._page(forms("jump"), story.jump), "jump"))
        return [*blocks, _Block("body", self.number, lines)]

    def _page(self, forms: Sequence[str], page: int) -> str:
        return self.rng.choice(forms).format(n=page, c=write_numeral(page))

    def _paragraph(self, text: str, index: int, story: EditorStory, last: bool) -> list[_Line]:
        if self._happens(self.rates.lost_latin):
            text = re.sub(r"(?<=[A-Za-z]) (?=[A-Za-z])", LOST, text)
        if last and self._happens(self.rates.lost_stop):
            text = text.rstrip("。”")
        for name in story.names:
            if self._happens(self.rates.name_gap):
                text = text.replace(name, self._gapped(name), 1)
        texts = set_lines(text, self.measure, tight=self.style.tight)
        indent = {"lost": "", "space": " ", "u3000": "\u3000\u3000"}[self.style.indent]
        out = []
        for number, line in enumerate(texts):
            full = self.measure - (2 if number == 0 else 0)
            shaped = self._gaps(line, short=width(line) < full and number < len(texts) - 1)
            out.append(self._line((indent if number == 0 else "") + self._wear(shaped), "body", index))
        return out

    def _gaps(self, line: str, *, short: bool) -> str:
        """Blanks that a converter left: after marks of lines set wide, and around numbers."""
        if short and self.style.mark_gap:
            line = re.sub(r"(?<=[，。、；：！？”）》])(?=[^，。、；：！？”）》\s])", " ", line)
        elif self._happens(self.style.mark_gap_any):
            line = re.sub(r"(?<=[，。、；：！？])(?=[^”）》\s])", " ", line, count=1)
        return _BORDER.sub(lambda _: " " if self._happens(self.style.digit_gap) else "", line)

    def _wear(self, line: str) -> str:
        if len(line) < 6 or not self._happens(self.rates.lost_char / 12):
            return line
        at = self.rng.randrange(1, len(line) - 1)
        return line[:at] + LOST + line[at + 1 :] if line[at] not in " \u3000" else line

    def _loose(self, story: EditorStory) -> tuple[list[_Block], list[_Block]]:
        before, after = list[_Block](), list[_Block]()
        if story.section:
            block = _Block("loose", self.number, [self._line(story.section, "column")])
            (before if self.rng.random() < 0.7 else after).append(block)
        for caption in story.captions:
            after.append(_Block("loose", self.number, [self._line(caption, "caption")]))
        return before, after


def _arrange(sets: Sequence[_Set], style: Style, rng: random.Random) -> list[_Block]:
    """Blocks in page order, heads still beside their bodies, some pairs of bodies interleaved mid-sentence."""
    blocks: list[_Block] = []
    waiting = list(sets)
    while waiting:
        first = waiting.pop(0)
        bodies = first.body
        if waiting and rng.random() < style.rates.interleave:
            second = waiting.pop(0)
            heads = [
                head
                for one in (first, second)
                for head in ([*one.before, one.head] if one.head else one.before)
            ]
            rng.shuffle(heads)
            cut = rng.randint(0, len(heads))
            tails = [*first.after, *second.after]
            blocks += [*heads[:cut], *_interleave(bodies, second.body, rng), *heads[cut:], *tails]
            continue
        head = [first.head] if first.head else []
        order = [*bodies, *head] if first.head_after else [*head, *bodies]
        blocks += [*first.before, *order, *first.after]
    return blocks


def _interleave(first: list[_Block], second: list[_Block], rng: random.Random) -> list[_Block]:
    """Cut one body mid-paragraph and put the other body, or its first part, in between."""
    one, two = _split_block(_joined(first), rng), _split_block(_joined(second), rng)
    if len(one) == 2 and len(two) == 2 and rng.random() < 0.4:
        return [one[0], two[0], one[1], two[1]]
    return [one[0], _joined(two), *one[1:]]


def _joined(blocks: list[_Block]) -> _Block:
    return _Block("body", blocks[0].article, [line for block in blocks for line in block.lines])


def _split_block(block: _Block, rng: random.Random) -> list[_Block]:
    lines = block.lines
    inside = [
        i
        for i in range(2, len(lines) - 1)
        if lines[i].role == lines[i - 1].role == "body" and lines[i].para == lines[i - 1].para
    ]
    if not inside:
        return [block]
    at = rng.choice(inside)
    return [_Block("body", block.article, lines[:at]), _Block("body", block.article, lines[at:])]


def _move_heads(blocks: list[_Block], style: Style, rng: random.Random) -> list[_Block]:
    """Tear heads from their bodies: to the end of the page, to its top, or to any gap between blocks."""
    if not style.rates.moved:
        return blocks
    manner = rng.choice(("end", "end", "top", "gaps", "gaps"))
    moved = [block for block in blocks if block.kind == "head" and rng.random() < style.rates.moved]
    stay = [block for block in blocks if not any(block is other for other in moved)]
    if rng.random() < 0.6:
        rng.shuffle(moved)
    if manner == "end":
        return stay + moved
    if manner == "top":
        return moved + stay
    for block in moved:
        stay.insert(rng.randint(0, len(stay)), block)
    return stay


def _furnish(blocks: list[_Block], style: Style, rng: random.Random) -> list[_Block]:
    """Page furniture at the top, at the end, and now and then between blocks."""
    out = list(blocks)
    for text in style.furniture or _random_furniture(style, rng):
        place = rng.choice((0, len(out), rng.randint(0, len(out))))
        out.insert(place, _Block("other", None, [_Line(text, None, "other")]))
    return out


def _random_furniture(style: Style, rng: random.Random) -> list[str]:
    count = int(style.rates.furniture) + (rng.random() < style.rates.furniture % 1)
    return [
        form.format(
            year=rng.randint(2018, 2024),
            month=rng.choice((10, 11)),
            day=rng.randint(1, 30),
            week=rng.choice("一二三四五六日"),
            page=rng.randint(1, 8),
            name=random_name(rng),
            name2=random_name(rng),
            name3=random_name(rng),
        )
        for form in rng.sample(forms("furniture"), min(count, len(forms("furniture"))))
    ]


def _print(blocks: Iterable[_Block], style: Style, rng: random.Random) -> tuple[list[str], dict[int, _Line]]:
    """Lay blocks down as lines with the page's blanks and frame marks; the table maps line numbers to set lines."""
    out = _top(style, rng)
    table: dict[int, _Line] = {}
    for number, block in enumerate(blocks):
        marked = number > 0 and style.frame_mark != "none" and rng.random() < 0.85
        if number and style.blank == "none":
            _part(out, style, rng, marked=marked)
        if marked and _closes_up(style, rng):
            _close_up(out)
        mark = " " if marked and style.frame_mark.startswith("space") else ""
        for line in block.lines:
            out.append(mark + line.text)
            mark = ""
            table[len(out)] = line
            out.extend([""] * _blanks(style, rng))
    return out, table


def _top(style: Style, rng: random.Random) -> list[str]:
    return [""] if style.level > 2 and rng.random() < 0.3 else []


def _part(out: list[str], style: Style, rng: random.Random, *, marked: bool) -> None:
    """Put a blank line between two blocks, as often as the style has one."""
    if not (marked and "noblank" in style.frame_mark) and rng.random() < style.block_blank:
        out.append("")


def _closes_up(style: Style, rng: random.Random) -> bool:
    """Whether the mark of a new frame is that its blank line is missing."""
    return style.frame_mark == "space_noblank" or (style.frame_mark == "noblank_some" and rng.random() < 0.5)


def _close_up(out: list[str]) -> None:
    while out and not out[-1]:
        out.pop()


def _blanks(style: Style, rng: random.Random) -> int:
    if style.blank == "every":
        return 1
    return rng.choices((0, 1, 2), (25, 50, 25))[0] if style.blank == "irregular" else 0


def _gold(sets: Sequence[_Set], table: dict[int, _Line], style: Style) -> dict[str, Any]:
    lines = {
        str(n): {
            "article": f"A{line.article + 1}" if line.article is not None else None,
            "role": line.role,
            "para": line.para,
        }
        for n, line in sorted(table.items())
    }
    shape = {
        "blank": style.blank,
        "frame_mark": style.frame_mark,
        "indent": style.indent,
        "tight": style.tight,
        "punct_space": style.mark_gap,
        "punct_space_any": style.mark_gap_any,
        "digit_space": style.digit_gap,
        "headline_space": style.head_gap,
        "orn": style.ornament,
    }
    articles = [_gold_article(one, number, table) for number, one in enumerate(sets)]
    return {"level": style.level, "style": shape, "articles": articles, "lines": lines}


def _gold_article(one: _Set, number: int, table: dict[int, _Line]) -> dict[str, Any]:
    story, headless = one.story, one.printed["headless"]
    head = (None, None, None) if headless else (story.headline, story.kicker, story.subtitle)
    mine = {n: line for n, line in sorted(table.items()) if line.article == number}
    of = {
        role: [n for n, line in mine.items() if line.role == role]
        for role in ("headline", "kicker", "subtitle", "column", "byline", "subhead", "jump", "caption")
    }
    gold: dict[str, Any] = {
        "id": f"A{number + 1}",
        "source_file": story.id,
        "headline": head[0],
        "kicker": head[1],
        "subtitle": head[2],
        "column": story.section,
        "byline": [*story.reporters, *story.correspondents],
        "subheads": [text for _, text in story.subheads],
        "jump": story.jump,
        "truncated": story.jump is not None,
        "continues": story.continues,
        "headline_printed": not headless,
        "paragraphs": one.printed["paragraphs"],
        "width": one.measure,
    }
    if headless and story.headline:
        gold["headline_source"] = story.headline
    return (
        gold
        | {f"{role}_lines": found for role, found in of.items()}
        | {"paragraph_lines": _paragraph_lines(mine, len(one.printed["paragraphs"]))}
    )


def _paragraph_lines(lines: dict[int, _Line], count: int) -> list[list[int]]:
    paragraphs: list[list[int]] = [[] for _ in range(count)]
    for n, line in lines.items():
        if line.para is not None:
            paragraphs[line.para].append(n)
    return paragraphs
