"""Work spread over processes, results in order, memory bounded."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from typing import TypeVar

Mark = TypeVar("Mark")
Load = TypeVar("Load")
Result = TypeVar("Result")

#: Loads under way for each process.
_AHEAD = 3


def ordered(
    items: Iterable[tuple[Mark, Load | None]],
    work: Callable[[Load], Result],
    jobs: int = 1,
    start: Callable[..., None] | None = None,
    arguments: tuple[object, ...] = (),
) -> Iterator[tuple[Mark, Result | None]]:
    """Each mark with the result of its load, in their order; no load, no result.

    With more than one job the work is done by as many processes, each of which calls
    ``start(*arguments)`` first; only a few loads for each are taken ahead.
    """
    if jobs == 1:
        if start:
            start(*arguments)
        for mark, load in items:
            yield mark, None if load is None else work(load)
        return
    # A copy of this process shares what is loaded already, where the system has such.
    context = get_context("fork" if sys.platform == "linux" else "spawn")
    executor = ProcessPoolExecutor(
        jobs, context, initializer=_begin, initargs=(os.getpid(), start, arguments)
    )
    ahead: deque[tuple[Mark, Future[Result] | None]] = deque()
    try:
        for mark, load in items:
            ahead.append((mark, None if load is None else executor.submit(work, load)))
            while ahead and (len(ahead) > _AHEAD * jobs or _ready(ahead[0][1])):
                mark, future = ahead.popleft()
                yield mark, None if future is None else future.result()
        for mark, future in ahead:
            yield mark, None if future is None else future.result()
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


def _ready(future: Future[Result] | None) -> bool:
    return future is None or future.done()


def _begin(parent: int, start: Callable[..., None] | None, arguments: tuple[object, ...]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent stops its workers

    def end_with_parent() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(1)  # a killed parent cannot

    threading.Thread(target=end_with_parent, daemon=True).start()
    if start:
        start(*arguments)
