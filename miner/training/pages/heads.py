"""Learns the weights of the evidence for the parts of a head: a log-linear model over all ways to part each head."""

from __future__ import annotations

import json
import lzma
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from miner.split.heads import evidence_of, head_of, is_record, part_heads, ways
from miner.training import Effort, Say, Trained

__all__ = [
    "HeadFigures",
    "ParsedHead",
    "headline_choice",
    "invented_heads",
    "learn_heads",
    "printed_heads",
    "train_heads",
]

_SPOKEN = re.compile(r"(\S{6,40}(?:强调|指出|要求|表示))\s+(\S{6,24})(?:\s+(\S{6,24}))?")
_DECK = re.compile(r"([^—]{5,30}?)(——[^—]{5,40})")
_BARE = 0.7
"""How often a deck whose wording tells is learned without its dash."""
_COUNTS = {"newscast": 160, "bare": 100, "dash": 120}
"""So many heads that newscasts read in one go are used: with a speaker first, with a deck, bare and after a dash."""
_WEIGHT = {"newscast": 0.1, "dash": 0.03}
"""What a head of a source counts; others count one."""
_AFTER = 0.2
"""How often a stream leaves a kicker after the headline that it is printed above (as the typesetter has it)."""
_RIDGE = 0.3
_FOLDS = 8


class ParsedHead(NamedTuple):
    """A head whose parts are known: its lines, a letter a line (K, H, T), and where it is from."""

    lines: tuple[str, ...]
    parts: str
    source: str
    key: str
    """Heads of one key are never learned from and measured on at once."""


class HeadFigures(NamedTuple):
    """On heads not learned from: how many, the share whose likeliest headline line is one, and whose headline is right whole."""

    heads: int
    choice: float
    whole: float


def printed_heads(path: Path) -> Iterator[ParsedHead]:
    """Read heads from JSON lines with kicker, title and subtitle apart; those whose parts have two clauses come in both
    settings, on one line and on two."""
    for line in path.read_text(encoding="utf-8").splitlines():
        story = json.loads(line)
        named = zip("KHT", ("kicker", "title", "subtitle"), strict=True)
        parts = {letter: re.sub(r"\s+", " ", story[name].strip()) for letter, name in named if story[name]}
        if len(parts) > 1:
            both = any(" " in text for text in parts.values())
            yield from (
                _printed(parts, story["title"], cut=cut) for cut in ((False, True) if both else (False,))
            )


def _printed(parts: dict[str, str], key: str, *, cut: bool) -> ParsedHead:
    """A head from its parts, those of two clauses on one line or (`cut`) on two."""
    lines = [(letter, piece) for letter, text in parts.items() for piece in _pieces(text, cut=cut)]
    return ParsedHead(
        tuple(text for _, text in lines), "".join(letter for letter, _ in lines), "printed", key
    )


def _pieces(text: str, *, cut: bool) -> list[str]:
    first, _, rest = text.partition(" ")
    return [first, rest] if cut and rest else [text]


def stream_heads(path: Path) -> Iterator[ParsedHead]:
    """Read the heads of two lines from a day's text, whose papers print kickers above, and decks below after a dash."""
    run: list[str] = []
    seen: set[str] = set()
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line[0].isspace():
            run.append(re.sub(r"（[^（）]{1,30}）$", "", re.sub(r"\s+", " ", line.strip())))
            continue
        if len(run) == 2 and not run[0].endswith(":") and run[0] not in seen:
            seen.add(run[0])
            yield ParsedHead(tuple(run), "HT" if run[1].startswith("——") else "KH", "stream", run[0])
        run = []


