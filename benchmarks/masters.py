"""What the benchmarks of the instrument store share: the masters of the four brokers at their real size.

Kite's has its real shape: shares and bonds of two exchanges, index options of many strikes and expiries, stock options
of three months. The others are those of the simulators. All names are invented, the same at every run.
"""

import asyncio
import csv
import io
import json
import random
import string
import sys
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from app.brokers.angel_one import instruments as angel_one  # noqa: E402 - the project is not installed
from app.brokers.dhan import instruments as dhan  # noqa: E402 - see above
from app.brokers.fyers import instruments as fyers  # noqa: E402 - see above
from app.brokers.packed import Packed  # noqa: E402 - see above
from app.brokers.zerodha import instruments as zerodha  # noqa: E402 - see above
from app.domain import Instrument  # noqa: E402 - see above

SIZES = {"zerodha": 117_000, "dhan": 220_000, "fyers": 90_000, "angel_one": 165_000}  # rows
_CHUNK = 64 * 1024

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


def files(broker: str) -> dict[str, bytes]:
    """The files of `broker`'s master, as its server sends them."""
    from app.simulators.angel_one.master import AngelMaster
    from app.simulators.dhan.master import DhanMaster
    from app.simulators.fyers.files import NAMES, Files
    from app.simulators.fyers.symbols import Symbols

    if broker == "zerodha":
        return {"instruments": kite_master(SIZES[broker])}
    if broker == "dhan":
        return {"detailed": DhanMaster(DAY, rows=SIZES[broker]).text(detailed=True)}
    if broker == "fyers":
        made = Files(Symbols(DAY), rows=SIZES[broker])
        return {name: made.get(name, ".csv") or b"" for name in NAMES.values()}
    return {"scrips": AngelMaster(DAY, rows=SIZES[broker]).text()}


async def instruments(broker: str, sources: Mapping[str, Path]) -> Iterator[Instrument]:
    """What `broker`'s adapter makes of the files, read bit by bit as they come from a line."""
    if broker == "zerodha":
        return zerodha.parse(next(iter(sources.values())).read_bytes())
    packed = [(name, await _packed(source)) for name, source in sources.items()]
    if broker == "fyers":
        return fyers.parse(packed)
    parse = dhan.parse if broker == "dhan" else angel_one.parse
    return parse(packed[0][1].open())


async def _packed(source: Path) -> Packed:
    packed = Packed()
    with source.open("rb") as file:
        while chunk := file.read(_CHUNK):
            packed.write(chunk)
            await asyncio.sleep(0)
    packed.finish()
    return packed


def one_pass(body: bytes) -> object:
    """Read the bytes once with the standard parser and keep nothing: the least that any load does."""
    if body.startswith(b"["):
        return json.loads(body)
    rows = csv.reader(io.TextIOWrapper(io.BytesIO(body), encoding="utf-8", newline=""))
    return sum(1 for _ in rows)
