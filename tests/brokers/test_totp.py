"""The digits of an authenticator, and that none is sent twice, whatever happens to the process in between."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, tzinfo
from pathlib import Path

import pytest

from app.brokers import specs
from app.brokers.totp import Attempts, code, next_one, question, until_next
from app.domain import IST, InvalidRequest, Secret
from app.store import AppStore
from tests.fakes.clock import ManualClock

SEED = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # the key of RFC 6238, appendix B, in base 32
SHORT = "JBSWY3DPEHPK3PXP"  # 80 bits: what many services hand out
FIRST, SECOND = Secret("112233"), Secret("445566")
SELF, OTHER = "dhan 1100000001", "dhan 1100000002"


@pytest.mark.parametrize(
    ("seconds", "digits"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037")],
)
@pytest.mark.parametrize("zone", [UTC, IST], ids=str)
def test_digits_are_those_of_rfc_6238(seconds: int, digits: str, zone: tzinfo) -> None:
    at = datetime.fromtimestamp(seconds, tz=UTC).astimezone(zone)
    assert code(Secret(SEED), at, "").reveal() == digits


def test_a_secret_may_be_written_as_it_is_shown() -> None:
    at = datetime.fromtimestamp(59, tz=UTC)
    for shown in (SEED.lower(), f" {SEED[:4]} {SEED[4:8]}-{SEED[8:]}", f"{SEED}===="):
        assert code(Secret(shown), at, "").reveal() == "287082"


def test_a_secret_of_sixteen_letters_makes_codes() -> None:
    assert code(Secret(SHORT), datetime.fromtimestamp(59, tz=UTC), "").reveal() == "996554"


@pytest.mark.parametrize("text", ["", "1", "not base 32!", "A", "\u0661\u0662"])
def test_what_is_no_secret_is_named_by_its_field(text: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        code(Secret(text), datetime.fromtimestamp(59, tz=UTC), "totp_secret")
    assert caught.value.field == "totp_secret"
    assert not text or text not in str(caught.value)


def test_the_next_digits_come_within_thirty_seconds() -> None:
    assert until_next(datetime.fromtimestamp(59, tz=IST)) == 1
    assert until_next(datetime.fromtimestamp(60, tz=IST)) == 30


def test_the_question_says_whose_digits_and_how_long_they_are_shown() -> None:
    assert (question("Dhan").digits, question("Dhan").period, question("Dhan").secret) == (6, 30, True)
    assert "Dhan" in question("Dhan").hint
    assert "nothing was sent" in next_one("Dhan").hint


@pytest.mark.parametrize("key", ["dhan", "angel_one"])
def test_both_parts_of_the_second_factor_are_off_until_they_are_switched_on(key: str) -> None:
    (spec,) = [spec for spec in specs() if spec.key == key]
    assert [(field.name, field.required, field.default, field.secret) for field in spec.second_factor] == [
        ("pin", False, "", True),
        ("totp_secret", False, "", True),
    ]
    assert "Gives up your second factor" in spec.second_factor[1].hint


@pytest.mark.parametrize("key", ["zerodha", "fyers"])
def test_brokers_that_sign_in_on_their_page_alone_keep_nothing(key: str) -> None:
    (spec,) = [spec for spec in specs() if spec.key == key]
    assert spec.second_factor == ()


# ------------------------------------------------------------------ what was sent


async def test_a_code_is_spent_once_and_for_its_client_only() -> None:
    attempts = Attempts(ManualClock())
    assert [await attempts.spend(SELF, FIRST) for _ in range(3)] == [True, False, False]
    assert await attempts.spend(SELF, SECOND)
    assert await attempts.spend(OTHER, FIRST)


async def test_the_same_digits_may_come_again_by_chance_long_after() -> None:
    clock = ManualClock()
    attempts = Attempts(clock)
    await attempts.spend(SELF, FIRST)
    await clock.advance(599)
    assert not await attempts.spend(SELF, FIRST)
    await clock.advance(2)
    assert await attempts.spend(SELF, FIRST)


def test_a_refused_pin_is_remembered_for_its_client() -> None:
    attempts = Attempts(ManualClock())
    attempts.refuse(SELF, Secret("2468"))
    assert attempts.is_refused(SELF, Secret("2468"))
    assert not attempts.is_refused(SELF, Secret("8642"))
    assert not attempts.is_refused(OTHER, Secret("2468"))


# ------------------------------------------------------------------ over a restart

Open = Callable[[], Awaitable[Attempts]]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 11, 18, 9, 14, 10, tzinfo=IST))


@pytest.fixture
async def begin(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Open]:
    """Begins a run on the same file; the run before is left as a killed process would leave it."""
    stores: list[AppStore] = []

    async def one() -> Attempts:
        stores.append(await AppStore.open(tmp_path / "app.db", clock))
        return Attempts(clock, stores[-1].calls)

    yield one
    for store in stores:
        await store.close()


@pytest.mark.parametrize("late", [0.0, 0.4, 9.6, 19.9])
async def test_what_was_shown_when_a_killed_run_sent_a_code_is_not_sent(
    begin: Open, clock: ManualClock, late: float
) -> None:
    """The note is on the disk before the code is on the wire; digits themselves are kept nowhere."""
    await clock.advance(late)
    assert await (await begin()).spend(SELF, FIRST)

    again = await begin()
    assert not await again.spend(SELF, FIRST)
    assert not await again.spend(SELF, SECOND)
    assert await again.spend(OTHER, FIRST)


async def test_the_code_of_the_next_period_is_sent_after_a_restart(begin: Open, clock: ManualClock) -> None:
    await (await begin()).spend(SELF, FIRST)
    again = await begin()
    await clock.advance(until_next(clock.now()))
    assert await again.spend(SELF, SECOND)


async def test_a_run_that_sent_no_code_keeps_nobody_waiting(begin: Open) -> None:
    await begin()
    assert await (await begin()).spend(SELF, FIRST)


async def test_the_digits_are_not_on_the_disk(begin: Open, tmp_path: Path, clock: ManualClock) -> None:
    await (await begin()).spend(SELF, Secret("907351"))
    await clock.advance(10)
    assert b"907351" not in await asyncio.to_thread(all_of, tmp_path)


def all_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())
