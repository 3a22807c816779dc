"""The pictures of what was read: exact, null where nothing is known, and each account for itself."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from app.brokers import specs
from app.domain import (
    IST,
    Exchange,
    Funds,
    Holding,
    Instrument,
    IpNotRegistered,
    KeychainLocked,
    Kind,
    NotReachable,
    NotSubscribed,
    Order,
    OrderSide,
    OrderStatus,
    OrderType,
    Product,
    SessionExpired,
    SubState,
    Trade,
    TradingError,
    Unsupported,
    Validity,
)
from app.services.command_views import Code
from app.services.instrument_views import Found, Master, found_json, master_json
from app.services.read_views import (
    AccountAnswer,
    funds_json,
    holding_json,
    holdings_json,
    order_json,
    together,
    trade_json,
)
from app.services.standing import unknown_broker
from app.services.views import AccountState, AccountView, Action

NOW = datetime(2026, 11, 18, 10, 30, tzinfo=IST)


def view(name: str = "HUF") -> AccountView:
    nothing: dict[str, Any] = dict.fromkeys(
        (
            "since",
            "connected_at",
            "token_since",
            "token_expires_at",
            "last_check_at",
            "last_good_at",
            "open_positions",
            "error",
        )
    )
    state: dict[str, Any] = {"colour": "blue", "state": AccountState.READY, "action": Action.NONE}
    return AccountView(f"id-{name}", name, "zerodha", "Zerodha", "AB1234", **state, **nothing)


def holding(**changes: Any) -> Holding:
    row: dict[str, Any] = {
        "symbol": "RELIANCE",
        "exchange": Exchange.NSE,
        "isin": "INE002A01018",
        "free": 10,
        "t1": 2,
        "pledged": 3,
        "used_today": 1,
        "average_price": Decimal("1500.123456"),
        "last_price": Decimal("1561.70"),
        "close_price": None,
        "broker_symbol": "RELIANCE-EQ",
    }
    return Holding(**(row | changes))


def order(**changes: Any) -> Order:
    row: dict[str, Any] = {
        "order_id": "151220000000000",
        "symbol": "INFY",
        "exchange": Exchange.NSE,
        "product": Product.MIS,
        "side": OrderSide.SELL,
        "order_type": OrderType.SL,
        "quantity": 100,
        "filled_quantity": 40,
        "price": Decimal("1500.05"),
        "trigger_price": Decimal(1501),
        "average_price": None,
        "status": OrderStatus.OPEN,
        "sub_state": SubState.PARTIAL,
        "raw_status": "OPEN",
        "message": "",
        "placed_at": NOW,
        "tag": "KJ1",
        "broker_symbol": "INFY",
    }
    return Order(**(row | changes))


# ------------------------------------------------------------------ one account


def test_a_holding_is_every_quantity_and_exact_money() -> None:
    assert holding_json(holding()) == {
        "symbol": "RELIANCE",
        "exchange": "NSE",
        "isin": "INE002A01018",
        "quantity": 15,
        "free": 10,
        "t1": 2,
        "pledged": 3,
        "used_today": 1,
        "average_price": "1500.123456",
        "last_price": "1561.70",
        "close_price": None,
        "value": "23425.50",
        "pnl": "923.648160",
        "broker_symbol": "RELIANCE-EQ",
    }


def test_a_share_without_a_price_leaves_the_sums_unknown_and_the_cost_known() -> None:
    picture = holdings_json([holding(), holding(last_price=None, average_price=Decimal(10))])

    assert [row["pnl"] for row in picture["holdings"]] == ["923.648160", None]
    assert picture["totals"] == {"invested": "22651.851840", "value": None, "pnl": None}


def test_no_holdings_are_worth_nothing() -> None:
    assert holdings_json([]) == {"holdings": [], "totals": {"invested": "0", "value": "0", "pnl": "0"}}


def test_funds_keep_the_brokers_own_figures_and_what_is_not_said_is_null() -> None:
    funds = Funds(Decimal("1E+3"), Decimal("-0.50"), raw={"net": Decimal("1000.00")})

    assert funds_json(funds)["funds"] == {
        "available": "1000",
        "used": "-0.50",
        "collateral": None,
        "opening": None,
        "raw": {"net": "1000.00"},
    }


def test_an_order_has_its_state_the_brokers_word_and_a_moment_with_its_offset() -> None:
    picture = order_json(order())

    assert (picture["status"], picture["sub_state"], picture["raw_status"]) == ("OPEN", "partial", "OPEN")
    assert picture["placed_at"] == "2026-11-18T10:30:00+05:30"
    assert (picture["price"], picture["trigger_price"], picture["average_price"]) == ("1500.05", "1501", None)
    assert (picture["filled_quantity"], picture["quantity"]) == (40, 100)


def test_a_status_that_is_not_known_is_null_beside_the_brokers_word() -> None:
    picture = order_json(order(status=None, sub_state=SubState.NONE, raw_status="PARKED", placed_at=None))

    assert (picture["status"], picture["raw_status"], picture["placed_at"]) == (None, "PARKED", None)


def test_what_is_not_known_of_validity_and_disclosure_is_null() -> None:
    told, untold = order_json(order(validity=Validity.IOC, disclosed_quantity=0)), order_json(order())

    assert (told["validity"], told["disclosed_quantity"]) == ("IOC", 0)
    assert (untold["validity"], untold["disclosed_quantity"]) == (None, None)


def test_a_trade_without_a_full_time_has_none() -> None:
    trade = Trade(
        "T1", "O1", "INFY", Exchange.NSE, Product.CNC, OrderSide.BUY, 5, Decimal("1500.0500"), None, "INFY-EQ"
    )

    picture = trade_json(trade)

    assert (picture["traded_at"], picture["price"], picture["broker_symbol"]) == (None, "1500.0500", "INFY-EQ")


# ------------------------------------------------------------------ several accounts


def yes(name: str = "HUF") -> AccountAnswer:
    return AccountAnswer(view(name), NOW, [])


def no(error: TradingError, name: str = "Self") -> AccountAnswer:
    return AccountAnswer(view(name), error=error)


def told(*answers: AccountAnswer) -> dict[str, Any]:
    return together(answers, "holdings", holdings_json)


def test_every_account_has_an_answer_of_its_own_and_none_is_an_empty_list() -> None:
    answer = told(yes(), no(NotReachable("timed out")))

    first, second = answer["accounts"]
    assert (first["code"], first["holdings"], first["as_of"]) == (0, [], NOW.isoformat())
    assert (second["code"], second["holdings"], second["as_of"]) == (3, None, None)
    assert (second["error"]["kind"], second["error"]["detail"]) == ("not_reachable", "timed out")
    assert json.loads(json.dumps(answer)) == answer


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ([], Code.YES),
        ([yes(), yes()], Code.YES),
        ([yes(), no(NotReachable())], Code.UNKNOWN),
        ([no(SessionExpired()), no(NotReachable())], Code.NO),
        ([no(NotReachable()), no(SessionExpired())], Code.UNKNOWN),
        ([yes(), no(KeychainLocked())], Code.VAULT),
        ([yes(), no(Unsupported())], Code.YES),
        ([yes(), no(NotSubscribed()), no(IpNotRegistered())], Code.YES),
        ([no(Unsupported())], Code.USAGE),
        ([no(NotSubscribed()), no(NotReachable())], Code.UNKNOWN),
    ],
)
def test_the_code_is_of_the_first_failure_and_a_missing_ability_is_none(
    answers: list[AccountAnswer], code: Code
) -> None:
    assert told(*answers)["code"] == code


def test_an_account_of_a_broker_that_is_not_known_is_a_failure_though_others_answer() -> None:
    unknown = unknown_broker("nosuch")

    answer = told(yes(), AccountAnswer(replace(view("Old"), error=unknown), error=unknown))

    assert (answer["code"], answer["error"]["kind"]) == (Code.USAGE, "unsupported")


# ------------------------------------------------------------------ instruments and masters


def share(**changes: Any) -> Instrument:
    row: dict[str, Any] = {
        "exchange": "NSE",
        "broker_symbol": "RELIANCE",
        "token": "1",
        "name": "RELIANCE",
        "kind": Kind.CASH,
        "expiry": None,
        "strike": None,
        "tick_size": Decimal("0.10"),
        "lot_size": 1,
    }
    return Instrument(**(row | changes))


def test_a_contract_says_what_each_broker_calls_it() -> None:
    zerodha, dhan = specs()[:2]
    rows = [(zerodha, share()), (dhan, share(broker_symbol="NSE_EQ:2885", isin="INE002A01018", freeze_quantity=9000))]

    picture = found_json(Found(rows))

    assert (picture["symbol"], picture["isin"], picture["freeze_quantity"]) == ("RELIANCE", "INE002A01018", 9000)
    assert [(one["broker"], one["broker_symbol"], one["freeze_quantity"]) for one in picture["brokers"]] == [
        ("Zerodha", "RELIANCE", None),
        ("Dhan", "NSE_EQ:2885", 9000),
    ]


@pytest.mark.parametrize(
    ("day", "age", "current"),
    [(None, None, False), (date(2026, 11, 18), 0, True), (date(2026, 11, 17), 1, False)],
)
def test_a_master_says_how_old_it_is(day: date | None, age: int | None, current: bool) -> None:  # noqa: FBT001 - a row of the table
    picture = master_json(Master(specs()[0], day), NOW.astimezone(UTC))

    assert (picture["age_days"], picture["current"], picture["error"]) == (age, current, None)


def test_yesterdays_master_is_current_until_the_brokers_publish_the_next() -> None:
    early = NOW.replace(hour=7)

    assert master_json(Master(specs()[0], date(2026, 11, 17)), early)["current"]
