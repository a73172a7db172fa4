"""The name model: its chain against brute force, its encoding, and that the shipped file works as its card says."""

from __future__ import annotations

import hashlib
import itertools
from importlib import resources

import numpy as np
import pytest

from miner.errors import ModelError
from miner.recognise.network.chain import (
    ENTRIES,
    EXITS,
    LABELS,
    N_STATES,
    Chain,
    allowed_steps,
    believe,
    lay_out,
)
from miner.recognise.network.encode import GAP, N_SHAPES, PAIR_BITS, Cut, Vocabulary
from miner.recognise.network.model import LONGEST_SENTENCE, NameModel, _Room, sentence_cuts

TEXTS = [
    "区长王建国昨天走访了乐高、强生（中国）投资有限公司等展台，区商务委员会主任李静陪同。",
    "日本客商铃木一郎说，公司愿与同济大学合作。",
    "今天的雨下得很大，路上的人都打着伞。",
    "德国总理默克尔在柏林会见世界贸易组织总干事阿泽维多。",
]


@pytest.fixture(scope="module")
def model() -> NameModel:
    return NameModel.load()


def plain_vocabulary() -> Vocabulary:
    codes = np.arange(65536, dtype=np.uint16)
    ids = (codes % 5000 + 4).astype(np.uint16)
    ids[10] = 0
    return Vocabulary(codes, ids, np.zeros(1 << PAIR_BITS, np.uint32), ["上海", "公司"])


# ---- the chain ----------------------------------------------------------------------------------------------------


def test_steps_keep_names_whole() -> None:
    steps = allowed_steps()
    begin, inside, end, single = 1, 2, 3, 4
    assert steps[begin, inside] and steps[begin, end] and not steps[begin, 0] and not steps[begin, single]
    assert steps[end, begin + 4] and steps[single, 0] and not steps[end, inside]
    assert not steps[begin, end + 4], "a name keeps its label"
    assert ENTRIES.sum() == EXITS.sum() == 1 + 2 * len(LABELS)


def test_lay_out_puts_longest_first() -> None:
    layout = lay_out(np.array([0, 1, 4]), np.array([1, 3, 2]))
    assert layout.order.tolist() == [1, 4, 0, 2, 5, 3]
    assert layout.offsets.tolist() == [0, 3, 5, 6]


def test_believe_equals_brute_force() -> None:
    source = np.random.default_rng(5)
    chain = Chain.from_scores(
        *(source.normal(size=s).astype(np.float32) for s in ((N_STATES, N_STATES), N_STATES, N_STATES))
    )
    factors = np.exp(source.normal(size=(3, N_STATES))).astype(np.float32)
    layout = lay_out(np.array([0]), np.array([3]))
    beliefs = believe(factors[layout.order], layout, chain)
    marginals = beliefs.forward * beliefs.backward
    marginals /= marginals.sum(axis=1, keepdims=True)
    expected = np.zeros((3, N_STATES))
    for a, b, c in itertools.product(range(N_STATES), repeat=3):
        mass = chain.enter[a] * chain.steps[a, b] * chain.steps[b, c] * chain.leave[c]
        mass *= factors[0, a] * factors[1, b] * factors[2, c]
        expected[0, a] += mass
        expected[1, b] += mass
        expected[2, c] += mass
    expected /= expected.sum(axis=1, keepdims=True)
    assert np.allclose(marginals, expected, atol=1e-5)


# ---- encoding -----------------------------------------------------------------------------------------------------


def test_encode_leaves_out_spaces_beside_chinese_and_keeps_them_in_latin() -> None:
    encoded = plain_vocabulary().encode(["上 海、 Anna Lee 说"])
    kept = encoded.folded[GAP:-GAP].tobytes().decode("utf-32-le")
    assert kept == "上海、Anna Lee说"
    assert int(encoded.starts[0]) == GAP


