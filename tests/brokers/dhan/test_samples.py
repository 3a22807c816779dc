"""Answers as they may really come, oddities included: what is harmless in one field never costs the whole answer."""

import io
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

import pytest

from app.brokers.base import Ability, BaseBroker
from app.brokers.dhan import mapping
from app.brokers.dhan.instruments import parse
from app.domain import Exchange, Instrument, Kind, OrderStatus, Product, SubState, WireSurprise
from tests.brokers.dhan import master, wire
from tests.brokers.dhan.support import READS, refusal
from tests.brokers.zerodha.server import ScriptedServer

FUTURE: Final = {"aNewField": {"deep": [1, None]}, "another": None}

# ---------------------------------------------------------------- the book

BANKNIFTY: Final = {
    "exchangeSegment": "NSE_FNO", "productType": "MARGIN", "tradingSymbol": "BANKNIFTY-Dec2026-57000-PE",
    "securityId": "54092", "drvExpiryDate": "2026-12-29", "drvStrikePrice": 57000.0, "quantity": 70,
}  # fmt: skip
ORDERS: Final[dict[str, tuple[dict[str, Any], tuple[object, ...]]]] = {
    "queued for the morning": (
        {"afterMarketOrder": True, "exchangeOrderId": "0", "correlationId": "NA", "omsErrorDescription": ""},
        (OrderStatus.PENDING, SubState.AMO, "", ""),
    ),
    "queued, nothing said of the exchange": (
        {"afterMarketOrder": True, "exchangeOrderId": None, "exchangeTime": None},
        (OrderStatus.PENDING, SubState.AMO, "KJ0123456789abcdef", ""),
    ),
    "a tag that Dhan made": (
        {"correlationId": f"{wire.CLIENT}-1780000000000"},
        (OrderStatus.OPEN, SubState.NONE, "", ""),
    ),
    "partly traded": (
        BANKNIFTY | {"orderStatus": "PART_TRADED", "filledQty": 35.0, "averageTradedPrice": 664.75},
        (OrderStatus.OPEN, SubState.PARTIAL, "KJ0123456789abcdef", ""),
    ),
    "refused": (
        {"orderStatus": "REJECTED", "omsErrorCode": None, "omsErrorDescription": "RMS:1: Fund limit insufficient"},
        (OrderStatus.REJECTED, SubState.NONE, "KJ0123456789abcdef", "RMS:1: Fund limit insufficient"),
    ),
    "ended with the day": (
        {"orderStatus": "EXPIRED", "remainingQuantity": 0, "legName": None, "boProfitValue": None},
        (OrderStatus.CANCELLED, SubState.EXPIRED, "KJ0123456789abcdef", ""),
    ),
    "a stop that waits": (
        {"orderType": "STOP_LOSS", "triggerPrice": 3350, "price": 3351, "algoId": 0},
        (OrderStatus.OPEN, SubState.TRIGGER_PENDING, "KJ0123456789abcdef", ""),
    ),
    "of a word from the order stream": (
        {"orderStatus": "Traded", "filledQty": 5, "price": None, "triggerPrice": None},
        (OrderStatus.COMPLETE, SubState.NONE, "KJ0123456789abcdef", ""),
    ),
    "of a cover order": (
        {"productType": "CO", "legName": "ENTRY_LEG", "orderStatus": "TRIGGERED"},
        (OrderStatus.OPEN, SubState.NONE, "KJ0123456789abcdef", ""),
    ),
}


@pytest.mark.parametrize("case", ORDERS)
async def test_an_order_is_read_as_it_may_come(fresh: BaseBroker, server: ScriptedServer, case: str) -> None:
    changes, expected = ORDERS[case]
    READS["orders"].script(server, [wire.order(), wire.order(**changes | FUTURE)])

    row = (await fresh.get_orders())[1]

    assert (row.status, row.sub_state, row.tag, row.message) == expected


async def test_a_trade_of_an_option_is_read_under_its_own_symbol(fresh: BaseBroker, server: ScriptedServer) -> None:
    READS["trades"].script(server, [wire.trade(**BANKNIFTY | {"tradedQuantity": 35, "tradedPrice": 664.75} | FUTURE)])

    [row] = await fresh.get_trades()

    assert (row.symbol, row.exchange, row.quantity) == ("BANKNIFTY-Dec2026-57000-PE", Exchange.NFO, 35)


# ---------------------------------------------------------------- positions, holdings, funds

