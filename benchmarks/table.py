"""The live table: 2,000 positions whose figures change while one looks, beside the same changes without a table.

    .venv/bin/python benchmarks/table.py [rounds [profile]]

A change is a newer value of one row; six of its cells say something else then. The changes come from a timer, the same
ones for the table and for the baseline, which keeps the newest of every row 60 times a second and counts. Lag is how
late a heartbeat of 10 ms beats on the loop; "own" is what of it is processor time of this process, not time that the
machine gave to others; CPU is that of the whole process, in per cent of a core. Medians of the rounds stand beside the
goals; the exit status is 1 above one of them, or when a cell does not show its newest value at the end
(docs/performance.md). With `profile` one round of each runs below the profiler instead.
"""

import asyncio
import cProfile
import os
import pstats
import random
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).parent.parent))

import qasync
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication

from app.domain import Exchange, Position, Product, SystemClock
from app.qt.bridge import Runner
from app.qt.desk import Desk
from app.qt.garbage import collected_here
from app.qt.models.board import Board
from app.qt.models.figures import Figures
from app.qt.models.positions import Held
from app.qt.panels.positions import PositionsPanel
from app.qt.run import set_up
from app.qt.tables.rows import Row
from app.qt.theme import Theme
from app.services.book_views import PositionsView
from app.services.views import AccountState, AccountView, Action

ROWS: Final = 2000
ACCOUNTS: Final = 4
SECONDS: Final = 3.0
ROUNDS: Final = 5
VALUES: Final = 8  # prepared values of each row, taken in turn
SEED: Final = 20261118
SIZE: Final = (1900, 1000)
BEAT_MS: Final = 10
FEED_MS: Final = 5

Put = Callable[[Row[Held]], None]


@dataclass(frozen=True)
class Case:
    """What is measured, and its goals: 99th percentile of the lag in ms, CPU in per cent of a core."""

    name: str
    rate: int
    lag: float
    cpu: float | None
    ordered: bool = False


CASES: Final = (
    Case("50,000 changes a second", 50_000, 16.0, None),
    Case("10,000 changes a second", 10_000, 16.0, 25.0),
    Case("1,000 a second, sorted by P&L and filtered", 1_000, 16.0, 25.0, ordered=True),
)


@dataclass(frozen=True)
class Measured:
    lag: float
    own: float
    worst: float
    cpu: float
    rate: float


class Baseline:
    """No table: the newest of every row, drained 60 times a second."""

    def __init__(self) -> None:
        self.newest: dict[Any, Row[Held]] = {}
        self.count = 0
        self.timer = QTimer()
        self.timer.timeout.connect(self.drain)
        self.timer.start(17)

    def put(self, row: Row[Held]) -> None:
        self.newest[row.key] = row

    def drain(self) -> None:
        self.count += len(self.newest)
        self.newest = {}


class Market:
    """Changes at a rate, in an order that the seed gives."""

    def __init__(self, values: list[list[Row[Held]]], order: list[int], put: Put, rate: int) -> None:
        self.values, self.order, self.put, self.rate = values, order, put, rate
        self.turns = [-1] * len(values)
        self.sent = 0
        self.began = time.perf_counter()
        self.timer = QTimer()
        self.timer.setTimerType(Qt.TimerType.PreciseTimer)
        self.timer.timeout.connect(self.send)
        self.timer.start(FEED_MS)

    def send(self) -> None:
        due = int((time.perf_counter() - self.began) * self.rate)
        values, turns, order, put = self.values, self.turns, self.order, self.put
        for number in range(self.sent, due):
            at = order[number & 0xFFFF]
            turns[at] = turn = (turns[at] + 1) % VALUES
            put(values[at][turn])
        self.sent = due

    def stop(self) -> list[Row[Held]]:
        """The newest value of every row that it changed."""
        self.timer.stop()
        return [values[turn] for values, turn in zip(self.values, self.turns, strict=True) if turn >= 0]


