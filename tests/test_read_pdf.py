"""PDF: lines, columns, order, damage. The pages are typeset here; their words are ours."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miner.config import Config
from miner.model import Document
from miner.read import read_bytes
from miner.read.geometry import Char, place_lines
from miner.read.pdf import ranges

canvas = pytest.importorskip("reportlab.pdfgen.canvas")

Text = tuple[float, float, float, str]
"""Left, baseline, type size, words."""
SONGJIANG = "松江展团今年带来三百件展品分布在七个展区其中智能装备占到一半以上参展企业负责人表示展品变商品的速度比往年更快签约金额也再创新高"
QINGPU = "青浦区会展服务中心统计开幕三天共接待采购商团组四十二个达成意向合同二十六份涉及食品医药汽车消费品等六个行业其中首次参展企业占三成"


def typeset(
    *pages: Sequence[Text], rotation: int = 0, encrypt: str | None = None, font: str = "STSong-Light"
) -> bytes:
    """Make a PDF of placed words."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    out = io.BytesIO()
    sheet = canvas.Canvas(out, pagesize=(600, 800), encrypt=encrypt, pageCompression=0)
    for page in pages:
        if rotation:
            sheet.setPageRotation(rotation)
        for left, baseline, size, words in page:
            sheet.setFont(font, size)
            sheet.drawString(left, baseline, words)
        sheet.showPage()
    sheet.save()
    return bytes(out.getvalue())


def column(
    words: str, left: float, top: float, *, width: int = 12, size: float = 10, indent: int = 0
) -> list[Text]:
    """Set words in lines of `width` characters, the first indented."""
    first, rest = words[: width - indent], words[width - indent :]
    rows = [(left + indent * size, first), *((left, rest[i : i + width]) for i in range(0, len(rest), width))]
    return [(x, top - n * 1.5 * size, size, row) for n, (x, row) in enumerate(rows)]


def read(data: bytes, config: Config | None = None) -> Document:
    """Read one PDF."""
    (document,) = read_bytes(data, "a.pdf", config or Config())
    return document


def texts(*pages: Sequence[Text]) -> list[str]:
    """The lines of typeset pages."""
    return [line.text for line in read(typeset(*pages)).lines]


def words_of(rows: Iterable[Text]) -> list[str]:
    """The words of placed rows."""
    return [words for *_, words in rows]


def codes(document: Document) -> list[str]:
    """The codes of a document's problems."""
    return [problem.code for problem in document.problems]


def test_lines_have_page_box_and_type_size() -> None:
    document = read(typeset([(50, 700, 24, "进博会开幕")], [(60, 650, 10, "第二页")]))
    first, second = document.lines
    assert (first.number, first.text, first.page, first.size) == (1, "进博会开幕", 1, 24)
    assert (second.number, second.text, second.page, second.size) == (2, "第二页", 2, 10)
    assert first.box is not None
    assert first.box.left == pytest.approx(50, abs=1)
    assert first.box.right == pytest.approx(50 + 5 * 24, abs=2)
    assert first.box.bottom < 700 < first.box.top
    assert document.media_type == "application/pdf"
    assert document.layout is None
    assert document.problems == ()


@pytest.mark.parametrize("gutter", [6, 10, 16, 30])
def test_columns_are_never_joined_in_whatever_order_they_were_drawn(gutter: float) -> None:
    left, right = column(SONGJIANG, 50, 600), column(QINGPU, 170 + gutter, 600)
    by_row = [row for pair in zip(left, right, strict=False) for row in pair]
    for page in ([*left, *right], [*right, *left], by_row, [*reversed(by_row)]):
        assert texts(page) == words_of([*left, *right])


def test_an_indented_line_beside_a_full_one_is_not_joined_to_it() -> None:
    left, right = column(SONGJIANG, 50, 600), column(QINGPU, 186, 600, indent=2)
    by_row = [row for pair in zip(left, right, strict=False) for row in pair]
    assert texts(by_row) == words_of([*left, *right])


def test_a_head_over_both_columns_comes_first() -> None:
    left, right = column(SONGJIANG, 50, 600), column(QINGPU, 186, 600)
    assert texts([*left, *right, (60, 630, 24, "展品变商品跑出加速度")])[0] == "展品变商品跑出加速度"


def test_stories_below_one_another_keep_their_columns_together() -> None:
    upper = [
        (50.0, 640.0, 20.0, "松江展团签约忙"),
        *column(SONGJIANG, 50, 615),
        *column(QINGPU[:40], 186, 615),
    ]
    lower = [
        (50.0, 440.0, 20.0, "青浦服务再升级"),
        *column(QINGPU, 50, 415),
        *column(SONGJIANG[:40], 186, 415),
    ]
    assert texts([*lower, *upper]) == words_of([*upper, *lower])


