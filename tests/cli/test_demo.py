"""What `kunji demo` puts together, without its window."""

import socket
import urllib.request
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from app.demo import demo_parts
from app.domain import Credentials, PortTaken, Secret
from app.main import Parts, open_services
from app.services.answers import No, Yes
from app.services.core import Services
from app.services.views import Draft
from app.simulators import DEMO
from app.system.paths import open_demo_profile
from tests.cli.harness import FileKeychain, person


@pytest.fixture
def parts() -> Iterator[Parts]:
    with demo_parts(0) as parts:
        yield parts


@pytest.fixture
async def services(parts: Parts, tmp_path: Path) -> AsyncIterator[Services]:
    mine = {"keychain": FileKeychain(tmp_path / "keychain.json"), "open_page": person}
    services = await open_services(open_demo_profile(tmp_path / "profile"), parts, **mine)
    yield services
    await services.close()


def filled_in(services: Services) -> Draft:
    """What the form holds when the user just presses Connect."""
    (spec,) = services.brokers.specs()
    values = {field.name: field.default for field in spec.fields}
    extras = {"redirect_url": Secret(values["redirect_url"])}
    keys = Credentials(Secret(values["api_key"]), Secret(values["api_secret"]), Secret(), values["client_id"], extras)
    return Draft("Demo", spec.key, keys)


async def test_the_form_is_filled_in_so_that_connect_works_at_once(services: Services) -> None:
    answer = await services.sign_ins.start(filled_in(services)).result()

    assert isinstance(answer, Yes), answer
    assert answer.value.client_id == DEMO.client_id


async def test_the_control_ends_the_session_at_the_broker(services: Services, parts: Parts) -> None:
    answer = await services.sign_ins.start(filled_in(services)).result()
    assert isinstance(answer, Yes), answer
    assert parts.demo is not None

    parts.demo.expire_now()

    asked = await services.brokers.validate_broker(answer.value.user_id)
    assert isinstance(asked, No)
    assert asked.error.kind == "session_expired"


def test_the_band_says_that_nothing_is_real(parts: Parts) -> None:
    assert parts.demo is not None
    assert "invented" in parts.demo.label


def test_the_night_is_not_quiet_in_the_demo(parts: Parts) -> None:
    assert parts.build["quiet_hours"] is None


async def test_the_pages_of_the_demo_are_on_this_machine(services: Services) -> None:
    running = services.sign_ins.start(filled_in(services))
    await running.result()

    assert urlsplit(running.view.url).hostname == "127.0.0.1"


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
