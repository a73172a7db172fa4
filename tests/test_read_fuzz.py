"""Damaged and hostile files of every kind never end the reader; `benchmarks/fuzz.py` does the same at length."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miner.config import Config
from miner.read import read_bytes
from miner.read.faults import FAULTS
from tests.mutants import mutants, mutated, seeds

pytest.importorskip("reportlab")

UNPACKED = ("pdf", "xlsx", "db", "mhtml")
"""What is parsed by a child process, which takes longer."""
PLAIN = sorted(path for path in seeds() if not path.endswith(UNPACKED))
LIMITS = Config(max_archive_bytes=64 * 2**20, max_document_bytes=16 * 2**20)


def judge(path: str, data: bytes) -> None:
    """Read a file to its end; each of its documents is read, or says what is wrong."""
    for document in read_bytes(data, path, LIMITS):
        assert document.path.startswith(path)
        if document.status == "failed":
            assert not document.lines
        assert document.lines or document.problems or document.status == "ok"
        for problem in document.problems:
            assert problem.code in FAULTS and problem.code != "reader-error", problem.message
        for line in document.lines:
            line.text.encode("utf-8")


@pytest.mark.parametrize("path", sorted(seeds()))
def test_sound_files_are_read(path: str) -> None:
    documents = list(read_bytes(seeds()[path], path, LIMITS))
    assert documents and all(document.status == "ok" and document.lines for document in documents)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(PLAIN), st.integers(0, 2**32))
def test_damaged_files_never_end_the_reader(path: str, seed: int) -> None:
    judge(path, mutated(seeds()[path], random.Random(seed)))


@pytest.mark.parametrize("seed", range(2))
def test_a_hundred_damaged_files_of_all_kinds(seed: int) -> None:
    for path, data in mutants(seed, 100):
        judge(path, data)
