"""What the benchmarks of the instrument store share: a master of full size, and a place to keep it.

The file has the shape of Kite's: shares and bonds of two exchanges, index options of many strikes and expiries, stock
options of three months; invented names, the same at every run.
"""

import csv
import io
import random
import string
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

HEADER = (
    "instrument_token,exchange_token,tradingsymbol,name,last_price,expiry,strike,tick_size,lot_size,instrument_type,"
    "segment,exchange"
)
DAY = date(2026, 11, 20)
CASH = 9_500  # rows an exchange
INDICES = ("NIFTY", "BANKNIFTY", "FINNIFTY", "MIDCPNIFTY", "SENSEX")
KNOWN = ("RELIANCE", "M&M", "BAJAJ-AUTO", "INFY", "RELIGARE", "M&MFIN", "HDFCBANK", "CESC")
STOCKS = 215  # with derivatives


def kite_master(rows: int) -> bytes:
    """The CSV of about `rows` rows."""
    lines = [HEADER, *_cash()]
    strikes = (rows - len(lines)) // (2 * (len(INDICES) * 12 + STOCKS * 3))
    for number, line in enumerate(_contracts(strikes), start=len(lines)):
        lines.append(f"{number * 256 + 2},{number},{line}")
    return ("\n".join(lines[: rows + 1]) + "\n").encode()


def _names() -> Iterator[str]:
    yield from KNOWN
    letters = random.Random(7)
    while True:
        yield "".join(letters.choice(string.ascii_uppercase) for _ in range(letters.randint(6, 11)))


def _cash() -> Iterator[str]:
    for serial, index in enumerate(("NIFTY 50", "NIFTY BANK", "NIFTY FIN SERVICE", "INDIA VIX")):
        yield f'{serial * 256 + 9},{serial},{index},"{index}",0,,0,0,0,EQ,INDICES,NSE'
    for exchange, byte in (("NSE", 1), ("BSE", 4)):
        seen: dict[str, int] = {}
        for name in _names():
            number = seen.setdefault(name, len(seen) + 1000)
            suffix = "-SG" if exchange == "NSE" and number % 5 < 2 and name not in KNOWN else ""
            yield f'{number * 256 + byte},{number},{name}{suffix},"{name} LIMITED",0,,0,0.05,1,EQ,{exchange},{exchange}'
            if len(seen) == CASH:
                break


def _contracts(strikes: int) -> Iterator[str]:
    stocks = [name for name, _ in zip(_names(), range(STOCKS), strict=False)]
    for name in (*INDICES, *stocks):
        exchange = "BFO" if name == "SENSEX" else "NFO"
        for ahead in range(12 if name in INDICES else 3):
            expiry = DAY + timedelta(days=4 + 7 * ahead)
            stem = f"{name}{expiry:%y}{expiry.month:X}{expiry:%d}"
            yield f'{stem}FUT,"{name}",0,{expiry},0,0.05,75,FUT,{exchange}-FUT,{exchange}'
            for step in range(strikes):
                strike = 20_000 + 50 * step
                for kind in ("CE", "PE"):
                    fields = f'{stem}{strike}{kind},"{name}",0,{expiry},{strike},0.05,75'
                    yield f"{fields},{kind},{exchange}-OPT,{exchange}"


def csv_pass(body: bytes) -> int:
    """Read the bytes once with the standard parser and keep nothing: the least that any load does."""
    rows = csv.reader(io.TextIOWrapper(io.BytesIO(body), encoding="utf-8", newline=""))
    return sum(1 for _ in rows)
