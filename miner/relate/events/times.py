"""Which time that an article names is the event's: the signs of a time and a trigger."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain

from miner.language.dates import DateMention
from miner.language.event_types import event_types
from miner.model import Status
from miner.offsets import Span
from miner.relate.events.nearest import nearest
from miner.relate.events.reading import Reading
from miner.relate.events.signs import SentenceSigns, TriggerWord, ahead_of
from miner.relate.events.tokens import TIME, EventToken

_MAX_TIMES = 40
_UNPLACED = frozenset({"no-issue-date", "lunar"})
"""Times that nothing places in the calendar (今年7月 without a day of issue, 腊月廿三): an event of that time has no other."""
_BACK = 4
_PAUSES = (",", ";", ":", "，", "；", "：")


@dataclass(slots=True)
class Moment:
    """A time that the text names beside the word that tells an event."""

    when: DateMention
    line: SentenceSigns
    at: int
    word: TriggerWord
    type: str
    status: Status
    nearest: bool
    """Whether plain grammar takes it for the event's."""
    rank: int
    """How many times of the article stand nearer before the trigger."""
    first: bool
    """Whether it is the day that the article names first."""
    days: int
    """How many days up to that of issue the article names."""

    @property
    def token(self) -> EventToken:
        """Its token."""
        return self.line.tokens[self.at]

    @property
    def side(self) -> str:
        """Where it stands: before or behind the trigger, or so many sentences back."""
        back = self.word.line.index - self.line.index
        if back:
            return f"back{max(min(back, _BACK), -1)}"
        return "before" if self.at < self.word.at else "behind"


def moments_of(word: TriggerWord, kind: str, status: Status) -> Iterator[Moment]:
    """Yield the times among which an event's is sought: of its sentence, then of those before, nearest first, and of the next."""
    lines, here = word.story.lines, word.line.index
    reading = word.story.reading
    chosen = nearest(reading, word.found, word.scope)
    named, issued = _days(reading), reading.passage.annotated.article.published or "9"
    first, days = next(iter(named), None), sum(day <= issued for day in named)
    rank = 0
    for index in (*range(here, -1, -1), here + 1):
        if index >= len(lines) or rank >= _MAX_TIMES:
            continue
        for at in range(len(lines[index].tokens) - 1, -1, -1):
            source = lines[index].tokens[at].source
            if isinstance(source, DateMention) and (source.date or source.method in _UNPLACED):
                yield Moment(
                    source, lines[index], at, word, kind, status, source is chosen, rank,
                    first is not None and source.date == first, days,
                )  # fmt: skip
                rank += 1


def _days(reading: Reading) -> dict[str, None]:
    """Return the days that an article names, each once, in their order."""
    return dict.fromkeys(when.date for when in reading.dates if when.date and when.precision == "day")


def _itself(m: Moment) -> Iterator[str]:
    day = ahead_of(m.word, m.when.date)
    yield from (
        f"pm={m.when.precision}{m.when.method}",
        f"ss={m.status}{day}{m.when.precision}{m.side}",
        f"t={m.type}{m.side}{m.when.precision}",
    )
    week = m.when.text.endswith(("周", "星期"))
    yield from (
        f"wk={week}{m.status}",
        f"ms={m.when.method}{m.side}",
        f"day={day}{m.side}{m.type}",
        f"sp={m.when.date_end is not None}{m.side}",
    )


def _beside(m: Moment) -> Iterator[str]:
    p1, p2, n1, n2 = (m.line.word(m.at + k) for k in (-1, -2, 1, 2))
    yield from (
        f"p1={p1}",
        f"n1={n1}",
        f"n12={n1}{n2}",
        f"p12={p2}{p1}",
        f"n1s={n1}{m.side}",
        f"p1s={p1}{m.side}",
        f"n1t={n1}{m.status}{m.side}",
    )
    text = m.word.story.reading.passage.text
    end = m.token.end
    yield from (
        f"c1={text[end : end + 1]}{m.side}",
        f"c2={text[end : end + 2]}",
        f"b1={text[max(m.token.start - 1, 0) : m.token.start]}{m.side}",
    )


