"""Bytes → text lines: the encoding is recognised and recorded, nothing undecodable is lost without a problem."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from charset_normalizer import from_bytes

from miner.config import Config
from miner.errors import InputError
from miner.model import Line, Problem
from miner.read.characters import characters
from miner.read.faults import fault, problem
from miner.read.mojibake import repair

REPLACEMENT = "�"
MAX_LINES = 2_000_000
"""A text of more lines is refused: no newspaper has them, and each line costs memory."""
_SAMPLE = 1 << 16
"""Bytes that are looked at where a whole file need not be."""
_CHAOS = 0.2
"""Disorder, as charset-normalizer measures it, from which its guess is not believed."""
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LEAST_NULS = 8
_NULS = re.compile(rb"\x00{8,}")
"""More of them in a row than characters of two or four bytes make."""
_OTHER_ENDS = re.compile("\x0b|\x85|\u2028|\u2029")
"""What ends lines for programs that typeset, where a text has nothing else."""
_PRIVATE = re.compile("[\ue000-\uf8ff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_LINE_END = re.compile(r"\r\n|\r")
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
_WIDE = re.compile(r"[^\x00-\x7f]+")
_CHINESE = re.compile(r"[\t\r\n -~\u4e00-\u9fa5\u3000-\u3011\uff01-\uff5e“”‘’…—·×]+")
"""Characters of which Chinese newspapers consist."""
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\f\x1b"))
_TRIALS = ("utf-8", "gb18030", "big5hkscs", "utf-16-le", "utf-16-be")
_NOT_FOR_FILES = frozenset(("idna", "punycode", "unicode_escape", "raw_unicode_escape", "utf-7", "undefined"))
"""Python's codecs for names of hosts and for source code: no file is written in them."""
_HZ = re.compile(rb"~\{(?:[!-w][!-~]){1,2000}~\}")
_ISO_2022 = re.compile(rb"\x1b\$(?:[@AB]|\([A-D])")
_PLAUSIBLE = 0.25
"""Share of frequent characters from which a decoding is believed; running Chinese has .5 to .7, wrong ones under .1."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text with the name of the encoding it was read by, and what could not be decoded."""

    text: str
    encoding: str
    problems: tuple[Problem, ...] = ()


def decode(data: bytes, *, declared: str | None = None, forced: str | None = None) -> Decoded:
    """Decode bytes; `declared` is what the file says of itself (HTML), `forced` what somebody who knows says of it.

    Order: byte order mark, strict UTF-8, UTF-16 without a mark, the declared encoding, then GB18030 against Big5
    (and, by charset-normalizer, the rest) by how many frequent characters come out. Raises InputError for bytes that
    are no text.

    >>> decode("进博会".encode("gb18030")).encoding
    'gb18030'
    """
    return _lossy(data, forced) if forced else _repaired(_padded(data, declared) or _decoded(data, declared))


def _repaired(decoded: Decoded) -> Decoded:
    """Undo a wrong decoding that was saved: the file is sound, and its text is not."""
    found = repair(decoded.text)
    if found is None:
        return decoded
    said = (
        problem("rare-characters")
        if found.text is None
        else problem("mojibake", right=found.right, wrong=found.wrong, count=found.lost)
    )
    return replace(decoded, text=found.text or decoded.text, problems=(*decoded.problems, said))


def _decoded(data: bytes, declared: str | None) -> Decoded:
    for mark, name in _BOMS:
        if data.startswith(mark):
            return _lossy(data, name)
    zeros = data.count(0)
    if not zeros:
        if data.isascii() and (escaped := _escaped(data)):
            return _lossy(data, escaped)
        try:
            return Decoded(data.decode("utf-8"), "utf-8")
        except UnicodeDecodeError:
            pass
    if zeros > len(data) / 1000 or (zeros and not _mostly_text(data)):
        wide = _utf32(data) or _utf16(data)
        if wide is None:
            raise fault("binary")
        return _lossy(data, wide)
    return _lossy(data, _choose(data, declared))