POSITIONS: Final[dict[str, tuple[dict[str, Any], tuple[object, ...]]]] = {
    "carried forward, sub-paisa": (
        BANKNIFTY | {"netQty": -70, "costPrice": 664.7142857142857, "carryForwardSellQty": 70, "positionType": "SHORT"},
        (Product.NRML, -70, Decimal("664.7142857142857"), "BANKNIFTY-Dec2026-57000-PE"),
    ),
    "whole numbers with a point": (
        {"netQty": 40.0, "multiplier": 1.0, "costPrice": 3215},
        (Product.CNC, 40, Decimal(3215), "TCS"),
    ),
    "closed": (
        {"netQty": 0, "positionType": "CLOSED", "costPrice": 0, "unrealizedProfit": 0},
        (Product.CNC, 0, Decimal(0), "TCS"),
    ),
    "nothing said of the multiplier": (
        {"multiplier": None, "crossCurrency": None, "drvExpiryDate": None},
        (Product.CNC, 40, Decimal(3215), "TCS"),
    ),
    "without a symbol": ({"tradingSymbol": "NA", "productType": "MTF"}, (Product.MTF, 40, Decimal(3215), "11536")),
}


@pytest.mark.parametrize("more", [{}, FUTURE], ids=["as documented", "with more"])
@pytest.mark.parametrize("case", POSITIONS)
async def test_a_position_is_read_as_it_may_come(
    fresh: BaseBroker, server: ScriptedServer, case: str, more: dict[str, Any]
) -> None:
    changes, expected = POSITIONS[case]
    READS["positions"].script(server, [wire.position(**changes | more)])

    [first], [second] = await fresh.get_positions(), await fresh.get_positions()  # the second one quickly

    assert (first.product, first.quantity, first.average_price, first.symbol) == expected
    assert first == second


HOLDINGS: Final[dict[str, tuple[dict[str, Any], tuple[object, ...]]]] = {
    "half unsettled": ({"totalQty": 2, "dpQty": 1, "t1Qty": 1, "availableQty": 2}, ("HDFCBANK", 1, 1, 0)),
    "half unsettled, not available": ({"totalQty": 2, "t1Qty": 1, "availableQty": 1}, ("HDFCBANK", 1, 1, 0)),
    "listed nowhere any more": (
        {"tradingSymbol": None, "securityId": "0", "t1Qty": 0, "lastTradedPrice": 0},
        ("INE040A01034", 1000, 0, 0),
    ),
    "pledged, in whole numbers with a point": (
        {"totalQty": 10.0, "t1Qty": None, "availableQty": 4.0, "collateralQty": 6.0},
        ("HDFCBANK", 4, 0, 6),
    ),
}


@pytest.mark.parametrize("case", HOLDINGS)
def test_a_holding_is_read_as_it_may_come(case: str) -> None:
    changes, expected = HOLDINGS[case]

    [(row, _)] = mapping.holdings([_exact(wire.holding(**changes | FUTURE))])

    assert (row.symbol, row.free, row.t1, row.pledged) == expected


def test_funds_may_be_negative_and_hold_more_than_is_known() -> None:
    funds = mapping.funds(_exact(wire.funds(availabelBalance=-12.35, sodLimit=None, **FUTURE)))

    assert (funds.available, funds.opening) == (Decimal("-12.35"), None)


def _exact(row: dict[str, Any]) -> dict[str, Any]:
    return {name: Decimal(str(value)) if isinstance(value, float) else value for name, value in row.items()}


# ---------------------------------------------------------------- prices and what is refused


async def test_a_price_that_is_null_is_none_and_costs_no_other(broker: BaseBroker, server: ScriptedServer) -> None:
    wanted = [("RELIANCE", Exchange.NSE), ("TCS", Exchange.NSE), ("M&M", Exchange.BSE)]
    rows = {"2885": wire.quoted(1540) | FUTURE, "11536": {"last_price": None}}
    READS["quotes"].script(server, wire.prices(NSE_EQ=rows, BSE_EQ={}))

    quotes = await broker.get_quotes(wanted)

    assert set(quotes.found) == {wanted[0]}
    assert quotes.missing == tuple(wanted[1:])


@pytest.mark.parametrize("status", [200, 400, 401])
@pytest.mark.parametrize(
    "body",
    [
        {"errorCode": 806, "errorMessage": "Data APIs not subscribed"},
        {"errorType": "Data", "errorCode": "806", "errorMessage": ""},
        {"data": {"806": "Data APIs not subscribed"}},
        {"data": {"806": None}, "status": "failed"},
        {"errorType": "", "errorCode": "DH-902", "errorMessage": "No access"},
    ],
)
async def test_without_the_plan_prices_are_missing_and_nothing_else(
    broker: BaseBroker, server: ScriptedServer, body: dict[str, Any], status: int
) -> None:
    READS["quotes"].script(server, body, status=status)

    assert (await refusal(READS["quotes"].ask(broker))).kind == "not_subscribed"

    assert set(broker.missing) == {Ability.QUOTES}
    assert await broker.validate()


# ---------------------------------------------------------------- the masters

