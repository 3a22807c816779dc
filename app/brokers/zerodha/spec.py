"""What Zerodha declares of itself: the fields of its form, what the user does once at Zerodha, when a token dies."""

from datetime import datetime, timedelta
from typing import Final

from app.brokers.base import USUAL, Ability, BaseBroker, BrokerPorts, BrokerSpec, Field, GuideStep, Login
from app.domain import IST

KEY: Final = "zerodha"
REDIRECT_FIELD: Final = "redirect_url"
DEFAULT_REDIRECT: Final = "http://127.0.0.1:5021/zerodha"
_DEATH_HOUR: Final = 6


def token_dies(issued_at: datetime) -> datetime:
    """The next 06:00 IST after `issued_at` (section 2).

    The fate of a token minted between 00:00 and 06:00 is unverified; the nearer death is the safe forecast.
    """
    local = issued_at.astimezone(IST)
    death = local.replace(hour=_DEATH_HOUR, minute=0, second=0, microsecond=0)
    return death if local < death else death + timedelta(days=1)


def _make(ports: BrokerPorts) -> BaseBroker:
    from app.brokers.zerodha.broker import ZerodhaBroker  # loaded on first use: start-up

    return ZerodhaBroker(ports)


_FIELDS: Final = (
    Field("client_id", "Client id", hint="Your Kite user id, for example AB1234"),
    Field(
        REDIRECT_FIELD,
        "Redirect URL",
        hint="Exactly as registered with your app at Zerodha",
        default=DEFAULT_REDIRECT,
    ),
    Field("api_key", "API key", secret=True),
    Field("api_secret", "API secret", secret=True),
    Field(
        "access_token",
        "Use a token I already have",
        hint="The one another program got today with the same API key: it goes on working",
        secret=True,
        required=False,
    ),
)

_GUIDE: Final = (
    GuideStep(
        "Create an app at developers.kite.trade",
        "Type: Personal or Connect. Any name. Enter your own client id. The Personal plan is free and places orders;"
        " prices need the paid plan.",
    ),
    GuideStep("Redirect URL: exactly this one", "Copy it into the app's form.", copy_field=REDIRECT_FIELD),
    GuideStep(
        "Copy API key and API secret",
        "On the app's page: the key is shown, the secret appears after \u201cShow API secret\u201d."
        " Making a new secret ends the old one.",
    ),
    GuideStep(
        "Register your internet address, for orders",
        "At developers.kite.trade: Profile, IP whitelist. Two addresses, for all your apps; one change a week. Without"
        " it you can watch everything, but every order is refused.",
    ),
    GuideStep(
        "Does another program use the same API key?",
        "Zerodha keeps one token an API key: a sign-in here ends the one that it uses. Create an app of its own for"
        " Kunji, or take the other's token over with \u201cUse a token I already have\u201d.",
    ),
    GuideStep(
        "Press Connect and sign in on Zerodha\u2019s page",
        "Kunji never asks for your Zerodha password. The session lasts until 06:00; then one click and one sign-in"
        " a day.",
    ),
)

_ONE_AT_A_TIME: Final = (
    "Zerodha keeps one token an API key: a new one ends the one before at once, also in other programs that use it."
)

SPEC: Final = BrokerSpec(
    key=KEY,
    label="Zerodha",
    login=Login.BROWSER_REDIRECT,
    fields=_FIELDS,
    guide=_GUIDE,
    portal="https://developers.kite.trade",
    abilities=USUAL | Ability.ORDER_HISTORY | Ability.REVOKE,
    token_dies=token_dies,
    make=_make,
    hosts=("api.kite.trade", "kite.zerodha.com"),
    one_token=_ONE_AT_A_TIME,
)
