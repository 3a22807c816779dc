"""Driving the sign-ins of flows B and C, as a person would (section 2)."""

from dataclasses import dataclass

from app.brokers.base import AskText, BaseBroker, OpenPage, SignIn
from app.domain import Credentials, Secret
from tests.brokers.dhan import wire
from tests.brokers.zerodha.server import ScriptedServer

CONSENT = "940b0ca1-3ff4-4476-b46e-03a3ce7dc55d"
REDIRECT = "http://127.0.0.1:5000/dhan/callback"


@dataclass(frozen=True, slots=True)
class Login:
    """A sign-in whose page is open."""

    sign_in: SignIn
    page: OpenPage


def app_credentials(redirect_url: str = REDIRECT) -> Credentials:
    """Flow B: app id and secret."""
    extras = {"redirect_url": Secret(redirect_url)}
    return Credentials(Secret(wire.APP_ID), Secret(wire.APP_SECRET), Secret(), client_id=wire.CLIENT, extras=extras)


def code_credentials(**extras: str) -> Credentials:
    """Flow C: a PIN, and a seed when one is given."""
    given = {name: Secret(text) for name, text in ({"pin": wire.PIN} | extras).items()}
    return Credentials(Secret(), Secret(), Secret(), client_id=wire.CLIENT, extras=given)


def consented(server: ScriptedServer) -> None:
    """Section 2.2, step 1: the consent is generated."""
    body = {"consentAppId": CONSENT, "consentAppStatus": "GENERATED", "status": "success"}
    server.on("POST", "/app/generate-consent", wire.text(body))


async def opened(broker: BaseBroker, server: ScriptedServer) -> Login:
    """A sign-in in the browser at its page."""
    consented(server)
    sign_in = broker.sign_in(app_credentials())
    page = await sign_in.advance(None)
    assert isinstance(page, OpenPage)
    return Login(sign_in, page)


async def by_code(broker: BaseBroker, **extras: str) -> SignIn:
    """A sign-in that asks for the six digits."""
    sign_in = broker.sign_in(code_credentials(**extras))
    step = await sign_in.advance(None)
    assert isinstance(step, AskText)
    return sign_in
