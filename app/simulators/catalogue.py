"""What the demo exchange lists: invented, but with every peculiarity that the protocol sheet names (section 8)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Final

from app.simulators.expiries import THURSDAY, TUESDAY, dated_expiry, monthly_expiry, symbol_of, weekly_expiries
from app.simulators.listing import Contract, Sort


def _rows(table: str) -> tuple[tuple[str, ...], ...]:
    """The lines of a table, cells between bars."""
    return tuple(tuple(cell.strip() for cell in line.split("|")) for line in table.strip().splitlines())


_INDICES: Final = (
    ("NSE", "NIFTY 50", "NIFTY", "26050"), ("NSE", "NIFTY BANK", "BANKNIFTY", "59300"),
    ("NSE", "INDIA VIX", "INDIA VIX", "13"), ("NSE", "NIFTY FIN SERVICE", "FINNIFTY", "27400"),
    ("BSE", "SENSEX", "SENSEX", "85200"),
)  # fmt: skip
INDEX_NAMES: Final = frozenset(name for _, _, name, _ in _INDICES)
"""Underlyings that are no shares."""

_STOCKS: Final = _rows(
    """
    RELIANCE | RELIANCE INDUSTRIES | 1540
    INFY | INFOSYS | 1542
    SBIN | STATE BANK OF INDIA | 979
    HDFCBANK | HDFC BANK | 1003
    ICICIBANK | ICICI BANK | 1378
    TATASTEEL | TATA STEEL | 170
    BAJFINANCE | BAJAJ FINANCE | 1010
    BAJAJ-AUTO | BAJAJ AUTO | 9100
    M&M | MAHINDRA & MAHINDRA | 3700
    M&MFIN | M&M FINANCIAL SERVICES | 310
    J&KBANK | JAMMU & KASHMIR BANK | 104
    TCS | TCS | 3120
    ITC | ITC | 405
    LT | LARSEN & TOUBRO | 4010
    WIPRO | WIPRO | 244
    ONGC | ONGC | 247
    NTPC | NTPC | 326
    AXISBANK | AXIS BANK | 1270
    KOTAKBANK | KOTAK MAHINDRA BANK | 2100
    HINDUNILVR | HINDUSTAN UNILEVER | 2430
    MARUTI | MARUTI SUZUKI | 15900
    SUNPHARMA | SUN PHARMA | 1780
    TITAN | TITAN COMPANY | 3900
    ASIANPAINT | ASIAN PAINTS | 2870
    ULTRACEMCO | ULTRATECH CEMENT | 11700
    POWERGRID | POWER GRID | 277
    COALINDIA | COAL INDIA | 378
    BHARTIARTL | BHARTI AIRTEL | 2140
    HCLTECH | HCL TECHNOLOGIES | 1610
    TECHM | TECH MAHINDRA | 1455
    ADANIENT | ADANI ENTERPRISES | 2400
    JSWSTEEL | JSW STEEL | 1150
    HINDALCO | HINDALCO | 800
    GRASIM | GRASIM | 2740
    CIPLA | CIPLA | 1515
    DRREDDY | DR REDDYS | 1245
    EICHERMOT | EICHER MOTORS | 7200
    HEROMOTOCO | HERO MOTOCORP | 5900
    BRITANNIA | BRITANNIA | 5830
    NESTLEIND | NESTLE INDIA | 1260
    MRF | MRF | 152000
    IDEA | VODAFONE IDEA | 10
    YESBANK | YES BANK | 23
    NIFTYBEES | NIPPON NIFTY ETF | 294
    """
)
_SERIES: Final = _rows(
    """
    S&SPOWER-BE | S&S POWER SWITCHGEARS | 310 | 1
    GTLINFRA-BE | GTL INFRASTRUCTURE | 2 | 1
    RCOM-BZ | RELIANCE COMMUNICATIONS | 1 | 1
    DEMOSME-SM | DEMO SME | 85 | 1600
    DEMOST-ST | DEMO ST | 140 | 800
    738KA35-SG |  | 102 | 100
    712MH34-SG |  | 101 | 100
    699GS51-GS |  | 98 | 100
    91D180227-TB |  | 98 | 100
    SGBDE30III-GB | 2.5%GOLDBONDS2030 | 12800 | 1
    754IRFC34-N1 |  | 1110 | 1
    """
)
_BSE: Final = ("RELIANCE", "INFY", "SBIN", "HDFCBANK", "ICICIBANK", "TATASTEEL", "M&M", "BAJAJ-AUTO", "TCS", "ITC")
_STOCK_FUTURES: Final = (
    ("RELIANCE", 500), ("INFY", 400), ("SBIN", 750), ("TATASTEEL", 5500), ("M&M", 200), ("BAJAJ-AUTO", 75),
)  # fmt: skip
_COMMODITIES: Final = (
    ("CRUDEOIL", "5210", "1", 100, 19), ("GOLDM", "124800", "1", 10, 5), ("SILVERM", "158000", "1", 5, 28),
    ("NATURALGAS", "402.5", "0.1", 1250, 24), ("COPPER", "1012", "0.05", 2500, 28),
)  # fmt: skip
_STOCK_LOTS: Final = dict(_STOCK_FUTURES)
_LOTS: Final = {"NIFTY": (75, 1800), "BANKNIFTY": (35, 600), "SENSEX": (20, 1000)}
_CURRENCY_UNITS: Final = 1000


def listed(day: date) -> Iterator[Contract]:
    """Every contract of `day`, without tokens."""
    yield from _cash()
    yield from _index_derivatives(day)
    yield from _stock_derivatives(day)
    yield from _other_segments(day)


def padding(number: int) -> Iterator[Contract]:
    """As many state loans as a file of full size needs (they are most of the real one)."""
    for serial in range(max(number, 0)):
        yield Contract("NSE", f"7{serial:06d}XX-SG", "", Sort.CASH, 0, Decimal(100), Decimal("0.01"), 100)


def _cash() -> Iterator[Contract]:
    for exchange, symbol, name, base in _INDICES:
        yield Contract(exchange, symbol, name, Sort.INDEX, 0, Decimal(base), title=symbol)
    for symbol, title, base in _STOCKS:
        yield _share("NSE", symbol, title, base)
        if symbol in _BSE:
            yield _share("BSE", symbol, title, base)
    for symbol, title, base, lot in _SERIES:
        yield _share("NSE", symbol, title, base, int(lot))


def _share(exchange: str, symbol: str, title: str, base: str, lot: int = 1) -> Contract:
    price = Decimal(base)
    return Contract(exchange, symbol, symbol, Sort.CASH, 0, price, _tick(price), lot, title=title)


def _tick(price: Decimal) -> Decimal:
    """By price band (sheet section 8: 0.01 to 5 on NSE, never a constant)."""
    bands = ((250, "0.01"), (1000, "0.05"), (5000, "0.1"), (10000, "0.5"), (20000, "1"))
    return next((Decimal(tick) for limit, tick in bands if price < limit), Decimal(5))


def _index_derivatives(day: date) -> Iterator[Contract]:
    for exchange, name, base, weekday in (
        ("NFO", "NIFTY", Decimal(26050), TUESDAY),
        ("NFO", "BANKNIFTY", Decimal(59300), TUESDAY),
        ("BFO", "SENSEX", Decimal(85200), THURSDAY),
    ):
        months = [monthly_expiry(day, ahead, weekday=weekday) for ahead in range(3)]
        weeks = [] if name == "BANKNIFTY" else [one for one in weekly_expiries(day, weekday, 3) if one not in months]
        for expiry in months:
            yield _future(exchange, name, base, expiry, lot=_LOTS[name][0], freeze=_LOTS[name][1])
        for expiry in (*weeks, *months[: len(months) - bool(weeks)]):
            step = Decimal(50 if name == "NIFTY" else 100)
            yield from _chain(exchange, name, base, expiry, step, weekly=expiry in weeks)


def _future(exchange: str, name: str, base: Decimal, expiry: date, *, lot: int, freeze: int = 40_000) -> Contract:
    symbol = symbol_of(name, expiry, None, Sort.FUTURE, weekly=False)
    tick = Decimal("0.1")
    return Contract(exchange, symbol, name, Sort.FUTURE, 0, base, tick, lot, expiry, freeze=freeze, title=name)


def _chain(
    exchange: str, name: str, base: Decimal, expiry: date, step: Decimal, *, weekly: bool, reach: int = 5
) -> Iterator[Contract]:
    """Calls and puts around the base, `reach` strikes to each side, with wider steps further out."""
    lot, freeze = _LOTS.get(name, (_STOCK_LOTS.get(name, 1), 40_000))
    middle = (base / step).quantize(Decimal(1)) * step
    for place in range(-reach, reach + 1):
        strike = middle + place * step
        for sort in (Sort.CALL, Sort.PUT):
            symbol = symbol_of(name, expiry, strike, sort, weekly=weekly)
            yield Contract(
                exchange, symbol, name, sort, 0, base, Decimal("0.05"), lot, expiry, strike, freeze=freeze, title=name
            )  # fmt: skip


def _stock_derivatives(day: date) -> Iterator[Contract]:
    bases = {symbol: Decimal(base) for symbol, _, base in _STOCKS}
    for name, lot in _STOCK_FUTURES:
        for ahead in range(2):
            yield _future("NFO", name, bases[name], monthly_expiry(day, ahead), lot=lot)
    yield from _chain("NFO", "RELIANCE", bases["RELIANCE"], monthly_expiry(day), Decimal(20), weekly=False, reach=3)
    yield from _chain("NFO", "M&M", bases["M&M"], monthly_expiry(day), Decimal(50), weekly=False, reach=2)
    yield from _chain(
        "NFO", "TATASTEEL", bases["TATASTEEL"], monthly_expiry(day), Decimal("2.5"), weekly=False, reach=2
    )


def _other_segments(day: date) -> Iterator[Contract]:
    """MCX and CDS, whose quantity counts lots (sheet section 4)."""
    for name, base, tick, units, last_day in _COMMODITIES:
        for ahead in range(2):
            future = _future("MCX", name, Decimal(base), dated_expiry(day, last_day, ahead), lot=1, freeze=100)
            yield replace(future, tick=Decimal(tick), units=units)
    for ahead in range(2):
        future = _future("CDS", "USDINR", Decimal("88.6"), monthly_expiry(day, ahead), lot=1, freeze=10_000)
        yield replace(future, tick=Decimal("0.0025"), units=_CURRENCY_UNITS)
