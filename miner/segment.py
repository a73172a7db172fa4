"""Sentences and words as spans (first form)."""

from __future__ import annotations

from miner.offsets import Span

_ENDS = frozenset("。！？!?；;\n")


def sentences(text: str) -> tuple[Span, ...]:
    """Cut text into sentences as spans; closing marks stay with their sentence.

    >>> [span.of("你好。再见！") for span in sentences("你好。再见！")]
    ['你好。', '再见！']
    """
    spans, start = [], 0
    for i, char in enumerate(text):
        if char in _ENDS:
            if i + 1 > start:
                spans.append(Span(start, i + 1))
            start = i + 1
    if start < len(text):
        spans.append(Span(start, len(text)))
    return tuple(spans)
