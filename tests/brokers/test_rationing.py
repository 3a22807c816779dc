"""Attempts are rationed as the sheets say: one press is one attempt, no loop, no code twice, no lock-out; in words.

Angel One   one sign-in a second; a computed code once more in its next half minute, unless the clock is wrong
Dhan        one token by PIN and code in two minutes; 25 consents a day; nothing is ever tried again by itself
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from app.brokers.base import AskText, BaseBroker, BrokerPorts, Issued, OpenPage, SignIn, Typed
from app.brokers.limiter import Limits
from app.domain import (
    BadCredentials,
    Credentials,
    LoginCancelled,
    LoginThrottled,
    MemoryCallCounts,
    NotReachable,
    Secret,
    TradingError,
)
from app.simulators.angel_one.server import AngelOneSimulator
from app.simulators.dhan.server import DhanSimulator
from tests.brokers.bench import BENCHES, Bench
from tests.brokers.sheets import let_time_pass
from tests.fakes.clock import ManualClock

WITH_CODES = ["dhan", "angel_one"]
SENDS = {"dhan": "token", "angel_one": "session"}
TRIES = {"dhan": 1, "angel_one": 2}  # of a code that Kunji computed, typed from the sheets


class Street:
    """One broker, and adapters that share what one process shares."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.clock: ManualClock = bench.clock
        self.limits = Limits(bench.clock)
        assert isinstance(bench.sim, DhanSimulator | AngelOneSimulator)
        self.controls = bench.sim.controls
        self._brokers: list[BaseBroker] = []

    @property
    def sent(self) -> int:
        """How many sign-ins by code the broker has seen."""
        return sum(seen.operation == SENDS[self.bench.spec.key] for seen in self.bench.sim.log)

    def sign_in(self, credentials: Credentials) -> SignIn:
        """A sign-in of an adapter of its own, as every click makes one."""
        ports = BrokerPorts(
            self.clock, MemoryCallCounts(), self.bench.instruments, self.bench.base_url, limits=self.limits
        )
        self._brokers.append(self.bench.spec.make(ports))
        return self._brokers[-1].sign_in(credentials)

    def pin(self, **kept: str) -> Credentials:
        """What leads to PIN and code, with so much of it kept."""
        bare = replace(self.bench.with_pin(), extras={})
        return replace(bare, extras={name: Secret(text) for name, text in kept.items()})

    @property
    def user(self) -> Any:
        return self.bench.users[0]

    def code(self) -> Secret:
        """What the user's telephone shows."""
        return Secret(self.controls.totp(self.user.client_id))

    def wrong(self) -> Secret:
        return Secret(f"{(int(self.code().reveal()) + 500_000) % 1_000_000:06d}")

    async def typed(self, sign_in: SignIn, *texts: Secret) -> object:
        """All the steps of one sign-in; what ends it."""
        step: object = await sign_in.advance(None)
        for text in texts:
            assert isinstance(step, AskText), step
            step = await sign_in.advance(Typed(text))
        return step

    async def refused(self, sign_in: SignIn, *texts: Secret) -> TradingError:
        with pytest.raises(TradingError) as caught:
            await self.typed(sign_in, *texts)
        return caught.value

    async def close(self) -> None:
        for broker in self._brokers:
            await broker.close()
        self.limits.close()


@pytest.fixture(params=WITH_CODES)
async def street(request: pytest.FixtureRequest) -> AsyncIterator[Street]:
    """Both brokers, time passing while somebody waits for it."""
    bench = BENCHES[request.param]()
    await bench.start()
    street = Street(bench)
    street.controls.enforce_limits(yes=True)
    passing = asyncio.create_task(let_time_pass(bench.clock))
    yield street
    passing.cancel()
    await street.close()
    await bench.stop()


only_dhan = pytest.mark.parametrize("street", ["dhan"], indirect=True)
only_angel = pytest.mark.parametrize("street", ["angel_one"], indirect=True)


# ------------------------------------------------------------------ what is kept, what is asked


async def test_with_nothing_kept_pin_and_code_are_asked_for(street: Street) -> None:
    end = await street.typed(street.sign_in(street.pin()), Secret(street.user.pin), street.code())
    assert (isinstance(end, Issued), street.sent) == (True, 1)


async def test_with_the_pin_kept_the_code_alone_is_asked_for(street: Street) -> None:
    end = await street.typed(street.sign_in(street.pin(pin=street.user.pin)), street.code())
    assert (isinstance(end, Issued), street.sent) == (True, 1)


