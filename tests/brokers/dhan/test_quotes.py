"""Sheet section 4.9: prices; what is missing is missing, by name."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.brokers.base import BaseBroker
from app.domain import Exchange, Quotes
from tests.brokers.dhan import master, wire
from tests.brokers.dhan.support import QUOTE_PATHS, load_master, refusal
from tests.brokers.zerodha.server import ScriptedServer

RELIANCE = ("RELIANCE", Exchange.NSE)
NIFTY = ("NIFTY", Exchange.NSE)


def _script(server: ScriptedServer, **segments: dict[str, Any]) -> None:
    for path in QUOTE_PATHS:
        server.on("POST", path, wire.text(wire.prices(**segments)))


async def _quotes(broker: BaseBroker, server: ScriptedServer, **segments: dict[str, Any]) -> Quotes:
    _script(server, **segments)
    return await broker.get_quotes([RELIANCE, NIFTY])


async def test_section_4_9_ids_go_as_numbers_and_come_as_texts(broker: BaseBroker, server: ScriptedServer) -> None:
    quotes = await _quotes(broker, server, NSE_EQ={"2885": wire.quoted(1540)}, IDX_I={"13": wire.quoted(26050)})

    assert (quotes.found[RELIANCE].last_price, quotes.found[NIFTY].last_price) == (Decimal(1540), Decimal(26050))
    assert quotes.missing == ()


async def test_section_4_9_all_segments_share_one_call(broker: BaseBroker, server: ScriptedServer) -> None:
    await _quotes(broker, server, NSE_EQ={"2885": wire.quoted(1540)}, IDX_I={"13": wire.quoted(26050)})

    [request] = server.requests
    body = json.loads(request.body)
    assert (body["NSE_EQ"], body["IDX_I"]) == ([2885], [13])


@pytest.mark.parametrize(
    "segments",
    [
        {"NSE_EQ": {"2885": wire.quoted(1540)}},
        {"NSE_EQ": {"2885": wire.quoted(1540)}, "IDX_I": {}},
        {"NSE_EQ": {"2885": wire.quoted(1540)}, "IDX_I": {"13": {"last_price": 0}}},
        {"NSE_EQ": {"2885": wire.quoted(1540)}, "IDX_I": {"13": {"last_price": 0.0}}},
    ],
)
async def test_section_4_9_a_missing_id_or_a_zero_is_no_price(
    segments: dict[str, Any], broker: BaseBroker, server: ScriptedServer
) -> None:
    quotes = await _quotes(broker, server, **segments)

    assert list(quotes.found) == [RELIANCE]
    assert quotes.missing == (NIFTY,)


async def test_section_4_9_a_bad_segment_empties_the_answer(broker: BaseBroker, server: ScriptedServer) -> None:
    for path in QUOTE_PATHS:
        server.on("POST", path, '{"data":{},"status":"success"}')

    assert (await broker.get_quotes([RELIANCE])).missing == (RELIANCE,)


@pytest.mark.parametrize("row", [None, {"last_price": 0}])
async def test_section_4_9_a_last_price_that_is_not_there_is_not_found(
    row: dict[str, Any] | None, broker: BaseBroker, server: ScriptedServer
) -> None:
    _script(server, NSE_EQ={} if row is None else {"2885": row})

    assert (await refusal(broker.get_ltp(*RELIANCE))).kind == "not_found"


async def test_a_symbol_that_the_master_does_not_know_is_missing_by_name(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    _script(server, NSE_EQ={"2885": wire.quoted(1540)})
    stranger = ("NOSUCH", Exchange.NSE)

    quotes = await broker.get_quotes([RELIANCE, stranger])

    assert quotes.missing == (stranger,)


@pytest.mark.parametrize(
    ("sent", "price"),
    [
        ("23092.19921875", "23092.20"),  # the recorded one
        ("26050.150390625", "26050.15"),
        ("25999.94921875", "25999.95"),
        ("26050", "26050"),
    ],
)
async def test_section_4_9_what_is_left_of_a_float32_is_rounded_to_the_tick(
    sent: str, price: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    _script(server, IDX_I={"13": wire.quoted(Decimal(sent))})

    assert await broker.get_ltp(*NIFTY) == Decimal(price)


async def test_section_8_the_tick_of_the_master_is_in_paise(broker: BaseBroker, server: ScriptedServer) -> None:
    """RELIANCE moves by 0.10: a leftover of 1540.3000488 is 1,540.30."""
    _script(server, NSE_EQ={"2885": wire.quoted(Decimal("1540.300048828125"))})

    assert await broker.get_ltp(*RELIANCE) == Decimal("1540.30")


async def test_section_4_9_the_days_figures_where_they_are_given(broker: BaseBroker, server: ScriptedServer) -> None:
    row = wire.quoted(1540) | {"ohlc": {"open": 1530, "close": 1525.5, "high": 1544, "low": 1529}}
    _script(server, NSE_EQ={"2885": row})

    quote = (await broker.get_quotes([RELIANCE])).found[RELIANCE]

    assert quote.open in {None, Decimal(1530)}
    assert quote.close in {None, Decimal("1525.5")}


async def test_sections_4_9_and_7_more_than_1000_are_split_and_merged(
    fresh: BaseBroker, server: ScriptedServer
) -> None:
    names = [f"SHARE{number}" for number in range(1500)]
    rows = tuple(master.cash("NSE", str(100_000 + place), name, "NA") for place, name in enumerate(names))
    await load_master(fresh, server, rows)
    server.requests.clear()
    _script(server, NSE_EQ={str(100_000 + place): wire.quoted(place + 1) for place in range(1500)})

    quotes = await fresh.get_quotes([(name, Exchange.NSE) for name in names])

    sizes = [len(json.loads(request.body)["NSE_EQ"]) for request in server.requests]
    assert max(sizes) <= 1000
    assert (sum(sizes), len(quotes.found)) == (1500, 1500)
    assert quotes.found["SHARE1499", Exchange.NSE].last_price == 1500


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (401, {"status": "failed"}),
        (400, {"status": "failed"}),
        (200, {"status": "failed"}),  # in a third party's test only
        (401, {}),  # "status may be missing"
        (400, {}),
    ],
)
async def test_sections_6_1_and_6_2_without_the_plan_prices_are_not_subscribed(
    status: int, said: dict[str, str], broker: BaseBroker, server: ScriptedServer
) -> None:
    for path in QUOTE_PATHS:
        server.on("POST", path, wire.text({"data": {"806": "Data APIs not subscribed"}} | said), status=status)

    assert (await refusal(broker.get_ltp(*RELIANCE))).kind == "not_subscribed"
    assert (await refusal(broker.get_quotes([RELIANCE]))).kind == "not_subscribed"


@pytest.mark.parametrize("price", ["1540", True, []])
async def test_a_price_that_is_no_number_is_a_surprise(
    price: object, broker: BaseBroker, server: ScriptedServer
) -> None:
    _script(server, NSE_EQ={"2885": wire.quoted(price)})

    assert (await refusal(broker.get_ltp(*RELIANCE))).kind == "wire_surprise"


async def test_an_expired_contract_is_missing_and_not_asked_by_a_guess(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    assert date(2026, 1, 27) < date(2026, 11, 18)

    error = await refusal(broker.get_ltp("NIFTY 27JAN26 26000 CE", Exchange.NFO))

    assert error.kind == "not_found"
    assert server.requests == []