class Heartbeat:
    """How late a timer of 10 ms is."""

    def __init__(self) -> None:
        self.lags: list[float] = []
        self.owns: list[float] = []
        self.last, self.used = time.perf_counter(), time.process_time()
        self.timer = QTimer()
        self.timer.setTimerType(Qt.TimerType.PreciseTimer)
        self.timer.timeout.connect(self.beat)
        self.timer.start(BEAT_MS)

    def beat(self) -> None:
        now, used = time.perf_counter(), time.process_time()
        self.lags.append(max(0.0, (now - self.last) * 1000 - BEAT_MS))
        self.owns.append(max(0.0, (used - self.used) * 1000 - BEAT_MS))
        self.last, self.used = now, used

    def stop(self) -> tuple[float, float, float]:
        self.timer.stop()
        return statistics.quantiles(self.lags, n=100)[98], statistics.quantiles(self.owns, n=100)[98], max(self.lags)


def account(number: int) -> AccountView:
    return AccountView(
        user_id=f"a{number}", name=f"Account {number}", broker_type="zerodha", broker_label="Zerodha",
        client_id=f"AB{number}", colour="blue", state=AccountState.READY, action=Action.NONE, since=None,
        connected_at=None, token_since=None, token_expires_at=None, last_check_at=None, last_good_at=None,
        open_positions=None, error=None,
    )  # fmt: skip


def position(number: int) -> Position:
    average = Decimal(100 + number * 7) / 2
    return Position(
        symbol=f"NIFTY 30DEC26 {20000 + 50 * number} CE" if number % 2 else f"SHARE{number:04}",
        exchange=Exchange.NFO if number % 2 else Exchange.NSE,
        product=Product.NRML if number % 2 else Product.CNC,
        quantity=75 * (1 + number % 5),
        average_price=average,
        last_price=average,
        pnl=Decimal(0),
        realised=Decimal(number),
        unrealised=Decimal(0),
        broker_symbol=f"S{number}",
        close_price=average,
    )


def moved(held: Position, turn: int) -> Position:
    last = held.average_price + Decimal((turn * 37 + held.quantity) % 101 - 50) / 20
    gain = (last - held.average_price) * held.quantity
    return replace(held, last_price=last, unrealised=gain, pnl=held.realised + gain)


def made_page(theme: Theme, runner: Runner) -> PositionsPanel:
    """The real page over 2,000 rows of four accounts, with every column switched on."""
    kept = SimpleNamespace(get=lambda _: None, put=lambda *_: None)
    desk = Desk(SimpleNamespace(clock=SystemClock(), ui_state=kept), runner, theme, Board(), Figures())
    views = [account(number) for number in range(ACCOUNTS)]
    each = ROWS // ACCOUNTS
    now = desk.now()
    held = [
        PositionsView(view.user_id, tuple(position(at * each + n) for n in range(each)), now, current=True, error=None)
        for at, view in enumerate(views)
    ]
    desk.board.fill(views, held)
    page = PositionsPanel(desk)
    page.resize(*SIZE)
    page.show()
    page.refresh(now)
    for column in page.spec.columns:
        if column.optional:
            page.choose(page.choice.toggled(column.key, optional=True))
    return page


def prepared(page: PositionsPanel) -> list[list[Row[Held]]]:
    rows = [line.row for line in page.model.shown()]
    return [[replace(row, record=Held(moved(row.record.position, turn))) for turn in range(VALUES)] for row in rows]


async def run(case: Case, values: list[list[Row[Held]]], put: Put) -> tuple[Measured, list[Row[Held]]]:
    await asyncio.sleep(0.3)
    drawn = random.Random(SEED)
    order = [drawn.randrange(len(values)) for _ in range(1 << 16)]
    heart, market = Heartbeat(), Market(values, order, put, case.rate)
    began, cpu = time.perf_counter(), time.process_time()
    await asyncio.sleep(SECONDS)
    took, used = time.perf_counter() - began, time.process_time() - cpu
    newest = market.stop()
    return Measured(*heart.stop(), used / took * 100, market.sent / took), newest


