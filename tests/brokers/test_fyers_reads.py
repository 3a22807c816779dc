"""Reading a Fyers account over the wire: Kunji's names, one order, prices in batches, what is not JSON."""

from decimal import Decimal
from typing import Any

import pytest

from app.domain import Exchange, InvalidRequest, NotFound, NotReachable, OrderStatus, Unsupported, WireSurprise
from tests.brokers import fyers_support as fyers
from tests.brokers.fyers_support import scene

ORDERS = ("GET", "/api/v3/orders")
QUOTES = ("GET", "/data/quotes")
BAD = fyers.error(-50, "Please provide valid inputs")


def asked(at: fyers.Scene) -> list[list[str]]:
    return [request.query["symbols"][0].split(",") for request in at.server.sent(*QUOTES)]


def priced(*tickers: str) -> str:
    return fyers.ok(d=[fyers.quote(ticker, 100) for ticker in tickers])


# ------------------------------------------------------------------ names


async def test_a_contract_of_the_master_carries_kunjis_name() -> None:
    async with scene() as at:
        await at.connect()
        at.server.on("GET", "/api/v3/positions", fyers.ok(netPositions=[fyers.position()], overall=fyers.overall(1)))
        [row] = await at.broker.get_positions()
        assert (row.symbol, row.broker_symbol, row.quantity) == ("NIFTY 24NOV26 FUT", "NSE:NIFTY26NOVFUT", -150)


async def test_a_row_that_the_master_does_not_know_stays_under_the_brokers_name() -> None:
    async with scene() as at:
        await at.connect()
        rows = [fyers.position(symbol="NSE:NEW26DECFUT"), fyers.position(symbol="BSE:SBIN-A", segment=10)]
        at.server.on("GET", "/api/v3/positions", fyers.ok(netPositions=rows, overall=fyers.overall(2)))
        assert [row.symbol for row in await at.broker.get_positions()] == ["NSE:NEW26DECFUT", "BSE:SBIN-A"]


async def test_holdings_orders_and_trades_carry_kunjis_names_too() -> None:
    async with scene() as at:
        await at.connect()
        at.server.on("GET", "/api/v3/holdings", fyers.ok(holdings=[fyers.holding()], overall=fyers.overall(1)))
        at.server.on("GET", "/api/v3/tradebook", fyers.ok(tradeBook=[fyers.trade()]))
        at.server.on(*ORDERS, fyers.ok(orderBook=[fyers.order()]))
        [held], [traded] = await at.broker.get_holdings(), await at.broker.get_trades()
        [ordered] = await at.broker.get_orders()
        assert (held.symbol, traded.symbol, ordered.symbol) == ("SBIN", "SBIN", "SBIN")
        assert ordered.broker_symbol == "NSE:SBIN-EQ"


# ------------------------------------------------------------------ one order


async def test_one_order_is_asked_for_by_its_id() -> None:
    async with scene() as at:
        await at.connect()
        at.server.on(*ORDERS, fyers.ok(orderBook=[fyers.order(status=2, filledQty=10)]))
        order = await at.broker.get_order("26111800000012")
        assert (order.symbol, order.status) == ("SBIN", OrderStatus.COMPLETE)
        assert at.only(*ORDERS).query == {"id": ["26111800000012"]}


@pytest.mark.parametrize(
    ("status", "body"), [(200, fyers.ok(orderBook=[])), (400, fyers.error(-51, "invalid order id: order id 7"))]
)
async def test_an_order_that_is_not_there_is_not_found(status: int, body: str) -> None:
    async with scene() as at:
        await at.connect()
        at.server.on(*ORDERS, body, status=status)
        with pytest.raises(NotFound):
            await at.broker.get_order("26111800000012")


async def test_an_order_id_that_is_none_is_not_asked_for() -> None:
    async with scene() as at:
        await at.connect()
        with pytest.raises(InvalidRequest):
            await at.broker.get_order("1&order_tag=x")
        assert at.server.requests == []


async def test_an_unknown_status_is_shown_in_the_book_and_loud_when_asked_for() -> None:
    async with scene() as at:
        await at.connect()
        at.server.on(*ORDERS, fyers.ok(orderBook=[fyers.order(status=3)]))
        assert [row.status for row in await at.broker.get_orders()] == [None]
        with pytest.raises(WireSurprise, match="'3'"):
            await at.broker.get_order_status("26111800000012")


