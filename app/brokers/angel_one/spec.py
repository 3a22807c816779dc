"""What Angel One declares of itself: the fields of its form, what the user does once there, when a token dies."""

from datetime import datetime, timedelta
from typing import Final

from app.brokers.base import USUAL, Ability, BaseBroker, BrokerPorts, BrokerSpec, Field, GuideStep, Login
from app.domain import IST

KEY: Final = "angel_one"
PIN_FIELD: Final = "pin"
TOTP_FIELD: Final = "totp_secret"
PIN_FORM: Final = r"\d{4,6}"
SEED_FORM: Final = r"[A-Za-z2-7 -]{16,}=*"  # base 32, in groups or not
REFRESH_FIELD: Final = "refresh_token"
FEED_FIELD: Final = "feed_token"
PORTAL: Final = "https://smartapi.angelone.in"


def token_dies(issued_at: datetime) -> datetime:
    """The next 00:00:00 IST after `issued_at` (section 2.2); the `exp` inside the token says years and is of no use."""
    local = issued_at.astimezone(IST)
    return local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def _make(ports: BrokerPorts) -> BaseBroker:
    from app.brokers.angel_one.broker import AngelOneBroker  # loaded on first use: start-up

    return AngelOneBroker(ports)


_FIELDS: Final = (
    Field("client_id", "Client code", hint="The id you sign in with at Angel One, for example A123456"),
    Field("api_key", "API key", hint="Of a \u201cTrading\u201d app; the secret beside it is never needed", secret=True),
    Field(
        PIN_FIELD,
        "Keep my PIN, so that I need not type it",
        hint="The PIN of the Angel One app. Kept on this computer, encrypted, until you switch it off: it is then"
        " erased. A sign-in asks for the code alone.",
        secret=True,
        required=False,
        kept=True,
        pattern=PIN_FORM,
    ),
    Field(
        TOTP_FIELD,
        "Keep my TOTP secret, so that I need not type the code",
        hint="Gives up your second factor: with the PIN beside it, whoever can use this computer can sign in. It is the"
        " row of letters and digits below the QR code at smartapi.angelone.in/enable-totp.",
        secret=True,
        required=False,
        kept=True,
        pattern=SEED_FORM,
    ),
    Field(
        "access_token",
        "Use a token I already have",
        hint="Only if another program signed in today with the same API key; it ends at midnight",
        secret=True,
        required=False,
    ),
)

_GUIDE: Final = (
    GuideStep(
        "Create an app at smartapi.angelone.in",
        "Type: Trading API. Any name; any https address as redirect URL, Kunji does not use it. The API is free.",
    ),
    GuideStep(
        "Register your internet address, for orders",
        "The app's form asks for a static IP. From any other address you can watch everything, but every order is"
        " refused. One address belongs to one app.",
    ),
    GuideStep("Copy the API key", "It is shown on the app's page. The secret is not needed."),
    GuideStep(
        "Switch on TOTP at smartapi.angelone.in/enable-totp",
        "Scan the QR code with an authenticator app on your phone: it shows a new code of 6 digits every 30 seconds.",
    ),
    GuideStep(
        "Press Connect, type your PIN and the code",
        "The PIN is the one of the Angel One app, not a web password. The session ends every midnight; then one code a"
        " day.",
    ),
)

SPEC: Final = BrokerSpec(
    key=KEY,
    label="Angel One",
    login=Login.CODE,
    fields=_FIELDS,
    guide=_GUIDE,
    portal=PORTAL,
    abilities=USUAL | Ability.REVOKE | Ability.RENEW,
    token_dies=token_dies,
    make=_make,
    hosts=("apiconnect.angelone.in", "margincalculator.angelone.in"),
    renew_ahead=timedelta(minutes=4),  # after the last market, 23:55: a new token is not known to outlive midnight
)
