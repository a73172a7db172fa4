"""Reading plain text: encodings, line ends, damage."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miner.config import Config
from miner.errors import InputError
from miner.model import Document
from miner.read import read_bytes
from miner.read.text import decode, read_lines, split_lines, storable

PAGE = (
    "浦江两岸迎来第六届进博会\n"
    "　　本报讯（记者 林晓）昨天上午，来自一百多个国家和地区的企业在国家会展中心（上海）签下首批订单，"
    "松江区三家企业与外方签署合作协议，金额达到2.4亿元。\n"
    "\n"
    "　　“我们看好中国市场。”一家德国公司的负责人说。\n"
)
TRADITIONAL = (
    "兩岸企業代表出席第四屆進博會\n"
    "　　本報訊 這是該公司連續第四年參展，與會的經濟界人士說，市場開放為發展帶來機會，"
    "雙方簽訂了三項協議，總額超過一億元。\n"
)


def one(data: bytes, path: str = "a.txt", config: Config | None = None) -> Document:
    """Read bytes that hold one document."""
    (document,) = read_bytes(data, path, config or Config())
    return document


def codes(document: Document) -> list[str]:
    """The codes of a document's problems."""
    return [problem.code for problem in document.problems]


@pytest.mark.parametrize(
    ("encoding", "recorded"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("gb18030", "gb18030"),
        ("gbk", "gb18030"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("utf-32", "utf-32"),
    ],
)
def test_encodings_of_simplified_text(encoding: str, recorded: str) -> None:
    document = one(PAGE.encode(encoding))
    assert document.encoding == recorded
    assert [line.text for line in document.lines] == PAGE.split("\n")[:-1]
    assert document.status == "ok"
    assert not document.problems


@pytest.mark.parametrize("encoding", ["big5", "big5hkscs", "gb18030", "utf-16-le", "utf-8"])
def test_encodings_of_traditional_text(encoding: str) -> None:
    document = one(TRADITIONAL.encode(encoding))
    assert [line.text for line in document.lines] == TRADITIONAL.split("\n")[:-1]
    assert document.encoding == ("big5hkscs" if encoding == "big5" else encoding)


@pytest.mark.parametrize("encoding", ["gb18030", "big5"])
@pytest.mark.parametrize("text", ["進博會開幕", "這是中國的市場", "經濟發展與開放"])
def test_short_headlines(encoding: str, text: str) -> None:
    assert decode(text.encode(encoding)).text == text


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", ["鱼跃鸢飞", "“廖俊波”荣誉称号追授", "菲德尔·卡斯特罗逝世", "湟鱼洄游 再探"])
def test_short_text_of_rare_characters(encoding: str, text: str) -> None:
    assert decode(text.encode(encoding)).text == text


@pytest.mark.parametrize("text", ["Nestlé et Hermès à Shanghai", "Société Générale", "Müller und Söhne"])
def test_short_western_text(text: str) -> None:
    assert decode(text.encode("cp1252")).text.startswith(text[:3])
    assert max(decode(text.encode("cp1252")).text) < "\u4e00"


def test_long_ascii_before_the_first_chinese_character() -> None:
    text = "x" * 200_000 + "\n" + PAGE
    assert decode(text.encode("gb18030")).encoding == "gb18030"


def test_western_text_that_is_not_utf8() -> None:
    text = (
        "Société Générale signe à Shanghai. L'exposition a été inaugurée hier, où l'on a signé un accord. "
        * 3
    )
    decoded = decode(text.encode("cp1252"))
    assert "Shanghai" in decoded.text


def test_pure_ascii_is_utf8() -> None:
    assert decode(b"CIIE 2023\n").encoding == "utf-8"


def test_utf8_with_a_broken_character_keeps_the_rest() -> None:
    data = PAGE.encode()
    broken = data[:200] + b"\xff\xfe" + data[200:]
    document = one(broken)
    assert document.encoding == "utf-8"
    assert document.status == "ok"
    assert codes(document) == ["undecodable"]
    assert document.problems[0].line == 2
    assert "第 2 行" in document.problems[0].message
    assert "a.txt" in document.problems[0].message
    assert "业与外方签署合作协议" in "".join(line.text for line in document.lines)


def test_utf8_cut_inside_a_character() -> None:
    document = one((PAGE * 3).encode()[:-2])
    assert document.encoding == "utf-8"
    assert codes(document) == ["undecodable"]


def test_gb18030_with_a_broken_byte() -> None:
    data = PAGE.encode("gb18030")
    document = one(data[:61] + b"\xff" + data[61:])
    assert document.encoding == "gb18030"
    assert codes(document) == ["undecodable"]
    assert document.lines[0].text == PAGE.split("\n")[0]


def test_replacement_characters_of_the_file_are_not_counted_as_lost() -> None:
    assert one(("�" + PAGE).encode()).problems == ()


def test_line_numbers_count_blank_lines() -> None:
    document = one(b"\n\nA\n\nB")
    assert [(line.number, line.text) for line in document.lines] == [
        (1, ""),
        (2, ""),
        (3, "A"),
        (4, ""),
        (5, "B"),
    ]
    assert all(line.source_line is None for line in document.lines)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(end: str) -> None:
    assert split_lines(f"甲{end}{end}乙{end}") == ["甲", "", "乙"]


def test_other_separators_stay_inside_a_line() -> None:
    text = "甲\u2028乙\x0b丙\x0c丁\x85戊\x1c己"
    assert split_lines(text) == [text]


def test_lines_agree_with_a_plain_split_at_line_feeds() -> None:
    for text in (PAGE, "\n", "a", "a\n\n", "\n\na"):
        assert split_lines(text) == text.split("\n")[: None if not text.endswith("\n") else -1]


@pytest.mark.parametrize("data", [b"", b"\n\n", b"   \r\n", "\u3000\n".encode(), b"\xef\xbb\xbf"])
def test_nothing_in_it(data: bytes) -> None:
    document = one(data)
    assert document.status == "failed"
    assert codes(document) == ["empty"]
    assert document.lines == ()


@pytest.mark.parametrize(
    "data",
    [
        bytes(range(256)) * 50,
        b"\x00" * 1000,
        b"\x7fELF\x02\x01\x01" + b"\x00" * 64,
        b"PNG\x00\x01\x02\x03" * 100,
    ],
)
def test_binary(data: bytes) -> None:
    document = one(data)
    assert (document.status, codes(document)) == ("failed", ["binary"])
    assert "a.txt" in document.problems[0].message
    assert document.problems[0].document_id == document.id


def test_a_stray_nul_does_not_lose_the_page() -> None:
    document = one((PAGE * 9).replace("松江", "松\0江", 1).encode())
    assert document.status == "ok"
    assert codes(document) == ["nul"]
    assert document.problems[0].line == 2
    assert "松�江" in document.lines[1].text


def test_over_long_lines_are_cut_and_keep_their_true_line() -> None:
    text = "甲\n" + "乙" * 25 + "\n\n丙\n"
    document = one(text.encode(), config=Config(max_line_chars=10))
    assert [(line.number, line.source_line, line.text) for line in document.lines] == [
        (1, 1, "甲"),
        (2, 2, "乙" * 10),
        (3, 2, "乙" * 10),
        (4, 2, "乙" * 5),
        (5, 3, ""),
        (6, 4, "丙"),
    ]
    assert codes(document) == ["long-line"]
    assert document.problems[0].line == 2


def test_a_line_of_fifty_megabytes() -> None:
    document = one(b"\xe7\x94\xb2" * (50 * 2**20 // 3))
    assert document.status == "ok"
    assert max(len(line.text) for line in document.lines) == Config().max_line_chars
    assert document.n_chars == 50 * 2**20 // 3
    assert codes(document) == ["long-line"]


def test_too_many_lines_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("miner.read.text.MAX_LINES", 5)
    assert codes(one(b"a\n" * 9)) == ["too-many-lines"]


def test_ten_thousand_lines_of_one_character() -> None:
    assert len(one("字\n".encode() * 10_000).lines) == 10_000


def test_identity_is_the_hash_of_the_bytes() -> None:
    first, second = one(b"A", "x.txt"), one(b"A", "y/z.txt")
    assert first.id == second.id == "559aead08264d5795d3909718cdd05abd49572e84fe55590eef31a88a08fdffd"
    assert (first.path, second.path) == ("x.txt", "y/z.txt")


def test_storable_text_can_be_encoded() -> None:
    assert storable("a\ud800b\0c") == "a�b�c"


def test_a_failed_trial_raises_an_error_with_a_code() -> None:
    with pytest.raises(InputError) as caught:
        decode(b"\x00\x01\x02\x03" * 100)
    assert caught.value.code == "binary"


@settings(max_examples=120, deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0"), min_size=1))
def test_utf8_round_trip(text: str) -> None:
    decoded = decode(text.encode())
    assert decoded.text == text.removeprefix("\ufeff")
    assert decoded.problems == ()


@settings(max_examples=120, deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
def test_no_character_is_lost_between_text_and_lines(text: str) -> None:
    lines, _ = read_lines(text, Config(max_line_chars=7))
    joined = "".join(line.text for line in lines)
    assert joined == text.replace("\r", "").replace("\n", "")
    assert [line.number for line in lines] == list(range(1, len(lines) + 1))


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=400),
    st.sampled_from(["a.txt", "a.html", "a.pdf", "a.jsonl", "a.zip", "a.gz", "a.tar", "a"]),
)
def test_no_bytes_raise(data: bytes, path: str) -> None:
    for document in read_bytes(data, path, Config()):
        assert document.problems if document.status == "failed" else document.lines
        for line in document.lines:
            line.text.encode()


def test_lines_of_real_pages_are_those_of_a_plain_split(shared_dir: Path) -> None:
    from miner.read import read_paths

    pages = sorted((shared_dir / "eval" / "pages").rglob("*.txt"))
    if not pages:
        pytest.skip("the pages are not here")
    for path in pages:
        (document,) = read_paths([path], Config())
        text = path.read_text("utf-8")
        assert [line.text for line in document.lines] == text.removesuffix("\n").split("\n"), path.name
        assert document.problems == ()


STORY = "第六届进博会今天在上海开幕，我们从展会上带回了这些新的消息，参展的企业比往年更多，签下的订单也更大。"


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("gb18030", "utf-8"),
        ("latin-1", "gb18030"),
        ("latin-1", "utf-8"),
        ("big5hkscs", "utf-8"),
        ("cp1252", "utf-8"),
    ],
)
def test_text_that_was_saved_as_mojibake_is_repaired_and_told(wrong: str, right: str) -> None:
    spoilt = STORY.encode(right).decode(wrong, "replace")
    document = one(spoilt.encode())
    assert codes(document) == ["mojibake"]
    assert set(document.lines[0].text) - {"\ufffd"} <= set(STORY)
    if "\ufffd" not in spoilt:
        assert document.lines[0].text == STORY
    assert right in document.problems[0].message


def test_chinese_that_nobody_writes_is_told() -> None:
    spoilt = "".join(chr(0x9000 + 7 * (ord(char) % 290)) for char in STORY)
    assert codes(one(spoilt.encode())) == ["rare-characters"]


@pytest.mark.parametrize(
    "text",
    [STORY, STORY[:20], "晨岚、海棠、云雀、石门、北岭、澜河", "Élysée à la crème brûlée " * 9, "甲" * 99],
)
def test_sound_text_is_left_alone(text: str) -> None:
    document = one(text.encode())
    assert (document.lines[0].text, codes(document)) == (text, [])


JAPANESE = "中国国際輸入博覧会が上海で開幕した。日本企業も多数出展している。"
KOREAN = "중국국제수입박람회가 상하이에서 개막했다. 한국 기업도 참가했다."


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("hz", PAGE),
        ("iso2022_jp_2", JAPANESE),
        ("utf-32-le", PAGE),
        ("utf-32-be", PAGE),
        ("shift_jis", JAPANESE),
        ("euc_jp", JAPANESE),
        ("euc_kr", KOREAN),
    ],
)
def test_encodings_of_neighbours_and_of_old(encoding: str, text: str) -> None:
    document = one(text.encode(encoding))
    assert "\n".join(line.text for line in document.lines) == text.rstrip("\n")
    assert (document.encoding, document.problems) == (encoding, ())


@pytest.mark.parametrize("text", ["a ~ b ~{ c", "x ~{~} y", "esc \x1b[1m bold", "~{abc"])
def test_plain_ascii_is_no_chinese(text: str) -> None:
    assert one(text.encode()).encoding == "utf-8"
