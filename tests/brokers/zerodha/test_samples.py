"""Answers as they may really come, oddities included: what is harmless in one field never costs the whole answer."""

from decimal import Decimal
from typing import Any, Final

import pytest

from app.brokers.base import BaseBroker
from app.brokers.zerodha import instruments, mapping
from app.domain import Exchange, Kind, OrderStatus, Position, Product, SubState, WireSurprise
from tests.brokers.zerodha import books, rows, wire
from tests.brokers.zerodha.server import ScriptedServer
from tests.brokers.zerodha.support import READS
from tests.brokers.zerodha.test_instruments import HEADER, ROWS

FUTURE: Final = {"a_new_field": {"deep": [1, None]}, "another": None}

# ---------------------------------------------------------------- positions: what is booked and what is open

LONG: Final = {"quantity": 50, "average_price": 100, "last_price": 105}
HALF_SOLD: Final = LONG | {"pnl": 750, "unrealised": 750, "realised": 0}  # 50 of 100 were sold at 110
SPLIT: Final[dict[str, tuple[dict[str, Any], tuple[str, str]]]] = {
    "closed, all called unrealised": ({"quantity": 0, "pnl": 640, "unrealised": 640, "realised": 0}, ("640", "0")),
    "closed with a loss": ({"quantity": 0, "pnl": -2, "unrealised": -2, "realised": 0}, ("-2", "0")),
    "closed and said so": ({"quantity": 0, "pnl": 640, "unrealised": 0, "realised": 640}, ("640", "0")),
    "open": (LONG | {"pnl": 250, "unrealised": 250, "realised": 0}, ("0", "250")),
    "partly closed, all called unrealised": (HALF_SOLD, ("500", "250")),
    "partly closed and said so": (HALF_SOLD | {"unrealised": 250, "realised": 500}, ("500", "250")),
    "closed, with the noise of floats": (
        {"quantity": 0, "pnl": Decimal("639.9999999999"), "unrealised": 640, "realised": 0},
        ("639.9999999999", "0"),
    ),
    "open, its average rounded": (
        LONG | {"average_price": Decimal("99.999967"), "pnl": 250, "unrealised": 250, "realised": 0},
        ("0", "250"),
    ),
    "open without a price": (HALF_SOLD | {"last_price": 0}, ("0", "750")),
    "a commodity, partly closed": (
        {"quantity": -1, "multiplier": 1000, "average_price": 161, "last_price": 160, "exchange": "MCX"}
        | {"pnl": 1500, "unrealised": 1500, "realised": 0, "product": "NRML"},
        ("500", "1000"),
    ),
}


@pytest.mark.parametrize("more", [{}, FUTURE], ids=["quickly", "strictly"])
@pytest.mark.parametrize("case", SPLIT)
async def test_booked_and_open_results_are_told_apart(
    broker: BaseBroker, server: ScriptedServer, case: str, more: dict[str, Any]
) -> None:
    changes, expected = SPLIT[case]
    READS["positions"].script(server, wire.success(rows.portfolio(rows.position(**changes | more))))

    [row] = await broker.get_positions()

    assert (row.realised, row.unrealised) == tuple(map(Decimal, expected))
    assert row.pnl == row.realised + row.unrealised


ROW: Final = rows.position()
POSITIONS: Final[dict[str, tuple[dict[str, Any], tuple[object, ...]]]] = {
    "whole numbers with a point": ({"quantity": Decimal("50.0"), "multiplier": Decimal("1.0")}, ("MIS", 50)),
    "a cover order's": ({"product": "CO"}, ("CO", 50)),
    "margin funding": ({"product": "MTF"}, ("MTF", 50)),
    "noise of floats": ({"m2m": Decimal("1.4551915228366852e-11"), "value": Decimal("7.2E+4")}, ("MIS", 50)),
    "nothing known before today": ({"close_price": 0, "last_price": 0}, ("MIS", 50)),
    "sold from holdings": ({"quantity": -50, "product": "CNC"}, ("CNC", -50)),
    "a currency": (
        {"exchange": "CDS", "multiplier": 1000, "quantity": -2, "tradingsymbol": "USDINR25DECFUT"},
        ("MIS", -2000),
    ),
}


