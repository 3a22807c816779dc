"""What Fyers declares of itself: the fields of its form, what the user does once at Fyers, when a token dies."""

from datetime import datetime, timedelta
from typing import Final

from app.brokers.base import USUAL, Ability, BaseBroker, BrokerPorts, BrokerSpec, Field, GuideStep, Login
from app.domain import IST

KEY: Final = "fyers"
REDIRECT_FIELD: Final = "redirect_url"
DEFAULT_REDIRECT: Final = "http://127.0.0.1:5023/fyers"
APP_ID_FORM: Final = r"[A-Za-z0-9]+-\d{3}"  # the suffix is a part of it everywhere (section 2)
PORTAL: Final = "https://myapi.fyers.in"
_DEATH_HOUR: Final = 6


def token_dies(issued_at: datetime) -> datetime:
    """The next 06:00 IST after `issued_at` (section 2): what is forecast for a token that does not say it itself."""
    local = issued_at.astimezone(IST)
    death = local.replace(hour=_DEATH_HOUR, minute=0, second=0, microsecond=0)
    return death if local < death else death + timedelta(days=1)


def _make(ports: BrokerPorts) -> BaseBroker:
    from app.brokers.fyers.broker import FyersBroker  # loaded on first use: start-up

    return FyersBroker(ports)


_FIELDS: Final = (
    Field("client_id", "Client id", hint="Your Fyers client id, for example XA00001"),
    Field(
        REDIRECT_FIELD,
        "Redirect URL",
        hint="Exactly as registered with your app at Fyers, sign by sign",
        default=DEFAULT_REDIRECT,
    ),
    Field("api_key", "App ID", hint="With its suffix, for example ABCDEFGHIJ-200", secret=True, pattern=APP_ID_FORM),
    Field("api_secret", "Secret ID", secret=True),
    Field(
        "access_token",
        "Use a token I already have",
        hint="Only if another program signed in today with the same App ID",
        secret=True,
        required=False,
    ),
)

_GUIDE: Final = (
    GuideStep(
        "Create an app at myapi.fyers.in",
        "Any name. Choose the permissions \u201cTransactions Info\u201d and \u201cMarket Data\u201d, and \u201cOrder"
        " Placement\u201d to trade: they cannot be asked for later by Kunji.",
    ),
    GuideStep("Redirect URL: exactly this one", "Copy it into the app's form.", copy_field=REDIRECT_FIELD),
    GuideStep(
        "Copy App ID and Secret ID",
        "The App ID with its suffix (-100 or -200): the suffix is a part of it everywhere.",
    ),
    GuideStep(
        "For orders: an activated algo-trading app and your internet address",
        "Since 1 April 2026 Fyers takes orders from apps with the suffix -200 and from a registered static IP address"
        " only. Without them you can watch everything, but every order is refused.",
    ),
    GuideStep(
        "Press Connect and sign in on Fyers\u2019 page",
        "With the second factor and your PIN; Kunji never asks for them. The session lasts until about 06:00; then one"
        " click and one sign-in a day.",
    ),
)

SPEC: Final = BrokerSpec(
    key=KEY,
    label="Fyers",
    login=Login.BROWSER_REDIRECT,
    fields=_FIELDS,
    guide=_GUIDE,
    portal=PORTAL,
    abilities=USUAL | Ability.REVOKE,
    token_dies=token_dies,
    make=_make,
    hosts=("api-t1.fyers.in", "public.fyers.in"),
)
