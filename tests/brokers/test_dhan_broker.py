"""The Dhan adapter as a whole at a scripted server: what is sent, what comes of the answers, what goes missing."""

import json
from decimal import Decimal
from typing import Any, Final

import pytest

from app.brokers.base import Ability
from app.brokers.dhan.client import COMPACT, DETAILED
from app.domain import (
    DailyCap,
    Exchange,
    InvalidRequest,
    IpNotRegistered,
    NotFound,
    NotSubscribed,
    OrderRequest,
    OrderSide,
    OrderStatus,
    OrderType,
    OutcomeUnknown,
    Product,
    SessionExpired,
    TradingError,
    Unsupported,
    Validity,
    WireSurprise,
    WrongAccount,
)
from tests.brokers.dhan_support import CLIENT, NOW, PROFILE, TOKEN, Desk, at_desk, credentials, jwt
from tests.brokers.test_dhan_book import row as order_row
from tests.brokers.test_dhan_book import trade as trade_row
from tests.brokers.test_dhan_instruments import CALL, SHARE, text
from tests.brokers.test_dhan_mapping import holding, position

NO_PLAN: Final = {"data": {"806": "Data APIs not Subscribed"}, "status": "failed"}
FAILED_IP: Final = {"errorType": "Input_Exception", "errorCode": "DH-905", "errorMessage": "Invalid IP"}


def plain(row: Any) -> Any:
    """`row` as JSON would carry it: decimals as numbers."""
    return json.loads(json.dumps(row, default=float))


def ticket(**changes: Any) -> OrderRequest:
    asked: dict[str, Any] = {
        "symbol": "RELIANCE",
        "exchange": Exchange.NSE,
        "product": Product.CNC,
        "side": OrderSide.BUY,
        "order_type": OrderType.LIMIT,
        "quantity": 5,
        "price": "1450.10",
    }
    return OrderRequest(**asked | changes)


def accept(desk: Desk) -> None:
    desk.answers("POST", "/v2/orders", {"orderId": "112111182198", "orderStatus": "TRANSIT"})


async def sent_order(**changes: Any) -> dict[str, Any]:
    """The body that goes out for an order."""
    async with at_desk() as desk:
        accept(desk)
        await desk.broker.place_order(ticket(**changes))
        body: dict[str, Any] = json.loads(desk.server.only("POST", "/v2/orders").body)
        return body


# ------------------------------------------------------------------ session


async def test_every_call_says_whose_it_is() -> None:
    async with at_desk(connected=False) as desk:
        desk.answers("GET", "/v2/profile", PROFILE)
        await desk.broker.connect(credentials())
        headers = desk.server.only("GET", "/v2/profile").headers

    assert headers["access-token"] == TOKEN
    assert (headers["client-id"], headers["dhanclientid"]) == (CLIENT, CLIENT)


async def test_client_id_that_is_not_known_yet_is_learnt() -> None:
    async with at_desk(connected=False) as desk:
        desk.answers("GET", "/v2/profile", PROFILE)
        connected = await desk.broker.connect(credentials(client_id=""))
        profile = await desk.broker.get_profile()
        first, second = desk.server.sent("GET", "/v2/profile")

    assert connected
    assert profile.client_id == CLIENT
    assert "client-id" not in first.headers
    assert second.headers["client-id"] == CLIENT


async def test_session_of_another_client_is_refused() -> None:
    async with at_desk(connected=False) as desk:
        desk.answers("GET", "/v2/profile", PROFILE | {"dhanClientId": "1100009999"})

        with pytest.raises(WrongAccount):
            await desk.broker.connect(credentials())


async def test_dead_token_is_a_no_with_its_reason() -> None:
    async with at_desk(connected=False) as desk:
        dead = {"errorType": "Order_Error", "errorCode": "DH-906", "errorMessage": "Invalid Token"}
        desk.answers("GET", "/v2/profile", dead, status=400)
        connected = await desk.broker.connect(credentials())

    assert not connected
    assert isinstance(desk.broker.refusal, SessionExpired)


