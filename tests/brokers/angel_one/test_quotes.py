"""Sheet section 4.4: prices in batches of 50 tokens, fetched and unfetched."""

import json
from decimal import Decimal
from typing import Any

import pytest

from app.brokers.base import BaseBroker
from app.domain import Exchange, Quotes
from tests.brokers.angel_one import master, wire
from tests.brokers.angel_one.support import load_master, posted, refusal
from tests.brokers.zerodha.server import Received, ScriptedServer

RELIANCE, TCS = ("RELIANCE", Exchange.NSE), ("TCS", Exchange.NSE)
AT_BSE = ("RELIANCE", Exchange.BSE)
OPTION = ("NIFTY 24NOV26 26000 CE", Exchange.NFO)
GONE = ("NIFTY 24NOV20 9000 CE", Exchange.NFO)


def _script(server: ScriptedServer, data: Any, envelope: Any = wire.good) -> None:
    for path in wire.QUOTES:
        server.on("POST", path, wire.text(envelope(data)))


def _sent(server: ScriptedServer) -> list[Received]:
    return [request for request in server.requests if request.path in wire.QUOTES]


async def _quotes(broker: BaseBroker, server: ScriptedServer, wanted: Any, data: Any) -> Quotes:
    _script(server, data)
    return await broker.get_quotes(wanted)


# ------------------------------------------------------------------ the request


async def test_section_4_4_tokens_are_texts_under_their_exchange(broker: BaseBroker, server: ScriptedServer) -> None:
    await _quotes(broker, server, [RELIANCE, TCS, AT_BSE, OPTION], wire.prices())

    [request] = _sent(server)
    asked = posted(request)
    assert asked["mode"] in {"LTP", "OHLC", "FULL"}
    assert {exchange: sorted(tokens) for exchange, tokens in asked["exchangeTokens"].items()} == {
        "NSE": ["11536", "2885"],
        "BSE": ["500325"],
        "NFO": ["49081"],
    }


@pytest.mark.parametrize(("count", "requests"), [(1, 1), (50, 1), (51, 2), (100, 2), (101, 3)])
async def test_section_4_4_at_most_50_tokens_a_request(
    count: int, requests: int, fresh: BaseBroker, server: ScriptedServer
) -> None:
    rows = tuple(master.row(token=str(7000 + n), symbol=f"S{n}-EQ", name=f"S{n}") for n in range(count))
    await load_master(fresh, server, rows)

    await _quotes(fresh, server, [(f"S{n}", Exchange.NSE) for n in range(count)], wire.prices())

    sent = [posted(request)["exchangeTokens"]["NSE"] for request in _sent(server)]
    assert len(sent) == requests
    assert max(len(tokens) for tokens in sent) <= 50
    assert sorted(token for tokens in sent for token in tokens) == [str(7000 + n) for n in range(count)]


async def test_section_4_4_the_mix_of_exchanges_counts_together(fresh: BaseBroker, server: ScriptedServer) -> None:
    rows = [master.row(token=str(7000 + n), symbol=f"S{n}-EQ", name=f"S{n}") for n in range(30)]
    rows += [master.row(token=str(8000 + n), symbol=f"S{n}", name=f"S{n}", exch_seg="BSE") for n in range(30)]
    await load_master(fresh, server, tuple(rows))

    wanted = [(f"S{n}", exchange) for n in range(30) for exchange in (Exchange.NSE, Exchange.BSE)]
    await _quotes(fresh, server, wanted, wire.prices())

    sizes = [sum(len(tokens) for tokens in posted(one)["exchangeTokens"].values()) for one in _sent(server)]
    assert sum(sizes) == 60
    assert max(sizes) <= 50


async def test_a_symbol_that_is_asked_twice_is_sent_once(broker: BaseBroker, server: ScriptedServer) -> None:
    await _quotes(broker, server, [RELIANCE, RELIANCE], wire.prices(wire.fetched()))

    [request] = _sent(server)
    assert posted(request)["exchangeTokens"] == {"NSE": ["2885"]}