def test_heads_side_by_side_go_with_their_columns() -> None:
    left = [(50.0, 630.0, 18.0, "松江签约忙"), *column(SONGJIANG, 50, 600)]
    right = [(186.0, 630.0, 18.0, "青浦再升级"), *column(QINGPU, 186, 600)]
    assert texts([left[0], right[0], *left[1:], *right[1:]]) == words_of([*left, *right])


def test_a_centred_head_stays_above_what_follows_it() -> None:
    page = [
        (250.0, 700.0, 20.0, "引子"),
        (50.0, 680.0, 10.0, "（一）"),
        *column(SONGJIANG, 50, 660, width=50),
    ]
    assert texts(page) == words_of(page)


def test_a_short_second_line_under_an_indent() -> None:
    page = column("一条生产线漂洋过海来到展台前。", 50, 700, width=14, indent=2)
    assert texts(page) == words_of(page)


def test_letter_spaced_head() -> None:
    page = [(50.0 + 40 * n, 650.0, 20.0, word) for n, word in enumerate("图片新闻")]
    assert texts([*page, *column(SONGJIANG, 50, 600)])[0] == "图片新闻"


def test_vertical_head() -> None:
    head = [(20.0, 640.0 - 24 * n, 20.0, word) for n, word in enumerate("一线见闻录")]
    lines = read(typeset([*head, *column(SONGJIANG, 50, 640)])).lines
    assert lines[0].text == "一线见闻录"
    assert lines[0].size == 20
    assert [line.text for line in lines[1:]] == words_of(column(SONGJIANG, 50, 640))


def test_vertical_lines_run_from_right_to_left() -> None:
    rows = ["松江展团签约", "数字再创新高", "记者昨天获悉"]
    page = [
        (200.0 - 18 * k, 640.0 - 13 * n, 12.0, word)
        for k, row in enumerate(rows)
        for n, word in enumerate(row)
    ]
    assert texts(page) == rows


def test_a_column_of_digits_is_no_vertical_line() -> None:
    assert texts([(50, 700 - 15 * n, 10, str(n)) for n in range(1, 6)]) == list("12345")


def test_a_name_set_wide_without_a_blank_gets_one() -> None:
    page = [(50.0, 700.0, 10.0, "记者陈"), (100.0, 700.0, 10.0, "凌报道"), *column(SONGJIANG, 50, 685)]
    assert texts(page)[0] == "记者陈 凌报道"


def test_printed_blanks_are_kept() -> None:
    assert texts([(50, 700, 10, "记者 陈　凌 Li Na 摄")]) == ["记者 陈　凌 Li Na 摄"]


def test_hyphens_at_line_ends_are_kept() -> None:
    page = [(50.0, 700.0, 10.0, "德国 SEMI-"), (50.0, 685.0, 10.0, "CONDUCTOR 公司")]
    assert texts(page) == ["德国 SEMI-", "CONDUCTOR 公司"]


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_turned_pages_read_as_their_text_runs(rotation: int) -> None:
    page = [*column(SONGJIANG, 50, 560), *column(QINGPU, 186, 560)]  # lying sheets are 600 points high
    assert [line.text for line in read(typeset(page, rotation=rotation)).lines] == words_of(page)


@pytest.mark.parametrize("angle", [90, 180, 270])
def test_text_that_was_turned_reads_upright(angle: int) -> None:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    out = io.BytesIO()
    sheet = canvas.Canvas(out, pagesize=(800, 800))
    sheet.translate(400, 400)
    sheet.rotate(angle)
    for left, baseline, size, words in column(SONGJIANG, 0, 0):
        sheet.setFont("STSong-Light", size)
        sheet.drawString(left, baseline, words)
    sheet.save()
    assert [line.text for line in read(out.getvalue()).lines] == words_of(column(SONGJIANG, 0, 0))


def test_pages_without_text_are_named_once() -> None:
    document = read(typeset([(50, 700, 10, "有字")], [], [(50, 700, 10, "又有字")], [], []))
    assert codes(document) == ["no-text-layer"]
    message = document.problems[0].message
    assert "第 2, 4–5 页" in message
    assert "--ocr" in message
    assert "a.pdf" in message
    assert document.status == "ok"
    assert [line.page for line in document.lines] == [1, 3]


def test_a_pdf_without_any_text_fails() -> None:
    document = read(typeset([], []))
    assert (document.status, codes(document)) == ("failed", ["no-text-layer"])