@pytest.mark.parametrize("case", POSITIONS)
def test_a_position_is_read_as_it_may_come(case: str) -> None:
    changes, expected = POSITIONS[case]

    [row] = mapping.positions(rows.portfolio(ROW | changes | FUTURE))

    assert (row.product, row.quantity) == expected
    assert isinstance(row, Position)


# ---------------------------------------------------------------- the book

ICEBERG: Final = {"iceberg": {"leg": 1, "legs": 5, "leg_quantity": 10, "total_quantity": 50, "remaining_quantity": 40}}
ORDERS: Final[dict[str, tuple[dict[str, Any], tuple[object, ...]]]] = {
    "without an account": ({"account_id": None}, (OrderStatus.OPEN, SubState.NONE, 50)),
    "whole numbers with a point": (
        {"quantity": Decimal("50.0"), "filled_quantity": Decimal("2E+1")},
        (OrderStatus.OPEN, SubState.PARTIAL, 50),
    ),
    "an iceberg's leg, to live for minutes": (
        {"variety": "iceberg", "validity": "TTL", "validity_ttl": 2, "meta": ICEBERG, "tags": ["a", "b"]},
        (OrderStatus.OPEN, SubState.NONE, 50),
    ),
    "an auction's": (
        {"variety": "auction", "auction_number": "22", "status": "CANCELLED", "pending_quantity": 50},
        (OrderStatus.CANCELLED, SubState.NONE, 50),
    ),
    "a cover order's": (
        {"variety": "co", "product": "CO", "parent_order_id": "7", "status": "TRIGGER PENDING", "order_type": "SL"},
        (OrderStatus.OPEN, SubState.TRIGGER_PENDING, 50),
    ),
    "refused before the exchange had it": (
        {"status": "REJECTED", "exchange_order_id": None, "exchange_timestamp": "", "average_price": None},
        (OrderStatus.REJECTED, SubState.NONE, 50),
    ),
    "a market order made a limit": (
        {"order_type": "LIMIT", "market_protection": 0, "tags": ["mktp", "mktp:2.00"], "tag": None},
        (OrderStatus.OPEN, SubState.NONE, 50),
    ),
    "a state of a history": ({"meta": None, "tags": None, "price": 0}, (OrderStatus.OPEN, SubState.NONE, 50)),
}


@pytest.mark.parametrize("case", ORDERS)
async def test_an_order_is_read_as_it_may_come(broker: BaseBroker, server: ScriptedServer, case: str) -> None:
    changes, expected = ORDERS[case]
    server.on("GET", "/orders", wire.success([books.order(), books.order(**changes | FUTURE)]))

    row = (await broker.get_orders())[1]

    assert (row.status, row.sub_state, row.quantity) == expected


# ---------------------------------------------------------------- funds, profile


async def test_what_is_no_figure_costs_no_funds(broker: BaseBroker, server: ScriptedServer) -> None:
    odd = {"available": wire.segment()["available"] | {"a_new_one": None, "another": "soon", "nested": {}}}
    READS["funds"].script(server, wire.success(wire.margins(**odd) | {"commodity": None}))

    funds = await broker.get_funds()

    assert funds.available == wire.segment()["net"]
    assert "equity.available.cash" in funds.raw
    assert not {name for name in funds.raw if "new" in name or "nested" in name}


async def test_a_profile_without_a_name_is_one(broker: BaseBroker, server: ScriptedServer) -> None:
    profile = wire.profile() | {"user_name": "", "exchanges": None, "meta": {}} | FUTURE
    READS["profile"].script(server, wire.success(profile))

    assert (await broker.get_profile()).client_id == wire.CLIENT_ID


