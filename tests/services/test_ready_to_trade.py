"""Ready means ready to trade: orders and prices at four demo brokers, over real sockets."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from app.brokers import SUPPORTED_BROKERS
from app.domain import (
    Exchange,
    IpNotRegistered,
    NotSubscribed,
    OrderRequest,
    OrderSide,
    OrderType,
    Product,
)
from app.domain.intents import Deed, Intent, Mode, Record, Step
from app.domain.order_life import Evidence, Fate
from app.services.answers import No
from app.services.trade_words import orders_words, trade_line
from app.services.views import AccountState, AccountView, IntentChanged, Permit
from app.simulators.totp import code
from tests.fakes.waiting import until
from tests.services.house import House
from tests.services.street import Simulator, Street, yes

REGISTERED, HERE = "198.51.100.7", "127.0.0.1"
FROM_HERE = ("127.0.0.1", "::1")
SAY_NOTHING = [key for key in SUPPORTED_BROKERS if key != "dhan"]


async def connected(street: Street, key: str) -> AccountView:
    if key != "angel_one":
        return await street.connected(street.draft(key))
    user = street.angel_users[0]
    running = street.services.sign_ins.start(street.draft("angel_one", pin=user.pin))
    await street.typed(running, "totp", code(user.totp_seed, street.clock.now()))
    return yes(await running.result())


async def at_dhan(street: Street, *registered: str) -> AccountView:
    """An account that Dhan was asked about."""
    street.dhan.controls.allow_ips(*registered)
    account = await connected(street, "dhan")
    await until(lambda: view(street, account).orders.permit is not Permit.NOT_KNOWN)
    return view(street, account)


def view(street: Street, account: AccountView) -> AccountView:
    return street.services.brokers.view(account.user_id)


def simulator(street: Street, key: str) -> Simulator:
    return street.simulators[key]


async def order(street: Street, account: AccountView) -> None:
    broker = await street.services.brokers.get_broker_for_user(account.user_id)
    if await street.services.store.instruments.loaded_on(account.broker_type) is None:
        await broker.load_instruments()
    wanted = OrderRequest(
        symbol="INFY",
        exchange=Exchange.NSE,
        side=OrderSide.BUY,
        quantity=1,
        product=Product.CNC,
        order_type=OrderType.LIMIT,
        price=Decimal(1500),
    )
    await broker.place_order(wanted)


async def refused(street: Street, account: AccountView) -> AccountView:
    """The account after an order from an address that is not registered."""
    simulator(street, account.broker_type).controls.allow_ips(REGISTERED)
    with pytest.raises(IpNotRegistered):
        await order(street, account)
    return view(street, account)


# ------------------------------------------------------------------ orders


@pytest.mark.parametrize("key", SUPPORTED_BROKERS)
async def test_orders_are_refused_after_a_refusal_also_over_a_restart_until_one_is_taken(
    street: Street, key: str
) -> None:
    account = await connected(street, key)
    first = await refused(street, account)
    await street.restart()
    again = view(street, account)
    await street.services.brokers.validate_broker(account.user_id)
    checked = view(street, account)
    simulator(street, key).controls.allow_ips(*FROM_HERE)
    await order(street, account)
    after = view(street, account)

    permits = [one.orders.permit for one in (first, again, checked, after)]
    assert permits == [Permit.REFUSED, Permit.REFUSED, Permit.REFUSED, Permit.YES]
    assert checked.state is AccountState.WATCH_ONLY
    assert after.state is AccountState.READY


@pytest.mark.parametrize("key", SAY_NOTHING)
async def test_where_nobody_can_be_asked_orders_are_not_known_before_the_first(street: Street, key: str) -> None:
    account = await connected(street, key)

    assert view(street, account).orders.permit is Permit.NOT_KNOWN
    assert trade_line(view(street, account)).startswith("connected; orders: not known yet")


@pytest.mark.parametrize("key", SUPPORTED_BROKERS)
async def test_another_noted_address_ends_what_was_refused(street: Street, key: str) -> None:
    account = await connected(street, key)
    await refused(street, account)
    simulator(street, key).controls.allow_ips(*FROM_HERE)

    noted = yes(await street.services.brokers.note_address(account.user_id, f" {HERE} "))

    assert noted.address == HERE
    assert noted.orders.permit is Permit.NOT_KNOWN


async def test_dhan_is_asked_once_after_connecting_and_names_both_addresses(street: Street) -> None:
    account = await at_dhan(street, REGISTERED)

    assert account.state is AccountState.WATCH_ONLY
    assert orders_words(account)[0] == "refused from this address"
    assert orders_words(account)[1].startswith(f"Dhan takes orders from {REGISTERED} only; you are at {HERE}.")
    assert street.asked(street.dhan, "ip") == 1


async def test_dhan_says_that_orders_are_taken_from_here(street: Street) -> None:
    account = await at_dhan(street, *FROM_HERE)

    assert (account.orders.permit, account.state) == (Permit.YES, AccountState.READY)
    assert trade_line(account) == "connected; orders: yes; prices: yes"


async def test_dhan_is_asked_again_after_a_sleep(street: Street) -> None:
    account = await at_dhan(street, REGISTERED)
    street.dhan.controls.allow_ips(*FROM_HERE)

    street.services.order_gates.doubt()

    await until(lambda: view(street, account).orders.permit is Permit.YES)


async def test_dhan_is_asked_again_when_another_protocol_was_chosen(street: Street) -> None:
    account = await at_dhan(street, REGISTERED)
    street.dhan.controls.allow_ips(*FROM_HERE)

    await street.services.preferences.put(replace(street.services.preferences.view, ipv4_only=True))

    await until(lambda: view(street, account).orders.permit is Permit.YES)


async def test_an_account_that_is_removed_leaves_no_address_behind(street: Street) -> None:
    account = await connected(street, "dhan")
    await street.services.brokers.note_address(account.user_id, REGISTERED)
    await refused(street, account)

    await street.services.brokers.disconnect_broker(account.user_id)

    settings = street.services.store.settings
    await until(
        lambda: not settings.get("order_addresses", {"?": "?"}) and not settings.get("orders_refused", {"?": ""})
    )


# ------------------------------------------------------------------ the noted address


async def test_the_noted_address_is_kept_over_a_restart(street: Street) -> None:
    account = await connected(street, "zerodha")
    await street.services.brokers.note_address(account.user_id, REGISTERED)
    await street.restart()

    assert view(street, account).address == REGISTERED


async def test_a_refusal_names_where_orders_came_from_and_what_the_user_noted(street: Street) -> None:
    account = await connected(street, "zerodha")
    await street.services.brokers.note_address(account.user_id, REGISTERED)

    says = orders_words(await refused(street, account))[1]

    assert says.startswith(f"Zerodha refuses orders from {HERE}. You noted {REGISTERED}")


@pytest.mark.parametrize("text", ["my office", "198.51.100", "198.51.100.7:443", "https://198.51.100.7"])
async def test_what_is_no_address_is_not_noted(street: Street, text: str) -> None:
    account = await connected(street, "zerodha")

    answer = await street.services.brokers.note_address(account.user_id, text)

    assert isinstance(answer, No)
    assert answer.error.field == "address"
    assert view(street, account).address == ""


# ------------------------------------------------------------------ prices


@pytest.mark.parametrize("key", SUPPORTED_BROKERS)
async def test_a_price_that_was_given_is_a_yes(street: Street, key: str) -> None:
    account = await connected(street, key)
    broker = await street.services.brokers.get_broker_for_user(account.user_id)
    await broker.load_instruments()

    await broker.get_ltp("INFY", Exchange.NSE)

    assert view(street, account).prices.permit is Permit.YES


async def test_without_a_plan_at_zerodha_prices_are_not_subscribed_and_the_account_is_ready(street: Street) -> None:
    account = await connected(street, "zerodha")
    street.zerodha.controls.plan(account.client_id, "personal")
    broker = await street.services.brokers.get_broker_for_user(account.user_id)

    with pytest.raises(NotSubscribed):
        await broker.get_ltp("INFY", Exchange.NSE)

    assert view(street, account).prices.permit is Permit.REFUSED
    assert trade_line(view(street, account)).endswith("prices: not subscribed")
    assert view(street, account).state is AccountState.READY


async def test_dhan_says_without_a_question_for_prices_that_there_is_no_plan(street: Street) -> None:
    street.dhan.controls.data_plan(street.dhan_users[0].client_id, yes=False)

    account = await connected(street, "dhan")

    assert view(street, account).prices.permit is Permit.REFUSED


# ------------------------------------------------------------------ the way into the net


async def test_ipv4_alone_is_chosen_for_all_connections_and_kept(street: Street) -> None:
    chosen = replace(street.services.preferences.view, ipv4_only=True)
    await street.services.preferences.put(chosen)
    at_once = street.services.shared.wires.ipv4_only
    await street.restart()

    assert (at_once, street.services.shared.wires.ipv4_only) == (True, True)


# ------------------------------------------------------------------ what an order that goes the one way teaches


async def test_order_that_was_taken_ends_a_refusal_for_its_account(house: House) -> None:
    account = await house.connected()
    one = house.services.accounts.find(account.user_id)
    one.gate.refuse(IpNotRegistered())
    one.changed()

    house.services.events.publish(IntentChanged(_record(account.user_id, Evidence.SEEN)))
    before = house.view(account).orders.permit
    house.services.events.publish(IntentChanged(_record(account.user_id, Evidence.ANSWERED)))
    house.services.events.publish(IntentChanged(_record("gone", Evidence.ANSWERED)))

    assert (before, house.view(account).orders.permit) == (Permit.REFUSED, Permit.YES)


def _record(user_id: str, evidence: Evidence) -> Record:
    now = datetime(2026, 11, 18, 4, 30, tzinfo=UTC)
    intent = Intent("i1", now, user_id, "HUF", "zerodha", "AB1234", Mode.LIVE, Deed.CANCEL, order_id="o1")
    return Record(intent, (Step("i1", now, evidence, Fate.ACCEPTED, "o1"),))


async def test_broker_is_asked_whether_it_takes_orders_from_here_now(street: Street) -> None:
    account = await at_dhan(street, REGISTERED)
    gates = street.services.order_gates
    before = await gates.told(account.user_id)
    street.dhan.controls.allow_ips(*FROM_HERE)

    assert (before, await gates.told(account.user_id)) == (False, True)
    assert view(street, account).orders.permit is Permit.YES


async def test_broker_that_lets_nobody_ask_told_nothing(house: House) -> None:
    account = await house.connected()

    assert await house.services.order_gates.told(account.user_id) is None
