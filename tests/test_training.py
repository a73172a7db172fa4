"""Training of the name model: reading sets, inventing sentences, labelling raw text; the network only where PyTorch is."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from miner.errors import InputError, ModelError
from miner.recognise.network.model import Candidate
from miner.training import COURSES
from miner.training.names import invent, silver
from miner.training.names import sets as datasets
from miner.training.names.sets import Example, body_labels
from miner.training.names.vocabulary import folding

ROOT = Path(__file__).resolve().parent.parent


def names(example: Example) -> dict[str, list[str]]:
    return {example.text[start:end]: sorted(labels) for start, end, labels in example.names}


@pytest.fixture
def lists() -> invent.Lists:
    fillers = {}
    for line in invent._read("fillers.txt"):
        slot, _, words = line.partition(": ")
        fillers[slot] = words.split(" ")
    return invent.Lists(
        fillers=fillers,
        brands=["青松", "蓝鲸科技"],
        fulls=["北京青松食品有限公司"],
        latin_brands=["Bluewhale"],
        surnames=["王", "李"],
        given_pairs=["建国", "晓梅"],
        foreign_parts=["安德森", "米勒"],
        japanese=["铃木一郎"],
        areas=["朝阳区", "嘉善县"],
        streets=["花木街道"],
        bodies=["东海水产协会"],
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("青松食品有限公司", ["enterprise"]),
        ("东海大学", ["organization"]),
        ("中国人民银行", ["organization"]),
        ("七国集团", ["organization"]),
        ("巴塞罗那", ["enterprise", "organization"]),
    ],
)
def test_what_an_organisation_can_be(name: str, expected: list[str]) -> None:
    assert sorted(body_labels(name)) == expected


def test_msra_leaves_titles_open(tmp_path: Path) -> None:
    path = tmp_path / "set.txt"
    rows = [
        ("李", "B-PER"),
        ("梅", "I-PER"),
        ("在", "O"),
        ("东", "B-ORG"),
        ("海", "I-ORG"),
        ("大", "I-ORG"),
        ("学", "I-ORG"),
    ]
    path.write_text("".join(f"{char}\t{tag}\n" for char, tag in rows) + "\n", encoding="utf-8")
    (example,) = datasets.read_msra(path)
    assert names(example) == {"李梅": ["person"], "东海大学": ["organization"]}
    assert example.open_labels == {"title"}


def test_cluener_keeps_the_longer_of_two_names(tmp_path: Path) -> None:
    path = tmp_path / "set.json"
    row = {
        "text": "青松集团董事长王建国",
        "label": {"company": {"青松集团": [[0, 3]], "青松": [[0, 1]]}, "name": {"王建国": [[7, 9]]}},
    }
    path.write_text(json.dumps(row, ensure_ascii=False), encoding="utf-8")
    (example,) = datasets.read_cluener(path)
    assert names(example) == {"青松集团": ["enterprise"], "王建国": ["person"]}


def test_fewfc_knows_only_who_takes_part(tmp_path: Path) -> None:
    path = tmp_path / "set.json"
    mentions = [
        {"word": "青松食品", "span": [0, 4], "role": "sub-org"},
        {"word": "两家子公司", "span": [6, 11], "role": "obj-org"},
    ]
    row = {"content": "青松食品收购两家子公司", "events": [{"type": "收购", "mentions": mentions}]}
    path.write_text(json.dumps(row, ensure_ascii=False), encoding="utf-8")
    (example,) = datasets.read_fewfc(path)
    assert names(example) == {"青松食品": ["enterprise"]}
    assert example.free


def test_every_slot_of_every_sentence_can_be_filled(lists: invent.Lists) -> None:
    inventor = invent.Inventor(lists, seed=3)
    for template in invent._read("sentences.txt"):
        example = inventor.sentence(template)
        assert "{" not in example.text and "[" not in example.text, template
        at = 0
        for start, end, _ in example.names:
            assert at <= start < end <= len(example.text), template
            at = end


def test_invention_repeats_with_its_seed(lists: invent.Lists) -> None:
    first, second = (invent.Inventor(lists, seed=8).paragraphs(5) for _ in range(2))
    assert first == second


def test_a_name_inside_an_award_is_not_labelled(lists: invent.Lists) -> None:
    example = invent.Inventor(lists, seed=1).sentence("[x:{brand}杯大赛]由{univ}承办。")
    assert [sorted(labels) for _, _, labels in example.names] == [["organization"]]


def test_renamed_sentence_keeps_its_labels_in_place(lists: invent.Lists) -> None:
    old = Example("王建国说，王建国来自青松食品有限公司。", ((0, 3, frozenset({"person"})), (5, 8, frozenset({"person"})),
                  (10, 18, frozenset({"enterprise"}))))  # fmt: skip
    new = invent.Inventor(lists, seed=2).renamed(old, share=1.0)
    people = [new.text[start:end] for start, end, labels in new.names if labels == {"person"}]
    assert len(people) == 2 and people[0] == people[1], "one person stays one person"
    (company,) = [new.text[start:end] for start, end, labels in new.names if labels == {"enterprise"}]
    assert new.text == f"{people[0]}说，{people[0]}来自{company}。"


def test_silver_takes_sure_names_and_leaves_the_rest_open() -> None:
    text = "王建国参观了民生展区和青松食品有限公司。"
    free = np.ones(len(text), np.float32)
    free[:3], free[6:8], free[11:19] = 0.01, 0.3, 0.02
    beliefs = silver.Beliefs({}, frozenset({"民生"}), frozenset())
    candidates = [
        Candidate(0, 3, "person", 0.98),
        Candidate(6, 8, "enterprise", 0.7),
        Candidate(11, 19, "enterprise", 0.95),
    ]
    example = silver._Marked(text, free, beliefs).example(candidates, [])
    assert names(example) == {"王建国": ["person"], "青松食品有限公司": ["enterprise"]}
    assert example.doubtful == (), "a common word is plain text, not a doubt"


def test_a_corpus_without_enterprises_has_no_common_ones() -> None:
    assert silver._common(["今天下雨。"], [[]]) == frozenset()


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
    with pytest.raises(InputError, match="ner"):
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
    with pytest.raises(ModelError, match="cannot be read"):
        unpack(b"none")
