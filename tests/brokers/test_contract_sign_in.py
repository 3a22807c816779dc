"""The contract of signing in: a small protocol of steps, the same for every face, forgeries kept out (A5, C2)."""

from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

import pytest

from app.brokers import BaseBroker
from app.brokers.base import Issued, OpenPage, Pasted, Redirected
from app.domain import (
    BadCredentials,
    InvalidRequest,
    LoginCancelled,
    LoginForged,
    Secret,
    WrongAccount,
)
from tests.brokers.bench import Bench, without


async def begun(bench: Bench, broker: BaseBroker) -> tuple[BaseBroker, OpenPage]:
    step = await broker.sign_in(bench.signed_out()).advance(None)
    assert isinstance(step, OpenPage)
    return broker, step


def query_of(address: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(address).query))


async def test_signing_in_gives_a_token_that_connects_and_ends_the_old_one(bench: Bench, broker: BaseBroker) -> None:
    old = bench.live()
    sign_in = broker.sign_in(bench.signed_out())
    page = await sign_in.advance(None)
    assert isinstance(page, OpenPage)
    address = await bench.sign_in_page(page)
    assert address.startswith(page.redirect_url)
    page.check(query_of(address))
    issued = await sign_in.advance(Redirected(query_of(address)))
    assert isinstance(issued, Issued)
    assert issued.token.client_id == old.client_id
    assert not await broker.connect(old)
    assert await broker.connect(replace(old, access_token=issued.token.access_token))


async def test_the_forecast_of_a_new_token_is_the_specs(bench: Bench, broker: BaseBroker) -> None:
    sign_in = broker.sign_in(bench.signed_out())
    page = await sign_in.advance(None)
    assert isinstance(page, OpenPage)
    issued = await sign_in.advance(Pasted(await bench.sign_in_page(page)))
    assert isinstance(issued, Issued)
    assert issued.token.issued_at == bench.clock.now().replace(microsecond=0)
    assert issued.token.expires_at == broker.spec.token_dies(issued.token.issued_at)


async def test_a_cancelled_page_ends_the_sign_in(bench: Bench, broker: BaseBroker) -> None:
    _, page = await begun(bench, broker)
    with pytest.raises(LoginCancelled):
        page.check(query_of(await bench.sign_in_page(page, cancel=True)))


async def test_a_redirect_is_taken_once(bench: Bench, broker: BaseBroker) -> None:
    sign_in = broker.sign_in(bench.signed_out())
    page = await sign_in.advance(None)
    assert isinstance(page, OpenPage)
    query = query_of(await bench.sign_in_page(page))
    page.check(query)
    with pytest.raises(LoginForged):
        page.check(query)
    assert isinstance(await sign_in.advance(Redirected(query)), Issued)
    with pytest.raises(LoginForged):
        await sign_in.advance(Redirected(query))


async def test_a_redirect_of_another_sign_in_is_forged_and_the_right_one_still_works(
    bench: Bench, broker: BaseBroker
) -> None:
    _, mine = await begun(bench, broker)
    _, other = await begun(bench, broker)
    foreign, own = query_of(await bench.sign_in_page(other)), query_of(await bench.sign_in_page(mine))
    for forged in (foreign, {}, {"request_token": "x", "status": "success"}):
        with pytest.raises(LoginForged):
            mine.check(forged)
    mine.check(own)


async def test_a_pasted_address_of_another_sign_in_is_forged(bench: Bench, broker: BaseBroker) -> None:
    _, other = await begun(bench, broker)
    sign_in = broker.sign_in(bench.signed_out())
    await sign_in.advance(None)
    with pytest.raises(LoginForged):
        await sign_in.advance(Pasted(await bench.sign_in_page(other)))


@pytest.mark.parametrize("form", ["https://kite.example/page", "", "   ", "no token here!"])
async def test_pasted_text_without_a_token_is_said_to_be_that(bench: Bench, broker: BaseBroker, form: str) -> None:
    sign_in = broker.sign_in(bench.signed_out())
    await sign_in.advance(None)
    with pytest.raises(InvalidRequest):
        await sign_in.advance(Pasted(form))


async def test_a_bare_token_can_be_pasted(bench: Bench, broker: BaseBroker) -> None:
    sign_in = broker.sign_in(bench.signed_out())
    page = await sign_in.advance(None)
    assert isinstance(page, OpenPage)
    token = query_of(await bench.sign_in_page(page))["request_token"]
    assert isinstance(await sign_in.advance(Pasted(f" {token}\n")), Issued)


async def test_a_wrong_secret_shows_at_the_exchange_beside_its_field(bench: Bench, broker: BaseBroker) -> None:
    sign_in = broker.sign_in(replace(bench.signed_out(), api_secret=Secret("not-the-secret")))
    page = await sign_in.advance(None)
    assert isinstance(page, OpenPage)
    with pytest.raises(BadCredentials) as caught:
        await sign_in.advance(Pasted(await bench.sign_in_page(page)))
    assert caught.value.field == "api_secret"


async def test_a_session_of_another_client_is_refused(bench: Bench, broker: BaseBroker) -> None:
    sign_in = broker.sign_in(replace(bench.signed_out(), client_id="ZZ9999"))
    page = await sign_in.advance(None)
    assert isinstance(page, OpenPage)
    with pytest.raises(WrongAccount):
        await sign_in.advance(Pasted(await bench.sign_in_page(page)))


@pytest.mark.parametrize("empty", ["api_key", "api_secret"])
async def test_a_sign_in_without_key_or_secret_does_not_begin(bench: Bench, broker: BaseBroker, empty: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        await broker.sign_in(without(bench.signed_out(), empty)).advance(None)
    assert caught.value.field == empty


@pytest.mark.parametrize(
    "address",
    [
        "https://127.0.0.1:5021/x",
        "http://localhost:5021/x",
        "http://10.0.0.1:5021/x",
        "http://127.0.0.1/x",
        "http://127.0.0.1:0/x",
        "http://127.0.0.1:port/x",
        "http://127.0.0.1:5021/x?y=1",
        "http://user@127.0.0.1:5021/x",
        "nonsense",
    ],
)
async def test_a_redirect_address_that_is_not_this_machines_is_refused(
    bench: Bench, broker: BaseBroker, address: str
) -> None:
    credentials = replace(bench.signed_out(), extras={"redirect_url": Secret(address)})
    with pytest.raises(InvalidRequest) as caught:
        await broker.sign_in(credentials).advance(None)
    assert caught.value.field == "redirect_url"
