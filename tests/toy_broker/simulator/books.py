"""Lotus' rows, from the books that every demo broker keeps; Lotus counts units also where those count lots."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final
from zlib import crc32

from app.simulators.answers import CSV, Answer
from app.simulators.books import Account
from app.simulators.legs import Holding, Leg
from app.simulators.listing import Contract
from app.simulators.master import Master
from app.simulators.order_states import BookOrder, Fill

Row = dict[str, object]
_HEAD: Final = "exchange,symbol,token,name,kind,expiry,strike,tick,lot"
_STATES: Final[Mapping[str, str]] = {
    "COMPLETE": "done",
    "CANCELLED": "gone",
    "REJECTED": "refused",
    "OPEN": "working",
    "TRIGGER PENDING": "trigger",
}


def instruments(master: Master) -> Answer:
    """The file of all that is listed."""
    lines = [_HEAD, *map(_line, master)]
    return Answer("".join(f"{line}\n" for line in lines).encode(), content_type=CSV)


def money(books: Account) -> Row:
    """Both purses together."""
    purses = [books.margins("equity"), books.margins("commodity")]
    return {
        "free": float(sum(purse.net for purse in purses)),
        "used": float(sum(purse.debits for purse in purses)),
    }


def positions(books: Account) -> list[Row]:
    """Open ones and those closed today."""
    return [_position(leg, books.prices.last(leg.contract)) for leg in books.ledger.legs.values()]


def holdings(books: Account) -> list[Row]:
    """What lies in the depository."""
    return [_holding(one, books.prices.last(one.contract)) for one in books.ledger.holdings.values()]


def order(one: BookOrder) -> Row:
    """One order as it stands."""
    ticket, now = one.now.ticket, one.now
    part = now.status == "OPEN" and 0 < now.filled < ticket.quantity
    shown = ticket.price if ticket.order_type in {"LIMIT", "SL"} and not ticket.protection else None
    return _named(ticket.contract) | {
        "id": one.order_id,
        "product": ticket.product,
        "side": ticket.side,
        "type": "MARKET" if ticket.protection else ticket.order_type,
        "qty": ticket.quantity * ticket.contract.units,
        "filled": now.filled * ticket.contract.units,
        "price": _price(shown),
        "trigger": _price(ticket.trigger or None),
        "avg": _price(now.average or None),
        "state": "part" if part else _STATES.get(now.status, "new"),
        "text": now.message or "",
        "at": int(one.placed_at.timestamp()),
        "tag": ticket.tag or "",
    }


def trades(books: Account) -> list[Row]:
    """The fills of the day."""
    return [_trade(one, fill) for one in books.book for fill in one.fills]


def prices(books: Account, master: Master, wanted: str) -> Row:
    """Last prices of "exchange:symbol,..."; what is not listed is left out."""
    found: Iterator[tuple[str, Contract | None]] = (
        (name, master.get(*name.split(":", 1))) for name in wanted.split(",") if ":" in name
    )
    return {name: _price(books.prices.last(one)) for name, one in found if one is not None}


def _line(one: Contract) -> str:
    kind = {"EQ": "CASH"}.get(one.sort.value, one.sort.value)
    expiry = one.expiry.isoformat() if one.expiry else ""
    strike = f"{one.strike}" if one.is_option else ""
    lot = str(one.lot * one.units)
    return ",".join((one.exchange, one.symbol, str(one.token), one.name, kind, expiry, strike, f"{one.tick}", lot))


def _named(contract: Contract) -> Row:
    return {"ex": contract.exchange, "sym": contract.symbol}


def _position(leg: Leg, last: Decimal) -> Row:
    booked = leg.pnl(last) - leg.open_pnl(last)
    return _named(leg.contract) | {
        "product": leg.product,
        "qty": leg.quantity * leg.contract.units,
        "avg": _price(leg.average),
        "ltp": _price(last),
        "booked": _price(booked),
    }


def _holding(one: Holding, last: Decimal) -> Row:
    return _named(one.contract) | {
        "isin": f"INE{crc32(one.contract.symbol.encode()) % 10**9:09d}",
        "free": one.settled,
        "t1": one.unsettled,
        "sold": one.sold,
        "avg": _price(one.average),
        "ltp": _price(last),
    }


def _trade(one: BookOrder, fill: Fill) -> Row:
    ticket = one.now.ticket
    return _named(ticket.contract) | {
        "id": fill.trade_id,
        "order": one.order_id,
        "product": ticket.product,
        "side": ticket.side,
        "qty": fill.quantity * ticket.contract.units,
        "price": _price(fill.price),
        "at": int(fill.at.timestamp()),
    }


def _price(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
