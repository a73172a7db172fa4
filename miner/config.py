"""One frozen configuration, read from TOML and from options."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from miner.errors import ConfigError, InputError

DEFAULT_PATH_PATTERNS = (
    # 2023-11-08/01版, 20231108_A01, 2023年11月8日/第3版, 202412/25/content_1; the page only right after the date
    r"(?<!\d)(?P<year>(?:19|20)\d{2})[-_./年]?(?P<month>0[1-9]|1[0-2]|[1-9](?=[-_./月]))[-_./月]?"
    r"(?P<day>0[1-9]|[12]\d|3[01]|[1-9](?!\d))(?!\d)日?"
    r"(?:[-_/ ]{1,2}第?(?P<page>[A-Z]{1,2}\d{1,3}|\d{1,2})(?:版|(?=[-_/ .]|$)))?",
    # 第01版, A02版
    r"(?<![A-Za-z\d])(?P<page>[A-Z]{0,2}\d{1,3})版",
    # digital newspapers: node_01.html, page_A02, nbs.D110000renmrb_01.htm, nw.D110000renmrb_20191106_2-01.htm
    r"(?:node_|page_|n[bw]s?\.D\d{4,8}[a-z]{2,12}(?:_\d{8}_\d{1,3})?[-_])(?P<page>[A-Z]{0,2}\d{1,3})(?!\d)",
    # a folder or file that is named as newspapers are
    r"(?:^|[/_\- ])(?P<newspaper>[\u4e00-\u9fff]{2,8}(?:{press})[报報])(?=$|[/_.\- \d])",
)
"""Searched in order in the whole path; documented in docs/paths.md."""


@dataclass(frozen=True, slots=True)
class Config:
    """What a run may be told. Every field can stand in a TOML file under its own name.

    >>> Config(layout="page").layout
    'page'
    """

    newspaper: str | None = None
    """Name of the newspaper, for documents that do not state one."""
    issue_date: str | None = None
    """ISO date of the issue, for documents that do not state one."""
    layout: Literal["auto", "page", "article"] = "auto"
    """Shape of plain text: told apart by itself, or forced."""
    path_patterns: tuple[str, ...] = DEFAULT_PATH_PATTERNS
    """Regular expressions searched in paths, with groups year, month, day, page, newspaper (all optional); `{press}` is what names of papers end in."""
    fields: tuple[str, ...] = ()
    """Names of columns of tables, as `body=text|story`; fields not named keep their usual names (docs/reading.md)."""
    encoding: str | None = None
    """Encoding of text and web pages, where it is not to be recognised."""
    ocr: bool = False
    """Read pages without a text layer by OCR (needs the extra `ocr`)."""
    names: Literal["fast", "accurate"] = "fast"
    """Network that finds names; the accurate one takes some thirty times as long (needs the extra `accurate`)."""
    max_document_bytes: int = 256 * 2**20
    """A larger file is refused with a problem."""
    max_line_chars: int = 2_000_000
    """A longer line is cut into pieces of this many characters, with a problem."""
    max_archive_bytes: int = 4 * 2**30
    """Unpacked bytes of one archive, over all members and levels."""
    max_archive_members: int = 200_000
    """Members of one archive."""
    max_archive_ratio: int = 200
    """Unpacked over packed size of one archive member, above which it is refused as a bomb."""
    max_archive_depth: int = 3
    """Archives inside archives."""
    max_parse_bytes: int = 2 * 2**30
    """Memory that parsing one PDF, image or table may take."""
    max_parse_seconds: int = 300
    """Time that parsing one PDF, image or table may take."""
    max_mine_seconds: int = 600
    """Time without progress after which a worker that mines a megabyte is taken to hang (with `--workers`)."""
    max_article_chars: int = 500_000
    """A longer body is cut into several articles, with a problem."""
    batch_articles: int = 64
    """Articles that are recognised together."""

    def digest(self) -> str:
        """Return a hash of all fields, for the table `runs`."""
        return hashlib.sha256(json.dumps(dataclasses.asdict(self), sort_keys=True).encode()).hexdigest()

    def replace(self, **changes: Any) -> Config:
        """Return a copy with some fields changed; None leaves a field as it is."""
        return dataclasses.replace(
            self, **{key: value for key, value in changes.items() if value is not None}
        )


def load_config(path: Path) -> Config:
    """Read a TOML file whose keys are field names of Config.

    Raises ConfigError when the file cannot be read, or names an unknown field, or a value has the wrong type.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(
            f"读不了这份配置 / cannot read the configuration: {error}", where=str(path)
        ) from error
    return config_from(table, where=str(path))


def config_from(table: dict[str, Any], *, where: str) -> Config:
    """Build a Config from a mapping; raises ConfigError for an unknown field or a wrong type."""
    defaults = Config()
    known = {f.name for f in dataclasses.fields(Config)}
    for key, value in table.items():
        if key not in known:
            raise ConfigError(
                f"没有这个设置 / unknown setting: {key!r}",
                where=where,
                hint=f"有 / known: {', '.join(sorted(known))}",
            )
        default = getattr(defaults, key)
        if isinstance(value, list):
            table = {**table, key: tuple(value)}
        elif default is not None and type(value) is not type(default):
            raise ConfigError(
                f"{key} 的值类型不对 / wants {type(default).__name__}, not {value!r}", where=where
            )
    return Config(**table)


def default_corpus() -> Path:
    """Return the folder of the project's own corpus; raises InputError when it is not installed."""
    for folder in (
        Path("corpus"),
        Path(__file__).resolve().parent.parent / "corpus",
        Path(sys.prefix) / "share" / "miner" / "corpus",
    ):
        if folder.is_dir():
            return folder
    raise InputError(
        "没有给出 PATH,这里也没有项目自带的语料 / no PATH was given and the project's corpus is not here",
        code="missing",
        hint="miner run PATH --db expo.db",
    )
