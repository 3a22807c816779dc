"""The journal of orders as JSON for a script and as lines of a file: every field of what was asked, and each step."""

from collections.abc import Iterable, Iterator
from typing import Final

from app.domain import OrderChange, OrderRequest
from app.domain.intents import Intent, Record
from app.services.command_views import Json, moment
from app.system.csv_file import safe

HEAD: Final = (
    *("intent", "written at", "account", "broker", "client id", "mode", "deed", "tag", "group"),
    *("exchange", "symbol", "product", "side", "type", "quantity", "price", "trigger price"),
    *("validity", "disclosed quantity", "after market", "step at", "evidence", "fate", "order id", "detail"),
)
"""What stands above the lines of a file: by it a file is known as an earlier export."""


def record_json(record: Record) -> Json:
    """One intent and its steps, oldest first."""
    intent = record.intent
    steps = [
        {
            "at": moment(step.at),
            "evidence": step.evidence.value,
            "fate": step.fate.value,
            "order_id": step.order_id,
            "detail": step.detail,
        }
        for step in record.steps
    ]
    return {
        "intent": intent.intent_id,
        "at": moment(intent.at),
        "user_id": intent.user_id,
        "account": intent.account,
        "broker": intent.broker_type,
        "client_id": intent.client_id,
        "mode": intent.mode.value,
        "deed": intent.deed.value,
        "tag": intent.tag,
        "group": intent.group,
        "order_id": record.order_id,
        "fate": record.fate.value,
        **_terms(intent),
        "steps": steps,
    }


def table(records: Iterable[Record]) -> Iterator[tuple[str, ...]]:
    """The head, then a line a step, or one of an intent without any."""
    yield HEAD
    for record in records:
        yield from _lines(record)


def _lines(record: Record) -> Iterator[tuple[str, ...]]:
    intent = record.intent
    terms = ("" if value is None else str(value) for value in _terms(intent).values())
    asked = (
        *(intent.intent_id, moment(intent.at) or "", safe(intent.account), intent.broker_type, safe(intent.client_id)),
        *(intent.mode.value, intent.deed.value, intent.tag, intent.group),
        *map(safe, terms),
    )
    if not record.steps:
        yield *asked, "", "", record.fate.value, intent.order_id, ""
    for step in record.steps:
        ended = (moment(step.at) or "", step.evidence.value, step.fate.value, step.order_id or intent.order_id)
        yield *asked, *ended, safe(step.detail)


def _terms(intent: Intent) -> Json:
    """The ticket, or what an order was to be changed to; a cancellation has none."""
    said: OrderRequest | OrderChange | None = intent.request or intent.change
    place = intent.request
    return {
        "exchange": place and place.exchange.value,
        "symbol": place and place.symbol,
        "product": place and place.product.value,
        "side": place and place.side.value,
        "order_type": said and said.order_type.value,
        "quantity": said and said.quantity,
        "price": None if said is None or said.price is None else str(said.price),
        "trigger_price": None if said is None or said.trigger_price is None else str(said.trigger_price),
        "validity": said and said.validity.value,
        "disclosed_quantity": said and said.disclosed_quantity,
        "amo": place and place.amo,
    }
