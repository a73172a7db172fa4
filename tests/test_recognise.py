"""The recogniser as a whole: invariants, entities, long and hostile texts."""

from __future__ import annotations

import random
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miner.language.fold import fold
from miner.language.name_forms import abbreviates, core
from miner.model import FIELDS, Annotated, Article
from miner.recognise import Recogniser
from miner.recognise.choose import Choice, choose
from miner.recognise.names import see, weigh_all
from miner.recognise.network.asked import ask
from miner.recognise.scorer import scorer
from miner.text import AnnotatedText

_LABELS = {"person", "enterprise", "organization", "place"}


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    """One recogniser for all tests."""
    return Recogniser.load()


def _read(recogniser: Recogniser, body: str, headline: str | None = None) -> Annotated:
    return recogniser.annotate([Article("a", "d", 0, headline, body)])[0]


def _check(annotated: Annotated) -> None:
    """The promises of Annotated: spans lie where they say, sorted, without overlap, labels and indices are valid."""
    order = [(FIELDS.index(m.field), m.span.start) for m in annotated.mentions]
    assert order == sorted(order)
    for first, second in pairwise(annotated.mentions):
        assert first.field != second.field or first.span.end <= second.span.start
    for mention in annotated.mentions:
        assert mention.span.of(annotated.article.text(mention.field)) == mention.text
        assert mention.label in _LABELS
        assert 0 < mention.confidence <= 1
        assert mention.method
        assert annotated.entities[mention.entity].label == mention.label
    assert "".join(word.of(annotated.article.body) for word in annotated.words) == annotated.article.body


@given(st.text(alphabet="进博会西门子公司（）“”、，。以下简称董事长高原王李张·AaBb1 \n上海区", max_size=80))
@settings(max_examples=60, deadline=None)
def test_promises_hold_for_any_text(text: str) -> None:
    """Whatever the text, the promises of Annotated hold."""
    _check(_read(Recogniser.load(), text, "标题"))


def test_fields_are_all_read(recogniser: Recogniser) -> None:
    """Names are found in the headline and its neighbours, and are one thing with those of the body."""
    article = Article(
        "a",
        "d",
        0,
        "西门子再来进博会",
        "西门子（中国）有限公司总裁肖松昨天签约。",
        kicker="静安区税务局出招",
        subtitle="乐高也来了",
    )
    annotated = recogniser.annotate([article])[0]
    _check(annotated)
    found = {(mention.field, mention.text) for mention in annotated.mentions}
    assert {
        ("headline", "西门子"),
        ("kicker", "静安区税务局"),
        ("subtitle", "乐高"),
        ("body", "西门子（中国）有限公司"),
    } <= found
    ids = {mention.text: mention.entity for mention in annotated.mentions}
    assert ids["西门子"] == ids["西门子（中国）有限公司"]


@pytest.mark.parametrize(
    ("text", "together", "apart"),
    [
        (
            "上海衡屿生物科技有限公司（以下简称“衡屿生物”）签约。",
            [("上海衡屿生物科技有限公司", "衡屿生物")],
            [],
        ),
        ("迅销（中国）商贸有限公司来了，迅销带来新品。", [("迅销（中国）商贸有限公司", "迅销")], []),
        (
            "西门子、西门子医疗、西门子能源同台，西门子（中国）有限公司签约。",
            [("西门子", "西门子（中国）有限公司")],
            [("西门子", "西门子医疗"), ("西门子医疗", "西门子能源")],
        ),
        ("静安区投资促进办公室发布指南，静安投促办走访企业。", [("静安区投资促进办公室", "静安投促办")], []),
        ("上海大学与上海交通大学签约。", [], [("上海大学", "上海交通大学")]),
        ("法国初创品牌维洛诗（Velosse）来了，Velosse展台很热闹。", [("维洛诗", "Velosse")], []),
    ],
)
def test_entities(
    recogniser: Recogniser, text: str, together: list[tuple[str, str]], apart: list[tuple[str, str]]
) -> None:
    """Names of one thing are joined, names of two things stay apart."""
    annotated = _read(recogniser, text)
    entity = {mention.text: mention.entity for mention in annotated.mentions}
    for first, second in together:
        assert entity[first] == entity[second]
    for first, second in apart:
        assert entity[first] != entity[second]


def test_entities_know_their_lexicon_entry(recogniser: Recogniser) -> None:
    """A known enterprise carries the name, country and industry of its entry."""
    (entity,) = [e for e in _read(recogniser, "乐高带来新品。").entities if e.label == "enterprise"]
    assert entity.known_as == "乐高"
    assert entity.country == "丹麦"


def test_a_surname_may_end_the_text(recogniser: Recogniser) -> None:
    """A title with a surname and one character behind it, and then nothing, is read like any other end."""
    for end in ("编辑 程旭", "编辑 程", "编辑 欧阳"):
        _check(_read(recogniser, "望湖社记者 高望" + end))


def test_latin_names_of_people(recogniser: Recogniser) -> None:
    """The Latin form in brackets is kept with the person."""
    annotated = _read(recogniser, "嘉吉亚太区总裁卢卡斯·霍尔特（Lucas Holt）说，潜力巨大。")
    person = next(entity for entity in annotated.entities if entity.label == "person")
    assert (person.name, person.latin_name) == ("卢卡斯·霍尔特", "Lucas Holt")


def test_long_articles_are_read_in_windows(recogniser: Recogniser) -> None:
    """Two hundred thousand characters are read, and a name found in one window is found in all."""
    filler = "展馆里人来人往，大家都很忙。\n" * 5000
    body = "衡屿生物首席执行官费闻洲说，公司将留在上海。\n" + filler + "费闻洲又来了。\n" + filler
    annotated = _read(recogniser, body)
    _check(annotated)
    assert [mention.text for mention in annotated.mentions if mention.label == "person"] == [
        "费闻洲",
        "费闻洲",
    ]


