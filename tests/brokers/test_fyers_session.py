"""A Fyers session: who it belongs to, when it is over, what its app may do, how often it is asked."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from app.brokers.base import Ability, BrokerPorts
from app.brokers.fyers.broker import FyersBroker
from app.brokers.fyers.client import LIMITS
from app.domain import (
    BadCredentials,
    BrokerDown,
    Exchange,
    InvalidRequest,
    MemoryCallCounts,
    MemoryInstruments,
    NotReachable,
    NotSubscribed,
    PermissionDenied,
    RateLimited,
    SessionExpired,
    TradingError,
    WireSurprise,
    WrongAccount,
)
from tests.brokers import fyers_support as fyers
from tests.brokers.fyers_support import scene
from tests.fakes.clock import ManualClock, settle

PROFILE = ("GET", "/api/v3/profile")
FUNDS = ("GET", "/api/v3/funds")
ORDERS = ("GET", "/api/v3/orders")
HOLDINGS = ("GET", "/api/v3/holdings")
POSITIONS = ("GET", "/api/v3/positions")
QUOTES = ("GET", "/data/quotes")
LOGOUT = ("POST", "/api/v3/logout")
DEAD = fyers.error(-16, "Could not authenticate the user")
GONE = fyers.error(-8, "Your token has expired. Please generate a token")
BOOK = fyers.ok(orderBook=[])

Call = Callable[[FyersBroker], Awaitable[object]]


@dataclass(frozen=True)
class Read:
    """One reading operation: where it asks, and a good answer to it."""

    where: tuple[str, str]
    ask: Call
    good: str


FUNDS_ROWS = [{"id": number, "title": "x", "equityAmount": 1, "commodityAmount": 0} for number in (2, 10)]
READS = {
    "profile": Read(PROFILE, lambda broker: broker.get_profile(), fyers.profile()),
    "funds": Read(FUNDS, lambda broker: broker.get_funds(), fyers.ok(fund_limit=FUNDS_ROWS)),
    "holdings": Read(HOLDINGS, lambda broker: broker.get_holdings(), fyers.ok(holdings=[])),
    "positions": Read(POSITIONS, lambda broker: broker.get_positions(), fyers.ok(netPositions=[])),
    "orders": Read(ORDERS, lambda broker: broker.get_orders(), BOOK),
    "order": Read(ORDERS, lambda broker: broker.get_order("26111800000012"), fyers.ok(orderBook=[fyers.order()])),
    "trades": Read(("GET", "/api/v3/tradebook"), lambda broker: broker.get_trades(), fyers.ok(tradeBook=[])),
    "quotes": Read(
        QUOTES, lambda broker: broker.get_ltp("SBIN", Exchange.NSE), fyers.ok(d=[fyers.quote("NSE:SBIN-EQ", 820)])
    ),
}


# ------------------------------------------------------------------ yes, no, another's


async def test_a_live_token_connects_with_its_app_id_in_front() -> None:
    async with scene() as at:
        at.server.on(*PROFILE, fyers.profile())
        assert await at.broker.connect(fyers.credentials())
        headers = at.only(*PROFILE).headers
        assert headers["authorization"] == f"{fyers.APP_ID}:{fyers.TOKEN}"
        assert headers["content-type"] == "application/json"
        assert headers["user-agent"] == "Kunji"


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (401, GONE, SessionExpired),
        (401, DEAD, SessionExpired),
        (400, fyers.error(-352, "Please provide a valid app id."), BadCredentials),
        (403, fyers.error(-373, "no permission"), PermissionDenied),
    ],
)
async def test_a_no_has_its_reason(status: int, body: str, reason: type[TradingError]) -> None:
    async with scene() as at:
        at.server.on(*PROFILE, body, status=status)
        assert not await at.broker.connect(fyers.credentials())
        assert type(at.broker.refusal) is reason


async def test_a_no_is_forgotten_with_the_next_yes() -> None:
    async with scene() as at:
        at.server.on(*PROFILE, GONE, status=401)
        assert not await at.broker.connect(fyers.credentials())
        await at.connect()
        assert at.broker.refusal is None


async def test_another_clients_token_is_the_wrong_account() -> None:
    async with scene() as at:
        at.server.on(*PROFILE, fyers.profile(fy_id="XB99999"))
        with pytest.raises(WrongAccount):
            await at.broker.connect(fyers.credentials())


async def test_the_client_id_is_compared_without_regard_to_case() -> None:
    async with scene() as at:
        at.server.on(*PROFILE, fyers.profile())
        assert await at.broker.connect(fyers.credentials(client_id="xa00001"))


@pytest.mark.parametrize("empty", ["api_key", "access_token"])
async def test_an_empty_field_is_named_and_nothing_is_sent(empty: str) -> None:
    async with scene() as at:
        with pytest.raises(InvalidRequest) as caught:
            await at.broker.connect(fyers.credentials(**{empty: ""}))
        assert (caught.value.field, at.server.requests) == (empty, [])


@pytest.mark.parametrize("name", ["api_key", "access_token"])
async def test_a_secret_that_is_no_header_is_refused_without_being_shown(name: str) -> None:
    async with scene() as at:
        with pytest.raises(InvalidRequest) as caught:
            await at.broker.connect(fyers.credentials(**{name: "canary\r\nX-Other: 1"}))
        assert (caught.value.field, "canary" in str(caught.value)) == (name, False)


async def test_no_network_is_never_a_no() -> None:
    ports = BrokerPorts(ManualClock(), MemoryCallCounts(), MemoryInstruments(), "http://127.0.0.1:9")
    broker = FyersBroker(ports, deadlines=fyers.QUICK)
    with pytest.raises(NotReachable):
        await broker.connect(fyers.credentials())
    assert broker.refusal is None
    await broker.close()


# ------------------------------------------------------------------ a no is confirmed before it is believed


@pytest.mark.parametrize("name", READS)
async def test_one_false_no_is_asked_about_and_the_answer_comes_after_all(name: str) -> None:
    async with scene() as at:
        await at.connect()
        read = READS[name]
        at.server.first(*read.where, (401, DEAD))
        at.server.on(*read.where, read.good)
        await read.ask(at.broker)
        assert [request.path for request in at.server.requests] == [read.where[1], PROFILE[1], read.where[1]]


@pytest.mark.parametrize("name", READS)
async def test_a_no_that_the_profile_repeats_ends_the_session(name: str) -> None:
    async with scene() as at:
        await at.connect()
        read = READS[name]
        at.server.on(*PROFILE, DEAD, status=401)
        at.server.on(*read.where, DEAD, status=401)
        with pytest.raises(SessionExpired):
            await read.ask(at.broker)
        assert len(at.server.sent(*PROFILE)) == (2 if name == "profile" else 1)


async def test_a_token_that_says_it_has_expired_is_believed_at_once() -> None:
    async with scene() as at:
        await at.connect()
        at.server.on(*PROFILE, GONE, status=401)
        assert not await at.broker.validate()
        assert len(at.server.sent(*PROFILE)) == 1


async def test_one_false_no_to_the_profile_is_no_end() -> None:
    async with scene() as at:
        await at.connect()
        at.server.first(*PROFILE, (401, DEAD))
        assert await at.broker.validate()


async def test_several_reads_at_once_ask_about_the_session_together() -> None:
    async with scene() as at:
        await at.connect()
        for read in READS.values():
            at.server.on(*read.where, DEAD, status=401)
        asked = [READS[name].ask(at.broker) for name in ("funds", "holdings", "positions", "orders")]
        ends = await asyncio.gather(*asked, return_exceptions=True)
        assert [type(end) for end in ends] == [SessionExpired] * 4
        assert len(at.server.sent(*PROFILE)) == 1


async def test_a_no_that_is_not_repeated_by_anybody_is_trouble_and_not_the_end() -> None:
    async with scene() as at:
        await at.connect()
        at.server.on(*FUNDS, DEAD, status=401)
        with pytest.raises(BrokerDown):
            await at.broker.get_funds()
        assert await at.broker.validate()


async def test_a_no_that_cannot_be_asked_about_is_not_the_end() -> None:
    async with scene() as at:
        await at.connect()
        at.server.on(*FUNDS, DEAD, status=401)
        at.server.on(*PROFILE, "", status=503)
        with pytest.raises(BrokerDown):
            await at.broker.get_funds()


async def test_a_new_token_is_asked_about_anew() -> None:
    async with scene() as at:
        await at.connect()
        at.server.on(*PROFILE, DEAD, status=401)
        assert not await at.broker.validate()
        at.server.first(*PROFILE, (401, DEAD))
        at.server.on(*PROFILE, fyers.profile())
        assert await at.broker.connect(fyers.credentials(access_token=fyers.jwt(fresh=1)))


# ------------------------------------------------------------------ the end


async def test_signing_out_ends_the_session_at_the_broker() -> None:
    async with scene() as at:
        await at.connect()
        at.server.on(*LOGOUT, fyers.ok())
        await at.broker.revoke()
        assert at.only(*LOGOUT).headers["authorization"] == f"{fyers.APP_ID}:{fyers.TOKEN}"


async def test_a_session_that_is_dead_already_is_as_good_as_ended() -> None:
    async with scene() as at:
        await at.connect()
        at.server.on(*LOGOUT, fyers.error(-16, "Token is Invalid or Expired"), status=401)
        await at.broker.revoke()
        assert len(at.server.requests) == 1


@pytest.mark.parametrize("body", ["{}", "[]", "null", "false"])
async def test_an_end_that_was_not_said_is_a_surprise(body: str) -> None:
    async with scene() as at:
        await at.connect()
        at.server.on(*LOGOUT, body)
        with pytest.raises(WireSurprise):
            await at.broker.revoke()


async def test_a_closed_broker_asks_nothing() -> None:
    async with scene() as at:
        await at.connect()
        await at.broker.close()
        with pytest.raises(NotReachable):
            await at.broker.get_funds()
        assert at.server.requests == []


# ------------------------------------------------------------------ what the app may do


@pytest.mark.parametrize(
    ("name", "ability", "kind"),
    [
        ("funds", Ability.FUNDS, PermissionDenied),
        ("holdings", Ability.HOLDINGS, PermissionDenied),
        ("positions", Ability.POSITIONS, PermissionDenied),
        ("trades", Ability.TRADES, PermissionDenied),
        ("quotes", Ability.QUOTES, NotSubscribed),
    ],
)
async def test_a_permission_that_the_app_lacks_is_remembered_and_the_session_lives(
    name: str, ability: Ability, kind: type[TradingError]
) -> None:
    async with scene() as at:
        await at.connect()
        at.server.on(*READS[name].where, fyers.error(-373, "no permission"), status=403)
        with pytest.raises(kind):
            await READS[name].ask(at.broker)
        assert {missing: type(why) for missing, why in at.broker.missing.items()} == {ability: kind}
        assert await at.broker.validate()


async def test_a_permission_that_was_given_since_is_missing_no_more() -> None:
    async with scene() as at:
        await at.connect()
        at.server.first(*QUOTES, (403, fyers.error(-373, "no permission")))
        at.server.on(*QUOTES, fyers.ok(d=[fyers.quote("NSE:SBIN-EQ", 820)]))
        with pytest.raises(NotSubscribed):
            await at.broker.get_ltp("SBIN", Exchange.NSE)
        await at.broker.get_ltp("SBIN", Exchange.NSE)
        assert at.broker.missing == {}


# ------------------------------------------------------------------ limits


def test_all_calls_of_an_app_share_one_budget_below_the_brokers() -> None:
    assert [(limit.calls, limit.seconds) for limit in LIMITS["api"]] == [(10, 1), (200, 60), (100_000, 86_400)]
    assert [limit.allowed for limit in LIMITS["api"]] == [8, 160, 80_000]


async def test_prices_and_reads_count_together() -> None:
    async with scene() as at:
        await at.connect()  # one
        at.server.on(*ORDERS, BOOK)
        at.server.on(*QUOTES, fyers.ok(d=[]))
        for _ in range(2):
            await at.broker.get_orders()
            await at.broker.get_quotes([("SBIN", Exchange.NSE)])
        await at.broker.get_orders()  # the sixth of eight: the last two are kept back for orders and cancels
        seventh = asyncio.create_task(at.broker.get_orders())
        await settle()
        assert at.clock.sleeping
        assert len(at.server.requests) == 5
        await at.clock.advance(1.1)
        assert await seventh == []


async def test_a_429_pauses_prices_and_reads_alike() -> None:
    async with scene() as at:
        await at.connect()
        at.server.on(*QUOTES, fyers.error(429, "request limit reached"), status=429, headers=(("Retry-After", "30"),))
        for call in (at.broker.get_ltp("SBIN", Exchange.NSE), at.broker.get_funds()):
            with pytest.raises(RateLimited) as caught:
                await call
            assert caught.value.retry_after == pytest.approx(30, abs=1)
        assert len(at.server.requests) == 1