def invented_heads() -> Iterator[ParsedHead]:
    """Read the heads that were written for training."""
    text = files("miner.resources").joinpath("training/heads.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            parts = [part.split(" ", 1) for part in line.partition(" || ")[0].split(" / ")]
            yield ParsedHead(
                tuple(text for _, text in parts),
                "".join(letter for letter, _ in parts),
                "invented",
                parts[0][1],
            )


def spoken_heads(paths: Iterable[Path], rng: random.Random) -> list[ParsedHead]:
    """Heads that are read in one go, from .xz files of JSON lines: “…强调” and what is said, a headline and ——its deck."""
    found: dict[str, list[ParsedHead]] = {"newscast": [], "bare": [], "dash": []}
    for title in _titles(paths):
        if spoken := _SPOKEN.fullmatch(title):
            lines = tuple(filter(None, spoken.groups()))
            found["newscast"].append(ParsedHead(lines, "K" + "H" * (len(lines) - 1), "newscast", title))
        elif decked := _DECK.fullmatch(title):
            mains = _pieces(re.sub(r"\s+", " ", decked[1].strip()), cut=rng.random() < 0.5)
            bare = is_record(decked[2][2:]) and rng.random() < _BARE
            made = ParsedHead(
                (*mains, decked[2][2:] if bare else decked[2]), "H" * len(mains) + "T", "dash", title
            )
            found["bare" if bare else "dash"].append(made)
    for some in found.values():
        rng.shuffle(some)
    return [head for kind, some in found.items() for head in some[: _COUNTS[kind]]]


def _titles(paths: Iterable[Path]) -> Iterator[str]:
    """The headlines of .xz files of JSON lines, without the name of a column before them."""
    for path in paths:
        with lzma.open(path, "rt", encoding="utf-8") as source:
            for line in source:
                story = json.loads(line)
                title = story.get("headline") or story.get("title") or ""
                yield re.sub(r"^【[^】]{1,40}】", "", title.strip()).strip()


def learn_heads(heads: Sequence[ParsedHead]) -> dict[str, float]:
    """Fit the weights: the mean log-chance of the right ways, with a quadratic penalty."""
    from scipy.optimize import minimize

    counted = [pair for head in heads for pair in _counted(head)]
    looked = [[evidence_of(head_of(head.lines), way) for way in ways(len(head.lines))] for head, _ in counted]
    names = sorted({name for found in looked for evidence in found for name in evidence})
    place = {name: number for number, name in enumerate(names)}
    tables = [_table(found, place) for found in looked]
    right = [ways(len(head.lines)).index(head.parts) for head, _ in counted]

    def loss(weights: Any) -> tuple[float, Any]:
        total, slope = 0.5 * _RIDGE * float(weights @ weights), _RIDGE * weights
        for table, answer, (_, count) in zip(tables, right, counted, strict=True):
            scores = table @ weights
            chances = np.exp(scores - scores.max())
            chances /= chances.sum()
            total -= count * float(np.log(chances[answer] + 1e-12))
            slope = slope + count * (chances @ table - table[answer])
        return total, slope

    made = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B", options={"maxiter": 200}).x
    return {name: round(float(weight), 3) for name, weight in zip(names, made, strict=True)}


def _counted(head: ParsedHead) -> Iterator[tuple[ParsedHead, float]]:
    """A head with what it counts; one whose kicker stands above comes in both orders that streams leave it in."""
    count = _WEIGHT.get(head.source, 1.0)
    if head.parts not in ways(len(head.lines)):
        return
    if head.parts.startswith("K") and head.parts.endswith("H"):
        yield head, count * (1 - _AFTER)
        yield _turned(head), count * _AFTER
    else:
        yield head, count


def _turned(head: ParsedHead) -> ParsedHead:
    """A head whose kicker stands after its headline."""
    at = head.parts.index("H")
    return head._replace(lines=head.lines[at:] + head.lines[:at], parts=head.parts[at:] + head.parts[:at])


def _table(found: Sequence[dict[str, float]], place: dict[str, int]) -> Any:
    table = np.zeros((len(found), len(place)))
    for row, evidence in enumerate(found):
        for name, strength in evidence.items():
            table[row, place[name]] = strength
    return table


def headline_choice(heads: Sequence[ParsedHead], weights: dict[str, float]) -> HeadFigures:
    """Measure weights on heads: is the first headline line one, and is the headline the right lines."""
    choice = whole = 0
    for head in heads:
        roles = part_heads([head.lines], weights)[0].roles
        main = [at for at, role in enumerate(roles) if role == "headline"]
        choice += head.parts[main[0]] == "H"
        whole += main == [at for at, part in enumerate(head.parts) if part == "H"]
    count = max(1, len(heads))
    return HeadFigures(len(heads), round(choice / count, 3), round(whole / count, 3))


def train_heads(data: Path, out: Path, *, effort: Effort, say: Say) -> Trained:
    """Learn from the heads of a data folder and those written for training, and write the weights to `out` (JSON).

    Looks for `pages/xinmin_2022.jsonl`, `raw/news.jsonl.xz` and `raw/broadcast.jsonl.xz` below the folder and
    `pages/fullday.txt` beside it; what is missing is left out. Figures are cross-validated, a source each.
    """
    rng = random.Random(effort.seed)
    heads = list(_all_heads(data, rng))
    say(f"{len(heads):,} heads")
    figures: dict[str, float] = {}
    for source, figure in _cross_validated(heads, rng).items():
        say(f"{source}: {figure}")
        figures |= {f"{source} choice": figure.choice, f"{source} whole": figure.whole}
    weights = {"weights": learn_heads(heads)}
    out.write_text(json.dumps(weights, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return Trained.of(out, figures)


def _all_heads(data_dir: Path, rng: random.Random) -> Iterator[ParsedHead]:
    yield from invented_heads()
    if (printed := data_dir / "pages" / "xinmin_2022.jsonl").exists():
        yield from printed_heads(printed)
    if (stream := data_dir.parent / "pages" / "fullday.txt").exists():
        yield from stream_heads(stream)
    raw = [data_dir / "raw" / f"{name}.jsonl.xz" for name in ("news", "broadcast")]
    yield from spoken_heads([path for path in raw if path.exists()], rng)


def _cross_validated(heads: Sequence[ParsedHead], rng: random.Random) -> dict[str, HeadFigures]:
    """Learn from seven eighths of the heads and measure on the rest, eight times; heads of one key stay together."""
    keys = sorted({head.key for head in heads})
    rng.shuffle(keys)
    parts: dict[str, list[HeadFigures]] = {head.source: [] for head in heads}
    for number in range(_FOLDS):
        kept = set(keys[number::_FOLDS])
        weights = learn_heads([head for head in heads if head.key not in kept])
        for source, found in parts.items():
            found.append(headline_choice([h for h in heads if h.key in kept and h.source == source], weights))
    return {source: _joined(found) for source, found in parts.items()}


def _joined(found: Sequence[HeadFigures]) -> HeadFigures:
    count = max(1, sum(one.heads for one in found))
    choice = sum(one.choice * one.heads for one in found) / count
    return HeadFigures(count, round(choice, 3), round(sum(one.whole * one.heads for one in found) / count, 3))
