"""What is wrong with a command line, in Chinese with click's own English beside, on standard error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import click

__all__ = ["Misused", "complain", "told_in_chinese"]


def complain(text: str, *, colour: str = "red") -> None:
    """Write one line to standard error, where it can be written."""
    with suppress(OSError):
        click.secho(f"miner: {text}", fg=colour, err=True)


class Misused(click.UsageError):
    """Wrong words of a command line, told with how the command is used and where its help is."""

    def show(self, file: Any = None) -> None:
        """Print what is wrong, how the command is used, and where its help is."""
        complain(f"用法不对 / {self.format_message()}")
        if self.ctx is not None:
            usage = self.ctx.get_usage().removeprefix("Usage: ")
            click.echo(f"用法 / usage: {usage}\n帮助 / help: {self.ctx.command_path} --help", err=True)


_MISUSES: tuple[tuple[type[click.UsageError], str], ...] = (
    (click.NoSuchOption, "没有这个选项"),
    (click.MissingParameter, "缺少参数"),
    (click.BadParameter, "参数的值不对"),
    (click.BadOptionUsage, "选项用法不对"),
    (click.BadArgumentUsage, "参数用法不对"),
    (click.UsageError, "没有这个命令或参数"),
)
_HELP: type[BaseException] | tuple[()] = getattr(click.exceptions, "NoArgsIsHelpError", ())
"""Raised from click 8.2 on where a command without words prints its help."""


@contextmanager
def told_in_chinese() -> Iterator[None]:
    """Put Chinese before what click says of a wrong command line, where our own message has none.

    Raises Misused in the place of click's errors of usage.
    """
    try:
        yield
    except click.UsageError as error:
        if isinstance(error, _HELP):
            raise
        said = error.format_message()
        ours = any("\u4e00" <= char <= "\u9fff" for char in said)
        title = next(title for kind, title in _MISUSES if isinstance(error, kind))
        raise Misused(said if ours else f"{title} / {said}", ctx=error.ctx) from error
