"""Processes that write side by side, each with a database connection of its own."""

import importlib
import multiprocessing
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.pool import Pool

import django

WRITERS = 4
_HEAD_START = 0.1


@contextmanager
def writers() -> Iterator["Writers"]:
    """WRITERS processes, for the time of one measure."""
    with multiprocessing.get_context("spawn").Pool(WRITERS, initializer=django.setup) as pool:
        yield Writers(pool)


class Writers:
    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def rate(self, work: str, *, seconds: float) -> float:
        """How often a second all of them together call `work`, a function named as `module.function`."""
        begin = time.time() + _HEAD_START
        counts = self._pool.starmap(_repeat, [(work, begin, seconds)] * WRITERS, chunksize=1)
        return sum(counts) / seconds


def _repeat(work: str, begin: float, seconds: float) -> int:
    module, _, name = work.rpartition(".")
    function = getattr(importlib.import_module(module), name)
    function()
    time.sleep(max(0.0, begin - time.time()))
    count = 0
    while time.time() < begin + seconds:
        function()
        count += 1
    return count
