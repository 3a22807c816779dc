"""Driving the sign-in of flow A, as a person would (section 2), and the codes of RFC 6238 by its own text."""

import base64
import hashlib
import hmac
from datetime import datetime
from typing import Any

from app.brokers.base import AskText, BaseBroker, SignIn, Typed
from app.domain import Credentials, Secret
from tests.brokers.angel_one import wire
from tests.brokers.angel_one.support import posted
from tests.brokers.zerodha.server import ScriptedServer

CODE = "123456"
KEPT_PIN = {"pin": wire.PIN}
KEPT_BOTH = {"pin": wire.PIN, "totp_secret": wire.SEED}


def code_at(moment: datetime, windows: int = 0) -> str:
    """The six digits at `moment`, or so many windows of 30 seconds later: SHA-1, section 2.1."""
    counter = int(moment.timestamp()) // 30 + windows
    digest = hmac.new(base64.b32decode(wire.SEED), counter.to_bytes(8, "big"), hashlib.sha1).digest()
    place = digest[-1] & 15
    return f"{(int.from_bytes(digest[place : place + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06d}"


def login_credentials(extras: dict[str, str] | None = None) -> Credentials:
    """No token yet; what of PIN and seed is kept stands in `extras`."""
    kept = {name: Secret(text) for name, text in (extras or {}).items()}
    return Credentials(Secret(wire.API_KEY), Secret(), Secret(), client_id=wire.CLIENT, extras=kept)


def answers(server: ScriptedServer, body: Any, **more: Any) -> None:
    """What the login is answered with; the profile after it is good."""
    server.on("POST", wire.LOGIN, body if isinstance(body, str) else wire.text(body), **more)
    server.on("GET", wire.PROFILE, wire.text(wire.good(wire.profile())))


async def at_code(broker: BaseBroker, extras: dict[str, str] | None = None) -> SignIn:
    """A sign-in that waits for the six digits."""
    sign_in = broker.sign_in(login_credentials(extras))
    step = await sign_in.advance(None)
    if isinstance(step, AskText) and step.digits == 0:
        step = await sign_in.advance(Typed(Secret(wire.PIN)))
    assert isinstance(step, AskText)
    assert step.digits == 6
    return sign_in


def codes_sent(server: ScriptedServer) -> list[str]:
    """The codes that arrived, oldest first."""
    return [posted(request)["totp"] for request in server.sent("POST", wire.LOGIN)]