async def test_with_both_kept_nothing_is_asked_for(street: Street) -> None:
    kept = street.pin(pin=street.user.pin, totp_secret=street.user.totp_seed)
    assert isinstance(await street.sign_in(kept).advance(None), Issued)
    assert street.sent == 1


async def test_with_the_secret_alone_kept_the_pin_is_asked_for(street: Street) -> None:
    kept = street.pin(totp_secret=street.user.totp_seed)
    assert isinstance(await street.typed(street.sign_in(kept), Secret(street.user.pin)), Issued)


# ------------------------------------------------------------------ a wrong PIN


async def test_a_typed_pin_that_is_refused_costs_one_attempt_and_is_not_tried_again(street: Street) -> None:
    error = await street.refused(street.sign_in(street.pin()), Secret("135790"[: len(street.user.pin)]), street.code())
    assert (error.kind, error.field, street.sent) == ("bad_credentials", "pin", 1)
    assert error.next_step == (
        "Look it up before you try again: wrong PINs may lock the account. One attempt was used."
    )


async def test_a_kept_pin_that_is_refused_is_asked_for_the_next_time(street: Street) -> None:
    kept = street.pin(pin="135790"[: len(street.user.pin)], totp_secret=street.user.totp_seed)
    error = await street.refused(street.sign_in(kept))
    again = street.sign_in(kept)
    await street.clock.advance(150)

    assert (error.field, street.sent) == ("pin", 1)
    assert "is not sent again" in error.next_step
    assert isinstance(await again.advance(None), AskText)
    assert isinstance(await again.advance(Typed(Secret(street.user.pin))), Issued)


async def test_a_hundred_presses_with_a_wrong_kept_pin_cost_one_attempt(street: Street) -> None:
    kept = street.pin(pin="135790"[: len(street.user.pin)], totp_secret=street.user.totp_seed)
    for _ in range(100):
        try:
            assert isinstance(await street.sign_in(kept).advance(None), AskText)
        except BadCredentials:
            assert street.sent == 1
    assert street.sent == 1


# ------------------------------------------------------------------ a wrong code, a wrong clock


async def test_a_typed_code_that_is_refused_costs_one_attempt(street: Street) -> None:
    error = await street.refused(street.sign_in(street.pin(pin=street.user.pin)), street.wrong())
    assert (error.kind, error.field, street.sent) == ("bad_credentials", "totp", 1)
    assert error.next_step == "Use the next code that your authenticator shows. One attempt was used."


