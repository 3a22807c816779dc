"""Processes that are killed while an order goes out, and what the next start makes of what they left (promise O2).

Run as a program: `python -m tests.services.order_kills FOLDER SEED COUNT`. A warm process forks one child a kill, which
places an order through the real sender and the real journal and dies by SIGKILL: at a named point, or whenever the
parent gets to it. Another child then starts anew on the same files. The exchange is a file that only grows: what once
reached it stays, whoever dies. One line of JSON a kill is printed.
"""

import asyncio
import json
import os
import random
import signal
import sys
import time
import traceback
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, TypeVar, cast

from app.brokers.base import BaseBroker
from app.domain import Order, OrderRequest, OrderResponse, OrderStatus
from app.services.events import Events
from app.services.kept_journal import KeptJournal
from app.services.order_accounts import OrderAccounts
from app.services.order_search import OrderSearch
from app.services.order_sender import OrderSender
from app.store.journal import Journal
from tests.fakes.clock import ManualClock
from tests.fakes.orders import intent, row, ticket

T = TypeVar("T")
POINTS: Final = (
    *("before write", "inside write", "after write", "inside begun", "after begun"),
    *("sent", "booked", "before answered", "inside answered", "after answered"),
    *("read", "inside seen", "after seen"),
)
"""Where a process dies by itself; those of the last line in a second run, which looks for an order that was lost."""

ANY: Final = "any moment"
_SOON: Final = 0.025  # seconds in which a whole order comes to its end here


def die() -> None:
    """Whatever is not on the disk or on the wire now is gone."""
    os.kill(os.getpid(), signal.SIGKILL)


@dataclass
class Wire:
    """The exchange and the way to it. `dies` is the point at which this process ends."""

    path: Path
    dies: str = ""

    def find(self, _user_id: str) -> "Wire":
        """Fulfils `order_sender.Accounts`."""
        return self

    async def ready(self) -> BaseBroker:
        """Fulfils `order_sender.Account`."""
        return cast("BaseBroker", self)

    async def call(self, use: Callable[[BaseBroker], Awaitable[T]], *, kind: str = "other") -> T:
        """Fulfils `order_sender.Account`."""
        assert kind in ("order", "orders")
        return await use(cast("BaseBroker", self))

    async def place_order(self, order: OrderRequest) -> OrderResponse:
        """The one request."""
        self._log("sent", order.tag)
        await asyncio.sleep(0)
        self._log("booked", order.tag)
        await asyncio.sleep(0)
        return OrderResponse(order.tag, OrderStatus.PENDING, order.symbol, order.quantity, order.side, order.price)

    async def get_orders(self) -> list[Order]:
        """What was booked, whoever sent it."""
        rows = [row(_ticket(tag), order_id=tag) for tag in self.lines("booked")]
        if self.dies == "read":
            die()
        return rows

    def lines(self, word: str) -> list[str]:
        """The tags of the lines that begin with `word`."""
        said = self.path.read_text("utf-8").splitlines() if self.path.exists() else []
        return [line.split()[1] for line in said if line.split()[0] == word]

    def _log(self, word: str, tag: str) -> None:
        with self.path.open("a", encoding="utf-8") as file:
            file.write(f"{word} {tag}\n")
        if self.dies == word:
            die()


class DyingJournal(KeptJournal):
    """The journal of a process that dies before, inside or after a transaction."""

    dies = ""

    async def _opened(self) -> Journal:
        journal = await super()._opened()
        if self.dies.startswith("inside"):
            journal._database.write = _killed_inside(journal._database.write, self)  # type: ignore[method-assign]
        return journal

    async def write(self, intents: Any) -> None:
        """Dies around the intents."""
        await self._around("write", super().write(intents))

    async def note(self, steps: Any) -> None:
        """Dies around the steps."""
        await self._around(steps[0].evidence.value, super().note(steps))

    async def _around(self, word: str, writing: Awaitable[None]) -> None:
        self.now = word
        if self.dies == f"before {word}":
            die()
        await writing
        if self.dies == f"after {word}":
            die()


