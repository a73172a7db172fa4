"""A batch of texts read by one of the networks: what it believes of every character."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]  # comes with scikit-learn, has no types

from miner.language.fold import unmarked
from miner.recognise.beliefs import Beliefs
from miner.recognise.network.choice import Kind, network
from miner.recognise.network.encode import Cut
from miner.text import AnnotatedText, own_words


@cache
def _threads() -> ThreadpoolController:
    return ThreadpoolController()


def ask(texts: Sequence[AnnotatedText], kind: Kind = "fast") -> list[Beliefs | None]:
    """Return what a network believes of texts, read together in one batch; None for each when there is no network.

    Raises ModelError when the accurate one is asked for and the package that it needs is missing.
    """
    model = network(kind)
    if model is None:
        return [None] * len(texts)
    with _threads().limit(
        limits=1, user_api="blas"
    ):  # small products: a second thread costs more than it saves
        states = model.marginals([unmarked(text.text) for text in texts], [_cut(text) for text in texts])
    return [Beliefs(each) for each in states]


def _cut(text: AnnotatedText) -> Cut | None:
    """Return the words of a text: what is cut once for the evidence need not be cut again for the network.

    Words of the user dictionary the network has never seen: where one stands, it cuts the text its own way.
    """
    words, tags, _ = text.words
    return None if "nz" in tags and not own_words().isdisjoint(words) else Cut(words, tags)
