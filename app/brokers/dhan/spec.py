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
PIN_FORM: Final = r"\d{6}"  # section 2.3
SEED_FORM: Final = r"[A-Za-z2-7 -]{16,}=*"  # base 32, in groups or not
LIFETIME: Final = timedelta(hours=24)  # after issue, no fixed hour (section 2.5)

# Dhan hands back no state: a path that nobody else knows is the only sign that a redirect is ours (section 2.2).
# Made once a run; the account keeps the one that was registered.
DEFAULT_REDIRECT: Final = f"http://127.0.0.1:5022/dhan/{secrets.token_hex(16)}"


def token_dies(issued_at: datetime) -> datetime:
    """24 hours after issue; another program that signs in ends it earlier without a word (section 2.5)."""
    return issued_at + LIFETIME


def _make(ports: BrokerPorts) -> BaseBroker:
    from app.brokers.dhan.broker import DhanBroker  # loaded on first use: start-up

    return DhanBroker(ports)


_PAGELESS: Final = "Empty: no page in the browser; PIN and code are asked for instead"

_FIELDS: Final = (
    Field("client_id", "Client id", hint="Your Dhan client id, for example 1100000001"),
    Field(
        REDIRECT_FIELD,
        "Redirect URL",
        hint="Exactly as registered with your API key at Dhan; its last part is a secret of this account",
        default=DEFAULT_REDIRECT,
    ),
    Field("api_key", "App id (API key)", hint=_PAGELESS, secret=True, required=False),
    Field("api_secret", "App secret", hint="Shown beside the App id at Dhan", secret=True, required=False),
    Field(
        PIN_FIELD,
        "Keep my PIN, for a sign-in without the browser",
        hint="The 6 digits you sign in with at Dhan. Kept on this computer, encrypted, until you switch it off: it is"
        " then erased. A sign-in asks for the code alone, and opens no page.",
        secret=True,
        required=False,
        kept=True,
        pattern=PIN_FORM,
    ),
    Field(
        TOTP_FIELD,
        "Keep my TOTP secret, so that I need not type the code",
        hint="Gives up your second factor: with the PIN beside it, whoever can use this computer can sign in. It is the"
        " row of letters and digits shown when you set up TOTP at Dhan.",
        secret=True,
        required=False,
        kept=True,
        pattern=SEED_FORM,
    ),
    Field(
        "access_token",
        "Use a token I already have",
        hint="Made at web.dhan.co today, or the one another program of yours uses: it goes on working",
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
    GuideStep(
        "Copy App id and App secret",
        "They live 12 months. They stay on this computer, encrypted. Without them Kunji signs in with your PIN and the"
        " code of your authenticator: switch TOTP on at web.dhan.co for that.",
    ),
    GuideStep(
        "Register your internet address, for orders",
        "On the same page, static IP. Without it you can watch everything, but every order is refused. An address can"
        " be changed once in 7 days.",
    ),
    GuideStep(
        "Does another program use your Dhan token?",
        "Dhan keeps one token a client: a sign-in here ends the one that it uses. Then take its token over with"
        " \u201cUse a token I already have\u201d, and both go on.",
    ),
    GuideStep(
        "Press Connect and sign in on Dhan\u2019s page",
        "The session lasts 24 hours. A token made at web.dhan.co is renewed by Kunji while it lives.",
    ),
)

_ONE_AT_A_TIME: Final = (
    "Dhan keeps one token a client: a new one ends the one before at once, also in other programs that use it."
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
    hosts=("api.dhan.co", "auth.dhan.co", "images.dhan.co"),
    one_token=_ONE_AT_A_TIME,
    page_unless=PIN_FIELD,
)
