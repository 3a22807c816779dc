"""The broker's own client library is content with the demo broker."""

import asyncio
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from app.simulators import DEMO, ZerodhaSimulator
from tests.fakes.clock import ManualClock


@pytest.fixture
async def ready(simulator: ZerodhaSimulator) -> ZerodhaSimulator:
    simulator.controls.enforce_limits(yes=False)
    return simulator


@pytest.fixture
def kite(ready: ZerodhaSimulator) -> Iterator[Any]:
    from kiteconnect import KiteConnect

    client = KiteConnect(DEMO.api_key, root=ready.base_url, timeout=30)
    client.reqsession.trust_env = False
    yield client
    client.reqsession.close()


@pytest.fixture
async def session(kite: Any, ready: ZerodhaSimulator) -> Any:
    token = ready.controls.request_token(DEMO.client_id)
    return await asyncio.to_thread(kite.generate_session, token, DEMO.api_secret)


async def test_session_is_generated(session: Any) -> None:
    assert session["user_id"] == DEMO.client_id
    assert session["login_time"] == datetime(2026, 11, 18, 10, 0)  # noqa: DTZ001 - the library's dates are naive


@pytest.mark.usefixtures("session")
async def test_account_is_read(kite: Any) -> None:
    profile = await asyncio.to_thread(kite.profile)
    margins = await asyncio.to_thread(kite.margins, "equity")
    positions = await asyncio.to_thread(kite.positions)
    assert profile["broker"] == "ZERODHA"
    assert margins["net"] < margins["available"]["cash"]
    assert len(positions["net"]) == 7


@pytest.mark.usefixtures("session")
async def test_order_is_placed_and_followed(kite: Any, clock: ManualClock) -> None:
    order_id = await asyncio.to_thread(
        lambda: kite.place_order(
            kite.VARIETY_REGULAR, "NSE", "M&M", "BUY", 2, "CNC", "MARKET", market_protection=-1, tag="kj3"
        )
    )
    clock.jump(2)
    history = await asyncio.to_thread(kite.order_history, order_id)
    orders = await asyncio.to_thread(kite.orders)
    trades = await asyncio.to_thread(kite.order_trades, order_id)
    assert history[-1]["status"] == "COMPLETE"
    assert isinstance(history[0]["order_timestamp"], datetime)
    assert (orders[0]["order_id"], orders[0]["tag"]) == (order_id, "kj3")
    assert sum(trade["quantity"] for trade in trades) == 2


@pytest.mark.usefixtures("session")
async def test_prices_and_instruments_are_read(kite: Any) -> None:
    prices = await asyncio.to_thread(kite.ltp, "NSE:INFY", "NSE:M&M", "NSE:NIFTY 50")
    everything = await asyncio.to_thread(kite.instruments)
    assert prices["NSE:M&M"]["last_price"] > 0
    assert len(everything) > 300
    assert {row["exchange"] for row in await asyncio.to_thread(kite.instruments, "MCX")} == {"MCX"}


@pytest.mark.usefixtures("session")
async def test_dead_token_is_a_token_exception(kite: Any, ready: ZerodhaSimulator) -> None:
    from kiteconnect.exceptions import TokenException

    ready.controls.expire(DEMO.client_id)
    with pytest.raises(TokenException, match="Incorrect `api_key` or `access_token`"):
        await asyncio.to_thread(kite.profile)


@pytest.mark.usefixtures("session")
async def test_session_is_ended(kite: Any, ready: ZerodhaSimulator) -> None:
    assert await asyncio.to_thread(kite.invalidate_access_token) is True
    assert not ready.controls.is_live(DEMO.client_id)
