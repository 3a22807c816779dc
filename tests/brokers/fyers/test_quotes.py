"""Sheet section 4.8: last prices, one and many; section 7 for the size of a batch."""

from decimal import Decimal
from typing import Any

import pytest

from app.brokers.base import BaseBroker
from app.domain import Exchange, Instrument, Kind, MemoryInstruments
from tests.brokers.fyers import wire
from tests.brokers.fyers.rows import RELIANCE
from tests.brokers.fyers.support import QUOTES, FyersServer, refusal
from tests.brokers.zerodha.server import Received

NSE = Exchange.NSE
MANY = 120


def _asked(request: Received) -> list[str]:
    [names] = request.query["symbols"]
    return names.split(",")


def _all_known(request: Received) -> str:
    return wire.ok(d=[wire.quote(name) for name in _asked(request)])


async def _ltp(broker: BaseBroker, server: FyersServer, *found: Any) -> Decimal:
    server.ok(QUOTES, d=list(found))
    return await broker.get_ltp("RELIANCE", NSE)


async def test_section_4_8_last_price(broker: BaseBroker, server: FyersServer) -> None:
    assert await _ltp(broker, server, wire.quote(RELIANCE)) == Decimal("1450.05")


async def test_section_4_8_is_asked_on_the_data_path_by_ticker(broker: BaseBroker, server: FyersServer) -> None:
    await _ltp(broker, server, wire.quote(RELIANCE))

    assert _asked(server.only("GET", QUOTES)) == [RELIANCE]


@pytest.mark.parametrize(("name", "ticker"), [("M&M", "NSE:M&M-EQ"), ("S&SPOWER", "NSE:S&SPOWER-BE")])
async def test_section_12_2_an_ampersand_is_encoded(
    name: str, ticker: str, broker: BaseBroker, server: FyersServer
) -> None:
    server.rule("GET", QUOTES, _all_known)

    assert await broker.get_ltp(name, NSE) == Decimal("1450.05")
    assert _asked(server.only("GET", QUOTES)) == [ticker]


async def test_section_8_a_contract_by_kunjis_name(broker: BaseBroker, server: FyersServer) -> None:
    server.rule("GET", QUOTES, _all_known)

    await broker.get_ltp("NIFTY 29DEC26 26050 CE", Exchange.NFO)

    assert _asked(server.only("GET", QUOTES)) == ["NSE:NIFTY26DEC26050CE"]


@pytest.mark.parametrize("last", [1450, Decimal("1450.0"), Decimal("1450.0000000000002")])
async def test_section_4_8_whole_numbers_and_noise(
    last: int | Decimal, broker: BaseBroker, server: FyersServer
) -> None:
    price = await _ltp(broker, server, wire.quote(RELIANCE, last))

    assert price.quantize(Decimal("0.01")) == Decimal("1450.00")


@pytest.mark.parametrize(
    "row",
    [
        {"n": RELIANCE, "s": "error", "v": {}},
        {"n": RELIANCE, "s": "error"},
        {"n": RELIANCE, "s": "error", "v": {"code": -300, "errmsg": "Invalid symbol provided"}},
        {"n": RELIANCE, "s": "error", "errmsg": "bad symbol", "code": -300},
        {"n": RELIANCE, "s": "error", "v": None},
    ],
)
async def test_section_4_8_a_row_that_is_an_error_has_no_price(
    row: object, broker: BaseBroker, server: FyersServer
) -> None:
    assert (await refusal(_ltp(broker, server, row))).kind == "not_found"


async def test_section_4_8_a_row_without_a_price_is_never_a_zero(broker: BaseBroker, server: FyersServer) -> None:
    row = wire.quote(RELIANCE)
    del row["v"]["lp"]

    assert (await refusal(_ltp(broker, server, row))).kind in {"not_found", "wire_surprise"}


async def test_section_6_bad_symbol_is_not_found(broker: BaseBroker, server: FyersServer) -> None:
    server.on("GET", QUOTES, wire.failure(-50, "Please provide valid inputs"), status=400)

    assert (await refusal(broker.get_ltp("RELIANCE", NSE))).kind == "not_found"


