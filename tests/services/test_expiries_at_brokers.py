"""Promises A2 and A3 at four brokers: each way in which a broker says "dead" is seen at once, and no other word is."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from app.domain import Exchange, TradingError
from app.services.views import AccountState, Notice
from app.simulators.answers import Answer, encode
from tests.brokers.bench import equip
from tests.services.benched import BROKERS, Benched, benched

pytestmark = pytest.mark.usefixtures("no_pause_before_a_retry")

LATEST: Final = 5.0  # seconds from the answer to the notice (promise A2)


@dataclass(frozen=True)
class Said:
    """An answer of a broker, as its protocol sheet has it."""

    status: int
    body: Any

    @property
    def answer(self) -> Answer:
        return Answer(encode(self.body) if not isinstance(self.body, bytes) else self.body, self.status)


async def funds(at: Benched) -> None:
    with suppress(TradingError):
        await (await at.services.brokers.get_broker_for_user(at.user_id)).get_funds()


async def prices(at: Benched) -> str:
    return await kind(at, lambda broker: broker.get_quotes([(at.bench.cash, Exchange.NSE)]))


async def order(at: Benched) -> str:
    return await kind(at, lambda broker: broker.place_order(at.bench.order()))


async def profile(at: Benched) -> str:
    return await kind(at, lambda broker: broker.get_profile())


async def kind(at: Benched, call: Callable[[Any], Awaitable[object]]) -> str:
    """What the account's adapter raises, as every other part of Kunji gets it."""
    try:
        await call(await at.services.brokers.get_broker_for_user(at.user_id))
    except TradingError as error:
        return error.kind
    return ""


FIRST_CALLS: Final[dict[str, Callable[[Benched], Awaitable[object]]]] = {
    "validate": lambda at: at.services.brokers.validate_broker(at.user_id),
    "status": lambda at: at.services.brokers.broker_status(at.user_id),
    "positions": lambda at: at.services.portfolio.refresh(at.user_id),
    "funds": funds,
    "prices": prices,
}


# ------------------------------------------------------------------ A2: every expiry body of the four sheets


def kite(status: int, kind_of_it: str, message: str) -> Said:
    return Said(status, {"status": "error", "message": message, "error_type": kind_of_it, "data": None})


def dhan(status: int, code: str, message: str) -> Said:
    return Said(status, {"errorType": "Order_Error", "errorCode": code, "errorMessage": message})


def dhan_data(status: int, code: str, message: str) -> Said:
    return Said(status, {"data": {code: message}, "status": "failed"})


def fyers(status: int, code: int, message: str) -> Said:
    return Said(status, {"s": "error", "code": code, "message": message})


def gateway(code: str, message: str, status: int = 200) -> Said:
    return Said(status, {"success": False, "message": message, "errorCode": code, "data": ""})


def angel(code: str, message: str) -> Said:
    return Said(200, {"status": False, "message": message, "errorcode": code, "data": None})


ENDS: Final[dict[str, dict[str, Said]]] = {
    "zerodha": {
        "expired": kite(403, "TokenException", "Incorrect `api_key` or `access_token`."),
        "invalid": kite(403, "TokenException", "Token is invalid or has expired."),
    },
    "dhan": {
        "DH-901": dhan(401, "DH-901", "Client ID or user generated access token is invalid or expired."),
        "DH-906": dhan(400, "DH-906", "Invalid Token"),
        "807": dhan_data(401, "807", "Access token is expired"),
        "808": dhan_data(401, "808", "Authentication Failed - Client ID or Access Token invalid"),
        "809": dhan_data(401, "809", "Access token is invalid"),
        "a bare 401": Said(401, b""),
    },
    "fyers": {
        "-8": fyers(401, -8, "Your token has expired. Please generate a token"),
        "-15": fyers(401, -15, "Please provide valid token"),
        "-16": fyers(401, -16, "Could not authenticate the user"),
        "-16 as at a logout": fyers(401, -16, "Token is Invalid or Expired"),
        "-17": fyers(401, -17, "Token is invalid or expired"),
        "-8 with 400": fyers(400, -8, "Your token has expired. Please generate a token"),
    },
    "angel_one": {
        "AG8001": gateway("AG8001", "Invalid Token"),
        "AG8002": gateway("AG8002", "Token Expired"),
        "AG8003": gateway("AG8003", "Token missing"),
        "AB1010": angel("AB1010", "AMX Session Expired"),
        "AB1011": angel("AB1011", "Client not login"),
        "AB8050": angel("AB8050", "Invalid Refresh Token"),
        "AB8051": angel("AB8051", "Refresh Token Expired"),
        "a bare 401": Said(401, b""),
    },
}


@pytest.mark.parametrize("asking", FIRST_CALLS)
@pytest.mark.parametrize("key", BROKERS)
async def test_every_word_for_dead_is_seen_by_the_first_call_and_told_in_time(
    tmp_path: Path, key: str, asking: str
) -> None:
    async with benched(key, tmp_path / "profile") as at:
        await equip(at.bench, at.adapter)
        found = {name: await told(at, said, FIRST_CALLS[asking]) for name, said in ENDS[key].items()}

    assert found == dict.fromkeys(ENDS[key], (AccountState.SIGNED_OUT, False, ["HUF · {label} is signed out"]))


