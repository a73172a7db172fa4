"""Several processes on one machine: chunks go out, mined documents come back in order, and whatever a process suffers is mended.

A process may be killed, hang or run out of memory: another takes its place, and its chunk is tried again document by document.
Who ends its process alone once more is set aside as failed, and the run goes on.
"""

from __future__ import annotations

import os
import pickle
import queue
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any, Literal

from miner.chunks import Chunk, Mined, mine_chunk, patience, set_aside
from miner.config import Config
from miner.errors import MinerError
from miner.recognise import Recogniser

__all__ = ["Crew", "serve"]

_IN_FLIGHT = 3
"""Chunks on their way for each worker: enough to keep it busy, few enough to keep memory flat."""
_AHEAD = 2
"""Chunks that a worker holds: one it works on, and the next."""
_DEATHS_ALONE = 2
"""How often a document may end its process while it is alone before it is set aside."""
_FAILED_STARTS = 3
"""Processes in a row that end before they are ready, after which none is started any more."""
_LOOK_SECONDS = 0.5
_START_SECONDS = 600
_GOODBYE_SECONDS = 1.0

_START = "from miner.crew import serve; serve({})"
_GOODBYE = b""

Told = Literal["ready", "beat", "done", "failed", "ended"]


@dataclass(slots=True, eq=False)
class _Task:
    """Sources that go to a worker together: a chunk, or one document of a chunk that failed."""

    chunk: Chunk
    deaths: int = 0
    mined: list[Mined] | None = None
    parts: list[_Task] = field(default_factory=list)

    def result(self) -> list[Mined] | None:
        """Return the mined documents once all are there."""
        if not self.parts:
            return self.mined
        found = [part.mined for part in self.parts]
        if None in found:
            return None
        return [(number, packed) for number, part in enumerate(found) for _, packed in part or ()]


