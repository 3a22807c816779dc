"""The full numbers of promises N1 and M3: 10,000 random answers and 1,000 random instrument files of a broker.

    python -m tests.brokers.fuzz --broker dhan --answers 10000 --files 1000

Prints what came of them; ends with 1 when anything was untyped, hung, was no sound value or took too much memory.
The test suite runs a seeded sample of both.
"""

import argparse
import asyncio
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any, Final

import pytest

from app.brokers import http
from app.brokers.base import BaseBroker, Pasted
from app.brokers.zerodha import desk
from app.domain import TradingError
from app.simulators.answers import Answer
from app.simulators.fuzz import fuzzed
from tests.brokers.bench import BENCHES, Bench, started
from tests.brokers.operations import BY_PAGE, OPERATIONS, At, open_page
from tests.brokers.sheets import let_time_pass

SEED: Final = 20261118
DEADLINE: Final = 3.0  # seconds of a call
HUNG: Final = DEADLINE + 1.0
MOST_MEMORY: Final = 64.0  # MB more than before
_A_DAY_OF_WAITS: Final = 200.0  # seconds of monotonic time: no pause of a limiter is longer
_PAGE: Final = 4096


@dataclass
class Found:
    """What came of the answers."""

    values: int = 0
    typed: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    megabytes: float = 0.0
    seconds: float = 0.0

    @property
    def answers(self) -> int:
        """How many."""
        return self.values + self.typed.total() + len(self.wrong)

    async def take(self, call: Awaitable[object], name: str) -> object:
        """Await `call` and note its end; its value, or None."""
        try:
            async with asyncio.timeout(HUNG):
                value = await call
        except TradingError as error:
            self.typed[error.kind] += 1
            return None
        except Exception as error:  # noqa: BLE001 - this is what is looked for
            self.wrong.append(f"{name}: {type(error).__name__}: {error}"[:300])
            return None
        if odd := unsound(value):
            self.wrong.append(f"{name}: {odd}")
        else:
            self.values += 1
        return value


def unsound(value: object) -> str:
    """What is no exact value in `value`, or nothing."""
    if isinstance(value, float):
        return f"a float: {value}"
    if isinstance(value, Decimal):
        return "" if value.is_finite() and abs(value) < Decimal(10) ** 20 else f"no amount: {value}"
    if is_dataclass(value):
        return next(filter(None, (unsound(getattr(value, one.name)) for one in fields(value))), "")
    if isinstance(value, Mapping):
        return next(filter(None, map(unsound, [*value.values(), *value.keys()])), "")
    if isinstance(value, list | tuple):
        return next(filter(None, map(unsound, value)), "")
    return ""


async def fuzz_answers(key: str, answers: int, seed: int = SEED) -> Found:
    """So many random answers, over every operation of the broker in turn."""
    found = Found()
    async with started(key) as bench:
        flow = asyncio.create_task(let_time_pass(bench.clock))
        met = await _adapters(bench)
        before, began = resident(), time.monotonic()
        names = [name for name in bench.on_wire if name != "instruments"]
        for turn in range(answers):
            name = names[turn % len(names)]
            await _prepare(met[name], name)
            bench.controls.fuzz("*", seed * 1_000_000 + turn)
            await found.take(OPERATIONS[name].call(met[name]), f"{name} {turn}")
            bench.controls.clear()
            await bench.clock.advance(_A_DAY_OF_WAITS, wall=False)
            found.megabytes = max(found.megabytes, resident() - before)
        found.seconds = time.monotonic() - began
        for broker in {at.broker for at in met.values()}:
            await broker.close()
        flow.cancel()
    return found


async def fuzz_files(key: str, files: int, seed: int = SEED) -> Found:
    """So many random instrument files: each is taken whole or not at all, and the last good one stays."""
    found = Found()
    async with started(key) as bench:
        flow = asyncio.create_task(let_time_pass(bench.clock))
        broker = bench.broker()
        bench.hurry(broker, DEADLINE, DEADLINE)
        await broker.load_instruments()
        before, began = resident(), time.monotonic()
        for turn in range(files):
            last = bench.instruments._rows[key]
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(bench.sim, "_answer", _one_odd_file(bench, turn, seed))
                said = await found.take(broker.load_instruments(), f"instruments {turn}")
            _check_master(found, bench, said, last, f"instruments {turn}")
            await bench.clock.advance(_A_DAY_OF_WAITS, wall=False)
            found.megabytes = max(found.megabytes, resident() - before)
        found.seconds = time.monotonic() - began
        await broker.close()
        flow.cancel()
    return found


