"""Holdings, the order book, histories, trades and quotes: what Kite answers as what Kunji shows (section 4)."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from app.brokers.base import Ability, BaseBroker, Typed
from app.domain import (
    IST,
    Credentials,
    Exchange,
    Holding,
    InvalidRequest,
    IpNotRegistered,
    NotFound,
    NotSubscribed,
    OrderSide,
    OrderStatus,
    Product,
    Quote,
    Secret,
    SubState,
    Trade,
    WireSurprise,
)
from tests.brokers.zerodha import books, rows, wire
from tests.brokers.zerodha.books import holding, order, quote, trade
from tests.brokers.zerodha.server import ScriptedServer
from tests.brokers.zerodha.support import Read, refusal, ticket

NEW = {
    "holdings": Read(lambda broker: broker.get_holdings(), [holding()], "/portfolio/holdings"),
    "orders": Read(lambda broker: broker.get_orders(), [order()], "/orders"),
    "history": Read(lambda broker: broker.get_order_history(rows.ORDER_ID), [rows.state()], f"/orders/{rows.ORDER_ID}"),
    "trades": Read(lambda broker: broker.get_trades(), [trade()], "/trades"),
    "quotes": Read(lambda broker: broker.get_quotes([("RELIANCE", Exchange.NSE)]), {"NSE:RELIANCE": quote()}, "/quote"),
}


async def answered(broker: BaseBroker, server: ScriptedServer, operation: str, data: Any) -> Any:
    NEW[operation].script(server, wire.success(data))
    return await NEW[operation].ask(broker)


# ---------------------------------------------------------------- holdings


async def test_a_holding_is_shown_with_every_digit(broker: BaseBroker, server: ScriptedServer) -> None:
    assert await answered(broker, server, "holdings", [holding()]) == [
        Holding(
            symbol="RELIANCE",
            exchange=Exchange.NSE,
            isin="INE002A01018",
            free=60,
            t1=40,
            pledged=0,
            used_today=0,
            average_price=Decimal("1301.1234567890123"),
            last_price=Decimal("1450.1"),
            close_price=Decimal("1432.8"),
            broker_symbol="RELIANCE",
            pnl_told=Decimal("14897.65"),
        )
    ]


@pytest.mark.parametrize("odd", [None, "12.5", [], True])
async def test_an_odd_gain_of_a_holding_is_left_out_and_keeps_the_row(
    broker: BaseBroker, server: ScriptedServer, odd: object
) -> None:
    [row] = await answered(broker, server, "holdings", [holding(pnl=odd)])
    assert (row.quantity, row.pnl_told) == (100, None)


@pytest.mark.parametrize(
    ("changes", "shares"),  # free, T1, pledged, sold today, owned
    [
        ({}, (60, 40, 0, 0, 100)),
        ({"quantity": 10, "used_quantity": 50}, (10, 40, 0, 50, 50)),  # the sheet's example: 60 + 40, 50 sold
        ({"quantity": 60, "t1_quantity": 0, "collateral_quantity": 25}, (35, 0, 25, 0, 60)),
        ({"quantity": 0, "t1_quantity": 0, "collateral_quantity": 25}, (0, 0, 25, 0, 25)),
        ({"quantity": 0, "t1_quantity": 0}, (0, 0, 0, 0, 0)),
    ],
)
async def test_what_can_be_sold_is_told_from_what_cannot(
    broker: BaseBroker, server: ScriptedServer, changes: dict[str, int], shares: tuple[int, ...]
) -> None:
    (row,) = await answered(broker, server, "holdings", [holding(**changes)])
    assert (row.free, row.t1, row.pledged, row.used_today, row.quantity) == shares


async def test_a_holding_without_a_price_has_none(broker: BaseBroker, server: ScriptedServer) -> None:
    (row,) = await answered(broker, server, "holdings", [holding(last_price=0, close_price=None)])
    assert (row.last_price, row.close_price, row.pnl) == (None, None, None)


async def test_a_holding_that_the_master_does_not_know_keeps_its_symbol(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    (row,) = await answered(broker, server, "holdings", [holding(tradingsymbol="NEWCO-BE")])
    assert (row.symbol, row.broker_symbol) == ("NEWCO-BE", "NEWCO-BE")


# ---------------------------------------------------------------- the book


async def test_the_book_shows_every_order_under_kunjis_name(broker: BaseBroker, server: ScriptedServer) -> None:
    data = [
        order(order_id="1", exchange="NFO", tradingsymbol="NIFTY25D0226050CE", product="NRML"),
        order(order_id="2", status="COMPLETE", filled_quantity=50, average_price=Decimal("1440.05"), tag="kj1"),
        order(order_id="3", status="SOMETHING NEW"),
    ]
    first, second, third = await answered(broker, server, "orders", data)
    assert (first.symbol, first.broker_symbol) == ("NIFTY 02DEC25 26050 CE", "NIFTY25D0226050CE")
    assert (second.status, second.average_price, second.tag) == (OrderStatus.COMPLETE, Decimal("1440.05"), "kj1")
    assert (third.status, third.raw_status) == (None, "SOMETHING NEW")


@pytest.mark.parametrize(
    ("word", "filled", "state"),
    [
        ("OPEN", 0, (OrderStatus.OPEN, SubState.NONE)),
        ("OPEN", 20, (OrderStatus.OPEN, SubState.PARTIAL)),
        ("OPEN", 50, (OrderStatus.OPEN, SubState.NONE)),
        ("UPDATE", 20, (OrderStatus.OPEN, SubState.PARTIAL)),
        ("TRIGGER PENDING", 0, (OrderStatus.OPEN, SubState.TRIGGER_PENDING)),
        ("MODIFIED", 20, (OrderStatus.OPEN, SubState.MODIFYING)),
        ("AMO REQ RECEIVED", 0, (OrderStatus.PENDING, SubState.AMO)),
        ("COMPLETE", 50, (OrderStatus.COMPLETE, SubState.NONE)),
        ("CANCELLED", 0, (OrderStatus.CANCELLED, SubState.NONE)),
        ("CANCELLED", 20, (OrderStatus.CANCELLED, SubState.PARTLY_FILLED)),
        ("REJECTED", 20, (OrderStatus.REJECTED, SubState.PARTLY_FILLED)),
        ("EXPIRED", 20, (None, SubState.NONE)),
    ],
)
async def test_a_row_of_the_book_has_its_state(
    broker: BaseBroker, server: ScriptedServer, word: str, filled: int, state: tuple[OrderStatus | None, SubState]
) -> None:
    (row,) = await answered(broker, server, "orders", [order(status=word, filled_quantity=filled)])
    assert (row.status, row.sub_state, row.remaining) == (*state, 50 - filled)


async def test_an_order_placed_at_a_moment_in_india(broker: BaseBroker, server: ScriptedServer) -> None:
    (row,) = await answered(broker, server, "orders", [order()])
    assert row.placed_at == datetime(2025, 11, 26, 10, 31, 5, tzinfo=IST)


async def test_an_empty_book_is_empty(broker: BaseBroker, server: ScriptedServer) -> None:
    assert await answered(broker, server, "orders", []) == []


async def test_a_history_is_told_from_the_beginning(broker: BaseBroker, server: ScriptedServer) -> None:
    words = ["PUT ORDER REQ RECEIVED", "OPEN PENDING", "OPEN", "COMPLETE"]
    states = await answered(broker, server, "history", [rows.state(status=word) for word in words])
    assert [state.raw_status for state in states] == words
    assert states[-1].status is OrderStatus.COMPLETE


async def test_an_order_without_states_is_not_found(broker: BaseBroker, server: ScriptedServer) -> None:
    NEW["history"].script(server, wire.success([]))
    assert isinstance(await refusal(broker.get_order_history(rows.ORDER_ID)), NotFound)


@pytest.mark.parametrize("order_id", ["", "1/../2", "1?x", "a b"])
async def test_an_order_id_never_leaves_its_place_in_the_path(
    broker: BaseBroker, server: ScriptedServer, order_id: str
) -> None:
    assert isinstance(await refusal(broker.get_order_history(order_id)), InvalidRequest)
    assert server.requests == []


# ---------------------------------------------------------------- trades


async def test_a_trade_has_the_time_of_its_fill(broker: BaseBroker, server: ScriptedServer) -> None:
    assert await answered(broker, server, "trades", [trade()]) == [
        Trade(
            trade_id="10000001",
            order_id=rows.ORDER_ID,
            symbol="RELIANCE",
            exchange=Exchange.NSE,
            product=Product.CNC,
            side=OrderSide.BUY,
            quantity=20,
            price=Decimal("1440.05"),
            traded_at=datetime(2025, 11, 26, 10, 31, 7, tzinfo=IST),
            broker_symbol="RELIANCE",
        )
    ]


@pytest.mark.parametrize("fill", [None, "", "10:31:07", "2025-11-26T10:31:07", "2025-11-26 25:00:00", 1764133267])
async def test_a_trade_without_a_full_time_of_fill_has_that_of_the_exchange_or_none(
    broker: BaseBroker, server: ScriptedServer, fill: object
) -> None:
    data = [trade(fill_timestamp=fill), trade(fill_timestamp=fill, exchange_timestamp=None)]
    first, second = await answered(broker, server, "trades", data)
    assert first.traded_at == datetime(2025, 11, 26, 10, 31, 6, tzinfo=IST)
    assert second.traded_at is None


# ---------------------------------------------------------------- quotes


async def test_a_quote_has_the_figures_of_the_day(broker: BaseBroker, server: ScriptedServer) -> None:
    quotes = await answered(broker, server, "quotes", {"NSE:RELIANCE": quote()})
    assert quotes.found == {
        ("RELIANCE", Exchange.NSE): Quote(
            Decimal("1450.1"), Decimal(1435), Decimal("1452.3"), Decimal("1431.05"), Decimal("1432.8")
        )
    }
    assert quotes.missing == ()


async def test_what_has_no_price_is_named(broker: BaseBroker, server: ScriptedServer) -> None:
    wanted = [
        ("NIFTY 02DEC25 26050 CE", Exchange.NFO),
        ("M&M", Exchange.NSE),
        ("GONE", Exchange.NSE),
        ("INFY", Exchange.NSE),
    ]
    data = {"NFO:NIFTY25D0226050CE": quote(), "NSE:M&M": quote(ohlc=None), "NSE:INFY": quote(last_price=0)}
    server.on("GET", "/quote", wire.success(data))
    quotes = await broker.get_quotes(wanted)
    assert set(quotes.found) == set(wanted[:2])
    assert quotes.found[wanted[1]] == Quote(Decimal("1450.1"))
    assert quotes.missing == (("GONE", Exchange.NSE), ("INFY", Exchange.NSE))


async def test_many_quotes_are_asked_for_by_the_five_hundred(broker: BaseBroker, server: ScriptedServer) -> None:
    server.on("GET", "/quote", wire.success({"NSE:S7": quote()}))
    quotes = await broker.get_quotes([(f"S{number}", Exchange.NSE) for number in range(1201)])
    assert sorted(len(request.query["i"]) for request in server.requests) == [201, 500, 500]
    assert (len(quotes.found), len(quotes.missing)) == (1, 1200)


async def test_no_quotes_are_asked_for_nothing(broker: BaseBroker, server: ScriptedServer) -> None:
    assert (await broker.get_quotes([])).found == {}
    assert server.requests == []


# ---------------------------------------------------------------- what a session turns out not to have


async def test_without_the_plan_quotes_are_missing_and_nothing_else(broker: BaseBroker, server: ScriptedServer) -> None:
    NEW["quotes"].script(
        server, wire.failure("PermissionException", "Insufficient permission for that call."), status=403
    )
    assert isinstance(await refusal(NEW["quotes"].ask(broker)), NotSubscribed)
    assert {ability: error.kind for ability, error in broker.missing.items()} == {Ability.QUOTES: "not_subscribed"}
    assert await answered(broker, server, "quotes", {}) is not None
    assert broker.missing == {}


async def test_an_unregistered_address_takes_orders_away_until_one_is_accepted(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    text = "IP (203.0.113.7) is not allowed to place orders for this app"
    server.on("POST", "/orders/regular", wire.failure("PermissionException", text), status=403)
    assert isinstance(await refusal(broker.place_order(ticket())), IpNotRegistered)
    assert set(broker.missing) == {Ability.ORDERS}
    server.on("POST", "/orders/regular", wire.success({"order_id": "1"}))
    await broker.place_order(ticket())
    assert broker.missing == {}


async def test_a_new_session_is_asked_anew_what_it_has(
    broker: BaseBroker, server: ScriptedServer, credentials: Credentials
) -> None:
    NEW["quotes"].script(
        server, wire.failure("PermissionException", "Insufficient permission for that call."), status=403
    )
    await refusal(NEW["quotes"].ask(broker))
    server.on("GET", "/user/profile", wire.success(wire.profile()))
    await broker.connect(credentials)
    assert broker.missing == {}


@pytest.mark.parametrize("ability", [Ability.HOLDINGS, Ability.TRADES, Ability.ORDER_HISTORY, Ability.QUOTES])
async def test_what_works_is_declared(broker: BaseBroker, ability: Ability) -> None:
    assert ability in broker.spec.abilities


async def test_nothing_is_typed_in_a_sign_in_at_zerodha(broker: BaseBroker, credentials: Credentials) -> None:
    sign_in = broker.sign_in(credentials)
    await sign_in.advance(None)
    assert isinstance(await refusal(sign_in.advance(Typed(Secret("123456")))), InvalidRequest)


# ---------------------------------------------------------------- odd rows

_WORDS = ["tradingsymbol", "exchange", "product", "transaction_type", "order_id"]
ODD = {
    "holdings": (books.holding, ["tradingsymbol", "exchange", "quantity", "average_price"]),
    "orders": (books.order, [*_WORDS, "order_type", "status", "quantity", "filled_quantity"]),
    "trades": (books.trade, [*_WORDS, "trade_id", "quantity", "average_price"]),
}


@pytest.mark.parametrize("odd", [None, True, [], {}, Decimal("1.5e300"), ""])
@pytest.mark.parametrize(
    ("operation", "field"), [(name, field) for name, (_, fields) in ODD.items() for field in fields]
)
async def test_a_field_that_cannot_be_right_is_never_shown(
    broker: BaseBroker, server: ScriptedServer, operation: str, field: str, odd: object
) -> None:
    make, _ = ODD[operation]
    NEW[operation].script(server, wire.success([make(), make(**{field: odd})]))
    assert isinstance(await refusal(NEW[operation].ask(broker)), WireSurprise)


@pytest.mark.parametrize("operation", NEW)
@pytest.mark.parametrize("data", [None, "text", 7, False, [[]], [None], {"a": None}])
async def test_an_answer_of_another_shape_is_a_surprise(
    broker: BaseBroker, server: ScriptedServer, operation: str, data: object
) -> None:
    NEW[operation].script(server, wire.success(data))
    assert isinstance(await refusal(NEW[operation].ask(broker)), WireSurprise)