async def one(
    case: Case, page: PositionsPanel, values: list[list[Row[Held]]], newest: dict[Any, Row[Held]]
) -> tuple[Measured, int]:
    """A round of a case, and how many cells do not say the newest value a moment after the last change."""
    page.choose(page.choice.sorted_by("pnl" if case.ordered else None, descending=True))
    page.filter.setText("nifty" if case.ordered else "")
    found, sent = await run(case, values, page.put)
    newest |= {row.key: row for row in sent}
    await asyncio.sleep(0.4)
    return found, wrong_cells(page, newest)


def wrong_cells(page: PositionsPanel, newest: dict[Any, Row[Held]]) -> int:
    wrong = 0
    for line in page.model.shown():
        for at, column in enumerate(page.spec.columns):
            wanted = column.text(newest.get(line.row.key, line.row), page.desk.figures)
            wrong += page.model.index(line.at, at).data() != wanted
    return wrong


async def baseline(case: Case, values: list[list[Row[Held]]]) -> Measured:
    drained = Baseline()
    found, _ = await run(case, values, drained.put)
    drained.timer.stop()
    return found


async def measure(theme: Theme, rounds: int) -> int:
    runner = Runner()
    page = made_page(theme, runner)
    values = prepared(page)
    tables: dict[str, list[Measured]] = {case.name: [] for case in CASES}
    bare: dict[str, list[Measured]] = {case.name: [] for case in CASES}
    newest: dict[Any, Row[Held]] = {}
    wrong = 0
    for _ in range(rounds):
        for case in CASES:
            page.hide()
            bare[case.name].append(await baseline(case, values))
            page.show()
            found, bad = await one(case, page, values, newest)
            tables[case.name].append(found)
            wrong += bad
    columns = len(page.view.columns.shown())
    print(f"{ROWS} rows, {columns} columns in sight, {page.view.visible_rows()[1] + 1} rows in sight, {rounds} rounds")
    missed = [case.name for case in CASES if not told(case, tables[case.name], bare[case.name])]
    print(f"cells that do not show the newest value: {wrong} (goal: 0)")
    page.close()
    await runner.close()
    return 1 if missed or wrong else 0


def told(case: Case, table: list[Measured], bare: list[Measured]) -> bool:
    def middle(found: list[Measured], what: str) -> float:
        return float(statistics.median(getattr(one, what) for one in found))

    lag, cpu, rate = middle(table, "lag"), middle(table, "cpu"), middle(table, "rate")
    goal = f", at most {case.cpu:.0f} %" if case.cpu is not None else ""
    print(f"{case.name}")
    own = middle(table, "own")
    print(f"  table     p99 lag {lag:5.1f} ms (at most {case.lag:.0f} ms), own {own:4.1f} ms, "
          f"worst {middle(table, 'worst'):5.1f} ms, CPU {cpu:4.1f} %{goal}, {rate:,.0f} changes a second")  # fmt: skip
    print(f"  no table  p99 lag {middle(bare, 'lag'):5.1f} ms, worst {middle(bare, 'worst'):5.1f} ms, "
          f"CPU {middle(bare, 'cpu'):4.1f} %")  # fmt: skip
    return lag <= case.lag and (case.cpu is None or cpu <= case.cpu) and rate >= case.rate * 0.98


async def profiled(theme: Theme) -> int:
    runner = Runner()
    page = made_page(theme, runner)
    values = prepared(page)
    for case in CASES:
        profile = cProfile.Profile()
        profile.enable()
        found, _ = await one(case, page, values, {})
        profile.disable()
        print(case.name, found)
        pstats.Stats(profile).sort_stats("tottime").print_stats(22)
    await runner.close()
    return 0


def main() -> int:
    """Measure, print, judge."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    app = QApplication(["kunji"])
    set_up(app)
    theme = Theme(app)
    theme.start()
    work = profiled(theme) if "profile" in sys.argv else measure(theme, rounds)
    with collected_here(), asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as loop:
        return loop.run(work)


if __name__ == "__main__":
    raise SystemExit(main())