def _padded(data: bytes, declared: str | None) -> Decoded | None:
    """Decode text with stretches of NUL, as disks leave them that lost something; None for anything else."""
    if b"\0" * _LEAST_NULS not in data or any(data.startswith(mark) for mark, _ in _BOMS[1:]):
        return None
    rest = _NULS.sub(b"\0", data).rstrip(b"\0\r\n ")
    bare = rest.replace(b"\0", b"")
    if not bare or len(bare) < 0.98 * len(rest) or len(bare.translate(None, _CONTROLS)) < len(bare):
        return None
    try:
        name = _decoded(bare, declared).encoding
    except InputError:
        return None
    found = _lossy(rest + b"\n", name)
    line = len(split_lines(data[: data.index(0)].decode(name, "replace") + "."))
    said = problem("nul", at=line, count=data.count(0), line=line)
    return replace(found, problems=(*(other for other in found.problems if other.code != "nul"), said))


def split_lines(text: str) -> list[str]:
    r"""Split at \n, \r\n and \r only; a final line end opens no further line.

    >>> split_lines("甲\r\n\r乙\u2028丙\n")
    ['甲', '', '乙\u2028丙']
    """
    if "\r" in text:
        text = _LINE_END.sub("\n", text)
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    return lines


def read_lines(text: str, config: Config) -> tuple[tuple[Line, ...], tuple[Problem, ...]]:
    """Return numbered lines of a text; over-long lines are cut into pieces, each a line with the true `source_line`.

    Raises InputError when there are too many lines.
    """
    if "\n" not in text and "\r" not in text:
        text = _OTHER_ENDS.sub("\\g<0>\n", text)
    if text.count("\n") + text.count("\r") > MAX_LINES:
        raise fault("too-many-lines", limit=MAX_LINES)
    rows = split_lines(text)
    limit = config.max_line_chars
    if all(len(row) <= limit for row in rows):
        return tuple(Line(number, row) for number, row in enumerate(rows, 1)), ()
    lines: list[Line] = []
    problems: list[Problem] = []
    for source, row in enumerate(rows, 1):
        if len(row) > limit:
            problems.append(problem("long-line", at=source, line=source, length=len(row), limit=limit))
        for start in range(0, max(1, len(row)), limit):
            lines.append(Line(len(lines) + 1, row[start : start + limit], source_line=source))
    return tuple(lines), tuple(problems)


def made_up(text: str) -> Iterator[Problem]:
    """Yield what is to be said of characters that only some fonts know: how many, and where the first is."""
    places = list(_PRIVATE.finditer(text))
    if places:
        at = places[0].start()
        line = len(split_lines(text[: at + 1]))
        yield problem("private-use", at=line, count=len(places), line=line, example=f"U+{ord(text[at]):04X}")


def storable(text: str) -> str:
    r"""Replace what no database takes, NUL and lone surrogates, by U+FFFD.

    >>> storable("进\ud800博\0")
    '进\ufffd博\ufffd'
    """
    if "\0" in text:
        text = text.replace("\0", REPLACEMENT)
    return _SURROGATE.sub(REPLACEMENT, text)


def _lossy(data: bytes, encoding: str) -> Decoded:
    """Decode with U+FFFD for what is undecodable, and say how much and where first."""
    problems: tuple[Problem, ...] = ()
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        text = data.decode(encoding, "replace")
        bad = max(1, text.count(REPLACEMENT) - _printed_replacements(data, encoding))
        line = len(split_lines(data[: error.start].decode(encoding, "ignore") + "."))
        problems = (
            problem("undecodable", at=line, count=bad, encoding=encoding, line=line, offset=error.start),
        )
    if "\0" in text:
        line = len(split_lines(text[: text.index("\0") + 1]))
        problems = (*problems, problem("nul", at=line, count=text.count("\0"), line=line))
        text = text.replace("\0", REPLACEMENT)
    return Decoded(text, encoding, problems)


def _printed_replacements(data: bytes, encoding: str) -> int:
    """Count the U+FFFD that the file itself holds: pages are damaged already."""
    try:
        return data.count(REPLACEMENT.encode(encoding))
    except UnicodeEncodeError:
        return 0


def _sample(data: bytes) -> bytes:
    """Return a piece that starts shortly before the first byte that is not ASCII."""
    found = _NOT_ASCII.search(data)
    if found is None:
        return data[:_SAMPLE]
    start = max(data.rfind(b"\n", 0, found.start()) + 1, found.start() - 200)
    return data[start : start + _SAMPLE]


def _quality(sample: bytes, encoding: str) -> float:
    """Rate a decoding: frequent characters among those that are not ASCII, errors and control characters against it."""
    text = codecs.getincrementaldecoder(encoding)("replace").decode(sample, False)
    foreign = [char for char in text if char > "\x7f"]
    if not foreign:
        return 1.0
    errors, common = text.count(REPLACEMENT), characters().common
    controls = sum(1 for char in text if char < " " and char not in "\t\n\r\f")
    return (sum(1 for char in foreign if char in common) - 3 * errors - 3 * controls) / len(foreign)


