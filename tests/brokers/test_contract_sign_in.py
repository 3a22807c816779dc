"""The contract of signing in: a small protocol of steps, the same for every face, forgeries kept out (A5, C2)."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from app.brokers import BaseBroker
from app.brokers.base import AskText, Issued, Login, OpenPage, Pasted, Redirected, SignIn, Typed
from app.domain import (
    BadCredentials,
    Credentials,
    InvalidRequest,
    LoginCancelled,
    LoginForged,
    Secret,
    TradingError,
    WrongAccount,
)
from tests.brokers.bench import BENCHES, Bench, started, without
from tests.brokers.benches.base import query_of

WITH_A_PAGE = [key for key, bench in BENCHES.items() if bench.spec.login is Login.BROWSER_REDIRECT]
WITH_STATE = [key for key in WITH_A_PAGE if BENCHES[key].knows_state]


@pytest.fixture(params=WITH_A_PAGE)
async def paged(request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    """A bench of a broker whose sign-in is a page in the browser."""
    async with started(request.param) as ready:
        yield ready


@pytest.fixture(params=WITH_STATE)
async def stateful(request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    """One whose page brings back what it was opened with."""
    async with started(request.param) as ready:
        yield ready


@pytest.fixture
async def adapter(request: pytest.FixtureRequest) -> AsyncIterator[BaseBroker]:
    """An adapter of whichever bench the test has."""
    name = next(name for name in ("bench", "paged", "stateful") if name in request.fixturenames)
    made = request.getfixturevalue(name).broker()
    yield made
    await made.close()


async def begun(bench: Bench, broker: BaseBroker, **changes: object) -> tuple[SignIn, OpenPage]:
    credentials: Credentials = replace(bench.signed_out(), **changes)  # type: ignore[arg-type]  # fields of Credentials
    sign_in = broker.sign_in(credentials)
    step = await sign_in.advance(None)
    assert isinstance(step, OpenPage)
    return sign_in, step


# ------------------------------------------------------------------ every way


async def test_every_way_to_sign_in_gives_a_token_that_connects(bench: Bench, adapter: BaseBroker) -> None:
    for credentials in bench.ways().values():
        issued = await bench.through(adapter.sign_in(credentials))
        assert issued.token.client_id == bench.signed_out().client_id
        assert await adapter.connect(replace(bench.signed_out(), access_token=issued.token.access_token))
        await bench.clock.advance(150)


async def test_a_new_token_ends_the_old_one_where_a_client_has_only_one(bench: Bench, adapter: BaseBroker) -> None:
    old = bench.live()
    await bench.through(adapter.sign_in(next(iter(bench.ways().values()))))
    assert await adapter.connect(old) is not bench.one_token


async def test_the_forecast_of_a_new_token_is_the_specs(bench: Bench, adapter: BaseBroker) -> None:
    for credentials in bench.ways().values():
        issued = await bench.through(adapter.sign_in(credentials))
        dies_at = adapter.spec.token_dies(issued.token.issued_at)
        assert issued.token.issued_at.replace(microsecond=0) == bench.clock.now().replace(microsecond=0)
        assert dies_at is not None
        assert issued.token.expires_at is not None
        assert abs((issued.token.expires_at - dies_at).total_seconds()) < 1
        await bench.clock.advance(150)


async def test_nothing_is_asked_before_the_first_step(bench: Bench, adapter: BaseBroker) -> None:
    for credentials in bench.ways().values():
        adapter.sign_in(credentials)
    assert bench.arrived == 0


async def test_a_sign_in_without_what_it_needs_does_not_begin(bench: Bench, adapter: BaseBroker) -> None:
    for empty in bench.needed:
        credentials = bench.signed_out()
        lacking = replace(credentials, client_id="") if empty == "client_id" else without(credentials, empty)
        with pytest.raises(InvalidRequest) as caught:
            await adapter.sign_in(lacking).advance(None)
        assert caught.value.field == empty
    assert bench.arrived == 0


async def test_an_answer_to_a_question_that_was_not_asked_ends_in_a_typed_error(
    bench: Bench, adapter: BaseBroker
) -> None:
    for answer in (Typed(Secret("123456")), Redirected({"auth_code": "x"}), Pasted("nonsense!")):
        sign_in = adapter.sign_in(bench.signed_out())
        with pytest.raises(TradingError):
            await sign_in.advance(answer)
    assert bench.arrived == 0


# ------------------------------------------------------------------ by a code


@pytest.mark.parametrize("key", [key for key in BENCHES if BENCHES[key].codes])
async def test_a_wrong_code_is_refused_and_another_sign_in_goes_on(key: str) -> None:
    async with started(key) as bench:
        broker = bench.broker()
        sign_in = broker.sign_in(bench.with_pin())
        assert isinstance(await sign_in.advance(None), AskText)
        with pytest.raises(BadCredentials):
            await sign_in.advance(Typed(Secret("000000")))
        await bench.clock.advance(150)
        assert isinstance(await bench.through(broker.sign_in(bench.with_pin())), Issued)
        await broker.close()


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "12345a", "\uff11\uff12\uff13\uff14\uff15\uff16", "123 456"])
@pytest.mark.parametrize("key", [key for key in BENCHES if BENCHES[key].codes])
async def test_what_is_no_code_is_not_sent(key: str, typed: str) -> None:
    async with started(key) as bench:
        broker = bench.broker()
        sign_in = broker.sign_in(bench.with_pin())
        question = await sign_in.advance(None)
        assert isinstance(question, AskText)
        assert question.digits == 6
        with pytest.raises(InvalidRequest):
            await sign_in.advance(Typed(Secret(typed)))
        await broker.close()
        assert bench.arrived == 0


# ------------------------------------------------------------------ by a page


async def test_the_page_comes_back_to_the_address_that_it_was_given(paged: Bench, adapter: BaseBroker) -> None:
    sign_in, page = await begun(paged, adapter)
    address = await paged.press(page)
    assert address.startswith(page.redirect_url)
    page.check(query_of(address))
    assert isinstance(await sign_in.advance(Redirected(query_of(address))), Issued)


async def test_the_address_that_was_landed_on_can_be_pasted(paged: Bench, adapter: BaseBroker) -> None:
    sign_in, page = await begun(paged, adapter)
    assert isinstance(await sign_in.advance(Pasted(f" {await paged.press(page)}\n")), Issued)


async def test_a_bare_token_can_be_pasted(paged: Bench, adapter: BaseBroker) -> None:
    sign_in, _ = await begun(paged, adapter)
    assert isinstance(await sign_in.advance(Pasted(f" {paged.grant(0)}\n")), Issued)


@pytest.mark.parametrize("form", ["https://broker.example/page", "http://[no:address", "", "   ", "no token here!"])
async def test_pasted_text_without_a_token_is_said_to_be_that(paged: Bench, adapter: BaseBroker, form: str) -> None:
    sign_in, _ = await begun(paged, adapter)
    arrived = paged.arrived
    with pytest.raises(InvalidRequest):
        await sign_in.advance(Pasted(form))
    assert paged.arrived == arrived


async def test_a_redirect_that_is_none_of_the_pages_is_forged(paged: Bench, adapter: BaseBroker) -> None:
    _, page = await begun(paged, adapter)
    for forged in ({}, {"status": "success"}, {"tokenId": "<script>"}, {"state": "x", "auth_code": "y"}):
        with pytest.raises(LoginForged):
            page.check(forged)
    page.check(query_of(await paged.press(page)))


async def test_a_session_of_another_client_is_refused(paged: Bench, adapter: BaseBroker) -> None:
    sign_in, _ = await begun(paged, adapter)
    try:
        step = await sign_in.advance(Pasted(paged.grant(1)))
    except (WrongAccount, BadCredentials):
        return
    assert isinstance(step, OpenPage)  # a token id that Dhan refuses may be a stranger's: it waits for the user's own


async def test_a_wrong_secret_shows_beside_its_field(paged: Bench, adapter: BaseBroker) -> None:
    sign_in = adapter.sign_in(replace(paged.signed_out(), api_secret=Secret("not-the-secret")))
    with pytest.raises(BadCredentials) as caught:
        await paged.through(sign_in)
    assert caught.value.field == "api_secret"


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
    paged: Bench, adapter: BaseBroker, address: str
) -> None:
    with pytest.raises(InvalidRequest) as caught:
        await begun(paged, adapter, extras={"redirect_url": Secret(address)})
    assert caught.value.field == "redirect_url"


# ------------------------------------------------------------------ by a page that brings back its state


async def test_a_cancelled_page_ends_the_sign_in(stateful: Bench, adapter: BaseBroker) -> None:
    _, page = await begun(stateful, adapter)
    with pytest.raises(LoginCancelled):
        page.check(query_of(await stateful.press(page, do="cancel")))


async def test_a_redirect_is_taken_once(stateful: Bench, adapter: BaseBroker) -> None:
    sign_in, page = await begun(stateful, adapter)
    query = query_of(await stateful.press(page))
    page.check(query)
    with pytest.raises(LoginForged):
        page.check(query)
    assert isinstance(await sign_in.advance(Redirected(query)), Issued)
    with pytest.raises(LoginForged):
        await sign_in.advance(Redirected(query))


async def test_a_redirect_of_another_sign_in_is_forged_and_the_right_one_still_works(
    stateful: Bench, adapter: BaseBroker
) -> None:
    _, mine = await begun(stateful, adapter)
    _, other = await begun(stateful, adapter)
    foreign, own = query_of(await stateful.press(other)), query_of(await stateful.press(mine))
    with pytest.raises(LoginForged):
        mine.check(foreign)
    mine.check(own)


async def test_a_pasted_address_of_another_sign_in_is_forged(stateful: Bench, adapter: BaseBroker) -> None:
    _, other = await begun(stateful, adapter)
    sign_in, _ = await begun(stateful, adapter)
    with pytest.raises(LoginForged):
        await sign_in.advance(Pasted(await stateful.press(other)))
