"""Rows of the instrument file, typed from section 8."""

from typing import Any


def row(**changes: Any) -> dict[str, Any]:
    """A share: strike -1, a tick of 10 paise."""
    return {
        "token": "2885",
        "symbol": "RELIANCE-EQ",
        "name": "RELIANCE",
        "expiry": "",
        "strike": "-1.000000",
        "lotsize": "1",
        "instrumenttype": "",
        "exch_seg": "NSE",
        "tick_size": "10.000000",
        "freeze_qty": "100000",
        "is_cas_enabled": False,
    } | changes


def contract(token: str, symbol: str, kind: str, expiry: str, **more: Any) -> dict[str, Any]:
    """A derivative on NIFTY."""
    usual = {"exch_seg": "NFO", "name": "NIFTY", "lotsize": "75", "tick_size": "5.000000", "freeze_qty": "1800"}
    return row(**usual | {"token": token, "symbol": symbol, "instrumenttype": kind, "expiry": expiry} | more)


def index(token: str, symbol: str, name: str, exchange: str = "NSE") -> dict[str, Any]:
    """An index: strike 0."""
    return row(token=token, symbol=symbol, name=name, exch_seg=exchange, strike="0.000000", instrumenttype="AMXIDX")


ROWS = (
    contract("49081", "NIFTY24NOV2626000CE", "OPTIDX", "24NOV2026", strike="2600000.000000"),
    row(),
    row(token="500325", symbol="RELIANCE", exch_seg="BSE", tick_size="5.000000"),
    row(token="11536", symbol="TCS-EQ", name="TCS"),
    row(token="2031", symbol="M&M-EQ", name="M&M"),
    row(token="25073", symbol="ARE&M-EQ", name="ARE&M"),
    row(token="16669", symbol="BAJAJ-AUTO-EQ", name="BAJAJ-AUTO", tick_size="50.000000"),
    row(token="14428", symbol="GTLINFRA-BE", name="GTLINFRA", tick_size="1.000000"),
    row(token="31001", symbol="SMALLCO-SM", name="SMALLCO", lotsize="600"),
    row(token="17402", symbol="RELIANCE-N0", name="RELIANCE", lotsize="100"),
    index("99926000", "Nifty 50", "NIFTY"),
    index("99926009", "Nifty Bank", "BANKNIFTY"),
    index("99919000", "SENSEX", "SENSEX", "BSE"),
    contract("35001", "NIFTY24NOV26FUT", "FUTIDX", "24NOV2026"),
    contract("49082", "NIFTY24NOV2626000PE", "OPTIDX", "24NOV2026", strike="2600000.000000"),
    contract("52001", "NIFTY01DEC2626000CE", "OPTIDX", "01DEC2026", strike="2600000.000000"),
    contract("61001", "ITC24NOV26402.5CE", "OPTSTK", "24NOV2026", strike="40250.000000", name="ITC", lotsize="1600"),
    contract(
        "871001", "SENSEX26NOVFUT", "FUTIDX", "26NOV2026", exch_seg="BFO", name="SENSEX", lotsize="20"
    ),
    contract("477169", "CRUDEOIL19NOV26FUT", "FUTCOM", "19NOV2026", exch_seg="MCX", name="CRUDEOIL", lotsize="100"),
    contract(
        "10093", "USDINR26NOV26FUT", "FUTCUR", "26NOV2026", exch_seg="CDS", name="USDINR", lotsize="1",
        tick_size="0.250000",
    ),
)  # fmt: skip