def _utf16(data: bytes) -> str | None:
    """Return which UTF-16 without a byte order mark the bytes are, or None."""
    for encoding in ("utf-16-le", "utf-16-be"):
        text = codecs.getincrementaldecoder(encoding)("replace").decode(data[:_SAMPLE], False)
        if len(_CHINESE.sub("", text)) <= 0.05 * len(text) and _quality(data[:_SAMPLE], encoding) >= 0:
            return encoding
    return None


def _utf32(data: bytes) -> str | None:
    """Return which UTF-32 without a byte order mark the bytes are, or None."""
    sample = data[: _SAMPLE // 4 * 4]
    for encoding, zeros in (("utf-32-le", sample[3::4]), ("utf-32-be", sample[::4])):
        if len(data) % 4 == 0 and not zeros.strip(b"\0"):
            text = sample.decode(encoding, "replace")
            if len(_CHINESE.sub("", text)) <= 0.05 * len(text):
                return encoding
    return None


def _escaped(data: bytes) -> str | None:
    """Return the encoding in which Chinese or Japanese is written in ASCII, or None for plain ASCII."""
    if _HZ.search(data):
        return "hz"
    return "iso2022_jp_2" if _ISO_2022.search(data) else None


def _neighbour(sample: bytes) -> str | None:
    """Return the encoding of Japanese or Korean text: told by kana, and by frequent syllables of Hangul."""
    for encoding in ("shift_jis", "euc_jp", "euc_kr"):
        text = codecs.getincrementaldecoder(encoding)("replace").decode(sample, False)
        foreign = [char for char in text if char > "\x7f"]
        known = sum(1 for char in foreign if "\u3041" <= char <= "\u30fe" or char in characters().hangul)
        if known - 3 * text.count(REPLACEMENT) >= _PLAUSIBLE * len(foreign) > 0:
            return encoding
    return None


def _unmistakable(sample: bytes) -> str | None:
    """Return the encoding of a short Chinese text of rare characters: all of it Chinese, in runs of two and more."""
    rated: list[tuple[float, str]] = []
    for encoding in ("gb18030", "big5hkscs"):
        text = codecs.getincrementaldecoder(encoding)("replace").decode(sample, False)
        runs = _WIDE.findall(text)
        length = sum(map(len, runs))
        if runs and length >= 2 * len(runs) and len(_CHINESE.sub("", text)) <= 0.05 * length:
            rated.append((_quality(sample, encoding), encoding))
    return max(rated)[1] if rated else None


def _mostly_text(data: bytes) -> bool:
    sample = data[:_SAMPLE]
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    return controls <= len(sample) / 100


def _choose(data: bytes, declared: str | None) -> str:
    """Choose the most plausible encoding of bytes that are not UTF-8; raise InputError when none is."""
    sample = _sample(data)
    if declared is not None and not is_encoding(declared):
        declared = None
    trials = dict.fromkeys((*filter(None, (declared,)), *_TRIALS))
    rated = [(_quality(sample, name) + (0.1 if name == declared else 0.0), name) for name in trials]
    best, name = max(rated, key=lambda pair: pair[0])
    if best >= _PLAUSIBLE:
        return name
    if wide := _neighbour(sample) or _utf16(data):
        return wide
    if not _mostly_text(data):
        raise fault("binary")
    if found := _unmistakable(sample) or _guessed(sample) or declared:
        return found
    raise fault("encoding")


def _guessed(sample: bytes) -> str | None:
    """Return what charset-normalizer takes an encoding for, where it is sure."""
    guess = from_bytes(sample).best()
    sure = guess is not None and guess.chaos < _CHAOS and is_encoding(guess.encoding)
    return str(guess.encoding) if guess is not None and sure else None


def is_encoding(encoding: str) -> bool:
    """Tell whether a name is that of an encoding in which ASCII stays ASCII, as it does where a name can be read."""
    try:
        codec = codecs.lookup(encoding)
        return (
            codec._is_text_encoding
            and "<\xe9\r".encode(codec.name, "ignore")[:1] == b"<"
            and (codec.name not in _NOT_FOR_FILES)
        )
    except (LookupError, UnicodeError):
        return False
