"""What `kunji demo` puts together, without its window."""

import socket
import urllib.request
from collections.abc import AsyncIterator, Iterator
from datetime import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from app.brokers import SUPPORTED_BROKERS
from app.demo import demo_parts
from app.domain import (
    IST,
    Credentials,
    Exchange,
    OrderRequest,
    OrderSide,
    OrderType,
    PortTaken,
    Product,
    Secret,
)
from app.main import open_services
from app.parts import Parts
from app.services.answers import No, Yes
from app.services.core import Services
from app.services.views import AccountState, AccountView, Draft
from app.simulators import DEMO
from app.system.paths import open_demo_profile
from tests.cli.harness import FileKeychain, person

pytestmark = pytest.mark.alone  # the demo's own redirect address has one port on this machine


@pytest.fixture
def parts() -> Iterator[Parts]:
    with demo_parts(0, time(10)) as parts:
        yield parts


async def opened(parts: Parts, folder: Path) -> Services:
    mine = {"keychain": FileKeychain(folder / "keychain.json"), "open_page": person}
    return await open_services(open_demo_profile(folder / "profile"), parts, **mine)


@pytest.fixture
async def services(parts: Parts, tmp_path: Path) -> AsyncIterator[Services]:
    services = await opened(parts, tmp_path)
    yield services
    await services.close()


def filled_in(services: Services, broker: str = "zerodha") -> Draft:
    """What the form holds when the user just presses Connect."""
    (spec,) = (spec for spec in services.brokers.specs() if spec.key == broker)
    values = {field.name: field.default for field in spec.fields}
    key, secret, token = (Secret(values.pop(name, "")) for name in ("api_key", "api_secret", "access_token"))
    client_id, extras = (
        values.pop("client_id"),
        {name: Secret(text) for name, text in values.items() if name != "client_id"},
    )
    return Draft(spec.label, spec.key, Credentials(key, secret, token, client_id, extras))


async def connected(services: Services, broker: str = "zerodha") -> AccountView:
    answer = await services.sign_ins.start(filled_in(services, broker)).result()
    assert isinstance(answer, Yes), answer
    return answer.value


async def test_every_broker_is_offered(services: Services) -> None:
    assert tuple(spec.key for spec in services.brokers.specs()) == SUPPORTED_BROKERS


async def test_the_forms_are_filled_in_so_that_connect_works_at_once_at_every_broker(services: Services) -> None:
    views = [await connected(services, broker) for broker in SUPPORTED_BROKERS]

    assert views[0].client_id == DEMO.client_id
    assert [account.broker_type for account in services.brokers.accounts()] == list(SUPPORTED_BROKERS)


async def test_all_accounts_show_positions_of_their_own_broker(services: Services) -> None:
    held = {"zerodha": "INFY", "dhan": "TATASTEEL", "fyers": "ICICIBANK", "angel_one": "BHARTIARTL"}
    for broker in SUPPORTED_BROKERS:
        view = await connected(services, broker)
        positions = await (await services.brokers.get_broker_for_user(view.user_id)).get_positions()
        shown = " ".join(one.symbol for one in positions)  # under the broker's own names before its master is there
        assert held[broker] in shown


async def test_the_control_ends_the_session_at_every_broker(services: Services, parts: Parts) -> None:
    views = [await connected(services, broker) for broker in SUPPORTED_BROKERS]
    assert parts.demo is not None

    parts.demo.expire_now()

    answers = [await services.brokers.validate_broker(view.user_id) for view in views]
    assert [answer.error.kind for answer in answers if isinstance(answer, No)] == ["session_expired"] * 4


async def test_no_broker_is_led_anywhere_but_to_its_own_address(parts: Parts, tmp_path: Path) -> None:
    addresses = parts.build["base_url"]
    assert {urlsplit(address).hostname for address in addresses.values()} == {"127.0.0.1"}
    build = {**parts.build, "base_url": {"zerodha": addresses["zerodha"]}}
    services = await opened(Parts(build), tmp_path)

    answer = await services.sign_ins.start(filled_in(services, "dhan")).result()
    await services.close()

    assert not isinstance(answer, Yes)


async def test_an_account_of_an_earlier_demo_is_signed_out_and_one_click_brings_it_back(tmp_path: Path) -> None:
    with demo_parts(0) as parts:
        services = await opened(parts, tmp_path)
        await services.sign_ins.start(filled_in(services)).result()
        await services.close()

    with demo_parts(0) as parts:
        services = await opened(parts, tmp_path)
        (account,) = services.brokers.accounts()
        await services.brokers.validate_broker(account.user_id)
        before = services.brokers.view(account.user_id).state
        answer = await services.sign_ins.start(account.user_id).result()
        await services.close()

    assert before is AccountState.SIGNED_OUT
    assert isinstance(answer, Yes), answer


async def test_orders_are_taken_at_any_hour(services: Services) -> None:
    broker = await services.brokers.get_broker_for_user((await connected(services)).user_id)
    order = OrderRequest("INFY", Exchange.NSE, Product.CNC, OrderSide.BUY, OrderType.MARKET, 1)
    await services.masters.look()

    placed = await broker.place_order(order)

    assert placed.order_id


async def test_the_instrument_master_is_kept_in_the_profile(services: Services) -> None:
    await services.sign_ins.start(filled_in(services)).result()

    await services.masters.look()

    assert await services.store.instruments.loaded_on("zerodha") is not None


def test_the_band_says_that_nothing_is_real(parts: Parts) -> None:
    assert parts.demo is not None
    assert "invented" in parts.demo.label


def test_the_night_is_not_quiet_in_the_demo(parts: Parts) -> None:
    assert parts.build["quiet_hours"] is None


async def test_the_pages_of_the_demo_are_on_this_machine(services: Services) -> None:
    running = services.sign_ins.start(filled_in(services))
    await running.result()

    assert urlsplit(running.view.url).hostname == "127.0.0.1"


def test_it_is_played_at_the_time_that_was_asked_for() -> None:
    with demo_parts(0, time(9, 14)) as parts:
        assert parts.clock is not None
        now = parts.clock.now().astimezone(IST)

    assert (now.hour, now.minute) in ((9, 14), (9, 15))


def test_a_port_in_use_is_said_as_such() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(PortTaken) as caught, demo_parts(port):
            pass

    assert (str(port) in caught.value.title, "--port" in caught.value.next_step) == (True, True)


def test_the_port_can_be_chosen() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    with demo_parts(port), urllib.request.urlopen(f"http://127.0.0.1:{port}/instruments", timeout=10) as answer:
        assert answer.read().startswith(b"instrument_token")

    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), 5)
