"""Training of the name model: reading annotated articles; the networks only where PyTorch is."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from miner.cli import main
from miner.errors import InputError, ModelError
from miner.training import COURSES
from miner.training.names import sets
from miner.training.names.sets import Example
from miner.training.names.vocabulary import folding

ROOT = Path(__file__).resolve().parent.parent


def names(example: Example) -> dict[str, list[str]]:
    return {example.text[start:end]: sorted(labels) for start, end, labels in example.names}


ANNOTATION = {
    "people": [
        {"name": "王建国", "latin": None, "posts": [{"org": "青松集团", "title": "董事长"}], "aliases": []}
    ],
    "enterprises": [{"name": "青松集团", "aliases": ["青松"]}],
    "organizations": [{"name": "东海中心", "aliases": []}],
    "places": ["东海中心", "Rome"],
    "products": ["青松杯"],
    "ignore": ["李梅"],
}


def annotated(tmp_path: Path, text: str) -> sets.GoldArticle:
    folder = tmp_path / "web"
    folder.mkdir()
    (folder / "t007.txt").write_text(text, encoding="utf-8")
    (folder / "t007.json").write_text(json.dumps(ANNOTATION, ensure_ascii=False), encoding="utf-8")
    (article,) = sets.read_annotated(tmp_path)
    return article


def test_an_annotated_article_is_read_without_its_date_line(tmp_path: Path) -> None:
    article = annotated(tmp_path, "青松杯开赛\n2023-08-01 王建国\n\n青松集团董事长王建国到场。（李梅）")
    assert (article.number, article.kind) == (7, "web")
    assert names(article.example) == {
        "青松杯": ["product"],
        "青松集团": ["enterprise"],
        "董事长": ["title"],
        "王建国": ["person"],
        "李梅": ["ignored"],
    }


def test_a_name_of_two_kinds_may_be_either(tmp_path: Path) -> None:
    article = annotated(tmp_path, "展馆\n2023\n东海中心今天开放")
    assert names(article.example) == {"东海中心": ["organization", "place"]}


def test_names_are_found_over_blanks_and_not_within_latin_words(tmp_path: Path) -> None:
    article = annotated(tmp_path, "消息\n2023\n王 建国从Rome来，不是Romeo。")
    assert names(article.example) == {"王 建国": ["person"], "Rome": ["place"]}


def test_folding_is_one_to_one() -> None:
    table = folding()
    for written, folded in [
        ("Ａ", "A"),
        ("，", ","),
        ("東", "东"),
        ("‧", "·"),
        ("㈱", "㈱"),
        ("\u3000", " "),
        ("王", "王"),
    ]:
        assert chr(table[ord(written)]) == folded


def test_training_says_what_is_missing(tmp_path: Path) -> None:
    course = replace(COURSES["names"], libraries=())
    with pytest.raises(InputError, match="annotated"):
        course.check(tmp_path)
    with pytest.raises(ModelError, match="no_such_library"):
        replace(course, libraries=("no_such_library",)).check(tmp_path)


@pytest.mark.parametrize("name", sorted(COURSES))
def test_every_course_has_code_and_a_card(name: str) -> None:
    course = COURSES[name]
    assert (ROOT / "miner" / "resources" / course.ships).exists()
    assert list((ROOT / "miner" / "resources" / "models").glob(f"{Path(course.ships).stem}*.md"))
    if all(find_spec(library) for library in course.libraries):
        assert callable(course.learn())


def test_chain_gradient_equals_finite_differences() -> None:
    pytest.importorskip("torch")
    from miner.recognise.network.chain import N_STATES, allowed_steps, lay_out
    from miner.training.names.network import expected

    source = np.random.default_rng(2)
    steps = (np.exp(source.normal(size=(N_STATES, N_STATES))) * allowed_steps()).astype(np.float32)
    ends = np.exp(source.normal(size=(2, N_STATES))).astype(np.float32)
    scores = source.normal(size=(5, N_STATES)).astype(np.float32)
    layout = lay_out(np.array([0, 3]), np.array([3, 2]))

    def total(moved: np.ndarray) -> float:
        return expected(np.exp(moved)[layout.order], layout.offsets, (steps, ends[0], ends[1])).log_total

    counts = expected(np.exp(scores)[layout.order], layout.offsets, (steps, ends[0], ends[1])).states
    for place, state in [(0, 0), (2, 4), (3, 9), (4, 0)]:
        moved = scores.copy()
        moved[place, state] += 0.01
        slope = (total(moved) - total(scores)) / 0.01
        row = int(np.flatnonzero(layout.order == place)[0])
        assert slope == pytest.approx(counts[row, state], abs=0.02)


def gold_article(folder: Path, name: str) -> None:
    body = "晨星医疗器械有限公司7日与江城大学签署协议。双方还将合作。"
    gold = {
        "people": [], "organizations": [{"name": "江城大学", "aliases": []}],
        "enterprises": [{"name": "晨星医疗器械有限公司", "aliases": []}],
        "events": [{"type": "signing", "trigger": "签署", "date": "2022-11-07", "status": "done",
                    "participants": ["晨星医疗器械有限公司", "江城大学"], "quote_of_sentence": body[:12]}],
    }  # fmt: skip
    (folder / f"{name}.txt").write_text(
        f"晨星医疗与江城大学合作\n2022-11-08 江城日报\n\n{body}\n", encoding="utf-8"
    )
    (folder / f"{name}.json").write_text(json.dumps(gold, ensure_ascii=False), encoding="utf-8")


def test_words_of_an_annotated_article_are_labelled(tmp_path: Path) -> None:
    from miner.training.events.course import examples_of, pairs_of, times_of, triggers_of
    from miner.training.events.sets import studies

    gold_article(tmp_path, "a001")
    (study,) = studies(tmp_path)
    told = [e for e in examples_of(study, triggers_of([study])) if e.event is not None]
    assert [e.word.token.word for e in told] == ["签署"]
    assert any(right for _, right in pairs_of(study, told[0]))
    assert [right for _, right in times_of(told[0])] == [True]


def test_an_event_model_is_read_as_it_was_packed(tmp_path: Path) -> None:
    from miner.relate.events.model import event_model, pack, unpack

    model = event_model()
    again = unpack(pack(model))
    assert again.types == model.types and again.known == model.known
    assert np.allclose(again.table, model.table, atol=1e-3)
    for damaged in (b"none", pack(model)[:5000]):
        with pytest.raises(ModelError, match="cannot be read"):
            unpack(damaged)


def test_beliefs_of_a_teacher_are_learnt() -> None:
    torch = pytest.importorskip("torch")
    from miner.recognise.network.chain import N_STATES
    from miner.training.names.network import Batch, taught_loss

    class Chained:
        steps, enter, leave = (
            torch.nn.Parameter(torch.zeros(s)) for s in ((N_STATES,) * 2, N_STATES, N_STATES)
        )

    taught = np.zeros((3, N_STATES), np.float16)
    taught[0, 1] = taught[1, 3] = taught[2, 0] = 0.9
    taught[:2, 0] = 0.1
    taught[2, 4] = 0.1
    scores = torch.zeros(3, N_STATES, requires_grad=True)
    batch = Batch(np.arange(3), np.array([0]), np.array([3]))
    far = taught_loss(Chained(), scores, taught, batch)
    for _ in range(200):
        scores.grad = None
        near = taught_loss(Chained(), scores, taught, batch)
        with torch.no_grad():
            scores -= 3 * scores.grad
    assert near < 0.05 < far


def test_a_window_leaves_a_broken_name_open() -> None:
    pytest.importorskip("torch")
    from miner.recognise.network.chain import N_STATES
    from miner.training.names.teacher import gold_windows

    text = "一二三四五六七八九十"
    first, second = gold_windows([Example(text, ((4, 7, frozenset({"person"})),))], 5)
    assert first.text + second.text == text
    assert first.allowed is not None and second.allowed is not None
    assert first.allowed[4] == (1 << N_STATES) - 1 == second.allowed[0]
    assert first.allowed[0] == second.allowed[-1] == 1


def corrected(folder: Path) -> Path:
    """Write what `miner correct gold` writes: an article with all its facts, and the page of a corrected headline."""
    folder.mkdir()
    text = "青松开赛\n2023-08-01 城东日报\n\n青松集团董事长王建国到场。青松集团与东海中心签约。\n"
    event = {
        "type": "signing", "trigger": "签约", "date": None, "place": None, "status": "done",
        "participants": ["青松集团", "东海中心"], "quote_of_sentence": "青松集团与东海中心签约",
    }  # fmt: skip
    gold = {
        **ANNOTATION,
        "id": "4f0c2a97b1d3e586",
        "places": [],
        "events": [event],
        "quotes": [],
        "figures": [],
    }
    for name, written in (
        ("4f0c2a97b1d3e586", gold),
        ("4f0c2a97b1d3e586-page", {"id": "x-page", "lines": {}}),
    ):
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
        (folder / f"{name}.json").write_text(json.dumps(written, ensure_ascii=False), encoding="utf-8")
    return folder


def test_corrected_articles_are_learned_from_and_never_checked_with(tmp_path: Path) -> None:
    pytest.importorskip("sklearn")
    from miner.training.events.sets import studies
    from miner.training.posts.sets import numbered, read_examples

    gold, data = corrected(tmp_path / "gold"), tmp_path / "data"
    data.mkdir()
    annotated(data, "消息\n2023\n王建国从Rome来。")
    (article,) = sets.read_corrected(gold)
    assert names(article.example)["青松集团"] == ["enterprise"] and article.number % 4 != 3
    (study,) = studies(gold)
    assert [event.type for event in study.events] == ["signing"]
    examples = read_examples(data, gold)
    assert len(examples) == 2
    assert [example.recognised.article.headline for example in numbered(examples, check=True)] == ["消息"]


def test_links_are_learned_from_corrected_articles_too(tmp_path: Path) -> None:
    pytest.importorskip("scipy")
    for number in range(8):
        made = tmp_path / "annotated" / "web"
        made.mkdir(parents=True, exist_ok=True)
        (made / f"t{number:03}.txt").write_text(
            "青松开赛\n2023\n青松集团（简称青松）到东海中心。", encoding="utf-8"
        )
        told = {**ANNOTATION, "id": f"t{number:03}"}
        (made / f"t{number:03}.json").write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    words = ["train", "links", str(tmp_path), "--out", str(tmp_path / "links.json")]
    done = CliRunner().invoke(main, [*words, "--gold", str(corrected(tmp_path / "gold"))])
    assert done.exit_code == 0, done.output
    alone = (tmp_path / "links.json").read_bytes()
    assert CliRunner().invoke(main, words).exit_code == 0
    assert (tmp_path / "links.json").read_bytes() != alone
    refused = CliRunner().invoke(main, ["train", "dating", str(tmp_path), "--gold", str(tmp_path / "gold")])
    assert refused.exit_code == 2 and "links" in refused.output
