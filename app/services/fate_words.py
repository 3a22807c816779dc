"""What became of an order that was to be sent, in words. Pure."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from app.domain.intents import Deed
from app.domain.order_life import Fate
from app.domain.tongue import tr

_FATES: Final[Mapping[Fate, str]] = MappingProxyType(
    {
        Fate.WRITTEN: "not sent yet",
        Fate.SENDING: "being sent",
        Fate.ACCEPTED: "taken",
        Fate.REJECTED: "refused",
        Fate.NOT_SENT: "not sent",
        Fate.UNKNOWN: "not known",
        Fate.NOT_CONFIRMED: "not confirmed",
    }
)
_DEEDS: Final[Mapping[Deed, str]] = MappingProxyType(
    {Deed.PLACE: "order", Deed.MODIFY: "change", Deed.CANCEL: "cancellation"}
)


def fate_word(fate: Fate) -> str:
    """As in "not confirmed"."""
    return tr(_FATES[fate])


def deed_word(deed: Deed) -> str:
    """As in "cancellation"."""
    return tr(_DEEDS[deed])
