"""The Angel One adapter as a whole, against a scripted server: session, reads, prices, orders."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from decimal import Decimal as D  # noqa: N817 - figures stand in columns here
from typing import Any

import pytest

from app.brokers.angel_one.broker import AngelOneBroker
from app.brokers.base import Ability
from app.domain import (
    Exchange,
    OrderRequest,
    OrderSide,
    OrderStatus,
    OrderType,
    Product,
    Secret,
    TradingError,
    Validity,
)
from tests.brokers.angel_one.wire import (
    BOOK,
    CLIENT,
    FUNDS,
    HOLDINGS,
    LOGOUT,
    ORDER_ID,
    PLACE,
    POSITIONS,
    PROFILE,
    TRADES,
    good,
)
from tests.brokers.angel_support import (
    API_KEY,
    DETAILS,
    QUOTE,
    TOKEN,
    UNIQUE_ID,
    at_desk,
    bad,
    credentials,
    gateway,
    order_row,
    position_row,
    profile,
)

LIMIT_TEXT = "Access denied because of exceeding access rate"
Ask = Callable[[AngelOneBroker], Awaitable[object]]


@pytest.fixture(autouse=True)
def _nobody_waits_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is tested here are answers: a pause before a read is asked again takes 5 ms of real time at most."""
    sleep = asyncio.sleep

    async def hurry(seconds: float) -> None:
        await sleep(min(seconds, 0.005))

    monkeypatch.setattr(asyncio, "sleep", hurry)


async def refused(call: Awaitable[object]) -> TradingError:
    with pytest.raises(TradingError) as caught:
        await call
    said = f"{caught.value!r} {caught.value.detail} {caught.value.next_step}"
    assert TOKEN not in said
    assert API_KEY not in said
    return caught.value


def ticket(**changes: Any) -> OrderRequest:
    """Buy 50 RELIANCE on NSE for delivery at a limit."""
    asked: dict[str, Any] = {
        "symbol": "RELIANCE",
        "exchange": Exchange.NSE,
        "product": Product.CNC,
        "side": OrderSide.BUY,
        "order_type": OrderType.LIMIT,
        "quantity": 50,
        "price": D("1450.50"),
        "tag": "KJTAG",
    }
    return OrderRequest(**asked | changes)


# ------------------------------------------------------------------ session


async def test_a_call_says_whose_it_is_and_nobody_elses_address() -> None:
    async with at_desk() as desk:
        await desk.broker.validate()

        headers = desk.server.only("GET", PROFILE).headers
        assert (headers["authorization"], headers["x-privatekey"]) == (f"Bearer {TOKEN}", API_KEY)
        assert (headers["x-clientlocalip"], headers["x-clientpublicip"]) == ("127.0.0.1", "127.0.0.1")
        assert int(headers["x-macaddress"][:2], 16) & 0b10  # locally administered: no hardware's address


async def test_a_pasted_token_may_bring_its_bearer() -> None:
    async with at_desk(connected=False) as desk:
        desk.answers("GET", PROFILE, good(profile()))
        assert await desk.broker.connect(credentials(access_token=f"Bearer {TOKEN}"))
        assert desk.server.only("GET", PROFILE).headers["authorization"] == f"Bearer {TOKEN}"


@pytest.mark.parametrize("code", ["AG8001", "AG8002", "AG8003", "AG8004", "AB1006"])
async def test_a_no_of_the_broker_is_false_with_its_reason(code: str) -> None:
    async with at_desk(connected=False) as desk:
        desk.answers("GET", PROFILE, gateway(code, "words"))
        assert await desk.broker.connect(credentials()) is False
        assert desk.broker.refusal is not None
        assert desk.broker.refusal.broker_code == code


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ({"body": "", "status": 503}, "broker_down"),
        ({"body": "<html>Request Rejected</html>"}, "not_reachable"),
        ({"body": json.dumps(good(None))}, "wire_surprise"),
        ({"body": json.dumps(good(profile())), "content_type": None}, "wire_surprise"),
        ({"body": json.dumps({"status": True})}, "wire_surprise"),
        ({"body": LIMIT_TEXT, "status": 403, "content_type": "text/plain"}, "rate_limited"),
    ],
)
async def test_what_prevents_an_answer_is_no_refusal(answer: dict[str, Any], kind: str) -> None:
    async with at_desk(connected=False) as desk:
        desk.server.on("GET", PROFILE, **answer)
        assert (await refused(desk.broker.connect(credentials()))).kind == kind
        assert desk.broker.refusal is None


