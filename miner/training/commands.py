"""`miner train`: the courses on the command line."""

from __future__ import annotations

from pathlib import Path

import click

from miner.config import default_corpus
from miner.training import COURSES, LEARNS_FROM_GOLD, Effort
from miner.training import train as learn

__all__ = ["train"]


@click.command()
@click.argument("model", type=click.Choice(sorted(COURSES)))
@click.argument("data", type=click.Path(file_okay=False, exists=True, path_type=Path))
@click.option(
    "--out",
    default=None,
    type=click.Path(dir_okay=False, path_type=Path),
    help="写到哪里 / where to write the model [the package's own]",
)
@click.option(
    "--minutes",
    default=60.0,
    show_default=True,
    type=click.FloatRange(0.1),
    help="names: 教师标注新闻的时间 / time the teacher labels raw news",
)
@click.option(
    "--pages",
    default=6000,
    show_default=True,
    type=click.IntRange(50),
    help="split: 生成多少版面 / pages to set",
)
@click.option(
    "--gold",
    multiple=True,
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    help="更正过的文章,一起学(可重复)/ corrected articles to learn from as well",
)
@click.option("--seed", default=1, show_default=True, help="随机数的种子 / seed of what is left to chance")
def train(
    model: str, data: Path, out: Path | None, minutes: float, pages: int, gold: tuple[Path, ...], seed: int
) -> None:
    """训练一个模型 / Train a model from a folder of data sets.

    DATA holds the sets as the models' cards name them; what is missing is said before it starts. Needs the extra `train`.
    Corrected articles (`miner correct gold`) teach names, scorer, links, posts, events and standing.

    \b
    Example:
      miner train split ../shared/data --pages 2000 --out split.npz
      miner train names ../shared/data --minutes 30 --out names.npz
      miner train posts ../shared/data --out posts.npz --gold 标准答案/
    """
    if gold and model not in LEARNS_FROM_GOLD:
        raise click.BadParameter(
            f"这个模型不从更正过的文章学 this model learns nothing from them: {model}; {', '.join(LEARNS_FROM_GOLD)}",
            param_hint="--gold",
        )
    target = out or Path(__file__).parent.parent / "resources" / COURSES[model].ships
    effort = Effort(minutes=minutes, pages=pages, seed=seed, corpus=default_corpus(), gold=gold)
    made = learn(model, data, target, effort=effort, say=lambda text: click.echo(text, err=True))
    for what, value in made.figures.items():
        click.echo(f"{what}: {value:.4f}", err=True)
    click.echo(f"{made.path}  {made.bytes:,} 字节 bytes  SHA-256 {made.sha256}")
