"""Documents that the code prints itself: `python -m miner.docs` writes docs/commands.md, docs/schema.md and the README's scores."""

from __future__ import annotations

import ast
import inspect
import json
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import click

from miner import config as config_module
from miner.cli import EXIT_CODES, main
from miner.config import Config
from miner.desk import base
from miner.publish.index.views import VIEWS
from miner.store.kept import KEPT
from miner.store.schema import TABLES


def commands_markdown() -> str:
    """Return docs/commands.md: every command as its --help, the exit codes, every setting."""
    parts = ["# 命令 / Commands\n", "由程序生成 / printed from the code: `python -m miner.docs`\n"]
    for name, command in _commands(main):
        context = click.Context(
            command,
            info_name=f"miner {name}",
            max_content_width=110,
            terminal_width=110,
            help_option_names=["-h", "--help"],
        )
        parts.append(f"## miner {name}\n\n```text\n{command.get_help(context).rstrip()}\n```\n")
    parts.append(
        "## 补全 / Completion\n\n在 shell 的启动文件里写一行,命令与选项便可用 Tab 补全 / one line in the shell's start-up file:\n\n"
        '```sh\neval "$(_MINER_COMPLETE=bash_source miner)"    # bash;zsh: zsh_source\n'
        "_MINER_COMPLETE=fish_source miner | source         # fish\n```\n"
    )
    codes = EXIT_CODES.replace("\b\n", "").rstrip()
    parts.append(f"## 退出码 / Exit codes\n\n```text\n{codes}\n```\n")
    parts.append(
        "## 配置 / Settings\n\n用 `--config settings.toml` 给出 / keys of the TOML file given with `--config`.\n"
    )
    parts.append("| 键 key | 默认 default | 说明 meaning |\n|---|---|---|")
    about = _field_docs()
    for field, value in ((f, getattr(Config(), f)) for f in Config.__dataclass_fields__):
        shown = "(docs/paths.md)" if field == "path_patterns" else f"`{value}`"
        parts.append(f"| `{field}` | {shown} | {about.get(field, '')} |")
    return "\n".join(parts) + "\n"


def _commands(group: click.Group, above: str = "") -> Iterator[tuple[str, click.Command]]:
    """Yield every command with its whole name, groups before what they hold."""
    for name in sorted(group.commands):
        command = group.commands[name]
        yield f"{above}{name}", command
        if isinstance(command, click.Group):
            yield from _commands(command, f"{above}{name} ")


def _field_docs() -> dict[str, str]:
    """Return the text literal that stands under each field of Config."""
    tree = ast.parse(inspect.getsource(config_module))
    body = next(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Config").body
    found = {}
    for field, text in pairwise(body):
        if (
            isinstance(field, ast.AnnAssign)
            and isinstance(field.target, ast.Name)
            and isinstance(text, ast.Expr)
            and isinstance(text.value, ast.Constant)
        ):
            found[field.target.id] = " ".join(str(text.value.value).split())
    return found


def _shown_type(sql: str) -> str:
    """Return a column's SQL without its checks, readable in a table of Markdown."""
    return re.sub(r"\[(\w+)\]\(id\)", r"\1(id)", sql.split(" check")[0]).replace("|", "/")


def schema_markdown() -> str:
    """Return docs/schema.md: every table with its columns, every view."""
    parts = [
        "# 数据库 / The database\n",
        "由程序生成 / printed from the code: `python -m miner.docs`。表名与列名是公开接口,不随意更改。\n",
    ]
    for table in (*TABLES, base.TABLE, *KEPT):
        parts.append(
            f"## `{table.name}` {table.title}\n\n{table.about}\n\n| 列 column | 类型 type | 说明 |\n|---|---|---|"
        )
        parts.extend(
            f"| `{c.name}` | `{_shown_type(c.sql)}` | {c.about.replace('|', '/')} |" for c in table.columns
        )
        parts.append("")
    parts.append("# 视图 / Views\n\n| 视图 view | 标题 | 说明 |\n|---|---|---|")
    parts.extend(f"| `{view.name}` | {view.title} | {view.about} |" for view in VIEWS)
    return "\n".join(parts) + "\n"


_FIGURES = {
    "page-perfect": "stories rebuilt perfectly, body and head", "page-body": "lines of bodies", "page-paragraph": "starts of paragraphs",
    "web-paragraphs": "paragraphs of web pages", "person": "people", "enterprise": "enterprises", "organization": "organizations",
    "linking": "names of one thing linked", "post": "posts (person and title)", "post-org": "… at the right body", "event": "events (type and sentence)",
    "event-date": "… with the right date", "event-part": "participants", "event-joined": "reports of one event joined", "quote": "quotes",
    "quote-speaker": "… with the right speaker", "figure": "figures (value and unit)", "figure-qual": "… with the right qualifier",
    "contradiction": "contradictions found", "trap": "traps avoided",
}  # fmt: skip


def scores_markdown(baseline: Path) -> str:
    """Return the table of scores for the README, from what `miner evaluate` measured when the floors were set."""
    measured = json.loads(baseline.read_text(encoding="utf-8"))["measured"]
    rows = [f"| {about} | {measured[name]:.2f} |" for name, about in _FIGURES.items() if name in measured]
    return "\n".join(["| what | F1 |", "|---|---|", *rows])


def with_scores(readme: str, table: str) -> str:
    """Return the README with its table of scores replaced."""
    return re.sub(
        r"<!-- scores -->.*?<!-- /scores -->",
        lambda _: f"<!-- scores -->\n{table}\n<!-- /scores -->",
        readme,
        flags=re.DOTALL,
    )


def write(root: Path) -> None:
    """Write the documents that the code prints, below the project's folder."""
    (root / "docs").mkdir(exist_ok=True)
    (root / "docs" / "commands.md").write_text(commands_markdown(), encoding="utf-8")
    (root / "docs" / "schema.md").write_text(schema_markdown(), encoding="utf-8")
    readme = root / "README.md"
    readme.write_text(
        with_scores(readme.read_text(encoding="utf-8"), scores_markdown(root / "corpus" / "baseline.json")),
        encoding="utf-8",
    )


if __name__ == "__main__":
    write(Path(__file__).resolve().parent.parent)
