"""The contract that every broker keeps, on its simulator: what it is asked, yes, no, nobody knows, the end."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from app.brokers import SUPPORTED_BROKERS, BaseBroker
from app.brokers.base import Ability, Issued
from app.domain import (
    BadCredentials,
    Exchange,
    InvalidRequest,
    NotReachable,
    Secret,
    SessionExpired,
    TradingError,
    Unsupported,
    WrongAccount,
)
from tests.brokers.bench import BENCHES, Bench, started, without
from tests.brokers.operations import CHANGES, OPERATIONS, PORT, At
from tests.fakes.clock import settle

SIGNING_IN = {name for name in OPERATIONS if "sign in" in name}


def test_every_supported_broker_has_a_bench() -> None:
    assert set(BENCHES) == {*SUPPORTED_BROKERS, "lotus"}


def test_every_operation_of_the_port_is_tried() -> None:
    names = {name for name, _ in inspect.getmembers(BaseBroker, inspect.isfunction) if not name.startswith("_")}
    assert names == PORT


@pytest.mark.parametrize("key", BENCHES)
def test_every_operation_is_tried_at_every_broker_that_has_it(key: str) -> None:
    bench = BENCHES[key]
    expected = {name for name, one in OPERATIONS.items() if not one.needs & bench.lacks} - SIGNING_IN
    expected -= set() if bench.changes else set(CHANGES)
    assert set(bench.on_wire) - SIGNING_IN == expected
    assert set(bench.on_wire) & SIGNING_IN


# ------------------------------------------------------------------ yes, no, nobody knows


async def test_a_live_token_connects(bench: Bench, broker: BaseBroker) -> None:
    assert await broker.connect(bench.live())
    assert broker.refusal is None


async def test_blanks_and_line_ends_around_pasted_values_do_no_harm(bench: Bench, broker: BaseBroker) -> None:
    good = bench.live()
    pasted = replace(
        good,
        api_key=Secret(f" {good.api_key.reveal()}\n"),
        access_token=Secret(f"\t{good.access_token.reveal()} \r\n"),
        client_id=f" {good.client_id.lower()} ",
    )
    assert await broker.connect(pasted)


async def test_a_wrong_token_is_a_no_with_its_reason(bench: Bench, broker: BaseBroker) -> None:
    assert not await broker.connect(replace(bench.live(), access_token=Secret("nosuchtoken00000")))
    assert isinstance(broker.refusal, SessionExpired)


async def test_an_unknown_key_is_a_no_with_its_reason_where_a_key_is_sent(bench: Bench, broker: BaseBroker) -> None:
    answer = await broker.connect(replace(bench.live(), api_key=Secret("nosuchkey0000000")))
    assert answer is ("api_key" not in bench.keys)
    assert isinstance(broker.refusal, BadCredentials | SessionExpired | None)


async def test_a_no_is_forgotten_with_the_next_yes(bench: Bench, broker: BaseBroker) -> None:
    await broker.connect(replace(bench.live(), access_token=Secret("nosuchtoken00000")))
    assert await broker.connect(bench.live())
    assert broker.refusal is None


async def test_another_clients_token_is_the_wrong_account(bench: Bench, broker: BaseBroker) -> None:
    with pytest.raises(WrongAccount):
        await broker.connect(bench.foreign_token())


async def test_an_unknown_client_id_is_learnt_from_the_broker(bench: Bench, broker: BaseBroker) -> None:
    assert await broker.connect(replace(bench.live(), client_id=""))
    assert (await broker.get_profile()).client_id == bench.signed_out().client_id


async def test_an_empty_field_is_named_and_nothing_is_sent(bench: Bench, broker: BaseBroker) -> None:
    live = bench.live()
    for empty in bench.keys:
        with pytest.raises(InvalidRequest) as caught:
            await broker.connect(without(live, empty))
        assert caught.value.field == empty
    assert bench.arrived == 0


async def test_an_expired_session_is_a_no_and_every_read_says_so(bench: Bench, equipped: BaseBroker) -> None:
    placed = await equipped.place_order(bench.order())
    bench.expire()
    reads = set(bench.on_wire) - SIGNING_IN - {"validate", "instruments", "place order", "revoke", "renew"}
    ends = {}
    for name in reads:
        with pytest.raises(TradingError) as caught:
            await OPERATIONS[name].call(At(bench, equipped, placed.order_id))
        ends[name] = caught.value.kind
    assert ends == dict.fromkeys(reads, "session_expired")
    assert not await equipped.validate()
    assert isinstance(equipped.refusal, SessionExpired)


async def test_an_order_in_an_expired_session_is_refused_for_that(bench: Bench, equipped: BaseBroker) -> None:
    bench.expire()
    with pytest.raises(SessionExpired):
        await equipped.place_order(bench.order())


async def test_no_network_is_never_a_no(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asyncio, "sleep", lambda _, sleep=asyncio.sleep: sleep(0))
    unreachable = bench.broker("http://127.0.0.1:9")
    with pytest.raises(NotReachable):
        await unreachable.connect(bench.live())
    assert unreachable.refusal is None
    await unreachable.close()


async def test_a_broker_without_credentials_asks_nothing(bench: Bench, broker: BaseBroker) -> None:
    for name in set(bench.on_wire) - SIGNING_IN - {"instruments"}:
        with pytest.raises(InvalidRequest):
            await OPERATIONS[name].call(At(bench, broker))
    assert bench.arrived == 0


# ------------------------------------------------------------------ what a broker can do, and what it lacks


def test_every_ability_is_declared_but_those_that_the_broker_lacks(bench: Bench) -> None:
    assert bench.spec.abilities == ~bench.lacks


MISSING: dict[Ability, Callable[[BaseBroker], Awaitable[object]]] = {
    Ability.ORDER_HISTORY: lambda broker: broker.get_order_history("1"),
    Ability.RENEW: lambda broker: broker.renew(),
    Ability.REVOKE: lambda broker: broker.revoke(),
}


async def test_what_a_broker_lacks_is_said_and_never_tried(bench: Bench, connected: BaseBroker) -> None:
    arrived = bench.arrived
    for ability in bench.lacks:
        with pytest.raises(Unsupported):
            await MISSING[ability](connected)
    assert bench.arrived == arrived


async def test_without_a_plan_prices_are_not_subscribed_and_the_rest_works(bench: Bench, equipped: BaseBroker) -> None:
    if not bench.plans:
        assert await equipped.get_ltp(bench.cash, Exchange.NSE)  # prices belong to every account
        return
    bench.no_quotes()
    for call in (equipped.get_ltp(bench.cash, Exchange.NSE), equipped.get_quotes([(bench.cash, Exchange.NSE)])):
        with pytest.raises(TradingError) as caught:
            await call
        assert caught.value.kind == "not_subscribed"
    assert equipped.missing.keys() == {Ability.QUOTES}
    assert await equipped.validate()
    assert await equipped.get_positions()


async def test_an_unregistered_address_leaves_the_account_connected_without_orders(
    bench: Bench, equipped: BaseBroker
) -> None:
    bench.foreign_address()
    with pytest.raises(TradingError) as caught:
        await equipped.place_order(bench.order())
    assert caught.value.kind == "ip_not_registered"
    assert equipped.missing.keys() == {Ability.ORDERS}
    assert await equipped.validate()
    assert equipped.refusal is None
    assert await equipped.get_orders() == []


async def test_a_registered_address_brings_orders_back(bench: Bench, equipped: BaseBroker) -> None:
    bench.foreign_address()
    with pytest.raises(TradingError):
        await equipped.place_order(bench.order())
    bench.controls.allow_ips("127.0.0.1")
    await equipped.place_order(bench.order())
    assert not equipped.missing


# ------------------------------------------------------------------ the end of a session, the end of an adapter


@pytest.mark.parametrize("key", [key for key in BENCHES if Ability.REVOKE not in BENCHES[key].lacks])
async def test_a_revoked_session_is_dead_and_revoking_it_again_is_no_error(key: str) -> None:
    async with started(key) as bench:
        broker = bench.broker()
        assert await broker.connect(bench.live())
        await broker.revoke()
        await bench.clock.advance(2)
        await broker.revoke()
        assert not bench.controls.is_live(bench.users[0].client_id)
        assert not await broker.validate()
        await broker.close()


@pytest.mark.parametrize("key", [key for key in BENCHES if Ability.RENEW not in BENCHES[key].lacks])
async def test_a_renewed_token_is_used_at_once_and_ends_the_old_one(key: str) -> None:
    async with started(key) as bench:
        broker, old = bench.broker(), bench.renewable()
        assert await broker.connect(old)
        await bench.clock.advance(3600)
        token = await broker.renew()
        assert isinstance(Issued(token), Issued)
        assert token.access_token != old.access_token
        assert await broker.validate()
        assert not await broker.connect(old)
        await broker.close()


async def test_a_closed_broker_answers_nothing_and_may_be_closed_again(equipped: BaseBroker, bench: Bench) -> None:
    await equipped.close()
    await equipped.close()
    arrived = bench.arrived
    for name in set(bench.on_wire) - SIGNING_IN:
        with pytest.raises(TradingError):
            await OPERATIONS[name].call(At(bench, equipped))
    assert bench.arrived == arrived


async def test_nothing_about_a_broker_shows_a_secret(bench: Bench, broker: BaseBroker) -> None:
    credentials = bench.live()
    await broker.connect(credentials)
    await settle()
    shown = repr(broker) + repr(vars(broker)) + str(broker.spec)
    assert credentials.access_token.reveal() not in shown
    assert credentials.api_key.reveal() not in shown