async def test_another_clients_token_is_the_wrong_account() -> None:
    async with at_desk(connected=False) as desk:
        desk.answers("GET", PROFILE, good(profile("Z999999")))
        assert (await refused(desk.broker.connect(credentials()))).kind == "wrong_account"


@pytest.mark.parametrize("name", ["api_key", "access_token"])
async def test_without_key_or_token_nothing_is_asked(name: str) -> None:
    async with at_desk(connected=False) as desk:
        error = await refused(desk.broker.connect(credentials(**{name: ""})))
        assert (error.kind, error.field, desk.server.requests) == ("invalid_request", name, [])


async def test_a_key_that_no_header_can_carry_is_said_so() -> None:
    async with at_desk(connected=False) as desk:
        error = await refused(desk.broker.connect(credentials(api_key="ab\ncd")))
        assert (error.kind, error.field) == ("invalid_request", "api_key")


async def test_the_session_is_ended_for_the_client() -> None:
    async with at_desk() as desk:
        desk.answers("POST", LOGOUT, good("Logout Successfully!"))
        await desk.broker.revoke()
        assert desk.body(LOGOUT) == {"clientcode": CLIENT}


async def test_a_dead_session_is_as_good_as_ended() -> None:
    async with at_desk() as desk:
        desk.answers("POST", LOGOUT, gateway("AG8001", "Invalid Token"))
        await desk.broker.revoke()
        desk.answers("POST", LOGOUT, bad("AB1004"))
        assert (await refused(desk.broker.revoke())).kind == "broker_down"


# ------------------------------------------------------------------ reads

READS: dict[str, tuple[Ask, str]] = {
    "funds": (AngelOneBroker.get_funds, FUNDS),
    "positions": (AngelOneBroker.get_positions, POSITIONS),
    "holdings": (AngelOneBroker.get_holdings, HOLDINGS),
    "orders": (AngelOneBroker.get_orders, BOOK),
    "trades": (AngelOneBroker.get_trades, TRADES),
}


@pytest.mark.parametrize("name", READS)
async def test_a_dead_token_is_told_on_every_read(name: str) -> None:
    ask, path = READS[name]
    async with at_desk() as desk:
        desk.answers("GET", path, gateway("AG8001", "Invalid Token"))
        assert (await refused(ask(desk.broker))).kind == "session_expired"


@pytest.mark.parametrize("name", ["positions", "orders", "trades"])
async def test_null_is_an_empty_book(name: str) -> None:
    ask, path = READS[name]
    async with at_desk() as desk:
        desk.answers("GET", path, good(None))
        assert await ask(desk.broker) == []


@pytest.mark.parametrize("name", ["funds", "holdings"])
async def test_null_is_a_surprise_where_the_sheet_knows_none(name: str) -> None:
    ask, path = READS[name]
    async with at_desk() as desk:
        desk.answers("GET", path, good(None))
        assert (await refused(ask(desk.broker))).kind == "wire_surprise"


@pytest.mark.parametrize(
    ("name", "code"), [("orders", "AB1013"), ("trades", "AB1014"), ("holdings", "AB1015"), ("positions", "AB1016")]
)
async def test_not_found_is_an_empty_book_too(name: str, code: str) -> None:
    ask, path = READS[name]
    async with at_desk() as desk:
        desk.answers("GET", path, bad(code))
        assert await ask(desk.broker) == []


async def test_a_limit_is_waited_for_and_the_read_asked_again() -> None:
    async with at_desk() as desk:
        desk.server.on("GET", FUNDS, LIMIT_TEXT, status=403, content_type="text/plain")
        assert (await refused(desk.broker.get_funds())).kind == "rate_limited"
        assert len(desk.server.sent("GET", FUNDS)) == 4


async def test_a_book_is_read_once_in_a_second_and_a_quarter_and_other_calls_do_not_wait_for_it() -> None:
    async with at_desk() as desk:
        desk.answers("GET", POSITIONS, good(None))
        desk.answers("GET", HOLDINGS, good([]))
        began = desk.clock.monotonic()

        await desk.broker.get_positions()
        await desk.broker.get_holdings()
        between = desk.clock.monotonic() - began
        await desk.broker.get_positions()

        assert between == 0
        assert desk.clock.monotonic() - began >= 1.25