async def test_fyers_keeps_no_history_of_an_order() -> None:
    async with scene() as at:
        await at.connect()
        with pytest.raises(Unsupported):
            await at.broker.get_order_history("26111800000012")


# ------------------------------------------------------------------ prices


async def test_a_price_is_found_by_kunjis_name_and_by_the_ticker() -> None:
    async with scene() as at:
        await at.connect()
        at.server.on(*QUOTES, fyers.ok(d=[fyers.quote("NSE:M&M-EQ", Decimal("3711.1"))]))
        assert await at.broker.get_ltp("M&M", Exchange.NSE) == Decimal("3711.1")
        assert await at.broker.get_ltp("NSE:M&M-EQ", Exchange.NSE) == Decimal("3711.1")
        assert [request.target for request in at.server.sent(*QUOTES)] == ["/data/quotes?symbols=NSE%3AM%26M-EQ"] * 2


async def test_more_than_fifty_are_asked_in_batches_and_each_once() -> None:
    async with scene() as at:
        await at.connect()
        tickers = [f"NSE:S{number}-EQ" for number in range(120)]
        at.server.on(*QUOTES, priced(*tickers))
        quotes = await at.broker.get_quotes([(ticker, Exchange.NSE) for ticker in [*tickers, *tickers]])
        assert [len(batch) for batch in asked(at)] == [50, 50, 20]
        assert sorted(ticker for batch in asked(at) for ticker in batch) == sorted(tickers)
        assert (len(quotes.found), quotes.missing) == (120, ())


async def test_a_name_that_is_neither_known_nor_a_ticker_is_missing_without_being_asked() -> None:
    async with scene() as at:
        await at.connect()
        at.server.on(*QUOTES, priced("NSE:SBIN-EQ"))
        unknown = [("NOSUCHSHARE", Exchange.NSE), ("BSE:SBIN-A", Exchange.NSE), ("NSE:A-EQ,NSE:B-EQ", Exchange.NSE)]
        quotes = await at.broker.get_quotes([("SBIN", Exchange.NSE), *unknown])
        assert quotes.missing == tuple(unknown)
        assert asked(at) == [["NSE:SBIN-EQ"]]


async def test_nothing_wanted_is_nothing_asked() -> None:
    async with scene() as at:
        await at.connect()
        quotes = await at.broker.get_quotes([])
        assert (dict(quotes.found), quotes.missing, at.server.requests) == ({}, (), [])


async def test_a_bad_symbol_in_a_batch_costs_the_others_nothing() -> None:
    async with scene() as at:
        await at.connect()
        at.server.first(*QUOTES, (400, BAD), (400, BAD))
        at.server.on(*QUOTES, priced("NSE:SBIN-EQ", "NSE:M&M-EQ"))
        wanted = [(name, Exchange.NSE) for name in ("NSE:OLD-EQ", "SBIN", "M&M")]
        quotes = await at.broker.get_quotes(wanted)
        assert asked(at)[1:] == [["NSE:OLD-EQ"], ["NSE:SBIN-EQ", "NSE:M&M-EQ"]]
        assert (sorted(quotes.found), quotes.missing) == (sorted(wanted[1:]), (wanted[0],))


async def test_what_has_no_price_is_not_found() -> None:
    async with scene() as at:
        await at.connect()
        at.server.on(*QUOTES, fyers.ok(d=[{"n": "NSE:SBIN-EQ", "s": "error", "v": {}}]))
        with pytest.raises(NotFound):
            await at.broker.get_ltp("SBIN", Exchange.NSE)


# ------------------------------------------------------------------ answers that are none


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"body": fyers.ok(fund_limit=[]), "content_type": None}, WireSurprise),
        ({"body": "false"}, WireSurprise),
        ({"body": ""}, WireSurprise),
        ({"body": '{"s":"ok","s":"ok","fund_limit":[]}'}, WireSurprise),
        ({"body": "<html>hotel</html>", "content_type": "text/html"}, NotReachable),
        ({"body": "forbidden", "status": 403, "content_type": "text/plain"}, WireSurprise),
        ({"body": "", "status": 401}, WireSurprise),
    ],
)
async def test_what_is_no_answer_of_fyers_is_not_taken_for_one(
    answer: dict[str, Any], expected: type[Exception]
) -> None:
    async with scene() as at:
        await at.connect()
        at.server.on("GET", "/api/v3/funds", **answer)
        with pytest.raises(expected):
            await at.broker.get_funds()
        assert at.broker.refusal is None