async def test_a_computed_code_is_tried_as_often_as_the_sheet_says(street: Street) -> None:
    kept = street.pin(pin=street.user.pin, totp_secret="GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
    error = await street.refused(street.sign_in(kept))
    tries = TRIES[street.bench.spec.key]
    assert (error.kind, error.field, street.sent) == ("bad_credentials", "totp_secret", tries)
    assert error.next_step.endswith("One attempt was used." if tries == 1 else f"{tries} attempts were used.")


@pytest.mark.parametrize(("ahead", "side"), [(48, "48 s behind"), (-75, "75 s ahead of"), (3600, "60 min behind")])
async def test_a_wrong_clock_is_named_when_a_computed_code_fails_and_the_code_not_tried_again(
    street: Street, ahead: int, side: str
) -> None:
    street.controls.shift_clock(ahead)
    await street.clock.advance(15.5)  # in the middle of a period of ours and of a second of theirs
    kept = street.pin(pin=street.user.pin, totp_secret=street.user.totp_seed)
    if (street.clock.now().timestamp() + ahead) // 30 - street.clock.now().timestamp() // 30 in (0, 1):
        await street.clock.advance(15)  # their clock still takes the code before the present one
    error = await street.refused(street.sign_in(kept))
    assert error.next_step == f"Your clock is {side} theirs; set it, then use the next code. One attempt was used."
    assert street.sent == 1


async def test_a_wrong_clock_is_named_when_a_typed_code_fails(street: Street) -> None:
    street.controls.shift_clock(48.5)
    error = await street.refused(street.sign_in(street.pin(pin=street.user.pin)), street.wrong())
    assert error.next_step == "Your clock is 48 s behind theirs; set it, then use the next code. One attempt was used."


async def test_a_right_code_is_taken_whatever_our_clock_says(street: Street) -> None:
    street.controls.shift_clock(-3000)
    end = await street.typed(street.sign_in(street.pin(pin=street.user.pin)), street.code())
    assert isinstance(end, Issued)


@pytest.mark.parametrize("ahead", [0, 0.5, 3, -3])
async def test_a_few_seconds_are_not_blamed(street: Street, ahead: float) -> None:
    street.controls.shift_clock(ahead)
    error = await street.refused(street.sign_in(street.pin(pin=street.user.pin)), street.wrong())
    assert "clock" not in error.next_step


# ------------------------------------------------------------------ a code is sent once


async def test_a_code_that_was_sent_is_asked_for_anew_and_not_sent_again(street: Street) -> None:
    pin, code = street.pin(pin=street.user.pin), street.wrong()
    await street.refused(street.sign_in(pin), code)

    again = street.sign_in(pin)
    step = await street.typed(again, code)
    assert isinstance(step, AskText)
    assert "was sent before" in step.hint
    assert street.sent == 1
    assert isinstance(await again.advance(Typed(street.code())), Issued)


@only_angel
async def test_a_second_sign_in_by_computed_code_waits_for_the_next_one(street: Street) -> None:
    kept = street.pin(pin=street.user.pin, totp_secret=street.user.totp_seed)
    await street.sign_in(kept).advance(None)
    began = street.clock.now()
    assert isinstance(await street.sign_in(kept).advance(None), Issued)
    assert int(began.timestamp()) // 30 < int(street.clock.now().timestamp()) // 30
    assert street.sent == 2


async def test_two_sign_ins_at_once_never_send_the_same_code(street: Street) -> None:
    pin, code = street.pin(pin=street.user.pin), street.code()
    ends = await asyncio.gather(*(street.typed(street.sign_in(pin), code) for _ in range(4)), return_exceptions=True)
    assert [isinstance(end, Issued) for end in ends].count(True) == 1
    assert street.sent == 1


@only_angel
async def test_giving_up_while_it_waits_for_the_next_code_sends_nothing(street: Street) -> None:
    kept = street.pin(pin=street.user.pin, totp_secret=street.user.totp_seed)
    await street.sign_in(kept).advance(None)
    waiting = street.sign_in(kept)
    step = asyncio.create_task(waiting.advance(None))
    await asyncio.sleep(0)
    waiting.give_up()
    with pytest.raises(LoginCancelled):
        await step
    assert street.sent == 1


async def test_a_lost_answer_uses_its_code_up(street: Street) -> None:
    """The broker may have taken it: the next try needs another."""
    street.controls.fault(SENDS[street.bench.spec.key], "reset-in-body", times=1)
    pin, code = street.pin(pin=street.user.pin), street.code()
    with pytest.raises(NotReachable):
        await street.typed(street.sign_in(pin), code)
    street.controls.clear()
    await street.clock.advance(10)
    if street.bench.spec.key == "angel_one":
        assert isinstance(await street.typed(street.sign_in(pin), code), AskText)
    else:
        assert (await street.refused(street.sign_in(pin))).kind == "login_throttled"
    assert street.sent == 1


# ------------------------------------------------------------------ how often


@only_dhan
async def test_dhan_makes_one_token_in_two_minutes_and_says_so_before_anything_is_typed(street: Street) -> None:
    pin = street.pin(pin=street.user.pin)
    await street.typed(street.sign_in(pin), street.code())

    error = await street.refused(street.sign_in(pin))
    assert isinstance(error, LoginThrottled)
    assert error.next_step == "Try again in 150 s. Nothing was sent, no attempt was used."
    await street.clock.advance(149)
    assert isinstance(await street.typed(street.sign_in(pin), street.code()), Issued)
    assert street.sent == 2


@only_dhan
async def test_a_refused_code_at_dhan_does_not_cost_the_two_minutes(street: Street) -> None:
    pin = street.pin(pin=street.user.pin)
    await street.refused(street.sign_in(pin), street.wrong())
    assert isinstance(await street.typed(street.sign_in(pin), street.code()), Issued)


@only_dhan
async def test_dhan_opens_twenty_pages_in_a_day_and_then_says_when_again(street: Street) -> None:
    for _ in range(20):
        assert isinstance(await street.sign_in(street.bench.signed_out()).advance(None), OpenPage)
    error = await street.refused(street.sign_in(street.bench.signed_out()))
    assert isinstance(error, LoginThrottled)
    assert "25 sign-ins a day" in error.title
    assert "try again from 09:" in error.next_step
    assert sum(seen.operation == "consent" for seen in street.bench.sim.log) == 20


@only_angel
async def test_sign_ins_at_angel_one_keep_a_second_and_a_quarter_between_them(street: Street) -> None:
    pin = street.pin(pin=street.user.pin)
    for number in range(5):
        await street.refused(street.sign_in(pin), Secret(f"00000{number}"))
    moments = [seen.at for seen in street.bench.sim.log if seen.operation == "session"]
    gaps = [(late - early).total_seconds() for early, late in pairwise(moments)]
    assert (len(gaps), min(gaps) >= 1.25) == (4, True)
