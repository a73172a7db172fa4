"""Builds the vocabulary of the name model: the folding of characters, and which characters, pairs and words it knows."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from opencc import OpenCC

from miner.recognise.network.encode import (
    FIRST_ID,
    PAD,
    PAIR_BITS,
    UNKNOWN,
    UNKNOWN_LATIN,
    Vocabulary,
    pair_slots,
)

_SAME = {"‧": "·", "•": "·", "・": "·", "∙": "·", "⋅": "·", "･": "·", "˙": "·", "●": "·", "—": "-", "–": "-", "―": "-",
         "−": "-", "‐": "-", "‑": "-", "｡": "。", "﹑": "、", "\r": "\n", "\u2028": "\n", "\u2029": "\n", "\v": "\n",
         "\f": "\n", "\x85": "\n", "\u3000": " ", "\xa0": " ", "\u200b": " ", "\ufeff": " ", "\t": " "}  # fmt: skip
_COMMON_CHAR, _COMMON_WORD, _COMMON_PAIR = 3, 4, 4


def folding() -> npt.NDArray[np.uint16]:
    """Return for every code point below 65,536 its folded form: width and compatibility forms, then simplified."""
    simplify = OpenCC("t2s")
    table = np.arange(65536, dtype=np.uint16)
    for code in range(65536):
        char = chr(code)
        if 0xD800 <= code < 0xE000:
            table[code] = 0xFFFD
            continue
        if char not in _SAME:
            plain = unicodedata.normalize("NFKC", char)
            char = plain if len(plain) == 1 else char
            simple = simplify.convert(char) if "\u3400" <= char <= "\u9fff" else char
            char = simple if len(simple) == 1 else char
        char = _SAME.get(char, char)
        if ord(char) < 65536:
            table[code] = ord(char)
    table[0] = ord(" ")
    return table


def build(
    texts: Sequence[str], *, max_chars: int = 7500, max_words: int = 60_000, max_pairs: int = 140_000
) -> Vocabulary:
    """Learn from texts which characters, words and pairs are common enough to be known."""
    fold = folding()
    bare = Vocabulary(fold, _ids(fold, []), np.zeros(1 << PAIR_BITS, np.uint32), [])
    chars, words = _counts(texts, bare)
    known = [c for c, n in chars.most_common(max_chars) if n >= _COMMON_CHAR and c != "\n"]
    ids = _ids(fold, known)
    common = [
        w
        for w, n in words.most_common(max_words)
        if n >= _COMMON_WORD and not w[0].isdigit() and w[0] != "\n"
    ]
    return Vocabulary(fold, ids, _pair_table(texts, ids, max_pairs), common)


def _ids(fold: npt.NDArray[np.uint16], known: Sequence[str]) -> npt.NDArray[np.uint16]:
    by_code = np.full(65536, UNKNOWN, np.uint16)
    by_code[:0x2E80] = UNKNOWN_LATIN
    for i, char in enumerate(known):
        by_code[ord(char)] = FIRST_ID + i
    by_code[ord("\n")] = PAD
    return by_code[fold]


def _counts(texts: Sequence[str], bare: Vocabulary) -> tuple[Counter[str], Counter[str]]:
    chars: Counter[str] = Counter()
    words: Counter[str] = Counter()
    for start in range(0, len(texts), 2000):
        folded = bare.encode(texts[start : start + 2000]).folded.tobytes().decode("utf-32-le")
        chars.update(folded)
        words.update(bare.cut(folded))
    return chars, words


def _pair_table(texts: Sequence[str], ids: npt.NDArray[np.uint16], most: int) -> npt.NDArray[np.uint32]:
    counts: Counter[int] = Counter()
    for start in range(0, len(texts), 2000):
        codes = np.frombuffer("\n".join(texts[start : start + 2000]).encode("utf-32-le"), np.uint32)
        chars = ids[np.minimum(codes, 0xFFFD)].astype(np.int32)
        keys, _ = pair_slots(chars[:-1], chars[1:])
        found, times = np.unique(keys[(chars[:-1] >= FIRST_ID) & (chars[1:] >= FIRST_ID)], return_counts=True)
        for key, n in zip(found.tolist(), times.tolist(), strict=True):
            counts[key] += n
    table = np.zeros(1 << PAIR_BITS, np.uint32)
    top = np.array([key for key, n in counts.most_common(most) if n >= _COMMON_PAIR], np.uint32)
    _, slots = pair_slots((top >> np.uint32(16)).astype(np.int32), (top & np.uint32(0xFFFF)).astype(np.int32))
    for key, slot in zip(top[::-1], slots[::-1], strict=True):  # the commonest comes last and owns the slot
        if slot:
            table[slot] = key
    return table
