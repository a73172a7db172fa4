"""Time the pages of a server on loopback, then let twenty users read for a minute: `python benchmarks/server.py big.db`."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import sqlite3
import statistics
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote

import httpx

PORT = 8799
LIMITS = {"front": 100, "article": 60, "dossier": 200, "search": 100, "table": 300, "list": 200}
"""What each page may take, in milliseconds (p95)."""


def addresses(path: Path) -> dict[str, list[str]]:
    """Return addresses by kind of page."""
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    rng = random.Random(3)
    top = connection.execute("select max(rowid) from articles").fetchone()[0]
    ids = [
        row[0] for _ in range(300)
        if (row := connection.execute("select id from articles where rowid = ?", (rng.randint(1, top),)).fetchone())
    ]  # fmt: skip
    best = connection.execute("select id from enterprises order by n_articles desc limit 1").fetchone()[0]
    others = [
        row[0] for row in connection.execute("select id from enterprises order by n_articles desc limit 200")
    ]
    words = [
        row[0]
        for row in connection.execute(
            "select coalesce(short_name, name) from enterprises order by n_articles desc limit 60"
        )
    ]
    words += ["订单", "签约", "首发 展台", "绿色", "供应链 -关税", "手术机器人"]
    name = quote(path.stem)
    return {
        "front": ["/"], "article": [f"/-/expo/article/{identity}" for identity in ids], "dossier": [f"/-/expo/enterprise/{best}"],
        "dossiers": [f"/-/expo/enterprise/{identity}" for identity in others], "search": [f"/-/expo/search?q={quote(word)}" for word in words],
        "table": [f"/{name}/articles", f"/{name}/enterprises", f"/{name}/events"], "edition": [f"/-/expo/edition/{n}" for n in range(1, 8)],
        "list": [f"/-/expo/{asked}" for asked in (
            "enterprises", "people?sort=latest", "enterprises?edition=5&country=日本&role=exhibitor", "events?edition=5&type=signing", "events?sort=amount&country=德国",
            f"events?q={quote(words[0])}", "events?words=签约&edition=5", "quotes?edition=3&direct=1", f"quotes?q={quote(words[1])}", "numbers?measure=exhibitors&sort=value")],
    }  # fmt: skip


def percentile(values: list[float], share: float) -> float:
    """Return the value below which the share of the values lies."""
    return sorted(values)[min(int(share * len(values)), len(values) - 1)]


def one_by_one(base: str, pages: dict[str, list[str]], *, times: int = 40) -> dict[str, list[float]]:
    """Return the milliseconds of single requests, after one of each kind to warm up."""
    found: dict[str, list[float]] = {}
    with httpx.Client(base_url=base, timeout=60) as client:
        for kind, choices in pages.items():
            client.get(choices[0])
            for at in range(times):
                started = time.perf_counter()
                client.get(choices[at % len(choices)]).raise_for_status()
                found.setdefault(kind, []).append((time.perf_counter() - started) * 1000)
    return found


async def many(
    base: str, pages: dict[str, list[str]], *, users: int, seconds: float
) -> tuple[list[float], int]:
    """Let users read at once, each pausing a little as a reader does; return milliseconds and the number of errors."""
    times: list[float] = []
    errors = 0
    stop = time.monotonic() + seconds

    async def user(number: int) -> None:
        nonlocal errors
        rng = random.Random(number)
        async with httpx.AsyncClient(base_url=base, timeout=60) as client:
            while time.monotonic() < stop:
                kind = rng.choices(
                    ("search", "article", "dossiers", "front", "edition", "table", "list"),
                    weights=(30, 35, 15, 5, 4, 3, 8),
                )[0]
                started = time.perf_counter()
                try:
                    errors += (await client.get(rng.choice(pages[kind]))).status_code >= 400
                except httpx.HTTPError:
                    errors += 1
                times.append((time.perf_counter() - started) * 1000)
                await asyncio.sleep(rng.uniform(1, 5))

    await asyncio.gather(*(user(number) for number in range(users)))
    return times, errors


def computed(process: int) -> float:
    """Return the seconds that a process has computed so far; not a number where the system does not tell."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    except OSError:
        return float("nan")


def main() -> None:
    """Start a server, measure, stop it, print a table and a line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=60)
    arguments = parser.parse_args()
    code = "import sys; from pathlib import Path; from miner.publish.serve import serve; serve(Path(sys.argv[1]), port=int(sys.argv[2]), public=True)"
    server = subprocess.Popen(
        [sys.executable, "-c", code, str(arguments.path), str(PORT)], stderr=subprocess.DEVNULL
    )
    base = f"http://127.0.0.1:{PORT}"
    try:
        for _ in range(200):
            try:
                httpx.get(base + "/-/expo", timeout=60)
                break
            except httpx.HTTPError:
                time.sleep(0.3)
        pages = addresses(arguments.path)
        single = one_by_one(base, pages)
        for kind, times in single.items():
            sys.stdout.write(
                f"{kind:>9}: p50 {statistics.median(times):7.1f} p95 {percentile(times, 0.95):7.1f} ms (limit {LIMITS.get(kind, '-')})\n"
            )
        before = computed(server.pid)
        times, errors = asyncio.run(many(base, pages, users=arguments.users, seconds=arguments.seconds))
        result = {
            **{f"{kind}_p95_ms": round(percentile(found, 0.95), 1) for kind, found in single.items()},
            "users": arguments.users, "requests": len(times), "errors": errors, "users_p95_ms": round(percentile(times, 0.95), 1),
            "users_computing_ms_each": round(1000 * (computed(server.pid) - before) / len(times), 1),
        }  # fmt: skip
        sys.stdout.write(json.dumps(result) + "\n")
    finally:
        server.terminate()
        server.wait(timeout=10)


if __name__ == "__main__":
    main()
