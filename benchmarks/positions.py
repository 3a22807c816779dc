"""Processor time of one call: Zerodha's positions and order book as domain objects, beside kiteconnect's own call.

    .venv/bin/python benchmarks/positions.py [rounds]

Both ask the same server on this machine, a process of its own with ready-made answers, in turn within each round; after
one warm-up round the medians of the rounds and their ratios are printed, and the exit status is 1 above a goal
(docs/performance.md). kiteconnect gives dictionaries, Kunji checked objects with exact numbers, from the event loop.
A clock that never makes the limiter wait stands in for the real one: pacing is not what is measured.
"""

import asyncio
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from app.brokers import BaseBroker, create_broker  # noqa: E402 - the project is not installed
from app.domain import Credentials, Secret  # noqa: E402 - see above

GOALS = {"positions, 10 rows": 1.25, "positions, 500 rows": 1.25, "order book, 500 rows": 0.15}
CALLS = {"positions, 10 rows": 150, "positions, 500 rows": 30, "order book, 500 rows": 12}
POSITION = {
    "tradingsymbol": "S", "exchange": "NFO", "instrument_token": 738561, "product": "NRML", "quantity": 75,
    "overnight_quantity": 0, "multiplier": 1, "average_price": 1440.05, "close_price": 1432.8, "last_price": 1450.1,
    "value": -108003.75, "pnl": 753.7499999999, "m2m": 753.75, "unrealised": 753.75, "realised": 0,
    "buy_quantity": 75, "buy_price": 1440.05, "buy_value": 108003.75, "buy_m2m": 108003.75, "sell_quantity": 0,
    "sell_price": 0, "sell_value": 0, "sell_m2m": 0, "day_buy_quantity": 75, "day_buy_price": 1440.05,
    "day_buy_value": 108003.75, "day_sell_quantity": 0, "day_sell_price": 0, "day_sell_value": 0,
}  # fmt: skip
ORDER = {
    "account_id": "AB1234", "placed_by": "AB1234", "order_id": "1993231240000000001",
    "exchange_order_id": "1300000001234567", "parent_order_id": None, "status": "COMPLETE", "status_message": None,
    "status_message_raw": None, "order_timestamp": "2026-11-20 10:31:05",
    "exchange_update_timestamp": "2026-11-20 10:31:05", "exchange_timestamp": "2026-11-20 10:31:05",
    "variety": "regular", "modified": False, "exchange": "NFO", "tradingsymbol": "S", "instrument_token": 738561,
    "order_type": "LIMIT", "transaction_type": "BUY", "validity": "DAY", "validity_ttl": 0, "product": "NRML",
    "quantity": 75, "disclosed_quantity": 0, "price": 1440.5, "trigger_price": 0, "average_price": 1440.05,
    "filled_quantity": 75, "pending_quantity": 0, "cancelled_quantity": 0, "market_protection": 0, "meta": {},
    "tag": None, "guid": "01XTeZP4iDb9Tj1",
}  # fmt: skip
SERVER = """
import socketserver, sys

class Talk(socketserver.StreamRequestHandler):
    def handle(self):
        while (line := self.rfile.readline()):
            while self.rfile.readline() not in (b"\\r\\n", b""):
                pass
            with open(sys.argv[1] + line.split()[1].decode(), "rb") as file:
                body = file.read()
            self.wfile.write(b"HTTP/1.1 200 OK\\r\\nContent-Type: application/json\\r\\nContent-Length: %d\\r\\n\\r\\n"
                             % len(body) + body)

class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True

with Server(("127.0.0.1", 0), Talk) as server:
    print(server.server_address[1], flush=True)
    server.serve_forever()
"""


class Unhurried:
    """A clock on which a second passes at every look."""

    def __init__(self) -> None:
        self._seconds = 0.0

    def now(self) -> datetime:
        """Now."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """One more second."""
        self._seconds += 1
        return self._seconds

    async def sleep(self, seconds: float) -> None:
        """Not at all."""


def answers(folder: Path, rows: int) -> None:
    """Write what the server answers."""
    positions = [POSITION | {"tradingsymbol": f"NIFTY26DEC{20000 + 50 * number}CE"} for number in range(rows)]
    orders = [ORDER | {"order_id": str(1993231240000000000 + number)} for number in range(rows)]
    bodies = {"user/profile": {"user_id": "AB1234", "user_name": "A"}, "orders": orders}
    bodies["portfolio/positions"] = {"net": positions, "day": []}
    for path, data in bodies.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps({"status": "success", "data": data}, separators=(",", ":")))


async def spent(call: Callable[[], Awaitable[object]], number: int) -> float:
    """Microseconds of processor time a call, all threads together."""
    began = time.process_time()
    for _ in range(number):
        await call()
    return (time.process_time() - began) / number * 1e6


async def compare(rounds: int, base_url: str, name: str) -> float:
    """Measure `name` at both and print it; the ratio of the medians."""
    from kiteconnect import KiteConnect  # noqa: PLC0415 - what it costs to load is not measured

    theirs = KiteConnect(api_key="key", access_token="token", root=base_url)
    ours = create_broker("zerodha", base_url=base_url, clock=Unhurried())
    await ours.connect(Credentials(Secret("key"), Secret("secret"), Secret("token"), "AB1234"))
    kite, kunji = _calls(theirs, ours, name)
    times = [(await spent(kite, CALLS[name]), await spent(kunji, CALLS[name])) for _ in range(rounds + 1)]
    await ours.close()
    medians = [statistics.median(measured) for measured in zip(*times[1:], strict=True)]
    ratio = medians[1] / medians[0]
    print(f"{name:22} kiteconnect {medians[0]:8.0f} us  kunji {medians[1]:8.0f} us  ratio {ratio:.2f}"
          f" (goal: at most {GOALS[name]:.2f})")  # fmt: skip
    return ratio


def _calls(theirs: Any, ours: BaseBroker, name: str) -> tuple[Callable[[], Awaitable[object]], ...]:
    book = name.startswith("order book")

    async def kite() -> object:
        return theirs.orders() if book else theirs.positions()

    return kite, ours.get_orders if book else ours.get_positions


def main() -> int:
    """Measure, print, judge."""
    import tempfile  # noqa: PLC0415 - only here

    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    good = True
    for name, goal in GOALS.items():
        with tempfile.TemporaryDirectory() as folder:
            answers(Path(folder), int(name.split()[-2]))
            command = [sys.executable, "-c", SERVER, f"{folder}"]
            with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
                assert server.stdout is not None
                base_url = f"http://127.0.0.1:{int(server.stdout.readline())}"
                good &= asyncio.run(compare(rounds, base_url, name)) <= goal
                server.terminate()
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