async def told(
    at: Benched, said: Said, ask: Callable[[Benched], Awaitable[object]]
) -> tuple[AccountState, bool, list[str]]:
    """How the account stands after one call, whether it is stored as alive, and what was told within five seconds."""
    await at.revive()
    at.notices.clear()
    at.bench.controls.say("*", said.answer)
    await ask(at)
    state = at.state
    await at.bench.clock.advance(LATEST)
    at.services.telling.beat()
    stored = [one.is_valid for one in await at.services.vault.accounts()]
    at.bench.controls.clear()
    label = at.bench.spec.label
    return state, stored == [True], [notice.title.replace(label, "{label}") for notice in deaths(at)]


def deaths(at: Benched) -> list[Notice]:
    return [notice for notice in at.notices if "signed out" in notice.title]


# ------------------------------------------------------------------ A3: what is something else, and says so


ASKED: Final[dict[Callable[[Benched], Awaitable[str]], str]] = {
    order: "place order",
    prices: "quotes",
    profile: "profile",
}
"""Which operation each of them asks for."""


@dataclass(frozen=True)
class Other:
    """A refusal that is no death: what was asked, what came, and the kind that it is."""

    ask: Callable[[Benched], Awaitable[str]]
    said: Said
    kind: str


NO_IP: Final = "Order placement restricted. Algo orders are not allowed from this app ABCD-100"
OTHERS: Final[dict[str, dict[str, Other]]] = {
    "zerodha": {
        "address": Other(
            order, kite(403, "PermissionException", "No IPs configured for this app."), "ip_not_registered"
        ),
        "address, as a token": Other(
            order,
            kite(403, "TokenException", "IP (203.0.113.7) is not allowed to place orders for this app"),
            "ip_not_registered",
        ),
        "plan": Other(
            prices, kite(403, "PermissionException", "Insufficient permission for that call."), "not_subscribed"
        ),
        "permission": Other(profile, kite(403, "PermissionException", "Insufficient permission."), "permission_denied"),
        "blocked": Other(profile, kite(403, "UserException", "Your account is blocked."), "user_blocked"),
        "second factor": Other(profile, kite(403, "TwoFAException", "Two factor is due."), "two_factor_due"),
        "too many": Other(profile, kite(429, "NetworkException", "Too many requests"), "rate_limited"),
        "maintenance": Other(profile, kite(503, "GeneralException", "We are under maintenance."), "maintenance"),
    },
    "dhan": {
        "address": Other(order, dhan(400, "DH-905", "Invalid IP"), "ip_not_registered"),
        "address, by its code": Other(order, dhan(401, "DH-911", "Invalid IP"), "ip_not_registered"),
        "plan": Other(prices, dhan_data(401, "806", "Data APIs not Subscribed"), "not_subscribed"),
        "plan, by its code": Other(profile, dhan(401, "DH-902", "No access"), "not_subscribed"),
        "permission": Other(profile, dhan(400, "DH-903", "Segment not activated"), "permission_denied"),
        "too many": Other(profile, dhan(429, "DH-904", "Too many requests"), "rate_limited"),
        "maintenance": Other(profile, dhan(500, "DH-908", "Internal error"), "broker_down"),
    },
    "fyers": {
        "address": Other(order, fyers(400, -50, NO_IP), "ip_not_registered"),
        "plan": Other(prices, fyers(403, -373, "This app has no permission"), "not_subscribed"),
        "permission": Other(profile, fyers(403, -373, "This app has no permission"), "permission_denied"),
        "too many": Other(profile, fyers(429, -429, "Request limit reached, refresh after few mins"), "rate_limited"),
        "maintenance": Other(profile, fyers(500, -99, "Something went wrong. Please contact support"), "broker_down"),
    },
    "angel_one": {
        "address": Other(order, gateway("AG7002", "Access denied: Unregistered IP address"), "ip_not_registered"),
        "blocked": Other(profile, angel("AB1006", "Client is blocked for trading"), "user_blocked"),
        "permission": Other(profile, angel("AB2002", "ROBO is blocked"), "permission_denied"),
        "too many": Other(profile, Said(403, b"Access denied because of exceeding access rate"), "rate_limited"),
        "too many, by its code": Other(profile, angel("AB1021", "Too many requests"), "rate_limited"),
        "maintenance": Other(
            profile, angel("AB1004", "Something Went Wrong, Please Try After Sometime"), "broker_down"
        ),
    },
}


@pytest.mark.parametrize("key", BROKERS)
async def test_what_is_no_death_has_a_kind_of_its_own_and_is_never_told_as_one(tmp_path: Path, key: str) -> None:
    async with benched(key, tmp_path / "profile") as at:
        await equip(at.bench, at.adapter)
        found = {name: await called(at, other) for name, other in OTHERS[key].items()}

        assert found == {name: other.kind for name, other in OTHERS[key].items()}
        assert AccountState.SIGNED_OUT not in at.states
        assert deaths(at) == []
        assert [stored.is_valid for stored in await at.services.vault.accounts()] == [True]


async def called(at: Benched, other: Other) -> str:
    """The kind that came; the broker is good again and has waited enough afterwards."""
    at.bench.controls.say(at.bench.on_wire[ASKED[other.ask]], other.said.answer)
    came = await other.ask(at)
    await at.services.brokers.validate_broker(at.user_id)
    at.bench.controls.clear()
    await at.bench.clock.advance(121)
    await at.services.brokers.validate_broker(at.user_id)
    return came