SHARE: Final = master.cash("NSE", "2885", "RELIANCE", "INE002A01018", tick="10.0")
CALL: Final = master.option("52001", "2026-12-01", "26000", "CE", "NIFTY-Dec2026-26000-CE")
MANY: Final = tuple(
    replace(SHARE, number=str(number), symbol=f"MADEUP{number}") for number in range(1, 301)
)  # so that a few odd rows are few
ODD: Final = {
    "no tick": replace(SHARE, tick=""),
    "a tick that is not given": replace(SHARE, tick="NA"),
    "no lot": replace(SHARE, lot=""),
    "no ticker": replace(SHARE, symbol="", underlying=""),
    "an option that is neither": replace(CALL, option="XX"),
    "an option without a strike": replace(CALL, strike=""),
    "a future without a day": replace(CALL, instrument="FUTIDX", expiry="0001-01-01"),
    "an id of letters": replace(CALL, number="52A"),
    "another segment": replace(SHARE, segment="Q"),
    "another exchange": replace(SHARE, exchange="NCDEX"),
    "another instrument": replace(CALL, instrument="FUTIRC"),
}
WRITE: Final[dict[str, Callable[[tuple[master.Row, ...]], str]]] = {
    "detailed": master.detailed,
    "compact": master.compact,
}


def _read(text: str | bytes) -> list[Instrument]:
    return list(parse(io.BufferedReader(io.BytesIO(text if isinstance(text, bytes) else text.encode()))))


@pytest.mark.parametrize("write", WRITE)
@pytest.mark.parametrize("name", ODD)
def test_an_odd_row_is_passed_over_where_it_is_one_of_few(name: str, write: str) -> None:
    found = _read(WRITE[write]((CALL, ODD[name], *MANY)))

    assert len(found) == 1 + len(MANY)


def test_many_odd_rows_are_no_master() -> None:
    with pytest.raises(WireSurprise, match="5 of 305 rows"):
        _read(master.detailed((*MANY, *[ODD["no tick"]] * 5)))


SORTS: Final = {
    "a share of a small company": (
        replace(SHARE, number="1", symbol="SMALLCO", series="SM", lot="1200.0"),
        ("SMALLCO-SM", Kind.CASH, 1200, "0.1"),
    ),
    "a state's bond": (
        replace(SHARE, number="2", symbol="754KL36", series="SG", kind="DBT", lot="100.0", tick="1.0"),
        ("754KL36-SG", Kind.CASH, 100, "0.01"),
    ),
    "an index without lot and tick": (
        replace(master.index("BSE", "51", "SENSEX"), tick="NA", lot="", expiry="NA"),
        ("SENSEX", Kind.INDEX, 1, "0"),
    ),
    "a commodity's option": (
        master.Row(
            "MCX", "M", "3", "OPTFUT", "GOLD-31Dec2026-163500-CE", "GOLD 31 DEC 163500 CALL", "1.0", "2026-12-31",
            "163500.00000", "CE", "50.0", "M", "OP", "NA", underlying="GOLD",
        ),
        ("GOLD 31DEC26 163500 CE", Kind.CALL, 1, "0.5"),
    ),
    "a currency's future": (
        master.Row(
            "BSE", "C", "4", "FUTCUR", "USDINR-Dec2026-FUT", "USDINR DEC FUT", "1.0", "2026-12-29", "-0.01000", "XX",
            "0.2500", "M", "FUT", "NA", underlying="USDINR",
        ),
        ("USDINR 29DEC26 FUT", Kind.FUTURE, 1, "0.0025"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("write", WRITE)
@pytest.mark.parametrize("name", SORTS)
def test_a_row_is_read_as_it_may_come(name: str, write: str) -> None:
    row, (symbol, kind, lot, tick) = SORTS[name]

    [found] = _read(WRITE[write]((row,)))

    assert (found.symbol, found.kind, found.lot_size, found.tick_size) == (symbol, kind, lot, Decimal(str(tick)))


PLAIN: Final = master.detailed()
SAME: Final[dict[str, str | bytes]] = {
    "byte order mark": b"\xef\xbb\xbf" + PLAIN.encode(),
    "ends of lines of Windows": PLAIN.replace("\n", "\r\n"),
    "empty lines at the end": PLAIN + "\n\n",
    "no end of the last line": PLAIN.rstrip("\n"),
    "commas in a name": PLAIN.replace("TCS LIMITED", '"TCS, ""LIMITED"""'),
    "more columns": "".join(f"{line},100.0\n" for line in PLAIN.splitlines()),
}


@pytest.mark.parametrize("name", SAME)
def test_a_file_written_another_way_says_the_same(name: str) -> None:
    assert [row.symbol for row in _read(SAME[name])] == [row.symbol for row in _read(PLAIN)]


@pytest.mark.parametrize("cut", range(4, 44, 4))
def test_a_file_cut_in_its_last_row_is_refused_however_long_it_is(cut: int) -> None:
    with pytest.raises(WireSurprise):
        _read(master.detailed((*MANY, *master.ROWS))[: -1 - cut])
