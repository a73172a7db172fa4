"""Folding, looking up and zones: fast ways that must find what the plain ways find."""

from __future__ import annotations

import pytest

from miner.language.fold import fold
from miner.language.gazetteer import gazetteer
from miner.offsets import Span, Tiles
from miner.recognise.zones import credits


@pytest.mark.parametrize(
    "text", ["西門子（ＡＢＣ）‧Siemens", "𠮷野家，龍", "㑮來", "\ud800國", "", "\uffff國"]
)
def test_long_text_is_folded_like_short_text(text: str) -> None:
    """The array folds as the table does, also beyond the basic plane and where a simplified form lies there."""
    assert fold(text * 60) == fold(text) * 60


@pytest.mark.parametrize("before", ["", "𠮷😀", "\ud800", "一", "\u4e00\u0a00"])
def test_hits_stand_where_they_say(before: str) -> None:
    """Offsets count characters, whatever stands before, and nothing is found across two characters."""
    text = f"{before}西门子与siemens，siemensx。"
    hits = gazetteer().hits(text)
    assert {text[hit.start : hit.end] for hit in hits if hit.term.kind == "enterprise"} == {
        "西门子",
        "siemens",
    }
    assert all(text[hit.start : hit.end] and gazetteer().terms(text[hit.start : hit.end]) for hit in hits)
    assert [hit.end for hit in hits] == sorted(hit.end for hit in hits)


@pytest.mark.parametrize(
    ("text", "covered"),
    [
        ("据新华社报道,甲公司来了。", "据新华社报道"),
        ("来了。\n据甲报消息,乙来了", "据甲报消息"),
        ("他证据甲报消息不实", ""),
        ("结束。(本报记者 王明)", "本报记者 王明"),
        ("开始\n本报记者 王明 文\n完", "本报记者 王明"),
    ],
)
def test_credits(text: str, covered: str) -> None:
    """Sources and writers are found at the openings of sentences and lines and inside lines."""
    found = "|".join(text[start:end] for start, end in credits(text))
    assert covered in found if covered else not found


def test_tiles() -> None:
    """Neighbouring spans are a sequence like any other."""
    tiles = Tiles([0, 2, 5, 6])
    assert (tiles[0], tiles[-1], tiles[1:]) == (Span(0, 2), Span(5, 6), (Span(2, 5), Span(5, 6)))
    assert list(tiles) == [tiles[i] for i in range(len(tiles))]
    assert (
        tiles == Tiles([0, 2, 5, 6]) and hash(tiles) == hash(Tiles([0, 2, 5, 6])) and tiles != Tiles([0, 2])
    )
    with pytest.raises(IndexError):
        tiles[3]
