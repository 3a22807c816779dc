"""How the fetching of a master is followed: what travels is counted, packed or not, and told on the loop's thread."""

import asyncio
import gzip
import random
from functools import cache
from typing import Final

import pytest

from app.brokers import BaseBroker
from app.brokers.gauge import Gauge
from app.domain import NoAnswer, Progress
from tests.brokers.bench import Bench
from tests.brokers.raw_server import Play, raw_server
from tests.fakes.waiting import until

SEVERAL_FILES: Final = {"fyers"}


# ------------------------------------------------------------------ the gauge


async def test_the_last_word_of_a_good_load_says_everything() -> None:
    told: list[Progress] = []

    with Gauge(told.append) as gauge:
        gauge.begin("300")
        gauge.reach(300)
        gauge.end()
        list(gauge.rows("abc"))

    assert told == [Progress(300, 300, 3)]


async def test_a_load_that_failed_has_no_last_word() -> None:
    told: list[Progress] = []

    def load() -> None:
        with Gauge(told.append) as gauge:
            gauge.reach(300)
            raise NoAnswer

    with pytest.raises(NoAnswer):
        load()

    assert told == []


async def test_it_tells_what_is_new_a_few_times_a_second() -> None:
    told: list[tuple[float, Progress]] = []
    time = asyncio.get_running_loop().time

    with Gauge(lambda progress: told.append((time(), progress))) as gauge:
        gauge.begin("10")
        for size in (1, 2, 3):
            gauge.reach(size)
        await until(lambda: told)
        gauge.reach(4)
        await until(lambda: len(told) > 1)

    assert [progress for _, progress in told] == [Progress(3, 10), Progress(4, 10)]
    assert told[1][0] - told[0][0] >= 0.1


async def test_of_a_file_that_is_begun_anew_nothing_counts_that_came_before() -> None:
    told: list[Progress] = []

    with Gauge(told.append) as gauge:
        gauge.begin("300")
        gauge.reach(200)
        gauge.begin("300")
        gauge.reach(100)

    assert told == [Progress(100, 300)]


async def test_of_several_files_nobody_knows_the_whole_before_the_last_has_begun() -> None:
    told: list[Progress] = []

    for last in (False, True):
        with Gauge(told.append, files=2) as gauge:
            gauge.begin("300")
            gauge.reach(300)
            if last:
                gauge.end()
                gauge.begin("50")
                gauge.reach(10)

    assert told == [Progress(300, None), Progress(310, 350)]


@pytest.mark.parametrize("length", ["", "many", "-5", "9" * 30, "\u0663"])
async def test_a_length_that_is_none_is_not_known(length: str) -> None:
    told: list[Progress] = []

    with Gauge(told.append) as gauge:
        gauge.begin(length)
        gauge.reach(10)

    assert told == [Progress(10, None)]


async def test_a_load_that_nobody_follows_tells_nobody() -> None:
    with Gauge(None) as gauge:
        gauge.begin("3")
        rows = list(gauge.rows("abc"))

    assert rows == ["a", "b", "c"]


# ------------------------------------------------------------------ at every broker


async def test_a_load_ends_with_all_bytes_and_rows_told(bench: Bench, broker: BaseBroker) -> None:
    told: list[Progress] = []

    count = await broker.load_instruments(told.append)

    assert told[-1].rows >= count > 300
    assert told[-1].fetched == told[-1].of
    assert told[-1].fetched > 1000


@cache
def large() -> bytes:
    """A megabyte that packs to half of it."""
    return "\n".join(random.Random(7).choices([f"{number:06d}" for number in range(10**5)], k=150_000)).encode()


def in_two_parts(head: str, body: bytes, rest: asyncio.Event) -> Play:
    """A file, the second half of it when it is let go."""

    async def play(writer: asyncio.StreamWriter) -> None:
        kind = f"Content-Type: text/csv\r\nContent-Length: {len(body)}\r\n"
        writer.write(f"HTTP/1.1 200 OK\r\n{kind}{head}\r\n".encode() + body[: len(body) // 2])
        await writer.drain()
        await rest.wait()
        writer.write(body[len(body) // 2 :])

    return play


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "packed"])
async def test_bytes_are_counted_as_they_travel(bench: Bench, packed: bool) -> None:  # noqa: FBT001 - a parameter of the test
    body = gzip.compress(large(), 1) if packed else large()
    rest, told = asyncio.Event(), list[Progress]()

    def hear(progress: Progress) -> None:
        asyncio.get_running_loop()  # raises on any other thread
        told.append(progress)

    async with raw_server(in_two_parts("Content-Encoding: gzip\r\n" if packed else "", body, rest)) as server:
        broker = bench.broker(server.base_url)
        load = asyncio.ensure_future(broker.load_instruments(hear))
        await until(lambda: told)
        rest.set()
        with pytest.raises(NoAnswer):  # it is no master
            await load
        await broker.close()

    assert 0 < told[0].fetched <= len(body) // 2
    assert told[0].of == (None if bench.spec.key in SEVERAL_FILES else len(body))
    assert {progress.rows for progress in told} == {0}
