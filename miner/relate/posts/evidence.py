"""What speaks for and against a person holding a title, and a title belonging to a body: named evidence, weights learned.

Each piece of evidence is a text such as `after:,B` (the name, a comma, a body, then the title). How much it says was
learned from annotated articles by logistic regression (`miner.training.posts.relations`).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from miner.language.gazetteer import words_of
from miner.model import Mention
from miner.offsets import Span
from miner.relate.posts.sentence import FAR, SentencePart, SentenceParts, opening

_AROUND = 8
"""So many people to either side of a title are looked at."""
_BODIES = 6
_REACH = 40
"""No body farther to the left, in parts of the sentence, is looked at."""
_DISTANCES = (0, 1, 2, 4, 8, 16, 32, 64, 128)


@dataclass(frozen=True, slots=True)
class TitleHolder:
    """A person who may hold a title; `part` is the index in the row, None for one named before the sentence."""

    mention: Mention
    part: int | None


@dataclass(frozen=True, slots=True)
class Seat:
    """A body that a title may belong to: where it stands, its name if it is one, and how it came to be a candidate."""

    span: Span | None
    mention: Mention | None
    origin: str
    part: int | None = None


NOWHERE = Seat(None, None, "none")


def _class(number: int) -> str:
    return str(sum(number >= edge for edge in _DISTANCES))


def holders(row: SentenceParts, title: int) -> Iterator[TitleHolder]:
    """Yield the people who may hold a title: those around it, and the one named last before the sentence."""
    at = bisect_left(row.people, title)
    left, right = row.people[max(0, at - _AROUND) : at], row.people[at : at + _AROUND]
    seen: set[int] = set()
    for part in (*reversed(left), *right):
        mention = row.parts[part].mention
        if mention is not None and mention.entity not in seen:
            seen.add(mention.entity)
            yield TitleHolder(mention, part)
    if row.before is not None and row.before.entity not in seen:
        yield TitleHolder(row.before, None)


def title_sort(row: SentenceParts, title: int) -> str:
    """Return what kind of title it is: of a firm, of a state, of a party, or another."""
    words = row.parts[title].span.of(row.view.folded)
    for sort in ("firm", "state", "party"):
        if words.endswith(tuple(words_of("posts", sort))):
            return sort
    return "other"


def for_holder(row: SentenceParts, title: int, holder: TitleHolder) -> Iterator[str]:
    """Yield the evidence on whether a person holds a title."""
    yield "bias"
    sort = title_sort(row, title)
    yield from _of_title(row, title)
    if holder.part is None:
        yield from _named_before(row, title, holder, sort)
        return
    before = holder.part < title
    side = "after" if before else "ahead"
    low, high = sorted((holder.part, title))
    gap = row.between(low, high)
    yield f"{side}"
    inner = row.parts[low + 1 : high]
    people = sum(part.kind == "P" for part in inner)
    listed = people > 0 and _listed(row, *((holder.part, title) if before else (title, holder.part)))
    touched = "list" if listed else _touched(row, title, holder.part)
    yield f"{side}:{gap}"
    yield f"{side}:{gap}:touched:{touched}"
    yield f"{side}:{gap}:next:{_next(row, title)}"
    yield f"{side}:shape:{_shape(gap)}"
    yield f"{side}:people:{min(people, 3)}"
    yield f"{side}:titles:{min(sum(part.kind == 'T' for part in inner), 3)}"
    clauses = gap.count(",") + gap.count(";")
    yield f"{side}:clauses:{min(clauses, 3)}"
    yield f"{side}:clauses:{min(clauses, 2)}:people:{min(people, 2)}"
    yield f"{side}:distance:{_class(row.parts[high].span.start - row.parts[low].span.end)}"
    yield f"{side}:touched:{touched}"
    yield f"{side}:touched:{touched}:people:{min(people, 2)}"
    yield f"{side}:first:{row.people[0] == holder.part}:people:{min(people, 2)}"
    yield f"{side}:opening:{opening(row)}"
    yield f"{side}:sort:{sort}"
    if listed:
        yield f"{side}:list"
        yield f"{side}:list:{_plural(row, title)}"
    yield f"{side}:near:{_near_words(row, low, high)}"


def _of_title(row: SentenceParts, title: int) -> Iterator[str]:
    part = row.parts[title]
    text = part.span.of(row.view.folded)
    yield f"margin:{min(int(part.margin), 12)}"
    yield f"ends:{text[-2:]}"
    yield f"field:{row.view.field}"
    yield f"next:{_next(row, title)}"


def _next(row: SentenceParts, title: int) -> str:
    """Return what follows a title: another part, a mark, or text."""
    end = row.parts[title].span.end
    if title + 1 < len(row.parts) and row.parts[title + 1].span.start <= end:
        return row.parts[title + 1].kind
    following = row.view.folded[end : end + 1]
    return following if following in ",。;、()：" else "text"


def _named_before(row: SentenceParts, title: int, holder: TitleHolder, sort: str) -> Iterator[str]:
    """Yield the evidence for a person named in an earlier sentence."""
    view = row.view
    own = len(row.people)
    yield f"earlier:own:{min(own, 2)}"
    back = row.index - view.sentence_of(holder.mention.span.start)
    yield f"earlier:sentences:{min(back, 4)}:own:{min(own, 1)}"
    lines = view.folded.count("\n", holder.mention.span.end, row.span.start) if back < 40 else 9
    yield f"earlier:lines:{min(lines, 3)}"
    yield f"earlier:opening:{opening(row)}:own:{min(own, 1)}"
    yield f"earlier:first:{row.parts[0].kind == 'T' or title == 1}"
    yield f"earlier:touched:{_touched(row, title, None)}"
    yield f"earlier:sort:{sort}"
    yield f"earlier:people-before:{min(bisect_left(row.people, title), 2)}"
    start, _ = view.sentences[view.sentence_of(holder.mention.span.start)]
    around = {m.entity for m in view.people_in(start, holder.mention.span.end)}
    yield f"earlier:alone:{len(around) == 1}:own:{min(own, 1)}"
    yield f"earlier:leads:{holder.mention.span.start - start <= 1}"
    yield f"earlier:story:{min(len({m.entity for m in view.people[:6]}), 3)}"


def _shape(gap: str) -> str:
    """Return a gap with runs of one kind written once.

    >>> _shape("、P、P、"), _shape("far")
    ('、P', 'far')
    """
    if gap == FAR:
        return gap
    seen: list[str] = []
    for symbol in gap:
        if symbol not in seen:
            seen.append(symbol)
    return "".join(seen)


def _touched(row: SentenceParts, title: int, but: int | None) -> str:
    """Return which sides of a title another person's name touches."""
    sides = []
    if title + 1 < len(row.parts) and title + 1 != but:
        right = row.parts[title + 1]
        if right.kind == "P" and right.span.start - row.parts[title].span.end <= 1:
            sides.append("right")
    if title and title - 1 != but:
        left = row.parts[title - 1]
        if left.kind == "P" and row.parts[title].span.start - left.span.end <= 1:
            sides.append("left")
    return "-".join(sides) or "free"


