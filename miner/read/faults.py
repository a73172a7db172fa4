"""Everything that can be wrong with input: one code each, what is wrong and what to do, in Chinese and English."""

from __future__ import annotations

import errno
from typing import Any

from miner.errors import InputError
from miner.model import Problem

FAULTS: dict[str, tuple[str, str]] = {
    # files and folders
    "missing": (
        "没有这个文件或文件夹,请检查路径",
        "no such file or folder: check the path",
    ),
    "nothing-readable": (
        "没有可读的文件;能读 txt、html、pdf、表格(csv、xlsx、json、sqlite、parquet)、warc 和压缩包",
        "nothing readable: txt, html, pdf, tables (csv, xlsx, json, sqlite, parquet), warc and archives can be read",
    ),
    "permission": (
        "没有读取权限,请修改权限(如 chmod u+r)后重新运行",
        "no permission to read: change the permissions and run again",
    ),
    "special-file": (
        "不是普通文件(管道、设备、套接字或链接),未读",
        "a pipe, device, socket or link: not read",
    ),
    "unreadable": (
        "打不开({reason}),请检查磁盘后重新运行",
        "cannot be opened: check the disk and run again",
    ),
    "too-large": (
        "大于 {limit} 字节,请分成几个文件,或调大 max_document_bytes",
        "larger than {limit} bytes: split it, or raise max_document_bytes",
    ),
    "unsupported": (
        "不支持这种格式({format}),请另存为 txt、html、pdf 或 xlsx",
        "unsupported format: save it as txt, html, pdf or xlsx",
    ),
    "image": (
        "是图片,没有文字;请加 --ocr 重新运行",
        "an image without text: run again with --ocr",
    ),
    # text
    "empty": ("没有文字", "no text in it"),
    "binary": (
        "不是文本,含有二进制内容;请检查文件是否损坏",
        "binary content, not text: the file may be damaged",
    ),
    "encoding": (
        "认不出字符编码,请转存为 UTF-8",
        "the character encoding is not recognised: save it as UTF-8",
    ),
    "not-decodable": (
        "字符编码前后不一,无法译出({reason}),请转存为 UTF-8",
        "its character encoding contradicts itself: save it as UTF-8",
    ),
    "undecodable": (
        "{count} 处字节不能按 {encoding} 解码,已换成 U+FFFD,第一处在第 {line} 行(字节偏移 {offset});请核对",
        "{count} undecodable places became U+FFFD, the first on line {line} at byte {offset}: compare",
    ),
    "mojibake": (
        "文件存的是乱码({right} 曾被当作 {wrong} 译出),已还原,{count} 处还原不了,换成 U+FFFD;有原文件时请换用",
        "the file holds mojibake and was repaired but for {count} places: use the original if you have it",
    ),
    "rare-characters": (
        "常用字太少,不像正常的中文,可能译错了编码;请核对,必要时用 --encoding 指定编码",
        "too few frequent characters for Chinese text, perhaps a wrong encoding: compare, or give --encoding",
    ),
    "nul": (
        "{count} 个 NUL 字符已换成 U+FFFD(成片的换成一个,文末的去掉),第一个在第 {line} 行;请核对原文件",
        "{count} NUL characters became U+FFFD (a run of them one, none at the end), the first on line {line}: compare",
    ),
    "private-use": (
        "{count} 个自造字(如 {example})没有公认的字形,第一个在第 {line} 行;请对照原文件",
        "{count} characters that only some fonts know, the first on line {line}: compare with the original",
    ),
    "escapes": (
        "{count} 处转义写法(如 {example})已译成字符;请核对",
        "{count} places that programs had written as codes became characters: compare",
    ),
    "long-line": (
        "第 {line} 行有 {length} 个字符,已按每段 {limit} 个切开;请检查换行是否丢失",
        "line {line} holds {length} characters and was cut into pieces of {limit}: are line ends lost?",
    ),
    "too-many-lines": ("多于 {limit} 行,请分成几个文件", "more than {limit} lines: split the file"),
    # JSON lines
    "bad-row": (
        "第 {row} 行不是 JSON 对象({reason}),已跳过",
        "row {row} is no JSON object and was passed over",
    ),
    "no-body": (
        "第 {row} 行没有正文;正文字段应名为 {names},用其他名字时请用 --fields body=列名",
        "row {row} has no body: give --fields body=NAME when it has another name",
    ),
    # tables
    "no-columns": (
        "看不出哪一列是正文(有:{names});请用 --fields body=列名 指定,或另存为 txt",
        "no column of it holds the body of articles: name it by --fields body=NAME",
    ),
    "damaged-table": (
        "表格损坏或格式不对({reason}),请重新导出",
        "a damaged table, or in another format than its name says: export it again",
    ),
    "own-database": (
        "是 miner 自己的数据库,不是报道;要浏览它请运行 miner serve",
        "a database of this program and no source: look at it by miner serve",
    ),
    "no-parquet": (
        "读 Parquet 要另装一个库,请运行 pip install 'miner[parquet]'",
        "Parquet needs one more library: pip install 'miner[parquet]'",
    ),
    # web pages
    "too-many-elements": (
        "网页多于 {limit} 个标签,请把正文另存为 txt",
        "more than {limit} elements on a page: save its text as txt",
    ),
    "no-article": (
        "网页上没有找到报道正文(目录页、图片页或视频页?)",
        "no story found on the page: an index, a picture or a video?",
    ),
    "frames": (
        "网页由框架拼成,正文在别的文件里({names});请把那些文件也存下来",
        "a page made of frames, whose text is in other files: save those, too",
    ),
    "text-left-out": (
        "网页上 {percent}% 的叙述文字在所取正文之外,未读;最先一处在第 {line} 行:“{begin}”;请核对",
        "{percent} % of the page's running text stands outside the story and was not read, from line {line} on: compare",
    ),
    # PDF
    "damaged-pdf": (
        "PDF 损坏或不完整({reason}),请重新下载或导出",
        "damaged or truncated PDF: download or export it again",
    ),
    "encrypted": ("有密码,请先去掉密码", "needs a password: remove it first"),
    "no-text-layer": (
        "共 {pages} 页,其中 {count} 页没有文字层(第 {where} 页);请加 --ocr 重新运行",
        "{count} of {pages} pages have no text layer: run again with --ocr",
    ),
    "broken-fonts": (
        "共 {pages} 页,其中 {count} 页字体损坏、文字不可信(第 {where} 页);请加 --ocr 重新运行",
        "{count} of {pages} pages have broken fonts: run again with --ocr",
    ),
    "hidden-text": (
        "共 {pages} 页,其中 {count} 页有看不见的文字(白色、透明、极小或页外),未读(第 {where} 页);请核对",
        "{count} of {pages} pages hold text that cannot be seen, which was not read: compare",
    ),
    "damaged-page": (
        "共 {pages} 页,其中 {count} 页打不开(第 {where} 页);请重新下载或导出",
        "{count} of {pages} pages cannot be opened: download or export the file again",
    ),
    "no-ocr": (
        "要求了 --ocr,但没有安装 OCR,第 {where} 页没有文字层或字体损坏;请运行 pip install 'miner[ocr]'",
        "--ocr was asked for but no OCR is installed: pip install 'miner[ocr]'",
    ),
    "ocr": (
        "{count} 页由 OCR 读出,文字可能有误(第 {where} 页)",
        "{count} pages were read by OCR and may hold errors",
    ),
    # archives
    "damaged-archive": (
        "压缩包损坏或不完整({reason}),其余内容未读;请重新下载",
        "damaged or truncated archive, the rest was not read: download it again",
    ),
    "too-deep": (
        "压缩包嵌套多于 {limit} 层,未读;请先解压,或调大 max_archive_depth",
        "archives nested more than {limit} deep, not read: unpack first, or raise max_archive_depth",
    ),
    "too-many-members": (
        "压缩包成员多于 {limit} 个,其余未读;请分开打包,或调大 max_archive_members",
        "more than {limit} members, the rest was not read: split it, or raise max_archive_members",
    ),
    "archive-too-large": (
        "解压后大于 {limit} 字节,其余未读;请分开打包,或调大 max_archive_bytes",
        "more than {limit} bytes unpacked, the rest was not read: split it, or raise max_archive_bytes",
    ),
    "zip-bomb": (
        "解压倍数大于 {limit},疑为压缩炸弹,未读;确知无害时可调大 max_archive_ratio",
        "unpacks more than {limit}-fold, taken for a bomb and not read: raise max_archive_ratio if you trust it",
    ),
    "unsafe-name": (
        "成员名 {name} 指向压缩包之外,未读",
        "the member's name points outside the archive: not read",
    ),
    # limits of parsing
    "too-slow": (
        "{limit} 秒内没有读完,已放弃;请检查文件,或调大 max_parse_seconds",
        "not read within {limit} seconds and given up: look at the file, or raise max_parse_seconds",
    ),
    "too-much-memory": (
        "解析它要用的内存多于 {limit} 字节(或解析程序崩溃),已放弃;请检查文件,或调大 max_parse_bytes",
        "parsing it takes more than {limit} bytes of memory, or ends the parser: given up",
    ),
    "worker-died": (
        "处理它的进程两次中途终止(内存不足?),已放弃;下次运行会再试",
        "the process that worked on it ended twice (out of memory?) and it was given up: the next run tries again",
    ),
    "too-long": (
        "{limit} 秒没有进展,已放弃;请检查文件,或调大 max_mine_seconds",
        "no progress within {limit} seconds and given up: look at the file, or raise max_mine_seconds",
    ),
    # anything else
    "memory": ("内存不足,请分成几个文件", "out of memory: split the file"),
    "reader-error": (
        "读取程序出错({reason}),请带上此文件报告问题",
        "the reader failed on it: please report this with the file",
    ),
}
"""Code → what is wrong and what to do, in Chinese and in English. docs/reading.md lists the codes; a test compares."""


def fault(code: str, **values: Any) -> InputError:
    """Return the error of that code; `values` fill the places in its message.

    >>> fault("too-deep", limit=3).code
    'too-deep'
    """
    return InputError(_message(code, values), code=code)


def os_fault(error: OSError) -> InputError:
    """Return what the system's refusal to open a file means.

    >>> os_fault(PermissionError()).code, os_fault(FileNotFoundError()).code, os_fault(OSError("x")).code
    ('permission', 'missing', 'unreadable')
    """
    if isinstance(error, PermissionError):
        return fault("permission")
    if isinstance(error, FileNotFoundError) or error.errno == errno.ELOOP:
        return fault("missing")
    return fault("unreadable", reason=error.strerror or error)


def problem(code: str, *, at: int | None = None, **values: Any) -> Problem:
    """Return the problem of that code; `at` is the source line it is about."""
    return Problem("read", code, _message(code, values), line=at)


def _message(code: str, values: dict[str, Any]) -> str:
    chinese, english = FAULTS[code]
    return f"{chinese.format(**values)} / {english.format(**values)}"