def test_a_sentence_of_fifty_thousand_characters(recogniser: Recogniser) -> None:
    """Text without any mark is read in bounded pieces."""
    _check(_read(recogniser, "进博会展台前人来人往" * 5000))


def test_one_word_a_thousand_times_proposes_little() -> None:
    """A network that is lost in a text proposes stretches without end; they are not all weighed."""
    text = AnnotatedText.read("进博会" * 1000)
    seen = see(text, ask([text])[0])
    assert len(seen.spans) <= len(text.text)


def test_articles_are_weighed_together_as_alone() -> None:
    """What one article says of its names does not reach another that is read with it."""
    bodies = [
        "青穗公司总经理李晓薇到场。",
        "李晓薇说，青穗在涨。",
        "",
        "上海市商务局局长王秀林、李晓薇出席。",
    ]
    texts = [AnnotatedText.read(body) for body in bodies]
    seen = [see(text, believed) for text, believed in zip(texts, ask(texts), strict=True)]
    together = weigh_all(seen, scorer())[1]
    for each, odds in zip(seen, together, strict=True):
        assert np.allclose(weigh_all([each], scorer())[1][0], odds)


def test_five_hundred_names(recogniser: Recogniser) -> None:
    """A list of five hundred names is read as people."""
    chooser = random.Random(1)
    names = sorted(
        {
            chooser.choice("王李张刘陈杨赵黄周吴")
            + chooser.choice("建国志海晓文明春")
            + chooser.choice("华军平伟芳敏强")
            for _ in range(600)
        }
    )
    annotated = _read(recogniser, "出席的有副区长" + "、".join(names) + "等。")
    _check(annotated)
    people = {mention.text for mention in annotated.mentions if mention.label == "person"}
    assert len(people & set(names)) > 0.9 * len(names)


@pytest.mark.parametrize(
    "text",
    [
        "The quick brown fox jumps over the lazy dog. " * 100,
        "".join(chr(random.Random(2).randrange(0x4E00, 0x9FA0)) for _ in range(1)) * 2000,
        "子曰：学而时习之，不亦说乎？有朋自远方来，不亦乐乎？" * 40,
        "锟斤拷烫烫烫屯屯屯" * 200,
        "\ufffd\x00\u200b" * 500,
    ],
    ids=["English", "one character", "classical", "mojibake", "lost"],
)
def test_no_flood_of_false_names(recogniser: Recogniser, text: str) -> None:
    """Texts without names give next to none."""
    annotated = _read(recogniser, text)
    _check(annotated)
    assert len([mention for mention in annotated.mentions if mention.label != "place"]) <= len(text) / 500


def test_random_characters(recogniser: Recogniser) -> None:
    """Random Han characters give few names."""
    chooser = random.Random(3)
    text = "".join(chr(chooser.randrange(0x4E00, 0x9FA0)) for _ in range(20_000))
    annotated = _read(recogniser, text)
    _check(annotated)
    assert len(annotated.mentions) < 20


def test_the_same_for_any_company(recogniser: Recogniser) -> None:
    """What an article gives does not depend on the articles read beside it."""
    one = Article("a", "d", 0, None, "静安区税务局局长方正来了。")
    other = Article("b", "d", 1, None, "衡屿生物首席执行官费闻洲说好。")
    assert recogniser.annotate([one, other])[0] == recogniser.annotate([one])[0]
    assert recogniser.annotate([]) == []


def test_fold_keeps_length() -> None:
    """Folding maps one character to one."""
    text = "西門子（ＡＢＣ）‧Siemens 臺灣「進博會」İ"
    assert len(fold(text)) == len(text)
    assert fold("臺灣ＡＢＣ") == "台湾abc"


@pytest.mark.parametrize(
    ("printed", "bare"),
    [
        ("普陀区与Café Brévière公司签约，韩诺出席。", "普陀区与Cafe Breviere公司签约，韩诺出席。"),
        ("波兰驻华大使沃伊切克（Wójcicki）来到展台。", "波兰驻华大使沃伊切克（Wojcicki）来到展台。"),
        ("法国Générale Océan公司中国区总裁白杰来访。", "法国Generale Ocean公司中国区总裁白杰来访。"),
    ],
)
def test_marks_on_latin_letters_change_no_name(recogniser: Recogniser, printed: str, bare: str) -> None:
    found = [[(m.span, m.label) for m in _read(recogniser, text).mentions] for text in (printed, bare)]
    assert found[0] == found[1] and found[0]


def test_overlaps() -> None:
    """A full name beats the names nested in it; two sure neighbours beat one doubtful name across both."""
    full, nested = Choice(0, 12, 2, 3.0, 0), Choice(0, 4, 2, 2.0, 1)
    left, right, across = Choice(20, 22, 0, 2.0, 2), Choice(22, 24, 0, 2.0, 3), Choice(20, 24, 1, 3.0, 4)
    assert choose([nested, across, right, full, left]) == [full, left, right]
    assert choose([Choice(0, 2, 0, -0.1, 0)]) == []


def test_cores() -> None:
    """Region, brackets and legal form are no part of a company's core; its trade is."""
    assert core("山东麦德盈华科技有限公司", loosely=True).name == "麦德盈华"
    assert core("西门子医疗系统有限公司").name != core("西门子(中国)有限公司").name


def test_abbreviations() -> None:
    """An abbreviation takes something from every word."""
    assert abbreviates("静安投促办", "静安区投资促进办公室")
    assert not abbreviates("上海大学", "上海交通大学")