@pytest.mark.parametrize(
    ("changes", "field"), [({"access_token": ""}, "access_token"), ({"client_id": "1\r\nx: y"}, "client_id")]
)
async def test_what_cannot_be_asked_with_is_named(changes: dict[str, str], field: str) -> None:
    async with at_desk(connected=False) as desk:
        with pytest.raises(InvalidRequest) as caught:
            await desk.broker.connect(credentials(**changes))

    assert caught.value.field == field


async def test_answer_without_a_content_type_is_a_surprise() -> None:
    async with at_desk() as desk:
        desk.answers("GET", "/v2/positions", [], content_type=None)

        with pytest.raises(WireSurprise):
            await desk.broker.get_positions()


async def test_session_cannot_be_ended_at_dhan() -> None:
    async with at_desk() as desk:
        with pytest.raises(Unsupported):
            await desk.broker.revoke()

    assert desk.server.requests == []


# ------------------------------------------------------------------ renewal


async def test_token_made_at_dhan_is_renewed_and_used_at_once() -> None:
    old, new = jwt(tokenConsumerType="SELF"), jwt(tokenConsumerType="SELF", n=2)
    async with at_desk(connected=False) as desk:
        desk.answers("GET", "/v2/profile", PROFILE)
        await desk.broker.connect(credentials(access_token=old))
        desk.answers("GET", "/v2/RenewToken", {"dhanClientId": CLIENT, "accessToken": new})
        token = await desk.broker.renew()
        await desk.broker.validate()
        renewal = desk.server.only("GET", "/v2/RenewToken")
        later = desk.server.sent("GET", "/v2/profile")[-1]

    assert (renewal.headers["access-token"], renewal.headers["dhanclientid"]) == (old, CLIENT)
    assert token.access_token.reveal() == new
    assert later.headers["access-token"] == new


async def test_token_of_a_sign_in_is_not_renewed() -> None:
    async with at_desk(connected=False) as desk:
        desk.answers("GET", "/v2/profile", PROFILE)
        await desk.broker.connect(credentials(access_token=jwt(tokenConsumerType="APP")))

        with pytest.raises(Unsupported):
            await desk.broker.renew()


async def test_renewal_is_asked_for_once() -> None:
    async with at_desk(connected=False) as desk:
        desk.answers("GET", "/v2/profile", PROFILE)
        await desk.broker.connect(credentials(access_token=jwt(tokenConsumerType="SELF")))
        desk.answers("GET", "/v2/RenewToken", {}, status=503)

        with pytest.raises(TradingError):
            await desk.broker.renew()

    assert len(desk.server.sent("GET", "/v2/RenewToken")) == 1


# ------------------------------------------------------------------ what goes missing


@pytest.mark.parametrize(("plan", "missing"), [("Active", set()), ("Deactive", {Ability.QUOTES}), (None, set())])
async def test_plan_that_is_not_active_takes_the_prices_away(plan: str | None, missing: set[Ability]) -> None:
    async with at_desk(connected=False) as desk:
        desk.answers("GET", "/v2/profile", PROFILE | {"dataPlan": plan})
        connected = await desk.broker.connect(credentials())

    assert connected
    assert set(desk.broker.missing) == missing


async def test_refused_price_takes_the_prices_away_and_leaves_the_account() -> None:
    async with at_desk() as desk:
        desk.answers("POST", "/v2/marketfeed/ltp", NO_PLAN, status=401)
        with pytest.raises(NotSubscribed):
            await desk.broker.get_ltp("RELIANCE", Exchange.NSE)

        assert isinstance(desk.broker.missing[Ability.QUOTES], NotSubscribed)
        assert await desk.broker.validate()


