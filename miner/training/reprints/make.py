"""Reprints as papers make them: cut, with another head, worded anew in places, dated anew."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence

from miner.language.words import words

KINDS = ("cut", "re-headed", "spun", "re-dated")
_SENTENCE = re.compile("[^。！？\n]+[。！？]*|\n")


def sentences(text: str) -> list[str]:
    """Return a text's sentences and line ends."""
    return _SENTENCE.findall(text)


def cut(text: str, rng: random.Random) -> str:
    """Keep a part: the beginning, or sentences here and there, .35 to .7 of the text."""
    parts = sentences(text)
    wanted = rng.uniform(0.35, 0.7) * len(text)
    if rng.random() < 0.6:
        kept = ""
        for part in parts:
            kept += part
            if len(kept) >= wanted:
                return kept
        return kept
    chosen = set(rng.sample(range(len(parts)), max(1, round(len(parts) * wanted / len(text)))))
    return "".join(part for at, part in enumerate(parts) if at in chosen)


def headed(text: str, others: Sequence[str], rng: random.Random) -> str:
    """Put a lead of another paper before it, and a call to its readers behind."""
    lead = rng.choice(sentences(rng.choice(others)))
    return f"{lead}\n{text}\n更多内容请看本报客户端。"


def spun(text: str, others: Sequence[str], rng: random.Random) -> str:
    """Replace a sixth of the words with others of their length, swap sentences, drop a tenth of the clauses."""
    pool: dict[int, list[str]] = {}
    for other in rng.sample(list(others), min(6, len(others))):
        for start, end in words(other[:2_000]):
            pool.setdefault(end - start, []).append(other[start:end])
    turned = "".join(_other_word(text[start:end], pool, rng) for start, end in words(text))
    parts = sentences(turned)
    for at in range(len(parts) - 1):
        if rng.random() < 0.2 and "\n" not in (parts[at], parts[at + 1]):
            parts[at], parts[at + 1] = parts[at + 1], parts[at]
    clauses = re.findall("[^，；]+[，；]?", "".join(parts))
    return "".join(clause for clause in clauses if rng.random() > 0.1)


def _other_word(word: str, pool: Mapping[int, Sequence[str]], rng: random.Random) -> str:
    if word.isalnum() and len(word) in pool and rng.random() < 1 / 6:
        return rng.choice(pool[len(word)])
    return word


def dated(text: str, rng: random.Random) -> str:
    """Give it a dateline of another day and place, and other days inside."""
    day = f"{rng.randint(1, 12)}月{rng.randint(1, 28)}日"
    body = re.sub(
        r"\d{1,2}月\d{1,2}日|昨天|今天|昨日|今日", lambda _: rng.choice([day, "日前", "近日"]), text
    )
    return f"本报{rng.choice(['上海', '北京', '南京'])}{day}电(记者 文澜){body}"


def reprint(text: str, kind: str, others: Sequence[str], rng: random.Random) -> str:
    """Return a reprint of a kind; `others` lend words and leads."""
    if kind == "cut":
        return cut(text, rng)
    if kind == "re-headed":
        return headed(text, others, rng)
    return spun(text, others, rng) if kind == "spun" else dated(text, rng)
