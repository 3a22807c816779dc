"""What Lotus declares of itself: the fields of its form, what the user does once there, when a token dies."""

from datetime import datetime, timedelta
from typing import Final

from app.brokers.base import USUAL, Ability, BaseBroker, BrokerPorts, BrokerSpec, Field, GuideStep, Login

KEY: Final = "lotus"
CODE_FIELD: Final = "code"
LIFETIME: Final = timedelta(hours=12)


def token_dies(issued_at: datetime) -> datetime:
    """Twelve hours after issue."""
    return issued_at + LIFETIME


def _make(ports: BrokerPorts) -> BaseBroker:
    from .broker import LotusBroker

    return LotusBroker(ports)


SPEC: Final = BrokerSpec(
    key=KEY,
    label="Lotus",
    login=Login.CODE,
    fields=(
        Field("client_id", "Client id", hint="For example LT0001"),
        Field("api_key", "API key", secret=True),
        Field(CODE_FIELD, "Keep my code", secret=True, required=False),
        Field("access_token", "Use a token I already have", secret=True, required=False),
    ),
    guide=(GuideStep("Press Connect and type your code", "Lotus sends it to your phone."),),
    portal="https://lotus.example",
    abilities=USUAL | Ability.REVOKE,
    token_dies=token_dies,
    make=_make,
)