async def test_rows_are_named_by_the_master_and_unknown_ones_keep_their_symbol() -> None:
    async with at_desk() as desk:
        unknown = position_row(tradingsymbol="NIFTY24NOV2699000CE", symboltoken="1")
        desk.answers("GET", POSITIONS, good([position_row(), unknown]))

        first, second = await desk.broker.get_positions()

        assert (first.symbol, first.broker_symbol) == ("NIFTY 24NOV26 26000 CE", "NIFTY24NOV2626000CE")
        assert (second.symbol, second.broker_symbol) == ("NIFTY24NOV2699000CE", "NIFTY24NOV2699000CE")


# ------------------------------------------------------------------ one order


async def test_an_order_is_found_in_the_book_and_from_then_on_by_its_own_call() -> None:
    async with at_desk() as desk:
        desk.answers("GET", BOOK, good([order_row()]))
        desk.answers("GET", DETAILS, good(order_row(orderstatus="complete", quantity="50", price="1450.50")))

        first = await desk.broker.get_order(ORDER_ID)
        second = await desk.broker.get_order(ORDER_ID)

        assert (first.symbol, first.status, second.status) == ("RELIANCE", OrderStatus.OPEN, OrderStatus.COMPLETE)
        assert [request.path for request in desk.server.requests] == [BOOK, DETAILS]


async def test_an_order_that_the_book_does_not_have_is_not_found() -> None:
    async with at_desk() as desk:
        desk.answers("GET", BOOK, good(None))
        assert (await refused(desk.broker.get_order("999"))).kind == "not_found"


async def test_an_order_that_its_own_call_misses_is_looked_up_in_the_book() -> None:
    async with at_desk() as desk:
        desk.answers("GET", BOOK, good([order_row()]))
        desk.answers("GET", DETAILS, bad("AB1007", "Order not found"))
        await desk.broker.get_orders()
        assert (await desk.broker.get_order(ORDER_ID)).status is OrderStatus.OPEN
        desk.answers("GET", BOOK, good(None))
        assert (await refused(desk.broker.get_order(ORDER_ID))).kind == "not_found"


async def test_a_new_connection_forgets_the_keys_of_the_old_ones_orders() -> None:
    async with at_desk() as desk:
        desk.answers("GET", BOOK, good([order_row()]))
        await desk.broker.get_orders()
        await desk.broker.connect(credentials())
        desk.server.requests.clear()
        await desk.broker.get_order(ORDER_ID)
        assert [request.path for request in desk.server.requests] == [BOOK]


async def test_an_unknown_status_is_shown_in_the_book_and_loud_when_asked_for() -> None:
    async with at_desk() as desk:
        desk.answers("GET", BOOK, good([order_row(orderstatus="resting", uniqueorderid="")]))
        assert [order.status for order in await desk.broker.get_orders()] == [None]
        error = await refused(desk.broker.get_order_status(ORDER_ID))
        assert (error.kind, "resting" in error.detail) == ("wire_surprise", True)


async def test_an_order_id_that_cannot_be_one_is_not_asked_for() -> None:
    async with at_desk() as desk:
        assert (await refused(desk.broker.get_order("../x"))).kind == "invalid_request"


# ------------------------------------------------------------------ prices


def fetched(**prices: str) -> dict[str, Any]:
    rows = [{"exchange": "NSE", "tradingSymbol": "X", "symbolToken": key[1:], "ltp": p} for key, p in prices.items()]
    return good({"fetched": rows, "unfetched": []})


async def test_prices_are_asked_by_token_and_answered_by_the_name_asked_for() -> None:
    async with at_desk() as desk:
        desk.answers("POST", QUOTE, fetched(t2885="1450.5", t99926000="26050.1"))
        wanted = [
            ("RELIANCE", Exchange.NSE),
            ("RELIANCE-EQ", Exchange.NSE),
            ("NIFTY", Exchange.NSE),
            ("M&M", Exchange.NSE),
            ("NOBODY", Exchange.NSE),
        ]

        found = await desk.broker.get_quotes(wanted)

        assert desk.body(QUOTE) == {"mode": "FULL", "exchangeTokens": {"NSE": ["2885", "99926000", "2031"]}}
        assert {pair[0]: quote.last_price for pair, quote in found.found.items()} == {
            "RELIANCE": D("1450.5"),
            "RELIANCE-EQ": D("1450.5"),
            "NIFTY": D("26050.1"),
        }
        assert found.missing == (("M&M", Exchange.NSE), ("NOBODY", Exchange.NSE))


