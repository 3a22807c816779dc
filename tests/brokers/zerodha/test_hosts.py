"""Sheet section 1: the hosts that are looked up when no `base_url` is handed in."""

import socket
from typing import Any
from urllib.parse import urlsplit

import pytest

from app.brokers.base import BaseBroker, Redirected
from app.domain import Credentials
from tests.brokers.sheets import MakeBroker
from tests.brokers.zerodha.login import opened, redirect
from tests.brokers.zerodha.support import refusal


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> set[tuple[str, int]]:
    """Every name and port that is looked up; no name has an address."""
    names: set[tuple[str, int]] = set()

    def look_up(host: Any, port: Any, *_: Any, **__: Any) -> Any:
        names.add((str(host), int(port)))
        raise socket.gaierror(socket.EAI_NONAME, "no names here")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return names


@pytest.fixture
def broker(make_broker: MakeBroker) -> BaseBroker:
    return make_broker(real_hosts=True)


async def test_section_1_the_developer_console(broker: BaseBroker) -> None:
    assert urlsplit(broker.spec.portal)[:2] == ("https", "developers.kite.trade")


async def test_section_2_what_a_user_enters_once_is_key_secret_and_redirect_url(broker: BaseBroker) -> None:
    """The secret is masked; the redirect URL is his own (port and path stand in the console)."""
    fields = {field.name: field.secret for field in broker.spec.fields}

    assert fields["api_secret"] is True
    assert "api_key" in fields
    assert [name for name in fields if "redirect" in name] != []


async def test_section_1_the_rest_root(
    broker: BaseBroker, asked: set[tuple[str, int]], credentials: Credentials
) -> None:
    error = await refusal(broker.connect(credentials))

    assert error.kind == "not_reachable"
    assert asked == {("api.kite.trade", 443)}


async def test_section_1_the_exchange_goes_to_the_rest_root(
    broker: BaseBroker, asked: set[tuple[str, int]], credentials: Credentials
) -> None:
    login = await opened(broker, credentials)

    error = await refusal(login.sign_in.advance(Redirected(redirect(login))))

    assert error.kind == "not_reachable"
    assert asked == {("api.kite.trade", 443)}


async def test_section_8_the_instrument_file_comes_from_the_rest_root(
    broker: BaseBroker, asked: set[tuple[str, int]]
) -> None:
    error = await refusal(broker.load_instruments())

    assert error.kind == "not_reachable"
    assert asked == {("api.kite.trade", 443)}