def _killed_inside(write: Any, journal: DyingJournal) -> Any:
    async def killed(work: Callable[[Any], Any], **more: Any) -> Any:
        def job(session: Any) -> Any:
            result = work(session)
            if journal.dies == f"inside {journal.now}":
                die()
            return result

        return await write(job, **more)

    return killed


# ------------------------------------------------------------------ the children


async def _placed(folder: Path, number: int, dies: str, *, answer_lost: bool) -> None:
    clock, events, wire = ManualClock(), Events(), Wire(folder / "wire", dies)
    journal = DyingJournal(folder / "orders.db")
    journal.dies = dies
    sender = OrderSender(journal, wire, events, clock)
    if answer_lost:
        wire.dies = "booked"
    await sender.send([intent(number, clock.now(), request=_ticket(f"KJ{number}"))])
    await journal.close()


async def _started(folder: Path, dies: str = "") -> dict[str, Any]:
    """Start anew, look for what was lost for a minute, and tell what stands."""
    clock, events, wire = ManualClock(), Events(), Wire(folder / "wire", dies)
    clock.jump(600)
    journal = DyingJournal(folder / "orders.db")
    journal.dies = dies
    sender = OrderSender(journal, wire, events, clock)
    search = OrderSearch(sender, cast("OrderAccounts", wire), events, clock)
    began = time.monotonic()
    await sender.restore()
    took = time.monotonic() - began
    running = asyncio.create_task(search.run())
    for _ in range(6):
        await clock.advance(10)
        await asyncio.sleep(0.005)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    kept = {record.intent.tag: record.fate.value for record in await journal.since(clock.now().replace(year=2000))}
    await journal.close()
    return {"kept": kept, "sent": wire.lines("sent"), "booked": wire.lines("booked"), "took": took}


def _ticket(tag: str) -> OrderRequest:
    return ticket(quantity=1, price=Decimal("1400.05"), tag=tag)


# ------------------------------------------------------------------ the parent


def forked(work: Callable[[], Any], *, after: float | None = None) -> Any:
    """Do `work` in a child and return what it tells; None when it was killed, at the latest `after` seconds."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.close(reader)
            os.write(writer, json.dumps(work()).encode())
        except BaseException:  # noqa: BLE001 - a child that goes on would be a second parent
            traceback.print_exc()
        finally:
            os._exit(0)
    os.close(writer)
    if after is not None:
        time.sleep(after)
        os.kill(child, signal.SIGKILL)
    with os.fdopen(reader, "rb") as said:
        told = said.read()
    os.waitpid(child, 0)
    return json.loads(told) if told else None


def killed(folder: Path, number: int, point: str, chance: random.Random) -> dict[str, Any]:
    """One order whose process dies at `point`, then a start that looks at what is left."""
    folder.mkdir(exist_ok=True)
    second = point in POINTS[-3:]
    after = chance.uniform(0, _SOON) if point == ANY else None
    dies = "" if second or point == ANY else point
    forked(lambda: asyncio.run(_placed(folder, number, dies, answer_lost=second)), after=after)
    if second:
        forked(lambda: asyncio.run(_started(folder, point)))
    return {"point": point, **forked(lambda: asyncio.run(_started(folder)))}


def main() -> None:
    """Kill as often as asked, the named points in turn with as many kills at any moment, a file for every 50."""
    folder, chance, count = Path(sys.argv[1]), random.Random(int(sys.argv[2])), int(sys.argv[3])
    asyncio.run(_placed(folder, 0, "", answer_lost=False))  # what is loaded and compiled once is so for every child
    turns = [point for name in POINTS for point in (name, ANY)]
    for number in range(count):
        point = turns[number % len(turns)]
        sys.stdout.write(json.dumps(killed(folder / f"f{number // 50}", number, point, chance)) + "\n")
        sys.stdout.flush()  # or a child would write it once more


if __name__ == "__main__":
    main()