async def test_nothing_known_asks_nothing() -> None:
    async with at_desk() as desk:
        found = await desk.broker.get_quotes([("NOBODY", Exchange.NSE)])
        assert (found.missing, desk.server.requests) == ((("NOBODY", Exchange.NSE),), [])


async def test_one_price_that_is_not_there_is_not_found() -> None:
    async with at_desk() as desk:
        desk.answers("POST", QUOTE, fetched())
        assert (await refused(desk.broker.get_ltp("RELIANCE", Exchange.NSE))).kind == "not_found"


async def test_one_price_is_exact() -> None:
    async with at_desk() as desk:
        desk.answers("POST", QUOTE, fetched(t2885="1450.05"))
        assert await desk.broker.get_ltp("RELIANCE", Exchange.NSE) == D("1450.05")


# ------------------------------------------------------------------ orders

ACCEPTED = good({"script": "RELIANCE-EQ", "orderid": ORDER_ID, "uniqueorderid": UNIQUE_ID})


async def test_an_order_says_exactly_the_ticket_in_texts() -> None:
    async with at_desk() as desk:
        desk.answers("POST", PLACE, ACCEPTED)

        response = await desk.broker.place_order(ticket())

        assert (response.order_id, response.status, response.symbol) == (ORDER_ID, OrderStatus.PENDING, "RELIANCE")
        assert desk.body(PLACE) == {
            "variety": "NORMAL",
            "tradingsymbol": "RELIANCE-EQ",
            "symboltoken": "2885",
            "exchange": "NSE",
            "transactiontype": "BUY",
            "ordertype": "LIMIT",
            "producttype": "DELIVERY",
            "duration": "DAY",
            "quantity": "50",
            "price": "1450.50",
            "ordertag": "KJTAG",
        }


@pytest.mark.parametrize(
    ("changes", "sent"),
    [
        ({"order_type": "MARKET", "price": None}, {"variety": "NORMAL", "ordertype": "MARKET", "price": "0"}),
        (
            {"order_type": "SL", "trigger_price": D("1449.5")},
            {"variety": "STOPLOSS", "ordertype": "STOPLOSS_LIMIT", "price": "1450.50", "triggerprice": "1449.5"},
        ),
        (
            {"order_type": "SL-M", "price": None, "trigger_price": D("1449.5")},
            {"variety": "STOPLOSS", "ordertype": "STOPLOSS_MARKET", "price": "0", "triggerprice": "1449.5"},
        ),
        ({"product": "MIS", "side": "SELL"}, {"producttype": "INTRADAY", "transactiontype": "SELL"}),
        ({"product": "MTF", "validity": "IOC"}, {"producttype": "MARGIN", "duration": "IOC"}),
        ({"disclosed_quantity": 5}, {"disclosedquantity": "5"}),
        (
            {"symbol": "NIFTY 24NOV26 26000 CE", "exchange": "NFO", "product": "NRML", "quantity": 150},
            {"tradingsymbol": "NIFTY24NOV2626000CE", "producttype": "CARRYFORWARD", "quantity": "150"},
        ),
    ],
)
async def test_every_kind_of_order_is_said_in_the_brokers_words(changes: dict[str, Any], sent: dict[str, str]) -> None:
    async with at_desk() as desk:
        desk.answers("POST", PLACE, ACCEPTED)
        await desk.broker.place_order(ticket(**changes))
        assert desk.body(PLACE) | sent == desk.body(PLACE)


