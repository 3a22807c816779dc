"""Intents and steps as rows: every field in words that a person can read, and back without the least change."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from app.domain import OrderChange, OrderRequest, VaultDamaged
from app.domain.intents import Deed, Intent, Mode, Step
from app.domain.order_life import Evidence, Fate

ADD_INTENT: Final = (
    "INSERT INTO intents (intent_id, at, user_id, account, broker_type, client_id, mode, deed, tag, ticket, order_id,"
    " order_group) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
ADD_STEP: Final = "INSERT INTO steps (intent_id, at, evidence, fate, order_id, detail) VALUES (?, ?, ?, ?, ?, ?)"
INTENTS: Final = (
    "SELECT intent_id, at, user_id, account, broker_type, client_id, mode, deed, tag, ticket, order_id, order_group"
    " FROM intents WHERE"
)
STEPS: Final = "SELECT intent_id, at, evidence, fate, order_id, detail FROM steps WHERE intent_id IN"
SINCE: Final = "at >= ?"
_ENDED: Final = ", ".join(f"'{fate.value}'" for fate in Fate if fate is not Fate.WRITTEN and not fate.is_open)
UNSETTLED: Final = (
    "coalesce((SELECT fate FROM steps WHERE steps.intent_id = intents.intent_id ORDER BY number DESC LIMIT 1), '')"  # noqa: S608 - texts of ours
    f" NOT IN ({_ENDED})"
)
"""Those whose last step is no certain end; a word that is no fate is none."""

_EXACT: Final = ("price", "trigger_price")


def row_of(intent: Intent, at: str) -> tuple[str, ...]:
    """The values of `ADD_INTENT`."""
    return (
        intent.intent_id,
        at,
        intent.user_id,
        intent.account,
        intent.broker_type,
        intent.client_id,
        intent.mode.value,
        intent.deed.value,
        intent.tag,
        _ticket(intent.request or intent.change),
        intent.order_id,
        intent.group,
    )


def intent_of(row: Sequence[Any]) -> Intent:
    """The intent of a row of `INTENTS`. Raises `VaultDamaged` for one that says no such thing."""
    intent_id, at, user_id, account, broker_type, client_id, mode, deed, tag, ticket, order_id, group = row
    try:
        found = _read(ticket)
        return Intent(
            intent_id=intent_id,
            at=datetime.fromisoformat(at),
            user_id=user_id,
            account=account,
            broker_type=broker_type,
            client_id=client_id,
            mode=Mode(mode),
            deed=Deed(deed),
            tag=tag,
            request=OrderRequest(**found) if deed == Deed.PLACE else None,
            change=OrderChange(**found) if deed == Deed.MODIFY else None,
            order_id=order_id,
            group=group,
        )
    except (ValueError, TypeError) as error:
        raise VaultDamaged(f"an intent of the order journal cannot be read ({type(error).__name__})") from error


def step_of(row: Sequence[Any]) -> Step:
    """The step of a row of `STEPS`. Raises `VaultDamaged` likewise."""
    intent_id, at, evidence, fate, order_id, detail = row
    try:
        return Step(intent_id, datetime.fromisoformat(at), Evidence(evidence), Fate(fate), order_id, detail)
    except ValueError as error:
        raise VaultDamaged("a step of the order journal cannot be read") from error


def _ticket(said: OrderRequest | OrderChange | None) -> str:
    fields = {} if said is None else {name: _plain(value) for name, value in asdict(said).items()}
    return json.dumps(fields, ensure_ascii=False)


def _plain(value: object) -> object:
    return str(value) if isinstance(value, Decimal) else value


def _read(ticket: str) -> dict[str, Any]:
    found = json.loads(ticket)
    return {name: Decimal(value) if name in _EXACT and value is not None else value for name, value in found.items()}