def _listed(row: SentenceParts, low: int, high: int) -> bool:
    """Tell whether only a list of names stands between a title and a name."""
    gap = row.between(low, high)
    return gap != FAR and not set(gap) - set("P、()v")


def _plural(row: SentenceParts, title: int) -> str:
    words = row.parts[title].span.of(row.view.folded)
    return "deputy" if words.startswith("副") else words[-2:]


def _near_words(row: SentenceParts, low: int, high: int) -> str:
    """Return the two characters before the right one of two parts, where text stands between them."""
    start, end = row.parts[low].span.end, row.parts[high].span.start
    return row.view.folded[max(start, end - 2) : end]


def seats(row: SentenceParts, title: int, last: Seat | None, hero: Mention | None) -> Iterator[Seat]:
    """Yield the bodies a title may belong to: those before it, the one after, that of the title before, and none."""
    yield NOWHERE
    count = 0
    for at in range(title - 1, max(-1, title - 1 - _REACH), -1):
        if row.parts[at].kind == "B" and count < _BODIES:
            yield _seat(row, at, "left")
            count += 1
    for at in range(title + 1, min(title + 3, len(row.parts))):
        if row.parts[at].kind == "B":
            yield _seat(row, at, "right")
            break
    if last is not None and last.span is not None:
        yield Seat(last.span, last.mention, "last", last.part)
    if hero is not None and not _of_a_daughter(row, title):
        yield Seat(hero.span, hero, "firm")


