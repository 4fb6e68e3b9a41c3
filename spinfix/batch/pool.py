"""Work spread over processes, results in order, memory bounded.

The processes are our own rather than concurrent.futures': that one waits for work under
way when a run is stopped, and can wait for ever when a worker was killed.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from spinfix.process import settle

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

Mark = TypeVar("Mark")
Load = TypeVar("Load")
Result = TypeVar("Result")

#: Are workers copies of this process, which share what is loaded already?
FORKS = sys.platform == "linux"
#: Marks under way for each process.
_AHEAD = 3


class WorkerDied(RuntimeError):
    """A process that did the work came to a sudden end."""


@dataclass(slots=True)
class _Slot(Generic[Mark, Result]):
    """A mark whose turn has not come yet."""

    mark: Mark
    ready: bool
    result: Result | None = None


def ordered(
    items: Iterable[tuple[Mark, Load | None]],
    work: Callable[[Load], Result],
    jobs: int = 1,
    start: Callable[..., None] | None = None,
    arguments: tuple[object, ...] = (),
) -> Iterator[tuple[Mark, Result | None]]:
    """Each mark with the result of its load, in their order; no load, no result.

    With more than one job the work is done by as many processes, each of which calls
    ``start(*arguments)`` first; only a few loads for each are taken ahead.  Raises
    WorkerDied when one of them is killed.
    """
    if jobs == 1:
        if start:
            start(*arguments)
        for mark, load in items:
            yield mark, None if load is None else work(load)
        return
    with _workers(jobs, work, start, arguments) as idle:
        ahead: deque[_Slot[Mark, Result]] = deque()
        busy: dict[Connection, _Slot[Mark, Result]] = {}
        for mark, load in items:
            ahead.append(_Slot(mark, load is None))
            if load is not None:
                while not idle:
                    _collect(busy, idle)
                _send(idle[-1], load)
                busy[idle.pop()] = ahead[-1]
            while ahead and (ahead[0].ready or len(ahead) > _AHEAD * jobs):
                while not ahead[0].ready:
                    _collect(busy, idle)
                slot = ahead.popleft()
                yield slot.mark, slot.result
        while ahead:
            while not ahead[0].ready:
                _collect(busy, idle)
            slot = ahead.popleft()
            yield slot.mark, slot.result


def _send(worker: Connection, load: object) -> None:
    """A load for a worker that waits for one, so that it takes it at once."""
    try:
        worker.send(load)
    except OSError:
        raise WorkerDied from None


def _collect(busy: dict[Connection, _Slot[Mark, Result]], idle: list[Connection]) -> None:
    """Wait for results, and take those that are there."""
    from multiprocessing.connection import Connection, wait

    for worker in wait(list(busy)):
        assert isinstance(worker, Connection)
        try:
            result = worker.recv()
        except (EOFError, OSError):
            raise WorkerDied from None
        if isinstance(result, BaseException):
            raise result
        slot = busy.pop(worker)
        slot.result, slot.ready = result, True
        idle.append(worker)


@contextmanager
def _workers(jobs: int, *how: Any) -> Iterator[list[Connection]]:
    """Processes that work, by the connections to them; none is left at the end."""
    from multiprocessing import get_context  # takes long, and is not for a single process

    context: Any = get_context("fork" if FORKS else "spawn")
    workers: list[tuple[Any, Connection]] = []
    try:
        # A collection writes to all it looks at, and what is written to is not shared.
        gc.freeze()
        try:
            with _uninterrupted():
                for _ in range(jobs):
                    ours, theirs = context.Pipe()
                    process = context.Process(target=_serve, args=(theirs, os.getpid(), *how))
                    process.daemon = True
                    process.start()
                    theirs.close()
                    workers.append((process, ours))
        finally:
            gc.unfreeze()
        yield [ours for _, ours in workers]
    finally:
        # They wait for work, or do some that is not wanted any more.
        for process, ours in workers:
            process.kill()
            process.join()
            ours.close()


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Have Ctrl-C wait, so that no worker meets it before it can ignore it."""
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(
    parent: Connection,
    pid: int,
    work: Callable[[Any], object],
    start: Callable[..., None] | None,
    arguments: tuple[object, ...],
) -> None:
    """The life of a worker."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent stops its workers

    def end_with_parent() -> None:
        while os.getppid() == pid:
            time.sleep(0.5)
        os._exit(1)  # a killed parent cannot

    threading.Thread(target=end_with_parent, daemon=True).start()
    settle()
    if start:
        start(*arguments)
    with suppress(EOFError, OSError):
        while True:
            load = parent.recv()
            try:
                result = work(load)
            except Exception as error:
                result = error
            parent.send(result)
