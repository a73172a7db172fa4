"""More than one machine: chunks go to the workers of a Dask scheduler, mined documents come back to the one writer, in order.

Dask does a chunk of a lost worker again by itself; a chunk that ends worker after worker is tried document by document, and who
still does it is set aside. Never are more chunks on their way than the workers can hold, so memory here stays flat.
"""

from __future__ import annotations

import os
import pickle
import threading
import zlib
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import CancelledError
from typing import Any

from miner import __version__
from miner.chunks import Chunk, Mined, mine_chunk, patience, set_aside
from miner.config import Config
from miner.digest import model_digest
from miner.errors import ConfigError, MinerError, ModelError
from miner.recognise import Recogniser

__all__ = ["Cluster", "work"]

_IN_FLIGHT = 3
"""Chunks on their way for each worker."""
_WAIT_SECONDS = 60
_LOCK = threading.Lock()
"""One chunk at a time in a process: a worker may have several threads."""
_KEPT: dict[str, Recogniser] = {}
"""The recogniser of a worker, by the network that it asks."""


class Cluster:
    """The workers of a Dask scheduler. Use it as a context; workers may come and go meanwhile.

    Raises ConfigError when the extra is missing or nobody answers, ModelError when workers have another version or models.
    """

    def __init__(self, address: str, config: Config) -> None:
        self._config, self._address = config, address
        self._client = _connected(address)
        try:
            self._client.wait_for_workers(1, timeout=_WAIT_SECONDS)
            self._check()
        except TimeoutError as error:
            self._client.close()
            raise ConfigError(
                "调度器上没有工作进程 / the scheduler has no workers",
                where=address,
                hint=f"dask worker {address} --nthreads 1",
            ) from error
        except MinerError:
            self._client.close()
            raise

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *about: object) -> None:
        self._client.close()  # what is still on its way is given up with it

    def _check(self) -> None:
        """Raise ModelError when a worker would find other names than this machine; later comers check themselves."""
        mine, others = stamp(), self._client.run(stamp)
        wrong = sorted(worker for worker, found in others.items() if found != mine)
        if wrong:
            raise ModelError(
                "工作进程的版本或模型与本机不同 / workers have another version, or other models",
                where=", ".join(wrong[:3]),
                hint="在各处安装同一版本 / install one version everywhere",
            )

    def mine(self, chunks: Iterable[Chunk]) -> Iterator[tuple[Chunk, list[Mined]]]:
        """Yield each chunk, in order, with what was mined of it; raises MinerError as `mine_chunk` does."""
        window: deque[tuple[Chunk, Any]] = deque()
        for chunk in chunks:
            window.append((chunk, self._sent(chunk)))
            while len(window) >= self._most():
                yield self._received(*window.popleft())
        while window:
            yield self._received(*window.popleft())

    def _most(self) -> int:
        workers = self._client.scheduler_info(n_workers=-1).get("workers")
        if workers is None:
            raise self._gone()
        return _IN_FLIGHT * max(1, len(workers))

    def _gone(self) -> MinerError:
        return MinerError(
            "Dask 调度器不在了 / the Dask scheduler is gone",
            where=self._address,
            hint="再运行同一命令即接着做 / run the same command again: it goes on from what was stored",
        )

    def _sent(self, chunk: Chunk) -> Any:
        return self._client.submit(work, pickle.dumps(chunk), self._config, stamp(), pure=False)

    def _received(self, chunk: Chunk, future: Any) -> tuple[Chunk, list[Mined]]:
        from distributed import KilledWorker
        from distributed.comm import CommClosedError

        try:
            return chunk, pickle.loads(zlib.decompress(future.result()))
        except (CancelledError, CommClosedError) as error:
            raise self._gone() from error
        except KilledWorker:
            if len(chunk.sources) == 1:
                return chunk, [(0, set_aside(chunk.sources[0], "worker-died"))]
        mined: list[Mined] = []
        for number, source in enumerate(chunk.sources):
            alone = Chunk(chunk.number, (source,))
            mined += [(number, found) for _, found in self._received(alone, self._sent(alone))[1]]
        return chunk, mined


def stamp() -> str:
    """Return what must be the same on all machines: version, lexicons and models."""
    return f"{__version__} {model_digest()}"


def work(order: bytes, config: Config, wanted: str) -> bytes:
    """Mine one chunk in a worker of a cluster; returns what was mined, packed small.

    A chunk that shows no step for too long ends the worker's process, which its nanny starts anew.
    """
    if stamp() != wanted:
        raise ModelError(
            "本机的版本或模型不同 / this worker has another version, or other models",
            where=os.uname().nodename,
        )
    chunk: Chunk = pickle.loads(order)
    with _LOCK:
        watch = _Watch(patience(chunk, config))
        try:
            if config.names not in _KEPT:
                _KEPT[config.names] = Recogniser.load(config.names)
            mined = mine_chunk(chunk, config, _KEPT[config.names], watch.beat)
        finally:
            watch.stop()
    return zlib.compress(pickle.dumps(mined, protocol=5), 1)


class _Watch:
    """Ends this process when no step was done for so many seconds."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._timer = self._started()

    def beat(self) -> None:
        """Note a step."""
        self.stop()
        self._timer = self._started()

    def stop(self) -> None:
        """Watch no more."""
        self._timer.cancel()

    def _started(self) -> threading.Timer:
        timer = threading.Timer(self._seconds, os._exit, (1,))
        timer.daemon = True
        timer.start()
        return timer


def _connected(address: str) -> Any:
    try:
        from distributed import Client
    except ImportError as error:
        raise ConfigError(
            "--scheduler 要另装 Dask / --scheduler needs Dask", hint="pip install 'miner[cluster]'"
        ) from error
    try:
        client: Any = Client(address, timeout=_WAIT_SECONDS, set_as_default=False)
        return client
    except (OSError, TimeoutError, ValueError) as error:
        raise ConfigError(
            f"连不上调度器 / the scheduler does not answer: {error}", where=address, hint="dask scheduler"
        ) from error