async def test_nothing_wanted_asks_nothing(broker: BaseBroker, server: ScriptedServer) -> None:
    assert await broker.get_quotes([]) == Quotes({})
    assert server.requests == []


# ------------------------------------------------------------------ the reply


@pytest.mark.parametrize("envelope", [wire.good, wire.good_at_gateway])
async def test_section_4_4_a_price_and_the_day(envelope: Any, broker: BaseBroker, server: ScriptedServer) -> None:
    _script(server, wire.prices(wire.fetched()), envelope)

    quote = (await broker.get_quotes([RELIANCE])).found[RELIANCE]

    assert quote.last_price == Decimal("1540.1")
    assert quote.close in (None, Decimal("1531.75"))


async def test_section_4_4_the_mode_ltp_has_a_price_only(broker: BaseBroker, server: ScriptedServer) -> None:
    item = {"exchange": "NSE", "tradingSymbol": "RELIANCE-EQ", "symbolToken": "2885", "ltp": Decimal("1540.1")}

    found = (await _quotes(broker, server, [RELIANCE], wire.prices(item))).found

    assert found[RELIANCE].last_price == Decimal("1540.1")


async def test_section_4_4_what_nobody_asked_to_see_is_ignored(broker: BaseBroker, server: ScriptedServer) -> None:
    full = wire.fetched(referenceLimitPrice=0, exchFeedTime="18-Nov-2026 09:00:00", depth={"buy": [], "sell": []})

    found = (await _quotes(broker, server, [RELIANCE], wire.prices(full))).found

    assert found[RELIANCE].last_price == Decimal("1540.1")


async def test_section_4_4_the_order_of_the_items_is_not_assumed(broker: BaseBroker, server: ScriptedServer) -> None:
    tcs = wire.fetched(tradingSymbol="TCS-EQ", symbolToken="11536", ltp=Decimal("3345.8"))

    quotes = await _quotes(broker, server, [RELIANCE, TCS], wire.prices(tcs, wire.fetched()))

    assert quotes.found[RELIANCE].last_price == Decimal("1540.1")
    assert quotes.found[TCS].last_price == Decimal("3345.8")


async def test_section_13_one_token_at_two_exchanges_is_two_instruments(
    fresh: BaseBroker, server: ScriptedServer
) -> None:
    await load_master(fresh, server, (master.row(), master.row(symbol="RELIANCE", exch_seg="BSE")))
    at_bse = wire.fetched(exchange="BSE", tradingSymbol="RELIANCE", ltp=Decimal("1539.9"))

    quotes = await _quotes(fresh, server, [RELIANCE, AT_BSE], wire.prices(at_bse, wire.fetched()))

    assert quotes.found[RELIANCE].last_price == Decimal("1540.1")
    assert quotes.found[AT_BSE].last_price == Decimal("1539.9")


async def test_section_4_4_unfetched_ones_are_missing_by_name(broker: BaseBroker, server: ScriptedServer) -> None:
    _script(server, wire.prices(wire.fetched(), no=(wire.unfetched("11536"),)), wire.good_at_gateway)

    quotes = await broker.get_quotes([RELIANCE, TCS])

    assert (set(quotes.found), quotes.missing) == ({RELIANCE}, (TCS,))


async def test_section_4_4_completeness_is_not_assumed(broker: BaseBroker, server: ScriptedServer) -> None:
    quotes = await _quotes(broker, server, [RELIANCE, TCS], wire.prices(wire.fetched()))

    assert (set(quotes.found), quotes.missing) == ({RELIANCE}, (TCS,))


async def test_an_item_that_nobody_asked_for_is_not_shown(broker: BaseBroker, server: ScriptedServer) -> None:
    quotes = await _quotes(broker, server, [RELIANCE], wire.prices(wire.fetched(), wire.fetched(symbolToken="11536")))

    assert set(quotes.found) == {RELIANCE}


