"""What Dhan declares of itself: the fields of its form, what the user does once at Dhan, when a token dies."""

import secrets
from datetime import datetime, timedelta
from typing import Final

from app.brokers.base import USUAL, Ability, BaseBroker, BrokerPorts, BrokerSpec, Field, GuideStep, Login

KEY: Final = "dhan"
REDIRECT_FIELD: Final = "redirect_url"
PIN_FIELD: Final = "pin"
TOTP_FIELD: Final = "totp_secret"
PORTAL: Final = "https://web.dhan.co"
LIFETIME: Final = timedelta(hours=24)  # after issue, no fixed hour (section 2.5)

# Dhan hands back no state: a path that nobody else knows is the only sign that a redirect is ours (section 2.2).
# Made once a run; the account keeps the one that was registered.
DEFAULT_REDIRECT: Final = f"http://127.0.0.1:5022/dhan/{secrets.token_hex(16)}"


def token_dies(issued_at: datetime) -> datetime:
    """24 hours after issue; another program that signs in ends it earlier without a word (section 2.5)."""
    return issued_at + LIFETIME


def _make(ports: BrokerPorts) -> BaseBroker:
    from app.brokers.dhan.broker import DhanBroker  # noqa: PLC0415 - loaded on first use: start-up

    return DhanBroker(ports)


_OPT_IN: Final = "Leave empty to sign in on Dhan's page. Kept on this computer, encrypted, until you empty it again."

_FIELDS: Final = (
    Field("client_id", "Client id", hint="Your Dhan client id, for example 1100000001"),
    Field(
        REDIRECT_FIELD,
        "Redirect URL",
        hint="Exactly as registered with your API key at Dhan; its last part is a secret of this account",
        default=DEFAULT_REDIRECT,
    ),
    Field("api_key", "App id (API key)", hint="Not needed with a token made at Dhan", secret=True, required=False),
    Field("api_secret", "App secret", hint="Not needed with a token made at Dhan", secret=True, required=False),
    Field(PIN_FIELD, "PIN, for a sign-in without the browser", hint=_OPT_IN, secret=True, required=False),
    Field(
        TOTP_FIELD,
        "TOTP secret, for a sign-in without typing",
        hint="Gives up your second factor: whoever can use this computer can sign in. Leave empty to type the code.",
        secret=True,
        required=False,
    ),
    Field(
        "access_token",
        "Use a token I already have",
        hint="Made at web.dhan.co today; it lives 24 hours",
        secret=True,
        required=False,
    ),
)

_GUIDE: Final = (
    GuideStep(
        "Open \u201cAccess DhanHQ APIs\u201d at web.dhan.co",
        "In your profile. Switch to \u201cAPI key\u201d and enter any app name. Trading through the API is free; prices"
        " need the paid Data API plan.",
    ),
    GuideStep(
        "Redirect URL: exactly this one",
        "Copy it into the form. Its last part is random and keeps other programs out; no Postback URL is needed.",
        copy_field=REDIRECT_FIELD,
    ),
    GuideStep("Copy App id and App secret", "They live 12 months. They stay on this computer, encrypted."),
    GuideStep(
        "Register your internet address, for orders",
        "On the same page, static IP. Without it you can watch everything, but every order is refused. An address can"
        " be changed once in 7 days.",
    ),
    GuideStep(
        "Press Connect and sign in on Dhan\u2019s page",
        "The session lasts 24 hours. A new sign-in ends the token that another program uses: Dhan keeps one a client.",
    ),
)

SPEC: Final = BrokerSpec(
    key=KEY,
    label="Dhan",
    login=Login.BROWSER_REDIRECT,
    fields=_FIELDS,
    guide=_GUIDE,
    portal=PORTAL,
    abilities=USUAL | Ability.RENEW,
    token_dies=token_dies,
    make=_make,
)
