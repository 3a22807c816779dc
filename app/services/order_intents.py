"""Intents: what the sender is handed, one for each request that will go to a broker."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from app.domain import OrderChange, OrderPlan
from app.domain.intents import Deed, Intent, Mode
from app.services.order_accounts import OrderAccount


def to_place(one: OrderAccount, plan: OrderPlan, mode: Mode, now: datetime, group: str = "") -> list[Intent]:
    """One for each order of `plan`, each with a tag of its own; they share `group`, or a new one.

    Raises when nobody knows the account's broker.
    """
    group = group or uuid4().hex
    found = []
    for order in plan.orders:
        tag = one.fresh_tag()
        found.append(_intent(one, mode, now, deed=Deed.PLACE, tag=tag, request=replace(order, tag=tag), group=group))
    return found


def to_modify(one: OrderAccount, order_id: str, change: OrderChange, mode: Mode, now: datetime) -> Intent:
    """That `order_id` be `change` from now on."""
    return _intent(one, mode, now, deed=Deed.MODIFY, change=change, order_id=order_id)


def to_cancel(one: OrderAccount, order_id: str, mode: Mode, now: datetime, group: str = "") -> Intent:
    """That what is left of `order_id` be cancelled."""
    return _intent(one, mode, now, deed=Deed.CANCEL, order_id=order_id, group=group)


def _intent(one: OrderAccount, mode: Mode, now: datetime, **fields: Any) -> Intent:
    view = one.view()
    return Intent(
        intent_id=uuid4().hex,
        at=now,
        user_id=view.user_id,
        account=view.title,
        broker_type=view.broker_type,
        client_id=view.client_id,
        mode=mode,
        **fields,
    )