# ---------------------------------------------------------------- the master

MANY: Final = tuple(
    f'{number},{number},MADEUP{number},"MADE UP",0,,0,0.05,1,EQ,NSE,NSE' for number in range(1, 301)
)  # so that a few odd rows are few
ODD: Final = {
    "a spot price": "9,9,GOLDSPOT,GOLD,0,,0,1,1,SPOT,MCX,MCX",
    "no tick": '9,9,NEW,"NEW",0,,0,,1,EQ,NSE,NSE',
    "no lot": '9,9,NEW,"NEW",0,,0,0.05,,EQ,NSE,NSE',
    "no symbol": '9,9,,"NEW",0,,0,0.05,1,EQ,NSE,NSE',
    "an option without an expiry": '9,9,NEW,"NEW",0,,100,0.05,1,CE,NFO-OPT,NFO',
    "an option without a strike": '9,9,NEW,"NEW",0,2025-12-30,,0.05,1,CE,NFO-OPT,NFO',
    "another exchange": '9,9,NEW,"NEW",0,,0,0.05,1,EQ,NYSE,NYSE',
}


def _csv(*lines: str, end: str = "\n", header: str = HEADER) -> bytes:
    return (end.join((header, *lines)) + end).encode()


@pytest.mark.parametrize("name", ODD)
def test_an_odd_row_is_passed_over_where_it_is_one_of_few(name: str) -> None:
    found = list(instruments.parse(_csv(*ROWS, ODD[name], *MANY)))

    assert len(found) == len(ROWS) + len(MANY)


def test_many_odd_rows_are_no_master() -> None:
    with pytest.raises(WireSurprise, match="5 of 319 rows"):
        list(instruments.parse(_csv(*ROWS, *MANY, *[ODD["no tick"]] * 5)))


SAME: Final = {
    "byte order mark": b"\xef\xbb\xbf" + _csv(*ROWS),
    "ends of lines of Windows": _csv(*ROWS, end="\r\n"),
    "an empty line at the end": _csv(*ROWS) + b"\n",
    "no end of the last line": _csv(*ROWS).rstrip(b"\n"),
    "a new column": _csv(*(f"{row},7" for row in ROWS), header=f"{HEADER},freeze_quantity"),
    "no strike where none belongs": _csv(*(row.replace(",0,,0,", ",0,,,") for row in ROWS)),
}


@pytest.mark.parametrize("name", SAME)
def test_a_file_written_another_way_says_the_same(name: str) -> None:
    assert list(instruments.parse(SAME[name])) == list(instruments.parse(_csv(*ROWS)))


@pytest.mark.parametrize("cut", range(1, 12))
def test_a_file_cut_in_its_last_row_is_refused_however_long_it_is(cut: int) -> None:
    with pytest.raises(WireSurprise):
        list(instruments.parse(_csv(*MANY, *ROWS)[: -1 - cut]))


def test_a_row_of_an_index_and_one_of_a_commodity() -> None:
    lines = (
        '291849,1140,GIFT NIFTY,"",0,,0,0,0,EQ,INDICES,NSEIX',
        "57,22,GOLD26JANFUT,GOLD,0.0,2026-01-05,0.0,1.0,1,FUT,MCX-FUT,MCX",
    )

    index, gold = instruments.parse(_csv(*lines))

    assert (index.kind, index.exchange, index.symbol) == (Kind.INDEX, Exchange.NSEIX, "GIFT NIFTY")
    assert (gold.symbol, gold.tick_size, gold.strike) == ("GOLD 05JAN26 FUT", Decimal(1), None)


def test_a_product_that_nobody_knows_is_loud() -> None:
    with pytest.raises(WireSurprise, match="product"):
        mapping.positions(rows.portfolio(ROW, ROW | {"product": "SLB"}))
    assert mapping.positions(rows.portfolio(ROW))[0].product is Product.MIS