def _distance(m: Moment) -> Iterator[str]:
    side = m.side
    if m.line is m.word.line:
        low, high = sorted((m.at, m.word.at))
        gap = range(low + 1, high)
    else:
        gap = range(m.at + 1, len(m.line.tokens))
    pauses = sum(m.line.words[k] in _PAUSES for k in gap)
    times = sum(m.line.tokens[k].kind == TIME for k in gap)
    verbs = [m.line.words[k] for k in gap if m.line.tokens[k].tag in ("v", "vn")]
    yield from (
        f"d={side}{min(len(gap), 20) // 3}",
        f"dp={side}{min(pauses, 4)}",
        f"dt={side}{min(times, 2)}{min(pauses, 2)}",
    )
    yield from (
        f"v={side}{verbs[0] if verbs else 0}",
        f"vl={side}{verbs[-1] if verbs else 0}",
        f"vn={side}{min(len(verbs), 3)}",
    )
    yield f"r={side}{min(m.rank, 5)}"
    yield f"of={side}{m.line.word(m.word.at + 1) == '的' if m.line is m.word.line else 0}"


def _scene(m: Moment) -> Iterator[str]:
    """Whether the trigger's sentence goes on with a scene (会上, 随后), and whether it is dated itself."""
    word, line = m.word, m.word.line
    own = sum(token.kind == TIME for token in line.tokens)
    clause = sum(line.tokens[k].kind == TIME for k in range(line.begins[word.at], line.ends[word.at]))
    side, grammar = m.side, event_types()[m.type].grammar
    yield from (
        f"o={side}{min(own, 2)}{min(clause, 2)}",
        f"w0={side}{line.word(0)}",
        f"w01={side}{line.word(0)}{line.word(1)}",
    )
    yield from (f"g={side}{grammar}{m.status}", f"tr={side}{word.token.word}")
    passage = word.story.reading.passage
    paragraph = passage.paragraph(word.token.start)
    yield f"par={side}{paragraph.start <= m.token.start}"
    yield f"lead={side}{m.line.index == 0}{m.rank > 0}"
    scene = word.story.reading.words.within(
        Span(line.span.start, word.token.end), layer="context", kind="scene"
    )
    yield f"sc={side}{bool(scene)}{m.when.precision}{ahead_of(word, m.when.date)}"
    same = sum(d.date == m.when.date for d in word.story.reading.dates)
    yield f"same={side}{min(same, 3)}"


def _main_day(m: Moment) -> Iterator[str]:
    """Whether it is the day that the whole article is about: the first, the only one, a day of a short article."""
    earlier, ahead = m.line.index < m.word.line.index, ahead_of(m.word, m.when.date)
    yield f"on={min(m.days, 3)}{m.first}{m.status}{earlier}{ahead}"
    yield f"wl={m.word.story.wealth}{earlier}{m.when.precision == 'day'}{m.status}"


def _by_grammar(m: Moment) -> Iterator[str]:
    yield from (
        f"rule={m.nearest}",
        f"rules={m.nearest}{m.side}{m.status}",
        f"rulet={m.nearest}{m.type}{m.side}",
        f"rulep={m.nearest}{m.when.precision}{m.side}",
    )


def _standing(m: Moment) -> Iterator[str]:
    passage, start = m.word.story.reading.passage, m.token.start
    yield f"in={passage.in_title(start)}{passage.in_bracket(start)}{m.side}"
    said = passage.quoted(start) is not None, passage.quoted(m.word.token.start) is not None
    yield f"q={said}{m.side}"
    yield f"sb={m.side}{m.line.begins[m.at] == m.at}{m.line.begins[m.at] == 0}"


SIGNS: tuple[Callable[[Moment], Iterator[str]], ...] = (
    _itself,
    _beside,
    _distance,
    _scene,
    _main_day,
    _by_grammar,
    _standing,
)


def moment_signs(moment: Moment) -> tuple[str, ...]:
    """Return what speaks for or against a time's being the event's, each once."""
    return tuple(dict.fromkeys(chain.from_iterable(make(moment) for make in SIGNS)))
