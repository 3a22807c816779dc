"""What the books look like on the wire, type by type (protocol sheet sections 4.2 to 4.4)."""

from decimal import Decimal
from typing import Any

import httpx
import pytest

from app.simulators.angel_one.people import angel_one_users
from app.simulators.angel_one.server import AngelOneSimulator
from tests.fakes.clock import ManualClock
from tests.simulators.angel_one.support import (
    ALL_HOLDINGS,
    FUNDS,
    HOLDINGS,
    LTP,
    ME,
    ORDERS,
    POSITIONS,
    PROFILE,
    QUOTE,
    SEARCH,
    TRADES,
    data,
    error,
    placed,
    row,
    words,
)

POSITION_FIELDS = words(
    """
    exchange symboltoken producttype tradingsymbol symbolname instrumenttype priceden pricenum genden gennum
    precision multiplier boardlotsize buyqty sellqty buyamount sellamount symbolgroup strikeprice optiontype
    expirydate lotsize cfbuyqty cfsellqty cfbuyamount cfsellamount buyavgprice sellavgprice avgnetprice
    netvalue netqty totalbuyvalue totalsellvalue cfbuyavgprice cfsellavgprice totalbuyavgprice
    totalsellavgprice netprice pnl realised unrealised ltp close
    """
)
HOLDING_FIELDS = words(
    """
    tradingsymbol exchange isin t1quantity realisedquantity quantity authorisedquantity product
    collateralquantity collateraltype haircut averageprice ltp symboltoken close profitandloss pnlpercentage
    """
)
TRADE_FIELDS = words(
    """
    exchange producttype tradingsymbol instrumenttype symbolgroup strikeprice optiontype expirydate
    marketlot precision multiplier tradevalue transactiontype fillprice fillsize orderid fillid filltime
    """
)
FULL_FIELDS = words(
    """
    exchange tradingSymbol symbolToken ltp open high low close lastTradeQty exchFeedTime exchTradeTime
    netChange percentChange avgPrice tradeVolume opnInterest lowerCircuit upperCircuit totBuyQuan
    totSellQuan 52WeekLow 52WeekHigh depth referenceLimitPrice
    """
)
THIRD = angel_one_users(3)[2]


async def positions(client: httpx.AsyncClient) -> dict[str, dict[str, Any]]:
    """The rows by name of the underlying and instrument type."""
    return {f"{one['symbolname']} {one['instrumenttype']}".strip(): one for one in data(await client.get(POSITIONS))}


# ------------------------------------------------------------------ profile, money, holdings


async def test_profile_as_of_2026(client: httpx.AsyncClient) -> None:
    body = data(await client.get(PROFILE))

    assert (body["clientcode"], body["email"], body["broker"]) == (ME.client_id, "", "")
    assert "nse_cm" in body["exchanges"]
    assert {"CNC", "MIS", "NRML"} <= set(body["products"])
    assert body["lastlogintime"] == "18-Nov-2026 10:00:00"


async def test_funds_are_texts_or_null(client: httpx.AsyncClient) -> None:
    body = data(await client.get(FUNDS))

    assert all(value is None or isinstance(value, str) for value in body.values())
    assert body["net"] == body["availablecash"]
    assert (body["m2munrealized"], body["utilisedturnover"]) == ("0.0000", None)
    assert Decimal(body["net"]) + Decimal(body["utiliseddebits"]) == ME.equity_cash + ME.commodity_cash


async def test_what_is_not_used_is_null(sim: AngelOneSimulator, client: httpx.AsyncClient) -> None:
    sim.controls.empty_positions(ME.client_id)

    body = data(await client.get(FUNDS))

    assert [body[name] for name in ("utilisedspan", "utilisedexposure", "utilisedoptionpremium")] == [None] * 3


async def test_holding_has_numbers(client: httpx.AsyncClient) -> None:
    rows = {one["tradingsymbol"]: one for one in data(await client.get(HOLDINGS))}

    assert {frozenset(one) for one in rows.values()} == {frozenset(HOLDING_FIELDS)}
    itc = rows["ITC-EQ"]
    assert (itc["quantity"], itc["t1quantity"], itc["realisedquantity"]) == (700, 100, 600)
    assert (itc["collateralquantity"], itc["isin"][:3], len(itc["isin"])) == (None, "INE", 12)
    assert isinstance(itc["averageprice"], float)


async def test_holdings_with_totals(client: httpx.AsyncClient) -> None:
    body = data(await client.get(ALL_HOLDINGS))

    total = body["totalholding"]
    assert total["totalprofitandloss"] == pytest.approx(sum(one["profitandloss"] for one in body["holdings"]))
    assert total["totalholdingvalue"] == pytest.approx(sum(one["ltp"] * one["quantity"] for one in body["holdings"]))