async def test_an_expired_contract_is_missing_and_is_not_sent(broker: BaseBroker, server: ScriptedServer) -> None:
    quotes = await _quotes(broker, server, [GONE, RELIANCE], wire.prices(wire.fetched()))

    assert (set(quotes.found), quotes.missing) == ({RELIANCE}, (GONE,))
    [request] = _sent(server)
    assert posted(request)["exchangeTokens"] == {"NSE": ["2885"]}


async def test_two_batches_are_merged(fresh: BaseBroker, server: ScriptedServer) -> None:
    rows = tuple(master.row(token=str(7000 + n), symbol=f"S{n}-EQ", name=f"S{n}") for n in range(60))
    await load_master(fresh, server, rows)
    items = [wire.fetched(symbolToken=str(7000 + n), ltp=n + 1) for n in range(60)]

    quotes = await _quotes(fresh, server, [(f"S{n}", Exchange.NSE) for n in range(60)], wire.prices(*items))

    assert [quotes.found[f"S{n}", Exchange.NSE].last_price for n in range(60)] == [n + 1 for n in range(60)]
    assert quotes.missing == ()


# ------------------------------------------------------------------ one price


@pytest.mark.parametrize("name", ["RELIANCE", "RELIANCE-EQ"])
async def test_section_8_a_symbol_is_taken_in_our_words_and_in_the_brokers(
    name: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    _script(server, wire.prices(wire.fetched()))

    assert await broker.get_ltp(name, Exchange.NSE) == Decimal("1540.1")


async def test_section_8_an_ampersand_needs_no_care_in_a_body(broker: BaseBroker, server: ScriptedServer) -> None:
    _script(server, wire.prices(wire.fetched(tradingSymbol="M&M-EQ", symbolToken="2031", ltp=3700)))

    assert await broker.get_ltp("M&M", Exchange.NSE) == Decimal(3700)


async def test_section_4_4_one_price_that_is_unfetched_is_not_found(broker: BaseBroker, server: ScriptedServer) -> None:
    _script(server, wire.prices(no=(wire.unfetched("2885"),)), wire.good_at_gateway)

    assert (await refusal(broker.get_ltp(*RELIANCE))).kind == "not_found"


@pytest.mark.parametrize("ltp", ["x", [], {}, True, "NaN", "1e400"])
async def test_a_price_that_is_no_number_is_a_surprise(ltp: Any, broker: BaseBroker, server: ScriptedServer) -> None:
    _script(server, wire.prices(wire.fetched(ltp=ltp)))

    assert (await refusal(broker.get_ltp(*RELIANCE))).kind == "wire_surprise"


@pytest.mark.parametrize("ltp", [None, ""])
async def test_a_price_that_is_not_there_is_no_zero(ltp: Any, broker: BaseBroker, server: ScriptedServer) -> None:
    _script(server, wire.prices(wire.fetched(ltp=ltp)))

    assert (await refusal(broker.get_ltp(*RELIANCE))).kind in {"not_found", "wire_surprise"}


@pytest.mark.parametrize(
    "data", [None, [], "null", {}, {"fetched": None, "unfetched": None}, {"fetched": {}, "unfetched": []}]
)
async def test_a_reply_without_lists_is_a_surprise(data: Any, broker: BaseBroker, server: ScriptedServer) -> None:
    _script(server, data)

    assert (await refusal(broker.get_ltp(*RELIANCE))).kind == "wire_surprise"


async def test_section_4_4_the_body_is_json(broker: BaseBroker, server: ScriptedServer) -> None:
    await _quotes(broker, server, [RELIANCE], wire.prices(wire.fetched()))

    [request] = _sent(server)
    assert request.headers["content-type"].startswith("application/json")
    assert isinstance(json.loads(request.body), dict)