async def test_address_that_is_not_registered_takes_orders_away_until_one_is_taken() -> None:
    async with at_desk() as desk:
        desk.answers("POST", "/v2/orders", FAILED_IP, status=400)
        with pytest.raises(IpNotRegistered):
            await desk.broker.place_order(ticket())
        refused = set(desk.broker.missing)
        accept(desk)
        await desk.broker.place_order(ticket())

    assert refused == {Ability.ORDERS}
    assert not desk.broker.missing


# ------------------------------------------------------------------ holdings, positions, books


async def test_no_holdings_are_an_empty_list() -> None:
    none = {"errorType": "HOLDING_ERROR", "errorCode": "DH-1111", "errorMessage": "No holdings available"}
    async with at_desk() as desk:
        desk.answers("GET", "/v2/holdings", none, status=500)

        assert await desk.broker.get_holdings() == []
        assert len(desk.server.requests) == 1


async def test_holding_is_named_by_its_listing_at_nse() -> None:
    rows = [
        holding(tradingSymbol="RIL", securityId="2885", isin="INE002A01018"),
        holding(tradingSymbol="RIL", securityId="500325", isin="INE002A01018"),
        holding(tradingSymbol="OTHER", securityId="13", isin="INE999Z01011"),
        holding(tradingSymbol="NEW", securityId="77"),
    ]
    async with at_desk() as desk:
        desk.answers("GET", "/v2/holdings", plain(rows))
        found = await desk.broker.get_holdings()

    assert [(row.symbol, row.exchange, row.broker_symbol) for row in found] == [
        ("RELIANCE", "NSE", "RIL"),
        ("RELIANCE", "NSE", "RIL"),
        ("OTHER", "NSE", "OTHER"),
        ("NEW", "NSE", "NEW"),
    ]


async def test_position_is_found_by_its_id_also_without_a_symbol() -> None:
    contract = {"exchangeSegment": "NSE_FNO", "productType": "MARGIN", "tradingSymbol": None}
    rows = [position(securityId="49081", **contract), position(securityId="99999", **contract)]
    async with at_desk() as desk:
        desk.answers("GET", "/v2/positions", plain(rows))
        found = await desk.broker.get_positions()

    assert [row.symbol for row in found] == ["NIFTY 24NOV26 26000 CE", "99999"]


async def test_book_and_trades_are_named_by_their_ids() -> None:
    contract = {"exchangeSegment": "NSE_FNO", "securityId": "52001", "tradingSymbol": "NIFTY-Nov2026-26000-CE"}
    async with at_desk() as desk:
        desk.answers("GET", "/v2/orders", plain([order_row(**contract), order_row()]))
        desk.answers("GET", "/v2/trades", plain([trade_row(**contract)]))
        orders, trades = await desk.broker.get_orders(), await desk.broker.get_trades()

    assert [order.symbol for order in orders] == ["NIFTY 17NOV26 26000 CE", "TCS"]
    assert trades[0].symbol == "NIFTY 17NOV26 26000 CE"


async def test_unknown_status_of_one_order_raises_the_broker_s_word() -> None:
    async with at_desk() as desk:
        desk.answers("GET", "/v2/orders/112111182198", plain([order_row(orderStatus="BAKED")]))
        order = await desk.broker.get_order("112111182198")
        with pytest.raises(WireSurprise, match="BAKED"):
            await desk.broker.get_order_status("112111182198")

    assert order.status is None


async def test_order_that_dhan_does_not_know_is_not_found() -> None:
    async with at_desk() as desk:
        desk.answers("GET", "/v2/orders/7", [])

        with pytest.raises(NotFound):
            await desk.broker.get_order("7")


async def test_order_id_that_would_be_a_path_is_refused() -> None:
    async with at_desk() as desk:
        with pytest.raises(InvalidRequest):
            await desk.broker.get_order("../positions")


async def test_dhan_keeps_no_history_of_an_order() -> None:
    async with at_desk() as desk:
        with pytest.raises(Unsupported):
            await desk.broker.get_order_history("1")


