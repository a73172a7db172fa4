"""The course of training: what is learnt from, in which order, and how the model file comes out."""

# PyTorch is needed for training alone, and type checking must pass without it.
# mypy: disable-error-code="import-not-found,misc,unused-ignore"

from __future__ import annotations

import io
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from miner.recognise.network.encode import FIRST_ID, Vocabulary
from miner.recognise.network.model import NameModel
from miner.training import Say
from miner.training.names import vocabulary as words
from miner.training.names.invent import Inventor, read_lists
from miner.training.names.network import Network, Plan, prepare, to_arrays, train
from miner.training.names.pretrain import pair_vectors, word_vectors
from miner.training.names.sets import Example, read_training
from miner.training.names.silver import lexicon_forms, silver

INVENTED, RENAMED = 16_000, 12_000
SEED = 7


def gold_and_invented(data_dir: Path, *, seed: int = SEED) -> tuple[list[Example], list[Example]]:
    """Return the annotated examples, and the invented ones with the renamed copies of annotated ones."""
    gold = read_training(data_dir)
    inventor, source = Inventor(read_lists(data_dir), seed), random.Random(seed)
    invented = inventor.paragraphs(INVENTED)
    named = [e for e in gold if e.domain == "msra" and e.names]
    invented += [inventor.renamed(e) for e in gold if e.domain in ("cluener", "events")]
    invented += [inventor.renamed(e) for e in source.sample(named, min(RENAMED, len(named)))]
    return gold, invented


def new_network(
    vocabulary: Vocabulary, plan: Plan, pretrained: tuple[npt.NDArray[np.float32], ...] = ()
) -> Network:
    """Return a network with fresh weights, and with pretrained vectors of words and pairs where there are any."""
    torch.manual_seed(plan.seed)
    network = Network(int(vocabulary.ids.max()) + 1, len(vocabulary.words) + FIRST_ID, plan)
    for table, vectors_ in zip((network.words, network.pairs), pretrained, strict=False):
        known = torch.from_numpy(np.any(vectors_ != 0, axis=1))
        with torch.no_grad():
            table.weight[known] = torch.from_numpy(vectors_)[known]
    return network


def stored(network: Network, vocabulary: Vocabulary, domain: str = "news") -> bytes:
    """Return the model file's bytes."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **to_arrays(network, vocabulary, domain))
    return buffer.getvalue()


@dataclass(frozen=True, slots=True)
class Round:
    """One round of the course: from fresh weights or on from the last, over freshly invented sentences."""

    fresh: bool
    epochs: float
    rate: float
    share: float
    """Of the minutes given."""


ROUNDS = (
    Round(fresh=True, epochs=2, rate=3e-3, share=0.2),
    Round(fresh=True, epochs=2, rate=3e-3, share=0.4),
    Round(fresh=False, epochs=2, rate=2e-3, share=0.4),
)


def run(data_dir: Path, raw: Sequence[str], on_topic: Sequence[str], *, minutes: float, say: Say) -> bytes:
    """Run all rounds and return the model file's bytes; after each round the model labels the raw texts for the next.

    The model is the mean of the weights before and after the last round (Izmailov et al. 2018, Averaging weights leads
    to wider optima and better generalization): better than either on CLUENER and MSRA.
    """
    gold, invented = gold_and_invented(data_dir)
    vocabulary = words.build([*(e.text for e in (*gold, *invented)), *raw])
    say(f"{len(vocabulary.words):,} words")
    everything, plan = [*raw, *(e.text for e in gold)], Plan()
    pretrained = (
        word_vectors(everything, vocabulary, size=plan.word_size),
        pair_vectors(everything, vocabulary, size=plan.pair_size),
    )
    say("vectors of words and pairs are learnt")
    network, labelled, forms = new_network(vocabulary, plan, pretrained), list[Example](), lexicon_forms()
    for number, part in enumerate(ROUNDS):
        if number:
            labelled = silver(on_topic, NameModel.from_bytes(stored(network, vocabulary)), forms=forms)
            say(f"{len(labelled):,} raw texts are labelled")
            _, invented = gold_and_invented(data_dir, seed=SEED + number)
        if part.fresh and number:
            network = new_network(vocabulary, plan, pretrained)
        lesson = prepare([*gold, *invented, *labelled], vocabulary)
        before = {name: weight.clone() for name, weight in network.state_dict().items()}
        train(
            network,
            lesson,
            replace(plan, epochs=part.epochs, rate=part.rate, minutes=part.share * minutes),
            say,
        )
    network.load_state_dict(
        {name: (weight + before[name]) / 2 for name, weight in network.state_dict().items()}
    )
    return stored(network, vocabulary)