async def test_section_4_8_the_days_figures(broker: BaseBroker, server: FyersServer) -> None:
    server.rule("GET", QUOTES, _all_known)

    quote = (await broker.get_quotes([("RELIANCE", NSE)])).found["RELIANCE", NSE]

    assert (quote.open, quote.high, quote.low) == (Decimal(1435), Decimal("1455.5"), Decimal("1430.25"))
    assert (quote.last_price, quote.close) == (Decimal("1450.05"), Decimal("1432.8"))


async def test_section_4_8_many_in_one_call(broker: BaseBroker, server: FyersServer) -> None:
    server.rule("GET", QUOTES, _all_known)
    wanted = [("RELIANCE", NSE), ("M&M", NSE), ("RELIANCE", Exchange.BSE)]

    quotes = await broker.get_quotes(wanted)

    assert set(quotes.found) == set(wanted)
    assert sorted(_asked(server.only("GET", QUOTES))) == ["BSE:RELIANCE-A", "NSE:M&M-EQ", RELIANCE]


async def test_section_4_8_rows_may_come_in_another_order(broker: BaseBroker, server: FyersServer) -> None:
    server.ok(QUOTES, d=[wire.quote("NSE:M&M-EQ", 3700), wire.quote(RELIANCE, 1450)])

    quotes = await broker.get_quotes([("RELIANCE", NSE), ("M&M", NSE)])

    assert quotes.found["RELIANCE", NSE].last_price == 1450
    assert quotes.found["M&M", NSE].last_price == 3700


async def test_section_4_8_a_bad_row_is_missing_by_name_and_the_rest_is_there(
    broker: BaseBroker, server: FyersServer
) -> None:
    server.ok(QUOTES, d=[{"n": "NSE:M&M-EQ", "s": "error", "v": {}}, wire.quote(RELIANCE)])

    quotes = await broker.get_quotes([("RELIANCE", NSE), ("M&M", NSE)])

    assert list(quotes.found) == [("RELIANCE", NSE)]
    assert quotes.missing == (("M&M", NSE),)


async def test_section_4_8_an_absent_row_is_missing_by_name(broker: BaseBroker, server: FyersServer) -> None:
    server.ok(QUOTES, d=[wire.quote(RELIANCE)])

    quotes = await broker.get_quotes([("RELIANCE", NSE), ("M&M", NSE)])

    assert quotes.missing == (("M&M", NSE),)


async def test_section_6_a_bad_symbol_that_spoils_its_batch_is_missing_and_the_rest_is_there(
    broker: BaseBroker, server: FyersServer
) -> None:
    server.rule("GET", QUOTES, lambda request: None if "NSE:M&M-EQ" in _asked(request) else _all_known(request))

    quotes = await broker.get_quotes([("RELIANCE", NSE), ("M&M", NSE), ("INFY", NSE)])

    assert set(quotes.found) == {("RELIANCE", NSE), ("INFY", NSE)}
    assert quotes.missing == (("M&M", NSE),)


async def test_section_8_a_name_that_no_master_has_is_missing(broker: BaseBroker, server: FyersServer) -> None:
    server.rule("GET", QUOTES, lambda request: None if "NOPE" in request.target else _all_known(request))

    quotes = await broker.get_quotes([("RELIANCE", NSE), ("NOPE", NSE)])

    assert set(quotes.found) == {("RELIANCE", NSE)}
    assert quotes.missing == (("NOPE", NSE),)


async def test_section_7_at_most_50_symbols_a_call_all_of_them_asked_for(
    broker: BaseBroker, server: FyersServer, instruments: MemoryInstruments
) -> None:
    names = [f"SHARE{number}" for number in range(MANY)]
    await instruments.replace("fyers", [_share(name) for name in names], day=wire.NOW.date())
    server.rule("GET", QUOTES, _all_known)

    quotes = await broker.get_quotes([(name, NSE) for name in names])

    batches = [_asked(request) for request in server.sent("GET", QUOTES)]
    assert max(len(batch) for batch in batches) <= 50
    assert sorted(ticker for batch in batches for ticker in batch) == sorted(f"NSE:{name}-EQ" for name in names)
    assert len(quotes.found) == MANY


async def test_section_7_nothing_wanted_nothing_sent(broker: BaseBroker, server: FyersServer) -> None:
    assert dict((await broker.get_quotes([])).found) == {}
    assert server.requests == []


def _share(name: str) -> Instrument:
    return Instrument("NSE", f"NSE:{name}-EQ", name, name, Kind.CASH, None, None, Decimal("0.05"), 1)