async def test_an_order_without_a_tag_gets_one_of_nineteen_signs() -> None:
    async with at_desk() as desk:
        desk.answers("POST", PLACE, ACCEPTED)
        await desk.broker.place_order(ticket(tag=""))
        assert len(desk.body(PLACE)["ordertag"]) == 19


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"symbol": "NOBODY"}, "symbol"),
        ({"symbol": "NIFTY"}, "symbol"),
        ({"product": "BO"}, "product"),
        ({"tag": "A" * 20}, "tag"),
        ({"price": D("1450.55")}, "price"),
        ({"validity": Validity.TTL}, "validity"),
        ({"symbol": "NIFTY 24NOV26 26000 CE", "exchange": "NFO", "product": "NRML"}, "quantity"),
        (
            {"symbol": "GOLD 05DEC26 FUT", "exchange": "MCX", "product": "NRML", "validity": "IOC", "price": D(9)},
            "validity",
        ),
        ({"product": "NRML"}, "product"),
    ],
)
async def test_what_the_broker_cannot_take_is_not_sent(changes: dict[str, Any], field: str) -> None:
    async with at_desk() as desk:
        error = await refused(desk.broker.place_order(ticket(**changes)))
        assert (error.field, desk.server.requests) == (field, [])


async def test_a_placed_order_is_asked_for_by_its_own_call() -> None:
    async with at_desk() as desk:
        desk.answers("POST", PLACE, ACCEPTED)
        desk.answers("GET", DETAILS, good(order_row(orderstatus="rejected", text="RMS: no")))
        response = await desk.broker.place_order(ticket())
        assert await desk.broker.get_order_status(response.order_id) is OrderStatus.REJECTED


@pytest.mark.parametrize(
    ("code", "message", "kind"),
    [
        ("AG7002", "Access denied: Unregistered IP address", "ip_not_registered"),
        ("AB1006", "Client is blocked for trading", "permission_denied"),
    ],
)
async def test_what_only_orders_need_leaves_everything_else(code: str, message: str, kind: str) -> None:
    async with at_desk() as desk:
        desk.answers("POST", PLACE, gateway(code, message))
        error = await refused(desk.broker.place_order(ticket()))
        assert error.kind == kind
        assert dict(desk.broker.missing) == {Ability.ORDERS: error}

        desk.answers("POST", PLACE, ACCEPTED)
        await desk.broker.place_order(ticket())
        assert not desk.broker.missing


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ({"body": json.dumps(gateway("AG8001"))}, "session_expired"),
        ({"body": json.dumps(bad("AB4006", "Invalid symboltoken"))}, "invalid_request"),
        ({"body": json.dumps(bad("", "out of the Limit Price Protection"))}, "order_rejected"),
        ({"body": LIMIT_TEXT, "status": 403, "content_type": "text/plain"}, "rate_limited"),
        ({"body": json.dumps(bad("AB1004"))}, "outcome_unknown"),
        ({"body": json.dumps(bad("AB2001"))}, "outcome_unknown"),
        ({"body": json.dumps(bad("", "?"))}, "outcome_unknown"),
        ({"body": json.dumps(good(None))}, "outcome_unknown"),
        ({"body": json.dumps(good({"script": "X"}))}, "outcome_unknown"),
        ({"body": json.dumps(ACCEPTED), "status": 500}, "outcome_unknown"),
        ({"body": json.dumps(ACCEPTED), "content_type": None}, "outcome_unknown"),
        ({"body": json.dumps(ACCEPTED | {"status": "true"})}, "outcome_unknown"),
        ({"body": "", "status": 400}, "outcome_unknown"),
        ({"body": "<html>", "content_type": "text/html"}, "outcome_unknown"),
    ],
)
async def test_an_order_ends_in_one_of_the_four_outcomes_after_one_try(answer: dict[str, Any], kind: str) -> None:
    async with at_desk() as desk:
        desk.server.on("POST", PLACE, **answer)
        error = await refused(desk.broker.place_order(ticket()))
        assert error.kind == kind
        assert ("KJTAG" in error.detail) is (kind == "outcome_unknown")
        assert len(desk.server.requests) == 1


async def test_a_limited_order_is_not_said_to_go_on_by_itself() -> None:
    async with at_desk() as desk:
        desk.server.on("POST", PLACE, LIMIT_TEXT, status=403, content_type="text/plain")
        assert "repeats no order by itself" in (await refused(desk.broker.place_order(ticket()))).next_step


async def test_nothing_is_done_before_there_are_credentials() -> None:
    async with at_desk(connected=False) as desk:
        assert (await refused(desk.broker.get_funds())).kind == "invalid_request"


def test_a_token_is_never_shown() -> None:
    assert TOKEN not in repr(credentials(access_token=Secret(TOKEN)))
