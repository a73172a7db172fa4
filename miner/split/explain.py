"""Why a head was bound to a body, in words that a person understands."""

from __future__ import annotations

from miner.split.binding import Binding
from miner.split.outline import Outline, grams_of

__all__ = ["reason_of"]

_WORDS = 4


def reason_of(made: Outline, binding: Binding, block: int, story: int) -> str:
    """The words that head and body share but other bodies lack, and where the head stands."""
    words = _shared(made, binding, block, story)
    parts = [f"标题与正文共有：{'、'.join(words)}"] if words else ["标题与正文：没有独有的共同词"]
    parts.append(_place(binding, block, story))
    return "；".join(parts)


def _shared(made: Outline, binding: Binding, block: int, story: int) -> list[str]:
    texts = ["".join(made.paragraphs[index].text for index in other.paragraphs) for other in binding.stories]
    own = texts.pop(story)
    found: list[tuple[int, int, str]] = []
    for row in binding.blocks[block].rows:
        text = made.view.rows[row].compact[:80]
        position = 0
        while position < len(text) - 1:
            size = _longest(text, position, own)
            if size >= 2:
                word = text[position : position + size]
                rare = not any(word in other for other in texts)
                if grams_of(word):
                    found.append((-int(rare), -size, word))
                position += size
            else:
                position += 1
    return list(dict.fromkeys(word for _, _, word in sorted(found)))[:_WORDS]


def _longest(text: str, position: int, own: str) -> int:
    """Length of the longest piece of `text` at `position`, without marks, that stands in `own`."""
    size = 0
    while position + size < len(text) and size < 8:
        char = text[position + size]
        if (
            not ("\u4e00" <= char <= "\u9fff" or char.isalnum())
            or text[position : position + size + 1] not in own
        ):
            break
        size += 1
    return size


def _place(binding: Binding, block: int, story: int) -> str:
    run = binding.blocks[block].run
    first, last = binding.stories[story].paragraphs[0], binding.stories[story].paragraphs[-1]
    if run == first:
        return "位于正文之前"
    if run == last + 1:
        return "位于正文之后"
    return "位于正文中间" if first < run <= last else "与正文不相邻"