def test_encode_gives_every_array_one_place_per_character() -> None:
    encoded = plain_vocabulary().encode(["上海公司", "", "a\ud800b😀"])
    n = len(encoded)
    for name in ("chars", "pairs", "words", "before", "after", "shapes", "folded", "origin"):
        assert len(getattr(encoded, name)) == n, name
    assert encoded.ngrams.shape[1] == n
    assert encoded.shapes.min() >= 0 and encoded.shapes.max() < N_SHAPES


def test_given_words_count_only_where_they_are_of_the_text() -> None:
    vocabulary, texts = plain_vocabulary(), ["上海公司", "Anna 说", "上 海"]
    own = vocabulary.encode(texts)
    cuts = [
        Cut(["上", "海公司"], ["x", "x"]),
        Cut(["anna", " ", "说"], ["x"] * 3),
        Cut(["上", " ", "海"], ["x"] * 3),
    ]
    given = vocabulary.encode(texts, cuts)
    first = slice(GAP, GAP + 4)
    assert (np.diff(given.word_of[first]) == [1, 0, 0]).all()
    assert (given.words[GAP + 4 :] == own.words[GAP + 4 :]).all()
    assert (given.shapes[GAP + 4 :] == own.shapes[GAP + 4 :]).all()


@pytest.mark.parametrize("n", [1, 2, 5, 40])
@pytest.mark.parametrize("reach", [1, 3])
def test_convolution(n: int, reach: int) -> None:
    source = np.random.default_rng(n)
    taps, bias = source.normal(size=(3, 6, 6)).astype(np.float32), source.normal(size=6).astype(np.float32)
    room = _Room(40, 6, 20)
    room.start(40)[:] = 5  # what an earlier block has left there
    hidden = room.start(n)
    hidden[:] = source.normal(size=(n, 6))
    padded = np.pad(hidden, ((reach, reach), (0, 0)))
    expected = sum(padded[k * reach : k * reach + n] @ taps[k] for k in range(3)) + bias
    assert np.allclose(room.convolve(n, taps, bias, reach), np.maximum(expected, 0), atol=1e-5)


def test_sentence_cuts_cover_everything_and_bound_length() -> None:
    text = "很长" * 500 + "，" + "字" * 300 + "。完。"
    cuts = sentence_cuts(np.array([ord(c) for c in text], np.uint32))
    assert cuts[0] == 0 and cuts[-1] == len(text)
    assert np.all(np.diff(cuts) > 0) and np.diff(cuts).max() <= LONGEST_SENTENCE
    assert len(text) - 2 in cuts


# ---- the shipped model --------------------------------------------------------------------------------------------


def test_finds_plain_names(model: NameModel) -> None:
    found = {(TEXTS[0][c.start : c.end], c.label) for c in model.predict(TEXTS)[0]}
    assert ("王建国", "person") in found
    assert ("强生（中国）投资有限公司", "enterprise") in found


def test_spans_are_sorted_apart_and_scored(model: NameModel) -> None:
    for text, candidates in zip(TEXTS, model.predict(TEXTS), strict=True):
        at = 0
        for c in candidates:
            assert at <= c.start < c.end <= len(text)
            assert c.label in LABELS and 0.0 <= c.score <= 1.0
            at = c.end


def test_same_answer_twice(model: NameModel) -> None:
    assert model.predict(TEXTS) == model.predict(TEXTS)


def test_batch_equals_single(model: NameModel) -> None:
    batch = model.predict([*TEXTS, TEXTS[0] * 30, *TEXTS])
    for text, candidates in zip([*TEXTS, TEXTS[0] * 30, *TEXTS], batch, strict=True):
        alone = model.predict([text])[0]
        assert [c[:3] for c in alone] == [c[:3] for c in candidates]
        assert np.allclose([c.score for c in alone], [c.score for c in candidates], atol=2e-3)


