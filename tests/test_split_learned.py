"""What the splitter learned: vectors, roles, networks, their file, and the pages they are learned from."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from miner.errors import ModelError
from miner.split.roles import LABELS, label_roles, line_slots
from miner.split.sense import Sense
from miner.split.weights import Models, load_models, save_models
from miner.split.wording import bag_slots, close_slots, opening_slots, summed
from miner.training.pages.course import WordingModel, learn_networks, page_lines
from miner.training.pages.editor import EditorStory, Rates, Style
from miner.training.pages.likeness import Kin
from miner.training.pages.typeset import typeset

GLASS = (
    "本报讯 今天（11月6日），南岸玻璃博物馆在第六届进博会上展出一面能发电的窗。",
    "这面窗由二十四块薄膜玻璃拼成，晴天一小时能点亮四盏台灯。博物馆馆长说，玻璃今后不只挡风。",
    "工程师在展台前拆下一块玻璃，观众看见边框里细如发丝的导线。",
)
ROWING = (
    "记者昨日从市体育局获悉，环岛赛艇邀请赛将于下月开桨，十六支队伍报名。",
    "赛道绕岛一周，长六千米，今年首次设青少年组。裁判长提醒，逆流的一段最费力气。",
)


def vectors(sense: Sense, texts: list[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    found = sense.vectors(texts, opening_slots(texts), close_slots(texts))
    return found.means, found.openings, found.closes


def test_slots_of_a_bag_belong_to_their_text() -> None:
    slots, starts, counts = bag_slots(["进博会", "", "展", "进博"])
    assert counts.tolist() == [2, 0, 0, 1]
    assert starts.tolist() == [0, 2, 2, 2]
    assert slots[0] == slots[2]
    assert len(slots) == 3


@pytest.mark.parametrize("texts", [[], [""], ["展"], ["", ""]])
def test_bags_of_nothing_are_empty(texts: list[str]) -> None:
    slots, starts, counts = bag_slots(texts)
    assert not len(slots)
    assert len(starts) == len(counts) == len(texts)


def test_sums_are_those_of_the_rows() -> None:
    table = np.arange(12, dtype=np.float32).reshape(4, 3)
    found = summed(np.array([1, 1, 3]), np.array([0, 2, 2, 3]), table)
    assert found.tolist() == [[6.0, 8.0, 10.0], [0.0, 0.0, 0.0], [9.0, 10.0, 11.0]]


def test_edges_of_lines_have_as_many_slots_each() -> None:
    slots, counts, edges = line_slots(["第六届进博会", "馆", ""])
    assert edges.shape == (3, 6)
    assert counts.tolist() == [5, 0, 0]
    assert slots.max() < 1 << 13


def test_roles_are_chances() -> None:
    models = load_models()
    table = np.zeros((3, len(models.roles.offsets)), dtype=np.int64)
    chances = label_roles(models.roles, table, ["一行字", "二", ""])
    assert chances.shape == (3, len(LABELS))
    assert np.allclose(chances.sum(axis=1), 1.0, atol=1e-4)


def test_a_paragraph_follows_on_its_own_story_rather_than_opening_another() -> None:
    sense = load_models().networks.sense
    texts = [*GLASS, *ROWING]
    found = sense.vectors(texts, opening_slots(texts), close_slots(texts))
    goes_on, begins = sense.follows(found, np.array([0, 2]), np.array([1, 3]))
    assert goes_on > 0 > begins


def test_texts_without_pairs_have_vectors_of_nothing() -> None:
    means, _, _ = vectors(load_models().networks.sense, ["", "馆"])
    assert not means.any()


def test_kin_are_the_nearest_but_not_the_same_news_again() -> None:
    stories = [
        EditorStory("a", "玻璃发电", GLASS),
        EditorStory("b", "玻璃发电", GLASS),
        EditorStory("c", "玻璃也能发电", (GLASS[1], GLASS[2])),
        EditorStory("d", "赛艇开桨", ROWING),
    ]
    assert [story.id for story in Kin(stories).near(0, 2)] == ["a", "c", "d"]


def test_a_random_group_begins_with_any_story() -> None:
    stories = [EditorStory("a", "玻璃发电", GLASS), EditorStory("d", "赛艇开桨", ROWING)]
    found = {Kin(stories).random_group(random.Random(seed), 1)[0].id for seed in range(12)}
    assert found == {"a", "d"}


def test_a_headline_may_be_cut_after_a_mark() -> None:
    style = Style(level=2, rates=Rates(head_cut=1.0))
    story = EditorStory("a", "馆长来信：一面会发电的窗，一盏不灭的灯", GLASS)
    cuts = set()
    for seed in range(40):
        gold = typeset([story], style, random.Random(seed)).gold
        page = typeset([story], style, random.Random(seed)).lines
        cuts.add(page[gold["articles"][0]["headline_lines"][0] - 1].strip())
    assert {"馆长来信：", "馆长来信：一面会发电的窗，"} <= cuts


def test_models_are_the_same_after_a_round_trip(tmp_path: Path) -> None:
    models = load_models()
    save_models(models, tmp_path / "split.npz")
    again = load_models(tmp_path / "split.npz")
    assert np.allclose(again.roles.taps, models.roles.taps, atol=1e-2)
    assert np.allclose(again.networks.sense.pairs, models.networks.sense.pairs, atol=0.05)
    assert np.array_equal(again.networks.pair.hidden, models.networks.pair.hidden)


def test_a_damaged_file_of_models_is_named(tmp_path: Path) -> None:
    (tmp_path / "split.npz").write_bytes(b"PK\x03\x04 not a model")
    with pytest.raises(ModelError, match="split"):
        load_models(tmp_path / "split.npz")


def test_networks_are_learned_from_pages() -> None:
    shipped = load_models()
    words = WordingModel(shipped.networks.wording, shipped.networks.sense)
    stories = [EditorStory("a", "南岸的窗会发电", GLASS), EditorStory("d", "环岛赛艇下月开桨", ROWING)]
    style = Style(level=5, blank="every", rates=Rates(head_after=0.5, kicker=0.5, interleave=0.5))
    set_pages = [
        typeset(stories if seed % 2 else stories[::-1], style, random.Random(seed)) for seed in range(60)
    ]
    pages = [(page_lines(page.lines), page.gold) for page in set_pages]
    said: list[str] = []
    models, figures = learn_networks(pages, pages[:30], words, shipped.roles, said.append)
    assert set(figures) == {"boundary", "resume", "cut", "pair", "tear"}
    assert figures["boundary"][1] > 0.7
    assert (
        Models(shipped.roles, models).networks.pair.hidden.shape[0] == shipped.networks.pair.hidden.shape[0]
    )
