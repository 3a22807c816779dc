"""Holdings, funds, orders and trades over accounts of four brokers at once, each at its demo broker."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.brokers import specs
from app.brokers.base import Ability
from app.cli import render
from app.domain import Exchange, OrderError, OrderRequest, OrderSide, OrderType, Product
from app.services import account_reads
from tests.cli.street import NAMES, USERS, Street, started

READS = ("holdings", "funds", "orders", "trades")


@pytest.fixture
async def street(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Street]:
    """All brokers, or the one that the test is about."""
    one = "kind" in request.fixturenames
    async with AsyncExitStack() as stack:
        yield await started(stack, tmp_path, [request.getfixturevalue("kind")] if one else NAMES)


async def placed(street: Street, kind: str, **changes: Any) -> str:
    """Place an order at that broker; its id."""
    wish: dict[str, Any] = {
        "symbol": "INFY",
        "exchange": Exchange.NSE,
        "product": Product.MIS,
        "side": OrderSide.BUY,
        "order_type": OrderType.LIMIT,
        "quantity": 5,
        "price": Decimal("1450.00"),
    }
    await street.services.masters.need(kind)
    (account,) = [one for one in street.services.brokers.accounts() if one.broker_type == kind]
    broker = await street.services.brokers.get_broker_for_user(account.user_id)
    return (await broker.place_order(OrderRequest(**(wish | changes)))).order_id


# ------------------------------------------------------------------ all that can be read


@pytest.mark.parametrize("op", READS)
async def test_every_account_is_read_at_once_and_says_when(street: Street, op: str) -> None:
    answer = await street.ask(op)

    assert (answer["ok"], answer["code"], answer["error"]) == (True, 0, None)
    assert [(one["name"], one["broker_type"]) for one in answer["accounts"]] == [
        (name, kind) for kind, name in NAMES.items()
    ]
    for one in answer["accounts"]:
        assert one[op] is not None
        assert datetime.fromisoformat(one["as_of"]).utcoffset() is not None
    assert json.loads(json.dumps(answer)) == answer


async def test_one_account_is_read_alone(street: Street) -> None:
    answer = await street.ask("funds", account="self")

    assert [one["name"] for one in answer["accounts"]] == ["Self"]
    assert Decimal(answer["accounts"][0]["funds"]["available"]) > 0
    assert answer["accounts"][0]["funds"]["raw"]


async def test_only_prices_that_dhan_does_not_send_are_said_to_be_derived(street: Street) -> None:
    accounts = (await street.ask("positions"))["accounts"]

    derived = {one["broker"] for one in accounts for row in one["positions"] if row["last_price_is_derived"]}
    assert derived == {"Dhan"}
    assert all(row["last_price"] for one in accounts for row in one["positions"] if row["last_price_is_derived"])


async def test_the_same_shares_read_the_same_at_every_broker(street: Street) -> None:
    found = await street.each("holdings")

    told = {
        kind: {
            (row["symbol"], row["exchange"], row["quantity"], row["t1"], Decimal(row["average_price"]))
            for row in one["holdings"]
        }
        for kind, one in found.items()
    }
    assert told["zerodha"] == told["dhan"] == told["fyers"] == told["angel_one"]
    assert [row["pledged"] for row in found["dhan"]["holdings"] if row["symbol"] == "NIFTYBEES"] == [100]


async def test_holdings_are_worth_what_their_prices_say(street: Street) -> None:
    for one in (await street.each("holdings")).values():
        value = sum(Decimal(row["last_price"]) * row["quantity"] for row in one["holdings"])
        assert Decimal(one["totals"]["value"]) == value
        assert Decimal(one["totals"]["value"]) - Decimal(one["totals"]["invested"]) == Decimal(one["totals"]["pnl"])


async def test_an_order_is_in_the_book_of_its_account_only(street: Street) -> None:
    order_id = await placed(street, "fyers")

    found = await street.each("orders")

    (order,) = found["fyers"]["orders"]
    assert (found["zerodha"]["orders"], found["dhan"]["orders"]) == ([], [])
    assert (order["order_id"], order["symbol"], order["side"], order["price"]) == (order_id, "INFY", "BUY", "1450.0")
    assert (order["filled_quantity"], order["quantity"]) == (0, 5)
    assert order["status"] in {"PENDING", "OPEN"}


@pytest.mark.parametrize("kind", NAMES)
async def test_a_filled_order_is_a_trade_with_its_price(street: Street, kind: str) -> None:
    street.brokers[kind].controls.filling(USERS[kind].client_id, "at-once")
    order_id = await placed(street, kind, order_type=OrderType.MARKET, price=None)

    (order,) = (await street.each("orders"))[kind]["orders"]
    trades = (await street.each("trades"))[kind]["trades"]

    assert (order["status"], order["filled_quantity"]) == ("COMPLETE", 5)
    assert {trade["order_id"] for trade in trades} == {order_id}
    assert sum(trade["quantity"] for trade in trades) == 5
    assert all(Decimal(trade["price"]) > 0 for trade in trades)


async def test_the_first_command_brings_the_masters_of_all_brokers(street: Street) -> None:
    await street.ask("orders")

    assert [await street.services.store.instruments.loaded_on(kind) is None for kind in NAMES] == [False] * 4


async def test_a_contract_has_one_name_whoever_took_the_order(street: Street) -> None:
    await street.ask("instruments", action="refresh")
    (name, *_) = [row["symbol"] for row in (await street.ask("search", text="nifty fut"))["instruments"]]
    contract = {"symbol": name, "exchange": Exchange.NFO, "product": Product.NRML, "quantity": 75}

    for kind in NAMES:
        await placed(street, kind, **contract, order_type=OrderType.MARKET, price=None)
    found = await street.each("orders")

    assert [one["orders"][0]["symbol"] for one in found.values()] == [name] * 4
    assert len({one["orders"][0]["broker_symbol"] for one in found.values()}) > 1


async def test_a_master_that_does_not_come_is_not_waited_for(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account_reads, "NAMES", 0.2)
    street.zerodha.controls.delay("instruments", 30.0)

    answer = await asyncio.wait_for(street.ask("orders"), 20)

    assert answer["ok"], answer
    (said,) = street.listener.said
    assert said.endswith("kunji instruments refresh fetches them")


async def test_money_is_read_without_any_master(street: Street) -> None:
    await street.ask("funds")

    assert await street.services.store.instruments.loaded_on("zerodha") is None


# ------------------------------------------------------------------ one of them fails


@pytest.mark.parametrize("op", READS)
async def test_an_account_that_cannot_be_read_is_told_beside_the_others(street: Street, op: str) -> None:
    street.dhan.controls.fault(op, "word-false")

    answer = await street.ask(op)

    found = {one["broker_type"]: one for one in answer["accounts"]}
    assert (answer["ok"], answer["code"], answer["error"]["kind"]) == (False, 3, "wire_surprise")
    assert (found["dhan"][op], found["dhan"]["as_of"], found["dhan"]["code"]) == (None, None, 3)
    assert [found[kind]["code"] for kind in ("zerodha", "fyers", "angel_one")] == [0] * 3
    assert [found[kind][op] is None for kind in ("zerodha", "fyers", "angel_one")] == [False] * 3


async def test_an_ended_session_is_a_no_and_the_others_are_read(street: Street) -> None:
    street.fyers.controls.expire(USERS["fyers"].client_id)

    answer = await street.ask("holdings")

    assert answer["code"] == 1
    assert [(one["code"], one["holdings"] is None) for one in answer["accounts"]] == [
        (0, False),
        (0, False),
        (1, True),
        (0, False),
    ]
    assert answer["accounts"][2]["error"]["kind"] == "session_expired"


async def test_the_next_command_knows_of_the_ended_session_and_does_not_ask_again(street: Street) -> None:
    broker = street.fyers
    broker.controls.expire(USERS["fyers"].client_id)
    await street.ask("holdings", account="Spouse")
    before = len(broker.log)

    answer = await street.ask("holdings", account="Spouse")

    assert (answer["code"], len(broker.log)) == (1, before)


async def test_no_account_at_all_is_said(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        street = await started(stack, tmp_path, ())

        answers = [await street.ask(op) for op in READS]

    assert [(answer["code"], answer["accounts"]) for answer in answers] == [(0, [])] * 4
    lines = render.lines("orders", answers[2], street.clock.now())
    assert lines == ["No account is connected. kunji connect connects one."]


async def test_an_account_that_there_is_not_is_not_found(street: Street) -> None:
    assert (await street.ask("trades", account="Nobody"))["code"] == 4


async def test_after_a_restart_the_command_connects_by_itself(street: Street) -> None:
    await street.ask("orders")
    await street.services.close()
    await street.open()
    before = {kind: len(broker.log) for kind, broker in street.brokers.items()}

    assert (await street.ask("trades"))["code"] == 0

    asked = {kind: [seen.operation for seen in street.brokers[kind].log[before[kind] :]] for kind in NAMES}
    assert [operations.count("trades") for operations in asked.values()] == [1] * 4
    assert [operations.count("instruments") for operations in asked.values()] == [0] * 4


# ------------------------------------------------------------------ what a broker does not do


@pytest.fixture
async def lacking(tmp_path: Path) -> AsyncIterator[Street]:
    """The same with a Dhan that tells no trades."""
    declared = [
        replace(spec, abilities=spec.abilities & ~Ability.TRADES) if spec.key == "dhan" else spec for spec in specs()
    ]
    async with AsyncExitStack() as stack:
        yield await started(stack, tmp_path, declared=declared)


async def test_a_broker_that_does_not_do_it_is_no_failure_beside_others(lacking: Street) -> None:
    answer = await lacking.ask("trades")

    found = {one["broker_type"]: one for one in answer["accounts"]}
    assert (answer["ok"], answer["code"]) == (True, 0)
    assert (found["dhan"]["trades"], found["dhan"]["error"]["kind"]) == (None, "unsupported")
    assert found["dhan"]["error"]["title"] == "Dhan tells no trades"


async def test_asked_alone_it_is_the_answer(lacking: Street) -> None:
    answer = await lacking.ask("trades", account="Self")

    assert (answer["code"], answer["error"]["kind"]) == (2, "unsupported")


async def test_a_right_that_the_app_does_not_have_leaves_the_account_connected(street: Street) -> None:
    street.fyers.controls.permit(USERS["fyers"].client_id)

    answer = await street.ask("trades", account="Spouse")

    assert (answer["code"], answer["error"]["kind"]) == (1, "permission_denied")
    assert (await street.ask("status", account="Spouse"))["accounts"][0]["status"] == "healthy"


# ------------------------------------------------------------------ the states of one order


async def test_the_history_of_an_order_is_its_states_the_oldest_first(street: Street) -> None:
    street.zerodha.controls.filling(USERS["zerodha"].client_id, "at-once")
    order_id = await placed(street, "zerodha", order_type=OrderType.MARKET, price=None)

    answer = await street.ask("orders", history=order_id, account="HUF")

    states = answer["accounts"][0]["history"]
    assert answer["code"] == 0
    assert {state["order_id"] for state in states} == {order_id}
    assert states[-1]["status"] == "COMPLETE"


@pytest.mark.parametrize("kind", ["dhan", "fyers", "angel_one"])
async def test_a_broker_that_keeps_no_history_says_so(street: Street, kind: str) -> None:
    answer = await street.ask("orders", history="112111182198", account=NAMES[kind])

    assert (answer["code"], answer["error"]["kind"]) == (2, "unsupported")
    assert "keeps no history of an order" in answer["error"]["title"]


async def test_a_history_is_of_one_account(street: Street) -> None:
    answer = await street.ask("orders", history="112111182198")

    assert (answer["code"], answer["error"]["next_step"]) == (2, "Say which one with --account.")


async def test_an_order_that_there_is_not_has_no_history(street: Street) -> None:
    answer = await street.ask("orders", history="999999999999", account="HUF")

    assert (answer["code"], answer["accounts"][0]["history"]) == (4, None)


# ------------------------------------------------------------------ odd orders

UNKNOWN = {"zerodha": "PARKED", "dhan": "PARKED", "fyers": "9", "angel_one": "parked"}


@pytest.mark.parametrize("kind", NAMES)
async def test_a_status_that_is_not_known_is_shown_as_such_with_the_brokers_word(street: Street, kind: str) -> None:
    order_id = await placed(street, kind)
    street.brokers[kind].controls.hold_order(USERS[kind].client_id, order_id, UNKNOWN[kind])

    answer = await street.ask("orders", account=NAMES[kind])

    (order,) = answer["accounts"][0]["orders"]
    assert (order["status"], order["raw_status"]) == (None, UNKNOWN[kind])
    assert f"unknown ({UNKNOWN[kind]})" in "\n".join(render.lines("orders", answer, street.clock.now()))


@pytest.mark.parametrize("kind", ["dhan", "fyers"])
async def test_a_refused_order_says_why_in_the_brokers_words(street: Street, kind: str) -> None:
    street.brokers[kind].controls.filling(USERS[kind].client_id, "at-once")
    with suppress(OrderError):  # refused at once, and in the book all the same
        await placed(street, kind, quantity=100000, product=Product.CNC, order_type=OrderType.MARKET, price=None)

    (order,) = (await street.each("orders"))[kind]["orders"]

    assert order["status"] == "REJECTED"
    assert order["message"]