def test_broken_fonts_are_named() -> None:
    lost = "(cid:12)(cid:345)(cid:67)(cid:8)" * 4
    document = read(typeset([(50, 700, 10, "好页")], [(50, 700, 10, lost)], font="STSong-Light"))
    assert codes(document) == ["broken-fonts"]
    assert "第 2 页" in document.problems[0].message
    assert document.status == "ok"


def test_fonts_that_do_not_say_what_their_characters_mean() -> None:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    pdfmetrics.registerFont(TTFont("Vera", "Vera.ttf"))
    words = "–—‘’‚“”„†‡•…‰‹›€™∂∆∏∑√∞∫≈≠≤≥◊Ω" * 2
    whole = typeset([(50, 700, 8, words)], font="Vera")
    assert read(whole).problems == ()
    document = read(whole.replace(b"/ToUnicode", b"/XoUnicode"))
    assert codes(document) == ["broken-fonts"]


def test_encrypted_pdf() -> None:
    document = read(typeset([(50, 700, 10, "secret")], encrypt="pass"))
    assert (document.status, codes(document)) == ("failed", ["encrypted"])


@pytest.mark.parametrize("keep", [0.02, 0.3, 0.6])
def test_truncated_pdf(keep: float) -> None:
    data = typeset([*column(SONGJIANG, 50, 600)], [(50, 700, 10, "二")])
    document = read(data[: int(len(data) * keep)])
    assert document.status == "failed"
    assert codes(document)[0] in ("damaged-pdf", "no-text-layer", "damaged-page")


def test_no_pdf_at_all() -> None:
    (document,) = read_bytes(b"This is not a PDF", "a.pdf", Config())
    assert codes(document) == ["damaged-pdf"]


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_damaged_bytes_never_raise(data: st.DataObject) -> None:
    whole = bytearray(typeset([*column(SONGJIANG, 50, 600)]))
    for at in data.draw(st.lists(st.integers(0, len(whole) - 1), max_size=12)):
        whole[at] = data.draw(st.integers(0, 255))
    document = read(bytes(whole))
    assert document.lines or document.problems


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 500),
            st.integers(0, 700),
            st.sampled_from([8, 10, 24]),
            st.sampled_from("进博会A1（。"),
        ),
        max_size=60,
    )
)
def test_no_character_is_lost_wherever_it_stands(chars: list[tuple[int, int, int, str]]) -> None:
    placed = place_lines(Char(text, x, y, x + size, y + size, size) for x, y, size, text in chars)
    assert sorted("".join(line.text for line in placed).replace(" ", "")) == sorted(
        text for *_, text in chars
    )


def test_order_of_a_crowded_page_takes_bounded_time() -> None:
    chars = [
        Char("字", 37.0 * n % 600, 11.0 * n % 800, 37.0 * n % 600 + 9, 11.0 * n % 800 + 9, 9)
        for n in range(4000)
    ]
    assert sum(len(line.text.replace(" ", "")) for line in place_lines(chars)) == 4000


def test_page_numbers_in_short() -> None:
    assert ranges([]) == ""
    assert ranges([3]) == "3"
    assert ranges([1, 2, 3, 5, 7, 8]) == "1–3, 5, 7–8"


def test_asking_for_ocr_where_none_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    from miner.read.ocr import load_ocr

    load_ocr.cache_clear()
    monkeypatch.setitem(sys.modules, "rapidocr_onnxruntime", None)
    document = read(typeset([(50, 700, 10, "有字")], []), Config(ocr=True))
    assert document.status == "ok"
    assert codes(document) == ["no-ocr"]
    assert "第 2 页" in document.problems[0].message


def test_ocr_reads_a_page_without_a_text_layer() -> None:
    pytest.importorskip("rapidocr_onnxruntime")
    import pypdfium2
    from reportlab.lib.utils import ImageReader

    words = [(20.0, 760.0, 28.0, "INTERNATIONAL"), (20.0, 715.0, 28.0, "IMPORT EXPO 2023")]
    with pypdfium2.PdfDocument(typeset(words, font="Helvetica")) as pdf:
        picture = pdf[0].render(crop=(0, 700, 280, 0)).to_pil()
    out = io.BytesIO()
    sheet = canvas.Canvas(out, pagesize=picture.size)
    sheet.drawImage(ImageReader(picture), 0, 0, *picture.size)
    sheet.save()
    document = read(out.getvalue(), Config(ocr=True))
    assert codes(document) == ["ocr"]
    assert [line.text.replace(" ", "") for line in document.lines] == ["INTERNATIONAL", "IMPORTEXPO2023"]
    assert document.lines[0].box is not None
    assert document.lines[0].box.left == pytest.approx(20, abs=8)
    image = io.BytesIO()
    picture.save(image, "PNG")
    (scan,) = read_bytes(image.getvalue(), "scan.png", Config(ocr=True))
    assert len(scan.lines) == 2