async def test_no_holdings_are_an_empty_list_and_no_total(sim: AngelOneSimulator, client: httpx.AsyncClient) -> None:
    sim.controls.empty_holdings(ME.client_id)

    assert data(await client.get(HOLDINGS)) == []
    assert data(await client.get(ALL_HOLDINGS)) == {"holdings": [], "totalholding": None}


# ------------------------------------------------------------------ positions


async def test_position_has_every_field_as_a_text(client: httpx.AsyncClient) -> None:
    rows = data(await client.get(POSITIONS))

    assert {frozenset(one) for one in rows} == {frozenset(POSITION_FIELDS)}
    assert {type(value) for one in rows for value in one.values()} == {str}


async def test_arithmetic_of_a_position(client: httpx.AsyncClient) -> None:
    for one in data(await client.get(POSITIONS)):
        number = {name: Decimal(one[name].replace(" ", "")) for name in ("netqty", "pnl", "realised", "unrealised")}
        assert abs(number["pnl"] - number["realised"] - number["unrealised"]) <= Decimal("0.01")
        quantities = [int(one[name]) for name in ("cfbuyqty", "buyqty", "cfsellqty", "sellqty")]
        assert quantities[0] + quantities[1] - quantities[2] - quantities[3] == number["netqty"]


async def test_realised_and_unrealised_of_a_short(client: httpx.AsyncClient) -> None:
    infy = (await positions(client))["INFY"]

    average, last = Decimal(infy["totalsellavgprice"]), Decimal(infy["ltp"])
    assert (infy["netqty"], infy["producttype"]) == ("-200", "INTRADAY")
    assert Decimal(infy["unrealised"]) == (average - last) * 200


async def test_closed_position_stays_with_nothing_left(client: httpx.AsyncClient) -> None:
    sbin = (await positions(client))["SBIN"]

    assert (sbin["netqty"], sbin["unrealised"], sbin["avgnetprice"]) == ("0", "0.00", "0.00")
    assert Decimal(sbin["realised"]) > 0


async def test_net_value_has_a_blank_after_its_minus(client: httpx.AsyncClient) -> None:
    assert (await positions(client))["RELIANCE"]["netvalue"].startswith("- ")


async def test_commodity_counts_units(client: httpx.AsyncClient) -> None:
    crude = (await positions(client))["CRUDEOIL FUTCOM"]

    assert (crude["netqty"], crude["cfsellqty"], crude["lotsize"]) == ("-100", "100", "100")
    assert (crude["exchange"], crude["symbolgroup"], crude["tradingsymbol"]) == ("MCX", "XX", "CRUDEOIL19NOV26FUT")


async def test_option_names_its_contract(client: httpx.AsyncClient) -> None:
    rows = data(await client.get(POSITIONS))
    [call] = [one for one in rows if one["optiontype"] == "CE"]

    assert (call["instrumenttype"], call["expirydate"], call["strikeprice"]) == ("OPTIDX", "29DEC2026", "26000")
    assert (call["netqty"], call["cfbuyqty"], call["buyqty"]) == ("150", "150", "0")
    assert call["tradingsymbol"] == "NIFTY29DEC2626000CE"


async def test_products_can_come_short(sim: AngelOneSimulator, client: httpx.AsyncClient) -> None:
    long = {one["producttype"] for one in data(await client.get(POSITIONS))}
    sim.controls.reset_limits()
    sim.controls.short_products(yes=True)

    assert long == {"DELIVERY", "INTRADAY", "CARRYFORWARD"}
    assert {one["producttype"] for one in data(await client.get(POSITIONS))} == {"CNC", "MIS", "NRML"}


async def test_empty_lists_are_null(sim: AngelOneSimulator, client: httpx.AsyncClient) -> None:
    sim.controls.empty_positions(ME.client_id)

    assert [data(await client.get(path)) for path in (POSITIONS, ORDERS, TRADES)] == [None] * 3


async def test_third_client_holds_other_things(sim: AngelOneSimulator, stranger: httpx.AsyncClient) -> None:
    stranger.headers["X-PrivateKey"] = THIRD.api_key
    stranger.headers["Authorization"] = f"Bearer {sim.controls.replace_token(THIRD.client_id)}"

    assert {"M&M", "BAJAJ-AUTO"} <= set(await positions(stranger))


# ------------------------------------------------------------------ trades


async def test_trade_has_texts_no_token_and_no_tag(client: httpx.AsyncClient, clock: ManualClock) -> None:
    ids = await placed(client)
    clock.jump(1)

    rows = data(await client.get(TRADES))

    assert {frozenset(one) for one in rows} == {frozenset(TRADE_FIELDS)}
    assert {type(value) for one in rows for value in one.values()} == {str}
    assert [one["orderid"] for one in rows] == [ids["orderid"]] * 2
    assert sum(int(one["fillsize"]) for one in rows) == 10
    assert rows[0]["filltime"] == "10:00:00"


