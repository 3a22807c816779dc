"""Cycles are collected on the window's thread, whoever allocates."""

import asyncio
import gc
import threading
from collections.abc import Iterator

import pytest

from app.domain import Worker
from app.qt.garbage import collected_here


class Caught:
    """In a cycle with itself; notes on which thread it was destroyed."""

    def __init__(self, ends: list[threading.Thread]) -> None:
        self.itself = self
        self.ends = ends

    def __del__(self) -> None:
        self.ends.append(threading.current_thread())


@pytest.fixture(autouse=True)
def _automatic() -> Iterator[None]:
    gc.enable()
    yield
    gc.disable()  # as it is throughout these tests


def _allocate_much() -> None:
    kept = [[number] for number in range(200_000)]
    assert len(kept) == 200_000


async def _until_ended(ends: list[threading.Thread]) -> None:
    async with asyncio.timeout(10):
        while not ends:  # noqa: ASYNC110 - a destructor has no event to set
            await asyncio.sleep(0.01)


async def test_a_cycle_left_on_the_windows_thread_is_destroyed_there_though_a_worker_allocates() -> None:
    worker, ends = Worker("allocates"), list[threading.Thread]()
    with collected_here():
        Caught(ends)
        await worker.run(_allocate_much)
        before = list(ends)
        _allocate_much()
        keep = [[number] for number in range(5_000)]
        await _until_ended(ends)
    worker.stop()

    assert keep
    assert before == []
    assert ends == [threading.main_thread()]


async def test_automatic_collection_is_back_afterwards() -> None:
    with collected_here():
        inside = gc.isenabled()

    assert (inside, gc.isenabled()) == (False, True)