def test_the_real_paper(shared_dir: object) -> None:
    from pathlib import Path

    path = Path(str(shared_dir)) / "pages" / "pdf" / "rmrb_20251020.pdf"
    if not path.exists():
        pytest.skip("the real PDF is not here")
    document = read(path.read_bytes())
    # Two lines of its table of contents, on pages 1 and 2, run over the edge of the sheet: nobody sees their ends.
    assert [problem.code for problem in document.problems] == ["hidden-text"]
    assert "1–2" in document.problems[0].message
    assert {line.page for line in document.lines} == set(range(1, 229))
    assert "".join(line.text for line in document.lines if line.page == 228)


def test_every_character_has_a_box_where_a_machine_has_no_chinese_font() -> None:
    from miner.read.fonts import box_font

    font = box_font()
    tables = {font[at : at + 4] for at in range(12, 12 + 7 * 16, 16)}
    assert tables == {b"cmap", b"glyf", b"head", b"hhea", b"hmtx", b"loca", b"maxp"}
    assert texts([(50, 650, 20, "进")]) == ["进"]


def junk(first: int) -> str:
    """Words as a font writes them whose map of meanings is shifted: each character another, but always the same."""
    return "".join(chr(first + ord(char) % 90) for char in SONGJIANG)


@pytest.mark.parametrize("offset", [(0.0, 0.0), (0.3, 0.0), (1.0, -1.0)])
def test_text_that_was_printed_twice_is_read_once(offset: tuple[float, float]) -> None:
    rows = [(50.0, 650.0, 20.0, "松江签约忙"), *column(SONGJIANG, 50, 600)]
    again = [(x + offset[0], y + offset[1], size, words) for x, y, size, words in rows]
    assert texts([*rows, *again]) == words_of(rows)
    assert texts([row for pair in zip(rows, again, strict=True) for row in pair]) == words_of(rows)


def test_equal_characters_side_by_side_are_not_one() -> None:
    assert texts([(50, 700, 10, "1000 家家户户 llama 。。。")]) == ["1000 家家户户 llama 。。。"]


HIDDEN = "签约金额应为一元"


