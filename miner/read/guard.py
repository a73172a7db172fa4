"""Untrusted files are parsed in a child process, within limits of memory and time: what breaks them is set aside.

A PDF of 3 KB may unpack to gigabytes inside a library that ends the process rather than fail. One child serves a
process; it is started with the first file that needs it, and again after a file that ended it.
"""

from __future__ import annotations

import os
import pickle
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import IO, Any

from miner.config import Config
from miner.errors import InputError
from miner.model import Document
from miner.read import jsonl, tables
from miner.read.faults import fault

_OCR_TAKES = 20
"""By how much more time, and _OCR_HOLDS more memory, OCR may take: it draws pages, and loads models."""
_OCR_HOLDS = 4
_SIZE = struct.Struct(">Q")
_BOMB_FLOOR = 16 * 2**20
"""Below this many bytes of rows no ratio is taken for a bomb."""
_GOODBYE_SECONDS = 5.0
_START = "from miner.read.guard import serve; serve()"


def guarded(job: Callable[[], Document], config: Config) -> Document:
    """Return the document that a job makes, done by the child; raises InputError, also when it breaks the limits of `config`."""
    found: Document = _ask(job, config)
    return found


def rows_guarded(data: bytes, kind: str, config: Config, *, strict: bool) -> Iterator[bytes]:
    """Yield the rows of a table of articles as JSON; the child lays them down in a file, so that no process holds all of them.

    Raises InputError when reading breaks the limits of `config`, and behind the last row that could be read of a damaged one.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "rows")
        error: InputError | None = _ask(partial(_lay_down, path, data, kind, config, strict=strict), config)
        with open(path, "rb") as kept:
            while head := kept.read(_SIZE.size):
                yield kept.read(_SIZE.unpack(head)[0])
    if error is not None:
        raise error


def read_rows(data: bytes, kind: str, config: Config, *, strict: bool) -> Iterator[bytes]:
    """Yield the rows of a table as JSON, in this process; raises InputError as `rows_guarded` does."""
    given, most = 0, max(_BOMB_FLOOR, config.max_archive_ratio * len(data))
    holds = partial(jsonl.holds_articles, config.fields, strict=strict)
    try:
        for record in tables.records(data, kind, holds, encoding=config.encoding):
            row = tables.as_json(record)
            given += len(row)
            if given > config.max_archive_bytes:
                raise fault("archive-too-large", limit=config.max_archive_bytes)
            if given > most:
                raise fault("zip-bomb", limit=config.max_archive_ratio)
            yield row
    except (InputError, MemoryError):
        raise
    except Exception as error:  # the libraries' own bugs on damaged files
        raise fault("damaged-table", reason=f"{type(error).__name__}: {error}") from error


def _lay_down(path: str, data: bytes, kind: str, config: Config, *, strict: bool) -> InputError | None:
    """Write the rows of a table to a file, each behind its length; return what ended the reading before its end."""
    with open(path, "wb") as kept:
        try:
            for row in read_rows(data, kind, config, strict=strict):
                kept.write(_SIZE.pack(len(row)) + row)
        except InputError as error:
            return error
    return None


_CHILD: dict[int, subprocess.Popen[bytes]] = {}
"""The child of this process, under the process's own number: a forked process starts one of its own."""


def _ask(job: Callable[[], Any], config: Config) -> Any:
    """Have a job done by the child; raises what it raises, and InputError when the child ends over it."""
    child = _child()
    seconds = config.max_parse_seconds * (_OCR_TAKES if config.ocr else 1)
    memory = config.max_parse_bytes * (_OCR_HOLDS if config.ocr else 1)
    try:
        _send(_pipe(child.stdin), (seconds, memory, job))
        done, found = _received(_pipe(child.stdout))
    except (EOFError, OSError, pickle.UnpicklingError) as error:
        with suppress(subprocess.TimeoutExpired):
            child.wait(_GOODBYE_SECONDS)
        child.kill()
        slow = child.wait() == -getattr(signal, "SIGALRM", 0)
        _CHILD.clear()
        raise fault("too-slow", limit=seconds) if slow else fault("too-much-memory", limit=memory) from error
    except BaseException:  # Ctrl-C: the child must not go on alone
        child.kill()
        child.wait()
        _CHILD.clear()
        raise
    if done:
        return found
    raise found


def _child() -> subprocess.Popen[bytes]:
    child = _CHILD.get(os.getpid())
    if child is None or child.poll() is not None:
        child = subprocess.Popen(
            [sys.executable, "-c", _START],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        _CHILD.clear()
        _CHILD[os.getpid()] = child
    return child


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    assert stream is not None
    return stream


def _send(stream: IO[bytes], message: object) -> None:
    pickle.dump(message, stream, protocol=5)  # what is large goes out as it lies, not as a copy
    stream.flush()


def _received(stream: IO[bytes]) -> Any:
    return pickle.load(stream)


def serve() -> None:
    """Do jobs as they come, until the parent is gone: the child's whole life."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides when to stop
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    jobs, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    with suppress(EOFError, OSError, pickle.UnpicklingError):
        while True:
            seconds, memory, job = _received(jobs)
            with suppress(ImportError, AttributeError):  # not on every system
                _limit(seconds, memory)
            _send(answers, _done(job))


def _end_with(parent: int) -> None:
    """End this process when the one that started it is gone, also in the midst of a job."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def _done(job: Callable[[], Any]) -> tuple[bool, Any]:
    try:
        return True, job()
    except MemoryError:
        return False, fault("memory")
    except Exception as error:
        with suppress(Exception):
            pickle.loads(pickle.dumps(error))
            return False, error
        return False, RuntimeError(f"{type(error).__name__}: {error}")


def _limit(seconds: int, memory: int) -> None:
    """Let the system end this process when a job takes longer, or asks for more memory than it has and `memory`."""
    import resource

    signal.alarm(seconds)
    with open("/proc/self/statm", encoding="ascii") as status:
        held = int(status.read().split()[0]) * resource.getpagesize()
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    wanted = held + memory if most == resource.RLIM_INFINITY else min(held + memory, most)
    resource.setrlimit(resource.RLIMIT_AS, (wanted, most))