# ------------------------------------------------------------------ prices


async def test_ids_go_out_as_numbers_by_segment_and_prices_come_back_by_name() -> None:
    data = {
        "NSE_EQ": {"2885": {"last_price": 1450.0999755859375, "ohlc": {"open": 1440.5, "close": 1441.2, "high": 0}}},
        "IDX_I": {"13": {"last_price": 23092.19921875}},
    }
    wanted = [("RELIANCE", Exchange.NSE), ("NIFTY", Exchange.NSE), ("M&M", Exchange.NSE), ("GONE", Exchange.NSE)]
    async with at_desk() as desk:
        desk.answers("POST", "/v2/marketfeed/quote", {"data": data, "status": "success"})
        found = await desk.broker.get_quotes(wanted)
        body = json.loads(desk.server.only("POST", "/v2/marketfeed/quote").body)

    assert body == {"NSE_EQ": [2885, 2031], "IDX_I": [13]}
    assert found.found["RELIANCE", Exchange.NSE].last_price == Decimal("1450.1")
    assert found.found["RELIANCE", Exchange.NSE].high is None
    assert found.found["NIFTY", Exchange.NSE].last_price == Decimal("23092.20")
    assert found.missing == (("M&M", Exchange.NSE), ("GONE", Exchange.NSE))


@pytest.mark.parametrize("row", [{}, {"last_price": 0}, {"last_price": 0.0}])
async def test_missing_or_zero_price_is_none_and_never_zero(row: dict[str, object]) -> None:
    async with at_desk() as desk:
        desk.answers("POST", "/v2/marketfeed/ltp", {"data": {"NSE_EQ": {"2885": row}}, "status": "success"})

        with pytest.raises(NotFound):
            await desk.broker.get_ltp("RELIANCE", Exchange.NSE)


async def test_what_the_master_does_not_know_is_missing_without_a_call() -> None:
    async with at_desk() as desk:
        found = await desk.broker.get_quotes([("GONE", Exchange.NSE)])

    assert found.missing == (("GONE", Exchange.NSE),)
    assert desk.server.requests == []


@pytest.mark.parametrize("code", ["DH-907", "813"])
async def test_no_data_is_said_and_not_an_empty_portfolio(code: str) -> None:
    async with at_desk() as desk:
        desk.answers("GET", "/v2/holdings", {"errorType": "Data_Error", "errorCode": code}, status=400)

        with pytest.raises(NotFound):
            await desk.broker.get_holdings()


# ------------------------------------------------------------------ orders


async def test_limit_order_says_its_price_and_everything_else() -> None:
    body = await sent_order(tag="T1", disclosed_quantity=2)

    assert body == {
        "dhanClientId": CLIENT,
        "correlationId": "T1",
        "transactionType": "BUY",
        "exchangeSegment": "NSE_EQ",
        "productType": "CNC",
        "orderType": "LIMIT",
        "validity": "DAY",
        "securityId": "2885",
        "quantity": 5,
        "price": 1450.1,
        "disclosedQuantity": 2,
    }


async def test_market_order_has_no_price() -> None:
    body = await sent_order(order_type=OrderType.MARKET, price=None)

    assert (body["orderType"], body["price"]) == ("MARKET", 0)
    assert "triggerPrice" not in body


async def test_stop_order_says_price_and_trigger() -> None:
    body = await sent_order(order_type=OrderType.SL, price="1460.0", trigger_price="1455.5")

    assert (body["orderType"], body["price"], body["triggerPrice"]) == ("STOP_LOSS", 1460.0, 1455.5)


@pytest.mark.parametrize(
    ("product", "said"),
    [(Product.CNC, "CNC"), (Product.MIS, "INTRADAY"), (Product.MTF, "MTF")],
)
async def test_product_goes_out_in_dhan_s_word(product: Product, said: str) -> None:
    assert (await sent_order(product=product))["productType"] == said


