"""What the tests that were typed from the protocol sheets share, whatever the broker: words of errors, logs, time."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Iterator

import pytest

from app.brokers.base import BaseBroker
from app.domain import TradingError
from tests.fakes.clock import ManualClock

MakeBroker = Callable[..., BaseBroker]


async def refused(call: Awaitable[object], secrets: Collection[str]) -> TradingError:
    """The typed error that `call` ends with, none of whose words is one of `secrets`."""
    with pytest.raises(TradingError) as caught:
        await call
    assert shown(words(caught.value), secrets) == []
    return caught.value


def shown(text: str, secrets: Collection[str]) -> list[str]:
    """Which of the planted `secrets` stand in `text`."""
    return [secret for secret in secrets if secret in text]


def words(error: BaseException) -> str:
    """Everything that an error, and what caused it, says of itself."""
    said = [text for link in _chain(error) for text in (str(link), repr(link), repr(link.args))]
    if isinstance(error, TradingError):
        said += [error.title, error.next_step, error.detail, error.broker_code, error.field]
    return "\n".join(said)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def logged(records: list[logging.LogRecord]) -> str:
    """What the records would write, tracebacks and extras included."""
    formatter = logging.Formatter("%(name)s %(message)s")
    return "\n".join(f"{formatter.format(record)} {vars(record)!r}" for record in records)


async def let_time_pass(clock: ManualClock, step: float = 0.5) -> None:
    """So many seconds of the clock at a time, only while somebody waits for it: limits cost hardly any real time.

    It goes on while a request is on the wire: where a test measures seconds, a smaller `step` keeps that small.
    """
    while True:
        await asyncio.sleep(0.001)
        if clock.sleeping:
            await clock.advance(step)
