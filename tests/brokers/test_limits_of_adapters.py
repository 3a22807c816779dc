"""That the adapters hand their calls to the right counts: who is not known yet, sign-ins of Dhan, broken masters."""

import asyncio
import json
import time
from typing import Any, Final

import pytest

from app.brokers import SUPPORTED_BROKERS, create_broker
from app.brokers.base import AskText, BaseBroker, Issued, SignIn, Step, Typed
from app.brokers.limiter import Limits
from app.domain import BadCredentials, Credentials, LoginThrottled, NotReachable, RateLimited, Secret
from tests.brokers.angel_one import wire as angel
from tests.brokers.dhan import wire as dhan
from tests.brokers.plain_server import FAULTS, Play, RawServer, answer, say
from tests.fakes.clock import ManualClock

PROFILES: Final[dict[str, Any]] = {"dhan": dhan.profile(), "angel_one": angel.good(angel.profile())}
CLIENTS: Final = {"dhan": dhan.CLIENT, "angel_one": angel.CLIENT}
TOO_MANY: Final = FAULTS["429-seconds"]
TOKEN: Final = Secret("a-token-of-nobody")


def body(value: Any) -> Play:
    return say(answer(200, json.dumps(value).encode()))


def in_turn(*plays: Play) -> Play:
    """One after the other, a request each; the last one again and again."""

    async def play(writer: asyncio.StreamWriter, server: RawServer) -> None:
        await plays[min(len(server.heads), len(plays)) - 1](writer, server)

    return play


@pytest.mark.parametrize("key", PROFILES)
async def test_client_that_the_profile_names_shares_from_then_on(key: str) -> None:
    clock = ManualClock()
    limits = Limits(clock)
    async with RawServer(in_turn(body(PROFILES[key]), TOO_MANY)) as server:
        nameless, known = (create_broker(key, base_url=server.url, clock=clock, limits=limits) for _ in range(2))
        assert await nameless.connect(Credentials(Secret("key"), Secret(), TOKEN))
        with pytest.raises(RateLimited):
            await known.connect(Credentials(Secret("key"), Secret(), TOKEN, CLIENTS[key]))
        with pytest.raises(RateLimited):
            await nameless.validate()
        await nameless.close()
        await known.close()

    assert len(server.heads) == 2  # the third was not sent: the client was told to wait


@pytest.mark.parametrize("key", SUPPORTED_BROKERS)
async def test_master_whose_body_is_broken_ends_at_once(key: str) -> None:
    async with RawServer(FAULTS["bad-chunk"]) as server:
        broker = create_broker(key, base_url=server.url, clock=ManualClock())
        began = time.monotonic()
        with pytest.raises(NotReachable):
            await broker.load_instruments()
        seconds = time.monotonic() - began
        await broker.close()

    assert seconds < 5.0


# ------------------------------------------------------------------ Dhan's sign-ins (sections 2.2, 2.3 and 7)


class Dhan:
    """Adapters of one Dhan client, as two windows or two starts would make them."""

    def __init__(self, server: RawServer) -> None:
        self.clock = ManualClock()
        self._server = server
        self._limits = Limits(self.clock)
        self._made: list[BaseBroker] = []

    def sign_in(self, **extras: str) -> SignIn:
        self._made.append(create_broker("dhan", base_url=self._server.url, clock=self.clock, limits=self._limits))
        secrets = {name: Secret(value) for name, value in extras.items()}
        return self._made[-1].sign_in(Credentials(Secret("app"), Secret("word"), Secret(), dhan.CLIENT, secrets))

    async def with_code(self, code: str) -> Step:
        sign_in = self.sign_in(pin=dhan.PIN)
        assert isinstance(await sign_in.advance(None), AskText)
        return await sign_in.advance(Typed(Secret(code)))

    async def close(self) -> None:
        for broker in self._made:
            await broker.close()


async def test_one_token_in_two_minutes_whichever_adapter_asks() -> None:
    async with RawServer(body(dhan.issued())) as server:
        dhan_client = Dhan(server)
        assert isinstance(await dhan_client.with_code("123456"), Issued)
        with pytest.raises(LoginThrottled) as caught:
            await dhan_client.with_code("234567")
        await dhan_client.clock.advance(151)
        assert isinstance(await dhan_client.with_code("345678"), Issued)
        await dhan_client.close()

    assert caught.value.retry_after == pytest.approx(150, abs=1)
    assert len(server.heads) == 2


async def test_a_mistyped_code_does_not_cost_the_two_minutes() -> None:
    refused = body({"status": "error", "message": "Invalid TOTP"})
    async with RawServer(in_turn(refused, body(dhan.issued()))) as server:
        dhan_client = Dhan(server)
        with pytest.raises(BadCredentials):
            await dhan_client.with_code("123456")
        assert isinstance(await dhan_client.with_code("234567"), Issued)
        await dhan_client.close()

    assert len(server.heads) == 2


async def test_twenty_of_the_25_consents_of_a_day_are_ours() -> None:
    consent = {"consentAppId": "a6b0b2c4", "consentAppStatus": "GENERATED", "status": "success"}
    async with RawServer(body(consent)) as server:
        dhan_client = Dhan(server)
        for _ in range(20):
            await dhan_client.sign_in().advance(None)
            await dhan_client.clock.advance(60)
        with pytest.raises(LoginThrottled, match="25 sign-ins a day"):
            await dhan_client.sign_in().advance(None)
        await dhan_client.close()

    assert len(server.heads) == 20