def _of_a_daughter(row: SentenceParts, title: int) -> bool:
    """Tell whether a title is one of a daughter that is not named: 子公司总经理."""
    start = row.parts[title].span.start
    return row.view.folded[max(row.span.start, start - 3) : start].endswith(
        tuple(words_of("posts", "daughter"))
    )


def _seat(row: SentenceParts, at: int, origin: str) -> Seat:
    return Seat(row.parts[at].span, row.parts[at].mention, origin, at)


def for_seat(row: SentenceParts, title: int, holder: TitleHolder, seat: Seat) -> Iterator[str]:
    """Yield the evidence on whether a title is held at a body."""
    sort = title_sort(row, title)
    part = row.parts[title]
    yield f"{seat.origin}"
    yield f"{seat.origin}:sort:{sort}"
    yield f"{seat.origin}:ends:{part.span.of(row.view.folded)[-2:]}"
    yield f"{seat.origin}:holder:{_place_of(holder, title)}"
    if seat.span is None:
        yield from _without(row, title)
        return
    text = seat.span.of(row.view.folded)
    label = seat.mention.label if seat.mention is not None else "read"
    yield f"{seat.origin}:label:{label}:{sort}"
    yield f"body:{text[-1:]}:{sort}"
    if seat.part is not None and seat.origin in ("left", "right"):
        yield from _within(row, title, holder, seat.part, seat.origin)
    elif seat.origin == "last":
        low = seat.part
        own = low is not None and low < title and seat.span == row.parts[low].span
        gap = row.between(low, title) if low is not None and own else "before"
        yield f"last:{own}:{_shape(gap)}"
        yield f"last:tail:{_tail(row, title)}"
    else:
        yield f"firm:tail:{_tail(row, title)}:{sort}"
        yield f"firm:bodies:{min(sum(p.kind == 'B' for p in _before(row, title)), 2)}"


def _within(row: SentenceParts, title: int, holder: TitleHolder, body: int, origin: str) -> Iterator[str]:
    low, high = sorted((body, title))
    gap = row.between(low, high)
    inner = row.parts[low + 1 : high]
    yield f"{origin}:gap:{gap}"
    yield f"{origin}:shape:{_shape(gap)}"
    yield f"{origin}:bodies:{min(sum(p.kind == 'B' for p in inner), 2)}"
    yield f"{origin}:people:{min(sum(p.kind == 'P' for p in inner), 2)}"
    yield f"{origin}:titles:{min(sum(p.kind == 'T' for p in inner), 2)}"
    yield f"{origin}:distance:{_class(row.parts[high].span.start - row.parts[low].span.end)}"
    yield f"{origin}:marks:{min(gap.count(','), 2)}"
    if holder.part is not None:
        yield f"{origin}:across:{(body < holder.part) != (title < holder.part)}"


def _before(row: SentenceParts, title: int) -> tuple[SentencePart, ...]:
    return row.parts[max(0, title - _REACH) : title]


def _without(row: SentenceParts, title: int) -> Iterator[str]:
    before = [p for p in _before(row, title) if p.kind == "B"]
    yield f"none:bodies:{min(len(before), 2)}"
    yield f"none:tail:{_tail(row, title)}"
    touching = bool(before) and before[-1].span.end == row.parts[title].span.start
    yield f"none:touching:{touching}"


def _tail(row: SentenceParts, title: int) -> str:
    """Return what stands right before a title: a word for the company, a mark, another part, or other words."""
    start = row.parts[title].span.start
    left = row.view.folded[max(row.span.start, start - 3) : start]
    for word in words_of("posts", "firm_word"):
        if left.endswith(word):
            return "firm"
    if not left:
        return "start"
    previous: SentencePart | None = row.parts[title - 1] if title else None
    if previous is not None and previous.span.end == start:
        return previous.kind
    return left[-1] if left[-1] in "，,、。（(的“《:：" else "text"


def _place_of(holder: TitleHolder, title: int) -> str:
    if holder.part is None:
        return "earlier"
    return "after" if holder.part < title else "ahead"