def painted(draw: Callable[[Any], None], *, crop: tuple[int, int, int, int] | None = None) -> Document:
    """Read a page with a story, on which something else is drawn."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    out = io.BytesIO()
    sheet = canvas.Canvas(out, pagesize=(600, 800), cropBox=crop)
    for left, baseline, size, words in column(SONGJIANG, 50, 600):
        sheet.setFont("STSong-Light", size)
        sheet.drawString(left, baseline, words)
    draw(sheet)
    sheet.save()
    return read(out.getvalue())


def words_at(sheet: Any, *, baseline: float = 700, size: float = 16, **options: float) -> None:
    """Set words in the way that is asked for."""
    text = sheet.beginText(50, baseline)
    text.setFont("STSong-Light", size)
    if "mode" in options:
        text.setTextRenderMode(options["mode"])
    if "width" in options:
        text.setHorizScale(options["width"])
    text.textLine(HIDDEN)
    sheet.drawText(text)


def box(sheet: Any, shade: float, *, right: float = 300) -> None:
    """Paint a grey rectangle where the words stand."""
    sheet.setFillGray(shade)
    sheet.rect(40, 690, right, 40, stroke=0, fill=1)


def picture(sheet: Any, left: float, bottom: float, width: float, height: float) -> None:
    """Paint a picture."""
    from reportlab.lib.utils import ImageReader

    image = pytest.importorskip("PIL.Image")
    sheet.drawImage(ImageReader(image.new("RGB", (60, 80), (200, 200, 200))), left, bottom, width, height)


def in_white(sheet: Any) -> None:
    sheet.setFillColorRGB(1, 1, 1)
    words_at(sheet)


def in_white_without_black(sheet: Any) -> None:
    sheet.setFillColorCMYK(0, 0, 0, 0)
    words_at(sheet)


def in_white_on_white_on_black(sheet: Any) -> None:
    box(sheet, 0)
    box(sheet, 1)
    in_white(sheet)


def transparent(sheet: Any) -> None:
    sheet.setFillAlpha(0.03)
    words_at(sheet)


def scaled_down(sheet: Any) -> None:
    sheet.scale(0.001, 0.001)
    words_at(sheet)


def cut_off(sheet: Any) -> None:
    path = sheet.beginPath()
    path.rect(300, 100, 50, 50)
    sheet.clipPath(path, stroke=0, fill=0)
    words_at(sheet)


def under_white(sheet: Any) -> None:
    words_at(sheet)
    box(sheet, 1)


def under_a_picture(sheet: Any) -> None:
    words_at(sheet)
    picture(sheet, 40, 690, 300, 40)


@pytest.mark.parametrize(
    "draw",
    [
        in_white,
        in_white_without_black,
        in_white_on_white_on_black,
        transparent,
        scaled_down,
        cut_off,
        under_white,
        under_a_picture,
        lambda sheet: words_at(sheet, mode=3),
        lambda sheet: words_at(sheet, mode=7),
        lambda sheet: words_at(sheet, baseline=900),
        lambda sheet: words_at(sheet, baseline=-50),
        lambda sheet: words_at(sheet, size=0.4),
        lambda sheet: words_at(sheet, size=0.001),
        lambda sheet: words_at(sheet, width=0.01),
    ],
)
def test_text_that_nobody_can_see_is_left_out_and_told(draw: Callable[[Any], None]) -> None:
    document = painted(draw)
    assert [line.text for line in document.lines] == words_of(column(SONGJIANG, 50, 600))
    assert codes(document) == ["hidden-text"]


def test_text_outside_the_crop_of_a_page_is_left_out_and_told() -> None:
    document = painted(words_at, crop=(0, 0, 600, 650))
    assert [line.text for line in document.lines] == words_of(column(SONGJIANG, 50, 600))
    assert codes(document) == ["hidden-text"]


def on_a_bar(sheet: Any) -> None:
    box(sheet, 0.2)
    in_white(sheet)


def on_a_picture(sheet: Any) -> None:
    picture(sheet, 40, 690, 300, 40)
    in_white(sheet)


def beside_a_white_box(sheet: Any) -> None:
    words_at(sheet)
    sheet.setFillGray(1)
    sheet.rect(300, 690, 200, 40, stroke=0, fill=1)


def in_a_frame(sheet: Any) -> None:
    words_at(sheet)
    sheet.setFillGray(1)
    sheet.rect(40, 690, 300, 40, stroke=1, fill=0)


def under_a_thin_veil(sheet: Any) -> None:
    words_at(sheet)
    sheet.setFillAlpha(0.2)
    box(sheet, 0.5)


def in_a_clip(sheet: Any) -> None:
    path = sheet.beginPath()
    path.rect(30, 680, 400, 60)
    sheet.clipPath(path, stroke=0, fill=0)
    words_at(sheet)


@pytest.mark.parametrize(
    "draw",
    [
        words_at,
        on_a_bar,
        on_a_picture,
        beside_a_white_box,
        in_a_frame,
        under_a_thin_veil,
        in_a_clip,
        lambda sheet: words_at(sheet, width=60),
    ],
)
def test_text_that_can_be_seen_is_read(draw: Callable[[Any], None]) -> None:
    document = painted(draw)
    assert document.lines[0].text == HIDDEN
    assert document.problems == ()


@pytest.mark.parametrize("strips", [1, 8])
@pytest.mark.parametrize("mode", [3, 0])
def test_what_ocr_wrote_under_a_scan_is_kept(strips: int, mode: int) -> None:
    """As scanners write it: without ink over the pictures, or in ink under them."""
    out = io.BytesIO()
    sheet = canvas.Canvas(out, pagesize=(600, 800))

    def scan() -> None:
        for at in range(strips):
            picture(sheet, 0, at * 800 / strips, 600, 800 / strips)

    if mode == 3:
        scan()
    for left, baseline, size, words in column(SONGJIANG, 50, 600):
        text = sheet.beginText(left, baseline)
        text.setFont("STSong-Light", size)
        text.setTextRenderMode(mode)
        text.textLine(words)
        sheet.drawText(text)
    if mode == 0:
        scan()
    sheet.save()
    document = read(out.getvalue())
    assert [line.text for line in document.lines] == words_of(column(SONGJIANG, 50, 600))
    assert document.problems == ()


@pytest.mark.parametrize("first", [0xA1, 0x6D30, 0x9F20])
def test_characters_that_mean_nothing_are_told(first: int) -> None:
    document = read(typeset(column(junk(first), 50, 600)))
    assert codes(document) == ["broken-fonts"]


def test_radicals_are_read_as_the_characters_they_look_like() -> None:
    from miner.read.characters import plain_form

    assert "".join(map(plain_form, "⾦⻋⾼⻓⽼豈龙，A")) == "金车高长老豈龙，A"
