"""Tears that no line shows: two bodies of one measure, each cut in the middle of a sentence and laid one into the other."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from miner.model import Line
from miner.split.evidence import hints_of
from miner.split.lines import rows_of
from miner.split.outline import Outline, torn_at
from miner.split.page import outline_of
from miner.split.tears import EVIDENCE, mend_tears, tears_of
from miner.split.weights import load_models
from miner.training.pages.typeset import set_lines

HEADS = ["旧电话亭变身图书漂流亭", "□记者 周小川"], ["老码头停用二十年后重新亮灯", "□记者 林岚"]
KIOSK = set_lines(
    "河湾社区的漂流亭昨天落成，居民把读过的书放进亭子，再带走一本没有读过的书。亭子由旧电话亭改造，夜里亮着暖黄的灯，借书的人不用登记姓名，只在簿子上写下一句读后的话。",
    16,
)
QUAY = set_lines(
    "停用了二十年的老码头昨晚亮起了灯，修旧如旧的吊机立在江边。附近的居民扶老携幼来看，说好像又听见了当年的汽笛声。设计师罗一舟告诉记者，吊机上的每一颗铆钉都是按照老照片补齐的。",
    16,
)


def outlined(texts: Sequence[str]) -> Outline:
    """A page with the head of the first story above its lines, that of the second below them."""
    lines = [Line(2 * number + 1, text) for number, text in enumerate([*HEADS[0], *texts, *HEADS[1]])]
    return outline_of(rows_of(lines), load_models())


def starts(outline: Outline) -> list[str]:
    return [outline.view.rows[piece.rows[0]].compact for piece in outline.paragraphs]


def test_a_tear_inside_a_paragraph_is_found() -> None:
    page = outlined([*KIOSK[:1], *QUAY[:2], *KIOSK[1:], *QUAY[2:]])
    assert KIOSK[1] not in starts(page)
    mended, hints = mend_tears(page, load_models().networks)
    assert hints is not None
    assert starts(mended) == [KIOSK[0], QUAY[0], KIOSK[1], QUAY[2]]


@pytest.mark.parametrize("texts", [[*KIOSK, *QUAY], [*KIOSK, *QUAY[:3]]])
def test_whole_bodies_stay_whole(texts: list[str]) -> None:
    page = outlined(texts)
    assert starts(mend_tears(page, load_models().networks)[0]) == starts(page)


def test_a_torn_outline_has_the_same_rows() -> None:
    page = outlined([*KIOSK, *QUAY])
    torn = torn_at(page, 1, page.paragraphs[1].rows[2])
    assert [row for piece in torn.paragraphs for row in piece.rows] == [
        row for piece in page.paragraphs for row in piece.rows
    ]
    assert len(torn.paragraphs) == len(page.paragraphs) + 1 and len(torn.runs) == len(page.runs) + 1
    assert not torn.paragraphs[1].closes and not torn.paragraphs[2].opens


def test_places_are_told_with_their_evidence() -> None:
    page = outlined([*KIOSK[:1], *QUAY[:2], *KIOSK[1:], *QUAY[2:]])
    networks = load_models().networks
    found = tears_of(page, hints_of(page, networks.wording, networks.sense), networks.resume)
    assert KIOSK[1] in {page.view.rows[tear.row].compact for tear in found}
    assert all(len(tear.evidence) == EVIDENCE for tear in found)
