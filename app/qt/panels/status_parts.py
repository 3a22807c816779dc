"""What the status panel lists about an account: moments as words, and what the broker allows at present. No Qt."""

from datetime import datetime
from enum import Flag
from operator import attrgetter
from typing import Final

from app.domain.tongue import tr
from app.qt.account_ports import SpecLike
from app.qt.tokens import STATE_SHAPES
from app.services.views import AccountState, AccountView, MasterView, Permit
from app.services.words import CONNECTED, age, clock_time, master_line, orders_words, prices_words, session_end

FACTS: Final = (
    "State since",
    "Session since",
    "Session ends",
    "Last check",
    "Last good answer",
    "Connected first",
    "Instruments",
)
"""What is told of a session, in this order."""

_ABILITIES: Final = {
    "POSITIONS": "Positions",
    "HOLDINGS": "Holdings",
    "FUNDS": "Funds",
    "QUOTES": "Prices",
    "ORDERS": "Orders",
}
_WHY_NOT: Final = {
    AccountState.SIGNED_OUT: "not until you reconnect",
    AccountState.LOCKED: "not while the keychain is locked",
    AccountState.OFFLINE: "not known while offline",
    AccountState.NOT_CONFIRMED: "not known until the broker answers",
}
_NOTE_IT: Final = "Orders are taken from the address that is registered at the broker. Note it below."
_REFUSALS: Final = {"daily_cap": "ORDERS"}
"""The ability that a typed refusal of the broker takes away for a while."""

_TOLD: Final = {"ORDERS": (attrgetter("orders"), orders_words), "QUOTES": (attrgetter("prices"), prices_words)}
_SHAPES: Final = {
    Permit.YES: AccountState.READY,
    Permit.REFUSED: AccountState.REFUSED,
    Permit.NOT_KNOWN: AccountState.NOT_CONFIRMED,
}


def facts_of(view: AccountView, now: datetime, master: MasterView | None = None) -> dict[str, str]:
    """The moments of a session and its broker's list of instruments in words; empty for what is not known."""
    return {
        "State since": clock_time(view.since, now) if view.since else "",
        "Session since": clock_time(view.token_since, now) if view.token_since else "",
        "Session ends": _end_of(view, now),
        "Last check": age(view.last_check_at, now) if view.last_check_at else "",
        "Last good answer": age(view.last_good_at, now) if view.last_good_at else "",
        "Connected first": clock_time(view.connected_at, now) if view.connected_at else "",
        "Instruments": master_line(master, now),
    }


def _end_of(view: AccountView, now: datetime) -> str:
    if view.state is AccountState.SIGNED_OUT:
        return tr("ended {clock_time}", clock_time=clock_time(view.since, now)) if view.since else tr("ended")
    return session_end(view, now) if view.token_expires_at else ""


def allowed(view: AccountView, spec: SpecLike | None) -> list[tuple[str, str, str]]:
    """(shape, ability, sentence) for everything the broker can do here."""
    if spec is None:
        return []
    lines = [_line(view, ability, words) for ability, words in _ABILITIES.items() if _has(spec.abilities, ability)]
    return [*lines, _address_line(view)] if _has(spec.abilities, "ORDERS") else lines


def _line(view: AccountView, ability: str, words: str) -> tuple[str, str, str]:
    if view.state not in CONNECTED:
        return STATE_SHAPES[view.state], f"{tr(words)}: {tr(_WHY_NOT[view.state])}", ""
    if view.error is not None and _REFUSALS.get(view.error.kind) == ability:
        return (
            STATE_SHAPES[AccountState.REFUSED],
            tr("{words}: refused", words=tr(words)),
            f"{view.error.title}. {view.error.next_step}",
        )
    if ability in _TOLD:
        known, said = _TOLD[ability]
        word, why = said(view)
        return STATE_SHAPES[_SHAPES[known(view).permit]], f"{tr(words)}: {word}", why
    return STATE_SHAPES[AccountState.READY], tr("{words}: yes", words=tr(words)), ""


def _address_line(view: AccountView) -> tuple[str, str, str]:
    """From where orders are taken: the broker's word where it refused, else what the user noted."""
    error = view.orders.error
    if error is not None and error.kind == "ip_not_registered":
        return STATE_SHAPES[AccountState.REFUSED], tr("Internet address: another one is registered"), ""
    if not view.address:
        return STATE_SHAPES[AccountState.NOT_CONFIRMED], tr("Internet address: none noted"), tr(_NOTE_IT)
    noted = tr("Internet address: {address} is noted", address=view.address)
    return STATE_SHAPES[_SHAPES[view.orders.permit]], noted, ""


def _has(abilities: Flag, ability: str) -> bool:
    member = type(abilities).__members__.get(ability)
    return member is not None and member in abilities