def _one_odd_file(bench: Bench, turn: int, seed: int) -> Callable[[Any], Answer]:
    """What answers for the simulator: with one file changed, of those that the master is made of."""
    own, asked = bench.sim._answer, count()

    def answer(call: Any) -> Answer:
        good: Answer = own(call)
        chosen = call.operation == bench.on_wire["instruments"] and next(asked) == turn % bench.files
        return fuzzed(good, f"{seed}/{turn}") if chosen else good

    return answer


def _check_master(found: Found, bench: Bench, said: object, last: Mapping[Any, Any], name: str) -> None:
    rows = bench.instruments._rows[bench.spec.key]
    if said is None and rows is not last:
        found.wrong.append(f"{name}: the last good master is gone")
    if said is not None and (said != len(rows) or not rows):
        found.wrong.append(f"{name}: {said} rows were said, {len(rows)} are there")
    if odd := next(filter(None, map(unsound, rows.values())), ""):
        found.wrong.append(f"{name}: {odd}")


async def _adapters(bench: Bench) -> dict[str, At]:
    """An adapter for each user, connected, and an order that it may ask for."""
    brokers: dict[int, BaseBroker] = {}
    for user in sorted({OPERATIONS[name].user for name in bench.on_wire}):
        brokers[user] = bench.broker()
        bench.hurry(brokers[user], DEADLINE, DEADLINE)
        assert await brokers[user].connect(bench.live(user))
    await brokers[0].load_instruments()
    placed = await brokers[0].place_order(bench.order())
    await bench.clock.advance(60)
    return {name: At(bench, brokers[OPERATIONS[name].user], placed.order_id) for name in bench.on_wire}


async def _prepare(at: At, name: str) -> None:
    """A session or a page that the operation will use up."""
    if name == "sign in by page":
        if at.page is not None and "begin to sign in" in at.bench.on_wire:  # such a broker opens few sign-ins a day
            at.page = at.page[0], Pasted(at.bench.grant(BY_PAGE))
        else:
            await open_page(at)
    elif name == "renew":
        await at.broker.connect(at.bench.renewable(OPERATIONS[name].user))
    elif name == "revoke":
        await at.broker.connect(at.bench.live(OPERATIONS[name].user))


def resident() -> float:
    """Memory of this process, MB."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * _PAGE / 1e6


def _said(what: str, found: Found) -> str:
    kinds = ", ".join(f"{kind} {count}" for kind, count in found.typed.most_common())
    lines = [
        f"{found.answers} {what} in {found.seconds:.0f} s, {found.megabytes:+.0f} MB:",
        f"  {found.values} values, {found.typed.total()} typed errors ({kinds}), {len(found.wrong)} wrong",
        *(f"  {wrong}" for wrong in found.wrong[:50]),
    ]
    return "\n".join(lines)


def main() -> int:
    """Run what the command line asks for; 1 when a promise was broken."""
    parser = argparse.ArgumentParser(description="Random answers of a demo broker to an adapter.")
    parser.add_argument("--broker", choices=sorted(BENCHES), required=True)
    parser.add_argument("--answers", type=int, default=10_000)
    parser.add_argument("--files", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=SEED)
    asked = parser.parse_args()
    http._BACK_OFF = desk._BACK_OFF = (0.0, 0.0, 0.0)  # type: ignore[misc]  # how long a retry waits is tested elsewhere
    answers = asyncio.run(fuzz_answers(asked.broker, asked.answers, asked.seed))
    files = asyncio.run(fuzz_files(asked.broker, asked.files, asked.seed))
    sys.stdout.write(f"{asked.broker}, seed {asked.seed}\n{_said('answers', answers)}\n{_said('files', files)}\n")
    heavy = max(answers.megabytes, files.megabytes) >= MOST_MEMORY
    return 1 if answers.wrong or files.wrong or heavy else 0


if __name__ == "__main__":
    sys.exit(main())