class _Worker:
    """One process and the two threads that speak with it: neither a process that hangs nor a full pipe stops the main one."""

    def __init__(self, config: Config, heard: queue.SimpleQueue[tuple[_Worker, Told, Any]]) -> None:
        self.tasks: deque[_Task] = deque()
        self.ready = False
        self.last = time.monotonic()
        self._orders: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        ours, theirs = socket.socketpair()
        with theirs:
            # In a session of its own it hears no Ctrl-C: the main process decides when to stop.
            self.process = subprocess.Popen(
                [sys.executable, "-c", _START.format(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        self._pipe = Connection(ours.detach())
        self._orders.put(pickle.dumps(config))
        for work in (self._speak, lambda: self._listen(heard)):
            threading.Thread(target=work, daemon=True).start()

    def give(self, task: _Task) -> None:
        """Send a task; a worker that has died says so by itself."""
        if not self.tasks:
            self.last = time.monotonic()
        self.tasks.append(task)
        self._orders.put(pickle.dumps(task.chunk, protocol=5))

    def _speak(self) -> None:
        with suppress(OSError):
            while True:
                order = self._orders.get()
                self._pipe.send_bytes(order)
                if order == _GOODBYE:
                    return

    def _listen(self, heard: queue.SimpleQueue[tuple[_Worker, Told, Any]]) -> None:
        with suppress(OSError, EOFError, pickle.UnpicklingError):
            while True:
                what, value = pickle.loads(self._pipe.recv_bytes())
                heard.put((self, what, value))
        heard.put((self, "ended", None))

    def overdue(self, config: Config) -> float | None:
        """Return the seconds that the worker was given for its step, when they are over."""
        limit = (
            _START_SECONDS if not self.ready else patience(self.tasks[0].chunk, config) if self.tasks else 0
        )
        return limit if limit and time.monotonic() - self.last > limit else None

    def dismiss(self) -> None:
        """Ask the process to end."""
        self._orders.put(_GOODBYE)

    def end(self, seconds: float = 0.0) -> None:
        """End the process, at once or when the seconds are over."""
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(seconds)
        self.process.kill()
        self.process.wait()
        self.dismiss()


class Crew:
    """Workers that mine chunks. Use it as a context: whatever ends it, no process is left behind.

    >>> with Crew(Config(), 2) as crew:
    ...     list(crew.mine([]))
    []
    """

    def __init__(self, config: Config, workers: int) -> None:
        self._config, self._most = config, workers
        self._heard: queue.SimpleQueue[tuple[_Worker, Told, Any]] = queue.SimpleQueue()
        self._workers: list[_Worker] = []
        self._todo: deque[_Task] = deque()
        self._failed_starts = 0

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, kind: object, *about: object) -> None:
        for worker in self._workers:
            worker.dismiss()
        for worker in self._workers:
            worker.end(0.0 if kind else _GOODBYE_SECONDS)
        self._workers.clear()

    def mine(self, chunks: Iterable[Chunk]) -> Iterator[tuple[Chunk, list[Mined]]]:
        """Yield each chunk, in order, with its mined documents.

        Raises MinerError as `mine_chunk` does, and when no process can be started.
        """
        coming, window = iter(chunks), deque[_Task]()
        more = True
        while more or window:
            while more and len(window) < _IN_FLIGHT * self._most:
                chunk = next(coming, None)
                more = chunk is not None
                if chunk is not None:
                    window.append(_Task(chunk))
                    self._todo.append(window[-1])
                    self._hand_out()
            while window and (mined := window[0].result()) is not None:
                yield window.popleft().chunk, mined
            if window:
                self._hand_out()
                self._listen()

    def _hand_out(self) -> None:
        """Give waiting tasks to who has least to do; start workers while there are fewer than tasks."""
        while self._todo:
            free = min(self._workers, key=lambda worker: len(worker.tasks), default=None)
            if (free is None or free.tasks) and len(self._workers) < self._most:
                free = _Worker(self._config, self._heard)
                self._workers.append(free)
            if free is None or len(free.tasks) >= _AHEAD:
                return
            free.give(self._todo.popleft())

    def _listen(self) -> None:
        """Take what workers said, waiting a little for the first word; look for those that hang."""
        wait: float | None = _LOOK_SECONDS
        with suppress(queue.Empty):
            while True:
                worker, what, value = self._heard.get(timeout=wait) if wait else self._heard.get_nowait()
                wait = None
                self._take(worker, what, value)
        for worker in list(self._workers):
            limit = worker.overdue(self._config)
            if limit is not None:
                self._lost(worker, limit=limit)

    def _take(self, worker: _Worker, what: Told, value: Any) -> None:
        if worker not in self._workers:
            return
        worker.last = time.monotonic()
        if what == "ready":
            worker.ready, self._failed_starts = True, 0
        elif what == "done":
            worker.tasks.popleft().mined = value
        elif what == "failed":
            raise value
        elif what == "ended":
            self._lost(worker)

    def _lost(self, worker: _Worker, *, limit: float | None = None) -> None:
        """Take up again what a worker did that is gone: its first task is to blame, unless it never began."""
        self._workers.remove(worker)
        worker.end()
        again = list(worker.tasks)
        if not worker.ready:
            self._failed_starts += 1
            if self._failed_starts >= _FAILED_STARTS:
                raise MinerError(
                    "工作进程一启动就终止 / worker processes end as soon as they start",
                    hint="内存不足?用 --workers 1 再运行 / out of memory? run again with --workers 1",
                )
        elif again:
            again[:1] = self._blamed(again[0], limit=limit)
        self._todo.extendleft(reversed(again))

    @staticmethod
    def _blamed(task: _Task, *, limit: float | None) -> list[_Task]:
        """Return what is to be tried again of a task that ended its worker, or let it hang."""
        if len(task.chunk.sources) > 1:
            task.parts = [_Task(Chunk(task.chunk.number, (source,))) for source in task.chunk.sources]
            return task.parts
        task.deaths += 1
        if limit is None and task.deaths < _DEATHS_ALONE:
            return [task]
        code, values = ("worker-died", {}) if limit is None else ("too-long", {"limit": round(limit)})
        task.mined = [(0, set_aside(task.chunk.sources[0], code, **values))]
        return []


def serve(descriptor: int) -> None:
    """Do chunks as they come over a socket, until the main process is gone: a worker's whole life."""
    pipe = Connection(descriptor)
    orders: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_hear, args=(pipe, orders.put), daemon=True).start()

    def tell(what: Told, value: object = None) -> None:
        # Said before the next chunk is begun: what ends this process then is not blamed on this one.
        pipe.send_bytes(pickle.dumps((what, value), protocol=5))

    try:
        config = pickle.loads(orders.get())
        recogniser = Recogniser.load(config.names)
        tell("ready")
        while True:
            tell("done", mine_chunk(pickle.loads(orders.get()), config, recogniser, lambda: tell("beat")))
    except MinerError as error:
        tell("failed", error)
    except Exception:
        os._exit(1)  # out of memory, most likely: the chunk is tried again document by document
    threading.Event().wait()  # until the last word is heard and answered by the end


def _hear(pipe: Connection, put: Callable[[bytes], None]) -> None:
    """Take what comes; when the main process is gone, or takes its leave, nobody waits for what is being done."""
    with suppress(OSError, EOFError, MemoryError):
        while (order := pipe.recv_bytes()) != _GOODBYE:
            put(order)
    os._exit(0)
