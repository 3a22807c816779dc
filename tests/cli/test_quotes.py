"""`kunji ltp` over accounts of four brokers, each at its demo broker."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.cli import render
from tests.cli.street import NAMES, USERS, Street, started


@pytest.fixture
async def street(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Street]:
    """All brokers, or the one that the test is about."""
    one = "kind" in request.fixturenames
    async with AsyncExitStack() as stack:
        yield await started(stack, tmp_path, [request.getfixturevalue("kind")] if one else NAMES)


def prices(answer: dict[str, Any]) -> dict[str, Decimal]:
    return {f"{row['exchange']}:{row['symbol']}": Decimal(row["last_price"]) for row in answer["quotes"]}


async def test_one_account_gives_the_prices_and_is_named(street: Street) -> None:
    answer = await street.ask("ltp", symbols=["infy", "BSE:INFY", "NSE:M&M"])

    assert (answer["code"], answer["missing"], answer["refused"]) == (0, [], [])
    assert answer["account"]["name"] == "HUF"
    assert set(prices(answer)) == {"NSE:INFY", "BSE:INFY", "NSE:M&M"}
    assert all(price > 0 for price in prices(answer).values())
    assert json.loads(json.dumps(answer)) == answer


@pytest.mark.parametrize("kind", NAMES)
async def test_every_broker_knows_an_instrument_by_kunjis_name(street: Street, kind: str) -> None:
    await street.ask("instruments", action="refresh")
    found = (await street.ask("search", text="nifty fut", limit=1))["instruments"]
    contract = f"NFO:{found[0]['symbol']}"

    answer = await street.ask("ltp", symbols=["INFY", contract, "NIFTY", "NIFTY 50"], account=NAMES[kind])

    assert answer["code"] == 0, answer
    assert answer["account"]["broker_type"] == kind
    assert set(prices(answer)) == {"NSE:INFY", contract, "NSE:NIFTY", "NSE:NIFTY 50"}
    assert prices(answer)["NSE:NIFTY"] == prices(answer)["NSE:NIFTY 50"]


@pytest.mark.parametrize("kind", NAMES)
async def test_what_has_no_price_is_missing_by_name_and_the_rest_is_there(street: Street, kind: str) -> None:
    answer = await street.ask("ltp", symbols=["NOSUCH", "INFY"], account=NAMES[kind])

    assert (answer["code"], answer["error"]["kind"]) == (4, "not_found")
    assert "NSE:NOSUCH" in answer["error"]["title"]
    assert answer["missing"] == [{"symbol": "NOSUCH", "exchange": "NSE"}]
    assert list(prices(answer)) == ["NSE:INFY"]


async def test_the_first_command_waits_for_the_master_that_prices_need(street: Street) -> None:
    answer = await street.ask("ltp", symbols=["INFY"], account="Self")

    assert answer["code"] == 0
    assert street.listener.said == ["Fetching Dhan's list of instruments"]


async def test_without_the_master_nobody_knows_what_is_missing(street: Street) -> None:
    street.dhan.controls.fault("instruments", "short-body")

    answer = await street.ask("ltp", symbols=["INFY"], account="Self")

    assert (answer["code"], answer["quotes"]) == (3, [])
    assert answer["missing"] == [{"symbol": "INFY", "exchange": "NSE"}]
    assert answer["error"]["kind"] != "not_found"


async def test_without_a_data_plan_it_is_explained(street: Street) -> None:
    street.dhan.controls.data_plan(USERS["dhan"].client_id, yes=False)

    answer = await street.ask("ltp", symbols=["INFY"], account="Self")

    assert (answer["code"], answer["error"]["kind"], answer["quotes"]) == (1, "not_subscribed", None)
    assert answer["error"]["title"] == "Prices are not part of your plan at this broker"
    assert (await street.ask("status", account="Self"))["code"] == 0


async def test_another_account_gives_the_prices_that_the_first_does_not_have(street: Street) -> None:
    street.zerodha.controls.plan(USERS["zerodha"].client_id, "personal")

    answer = await street.ask("ltp", symbols=["INFY"])

    assert (answer["code"], answer["account"]["name"]) == (0, "Self")
    assert [(one["name"], one["error"]["kind"]) for one in answer["refused"]] == [("HUF", "not_subscribed")]
    assert "HUF (Zerodha), no prices. Prices are not part of your plan at this broker." in shown(answer, street)[0]


async def test_when_nobody_has_prices_each_says_why(street: Street) -> None:
    for kind, broker in street.brokers.items():
        broker.controls.expire(USERS[kind].client_id)

    answer = await street.ask("ltp", symbols=["INFY"])

    assert (answer["code"], answer["account"], answer["quotes"]) == (1, None, None)
    assert [one["error"]["kind"] for one in answer["refused"]] == ["session_expired"] * 4
    assert len(shown(answer, street)) == 4
    assert render.complaint(answer) == []


async def test_a_wish_that_is_none_is_refused_and_nobody_is_asked(street: Street) -> None:
    before = [len(broker.log) for broker in street.brokers.values()]

    wishes: list[object] = [[], None, "INFY", [":"], ["NASDAQ:AAPL"], ["INFY"] * 1001]
    answers = [await street.ask("ltp", symbols=symbols) for symbols in wishes]

    assert [(answer["code"], answer["error"]["field"]) for answer in answers] == [(2, "symbols")] * 6
    assert [len(broker.log) for broker in street.brokers.values()] == before
    assert [shown(answer, street) for answer in answers] == [[]] * 6


async def test_without_an_account_there_are_no_prices(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        street = await started(stack, tmp_path, ())

        answer = await street.ask("ltp", symbols=["INFY"])

    assert (answer["code"], answer["error"]["next_step"]) == (4, "kunji connect connects one.")
    assert render.complaint(answer) == ["No account is connected. kunji connect connects one."]


def shown(answer: dict[str, Any], street: Street) -> list[str]:
    return render.lines("ltp", answer, street.clock.now())