@pytest.mark.parametrize(
    "text", ["", "王", "\n", " ", "😀😀😀", "\ud800", "\x00", "。" * 50, "a", "\u3000\n\u3000"]
)
def test_small_and_odd_texts(model: NameModel, text: str) -> None:
    (found,) = model.predict([text])
    assert all(0 <= c.start < c.end <= len(text) for c in found)


def test_no_texts(model: NameModel) -> None:
    assert model.predict([]) == []
    assert model.predict(["", ""]) == [[], []]


def test_long_text_without_punctuation(model: NameModel) -> None:
    text = "上海的春天很暖和" * 1250
    (found,) = model.predict([text])
    assert all(c.end <= len(text) for c in found)


def test_text_longer_than_a_batch_is_cut_and_offsets_hold(
    model: NameModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("miner.recognise.network.model.BATCH", 400)
    text = "\n".join(TEXTS * 8)
    found = {(c.start, c.end) for c in model.predict([text, TEXTS[0]])[0]}
    monkeypatch.undo()
    whole = {(c.start, c.end) for c in model.predict([text])[0]}
    assert len(found & whole) >= 0.9 * len(whole)
    assert max(end for _, end in found) > 0.9 * len(text)


def test_english_gives_no_flood(model: NameModel) -> None:
    text = "The quick brown fox jumps over the lazy dog while it rains in the evening. " * 40
    (found,) = model.predict([text])
    assert sum(c.end - c.start for c in found) < 0.1 * len(text)


def test_random_characters_give_no_flood(model: NameModel) -> None:
    source = np.random.default_rng(3)
    rare = "".join(chr(c) for c in source.integers(0x4E00, 0x9FA5, 5000))
    mojibake = (TEXTS[0] * 40).encode("utf-8").decode("latin-1")
    for text in (rare, mojibake):
        assert len(model.predict([text])[0]) <= 5


def test_traditional_is_read_like_simplified(model: NameModel) -> None:
    simplified, traditional = (
        "上海市市长龚正会见了三菱电机有限公司总裁。",
        "上海市市長龔正會見了三菱電機有限公司總裁。",
    )
    assert [c[:3] for c in model.predict([simplified])[0]] == [c[:3] for c in model.predict([traditional])[0]]


def test_damaged_file_is_refused(model: NameModel) -> None:
    with pytest.raises(ModelError):
        NameModel.from_bytes(b"no model")
    stored = (resources.files("miner") / "resources" / "models" / "names.npz").read_bytes()
    with pytest.raises(ModelError):
        NameModel.from_bytes(stored[: len(stored) // 2])


@pytest.mark.parametrize("name", ["names", "names-press", "names-accurate", "names-scorer"])
def test_card_names_this_very_file(name: str) -> None:
    folder = resources.files("miner") / "resources" / "models"
    stored = (folder / f"{name}.npz").read_bytes()
    assert hashlib.sha256(stored).hexdigest() in (folder / f"{name}.card.md").read_text(encoding="utf-8")
    assert len(stored) < 25_000_000


def test_names_with_blanks_in_them_are_whole(model: NameModel) -> None:
    (found,) = model.predict(["区长王 建国昨天走访了企业。"])
    assert ("王 建国", "person") in {("区长王 建国昨天走访了企业。"[c.start : c.end], c.label) for c in found}


def test_latin_brands_are_read_letter_by_letter(model: NameModel) -> None:
    ids = model.vocabulary.encode(["abAB"]).chars[GAP : GAP + 4]
    assert len(set(ids.tolist())) >= 3


def test_marginals_are_probabilities_of_every_character(model: NameModel) -> None:
    texts = [*TEXTS, "上 海\n\n人 ", ""]
    for text, states in zip(texts, model.marginals(texts), strict=True):
        assert states.shape == (len(text), N_STATES)
        assert np.allclose(states.sum(axis=1), 1, atol=1e-3) and states.min(initial=0) > -1e-5