async def test_fill_is_booked_into_the_position(client: httpx.AsyncClient, clock: ManualClock) -> None:
    await placed(client, tradingsymbol="ITC-EQ", symboltoken="10023", price="400.0", quantity="5")
    clock.jump(1)

    assert (await positions(client))["ITC"]["netqty"] == "5"


# ------------------------------------------------------------------ quotes, search


async def quote(client: httpx.AsyncClient, mode: str, **tokens: list[Any]) -> httpx.Response:
    return await client.post(QUOTE, json={"mode": mode, "exchangeTokens": tokens})


@pytest.mark.parametrize(
    ("mode", "fields"),
    [
        ("LTP", {"exchange", "tradingSymbol", "symbolToken", "ltp"}),
        ("OHLC", {"exchange", "tradingSymbol", "symbolToken", "ltp", "open", "high", "low", "close"}),
        ("FULL", FULL_FIELDS),
    ],
)
async def test_fields_of_a_quote(mode: str, fields: set[str], client: httpx.AsyncClient) -> None:
    body = data(await quote(client, mode, NSE=["2885"]))

    [one] = body["fetched"]
    assert body["unfetched"] == []
    assert (set(one), one["tradingSymbol"], type(one["ltp"])) == (fields, "RELIANCE-EQ", float)


async def test_quote_without_the_slash(client: httpx.AsyncClient) -> None:
    answer = await client.post(QUOTE[:-1], json={"mode": "LTP", "exchangeTokens": {"NSE": ["2885"]}})

    assert data(answer)["fetched"]


async def test_empty_depth_is_zeros(client: httpx.AsyncClient) -> None:
    [index] = data(await quote(client, "FULL", NSE=["99926000"]))["fetched"]

    assert index["tradingSymbol"] == "Nifty 50"
    assert index["depth"]["buy"] == [{"price": 0.0, "quantity": 0, "orders": 0}] * 5


async def test_what_is_not_fetched_comes_in_the_other_envelope(
    sim: AngelOneSimulator, client: httpx.AsyncClient
) -> None:
    sim.controls.no_price("NSE", "10021")

    body = (await quote(client, "LTP", NSE=["2885", "77", "", "10021"], BSE=["2885"])).json()

    assert (body["success"], body["errorCode"], "status" in body) == (True, "", False)
    assert [one["symbolToken"] for one in body["data"]["fetched"]] == ["2885"]
    missing = {(one["exchange"], one["symbolToken"]): one["errorCode"] for one in body["data"]["unfetched"]}
    assert missing == {
        ("NSE", "77"): "AB4006",
        ("NSE", ""): "AB4018",
        ("NSE", "10021"): "AB4006",
        ("BSE", "2885"): "AB4006",
    }


async def test_quotes_come_in_another_order(client: httpx.AsyncClient) -> None:
    fetched = data(await quote(client, "LTP", NSE=["2885", "1594"]))["fetched"]

    assert [one["symbolToken"] for one in fetched] == ["1594", "2885"]


@pytest.mark.parametrize(
    "body",
    [
        {"mode": "ALL", "exchangeTokens": {"NSE": ["2885"]}},
        {"mode": "LTP", "exchangeTokens": {}},
        {"mode": "LTP", "exchangeTokens": {"NSE": "2885"}},
        {"mode": "LTP", "exchangeTokens": {"NSE": [str(one) for one in range(51)]}},
        {},
    ],
)
async def test_bad_quote_request_is_an_empty_400(body: Any, client: httpx.AsyncClient) -> None:
    answer = await client.post(QUOTE, json=body)

    assert (answer.status_code, answer.content) == (400, b"")


async def test_old_ltp_call_has_numbers(client: httpx.AsyncClient) -> None:
    asked = {"exchange": "NSE", "tradingsymbol": "INFY-EQ", "symboltoken": "1594"}

    body = data(await client.post(LTP, json=asked))

    assert {name: body[name] for name in asked} == asked
    assert {type(body[name]) for name in ("open", "high", "low", "close", "ltp")} == {float}
    assert error(await client.post(LTP, json=asked | {"symboltoken": "1"}))[0] == "AB1018"


async def test_search(client: httpx.AsyncClient) -> None:
    found = data(await client.post(SEARCH, json={"exchange": "NSE", "searchscrip": "reli"}))

    assert found == [{"exchange": "NSE", "tradingsymbol": "RELIANCE-EQ", "symboltoken": "2885"}]


async def test_one_order_and_the_book_agree(client: httpx.AsyncClient) -> None:
    ids = await placed(client)

    assert data(await client.get(ORDERS)) == [await row(client, ids)]
