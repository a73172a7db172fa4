"""Sentences as spans: the one place that says where a Chinese sentence ends."""

from __future__ import annotations

import re
from collections.abc import Iterator

from miner.offsets import Span

_SENTENCE = re.compile(r"[^。！？!?\n]*(?:[。！？!?]+[”’」』）)\]】》]*|\n|$)")
_BREAKS = re.compile(r"[，,；;：:、\s]")


def sentences(text: str, *, max_chars: int | None = None) -> tuple[Span, ...]:
    """Cut text into sentences as spans; closing marks stay with their sentence, paragraphs always end one.

    With `max_chars` a longer sentence is cut after a comma near that length.

    >>> [span.of("他说：“好！”然后走了。再见") for span in sentences("他说：“好！”然后走了。再见")]
    ['他说：“好！”', '然后走了。', '再见']
    """
    spans: list[Span] = []
    longest = len(text) if max_chars is None else max_chars
    for match in _SENTENCE.finditer(text):
        start, end = match.span()
        while start < end and text[start].isspace():
            start += 1
        while end > start and text[end - 1].isspace():
            end -= 1
        if end - start > longest:
            spans.extend(_pieces(text, Span(start, end), longest))
        elif start < end:
            spans.append(Span(start, end))
    return tuple(spans)


def _pieces(text: str, span: Span, max_chars: int) -> Iterator[Span]:
    start, end = span
    while end - start > max_chars:
        cut = start + max_chars
        for match in _BREAKS.finditer(text, start + max_chars // 2, cut):
            cut = match.end()
        yield Span(start, cut)
        start = cut
    yield Span(start, end)
