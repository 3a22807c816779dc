"""Instruments and masters as JSON objects (docs/cli.md)."""

from collections.abc import Sequence
from datetime import date, datetime

from app.brokers.base import BrokerSpec
from app.domain import IST, Instrument, TradingError
from app.domain.records import dataclass
from app.services.command_views import Code, Json, code_of, error_json, money
from app.services.masters import needed


@dataclass(frozen=True, slots=True)
class Found:
    """One contract, and what each broker that lists it calls it; the first is the one it was found at."""

    listings: Sequence[tuple[BrokerSpec, Instrument]]


@dataclass(frozen=True, slots=True)
class Master:
    """The instrument master of one broker: of which day it is; None when there is none."""

    spec: BrokerSpec
    day: date | None
    rows: int | None = None  # known when it was just fetched
    error: TradingError | None = None  # why it was not


def found_json(found: Found) -> Json:
    """One contract; prices in rupees, quantities in units."""
    _, first = found.listings[0]
    return {
        "symbol": first.symbol,
        "exchange": first.exchange,
        "segment": first.segment,
        "kind": first.kind.value,
        "name": first.name,
        "title": first.title,
        "expiry": None if first.expiry is None else first.expiry.isoformat(),
        "strike": money(first.strike),
        "isin": next((row.isin for _, row in found.listings if row.isin), ""),
        "tick_size": money(first.tick_size),
        "lot_size": first.lot_size,
        "freeze_quantity": next((row.freeze_quantity for _, row in found.listings if row.freeze_quantity), None),
        "brokers": [_listing_json(spec, row) for spec, row in found.listings],
    }


def _listing_json(spec: BrokerSpec, row: Instrument) -> Json:
    return {
        "broker_type": spec.key,
        "broker": spec.label,
        "broker_symbol": row.broker_symbol,
        "tick_size": money(row.tick_size),
        "lot_size": row.lot_size,
        "freeze_quantity": row.freeze_quantity,
    }


def master_json(master: Master, now: datetime) -> Json:
    """How old a broker's master is; `current` is false for one that a newer has replaced at the broker, or for none."""
    day = master.day
    return {
        "broker_type": master.spec.key,
        "broker": master.spec.label,
        "code": Code.YES if master.error is None else code_of(master.error),
        "day": None if day is None else day.isoformat(),
        "age_days": None if day is None else (now.astimezone(IST).date() - day).days,
        "current": day is not None and day >= needed(now),
        "rows": master.rows,
        "error": error_json(master.error),
    }