async def test_contract_is_ordered_by_its_id() -> None:
    contract: dict[str, Any] = {"symbol": "NIFTY 24NOV26 26000 CE", "exchange": Exchange.NFO, "product": Product.NRML}
    body = await sent_order(**contract, quantity=130, price="101.05")

    assert (body["exchangeSegment"], body["securityId"], body["quantity"]) == ("NSE_FNO", "49081", 130)
    assert body["productType"] == "MARGIN"


async def test_tag_of_ours_is_short_enough_and_new_each_time() -> None:
    first, second = await sent_order(), await sent_order()

    assert first["correlationId"] != second["correlationId"]
    assert len(first["correlationId"]) <= 25


async def test_placed_order_is_pending() -> None:
    async with at_desk() as desk:
        accept(desk)
        response = await desk.broker.place_order(ticket())

    assert (response.order_id, response.status) == ("112111182198", OrderStatus.PENDING)


@pytest.mark.parametrize(
    "changes",
    [
        {"symbol": "GONE"},
        {"symbol": "NIFTY", "price": "100"},
        {"product": Product.CO},
        {"price": "1450.13"},
        {"symbol": "NIFTY 24NOV26 26000 CE", "exchange": Exchange.NFO, "quantity": 1, "price": "100"},
        {"validity": Validity.TTL},
        {"product": Product.NRML},
    ],
    ids=["unknown", "an index", "a book's product", "off the tick", "off the lot", "minutes", "carried"],
)
async def test_order_that_dhan_cannot_take_is_not_sent(changes: dict[str, Any]) -> None:
    async with at_desk() as desk:
        with pytest.raises((InvalidRequest, NotFound, Unsupported)) as caught:
            await desk.broker.place_order(ticket(**changes))

    assert caught.value.field
    assert desk.server.requests == []


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, "{}"),
        (202, ""),
        (200, "false"),
        (200, '{"orderId":"","orderStatus":"TRANSIT"}'),
        (500, '{"orderId":"1","orderStatus":"TRANSIT"}'),
        (400, '{"errorCode":"DH-909","errorMessage":"network"}'),
    ],
)
async def test_answer_that_proves_nothing_leaves_the_order_unknown(status: int, body: str) -> None:
    async with at_desk() as desk:
        desk.answers("POST", "/v2/orders", body, status=status)
        with pytest.raises(OutcomeUnknown, match="T1"):
            await desk.broker.place_order(ticket(tag="T1"))

    assert len(desk.server.requests) == 1


async def test_order_over_four_fifths_of_the_daily_limit_is_not_sent() -> None:
    async with at_desk() as desk:
        for _ in range(5600):
            desk.calls.add(CLIENT, "dhan.orders", NOW.date())

        with pytest.raises(DailyCap):
            await desk.broker.place_order(ticket())

    assert desk.server.requests == []


# ------------------------------------------------------------------ the master


async def test_master_is_loaded_without_a_session() -> None:
    async with at_desk(connected=False) as desk:
        desk.answers("GET", DETAILED, text(SHARE, CALL), content_type="text/csv")
        count = await desk.broker.load_instruments()
        day = await desk.instruments.loaded_on("dhan")

    assert (count, day) == (2, NOW.date())


async def test_compact_master_is_taken_where_there_is_no_other() -> None:
    async with at_desk(connected=False) as desk:
        desk.answers("GET", DETAILED, "", status=404, content_type=None)
        desk.answers("GET", COMPACT, text(SHARE), content_type="text/csv")

        assert await desk.broker.load_instruments() == 1


async def test_broken_master_leaves_the_last_good_one() -> None:
    async with at_desk() as desk:
        desk.answers("GET", DETAILED, text(SHARE, CALL | {"LOT_SIZE": "x"}), content_type="text/csv")
        with pytest.raises(WireSurprise):
            await desk.broker.load_instruments()
        kept = await desk.instruments.by_symbol("dhan", "NSE", "M&M")

    assert kept is not None
